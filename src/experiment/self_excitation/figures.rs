//! The figures, drawn from the tables alone.

use super::super::Table;
use super::{EXPERIMENT, RADIUS};
use crate::Result;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};

/// Every k-th point, for marks that would hide a line.
fn thinned(points: Vec<Point>, every: usize) -> Vec<Point> {
    points.into_iter().step_by(every).collect()
}

/// α and λ of the cells that are drawn beside their prediction.
const SHARE: &str = "0.3";
const RIDGE: &str = "0.01";

/// ‖θ_t‖ of the cells of a part beside what is predicted.
fn predicted(table: &Table, part: &str, title: &str) -> Result<Panel> {
    let axis = Axis::log("‖θₜ‖").range(0.5, 1e8);
    let mut panel = Panel::new(title, Axis::linear("round t"), axis).guide(Guide::horizontal(RADIUS, "B"));
    let rows = table.filter(&[("part", part), ("alpha", SHARE), ("ridge", RIDGE)])?;
    // Colour: η, shape of the marks: β; the colours of n are others.
    for (shape, beta) in rows.distinct("beta")?.into_iter().enumerate() {
        for (place, eta) in rows.distinct("eta")?.into_iter().enumerate() {
            let color = 3 + place + 16 * shape;
            let cell = rows.filter(&[("beta", &beta), ("eta", &eta)])?;
            let sign = if eta.starts_with('-') { "−1" } else { "1" };
            let label = format!("η = {sign}, β = {beta}");
            let points = thinned(cell.points("t", "theta_norm")?, 3);
            panel = panel
                .series(Series::new(label, Style::Markers, color, points))
                .series(Series::unlabelled(Style::Line, color, cell.points("t", "predicted")?).plain());
        }
    }
    Ok(panel)
}

/// The n whose runs are drawn.
const SHOWN: [&str; 3] = ["16", "256", "4096"];

/// The colour of such an n in all panels.
fn of_samples(n: &str) -> usize {
    SHOWN.iter().position(|known| *known == n).unwrap_or(SHOWN.len())
}

/// Predicted growth; gains; the sawtooth, and how high it rises.
pub(super) fn norms(table: &Table) -> Result<Figure> {
    let ridge = table.filter(&[("part", "ridge")])?;
    let title = format!("gains of a round, β = {}, λ = {}", ridge.written("beta")?, ridge.written("ridge")?);
    let mut gains = Panel::new(title, Axis::linear("round t"), Axis::linear("βg/(β²g+λ)"));
    for n in &ridge.distinct("samples")? {
        let color = of_samples(n);
        let cell = ridge.filter(&[("samples", n)])?;
        for (style, name, column) in [(Style::Dashed, "largest", "gain_max"), (Style::LineMarkers, "least", "gain_min")]
        {
            let label = format!("{name}, n = {n}");
            gains = gains.series(Series::new(label, style, color, cell.points("t", column)?));
        }
    }
    let saw = table.filter(&[("part", "sawtooth")])?;
    let counts = saw.distinct("samples")?;
    let shown: Vec<&String> = counts.iter().filter(|n| SHOWN.contains(&n.as_str())).collect();
    let axis = Axis::log("‖θₜ‖").range(1.0, 1e9);
    let title = format!("frozen reference, β = {}", saw.written("beta")?);
    let mut teeth = Panel::new(title, Axis::linear("round t"), axis);
    for n in shown {
        let color = of_samples(n);
        let cell = saw.filter(&[("samples", n)])?;
        let label = format!("pairs of πₜ, n = {n}");
        teeth = teeth.series(Series::new(label, Style::Line, color, cell.points("t", "theta_norm")?));
    }
    let fixed = table.filter(&[("part", "blow-up")])?;
    let label = format!("pairs of π₀, n = {}", fixed.written("samples")?);
    teeth = teeth.series(Series::new(label, Style::Dashed, 1, fixed.points("t", "theta_norm")?));
    let rounds = saw.distinct("t")?.len() - 1;
    let pairs = || Axis::log("pairs per round n");
    let high = Panel::new("largest norm", pairs(), Axis::log(format!("largest ‖θₜ‖, t ≤ {rounds}")))
        .legend(Legend::Hidden)
        .series(Series::new("pairs of πₜ", Style::LineMarkers, 6, saw.measured("samples", "largest_norm")?).bars());
    let lost = Panel::new("rounds without a full span", pairs(), Axis::linear(format!("rounds of {rounds}")))
        .legend(Legend::Hidden)
        .series(Series::new("pairs of πₜ", Style::LineMarkers, 6, saw.measured("samples", "rank_losses")?).bars());
    Ok(Figure::new("Self-excitation: growth and its prediction, gains of a ridge, a sawtooth")
        .subtitle(format!(
            "{} prompts, {} responses, Gaussian features in {} dimensions, ‖θ₀‖ = {}, square loss. Above: {} pairs, reference ∝ πₜ^α π₀^(1−α) with α = {SHARE}, \
             reward η log πₜ, ridge {RIDGE}; markers: one run; lines: its multipliers before the first round (left: of its own pairs; middle: of π₀); right: \
             self-rewarding. Below: reward log πₜ, reference π₀; bars: least and most of all runs; arrowheads: beyond the axis",
            EXPERIMENT.given("kept", "instance.prompts")?,
            EXPERIMENT.given("kept", "instance.responses")?,
            EXPERIMENT.given("kept", "instance.dim")?,
            EXPERIMENT.given("kept", "instance.theta_norm")?,
            EXPERIMENT.given("kept", "process.samples")?
        ))
        .columns(3)
        .panel(predicted(table, "kept", "one set of pairs in all rounds")?)
        .panel(predicted(table, "anew", "pairs drawn anew from π₀")?)
        .panel(gains)
        .panel(teeth)
        .panel(high)
        .panel(lost)
        .symbol("B", "norm above which a run counts as crashed")
        .symbol("g", "eigenvalue of the mean of ΔφΔφᵀ over the round's pairs"))
}

/// The angle by time, its distance from the law, and both sides of the threshold of a frozen reference.
pub(super) fn standardised(table: &Table) -> Result<Figure> {
    let mirror = table.filter(&[("part", "mirror")])?;
    let time = || Axis::linear("t/(2β), radians");
    let mut circle = Panel::new("angle", time(), Axis::linear("ωₜ = arccos √ρₜ").range(0.0, 1.5));
    let mut distance =
        Panel::new("distance from the second-order law", time(), Axis::linear("β² |ωₜ − law|").range(0.0, 1.05))
            .guide(Guide::horizontal(1.0, "Q4a's bound"))
            .legend(Legend::Hidden);
    for (color, start) in mirror.distinct("start")?.iter().enumerate() {
        let rows = mirror.filter(&[("start", start)])?;
        let short: f64 = start.parse().unwrap_or(f64::NAN);
        for (at, beta) in rows.distinct("beta")?.iter().enumerate() {
            let cell = rows.filter(&[("beta", beta)])?;
            let style = [Style::LineMarkers, Style::Dotted, Style::Dashed, Style::Line][at % 4];
            let (angles, away) =
                (cell.points("time", "circle_angle")?, cell.points("time", "distance_by_beta_square")?);
            circle = circle.series(match at {
                0 => Series::new(format!("ρ₀ = {short:.2}"), style, color, angles),
                _ => Series::unlabelled(style, color, angles).plain(),
            });
            let away = Series::unlabelled(style, color, away);
            distance = distance.series(if at == 0 { away } else { away.plain() });
        }
    }
    let frozen = table.filter(&[("part", "frozen-grpo")])?;
    let odds = |title: &str| {
        Panel::new(title, Axis::linear("round t").range(0.0, 30.0), Axis::linear("log-odds ℓₜ").range(-6.0, 20.0))
    };
    let side = |title: &str, side: &str| -> Result<Panel> {
        let mut panel = odds(title);
        for (color, start) in frozen.distinct("log_odds_0")?.iter().enumerate() {
            let cell = frozen.filter(&[("log_odds_0", start), ("side", side)])?;
            let beta: f64 = cell.distinct("beta")?.join("").parse().unwrap_or(f64::NAN);
            let short: f64 = start.parse().unwrap_or(f64::NAN);
            let label = format!("ℓ₀ = {short:.0}, β = {beta:.3}").replace('-', "−");
            panel = panel.series(Series::new(label, Style::LineMarkers, color, cell.points("t", "log_odds")?));
        }
        Ok(panel)
    };
    Ok(Figure::new("Standardised rewards of correct answers: time, and a frozen reference")
        .subtitle(format!(
            "One prompt, two answers, population rounds. Above: grpo-mirror, β = {} (solid with marks, dotted, dashed, solid). \
             Below: grpo-frozen-reference with β on either side of the least one at which the loop from ℓ₀ stays bounded (Q4b)",
            mirror.written("beta")?
        ))
        .columns(2)
        .panel(circle)
        .panel(distance)
        .panel(side("frozen reference, β just below the threshold", "below")?)
        .panel(side("frozen reference, β just above the threshold", "above")?)
        .symbol("ℓ_t", "log-odds of the correct answer after t rounds"))
}
