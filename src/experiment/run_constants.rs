//! What the theorems on whole runs read off one run, and their bounds with these constants (C17, C18).

use super::CellRows;
use crate::Result;
use crate::metrics::Quantity;
use crate::metrics::named::{EXCESS, KAPPA, MARGIN, MIN_CONFIDENCE, POPULATION_LOSS, RANK_FRACTION, THETA_NORM};
use crate::theory::iterative::{RoundConstants, Setting, complete_spans, explicit, round_by_round};
use crate::theory::linear_softmax::{own_round_epsilon, realizable_radius};
use crate::theory::one_step::{Class, Regularisation};
use crate::theory::recurrence::Contraction;

/// The constants of one replicate up to round T ≥ 1.
#[derive(Clone, Debug, PartialEq)]
pub struct RunConstants {
    /// β.
    pub beta: f64,
    /// κ_0.
    pub kappa0: f64,
    /// γ_t for t = 0, …, T−1; 0 where two responses tie.
    pub margins: Vec<f64>,
    /// ‖θ_t‖ for t = 0, …, T−1.
    pub theta_norms: Vec<f64>,
    /// min_x max_y π_t(y|x) for t = 1, …, T.
    pub confidences: Vec<f64>,
    /// r̄_t = √(C_{π_{t+1}/π_t}/κ_t) for t = 0, …, T−1; infinite where it leaves the doubles.
    pub excesses: Vec<f64>,
    /// ε² of the steps to t = 1, …, T, nats².
    pub losses: Vec<f64>,
    /// Whether all feature differences are known to have been in the span of those seen, in every round.
    pub complete: bool,
}

impl RunConstants {
    /// Of one replicate of a cell, by its place among those that were done.
    ///
    /// # Errors
    /// As [`CellRows::value`]; a run without `rank_fraction` is one whose spans are not known to be complete.
    pub fn of(cell: &CellRows, replicate: usize, beta: f64, rounds: usize) -> Result<Self> {
        let series = |quantity: &'static Quantity, first: usize| -> Result<Vec<f64>> {
            (first..first + rounds).map(|t| cell.value(replicate, quantity, t)).collect()
        };
        Ok(Self {
            beta,
            kappa0: cell.value(replicate, &KAPPA, 0)?,
            margins: series(&MARGIN, 0)?,
            theta_norms: series(&THETA_NORM, 0)?,
            confidences: series(&MIN_CONFIDENCE, 1)?,
            excesses: series(&EXCESS, 1)?,
            losses: series(&POPULATION_LOSS, 1)?,
            complete: series(&RANK_FRACTION, 1).is_ok_and(|all| all.iter().all(|&fraction| fraction == 1.0)),
        })
    }

    /// Of all replicates of a cell.
    ///
    /// # Errors
    /// As [`RunConstants::of`] and [`CellRows::simulation`].
    pub fn all(cell: &CellRows, rounds: usize) -> Result<Vec<Self>> {
        let beta = cell.simulation()?.process.beta;
        (0..cell.replicates.len()).map(|replicate| Self::of(cell, replicate, beta, rounds)).collect()
    }

    /// The worst constants over runs, round by round: a bound with them holds for each. At least one run.
    pub fn worst(runs: &[Self]) -> Self {
        let (first, rest) = runs.split_first().expect("at least one run");
        let mut worst = first.clone();
        let each = |into: &mut Vec<f64>, from: &[f64], pick: fn(f64, f64) -> f64| {
            into.iter_mut().zip(from).for_each(|(into, &from)| *into = pick(*into, from));
        };
        for run in rest {
            worst.kappa0 = largest(worst.kappa0, run.kappa0);
            each(&mut worst.margins, &run.margins, least);
            each(&mut worst.theta_norms, &run.theta_norms, largest);
            each(&mut worst.confidences, &run.confidences, least);
            each(&mut worst.excesses, &run.excesses, largest);
            each(&mut worst.losses, &run.losses, largest);
            worst.complete &= run.complete;
        }
        worst
    }

    /// The means over all replicates of a cell.
    ///
    /// # Errors
    /// As [`RunConstants::all`].
    pub fn means(cell: &CellRows, rounds: usize) -> Result<Self> {
        let runs = Self::all(cell, rounds)?;
        let mean = |value: &dyn Fn(&Self) -> f64| runs.iter().map(value).sum::<f64>() / runs.len() as f64;
        let means = |of: fn(&Self) -> &[f64]| (0..rounds).map(|t| mean(&|run| of(run)[t])).collect::<Vec<f64>>();
        Ok(Self {
            beta: runs[0].beta,
            kappa0: mean(&|run| run.kappa0),
            margins: means(|run| &run.margins),
            theta_norms: means(|run| &run.theta_norms),
            confidences: means(|run| &run.confidences),
            excesses: means(|run| &run.excesses),
            losses: means(|run| &run.losses),
            complete: runs.iter().all(|run| run.complete),
        })
    }

    /// The same run with the paper's r̄ = 1.
    pub fn as_printed(&self) -> Self {
        Self { excesses: vec![1.0; self.excesses.len()], ..self.clone() }
    }

    /// T.
    pub fn rounds(&self) -> usize {
        self.margins.len()
    }

    /// γ, the least margin over t = 0, …, T−1.
    pub fn gamma(&self) -> f64 {
        self.margins.iter().copied().fold(f64::INFINITY, least)
    }

    /// μ, the least confidence over t = 1, …, T.
    pub fn mu(&self) -> f64 {
        self.confidences.iter().copied().fold(1.0, least)
    }

    /// r̄, the largest over the rounds.
    pub fn excess(&self) -> f64 {
        self.excesses.iter().copied().fold(0.0, largest)
    }

    /// ε, the largest over the rounds, as measured.
    pub fn epsilon(&self) -> f64 {
        self.losses.iter().copied().fold(0.0, largest).sqrt()
    }

    /// Whether the theorems say anything: modal responses are unique, and no policy left the support of the one before it as far as
    /// doubles go.
    pub fn assumed(&self) -> bool {
        self.margins.iter().all(|&gamma| gamma > 0.0) && self.excess().is_finite()
    }

    /// The map κ ↦ 1 + C√κ of Lemma C.4 with one γ, μ, ε and r̄ for all rounds; ε as measured, not its bound. Where two responses
    /// tie there is no such map, and C with the least positive double for γ stands for it.
    ///
    /// # Errors
    /// As [`Contraction::new`].
    pub fn contraction(&self) -> Result<Contraction> {
        let (gamma, excess) = (self.gamma().max(f64::MIN_POSITIVE), self.excess().min(f64::MAX));
        Contraction::new(gamma, self.mu(), self.epsilon(), self.beta, excess)
    }

    /// What C18 asks of a run in the linear class of dimension `dim`, to hold with probability 1 − `rho`; `None` where it says
    /// nothing.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a number outside its range.
    pub fn setting(&self, dim: f64, rho: f64) -> Result<Option<Setting>> {
        if !self.assumed() {
            return Ok(None);
        }
        let (rounds, norm) = (self.rounds() as u32, self.theta_norms[0]);
        let theta_norm = if rounds > 1 { realizable_radius(norm, self.beta, rounds - 1)? } else { norm };
        let radius = realizable_radius(norm, self.beta, rounds)?;
        Ok(Some(Setting {
            class: Class::Linear { dim, radius, theta_norm: Some(theta_norm), range: None },
            beta: Regularisation::Fixed(self.beta),
            kappa0: self.kappa0,
            gamma: self.gamma(),
            mu: self.mu(),
            rho,
            excess: self.excess(),
        }))
    }

    /// C18 with one γ, one ball and one r̄ for all rounds; +∞ where it says nothing.
    ///
    /// # Errors
    /// As [`explicit`].
    pub fn uniform(&self, dim: f64, n: f64, rho: f64, delta: f64) -> Result<f64> {
        let bound = |setting: Setting| explicit(&setting, n, self.rounds() as u32, delta);
        Ok(self.setting(dim, rho)?.map(bound).transpose()?.map_or(f64::INFINITY, |bound| bound.value()))
    }

    /// ε_{n,t} of the linear class in the ball that π_t alone asks for, at ρ/T each (C10).
    ///
    /// # Errors
    /// As [`own_round_epsilon`].
    pub fn linear_epsilons(&self, dim: f64, n: f64, rho: f64) -> Result<Vec<f64>> {
        let each = rho / self.rounds() as f64;
        let epsilon = |&norm: &f64| Ok(own_round_epsilon(dim, norm, n, self.beta, each)?.value());
        self.theta_norms.iter().map(epsilon).collect()
    }

    /// C18 round by round with these ε_{n,t}; +∞ where it says nothing.
    ///
    /// # Errors
    /// As [`round_by_round`].
    pub fn round_by_round(&self, epsilons: &[f64], delta: f64) -> Result<f64> {
        if !self.assumed() {
            return Ok(f64::INFINITY);
        }
        let constants: Vec<RoundConstants> = (0..self.rounds())
            .map(|t| RoundConstants { gamma: self.margins[t], epsilon: epsilons[t], excess: self.excesses[t] })
            .collect();
        Ok(round_by_round(self.kappa0, self.mu(), self.beta, delta, &constants)?.value())
    }

    /// C18 of a run whose spans were complete in every round; `None` of another, or where responses tie.
    ///
    /// # Errors
    /// As [`complete_spans`].
    pub fn complete_spans(&self, delta: f64) -> Result<Option<f64>> {
        let bound = || complete_spans(self.kappa0, self.gamma(), self.mu(), self.beta, delta, self.rounds() as u32);
        (self.complete && self.gamma() > 0.0).then(bound).transpose().map(|bound| bound.map(|bound| bound.value()))
    }
}

/// The lesser of two; NaN if either is, unlike [`f64::min`]: what is not known has no bound.
fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

/// The larger of two; NaN if either is.
fn largest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}
