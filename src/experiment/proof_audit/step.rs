//! One step π_t → π_{t+1} of a replicate, as the audit reads it from the rows.

use std::sync::Arc;

use crate::experiment::{CellRows, Results};
use crate::metrics::named::{COMPARATOR_FAILURE, FAILURE};
use crate::{Error, Result};

macro_rules! quantities {
    ($(#[$doc:meta])* $name:ident { $($quantity:ident),* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name {
            $(pub(super) $quantity: f64,)*
        }

        impl $name {
            fn read(cell: &CellRows, row: &[Option<f64>]) -> Result<Self> {
                Ok(Self { $($quantity: value(cell, row, stringify!($quantity))?,)* })
            }
        }
    };
}

quantities! {
    /// Quantities of one policy.
    State { kappa, kappa_minus_one, margin, min_confidence, kl, theta_norm, logit_rounding }
}

quantities! {
    /// Quantities of the step: first those that right sides are formed from, then both sides of the proof by plain double sums.
    Chain {
        gap, concentrability, population_loss,
        comparator_regret, chain_gap, baseline_left, baseline_right, identity_residual, objective_comparator, objective_policy,
        deviation_comparator, deviation_policy, kl_comparator, kl_policy, chain_comparator_concentrability,
        optimal_concentrability, nesting, parameter_distance, log_ratio_distance, tail_mean, fourth_moment, tail_excess
    }
}

fn value(cell: &CellRows, row: &[Option<f64>], name: &str) -> Result<f64> {
    row[cell.column(name)?].ok_or_else(|| Error::argument(name, "none", "a quantity that exists in every step"))
}

/// What all steps of a cell share.
#[derive(Debug)]
pub(super) struct Setting {
    /// The part: which update.
    pub(super) part: String,
    /// The instance's character.
    pub(super) character: String,
    /// β.
    pub(super) beta: f64,
    /// δ of the failure events.
    pub(super) delta: f64,
    /// M + 2K: the summands that a nested sum over prompts and pairs of responses adds one after the other, at most.
    pub(super) summands: f64,
    /// log K, nats.
    pub(super) log_responses: f64,
    /// d.
    pub(super) dim: f64,
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// Its cell.
    pub(super) setting: Arc<Setting>,
    /// The cell and the replicate, numbered through.
    pub(super) replicate: usize,
    /// π_t.
    pub(super) before: State,
    /// π_{t+1}.
    pub(super) after: State,
    /// The step.
    pub(super) chain: Chain,
    /// F(δ) of π_{t+1}.
    pub(super) failure: f64,
    /// F°(δ) of π_{t+1} against the modes of π_t.
    pub(super) comparator_failure: f64,
}

impl Step {
    /// Relative error of a term of the proof's sums, and absolute error of a difference of log-probabilities (nats).
    ///
    /// Each claim but C24 speaks of two policies and holds whatever computed their logits: only what comes after counts. With
    /// S = 1 + log K + ‖θ_t‖max‖Δφ‖ + ‖θ_{t+1}‖max‖Δφ‖, above every |log-probability| on either side, a log-probability is known
    /// to 2ε S (gap and normaliser), so a probability to that relative error and a difference of two to 5ε S; a term is at most a
    /// product of three probabilities' worth of logarithms and one difference, 16ε S. N additions of terms of one sign add Nε.
    /// `logit_rounding` is ε‖θ‖max‖Δφ‖.
    pub(super) fn unit(&self) -> f64 {
        let size = f64::EPSILON * (1.0 + self.setting.log_responses);
        (16.0 + self.setting.summands) * (size + self.before.logit_rounding + self.after.logit_rounding)
    }

    /// C_{π_{t+1}/π_t} / κ_t, which the paper takes to be of order one.
    pub(super) fn simplification(&self) -> f64 {
        self.chain.concentrability / self.before.kappa
    }
}

/// All steps of all replicates of all parts.
pub(super) fn steps(results: &Results) -> Result<Vec<Step>> {
    let (mut steps, mut replicate) = (Vec::new(), 0);
    for cell in results.cells("")? {
        let setting = Arc::new(setting(&cell)?);
        let [failure, comparator_failure] =
            [&FAILURE, &COMPARATOR_FAILURE].map(|quantity| quantity.at(setting.delta).name());
        for rounds in &cell.replicates {
            for pair in rounds.windows(2) {
                let (before, after) = (&pair[0], &pair[1]);
                steps.push(Step {
                    setting: Arc::clone(&setting),
                    replicate,
                    before: State::read(&cell, before)?,
                    after: State::read(&cell, after)?,
                    chain: Chain::read(&cell, after)?,
                    failure: value(&cell, after, &failure)?,
                    comparator_failure: value(&cell, after, &comparator_failure)?,
                });
            }
            replicate += 1;
        }
    }
    Ok(steps)
}

fn setting(cell: &CellRows) -> Result<Setting> {
    let simulation = cell.simulation()?;
    let (prompts, responses) = (cell.number("instance.prompts")?, cell.number("instance.responses")?);
    Ok(Setting {
        part: cell.cell.part.clone(),
        character: cell.label("instance.character"),
        beta: simulation.process.beta,
        delta: simulation.deltas[0],
        summands: prompts + 2.0 * responses,
        log_responses: responses.ln(),
        dim: cell.number("instance.dim")?,
    })
}
