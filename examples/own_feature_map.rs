//! An instance from one's own features: addition modulo 7, answered by Fourier features.
//!
//! A prompt is a sum a + b, a response one of the residues y = 0, …, 6. The features of (a + b, y) are cos and sin of
//! 2πk(a + b − y)/7, which know arithmetic, and of 2πky/7, which know the response alone, for k = 1, 2, 3: d = 12. The base model
//! leans towards the right residue and carries some noise. All prompts share twelve directions, so few triples teach all of
//! them, and fewer teach a part.
//!
//!     cargo run --release --example own_feature_map

use std::f64::consts::TAU;

use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter, uniform_weights};
use selfreward::metrics::measure;
use selfreward::process::Loop;
use selfreward::seed::{Purpose, Seed};

const MODULUS: usize = 7;
const FREQUENCIES: usize = 3;

/// φ(a + b, y). Each cosine and its sine have norm 1, and there are six of them: the division makes ‖φ‖ = 1.
fn features(sum: usize, response: usize) -> Vec<f64> {
    let offset = (sum + MODULUS - response) % MODULUS;
    let wave = |residue: usize, k: usize| {
        let angle = TAU * (k * residue) as f64 / MODULUS as f64;
        [angle.cos(), angle.sin()]
    };
    let waves =
        [offset, response].into_iter().flat_map(|residue| (1..=FREQUENCIES).flat_map(move |k| wave(residue, k)));
    waves.map(|value| value / (2.0 * FREQUENCIES as f64).sqrt()).collect()
}

/// The 49 sums a + b, their right residues, and θ_0: 0.3 on the cosines of the offset, and Gaussian noise.
fn instance(seed: &Seed) -> selfreward::Result<Instance> {
    let sums: Vec<usize> = (0..MODULUS).flat_map(|a| (0..MODULUS).map(move |b| (a + b) % MODULUS)).collect();
    let rows: Vec<f64> = sums.iter().flat_map(|&sum| (0..MODULUS).flat_map(move |y| features(sum, y))).collect();
    let dim = 4 * FREQUENCIES;
    let matrix =
        Array2::from_shape_vec((sums.len() * MODULUS, dim), rows).expect("one row for each (prompt, response)");
    let mut rng = seed.rng(Purpose::Parameter, 0, 0);
    let lean = |j: usize| if j < 2 * FREQUENCIES && j.is_multiple_of(2) { 0.3 } else { 0.0 };
    let noise = |rng: &mut _| -> f64 { StandardNormal.sample(rng) };
    let theta = (0..dim).map(|j| lean(j) + 0.7 * noise(&mut rng)).collect();
    let dense = DenseFeatures::new(matrix, &vec![MODULUS; sums.len()])?;
    let answers = sums.iter().map(|&sum| Some(sum as u32)).collect();
    Instance::new(uniform_weights(sums.len()), FeatureMap::dense(dense), Parameter::Dense(theta), Some(answers))
}

fn main() -> selfreward::Result<()> {
    let seed = Seed::from_number(1);
    let instance = instance(&seed)?;
    println!("{} prompts, {MODULUS} responses, differences of rank {}", instance.prompts(), instance.rank());
    println!(
        "{:>4} {:>3} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "n", "t", "rank seen", "kappa", "failure", "drift", "accuracy"
    );
    for samples in [3, 24, 1000] {
        let process = Loop { beta: 1.0, samples, rounds: 4, ..Loop::default() };
        let mut base = None;
        for round in process.on(&instance)?.start(seed) {
            let round = round?;
            let base = base.get_or_insert_with(|| round.policy.clone());
            let measured = measure(&instance, base, &round, process.beta, &[0.5]);
            let policy = &measured.policy;
            let seen = measured.step.and_then(|step| step.rank_fraction).map_or("-".to_owned(), |f| format!("{f:.3}"));
            let (failure, accuracy) = (policy.failure[0], policy.accuracy.unwrap_or(f64::NAN));
            let numbers =
                [policy.kappa, failure, policy.drift, accuracy].map(|value| format!("{value:>9.4}")).join(" ");
            println!("{samples:>4} {:>3} {seen:>9} {numbers}", round.t);
        }
    }
    Ok(())
}
