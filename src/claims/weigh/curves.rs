//! What the rules on curves share: how much a curve rests on, and the bootstrap over its replicates.

use std::collections::BTreeMap;

use crate::Result;
use crate::claims::evidence::{Curve, CurvePoint, Extent};
use crate::seed::Seed;
use crate::stats::bootstrap::{Estimate, bootstrap};
use crate::stats::regression::Measured;

/// How much the curves rest on.
pub(super) fn extent<'a>(curves: impl IntoIterator<Item = &'a Curve>) -> Extent {
    let cells: BTreeMap<usize, usize> =
        curves.into_iter().flat_map(|curve| &curve.points).map(|point| (point.cell, point.values.len())).collect();
    let replicates = cells.values().sum();
    Extent { instances: replicates, cells: cells.len(), replicates }
}

/// The means of a curve's points.
pub(super) fn means(curve: &Curve) -> Vec<Measured> {
    curve.points.iter().map(|point| Measured::of(point.x, &point.values)).collect()
}

/// Bootstraps a statistic of a curve's means over its replicates; the points of one cell are resampled together.
pub(super) fn resampled(
    curve: &Curve,
    resamples: usize,
    seed: &Seed,
    statistic: impl Fn(&[Measured]) -> Option<f64> + Sync,
) -> Result<Estimate> {
    let mut sizes: Vec<(usize, usize)> = curve.points.iter().map(|point| (point.cell, point.values.len())).collect();
    sizes.dedup();
    let place = |cell: usize| sizes.iter().position(|&(known, _)| known == cell).expect("listed above");
    let places: Vec<usize> = curve.points.iter().map(|point| place(point.cell)).collect();
    let counts: Vec<usize> = sizes.iter().map(|&(_, count)| count).collect();
    bootstrap(&counts, resamples, 0.95, &seed.named("curve", &curve.label), |lists| {
        let mean = |(point, &place): (&CurvePoint, &usize)| {
            let values: Vec<f64> = lists[place].iter().map(|&index| point.values[index]).collect();
            Measured::of(point.x, &values)
        };
        statistic(&curve.points.iter().zip(&places).map(mean).collect::<Vec<_>>())
    })
}
