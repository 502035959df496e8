//! What a sample shows: the projections P_S θ_ref and P_S τ onto the span S of the sampled feature differences (facts F2, F5).

use std::borrow::Cow;
use std::ops::Range;

use ndarray::Array1;

use super::super::batch::Batch;
use super::super::graph::SeenGraph;
use super::super::pairs::SeenPair;
use super::super::{PromptLaw, Sampling, Step};
use super::SampleSummary;
use super::aim::Aim;
use super::explored;
use super::labels::merged;
use super::population;
use super::quadratic::{Choice, null_scale};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::Span;
use crate::logits::{Atom, LogitTable, Row};
use crate::threads::for_each_block;

/// The seen part of a reference and of a target without noise.
#[derive(Debug)]
pub(super) struct Seen {
    /// P_S θ_ref.
    reference: Parameter,
    /// P_S τ + ψ; `None` where it is P_S θ_ref.
    target: Option<Parameter>,
    /// Counts and ranks.
    pub summary: SampleSummary,
}

impl Seen {
    /// Of projections, the target's `None` where it is that of the reference.
    pub fn new(reference: Parameter, target: Option<Parameter>, summary: SampleSummary) -> Self {
        Self { reference, target, summary }
    }

    /// Of a sample; the reward must be linear in the features.
    pub fn of_sample(step: &Step<'_>, batches: &[Batch], aim: &Aim<'_>) -> Self {
        if let [batch] = batches
            && batch.sampling == Sampling::Explore
        {
            return explored::seen(step, batch, aim);
        }
        let walk = |f: &mut dyn FnMut(usize, &[SeenPair])| {
            let each = |batch: &Batch, f: &mut dyn FnMut(usize, &[SeenPair])| {
                batch.pairs().for_each(|seen| f(seen.prompt, seen.pairs));
            };
            merged(batches, each, f);
        };
        match (step.instance.features(), &*aim.reference, &*aim.linear) {
            (FeatureMap::Dense(features), Parameter::Dense(reference), Parameter::Dense(linear)) => {
                let (mut forests, mut diverse) = (Forests::default(), 0);
                walk(&mut |prompt, pairs| {
                    diverse += pairs.iter().map(|pair| pair.count).sum::<u64>();
                    forests.add(features, prompt, pairs.iter().map(|pair| (pair.a, pair.b)));
                });
                let span = forests.span(features, step.instance);
                let project = |theta: &Array1<f64>| Parameter::Dense(span.project(theta));
                let target = (!aim.is_own()).then(|| project(linear));
                let summary = summary(step, batches, diverse, span.rank());
                Self { reference: project(reference), target, summary }
            }
            (FeatureMap::OneHot(responses), Parameter::Tabular(reference), Parameter::Tabular(linear)) => {
                let own = aim.is_own();
                let tables = Tables { reference, linear: (!own).then_some(&**linear), responses };
                let mut shown = Shown::default();
                if let [batch] = batches {
                    let sample = batch.pairs();
                    let block = |some: Range<usize>| {
                        let mut shown = Shown { start: sample.prompt(some.start), ..Shown::default() };
                        sample.for_each_of(some, |seen| shown.add(&tables, seen.prompt, seen.pairs));
                        shown
                    };
                    for_each_block(sample.len(), block, |block| shown.append(&tables, &block));
                } else {
                    walk(&mut |prompt, pairs| shown.add(&tables, prompt, pairs));
                }
                shown.skip_to(&tables, responses.len());
                let Shown { first, second, rank, diverse, .. } = shown;
                let target = (!own).then(|| Parameter::tabular(second));
                Self { reference: Parameter::tabular(first), target, summary: summary(step, batches, diverse, rank) }
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    /// Of the expected loss: every pair of positive probability is seen.
    pub fn of_population(step: &Step<'_>, batches: &[Batch], aim: &Aim<'_>) -> Self {
        match (step.instance.features(), &*aim.reference, &*aim.linear) {
            (FeatureMap::Dense(features), Parameter::Dense(reference), Parameter::Dense(linear)) => {
                let span = population::span(step, batches, features);
                let mut target = span.coordinates_of(linear);
                if let Some(remainder) = &aim.remainder {
                    target += &population::least_squares(batches, features, &span, |_| remainder);
                }
                Self {
                    reference: Parameter::Dense(span.project(reference)),
                    target: Some(Parameter::Dense(span.embed(&target))),
                    summary: summary(step, batches, 0, span.rank()),
                }
            }
            (FeatureMap::OneHot(responses), Parameter::Tabular(reference), Parameter::Tabular(linear)) => {
                let project = |table: &LogitTable| {
                    let mut projection = LogitTable::default();
                    for x in 0..responses.len() {
                        let (atoms, rest) = whole_row_centred(table.row(x), batches, x);
                        let count = responses[x] - atoms.len() as u32;
                        projection.push(atoms, rest, count);
                    }
                    Parameter::tabular(projection)
                };
                Self {
                    reference: project(reference),
                    target: Some(project(linear)),
                    summary: summary(step, batches, 0, step.instance.rank()),
                }
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    /// θ = P_S θ_ref + (target)/β + ν(θ_ref − P_S θ_ref); `None` where the ball has no room for what is seen.
    pub fn minimiser(&self, step: &Step<'_>, aim: &Aim<'_>, choice: Choice) -> Option<Parameter> {
        let growth = 1.0 + 1.0 / step.beta;
        let seen = match &self.target {
            None => Cow::Borrowed(&self.reference),
            Some(target) => Cow::Owned(self.reference.zip_with(target, |p, t| p + t / step.beta)),
        };
        let grown = if self.target.is_none() { growth } else { 1.0 };
        let range = grown * seen.norm();
        if step.radius.is_some_and(|radius| range > radius) {
            return None;
        }
        let null = || aim.reference.zip_with(&self.reference, |t, p| t - p).norm();
        let nu = null_scale(choice, range, null, step.radius);
        if self.target.is_none() {
            return Some(aim.reference.zip_with(&self.reference, |t, p| growth * p + nu * (t - p)));
        }
        let null = aim.reference.zip_with(&self.reference, |t, p| nu * (t - p));
        Some(seen.zip_with(&null, |seen, null| seen + null))
    }
}

/// n of all batches.
pub(super) fn triples(batches: &[Batch]) -> u64 {
    batches.iter().map(|batch| batch.samples).sum()
}

pub(super) fn summary(step: &Step<'_>, batches: &[Batch], diverse: u64, rank: usize) -> SampleSummary {
    let full_rank = full_rank(step, batches);
    SampleSummary { triples: triples(batches), diverse, rank: Some(rank), full_rank, complete: rank >= full_rank }
}

/// Rank of the differences of all prompts that may be drawn.
pub(super) fn full_rank(step: &Step<'_>, batches: &[Batch]) -> usize {
    if step.process.prompts == PromptLaw::All {
        return step.instance.rank();
    }
    match step.instance.features() {
        FeatureMap::Dense(features) => population::span(step, batches, features).rank(),
        FeatureMap::OneHot(responses) => {
            let drawn = |x: usize| batches.iter().any(|batch| batch.weights[x] > 0.0);
            responses.iter().enumerate().filter(|(x, _)| drawn(*x)).map(|(_, &count)| count as usize - 1).sum()
        }
    }
}

/// Appends all-zero rows up to (not including) a prompt.
pub(super) fn skip_to(table: &mut LogitTable, prompt: usize, responses: &[u32]) {
    while table.prompts() < prompt {
        table.push([], 0.0, responses[table.prompts()]);
    }
}

/// What seen pairs are to meet on one-hot features.
struct Tables<'a> {
    /// θ_ref.
    reference: &'a LogitTable,
    /// τ; `None` where it is θ_ref.
    linear: Option<&'a LogitTable>,
    /// K(x).
    responses: &'a [u32],
}

/// What the prompts from one on show: the projections of both tables, and counts.
#[derive(Debug, Default)]
struct Shown {
    /// The first prompt.
    start: usize,
    first: LogitTable,
    second: LogitTable,
    rank: usize,
    diverse: u64,
    graph: SeenGraph,
    logits: Vec<f64>,
}

impl Shown {
    /// Adds a prompt, later than those that were added.
    fn add(&mut self, tables: &Tables<'_>, prompt: usize, pairs: &[SeenPair]) {
        self.skip_to(tables, prompt);
        let row = tables.reference.row(prompt);
        self.diverse += pairs.iter().map(|pair| pair.count).sum::<u64>();
        self.graph.build(row.responses(), pairs.iter().map(|pair| (pair.a, pair.b)));
        self.rank += self.graph.forest().len();
        push_centred(&mut self.first, row, &mut self.graph, &mut self.logits);
        if let Some(linear) = tables.linear {
            push_centred(&mut self.second, linear.row(prompt), &mut self.graph, &mut self.logits);
        }
    }

    /// Appends what later prompts showed.
    fn append(&mut self, tables: &Tables<'_>, later: &Self) {
        self.skip_to(tables, later.start);
        self.first.append(&later.first);
        self.second.append(&later.second);
        self.rank += later.rank;
        self.diverse += later.diverse;
    }

    /// Appends all-zero rows up to (not including) a prompt.
    fn skip_to(&mut self, tables: &Tables<'_>, prompt: usize) {
        for x in self.start + self.first.prompts()..prompt {
            self.first.push([], 0.0, tables.responses[x]);
            if tables.linear.is_some() {
                self.second.push([], 0.0, tables.responses[x]);
            }
        }
    }
}

/// Appends θ_t minus its mean, on every component whose logits are not all equal (fact F5); 0 elsewhere.
fn push_centred(out: &mut LogitTable, row: Row<'_>, graph: &mut SeenGraph, logits: &mut Vec<f64>) {
    let is_atom = |response: u32| row.place(response).is_some();
    // A component without an atom lies in the rest, whose logits are all equal: nothing moves there.
    out.push_with(row.responses(), |atoms| {
        graph.for_each_component(is_atom, |component| {
            logits.clear();
            logits.extend(component.iter().map(|&(_, response)| row.logit(response)));
            if let Some(mean) = mean_if_unequal(logits) {
                let centred = component.iter().zip(&*logits);
                atoms.extend(centred.map(|(&(_, response), logit)| Atom { response, logit: logit - mean }));
            }
        });
    });
}

/// The mean, formed around the first value so that equal values have it exactly; `None` if all are equal.
fn mean_if_unequal(values: &[f64]) -> Option<f64> {
    let first = values[0];
    let unequal = values.iter().any(|&value| value != first);
    unequal.then(|| first + values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64)
}

/// Spanning forests of the seen pairs of dense features: at most K(x) − 1 differences a prompt, whatever the counts.
#[derive(Debug, Default)]
pub(super) struct Forests {
    graph: SeenGraph,
    edges: Vec<(usize, u32, u32)>,
}

impl Forests {
    pub fn add(&mut self, features: &DenseFeatures, prompt: usize, pairs: impl IntoIterator<Item = (u32, u32)>) {
        self.graph.build(features.responses(prompt), pairs);
        self.edges.extend(self.graph.forest().iter().map(|&(a, b)| (prompt, a, b)));
    }

    /// The differences of the forests' pairs.
    pub fn differences(&self, features: &DenseFeatures) -> Vec<Array1<f64>> {
        let difference =
            |&(prompt, a, b): &(usize, u32, u32)| &features.row(prompt, a as usize) - &features.row(prompt, b as usize);
        self.edges.iter().map(difference).collect()
    }

    /// S. Which pairs were seen decides it, not how often: the differences enter unweighted.
    pub fn span(&self, features: &DenseFeatures, instance: &Instance) -> Span {
        Span::of_rows(self.edges.len(), features.dim(), Some(instance.span_of(features)), |i, row| {
            let (prompt, a, b) = self.edges[i];
            features.difference(prompt, a as usize, b as usize, row);
        })
    }
}

/// A row of a table minus its mean over the responses of positive probability, 0 elsewhere: atoms, and the rest's value.
fn whole_row_centred(row: Row<'_>, batches: &[Batch], prompt: usize) -> (Vec<Atom>, f64) {
    let mut drawn = batches.iter().filter(|batch| batch.share > 0.0 && batch.weights[prompt] > 0.0).peekable();
    if drawn.peek().is_none() || row.responses() < 2 {
        return (Vec::new(), 0.0);
    }
    let alive = |batch: &Batch| batch.law.row(prompt).levels().all(|(logit, _)| logit > f64::NEG_INFINITY);
    if drawn.any(alive) {
        // Responses that share a value go on sharing one.
        let first = row.levels().next().map_or(0.0, |(value, _)| value);
        let sum: f64 = row.levels().map(|(value, count)| count * (value - first)).sum();
        let mean = first + sum / row.responses() as f64;
        let atoms = row.atoms.iter().map(|atom| Atom { logit: atom.logit - mean, ..*atom }).collect();
        return (atoms, row.rest_logit - mean);
    }
    let support = population::support(batches, prompt);
    let values: Vec<f64> = support.iter().map(|&y| row.logit(y)).collect();
    let Some(mean) = mean_if_unequal(&values) else { return (Vec::new(), 0.0) };
    let atoms = support.iter().zip(&values).map(|(&response, value)| Atom { response, logit: value - mean });
    (atoms.collect(), 0.0)
}
