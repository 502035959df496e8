//! Both figures, drawn from their tables alone.

use super::EXPERIMENT;
use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Panel, Series, Style};

const STYLES: [Style; 5] = [Style::LineMarkers, Style::DashedMarkers, Style::Line, Style::Dashed, Style::Dotted];

/// Columns as panels: title, label of the axis, its range.
type Column = (&'static str, &'static str, &'static str, (f64, f64));

const DRAWN: [Column; 4] = [
    ("drift", "drift", "P[y*ₜ ≠ y*₀]", (0.0, 0.7)),
    ("failure_0.5", "unsure prompts", "F(0.5)", (0.0, 1.0)),
    ("rank_fraction", "rank of the round's differences", "rank over full rank", (0.0, 1.05)),
    ("empty_filters", "rounds without a prompt so far", "rounds", (0.0, 5.0)),
];

/// The shape of a part's instances, and n.
fn size(part: &str) -> Result<String> {
    let of = |key: &str| EXPERIMENT.given(part, key);
    Ok(format!(
        "M = {}, K = {}, d = {}, ‖θ₀‖ = {}, n = {}",
        of("instance.prompts")?,
        of("instance.responses")?,
        of("instance.dim")?,
        of("instance.theta_norm")?,
        of("process.samples")?
    ))
}

pub(super) fn drawn(table: &Table) -> Result<Figure> {
    let replicates =
        |part: &str| -> Result<String> { Ok(table.filter(&[("part", part)])?.distinct("replicates")?.join(", ")) };
    let mut figure = Figure::new("Selective prompts: rounds on prompts with a favourite of at most c alone")
        .subtitle(format!(
            "First row: {}, β = 1/√n, {} replicates. Second: {}, β = {}, {}. Third: {}, β = {}, {}. Means; 95% intervals in the table",
            size("wide")?,
            replicates("wide")?,
            size("narrow")?,
            EXPERIMENT.given("narrow", "process.beta")?,
            replicates("narrow")?,
            size("slow")?,
            EXPERIMENT.given("slow", "process.beta")?,
            replicates("slow")?
        ))
        .columns(4)
        .shared_legend();
    for part in ["wide", "narrow", "slow"] {
        let of = |key: &str| EXPERIMENT.given(part, key);
        let instance = format!("{} prompts, d = {}", of("instance.prompts")?, of("instance.dim")?);
        let rows = table.filter(&[("part", part)])?;
        for (column, title, label, range) in DRAWN {
            let axis = Axis::linear(label).range(range.0, range.1);
            let mut panel = Panel::new(format!("{instance}: {title}"), Axis::linear("round t"), axis);
            for (color, c) in rows.distinct("c")?.iter().enumerate() {
                let points = rows.filter(&[("c", c)])?.means("t", column)?;
                panel = panel.series(Series::new(format!("c = {c}"), STYLES[color % STYLES.len()], color, points));
            }
            figure = figure.panel(panel);
        }
    }
    Ok(figure)
}

const REAL: [Column; 4] = [
    ("drift", "drift", "P[y*ₜ ≠ y*₀]", (0.0, 1.0)),
    ("failure_0.5", "unsure prompts", "F(0.5)", (0.0, 0.25)),
    ("correct_probability", "right answers", "J", (0.1, 0.45)),
    ("rank_losses", "rounds of lower rank than the features'", "rounds", (0.0, 4.2)),
];

pub(super) fn real(table: &Table) -> Result<Figure> {
    let rounds = table.distinct("t")?;
    let last = rounds.last().map_or("", String::as_str);
    let mut figure = Figure::new("Selective prompts on a language model's answers and on embeddings")
        .subtitle(format!(
            "Rounds on prompts with a favourite of at most c alone. First row: SmolLM2-135M's answers, its own logits fixed. Second: questions and sentences by their embeddings. β = {}, after \
             {last} rounds of n samples; means over {} replicates, 95% intervals in the table",
            EXPERIMENT.given("model", "process.beta")?,
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(4)
        .shared_legend();
    for (part, instance) in [("model", "model"), ("embeddings", "embeddings")] {
        let rows = table.filter(&[("part", part), ("t", last)])?;
        for (column, title, label, range) in REAL {
            let axis = Axis::linear(label).range(range.0, range.1);
            let mut panel = Panel::new(format!("{instance}: {title}"), Axis::log("samples per round n"), axis);
            for (color, c) in rows.distinct("c")?.iter().enumerate() {
                let points = rows.filter(&[("c", c)])?.means("samples", column)?;
                panel = panel.series(Series::new(format!("c = {c}"), STYLES[color % STYLES.len()], color, points));
            }
            figure = figure.panel(panel);
        }
    }
    Ok(figure)
}
