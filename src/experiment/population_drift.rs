//! Drift without sampling (M4): what population rounds do where fixed logits do not lie in the class.

mod figure;
mod findings;

use super::{Columns, Drawing, Experiment, Results, Table};
use crate::Result;

/// Three answers from M4's laws, and Gaussian offsets of growing size; nothing is sampled.
pub const EXPERIMENT: Experiment = Experiment {
    name: "population_drift",
    about: "Drift with infinite samples: what population rounds do to modes and entropy where fixed logits lie outside the class",
    definition: include_str!("../../experiments/definitions/population_drift.toml"),
    findings: findings::findings,
    drawings: &[Drawing { name: "population_drift", table, figure: figure::figure }],
};

/// One row for each cell and t.
fn table(results: &Results) -> Result<Table> {
    results.table(&Columns {
        part: "",
        labels: &[("part", "part"), ("noise", "instance.offset.noise"), ("beta", "process.beta")],
        measured: &[
            "entropy",
            "sharpened_share",
            "approximation_error",
            "drift",
            "step_drift",
            "base_probability",
            "failure_0.5",
            "kappa_minus_one",
        ],
        theory: None,
    })
}
