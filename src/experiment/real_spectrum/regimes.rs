//! The regimes of Assumption G.3, fitted to the leading eigenvalues and ranked by AICc.

use crate::stats::{Candidate, Observation, aicc, line, rank};
use crate::theory::effective_dimension::{Regime, Spectrum, regime_bound};
use crate::{Error, Result};

/// A regime fitted to λ_1, …, λ_J.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    regime: Regime,
    /// log of the constant tail eigenvalue of the spiked regime; its s spikes are the eigenvalues themselves.
    tail_level: f64,
    spikes: Vec<f64>,
    /// J.
    pub points: usize,
    /// AICc minus the least AICc of the three.
    pub delta: f64,
    /// Root mean square residual of log λ_j.
    pub off: f64,
}

impl Fit {
    /// The regime's name.
    pub fn name(&self) -> &'static str {
        match self.regime {
            Regime::Exponential { .. } => "exponential",
            Regime::Polynomial { .. } => "polynomial",
            Regime::Spiked { .. } => "spiked",
        }
    }

    /// Its name with its parameter.
    pub fn described(&self) -> String {
        match self.regime {
            Regime::Exponential { rate, .. } => format!("exponential, c = {rate:.4}"),
            Regime::Polynomial { exponent, .. } => format!("polynomial, α = {exponent:.2}"),
            Regime::Spiked { rank, .. } => format!("spiked, s = {rank}"),
        }
    }

    /// Its parameter with the letter that stands for it: the rate c, the exponent α, or the spikes s.
    pub fn parameter(&self) -> (&'static str, f64) {
        match self.regime {
            Regime::Exponential { rate, .. } => ("c", rate),
            Regime::Polynomial { exponent, .. } => ("α", exponent),
            Regime::Spiked { rank, .. } => ("s", rank),
        }
    }

    /// The fitted λ_j, j from 1.
    pub fn at(&self, j: usize) -> f64 {
        match self.regime {
            Regime::Exponential { rate, scale } => scale * (-rate * j as f64).exp(),
            Regime::Polynomial { exponent, scale } => scale * (j as f64).powf(-exponent),
            Regime::Spiked { .. } => self.spikes.get(j - 1).copied().unwrap_or_else(|| self.tail_level.exp()),
        }
    }

    /// Lemma G.4's bound on d_λ of a spectrum, with the fitted rate or exponent or s, and the least scale (or the tail's mass) that
    /// makes it an upper envelope; `None` for a polynomial of exponent at most 1, of which the lemma says nothing.
    ///
    /// # Errors
    /// As [`regime_bound`].
    pub fn bound(&self, spectrum: &Spectrum, lambda: f64) -> Result<Option<f64>> {
        let values = spectrum.eigenvalues();
        let envelope = |decay: &dyn Fn(f64) -> f64| {
            let ratio = |(index, value): (usize, &f64)| value / decay((index + 1) as f64);
            values.iter().enumerate().map(ratio).fold(0.0, f64::max)
        };
        let regime = match self.regime {
            Regime::Exponential { rate, .. } => {
                Regime::Exponential { rate, scale: envelope(&|j: f64| (-rate * j).exp()) }
            }
            Regime::Polynomial { exponent, .. } if exponent <= 1.0 => return Ok(None),
            Regime::Polynomial { exponent, .. } => {
                Regime::Polynomial { exponent, scale: envelope(&|j: f64| j.powf(-exponent)) }
            }
            Regime::Spiked { rank, .. } => Regime::Spiked { rank, tail: values.iter().skip(rank as usize).rev().sum() },
        };
        regime_bound(&regime, lambda).map(|bound| Some(bound.value()))
    }
}

/// The three regimes fitted to log λ_1, …, log λ_J by least squares, `points` = J ≥ 8 positive eigenvalues, best AICc first.
///
/// Parameters: 2, 2, and s + 2 for s free eigenvalues, a constant beyond and s itself, s from 1 to J/2 chosen by the same
/// criterion. The variance of log λ_j about its law is unknown; it is taken from the better of the two smooth laws, whose χ² then
/// is J − 2. Neighbouring residuals are not independent (a spectrum is smooth and sorted), so a difference in AICc ranks, and its
/// size is not a probability.
///
/// # Errors
/// Fewer than 8 eigenvalues, or one of them not positive.
pub fn fits(spectrum: &Spectrum, points: usize) -> Result<Vec<Fit>> {
    let logs: Vec<f64> = spectrum.eigenvalues().iter().take(points).map(|value| value.ln()).collect();
    if logs.len() < 8 || logs.iter().any(|log| !log.is_finite()) {
        return Err(Error::argument("points", points, "at least 8 positive eigenvalues"));
    }
    let straight = |abscissa: fn(f64) -> f64| {
        let point = |(index, &y): (usize, &f64)| Observation { x: abscissa((index + 1) as f64), y, weight: 1.0 };
        line(&logs.iter().enumerate().map(point).collect::<Vec<_>>())
    };
    let (exponential, polynomial) = (straight(|j| j)?, straight(f64::ln)?);
    let variance = exponential.chi_square.min(polynomial.chi_square) / (logs.len() - 2) as f64;
    // Of a spectrum that is exactly one of the laws, rounding is left.
    let variance = variance.max(1e-20);
    let (spikes, level, tail) = spiked(&logs, variance);
    let scale = |intercept: f64| intercept.exp();
    let found = [
        (
            Regime::Exponential { rate: -exponential.slope, scale: scale(exponential.intercept) },
            2,
            exponential.chi_square,
        ),
        (
            Regime::Polynomial { exponent: -polynomial.slope, scale: scale(polynomial.intercept) },
            2,
            polynomial.chi_square,
        ),
        (Regime::Spiked { rank: spikes as f64, tail: 0.0 }, spikes + 2, tail),
    ];
    let fit = |(regime, _, squares): &(Regime, usize, f64)| Fit {
        regime: *regime,
        tail_level: level,
        spikes: spectrum.eigenvalues()[..spikes].to_vec(),
        points: logs.len(),
        delta: 0.0,
        off: (squares / logs.len() as f64).sqrt(),
    };
    let fits: Vec<Fit> = found.iter().map(fit).collect();
    let candidates: Vec<Candidate> = fits
        .iter()
        .zip(&found)
        .map(|(fit, (_, parameters, squares))| Candidate {
            name: fit.name().to_owned(),
            parameters: *parameters,
            chi_square: squares / variance,
        })
        .collect();
    let places = rank(&candidates, logs.len());
    let placed = places.iter().filter_map(|place| {
        let fit = fits.iter().find(|fit| fit.name() == place.name)?;
        Some(Fit { delta: place.delta, ..fit.clone() })
    });
    Ok(placed.collect())
}

/// The best number of spikes, the mean log eigenvalue beyond them, and what it leaves.
fn spiked(logs: &[f64], variance: f64) -> (usize, f64, f64) {
    let at = |spikes: usize| {
        let tail = &logs[spikes..];
        let level = tail.iter().sum::<f64>() / tail.len() as f64;
        (spikes, level, tail.iter().map(|log| (log - level).powi(2)).sum::<f64>())
    };
    let criterion = |&(spikes, _, left): &(usize, f64, f64)| aicc(left / variance, spikes + 2, logs.len());
    let all = (1..=logs.len() / 2).map(at);
    all.min_by(|a, b| criterion(a).total_cmp(&criterion(b))).unwrap_or_else(|| at(1))
}
