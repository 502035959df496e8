//! The rules for a linearised model that docs/language-model.md draws from R², margins and β: what of them the rows must show.
//!
//! Nothing is drawn in these parts. ¼ of R², ¼ of ε/(1+β), a fifth and a third of F(0.5) were read off the rows of the full profile. So
//! these findings notice when rows say otherwise; the one that tests more than it was read off from is [`foretold`], which
//! takes its factor from one β and counts at the others.

use super::super::{Finding, Results};
use super::capacity::{Capacity, PART, capacities, linearised};
use super::{FAILURE, HALF_A_PROMPT, mean};
use crate::metrics::named::{ACCURACY, CORRECT_PROBABILITY};
use crate::{Error, Result};

/// R² at which the first gain was seen.
const LEAST_SHARE: f64 = 0.25;
/// A gain that is worth stopping for, as a part of what a loop with nothing fixed could gain.
pub(super) const WORTH: f64 = 0.1;
/// Standard errors of a count within which the rule's count must be: one count in twenty would be outside by chance.
const ERRORS: f64 = 2.0;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (cells, all) = (capacities(results)?, linearised(results)?);
    Ok(vec![gains(&cells)?, none_below(&all)?, foretold(&all)?, turned(&all)?, stop(&cells)?])
}

/// The gain at the best β and t is (R² − ¼) times what is there to gain, to less than one prompt.
fn gains(cells: &[Capacity]) -> Result<Finding> {
    let (mut worst, mut at) = (0.0, 0);
    for cell in cells {
        let of_dim = cells.iter().filter(|other| other.dim == cell.dim);
        let gain = of_dim.map(|other| other.best.1).fold(0.0, f64::max);
        let off = (gain - (cell.share - LEAST_SHARE).max(0.0) * cell.most()?).abs();
        if off > worst {
            (worst, at) = (off, cell.dim);
        }
    }
    let statement = format!(
        "J gains about (R² − ¼) times what a loop with nothing fixed could gain: at the best β and t it is off by at \
         most {worst:.4}, with {at} directions"
    );
    Ok(Finding::new(worst < 2.0 * HALF_A_PROMPT, statement))
}

/// Below R² = ¼ every round loses.
fn none_below(cells: &[Capacity]) -> Result<Finding> {
    let (mut count, mut falls) = (0, true);
    for cell in cells.iter().filter(|cell| cell.share < LEAST_SHARE) {
        count += 1;
        for t in 1..=cell.cell.rounds() {
            let (before, after) =
                (mean(&cell.cell, &CORRECT_PROBABILITY, t - 1)?, mean(&cell.cell, &CORRECT_PROBABILITY, t)?);
            falls &= after < before;
        }
    }
    let words = if falls { "J falls in every round" } else { "J rises in some round" };
    Ok(Finding::new(count > 0 && falls, format!("below R² = ¼ {words}, in {count} choices of directions and β")))
}

/// The first round turns the favourites with margins below a factor times ε/(1+β). The factor is taken from β = 1, so that as many are
/// foretold as were turned there, and is tested at the other β; the rule's own ¼ at all. Limits are the binomial error of a
/// count among so many prompts. Cells of one β have the same prompts, so their mean is taken to be no better than one count.
fn foretold(cells: &[Capacity]) -> Result<Finding> {
    let (known, others): (Vec<&Capacity>, Vec<&Capacity>) = cells.iter().partition(|cell| cell.beta == 1.0);
    let factor = calibrated(&known)?;
    let (mut worst, mut off, mut words) = (0.0, 0.0, Vec::new());
    for cell in cells {
        worst = f64::max(worst, (cell.flips()? - cell.foretold(PART)).abs());
    }
    let mut betas: Vec<f64> = cells.iter().map(|cell| cell.beta).collect();
    betas.sort_by(f64::total_cmp);
    betas.dedup();
    for beta in betas {
        let of_beta: Vec<&Capacity> = cells.iter().filter(|cell| cell.beta == beta).collect();
        off = f64::max(off, errors(&of_beta, PART)?.2);
        if beta != 1.0 {
            let (told, seen, errors) = errors(&of_beta, factor)?;
            off = f64::max(off, errors);
            words.push(format!("{:.1}% at β = {beta}, {:.1}% foretold", 100.0 * seen, 100.0 * told));
        }
    }
    let statement = format!(
        "margins foretell the first round: with the factor of β = 1, {factor:.3}, it turns {}; by this factor or ¼ at most {off:.1} standard errors of \
         a count off; by ¼ to {:.1} prompts of {} in the worst cell",
        words.join("; "),
        cells.first().map_or(0.0, |cell| cell.margins.len() as f64 * worst),
        cells.first().map_or(0, |cell| cell.margins.len())
    );
    Ok(Finding::new(!others.is_empty() && off < ERRORS, statement))
}

/// The factor with which as many flips are foretold in these cells as were seen, half way to the next margin.
fn calibrated(cells: &[&Capacity]) -> Result<f64> {
    let mut quotients = Vec::new();
    let mut seen = -HALF_A_PROMPT;
    for cell in cells {
        quotients.extend(cell.margins.iter().map(|(margin, p)| (margin / cell.unit, *p)));
        seen += cell.flips()?;
    }
    quotients.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut told, mut last) = (0.0, 0.0);
    for (quotient, p) in quotients {
        if told > seen {
            return Ok((last + quotient) / 2.0);
        }
        (told, last) = (told + p, quotient);
    }
    Err(Error::argument("cells", cells.len(), "some with β = 1 in which a favourite stays"))
}

/// The means of foretold and of seen flips over these cells, and how many binomial errors of one count they are apart.
fn errors(cells: &[&Capacity], factor: f64) -> Result<(f64, f64, f64)> {
    let (mut told, mut seen) = (0.0, 0.0);
    for cell in cells {
        told += cell.foretold(factor) / cells.len() as f64;
        seen += cell.flips()? / cells.len() as f64;
    }
    let prompts = cells.first().map_or(f64::NAN, |cell| cell.margins.len() as f64);
    Ok((told, seen, (seen - told).abs() / (told * (1.0 - told) / prompts).sqrt()))
}

/// Of the favourites that the first round turns, more go from right to wrong than back.
fn turned(cells: &[Capacity]) -> Result<Finding> {
    let (mut fewer, mut more) = (0, 0);
    for cell in cells {
        let change = mean(&cell.cell, &ACCURACY, 1)? - mean(&cell.cell, &ACCURACY, 0)?;
        fewer += usize::from(change < -HALF_A_PROMPT);
        more += usize::from(change > HALF_A_PROMPT);
    }
    let count = cells.len();
    let statement = format!(
        "what the first round turns goes from right to wrong: fewer favourites are right after it in {fewer} of {count} cells, more in {more}"
    );
    Ok(Finding::new(more == 0 && 2 * fewer > count, statement))
}

/// Where the gain is worth it, J is at its best before a third of the unsure prompts have become sure, and to stop as soon as a fifth of
/// them have keeps most of it.
fn stop(cells: &[Capacity]) -> Result<Finding> {
    let (mut count, mut lowest, mut least) = (0, f64::INFINITY, f64::INFINITY);
    for cell in cells {
        if cell.best.1 < WORTH * cell.most()? {
            continue;
        }
        count += 1;
        let unsure = |t: usize| mean(&cell.cell, FAILURE, t);
        let start = unsure(0)?;
        lowest = lowest.min(unsure(cell.best.0)? / start);
        let mut end = cell.cell.rounds();
        for t in (1..=end).rev() {
            // Four fifths are a whole number of prompts here.
            if unsure(t)? < 0.8 * start + HALF_A_PROMPT {
                end = t;
            }
        }
        least = least.min(cell.gain(end)? / cell.best.1);
    }
    let statement = format!(
        "stop early: where the gain is worth it (cells: {count}) F(0.5) is still {lowest:.2} of its start or more when J is at its best, and \
         to stop once it has fallen by a fifth keeps {least:.3} of the gain or more"
    );
    Ok(Finding::new(count > 0 && lowest > 2.0 / 3.0 && least > 0.5, statement))
}
