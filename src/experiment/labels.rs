//! What a sample of labels or of a noisy judge costs beside a regression without noise (claims L2, L17), and how log-odds grow round by round
//! with labels (claims L1, L3, L4).

mod figures;
mod findings;
mod tables;

use super::{Drawing, Experiment};

/// One round from n = 2^4 to 2^20 on Gaussian features, and sixty rounds of two responses.
pub const EXPERIMENT: Experiment = Experiment {
    name: "labels",
    about: "Labels and noisy judges: where they put 1/√n, what a label costs at least, and how flips slow a loop down",
    definition: include_str!("../../experiments/definitions/labels.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "labels", table: tables::samples, figure: figures::samples },
        Drawing { name: "labels_rounds", table: tables::rounds, figure: figures::rounds },
    ],
};

/// n from which on limits are held against means.
const LARGE: f64 = 4096.0;
/// An error below this is rounding: sums of squares of doubles near 1.
const ZERO: f64 = 1e-9;
