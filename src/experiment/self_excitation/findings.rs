//! What a loop does to itself.

use super::super::{CellRows, Finding, Results};
use super::directions::{crashed, of_base_policy, of_first_pairs};
use super::tables::{largest, middle};
use crate::Result;
use crate::metrics::named::{CIRCLE_ANGLE, GAIN_MAX, GAIN_MIN, LOG_ODDS, RANK_LOSSES, THETA_NORM};
use crate::papers::loops::theory::normalised::{angle_law, frozen_round, threshold};

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let saw = results.cells("sawtooth")?;
    Ok(vec![
        known_before(&results.cells("kept")?)?,
        anew(&results.cells("anew")?)?,
        gains(&results.cells("ridge")?)?,
        teeth(&saw)?,
        span(&saw)?,
        blow_up(&results.cells("blow-up")?)?,
        circle(&results.cells("mirror")?)?,
        frozen(&results.cells("frozen-grpo")?)?,
    ])
}

fn known_before(kept: &[CellRows]) -> Result<Finding> {
    let (mut runs, mut right, mut crashes) = (0, 0, Vec::new());
    for cell in kept {
        for (replicate, &number) in cell.numbers.iter().enumerate() {
            let last = cell.rounds() as u32;
            let stated = of_first_pairs(cell, number, 0.0)?.crash.filter(|&t| t <= last);
            let found = crashed(cell, replicate)?;
            runs += 1;
            right += usize::from(found == stated);
            crashes.extend(found);
        }
    }
    let (least, most) = (crashes.iter().min().copied().unwrap_or(0), crashes.iter().max().copied().unwrap_or(0));
    let says = format!(
        "the pairs of the first round say when ‖θ_t‖ passes 10⁴, or that it does not: right in {right} of {runs} runs, of which {} crash, after {least} to {most} rounds",
        crashes.len()
    );
    Ok(Finding::new(runs > 0 && right == runs && !crashes.is_empty() && crashes.len() < runs, says))
}

/// With a ridge the sample's curvatures differ from the population's, and so do multipliers, by a little.
fn anew(cells: &[CellRows]) -> Result<Finding> {
    let (mut runs, mut furthest) = (0, 0u32);
    for cell in cells {
        for (replicate, &number) in cell.numbers.iter().enumerate() {
            let last = cell.rounds() as u32 + 1;
            let stated = of_base_policy(cell, number)?.crash.map_or(last, |t| t.min(last));
            let found = crashed(cell, replicate)?.unwrap_or(last);
            runs += 1;
            furthest = furthest.max(found.abs_diff(stated));
        }
    }
    let says = format!(
        "where pairs are drawn anew from π_0 its population's multipliers miss the crash by at most {furthest} rounds in {runs} runs"
    );
    Ok(Finding::new(runs > 0 && furthest <= 4, says))
}

fn gains(cells: &[CellRows]) -> Result<Finding> {
    let (mut kept, mut texts) = (!cells.is_empty(), Vec::new());
    for cell in cells {
        let (last, n) = (cell.rounds(), cell.label("process.samples"));
        let mean = |of, t| cell.mean(of, t).map(|mean| mean.mean);
        let (first, end, most) = (mean(&GAIN_MIN, 1)?, mean(&GAIN_MIN, last)?, mean(&GAIN_MAX, last)?);
        kept &= first > 0.45 && end < 0.8 * first && most > end;
        texts.push(format!("the least from {first:.3} to {end:.3}, the largest {most:.3} in round {last} at n = {n}"));
    }
    Ok(Finding::new(kept, format!("with a ridge gains fall as the policy sharpens: {}", texts.join("; "))))
}

/// How many rounds of a replicate let ‖θ_t‖ fall.
fn falls(cell: &CellRows, replicate: usize) -> Result<usize> {
    let lengths = (0..=cell.rounds()).map(|t| cell.value(replicate, &THETA_NORM, t)).collect::<Result<Vec<f64>>>()?;
    Ok(lengths.windows(2).filter(|pair| pair[1] < pair[0]).count())
}

fn teeth(saw: &[CellRows]) -> Result<Finding> {
    let (mut least, mut texts, mut ends) = (usize::MAX, Vec::new(), 0.0f64);
    for cell in saw {
        let replicates = 0..cell.replicates.len();
        let counts = replicates.clone().map(|replicate| falls(cell, replicate)).collect::<Result<Vec<usize>>>()?;
        least = least.min(counts.into_iter().min().unwrap_or(0));
        let (height, _) = middle(replicates.map(|replicate| largest(cell, replicate)).collect::<Result<_>>()?);
        ends = ends.max(height);
        texts.push(format!("{height:.0} at n = {}", cell.label("process.samples")));
    }
    let says = format!(
        "with pairs of π_t every run falls, in at least {least} of 150 rounds; the largest ‖θ_t‖ is {} (medians)",
        texts.join(", ")
    );
    Ok(Finding::new(!saw.is_empty() && least >= 1 && ends < 1e12, says))
}

fn span(saw: &[CellRows]) -> Result<Finding> {
    let (mut all, mut texts) = (!saw.is_empty(), Vec::new());
    for cell in saw {
        let (losses, _) = middle(cell.values(&RANK_LOSSES, cell.rounds())?);
        all &= losses > 0.0;
        texts.push(format!("{losses:.0} at n = {}", cell.label("process.samples")));
    }
    Ok(Finding::new(
        all,
        format!("the pairs do not span all directions in {} rounds of 150 (medians)", texts.join(", ")),
    ))
}

fn blow_up(fixed: &[CellRows]) -> Result<Finding> {
    let (mut fallen, mut least) = (0, f64::INFINITY);
    for cell in fixed {
        for replicate in 0..cell.replicates.len() {
            fallen += falls(cell, replicate)?;
            least = least.min(largest(cell, replicate)?);
        }
    }
    let says = format!("with pairs of π_0 ‖θ_t‖ never falls, and is {least:.0e} or more after 150 rounds");
    Ok(Finding::new(!fixed.is_empty() && fallen == 0 && least > 1e40, says))
}

fn circle(mirror: &[CellRows]) -> Result<Finding> {
    let mut furthest = 0.0f64;
    for cell in mirror {
        let (beta, start) = (cell.number("process.beta")?, cell.value(0, &CIRCLE_ANGLE, 0)?);
        for t in 1..=cell.rounds() {
            let angle = cell.value(0, &CIRCLE_ANGLE, t)?;
            furthest = furthest.max((angle - angle_law(start, angle, beta, t as f64)?).abs() * beta * beta);
        }
    }
    let says = format!("the angle follows its second-order law to {furthest:.2}/β² in {} cells", mirror.len());
    Ok(Finding::new(!mirror.is_empty() && furthest < 1.0, says))
}

fn frozen(cells: &[CellRows]) -> Result<Finding> {
    let (mut kept, mut stay, mut cross) = (true, 0, 0);
    for cell in cells {
        let (beta, start) = (cell.number("process.beta")?, cell.value(0, &LOG_ODDS, 0)?);
        let end = cell.value(0, &LOG_ODDS, cell.rounds())?;
        if beta < threshold(start)? {
            cross += 1;
            kept &= frozen_round(start, beta, end) > 700.0;
        } else {
            stay += 1;
            kept &= end.abs() < 10.0;
        }
    }
    let says = format!(
        "a frozen reference holds the loop at {stay} values of β 2% above the threshold, and not at {cross} values 2% below"
    );
    Ok(Finding::new(kept && stay > 0 && cross > 0, says))
}
