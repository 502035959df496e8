//! What is left unsolved, beside T1's law; what T2 guarantees of it.

use super::RHO;
use super::law::Instances;
use crate::Result;
use crate::experiment::{CellRows, Line, Results, Table};
use crate::metrics::named::{ACCEPTANCE_CONDITION, CORRECT_PROBABILITY};
use crate::papers::task_centric::theory::acceptance::{acceptance, error_by_condition};
use crate::stats::{Range, mean_interval, mean_with_error};

/// 1 − J_t of each replicate.
pub(super) fn wrong(cell: &CellRows, t: usize) -> Result<Vec<f64>> {
    Ok(cell.values(&CORRECT_PROBABILITY, t)?.into_iter().map(|right| 1.0 - right).collect())
}

/// Whose p a tabular cell has.
fn weights(cell: &CellRows) -> &'static str {
    if cell.label("instance.weights").contains("zipf") { "zipf" } else { "uniform" }
}

/// 1 − J by (part, p, n or B, t), with T1's law where the class is a table.
pub(super) fn rounds(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["tabular", "answers", "model", "model-population"] {
        for cell in results.cells(part)? {
            let law = if matches!(part, "tabular" | "answers") { Some(Instances::of(&cell)?) } else { None };
            let n = cell.number("process.samples").ok().filter(|_| part != "model-population");
            for t in 0..=cell.rounds() {
                let interval = mean_interval(&wrong(&cell, t)?, Range::SHARE);
                let draws = n.map_or(f64::NAN, |n| n * t as f64);
                let stated = law.as_ref().map(|law| law.unsolved(draws)).transpose()?;
                lines.push(
                    Line::default()
                        .label("part", part)
                        .label("weights", weights(&cell))
                        .label("samples", n.map_or_else(String::new, |n| n.to_string()))
                        .label("radius", cell.label("process.radius"))
                        .label("replicates", cell.replicates.len().to_string())
                        .label("t", t.to_string())
                        .number("draws", draws)
                        .measured("wrong", interval.mean, interval.ends)
                        .number("wrong_error", mean_with_error(&wrong(&cell, t)?).1.unwrap_or(f64::NAN))
                        .number("law", stated.map_or(f64::NAN, |law| law.mean)),
                );
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// The bound √(aE_x[1/ρ_t]) of T2 on 1 − J_{t+1} in a run; the class has at each prompt π_t or what is correct of it: with one correct
/// response the tabular fit is its likeliest member.
pub(super) fn guarantee(cell: &CellRows, replicate: usize, t: usize) -> Result<f64> {
    let log_class = cell.number("instance.prompts")? * 2f64.ln();
    let a = acceptance(log_class, cell.number("process.samples")?, RHO)?.value();
    error_by_condition(a, cell.value(replicate, &ACCEPTANCE_CONDITION, t)?)
}

/// Errors after one round beside T2's guarantee, and the acceptance condition number, by (p, n).
pub(super) fn guarantees(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in results.cells("tabular")? {
        let measured = mean_interval(&wrong(&cell, 1)?, Range::SHARE);
        let bounds: Vec<f64> =
            (0..cell.replicates.len()).map(|replicate| guarantee(&cell, replicate, 0)).collect::<Result<_>>()?;
        let mut line = Line::default()
            .label("weights", weights(&cell))
            .label("samples", cell.label("process.samples"))
            .label("replicates", cell.replicates.len().to_string())
            .measured("wrong", measured.mean, measured.ends)
            .number("guarantee", median(&bounds));
        for t in 0..=4 {
            let condition = if t <= cell.rounds() { median(&cell.values(&ACCEPTANCE_CONDITION, t)?) } else { f64::NAN };
            line = line.number(&format!("condition_{t}"), condition);
        }
        lines.push(line.number("rise", rise(&cell)?));
    }
    Ok(Table::of_lines(lines))
}

/// What the rounds after the first add to J, in the mean.
fn rise(cell: &CellRows) -> Result<f64> {
    let (first, last) = (wrong(cell, 1)?, wrong(cell, cell.rounds())?);
    let rises: Vec<f64> = first.iter().zip(&last).map(|(first, last)| first - last).collect();
    Ok(mean_with_error(&rises).0)
}

/// The middle of some values: a prompt that is accepted almost never makes a mean of condition numbers what it likes.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[half],
        _ => 0.5 * (sorted[half - 1] + sorted[half]),
    }
}
