//! The figures of the measured curves: a column of panels for each spectrum, a row for each abscissa.

use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// A spectrum as the table names it, and as a title says it.
pub const SPECTRA: [(&str, &str); 3] = [
    ("isotropic", "isotropic"),
    ("exponential", "exponential, λⱼ ∝ e^(−j)"),
    ("polynomial", "polynomial, λⱼ ∝ j^(−2)"),
];

/// A row of panels: abscissa and ordinate as the table names them, and their axes.
struct Row {
    x: (&'static str, &'static str),
    y: &'static str,
    axis: fn() -> Axis,
}

/// The lower end of the axis of ε.
const LEAST: f64 = 1e-4;

fn loss_axis() -> Axis {
    Axis::log("ε after one round (nats)").range(LEAST, 2.5)
}

fn failure_axis() -> Axis {
    Axis::linear("failure rate F(0.5)").range(0.0, 1.0)
}

fn drift_axis() -> Axis {
    Axis::linear("drift P[y*₁ ≠ y*₀]").range(0.0, 1.0)
}

const N: (&str, &str) = ("n", "samples n");
const OVER_D: (&str, &str) = ("n_over_d", "n/d");
const OVER_D_LAMBDA: (&str, &str) = ("n_over_d_lambda", "n/d_λ, λ = 1/n");

/// ε = √(population loss) against n, n/d and n/d_λ.
pub fn loss(table: &Table) -> Result<Figure> {
    let row = |x| Row { x, y: "epsilon", axis: loss_axis };
    let rows = [row(N), row(OVER_D), row(OVER_D_LAMBDA)];
    let title = "Statistical error ε of one round, for three spectra";
    figure(
        table,
        title,
        &rows,
        "dashed: law of seen differences (isotropic, polynomial); curves end at their first exact zero, or below the axis; ",
    )
}

/// Failure against n, n/d and n/d_λ, and drift against n.
pub fn failure(table: &Table) -> Result<Figure> {
    let row = |x| Row { x, y: "failure_0.5", axis: failure_axis };
    let rows = [row(N), row(OVER_D), row(OVER_D_LAMBDA), Row { x: N, y: "drift", axis: drift_axis }];
    let title = "Failure and drift after one round, for three spectra";
    figure(table, title, &rows, "")
}

fn figure(table: &Table, title: &str, rows: &[Row], legend: &str) -> Result<Figure> {
    let mut replicates = Vec::new();
    for d in table.distinct("d")? {
        replicates.push(format!("{} at d = {d}", table.filter(&[("d", &d)])?.distinct("replicates")?.join(" or ")));
    }
    let mut figure = Figure::new(title)
        .subtitle(format!(
            "512 prompts, 17 responses, logits of standard deviation 1, β = 0.2, one ERM round; means over replicates ({}), their 95% \
             intervals in the table; {legend}exponential: λⱼ ∝ e^(−j), polynomial: λⱼ ∝ j^(−2), Σ of trace 1",
            replicates.join(", ")
        ))
        .columns(3)
        .shared_legend();
    for row in rows {
        for (kind, name) in SPECTRA {
            figure = figure.panel(panel(table, row, kind, name)?);
        }
    }
    Ok(figure)
}

fn panel(table: &Table, row: &Row, kind: &str, title: &str) -> Result<Panel> {
    let of_kind = table.filter(&[("spectrum", kind)])?;
    let mut panel = Panel::new(title, Axis::log(row.x.1), (row.axis)());
    let all = table.distinct("d")?;
    for d in of_kind.distinct("d")? {
        let color = all.iter().position(|other| *other == d).unwrap_or_default();
        let rows = of_kind.filter(&[("d", &d)])?;
        let label = format!("d = {d}");
        let mut points = rows.means(row.x.0, row.y)?;
        if row.y == "epsilon" {
            // Up to the first n at which the span is complete in every replicate, or ε leaves the axis: the rest is 0 or rounding.
            let end = points.iter().position(|point| point.y < LEAST).map_or(points.len(), |first| first + 1);
            points.truncate(end);
        }
        panel = panel.series(Series::new(label, Style::LineMarkers, color, points));
        if row.y == "epsilon" && row.x.0 == "n" {
            // Where the span is complete, the marks of the measured zeros say it.
            let law = rows.points("n", "predicted_epsilon")?.into_iter().filter(|point| point.y > 0.0);
            panel = panel.series(Series::unlabelled(Style::Dashed, color, law));
        }
    }
    if row.y == "epsilon"
        && row.x.0 == "n_over_d_lambda"
        && let Some(first) = of_kind.points("n_over_d_lambda", "shape")?.first()
    {
        panel = panel.guide(Guide::slope((first.x, first.y), -0.5, "shape c·√(d_λ/n)"));
    }
    Ok(panel)
}
