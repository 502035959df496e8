//! The picture over (n, T) and the three knobs, drawn from the tables alone.

use super::super::Table;
use super::{ELSEWHERE, EXPERIMENT, SURE, measured};
use crate::Result;
use crate::plot::{Axis, Figure, Guide, Heatmap, Panel, Scale, Series, Style};

/// The n whose paths are drawn, and how they are written.
const PATHS: [(&str, &str); 6] =
    [("16", "16"), ("64", "64"), ("256", "256"), ("1024", "1024"), ("16384", "2¹⁴"), ("1099511627776", "2⁴⁰")];

pub(super) fn picture(table: &Table) -> Result<Figure> {
    let map = |title: &str, column: &str, label: &str, range: (f64, f64)| -> Result<Panel> {
        let heatmap = heatmap(table, column, label, range)?;
        Ok(Panel::new(title, Axis::log("samples per round n"), Axis::log("rounds T")).heatmap(heatmap))
    };
    let figure = Figure::new("Consistency and correctness on real features, over n and T")
        .subtitle(format!(
            "real features, β = {}, ERM nearest to θₜ; means over {} replicates. Astray: F(0.5) < {SURE} and drift > {ELSEWHERE}",
            EXPERIMENT.given("picture", "process.beta")?,
            table.distinct("replicates")?.join(", ")
        ))
        .columns(3)
        .panel(map("own most likely answer below 1/2", "failure_0.5_mean", "failure rate F(0.5)", (0.0, 0.5))?)
        .panel(map("base model's most likely answer below 1/2", "base_failure_0.5_mean", "base failure", (0.0, 0.5))?)
        .panel(map("another answer than the base model's", "drift_mean", "drift P[y*_T ≠ y*₀]", (0.0, 0.5))?)
        .panel(map("accuracy", "accuracy_mean", "P[y*_T = answer]", (0.3, 0.42))?)
        .panel(map("sure of itself and elsewhere", "astray_mean", "share of replicates astray", (0.0, 1.0))?)
        .panel(paths(table)?);
    Ok(figure)
}

/// Drift against failure as rounds go by.
fn paths(table: &Table) -> Result<Panel> {
    let rounds = table.distinct("t")?.iter().filter_map(|t| t.parse::<u64>().ok()).max().unwrap_or(0);
    let title = format!("paths from t = 0 (right) to {rounds}");
    let mut panel = Panel::new(title, Axis::log("failure rate F(0.5)"), Axis::linear("drift"))
        .guide(Guide::vertical(SURE, "sure"))
        .guide(Guide::horizontal(ELSEWHERE, "elsewhere"));
    let samples = table.distinct("samples")?;
    for (color, (n, written)) in PATHS.iter().filter(|path| samples.iter().any(|n| n == path.0)).enumerate() {
        let rows = table.filter(&[("samples", n)])?;
        let style = if color % 2 == 0 { Style::LineMarkers } else { Style::DashedMarkers };
        panel = panel.series(Series::new(
            format!("n = {written}"),
            style,
            color,
            rows.points("failure_0.5_mean", "drift_mean")?,
        ));
    }
    Ok(panel)
}

/// A column over n and T = 1, 2, 4, …
fn heatmap(table: &Table, column: &str, label: &str, range: (f64, f64)) -> Result<Heatmap> {
    let number = |text: &String| text.parse::<f64>().unwrap_or(f64::NAN);
    let x: Vec<f64> = table.distinct("samples")?.iter().map(number).collect();
    let rounds = table.distinct("t")?;
    let y: Vec<&String> = rounds.iter().filter(|t| t.parse::<u64>().is_ok_and(|t| t.is_power_of_two())).collect();
    let mut values = Vec::new();
    for t in &y {
        let points = table.filter(&[("t", t)])?.points("samples", column)?;
        values.push(
            x.iter().map(|&n| points.iter().find(|point| point.x == n).map_or(f64::NAN, |point| point.y)).collect(),
        );
    }
    let y = y.into_iter().map(number).collect();
    Ok(Heatmap { x, y, values, label: label.to_owned(), scale: Scale::Linear, range: Some(range) })
}

pub(super) fn knobs(table: &Table) -> Result<Figure> {
    let rounds = table.distinct("t")?.join(", ");
    let mut figure = Figure::new("Failure, drift and accuracy under ridge, judge noise and the ball, on real features")
        .subtitle(format!(
            "real features, β = {}, after T = {rounds} rounds; means over {} replicates, their 95% intervals in the table; λ = 0, σ = 0, B = ∞: the \
             plain process",
            EXPERIMENT.given("ridge", "process.beta")?,
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(3)
        .shared_legend();
    for n in table.distinct("samples")? {
        for (knob, axis) in [("ridge", "ridge λ"), ("judge-noise", "judge noise σ (nats)"), ("ball", "radius B")] {
            let rows = table.filter(&[("knob", knob), ("samples", &n)])?;
            if rows.distinct("value")?.is_empty() {
                continue;
            }
            let mut panel =
                Panel::new(format!("n = {n}"), Axis::log(axis), Axis::linear("probability over x").range(0.0, 1.0));
            for (color, name) in measured().map(|metric| metric.name()).iter().enumerate() {
                let style = [Style::LineMarkers, Style::DashedMarkers][color % 2];
                panel = panel.series(Series::new(legend(name), style, color, rows.means("value", name)?));
            }
            figure = figure.panel(panel);
        }
    }
    Ok(figure)
}

fn legend(name: &str) -> &'static str {
    match name {
        "failure_0.5" => "failure F(0.5)",
        "drift" => "drift",
        "accuracy" => "accuracy",
        _ => "base failure",
    }
}
