//! Estimates of what a round costs, so that what cannot be done at the asked size is refused before work starts.

use super::{Sampling, SelfRewarding};
use crate::instance::{FeatureMap, Instance};
use crate::{Error, Result, memory};

/// Random numbers of one round (about 30 ns each).
const MAX_DRAWS: f64 = 2e11;
/// Floating-point operations of one round's eigenproblems.
const MAX_OPERATIONS: f64 = 1e14;

/// Operations of one round's gradient steps in a ball (about 1 ns each).
const MAX_WALK: f64 = 1e11;

/// Whether T rounds can be carried out.
pub(super) fn check(process: &SelfRewarding, instance: &Instance) -> Result<()> {
    if process.operator.samples() {
        check_draws(process, instance)?;
    }
    let growth = (1.0 + 1.0 / process.beta).powi(process.rounds as i32);
    let ball_may_bind = process.radius.is_some_and(|radius| growth * instance.base().norm() > radius);
    let spectral = process.operator.is_spectral() || ball_may_bind;
    if ball_may_bind {
        check_walk(process, instance)?;
    }
    match instance.features() {
        FeatureMap::OneHot(_) if spectral => check_blocks(process, instance),
        // Two numbers for each response of the largest prompt: the places of those that were seen.
        FeatureMap::OneHot(responses) => {
            let most = responses.iter().copied().max().unwrap_or(0);
            memory::require("the graph of seen pairs", 8 * u64::from(most))
        }
        FeatureMap::Dense(dense) => {
            // A basis, a Gram matrix and factors of d×d, and the rows of the seen differences.
            let (d, rows) = (dense.dim() as u64, dense.matrix().nrows() as u64);
            memory::require("the update on dense features", 8 * (4 * d * d + 3 * rows * d))
        }
    }
}

/// Steps of projected gradient descent that go one by one.
fn check_walk(process: &SelfRewarding, instance: &Instance) -> Result<()> {
    let operations = process.operator.walked_steps() as f64 * instance.rank() as f64;
    if operations <= MAX_WALK {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: format!("{} gradient steps in a ball", process.operator.walked_steps()),
        need: format!("about {operations:.1e} operations (steps times rank)"),
        limit: format!("{MAX_WALK:.0e}; fewer steps, or no radius"),
    })
}

fn check_draws(process: &SelfRewarding, instance: &Instance) -> Result<()> {
    let n = process.samples as f64;
    let cells = |x: usize| (instance.features().responses(x) as f64).powi(2) / 2.0;
    let draws = match process.sampling {
        Sampling::Draws => n,
        Sampling::Counts => (0..instance.prompts()).map(cells).sum(),
        Sampling::Auto => instance.weights().iter().enumerate().map(|(x, p)| (n * p).min(cells(x))).sum(),
    };
    if draws <= MAX_DRAWS {
        // The prompts that were drawn and the pairs of the prompt with the most are held at once: counts of them, or each draw.
        let held =
            |draws: f64, cells: f64| if process.sampling == Sampling::Draws { draws } else { draws.min(2.0 * cells) };
        let most = instance.weights().iter().enumerate().map(|(x, p)| held(n * p, cells(x))).fold(0.0, f64::max);
        let prompts = held(n, instance.prompts() as f64);
        return memory::require("the pairs drawn at one prompt", (16.0 * (most + prompts)) as u64);
    }
    Err(Error::TooLarge {
        what: format!("a round of n = {} triples with sampling = {:?}", process.samples, process.sampling),
        need: format!("about {draws:.1e} random draws"),
        limit: format!("{MAX_DRAWS:.0e}; fewer samples, fewer responses a prompt, or sampling = \"auto\""),
    })
}

/// One-hot features with a ball, ridge, noise or gradient steps: one eigenproblem for each prompt's seen responses.
fn check_blocks(process: &SelfRewarding, instance: &Instance) -> Result<()> {
    let sampled = process.operator.samples();
    let (mut operations, mut bytes) = (0.0, 0.0);
    for (x, p) in instance.weights().iter().enumerate() {
        let all = instance.features().responses(x) as f64;
        // A prompt sees at most two responses a triple; its number of triples stays within a few deviations of its mean.
        let mean = process.samples as f64 * p;
        let seen = if sampled { all.min(2.0 * (mean + 6.0 * mean.sqrt() + 6.0)) } else { all };
        operations += 20.0 * seen.powi(3);
        bytes += 8.0 * seen * seen;
    }
    // The largest block once more as pairs and weights.
    memory::require("ball, ridge, noise or gradient steps on one-hot features", (3.0 * bytes) as u64)?;
    if operations <= MAX_OPERATIONS {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: "a round with ball, ridge, noise or gradient steps on one-hot features".to_owned(),
        need: format!("about {operations:.1e} operations (20 K³ a prompt)"),
        limit: format!("{MAX_OPERATIONS:.0e}; fewer responses a prompt, or the plain update without a ball"),
    })
}
