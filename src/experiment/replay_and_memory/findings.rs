//! What memory does.

use super::super::{CellRows, Finding, Results};
use super::resampled::Laws;
use super::tables::{logistic, replayed};
use crate::Result;
use crate::metrics::named::{DISAGREEMENT, LOG_ODDS};
use crate::papers::loops::theory::memory::{accumulation_limit, attractor};

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![
        threshold(&results.cells("replay")?)?,
        fork(&results.cells("pitchfork")?)?,
        sampled(&results.cells("pitchfork-sampled")?)?,
        accumulated(&results.cells("accumulate")?)?,
        resampled(&results.cells("unfiltered")?)?,
    ])
}

/// p at the start and at the end of a replicate.
fn ends(cell: &CellRows, replicate: usize) -> Result<(f64, f64)> {
    let p = |t: usize| cell.value(replicate, &LOG_ODDS, t).map(logistic);
    Ok((p(0)?, p(cell.rounds())?))
}

fn threshold(replay: &[CellRows]) -> Result<Finding> {
    let (mut above, mut below, mut kept) = (0, f64::INFINITY, true);
    for cell in replay {
        let (lambda, critical) = (replayed(cell)?, 1.0 / (1.0 + cell.number("process.beta")?));
        let (start, end) = ends(cell, 0)?;
        if lambda > critical {
            above += 1;
            kept &= (end - 0.5).abs() < 1e-6;
        } else {
            below = below.min((end - 0.5) * (start - 0.5).signum());
        }
    }
    let says = format!(
        "0.02 above λ_c = 1/(1+β) p ends at ½ from every start ({above} cells); 0.02 below it ends at least {below:.2} from ½, on the side of its start"
    );
    Ok(Finding::new(kept && above > 0 && below.is_finite() && below > 0.05, says))
}

fn fork(cells: &[CellRows]) -> Result<Finding> {
    let mut furthest = 0.0f64;
    for cell in cells {
        let (lambda, beta) = (replayed(cell)?, cell.number("process.beta")?);
        let ((start, end), upper) = (ends(cell, 0)?, attractor(lambda, beta)?);
        // At the threshold itself the approach is slower than geometric.
        if (lambda - 1.0 / (1.0 + beta)).abs() > 0.01 {
            furthest = furthest.max((end - if start > 0.5 { upper } else { 1.0 - upper }).abs());
        }
    }
    let says = format!("population runs end at the attractors to {furthest:.0e} in {} cells", cells.len());
    Ok(Finding::new(!cells.is_empty() && furthest < 1e-6, says))
}

/// Runs of 1000 answers a round: below half of λ_c they keep the side of their start, well above it they do not stay away from ½.
fn sampled(cells: &[CellRows]) -> Result<Finding> {
    let (mut kept, mut sides, mut away) = (!cells.is_empty(), 0, 0.0f64);
    for cell in cells {
        let (lambda, critical) = (replayed(cell)?, 1.0 / (1.0 + cell.number("process.beta")?));
        if cell.number("process.samples")? < 1000.0 {
            continue;
        }
        for replicate in 0..cell.replicates.len() {
            let (start, end) = ends(cell, replicate)?;
            if lambda < 0.5 * critical {
                sides += 1;
                kept &= (end - 0.5) * (start - 0.5) > 0.0;
            } else if lambda > 1.15 * critical {
                away = away.max((end - 0.5).abs());
            }
        }
    }
    let says = format!(
        "of runs that draw 1000 answers a round all {sides} keep the side of their start for λ below λ_c/2, and none ends further than {away:.2} from ½ for λ above 1.15 λ_c"
    );
    Ok(Finding::new(kept && sides > 0 && away < 0.2, says))
}

fn accumulated(cells: &[CellRows]) -> Result<Finding> {
    let (mut kept, mut texts) = (!cells.is_empty(), Vec::new());
    for cell in cells {
        let (beta, last) = (cell.number("process.beta")?, cell.rounds());
        let (start, end) = ends(cell, 0)?;
        let (limit, scaled) = (accumulation_limit(start, beta)?.0, (last + 1) as f64 * (1.0 - end));
        kept &= (scaled / limit - 1.0).abs() < 0.01;
        texts.push(format!("{scaled:.3} after {last} rounds (limit {limit:.3}) at β = {beta}"));
    }
    Ok(Finding::new(
        kept,
        format!("if all answers are kept 1 − p falls like 1/t: (t+1)(1−p_t) is {}", texts.join(", ")),
    ))
}

fn resampled(cells: &[CellRows]) -> Result<Finding> {
    let (mut kept, mut texts) = (!cells.is_empty(), Vec::new());
    for cell in cells {
        let (laws, last) = (Laws::of(cell)?, cell.rounds());
        let (first, end) = (cell.mean(&DISAGREEMENT, 0)?.mean, cell.mean(&DISAGREEMENT, last)?.mean);
        let stated = laws.mean_disagreement(last);
        kept &= end < first && (end / stated - 1.0).abs() < 0.25;
        texts.push(format!("{first:.3} to {end:.4} (law {stated:.4}) at n = {}", cell.label("process.samples")));
    }
    let says = format!("variety is lost by resampling alone: two answers differ with probability {}", texts.join(", "));
    Ok(Finding::new(kept, says))
}
