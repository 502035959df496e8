//! Statements that must hold on every run, to rounding.

use std::collections::BTreeSet;

use super::{Figure, UNMEASURED, Weighed};
use crate::claims::evidence::{Case, Comparison, Extent, Place};
use crate::study::definition::Verdict;

/// The measured figure is what the tightest comparison measured, the bound what it is held against, the slack 1 − the lesser
/// side/(the larger side + tolerance), as the statement has them.
pub(super) fn weigh(cases: &[Case]) -> Weighed {
    let known = |case: &Case| case.comparisons.iter().any(|comparison| !comparison.unknown());
    let applying: Vec<&Case> = cases.iter().filter(|case| case.applies() && known(case)).collect();
    if applying.is_empty() {
        let unmet: BTreeSet<&str> =
            cases.iter().flat_map(|case| &case.assumptions).filter(|(_, met)| !met).map(|(name, _)| *name).collect();
        let names: Vec<&str> = unmet.into_iter().collect();
        let note = match () {
            () if !names.is_empty() => format!("unmet: {}", names.join("; ")),
            () if cases.iter().any(Case::partly_unknown) => UNMEASURED.to_owned(),
            () => "nothing to compare".to_owned(),
        };
        return Weighed { assumptions: assumptions(cases), ..Weighed::nothing(Verdict::NotApplicable, note) };
    }
    let comparisons = || applying.iter().flat_map(|case| &case.comparisons).filter(|comparison| !comparison.unknown());
    let count = comparisons().count();
    let exceeding = comparisons().filter(|comparison| comparison.exceeds()).count();
    let informative = comparisons().filter(|comparison| comparison.informative()).count();
    let tightest = comparisons()
        // An identity's or a vacuous comparison's ratio says less than that of one that could fail.
        .max_by(|a, b| {
            // Where the ratios say nothing, both sides being 0 or below, the least difference.
            (a.exceeds(), a.informative(), a.ratio(), a.measured - a.bound)
                .partial_cmp(&(b.exceeds(), b.informative(), b.ratio(), b.measured - b.bound))
                .unwrap_or(std::cmp::Ordering::Equal)
        })
        .copied()
        .unwrap_or(Comparison::probability(0.0, 1.0, 0.0));
    let comparison = match exceeding {
        0 => format!("tightest: {tightest}"),
        _ => format!("exceeds in {exceeding} of {count} comparisons; worst: {tightest}"),
    };
    let (measured, bound) = tightest.sides();
    let (verdict, note) = if exceeding > 0 {
        (Verdict::Violated, format!("{exceeding} of {count} comparisons exceed the bound by more than rounding"))
    } else if informative == 0 {
        (Verdict::HoldsVacuously, format!("none of {count} bounds excludes anything"))
    } else {
        (Verdict::Holds, format!("in all {count} comparisons"))
    };
    Weighed {
        comparison,
        measured: Some(Figure::exact(measured)),
        bound: Some(bound),
        slack: Some(1.0 - tightest.ratio()),
        nonvacuous: informative as f64 / count as f64,
        assumptions: assumptions(cases),
        extent: extent(&applying),
        witness: smallest(applying.iter().filter(|case| case.exceeds()).map(|case| &case.place)),
        ..Weighed::nothing(verdict, note)
    }
}

/// The share of cases in which each hypothesis holds, in the order in which they appear.
pub(super) fn assumptions(cases: &[Case]) -> Vec<(&'static str, f64)> {
    let mut counts: Vec<(&'static str, usize, usize)> = Vec::new();
    for &(name, met) in cases.iter().flat_map(|case| &case.assumptions) {
        match counts.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, all, held)) => {
                *all += 1;
                *held += usize::from(met);
            }
            None => counts.push((name, 1, usize::from(met))),
        }
    }
    counts.into_iter().map(|(name, all, held)| (name, held as f64 / all as f64)).collect()
}

/// Every replicate draws an instance of its own.
pub(super) fn extent(cases: &[&Case]) -> Extent {
    let cells: BTreeSet<(&str, usize)> = cases.iter().map(|case| (&*case.place.experiment, case.place.cell)).collect();
    let replicates = cases.iter().map(|case| case.replicates.max(1)).sum();
    Extent { instances: replicates, cells: cells.len(), replicates }
}

/// The smallest, the first of them where several are.
pub(super) fn smallest<'a>(places: impl Iterator<Item = &'a Place>) -> Option<Place> {
    places.min_by_key(|place| place.size).cloned()
}
