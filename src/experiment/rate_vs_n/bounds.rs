//! The explicit bound (C18) in three forms and its shape, and C12's promise, with the constants of every run read off that run.

use crate::Result;
use crate::experiment::{CellRows, RunConstants};
use crate::metrics::named::{MARGIN, RANK_FRACTION};
use crate::theory::iterative::{Setting, Shape};
use crate::theory::one_step::zero_failure;

/// ρ: each of the bounds may fail in this share of the runs.
pub const RHO: f64 = 0.05;

/// What rounding may add to an r̄ of 1: a point mass has C_{π/π_0} = κ_0 exactly.
const ROUNDING: f64 = 1e-12;

/// What C18 says of one run, +∞ where it says nothing.
pub struct Bounds {
    /// One γ, one B, one r̄ for all rounds.
    pub uniform: f64,
    /// Every round with its own constants.
    pub round_by_round: f64,
    /// The shape with constant 1, of a run with r̄ ≤ 1.
    pub shape: Option<f64>,
    /// ε = 0, of a run whose spans were complete in every round.
    pub complete_spans: Option<f64>,
}

impl Bounds {
    fn of(run: &RunConstants, dim: f64, n: f64, delta: f64) -> Result<Self> {
        let rounds = run.rounds() as u32;
        let shape = |setting: Setting| {
            let contraction = setting.rates(n, rounds)?.contraction;
            let shape =
                Shape { n, rounds, kappa0: run.kappa0, gamma: setting.gamma, delta, contraction, constant: 1.0 };
            shape.failure(dim).map(|bound| bound.value())
        };
        Ok(Self {
            uniform: run.uniform(dim, n, RHO, delta)?,
            round_by_round: run.round_by_round(&run.linear_epsilons(dim, n, RHO)?, delta)?,
            shape: run.setting(dim, RHO)?.filter(|setting| setting.excess <= 1.0 + ROUNDING).map(shape).transpose()?,
            complete_spans: run.complete_spans(delta)?,
        })
    }

    /// The forms with no constant left open: uniform, round by round, with complete spans.
    pub fn explicit(&self) -> [Option<f64>; 3] {
        [Some(self.uniform), Some(self.round_by_round), self.complete_spans]
    }
}

/// The bounds of all runs of a cell.
pub fn bounds(cell: &CellRows, rounds: usize, delta: f64) -> Result<Vec<Bounds>> {
    let (dim, n) = (cell.number("instance.dim")?, cell.number("process.samples")?);
    RunConstants::all(cell, rounds)?.iter().map(|run| Bounds::of(run, dim, n, delta)).collect()
}

/// Of which runs C12 says that the failure rate is 0 after round T: the last update was the population's, from a policy whose
/// margin was large enough.
pub fn promised_zero(cell: &CellRows, rounds: usize, delta: f64) -> Result<Vec<bool>> {
    let (beta, responses) = (cell.simulation()?.process.beta, cell.number("instance.responses")?);
    let (margins, ranks) = (cell.values(&MARGIN, rounds - 1)?, cell.values(&RANK_FRACTION, rounds)?);
    let promise = |(&margin, &rank): (&f64, &f64)| {
        Ok(rank == 1.0 && margin > 0.0 && !zero_failure(responses, margin, beta, delta)?.vacuous())
    };
    margins.iter().zip(&ranks).map(promise).collect()
}
