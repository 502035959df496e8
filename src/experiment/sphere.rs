//! Responses on a sphere (S8): one shot of training on the likeliest draws against rounds of it.

mod figure;
mod findings;
mod rounds;

use super::{Drawing, Experiment};

/// One prompt, θ_0 = y*, from a hundred responses in four dimensions to 60000 in sixteen.
pub const EXPERIMENT: Experiment = Experiment {
    name: "sphere",
    about: "Example J.1 iterated: rounds and draws until training on the likeliest draws is sure of y*, beside one shot of it",
    definition: include_str!("../../experiments/definitions/sphere.toml"),
    findings: findings::findings,
    drawings: &[Drawing { name: "sphere", table: rounds::table, figure: figure::figure }],
};
