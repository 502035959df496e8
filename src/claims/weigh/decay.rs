//! Laws of decay, told apart by an information criterion: exponential, a power, exponential onto a floor.

use statrs::distribution::{ContinuousCDF, Normal};

use super::curves::{extent, means, resampled};
use super::{Figure, Weighed};
use crate::Result;
use crate::claims::evidence::{Curve, Place};
use crate::claims::words::figure;
use crate::seed::Seed;
use crate::stats::bootstrap::Estimate;
use crate::stats::decay::{Law, compare_decays};
use crate::stats::regression::{Measured, log_linear, log_log};
use crate::study::definition::Verdict;

/// Model error of the curves, relative: what keeps a nearly exact point from deciding alone.
const MODEL_ERROR: f64 = 0.02;
/// A difference in AICc from which on one law is preferred (odds of 150 to 1, were the points independent).
const DECISIVE: f64 = 10.0;
/// Resamples of the bootstrap.
const RESAMPLES: usize = 200;
/// Points of a curve from which on three laws of up to three parameters can be told apart.
const ENOUGH: usize = 5;

/// The measured figure is the slowest rate of the stated law over the curves (a factor e^{−rate} a round, or an exponent); the
/// bound is 0, below which nothing decays. Violated where another law is preferred decisively on some curve, or one does not fall (its
/// fitted rate is not above 0); not settled where a rate is not above 0 by its error, or a law that does not contain the stated one is
/// preferred at all.
///
/// The points of a trajectory are not independent (what is unresolved at t is what was at t − 1, thinned), so that a difference in AICc
/// alone wanders. It is decisive if it lies above 10 by its bootstrap error over replicates, at the row's level shared among the
/// curves.
///
/// A curve of fewer than five points is no trial; where all are, nothing is decided.
pub(super) fn weigh(curves: &[Curve], law: Law, level: f64, seed: &Seed) -> Result<Weighed> {
    let (curves, short): (Vec<&Curve>, Vec<&Curve>) = curves.iter().partition(|curve| curve.points.len() >= ENOUGH);
    if curves.is_empty() {
        return Ok(Weighed::nothing(Verdict::Inconclusive, "every curve has fewer than five points"));
    }
    let z = Normal::standard().inverse_cdf(1.0 - level / curves.len() as f64);
    let (mut slowest, mut witness) = (f64::INFINITY, None);
    let (mut against, mut rising, mut unsettled) = (Vec::new(), Vec::new(), 0);
    for curve in &curves {
        let decays = compare_decays(&means(curve), MODEL_ERROR)?;
        let Some(stated) = decays.iter().find(|decay| decay.law == law) else {
            unsettled += 1;
            continue;
        };
        slowest = slowest.min(stated.rate);
        let best = &decays[0];
        if stated.rate.is_nan() {
            unsettled += 1;
            continue;
        }
        let preferred = best.law != law && stated.delta > DECISIVE;
        if stated.rate <= 0.0 {
            rising.push(curve.label.as_str());
            witness = witness.or_else(|| place(curve));
        } else if preferred && disadvantage(curve, law, seed)?.beyond(z).0 > DECISIVE {
            against.push(format!("{} ({})", curve.label, best.law.name()));
            witness = witness.or_else(|| place(curve));
        } else if preferred
            || (best.law != law && best.law != nested(law))
            || !is_above_zero(rate(curve, law, seed)?.beyond(z).0)
        {
            unsettled += 1;
        }
    }
    let count = curves.len();
    let (verdict, note) = if !rising.is_empty() {
        (Verdict::Violated, format!("no decay on {}", rising.join(", ")))
    } else if !against.is_empty() {
        (Verdict::Violated, format!("another law is preferred decisively on {}", against.join(", ")))
    } else if unsettled > 0 {
        let more = "four times the replicates would double what tells them apart";
        (
            Verdict::Inconclusive,
            format!(
                "another law is preferred, or none at all, but not decisively, on {unsettled} of {count} curves; {more}"
            ),
        )
    } else {
        (Verdict::Holds, format!("no other law is preferred by more than {DECISIVE} on any of {count} curves"))
    };
    let few = |short: &[&Curve]| format!("{note}; {} more have fewer than five points", short.len());
    let note = if short.is_empty() { note } else { few(&short) };
    let (stated, unit) = (law.name(), if law == Law::PowerLaw { "exponent" } else { "rate a round" });
    let decided = match () {
        () if !rising.is_empty() => format!("no decay on {} of {count} curves, {stated} wanted", rising.len()),
        () if !against.is_empty() => {
            format!("another law preferred on {} of {count} curves, {stated} wanted", against.len())
        }
        () if unsettled > 0 => format!("{stated} wanted and not settled on {unsettled} of {count} curves"),
        () => format!("{stated} not beaten by another law on any of {count} curves"),
    };
    let slowest_text = if slowest.is_finite() {
        format!("; slowest {unit} {}, above 0 wanted", figure(slowest))
    } else {
        String::new()
    };
    Ok(Weighed {
        comparison: decided + &slowest_text,
        measured: slowest.is_finite().then(|| Figure::exact(slowest)),
        bound: Some(0.0),
        slack: slowest.is_finite().then_some(slowest),
        nonvacuous: 1.0,
        extent: extent(curves.iter().copied()),
        witness,
        ..Weighed::nothing(verdict, note)
    })
}

/// Whether a number is known to be above 0; NaN is not.
fn is_above_zero(number: f64) -> bool {
    number > 0.0
}

/// The rate of a law without a floor, with its error.
fn rate(curve: &Curve, law: Law, seed: &Seed) -> Result<Estimate> {
    resampled(curve, RESAMPLES, seed, |points| {
        let points: Vec<Measured> = points.iter().map(|point| point.widened(MODEL_ERROR)).collect();
        let line = if law == Law::PowerLaw { log_log(&points) } else { log_linear(&points) };
        line.ok().map(|line| -line.slope)
    })
}

/// By how much a law's AICc exceeds the least, with its error.
fn disadvantage(curve: &Curve, law: Law, seed: &Seed) -> Result<Estimate> {
    resampled(curve, RESAMPLES, seed, |points| {
        let decays = compare_decays(points, MODEL_ERROR).ok()?;
        decays.iter().find(|decay| decay.law == law).map(|decay| decay.delta)
    })
}

/// The first replicate of a curve's first cell.
fn place(curve: &Curve) -> Option<Place> {
    let cell = curve.points.first()?.cell;
    Some(Place { experiment: curve.experiment.clone(), cell, ..Place::default() })
}

/// The law that contains this one as its limit: an exponential onto a floor that is nearly 0 speaks for the exponential.
fn nested(law: Law) -> Law {
    if law == Law::Exponential { Law::ExponentialToFloor } else { law }
}
