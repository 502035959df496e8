//! What a sample shows of θ_t: the projection P_S θ_t onto the span S of the sampled feature differences (facts F2, F5).

use ndarray::Array1;

use super::super::graph::SeenGraph;
use super::super::pairs::Sample;
use super::{SampleSummary, Step};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::Span;
use crate::logits::{Atom, LogitTable, Row};

/// The seen part of θ_t.
#[derive(Debug)]
pub(super) struct Seen {
    /// P_S θ_t.
    pub projection: Parameter,
    /// Counts and ranks.
    pub summary: SampleSummary,
}

impl Seen {
    pub fn of(step: &Step<'_>, sample: &Sample<'_>) -> Self {
        match (step.instance.features(), step.theta) {
            (FeatureMap::Dense(features), Parameter::Dense(theta)) => {
                let mut diverse = 0;
                let mut forests = Forests::default();
                sample.for_each(|seen| {
                    diverse += seen.diverse();
                    forests.add(features, seen.prompt, seen.pairs.iter().map(|pair| (pair.a, pair.b)));
                });
                let span = forests.span(features, step.instance);
                let projection = Parameter::Dense(span.project(theta));
                Self { projection, summary: summary(step, diverse, span.rank()) }
            }
            (FeatureMap::OneHot(responses), Parameter::Tabular(table)) => {
                let mut graph = SeenGraph::default();
                let mut projection = LogitTable::default();
                let (mut diverse, mut rank) = (0, 0);
                sample.for_each(|seen| {
                    skip_to(&mut projection, seen.prompt, responses);
                    let row = table.row(seen.prompt);
                    graph.build(row.responses(), seen.pairs.iter().map(|pair| (pair.a, pair.b)));
                    diverse += seen.diverse();
                    rank += graph.forest().len();
                    let atoms = centred(row, &mut graph);
                    let rest = (row.responses() - atoms.len()) as u32;
                    projection.push(atoms, 0.0, rest);
                });
                skip_to(&mut projection, responses.len(), responses);
                Self { projection: Parameter::tabular(projection), summary: summary(step, diverse, rank) }
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }
}

pub(super) fn summary(step: &Step<'_>, diverse: u64, rank: usize) -> SampleSummary {
    SampleSummary { triples: step.samples, diverse, rank, full_rank: step.instance.rank() }
}

/// Appends all-zero rows up to (not including) a prompt.
pub(super) fn skip_to(table: &mut LogitTable, prompt: usize, responses: &[u32]) {
    while table.prompts() < prompt {
        table.push([], 0.0, responses[table.prompts()]);
    }
}

/// θ_t minus its mean, on every component whose logits are not all equal (fact F5); by ascending response.
fn centred(row: Row<'_>, graph: &mut SeenGraph) -> Vec<Atom> {
    let is_atom = |response: u32| row.atoms.binary_search_by_key(&response, |atom| atom.response).is_ok();
    let mut atoms = Vec::new();
    // A component without an atom lies in the rest, whose logits are all equal: nothing moves there.
    for component in graph.components(is_atom) {
        let logits: Vec<f64> = component.iter().map(|&response| row.logit(response)).collect();
        if let Some(mean) = mean_if_unequal(&logits) {
            atoms
                .extend(component.iter().zip(&logits).map(|(&response, logit)| Atom { response, logit: logit - mean }));
        }
    }
    atoms.sort_unstable_by_key(|atom| atom.response);
    atoms
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
        let responses = features.starts()[prompt + 1] - features.starts()[prompt];
        self.graph.build(responses, pairs);
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
