//! Laws of decay, told apart by an information criterion: exponential, a power, exponential onto a floor.

use super::exponent::extent;
use super::{Figure, Weighed};
use crate::Result;
use crate::claims::evidence::{Curve, CurvePoint};
use crate::stats::decay::{Law, compare_decays};
use crate::stats::regression::Measured;
use crate::study::definition::Verdict;

/// Model error of the curves, relative: what keeps a nearly exact point from deciding alone.
const MODEL_ERROR: f64 = 0.02;
/// A difference in AICc from which on one law is preferred (odds of 150 to 1).
const DECISIVE: f64 = 10.0;

/// The measured figure is the slowest rate of the stated law over the curves (a factor e^{−rate} a round, or an exponent); the
/// bound is 0, below which nothing decays. Violated where another law is preferred decisively on some curve, or one does not fall.
pub(super) fn weigh(curves: &[Curve], law: Law) -> Result<Weighed> {
    let (mut slowest, mut against, mut unsettled) = (f64::INFINITY, Vec::new(), 0);
    for curve in curves {
        let points: Vec<Measured> = curve.points.iter().map(measured).collect();
        let decays = compare_decays(&points, MODEL_ERROR)?;
        let Some(stated) = decays.iter().find(|decay| decay.law == law) else {
            unsettled += 1;
            continue;
        };
        slowest = slowest.min(stated.rate);
        let best = &decays[0];
        if stated.rate <= 0.0 || (best.law != law && stated.delta > DECISIVE) {
            against.push(format!("{} ({})", curve.label, best.law.name()));
        } else if best.law != law && best.law != nested(law) {
            unsettled += 1;
        }
    }
    let count = curves.len();
    let (verdict, note) = if !against.is_empty() {
        (Verdict::Violated, format!("another law is preferred decisively on {}", against.join(", ")))
    } else if unsettled > 0 {
        let more = "four times the replicates would double what tells them apart";
        (
            Verdict::Inconclusive,
            format!("another law is preferred, not decisively, on {unsettled} of {count} curves; {more}"),
        )
    } else {
        (Verdict::Holds, format!("no other law is preferred on any of {count} curves"))
    };
    Ok(Weighed {
        verdict,
        measured: slowest.is_finite().then(|| Figure::exact(slowest)),
        bound: Some(0.0),
        slack: slowest.is_finite().then_some(slowest),
        nonvacuous: 1.0,
        assumptions: Vec::new(),
        extent: extent(curves),
        note,
        witness: None,
    })
}

/// The law that contains this one as its limit: an exponential onto a floor that is nearly 0 speaks for the exponential.
fn nested(law: Law) -> Law {
    if law == Law::Exponential { Law::ExponentialToFloor } else { law }
}

fn measured(point: &CurvePoint) -> Measured {
    let count = point.values.len() as f64;
    let mean = point.values.iter().sum::<f64>() / count;
    let variance = point.values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    Measured { x: point.x, mean, error: (variance / count).sqrt() }
}
