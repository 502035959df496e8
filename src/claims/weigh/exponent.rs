//! Exponents of power laws: a weighted log–log fit, its interval from a bootstrap over replicates.

use super::curves::{extent, resampled};
use super::{Exponent, Figure, Weighed};
use crate::Result;
use crate::claims::evidence::{Curve, CurvePoint};
use crate::claims::words::figure;
use crate::seed::Seed;
use crate::stats::bootstrap::Estimate;
use crate::stats::interval::{mean_with_error, student_quantile};
use crate::stats::regression::{Measured, log_log};
use crate::study::definition::Verdict;

/// Resamples of the bootstrap.
const RESAMPLES: usize = 400;
/// A claim that an exponent *is* a number needs a 95% interval shorter than this.
const SHORT: f64 = 0.1;
/// One that it is a number or lower needs one shorter than this: noise alone must not pass.
const SHORT_ENOUGH: f64 = 0.25;

/// The measured figure is the exponent that lies farthest on the wrong side, over the curves, with its Student-t interval from
/// the bootstrap error at the row's level shared among the curves; the bound is the stated exponent. Nothing is decided where a curve
/// has fewer than two points, or a point a single replicate and so no error.
pub(super) fn weigh(curves: &[Curve], exponent: Exponent, level: f64, seed: &Seed) -> Result<Weighed> {
    if let Some(curve) = curves.iter().find(|curve| curve.points.len() < 2) {
        let note = format!("{}: {} points, and an exponent needs two", curve.label, curve.points.len());
        return Ok(Weighed::nothing(Verdict::Inconclusive, note));
    }
    if curves.iter().flat_map(|curve| &curve.points).any(|point| point.values.len() < 2) {
        return Ok(Weighed::nothing(Verdict::Inconclusive, "a point of a single replicate has no error"));
    }
    let share = level / curves.len() as f64;
    let mut fits = Vec::new();
    for curve in curves {
        fits.push((curve, fit(curve, seed)?));
    }
    let stated = match exponent {
        Exponent::Equals(stated) | Exponent::AtMost(stated) => stated,
    };
    let wrong = |fit: &Fit| match exponent {
        Exponent::Equals(_) => (fit.estimate.value - stated).abs(),
        Exponent::AtMost(_) => fit.estimate.value - stated,
    };
    let excludes = |fit: &Fit| {
        let (lo, hi) = fit.interval(share);
        match exponent {
            Exponent::Equals(_) => lo > stated || hi < stated,
            Exponent::AtMost(_) => lo > stated,
        }
    };
    if let Some((curve, _)) = fits.iter().find(|(_, fit)| !fit.known(share)) {
        let note = format!("{}: its exponent has no interval", curve.label);
        return Ok(Weighed::nothing(Verdict::Inconclusive, note));
    }
    let excluded: Vec<&str> =
        fits.iter().filter(|(_, fit)| excludes(fit)).map(|(curve, _)| curve.label.as_str()).collect();
    // Where one is excluded it is shown, be another one farther off within a longer interval.
    let shown = fits.iter().filter(|(_, fit)| excluded.is_empty() || excludes(fit));
    let worst = shown.max_by(|a, b| wrong(&a.1).total_cmp(&wrong(&b.1))).expect("at least one curve");
    // The 95% interval has to be short, or the claim was not put to the test.
    let allowed = if matches!(exponent, Exponent::Equals(_)) { SHORT } else { SHORT_ENOUGH };
    let length = |fit: &Fit| {
        let (lo, hi) = fit.interval(0.05);
        hi - lo
    };
    let long = fits.iter().filter(|(_, fit)| length(fit) >= allowed).count();
    let (verdict, note) = match exponent {
        _ if !excluded.is_empty() => {
            (Verdict::Violated, format!("excluded by the interval of {}", excluded.join(", ")))
        }
        _ if long > 0 => {
            let widest = fits.iter().map(|(_, fit)| length(fit)).fold(0.0, f64::max);
            let more = (widest / allowed).powi(2);
            (
                Verdict::Inconclusive,
                format!("the widest 95% interval is {widest:.2} long; {more:.1} times the replicates would settle it"),
            )
        }
        _ => (Verdict::Holds, format!("the intervals of all {} curves allow it", fits.len())),
    };
    let (lo, hi) = worst.1.interval(share);
    let wanted = match exponent {
        Exponent::Equals(_) => format!("{} wanted", figure(stated)),
        Exponent::AtMost(_) => format!("at most {} wanted", figure(stated)),
    };
    let value = figure(worst.1.estimate.value);
    Ok(Weighed {
        comparison: format!("exponent {value} [{}, {}], {wanted}", figure(lo), figure(hi)),
        measured: Some(Figure { value: worst.1.estimate.value, lo, hi }),
        bound: Some(stated),
        slack: Some(stated - worst.1.estimate.value),
        nonvacuous: 1.0,
        extent: extent(curves),
        ..Weighed::nothing(verdict, note)
    })
}

/// An exponent with what its error is worth.
struct Fit {
    estimate: Estimate,
    /// Degrees of freedom of the error.
    freedom: f64,
    /// What resampling understates the error by, as a factor ≥ 1.
    inflation: f64,
}

impl Fit {
    /// The two-sided interval that misses with probability `level`.
    fn interval(&self, level: f64) -> (f64, f64) {
        self.estimate.beyond(self.inflation * student_quantile(level, self.freedom))
    }

    /// Whether it has an interval at all.
    fn known(&self, level: f64) -> bool {
        let (lo, hi) = self.interval(level);
        lo <= hi
    }

    /// The exponent is a sum Σ cᵢ yᵢ over points with variances eᵢ² of the log-mean, each from Rᵢ replicates: its error has
    /// (Σ vᵢ)²/Σ vᵢ²/(Rᵢ−1) degrees of freedom with vᵢ = (cᵢeᵢ)² (Welch–Satterthwaite), and resampling Rᵢ values gives
    /// vᵢ(Rᵢ−1)/Rᵢ in the mean.
    fn new(estimate: Estimate, points: &[CurvePoint], weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let center = points.iter().zip(weights).map(|(point, weight)| weight * point.x.ln()).sum::<f64>() / total;
        let share = |(point, weight): (&CurvePoint, &f64)| {
            let spare = (point.values.len() - 1) as f64;
            // cᵢ up to a common factor, which cancels.
            let coefficient = weight * (point.x.ln() - center);
            (coefficient.powi(2) * relative_variance(&point.values) / (spare + 1.0), spare)
        };
        let shares: Vec<(f64, f64)> = points.iter().zip(weights).map(share).collect();
        let sum = |of: fn(&(f64, f64)) -> f64| shares.iter().map(of).sum::<f64>();
        let whole = sum(|&(variance, _)| variance);
        Self {
            estimate,
            freedom: whole.powi(2) / sum(|&(variance, spare)| variance.powi(2) / spare),
            inflation: (whole / sum(|&(variance, spare)| variance * spare / (spare + 1.0))).sqrt(),
        }
    }
}

/// The exponent of one curve, each point weighed by its number of replicates: weights from the points' own variances would let a few
/// replicates that happen to lie close together fix the line.
fn fit(curve: &Curve, seed: &Seed) -> Result<Fit> {
    let weights: Vec<f64> = curve.points.iter().map(|point| point.values.len() as f64).collect();
    let estimate = resampled(curve, RESAMPLES, seed, |means| {
        let weighted = |(point, weight): (&Measured, &f64)| Measured { error: point.mean / weight.sqrt(), ..*point };
        log_log(&means.iter().zip(&weights).map(weighted).collect::<Vec<_>>()).ok().map(|line| line.slope)
    })?;
    Ok(Fit::new(estimate, &curve.points, &weights))
}

/// Variance over squared mean; above 0 where values do not vary, so that shares of the variance exist.
fn relative_variance(values: &[f64]) -> f64 {
    let (mean, error) = mean_with_error(values);
    ((error.unwrap_or(0.0) / mean).powi(2) * values.len() as f64).max(1e-12)
}
