//! The tabular instance with a continuum of confidences.

use selfreward::instance::continuum::Continuum;
use selfreward::instance::tabular::Weights;
use selfreward::policy::Policy;
use selfreward::seed::Seed;
use selfreward::simulate::Simulation;
use selfreward::simulate::config::Config;

fn confidences(responses: u32) -> Vec<f64> {
    let shape = Continuum { prompts: 4000, responses, weights: Weights::Uniform };
    let instance = shape.draw(&Seed::from_number(3)).unwrap();
    let policy = Policy::new(instance.base(), instance.features());
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
    assert_eq!(simulation.config.instance.bump, None);
    let instance = simulation.instance(0).unwrap();
    let policy = Policy::new(instance.base(), instance.features());
    assert!((1..5).all(|x| policy.head(x).margin != policy.head(0).margin));
    let both = config("confidence = \"uniform\"\nbump = 1.0").unwrap_err().to_string();
    assert!(both.contains("bump") && both.contains("confidence"), "{both}");
    assert!(config("confidence = \"normal\"").is_err());
}
