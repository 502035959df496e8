//! Slopes, the 1/t of accumulation, limits inside, votes and verifiers.

use super::tables::name;
use super::{ORDERED, of_cell, settled, slope, start};
use crate::Result;
use crate::experiment::{Finding, Results};
use crate::metrics::named::{CORRECT_PROBABILITY, LOG_ODDS};
use crate::papers::loops::theory::laws::softplus;
use crate::papers::loops::theory::orders::Order;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![
        slopes(results, Order::DoubleLog, "doubly exponential")?,
        slopes(results, Order::Log, "geometric")?,
        slopes(results, Order::Angle, "in finite time")?,
        accumulated(results)?,
        inside(results)?,
        verified(results)?,
    ])
}

/// By how much a slope in the end may miss the stated one, relative: what is left of the start after the last round.
const LEFT: f64 = 0.02;

/// The slopes of one order, where the start is left behind.
fn slopes(results: &Results, order: Order, word: &str) -> Result<Finding> {
    let (mut cells, mut farthest, mut loops) = (0, 0.0f64, Vec::new());
    for part in ORDERED {
        for cell in results.cells(part)? {
            let Some((of, stated)) = of_cell(&cell, name(&cell))?.order() else { continue };
            if of != order || !settled(&cell, order)? {
                continue;
            }
            cells += 1;
            farthest = farthest.max((slope(&cell, order)? / stated - 1.0).abs());
            if !loops.contains(&name(&cell)) {
                loops.push(name(&cell));
            }
        }
    }
    let says = format!("{word}: slopes of {} are the stated ones to {farthest:.0e} in {cells} cells", loops.join(", "));
    Ok(Finding::new(cells > 0 && farthest < LEFT, says))
}

/// (t+1)(1−p_t) tends to a constant from p_0 > ½.
fn accumulated(results: &Results) -> Result<Finding> {
    let (mut texts, mut farthest) = (Vec::new(), 0.0f64);
    for cell in results.cells("presets")? {
        if name(&cell) != "accumulate" || start(&cell)? < 1.0 {
            continue;
        }
        let last = cell.rounds();
        let scaled =
            |t: usize| -> Result<f64> { Ok((t as f64 + 1.0) * (-softplus(cell.value(0, &LOG_ODDS, t)?)).exp()) };
        let (middle, end) = (scaled(last / 2)?, scaled(last)?);
        let beta = cell.number("process.beta")?;
        if beta <= 1.0 {
            farthest = farthest.max((end / middle - 1.0).abs());
            texts.push(format!("{end:.3} at β = {beta}, ℓ_0 = {:.0}", start(&cell)?));
        }
    }
    let says = format!(
        "accumulate: (t+1)(1−p) is {} in the end, and changes by {:.1}% at most over the last half of the rounds",
        texts.join(", "),
        100.0 * farthest
    );
    Ok(Finding::new(!texts.is_empty() && farthest < 0.05, says))
}

/// Where p ends inside, from either side.
fn inside(results: &Results) -> Result<Finding> {
    let (mut texts, mut all) = (Vec::new(), true);
    for wanted in ["live-reward-frozen-reference", "spin", "replay"] {
        let mut ends = Vec::new();
        for cell in results.cells("presets")? {
            if name(&cell) == wanted && cell.number("process.beta")? == 8.0 {
                let last = cell.rounds();
                let [before, end] = [last - 1, last].map(|t| cell.value(0, &CORRECT_PROBABILITY, t));
                let (before, end) = (before?, end?);
                all &= (end - before).abs() < 1e-2 && (0.05..0.99).contains(&end);
                ends.push(format!("{end:.2}"));
            }
        }
        all &= !ends.is_empty();
        texts.push(format!("{wanted} at {}", ends.join(", ")));
    }
    Ok(Finding::new(all, format!("limits inside at β = 8: {}", texts.join("; "))))
}

/// A verifier that passes wrong answers more often than right ones, both less than half of the time.
fn verified(results: &Results) -> Result<Finding> {
    let (mut texts, mut all) = (Vec::new(), true);
    for cell in results.cells("verifier-tables")? {
        let right = |key: &str| cell.number(&format!("process.accept.{key}"));
        let (a, f) = (right("true_positive")?, right("false_positive")?);
        let [before, after] = [0, cell.rounds()].map(|t| cell.mean(&CORRECT_PROBABILITY, t));
        let (before, after) = (before?.mean, after?.mean);
        all &= (after > before + 1e-9) == (a > f) && (after < before - 1e-9) == (a < f);
        texts.push(format!("{before:.2} to {after:.2} at a = {a}, f = {f}"));
    }
    let says = format!("a verifier raises P[correct] if and only if a > f: {}", texts.join(", "));
    Ok(Finding::new(all && texts.len() > 2, says))
}
