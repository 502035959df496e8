//! One round against its lower bound (Theorem 4.1, Remark 4.2; claims C13, C14): how tight the bound is on the hard instance,
//! what more rounds do, and the failure at n = κ_0, which does not go to 0.

mod bound;
mod floor;
mod iteration;

use super::{CellRows, Drawing, Experiment, Finding, Results};
use crate::Result;
use crate::metrics::named::FAILURE;
use crate::plot::Style;
use crate::stats::deviation;
use crate::theory::single_step::{HardInstance, single_step};

/// The hard instance with κ_0 = 3, 9, 33 up to T = 8; near-uniform and autoregressive base policies after one round.
pub const EXPERIMENT: Experiment = Experiment {
    name: "single_step",
    about: "One round against its lower bound (Theorem 4.1), against more rounds, and at n = κ₀ (Remark 4.2)",
    definition: include_str!("../../experiments/definitions/single_step.toml"),
    findings,
    drawings: &[
        Drawing { name: "single_step", table: bound::table, figure: bound::figure },
        Drawing { name: "single_step_iteration", table: iteration::table, figure: iteration::figure },
        Drawing { name: "single_step_floor", table: floor::table, figure: floor::figure },
    ],
};

/// The constant c of Theorem 4.1 with which the bound is drawn. On this hard instance, at its worst mass, the largest c falls to
/// (1 − 1/κ_0)/(4e) as n grows, 0.061 at κ_0 = 3.
const CONSTANT: f64 = 0.05;

/// How far a share of prompts may deviate from its law, as [`deviation`] measures it: a false alarm has probability ≤
/// 2e^(−24.5) < 5e-11 for one share, and < 2e-8 for the fewer than 300 shares of the full profile. Prompts share one sample of
/// triples: the numbers of triples that would resolve each of them are multinomial, so "none did" is negatively associated.
const FAR: f64 = 7.0;

/// Line styles of exact laws: one for each curve of a panel, so that they differ in grey without marks of their own.
const LAW: [Style; 4] = [Style::Line, Style::Dashed, Style::DashDotted, Style::Dotted];

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let mut findings = bound::findings(results)?;
    findings.extend(iteration::findings(results)?);
    findings.extend(floor::findings(results)?);
    Ok(findings)
}

/// A cell of the hard instance with what the theory says of it.
struct Hard {
    rows: CellRows,
    law: HardInstance,
    /// n.
    samples: f64,
    /// M.
    prompts: f64,
    /// Δ.
    mass: f64,
    /// κ_0 as realised with a whole number of labels.
    kappa0: f64,
    /// log #Π = M log K.
    log_class: f64,
}

impl Hard {
    /// The cells of the part `hard`.
    fn cells(results: &Results) -> Result<Vec<Self>> {
        results.cells("hard")?.into_iter().map(Self::new).collect()
    }

    fn new(rows: CellRows) -> Result<Self> {
        let simulation = rows.simulation()?;
        let (mass, responses) = (simulation.derived("mass"), simulation.derived("responses"));
        let prompts = rows.number("instance.prompts")?;
        Ok(Self {
            law: HardInstance::new(prompts, mass, responses as u64)?,
            samples: rows.number("process.samples")?,
            kappa0: simulation.derived("kappa0"),
            log_class: prompts * responses.ln(),
            prompts,
            mass,
            rows,
        })
    }

    /// The bound of one round of `pairs` triples, with [`CONSTANT`].
    fn bound(&self, pairs: f64) -> Result<f64> {
        Ok(single_step(pairs, self.kappa0, self.log_class, CONSTANT)?.value())
    }

    /// E F_t of the exact law, t ≥ 1.
    fn expected(&self, t: usize) -> Result<f64> {
        Ok(self.law.expected_failure(self.samples, t as u32)?.value())
    }

    /// How far the mean of F_t deviates from `failure`.
    fn deviation(&self, t: usize, failure: f64) -> Result<f64> {
        let share = self.rows.mean(FAILURE.at(0.5), t)?.mean / self.mass;
        let trials = self.prompts * self.rows.replicates.len() as f64;
        deviation(share.min(1.0), trials, (failure / self.mass).min(1.0))
    }
}
