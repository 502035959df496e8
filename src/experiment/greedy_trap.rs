//! The greedy trap of Proposition 4.3 (claim C15): decoding token by token misses the optimal sequence until its probability is
//! large enough, and self-rewarding rounds make it so.

mod half;
mod population;
mod samples;

use super::{CellRows, Drawing, Experiment, Finding, Results};
use crate::Result;
use crate::metrics::named::GREEDY_BASE;

/// V = 8, L = 3, one prompt: p from 0.1 to 0.45 under population rounds; p = 0.15, 0.3, 0.45 and n = 1 to 16 under ERM.
pub const EXPERIMENT: Experiment = Experiment {
    name: "greedy_trap",
    about: "The greedy trap of Proposition 4.3: when rounds let greedy decoding find the optimal sequence",
    definition: include_str!("../../experiments/definitions/greedy_trap.toml"),
    findings,
    drawings: &[
        Drawing { name: "greedy_trap", table: population::table, figure: population::figure },
        Drawing { name: "greedy_trap_samples", table: samples::table, figure: samples::figure },
        Drawing { name: "greedy_trap_half", table: half::table, figure: half::figure },
    ],
};

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let mut findings = vec![trap(results)?];
    findings.extend(half::findings(results)?);
    findings.push(population::finding(results)?);
    findings.push(samples::finding(results)?);
    Ok(findings)
}

/// Before the first round greedy decoding misses the optimum in every run: exact.
fn trap(results: &Results) -> Result<Finding> {
    let (mut runs, mut missed) = (0, 0);
    for cell in results.cells("")? {
        runs += cell.replicates.len();
        missed += cell.values(&GREEDY_BASE, 0)?.iter().filter(|&&found| found == 0.0).count();
    }
    let statement =
        format!("trap: before the first round greedy decoding misses the optimal sequence in {missed} of {runs} runs");
    Ok(Finding::new(missed == runs, statement))
}

/// p, the probability of the optimal sequence under the base model.
fn optimum(cell: &CellRows) -> Result<f64> {
    cell.number("instance.trap.p")
}
