//! The dimension that counts (claims C25–C27, C29): the population loss after one ERM round against n for d from 16 to 4096 and
//! three covariance spectra; whether the curves collapse on n/d or on n/d_λ; d_λ and the metric entropy beside their bounds.

mod bounds;
mod curves;
mod findings;
mod panels;
mod table;

use super::{Drawing, Experiment};

/// d = 16, …, 4096; isotropic, λ_j = e^{−j} and λ_j = j^{−2}; β = 1/5, one round, n = 1 to 8192.
pub const EXPERIMENT: Experiment = Experiment {
    name: "effective_dimension",
    about: "Effective dimension: loss and failure after one round against n, for d from 16 to 4096 and three spectra",
    definition: include_str!("../../experiments/definitions/effective_dimension.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "effective_dimension", table: table::table, figure: panels::loss },
        Drawing { name: "effective_dimension_failure", table: table::table, figure: panels::failure },
        Drawing { name: "effective_dimension_bounds", table: bounds::table, figure: bounds::figure },
    ],
};
