//! Both figures, drawn from their tables alone.

use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};

/// The loops in the order in which the panels show them: no two share colour and shape of the marks.
const LOOPS: [&str; 19] = [
    "self-rewarding",
    "sharpening-sft",
    "majority-sft",
    "confidence-gate",
    "frozen-reward",
    "verifier-filter",
    "majority-reward",
    "curation",
    "win-rate-ipo",
    "preference-dpo",
    "accumulate",
    "live-reward-frozen-reference",
    "spin",
    "replay",
    "task-centric",
    "sharpening-rlhf",
    "selective-rewriting",
    "unfiltered",
    "grpo-mirror",
];

/// The colour and mark of a loop in both figures; one that is not listed gets those after them. Of eight colours the last, yellow, is
/// left out: it is faint on white.
fn color(name: &str) -> usize {
    let place = LOOPS.iter().position(|known| *known == name).unwrap_or(LOOPS.len());
    8 * (place / 7) + place % 7
}

fn style(place: usize) -> Style {
    [Style::LineMarkers, Style::DashedMarkers][place % 2]
}

/// Each loop on the axis on which it is straight.
pub(super) fn curves(table: &Table) -> Result<Figure> {
    let round = || Axis::linear("round t");
    let log = "log 1/(1−pₜ) (nats)";
    let mut double = Panel::new("double exponential: log log 1/(1−p)", round(), Axis::log(log)).legend(Legend::Below);
    for (place, (name, most)) in
        [("self-rewarding", 12.0), ("sharpening-sft", 12.0), ("majority-sft", 12.0), ("confidence-gate", 12.0)]
            .into_iter()
            .enumerate()
    {
        let mut points = table.filter(&[("loop", name)])?.points("t", "surprise")?;
        points.retain(|point| point.x <= most);
        double = double.series(Series::new(name, style(place), color(name), points));
    }
    let mut geometric =
        Panel::new("geometric: log 1/(1−p)", round(), Axis::linear(log).range(0.0, 45.0)).legend(Legend::Below);
    for (place, (part, name, label)) in [
        ("presets", "frozen-reward", "frozen-reward"),
        ("presets", "verifier-filter", "verifier-filter"),
        ("presets", "majority-reward", "majority-reward"),
        ("presets", "curation", "curation"),
        ("presets", "win-rate-ipo", "win-rate-ipo"),
        ("flips", "preference-dpo", "preference-dpo, flips 0.1"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut points = table.filter(&[("part", part), ("loop", name)])?.points("t", "surprise")?;
        points.retain(|point| point.x <= 40.0);
        geometric = geometric.series(Series::new(label, style(place), color(name), points));
    }
    let mut angle =
        Panel::new("finite time: arccos √ρ", round(), Axis::linear("arccos √ρₜ (radians)")).legend(Legend::Below);
    let rows = table.filter(&[("part", "circle")])?;
    for (place, beta) in rows.distinct("beta")?.iter().enumerate() {
        let points = rows.filter(&[("beta", beta)])?.points("t", "angle")?;
        let color = color("grpo-mirror") + 8 * place;
        angle = angle.series(Series::new(format!("grpo-mirror, β = {beta}"), style(place), color, points));
    }
    let mut power = Panel::new("1/t: 1 − p", Axis::log("t + 1"), Axis::log("1 − pₜ")).legend(Legend::Below);
    let mut points = table.filter(&[("loop", "accumulate")])?.points("t", "rest")?;
    points.iter_mut().for_each(|point| point.x += 1.0);
    if let Some(last) = points.last() {
        power = power.guide(Guide::slope((last.x, last.y), -1.0, "slope −1"));
    }
    power = power.series(Series::new("accumulate", style(0), color("accumulate"), points));
    let mut inside = Panel::new("a limit inside", round(), Axis::linear("pₜ").range(0.2, 0.8)).legend(Legend::Below);
    for (place, name) in ["live-reward-frozen-reference", "spin", "replay"].into_iter().enumerate() {
        let points = table.filter(&[("loop", name)])?.points("t", "probability")?;
        inside = inside.series(Series::new(format!("{name}, β = 8"), style(place), color(name), points));
    }
    let mut once = Panel::new("one step, and none", round(), Axis::linear("pₜ").range(0.5, 1.02)).legend(Legend::Below);
    for (place, name) in
        ["task-centric", "sharpening-rlhf", "selective-rewriting", "unfiltered"].into_iter().enumerate()
    {
        let points = table.filter(&[("loop", name)])?.points("t", "probability")?;
        once = once.series(Series::new(name, style(place), color(name), points));
    }
    Ok(Figure::new("Named loops in the population: 1 − p by round, each law on its own axis")
        .subtitle(
            "Two responses, one prompt, exact. ℓ₀ = 1 and β = 1 but for the circle (ρ₀ = 0.05) and the limits inside (ℓ₀ = −1, β = 8)",
        )
        .columns(3)
        .panel(double)
        .panel(geometric)
        .panel(angle)
        .panel(power)
        .panel(inside)
        .panel(once)
        .symbol("ρ", "probability of a right answer"))
}

/// Measured slopes against stated ones.
pub(super) fn slopes(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Slopes of the laws of decay: measured in the last round against stated")
        .subtitle("Every β, ℓ₀ and flip rate of the grid from which log-odds pass 20 (log log: 1000); arccos √ρ: mean over all rounds, absolute values")
        .columns(3);
    for order in table.distinct("order")? {
        let rows = table.filter(&[("order", &order)])?;
        let mut panel = Panel::new(order, Axis::log("stated slope"), Axis::log("measured slope"))
            .guide(Guide::slope((1.0, 1.0), 1.0, "equal"))
            .legend(Legend::Below);
        for name in &rows.distinct("loop")? {
            let mut points = rows.filter(&[("loop", name)])?.points("stated", "measured")?;
            points.iter_mut().for_each(|point| (point.x, point.y) = (point.x.abs(), point.y.abs()));
            panel = panel.series(Series::new(name.clone(), Style::Markers, color(name), points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure.symbol("ρ", "probability of a right answer"))
}
