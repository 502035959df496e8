//! How much of its log-odds a class can follow, and what that is worth: R², ε_app, margins and β against flips and gains.

use super::super::{CellRows, Line, Results, Table};
use super::{DIRECTIONS, FAILURE, QUESTIONS, class, last, mean};
use crate::Result;
use crate::metrics::named::{ACCURACY, APPROXIMATION_ERROR, CORRECT_PROBABILITY, DRIFT, SHARPENED_SHARE, STEP_DRIFT};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};

/// The rule of thumb: a round at β turns the favourites whose margin is below this part of ε_app/(1 + β).
pub(super) const PART: f64 = 0.25;

/// What a cell in expectation over all samples shows.
pub(super) struct Capacity {
    pub(super) cell: CellRows,
    /// d, the coordinates that are trained.
    pub(super) dim: usize,
    pub(super) beta: f64,
    /// R² of the first round.
    pub(super) share: f64,
    /// ε_app/(1 + β) of the first round, nats.
    pub(super) unit: f64,
    /// At each prompt the base model's margin, nats, and the prompt's weight.
    pub(super) margins: Vec<(f64, f64)>,
    /// The round with the largest J, and J there less J_0.
    pub(super) best: (usize, f64),
}

impl Capacity {
    /// What follows from a cell's rows and from the margins of the base model.
    fn of(cell: CellRows) -> Result<Self> {
        let beta = cell.number("process.beta")?;
        let instance = cell.simulation()?.instance(0)?;
        let base = instance.policy(instance.base());
        let margin = |x: usize| {
            let mut logits: Vec<f64> =
                (0..instance.features().responses(x) as u32).map(|y| base.log_prob(x, y)).collect();
            logits.sort_by(f64::total_cmp);
            // A favourite without a rival stays.
            if logits.len() > 1 { logits[logits.len() - 1] - logits[logits.len() - 2] } else { f64::INFINITY }
        };
        let margins = instance.weights().iter().enumerate().map(|(x, p)| (margin(x), *p)).collect();
        let start = mean(&cell, &CORRECT_PROBABILITY, 0)?;
        let mut best = (0, 0.0);
        for t in 1..=cell.rounds() {
            let gain = mean(&cell, &CORRECT_PROBABILITY, t)? - start;
            if gain > best.1 {
                best = (t, gain);
            }
        }
        let (dim, share) = (instance.features().dim(), mean(&cell, &SHARPENED_SHARE, 1)?);
        let unit = mean(&cell, &APPROXIMATION_ERROR, 1)? / (1.0 + beta);
        Ok(Self { cell, dim, beta, share, unit, margins, best })
    }

    /// The share of prompts whose margin is below `part`·ε_app/(1 + β): flips of the first round that the rule foretells.
    pub(super) fn foretold(&self, part: f64) -> f64 {
        self.margins.iter().filter(|(margin, _)| *margin < part * self.unit).map(|(_, p)| p).sum()
    }

    /// Favourites that the first round turns.
    pub(super) fn flips(&self) -> Result<f64> {
        mean(&self.cell, &DRIFT, 1)
    }

    /// What a loop with nothing fixed could gain: the share of right favourites less J_0.
    pub(super) fn most(&self) -> Result<f64> {
        Ok(mean(&self.cell, &ACCURACY, 0)? - mean(&self.cell, &CORRECT_PROBABILITY, 0)?)
    }

    /// J after t rounds less J_0.
    pub(super) fn gain(&self, t: usize) -> Result<f64> {
        Ok(mean(&self.cell, &CORRECT_PROBABILITY, t)? - mean(&self.cell, &CORRECT_PROBABILITY, 0)?)
    }
}

/// The cells of the part `capacity`.
pub(super) fn capacities(results: &Results) -> Result<Vec<Capacity>> {
    results.cells("capacity")?.into_iter().map(Capacity::of).collect()
}

/// Those cells, and the linearised ones of the part `rounds` that are not among them.
pub(super) fn linearised(results: &Results) -> Result<Vec<Capacity>> {
    let mut all = capacities(results)?;
    for cell in results.cells("rounds")?.into_iter().filter(|cell| class(cell) == "linearised") {
        let more = Capacity::of(cell)?;
        if all.iter().all(|one| (one.dim, one.beta) != (more.dim, more.beta)) {
            all.push(more);
        }
    }
    Ok(all)
}

/// One row for each d, β and t: ε_app and R² are those of the round that begins at t.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for capacity in capacities(results)? {
        let (foretold, most) = (capacity.foretold(PART), capacity.most()?);
        let Capacity { cell, dim, beta, share, best, .. } = capacity;
        let start = mean(&cell, &CORRECT_PROBABILITY, 0)?;
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
                    .number("most_gain", at_start(most))
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
    let gained = format!("largest gain of J (with no logit fixed: {free:.3})");
    let gain = Panel::new(gained, Axis::linear("R² of the first round"), Axis::linear("largest Jₜ − J₀"));
    let unsure = Axis::linear("F(0.5), share of unsure prompts");
    let stop = Panel::new("gain against certainty (rounds from right to left)", unsure, Axis::linear("Jₜ − J₀"))
        .guide(Guide::horizontal(0.0, "the model"));
    let told = Axis::log("share of prompts with a margin below ¼·ε/(1+β)");
    let first = Panel::new("favourites changed by the first round", told, Axis::log("share of changed favourites"))
        .guide(Guide::slope((0.1, 0.1), 1.0, "equal"));
    let any = Panel::new(
        "favourites changed by any round",
        Axis::log("ε/(1+β), nats"),
        Axis::log("share of changed favourites"),
    )
    .guide(Guide::slope((1.0, 0.2), 1.0, "0.2·ε/(1+β)"));
    let title = "A linearised model that rewards itself: gain against R², changed favourites against ε/(1+β)";
    let figure = Figure::new(title)
        .subtitle(format!(
            "SmolLM2-135M's answers to {QUESTIONS} questions; {} of {DIRECTIONS} directions trained; expectation over all samples, {} rounds",
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
