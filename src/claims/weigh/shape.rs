//! Statements that hold up to a constant: calibrated on one part of the grid, frozen, and held against the rest.

use super::{Figure, Weighed};
use crate::Result;
use crate::claims::evidence::{Axes, Extent, Ratio};
use crate::claims::words::figure;
use crate::stats::interval::mean_with_error;
use crate::stats::regression::Observation;
use crate::stats::trend::rises_within;
use crate::study::definition::Verdict;

/// How far, in standard errors, a held-out mean may lie above the frozen constant before it counts.
const FAR: f64 = 5.0;

/// One mean over its shape.
struct Point {
    ratio: f64,
    error: f64,
    axes: Axes,
    held_out: bool,
}

/// The measured figure is the largest held-out ratio measured/shape with the interval of its mean, the bound the constant that
/// the calibration part gives, the slack 1 − measured/bound.
///
/// Calibration part: the ratios whose n is at most the median of n over the grid; the rest is held out. Violated where a
/// held-out ratio lies above the constant by more than [`FAR`] standard errors, or where the logarithm of the ratio rises along
/// n, T, κ_0 or the complexity (one-sided slope tests, the level shared among the four).
pub(super) fn weigh(ratios: &[Ratio], level: f64) -> Result<Weighed> {
    if ratios.iter().any(|ratio| ratio.values.len() < 2) {
        return Ok(Weighed::nothing(Verdict::Inconclusive, "a ratio of a single replicate has no error"));
    }
    let mut samples: Vec<f64> = ratios.iter().map(|ratio| ratio.axes.samples).collect();
    samples.sort_by(f64::total_cmp);
    let median = samples[(samples.len() - 1) / 2];
    let points: Vec<Point> = ratios.iter().map(|ratio| point(ratio, median)).collect();
    let largest = |held_out: bool| {
        let some = points.iter().filter(|point| point.held_out == held_out);
        some.max_by(|a, b| a.ratio.total_cmp(&b.ratio))
    };
    let (Some(calibration), Some(held_out)) = (largest(false), largest(true)) else {
        return Ok(Weighed::nothing(Verdict::Inconclusive, "one value of n: nothing to hold out"));
    };
    let constant = calibration.ratio;
    let beyond = points.iter().filter(|point| point.held_out && point.ratio - FAR * point.error > constant).count();
    let drift = drift(&points, level)?;
    let informative = ratios.iter().filter(|ratio| ratio.informative).count();
    let (verdict, decision) = match () {
        () if beyond > 0 => (Verdict::Violated, format!("{beyond} held-out ratios lie above it")),
        () if !drift.rising.is_empty() => {
            (Verdict::Violated, format!("the ratio rises with {}", drift.rising.join(", ")))
        }
        () if informative == 0 => (Verdict::HoldsVacuously, "no shape excludes anything".to_owned()),
        () => {
            let axes = drift.tested.join(", ");
            (Verdict::Holds, format!("held-out ratios stay below it and do not rise along {axes}"))
        }
    };
    let cells: std::collections::BTreeSet<usize> = ratios.iter().map(|ratio| ratio.cell).collect();
    let replicates: usize = cells
        .iter()
        .filter_map(|cell| ratios.iter().find(|ratio| ratio.cell == *cell))
        .map(|ratio| ratio.values.len())
        .sum();
    let note = format!("constant {constant:.3} calibrated at n ≤ {median}; {decision}");
    let (lo, hi) = (held_out.ratio - FAR * held_out.error, held_out.ratio + FAR * held_out.error);
    let rising =
        if drift.rising.is_empty() { String::new() } else { format!("; rises with {}", drift.rising.join(", ")) };
    Ok(Weighed {
        comparison: format!(
            "largest held-out ratio {} [{}, {}], at most the calibrated constant {} wanted{rising}",
            figure(held_out.ratio),
            figure(lo),
            figure(hi),
            figure(constant)
        ),
        measured: Some(Figure { value: held_out.ratio, lo, hi }),
        bound: Some(constant),
        slack: Some(1.0 - held_out.ratio / constant),
        nonvacuous: informative as f64 / ratios.len() as f64,
        extent: Extent { instances: replicates, cells: cells.len(), replicates },
        ..Weighed::nothing(verdict, note)
    })
}

fn point(ratio: &Ratio, median: f64) -> Point {
    let (mean, error) = mean_with_error(&ratio.values);
    Point {
        ratio: mean / ratio.shape,
        // How far a single value lies from its expectation is not known.
        error: error.unwrap_or(f64::INFINITY) / ratio.shape,
        axes: ratio.axes,
        held_out: ratio.axes.samples > median,
    }
}

/// One coordinate of a place on the grid.
type Coordinate = fn(&Axes) -> f64;

/// The axes of a grid, by name.
const AXES: [(&str, Coordinate); 4] = [
    ("n", |axes| axes.samples),
    ("T", |axes| axes.rounds),
    ("κ₀", |axes| axes.kappa0),
    ("complexity", |axes| axes.complexity),
];

/// What a set of ratios says of drift: the axes that were tested, and those along which the logarithm of the ratio rises.
struct Drift {
    tested: Vec<&'static str>,
    rising: Vec<&'static str>,
}

/// Tests each axis on what varies along it alone: one slope within the groups of points that agree on the other axes. Measured
/// zeros have no logarithm and lie below every shape.
fn drift(points: &[Point], level: f64) -> Result<Drift> {
    let mut drift = Drift { tested: Vec::new(), rising: Vec::new() };
    for (index, (name, axis)) in AXES.iter().enumerate() {
        let others = |point: &Point| -> Vec<u64> {
            let rest = AXES.iter().enumerate().filter(|(other, _)| *other != index);
            rest.map(|(_, (_, axis))| axis(&point.axes).to_bits()).collect()
        };
        let mut groups: std::collections::BTreeMap<Vec<u64>, Vec<Observation>> = Default::default();
        for point in points.iter().filter(|point| point.ratio > 0.0 && axis(&point.axes) > 0.0) {
            let observation = Observation { x: axis(&point.axes).ln(), y: point.ratio.ln(), weight: 1.0 };
            groups.entry(others(point)).or_default().push(observation);
        }
        // A group in which nothing varies along the axis says nothing of it.
        let varies = |group: &&[Observation]| group.iter().any(|one| one.x != group[0].x);
        let groups: Vec<&[Observation]> = groups.values().map(Vec::as_slice).filter(varies).collect();
        let count: usize = groups.iter().map(|group| group.len()).sum();
        if count > groups.len() + 1 {
            drift.tested.push(name);
            if rises_within(&groups)?.p_value < level / AXES.len() as f64 {
                drift.rising.push(name);
            }
        }
    }
    Ok(drift)
}
