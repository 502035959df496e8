//! Both sides of each statement in each step.

use crate::Result;
use crate::experiment::Results;
use crate::metrics::Quantity;
use crate::metrics::named::{
    APPROXIMATION_ERROR, ESTIMATION_ERROR, FISHER_MAX, FISHER_MIN, FLIP_LOSS, NATURAL_DISTANCE, NATURAL_STEP,
    POPULATION_LOSS, REWARD_VARIANCE, SECOND_MOMENT, SHARPENED_SHARE, THETA_NORM,
};

/// One step π_t → π_{t+1} of a replicate; NaN for what does not exist there.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The part.
    pub(super) part: String,
    /// Whether it is the population's.
    population: bool,
    /// λ_max/λ_min of F_t.
    condition: f64,
    loss: f64,
    second_moment: f64,
    approximation: f64,
    estimation: f64,
    /// 2 E_x Var log π_t.
    variance: f64,
    unexplained: f64,
    natural: f64,
    distance: f64,
    /// What the distance may have from the rounding of the two parameters.
    rounding: f64,
    flip_loss: f64,
}

/// What is said of every step.
pub(super) struct Statement {
    pub(super) name: &'static str,
    pub(super) formula: &'static str,
    /// Whether the sides are equal; otherwise the left one is at most the right one.
    pub(super) identity: bool,
    /// Its sides; `None` where it says nothing, or both are rounding.
    pub(super) sides: fn(&Step) -> Option<(f64, f64)>,
    /// By how much they may differ through rounding alone.
    pub(super) slack: fn(&Step) -> f64,
}

/// Sides below this are rounding of what they are formed from.
const LEAST: f64 = 1e-16;

/// Beyond this condition of F a plain inverse knows too little.
const CONDITION: f64 = 1e8;

impl Statement {
    pub(super) const ALL: &'static [Self] = &[
        Self {
            name: "D1",
            formula: "cost of moved modes ≤ ε²",
            identity: false,
            sides: |step| both(step.flip_loss, step.loss),
            slack: |_| 0.0,
        },
        Self {
            name: "M1",
            formula: "β(θ′ − θ) = −F⁺∇H",
            identity: true,
            sides: |step| {
                let known = step.population && step.condition <= CONDITION;
                // The distance is laid on the length: both are lengths of vectors that are to be one.
                if known { both(step.natural + step.distance, step.natural) } else { None }
            },
            slack: |step| step.rounding,
        },
        Self {
            name: "M2",
            formula: "loss = ε_app² + e²",
            identity: true,
            sides: |step| both(step.second_moment, step.approximation + step.estimation),
            slack: |_| 0.0,
        },
        Self {
            name: "M2 floor",
            formula: "ε_app² = 2(1 − R²) E Var log π",
            identity: true,
            // Where R² is all but 1, its distance from 1 is rounding.
            sides: |step| {
                both(step.approximation, step.unexplained).filter(|_| step.approximation > 1e-8 * step.variance)
            },
            slack: |_| 0.0,
        },
    ];
}

fn both(left: f64, right: f64) -> Option<(f64, f64)> {
    (left.max(right) > LEAST && left.is_finite() && right.is_finite()).then_some((left, right))
}

/// Every step of every replicate.
pub(super) fn steps(results: &Results) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for cell in results.cells("")? {
        let beta = cell.number("process.beta")?;
        for replicate in 0..cell.replicates.len() {
            for t in 1..=cell.rounds() {
                let at = |of: &'static Quantity, t: usize| cell.value(replicate, of, t).unwrap_or(f64::NAN);
                let (now, before) = (|of| at(of, t), |of| at(of, t - 1));
                steps.push(Step {
                    part: cell.cell.part.clone(),
                    population: cell.cell.config.process.is_population(),
                    condition: before(&FISHER_MAX) / before(&FISHER_MIN),
                    loss: now(&POPULATION_LOSS),
                    second_moment: now(&SECOND_MOMENT),
                    approximation: now(&APPROXIMATION_ERROR).powi(2),
                    estimation: now(&ESTIMATION_ERROR).powi(2),
                    variance: 2.0 * before(&REWARD_VARIANCE),
                    unexplained: 2.0 * (1.0 - now(&SHARPENED_SHARE)) * before(&REWARD_VARIANCE),
                    natural: before(&NATURAL_STEP),
                    distance: now(&NATURAL_DISTANCE),
                    rounding: 16.0 * f64::EPSILON * beta * (now(&THETA_NORM) + before(&THETA_NORM)),
                    flip_loss: now(&FLIP_LOSS),
                });
            }
        }
    }
    Ok(steps)
}
