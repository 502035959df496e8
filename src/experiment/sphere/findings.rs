//! Whether rounds need what one shot needs.

use super::super::{CellRows, Finding, Results};
use super::rounds::{Sure, mean, of_cell};
use crate::Result;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells("")?;
    let mut sure = Vec::new();
    for cell in &cells {
        sure.push(of_cell(cell)?);
    }
    Ok(vec![soon(&cells, &sure), at_optimum(&cells, &sure)?, cheaper(&cells, &sure)?])
}

fn soon(cells: &[CellRows], sure: &[Vec<Sure>]) -> Finding {
    let rounds = || sure.iter().flatten().map(|one| one.round);
    let (least, most) = (rounds().fold(f64::INFINITY, f64::min), rounds().fold(0.0, f64::max));
    let all = cells.iter().zip(sure).all(|(cell, sure)| cell.replicates.len() == sure.len());
    let says = format!("every run becomes sure (max π > .9), after {least} to {most} rounds");
    Finding::new(!cells.is_empty() && all && least >= 2.0 && most <= 6.0, says)
}

/// Nine runs of ten end at y*: in few dimensions a neighbour of it may win.
fn at_optimum(cells: &[CellRows], sure: &[Vec<Sure>]) -> Result<Finding> {
    let (mut runs, mut found, mut texts) = (0, 0, Vec::new());
    for (cell, sure) in cells.iter().zip(sure) {
        let (dim, responses) = (cell.number("instance.dim")?, cell.number("instance.responses")?);
        let optimal = sure.iter().filter(|one| one.at_optimum).count();
        (runs, found) = (runs + sure.len(), found + optimal);
        texts.push(format!("{optimal} of {} at d = {dim}, |Y| = {responses}", sure.len()));
    }
    let says = format!("sure of y*: {found} of {runs} runs ({})", texts.join(", "));
    Ok(Finding::new(runs > 0 && 10 * found >= 9 * runs, says))
}

/// One shot grows with |Y|, rounds do not.
fn cheaper(cells: &[CellRows], sure: &[Vec<Sure>]) -> Result<Finding> {
    let (mut kept, mut texts) = (true, Vec::new());
    for (cell, sure) in cells.iter().zip(sure).filter(|(_, sure)| !sure.is_empty()) {
        let of = |value: fn(&Sure) -> f64| mean(&sure.iter().map(value).collect::<Vec<f64>>()).0;
        let (drawn, shot) = (of(|one| one.draws), of(|one| one.one_shot));
        let responses = cell.number("instance.responses")?;
        // At 800 draws a round the two meet near |Y| = 4000.
        kept &= drawn < 5000.0 && (0.4..1.2).contains(&(shot / responses));
        kept &= responses < 20000.0 || drawn < 0.4 * shot;
        texts.push(format!("{drawn:.0} beside {shot:.0} at |Y| = {responses}"));
    }
    let says = format!("draws of rounds beside one shot, log(10)/π_0(y*): {}", texts.join(", "));
    Ok(Finding::new(kept && !texts.is_empty(), says))
}
