//! Convex fits against SciPy, closed forms and first principles.

use ndarray::{Array1, Array2, ArrayView2, s};
use selfreward::convex::{Ball, Block, Choices, Concatenation, Fit, Optimum, Outcome, Ridge};

use crate::convex_support::{Owned, plain, softmax, wave};

/// The optimum, whatever its mark.
fn optimum(outcome: Outcome) -> Optimum {
    match outcome {
        Outcome::Finite(optimum) | Outcome::InBallAtInfinity(optimum) => optimum,
        Outcome::AtInfinity { direction } => panic!("at infinity along {direction:?}"),
    }
}

/// One row of the table.
struct Row {
    name: String,
    block: Owned,
    ridge: f64,
    radius: Option<f64>,
    centres: [Vec<f64>; 2],
    /// Whether the linear programme's optimum is positive.
    infinite: bool,
    /// m and θ, if an optimum exists.
    expected: Option<(f64, Vec<f64>)>,
}

fn weights(seed: f64, rows: usize, orders: f64) -> Vec<f64> {
    (0..rows).map(|i| 10f64.powf(-0.5 * orders * (1.0 + wave(seed + 31.0, i, 1)))).collect()
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(include_str!("../oracles/convex.csv").as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let number = |i: usize| record[i].parse::<f64>().unwrap();
            let (seed, m, k, d) = (number(1), number(2) as usize, number(3) as usize, number(4) as usize);
            let (orders, dead) = (number(5), number(6));
            let kill = |mut values: Vec<f64>, shift: f64| {
                let is_dead = |i: usize| wave(seed + shift, i, 4) > 1.0 - dead / 10.0;
                values.iter_mut().enumerate().filter(|(i, _)| is_dead(*i)).for_each(|(_, value)| *value = 0.0);
                values
            };
            let count = if k == 0 { m } else { m * k };
            let features = Array2::from_shape_fn((count, d), |(i, j)| wave(seed, i, j));
            let block = if &record[0] == "softmax" {
                let weights = kill(weights(seed, count, orders), 13.0);
                let offset = (0..count).map(|i| 2.0 * wave(seed + 7.0, i, 2)).collect();
                Owned::Softmax { features, offset, weights, responses: k }
            } else {
                let wins = kill(weights(seed, count, orders), 13.0);
                let losses = kill(weights(seed + 3.0, count, orders), 17.0);
                Owned::Logistic { differences: features, wins, losses }
            };
            let centre = |seed: f64| (0..d).map(|j| 0.5 * wave(seed + 11.0, j, 3)).collect();
            let expected = (!record[11].is_empty())
                .then(|| (number(10), record[11].split(' ').map(|x| x.parse().unwrap()).collect()));
            Row {
                name: record.iter().take(9).collect::<Vec<_>>().join(","),
                block,
                ridge: number(7),
                radius: record[8].parse().ok(),
                centres: [centre(seed), centre(seed + 1.0)],
                infinite: number(9) > 1e-6,
                expected,
            }
        })
        .collect()
}

impl Row {
    fn fit(&self, start: f64) -> Fit<'_> {
        let point = |values: &[f64]| vec![Array1::from(values.to_vec())];
        Fit {
            blocks: vec![self.block.block()],
            start: vec![Array1::from_elem(self.centres[0].len(), start)],
            ridge: (self.ridge > 0.0).then(|| Ridge { strength: self.ridge, centre: point(&self.centres[0]) }),
            ball: self.radius.map(|radius| Ball { centre: point(&self.centres[1]), radius }),
        }
    }
}

/// Oracle: SciPy's minimisers, polished in 60-digit arithmetic, and HiGHS's linear programmes (tests/oracles/convex.py).
#[test]
fn minimisers_are_scipys() {
    let rows = rows();
    let mut kinds = [0; 3];
    for row in &rows {
        // From two starts: the minimiser does not depend on it, as the seen differences span everything here.
        for start in [0.0, 3.0] {
            let outcome = row.fit(start).solve().unwrap_or_else(|error| panic!("{}: {error}", row.name));
            let Some((multiplier, theta)) = &row.expected else {
                assert!(matches!(outcome, Outcome::AtInfinity { .. }), "{}: {outcome:?}", row.name);
                kinds[0] += 1;
                continue;
            };
            let marked = matches!(outcome, Outcome::InBallAtInfinity(_));
            assert_eq!(marked, row.infinite && row.ridge == 0.0, "{}", row.name);
            kinds[1 + usize::from(marked)] += 1;
            let found = optimum(outcome);
            let size = theta.iter().fold(1.0f64, |size, x| size.max(x.abs()));
            // The condition number squared is what one rounding of a weight or a feature moves θ by.
            let allowed = 1e-12f64.max(1e-15 * found.condition.powi(2)) * size;
            for (found, expected) in found.theta[0].iter().zip(theta) {
                assert!((found - expected).abs() <= allowed, "{}: {found} {expected}, allowed {allowed}", row.name);
            }
            assert!((found.multiplier - multiplier).abs() <= 1e-10 * multiplier, "{}: {}", row.name, found.multiplier);
            assert!(found.gradient_norm < 1e-14 && found.steps < 200, "{}: {found:?}", row.name);
        }
    }
    assert!(rows.len() > 100 && kinds.iter().all(|count| *count >= 6), "{kinds:?}");
}

/// Conjugate gradients take the same Newton steps as factors do.
#[test]
fn conjugate_gradients_find_the_same_minimisers() {
    for row in rows().iter().filter(|row| row.expected.is_some()) {
        let fit = row.fit(0.0);
        let dense = optimum(fit.solve().unwrap());
        if dense.condition > 1e3 {
            continue;
        }
        let other = optimum(fit.solve_with(0).unwrap_or_else(|error| panic!("{}: {error}", row.name)));
        let difference = (&dense.theta[0] - &other.theta[0]).iter().fold(0.0f64, |most, x| most.max(x.abs()));
        let size = dense.theta[0].iter().fold(1.0f64, |most, x| most.max(x.abs()));
        let allowed = 1e-12f64.max(1e-15 * dense.condition.powi(2)) * size;
        assert!(difference <= allowed, "{}: {difference}", row.name);
    }
}

/// Closed form: one-hot features, π = c/Σc, whatever the offset; the sum of θ stays that of the start. Weights over 15 orders.
#[test]
fn a_tabular_likelihood_returns_its_shares() {
    for (scale, least) in [(1.0, 1.0), (1e-100, 1e-4), (1e-290, 1e-9), (1e200, 1e-15)] {
        let k = 6;
        let weights: Vec<f64> = (0..k).map(|y| scale * if y == 2 { least } else { 1.0 + y as f64 }).collect();
        let offset: Vec<f64> = (0..k).map(|y| wave(3.0, y, 1)).collect();
        let features = Array2::eye(k);
        let start = Array1::from_shape_fn(k, |y| wave(4.0, y, 2));
        let sum = start.sum();
        let block = Block::Softmax(vec![Choices { features: features.view(), offset: &offset, weights: &weights }]);
        let found = optimum(plain(vec![block], vec![start]).solve().unwrap());
        let logits: Vec<f64> = (0..k).map(|y| offset[y] + found.theta[0][y]).collect();
        for y in 1..k {
            let (gap, expected) = (logits[y] - logits[0], (weights[y] / weights[0]).ln());
            assert!((gap - expected).abs() < 1e-12 * expected.abs().max(1.0), "{scale} {least}: {gap} {expected}");
        }
        assert!((found.theta[0].sum() - sum).abs() < 1e-12 * expected_size(&found.theta));
    }
}

fn expected_size(theta: &Concatenation) -> f64 {
    theta.iter().flatten().fold(1.0, |most, x| most.max(x.abs()))
}

/// Closed form: one pair, v = log(a/b)/D.
#[test]
fn one_pair_has_its_log_odds() {
    for (a, b, difference) in [(3.0, 1.0, 0.5), (1e-300, 3e-300, 2.0), (1.0, 1e-12, 1.0), (1e-14, 1e3, 0.01)] {
        let rows = Array2::from_elem((1, 1), difference);
        let (wins, losses) = ([a], [b]);
        for start in [0.0, 40.0, -300.0] {
            let block = Block::Logistic { differences: rows.view(), wins: &wins, losses: &losses };
            let found = optimum(plain(vec![block], vec![Array1::from_elem(1, start)]).solve().unwrap());
            let expected = (a / b).ln() / difference;
            let off = (found.theta[0][0] - expected).abs();
            assert!(off < 1e-13 * expected.abs().max(start.abs()), "{a} {b} {start}: {} {expected}", found.theta[0][0]);
        }
    }
}

/// First principles: at the optimum the class has the data's mean feature.
#[test]
fn moments_match() {
    for (prompts, k, d) in [(30, 4, 5), (200, 8, 32), (1000, 6, 4)] {
        let owned = softmax(9.0, prompts, k, d, |i| f64::from(i % 3 != 0) * (1.5 + wave(2.0, i, 6)));
        let found = optimum(plain(vec![owned.block()], vec![Array1::zeros(d)]).solve().unwrap());
        let Owned::Softmax { features, offset, weights, .. } = &owned else { unreachable!() };
        let mut difference = Array1::<f64>::zeros(d);
        for x in 0..prompts {
            let rows = x * k..(x + 1) * k;
            let phi = features.slice(s![rows.clone(), ..]);
            let logits = phi.dot(&found.theta[0]) + Array1::from(offset[rows.clone()].to_vec());
            let masses = logits.mapv(f64::exp);
            let total: f64 = weights[rows.clone()].iter().sum();
            let shares = &masses * (total / masses.sum());
            difference += &phi.t().dot(&(shares - Array1::from(weights[rows].to_vec())));
        }
        let total: f64 = weights.iter().sum();
        let most = difference.iter().fold(0.0f64, |most, x| most.max(x.abs())) / total;
        assert!(most < 1e-14, "{prompts} {k} {d}: {most}");
        assert!(found.gradient_norm < 1e-15 * (d as f64) && found.steps < 20, "{found:?}");
    }
}

/// What no seen difference moves stays as it was at the start, bit for bit along axes.
#[test]
fn steps_stay_in_the_span() {
    let d = 7;
    let features = Array2::from_shape_fn((4, d), |(i, j)| if j < 2 { wave(5.0, i, j) } else { 0.25 });
    let start = Array1::from_shape_fn(d, |j| wave(6.0, j, 1) * 10.0);
    let (offset, weights) = ([0.0; 4], [1.0, 2.0, 3.0, 4.0]);
    let block = Block::Softmax(vec![Choices { features: features.view(), offset: &offset, weights: &weights }]);
    let found = optimum(plain(vec![block], vec![start.clone()]).solve().unwrap());
    assert_ne!(found.theta[0][0], start[0]);
    assert_eq!(found.theta[0].slice(s![2..]), start.slice(s![2..]));

    // Rank deficient rows in a skew direction: v = t(1, 2, 2)/3 + rest, ⟨D, v⟩ = log 3.
    let rows = Array2::from_shape_vec((2, 3), vec![1.0, 2.0, 2.0, 2.0, 4.0, 4.0]).unwrap();
    let (wins, losses) = ([3.0, 0.0], [1.0, 0.0]);
    let start = Array1::from(vec![1.0, -1.0, 4.0]);
    let block = Block::Logistic { differences: rows.view(), wins: &wins, losses: &losses };
    let found = optimum(plain(vec![block], vec![start.clone()]).solve().unwrap());
    let t = (3f64.ln() - 7.0) / 9.0;
    let expected = [1.0 + t, -1.0 + 2.0 * t, 4.0 + 2.0 * t];
    assert!(found.theta[0].iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-14), "{:?}", found.theta);
}

/// Blocks are solved by themselves, at scales 1e-100 apart, and a ball ties them together by one multiplier.
#[test]
fn blocks_share_the_multiplier_alone() {
    let tables = [softmax(1.0, 1, 3, 3, |i| 1.0 + i as f64), softmax(2.0, 1, 4, 4, |i| 1e-100 * (2.0 + i as f64))];
    let blocks = || tables.iter().map(Owned::block).collect::<Vec<_>>();
    let start = || vec![Array1::zeros(3), Array1::zeros(4)];
    let together = optimum(plain(blocks(), start()).solve().unwrap());
    for (b, block) in blocks().into_iter().enumerate() {
        let alone = optimum(plain(vec![block], vec![start()[b].clone()]).solve().unwrap());
        assert_eq!(alone.theta[0], together.theta[b]);
    }
    let norm = |theta: &Concatenation| theta.iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
    let (heavy, light) = (norm(&together.theta[..1].to_vec()), norm(&together.theta[1..].to_vec()));
    let near = |a: &Array1<f64>, b: &Array1<f64>| (a - b).iter().all(|x| x.abs() < 1e-14);
    // A ball too small for the heavy block, and one that is too small for both together only.
    for (radius, binds_heavy) in [(0.7 * heavy, true), (heavy.hypot(0.5 * light), false)] {
        let mut fit = plain(blocks(), start());
        fit.ball = Some(Ball { centre: start(), radius });
        let found = optimum(fit.solve().unwrap());
        assert!((norm(&found.theta) / radius - 1.0).abs() < 1e-14);
        // With the multiplier as a ridge the same point comes out without a ball.
        let mut ridge = plain(blocks(), start());
        ridge.ridge = Some(Ridge { strength: found.multiplier, centre: start() });
        let same = optimum(ridge.solve().unwrap());
        let off = found.theta.iter().zip(&same.theta).map(|(a, b)| (a - b).dot(&(a - b))).sum::<f64>().sqrt();
        assert!(off < 3e-14, "{off}");
        // The heavy block's gradient is 1e100 times the light one's: either the light one stays at the centre, or the heavy one
        // feels nothing.
        if binds_heavy {
            assert!(found.multiplier > 1e-3 && found.theta[1].iter().all(|x| x.abs() < 1e-90), "{found:?}");
        } else {
            assert!(found.multiplier < 1e-97 && near(&found.theta[0], &together.theta[0]), "{found:?}");
        }
    }
}

/// What the losses do not see stays, as far as the ball has room; a ridge draws it to its centre.
#[test]
fn what_is_not_seen_keeps_to_ridge_and_ball() {
    let rows = Array2::from_shape_vec((1, 2), vec![1.0, 0.0]).unwrap();
    let (wins, losses) = ([3.0], [1.0]);
    let block = || Block::Logistic { differences: ArrayView2::from(&rows), wins: &wins, losses: &losses };
    let point = |x: f64, y: f64| vec![Array1::from(vec![x, y])];
    let seen = 3f64.ln();
    let mut fit = plain(vec![block()], point(0.0, 5.0));
    fit.ball = Some(Ball { centre: point(0.0, 0.0), radius: 2.0 });
    let found = optimum(fit.solve().unwrap());
    let expected = [seen, (4.0 - seen * seen).sqrt()];
    assert!(found.theta[0].iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-14) && found.multiplier == 0.0);
    // No room at all: what is not seen goes to the ball's centre.
    fit.ball = Some(Ball { centre: point(0.0, 0.5), radius: 0.25 });
    let found = optimum(fit.solve().unwrap());
    assert!((found.theta[0][0] - 0.25).abs() < 1e-14 && found.theta[0][1] == 0.5, "{:?}", found.theta);
    // (3 σ(−v) − σ(v)) = 2 m v.
    let sigma = 1.0 / (1.0 + (-0.25f64).exp());
    assert!((found.multiplier - (3.0 * (1.0 - sigma) - sigma) / 0.5).abs() < 1e-12);
    fit.ball = None;
    fit.ridge = Some(Ridge { strength: 1e-3, centre: point(9.0, -7.0) });
    assert!((optimum(fit.solve().unwrap()).theta[0][1] + 7.0).abs() < 1e-14);
}

/// The sizes that are asked for in earnest: no more than a dozen Newton steps, and a gradient of rounding.
#[test]
fn real_sizes_take_a_dozen_steps() {
    for (prompts, k, d) in [(160, 12, 256), (4000, 6, 4), (200, 8, 32)] {
        let owned = softmax(1.5, prompts, k, d, |i| if i % 5 == 0 { 3.0 } else { 1.0 + 0.5 * wave(8.0, i, 3) });
        let found = optimum(plain(vec![owned.block()], vec![Array1::zeros(d)]).solve().unwrap());
        assert!(found.steps <= 15 && found.gradient_norm < 1e-14, "{prompts}: {} {}", found.steps, found.gradient_norm);
    }
}

#[test]
fn malformed_fits_are_refused_by_name() {
    let rows = Array2::from_shape_vec((1, 1), vec![1.0]).unwrap();
    let solve = |wins: &[f64], losses: &[f64], start: f64, radius: f64| {
        let block = Block::Logistic { differences: rows.view(), wins, losses };
        let mut fit = plain(vec![block], vec![Array1::from_elem(1, start)]);
        fit.ball = Some(Ball { centre: vec![Array1::zeros(1)], radius });
        fit.solve().map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(solve(&[1.0], &[1.0], 0.0, 1.0), Ok(()));
    let cases = [
        (solve(&[-1.0], &[1.0], 0.0, 1.0), "a weight = -1"),
        (solve(&[f64::NAN], &[1.0], 0.0, 1.0), "a weight = NaN"),
        (solve(&[0.0], &[0.0], 0.0, 1.0), "the sum of weights = 0"),
        (solve(&[1.0, 2.0], &[1.0], 0.0, 1.0), "number of wins = 2"),
        (solve(&[1.0], &[1.0], f64::INFINITY, 1.0), "start = inf"),
        (solve(&[1.0], &[1.0], 0.0, 0.0), "ball radius = 0"),
        (solve(&[1.0], &[0.0], 0.0, 2000.0), "ball radius = 2000: expected a radius that doubles reach"),
    ];
    for (result, expected) in cases {
        assert!(result.as_ref().is_err_and(|text| text.starts_with(expected)), "{result:?}: {expected}");
    }
}
