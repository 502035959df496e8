//! Round by round, in expectation over all samples: sure, elsewhere, right.

use super::super::{Line, Results, Table};
use super::{DIRECTIONS, QUESTIONS, class, with_measured};
use crate::Result;
use crate::metrics::named::{
    ACCURACY_LEVEL, APPROXIMATION_ERROR, CORRECT_PROBABILITY_LEVEL, KAPPA, SHARPENED_SHARE, STEP_DRIFT,
};
use crate::plot::{Axis, Figure, Panel, Series, Style};

/// The kinds of questions, by their level.
const KINDS: [&str; 6] = ["capitals", "opposites", "9 + 9", "9 × 9", "99 + 99", "999 + 999"];

/// One row for each class, β and t.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in results.cells("rounds")? {
        for t in 0..=cell.rounds() {
            let mut line = Line::default().label("class", class(&cell)).label("beta", cell.label("process.beta"));
            line = line.label("t", t.to_string()).number("kappa", super::mean(&cell, &KAPPA, t)?);
            line = with_measured(line, &cell, t)?;
            // Of the step that led here; at a policy that is all but sure, R² may not exist.
            for step in [&STEP_DRIFT, &SHARPENED_SHARE, &APPROXIMATION_ERROR] {
                line = line.number(step.name, super::mean(&cell, step, t).unwrap_or(f64::NAN));
            }
            for level in 0..KINDS.len() {
                for of in [&ACCURACY_LEVEL, &CORRECT_PROBABILITY_LEVEL] {
                    let metric = of.at_level(level as i64);
                    line = line.number(&metric.name(), super::mean(&cell, metric, t)?);
                }
            }
            lines.push(line);
        }
    }
    Ok(Table::of_lines(lines))
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let panel = |title: &str, label: &str, column: &str, range: (f64, f64)| -> Result<Panel> {
        let mut panel = Panel::new(title, Axis::linear("round t"), Axis::linear(label).range(range.0, range.1));
        for (color, class) in ["linearised", "realizable"].into_iter().enumerate() {
            for (beta, style) in table.distinct("beta")?.iter().zip([Style::LineMarkers, Style::DashedMarkers]) {
                let points = table.filter(&[("class", class), ("beta", beta)])?.points("t", column)?;
                panel = panel.series(Series::new(format!("{class}, β = {beta}"), style, color, points));
            }
        }
        Ok(panel)
    };
    let figure = Figure::new("A language model that rewards itself: certainty, drift and right answers against rounds")
        .subtitle(format!(
            "SmolLM2-135M answers {QUESTIONS} questions; expectation over all samples. Linearised: {DIRECTIONS} directions of a map after its \
             last norm are trained, the rest is fixed. Realizable: nothing is fixed"
        ))
        .columns(3)
        .panel(panel("prompts with a favourite below 1/2", "F(0.5)", "failure_0.5_mean", (0.0, 0.65))?)
        .panel(panel("another favourite than the model's", "drift P[y*ₜ ≠ y*₀]", "drift_mean", (0.0, 0.65))?)
        .panel(panel("probability of right answers", "J = E π(right answers)", "correct_probability_mean", (0.15, 0.55))?)
        .panel(panel("right favourites", "P[y*ₜ is right]", "accuracy_mean", (0.15, 0.55))?)
        .panel(panel("share of log π that the features explain", "R² of the round's step", "sharpened_share", (0.4, 1.05))?)
        .panel(levels(table)?);
    Ok(figure.shared_legend())
}

/// Right favourites by kind of question.
fn levels(table: &Table) -> Result<Panel> {
    let label = Axis::linear("P[y*ₜ is right]").range(0.0, 1.0);
    let mut panel = Panel::new("right favourites by kind: linearised, β = 1", Axis::linear("round t"), label);
    let rows = table.filter(&[("class", "linearised"), ("beta", "1")])?;
    for (level, kind) in KINDS.into_iter().enumerate() {
        let points = rows.points("t", &ACCURACY_LEVEL.at_level(level as i64).name())?;
        let style = [Style::Line, Style::Dashed, Style::Dotted][level % 3];
        panel = panel.series(Series::new(kind, style, level + 2, points));
    }
    Ok(panel)
}
