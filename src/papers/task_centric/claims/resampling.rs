//! The law of what a tabular class leaves unsolved (T1).

use super::{FAR, NOTE, OURS};
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::premises::{Slot, departures, is_sampled};
use crate::claims::{Case, Claim, Comparison, Control, Level, Source, Statement};
use crate::experiment::CellRows;
use crate::experiment::reward_filter::law::Instances;
use crate::instance::FeatureMap;
use crate::metrics::named::CORRECT_PROBABILITY;
use crate::process::Accept;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    level: Level::Explicit,
    note: NOTE,
    ..Claim::exact(
        "T1",
        "tabular class on accepted answers: E[1−J_T] = Σ_x p(x)(1−ρ_0(x))(1−p(x)ρ_0(x))^{nT}, to 6 standard errors: T rounds are one of nT",
        OURS,
        ROWS,
        Statement::Cells(one_round_of_all),
        &[Control::cells(
            "T1.feedback",
            "the exponent is nT(T+1)/2: rounds feed on what earlier ones solved",
            ROWS,
            feedback,
        )],
    )
}];

const ROWS: &[Source] =
    &[Source { experiment: "reward_filter", part: "tabular" }, Source { experiment: "reward_filter", part: "answers" }];

/// A mean is judged where its standard error is at most this share of it: some 25 unsolved prompts or more are expected in all
/// replicates together, and their number is near its normal law.
const KNOWN: f64 = 0.2;

fn one_round_of_all(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |t| t)
}

fn feedback(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |t| 0.5 * t * (t + 1.0))
}

/// The mean of 1 − J_t against that of the laws of the replicates' own instances at the exponent n·`rounds`(t).
fn laws(cells: &[CellRows], rounds: fn(f64) -> f64) -> Result<Vec<Case>> {
    let mut tabular = Vec::new();
    for cell in cells {
        let simulation = cell.simulation()?;
        let speaks = is_sampled(&simulation, "likelihood")
            && departures(&simulation) == [Slot::Accept]
            && simulation.process.accept == Accept::Correct;
        if !speaks {
            continue;
        }
        let instance = simulation.instance(cell.numbers[0])?;
        let known = instance.correct().is_some_and(|correct| correct.known_everywhere());
        if known && matches!(instance.features(), FeatureMap::OneHot(_)) {
            tabular.push(cell.clone());
        }
    }
    cell_by_cell(&tabular, |cell| {
        let (n, instances, mut case) = (cell.number("process.samples")?, Instances::of(cell)?, of_cell(cell));
        for t in 1..=cell.rounds() {
            let right = cell.values(&CORRECT_PROBABILITY, t)?;
            let left = right.iter().map(|right| 1.0 - right).sum::<f64>() / right.len() as f64;
            let law = instances.unsolved(n * t as f64)?;
            let error = law.variance.sqrt();
            let tolerance = if error <= KNOWN * law.mean { FAR * error } else { f64::INFINITY };
            let stated = instances.unsolved(n * rounds(t as f64))?.mean;
            case.comparisons.push(Comparison::identity(left, stated, tolerance));
        }
        Ok(case)
    })
}
