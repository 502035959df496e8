//! What is looked for: exactness without noise, √(rσ²/n) of a judge, n^(−1/2) of labels, a floor and √(D/n) of an offset, M5's bound.

use super::{RHO, Source, ZERO, bounds, epsilons, floors, limits};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results};
use crate::metrics::named::{APPROXIMATION_ERROR, ESTIMATION_ERROR, RANK_FRACTION};
use crate::stats::{mean_with_error, upper_tail};

/// Standard errors that a mean may lie from its limit: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
/// n from which on limits are held against means.
const LARGE: f64 = 4096.0;
/// A count of violations this improbable, or more so, is not chance.
const FALSE_ALARM: f64 = 1e-8;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let offset = Source::Offset.cells(results)?;
    Ok(vec![
        exact(&Source::Regression.cells(results)?, "regression without noise")?,
        limit(Source::Judge, &Source::Judge.cells(results)?, "noisy judge: n ε² tends to rσ²")?,
        root(&Source::Labels.cells(results)?)?,
        whole_limit(Source::Labels, results, "labels: n ε² tends to tr(GI⁺)")?,
        limit(Source::Offset, &offset, "offset: n e² tends to D")?,
        floor(&offset)?,
        bounded(&offset)?,
        exact(&Source::SelectiveRegression.cells(results)?, "selective prompts, regression without noise")?,
        whole_limit(Source::SelectiveJudge, results, "selective prompts, noisy judge: n ε² tends to its limit")?,
        whole_limit(Source::SelectiveLabels, results, "selective prompts, labels: n ε² tends to its limit")?,
        selective_floor(results)?,
    ])
}

/// Where the features follow the reward a complete span leaves no error at all, at prompts that were not drawn either.
fn exact(cells: &[CellRows], what: &str) -> Result<Finding> {
    let (mut complete, mut wrong) = (0, 0);
    for cell in cells {
        let of_runs = cell.values(&RANK_FRACTION, 1)?.into_iter().zip(epsilons(cell)?);
        for (_, epsilon) in of_runs.filter(|(rank, _)| *rank == 1.0) {
            complete += 1;
            wrong += usize::from(epsilon > ZERO);
        }
    }
    let text = format!("{what}: of {complete} runs with a complete span {wrong} have an error ε above {ZERO:e}");
    Ok(Finding::new(complete > 0 && wrong == 0, text))
}

/// n e² over its limit: the mean of each n from [`LARGE`] on lies within [`FAR`] standard errors of 1.
fn limit(source: Source, cells: &[CellRows], what: &str) -> Result<Finding> {
    let (mut means, mut farthest) = (0, 0.0f64);
    for cell in cells {
        let samples = cell.number("process.samples")?;
        let Some(limits) = limits(source, cell)?.filter(|_| samples >= LARGE) else { continue };
        let errors = cell.values(&ESTIMATION_ERROR, 1)?;
        let count = errors.len() as f64;
        let ratios = errors.iter().zip(&limits).map(|(error, (trace, _))| samples * error * error / trace);
        let mean = ratios.sum::<f64>() / count;
        let variance: f64 = limits.iter().map(|(trace, square)| 2.0 * square / trace.powi(2)).sum();
        means += 1;
        farthest = farthest.max((mean - 1.0).abs() / (variance.sqrt() / count));
    }
    let text = format!(
        "{what}: of {means} means the farthest lies {farthest:.1} standard errors from it (up to {FAR} expected)"
    );
    Ok(Finding::new(means > 0 && farthest <= FAR, text))
}

/// n ε² over its limit, where ε has no floor: as above. A cell of few runs is known to a part of itself only, by the law.
fn whole_limit(source: Source, results: &Results, what: &str) -> Result<Finding> {
    let (mut means, mut farthest, mut closest) = (0, 0.0f64, f64::INFINITY);
    for cell in source.cells(results)? {
        let samples = cell.number("process.samples")?;
        let Some(limits) = limits(source, &cell)?.filter(|_| samples >= LARGE) else { continue };
        let count = limits.len() as f64;
        let ratios =
            epsilons(&cell)?.into_iter().zip(&limits).map(|(epsilon, (trace, _))| samples * epsilon * epsilon / trace);
        let mean = ratios.sum::<f64>() / count;
        let variance: f64 = limits.iter().map(|(trace, square)| 2.0 * square / trace.powi(2)).sum();
        let error = variance.sqrt() / count;
        means += 1;
        farthest = farthest.max((mean - 1.0).abs() / error);
        closest = closest.min(error);
    }
    let text = format!(
        "{what}: of {means} means, each known to {:.0}%, the farthest lies {farthest:.1} standard errors from it (up to {FAR} expected)",
        100.0 * closest
    );
    Ok(Finding::new(means > 0 && farthest <= FAR, text))
}

/// Where features do not follow the reward, a step that is fitted to some prompts misses more on all of them than the class has to: by how
/// much is compared run by run, at the largest n, with the floor that all prompts leave.
fn selective_floor(results: &Results) -> Result<Finding> {
    let cells = Source::SelectiveOffset.cells(results)?;
    let largest = cells.iter().filter_map(|cell| cell.number("process.samples").ok()).fold(0.0, f64::max);
    let (mut sum, mut least, mut runs) = (0.0, f64::INFINITY, 0);
    for cell in cells.iter().filter(|cell| cell.number("process.samples").is_ok_and(|n| n == largest)) {
        for (epsilon, floor) in epsilons(cell)?.into_iter().zip(floors(cell)?) {
            runs += 1;
            sum += epsilon / floor - 1.0;
            least = least.min(epsilon / floor - 1.0);
        }
    }
    let mean = sum / f64::from(runs);
    let text = format!(
        "selective prompts, offset: at n = {largest} ε lies {:.1}% above the floor that all prompts leave, in the mean of {runs} runs, {:.2}% at least",
        100.0 * mean,
        100.0 * least
    );
    // With all prompts it is within 1e-5 of the floor there.
    Ok(Finding::new(runs > 0 && mean > 3e-4, text))
}

/// n ε² of labels is the same at both ends of the large n, so that ε falls as n^(−1/2).
fn root(cells: &[CellRows]) -> Result<Finding> {
    let large: Vec<&CellRows> =
        cells.iter().filter(|cell| cell.number("process.samples").is_ok_and(|n| n >= LARGE)).collect();
    let (Some(first), Some(last)) = (large.first(), large.last()) else {
        return Ok(Finding::new(false, "labels: no n large enough"));
    };
    let scaled = |cell: &CellRows| -> Result<(f64, f64, f64)> {
        let n = cell.number("process.samples")?;
        let (mean, error) = mean_with_error(&epsilons(cell)?.iter().map(|e| n * e * e).collect::<Vec<_>>());
        Ok((n, mean, error.unwrap_or(f64::INFINITY) / mean))
    };
    let ((n, here, one), (m, there, other)) = (scaled(first)?, scaled(last)?);
    let width = 2.0 * (m / n).ln();
    let (exponent, error) = ((there / here).ln() / width - 0.5, one.hypot(other) / width);
    // An exponent known to no better than a quarter would tell nothing from n^(−1/4) or n^(−3/4).
    let expected = (exponent + 0.5).abs() <= FAR * error && FAR * error < 0.25;
    let exponent = format!("{exponent:.3}").replace('-', "−");
    let text = format!(
        "labels: exponent of ε in n {exponent} ± {error:.3} from n = {n} to {m}, −0.5 expected (to {FAR} errors)"
    );
    Ok(Finding::new(expected, text))
}

/// More samples do not lower ε below what the class misses.
fn floor(cells: &[CellRows]) -> Result<Finding> {
    let largest = cells.iter().filter_map(|cell| cell.number("process.samples").ok()).fold(0.0, f64::max);
    let (mut farthest, mut least, mut runs) = (0.0f64, f64::INFINITY, 0);
    for cell in cells.iter().filter(|cell| cell.number("process.samples").is_ok_and(|n| n == largest)) {
        for (epsilon, floor) in epsilons(cell)?.into_iter().zip(cell.values(&APPROXIMATION_ERROR, 1)?) {
            runs += 1;
            farthest = farthest.max((epsilon / floor - 1.0).abs());
            least = least.min(floor);
        }
    }
    let text = format!(
        "offset: at n = {largest} ε lies within {farthest:.1e} of its floor ε_app in each of {runs} runs, which is {least:.3} nats at least"
    );
    Ok(Finding::new(runs > 0 && farthest < 0.01 && least > 0.01, text))
}

/// M5's bound: finite in every run from [`LARGE`] on, violated no oftener than it may be, and near enough to be a bound of something.
fn bounded(cells: &[CellRows]) -> Result<Finding> {
    let (mut said, mut broken, mut silent, mut closest) = (0u64, 0u64, 0, 0.0f64);
    for cell in cells {
        let large = cell.number("process.samples")? >= LARGE;
        for (error, bound) in cell.values(&ESTIMATION_ERROR, 1)?.into_iter().zip(bounds(cell)?) {
            if bound.is_finite() {
                said += 1;
                broken += u64::from(error > bound);
                closest = closest.max(error / bound);
            } else {
                silent += usize::from(large);
            }
        }
    }
    let holds = broken == 0 || upper_tail(broken, said, RHO)? > FALSE_ALARM;
    let text = format!(
        "offset: e exceeds the bound of M5 in {broken} of {said} runs, {RHO} allowed; e is {closest:.2} of the bound at most; {silent} runs from \
         n = {LARGE} on have no bound"
    );
    Ok(Finding::new(said > 0 && holds && silent == 0 && closest > 0.1, text))
}
