//! The responses of a prompt in groups that no law tells apart.

use std::f64::consts::LN_2;

use super::logs::LogSum;
use super::{Distribution, Law};
use crate::logits::{Atom, Row};

/// A response, or all of the rest together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// log ν(y) of each response under the candidates' law.
    pub log_prob: f64,
    /// ν(y); its digits do not suffer from the size of its logarithm.
    pub prob: f64,
    /// Its logit in a second row: a ranking, a reward.
    pub other: f64,
    /// How many responses the cell has.
    pub count: f64,
}

/// The cells of two rows over the same responses: one for every response that is an atom in either, then the rest.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub cells: Vec<Cell>,
    /// The responses of the cells but for the rest.
    responses: Vec<u32>,
    rest: u32,
}

impl Cells {
    /// The cells of `candidates` beside a second row.
    pub(super) fn new(candidates: Distribution<'_>, other: Row<'_>) -> Self {
        let mut responses: Vec<u32> =
            candidates.row.atoms.iter().chain(other.atoms).map(|atom| atom.response).collect();
        responses.sort_unstable();
        responses.dedup();
        let cell = |logit: f64, other: f64, count: f64| Cell {
            log_prob: candidates.head.log_prob(logit),
            prob: candidates.head.prob(logit),
            other,
            count,
        };
        let atoms = responses.iter().map(|&y| cell(candidates.row.logit(y), other.logit(y), 1.0));
        let mut cells: Vec<Cell> = atoms.collect();
        let rest = (candidates.row.responses() - responses.len()) as u32;
        if rest > 0 {
            cells.push(cell(candidates.row.rest_logit, other.rest_logit, f64::from(rest)));
        }
        Self { cells, responses, rest }
    }

    /// The cells of one distribution.
    pub(super) fn of(candidates: Distribution<'_>) -> Self {
        Self::new(candidates, candidates.row)
    }

    /// The cell that a response is in.
    pub(super) fn find(&self, response: u32) -> usize {
        self.responses.binary_search(&response).unwrap_or(self.responses.len())
    }

    /// The law in proportion to these masses of single responses, given as logarithms, cell by cell.
    pub(super) fn normalised(&self, logs: &[f64]) -> Law {
        let sum = LogSum::of(logs.iter().zip(&self.cells).map(|(&log, cell)| (log, cell.count)));
        self.law(logs.iter().map(|&log| sum.share(log)))
    }

    /// The law with these log-probabilities of single responses, cell by cell.
    pub(super) fn law(&self, log_probs: impl IntoIterator<Item = f64>) -> Law {
        let mut log_probs: Vec<f64> = log_probs.into_iter().collect();
        let sure = (0..log_probs.len()).find(|&at| log_probs[at] > -LN_2 && self.cells[at].count == 1.0);
        if let Some(sure) = sure {
            // How far a likely response is from 1 is known from the others.
            let others = log_probs.iter().zip(&self.cells).enumerate().filter(|(at, _)| *at != sure);
            let doubt: f64 = others.map(|(_, (log_prob, cell))| cell.count * log_prob.exp()).sum();
            log_probs[sure] = (-doubt).ln_1p();
        }
        let atoms = self.responses.iter().zip(&log_probs).map(|(&response, &logit)| Atom { response, logit }).collect();
        let rest_logit = log_probs.get(self.responses.len()).copied().unwrap_or(0.0);
        Law { atoms, rest_logit, rest: self.rest }
    }
}
