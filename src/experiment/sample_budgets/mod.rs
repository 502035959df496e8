//! What draws buy (claims S3, S4, S5b, S6, S7): best of N, the adaptive rule and the loop of pairs, over the floor that no algorithm with a
//! fixed number of base responses passes.

mod figure;
mod findings;
mod table;

use super::{CellRows, Drawing, Experiment};
use crate::Result;
use crate::instance::Instance;
use crate::metrics::named::{BASE_FAILURE, DRAWS};
use crate::papers::huang2024::theory::hidden::Hidden;
use crate::papers::huang2024::theory::resampling::prompt_failure;
use crate::stats::MeanInterval;

/// The hard instance at many n, at the least n for a failure rate, and over the floor; one-hot features with rare prompts.
pub const EXPERIMENT: Experiment = Experiment {
    name: "sample_budgets",
    about: "Responses drawn for a given failure rate: best of N, adaptive stopping and self-rewarding, over the floor of all algorithms",
    definition: include_str!("../../../experiments/definitions/sample_budgets.toml"),
    findings: findings::findings,
    drawings: &[Drawing { name: "sample_budgets", table: table::table, figure: figure::figure }],
};

/// The three loops: the name that parts begin with, and how figures call them.
const LOOPS: [(&str, &str); 3] = [
    ("fixed", "best of N, fine-tuning"),
    ("adaptive", "adaptive stopping, fine-tuning"),
    ("self-rewarding", "self-rewarding on pairs"),
];

/// 1/ε of the failure rates whose least budgets are measured, as the names of their parts have it.
const LEAST: [&str; 3] = ["5", "20", "80"];

/// E base failure(δ) after one tabular round of best-of-N fine-tuning on an instance with one mode a prompt: the law S3, prompt by prompt.
/// `lucky` counts a prompt without a pick as a success, which is false.
///
/// # Errors
/// [`crate::Error::Argument`] for a δ that is not in (0, 1), or n = 0.
pub fn expected_failure(instance: &Instance, draws: (f64, f64), delta: f64, lucky: bool) -> Result<f64> {
    expected_failures(instance, draws, delta, lucky).map(|(mean, _)| mean)
}

/// Σ_x p(x) P[x fails], as [`expected_failure`], and Σ_x p(x)² P[x fails].
///
/// # Errors
/// As [`expected_failure`].
pub fn expected_failures(instance: &Instance, (n, best_of): (f64, f64), delta: f64, lucky: bool) -> Result<(f64, f64)> {
    let base = instance.policy(instance.base());
    let (mut total, mut squares) = (0.0, 0.0);
    for (x, &weight) in instance.weights().iter().enumerate() {
        // log(1 − π_0(y*)), without a difference.
        let head = base.head(x);
        let (mode, miss) = (base.prob(x, head.modal), best_of * head.doubt().ln());
        let fails = mode <= 1.0 - delta + 1e-12 && !lucky;
        let failing = weight * prompt_failure(n, weight, -miss.exp_m1(), fails, delta)?;
        (total, squares) = (total + failing, squares + weight * failing);
    }
    Ok((total, squares))
}

/// The hard instance of a cell.
fn hidden(cell: &CellRows) -> Result<Hidden> {
    let simulation = cell.simulation()?;
    Hidden::new(cell.number("instance.prompts")?, simulation.derived("responses"), simulation.derived("mass"))
}

/// Base failure at δ = ½ after t rounds.
fn failure(cell: &CellRows, t: usize) -> Result<MeanInterval> {
    cell.mean(BASE_FAILURE.at(0.5), t)
}

/// The mean number of responses drawn in t rounds.
fn draws(cell: &CellRows, t: usize) -> Result<f64> {
    cell.mean(&DRAWS, t).map(|mean| mean.mean)
}
