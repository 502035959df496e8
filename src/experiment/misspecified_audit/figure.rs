//! Left against right of every statement, one panel each.

use super::UPDATES;
use super::sides::{Statement, steps};
use crate::Result;
use crate::experiment::{Results, Table};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};
use crate::simulate::output;

/// Steps of each statement and update that are drawn, evenly spread over all.
const DRAWN: usize = 60;

/// Sides further down are drawn at the edge.
const LEAST: f64 = 1e-10;

pub(super) fn table(results: &Results) -> Result<Table> {
    let steps = steps(results)?;
    let mut rows = Vec::new();
    for statement in Statement::ALL {
        for (part, _) in UPDATES {
            let of_part = steps.iter().filter(|step| step.part == part);
            let sides: Vec<(f64, f64)> = of_part.filter_map(statement.sides).collect();
            let every = sides.len().div_ceil(DRAWN).max(1);
            for (left, right) in sides.iter().step_by(every) {
                let (count, numbers) = (sides.len().to_string(), [*right, *left].map(output::plain));
                rows.push([&[statement.name.to_owned(), part.to_owned(), count][..], &numbers].concat());
            }
        }
    }
    Ok(Table::new(["statement", "update", "steps", "right", "left"].map(str::to_owned).to_vec(), rows))
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Both sides of each statement on a round in the misspecified class")
        .subtitle(format!(
            "Left side (ordinate) against right side (abscissa), one mark a step of small random instances, up to {DRAWN} of each update; \
             a prime: after the step. D1 holds on and below the dashed diagonal, the others on it; arrowheads: beyond the axes"
        ))
        .columns(2)
        .shared_legend()
        .symbol("F⁺", "pseudo-inverse of F = E Cov φ")
        .symbol("H", "entropy of π, mean over prompts")
        .symbol("e", "distance of the step from the population's");
    for statement in Statement::ALL {
        let rows = table.filter(&[("statement", statement.name)])?;
        let mut panel = Panel::new(
            format!("{}: {}", statement.name, statement.formula),
            Axis::log("right side").range(LEAST, 1e4),
            Axis::log("left side").range(LEAST, 1e4),
        )
        .guide(Guide::slope((1.0, 1.0), 1.0, ""))
        .legend(Legend::Hidden);
        for (color, (update, label)) in UPDATES.into_iter().enumerate() {
            let points = rows.filter(&[("update", update)])?.points("right", "left")?;
            panel = panel.series(Series::new(label, Style::Markers, color, points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}
