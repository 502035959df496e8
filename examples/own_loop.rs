//! A loop of one's own: what if the judge sees only the better half of its own answers?
//!
//! The signal below rewards every response whose probability is at least the prompt's median, and no other; the loop around it has a
//! frozen candidate law and a reference that forgets half of what was learned. It stands beside three named loops on one instance.
//!
//!     cargo run --release --example own_loop

use std::borrow::Cow;
use std::sync::Arc;

use selfreward::instance::gaussian::{BaseParameter, Gaussian};
use selfreward::instance::{Instance, Spectrum};
use selfreward::logits::LogitTable;
use selfreward::metrics::policy::{drift, entropy, failure};
use selfreward::process::{
    CandidateLaw, Candidates, Likelihood, Loop, Reference, Reward, Selection, Signal, Square, Step,
};
use selfreward::seed::Seed;

/// 1 for a response at least as likely as the prompt's median one, else 0.
#[derive(Debug)]
struct BetterHalf;

impl Signal for BetterHalf {
    fn reward<'a>(&self, step: &Step<'a>) -> selfreward::Result<Reward<'a>> {
        let mut table = LogitTable::default();
        for x in 0..step.instance.prompts() {
            let row = step.policy().row(x);
            let logits: Vec<f64> = (0..row.responses() as u32).map(|y| row.logit(y)).collect();
            let mut sorted = logits.clone();
            sorted.sort_by(f64::total_cmp);
            let median = sorted[sorted.len() / 2];
            let reward: Vec<f64> = logits.iter().map(|logit| f64::from(u8::from(*logit >= median))).collect();
            table.push_dense(&reward);
        }
        // Nothing of it is linear in the features: the square loss finds the nearest that is.
        Ok(Reward { linear: Cow::Owned(step.theta().zeros()), remainder: Some(Arc::new(table)), vote: None })
    }
}

fn report(name: &str, process: &Loop, instance: &Instance) -> selfreward::Result<()> {
    let base = instance.policy(instance.base());
    let last = process.on(instance)?.start(Seed::from_number(2)).last().expect("round 0 at least")?;
    let (weights, policy) = (instance.weights(), &last.policy);
    println!(
        "{name:>28} {:>8.4} {:>8.4} {:>8.4}",
        entropy(weights, policy),
        failure(weights, policy, 0.5),
        drift(weights, &base, policy)
    );
    Ok(())
}

fn main() -> selfreward::Result<()> {
    let (spectrum, base) = (Spectrum::Isotropic {}, BaseParameter::Norm(4.0));
    let gaussian = Gaussian { prompts: 200, responses: 8, dim: 32, spectrum, base, margin: None, max_tries: 0 };
    let instance = gaussian.draw(&Seed::from_number(1))?;
    println!("{:>28} {:>8} {:>8} {:>8}", "after 6 rounds", "entropy", "failure", "drift");
    let numbers = || Loop { beta: 0.5, samples: 4096, rounds: 6, ..Loop::default() };
    report("self-rewarding", &numbers(), &instance)?;
    report("frozen reference", &Loop { reference: Reference::Base, ..numbers() }, &instance)?;
    let best_of_four = Loop {
        candidates: Candidates { selection: Selection::BestOf(4), ..Candidates::default() },
        fit: Box::new(Likelihood::default()),
        // As the policy sharpens, some responses are never drawn, and without a ball the likelihood has no maximum.
        radius: Some(60.0),
        ..numbers()
    };
    report("likelihood of the best of 4", &best_of_four, &instance)?;
    let own = Loop {
        candidates: Candidates { law: CandidateLaw::Base, ..Candidates::default() },
        signal: Box::new(BetterHalf),
        reference: Reference::Mixed(0.5),
        fit: Box::new(Square { ridge: 0.01, ..Square::default() }),
        ..numbers()
    };
    report("better half, half forgotten", &own, &instance)
}
