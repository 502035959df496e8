//! Every preset's sampled run converges to its population map as n grows: at the rate n^(−1/2), or at once where a round has no noise.

use crate::common::*;
use crate::loops_common::*;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::process::{Loop, PRESETS};
use selfreward::stats::interval::mean_with_error;

/// What a preset's rounds scatter by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Noise {
    /// Nothing, once all differences were seen: a regression on differences of rewards that the class holds.
    None,
    /// Counts, labels or votes.
    Samples,
}

/// Regressions on differences of rewards: self-rewarding and its kin.
const REGRESSIONS: [&str; 8] = [
    "self-rewarding",
    "sharpening-rlhf",
    "live-reward-frozen-reference",
    "frozen-reward",
    "spin",
    "selective-rewriting",
    "grpo-mirror",
    "grpo-frozen-reference",
];

/// No two responses are equally likely (levels would part at once), and none is near a threshold of a filter or a gate.
fn tabular() -> Instance {
    let logits = [vec![0.31, -0.42, 0.17, 0.8], vec![-0.55, 1.4, 0.2], vec![1.2, 0.0, 0.55]].map(Vec::from);
    let reward = vec![vec![0.4, -0.9, 0.3, 0.8], vec![0.5, -0.2, 0.1], vec![-0.4, 0.6, 0.2]];
    let marks = [vec![true, false, true, false], vec![false, true, true], vec![true, true, false]];
    let one_hot = FeatureMap::one_hot(vec![4, 3, 3]);
    let instance = Instance::new(vec![0.5, 0.2, 0.3], one_hot, Parameter::tabular(table(&logits)), None).unwrap();
    instance.with_correct(correct(&marks)).unwrap().with_reward(table(&reward)).unwrap()
}

/// Fewer directions than differences, so that only what is linear in the features is followed without noise.
fn linear() -> Instance {
    let instance = dense_instance(&[4, 3, 3, 5], 3, 0.6, 5);
    let policy = instance.policy(instance.base());
    let marks: Vec<Vec<bool>> = (0..4).map(|x| (0..row(&policy, x).len()).map(|y| y % 2 == 0).collect()).collect();
    // A reward that the features follow: ⟨θ°, φ⟩.
    let reward = instance.policy(&Parameter::Dense(ndarray::arr1(&[0.7, -0.4, 0.5])));
    let reward: Vec<Vec<f64>> = (0..4).map(|x| row(&reward, x)).collect();
    instance.with_correct(correct(&marks)).unwrap().with_reward(table(&reward)).unwrap()
}

/// Σ p(x) Σ_y (π_T − π°_T)², for each run of the preset at n.
fn distances(population: &Loop, sampled: &Loop, instance: &Instance, runs: u64) -> Vec<f64> {
    let last = |process: &Loop, seed: u64| log_probs(&rounds(process, instance, seed).last().unwrap().policy);
    let limit = last(population, 0);
    let distance = |seed: u64| {
        let law = last(sampled, seed);
        let of = |x: usize| limit[x].iter().zip(&law[x]).map(|(a, b)| (a.exp() - b.exp()).powi(2)).sum::<f64>();
        instance.weights().iter().enumerate().map(|(x, p)| p * of(x)).sum::<f64>()
    };
    (1..=runs).map(distance).collect()
}

/// With R runs the mean of squared distances, a quadratic form in nearly normal counts, has at most the relative standard deviation √(2/R)
/// (that of one degree of freedom): .183 for 60 runs, so that the logarithm of the ratio of two means scatters by .26. Six such deviations
/// are 1.55, and over 12 doublings of n the exponent of the mean square is −1 to within 1.55/(12 log 2) = .19. A false alarm has the chance 2e-9
/// for each preset, were the logarithm normal; seeds are pinned.
fn converges(name: &str, noise: Noise, extra: &str, instance: &Instance) {
    const RUNS: u64 = 60;
    const DOUBLINGS: f64 = 12.0;
    // Two rounds, but where one is the loop, or where one leaves nothing that 2^12 draws would find.
    let rounds = if name == "sharpening-rlhf" || name == "sharpening-sft-adaptive" { 1 } else { 2 };
    let keys = format!("preset = \"{name}\"\nbeta = 2.0\nrounds = {rounds}\n{extra}");
    let population = settle(&format!("{keys}\npopulation = true")).unwrap();
    let at = |samples: u64| settle(&format!("{keys}\nsamples = {samples}")).unwrap();
    let means = [1u64 << 12, 1 << 24].map(|samples| {
        let all = distances(&population, &at(samples), instance, RUNS);
        let none = all.iter().all(|&square| square < 1e-18);
        assert_eq!(none, noise == Noise::None, "{name}, n = {samples}: squared distances {:?}", &all[..4]);
        mean_with_error(&all).0
    });
    if noise == Noise::Samples {
        let exponent = (means[1] / means[0]).log2() / DOUBLINGS;
        assert!((exponent + 1.0).abs() < 0.19, "{name}: n^{exponent}, means {means:?}");
    }
}

fn noise_of(name: &str) -> Noise {
    if REGRESSIONS.contains(&name) { Noise::None } else { Noise::Samples }
}

#[test]
fn sampled_tabular_runs_converge_to_the_population_map_of_every_preset() {
    let instance = tabular();
    for preset in PRESETS {
        converges(preset.name, noise_of(preset.name), "", &instance);
    }
    assert_eq!(PRESETS.len(), 21);
}

/// Where the class cannot follow the reward of a loop, its regression has noise, too.
#[test]
fn sampled_linear_runs_converge_to_the_population_map_of_every_preset() {
    let instance = linear();
    for preset in PRESETS {
        let noise = if preset.name.starts_with("grpo") { Noise::Samples } else { noise_of(preset.name) };
        // A sample of a sharp law may hold one response a prompt, of which the likelihood has no finite maximum.
        let likelihood = preset.keys.iter().any(|(_, value)| value.to_string() == "\"likelihood\"");
        converges(preset.name, noise, if likelihood { "ridge = 0.01" } else { "" }, &instance);
    }
}
