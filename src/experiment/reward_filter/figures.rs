//! Both figures, drawn from their tables alone.

use super::EXPERIMENT;
use crate::Result;
use crate::experiment::Table;
use crate::papers::task_centric::theory::feedback::feedback_map;
use crate::papers::task_centric::theory::two_prompts::{TwoPrompts, Weighing};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};

const SOURCE: &str = "A reconstruction of arXiv 2602.10014, whose full text was not available";

/// Lines of a tabular law, one curve through all n.
fn law(rows: &Table) -> Result<Vec<Point>> {
    let mut points = rows.points("draws", "law")?;
    points.retain(|point| point.x > 0.0 && point.y > 0.0);
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    points.dedup_by(|a, b| a.x == b.x);
    Ok(points)
}

pub(super) fn rounds(table: &Table) -> Result<Figure> {
    let replicates =
        |part: &str| -> Result<String> { Ok(table.filter(&[("part", part)])?.distinct("replicates")?.join(", ")) };
    let mut figure = Figure::new("Training on accepted answers: wrong answers left, against proposals")
        .subtitle(format!(
            "{SOURCE}. Marks: means after T rounds of n proposals with 95% intervals ({} tables of {} prompts and {} answers, {} runs on three prompts, {} of \
             SmolLM2's answers in {} directions, ‖θ‖ ≤ {}, ± 2 standard errors). Lines: T1, Σ p(x)(1−ρ₀)(1−pρ₀)^{{nT}}",
            replicates("tabular")?,
            EXPERIMENT.given("tabular", "instance.prompts")?,
            EXPERIMENT.given("tabular", "instance.responses")?,
            replicates("answers")?,
            replicates("model")?,
            EXPERIMENT.given("model", "instance.dim")?,
            EXPERIMENT.given("model", "process.radius")?
        ))
        .columns(2)
        .symbol("n", "proposals of a round")
        .symbol("p", "probability of a prompt");
    for (part, weights, title, low) in [
        ("tabular", "uniform", "tables, p uniform", 1e-3),
        ("tabular", "zipf", "tables, p ∝ 1/rank", 1e-3),
        ("answers", "uniform", "three prompts", 1e-3),
    ] {
        let rows = table.filter(&[("part", part), ("weights", weights)])?;
        let axis = Axis::log("probability of a wrong answer, 1 − J").range(low, 1.0);
        let mut panel = Panel::new(title, Axis::log("proposals n·T"), axis).legend(Legend::BottomLeft);
        panel = panel.series(Series::new("T1, one round of n·T", Style::Line, 5, law(&rows)?));
        for (color, t) in ["1", "2", "3", "4"].iter().enumerate() {
            let points = rows.filter(&[("t", t)])?.measured("draws", "wrong")?;
            panel = panel.series(Series::new(format!("T = {t}"), Style::Markers, color, points));
        }
        figure = figure.panel(panel);
    }
    let mut panel =
        Panel::new("language model", Axis::log("proposals n·T"), Axis::linear("probability of a wrong answer, 1 − J"))
            .legend(Legend::Below);
    let rows = table.filter(&[("part", "model")])?;
    for (place, n) in rows.distinct("samples")?.iter().enumerate() {
        // Black all, with marks of a shape for each n: the colours are those of T.
        let color = 6 + 8 * place;
        let of_n = rows.filter(&[("samples", n)])?;
        let errors = of_n.points("draws", "wrong_error")?;
        let mut points = of_n.means("draws", "wrong")?;
        points.retain(|point| point.x > 0.0);
        for point in &mut points {
            if let Some(error) = errors.iter().find(|error| error.x == point.x) {
                (point.lo, point.hi) = (Some(point.y - 2.0 * error.y), Some(point.y + 2.0 * error.y));
            }
        }
        panel = panel.series(Series::new(format!("n = {n}"), Style::LineMarkers, color, points));
    }
    if let Some(start) = rows.filter(&[("t", "0")])?.points("t", "wrong_mean")?.first() {
        panel = panel.guide(Guide::horizontal(start.y, "start"));
    }
    let limits = table.filter(&[("part", "model-population"), ("radius", "100")])?;
    for t in ["1", "4"] {
        if let Some(limit) = limits.filter(&[("t", t)])?.points("t", "wrong_mean")?.first() {
            let label = if t == "1" { "n = ∞, T = 1" } else { "n = ∞, T = 4" };
            panel = panel.guide(Guide::horizontal(limit.y, label));
        }
    }
    Ok(figure.panel(panel))
}

pub(super) fn guarantees(table: &Table) -> Result<Figure> {
    let figure = Figure::new("Training on accepted answers: guarantees, and two weighings of prompts")
        .subtitle(format!(
            "{SOURCE}. First row: the tables of reward_filter, {} replicates, medians of bounds and of condition numbers. Below: closed forms, no \
             sampling; two equally likely prompts, two answers each, Δφ = 1/3 and −1, one population fit",
            table.distinct("replicates")?.join(", ")
        ))
        .columns(2);
    let mut bound = Panel::new(
        "one round: error, and T2's bound on it",
        Axis::log("proposals n"),
        Axis::log("probability of a wrong answer, 1 − J₁").range(1e-3, 10.0),
    )
    .guide(Guide::horizontal(1.0, "1: no information"))
    .legend(Legend::BottomLeft);
    let mut condition = Panel::new(
        "acceptance condition number by round",
        Axis::linear("round t"),
        Axis::log("E[1/ρₜ], median over replicates"),
    )
    .legend(Legend::Below);
    for (color, weights) in ["uniform", "zipf"].into_iter().enumerate() {
        let rows = table.filter(&[("weights", weights)])?;
        let name = if weights == "uniform" { "p uniform" } else { "p ∝ 1/rank" };
        let measured = rows.measured("samples", "wrong")?;
        bound = bound.series(Series::new(format!("{name}: measured"), Style::Markers, color, measured)).series(
            Series::new(
                format!("{name}: √(a·E[1/ρ₀])"),
                [Style::Line, Style::Dashed][color],
                color,
                rows.points("samples", "guarantee")?,
            ),
        );
        for n in rows.distinct("samples")?.iter().filter(|n| ["50", "200", "1000"].contains(&n.as_str())) {
            let of_n = rows.filter(&[("samples", n)])?;
            let mut points = Vec::new();
            for t in 0..=4 {
                let here = of_n.points("samples", &format!("condition_{t}"))?;
                points.extend(here.first().map(|point| Point::from((f64::from(t), point.y))));
            }
            let style = [Style::LineMarkers, Style::DashedMarkers][color];
            let shade = ["50", "200", "1000"].iter().position(|known| known == n).unwrap_or(3);
            condition = condition.series(Series::new(format!("{name}, n = {n}"), style, shade, points));
        }
    }
    let mut map = Panel::new(
        "T3: equal acceptance, guarantee at a = 0.1",
        Axis::linear("round t"),
        Axis::linear("guaranteed J").range(0.0, 1.0),
    )
    .legend(Legend::Below);
    for (color, start) in [0.05, 0.11, 0.12, 0.2, 0.95].into_iter().enumerate() {
        let bound = feedback_map(0.1, start, 12)?;
        let iterates = bound.lists().iter().find(|(name, _)| *name == "guarantees").map(|(_, values)| values.clone());
        let points = iterates.unwrap_or_default().into_iter().enumerate().map(|(t, value)| (t as f64, value));
        map = map.series(Series::new(format!("J₀ = {start}"), Style::LineMarkers, color, points));
        if color == 0
            && let (Some(lower), Some(upper)) =
                (bound.intermediate("lower_fixed_point"), bound.intermediate("upper_fixed_point"))
        {
            map = map.guide(Guide::horizontal(lower, "J₋")).guide(Guide::horizontal(upper, "J₊"));
        }
    }
    let figure = figure
        .symbol("n", "proposals of a round")
        .symbol("p", "probability of a prompt")
        .symbol("ρ", "probability that an answer is accepted")
        .symbol("ρ₀", "ρ of the base policy")
        .symbol("ρ_t", "ρ after t rounds")
        .symbol("a", "error bound of a round, of order 1/n")
        .symbol("J₋, J₊", "fixed points of the guarantee");
    Ok(figure.panel(bound).panel(condition).panel(map).panel(weighing()?))
}

/// The change of J by one fit under both weighings, from a grid of θ.
fn weighing() -> Result<Panel> {
    let law = TwoPrompts { slopes: [1.0 / 3.0, -1.0] };
    let mut panel = Panel::new(
        "T4: accepted answers weighed two ways",
        Axis::linear("θ before the fit"),
        Axis::linear("change of J by one fit"),
    )
    .guide(Guide::horizontal(0.0, ""))
    .legend(Legend::Below);
    for (color, (weighing, name)) in
        [(Weighing::Acceptance, "weights p(x)ρ(x), a pooled filter"), (Weighing::Prompt, "weights p(x), per prompt")]
            .into_iter()
            .enumerate()
    {
        let mut points = Vec::new();
        for step in -48..=24 {
            let theta = f64::from(step) / 8.0;
            points.push((theta, law.accuracy(law.fit(theta, weighing)?) - law.accuracy(theta)));
        }
        panel = panel.series(Series::new(name, [Style::Line, Style::Dashed][color], color, points));
    }
    Ok(panel)
}
