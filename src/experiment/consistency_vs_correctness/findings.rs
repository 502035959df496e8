//! What consistency without correctness looks like.

use super::super::{CellRows, Finding, Results};
use super::{ELSEWHERE, FAILURE, KNOBS, SURE, astray};
use crate::Result;
use crate::metrics::named::{ACCURACY, DRIFT, Metric};
use crate::stats::paired;

/// The probability with which one finding may raise a false alarm, shared evenly among its comparisons.
const ALARM: f64 = 1e-8;

/// A rise of accuracy that would count: more than two of the 256 questions.
const RISE: f64 = 2.0 / 256.0;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let picture = results.cells("picture")?;
    let knobs = KNOBS.iter().map(|(part, ..)| results.cells(part)).collect::<Result<Vec<_>>>()?;
    Ok(vec![
        region(&picture)?,
        no_wiser(&picture, &knobs)?,
        ridge(&knobs[0])?,
        noise(&knobs[1], &picture)?,
        ball(&knobs[2])?,
    ])
}

fn mean(cell: &CellRows, of: impl Into<Metric>, t: usize) -> Result<f64> {
    cell.mean(of, t).map(|mean| mean.mean)
}

fn last(cell: &CellRows, of: impl Into<Metric>) -> Result<f64> {
    mean(cell, of, cell.rounds())
}

/// The region of those sure of themselves and elsewhere exists; many samples make the drift smaller.
///
/// At n = 256 after 32 rounds F is near 0.005 and drift near 0.22, with standard deviations over replicates of 0.005 and 0.03: a
/// replicate leaves the region with probability 10^-4, three of 6 with 10^-11. The largest drift is near 0.3, that at the
/// largest n near 0.06, with standard errors below 0.015 for 6 replicates: half the largest lies 5 of them above the latter.
fn region(picture: &[CellRows]) -> Result<Finding> {
    let (mut inside, mut drifts) = (Vec::new(), Vec::new());
    for cell in picture {
        let n = cell.label("process.samples");
        for t in 0..=cell.rounds() {
            if share(cell, t)? > 0.5 {
                inside.push(format!("n = {n} from T = {t}"));
                break;
            }
        }
        drifts.push(last(cell, &DRIFT)?);
    }
    let Some(largest) = picture.last() else { return Ok(absent("region")) };
    let (most, least) = (drifts.iter().copied().fold(0.0, f64::max), drifts[drifts.len() - 1]);
    let statement = format!(
        "sure of itself (F(0.5) < {SURE}) and elsewhere (drift > {ELSEWHERE}), in most replicates: {}; at n = {} in {:.0}% of them, with \
         drift {least:.3} after {} rounds where it is {most:.3} at its worst",
        if inside.is_empty() { "nowhere".to_owned() } else { inside.join(", ") },
        largest.label("process.samples"),
        100.0 * share(largest, largest.rounds())?,
        largest.rounds()
    );
    Ok(Finding::new(!inside.is_empty() && least < 0.5 * most, statement))
}

/// The share of replicates in the region.
fn share(cell: &CellRows, t: usize) -> Result<f64> {
    let inside = astray(cell, t)?;
    Ok(inside.iter().sum::<f64>() / inside.len() as f64)
}

/// Accuracy rises nowhere by more than two questions, whatever n, T and the knobs.
fn no_wiser(picture: &[CellRows], knobs: &[Vec<CellRows>]) -> Result<Finding> {
    let (mut p_values, mut rise, mut fall) = (Vec::new(), f64::NEG_INFINITY, f64::INFINITY);
    for cell in picture.iter().chain(knobs.iter().flatten()) {
        for t in 1..=cell.rounds() {
            let start: Vec<f64> = cell.values(&ACCURACY, 0)?.iter().map(|start| start + RISE).collect();
            let change = paired(&start, &cell.values(&ACCURACY, t)?)?;
            p_values.push(change.p_above());
            rise = rise.max(change.value + RISE);
            fall = fall.min(change.value + RISE);
        }
    }
    let least = p_values.iter().copied().fold(1.0, f64::min);
    let allowed = ALARM / p_values.len() as f64;
    let statement = format!(
        "no wiser: over {} means accuracy changes by {fall:+.3} to {rise:+.4} of the base model's {:.3}; least p-value for a rise by more \
         than {RISE:.4}: {least:.1e} (down to {allowed:.0e} expected)",
        p_values.len(),
        picture.first().map_or(Ok(f64::NAN), |cell| mean(cell, &ACCURACY, 0))?
    );
    Ok(Finding::new(least >= allowed, statement))
}

/// The largest ridge leaves the model as it was: unsure, and where it started.
fn ridge(cells: &[CellRows]) -> Result<Finding> {
    let Some(strongest) = strongest(cells, "process.ridge", true)? else { return Ok(absent("ridge")) };
    let (start, failure) = (mean(strongest, FAILURE, 0)?, last(strongest, FAILURE)?);
    let drift = last(strongest, &DRIFT)?;
    let statement = format!(
        "ridge buys faithfulness with doubt: at λ = {}, n = {} drift is {drift:.3} and F(0.5) still {failure:.3} of {start:.3} after {} rounds",
        strongest.label("process.ridge"),
        strongest.label("process.samples"),
        strongest.rounds()
    );
    Ok(Finding::new(drift < 0.02 && failure > 0.8 * start, statement))
}

/// A noisy self-judge leads further away, and the model is as sure as ever.
///
/// Measured: a drift of 0.8 and more against 0.3 at n = 64, of 0.9 against 0.13 at n = 1024, standard deviations over replicates
/// below 0.1.
fn noise(cells: &[CellRows], picture: &[CellRows]) -> Result<Finding> {
    let Some(noisiest) = strongest(cells, "process.judge_noise", true)? else { return Ok(absent("noise")) };
    let (n, t) = (noisiest.label("process.samples"), noisiest.rounds());
    let Some(silent) = picture.iter().find(|cell| cell.label("process.samples") == n) else {
        return Ok(absent("noise"));
    };
    let (drift, before) = (last(noisiest, &DRIFT)?, mean(silent, &DRIFT, t)?);
    let (failure, accuracy) = (last(noisiest, FAILURE)?, last(noisiest, &ACCURACY)?);
    let statement = format!(
        "a judge with noise σ = {} leads away and leaves the model sure: at n = {n} after {t} rounds drift {drift:.3} (without noise \
         {before:.3}), F(0.5) {failure:.3}, accuracy {accuracy:.3}",
        noisiest.label("process.judge_noise")
    );
    Ok(Finding::new(drift > before + 0.1 && failure < 0.1, statement))
}

/// The tightest ball, ‖θ‖ ≤ ‖θ_0‖, makes the model forget: neither sure nor where it was.
///
/// Measured: drift 0.67, F 0.5, accuracy 0.18, with standard deviations over replicates of 0.15, 0.12 and 0.1; with 8 of them
/// what is asked lies 6 and more standard errors away.
fn ball(cells: &[CellRows]) -> Result<Finding> {
    let Some(tightest) = strongest(cells, "process.radius", false)? else { return Ok(absent("ball")) };
    let (failure, drift) = (last(tightest, FAILURE)?, last(tightest, &DRIFT)?);
    let (accuracy, start) = (last(tightest, &ACCURACY)?, mean(tightest, &ACCURACY, 0)?);
    let statement = format!(
        "a tight ball makes the model forget: at B = {} ≈ ‖θ₀‖, n = {} drift {drift:.3}, F(0.5) {failure:.3}, accuracy {accuracy:.3} (from \
         {start:.3}) after {} rounds",
        tightest.label("process.radius"),
        tightest.label("process.samples"),
        tightest.rounds()
    );
    Ok(Finding::new(drift > 0.3 && failure > 2.0 * SURE && accuracy < start, statement))
}

fn absent(what: &str) -> Finding {
    Finding::new(false, format!("{what}: no cells"))
}

/// The first cell with the largest (or smallest) value under a key.
fn strongest<'a>(cells: &'a [CellRows], key: &str, largest: bool) -> Result<Option<&'a CellRows>> {
    let mut best: Option<(f64, &CellRows)> = None;
    for cell in cells {
        let value = if largest { cell.number(key)? } else { -cell.number(key)? };
        if best.is_none_or(|(most, _)| value > most) {
            best = Some((value, cell));
        }
    }
    Ok(best.map(|(_, cell)| cell))
}
