//! ERM over a finite class (Theorem 5.3, claims C10 and C18): the population loss of the consistent member nearest to θ_t, drawn at
//! random, or worst, against ε_n, for log #Π from 2^2 to 2^20.

mod case;
mod figures;
mod findings;
mod tables;

use super::{Drawing, Experiment};

/// The product class on the hard instance, κ_0 = 3, with the worst mass for each n and with Δ = 0.9.
pub const EXPERIMENT: Experiment = Experiment {
    name: "finite_class",
    about: "ERM over a finite class: statistical error of the nearest, a random and the worst consistent member against C10",
    definition: include_str!("../../../experiments/definitions/finite_class.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "finite_class", table: tables::one_round, figure: figures::one_round },
        Drawing { name: "finite_class_rounds", table: tables::rounds, figure: figures::rounds },
    ],
};
