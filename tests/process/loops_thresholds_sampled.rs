//! Thresholds of loops, located by bisection on sampled runs, against their formulas.
//!
//! Where answers or labels are counted, a run is on the wrong side by chance. Let a key be so far from the threshold that seven standard
//! deviations do not reach across: a run of it is on the wrong side with probability 3e-12 at most. A bisection asks about 40 runs, so that it ends
//! closer to the threshold than that, but for a chance of 1e-10. Seeds are pinned.

use crate::common::*;
use crate::loops_common::*;
use crate::loops_thresholds::{followed, located, two_answers};
use ndarray::{Array1, Array2};
use selfreward::instance::{FeatureMap, Instance};
use selfreward::process::{Snapshot, Step};
use selfreward::seed::Seed;

/// Standard deviations.
const FAR: f64 = 7.0;

/// U1: |m| = 1 with m = α + η/β. The target of a pair has no noise: while both answers are seen (here up to 6 nats at 10^6 pairs, of which then
/// 5000 differ) a sampled run comes to rest exactly where the population does.
#[test]
fn sampled_loops_come_to_rest_where_the_multiplier_is_within_one() {
    for (alpha, eta, at) in [(0.0, 1.0, 1.0), (1.0, -1.0, 0.5), (0.3, 0.5, 0.5 / 0.7), (0.3, -1.0, 1.0 / 1.3)] {
        let rests = |beta: f64| {
            let keys = format!(
                "update = \"erm\"\nsamples = 1000000\nbeta = {beta:?}\nrounds = 3\nreward = {{ self = {eta:?}, external = 1.0 }}\nreference = {{ current = {alpha:?} }}"
            );
            let (odds, crashed) = followed(&keys, &two_answers(0.7));
            assert!(!crashed && odds[..3].iter().all(|odds| odds.abs() < 6.0), "{keys}: {odds:?}");
            let increments: Vec<f64> = odds.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
            increments[2] < increments[1]
        };
        let found = located(0.8 * at, 1.25 * at, rests);
        assert!((found - at).abs() < 1e-9, "α = {alpha}, η = {eta}: {found} against {at}");
    }
}

/// L10: of n proposals a right answer is kept with probability ρa and a wrong one with (1−ρ)f, so that the log-odds of what is kept scatter by
/// √(1/(nρa) + 1/(n(1−ρ)f)) about ℓ + log(a/f). (To first order; the next one is that squared.)
#[test]
fn sampled_verifiers_help_below_their_own_true_positive_rate() {
    const SAMPLES: f64 = 1e10;
    let start = 0.4f64;
    let right = 1.0 / (1.0 + (-start).exp());
    for a in [0.3, 0.9] {
        let hurts = |f: f64| {
            let keys = format!(
                "preset = \"verifier-filter\"\nrounds = 1\nsamples = {SAMPLES}\naccept = {{ true_positive = {a:?}, false_positive = {f:?} }}"
            );
            let (odds, _) = followed(&keys, &two_answers(start));
            odds[1] < odds[0]
        };
        let scatter = (1.0 / (SAMPLES * right * a) + 1.0 / (SAMPLES * (1.0 - right) * a)).sqrt();
        let (found, room) = (located(0.01, 0.99, hurts), a * FAR * scatter);
        assert!(room < 3e-4 && (found - a).abs() < room, "a = {a}: {found}, {room} allowed");
    }
}

/// L11: in a round that draws n answers, nλ of them uniform ones, p' is (1−λ)σ(sℓ) + λ/2 with s = 1+1/β, and scatters by ½/√n at most. It is
/// σ(ℓ) at λ = 1 − tanh(ℓ/2)/tanh(sℓ/2), which is below λ_c = 1 − 1/s = 1/(1+β) by (s²−1)ℓ²/(12s) to third order in ℓ; and it falls by
/// ½tanh(sℓ/2) a unit of λ.
#[test]
fn sampled_replay_forgets_from_its_threshold_on() {
    const SAMPLES: f64 = 1e14;
    const START: f64 = 1e-2;
    for beta in [0.5, 1.0, 2.0] {
        let forgets = |lambda: f64| {
            let keys = format!(
                "preset = \"replay\"\nbeta = {beta:?}\nrounds = 1\nsamples = {SAMPLES}\nmemory = {{ replay = {lambda:?} }}"
            );
            let (odds, _) = followed(&keys, &two_answers(START));
            odds[1] < odds[0]
        };
        let (power, threshold) = (1.0 + 1.0 / beta, 1.0 / (1.0 + beta));
        let chance = FAR / (SAMPLES.sqrt() * (0.5 * power * START).tanh());
        let found = located(1e-3, 0.999, forgets);
        let here = 1.0 - (0.5 * START).tanh() / (0.5 * power * START).tanh();
        assert!((found - here).abs() < chance, "β = {beta}: {found} against {here}, {chance} allowed");
        let bent = (power * power - 1.0) * START * START / (12.0 * power);
        assert!(chance + bent < 2e-4 && (found - threshold).abs() < chance + 1.01 * bent, "β = {beta}: {found}");
    }
}

/// ΣNΔφΔφᵀ/n of the pairs that the first round draws, by its definition.
fn gram(keys: &str, instance: &Instance, seed: &Seed) -> Array2<f64> {
    let process = settle(keys).unwrap();
    let base = Snapshot::new(instance.base().clone(), instance);
    let step = Step::new(&process, instance, (&base, &base), 0, seed, &[]).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    let mut gram = Array2::zeros((features.dim(), features.dim()));
    step.batches()[0].pairs().for_each(|seen| {
        for pair in seen.pairs {
            let row = |y: u32| features.row(seen.prompt, y as usize).to_owned();
            let difference = row(pair.a) - row(pair.b);
            for ((i, j), sum) in gram.indexed_iter_mut() {
                *sum += pair.count as f64 * difference[i] * difference[j] / step.batches()[0].samples as f64;
            }
        }
    });
    gram
}

/// The largest eigenvalue and its vector, by the power method.
fn leading(matrix: &Array2<f64>) -> (f64, Array1<f64>) {
    let mut vector: Array1<f64> = (0..matrix.nrows()).map(|j| 1.0 + 0.3 * j as f64).collect();
    let mut value = 0.0;
    for _ in 0..20_000 {
        vector = matrix.dot(&vector);
        value = vector.dot(&vector).sqrt();
        vector /= value;
    }
    (value, vector)
}

/// Q1: on one set of pairs with a ridge λ the loop is bounded up to max|m_j| = 1, m_j = α + ηβg_j/(β²g_j+λ). The gain rises with g, so the
/// largest eigenvalue g decides: βg/(β²g+λ) = b is at β = (g + √(g² − 4b²gλ))/(2bg), with b = 1 − α for η = 1 and b = 1 + α for η = −1. A run of 400
/// rounds rests if its last increment is the shorter one; other directions have died out by then.
#[test]
fn loops_on_kept_pairs_grow_below_the_threshold_of_their_first_pairs() {
    const ROUNDS: i32 = 400;
    let instance = dense_instance(&[4, 3, 5, 4, 3], 3, 1.0, 11);
    let seed = Seed::from_number(1);
    for (alpha, eta, share) in [(0.3, 1.0, 0.2), (0.0, 1.0, 0.2), (0.3, -1.0, 0.1)] {
        let keys = |beta: f64, ridge: f64| {
            format!(
                "update = \"erm\"\nmemory = \"kept\"\nsamples = 256\nridge = {ridge:?}\nbeta = {beta:?}\nrounds = {ROUNDS}\nreward = {{ self = {eta:?} }}\nreference = {{ current = {alpha:?} }}"
            )
        };
        // The pairs of the first round are those of θ_0, whatever β and λ.
        let first = gram(&keys(1.0, 1.0), &instance, &seed);
        let (g, vector) = leading(&first);
        let ridge = share * g;
        let bound = if eta > 0.0 { 1.0 - alpha } else { 1.0 + alpha };
        let at = (g + (g * g - 4.0 * bound * bound * g * ridge).sqrt()) / (2.0 * bound * g);
        // The others: how large the second multiplier is, and whether θ_0 has a component along the first.
        let across = Array2::from_shape_fn(first.dim(), |(i, j)| first[[i, j]] - g * vector[i] * vector[j]);
        let second = leading(&across).0;
        let multiplier = (alpha + eta * at * second / (at * at * second + ridge)).abs();
        let theta = instance.base().to_vector();
        assert!(multiplier.powi(2 * ROUNDS) < 1e-9 && theta.dot(&vector).abs() > 0.1, "{multiplier}");
        let rests = |beta: f64| {
            let process = settle(&keys(beta, ridge)).unwrap();
            let thetas: Vec<Array1<f64>> =
                rounds(&process, &instance, 1).iter().map(|round| round.theta.to_vector()).collect();
            let length = |t: usize| {
                let step = &thetas[t + 1] - &thetas[t];
                step.dot(&step)
            };
            length(ROUNDS as usize - 1) < length(ROUNDS as usize - 2)
        };
        let found = located(0.97 * at, 1.03 * at, rests);
        assert!((found / at - 1.0).abs() < 1e-7, "α = {alpha}, η = {eta}, λ/g = {share}: {found} against {at}");
    }
}
