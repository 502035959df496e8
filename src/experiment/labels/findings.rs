//! What is looked for: limits of n ε², a cost of each direction, floors of biased labels, no optimum, and steps that are bounded.

use super::super::{CellRows, Finding, Results};
use super::tables::{Finite, Source, limits};
use super::{LARGE, ZERO};
use crate::Result;
use crate::metrics::named::{AT_INFINITY, DIFFERENCE_RANK, LABEL_TRACE, LOG_ODDS, POPULATION_LOSS, RANK_FRACTION};

/// Standard errors that a mean may lie from its limit: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![
        exact(&Source::Clean.cells(results)?)?,
        limit(Source::Judge, results, "noisy judge: n ε² tends to 2s² rank G")?,
        limit(Source::Labels, results, "labels: n ε² tends to tr(GI⁺)")?,
        cost(&results.cells("floor")?)?,
        biased(results)?,
        separable(results)?,
        bounded(&results.cells("flips")?)?,
        linear(&results.cells("win-rate")?)?,
    ])
}

/// A complete span leaves no error at all.
fn exact(cells: &[CellRows]) -> Result<Finding> {
    let (mut complete, mut wrong) = (0, 0);
    for cell in cells {
        let of_runs = cell.values(&RANK_FRACTION, 1)?.into_iter().zip(cell.values(&POPULATION_LOSS, 1)?);
        for (_, loss) in of_runs.filter(|(rank, _)| *rank == 1.0) {
            complete += 1;
            wrong += usize::from(loss.sqrt() > ZERO);
        }
    }
    let text =
        format!("differences without noise: of {complete} runs with a complete span {wrong} have an ε above {ZERO:e}");
    Ok(Finding::new(complete > 0 && wrong == 0, text))
}

/// n ε² over its limit: the mean of each n from [`LARGE`] on lies within [`FAR`] standard errors of 1.
fn limit(source: Source, results: &Results, what: &str) -> Result<Finding> {
    let (mut means, mut farthest) = (0, 0.0f64);
    for cell in source.cells(results)? {
        let n = cell.number("process.samples")?;
        let finite = Finite::of(source, &cell)?;
        let Some(limits) = limits(source, &cell, &finite)?.filter(|limits| n >= LARGE && !limits.is_empty()) else {
            continue;
        };
        let count = limits.len() as f64;
        let losses = finite.values(&cell, &POPULATION_LOSS)?;
        let mean = losses.iter().zip(&limits).map(|(loss, (trace, _))| n * loss / trace).sum::<f64>() / count;
        let variance: f64 = limits.iter().map(|(trace, square)| 2.0 * square / trace.powi(2)).sum();
        means += 1;
        farthest = farthest.max((mean - 1.0).abs() / (variance.sqrt() / count));
    }
    let text =
        format!("{what}: of {means} means from n = {LARGE} on the farthest lies {farthest:.1} standard errors from it");
    Ok(Finding::new(means > 1 && farthest <= FAR, text))
}

/// tr(GI⁺)/rank G: 4 where the policy is uniform, more the sharper it is.
fn cost(cells: &[CellRows]) -> Result<Finding> {
    let mut costs = Vec::new();
    for cell in cells {
        let pairs = cell.values(&LABEL_TRACE, 1)?.into_iter().zip(cell.values(&DIFFERENCE_RANK, 1)?);
        let each: Vec<f64> = pairs.map(|(trace, rank)| trace / rank).collect();
        costs.push((cell.number("instance.theta_norm")?, each.iter().sum::<f64>() / each.len() as f64));
    }
    costs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let told: Vec<String> = costs.iter().map(|(norm, each)| format!("{each:.2} at ‖θ‖ = {norm}")).collect();
    let rising = costs.windows(2).all(|pair| pair[0].1 < pair[1].1);
    let uniform = costs.first().is_some_and(|(norm, each)| *norm == 0.0 && (each - 4.0).abs() < 1e-9);
    let text = format!("a direction costs tr(GI⁺)/rank G in labels: {}", told.join(", "));
    Ok(Finding::new(rising && uniform && costs.len() > 1, text))
}

/// More samples do not help against another temperature than that of the rewards, nor against flips.
fn biased(results: &Results) -> Result<Finding> {
    let mut kept = true;
    let mut texts = Vec::new();
    for (source, what) in [(Source::Warm, "τ = 2"), (Source::Flipped, "e = 0.15"), (Source::Labels, "neither")] {
        let mut means = Vec::new();
        for cell in source.cells(results)? {
            let n = cell.number("process.samples")?;
            let losses = Finite::of(source, &cell)?.values(&cell, &POPULATION_LOSS)?;
            if n >= LARGE && !losses.is_empty() {
                means.push((n, losses.iter().map(|loss| loss.sqrt()).sum::<f64>() / losses.len() as f64));
            }
        }
        let (Some(first), Some(last)) = (means.first(), means.last()) else { continue };
        kept &= if source == Source::Labels { last.1 < 0.2 * first.1 } else { last.1 > 0.8 * first.1 };
        texts.push(format!("{what} {:.3} at n = {}, {:.3} at n = {}", first.1, first.0, last.1, last.0));
    }
    let text = format!("ε of labels, by what is between them and the rewards: {}", texts.join("; "));
    Ok(Finding::new(kept && texts.len() == 3, text))
}

/// Few labels can be separated, and have no finite minimiser.
fn separable(results: &Results) -> Result<Finding> {
    let (mut few, mut large, mut least) = (0.0, 0, f64::INFINITY);
    for cell in Source::Labels.cells(results)? {
        let n = cell.number("process.samples")?;
        let infinite = cell.values(&AT_INFINITY, 1)?;
        if n < least {
            (least, few) = (n, infinite.iter().sum::<f64>() / infinite.len() as f64);
        }
        if n >= LARGE {
            large += infinite.iter().filter(|at| **at > 0.0).count();
        }
    }
    let text = format!(
        "labels without a finite minimiser: a share of {few:.3} at n = {least}, {large} runs from n = {LARGE} on"
    );
    Ok(Finding::new(few > 0.0 && large == 0, text))
}

/// With flips the last step is the largest that there is, up to 1%.
fn bounded(cells: &[CellRows]) -> Result<Finding> {
    let (mut count, mut farthest) = (0, 0.0f64);
    for cell in cells {
        let flip = cell.number("process.labels.flip")?;
        let largest = ((1.0 - flip) / flip).ln() / cell.number("process.beta")?;
        let end = cell.rounds();
        let ends: Vec<f64> =
            [end - 1, end].iter().map(|&t| Ok(cell.value(0, &LOG_ODDS, t)?.abs())).collect::<Result<_>>()?;
        // A loop that is still near its start has not met its end: log-odds of ten temperatures.
        if ends[1] > 10.0 * cell.number("process.labels.temperature").unwrap_or(1.0) {
            count += 1;
            farthest = farthest.max(((ends[1] - ends[0]) / largest - 1.0).abs());
        }
    }
    let text = format!(
        "flips: the last step of {count} loops beside log((1−e)/e)/β, the largest: off by {farthest:.1e} of it at most"
    );
    Ok(Finding::new(count > 0 && farthest < 0.01, text))
}

/// Hard win rates take steps of ½/β, whatever the log-odds.
fn linear(cells: &[CellRows]) -> Result<Finding> {
    let mut farthest = 0.0f64;
    for cell in cells {
        let beta = cell.number("process.beta")?;
        for t in 0..cell.rounds() {
            let step = cell.value(0, &LOG_ODDS, t + 1)?.abs() - cell.value(0, &LOG_ODDS, t)?.abs();
            farthest = farthest.max((step * 2.0 * beta - 1.0).abs());
        }
    }
    let text = format!(
        "win rates with hard labels: every step of {} loops beside 1/(2β): off by {farthest:.1e} of it at most",
        cells.len()
    );
    Ok(Finding::new(!cells.is_empty() && farthest < 1e-9, text))
}
