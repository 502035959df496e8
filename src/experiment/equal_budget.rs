//! Equal budget (C22): nT samples spent in one round, at β or at the β' of F6, against n in each of T rounds.

mod figure;
mod findings;

use super::{CellRows, Drawing, Experiment, Results, Table};
use crate::metrics::named::{self, ACCURACY, DRIFT, KAPPA_MINUS_ONE, Metric};
use crate::simulate::output::plain;
use crate::theory::rates::equivalent_beta;
use crate::theory::single_step::HardInstance;
use crate::{Error, Result};

/// T = 4 rounds against one, on the hard instance, one-hot, Gaussian and real features.
pub const EXPERIMENT: Experiment = Experiment {
    name: "equal_budget",
    about: "Equal budget: nT samples in one round against n in each of T = 4 rounds",
    definition: include_str!("../../experiments/definitions/equal_budget.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "equal_budget", table, figure: figure::failure },
        Drawing { name: "equal_budget_drift", table, figure: figure::drift },
    ],
};

/// The instances, in the order in which they are shown.
const INSTANCES: [&str; 4] = ["hard", "tabular", "gaussian", "real"];

/// How the budget is spent: over T rounds; in one round at the same β; in one round at the β' with 1 + 1/β' = (1 + 1/β)^T.
const WAYS: [&str; 3] = ["iterated", "once", "once-equivalent"];

const FAILURE: Metric = named::FAILURE.at(0.5);

/// One budget spent in three ways.
struct Trio {
    /// nT.
    budget: f64,
    /// The cells, in the order of [`WAYS`].
    cells: [CellRows; 3],
}

impl Trio {
    /// A quantity after the last round, for each replicate of the `way`-th way.
    fn last(&self, way: usize, of: impl Into<Metric>) -> Result<Vec<f64>> {
        self.cells[way].values(of, self.cells[way].rounds())
    }

    /// Its mean.
    fn mean(&self, way: usize, of: impl Into<Metric>) -> Result<f64> {
        self.cells[way].mean(of, self.cells[way].rounds()).map(|mean| mean.mean)
    }

    /// The exact law E F of the hard instance after nT samples, and its informative mass Δ.
    fn law(&self) -> Result<(f64, f64)> {
        let once = self.cells[1].simulation()?;
        let mass = once.derived("mass");
        let prompts = self.cells[1].number("instance.prompts")?;
        let law = HardInstance::new(prompts, mass, once.derived("responses") as u64)?;
        Ok((law.expected_failure(self.budget, 1)?.value(), mass))
    }
}

/// The budgets of an instance, in increasing order; an error where the ways of spending do not match.
fn trios(results: &Results, instance: &str) -> Result<Vec<Trio>> {
    let [iterated, once, equivalent] = WAYS.map(|way| results.cells(&format!("{instance}-{way}")));
    let mut trios = Vec::new();
    for ((iterated, once), equivalent) in iterated?.into_iter().zip(once?).zip(equivalent?) {
        let rounds = iterated.rounds();
        let budget = iterated.number("process.samples")? * rounds as f64;
        for cell in [&once, &equivalent] {
            let samples = cell.number("process.samples")?;
            if samples != budget || cell.rounds() != 1 {
                return Err(Error::argument("process.samples", samples, format!("{budget} in one round")));
            }
        }
        let beta = equivalent.number("process.beta")?;
        let expected = equivalent_beta(iterated.number("process.beta")?, rounds as u32)?;
        if (beta / expected - 1.0).abs() > 1e-12 || once.label("process.beta") != iterated.label("process.beta") {
            return Err(Error::argument("process.beta", beta, format!("{expected}, equivalent to the iterated one")));
        }
        trios.push(Trio { budget, cells: [iterated, once, equivalent] });
    }
    Ok(trios)
}

/// One row for each instance, way and budget: means after the last round, and the exact law of the hard instance.
fn table(results: &Results) -> Result<Table> {
    let measured = [FAILURE, (&DRIFT).into(), (&KAPPA_MINUS_ONE).into(), (&ACCURACY).into()];
    let mut header: Vec<String> = ["instance", "way", "budget", "replicates"].map(str::to_owned).to_vec();
    header.extend(measured.iter().flat_map(|name| ["mean", "lo", "hi"].map(|end| format!("{name}_{end}"))));
    header.push("exact_law".to_owned());
    let mut rows = Vec::new();
    for instance in INSTANCES {
        for trio in trios(results, instance)? {
            for (way, cell) in WAYS.iter().zip(&trio.cells) {
                let mut row =
                    vec![instance.to_owned(), (*way).to_owned(), plain(trio.budget), cell.replicates.len().to_string()];
                for metric in measured {
                    // Only real features have answers to be accurate about.
                    let mean =
                        (metric != (&ACCURACY).into() || instance == "real").then(|| cell.mean(metric, cell.rounds()));
                    let mean = mean.transpose()?;
                    let ends = mean.and_then(|mean| mean.ends);
                    let numbers = [mean.map(|mean| mean.mean), ends.map(|ends| ends.0), ends.map(|ends| ends.1)];
                    row.extend(numbers.map(|number| number.map_or_else(String::new, plain)));
                }
                row.push(if instance == "hard" { plain(trio.law()?.0) } else { String::new() });
                rows.push(row);
            }
        }
    }
    Ok(Table::new(header, rows))
}
