//! What a ridge, a ball, the base model's candidates or reference, a choice of prompts, and labels do.

use super::super::{CellRows, Line, Results, Table};
use super::{QUESTIONS, with_measured};
use crate::Result;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// The parts and the key that is turned in each.
const KNOBS: [(&str, &str); 5] = [
    ("ridge", "process.ridge"),
    ("ball", "process.radius"),
    ("base", "process.reference"),
    ("selective", "process.prompts"),
    ("labels", "process.labels.flip"),
];

/// What is set, in words or as a number.
fn setting(cell: &CellRows, part: &str, key: &str) -> String {
    let label = cell.label(key);
    match part {
        // Defaults have no label.
        "base" => {
            let named = |key: &str| if cell.label(key) == "base" { "base" } else { "current" };
            format!("{} candidates, {} reference", named("process.candidates"), named(key))
        }
        "selective" => match label.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect::<String>() {
            number if number.is_empty() => "1".to_owned(),
            number => number,
        },
        "ridge" | "labels" if label.is_empty() => "0".to_owned(),
        _ => label,
    }
}

/// One row for each knob, way of sampling, setting and t.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for (part, key) in KNOBS {
        for cell in results.cells(part)? {
            let samples = cell.label("process.samples");
            for t in 0..=cell.rounds() {
                let line = Line::default().label("knob", part).label("samples", samples.clone());
                let line = line.label("setting", setting(&cell, part, key));
                let line = line.label("replicates", cell.replicates.len().to_string()).label("t", t.to_string());
                lines.push(with_measured(line, &cell, t)?);
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// After the last round.
pub(super) fn figure(table: &Table) -> Result<Figure> {
    let rounds = table.distinct("t")?;
    let last = rounds.last().map_or("", String::as_str);
    let rows = table.filter(&[("t", last)])?;
    let start = table.filter(&[("t", "0")])?.means("t", "correct_probability")?;
    let mut figure = Figure::new("Ridge, ball, base model, selective prompts and labels: right answers against each")
        .subtitle(format!(
            "SmolLM2-135M's answers to {QUESTIONS} questions, linearised, β = 1, after {last} rounds; means over {} replicates, their 95% intervals in the table",
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(2)
        .shared_legend()
        .symbol("drift", "share of prompts with another favourite than the model's");
    for (part, _) in KNOBS {
        let of_part = rows.filter(&[("knob", part)])?;
        let settings = of_part.distinct("setting")?;
        let axis = match part {
            "ridge" => Axis::log("ridge λ"),
            "ball" => Axis::log("radius B of the ball"),
            "base" => Axis::linear("")
                .categories(settings.iter().map(|name| name.replace(" candidates, ", "/").replace(" reference", ""))),
            "labels" => Axis::linear("share of flipped labels"),
            _ => Axis::linear("largest probability c of a favourite in training"),
        };
        let title = match part {
            "ridge" => "ridge",
            "ball" => "ball",
            "base" => "candidates/reference: current or base",
            "labels" => "labels in place of differences",
            _ => "selective prompts",
        };
        let mut panel = Panel::new(title, axis, Axis::linear("J, drift or F(0.5)").range(0.0, 1.0));
        if let Some(point) = start.first() {
            panel = panel.guide(Guide::horizontal(point.y, "J of the model"));
        }
        for samples in &of_part.distinct("samples")? {
            for (color, (name, column)) in
                [("J", "correct_probability"), ("drift", "drift"), ("F(0.5)", "failure_0.5")].into_iter().enumerate()
            {
                let all = of_part.filter(&[("samples", samples)])?;
                let points = if part == "base" {
                    let mut points = Vec::new();
                    for (i, setting) in settings.iter().enumerate() {
                        for mut point in all.filter(&[("setting", setting)])?.means("t", column)? {
                            point.x = i as f64;
                            points.push(point);
                        }
                    }
                    points
                } else {
                    all.means("setting", column)?
                };
                let (words, style) = match samples.as_str() {
                    "1048576" => ("n = 2²⁰".to_owned(), Style::LineMarkers),
                    "4096" => (format!("n = {samples}"), Style::Dotted),
                    _ => (format!("n = {samples}"), Style::DashedMarkers),
                };
                panel = panel.series(Series::new(format!("{name}, {words}"), style, color, points));
            }
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}
