//! The figures, drawn from the tables alone.

use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// Choices, each with its name in a legend.
const CHOICES: [(&str, &str); 3] = [("nearest", "nearest to θₜ"), ("random", "at random"), ("worst", "worst")];

/// ε against n/log #Π for all classes; how loose ε_n is; ε against log #Π.
pub(super) fn one_round(table: &Table) -> Result<Figure> {
    Ok(Figure::new("Finite classes on the hard instance: statistical error ε beside C10")
        .subtitle(format!(
            "ERM over a product class on the hard instance (κ₀ = 3, β = 1/√n), one round, {} replicates (M ≤ 256, others): root mean square \
             with 95% intervals; dotted: closed form; ρ = 0.05",
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(2)
        .panel(collapse(table, "worst", "worst mass Δ(n), worst choice")?)
        .panel(collapse(table, "0.9", "Δ = 0.9, worst choice")?)
        .panel(against_size(table)?)
        .panel(looseness(table)?))
}

/// ε of the worst choice against n/log #Π, one curve for each M.
fn collapse(table: &Table, mass: &str, title: &str) -> Result<Panel> {
    let rows = table.filter(&[("mass", mass), ("choice", "worst")])?;
    let x = Axis::log("samples per nat of the class n/log #Π");
    let mut panel = Panel::new(title, x, Axis::log("statistical error ε (nats)"));
    for (color, prompts) in rows.distinct("prompts")?.iter().enumerate() {
        let rows = rows.filter(&[("prompts", prompts)])?;
        let label = format!("M = {prompts}");
        panel = panel
            .series(Series::unlabelled(Style::Dotted, 6, rows.points("ratio", "epsilon_law")?))
            .series(Series::new(label, Style::Markers, color, rows.measured("ratio", "epsilon")?).bars());
    }
    let bound = rows.filter(&[("prompts", "256")])?.points("ratio", "epsilon_bound")?;
    if let Some(first) = bound.get(1) {
        panel = panel.guide(Guide::slope((first.x, 0.4 * first.y), -0.5, "slope −1/2"));
    }
    Ok(panel.series(Series::new("εₙ of C10 (M = 256)", Style::Line, 6, bound)))
}

/// ε against log #Π at n = 2^20, worst mass.
fn against_size(table: &Table) -> Result<Panel> {
    let rows = table.filter(&[("mass", "worst"), ("samples", "1048576")])?;
    let axes = (Axis::log("size of the class log #Π (nats)"), Axis::log("statistical error ε (nats)"));
    let mut panel = Panel::new("n = 2²⁰, worst mass", axes.0, axes.1);
    for (color, (choice, name)) in CHOICES.iter().enumerate() {
        let points = rows.filter(&[("choice", choice)])?.measured("log_class", "epsilon")?;
        panel = panel.series(Series::new(*name, Style::Markers, color, points).bars());
    }
    let bound = rows.filter(&[("choice", "worst")])?.points("log_class", "epsilon_bound")?;
    if let Some(first) = bound.first() {
        panel = panel.guide(Guide::slope((first.x, 0.2 * first.y), 0.5, "slope 1/2"));
    }
    Ok(panel.series(Series::new("εₙ of C10", Style::Line, 6, bound)))
}

/// ε_n/ε against n/log #Π, M = 256.
fn looseness(table: &Table) -> Result<Panel> {
    let rows = table.filter(&[("prompts", "256")])?;
    let axes = (Axis::log("samples per nat of the class n/log #Π"), Axis::log("εₙ/ε"));
    let mut panel = Panel::new("how loose C10 is (M = 256)", axes.0, axes.1);
    for (mass, name, style) in [("worst", "worst mass", Style::LineMarkers), ("0.9", "Δ = 0.9", Style::DashedMarkers)]
    {
        for (color, (choice, choice_name)) in CHOICES.iter().enumerate() {
            let points = rows.filter(&[("mass", mass), ("choice", choice)])?.points("ratio", "looseness")?;
            panel = panel.series(Series::new(format!("{name}, {choice_name}"), style, color, points));
        }
    }
    Ok(panel)
}

/// Failure and drift after one round and after more.
pub(super) fn rounds(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new(
        "Finite classes on the hard instance: failure and drift after one round and more",
    )
    .subtitle(format!(
        "M = 256 informative prompts, κ₀ = 3, β = 1/√n, {} replicates, means with 95% intervals; C18 round by round at ρ = 0.05 \
         with the constants of the runs, the largest over replicates (values above 10 not shown)",
        table.distinct("replicates")?.join(", ")
    ))
    .columns(2)
    .shared_legend();
    for (mass, name, later) in [("worst", "worst mass Δ(n)", "4"), ("0.9", "Δ = 0.9", "2")] {
        let rows = table.filter(&[("mass", mass)])?;
        let title = |what: &str| format!("{name}: {what}, T = 1 (solid), {later} (dashed)");
        let failure = panel(&rows, "failure", title("failure"), Axis::log("failure rate F_T(0.5)"), later)?;
        let drift = panel(&rows, "drift", title("drift"), Axis::log("drift P[y*_T ≠ y*₀]"), later)?;
        figure = figure.panel(refuted(&rows, with_bounds(&rows, failure)?)?).panel(drift);
    }
    Ok(figure)
}

/// A quantity against n for every choice, after one round and after `later`.
fn panel(rows: &Table, quantity: &str, title: String, y: Axis, later: &str) -> Result<Panel> {
    let mut panel = Panel::new(title, Axis::log("samples per round n"), y);
    for (color, (choice, name)) in CHOICES.iter().enumerate() {
        let points = |t| rows.filter(&[("choice", choice), ("t", t)])?.measured("samples", quantity);
        panel = panel
            .series(Series::new(*name, Style::LineMarkers, color, points("1")?).bars())
            .series(Series::unlabelled(Style::DashedMarkers, color, points(later)?).bars());
    }
    Ok(panel)
}

/// Adds C18 where it is below 10.
fn with_bounds(rows: &Table, mut panel: Panel) -> Result<Panel> {
    for (choice, t, column, label, style) in [
        ("nearest", "1", "failure_bound", "C18, T = 1, nearest", Style::Line),
        ("nearest", "2", "failure_bound", "C18, T = 2, nearest", Style::Dashed),
        ("random", "2", "failure_bound_printed", "C18 as printed (2 for 1 + r̄), T = 2, at random", Style::Dotted),
    ] {
        let points = rows.filter(&[("choice", choice), ("t", t)])?.points("samples", column)?;
        panel = panel.series(Series::new(label, style, 6, points.into_iter().filter(|point| point.y < 10.0)));
    }
    Ok(panel)
}

/// Says from which n on C18 as printed is refuted, if it is: where the failure of the random choice after two rounds comes to lie
/// above it with all of its 95% interval, its logarithm and the bound's interpolated in log n.
fn refuted(rows: &Table, panel: Panel) -> Result<Panel> {
    let rows = rows.filter(&[("choice", "random"), ("t", "2")])?;
    let (least, bound) = (rows.points("samples", "failure_lo")?, rows.points("samples", "failure_bound_printed")?);
    let at = |n: f64| bound.iter().find(|point| point.x == n).map_or(f64::NAN, |point| point.y);
    // Above 0 where refuted.
    let excess: Vec<(f64, f64)> = least.iter().map(|point| (point.x.log2(), (point.y / at(point.x)).ln())).collect();
    let Some(last) = excess.iter().rposition(|(_, excess)| *excess <= 0.0 || excess.is_nan()) else { return Ok(panel) };
    let (Some(&(x0, y0)), Some(&(x1, y1))) = (excess.get(last), excess.get(last + 1)) else { return Ok(panel) };
    let from = x0 + (x1 - x0) * y0 / (y0 - y1);
    Ok(panel.guide(Guide::vertical(from.exp2(), format!("C18 as printed: refuted from n ≈ 2^{from:.0}"))))
}
