//! Features of a real model, read from a NumPy archive: rounds on them, and a table.
//!
//!     cargo run --release --example npz_features                       the file that comes with the program
//!     cargo run --release --example npz_features -- mine.npz 512       another one, and n
//!
//! `examples/export_features.py` writes such a file from embeddings, or from logits and features. Accuracy needs the array `answer`.

use std::path::PathBuf;

use anyhow::Context;
use selfreward::instance::files::ENCLOSED;
use selfreward::instance::npz::NpzFile;
use selfreward::metrics::measure;
use selfreward::process::Loop;
use selfreward::seed::Seed;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().map_or_else(|| PathBuf::from(ENCLOSED), PathBuf::from);
    let samples = arguments.next().map_or(Ok(2048), |n| n.parse().with_context(|| format!("n = {n}")))?;

    let seed = Seed::from_number(1);
    let instance = NpzFile::read(&path, false)?.instance(None, &seed)?;
    let responses: Vec<usize> = (0..instance.prompts()).map(|x| instance.features().responses(x)).collect();
    println!(
        "{}: {} prompts, {} to {} responses, d = {}, differences of rank {}",
        path.display(),
        instance.prompts(),
        responses.iter().min().expect("a prompt at least"),
        responses.iter().max().expect("a prompt at least"),
        instance.features().dim(),
        instance.rank()
    );

    let process = Loop { beta: 1.0, samples, rounds: 5, ..Loop::default() };
    println!("n = {samples}, beta = {}", process.beta);
    println!("  t   kappa  failure(0.5)   drift  accuracy  rank seen");
    let base = instance.policy(instance.base());
    let optional = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    for round in process.on(&instance)?.start(seed) {
        let measured = measure(&instance, &base, &round?, process.beta, &[0.5]);
        let (policy, step) = (&measured.policy, &measured.step);
        println!(
            "{:>3}  {:>6.4}  {:>12.4}  {:>6.4}  {:>8}  {:>9}",
            measured.t,
            policy.kappa,
            policy.failure[0],
            policy.drift,
            optional(policy.accuracy),
            optional(step.as_ref().and_then(|step| step.rank_fraction))
        );
    }
    Ok(())
}
