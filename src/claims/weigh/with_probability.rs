//! Statements that hold with probability at least 1 − ρ: an exact binomial test of how often they fail.

use crate::words::counted;
use std::collections::{BTreeMap, BTreeSet};

use super::always::{assumptions, extent, smallest};
use super::{Figure, Weighed, always};
use crate::Result;
use crate::claims::evidence::{Case, Comparison, Place};
use crate::claims::words::percent;
use crate::stats::binomial::{clopper_pearson, upper_tail};
use crate::study::definition::Verdict;

/// The measured figure is the share of replicates in which the statement fails anywhere, with its Clopper–Pearson interval at
/// the row's level; the bound is ρ, the slack ρ minus the upper end.
///
/// The statement is of every cell: each is tested, and all of them together, since what fails a little everywhere shows in no
/// cell alone. Violated where P[Bin(N, ρ) ≥ k] is below half the level for all together, or for a cell below its part of the
/// other half; holds where the interval lies below ρ.
pub(super) fn weigh(cases: &[Case], rho: f64, level: f64) -> Result<Weighed> {
    // One of which a part is not known is a trial that did not fail, as far as is known: the weaker evidence of a violation.
    let says_something = |case: &&Case| !case.comparisons.is_empty() || !case.absent.is_empty();
    let applying: Vec<&Case> = cases.iter().filter(|case| case.applies()).filter(says_something).collect();
    if applying.is_empty() {
        return Ok(always::weigh(cases));
    }
    // A cell in which no bound excludes anything could not have failed: its replicates are no trials. Within a cell the sample decides
    // which replicates' bounds exclude anything, so all count: conditioned on that, a true statement may fail more often than ρ.
    let says =
        |case: &&Case| case.comparisons.iter().any(|comparison| comparison.informative() || comparison.exceeds());
    let saying: BTreeSet<(&str, usize)> = applying.iter().copied().filter(|case| says(case)).map(cell).collect();
    let tried: Vec<&Case> = applying.iter().copied().filter(|case| saying.contains(&cell(case))).collect();
    if tried.is_empty() {
        return Ok(always::weigh(cases));
    }
    let failing: Vec<&&Case> = tried.iter().filter(|case| case.exceeds()).collect();
    let (k, trials) = (failing.len() as u64, tried.len() as u64);
    // One-sided at the level on each end.
    let (lo, hi) = clopper_pearson(k, trials, 1.0 - 2.0 * level)?;
    let comparisons = || applying.iter().flat_map(|case| &case.comparisons).filter(|comparison| !comparison.unknown());
    let informative = comparisons().filter(|comparison| comparison.informative()).count();
    let closest = comparisons()
        .filter(|comparison| comparison.informative() && !comparison.exceeds() && comparison.bound > 0.0)
        .map(Comparison::ratio)
        .reduce(f64::max);
    let together = 2.0 * upper_tail(k, trials, rho)?;
    let (worst, place) = worst_cell(&tried, rho)?;
    let (verdict, decision) = if together < level {
        (Verdict::Violated, format!("p = {together:.1e}"))
    } else if worst < level {
        (Verdict::Violated, format!("too many of them in cell {} of {}: p = {worst:.1e}", place.cell, place.experiment))
    } else if hi > rho {
        (
            Verdict::Inconclusive,
            format!("{} more replicates would settle it if none of them failed", needed(k, trials, rho, level)?),
        )
    } else {
        (Verdict::Holds, closest.map_or_else(|| "no bound above 0".to_owned(), far))
    };
    let note = format!("fails in {k} of {}; {decision}", counted(trials, "replicate"));
    Ok(Weighed {
        comparison: format!("{k} of {trials} runs exceed, {} allowed", percent(rho)),
        measured: Some(Figure { value: k as f64 / trials as f64, lo, hi }),
        bound: Some(rho),
        slack: Some(rho - hi),
        nonvacuous: informative as f64 / comparisons().count() as f64,
        assumptions: assumptions(cases),
        extent: extent(&tried),
        witness: (verdict == Verdict::Violated).then(|| smallest(failing.iter().map(|case| &case.place))).flatten(),
        ..Weighed::nothing(verdict, note)
    })
}

/// The cell of a case. What is constructed has no cells: it is one.
fn cell(case: &Case) -> (&str, usize) {
    let place = &case.place;
    (&place.experiment, if place.experiment.is_empty() { 0 } else { place.cell })
}

/// The least p-value over the cells, for the whole of their half of the level, and which cell has it.
fn worst_cell<'a>(tried: &[&'a Case], rho: f64) -> Result<(f64, &'a Place)> {
    let mut cells: BTreeMap<(&str, usize), (u64, u64, &Place)> = BTreeMap::new();
    for case in tried {
        let (failing, all, _) = cells.entry(cell(case)).or_insert((0, 0, &case.place));
        *failing += u64::from(case.exceeds());
        *all += 1;
    }
    let share = 2.0 * cells.len() as f64;
    let p_values = cells.values().map(|&(failing, all, place)| Ok((share * upper_tail(failing, all, rho)?, place)));
    let p_values: Vec<(f64, &Place)> = p_values.collect::<Result<_>>()?;
    Ok(p_values.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("at least one cell was tried"))
}

/// How close informative bounds came; where all are far, rows could not have told a much smaller bound from this one.
fn far(closest: f64) -> String {
    let reach = format!("elsewhere measured/bound is at most {closest:.3}");
    if closest < 0.05 { reach + ", too far for these rows to tell it from a bound of a twentieth" } else { reach }
}

/// How many more replicates without a failure bring the upper end of the interval to ρ.
fn needed(failures: u64, trials: u64, rho: f64, level: f64) -> Result<u64> {
    let settled = |more: u64| clopper_pearson(failures, trials + more, 1.0 - 2.0 * level).map(|(_, hi)| hi <= rho);
    let mut high = trials.max(1);
    while !settled(high)? {
        high *= 2;
    }
    let mut low = 0;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if settled(middle)? { high = middle } else { low = middle }
    }
    Ok(high)
}
