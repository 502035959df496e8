//! The maps, drawn from the tables alone.

use super::super::Table;
use crate::Result;
use crate::plot::{Axis, Figure, Heatmap, Panel, Point, Scale, Series, Style};

/// The n of the maps of failure and drift, beyond which both are 0 on the whole grid; those of the bound go on.
const FEW: (f64, f64) = (3.0, 8192.0);

pub(super) fn over_kappa0(table: &Table) -> Result<Figure> {
    let rounds = table.distinct("t")?.join(", ");
    let figure = Figure::new("Failure, drift and the explicit bound over n and κ₀");
    let axis = || Axis::log("base condition number κ₀");
    maps(
        figure.subtitle(subtitle(table, &format!("T = {rounds} rounds"))?),
        table,
        "kappa0",
        axis,
        ["tabular-kappa0", "gaussian-kappa0"],
    )
}

pub(super) fn over_rounds(table: &Table) -> Result<Figure> {
    let figure = Figure::new("Failure, drift and the explicit bound over n and T");
    let kappa0 = |part: &str| -> Result<String> {
        let starts = centres(&table.filter(&[("part", part)])?, "kappa0")?;
        Ok(starts.iter().map(|start| format!("{:.2}", start.0)).collect::<Vec<_>>().join(", "))
    };
    let starts = format!("κ₀ = {} (one-hot), {} (Gaussian)", kappa0("tabular-rounds")?, kappa0("gaussian-rounds")?);
    let axis = || Axis::log("rounds T");
    maps(figure.subtitle(subtitle(table, &starts)?), table, "t", axis, ["tabular-rounds", "gaussian-rounds"])
}

fn subtitle(table: &Table, what: &str) -> Result<String> {
    Ok(format!(
        "β = 1/√n, {what}. One-hot features: M = 64, K = 64; Gaussian features: d = {DIM}, margin 0.5. Means over {} replicates; \
         bound: Theorem 6.2 with explicit constants, round by round (ρ = 0.05, median over replicates)",
        table.distinct("replicates")?.join(", ")
    ))
}

/// Failure and bound of each part in a row, then the drifts that a map shows.
fn maps(figure: Figure, table: &Table, y: &str, axis: impl Fn() -> Axis, parts: [&str; 2]) -> Result<Figure> {
    let mut figure = figure.columns(2).shared_legend();
    let samples = || Axis::log("samples per round n");
    let panel = |title: String, x: Axis, heatmap: Heatmap| Panel::new(title, x, axis()).heatmap(heatmap);
    let share = |heatmap: Heatmap| Heatmap { range: Some((0.0, 1.0)), ..heatmap };
    let (mut drifts, mut still) = (Vec::new(), Vec::new());
    for (part, features) in parts.iter().zip(["one-hot", "Gaussian"]) {
        let rows = table.filter(&[("part", part)])?;
        let map = |value: &str, label: &str, scale: Scale| map(&rows, y, value, label, scale);
        let failure = share(map("failure_0.5_mean", "failure rate F(0.5)", Scale::Linear)?);
        let mut failure = panel(format!("{features}: failure"), samples().range(FEW.0, FEW.1), failure);
        let law = frontier(&rows, y)?;
        if !law.is_empty() {
            failure = failure.series(Series::new("law: F = 1/2", Style::Line, 1, law).plain());
        }
        let bound = map("bound", "explicit bound on F(0.5)", Scale::Log10)?;
        let bound = panel(format!("{features}: explicit bound"), samples(), bound)
            .series(
                Series::new("explicit bound = 1 (vacuous to its left)", Style::Dashed, 6, crossing(&rows, y)?).plain(),
            )
            .series(Series::new("measured F exactly 0 to its right", Style::Line, 6, silent(&rows, y)?).plain());
        figure = figure.panel(failure).panel(bound);
        let drift = share(map("drift_mean", "drift P[y*ₜ ≠ y*₀]", Scale::Linear)?);
        let most = drift.values.iter().flatten().copied().fold(0.0, f64::max);
        if most < SEEN {
            let said = if most > 0.0 { format!("{most:.4} at most") } else { "exactly 0".to_owned() };
            still.push(format!("{features} ({said})"));
            continue;
        }
        let ends = drift.y.first().zip(drift.y.last()).map(|(low, high)| [*low, *high]);
        let mut drift = panel(format!("{features}: drift"), samples().range(FEW.0, FEW.1), drift);
        if let Some(ends) = ends.filter(|_| *part == parts[1]) {
            let line = ends.map(|height| Point::from((DIM, height)));
            drift = drift.series(Series::new("n = d", Style::DashDotted, 6, line).plain());
        }
        drifts.push(drift);
    }
    if !still.is_empty() {
        let said = figure.subtitle.take().unwrap_or_default();
        figure = figure.subtitle(format!("{said}. No map of a drift below {SEEN} in every cell: {}", still.join(", ")));
    }
    Ok(drifts.into_iter().fold(figure, Figure::panel))
}

/// A map of smaller shares would be blank.
const SEEN: f64 = 0.01;

/// d of the Gaussian parts.
const DIM: f64 = 32.0;

/// The distinct values of a column as increasing numbers, with their text.
fn centres(table: &Table, column: &str) -> Result<Vec<(f64, String)>> {
    let mut centres: Vec<(f64, String)> =
        table.distinct(column)?.into_iter().map(|text| (text.parse().unwrap_or(f64::NAN), text)).collect();
    centres.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(centres)
}

fn map(table: &Table, y: &str, value: &str, label: &str, scale: Scale) -> Result<Heatmap> {
    let (columns, rows) = (centres(table, "samples")?, centres(table, y)?);
    let mut values = Vec::new();
    for (_, row) in &rows {
        let points = table.filter(&[(y, row)])?.points("samples", value)?;
        let at = |n: f64| points.iter().find(|point| point.x == n).map_or(f64::NAN, |point| point.y);
        values.push(columns.iter().map(|column| at(column.0)).collect());
    }
    let numbers = |centres: Vec<(f64, String)>| centres.into_iter().map(|centre| centre.0).collect();
    Ok(Heatmap { x: numbers(columns), y: numbers(rows), values, label: label.to_owned(), scale, range: None })
}

/// Where the law of the failure rate is 1/2, within the map.
fn frontier(table: &Table, y: &str) -> Result<Vec<Point>> {
    let columns = centres(table, "samples")?;
    let inside = |n: f64| columns.first().is_some_and(|c| n >= c.0) && columns.last().is_some_and(|c| n <= c.0);
    let mut line = Vec::new();
    for (height, row) in centres(table, y)? {
        let lives = table.filter(&[(y, &row)])?.points("samples", "half_life")?;
        line.extend(lives.first().filter(|life| inside(life.y)).map(|life| Point::from((life.y, height))));
    }
    Ok(line)
}

/// Where the bound falls below 1, its logarithm interpolated in log n between the last n at which it is not and the next.
fn crossing(table: &Table, y: &str) -> Result<Vec<Point>> {
    let mut line = Vec::new();
    for (height, row) in centres(table, y)? {
        let bounds = table.filter(&[(y, &row)])?.points("samples", "bound")?;
        let Some(last) = bounds.iter().rposition(|point| point.y >= 1.0) else { continue };
        let Some(next) = bounds.get(last + 1) else { continue };
        let (from, to) = (bounds[last].y.min(f64::MAX).ln(), next.y.ln());
        let (x0, x1) = (bounds[last].x.ln(), next.x.ln());
        line.push(Point::from(((x0 + (x1 - x0) * from / (from - to)).exp(), height)));
    }
    Ok(line)
}

/// Where failure ends: along the border between the last cell of each row in which its mean is above 0 and the next.
fn silent(table: &Table, y: &str) -> Result<Vec<Point>> {
    let rows = centres(table, y)?;
    let mut line = Vec::new();
    for (place, (height, row)) in rows.iter().enumerate() {
        let means = table.filter(&[(y, row)])?.points("samples", "failure_0.5_mean")?;
        let Some(last) = means.iter().rposition(|point| point.y > 0.0) else { continue };
        let Some(next) = means.get(last + 1) else { continue };
        // Borders lie half-way between the logarithms, and outermost cells are symmetric.
        let half = |other: Option<&(f64, String)>| other.map(|(other, _)| (other / height).sqrt());
        let (below, above) = (half(place.checked_sub(1).and_then(|k| rows.get(k))), half(rows.get(place + 1)));
        let (Some(below), Some(above)) = (below.or(above.map(f64::recip)), above.or(below.map(f64::recip))) else {
            continue;
        };
        let x = (means[last].x * next.x).sqrt();
        line.extend([height * below, height * above].map(|y| Point::from((x, y))));
    }
    Ok(line)
}
