//! The figure, drawn from the table alone.

use super::super::Table;
use crate::Result;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};

/// The n of all panels, each with a colour of its own; black is the population, with a shape of the marks for each β.
const COUNTS: [&str; 6] = ["50", "100", "200", "500", "1000", "10000"];
const POPULATION: usize = 6;
const COLORS: usize = 8;

fn of_samples(n: &str) -> usize {
    COUNTS.iter().position(|known| *known == n).unwrap_or(COLORS - 1)
}

/// Attractors by λ, accumulated answers, and what resampling leaves.
pub(super) fn figure(table: &Table) -> Result<Figure> {
    let shares = || Axis::linear("share λ of uniform answers").range(-0.02, 1.0);
    let end = |rows: &Table| -> Result<Axis> {
        Ok(Axis::linear(format!("p after {} rounds", rows.written("t")?)).range(-0.02, 1.02))
    };
    let rows = table.filter(&[("part", "pitchfork")])?;
    let mut fork = Panel::new("replay in the population", shares(), end(&rows)?);
    for (place, beta) in rows.distinct("beta")?.iter().enumerate() {
        let color = POPULATION + COLORS * place;
        let of_beta = rows.filter(&[("beta", beta)])?;
        let number: f64 = beta.parse().unwrap_or(f64::NAN);
        fork = fork.guide(Guide::vertical(1.0 / (1.0 + number), format!("λ_c, β = {}", short(beta))));
        for (at, start) in of_beta.distinct("start")?.iter().enumerate() {
            let cells = of_beta.filter(&[("start", start)])?;
            let (ends, stated) = (cells.means("lambda", "value")?, cells.points("lambda", "stated")?);
            fork = match at {
                0 => fork.series(Series::new(format!("β = {}", short(beta)), Style::Markers, color, ends)),
                _ => fork.series(Series::unlabelled(Style::Markers, color, ends)),
            };
            fork = fork.series(Series::unlabelled(Style::Line, color, stated).plain());
        }
    }
    let rows = table.filter(&[("part", "pitchfork-sampled")])?;
    let beta = rows.written("beta")?;
    let threshold = beta.parse::<f64>().map_or(f64::NAN, |beta| 1.0 / (1.0 + beta));
    let mut runs = Panel::new(format!("runs that draw n answers, β = {beta}"), shares(), end(&rows)?)
        .guide(Guide::vertical(threshold, "λ_c"));
    for n in &rows.distinct("samples")? {
        let ends = rows.filter(&[("samples", n)])?.means("lambda", "value")?;
        runs = runs.series(Series::new(format!("n = {n}"), Style::Markers, of_samples(n), ends));
    }
    for (at, start) in rows.distinct("start")?.iter().enumerate() {
        let stated = rows.filter(&[("start", start)])?;
        let first = stated.distinct("samples")?.first().cloned().unwrap_or_default();
        let line = stated.filter(&[("samples", &first)])?;
        let once = line.distinct("replicate")?.first().cloned().unwrap_or_default();
        let points = line.filter(&[("replicate", &once)])?.points("lambda", "stated")?;
        runs = match at {
            0 => runs.series(Series::new("population", Style::Line, 6, points)),
            _ => runs.series(Series::unlabelled(Style::Line, 6, points)),
        };
    }
    let title = format!("all answers kept, p₀ = {}", table.filter(&[("part", "accumulate")])?.written("start")?);
    let mut kept = Panel::new(title, Axis::log("t + 1"), Axis::log("(t+1)(1−pₜ)").range(0.3, 6.0));
    for (place, beta) in table.filter(&[("part", "accumulate")])?.distinct("beta")?.iter().enumerate() {
        let exact = table.filter(&[("part", "accumulate"), ("beta", beta)])?;
        let label = format!("population, β = {}", short(beta));
        kept = kept.series(Series::new(
            label,
            Style::Line,
            POPULATION + COLORS * place,
            later(exact.means("t", "value")?),
        ));
        let limit = exact.points("t", "stated")?.first().map_or(f64::NAN, |point| point.y);
        kept = kept.guide(Guide::horizontal(limit, format!("limit, β = {}", short(beta))));
        let sampled = table.filter(&[("part", "accumulate-sampled"), ("beta", beta)])?;
        for (at, n) in sampled.distinct("samples")?.iter().enumerate() {
            let style = [Style::Dashed, Style::DashDotted][at % 2];
            let points = later(sampled.filter(&[("samples", n)])?.measured("t", "value")?);
            let color = of_samples(n) + COLORS * place;
            kept = kept.series(Series::new(format!("n = {n}, β = {}", short(beta)), style, color, points));
        }
    }
    let axis = Axis::log("E[1 − Σπₜ²]");
    let mut mixed = Panel::new("unfiltered answers", Axis::linear("round t"), axis).legend(Legend::Auto);
    let rows = table.filter(&[("part", "unfiltered")])?;
    for n in &rows.distinct("samples")? {
        let color = of_samples(n);
        let cell = rows.filter(&[("samples", n)])?;
        mixed = mixed
            .series(Series::new(format!("n = {n}"), Style::Markers, color, cell.measured("t", "value")?).bars())
            .series(Series::unlabelled(Style::Line, color, cell.points("t", "stated")?).plain());
    }
    Ok(Figure::new("Memory of uniform answers, of all answers, and none: replay, accumulate, unfiltered")
        .subtitle(
            "Replay and accumulate: two answers, sharpened by the power 1 + 1/β; markers: measured, from starts on both sides of ½; lines: attractors (L11). \
             Accumulate: means with 95% intervals. Unfiltered: tables of prompts with Zipf weights; markers: means with 95% intervals; \
             lines: Wright–Fisher (L13)",
        )
        .columns(2)
        .panel(fork)
        .panel(runs)
        .panel(kept)
        .panel(mixed)
        .symbol("λ", "share of uniform answers")
        .symbol("λ_c", "critical λ")
        .symbol("p", "probability of the first answer"))
}

/// 1, not 1.0.
fn short(number: &str) -> &str {
    number.trim_end_matches(".0")
}

/// By t + 1.
fn later(points: Vec<crate::plot::Point>) -> Vec<crate::plot::Point> {
    points.into_iter().map(|point| crate::plot::Point { x: point.x + 1.0, ..point }).collect()
}
