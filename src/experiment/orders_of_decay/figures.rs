//! Both figures, drawn from their tables alone.

use super::{FAR, LEFT};
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
        ("flips", "preference-dpo", "preference-dpo, flips"),
    ]
    .into_iter()
    .enumerate()
    {
        let rows = table.filter(&[("part", part), ("loop", name)])?;
        let label = if part == "flips" { format!("{label} {}", rows.written("flip")?) } else { label.to_owned() };
        let mut points = rows.points("t", "surprise")?;
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
    let mut inside =
        Panel::new("a limit between 0 and 1", round(), Axis::linear("pₜ").range(0.2, 0.8)).legend(Legend::Below);
    for (place, name) in ["live-reward-frozen-reference", "spin", "replay"].into_iter().enumerate() {
        let rows = table.filter(&[("loop", name)])?;
        let label = format!("{name}, β = {}", rows.written("beta")?);
        inside = inside.series(Series::new(label, style(place), color(name), rows.points("t", "probability")?));
    }
    let mut once = Panel::new("one step, and none", round(), Axis::linear("pₜ").range(0.5, 1.02)).legend(Legend::Below);
    for (place, name) in
        ["task-centric", "sharpening-rlhf", "selective-rewriting", "unfiltered"].into_iter().enumerate()
    {
        let points = table.filter(&[("loop", name)])?.points("t", "probability")?;
        once = once.series(Series::new(name, style(place), color(name), points));
    }
    let starts = |name: &str| table.filter(&[("loop", name), ("t", "0")]);
    let (usual, limits) = (starts("self-rewarding")?, starts("spin")?);
    Ok(Figure::new("Named loops in the population: 1 − p by round, each law on its own axis")
        .subtitle(format!(
            "Two responses, one prompt, exact. ℓ₀ = {} and β = {}, but ρ₀ = {:.2} for arccos √ρ, and ℓ₀ = {} and β = {} for the limits between 0 and 1",
            usual.written("log_odds")?,
            usual.written("beta")?,
            rows.points("t", "probability")?.first().map_or(f64::NAN, |point| point.y),
            limits.written("log_odds")?,
            limits.written("beta")?
        ))
        .columns(3)
        .panel(double)
        .panel(geometric)
        .panel(angle)
        .panel(power)
        .panel(inside)
        .panel(once)
        .symbol("p", "probability of the first response")
        .symbol("ℓ", "log-odds of the first response")
        .symbol("ρ", "probability of a right answer"))
}

/// Measured slopes against stated ones.
pub(super) fn slopes(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Slopes of the laws of decay: measured in the last round against stated")
        .subtitle(format!(
            "Every β, ℓ₀ and share of flips of the grid with log-odds above {LEFT} in the end (log log: {FAR}); arccos √ρ: mean over all rounds, absolute values"
        ))
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
    let figure = figure.symbol("p", "probability of the first response");
    let figure = figure.symbol("ℓ_0", "log-odds of the first response at the start");
    Ok(figure.symbol("ρ", "probability of a right answer"))
}
