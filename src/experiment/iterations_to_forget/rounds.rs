//! The least number of rounds that forgets the initial model: measured, by the hard instance's law, and by the bounds.

use crate::Result;
use crate::experiment::{CellRows, RunConstants};
use crate::metrics::named::{KAPPA, KAPPA_MINUS_ONE};
use crate::theory::iterations::{corollary_rounds, rounds_to_forget};
use crate::theory::single_step::unresolved_share;

/// The columns of [`Forgetting::columns`].
pub const COLUMNS: [&str; 12] = [
    "measured_kappa0",
    "rounds_mean",
    "rounds_lo",
    "rounds_hi",
    "law",
    "corollary",
    "bound",
    "cap",
    "factor",
    "kappa_inf",
    "gamma",
    "mu",
];

/// The least T with E κ_{T−1} − 1 ≤ τ.
#[derive(Clone, Copy, Debug)]
pub struct Forgetting {
    tolerance: f64,
    /// By the mean over replicates; `None` if it is beyond the rounds that were simulated.
    pub rounds: Option<usize>,
    /// By the lower and the upper end of the mean's 95% interval.
    ends: [Option<usize>; 2],
}

impl Forgetting {
    /// Reads it off a cell.
    pub fn of(cell: &CellRows, tolerance: f64) -> Result<Self> {
        let surplus = (0..=cell.rounds()).map(|t| cell.mean(&KAPPA_MINUS_ONE, t)).collect::<Result<Vec<_>>>()?;
        // Where a round before it has no interval, neither has the number of rounds.
        let least = |value: &dyn Fn(usize) -> Option<f64>| {
            for t in 0..surplus.len() {
                if value(t)? <= tolerance {
                    return Some(t + 1);
                }
            }
            None
        };
        let ends = |t: usize| surplus[t].ends;
        Ok(Self {
            tolerance,
            rounds: least(&|t| Some(surplus[t].mean)),
            ends: [least(&|t| Some(ends(t)?.0)), least(&|t| Some(ends(t)?.1))],
        })
    }

    /// Values of [`COLUMNS`]; `None` for what does not exist.
    pub fn columns(&self, cell: &CellRows) -> Result<[Option<f64>; COLUMNS.len()]> {
        let kappa0 = cell.mean(&KAPPA, 0)?.mean;
        let rounds = self.rounds.unwrap_or(cell.rounds()).min(cell.rounds());
        let worst = RunConstants::worst(&RunConstants::all(cell, rounds)?);
        let contraction = worst.contraction()?;
        let bound = rounds_to_forget(kappa0, self.tolerance, &contraction)?;
        let corollary = corollary_rounds(kappa0, worst.gamma(), worst.mu(), cell.number("process.samples")?)?;
        let law = if cell.label("instance.kind") == "hard" {
            Some(1.0 + ((kappa0 - 1.0) / self.tolerance).ln().max(0.0) / rate(cell)?)
        } else {
            None
        };
        let whole = |rounds: Option<usize>| rounds.map(|rounds| rounds as f64);
        let (factor, fixed_point) = (contraction.factor(), contraction.fixed_point());
        Ok([
            Some(kappa0),
            whole(self.rounds),
            whole(self.ends[0]),
            whole(self.ends[1]),
            law,
            Some(corollary).filter(|rounds| rounds.is_finite()),
            Some(bound.value()).filter(|_| self.informative(kappa0, fixed_point)),
            bound.intermediate("cap"),
            Some(factor),
            Some(fixed_point),
            Some(worst.gamma()),
            Some(worst.mu()),
        ])
    }

    /// Whether C17, with the constants of this run, bounds κ_{T−1} by 1 + τ at the T of the bound: (κ_0 − κ_∞)λ^{T−1} + κ_∞ ≤ 1 + τ
    /// at λ^{T−1} = τ/κ_0 is κ_0(κ_∞ − 1) ≤ τκ_∞.
    fn informative(&self, kappa0: f64, fixed_point: f64) -> bool {
        kappa0 * (fixed_point - 1.0) <= self.tolerance * fixed_point
    }

    /// The bound of C17 with the run's own constants, where it is informative.
    pub fn bound(&self, cell: &CellRows) -> Result<Option<f64>> {
        Ok(self.columns(cell)?[6])
    }

    /// The cap 1 + log₂(κ_0/τ) of the bound.
    pub fn cap(&self, cell: &CellRows) -> Result<f64> {
        let kappa0 = cell.mean(&KAPPA, 0)?.mean;
        Ok(1.0 + (kappa0 / self.tolerance).log2().max(0.0))
    }
}

/// Probability of the hidden label, q = 2/(K+1), and mass Δ/M of an informative prompt.
fn informative_prompt(cell: &CellRows) -> Result<(f64, f64)> {
    let simulation = cell.simulation()?;
    let q = 2.0 / (simulation.derived("responses") + 1.0);
    Ok((q, simulation.derived("mass") / cell.number("instance.prompts")?))
}

/// −log of the share of prompts that one round leaves unresolved.
pub fn rate(cell: &CellRows) -> Result<f64> {
    let (q, weight) = informative_prompt(cell)?;
    Ok(-unresolved_share(q, weight, cell.number("process.samples")?)?.ln())
}

/// L of [`lawful`].
const LOG_ODDS: f64 = 28.0;

/// Between which T the hard instance's law puts the measured one; the second is `usize::MAX` if it may not be reached.
///
/// E κ_t − 1 = (κ_0 − 1)p with p the share of unresolved prompts (a resolved one adds at most K·2^(−√n/2), as a single pair
/// lifts its hidden label by log 2 · √n/2).
/// Unresolved prompts are negatively correlated, so by Bernstein's inequality the mean over R replicates lies farther from it than
/// (κ_0 − 1)(√(2Lp/(MR)) + L/(3MR)) with probability at most 2e^(−L), below 1e-8 over 66 cells, 33 rounds and 2 tolerances.
pub fn lawful(cell: &CellRows, tolerance: f64) -> Result<(usize, usize)> {
    let (q, weight) = informative_prompt(cell)?;
    let (n, surplus) = (cell.number("process.samples")?, cell.simulation()?.derived("kappa0") - 1.0);
    let draws = cell.number("instance.prompts")? * cell.replicates.len() as f64;
    let resolved = cell.simulation()?.derived("responses") * (-0.5 * n.sqrt()).exp2();
    let mut ends = (usize::MAX, usize::MAX);
    for t in (0..=cell.rounds()).rev() {
        let share = unresolved_share(q, weight, n * t as f64)?;
        let allowed = if t == 0 { 0.0 } else { (2.0 * LOG_ODDS * share / draws).sqrt() + LOG_ODDS / (3.0 * draws) };
        if surplus * (share - allowed) <= tolerance {
            ends.0 = t + 1;
        }
        if surplus * (share + allowed) + resolved <= tolerance {
            ends.1 = t + 1;
        }
    }
    Ok(ends)
}
