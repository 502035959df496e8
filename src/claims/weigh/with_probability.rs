//! Statements that hold with probability at least 1 − ρ: an exact binomial test of how often they fail.

use super::always::{assumptions, extent, smallest};
use super::{Figure, Weighed, always};
use crate::Result;
use crate::claims::evidence::{Case, Comparison};
use crate::stats::binomial::{clopper_pearson, upper_tail};
use crate::study::definition::Verdict;

/// The measured figure is the share of replicates in which the statement fails anywhere, with its Clopper–Pearson interval at
/// the row's level; the bound is ρ, the slack ρ minus the upper end.
///
/// Replicates of all cells are counted together: if every cell's probability is at most ρ, so is that of the mixture. Violated
/// where P[Bin(N, ρ) ≥ k] is below the level; holds where the interval lies below ρ.
pub(super) fn weigh(cases: &[Case], rho: f64, level: f64) -> Result<Weighed> {
    let applying: Vec<&Case> = cases.iter().filter(|case| case.applies() && !case.comparisons.is_empty()).collect();
    if applying.is_empty() {
        return Ok(always::weigh(cases));
    }
    // A replicate in which no bound excludes anything could not have failed: it is no trial.
    let tried: Vec<&Case> = applying
        .iter()
        .copied()
        .filter(|case| case.comparisons.iter().any(|comparison| comparison.informative))
        .collect();
    if tried.is_empty() {
        return Ok(always::weigh(cases));
    }
    let failing: Vec<&&Case> = tried.iter().filter(|case| case.exceeds()).collect();
    let (k, trials) = (failing.len() as u64, tried.len() as u64);
    // One-sided at the level on each end.
    let (lo, hi) = clopper_pearson(k, trials, 1.0 - 2.0 * level)?;
    let comparisons = || applying.iter().flat_map(|case| &case.comparisons);
    let informative = comparisons().filter(|comparison| comparison.informative).count();
    let closest = comparisons()
        .filter(|comparison| comparison.informative && !comparison.exceeds())
        .map(Comparison::ratio)
        .fold(0.0, f64::max);
    let p_value = upper_tail(k, trials, rho)?;
    let (verdict, decision) = if p_value < level {
        (Verdict::Violated, format!("p = {p_value:.1e}"))
    } else if hi > rho {
        (
            Verdict::Inconclusive,
            format!("{} more replicates would settle it if none of them failed", needed(k, trials, rho, level)?),
        )
    } else {
        (Verdict::Holds, far(closest))
    };
    Ok(Weighed {
        verdict,
        measured: Some(Figure { value: k as f64 / trials as f64, lo, hi }),
        bound: Some(rho),
        slack: Some(rho - hi),
        nonvacuous: informative as f64 / comparisons().count() as f64,
        assumptions: assumptions(cases),
        extent: extent(&tried),
        note: format!("fails in {k} of {trials} replicates; {decision}"),
        witness: (verdict == Verdict::Violated).then(|| smallest(failing.iter().map(|case| &case.place))).flatten(),
    })
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
