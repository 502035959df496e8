//! Few and many samples a round, at fixed β and at β = 1/√n.

use super::super::{Line, Results, Table};
use super::{DIRECTIONS, QUESTIONS, class, with_measured};
use crate::Result;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// One row for each class, β, n and t.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["samples", "shrinking-beta"] {
        for cell in results.cells(part)? {
            for t in 0..=cell.rounds() {
                let beta = if part == "samples" { cell.label("process.beta") } else { "1/√n".to_owned() };
                let line = Line::default().label("class", class(&cell)).label("beta", beta);
                let line = line.label("samples", cell.label("process.samples"));
                let line = line.label("replicates", cell.replicates.len().to_string()).label("t", t.to_string());
                lines.push(with_measured(line, &cell, t)?);
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// After the first and after the last round.
pub(super) fn figure(table: &Table) -> Result<Figure> {
    let start = table.filter(&[("t", "0")])?.means("samples", "correct_probability")?;
    let rounds = table.distinct("t")?;
    let mut figure = Figure::new("Right answers and drift against the number of samples, with logits fixed and with none")
        .subtitle(format!(
            "SmolLM2-135M's answers to {QUESTIONS} questions, {DIRECTIONS} directions, ERM nearest to θₜ; means over {} replicates, their 95% intervals in the table",
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(2)
        .shared_legend();
    let mut shown: Vec<&String> = [rounds.get(1), rounds.last()].into_iter().flatten().collect();
    shown.dedup();
    for t in shown {
        let plural = if t == "1" { "" } else { "s" };
        for (title, label, column, low) in [
            ("right answers", "J = E π(right answers)", "correct_probability", 0.1),
            ("drift", "drift P[y*ₜ ≠ y*₀]", "drift", 0.0),
        ] {
            let high = if low > 0.0 { 0.55 } else { 1.0 };
            let mut panel = Panel::new(
                format!("{title} after {t} round{plural}"),
                Axis::log("samples per round n"),
                Axis::linear(label).range(low, high),
            );
            panel = panel.guide(Guide::vertical(DIRECTIONS as f64, "n = d"));
            if let Some(point) = start.first().filter(|_| low > 0.0) {
                panel = panel.guide(Guide::horizontal(point.y, "the model"));
            }
            let rows = table.filter(&[("t", t)])?;
            for (color, (class, beta)) in [
                ("linearised", "1"),
                ("linearised", "4"),
                ("realizable", "1"),
                ("realizable", "4"),
                ("linearised", "1/√n"),
            ]
            .into_iter()
            .enumerate()
            {
                let points = rows.filter(&[("class", class), ("beta", beta)])?.means("samples", column)?;
                if points.is_empty() {
                    continue;
                }
                let style = if class == "linearised" { Style::LineMarkers } else { Style::DashedMarkers };
                panel = panel.series(Series::new(format!("{class}, β = {beta}"), style, color, points));
            }
            figure = figure.panel(panel);
        }
    }
    Ok(figure)
}
