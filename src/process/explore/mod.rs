//! Sampling by exploration: the components of seen pairs that hold a response with a logit of its own, and no other pair.
//!
//! Where the rest of a prompt's responses share one logit, a component within the rest has equal logits, and a square loss without noise
//! moves none of them (fact F5). So only the components of the *marked* responses are drawn: those with a logit of their own in the sampled law
//! or in a table that the fit looks at. First they grow in numbers (`growth`), then the responses that were found get their labels, uniform
//! without replacement. Counts of single pairs are not drawn: without ridge and noise the minimiser does not depend on them (fact F2).
//!
//! | of the sample | here |
//! | --- | --- |
//! | components that hold a marked response | exact |
//! | triples with y ≠ y' | exact: what is left are pairs of equally likely responses, of which Bin(m, 1 − 1/u) are of two |
//! | whether all differences are spanned | exact: a prompt is one component, or is not |
//! | rank | not drawn: it asks for the components of what did not move |

pub mod choice;
pub mod growth;
pub mod labels;
pub mod masses;

use rand::Rng;

use super::multinomial;
use crate::logits::{LogitTable, Row, nth_other};
use growth::{Grown, grow};
use masses::Masses;

/// Where an exploration takes its numbers from: a generator, or whoever tries all of them.
pub trait Chance {
    /// As [`multinomial::binomial`].
    fn binomial(&mut self, trials: u64, success: f64, failure: f64) -> u64;
    /// As [`multinomial::occupied`].
    fn occupied(&mut self, throws: u64, boxes: u64) -> u64;
}

impl<R: Rng> Chance for R {
    fn binomial(&mut self, trials: u64, success: f64, failure: f64) -> u64 {
        multinomial::binomial(trials, success, failure, self)
    }

    fn occupied(&mut self, throws: u64, boxes: u64) -> u64 {
        multinomial::occupied(throws, boxes, self)
    }
}

/// A component that holds a marked response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its responses by ascending index, but for the unnamed ones.
    pub responses: Vec<u32>,
    /// How many more it holds: if not 0, all that are named nowhere.
    pub unnamed: u32,
}

/// What one prompt drew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// x.
    pub prompt: usize,
    /// How often the prompt was drawn.
    pub triples: u64,
    /// The number of triples with y ≠ y'.
    pub diverse: u64,
    /// Whether all responses of the prompt are in one component.
    pub whole: bool,
    /// The components that hold a marked response, each once. At most one of them has unnamed responses.
    pub parts: Vec<Part>,
    /// The responses that are in none of them, by ascending index; empty where they are the unnamed ones.
    pub apart: Vec<u32>,
}

/// Explores prompts; keeps its buffers from prompt to prompt.
#[derive(Debug, Default)]
pub(super) struct Explorer {
    masses: Masses,
    marked: Vec<u32>,
    logits: Vec<f64>,
    /// Marked responses by descending mass, as places in `marked`.
    order: Vec<usize>,
}

impl Explorer {
    /// Explores `triples` draws from the softmax of `row`, whose largest logit is `top`; the responses with a logit of their own in a
    /// table of `also` are marked, too.
    pub fn explore(
        &mut self,
        (row, top): (Row<'_>, f64),
        also: &[&LogitTable],
        (prompt, triples): (usize, u64),
        rng: &mut impl Rng,
    ) -> Explored {
        self.mark(row, also, prompt);
        let lump = (row.responses() - self.marked.len()) as u32;
        let each = (row.rest_logit - top).exp();
        let mass = self.order.iter().map(|&place| (self.logits[place] - top).exp());
        let grown = grow(mass, (each, u64::from(lump)), triples, &mut self.masses, rng);
        self.named(&grown, lump, (prompt, triples), rng)
    }

    fn mark(&mut self, row: Row<'_>, also: &[&LogitTable], prompt: usize) {
        self.marked.clear();
        self.marked.extend(row.atoms.iter().map(|atom| atom.response));
        for table in also {
            let atoms = table.row(prompt).atoms;
            if !std::ptr::eq(atoms, row.atoms) {
                self.marked.extend(atoms.iter().map(|atom| atom.response));
            }
        }
        self.marked.sort_unstable();
        self.marked.dedup();
        self.logits.clear();
        self.logits.extend(self.marked.iter().map(|&response| row.logit(response)));
        self.order.clear();
        self.order.extend(0..self.marked.len());
        self.order.sort_by(|&i, &j| self.logits[j].total_cmp(&self.logits[i]));
    }

    /// Gives the responses of the lump their labels.
    fn named(&self, grown: &Grown, lump: u32, (prompt, triples): (usize, u64), rng: &mut impl Rng) -> Explored {
        // The first class is apart; the largest one is not named.
        let sizes: Vec<u64> =
            std::iter::once(grown.apart).chain(grown.components.iter().map(|component| component.lumped)).collect();
        let unnamed = (1..sizes.len()).fold(0, |most, class| if sizes[class] > sizes[most] { class } else { most });
        let mut dealt = labels::deal(&sizes, unnamed, lump, rng);
        let response = |&rank: &u32| nth_other(rank, self.marked.len(), |i| self.marked[i]);
        dealt.iter_mut().for_each(|list| list.iter_mut().for_each(|rank| *rank = response(rank)));
        let mut dealt = dealt.into_iter();
        let apart = dealt.next().unwrap_or_default();
        let part = |(class, (mut responses, component)): (usize, (Vec<u32>, &growth::Component))| {
            responses.extend(component.marked.iter().map(|&place| self.marked[self.order[place]]));
            responses.sort_unstable();
            Part { responses, unnamed: if class + 1 == unnamed { component.lumped as u32 } else { 0 } }
        };
        let parts = dealt.zip(&grown.components).enumerate().map(part).collect();
        Explored { prompt, triples, diverse: grown.diverse, whole: grown.whole, parts, apart }
    }
}
