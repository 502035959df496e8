//! The league of loops: every named loop on the hard instance, on a language model's answers and on sentence embeddings, after equal
//! numbers of responses drawn.

mod findings;

use super::{CellRows, Drawing, Experiment, Line, Results, Table};
use crate::Result;
use crate::metrics::named::{ACCURACY, BASE_FAILURE, CORRECT_PROBABILITY, DRAWS, DRIFT, FAILURE, Metric};
use crate::plot::{Axis, Figure, Legend, Panel, Series, Style};
use crate::words::counted;

/// All presets at two budgets of draws on three instances.
pub const EXPERIMENT: Experiment = Experiment {
    name: "league",
    about: "Every named loop on three instances after equal numbers of responses drawn: failure, drift, accuracy",
    definition: include_str!("../../experiments/definitions/league.toml"),
    findings: findings::findings,
    drawings: &[Drawing { name: "league", table, figure }],
};

/// The δ of the failure rates.
const DELTA: f64 = 0.5;
/// The start, among the loops' names.
const START: &str = "base model";

/// A part is named after its instance and its budget, in responses drawn: `hard-4480`.
fn instance_and_budget(cell: &CellRows) -> (&str, f64) {
    let (instance, budget) = cell.cell.part.rsplit_once('-').unwrap_or((&cell.cell.part, ""));
    (instance, budget.parse().unwrap_or(f64::NAN))
}

/// What is measured, in the order of the columns.
fn measured() -> [(&'static str, Metric); 6] {
    [
        ("draws", (&DRAWS).into()),
        ("failure", FAILURE.at(DELTA)),
        ("base_failure", BASE_FAILURE.at(DELTA)),
        ("drift", (&DRIFT).into()),
        ("accuracy", (&ACCURACY).into()),
        ("correct_probability", (&CORRECT_PROBABILITY).into()),
    ]
}

/// One line for each instance, budget and loop, after its last round; before those of a part the start.
fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    let mut before = String::new();
    for cell in results.cells("")? {
        if cell.cell.part != before {
            before.clone_from(&cell.cell.part);
            lines.push(line(&cell, START, 0)?);
        }
        lines.push(line(&cell, &cell.label("process.preset"), cell.rounds())?);
    }
    Ok(Table::of_lines(lines))
}

fn line(cell: &CellRows, name: &str, t: usize) -> Result<Line> {
    let (instance, budget) = instance_and_budget(cell);
    let line = Line::default()
        .label("instance", instance)
        .label("budget", budget.to_string())
        .label("loop", name)
        .label("samples", if t == 0 { String::new() } else { cell.label("process.samples") })
        .label("rounds", t.to_string())
        .label("replicates", cell.replicates.len().to_string())
        .label("dim", cell.label("instance.dim"));
    measured().into_iter().try_fold(line, |line, (column, metric)| {
        // Nothing is drawn before the first round.
        if t == 0 && column == "draws" {
            return Ok(line.measured(column, 0.0, None));
        }
        let interval = cell.mean(metric, t)?;
        Ok(line.measured(column, interval.mean, interval.ends))
    })
}

/// The instances: as the table has them, and in words.
const INSTANCES: [(&str, &str); 3] =
    [("hard", "hard instance"), ("language-model", "language model"), ("embeddings", "sentence embeddings")];

/// One panel for each quantity, a row for each loop, a mark for each instance; the larger budget of each.
fn figure(table: &Table) -> Result<Figure> {
    let mut loops = table.distinct("loop")?;
    loops.reverse();
    let mut budgets = Vec::new();
    let mut parts = Vec::new();
    for (instance, words) in INSTANCES {
        let rows = table.filter(&[("instance", instance)])?;
        let largest = rows.distinct("budget")?.into_iter().max_by_key(|budget| budget.parse::<u64>().unwrap_or(0));
        let Some(budget) = largest else { continue };
        let rows = rows.filter(&[("budget", &budget)])?;
        let dims = rows.distinct("dim")?.concat();
        let class = if dims.is_empty() { String::new() } else { format!(", {dims} directions") };
        let replicates = counted(rows.distinct("replicates")?.concat().parse::<u64>().unwrap_or(0), "replicate");
        budgets.push(format!("{words} {budget} ({replicates}{class})"));
        parts.push((words, rows));
    }
    let rounds = table.distinct("rounds")?.iter().filter_map(|t| t.parse::<u64>().ok()).max().unwrap_or(0);
    let mut figure = Figure::new("Named loops after equal numbers of responses drawn")
        .subtitle(format!(
            "Responses drawn: {}. Means, intervals in the table. β = {} and {rounds} rounds for all but sharpening-rlhf, which has one; \
             the loops at the bottom, from verifier-filter on, are told which answers are correct",
            budgets.join(", "),
            EXPERIMENT.given("hard-4480", "process.beta")?
        ))
        .columns(2)
        .shared_legend()
        .symbol("base failure", "share of prompts where the base model's choice has probability at most 1 − δ")
        .symbol("drift", "share of prompts with another choice than the base model's")
        .symbol("accuracy", "share of prompts with a right choice");
    for (title, axis, column) in [
        ("unsure of its own choice", "F(0.5)", "failure_mean"),
        ("unsure of the base model's choice", "base failure at δ = 0.5", "base_failure_mean"),
        ("another choice than the base model's", "drift", "drift_mean"),
        ("right choices", "accuracy", "accuracy_mean"),
    ] {
        let range = (-0.5, loops.len() as f64 - 0.5);
        let y = Axis::linear("").categories(loops.clone()).range(range.0, range.1);
        let mut panel = Panel::new(title, Axis::linear(axis).range(-0.02, 1.02), y).legend(Legend::Hidden);
        for (color, (words, rows)) in parts.iter().enumerate() {
            let mut points = Vec::new();
            for (place, name) in loops.iter().enumerate() {
                for point in rows.filter(&[("loop", name)])?.points(column, column)? {
                    points.push((point.x, place as f64));
                }
            }
            panel = panel.series(Series::new(*words, Style::Markers, color, points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}
