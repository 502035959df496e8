//! Which number of an instance stands for which flag of `selfreward bound` and `selfreward plan`: the one table of it.
//!
//! A line names the bounds in which its flag means just this number. The flag `mu` of `adaptive-draws`, `rank` of `effective-dimension`
//! and `prompts` of `hard-instance`, say, mean other things, and are asked for as ever. Numbers are those of π_0; where a theorem has the
//! least or largest over all rounds, its line says so.

use super::{Found, Measured, absent};
use crate::papers::{Fallback, Quantity};

/// A flag that an instance can give.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// The flag, without the dashes before it.
    pub flag: &'static str,
    /// What is taken for it, with its unit.
    pub meaning: &'static str,
    /// The bounds in which it means that.
    pub bounds: &'static [&'static str],
    /// Takes it.
    pub take: fn(&Measured) -> Found<Quantity>,
}

const fn number(
    flag: &'static str,
    meaning: &'static str,
    bounds: &'static [&'static str],
    take: fn(&Measured) -> Found<Quantity>,
) -> Given {
    Given { flag, meaning, bounds, take }
}

/// Every flag that an instance can give.
pub const GIVEN: &[Given] = &[
    number(
        "kappa0",
        "κ_0 = E_x[1/max π_0]",
        &[
            "single-step",
            "hard-instance",
            "fixed-point",
            "iterative",
            "linear-softmax",
            "iterations",
            "offline-sharpening",
        ],
        |measured| measured.kappa0().map(Quantity::Number),
    ),
    number(
        "kappa",
        "κ_t of round t = 0, E_x[1/max π_0]",
        &["one-step", "recurrence", "misspecified-failure"],
        |measured| measured.kappa0().map(Quantity::Number),
    ),
    number(
        "gamma",
        "least margin of π_0, nats; a run's γ is the least over its rounds",
        &[
            "one-step",
            "recurrence",
            "fixed-point",
            "iterative",
            "linear-softmax",
            "iterations",
            "zero-failure",
            "drift",
            "misspecified-failure",
        ],
        |measured| measured.gamma().map(Quantity::Number),
    ),
    number(
        "mu",
        "least confidence of π_0; a run's μ is the least over its rounds",
        &["recurrence", "fixed-point", "iterative", "linear-softmax", "iterations", "drift", "misspecified-failure"],
        |measured| measured.mu().map(Quantity::Number),
    ),
    number(
        "range",
        "largest |Δ log π_0|, nats; R of a class with π_0 in it is no less",
        &["epsilon", "iterative", "iterations"],
        |measured| measured.range().map(Quantity::Number),
    ),
    number("dim", "dimension d of θ", &["epsilon", "linear-softmax", "iterations", "covering-number"], |measured| {
        Ok(Quantity::Number(measured.instance().features().dim() as f64))
    }),
    number("theta-norm", "‖θ_0‖, of the one round from π_0", &["epsilon"], |measured| {
        Ok(Quantity::Number(measured.instance().base().norm()))
    }),
    number("rank", "rank r of all feature differences", &["exact-recovery", "misspecified-excess"], |measured| {
        measured.rank().map(Quantity::Number)
    }),
    number(
        "leverage",
        "largest leverage L of a pair under p and π_0",
        &["exact-recovery", "misspecified-excess"],
        |measured| measured.leverage().map(Quantity::Number),
    ),
    number("responses", "largest K(x)", &["zero-failure"], |measured| {
        let features = measured.instance().features();
        let most = measured.prompts().map(|(x, _)| features.responses(x)).max();
        most.map_or_else(|| absent("no prompt counts"), |most| Ok(Quantity::Number(most as f64)))
    }),
    number("approximation", "ε_app of a step from π_0, nats", &["misspecified-failure"], |measured| {
        measured.approximation_error().map(Quantity::Number)
    }),
    number("margin", "g = e^γ − 1 of the least margin γ of π_0", &["offline-sharpening"], |measured| {
        measured.gamma().map(|gamma| Quantity::Number(gamma.exp_m1()))
    }),
    number("modes", "max π_0 of each prompt, a group of its own", &["sft"], |measured| {
        let head = |(x, _): (usize, f64)| 1.0 / (1.0 + measured.policy().head(x).tail);
        Ok(Quantity::List(measured.prompts().map(head).collect()))
    }),
    number("weights", "p(x) of each prompt, a group of its own", &["sft"], |measured| {
        Ok(Quantity::List(measured.prompts().map(|(_, p)| p).collect()))
    }),
    number("start", "J_0 = E_x π_0(correct|x) over the known prompts", &["feedback-map"], |measured| {
        measured.correct_probability().map(Quantity::Number)
    }),
];

/// The line of a flag in a bound.
pub fn line(bound: &str, flag: &str) -> Option<&'static Given> {
    GIVEN.iter().find(|given| given.flag == flag && given.bounds.contains(&bound))
}

impl Fallback for Measured {
    fn give(&self, bound: &str, flag: &str) -> Option<Result<Quantity, String>> {
        line(bound, flag).map(|given| (given.take)(self).map_err(|absent| absent.0))
    }
}
