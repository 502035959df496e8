//! The figures of the measured curves: a column of panels for each spectrum, a row for each abscissa.

use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// A spectrum as the table names it, and as a title says it.
pub const SPECTRA: [(&str, &str); 3] = [
    ("isotropic", "isotropic"),
    ("polynomial", "polynomial, λⱼ ∝ j^(−2)"),
    ("exponential", "exponential, λⱼ ∝ e^(−j)"),
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

/// ε = √(population loss) against n and n/d, and against the ε that the law of seen differences predicts, where there is one.
///
/// There is no row against n/d_λ at λ = 1/n: of an isotropic Σ that is 1 + n/d, and of an exponential one a function of n alone, so
/// that curves would lie on one another whatever was measured.
pub fn loss(table: &Table) -> Result<Figure> {
    let row = |x| Row { x, y: "epsilon", axis: loss_axis };
    let title = "Statistical error ε of one round, for three spectra";
    let legend = "dashed, and abscissa of the last row: law of seen differences, which predicts ε from the number of differences that \
                  were seen (isotropic, polynomial); curves end at their first exact zero, or below the axis; ";
    let mut figure = figure(table, title, &[row(N), row(OVER_D)], legend)?;
    for (kind, _) in SPECTRA {
        let of_kind = table.filter(&[("spectrum", kind)])?;
        if of_kind.points("predicted_epsilon", "epsilon_mean")?.iter().any(|point| point.x > 0.0) {
            figure = figure.panel(against_prediction(table, &of_kind, kind)?);
        }
    }
    Ok(figure)
}

/// Measured ε against the predicted one. Where both are 0, or below the axis, there is nothing to compare.
fn against_prediction(table: &Table, of_kind: &Table, kind: &str) -> Result<Panel> {
    let axes = (Axis::log("ε predicted by the law (nats)"), Axis::log("ε after one round (nats)"));
    let mut panel = Panel::new(format!("{kind}: measured and predicted"), axes.0, axes.1).guide(Guide::slope(
        (1.0, 1.0),
        1.0,
        "equal",
    ));
    let mut ratios = Vec::new();
    for d in of_kind.distinct("d")? {
        let mut points = of_kind.filter(&[("d", &d)])?.means("predicted_epsilon", "epsilon")?;
        points.retain(|point| point.x >= LEAST && point.y >= LEAST);
        ratios.extend(points.iter().map(|point| point.y / point.x));
        panel = panel.series(Series::unlabelled(Style::Markers, color(table, &d)?, points));
    }
    let ends = ratios.iter().fold((f64::INFINITY, 0.0f64), |(lo, hi), ratio| (lo.min(*ratio), hi.max(*ratio)));
    if ratios.is_empty() {
        return Ok(panel);
    }
    Ok(panel.note(format!("measured/predicted: {:.2} to {:.2}, {} cells", ends.0, ends.1, ratios.len())))
}

/// The colour of a dimension: one for all spectra.
fn color(table: &Table, d: &str) -> Result<usize> {
    Ok(table.distinct("d")?.iter().position(|other| other == d).unwrap_or_default())
}

/// Failure against n and n/d, and drift against n.
pub fn failure(table: &Table) -> Result<Figure> {
    let row = |x| Row { x, y: "failure_0.5", axis: failure_axis };
    let rows = [row(N), row(OVER_D), Row { x: N, y: "drift", axis: drift_axis }];
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
    for d in of_kind.distinct("d")? {
        let color = color(table, &d)?;
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
    Ok(panel)
}
