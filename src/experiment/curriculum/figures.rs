//! Both figures, drawn from their tables alone.

use super::tables::RUNS;
use super::{EXPERIMENT, TOP};
use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Guide, Heatmap, Legend, Panel, Point, Scale, Series, Style};

const SOURCE: &str = "A reconstruction of arXiv 2602.10014, whose full text was not available";

/// Schedules as tables name them, and as figures do.
const SCHEDULES: [(&str, &str); 3] =
    [("curriculum", "curriculum"), ("mixture", "mixture of all levels"), ("hard-only", "hardest level alone")];

pub(super) fn chain(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Four levels, four rounds: the chance to solve the last level")
        .subtitle(format!(
            "{SOURCE}. A proposal at level k has log-odds −h_k, and ν more once level k−1 is solved; one acceptance solves a level. n proposals a round: at \
             level t in round t, n/4 at each, or all at the last. Lines: exact chain; marks: {RUNS} simulated runs; dashed: ν = log 4, from which on the curriculum leads the last level \
             alone where the lower levels are sure"
        ))
        .columns(3);
    for difficulties in table.distinct("difficulties")? {
        let rows = table.filter(&[("difficulties", &difficulties)])?;
        let written = difficulties.replace(' ', ", ");
        let drawn = rows.filter(&[("drawn", "yes")])?;
        let shown = drawn.distinct("samples")?.join(", ");
        let mut panel = Panel::new(
            format!("h = {written}: n = {shown}"),
            Axis::linear("transfer ν (nats)"),
            Axis::linear("P[last level solved]").range(0.0, 1.0),
        )
        .legend(Legend::Below)
        .guide(Guide::vertical(4f64.ln(), "log 4"));
        for (color, (column, label)) in SCHEDULES.into_iter().enumerate() {
            panel = panel
                .series(Series::new(
                    label,
                    [Style::Line, Style::Dashed, Style::Dotted][color],
                    color,
                    drawn.points("transfer", column)?,
                ))
                .series(Series::unlabelled(
                    Style::Markers,
                    color,
                    drawn.points("transfer", &format!("{column}_simulated"))?,
                ));
        }
        figure = figure.panel(panel);
        for (other, label) in [("hard-only", "hardest alone"), ("mixture", "mixture")] {
            let panel = Panel::new(
                format!("h = {written}: curriculum less {label}"),
                Axis::linear("transfer ν (nats)"),
                Axis::log("proposals n a round"),
            )
            .heatmap(difference(&rows, other)?)
            .guide(Guide::vertical(4f64.ln(), "log 4"));
            figure = figure.panel(panel);
        }
    }
    let figure = figure.symbol("n", "proposals of a round");
    Ok(figure)
}

/// Differences of two doubles near 1 that lie below it are rounding: none of them is marked as an exact zero.
const ROUNDING: f64 = 1e-12;

/// A difference, or its rounding.
fn known(difference: f64) -> f64 {
    if difference.abs() < ROUNDING { ROUNDING } else { difference }
}

/// P under the curriculum less P under another schedule over ν and n.
fn difference(rows: &Table, other: &str) -> Result<Heatmap> {
    let number = |text: &String| text.parse::<f64>().unwrap_or(f64::NAN);
    let grid = rows.filter(&[("drawn", "no")])?;
    let x: Vec<f64> = grid.distinct("transfer")?.iter().map(number).collect();
    let (mut y, mut values) = (Vec::new(), Vec::new());
    for n in grid.distinct("samples")? {
        let of_n = grid.filter(&[("samples", &n)])?;
        let (own, others) = (of_n.points("transfer", "curriculum")?, of_n.points("transfer", other)?);
        let at = |points: &[Point], transfer: f64| {
            points.iter().find(|point| point.x == transfer).map_or(f64::NAN, |point| point.y)
        };
        values.push(x.iter().map(|&transfer| known(at(&own, transfer) - at(&others, transfer))).collect());
        y.push(number(&n));
    }
    Ok(Heatmap {
        x,
        y,
        values,
        label: "difference of P[last level solved]".to_owned(),
        scale: Scale::Linear,
        range: Some((-1.0, 1.0)),
    })
}

/// λ and n of the panels against rounds.
const SHOWN: [(&str, &str); 2] = [("ridge", "0.0001"), ("samples", "256")];

pub(super) fn model(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("A language model's questions by level, trained on its right answers")
        .subtitle(format!(
            "{SOURCE}. SmolLM2-135M-Instruct, {} directions of one linear map; questions: capitals (level 0), opposites, sums and products of one digit, \
             sums of two and of three digits (level {TOP}). n = {} proposals a round, ridge λ = {} around the last θ unless stated; means over {} \
             replicates ± 2 standard errors, 95% intervals in the table",
            EXPERIMENT.given("model", "instance.dim")?,
            SHOWN[1].1,
            SHOWN[0].1,
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(3);
    for (part, title) in [("model", "one round a level"), ("long", "three rounds a level")] {
        let rows = table.filter(&[("part", part), SHOWN[0], SHOWN[1]])?;
        for (column, what) in [("right".to_owned(), "all questions"), (format!("right_level_{TOP}"), "hardest level")] {
            let mut panel = Panel::new(
                format!("{title}: {what}"),
                Axis::linear("round t"),
                Axis::linear("probability of a right answer"),
            )
            .legend(Legend::Below);
            for (color, (schedule, label)) in SCHEDULES.into_iter().enumerate() {
                let points = with_errors(&rows.filter(&[("schedule", schedule)])?, "t", &column)?;
                panel = panel.series(Series::new(label, Style::LineMarkers, color, points));
            }
            figure = figure.panel(panel);
        }
        figure = figure.panel(by_level(&rows, title)?);
    }
    for ridge in table.filter(&[("part", "model")])?.distinct("ridge")? {
        let mut panel = Panel::new(
            format!("six rounds: hardest level, λ = {ridge}"),
            Axis::log("proposals n a round"),
            Axis::linear("probability of a right answer").range(0.0, 0.25),
        )
        .legend(Legend::Below);
        for (color, (schedule, label)) in SCHEDULES.into_iter().enumerate() {
            let rows = table.filter(&[("part", "model"), ("ridge", &ridge), ("schedule", schedule), ("t", "6")])?;
            let points = with_errors(&rows, "samples", &format!("right_level_{TOP}"))?;
            panel = panel.series(Series::new(label, Style::LineMarkers, color, points));
        }
        figure = figure.panel(panel);
    }
    let figure = figure.symbol("n", "proposals of a round");
    Ok(figure)
}

/// Means with two standard errors to both sides.
fn with_errors(rows: &Table, x: &str, name: &str) -> Result<Vec<Point>> {
    let errors = rows.points(x, &format!("{name}_error"))?;
    let mut points = rows.means(x, name)?;
    for point in &mut points {
        if let Some(error) = errors.iter().find(|error| error.x == point.x) {
            (point.lo, point.hi) = (Some(point.y - 2.0 * error.y), Some(point.y + 2.0 * error.y));
        }
    }
    Ok(points)
}

/// J by level at the start and after the last round.
fn by_level(rows: &Table, title: &str) -> Result<Panel> {
    let last = rows.distinct("t")?.last().cloned().unwrap_or_default();
    let mut panel = Panel::new(
        format!("{title}: by level, t = {last}"),
        Axis::linear("level"),
        Axis::linear("probability of a right answer").range(0.0, 1.0),
    )
    .legend(Legend::Below);
    let across = |rows: &Table| -> Result<Vec<Point>> {
        let mut points = Vec::new();
        for level in 0..=TOP {
            let here = with_errors(rows, "t", &format!("right_level_{level}"))?;
            points.extend(here.first().map(|point| Point { x: level as f64, ..*point }));
        }
        Ok(points)
    };
    let start = across(&rows.filter(&[("t", "0")])?)?.into_iter().map(|point| (point.x, point.y));
    panel = panel.series(Series::new("start", Style::Dashed, 5, start));
    for (color, (schedule, label)) in SCHEDULES.into_iter().enumerate() {
        let points = across(&rows.filter(&[("schedule", schedule), ("t", &last)])?)?;
        panel = panel.series(Series::new(label, Style::LineMarkers, color, points));
    }
    Ok(panel)
}
