//! Confidence by round, draws beside one shot, rounds against the number of responses; drawn from the table alone.

use super::super::Table;
use super::EXPERIMENT;
use super::rounds::{DELTA, SURE};
use crate::Result;
use crate::plot::{Axis, Figure, Panel, Point, Series, Style};

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let mut sure = Panel::new("confidence by round", Axis::linear("round t"), Axis::linear("πₜ(y*)").range(0.0, 1.02));
    let responses = || Axis::log("responses |Y|");
    let until = |what: &str| format!("{what} until max π > {SURE}");
    let mut draws = Panel::new(until("draws"), responses(), Axis::log("responses drawn"));
    let mut rounds = Panel::new(until("rounds"), responses(), Axis::linear("rounds").range(0.0, 8.0));
    for (color, dim) in table.distinct("dim")?.iter().enumerate() {
        let of_dim = table.filter(&[("dim", dim)])?;
        for (at, count) in of_dim.distinct("responses")?.iter().enumerate() {
            let points = of_dim.filter(&[("responses", count)])?.means("t", "base_probability")?;
            let style = [Style::LineMarkers, Style::DashedMarkers][at % 2];
            sure = sure.series(Series::new(format!("d = {dim}, |Y| = {count}"), style, color, points));
        }
        let ends = of_dim.filter(&[("t", "0")])?;
        let drawn = ends.measured("responses", "draws")?;
        draws = draws.series(Series::new(format!("rounds, d = {dim}"), Style::Markers, color, drawn).bars());
        let taken = ends.measured("responses", "rounds")?;
        rounds = rounds.series(Series::new(format!("d = {dim}"), Style::LineMarkers, color, taken).bars());
    }
    let mut shots = table.filter(&[("t", "0")])?.means("responses", "one_shot")?;
    shots.sort_by(|a, b| a.x.total_cmp(&b.x));
    draws = draws.series(Series::new(format!("one shot, log({:.0})/π₀(y*)", 1.0 / DELTA), Style::Dashed, 6, shots));
    let ends = table.filter(&[("t", "0")])?;
    let count = |points: Vec<Point>| points.iter().map(|point| point.y).sum::<f64>();
    let (sure_runs, found) = (count(ends.points("responses", "sure")?), count(ends.points("responses", "at_optimum")?));
    let keys = ["process.samples", "process.best_of"];
    let [samples, best_of] = EXPERIMENT.settings("d4", keys)?;
    Ok(Figure::new("Example J.1, iterated: training on the likeliest of N draws, beside one shot")
        .subtitle(format!(
            "One prompt, |Y| features uniform on the sphere in d dimensions, θ₀ = φ(y*), n = {samples}, N = {best_of} (n·N draws a round), \
             linear likelihood fit, draws ranked by πₜ. Means over {} instances, with 95% intervals (those of the first panel in the table). A run counts \
             as sure of any response; in {} of {sure_runs} it was another than y*",
            table.distinct("replicates")?.join(", "),
            sure_runs - found,
        ))
        .columns(3)
        .panel(sure)
        .panel(draws)
        .panel(rounds)
        .symbol("J", ""))
}
