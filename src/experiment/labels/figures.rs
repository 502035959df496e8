//! Both figures, drawn from their tables alone.

use std::f64::consts::SQRT_2;

use super::tables::Source;
use super::{EXPERIMENT, ZERO};
use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};

/// Sources as the figure names them.
fn label(source: Source) -> &'static str {
    match source {
        Source::Clean => "differences of log π: exactly 0",
        Source::Judge => "judge",
        Source::Labels => "Bradley–Terry labels",
        Source::Warm => "labels at a higher temperature",
        Source::Flipped => "labels, a part flipped",
        Source::Offset => "differences, some logits fixed",
    }
}

fn without_rounding(points: Vec<Point>) -> Vec<Point> {
    let zero = |point: Point| if point.y < ZERO { Point { y: 0.0, lo: None, hi: None, ..point } } else { point };
    points.into_iter().map(zero).collect()
}

pub(super) fn samples(table: &Table) -> Result<Figure> {
    let samples = || Axis::log("samples n");
    let mut all = Panel::new("root ε of the population loss", samples(), Axis::log("ε, nats").range(1e-4, 10.0));
    let mut ratio = Panel::new("n ε² over its limit", samples(), Axis::linear("n ε²/limit").range(0.0, 3.0))
        .guide(Guide::horizontal(1.0, ""));
    for (color, source) in Source::ALL.into_iter().enumerate() {
        let rows = table.filter(&[("source", source.name())])?;
        let points = without_rounding(rows.measured("samples", "epsilon")?);
        all = all.series(Series::new(label(source), Style::Markers, color, points).bars());
        if matches!(source, Source::Judge | Source::Labels) {
            all = all.series(Series::unlabelled(Style::Line, color, rows.points("samples", "limit")?).plain());
            let measured = rows.measured("samples", "ratio")?;
            ratio = ratio.series(Series::new(label(source), Style::LineMarkers, color, measured).bars());
        }
    }
    let labels = table.filter(&[("source", Source::Labels.name())])?;
    let separated =
        Panel::new("labels without a finite minimiser", samples(), Axis::linear("share of samples").range(0.0, 1.0))
            .series(Series::unlabelled(Style::LineMarkers, 2, labels.points("samples", "infinite")?));
    Ok(Figure::new("One round: error ε by what the loop learns from, against n")
        .subtitle(format!(
            "Gaussian features, M = {}, K = {}, d = {}, β = {}; noise of a judge: {:.1} nats a response. Means over {} replicates with 95% intervals; samples of labels without a finite \
             minimiser left out. Lines: √(2s²r/n) of the judge, √(tr(GI⁺)/n) of labels",
            EXPERIMENT.given("law", "instance.prompts")?,
            EXPERIMENT.given("law", "instance.responses")?,
            EXPERIMENT.given("law", "instance.dim")?,
            EXPERIMENT.given("law", "process.beta")?,
            EXPERIMENT.given("judge", "process.judge_noise")?.parse::<f64>().unwrap_or(f64::NAN) / SQRT_2,
            table.distinct("replicates")?.join(", ")
        ))
        .columns(3)
        .panel(all.legend(Legend::Below))
        .panel(ratio.legend(Legend::TopRight))
        .panel(separated)
        .symbol("s", "noise of the judge at a response")
        .symbol("r", "rank of G")
        .symbol("G", "second moment of the feature differences")
        .symbol("I⁺", "pseudo-inverse of the Fisher information of a label"))
}

/// β of the panels.
const BETA: &str = "1";
/// The gap that loops start from.
const GAP: &str = "1";

pub(super) fn rounds(table: &Table) -> Result<Figure> {
    let here = table.filter(&[("beta", BETA)])?;
    let mut growth =
        Panel::new("log-odds of two responses", Axis::linear("round t"), Axis::linear("|ℓₜ|, nats").range(0.0, 60.0));
    let mut steps =
        Panel::new("step of a round", Axis::linear("round t"), Axis::log("|ℓₜ| − |ℓₜ₋₁|, nats").range(0.2, 5.0));
    let flips = here.filter(&[("part", "flips")])?;
    let mut color = 0;
    for (temperature, style) in [("1", Style::Line), ("0.5", Style::Dashed), ("2", Style::Dotted)] {
        let rows = flips.filter(&[("temperature", temperature)])?;
        for flip in rows.distinct("flip")? {
            let of_flip = rows.filter(&[("flip", &flip)])?;
            let gaps = of_flip.distinct("gap")?;
            let Some(gap) = gaps.iter().find(|gap| nearest(gap)) else { continue };
            let rows = of_flip.filter(&[("gap", gap)])?;
            let name = format!("labels, e = {flip}, τ = {temperature}");
            growth = growth.series(Series::new(name.clone(), style, color, rows.points("t", "log_odds")?));
            steps = steps.series(Series::new(name, style, color, rows.points("t", "step")?));
            color += 1;
        }
    }
    let hard = here.filter(&[("part", "win-rate")])?;
    if let Some(gap) = hard.distinct("gap")?.iter().find(|gap| nearest(gap)) {
        let rows = hard.filter(&[("gap", gap)])?;
        let name = "win rates, hard labels";
        growth = growth.series(Series::new(name, Style::DashDotted, color, rows.points("t", "log_odds")?));
        steps = steps.series(Series::new(name, Style::DashDotted, color, rows.points("t", "step")?));
    }
    Ok(Figure::new("Log-odds by round: flipped labels, and win rates with hard labels")
        .subtitle(format!("Two responses, log-odds {GAP} at the start, β = {BETA}, expectation over all samples"))
        .columns(2)
        .panel(growth)
        .panel(steps)
        .shared_legend()
        .symbol("ℓ_t", "log-odds of the two responses after t rounds")
        .symbol("e", "share of flipped labels"))
}

/// Whether a written gap is [`GAP`], to the digits of a log-odds.
fn nearest(gap: &str) -> bool {
    let [a, b] = [gap, GAP].map(|text| text.parse::<f64>().unwrap_or(f64::NAN));
    (a - b).abs() < 1e-9
}
