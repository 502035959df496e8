//! Kinds of instance with an offset, with correct responses, with many responses; and their keys.

use selfreward::instance::answers::{Answers, Group};
use selfreward::instance::gaussian::{BaseParameter, Gaussian, Offset};
use selfreward::instance::sphere::Sphere;
use selfreward::instance::{FeatureMap, Instance, Spectrum};
use selfreward::logits::LogitTable;
use selfreward::seed::Seed;
use selfreward::simulate::{Config, Simulation};

fn gaussian(prompts: usize) -> Gaussian {
    Gaussian {
        prompts,
        responses: 4,
        dim: 3,
        spectrum: Spectrum::Isotropic {},
        base: BaseParameter::Norm(2.0),
        margin: None,
        max_tries: 0,
    }
}

fn with_offset(prompts: usize, along: f64, noise: f64) -> Instance {
    let seed = Seed::from_number(5);
    Offset { along, noise }.add_to(gaussian(prompts).draw(&seed).unwrap(), &seed).unwrap()
}

fn offset(instance: &Instance) -> &LogitTable {
    instance.offset().unwrap()
}

/// Solves AᵀA u = Aᵀb for three unknowns by Cramer's rule.
fn least_squares(rows: &[[f64; 3]], b: &[f64]) -> [f64; 3] {
    let entry = |i: usize, j: usize| rows.iter().map(|row| row[i] * row[j]).sum::<f64>();
    let gram: [[f64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)));
    let right: [f64; 3] = std::array::from_fn(|i| rows.iter().zip(b).map(|(row, b)| row[i] * b).sum());
    let det = |m: &[[f64; 3]; 3]| {
        (0..3)
            .map(|i| m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3]))
            .sum::<f64>()
    };
    std::array::from_fn(|j| {
        let mut replaced = gram;
        (0..3).for_each(|i| replaced[i][j] = right[i]);
        det(&replaced) / det(&gram)
    })
}

/// Oracle: an ordinary least squares of b on φ, by the normal equations.
#[test]
fn the_part_along_is_linear_with_the_asked_norm() {
    let instance = with_offset(50, -4.0, 0.0);
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    let rows: Vec<[f64; 3]> = features.to_matrix().rows().into_iter().map(|row| [row[0], row[1], row[2]]).collect();
    let b: Vec<f64> =
        (0..50).flat_map(|x| (0..4).map(move |y| (x, y))).map(|(x, y)| offset(&instance).row(x).logit(y)).collect();
    let w = least_squares(&rows, &b);
    assert!((w.iter().map(|w| w * w).sum::<f64>().sqrt() - 4.0).abs() < 1e-11, "{w:?}");
    for (row, b) in rows.iter().zip(&b) {
        assert!((row.iter().zip(&w).map(|(row, w)| row * w).sum::<f64>() - b).abs() < 1e-11);
    }
}

/// Oracle: the moments of the normal law, within six standard errors; the streams: what one prompt draws is its own.
#[test]
fn the_noise_is_normal_and_each_prompt_draws_its_own() {
    let (small, large) = (with_offset(10, 0.0, 0.3), with_offset(5000, 0.0, 0.3));
    for x in 0..10 {
        for y in 0..4 {
            assert_eq!(offset(&small).row(x).logit(y), offset(&large).row(x).logit(y));
        }
    }
    let values: Vec<f64> = offset(&large).rows().flat_map(|row| (0..4).map(move |y| row.logit(y) / 0.3)).collect();
    let moment = |k: i32| values.iter().map(|v| v.powi(k)).sum::<f64>() / values.len() as f64;
    for (k, mean, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (4, 3.0, 96.0)] {
        let error = (variance / values.len() as f64).sqrt();
        assert!((moment(k) - mean).abs() < 6.0 * error, "{k}: {}", moment(k));
    }
    // Twice the noise is the same noise twice; neither it nor what lies along moves features or θ_0.
    let twice = with_offset(10, 0.0, 0.6);
    let plain = gaussian(10).draw(&Seed::from_number(5)).unwrap();
    for x in 0..10 {
        assert!((offset(&twice).row(x).logit(1) - 2.0 * offset(&small).row(x).logit(1)).abs() < 1e-15);
    }
    let (FeatureMap::Dense(a), FeatureMap::Dense(b)) = (plain.features(), small.features()) else { panic!("dense") };
    assert_eq!((a.to_matrix(), plain.base()), (b.to_matrix(), small.base()));
    assert!(with_offset(10, 0.0, 0.0).offset().is_none());
}

/// Oracle: the softmax of two and of K responses by hand.
#[test]
fn answers_have_their_groups() {
    let groups = vec![
        Group { share: 0.5, gap: 2.0, right: true },
        Group { share: 0.3, gap: 0.5, right: false },
        Group { share: 0.2, gap: 0.0, right: true },
    ];
    let instance = Answers { groups, responses: 4 }.instance().unwrap();
    let policy = instance.policy(instance.base());
    let top = |gap: f64| gap.exp() / (gap.exp() + 3.0);
    assert_eq!(instance.weights(), [0.5, 0.3, 0.2]);
    let correct = instance.correct().unwrap();
    for (x, right) in [top(2.0), (1.0 - top(0.5)) / 3.0, 0.25].into_iter().enumerate() {
        let (found, wrong) = correct.masses(&policy, x).unwrap();
        assert!((found - right).abs() < 1e-15 && (found + wrong - 1.0).abs() < 1e-15);
        for y in 0..4 {
            let expected = f64::from(u8::from(correct.holds(x, y).unwrap()));
            assert_eq!(instance.reward().unwrap().row(x).logit(y), expected);
        }
    }
    assert_eq!(correct.single(), Some(vec![Some(0), Some(1), Some(0)]));
    assert_eq!(instance.levels(), Some(&[0, 1, 2][..]));
}

/// Oracle: the law of one coordinate of a uniform unit vector, E u_1² = 1/d, within six standard errors.
#[test]
fn a_sphere_has_unit_vectors_and_its_mode() {
    let sphere = Sphere { prompts: 3, dim: 5, responses: 2000, scale: 6.0 };
    let instance = sphere.draw(&Seed::from_number(2)).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    let mut squares = 0.0;
    for row in features.to_matrix().rows() {
        assert!((row.dot(&row) - 1.0).abs() < 1e-14);
        squares += row[0] * row[0];
    }
    // Var u_1² = 2(d−1)/(d²(d+2)).
    let error = (2.0 * 4.0 / (25.0 * 7.0) / 6000.0f64).sqrt();
    assert!((squares / 6000.0 - 0.2).abs() < 6.0 * error);
    let policy = instance.policy(instance.base());
    for x in 0..3 {
        assert_eq!((policy.head(x).modal, instance.correct().unwrap().at(x)), (0, Some(&[0][..])));
        assert!((policy.row(x).logit(0) - 6.0).abs() < 1e-14);
    }
    assert_ne!(features.row(0, 1), features.row(1, 1));
}

/// Oracles: the instance without an offset, drawn by the same seed; and a least squares of b on φ over ragged prompts.
#[test]
fn a_random_instance_takes_an_offset_prompt_by_prompt() {
    let random = "kind = 'random'\nprompts = 30\nresponses = 5\ndim = 3\ncharacter = ";
    for character in ["plain", "sharp", "near-tie", "weights", "mixed"] {
        let drawn = |offset: &str| {
            let simulation = configured(&format!("{random}'{character}'{offset}")).unwrap();
            simulation.instance(0).unwrap()
        };
        let plain = drawn("");
        let along = drawn("\noffset = { along = -3, noise = 0 }");
        let FeatureMap::Dense(features) = along.features() else { panic!("dense") };
        let FeatureMap::Dense(before) = plain.features() else { panic!("dense") };
        assert_eq!((features.to_matrix(), along.base()), (before.to_matrix(), plain.base()), "{character}");
        assert_eq!((along.weights(), plain.offset().is_none()), (plain.weights(), true), "{character}");
        let cells = |instance: &Instance| -> Vec<f64> {
            let row = |x: usize| {
                let row = offset(instance).row(x);
                assert_eq!(row.responses(), instance.features().responses(x));
                (0..row.responses() as u32).map(|y| row.logit(y)).collect::<Vec<f64>>()
            };
            (0..instance.prompts()).flat_map(row).collect()
        };
        let rows: Vec<[f64; 3]> = features.to_matrix().rows().into_iter().map(|row| [row[0], row[1], row[2]]).collect();
        let w = least_squares(&rows, &cells(&along));
        assert!((w.iter().map(|w| w * w).sum::<f64>().sqrt() - 3.0).abs() < 1e-9, "{character}: {w:?}");
        // The noise is the same noise beside what lies along.
        let (noise, both) =
            (drawn("\noffset = { along = 0, noise = 0.5 }"), drawn("\noffset = { along = -3, noise = 0.5 }"));
        for ((a, n), b) in cells(&along).iter().zip(cells(&noise)).zip(cells(&both)) {
            assert!((a + n - b).abs() < 1e-12);
        }
        let spread = cells(&noise).iter().map(|n| n * n / 0.25).sum::<f64>() / cells(&noise).len() as f64;
        // 30 prompts have 30 responses at least: six standard errors of a mean square of normal numbers.
        assert!((spread - 1.0).abs() < 6.0 * (2.0 / cells(&noise).len() as f64).sqrt(), "{character}: {spread}");
    }
}

fn configured(instance: &str) -> selfreward::Result<Simulation> {
    format!("[instance]\n{instance}\n[process]\nsamples = 64\nrounds = 1").parse::<Config>().and_then(Simulation::new)
}

#[test]
fn the_keys_of_the_kinds_are_read_and_refused_by_name() {
    let gaussian = "kind = 'gaussian'\nprompts = 5\nresponses = 3\ndim = 2\ntheta_norm = 0";
    let simulation = configured(&format!("{gaussian}\noffset = {{ along = 1, noise = 0.5 }}")).unwrap();
    let instance = simulation.instance(0).unwrap();
    assert_eq!(instance.base().norm(), 0.0);
    assert!(instance.offset().is_some());
    let again: Config = simulation.config.to_toml().parse().unwrap();
    assert_eq!(again, simulation.config);
    let answers = "kind = 'answers'\nresponses = 2\n";
    let two = "groups = [{ share = 0.8, gap = 2, right = true }, { share = 0.2, gap = 0.1, right = false }]";
    let simulation = configured(&format!("{answers}{two}")).unwrap();
    assert_eq!(simulation.instance(0).unwrap().weights(), [0.8, 0.2]);
    assert_eq!(simulation.config.to_toml().parse::<Config>().unwrap(), simulation.config);
    let sphere = configured("kind = 'sphere'\ndim = 4\nresponses = 10\nscale = 2").unwrap();
    assert_eq!(sphere.instance(0).unwrap().prompts(), 1);
    for (text, words) in [
        (format!("{gaussian}\noffset = {{ along = 1 }}"), ["instance.offset.noise", "absent"]),
        (format!("{gaussian}\noffset = {{ along = 1, noise = -0.5 }}"), ["instance.offset.noise = -0.5", "≥ 0"]),
        (format!("{gaussian}\noffset = {{ along = inf, noise = 1 }}"), ["instance.offset.along = inf", "finite"]),
        (
            format!("{gaussian}\noffset = {{ along = 1, noises = 1 }}"),
            ["instance.offset.noises", "instance.offset.noise"],
        ),
        (
            "kind = 'tabular'\nprompts = 1\nresponses = 2\noffset = { along = 1, noise = 1 }".to_owned(),
            ["instance.offset", "gaussian"],
        ),
        (answers.to_owned(), ["instance.groups", "absent"]),
        (format!("{answers}groups = []"), ["instance.groups = []", "at least one"]),
        (format!("{answers}groups = 3"), ["instance.groups = 3", "share"]),
        (format!("{answers}groups = [{{ share = 1, gap = 1 }}]"), ["instance.groups[0].right", "absent"]),
        (
            format!("{answers}groups = [{{ share = 1, gap = 1, right = 1 }}]"),
            ["instance.groups[0].right = 1", "true or false"],
        ),
        (
            format!("{answers}groups = [{{ share = 1, gap = -1, right = true }}]"),
            ["instance.groups[0].gap = -1", "≥ 0"],
        ),
        (
            format!("{answers}groups = [{{ share = 0, gap = 1, right = true }}]"),
            ["instance.groups[0].share = 0", "> 0"],
        ),
        (
            format!("{answers}groups = [{{ share = 0.9, gap = 1, right = true }}]"),
            ["instance.groups = 0.9", "1, to within"],
        ),
        (
            "kind = 'answers'\nresponses = 1\ngroups = [{ share = 1, gap = 1, right = false }]".to_owned(),
            ["instance.responses = 1", "at least 2"],
        ),
        ("kind = 'sphere'\ndim = 4\nresponses = 10".to_owned(), ["instance.scale", "absent"]),
        ("kind = 'sphere'\ndim = 4\nresponses = 10\nscale = -1".to_owned(), ["instance.scale = -1", "≥ 0"]),
    ] {
        let error = configured(&text).expect_err(&text).to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{text}: {error}");
    }
}
