//! What the phase diagrams are there to show.

use super::super::{CellRows, Finding, Results};
use super::grid::{Grid, RHO, explicit};
use super::{FAILURE, last_round, powers_of_two, tabular};
use crate::Result;
use crate::metrics::named::{DRIFT, Metric};
use crate::stats::{lower_tail, paired, upper_tail, welch};

/// The probability with which one finding may raise a false alarm, shared evenly among its comparisons.
const ALARM: f64 = 1e-8;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let [tabular_kappa0, gaussian_kappa0, tabular_rounds, gaussian_rounds] =
        ["tabular-kappa0", "gaussian-kappa0", "tabular-rounds", "gaussian-rounds"].map(|part| Grid::of(results, part));
    let (tabular_kappa0, gaussian_kappa0) = (tabular_kappa0?, gaussian_kappa0?);
    let (tabular_rounds, gaussian_rounds) = (tabular_rounds?, gaussian_rounds?);
    Ok(vec![
        law([&tabular_kappa0, &tabular_rounds])?,
        frontier(&tabular_kappa0)?,
        monotone([&tabular_kappa0, &gaussian_kappa0])?,
        undone(&gaussian_rounds)?,
        window([&tabular_rounds, &gaussian_rounds])?,
        bounded([&tabular_kappa0, &gaussian_kappa0, &tabular_rounds, &gaussian_rounds])?,
    ])
}

/// Failure on one-hot features follows the law of the bump wherever a pair resolves.
///
/// The count of failing prompts over all replicates is a sum of M·R indicators with one mean, negatively associated within a
/// replicate (draws spent on one prompt are lost to the others), so no more spread than binomial. Turned-back prompts can only
/// add to it: its mean lies between the law and the law plus their expected share.
fn law(grids: [&Grid; 2]) -> Result<Finding> {
    let (mut tails, mut left_out) = (Vec::new(), 0);
    for grid in grids {
        for (cell, t) in grid.cells().flat_map(|cell| powers_of_two(grid).into_iter().map(move |t| (cell, t))) {
            match tail(cell, t)? {
                Some(tail) => tails.push(tail),
                None => left_out += 1,
            }
        }
    }
    let least = tails.iter().copied().fold(1.0, f64::min);
    let allowed = ALARM / tails.len() as f64;
    let statement = format!(
        "one-hot failure follows the law (1 − 2q(1−q)/M)^(nT), q = 1/κ₀: over {} means the least two-sided p-value is {least:.1e} \
         (down to {allowed:.0e} expected; {left_out} means where one pair does not resolve are left out)",
        tails.len()
    );
    Ok(Finding::new(least >= allowed && left_out < tails.len(), statement))
}

/// The two-sided p-value of the number of failing prompts under the law; `None` where one pair does not resolve a prompt.
fn tail(cell: &CellRows, t: usize) -> Result<Option<f64>> {
    let Some(bump) = tabular(cell)? else { return Ok(None) };
    let (n, beta, prompts) =
        (cell.number("process.samples")?, cell.simulation()?.derived("beta"), cell.number("instance.prompts")?);
    if !bump.one_pair_resolves(beta, super::DELTA)? {
        return Ok(None);
    }
    let failing: f64 = cell.values(FAILURE, t)?.iter().map(|failure| failure * prompts).sum();
    let (failing, trials) = (failing.round() as u64, cell.replicates.len() as u64 * prompts as u64);
    let least = bump.expected_failure(n, t as u32)?;
    let most = (least + bump.turn_backs(n, t as u32, beta)? / prompts).min(1.0);
    let one_sided = upper_tail(failing, trials, most)?.min(lower_tail(failing, trials, least)?);
    Ok(Some((2.0 * one_sided).min(1.0)))
}

/// How far the n at which failure is 1/2 moves between the least and the largest κ_0, against the law.
///
/// Under the law log F is linear in n, as it is interpolated; what is left is the noise of two means of 640 and more prompts on
/// either side of 1/2, below 10% of n at each end. The factor of 2 allowed is 5 standard errors of the ratio and more.
fn frontier(grid: &Grid) -> Result<Finding> {
    let t = last_round(grid)[0];
    let crossing = |row: usize| -> Result<(f64, f64)> {
        let cells = &grid.rows[row].cells;
        let law = tabular(&cells[0])?.map_or(Ok(f64::NAN), |bump| bump.half_life(t as u32))?;
        Ok((half_failure(cells, t)?, law))
    };
    let last = grid.rows.len() - 1;
    let ((low, low_law), (high, high_law)) = (crossing(0)?, crossing(last)?);
    let (moved, expected) = (high / low, high_law / low_law);
    let statement = format!(
        "the frontier F(0.5) = 1/2 at T = {t} moves from n = {low:.0} at κ₀ = {:.2} to n = {high:.0} at κ₀ = {:.1}: by a factor of \
         {moved:.1}, where the law says {expected:.1} (from {low_law:.0} to {high_law:.0})",
        grid.rows[0].kappa0, grid.rows[last].kappa0
    );
    Ok(Finding::new(moved / expected > 0.5 && moved / expected < 2.0, statement))
}

/// The n at which mean failure crosses 1/2, log F interpolated linearly in n as the law has it; NaN where it does not.
fn half_failure(cells: &[CellRows], t: usize) -> Result<f64> {
    let mut before: Option<(f64, f64)> = None;
    for cell in cells {
        let (n, failure) = (cell.number("process.samples")?, cell.mean(FAILURE, t)?.mean);
        if failure <= 0.5 {
            // Where F is 0, half a failing prompt stands for it.
            let floor = 0.5 / (cell.number("instance.prompts")? * cell.replicates.len() as f64);
            let log_failure = failure.max(floor).ln();
            return Ok(
                before.map_or(f64::NAN, |(n0, log0)| n0 + (n - n0) * (0.5f64.ln() - log0) / (log_failure - log0))
            );
        }
        before = Some((n, failure.ln()));
    }
    Ok(f64::NAN)
}

/// Failure never rises from one n to the next, and never falls from one κ_0 to the next, beyond chance (Welch's t).
fn monotone(grids: [&Grid; 2]) -> Result<Finding> {
    let (mut rising, mut falling) = (Vec::new(), Vec::new());
    for grid in grids {
        let t = last_round(grid)[0];
        for row in &grid.rows {
            for pair in row.cells.windows(2) {
                rising.push(welch(&pair[0].values(FAILURE, t)?, &pair[1].values(FAILURE, t)?)?.p_above());
            }
        }
        for rows in grid.rows.windows(2) {
            for (lower, upper) in rows[0].cells.iter().zip(&rows[1].cells) {
                falling.push(welch(&lower.values(FAILURE, t)?, &upper.values(FAILURE, t)?)?.p_below());
            }
        }
    }
    let least = |p_values: &[f64]| p_values.iter().copied().fold(1.0, f64::min);
    let allowed = ALARM / (rising.len() + falling.len()) as f64;
    let (rise, fall) = (least(&rising), least(&falling));
    let statement = format!(
        "failure does not rise with n nor fall with κ₀: of {} steps the least p-value for a rise with n is {rise:.1e}, for a fall \
         with κ₀ {fall:.1e} (down to {allowed:.0e} expected)",
        rising.len() + falling.len()
    );
    Ok(Finding::new(rise >= allowed && fall >= allowed, statement))
}

/// On Gaussian features, at an n that just completes the span, later rounds undo what the first one found.
///
/// Seen in the drift, which rises by 0.7 in the end, with a standard deviation over replicates of about 0.2: with 12 of them a
/// rise below 0.3 lies 7 standard errors away.
fn undone(grid: &Grid) -> Result<Finding> {
    let last = last_round(grid)[0];
    let mut found = (f64::NEG_INFINITY, String::new());
    for cell in grid.cells() {
        let change = paired(&cell.values(&DRIFT, 1)?, &cell.values(&DRIFT, last)?)?;
        if change.value > found.0 {
            let drift = (&DRIFT).into();
            let mean = |of: Metric, t| cell.mean(of, t).map(|mean| mean.mean);
            let words = format!(
                "at n = {} drift is {:.4} after one round, {:.3} after two, {:.3} after {last} (a rise of {:.3} ± {:.3}), and F(0.5) \
                 {:.4}, {:.4} and {:.4}",
                cell.label("process.samples"),
                mean(drift, 1)?,
                mean(drift, 2)?,
                mean(drift, last)?,
                change.value,
                change.error,
                mean(FAILURE, 1)?,
                mean(FAILURE, 2)?,
                mean(FAILURE, last)?
            );
            found = (change.value, words);
        }
    }
    Ok(Finding::new(found.0 > 0.3, format!("later rounds undo the first on Gaussian features: {}", found.1)))
}

/// Drift belongs to features that prompts share, and to a window of n below the one that completes every span.
///
/// At its height the drift is above 0.6 with a standard deviation of about 0.2 over replicates; 0.3 lies 5 standard errors from
/// it with 12 replicates, for which the largest of several n only helps. Beyond n = 10^9 an incomplete span has probability 0
/// to many digits (C11).
fn window(grids: [&Grid; 2]) -> Result<Finding> {
    let [one_hot, gaussian] = grids;
    let t = last_round(gaussian)[0];
    let drift = |cell: &CellRows, t| cell.mean(&DRIFT, t).map(|drift| drift.mean);
    let mut peak = (0.0, String::new());
    for cell in gaussian.cells() {
        let mean = drift(cell, t)?;
        if mean > peak.0 {
            peak = (mean, cell.label("process.samples"));
        }
    }
    let (mut most_one_hot, mut beyond) = (0.0f64, f64::NAN);
    for cell in one_hot.cells() {
        most_one_hot = most_one_hot.max(drift(cell, last_round(one_hot)[0])?);
    }
    if let Some(cell) = gaussian.cells().last() {
        beyond = drift(cell, t)?;
    }
    let statement = format!(
        "drift needs features that prompts share, and few samples: at T = {t} it is highest at n = {} with {:.3}, {beyond:.3} at the \
         largest n; with one-hot features at most {most_one_hot:.4} at any n",
        peak.1, peak.0
    );
    Ok(Finding::new(peak.0 > 0.3 && beyond == 0.0 && most_one_hot < 0.05, statement))
}

/// No replicate beats its own explicit bound more often than ρ allows; where the bound says anything, what is measured is 0.
fn bounded(grids: [&Grid; 4]) -> Result<Finding> {
    let (mut replicates, mut beaten, mut cells, mut informative, mut failing) = (0u64, 0u64, 0, 0, 0.0f64);
    for grid in grids {
        for cell in grid.cells() {
            let mut violated = vec![false; cell.replicates.len()];
            for t in powers_of_two(grid) {
                let bounds = explicit(cell, t)?;
                let measured = cell.values(FAILURE, t)?;
                cells += 1;
                informative += usize::from(bounds.iter().all(|&bound| bound < 1.0));
                for (r, (&bound, &failure)) in bounds.iter().zip(&measured).enumerate() {
                    violated[r] |= failure > bound;
                    if bound < 1.0 {
                        failing = failing.max(failure);
                    }
                }
            }
            replicates += violated.len() as u64;
            beaten += violated.iter().filter(|&&violated| violated).count() as u64;
        }
    }
    let statement = format!(
        "the explicit bound holds: exceeded in {beaten} of {replicates} runs (ρ = {RHO} each); it is below 1 in {informative} of {cells} \
         cells, and the largest failure rate measured where it is below 1 is {failing}"
    );
    Ok(Finding::new(informative > 0 && upper_tail(beaten, replicates, RHO)? >= ALARM, statement))
}
