//! The tabular instance with a continuum of confidences.

use selfreward::instance::continuum::Continuum;
use selfreward::instance::tabular::Weights;
use selfreward::seed::Seed;
use selfreward::simulate::Simulation;
use selfreward::simulate::config::Config;

fn confidences(responses: u32) -> Vec<f64> {
    let shape = Continuum { prompts: 4000, responses, weights: Weights::Uniform };
    let instance = shape.draw(&Seed::from_number(3)).unwrap();
    let policy = instance.policy(instance.base());
    (0..policy.prompts()).map(|x| policy.prob(x, policy.head(x).modal)).collect()
}

/// Oracle: the uniform distribution function. Dvoretzky–Kiefer–Wolfowitz: the largest distance exceeds D with probability at
/// most 2e^(−2·4000·D²), below 2e-8 at D = 0.048.
#[test]
fn confidences_are_uniform() {
    for responses in [2, 3, 50] {
        let mut sorted = confidences(responses);
        sorted.sort_by(f64::total_cmp);
        let (count, least) = (sorted.len() as f64, 1.0 / f64::from(responses));
        let distance = sorted.iter().enumerate().map(|(i, confidence)| {
            let uniform = (confidence - least) / (1.0 - least);
            (uniform - i as f64 / count).abs().max((uniform - (i + 1) as f64 / count).abs())
        });
        let farthest = distance.fold(0.0, f64::max);
        assert!(farthest < 0.048, "K = {responses}: {farthest}");
    }
}

#[test]
fn a_configuration_can_ask_for_it_in_place_of_a_bump() {
    let config = |lines: &str| {
        let text = format!("[instance]\nkind = \"tabular\"\nprompts = 5\nresponses = 2\n{lines}");
        Config::from_table(&text.parse().unwrap())
    };
    let simulation = Simulation::new(config("confidence = \"uniform\"").unwrap()).unwrap();
    assert_eq!(simulation.config.instance.get::<f64>("bump"), None);
    let instance = simulation.instance(0).unwrap();
    let policy = instance.policy(instance.base());
    assert!((1..5).all(|x| policy.head(x).margin != policy.head(0).margin));
    let both = config("confidence = \"uniform\"\nbump = 1.0").unwrap_err().to_string();
    assert!(both.contains("bump") && both.contains("confidence"), "{both}");
    assert!(config("confidence = \"normal\"").is_err());
}

/// Oracles: 2(log 2 − 1/2) = 2∫u/(1−u)du before any round, the asymptote 2/(2mt)² of the untouched, and for both parts together the
/// sum over 2·10^6 prompts, laid evenly in u, of what one touch in round 1 leaves (s = 501: sharpened prompts u' = 1/(1+e^{sg})).
#[test]
fn the_surplus_of_a_continuum_has_its_two_parts() {
    use selfreward::theory::rates::continuum_surplus;
    let start = continuum_surplus(2.0, 0.1, 1e-12).unwrap().0;
    assert!((start - 2.0 * (2f64.ln() - 0.5)).abs() < 1e-9, "{start}");
    let late = continuum_surplus(3.0, 0.1, 1e4).unwrap().0;
    assert!((late / (2.0 / 6e4f64.powi(2)) - 1.0).abs() < 1e-3, "{late}");
    let (pairs, beta, rounds, count) = (50.0, 0.002, 200.0, 2_000_000);
    let mut sum = 0.0;
    for index in 0..count {
        let u = 0.5 * (f64::from(index) + 0.5) / f64::from(count);
        let rest = |u: f64, t: f64| u / (1.0 - u) * (-2.0 * pairs * u * (1.0 - u) * t).exp();
        let touched = 1.0 - (-2.0 * pairs * u * (1.0 - u)).exp();
        let sharper = 1.0 / (1.0 + ((1.0 - u) / u).powf(1.0 + 1.0 / beta));
        sum += rest(u, rounds) + touched * rest(sharper, rounds - 1.0);
    }
    let (untouched, ties) = continuum_surplus(pairs, beta, rounds).unwrap();
    let ratio = (untouched + ties) / (sum / f64::from(count));
    assert!((ratio - 1.0).abs() < 0.02, "{ratio}");
}
