//! Exponential decay, against a power law and against a floor, by an information criterion.

use super::exponent::extent;
use super::{Figure, Weighed};
use crate::Result;
use crate::claims::evidence::Curve;
use crate::stats::decay::{Law, compare_decays};
use crate::stats::regression::Measured;
use crate::study::definition::Verdict;

/// Model error of the curves, relative: what keeps a nearly exact point from deciding alone.
const MODEL_ERROR: f64 = 0.02;
/// A difference in AICc from which on one law is preferred (odds of 150 to 1).
const DECISIVE: f64 = 10.0;

/// The measured figure is the factor e^{−rate} of the slowest curve; the bound is 1. Violated where a power law or a floor is
/// preferred decisively on some curve, or a curve does not fall.
pub(super) fn weigh(curves: &[Curve]) -> Result<Weighed> {
    let (mut slowest, mut against, mut unsettled) = (0.0f64, Vec::new(), 0);
    for curve in curves {
        let points: Vec<Measured> = curve.points.iter().map(measured).collect();
        let decays = compare_decays(&points, MODEL_ERROR)?;
        let of = |law: Law| decays.iter().find(|decay| decay.law == law);
        let Some(exponential) = of(Law::Exponential) else {
            unsettled += 1;
            continue;
        };
        slowest = slowest.max((-exponential.rate).exp());
        let best = &decays[0];
        if exponential.rate <= 0.0 || (best.law != Law::Exponential && exponential.delta > DECISIVE) {
            against.push(format!("{} ({})", curve.label, best.law.name()));
        } else if best.law != Law::Exponential {
            unsettled += 1;
        }
    }
    let (verdict, note) = if !against.is_empty() {
        (Verdict::Violated, format!("another law is preferred decisively on {}", against.join(", ")))
    } else if unsettled > 0 {
        (
            Verdict::Inconclusive,
            format!(
                "another law is preferred, not decisively, on {unsettled} of {} curves; four times the replicates would double what tells them apart",
                curves.len()
            ),
        )
    } else {
        (Verdict::Holds, format!("the exponential is preferred on all {} curves", curves.len()))
    };
    Ok(Weighed {
        verdict,
        measured: Some(Figure::exact(slowest)),
        bound: Some(1.0),
        slack: Some(1.0 - slowest),
        nonvacuous: 1.0,
        assumptions: Vec::new(),
        extent: extent(curves),
        note,
        witness: None,
    })
}

fn measured(point: &crate::claims::evidence::CurvePoint) -> Measured {
    let count = point.values.len() as f64;
    let mean = point.values.iter().sum::<f64>() / count;
    let variance = point.values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    Measured { x: point.x, mean, error: (variance / count).sqrt() }
}
