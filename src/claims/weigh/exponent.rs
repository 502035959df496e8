//! Exponents of power laws: a weighted log–log fit, its interval from a bootstrap over replicates.

use std::collections::BTreeMap;

use super::{Exponent, Figure, Weighed};
use crate::Result;
use crate::claims::evidence::{Curve, Extent};
use crate::seed::Seed;
use crate::stats::bootstrap::{Estimate, bootstrap};
use crate::stats::regression::{Measured, log_log};
use crate::study::definition::Verdict;

/// Resamples of the bootstrap.
const RESAMPLES: usize = 400;
/// A claim that an exponent *is* a number needs a 95% interval shorter than this.
const SHORT: f64 = 0.1;
/// One that it is a number or lower needs one shorter than this: noise alone must not pass.
const SHORT_ENOUGH: f64 = 0.25;

/// The measured figure is the exponent that lies farthest on the wrong side, over the curves, with its normal interval from
/// the bootstrap error at the row's level shared among the curves; the bound is the stated exponent.
pub(super) fn weigh(curves: &[Curve], exponent: Exponent, level: f64, seed: &Seed) -> Result<Weighed> {
    let z = normal_quantile(level / curves.len() as f64);
    let mut fits = Vec::new();
    for curve in curves {
        fits.push((curve, fit(curve, &seed.named("curve", &curve.label))?));
    }
    let stated = match exponent {
        Exponent::Equals(stated) | Exponent::AtMost(stated) => stated,
    };
    let wrong = |fit: &Estimate| match exponent {
        Exponent::Equals(_) => (fit.value - stated).abs(),
        Exponent::AtMost(_) => fit.value - stated,
    };
    let worst = fits.iter().max_by(|a, b| wrong(&a.1).total_cmp(&wrong(&b.1))).expect("at least one curve");
    let excludes = |fit: &Estimate| {
        let (lo, hi) = fit.beyond(z);
        match exponent {
            Exponent::Equals(_) => lo > stated || hi < stated,
            Exponent::AtMost(_) => lo > stated,
        }
    };
    let excluded: Vec<&str> =
        fits.iter().filter(|(_, fit)| excludes(fit)).map(|(curve, _)| curve.label.as_str()).collect();
    // The 95% percentile interval has to be short, or the claim was not put to the test.
    let allowed = if matches!(exponent, Exponent::Equals(_)) { SHORT } else { SHORT_ENOUGH };
    let long = fits.iter().filter(|(_, fit)| fit.hi - fit.lo >= allowed).count();
    let (verdict, note) = match exponent {
        _ if !excluded.is_empty() => {
            (Verdict::Violated, format!("excluded by the interval of {}", excluded.join(", ")))
        }
        _ if long > 0 => {
            let widest = fits.iter().map(|(_, fit)| fit.hi - fit.lo).fold(0.0, f64::max);
            let more = (widest / allowed).powi(2);
            (
                Verdict::Inconclusive,
                format!("the widest 95% interval is {widest:.2} long; {more:.1} times the replicates would settle it"),
            )
        }
        _ => (Verdict::Holds, format!("the intervals of all {} curves allow it", fits.len())),
    };
    let (lo, hi) = worst.1.beyond(z);
    Ok(Weighed {
        verdict,
        measured: Some(Figure { value: worst.1.value, lo, hi }),
        bound: Some(stated),
        slack: Some(stated - worst.1.value),
        nonvacuous: 1.0,
        assumptions: Vec::new(),
        extent: extent(curves),
        note,
        witness: None,
    })
}

/// How much the curves rest on.
pub(super) fn extent(curves: &[Curve]) -> Extent {
    let cells: BTreeMap<usize, usize> =
        curves.iter().flat_map(|curve| &curve.points).map(|point| (point.cell, point.values.len())).collect();
    let replicates = cells.values().sum();
    Extent { instances: replicates, cells: cells.len(), replicates }
}

/// The exponent of one curve: weights from the data as they are, resampled values under these weights.
fn fit(curve: &Curve, seed: &Seed) -> Result<Estimate> {
    let mut cells: Vec<usize> = curve.points.iter().map(|point| point.cell).collect();
    cells.dedup();
    let place = |cell: usize| cells.iter().position(|&known| known == cell).expect("listed above");
    let sizes: Vec<usize> = cells
        .iter()
        .map(|&cell| curve.points.iter().find(|point| point.cell == cell).map_or(0, |point| point.values.len()))
        .collect();
    let errors: Vec<f64> = curve.points.iter().map(|point| relative_error(&point.values)).collect();
    bootstrap(&sizes, RESAMPLES, 0.95, seed, |lists| {
        let points: Vec<Measured> = curve
            .points
            .iter()
            .zip(&errors)
            .map(|(point, error)| {
                let list = &lists[place(point.cell)];
                let mean = list.iter().map(|&index| point.values[index]).sum::<f64>() / list.len() as f64;
                Measured { x: point.x, mean, error: error * mean }
            })
            .collect();
        log_log(&points).ok().map(|line| line.slope)
    })
}

/// Standard error over mean; the same for all points where the values do not vary.
fn relative_error(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    // A floor of 1e-6 keeps a point that happens not to vary from fixing the line alone.
    ((variance / count).sqrt() / mean).max(1e-6)
}

/// The upper quantile of the standard normal law for a two-sided level.
fn normal_quantile(level: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF, Normal};
    Normal::standard().inverse_cdf(1.0 - level / 2.0)
}
