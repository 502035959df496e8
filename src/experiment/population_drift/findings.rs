//! What population rounds do outside the paper's class.

use super::super::{CellRows, Finding, Results};
use crate::Result;
use crate::metrics::named::{DRIFT, DRIFT_MASS, ENTROPY, FAILURE, Metric, SHARPENED_SHARE, STEP_DRIFT};

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (answers, sure) = (results.cells("three-answers")?, results.cells("sure-answers")?);
    let gaussian = results.cells("gaussian")?;
    Ok(vec![
        led_away(&answers)?,
        less_sure(&sure)?,
        stalls(&answers)?,
        to_and_fro(&answers)?,
        inside(&gaussian)?,
        outside(&gaussian)?,
        hidden(&gaussian)?,
        surer(&gaussian)?,
    ])
}

fn mean(cell: &CellRows, of: impl Into<Metric>, t: usize) -> Result<f64> {
    cell.mean(of, t).map(|mean| mean.mean)
}

fn beta(cell: &CellRows) -> Result<f64> {
    cell.number("process.beta")
}

fn betas<'a>(cells: impl IntoIterator<Item = &'a CellRows>) -> String {
    cells.into_iter().map(|cell| cell.label("process.beta")).collect::<Vec<_>>().join(", ")
}

/// Cells at these β.
fn at(cells: &[CellRows], holds: impl Fn(f64) -> bool) -> Result<Vec<&CellRows>> {
    let mut found = Vec::new();
    for cell in cells {
        if holds(beta(cell)?) {
            found.push(cell);
        }
    }
    Ok(found)
}

/// M4's first law: nothing is drawn, so what is found is exact.
fn led_away(answers: &[CellRows]) -> Result<Finding> {
    let cells = at(answers, |beta| beta <= 0.1)?;
    let (mut all, mut masses) = (!cells.is_empty(), Vec::new());
    for cell in &cells {
        let moved = mean(cell, &STEP_DRIFT, 1)? == 1.0;
        let mass = if moved { mean(cell, &DRIFT_MASS, 1)? } else { f64::NAN };
        masses.push(format!("{mass:.3}"));
        all &= moved && (mass - 0.01).abs() < 1e-9 && mean(cell, &DRIFT, cell.rounds())? == 1.0;
    }
    let statement = format!(
        "from (.30, .69, .01) the first round moves the mode for good to the least likely answer at β = {}: it had probability {}",
        betas(cells),
        masses.join(", ")
    );
    Ok(Finding::new(all, statement))
}

/// M4's second law.
fn less_sure(sure: &[CellRows]) -> Result<Finding> {
    let cells = at(sure, |beta| beta == 0.5)?;
    let Some(cell) = cells.first() else { return Ok(Finding::new(false, "no sure answers at β = 0.5")) };
    let (start, after) = (mean(cell, &ENTROPY, 0)?, mean(cell, &ENTROPY, 1)?);
    let statement = format!(
        "from (.0001, .9995, .0004) at β = 0.5 the entropy rises in one round, from {start:.4} to {after:.4} nats"
    );
    Ok(Finding::new((after - start - 0.671).abs() < 5e-4, statement))
}

/// Long steps lead away; short ones end where the entropy is stationary, and nothing is followed any more.
fn stalls(answers: &[CellRows]) -> Result<Finding> {
    let cells = at(answers, |beta| beta >= 1.0)?;
    let (mut all, mut entropies) = (!cells.is_empty(), Vec::new());
    for cell in &cells {
        let last = cell.rounds();
        let (entropy, share) = (mean(cell, &ENTROPY, last)?, mean(cell, &SHARPENED_SHARE, last)?);
        entropies.push(format!("{entropy:.3} nats with R² = {share:.0e}"));
        all &= entropy > 0.4 && share < 0.01 && mean(cell, &DRIFT, last)? == 0.0;
    }
    let statement = format!(
        "from (.30, .69, .01) at β = {} the loop stalls where the entropy is stationary, keeps its mode and stays unsure: {}",
        betas(cells),
        entropies.join("; ")
    );
    Ok(Finding::new(all, statement))
}

/// In between the step is too long for the curvature, and the loop never comes to rest.
fn to_and_fro(answers: &[CellRows]) -> Result<Finding> {
    let cells = at(answers, |beta| beta == 0.3)?;
    let Some(cell) = cells.first() else { return Ok(Finding::new(false, "to and fro: no cell at β = 0.3")) };
    let last = cell.rounds();
    let entropies = (last - 3..=last).map(|t| mean(cell, &ENTROPY, t)).collect::<Result<Vec<f64>>>()?;
    let least = entropies.iter().copied().fold(f64::INFINITY, f64::min);
    let most = entropies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let statement = format!(
        "at β = 0.3 it goes to and fro: in the last four rounds the entropy rises and falls between {least:.3} and {most:.3} nats"
    );
    let turns = entropies.windows(3).all(|of| (of[1] - of[0]) * (of[2] - of[1]) < 0.0);
    Ok(Finding::new(turns && most - least > 0.05, statement))
}

fn noise(cell: &CellRows) -> Result<f64> {
    cell.number("instance.offset.noise")
}

fn of_noise<'a>(cells: &'a [CellRows], holds: impl Fn(f64) -> bool) -> Result<Vec<&'a CellRows>> {
    let mut found = Vec::new();
    for cell in cells {
        if holds(noise(cell)?) {
            found.push(cell);
        }
    }
    Ok(found)
}

/// An offset that the features can follow is a shift of θ: no mode ever moves.
fn inside(gaussian: &[CellRows]) -> Result<Finding> {
    let cells = of_noise(gaussian, |noise| noise == 0.0)?;
    let (mut drift, mut share) = (0.0f64, 1.0f64);
    for cell in &cells {
        for t in 1..=cell.rounds() {
            drift = cell.values(&DRIFT, t)?.into_iter().fold(drift, f64::max);
        }
        share = cell.values(&SHARPENED_SHARE, 1)?.into_iter().fold(share, f64::min);
    }
    let statement = format!(
        "an offset in the span of the features moves nothing: s = 0 has R² = 1 to {:.0e} and a largest drift of {drift}",
        1.0 - share
    );
    Ok(Finding::new(!cells.is_empty() && drift == 0.0 && share > 1.0 - 1e-9, statement))
}

/// What they cannot follow moves modes, the more the larger it is, in every instance.
///
/// Measured at the last round: drifts near 0.08, 0.21 and 0.53 (β ≤ 1), with standard deviations over instances below 0.03: each order
/// stands 4 standard deviations off in a single instance of four.
fn outside(gaussian: &[CellRows]) -> Result<Finding> {
    let (mut all, mut texts) = (!gaussian.is_empty(), Vec::new());
    for cells in groups(gaussian)? {
        let mut least = 0.0;
        let mut drifts = Vec::new();
        for cell in of_noise(&cells, |noise| noise > 0.0 && noise <= 1.0)? {
            let values = cell.values(&DRIFT, cell.rounds())?;
            let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
            let drift = mean(cell, &DRIFT, cell.rounds())?;
            all &= smallest > 0.0 && drift > 1.5 * least;
            drifts.push(format!("{drift:.3}"));
            least = drift;
        }
        texts.push(format!("β = {}: {}", cells[0].label("process.beta"), drifts.join(", ")));
    }
    let statement = format!(
        "drift without sampling grows with what the features cannot follow; after the last round at s = 0.1, 0.3, 1 {}",
        texts.join("; ")
    );
    Ok(Finding::new(all, statement))
}

/// Sharpening makes the class look better: what is followed grows, what is not stands still.
fn hidden(gaussian: &[CellRows]) -> Result<Finding> {
    let cells = of_noise(gaussian, |noise| noise > 0.0)?;
    let (mut all, mut texts) = (!cells.is_empty(), Vec::new());
    for cell in cells {
        let (first, later) = (mean(cell, &SHARPENED_SHARE, 1)?, mean(cell, &SHARPENED_SHARE, 5)?);
        all &= later > first;
        if beta(cell)? == 1.0 {
            texts.push(format!("{first:.3} to {later:.3}"));
        }
    }
    let statement =
        format!("the loop hides it: R² rises from the first to the fifth round, at β = 1 from {}", texts.join(", "));
    Ok(Finding::new(all, statement))
}

/// Meanwhile the loop does what it promises.
fn surer(gaussian: &[CellRows]) -> Result<Finding> {
    let cells = of_noise(gaussian, |noise| noise <= 1.0)?;
    let (mut all, mut worst) = (!cells.is_empty(), 0.0f64);
    for cell in cells {
        let (start, end) = (mean(cell, FAILURE.at(0.5), 0)?, mean(cell, FAILURE.at(0.5), cell.rounds())?);
        worst = worst.max(end / start);
        all &= end < 0.2 * start;
    }
    let statement = format!(
        "and becomes surer all the same: for s ≤ 1 F(0.5) falls to at most {:.1}% of what it was",
        100.0 * worst
    );
    Ok(Finding::new(all, statement))
}

/// The cells of each β.
fn groups(cells: &[CellRows]) -> Result<Vec<Vec<CellRows>>> {
    let mut groups: Vec<Vec<CellRows>> = Vec::new();
    for cell in cells {
        let own = beta(cell)?;
        match groups.iter_mut().find(|group| beta(&group[0]).is_ok_and(|other| other == own)) {
            Some(group) => group.push(cell.clone()),
            None => groups.push(vec![cell.clone()]),
        }
    }
    Ok(groups)
}
