//! A quantity against t over all replicates of a cell.

use crate::experiment::CellRows;
use crate::metrics::named::Metric;
use crate::seed::Seed;
use crate::stats::{Estimate, Measured, bootstrap, log_linear, log_log};
use crate::{Error, Result};

/// A law counts as right where it is right to so much: see [`crate::stats::compare_decays`].
pub const MODEL_ERROR: f64 = 0.02;
/// Resamples of a bootstrap.
const RESAMPLES: usize = 400;
/// A mean is used for a fit only if so many prompts, over all replicates, are behind it.
const COUNTED: f64 = 20.0;

/// `values[t][r]`, for t = 0, …, last.
#[derive(Clone, Debug)]
pub struct Curve {
    values: Vec<Vec<f64>>,
}

impl Curve {
    /// Reads it off a cell.
    pub fn of(cell: &CellRows, of: impl Into<Metric>) -> Result<Self> {
        let of = of.into();
        let values = (0..=cell.rounds()).map(|t| cell.values(of, t)).collect::<Result<_>>()?;
        Ok(Self { values })
    }

    /// Up to the last round in which at least [`COUNTED`] prompts fail, by the failure rate `failure`.
    pub fn counted(mut self, cell: &CellRows, failure: Metric) -> Result<Self> {
        let prompts = cell.number("instance.prompts")? * cell.replicates.len() as f64;
        let failing = Self::of(cell, failure)?;
        let last = (1..failing.values.len()).take_while(|&t| failing.mean(t) * prompts >= COUNTED).last();
        self.values.truncate(1 + last.unwrap_or(0));
        Ok(self)
    }

    /// The mean over replicates.
    pub fn mean(&self, t: usize) -> f64 {
        self.values[t].iter().sum::<f64>() / self.values[t].len() as f64
    }

    /// Means with their standard errors for t ≥ 1.
    pub fn points(&self) -> Vec<Measured> {
        let everyone: Vec<usize> = (0..self.values[0].len()).collect();
        self.resampled(&everyone, 1, self.last())
    }

    /// Means over the listed replicates, with standard errors.
    fn resampled(&self, replicates: &[usize], from: usize, to: usize) -> Vec<Measured> {
        let measured = |t: usize| {
            let values: Vec<f64> = replicates.iter().map(|&r| self.values[t][r]).collect();
            Measured::of(t as f64, &values)
        };
        (from..=to).map(measured).collect()
    }

    /// −log of the factor per round by which the mean falls from one round to another.
    pub fn rate_between(&self, from: usize, to: usize) -> Result<f64> {
        let (start, end) = (self.mean(from), self.mean(to));
        if start > 0.0 && end > 0.0 {
            Ok((start / end).ln() / (to - from) as f64)
        } else {
            Err(Error::argument("mean", start.min(end), "above 0, for a rate"))
        }
    }

    /// The factor per round of an exponential fitted to t ≥ 1, with a bootstrap interval over replicates; `None` with fewer than two
    /// means above 0.
    pub fn factor(&self) -> Result<Option<Estimate>> {
        let last = self.last();
        if (1..=last).filter(|&t| self.mean(t) > 0.0).count() < 2 {
            return Ok(None);
        }
        self.estimate(|lists| Some(log_linear(&widened(self.resampled(lists, 1, last))).ok()?.slope.exp())).map(Some)
    }

    /// The exponent of a power law fitted from one round to another, with a bootstrap interval over replicates.
    pub fn exponent(&self, from: usize, to: usize) -> Result<Estimate> {
        self.estimate(|lists| Some(log_log(&widened(self.resampled(lists, from, to))).ok()?.slope))
    }

    /// The last round.
    pub fn last(&self) -> usize {
        self.values.len() - 1
    }

    /// The factor by which the mean falls from round t to round t + 1, with a bootstrap interval over replicates.
    pub fn factor_after(&self, t: usize) -> Result<Estimate> {
        self.estimate(|lists| {
            let sum = |t: usize| lists.iter().map(|&r| self.values[t][r]).sum::<f64>();
            Some(sum(t + 1) / sum(t))
        })
    }

    fn estimate(&self, statistic: impl Fn(&[usize]) -> Option<f64> + Sync) -> Result<Estimate> {
        let seed = Seed::from_number(0).named("bootstrap", "initial_dependence");
        bootstrap(&[self.values[0].len()], RESAMPLES, 0.95, &seed, |lists| statistic(&lists[0]))
    }
}

/// With the model error, so that a mean without spread has no infinite weight.
fn widened(points: Vec<Measured>) -> Vec<Measured> {
    points.into_iter().map(|point| point.widened(MODEL_ERROR)).collect()
}
