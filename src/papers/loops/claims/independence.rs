//! What the square loss does not depend on (U2): whose prompts and whose candidates.

use ndarray::Array2;

use super::OURS;
use super::rows::{NEWTON, base_logs, is_table, smooth_labels};
use crate::Result;
use crate::claims::cases::{apart_from, of_cell};
use crate::claims::premises::{Slot, departs_at_most, has_offset, is_population_of, is_update};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::experiment::CellRows;
use crate::instance::FeatureMap;
use crate::linalg::thin_svd;
use crate::metrics::named::{
    FISHER_MAX, FISHER_MIN, MARGIN, MIN_CONFIDENCE, NATURAL_DISTANCE, NATURAL_STEP, RANK_FRACTION, THETA_NORM,
};
use crate::process::fit::Data;
use crate::process::{Labels, PromptLaw};
use crate::simulate::Simulation;

/// A linear class whose target it holds, under several laws of prompts and candidates; sampled, too.
const LINEAR: &[Source] = &[
    Source { experiment: "loop_plane", part: "drawn-linear" },
    Source { experiment: "loop_plane", part: "drawn-sampled" },
];
/// The same with fixed logits that it does not hold.
const OFFSET: &[Source] = &[Source { experiment: "loop_plane", part: "drawn-offset" }];
/// One table under several laws.
const TABLE: &[Source] = &[
    Source { experiment: "loop_plane", part: "drawn-table" },
    Source { experiment: "loop_plane", part: "drawn-table-sampled" },
];
const WIN_RATE: &[Source] = &[Source { experiment: "loop_plane", part: "drawn-win-rate" }];
const FLIPS: &[Source] = &[Source { experiment: "loop_plane", part: "drawn-flips" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: "100000 sampled pairs leave no direction out; prompts of which π_t is sure may be left out, too, where the others differ in every direction (random laws of full support: U2.laws); beside the update from pairs of π_t at p on the same instance; of labels the law is known at second hand, and redone",
        ..Claim::exact(
            "U2",
            "a linear class that holds the target: the update of the square loss, and the population's on Bradley–Terry labels, do not depend on the laws of prompts and candidates; nor does the sampled square loss's once the span is complete",
            "ours (labels: known at second hand, redone)",
            LINEAR,
            Statement::Replicates(as_from_the_policy),
            &[Control::replicates("U2.offset", "the same with fixed logits outside the class", OFFSET, distances)],
        )
    },
    Claim::exact(
        "U2.table",
        "the same on a table of five responses: margin and least confidence after each round, over laws of prompts and candidates",
        OURS,
        TABLE,
        Statement::Cells(alike),
        &[
            Control::cells("U2.win-rate", "the same for the square loss on hard labels, K = 5", WIN_RATE, all_alike),
            Control::cells("U2.flips", "the same for labels that are flipped, K = 5", FLIPS, all_alike),
        ],
    ),
];

/// Laws of prompts and candidates of full support, but for prompts that a filter leaves out.
const LAWS: &[Slot] = &[Slot::Prompts, Slot::Candidates];

/// Whether a loop is the paper's but for these laws, with a fit that does not see them in a class that holds the target.
fn is_blind(simulation: &Simulation) -> bool {
    let labels = simulation.process.fit.data() == Data::Labels(Labels::default());
    is_update(simulation, "erm") || (is_population_of(simulation, "logistic") && labels)
}

/// Whether the class of dense features holds the self-reward: without fixed logits, or with ones that are linear in the features.
fn holds_target(simulation: &Simulation) -> bool {
    let noise = simulation.config.instance.section().inner("offset", "noise");
    !has_offset(simulation) || (simulation.fixed().is_none() && noise == Some(0.0))
}

fn as_from_the_policy(trial: &Trial<'_>) -> Result<Option<Case>> {
    let simulation = trial.simulation();
    if !is_blind(simulation) || !departs_at_most(simulation, LAWS) || !holds_target(simulation) {
        return Ok(None);
    }
    let instance = trial.instance()?;
    // Without a difference of dense features there is no F.
    if is_table(&instance) || instance.rank() == 0 {
        return Ok(None);
    }
    // Where no prompt passes there is no sample whose span could be complete.
    if simulation.process.prompts != PromptLaw::All && !others_differ(trial)? {
        return Ok(None);
    }
    if !simulation.process.fit.is_population() {
        for t in 1..=trial.rounds() {
            if trial.get(&RANK_FRACTION, t)? < 1.0 {
                return Ok(None);
            }
        }
    }
    distances(trial)
}

/// Whether prompts of which no π_t is sure differ in every direction in which prompts differ. π_t ∝ π_0^{(1+1/β)^t} here.
fn others_differ(trial: &Trial<'_>) -> Result<bool> {
    let PromptLaw::ConfidenceAtMost(most) = trial.simulation().process.prompts else { return Ok(false) };
    let (instance, beta) = (trial.instance()?, trial.beta());
    let FeatureMap::Dense(features) = instance.features() else { return Ok(false) };
    let base = base_logs(&instance);
    let rank = |of: &dyn Fn(usize) -> bool| {
        let mut rows = Vec::new();
        for x in (0..instance.prompts()).filter(|&x| instance.weights()[x] > 0.0 && of(x)) {
            for y in 1..instance.features().responses(x) {
                let mut row = vec![0.0; features.dim()];
                features.difference(x, y, 0, &mut row);
                rows.extend(row);
            }
        }
        let count = rows.len() / features.dim().max(1);
        let matrix = Array2::from_shape_vec((count, features.dim()), rows);
        matrix.map_or(0, |matrix| {
            let svd = thin_svd(matrix.view());
            let most = svd.singular.iter().copied().fold(0.0, f64::max);
            svd.singular.iter().filter(|value| **value > SPAN * most).count()
        })
    };
    let all = rank(&|_| true);
    let surer = |x: usize, t: usize| {
        let logs: Vec<f64> = base[x].iter().map(|log| log * (1.0 + 1.0 / beta).powi(t as i32)).collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        1.0 / logs.iter().map(|log| (log - top).exp()).sum::<f64>()
    };
    Ok((0..trial.rounds()).all(|t| rank(&|x| surer(x, t) < most * (1.0 - 1e-9)) == all))
}

/// Singular values below this share of the largest span nothing that a fit would know well.
const SPAN: f64 = 1e-6;

/// The distance of the step from the one that pairs of π_t give, which is −F⁺∇H by plain sums.
fn distances(trial: &Trial<'_>) -> Result<Option<Case>> {
    let mut case = Case::default();
    case.place.size = trial.size();
    let newton = smooth_labels(trial).is_some();
    for t in 0..trial.rounds() {
        // What −F⁺∇H is known to, by the condition of F.
        let condition = trial.get(&FISHER_MAX, t)? / trial.get(&FISHER_MIN, t)?;
        let relative = if newton { NEWTON } else { 1e-9 } + 64.0 * f64::EPSILON * condition;
        let size = trial.get(&NATURAL_STEP, t)? + trial.beta() * trial.get(&THETA_NORM, t + 1)?;
        let distance = trial.get(&NATURAL_DISTANCE, t + 1)?;
        case.comparisons.push(Comparison::identity(distance, 0.0, relative * size));
    }
    Ok(Some(case))
}

/// Cells that the statement speaks of: a table that is the same in all replicates, and a sample of complete span.
fn alike(cells: &[CellRows]) -> Result<Vec<Case>> {
    let mut spoken_of = Vec::new();
    for cell in cells {
        let simulation = cell.simulation()?;
        let speaks =
            is_blind(&simulation) && departs_at_most(&simulation, &[Slot::Candidates]) && is_given_table(cell)?;
        if !speaks {
            continue;
        }
        let complete = |t: usize| cell.values(&RANK_FRACTION, t).map(|all| all.iter().all(|share| *share == 1.0));
        let complete = || (1..=cell.rounds()).map(complete).collect::<Result<Vec<bool>>>();
        if simulation.process.fit.is_population() || !complete()?.contains(&false) {
            spoken_of.push(cell.clone());
        }
    }
    all_alike(&spoken_of)
}

/// Whether the instance is a table of given logits, one for all replicates.
fn is_given_table(cell: &CellRows) -> Result<bool> {
    let (simulation, given) = (cell.simulation()?, cell.cell.config.instance.get::<Vec<f64>>("theta0").is_some());
    let instance = simulation.instance(cell.numbers[0])?;
    Ok(is_table(&instance) && (given || simulation.fixed().is_some()))
}

/// The laws, how many rounds there are, and whether there is a sample.
const FREE: &[&str] =
    &["instance.weights", "process.candidates", "process.rounds", "process.population", "process.samples"];

/// Cells that differ in the laws of prompts and candidates alone, each against the first of its kind.
fn all_alike(cells: &[CellRows]) -> Result<Vec<Case>> {
    let kind = |cell: &CellRows| apart_from(cell, FREE);
    let mut cases = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let Some(first) = cells[..place].iter().find(|other| kind(other) == kind(cell)) else { continue };
        let mut case = of_cell(cell);
        let relative = if cell.label("process.update") == "logistic" { NEWTON } else { 1e-9 };
        for replicate in 0..cell.replicates.len() {
            for t in 1..=cell.rounds() {
                if t > first.rounds() {
                    break;
                }
                for of in [&MARGIN, &MIN_CONFIDENCE] {
                    let [here, there] = [cell.value(replicate, of, t)?, first.value(0, of, t)?];
                    case.comparisons.push(Comparison::identity(here, there, relative * (1.0 + there)));
                }
            }
        }
        cases.push(case);
    }
    Ok(cases)
}
