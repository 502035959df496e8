//! A quantity of one's own along a trajectory: how overconfident a self-rewarding model becomes, and how diverse its samples stay.
//!
//! Two exact sums over the features of a real encoder that come with the program (M = 256, K = 16, d = 384):
//!
//! - overconfidence E_x max_y π_t(y|x) − P_x[y*_t = answer]: what the model believes of itself, less what is true;
//! - agreement E_x Σ_y π_t(y|x)²: the probability that two responses drawn to one prompt are the same. A pair of equal responses
//!   teaches nothing, and the share of equal pairs in the *next* round's sample must lie near it.
//!
//!     cargo run --release --example own_metric

use std::path::Path;

use selfreward::instance::files::ENCLOSED;
use selfreward::instance::npz::NpzFile;
use selfreward::metrics::policy::{accuracy, kappa};
use selfreward::metrics::step::diversity;
use selfreward::policy::Policy;
use selfreward::process::Loop;
use selfreward::seed::Seed;

/// E_x f(x).
fn expectation(weights: &[f64], f: impl Fn(usize) -> f64) -> f64 {
    weights.iter().enumerate().map(|(x, p)| p * f(x)).sum()
}

/// E_x max_y π(y|x) = 1 − E_x[1 − π(y*|x)], where `doubt` keeps its digits as the policy sharpens.
fn confidence(weights: &[f64], policy: &Policy) -> f64 {
    1.0 - expectation(weights, |x| policy.head(x).doubt())
}

/// E_x Σ_y π(y|x)². A row lists distinct logits with how many responses share each, so that lumped rows cost nothing.
fn agreement(weights: &[f64], policy: &Policy) -> f64 {
    expectation(weights, |x| {
        policy.row(x).levels().map(|(logit, count)| count * policy.head(x).prob(logit).powi(2)).sum()
    })
}

fn main() -> selfreward::Result<()> {
    let seed = Seed::from_number(1);
    let instance = NpzFile::read(Path::new(ENCLOSED), false)?.instance(None, &seed)?;
    let correct = instance.correct().expect("the enclosed file has answers");
    let weights = instance.weights();
    let process = Loop { beta: 1.0, samples: 65_536, rounds: 6, ..Loop::default() };
    println!("{} triples a round", process.samples);
    println!("  t   kappa  confidence  accuracy  overconfidence  agreement  equal pairs drawn");
    // What a round drew came from the policy of the round before it.
    let mut waiting: Option<String> = None;
    for round in process.on(&instance)?.start(seed) {
        let round = round?;
        let policy = &round.policy;
        if let (Some(line), Some(sample)) = (waiting.take(), round.step.and_then(|step| step.sample)) {
            println!("{line}  {:>17.4}", 1.0 - diversity(&sample));
        }
        let (sure, right) = (confidence(weights, policy), accuracy(weights, policy, correct).unwrap_or(f64::NAN));
        waiting = Some(format!(
            "{:>3}  {:>6.4}  {sure:>10.4}  {right:>8.4}  {:>14.4}  {:>9.4}",
            round.t,
            kappa(weights, policy),
            sure - right,
            agreement(weights, policy)
        ));
    }
    println!("{}", waiting.unwrap_or_default());
    Ok(())
}
