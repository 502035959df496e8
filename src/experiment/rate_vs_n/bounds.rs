//! The explicit bound (C18) in three forms and its shape, and C12's promise, with the constants of every run read off that run.

use crate::Result;
use crate::experiment::CellRows;
use crate::theory::iterative::{RoundConstants, Setting, Shape, complete_spans, explicit, round_by_round};
use crate::theory::linear_softmax::{own_round_epsilon, realizable_radius};
use crate::theory::one_step::{Class, Regularisation, zero_failure};

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

/// What the bounds read off a run.
struct Run {
    kappa0: f64,
    /// ‖θ_t‖ and γ_t for t = 0, …, T−1.
    theta_norms: Vec<f64>,
    margins: Vec<f64>,
    /// √(C_{π_{t+1}/π_t}/κ_t) for t = 0, …, T−1.
    excesses: Vec<f64>,
    /// μ.
    confidence: f64,
    /// Whether all feature differences were in the span of those seen, in every round.
    complete: bool,
}

/// All runs of a cell up to round T.
fn runs(cell: &CellRows, rounds: usize) -> Result<Vec<Run>> {
    let columns = |name: &str, times: std::ops::Range<usize>| {
        times.map(|t| cell.values(name, t)).collect::<Result<Vec<Vec<f64>>>>()
    };
    let (before, after) = (0..rounds, 1..rounds + 1);
    let (kappa, theta_norms) = (cell.values("kappa", 0)?, columns("theta_norm", before.clone())?);
    let (margins, excesses) = (columns("margin", before)?, columns("excess", after.clone())?);
    let (confidences, ranks) = (columns("min_confidence", after.clone())?, columns("rank_fraction", after)?);
    let run = |r: usize| {
        let of = |columns: &[Vec<f64>]| columns.iter().map(|values| values[r]).collect::<Vec<f64>>();
        Run {
            kappa0: kappa[r],
            theta_norms: of(&theta_norms),
            margins: of(&margins),
            excesses: of(&excesses),
            confidence: of(&confidences).into_iter().fold(1.0, f64::min),
            complete: of(&ranks).iter().all(|&rank| rank == 1.0),
        }
    };
    Ok((0..kappa.len()).map(run).collect())
}

impl Bounds {
    /// The forms with no constant left open: uniform, round by round, with complete spans.
    pub fn explicit(&self) -> [Option<f64>; 3] {
        [Some(self.uniform), Some(self.round_by_round), self.complete_spans]
    }
}

impl Run {
    fn bounds(&self, dim: f64, n: f64, beta: f64, delta: f64) -> Result<Bounds> {
        let rounds = self.margins.len() as u32;
        let gamma = self.margins.iter().copied().fold(f64::INFINITY, f64::min);
        let excess = self.excesses.iter().copied().fold(0.0, f64::max);
        if gamma <= 0.0 || !excess.is_finite() {
            return Ok(Bounds {
                uniform: f64::INFINITY,
                round_by_round: f64::INFINITY,
                shape: None,
                complete_spans: None,
            });
        }
        let setting = Setting {
            class: Class::Linear {
                dim,
                radius: realizable_radius(self.theta_norms[0], beta, rounds)?,
                theta_norm: None,
                range: None,
            },
            beta: Regularisation::Fixed(beta),
            kappa0: self.kappa0,
            gamma,
            mu: self.confidence,
            rho: RHO,
            excess,
        };
        let constants = |t: usize| -> Result<RoundConstants> {
            let epsilon = own_round_epsilon(dim, self.theta_norms[t], n, beta, RHO / f64::from(rounds))?.value();
            Ok(RoundConstants { gamma: self.margins[t], epsilon, excess: self.excesses[t] })
        };
        let own = (0..self.margins.len()).map(constants).collect::<Result<Vec<_>>>()?;
        let shape = || {
            let contraction = setting.rates(n, rounds)?.contraction;
            Shape { n, rounds, kappa0: self.kappa0, gamma, delta, contraction, constant: 1.0 }.failure(dim)
        };
        let complete = || complete_spans(self.kappa0, gamma, self.confidence, beta, delta, rounds);
        Ok(Bounds {
            uniform: explicit(&setting, n, rounds, delta)?.value(),
            round_by_round: round_by_round(self.kappa0, self.confidence, beta, delta, &own)?.value(),
            shape: (excess <= 1.0 + ROUNDING).then(shape).transpose()?.map(|bound| bound.value()),
            complete_spans: self.complete.then(complete).transpose()?.map(|bound| bound.value()),
        })
    }
}

/// The bounds of all runs of a cell.
pub fn bounds(cell: &CellRows, rounds: usize, delta: f64) -> Result<Vec<Bounds>> {
    let (dim, n, beta) =
        (cell.number("instance.dim")?, cell.number("process.samples")?, cell.simulation()?.process.beta);
    runs(cell, rounds)?.iter().map(|run| run.bounds(dim, n, beta, delta)).collect()
}

/// Of which runs C12 says that the failure rate is 0 after round T: the last update was the population's, from a policy whose
/// margin was large enough.
pub fn promised_zero(cell: &CellRows, rounds: usize, delta: f64) -> Result<Vec<bool>> {
    let (beta, responses) = (cell.simulation()?.process.beta, cell.number("instance.responses")?);
    let (margins, ranks) = (cell.values("margin", rounds - 1)?, cell.values("rank_fraction", rounds)?);
    let promise = |(&margin, &rank): (&f64, &f64)| {
        Ok(rank == 1.0 && margin > 0.0 && !zero_failure(responses, margin, beta, delta)?.vacuous())
    };
    margins.iter().zip(&ranks).map(promise).collect()
}

/// r̄, the largest over runs.
pub fn largest_excess(cell: &CellRows, rounds: usize) -> Result<f64> {
    Ok(runs(cell, rounds)?.iter().flat_map(|run| &run.excesses).copied().fold(0.0, f64::max))
}
