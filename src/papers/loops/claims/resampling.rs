//! Training on one's own unfiltered answers (L13).

use super::FAR;
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Source, Statement};
use crate::experiment::CellRows;
use crate::experiment::replay_and_memory::resampled::{Law, Laws};
use crate::metrics::named::{BASE_PROBABILITY, DISAGREEMENT};

const ROWS: &[Source] = &[Source { experiment: "replay_and_memory", part: "unfiltered" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    level: Level::Explicit,
    note: "the standard error is that of the law's own variance, and Bernstein's term is added: where nearly all prompts have one answer left, replicates hardly scatter",
    ..Claim::exact(
        "L13",
        "unfiltered answers on one-hot features: E π_t = π_0, and E[1−Σ_yπ_t²] = f^t(1−Σ_yπ_0²) at each prompt, f = 1 − E[1{n_x>0}/n_x], n_x ~ Bin(n,p(x)), in the mean over prompts and to 6 standard errors",
        "Wright–Fisher (recalled), checked",
        ROWS,
        Statement::Cells(wright_fisher),
        &[Control {
            id: "L13.half",
            says: "(1+f)/2 in place of f",
            sources: ROWS,
            statement: Statement::Cells(half),
            rule: Rule::Always,
        }],
    )
}];

fn wright_fisher(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |f| f)
}

fn half(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |f| 0.5 * (1.0 + f))
}

/// What a mean may lie from its law: 6 standard errors, and what Bernstein's inequality adds at the same chance e^{−18}.
fn reach(law: &Law) -> f64 {
    FAR * law.variance.sqrt() + FAR * FAR / 3.0 * law.most
}

fn laws(cells: &[CellRows], kept: fn(f64) -> f64) -> Result<Vec<Case>> {
    cell_by_cell(cells, |cell| {
        let (laws, mut case) = (Laws::of(cell)?, of_cell(cell));
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let stays = laws.base_probability();
        for t in 1..=cell.rounds() {
            let (found, law) = (mean(cell.values(&DISAGREEMENT, t)?), laws.disagreement(t, kept));
            // The reach is that of the law, and not of what is stated in its place.
            let reach_of_law = reach(&laws.disagreement(t, |f| f));
            case.comparisons.push(Comparison::identity(found, law.mean, reach_of_law));
            let found = mean(cell.values(&BASE_PROBABILITY, t)?);
            case.comparisons.push(Comparison::identity(found, stays.mean, reach(&stays)));
        }
        Ok(case)
    })
}
