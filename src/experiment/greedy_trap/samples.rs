//! Sampled rounds: greedy and exact decoding as rounds go by, for several n.

use super::population::Scales;
use super::{EXPERIMENT, optimum};
use crate::Result;
use crate::experiment::{CellRows, Finding, Line, Results, Table};
use crate::metrics::Quantity;
use crate::metrics::named::{BASE_PROBABILITY, DRIFT, GREEDY_BASE, GREEDY_MODAL};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::stats::clopper_pearson;

/// In how many runs a number is 1 (it is 0 or 1, with one prompt).
fn hits(values: &[f64]) -> u64 {
    values.iter().filter(|&&value| value == 1.0).count() as u64
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in results.cells("samples")? {
        let scales = Scales::of(&cell)?;
        let recovery = scales.first_beyond(scales.recovery, cell.rounds())?;
        for t in 0..=cell.rounds() {
            lines.push(line(&cell, t)?.number("population_recovery", recovery.map_or(f64::NAN, |t| t as f64)));
        }
    }
    Ok(Table::of_lines(lines))
}

/// Shares of runs after t rounds, with Clopper–Pearson intervals.
fn line(cell: &CellRows, t: usize) -> Result<Line> {
    let mut line = Line::default()
        .label("p", cell.label("instance.trap.p"))
        .label("eta", cell.label("instance.trap.eta"))
        .label("beta", cell.label("process.beta"))
        .label("samples", cell.label("process.samples"))
        .label("replicates", cell.replicates.len().to_string())
        .label("t", t.to_string());
    let above: Vec<f64> = cell.values(&BASE_PROBABILITY, t)?.iter().map(|&p| f64::from(p > 0.5)).collect();
    let exact: Vec<f64> = cell.values(&DRIFT, t)?.iter().map(|drift| 1.0 - drift).collect();
    let shares = [
        ("greedy_base", cell.values(&GREEDY_BASE, t)?),
        ("exact_base", exact),
        ("greedy_modal", cell.values(&GREEDY_MODAL, t)?),
        ("majority", above),
    ];
    for (name, values) in shares {
        let (found, runs) = (hits(&values), values.len() as u64);
        line = line.measured(name, found as f64 / runs as f64, Some(clopper_pearson(found, runs, 0.95)?));
    }
    Ok(line)
}

/// Confidence of the two intervals that must not overlap: each leaves out its probability once in 10^8 runs at most.
const LEVEL: f64 = 1.0 - 1e-8;

/// With many samples greedy decoding ends at y*; with one triple a round it finds what the policy is sure of, often another
/// sequence.
pub(super) fn finding(results: &Results) -> Result<Finding> {
    let mut cells = results.cells("samples")?;
    cells.retain(|cell| cell.label("process.beta") == "1");
    let of = |n: f64, quantity: &'static Quantity| -> Result<(u64, u64)> {
        let (mut found, mut runs) = (0, 0);
        for cell in cells.iter().filter(|cell| cell.number("process.samples").is_ok_and(|samples| samples == n)) {
            let values = cell.values(quantity, cell.rounds())?;
            found += hits(&values);
            runs += values.len() as u64;
        }
        Ok((found, runs))
    };
    let samples = cells.iter().map(|cell| cell.number("process.samples")).collect::<Result<Vec<f64>>>()?;
    let few = samples.iter().copied().fold(f64::INFINITY, f64::min);
    let many = samples.iter().copied().fold(0.0, f64::max);
    let share = |(found, runs): (u64, u64)| -> Result<String> {
        let (lo, hi) = clopper_pearson(found, runs, 0.95)?;
        Ok(format!("{:.3} ({lo:.3} to {hi:.3})", found as f64 / runs as f64))
    };
    let (base_few, base_many, modal_few) = (of(few, &GREEDY_BASE)?, of(many, &GREEDY_BASE)?, of(few, &GREEDY_MODAL)?);
    let upper = clopper_pearson(base_few.0, base_few.1, LEVEL)?.1;
    let lower = clopper_pearson(base_many.0, base_many.1, LEVEL)?.0;
    let mut optima = cells.iter().map(optimum).collect::<Result<Vec<f64>>>()?;
    optima.dedup();
    let statement = format!(
        "samples: over p = {optima:?} and β = 1, greedy decoding ends at the base model's optimum in a share {} of the runs with n = \
         {many} triples a round, and {} with n = {few}, where it finds the policy's own optimum in {}",
        share(base_many)?,
        share(base_few)?,
        share(modal_few)?
    );
    Ok(Finding::new(upper < lower, statement))
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let replicates = table.distinct("replicates")?.join(", ");
    let [vocab, length] = EXPERIMENT.settings("samples", ["instance.vocab", "instance.length"])?;
    let mut figure = Figure::new("The greedy trap in sampled rounds: where greedy and exact decoding end")
        .subtitle(format!(
            "ERM nearest to θₜ, one prompt, {vocab}^{length} sequences, p = π₀(y*), trap token of probability p + {}; shares of {replicates} runs with \
             95% Clopper–Pearson intervals; vertical line: the round in which population updates recover",
            table.distinct("eta")?.join(", ")
        ))
        .columns(3)
        .shared_legend();
    for beta in table.distinct("beta")? {
        for p in table.distinct("p")? {
            let axis = Axis::linear("share of runs").range(-0.03, 1.03);
            let mut panel = Panel::new(format!("β = {beta}, p = {p}"), Axis::linear("round t"), axis);
            for (color, n) in table.distinct("samples")?.iter().enumerate() {
                let rows = table.filter(&[("beta", &beta), ("p", &p), ("samples", n)])?;
                let greedy = format!("greedy decoding finds y*, n = {n}");
                let exact = format!("exact decoding finds y*, n = {n}");
                panel = panel
                    .series(Series::new(greedy, Style::LineMarkers, color, rows.measured("t", "greedy_base")?))
                    .series(Series::new(exact, Style::Dashed, color, rows.points("t", "exact_base_mean")?));
            }
            let rows = table.filter(&[("beta", &beta), ("p", &p)])?;
            if let Some(recovery) = rows.points("t", "population_recovery")?.first() {
                panel = panel.guide(Guide::vertical(recovery.y, ""));
            }
            figure = figure.panel(panel);
        }
    }
    Ok(figure)
}
