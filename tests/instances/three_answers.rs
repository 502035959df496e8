//! Three answers on a line: the laws that are given and drawn, and the first round on them.

use std::sync::atomic::AtomicBool;

use selfreward::instance::three_answers::{Law, ThreeAnswers};
use selfreward::instance::{FeatureMap, Instance};
use selfreward::seed::Seed;
use selfreward::simulate::{Config, Simulation, run};

fn drawn(prompts: usize, concentration: f64) -> Instance {
    ThreeAnswers { prompts, law: Law::Dirichlet(concentration) }.draw(&Seed::from_number(3)).unwrap()
}

fn logs(instance: &Instance) -> Vec<[f64; 3]> {
    let offset = instance.offset().unwrap();
    (0..instance.prompts()).map(|x| std::array::from_fn(|y| offset.row(x).logit(y as u32))).collect()
}

#[test]
fn a_law_that_is_given_is_the_base_policy_of_every_prompt() {
    let law = [0.3, 0.69, 0.01 + 5e-10];
    let instance = ThreeAnswers { prompts: 2, law: Law::Given(law) }.draw(&Seed::from_number(1)).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    assert_eq!(features.to_matrix().iter().copied().collect::<Vec<_>>(), [0.0, 0.5, 1.0, 0.0, 0.5, 1.0]);
    assert_eq!((instance.weights(), instance.base().norm()), (&[0.5, 0.5][..], 0.0));
    let policy = instance.policy(instance.base());
    for (x, y) in [0, 1].into_iter().flat_map(|x| [0, 1, 2].map(|y| (x, y))) {
        let expected = law[y as usize] / (1.0 + 5e-10);
        assert!((policy.prob(x, y) / expected - 1.0).abs() < 1e-14);
        // What is given is divided by its sum, so that the offset itself is log π_0.
        assert!((instance.offset().unwrap().row(x).logit(y) - expected.ln()).abs() < 1e-14);
    }
}

/// Oracle: the regression of log π_0 on φ under π_0, θ_1 = Cov(log π_0, φ)/(β Var φ), by sums over three responses; and the numbers
/// to four places that follow by hand. The mode moves to the least likely response.
#[test]
fn the_population_round_is_a_regression_on_one_feature() {
    let (law, phi, beta) = ([0.3, 0.69, 0.01], [0.0, 0.5, 1.0], 0.1);
    let mean = |f: &dyn Fn(usize) -> f64| (0..3).map(|y| law[y] * f(y)).sum::<f64>();
    let (m, l) = (mean(&|y| phi[y]), mean(&|y| f64::ln(law[y])));
    let slope = mean(&|y| (phi[y] - m) * (law[y].ln() - l)) / mean(&|y| (phi[y] - m).powi(2));
    assert!((slope - 1.0871).abs() < 5e-5, "{slope}");
    let text = "[instance]\nkind = 'three-answers'\nprompts = 1\nlaw = [0.3, 0.69, 0.01]\n\
                [process]\nupdate = 'population'\nbeta = 0.1\nrounds = 1\n[run]\nreplicates = 1";
    let simulation = Simulation::new(text.parse().unwrap()).unwrap();
    let rounds = run(&simulation, true, &AtomicBool::new(false)).unwrap();
    let theta = rounds[0].thetas[1][0];
    assert!((theta - slope / beta).abs() < 1e-12, "{theta}");
    let instance = simulation.fixed().unwrap();
    let policy = instance.policy(&instance.base().zip_with(instance.base(), |_, _| theta));
    for (y, expected) in [0.0004, 0.2311, 0.7684].into_iter().enumerate() {
        assert!((policy.prob(0, y as u32) - expected).abs() < 6e-5, "{y}: {}", policy.prob(0, y as u32));
    }
    assert_eq!(rounds[0].rounds[1].policy.margin, policy.head(0).margin);
}

/// Oracles: moments of the Beta(α, 2α) law of one probability, E p^k = Π (α+j)/(3α+j); and of its logarithm, E log p = ψ(α) − ψ(3α),
/// Var log p = ψ'(α) − ψ'(3α), with the fourth cumulant ψ'''(α) − ψ'''(3α) of the same kind: −2, 4 and 96 at α = 1/2, −3/2, 5/4 and 6.375 at
/// α = 1. Each within six standard errors, which a normal mean leaves once in 5·10^8; the seed is pinned.
#[test]
fn drawn_laws_have_the_moments_of_the_dirichlet_law() {
    let prompts = 20_000;
    for (concentration, mean_log, variance_log, fourth) in [(0.5, -2.0, 4.0, 96.0), (1.0, -1.5, 1.25, 6.375)] {
        let laws = logs(&drawn(prompts, concentration));
        let near = |what: &str, found: f64, expected: f64, variance: f64| {
            let error = (variance / prompts as f64).sqrt();
            assert!((found - expected).abs() < 6.0 * error, "{what}: {found}, expected {expected} ± {error}");
        };
        let moment = |k: i32| {
            (0..k).map(|j| (concentration + f64::from(j)) / (3.0 * concentration + f64::from(j))).product::<f64>()
        };
        for y in 0..3 {
            let average = |f: &dyn Fn(f64) -> f64| laws.iter().map(|law| f(law[y])).sum::<f64>() / prompts as f64;
            for k in [1, 2] {
                let variance = moment(2 * k) - moment(k).powi(2);
                near("E p^k", average(&|log| (f64::from(k) * log).exp()), moment(k), variance);
            }
            near("E log p", average(&|log| log), mean_log, variance_log);
            near(
                "Var log p",
                average(&|log| (log - mean_log).powi(2)),
                variance_log,
                fourth + 2.0 * variance_log.powi(2),
            );
        }
        for law in &laws {
            assert!((law.iter().map(|log| log.exp()).sum::<f64>() - 1.0).abs() < 1e-14);
        }
    }
}

#[test]
fn logarithms_are_finite_where_probabilities_are_none_and_each_prompt_draws_its_own() {
    let tiny = logs(&drawn(2000, 1e-3));
    assert!(tiny.iter().flatten().all(|log| log.is_finite() && *log <= 0.0));
    assert!(tiny.iter().flatten().any(|log| log.exp() == 0.0), "nothing underflows: the test is void");
    assert_eq!(logs(&drawn(2000, 0.5))[..10], logs(&drawn(10, 0.5)));
    let policy = drawn(2000, 1e-3);
    let policy = policy.policy(policy.base());
    assert!(
        tiny.iter().enumerate().all(|(x, law)| (policy.log_prob(x, 1) - law[1]).abs() <= 1e-12 * law[1].abs() + 1e-14)
    );
}

#[test]
fn its_keys_are_read_and_refused_by_name() {
    let configured = |lines: &str| {
        let text = format!("[instance]\nkind = 'three-answers'\n{lines}\n[process]\nsamples = 64\nrounds = 1");
        text.parse::<Config>().and_then(Simulation::new)
    };
    let simulation = configured("prompts = 3").unwrap();
    assert_eq!(simulation.config.instance.get("concentration"), Some(0.5));
    assert_ne!(logs(&simulation.instance(0).unwrap()), logs(&simulation.instance(1).unwrap()));
    let given = configured("prompts = 3\nlaw = [0.5, 0.25, 0.25]").unwrap();
    assert_eq!(given.config.instance.get::<f64>("concentration"), None);
    assert!(given.fixed().is_some());
    for (lines, words) in [
        ("", ["instance.prompts", "absent"]),
        ("prompts = 1\nlaw = [0.5, 0.5]", ["length of instance.law = 2", "three numbers"]),
        ("prompts = 1\nlaw = [0.5, 0.5, 0]", ["instance.law[2] = 0", "> 0"]),
        ("prompts = 1\nlaw = [0.5, 0.25, nan]", ["instance.law[2] = NaN", "> 0"]),
        ("prompts = 1\nlaw = [0.5, 0.25, 0.2499]", ["sum of instance.law = 0.9999", "1e-9"]),
        ("prompts = 1\nconcentration = 0", ["instance.concentration = 0", "0.001 to 1e6"]),
        ("prompts = 1\nconcentration = 1e7", ["instance.concentration = 10000000", "0.001 to 1e6"]),
        ("prompts = 1\nconcentration = 1\nlaw = [0.5, 0.25, 0.25]", ["law and concentration", "only one"]),
        ("prompts = 1\nresponses = 3", ["instance.responses = 3", "\"three-answers\""]),
    ] {
        let error = configured(lines).expect_err(lines).to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{lines}: {error}");
    }
}
