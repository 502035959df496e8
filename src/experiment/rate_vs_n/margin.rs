//! The instance with a margin: failure suddenly zero (C12), and the explicit bound (C18) far above it.

use super::ROUNDS;
use super::bounds::{Bounds, RHO, bounds, promised_zero};
use super::row::{Row, power, tabulate};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results, RunConstants, Table};
use crate::metrics::named::{FAILURE, KAPPA, Metric};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::stats::upper_tail;

const PART: &str = "margin";

/// The δ of the figure.
const SHOWN: (f64, Metric) = (0.1, FAILURE.at(0.1));

pub fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells(PART)?;
    Ok(vec![sudden_zero(&cells)?, bounds_hold(&cells)?, bounds_bite(&cells)?])
}

/// The cells of one margin, by margin, in the order of the grid.
fn by_margin(cells: &[CellRows]) -> Vec<Vec<&CellRows>> {
    let same = |a: &CellRows, b: &CellRows| a.label("instance.margin") == b.label("instance.margin");
    cells.chunk_by(same).map(|cells| cells.iter().collect()).collect()
}

/// C12, exact: wherever it promises zero, zero it is; and before that it is not.
fn sudden_zero(cells: &[CellRows]) -> Result<Finding> {
    let (mut promised, mut broken) = (0, 0);
    for cell in cells {
        for rounds in ROUNDS {
            for delta in [0.5, 0.1, 0.01] {
                let failures = cell.values(FAILURE.at(delta), rounds)?;
                for (promise, failure) in promised_zero(cell, rounds, delta)?.into_iter().zip(failures) {
                    promised += usize::from(promise);
                    broken += usize::from(promise && failure != 0.0);
                }
            }
        }
    }
    let (mut drops, mut sudden) = (Vec::new(), true);
    for cells in by_margin(cells) {
        let failing = |cell: &&CellRows| cell.values(SHOWN.1, 1).is_ok_and(|values| values.iter().any(|&f| f > 0.0));
        let last = cells.iter().rposition(failing);
        let drop = last.and_then(|last| Some((cells[last], *cells.get(last + 1)?)));
        sudden &= drop.is_some();
        if let Some((last, zero)) = drop {
            drops.push(format!(
                "at margin {} from {:.3} at n = {} to 0 in every run from n = {} on",
                zero.label("instance.margin"),
                last.mean(SHOWN.1, 1)?.mean,
                power(last.number("process.samples")?),
                power(zero.number("process.samples")?)
            ));
        }
    }
    let text = format!(
        "margin: F_1(0.1) drops {}; of {promised} values that must be exactly 0 {broken} are not",
        drops.join(", ")
    );
    Ok(Finding::new(broken == 0 && promised > 0 && sudden, text))
}

/// The explicit forms, in the order of [`Bounds::explicit`].
const FORMS: [&str; 3] = ["uniform", "round by round", "complete spans"];

/// A count of violations this improbable, or more so, is not chance.
const FALSE_ALARM: f64 = 1e-8;

/// C18 in its three explicit forms is violated no oftener than it may be: in a share ρ of the runs; never where complete spans,
/// which were observed, are its only condition.
fn bounds_hold(cells: &[CellRows]) -> Result<Finding> {
    let (mut said, mut broken) = ([0u64; 3], [0u64; 3]);
    for cell in cells {
        for rounds in ROUNDS {
            for (bounds, failure) in bounds(cell, rounds, SHOWN.0)?.iter().zip(cell.values(SHOWN.1, rounds)?) {
                for (form, bound) in bounds.explicit().into_iter().enumerate() {
                    if let Some(bound) = bound.filter(|&bound| bound < 1.0) {
                        said[form] += 1;
                        broken[form] += u64::from(failure > bound);
                    }
                }
            }
        }
    }
    let mut holds = true;
    for (form, share) in [RHO, RHO, 0.0].into_iter().enumerate() {
        holds &= broken[form] == 0 || upper_tail(broken[form], said[form], share)? > FALSE_ALARM;
    }
    let count = |form: usize| format!("{} of {} ({})", broken[form], said[form], FORMS[form]);
    let counts = [0, 1, 2].map(count).join(", ");
    Ok(Finding::new(holds, format!("margin: runs above the explicit bound where it is below 1: {counts}")))
}

/// The n from which on each form is below 1 in every run, for T = 1.
fn bounds_bite(cells: &[CellRows]) -> Result<Finding> {
    let (mut texts, mut informative) = (Vec::new(), true);
    for cells in by_margin(cells) {
        let mut first = [None; 3];
        for cell in &cells {
            let all = bounds(cell, 1, SHOWN.0)?;
            for (form, first) in first.iter_mut().enumerate() {
                let below = all.iter().all(|bounds| bounds.explicit()[form].is_some_and(|bound| bound < 1.0));
                *first = first.or(below.then_some(cell.number("process.samples")?));
            }
        }
        informative &= first.iter().all(Option::is_some);
        let at = |form: usize| format!("{} ({})", first[form].map_or_else(|| "none".to_owned(), power), FORMS[form]);
        texts.push(format!("n = {} at margin {}", [0, 1, 2].map(at).join(", "), cells[0].label("instance.margin")));
    }
    let text = format!("margin: the explicit bound on F_1(0.1) is below 1 in every run first at {}", texts.join("; "));
    Ok(Finding::new(informative, text))
}

/// Failure by (margin, T, n), the bounds (the largest over runs, +∞ where they say nothing), the share of runs with complete
/// spans, and of those that C12 promises zero.
pub fn table(results: &Results) -> Result<Table> {
    const KEYS: [&str; 2] = ["instance.margin", "process.samples"];
    let mut rows = Vec::new();
    for cell in results.cells(PART)? {
        for rounds in ROUNDS {
            let all = bounds(&cell, rounds, SHOWN.0)?;
            let largest = |of: &dyn Fn(&Bounds) -> f64| all.iter().map(of).fold(0.0, f64::max);
            let (uniform, own) = (largest(&|bounds| bounds.uniform), largest(&|bounds| bounds.round_by_round));
            let complete = all.iter().filter(|bounds| bounds.complete_spans.is_some()).count();
            let promised = promised_zero(&cell, rounds, SHOWN.0)?.iter().filter(|&&promise| promise).count();
            let runs = all.len() as f64;
            let excess = RunConstants::worst(&RunConstants::all(&cell, rounds)?).excess();
            let measured = cell.mean(SHOWN.1, rounds)?.mean;
            rows.push(
                Row::of(&cell, &KEYS, rounds)
                    .measured(&cell, SHOWN.1, rounds)?
                    .number("kappa0", cell.mean(&KAPPA, 0)?.mean)
                    .number("excess", excess)
                    .number("uniform", uniform)
                    .number("round_by_round", own)
                    .maybe("shape", largest_of_all(&all, |bounds| bounds.shape))
                    .maybe("complete_spans", largest_of_all(&all, |bounds| bounds.complete_spans))
                    .maybe("round_by_round_over_measured", (measured > 0.0).then(|| own / measured))
                    .number("complete_share", complete as f64 / runs)
                    .number("promised_zero_share", promised as f64 / runs),
            );
        }
    }
    Ok(tabulate(rows))
}

/// The largest over runs, if the bound applies to all of them.
fn largest_of_all(all: &[Bounds], of: fn(&Bounds) -> Option<f64>) -> Option<f64> {
    all.iter().map(of).try_fold(0.0, |largest: f64, bound| bound.map(|bound| largest.max(bound)))
}

pub fn figure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Instances with a margin: failure and the bounds of Theorem 6.2 against n")
        .subtitle(format!(
            "Gaussian features, M = 500, K = 8, d = 16, ‖θ₀‖ = 4, β = 1/√n, ERM, δ = 0.1; means over {} replicates, their 95% intervals in the table. \
             Bounds at ρ = {RHO} with each run's own γ, μ, κ₀, r̄, ‖θ_t‖; the largest over runs; at ∞: no finite bound",
            table.distinct("replicates")?.join(", ")
        ))
        .columns(3)
        .shared_legend()
        .symbol("r̄", "largest √(C/κ_t) of the rounds, C: concentrability of π_{t+1} with respect to π_t");
    for margin in table.distinct("margin")? {
        for rounds in ROUNDS {
            let rows = table.filter(&[("margin", &margin), ("rounds", &rounds.to_string())])?;
            figure = figure.panel(panel(&rows, &margin, rounds)?);
        }
    }
    Ok(figure)
}

fn panel(rows: &Table, margin: &str, rounds: usize) -> Result<Panel> {
    let bound = |column: &str| rows.points("samples", column);
    let mut panel = Panel::new(
        format!("margin {margin}, T = {rounds}"),
        Axis::log("samples per round n").range(10.0, 2e12),
        Axis::log("failure rate F_T(0.1)").range(1e-7, 1e4),
    )
    .series(Series::new("C18, uniform over rounds", Style::Dashed, 1, bound("uniform")?))
    .series(Series::new("C18, round by round", Style::DashDotted, 2, bound("round_by_round")?))
    .series(Series::new("C18, complete spans", Style::Dotted, 3, bound("complete_spans")?))
    .series(Series::new("shape of Theorem 6.2 with c = 1, where r̄ ≤ 1", Style::Line, 6, bound("shape")?))
    .series(Series::new("measured", Style::LineMarkers, 0, rows.means("samples", &SHOWN.1.name())?))
    .guide(Guide::horizontal(1.0, ""));
    if let Some(point) = bound("promised_zero_share")?.iter().find(|point| point.y == 1.0) {
        panel = panel.guide(Guide::vertical(point.x, "C12: 0 from here"));
    }
    for (name, column) in [("uniform", "uniform"), ("by round", "round_by_round"), ("complete", "complete_spans")] {
        let points = bound(column)?;
        panel = panel.note(match points.iter().find(|point| point.y < 1.0) {
            Some(point) => format!("{name}: below 1 from n = {} on", power(point.x)),
            None if points.is_empty() => "no complete spans".to_owned(),
            None => format!("{name}: nowhere below 1"),
        });
    }
    Ok(panel)
}
