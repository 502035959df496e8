//! Multipliers, regimes, samples, and laws that do not enter.

use super::{PLANE, multiplier, point, ratios};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results};
use crate::metrics::named::{LOG_ODDS, MARGIN, NATURAL_DISTANCE, NATURAL_STEP};
use crate::papers::loops::theory::unified::Affine;

/// How far a measured ratio may lie from m: a Newton fit ends there.
const KNOWN: f64 = 1e-5;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![
        multipliers(results)?,
        regimes(results)?,
        self_play(results)?,
        sampled(results)?,
        independent(results)?,
        dependent(results)?,
    ])
}

fn multipliers(results: &Results) -> Result<Finding> {
    let (mut cells, mut farthest) = (0, 0.0f64);
    for part in PLANE {
        for cell in results.cells(part)? {
            let ratios = ratios(&cell)?;
            // Where nothing moves there is no ratio.
            cells += usize::from(!ratios.is_empty());
            for ratio in ratios {
                farthest = farthest.max((ratio - multiplier(&cell)?).abs());
            }
        }
    }
    let says = format!("the ratio of successive increments is m = α + η/β in {cells} cells, to {farthest:.0e}");
    Ok(Finding::new(cells > 0 && farthest < KNOWN, says))
}

/// Increments shrink where |m| < 1, and not where β > 1.
fn regimes(results: &Results) -> Result<Finding> {
    let (mut cells, mut by_multiplier, mut by_beta) = (0, 0, 0);
    for cell in results.cells("plane")? {
        let Some(ratio) = ratios(&cell)?.first().copied() else { continue };
        let shrinks = ratio.abs() < 1.0 - KNOWN;
        cells += 1;
        by_multiplier += usize::from(shrinks == (multiplier(&cell)?.abs() < 1.0 - KNOWN));
        by_beta += usize::from(shrinks == (point(&cell)?.2 > 1.0));
    }
    let says = format!(
        "increments shrink exactly where |m| < 1 in {by_multiplier} of {cells} cells of two responses; where β > 1 and nowhere else in {by_beta}"
    );
    Ok(Finding::new(cells > 0 && by_multiplier == cells && by_beta < cells, says))
}

/// SPIN's corner: α = 1, η = −1 converges from β > ½ on.
fn self_play(results: &Results) -> Result<Finding> {
    let (mut texts, mut all) = (Vec::new(), true);
    for cell in results.cells("plane")? {
        let (alpha, eta, beta) = point(&cell)?;
        if (alpha, eta) != (1.0, -1.0) {
            continue;
        }
        let Some(ratio) = ratios(&cell)?.first().copied() else { continue };
        // A ratio of 0 has no sign.
        let ratio = if ratio.abs() < KNOWN { 0.0 } else { ratio };
        all &= (ratio.abs() < 1.0 - KNOWN) == (beta > 0.5);
        let text = format!("{:.2} at β = {beta}", ratio);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let says = format!("self-play (α = 1, η = −1) has the ratio {}", texts.join(", ").replace('-', "−"));
    Ok(Finding::new(all && texts.len() > 2, says))
}

/// The value of the population after the last round.
fn exact(cell: &CellRows) -> Result<f64> {
    let ((alpha, eta, beta), start) = (point(cell)?, cell.mean(&LOG_ODDS, 0)?.mean);
    let map = Affine::of(alpha, eta, beta, start, cell.number("process.reward.external")?)?;
    Ok(map.after(cell.rounds() as u32))
}

/// Where log-odds grow, a small sample loses the pair and stays behind; where they are bounded, a large one misses nothing.
fn sampled(results: &Results) -> Result<Finding> {
    let cells = results.cells("sampled")?;
    let mut numbers: Vec<f64> = cells.iter().filter_map(|cell| cell.number("process.samples").ok()).collect();
    numbers.sort_by(f64::total_cmp);
    let [least, .., most] = numbers[..] else { return Ok(Finding::new(false, "no sampled rounds")) };
    let (mut missed, mut behind) = (0.0f64, f64::NAN);
    for cell in &cells {
        let (n, m) = (cell.number("process.samples")?, multiplier(cell)?);
        let (measured, exact) = (cell.mean(&LOG_ODDS, cell.rounds())?.mean, exact(cell)?);
        if n == most && m.abs() < 1.0 {
            missed = missed.max((measured - exact).abs());
        }
        if n == least && m > 1.0 && point(cell)?.0 == 1.0 {
            behind = measured / exact;
        }
    }
    let says = format!(
        "with n = {most} pairs a round bounded log-odds end where the population's do, to {missed:.0e}; self-rewarding with n = {least} ends at {:.0}% of \
         the population's",
        100.0 * behind
    );
    Ok(Finding::new(missed < 1e-9 && behind < 0.9, says))
}

/// The widest spread of the margin after the last round over cells of one update, relative.
fn spread(cells: &[CellRows]) -> Result<f64> {
    let mut widest = 0.0f64;
    for update in ["erm", "logistic", "win-rate"] {
        let mut values = Vec::new();
        for cell in cells.iter().filter(|cell| cell.label("process.update") == update) {
            values.push(cell.mean(&MARGIN, cell.rounds())?.mean);
        }
        let (low, high) = values.iter().fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(*v), high.max(*v)));
        if !values.is_empty() {
            widest = widest.max(high / low - 1.0);
        }
    }
    Ok(widest)
}

/// The largest distance from the update that pairs of π_t give, relative to its length.
fn farthest(cells: &[CellRows]) -> Result<f64> {
    let mut most = 0.0f64;
    for cell in cells {
        for replicate in 0..cell.replicates.len() {
            let step = cell.value(replicate, &NATURAL_STEP, 0)?;
            most = most.max(cell.value(replicate, &NATURAL_DISTANCE, 1)? / step);
        }
    }
    Ok(most)
}

fn independent(results: &Results) -> Result<Finding> {
    let (linear, table) = (results.cells("drawn-linear")?, results.cells("drawn-table")?);
    let (most, widest) = (farthest(&linear)?, spread(&table)?);
    let says = format!(
        "laws of prompts and candidates do not matter where the class holds the target: steps differ by {most:.0e} of their length at most in the \
         linear class, margins by {widest:.0e} of their size on a table"
    );
    Ok(Finding::new(!linear.is_empty() && !table.is_empty() && most < 1e-5 && widest < 1e-5, says))
}

fn dependent(results: &Results) -> Result<Finding> {
    let (offset, win_rate) = (results.cells("drawn-offset")?, results.cells("drawn-win-rate")?);
    let flips = results.cells("drawn-flips")?;
    let [most, rates, flipped] = [farthest(&offset)?, spread(&win_rate)?, spread(&flips)?];
    let says = format!(
        "these laws matter with fixed logits that the class does not hold (steps differ by up to {:.0}% of their length), with hard labels under the square \
         loss (margins by {:.0}%) and with flipped labels ({:.1}%)",
        100.0 * most,
        100.0 * rates,
        100.0 * flipped
    );
    Ok(Finding::new(most > 0.01 && rates > 0.01 && flipped > 0.001, says))
}
