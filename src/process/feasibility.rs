//! Estimates of what a round costs, so that what cannot be done at the asked size is refused before work starts.

use super::explore::choice;
use super::fit::Shape;
use super::{Loop, Memory, Sampling};
use crate::instance::Instance;
use crate::{Error, Result, memory};

/// Random numbers of one round (about 30 ns each).
const MAX_DRAWS: f64 = 2e11;

/// Whether T rounds can be carried out.
pub(super) fn check(process: &Loop, instance: &Instance) -> Result<()> {
    if !process.fit.is_population() {
        check_draws(process, instance)?;
    }
    let growth = (1.0 + 1.0 / process.beta).powi(process.rounds as i32);
    // What another signal or reference does to ‖θ‖ is not known beforehand.
    let ball_may_bind =
        process.radius.is_some_and(|radius| !process.is_self_rewarding() || growth * instance.base().norm() > radius);
    if process.memory == Memory::All {
        // A law for each round is kept.
        let atoms = (0..instance.prompts()).map(|x| instance.features().responses(x) as f64).sum::<f64>();
        memory::require("the laws of all rounds", (24.0 * atoms * process.rounds as f64) as u64)?;
    }
    for cost in process.fit.cost(&Shape { process, instance, ball_may_bind }) {
        memory::require(&cost.what, cost.bytes as u64)?;
        if cost.operations > cost.limit {
            return Err(Error::TooLarge {
                what: format!("a round with {}", cost.what),
                need: format!("about {:.1e} operations ({})", cost.operations, cost.counted),
                limit: format!("{:.0e}; {}", cost.limit, cost.advice),
            });
        }
    }
    Ok(())
}

fn check_draws(process: &Loop, instance: &Instance) -> Result<()> {
    let n = process.samples as f64;
    let cells = |x: usize| (instance.features().responses(x) as f64).powi(2) / 2.0;
    let sampling = choice::sampling(process, instance, instance.base());
    let draws = match sampling {
        Sampling::Draws => n,
        Sampling::Counts => (0..instance.prompts()).map(cells).sum(),
        // A number for each response that is found, or for each triple that finds one.
        Sampling::Explore => {
            let found = |x: usize| 4.0 * instance.features().responses(x) as f64;
            instance.weights().iter().enumerate().map(|(x, p)| (n * p).min(found(x))).sum()
        }
        Sampling::Auto => instance.weights().iter().enumerate().map(|(x, p)| (n * p).min(cells(x))).sum(),
    };
    if draws > MAX_DRAWS {
        return Err(Error::TooLarge {
            what: format!("a round of n = {} triples with sampling = {:?}", process.samples, process.sampling),
            need: format!("about {draws:.1e} random draws"),
            limit: format!("{MAX_DRAWS:.0e}; fewer samples, fewer responses a prompt, or sampling = \"auto\""),
        });
    }
    // The prompts that were drawn and the pairs of the prompt with the most are held at once: counts of them, or each draw.
    let held = |draws: f64, cells: f64| match sampling {
        Sampling::Draws => draws,
        Sampling::Auto | Sampling::Counts => draws.min(2.0 * cells),
        // Of what is found the labels, at most those of half the responses.
        Sampling::Explore => (2.0 * draws).min((2.0 * cells).sqrt() / 2.0),
    };
    let most = instance.weights().iter().enumerate().map(|(x, p)| held(n * p, cells(x))).fold(0.0, f64::max);
    let prompts = if process.sampling == Sampling::Draws { n } else { n.min(2.0 * instance.prompts() as f64) };
    memory::require("the pairs drawn at one prompt", (16.0 * (most + prompts)) as u64)
}
