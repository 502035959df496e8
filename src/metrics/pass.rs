//! All sums over prompts that are always measured, in one walk.
//!
//! At each prompt the probabilities are computed once, where each function of [`super::policy`] and
//! [`super::step`] computes its own. Every sum has the terms of that function, in its order, so that
//! both give the same bits.

use std::ops::Range;

use crate::instance::Instance;
use crate::logits::{Row, for_each_joint};
use crate::policy::{Head, Policy};
use crate::threads::for_each_block;

/// Where a sum of doubles starts in `core::iter::Sum`.
const NOTHING: f64 = -0.0;

/// The sums of one round.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub kappa_minus_one: f64,
    pub failure: Vec<f64>,
    pub base_failure: Vec<f64>,
    pub drift: f64,
    pub margin: f64,
    pub min_confidence: f64,
    pub entropy: f64,
    pub kl: f64,
    pub base_probability: f64,
    pub step: Option<StepSums>,
}

/// The sums of the step that led to it.
#[derive(Clone, Debug)]
pub(super) struct StepSums {
    pub comparator_failure: Vec<f64>,
    pub gap: f64,
    pub concentrability: f64,
    pub population_loss: f64,
    /// κ(π_{t−1}).
    pub kappa_before: f64,
}

/// The policies of a round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policies<'a> {
    /// π_0.
    pub base: &'a Policy,
    /// π_t.
    pub current: &'a Policy,
    /// π_{t−1}; `None` at t = 0.
    pub previous: Option<&'a Policy>,
}

/// What is summed, at one prompt of positive weight.
#[derive(Clone, Copy, Debug)]
struct Terms {
    weight: f64,
    tail: f64,
    margin: f64,
    doubt: f64,
    base_doubt: f64,
    moved: bool,
    entropy: f64,
    surprise: f64,
    base_probability: f64,
    step: Option<StepTerms>,
}

#[derive(Clone, Copy, Debug)]
struct StepTerms {
    doubt: f64,
    gap: f64,
    concentrability: f64,
    loss: f64,
    tail_before: f64,
}

/// Sums over all prompts of positive weight.
pub(super) fn sums(instance: &Instance, policies: Policies<'_>, beta: f64, deltas: &[f64]) -> Sums {
    let weights = instance.weights();
    let nothing = || vec![NOTHING; deltas.len()];
    let mut sums = Sums {
        kappa_minus_one: NOTHING,
        failure: nothing(),
        base_failure: nothing(),
        drift: NOTHING,
        margin: f64::INFINITY,
        min_confidence: 0.0,
        entropy: NOTHING,
        kl: NOTHING,
        base_probability: NOTHING,
        step: policies.previous.map(|_| StepSums {
            comparator_failure: nothing(),
            gap: NOTHING,
            concentrability: NOTHING,
            population_loss: NOTHING,
            kappa_before: NOTHING,
        }),
    };
    let block = |prompts: Range<usize>| -> Vec<Terms> {
        let mut room = Room::default();
        prompts.filter(|&x| weights[x] > 0.0).map(|x| room.terms(policies, x, weights[x], beta)).collect()
    };
    for_each_block(weights.len(), block, |block| {
        block.iter().for_each(|terms| sums.add(terms, deltas));
    });
    sums.finish();
    sums
}

impl Sums {
    #[inline]
    fn add(&mut self, terms: &Terms, deltas: &[f64]) {
        let p = terms.weight;
        let count = |sums: &mut [f64], doubt: f64| {
            for (j, sum) in sums.iter_mut().enumerate() {
                *sum += p * f64::from(u8::from(doubt >= deltas[j]));
            }
        };
        self.kappa_minus_one += p * terms.tail;
        count(&mut self.failure, terms.doubt);
        count(&mut self.base_failure, terms.base_doubt);
        self.drift += p * f64::from(u8::from(terms.moved));
        self.margin = f64::min(self.margin, terms.margin);
        self.min_confidence = f64::max(self.min_confidence, terms.tail);
        self.entropy += p * terms.entropy;
        self.kl += p * terms.surprise;
        self.base_probability += p * terms.base_probability;
        if let (Some(sums), Some(terms)) = (&mut self.step, &terms.step) {
            count(&mut sums.comparator_failure, terms.doubt);
            sums.gap += p * terms.gap;
            sums.concentrability += p * terms.concentrability;
            sums.population_loss += p * terms.loss;
            sums.kappa_before += p * terms.tail_before;
        }
    }

    /// From sums of weights, which may lead beyond one by rounding, to probabilities; from the largest
    /// tail to the least confidence.
    fn finish(&mut self) {
        let probabilities = |sums: &mut [f64]| sums.iter_mut().for_each(|sum| *sum = sum.min(1.0));
        probabilities(&mut self.failure);
        probabilities(&mut self.base_failure);
        self.drift = self.drift.min(1.0);
        self.base_probability = self.base_probability.min(1.0);
        self.min_confidence = 1.0 / (1.0 + self.min_confidence);
        if let Some(step) = &mut self.step {
            probabilities(&mut step.comparator_failure);
            step.kappa_before += 1.0;
        }
    }
}

/// Buffers that are kept from prompt to prompt: a number for each atom, then one for the rest.
#[derive(Debug, Default)]
struct Room {
    /// π_t(y|x).
    after: Vec<f64>,
    /// π_{t−1}(y|x).
    before: Vec<f64>,
    /// Of the responses with π_{t−1}(y|x) > 0: their mass, and ⟨u, φ⟩ as in
    /// [`super::step::population_loss`].
    residuals: Vec<(f64, f64)>,
}

impl Room {
    fn terms(&mut self, policies: Policies<'_>, x: usize, weight: f64, beta: f64) -> Terms {
        let Policies { base, current, previous } = policies;
        let (row, head) = (current.row(x), current.head(x));
        probabilities(row, head, &mut self.after);
        // Sums of doubles start at −0.
        let (mut spread, mut probs) = (-0.0, self.after.iter());
        row.for_each_level(|logit, count| {
            let prob = *probs.next().expect("a probability for each level");
            spread += if prob > 0.0 { count * prob * (head.logit - logit) } else { 0.0 };
        });
        let (doubt, surprise) = (head.doubt(), head.surprise());
        let first = base.head(x).modal;
        let base_probability = self.after[row.place(first).unwrap_or(row.atoms.len())];
        Terms {
            weight,
            tail: head.tail,
            margin: head.margin,
            doubt,
            base_doubt: if head.modal == first { doubt } else { 1.0 - base_probability },
            moved: head.modal != first,
            entropy: surprise + spread,
            surprise,
            base_probability,
            step: previous.map(|previous| self.step((previous, current), x, (doubt, surprise), beta)),
        }
    }

    /// `self.after` holds the probabilities of the later policy, whose 1 − π(y*) and log 1/π(y*) are
    /// given.
    fn step(
        &mut self,
        (previous, current): (&Policy, &Policy),
        x: usize,
        (doubt, surprise): (f64, f64),
        beta: f64,
    ) -> StepTerms {
        let (from, old) = (previous.row(x), previous.head(x));
        let (row, new) = (current.row(x), current.head(x));
        let after = &self.after;
        probabilities(from, old, &mut self.before);
        let surprise_before = old.surprise();
        let logit = |row: &Row<'_>, place: usize| row.atoms.get(place).map_or(row.rest_logit, |atom| atom.logit);
        let (mut gap, mut concentrability) = (NOTHING, NOTHING);
        let (mut endless, mut alive) = (false, NOTHING);
        self.residuals.clear();
        for_each_joint(from, row, |i, j, count| {
            let (old_gap, new_gap) = (logit(&from, i) - old.logit, logit(&row, j) - new.logit);
            let prob = after[j];
            gap += if prob > 0.0 { count * prob * (old.logit - logit(&from, i)) } else { 0.0 };
            let (old_log, new_log) = (old_gap - surprise_before, new_gap - surprise);
            concentrability += if new_log == f64::NEG_INFINITY { 0.0 } else { count * (2.0 * new_log - old_log).exp() };
            let mass = count * self.before[i];
            if mass > 0.0 {
                let residual = beta * new_gap - (1.0 + beta) * old_gap;
                endless |= residual.is_infinite();
                self.residuals.push((mass, residual));
            }
            if self.before[i] > 0.0 {
                alive += count;
            }
        });
        let loss = if endless {
            if alive > 1.0 { f64::INFINITY } else { 0.0 }
        } else {
            let (mut mean, mut squares) = (-0.0, -0.0);
            for (mass, value) in &self.residuals {
                mean += mass * value;
            }
            for (mass, value) in &self.residuals {
                squares += mass * (value - mean).powi(2);
            }
            2.0 * squares
        };
        let comparator = old.modal;
        let doubt =
            if new.modal == comparator { doubt } else { 1.0 - after[row.place(comparator).unwrap_or(row.atoms.len())] };
        StepTerms { doubt, gap, concentrability, loss, tail_before: old.tail }
    }
}

/// π(y|x) of each atom, then of a response of the rest.
fn probabilities(row: Row<'_>, head: &Head, out: &mut Vec<f64>) {
    out.clear();
    for atom in row.atoms {
        out.push(head.prob(atom.logit));
    }
    if row.rest > 0 {
        out.push(head.prob(row.rest_logit));
    }
}
