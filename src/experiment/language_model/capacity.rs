//! How much of its log-odds a class can follow, and what that is worth: R², ε_app, margins and β against flips and gains.

use super::super::{CellRows, Line, Results, Table};
use super::{FAILURE, last, mean};
use crate::Result;
use crate::metrics::named::{ACCURACY, APPROXIMATION_ERROR, CORRECT_PROBABILITY, DRIFT, SHARPENED_SHARE, STEP_DRIFT};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// The rule of thumb: a round at β turns the favourites whose margin is below this part of ε_app/(1 + β).
pub(super) const PART: f64 = 0.25;

/// What a cell of the part `capacity` shows.
pub(super) struct Capacity {
    pub(super) cell: CellRows,
    /// d, the coordinates that are trained.
    pub(super) dim: usize,
    pub(super) beta: f64,
    /// R² of the first round.
    pub(super) share: f64,
    /// Flips of the first round that the rule foretells.
    pub(super) foretold: f64,
    /// The round with the largest J, and J there less J_0.
    pub(super) best: (usize, f64),
}

/// The cells, each with what follows from its rows and from the margins of the base model.
pub(super) fn capacities(results: &Results) -> Result<Vec<Capacity>> {
    let mut found = Vec::new();
    for cell in results.cells("capacity")? {
        let beta = cell.number("process.beta")?;
        let instance = cell.simulation()?.instance(0)?;
        let error = mean(&cell, &APPROXIMATION_ERROR, 1)?;
        let most = PART * error / (1.0 + beta);
        let base = instance.policy(instance.base());
        let turned = |x: usize| {
            let mut logits: Vec<f64> =
                (0..instance.features().responses(x) as u32).map(|y| base.log_prob(x, y)).collect();
            logits.sort_by(f64::total_cmp);
            logits.len() > 1 && logits[logits.len() - 1] - logits[logits.len() - 2] < most
        };
        let foretold = instance.weights().iter().enumerate().filter(|&(x, _)| turned(x)).map(|(_, p)| p).sum();
        let start = mean(&cell, &CORRECT_PROBABILITY, 0)?;
        let mut best = (0, 0.0);
        for t in 1..=cell.rounds() {
            let gain = mean(&cell, &CORRECT_PROBABILITY, t)? - start;
            if gain > best.1 {
                best = (t, gain);
            }
        }
        let (dim, share) = (instance.features().dim(), mean(&cell, &SHARPENED_SHARE, 1)?);
        found.push(Capacity { cell, dim, beta, share, foretold, best });
    }
    Ok(found)
}

/// One row for each d, β and t: ε_app and R² are those of the round that begins at t.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for Capacity { cell, dim, beta, share, foretold, best } in capacities(results)? {
        let (right, start) = (mean(&cell, &ACCURACY, 0)?, mean(&cell, &CORRECT_PROBABILITY, 0)?);
        for t in 0..=cell.rounds() {
            let next = |of| if t < cell.rounds() { mean(&cell, of, t + 1).unwrap_or(f64::NAN) } else { f64::NAN };
            let gain = mean(&cell, &CORRECT_PROBABILITY, t)? - start;
            let at_start = |value: f64| if t == 0 { value } else { f64::NAN };
            let error = next(&APPROXIMATION_ERROR);
            lines.push(
                Line::default()
                    .label("dim", dim.to_string())
                    .label("beta", cell.label("process.beta"))
                    .label("t", t.to_string())
                    .number("failure_0.5", mean(&cell, FAILURE, t)?)
                    .number("drift", mean(&cell, &DRIFT, t)?)
                    .number("accuracy", mean(&cell, &ACCURACY, t)?)
                    .number("gain", gain)
                    .number("sharpened_share", next(&SHARPENED_SHARE))
                    .number("approximation_error", error)
                    .number("error_over_one_plus_beta", error / (1.0 + beta))
                    .number("flips", next(&STEP_DRIFT))
                    .number("first_flips", at_start(next(&STEP_DRIFT)))
                    .number("foretold_flips", at_start(foretold))
                    .number("first_share", at_start(share))
                    .number("best_gain", at_start(best.1))
                    .number("best_round", at_start(best.0 as f64))
                    .number("most_gain", at_start(right - start))
                    .number("last_drift", at_start(last(&cell, &DRIFT)?)),
            );
        }
    }
    Ok(Table::of_lines(lines))
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let betas = table.distinct("beta")?;
    let panel = |panel: Panel, x: &str, y: &str, style: Style, of: &Table| -> Result<Panel> {
        let mut panel = panel;
        for (color, beta) in betas.iter().enumerate() {
            let points = of.filter(&[("beta", beta)])?.points(x, y)?;
            panel = panel.series(match style {
                // One entry in the legend for each β.
                Style::Markers => Series::unlabelled(style, color, points),
                _ => Series::new(format!("β = {beta}"), style, color, points),
            });
        }
        Ok(panel)
    };
    let dims = table.distinct("dim")?;
    let most = table.filter(&[("dim", dims.last().map_or("", String::as_str))])?;
    let free = table.points("first_share", "most_gain")?.first().map_or(f64::NAN, |point| point.y);
    let gained = format!("what can be gained, of {free:.3} where nothing is fixed");
    let gain = Panel::new(gained, Axis::linear("R² of the first round"), Axis::linear("largest Jₜ − J₀"));
    let unsure = Axis::linear("F(0.5), share of unsure prompts");
    let stop = Panel::new("when to stop: all directions, rounds from right to left", unsure, Axis::linear("Jₜ − J₀"))
        .guide(Guide::horizontal(0.0, "the model"));
    let told = Axis::log("margins below ¼·ε/(1+β): share of prompts");
    let first = Panel::new("favourites turned in the first round", told, Axis::log("flips")).guide(Guide::slope(
        (0.1, 0.1),
        1.0,
        "as foretold",
    ));
    let any = Panel::new("favourites turned in any round", Axis::log("ε/(1+β), nats"), Axis::log("flips"))
        .guide(Guide::slope((1.0, 0.2), 1.0, "0.2·ε/(1+β)"));
    let title = "When self-rewarding is safe: R² decides what there is to gain, ε/(1+β) what a round turns";
    let figure = Figure::new(title)
        .subtitle(format!(
            "SmolLM2-135M's answers to 160 questions; {} of 256 directions trained; expectation over all samples, {} rounds",
            dims.join(", "),
            table.distinct("t")?.len() - 1
        ))
        .columns(2)
        .panel(panel(gain, "first_share", "best_gain", Style::LineMarkers, table)?)
        .panel(panel(stop, "failure_0.5", "gain", Style::LineMarkers, &most)?)
        .panel(panel(first, "foretold_flips", "first_flips", Style::Markers, table)?)
        .panel(panel(any, "error_over_one_plus_beta", "flips", Style::Markers, table)?);
    Ok(figure.shared_legend())
}
