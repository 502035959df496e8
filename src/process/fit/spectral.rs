//! The spectrum of Σ w Δφ Δφᵀ, and a square loss's reference and target seen in its eigenbasis.
//!
//! For a sample the weights are whole numbers over n, and the singular values of a factor are found by a usual SVD. For the
//! population they range over as many orders of magnitude as π_t(y)π_t(y') does, and beyond the range of a double; there the
//! factor's rows carry their sizes as logarithms, and each singular value comes out to its own relative accuracy.
//!
//! Dense features give one block, whose factor is built from the prompts' eliminated Laplacians and reduced by QR; the rank is
//! that of the unweighted span. One-hot features give one small block for every component of seen pairs, and a d×d matrix never
//! arises. In both the singular values are those of a factor A with AᵀA = Σ w Δφ Δφᵀ, so no digits are lost by squaring.

use ndarray::{Array1, Array2, s};

use super::super::Step;
use super::super::batch::Batch;
use super::super::graph::SeenGraph;
use super::super::pairs::SeenPair;
use super::SampleSummary;
use super::aim::Aim;
use super::labels::merged;
use super::laplacian::{FactorRow, WeightedPair, factor_over};
use super::population;
use super::projection::{Forests, skip_to, summary, triples};
use super::quadratic::{Quadratic, Solution};
use crate::instance::{DenseFeatures, FeatureMap, Parameter};
use crate::linalg::{GradedRow, Span, graded_svd, r_factor, thin_svd};
use crate::logits::{Atom, LogitTable, Row};

/// The loss of one round in its eigenbasis, with what is needed to come back to θ.
#[derive(Debug)]
pub struct Spectral {
    quadratic: Quadratic,
    /// θ_ref − P_S θ_ref.
    null: Parameter,
    basis: Basis,
    summary: SampleSummary,
}

#[derive(Debug)]
enum Basis {
    /// Coordinates in the span, then Vᵀ.
    Dense {
        span: Span,
        vt: Array2<f64>,
    },
    Tabular(Vec<Block>),
}

/// One component of seen pairs of one-hot features.
#[derive(Debug)]
struct Block {
    prompt: usize,
    /// By ascending index.
    responses: Vec<u32>,
    /// (k−1)×k, orthonormal rows that sum to zero.
    vt: Array2<f64>,
    /// First of its k − 1 coordinates.
    start: usize,
}

/// What each seen pair is to meet beside what is linear: the mean over its `count` appearances, in the direction y − y'.
pub(super) type PairTarget<'t> = dyn FnMut(usize, &SeenPair) -> f64 + 't;

impl Spectral {
    /// Of the expected loss: all pairs, w = 2p(x)ν(y|x)ν(y'|x).
    pub(super) fn of_population(step: &Step<'_>, batches: &[Batch], aim: &Aim<'_>) -> Self {
        match (step.instance.features(), &*aim.reference, &*aim.linear) {
            (FeatureMap::Dense(features), Parameter::Dense(reference), Parameter::Dense(linear)) => {
                let span = population::span(step, batches, features);
                let rows: Vec<GradedRow> = population::rows(batches, features, &span);
                let svd = graded_svd(rows, span.rank());
                let coordinates = span.coordinates_of(reference);
                let null = Parameter::Dense(reference - &span.embed(&svd.vt.t().dot(&svd.vt.dot(&coordinates))));
                let mut target = span.coordinates_of(linear);
                if let Some(remainder) = &aim.remainder {
                    target += &population::least_squares(batches, features, &span, |_| remainder);
                }
                let mut quadratic = Quadratic::default();
                quadratic.log_curvature.extend(svd.log_singular.iter().map(|log_sigma| 2.0 * log_sigma));
                quadratic.reference.extend(svd.vt.dot(&coordinates));
                quadratic.target.extend(svd.vt.dot(&target));
                let summary = summary(step, batches, 0, span.rank());
                Self::assemble(quadratic, null, Basis::Dense { span, vt: svd.vt }, summary)
            }
            (FeatureMap::OneHot(responses), Parameter::Tabular(reference), Parameter::Tabular(linear)) => {
                let mut quadratic = Quadratic::default();
                let mut blocks = Vec::new();
                let mut projection = LogitTable::default();
                for prompt in 0..responses.len() {
                    let support = population::support(batches, prompt);
                    if support.len() < 2 {
                        continue;
                    }
                    skip_to(&mut projection, prompt, responses);
                    let (centred, atoms) = centre(reference.row(prompt), &support);
                    let (target, _) = centre(linear.row(prompt), &support);
                    let svd = graded_svd(population::prompt_rows(batches, prompt, &support), support.len());
                    let start = quadratic.reference.len();
                    quadratic.log_curvature.extend(svd.log_singular.iter().map(|log_sigma| 2.0 * log_sigma));
                    quadratic.reference.extend(svd.vt.dot(&centred));
                    quadratic.target.extend(svd.vt.dot(&target));
                    let rest = responses[prompt] - support.len() as u32;
                    blocks.push(Block { prompt, responses: support, vt: svd.vt, start });
                    projection.push(atoms, 0.0, rest);
                }
                skip_to(&mut projection, responses.len(), responses);
                let null = aim.reference.zip_with(&Parameter::tabular(projection), |t, p| t - p);
                let summary = summary(step, batches, 0, step.instance.rank());
                Self::assemble(quadratic, null, Basis::Tabular(blocks), summary)
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    /// Of the sampled loss, w = N/n. `target` gives what a pair is to meet beside ⟨τ, Δφ⟩ + Δg. With `whole`, also blocks in which
    /// nothing moves are kept, for their curvature.
    pub(super) fn of_sample(
        step: &Step<'_>,
        batches: &[Batch],
        aim: &Aim<'_>,
        target: &mut PairTarget<'_>,
        whole: bool,
    ) -> Self {
        let n = triples(batches) as f64;
        let remainder = aim.remainder.as_deref();
        let walk = |visit: &mut dyn FnMut(usize, &[WeightedPair])| {
            let mut pairs = Vec::new();
            let mut diverse = 0;
            let each = |batch: &Batch, f: &mut dyn FnMut(usize, &[SeenPair])| {
                batch.pairs().for_each(|seen| f(seen.prompt, seen.pairs));
            };
            merged(batches, each, &mut |prompt, seen: &[SeenPair]| {
                diverse += seen.iter().map(|pair| pair.count).sum::<u64>();
                pairs.clear();
                pairs.extend(seen.iter().map(|pair| {
                    let own = target(prompt, pair);
                    let fixed = remainder.map_or(0.0, |table| {
                        let row = table.row(prompt);
                        row.logit(pair.a) - row.logit(pair.b)
                    });
                    WeightedPair { a: pair.a, b: pair.b, weight: pair.count as f64 / n, target: own + fixed }
                }));
                visit(prompt, &pairs);
            });
            diverse
        };
        match (step.instance.features(), &*aim.reference, &*aim.linear) {
            (FeatureMap::Dense(features), Parameter::Dense(reference), Parameter::Dense(linear)) => {
                Self::dense(step, batches, features, (reference, linear), walk)
            }
            (FeatureMap::OneHot(responses), Parameter::Tabular(reference), Parameter::Tabular(linear)) => {
                let whole = whole || !aim.is_own();
                Self::tabular(step, batches, responses, (reference, linear), whole, walk)
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    fn dense(
        step: &Step<'_>,
        batches: &[Batch],
        features: &DenseFeatures,
        (reference, linear): (&Array1<f64>, &Array1<f64>),
        walk: impl FnOnce(&mut dyn FnMut(usize, &[WeightedPair])) -> u64,
    ) -> Self {
        let mut forests = Forests::default();
        let mut graph = SeenGraph::default();
        let mut rows: Vec<(usize, FactorRow)> = Vec::new();
        let diverse = walk(&mut |prompt, pairs| {
            forests.add(features, prompt, pairs.iter().map(|pair| (pair.a, pair.b)));
            graph.build(features.responses(prompt), pairs.iter().map(|p| (p.a, p.b)));
            let vertices = graph.components(|_| true).concat();
            rows.extend(factor_over(&vertices, pairs).into_iter().map(|mut row| {
                row.entries.iter_mut().for_each(|(i, _)| *i = vertices[*i] as usize);
                (prompt, row)
            }));
        });
        let span = forests.span(features, step.instance);
        let rank = span.rank();

        // [A V | t], row by row; its triangular factor holds that of AV and the reduced right side.
        let mut matrix = Array2::<f64>::zeros((rows.len(), features.dim()));
        for (i, (prompt, row)) in rows.iter().enumerate() {
            let mut line = matrix.row_mut(i);
            for &(response, coefficient) in &row.entries {
                features.add_to(*prompt, response, coefficient, &mut line);
            }
        }
        let mut stacked = Array2::zeros((rows.len(), rank + 1));
        stacked.slice_mut(s![.., ..rank]).assign(&span.coordinates(matrix));
        rows.iter().enumerate().for_each(|(i, (_, row))| stacked[(i, rank)] = row.rhs);
        let r = r_factor(stacked.view());
        let reduced = rank.min(r.nrows());
        let svd = thin_svd(r.slice(s![..reduced, ..rank]));
        let projected = svd.u.t().dot(&r.slice(s![..reduced, rank]));
        let coordinates = span.coordinates_of(reference);
        let quadratic = Quadratic {
            log_curvature: svd.singular.iter().map(|sigma| 2.0 * sigma.ln()).collect(),
            target: sum(svd.vt.dot(&span.coordinates_of(linear)), &quotient(&projected, &svd.singular)),
            reference: svd.vt.dot(&coordinates).to_vec(),
            null_norm: 0.0,
        };
        let null = Parameter::Dense(reference - &span.embed(&coordinates));
        Self::assemble(quadratic, null, Basis::Dense { span, vt: svd.vt }, summary(step, batches, diverse, rank))
    }

    fn tabular(
        step: &Step<'_>,
        batches: &[Batch],
        responses: &[u32],
        (reference, linear): (&LogitTable, &LogitTable),
        whole: bool,
        walk: impl FnOnce(&mut dyn FnMut(usize, &[WeightedPair])) -> u64,
    ) -> Self {
        let mut graph = SeenGraph::default();
        let mut quadratic = Quadratic::default();
        let mut blocks = Vec::new();
        let mut projection = LogitTable::default();
        let mut rank = 0;
        let diverse = walk(&mut |prompt, pairs| {
            let (row, aimed) = (reference.row(prompt), linear.row(prompt));
            graph.build(row.responses(), pairs.iter().map(|pair| (pair.a, pair.b)));
            rank += graph.forest().len();
            skip_to(&mut projection, prompt, responses);
            let is_atom = |y: u32| whole || row.atoms.binary_search_by_key(&y, |atom| atom.response).is_ok();
            let mut atoms = Vec::new();
            for component in graph.components(is_atom) {
                let (centred, own) = centre(row, &component);
                atoms.extend(own);
                let (target, _) = centre(aimed, &component);
                let (sigma, vt, noise) = decompose(&component, pairs);
                let start = quadratic.reference.len();
                quadratic.log_curvature.extend(sigma.iter().map(|sigma| 2.0 * sigma.ln()));
                quadratic.reference.extend(vt.dot(&centred));
                quadratic.target.extend(sum(vt.dot(&target), &noise));
                blocks.push(Block { prompt, responses: component, vt, start });
            }
            atoms.sort_unstable_by_key(|atom| atom.response);
            let rest = (row.responses() - atoms.len()) as u32;
            projection.push(atoms, 0.0, rest);
        });
        skip_to(&mut projection, responses.len(), responses);
        let reference = Parameter::tabular(reference.clone());
        let null = reference.zip_with(&Parameter::tabular(projection), |t, p| t - p);
        Self::assemble(quadratic, null, Basis::Tabular(blocks), summary(step, batches, diverse, rank))
    }

    fn assemble(mut quadratic: Quadratic, null: Parameter, basis: Basis, summary: SampleSummary) -> Self {
        quadratic.null_norm = null.norm();
        Self { quadratic, null, basis, summary }
    }

    /// The loss.
    pub fn quadratic(&self) -> &Quadratic {
        &self.quadratic
    }

    /// What was sampled.
    pub fn summary(&self) -> SampleSummary {
        self.summary
    }

    /// θ = Σ c_j v_j + ν·null.
    pub(super) fn parameter(&self, step: &Step<'_>, solution: &Solution) -> Parameter {
        let seen = match (&self.basis, step.instance.features()) {
            (Basis::Dense { span, vt }, _) => {
                let coefficients = ndarray::aview1(&solution.coefficients);
                Parameter::Dense(span.embed(&vt.t().dot(&coefficients)))
            }
            (Basis::Tabular(blocks), FeatureMap::OneHot(responses)) => {
                let mut table = LogitTable::default();
                for chunk in blocks.chunk_by(|a, b| a.prompt == b.prompt) {
                    skip_to(&mut table, chunk[0].prompt, responses);
                    let mut atoms: Vec<Atom> = chunk.iter().flat_map(|block| block.atoms(solution)).collect();
                    atoms.sort_unstable_by_key(|atom| atom.response);
                    let rest = responses[chunk[0].prompt] - atoms.len() as u32;
                    table.push(atoms, 0.0, rest);
                }
                skip_to(&mut table, responses.len(), responses);
                Parameter::tabular(table)
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        };
        let nu = solution.null_scale;
        self.null.zip_with(&seen, |null, seen| nu * null + seen)
    }
}

impl Block {
    fn atoms(&self, solution: &Solution) -> Vec<Atom> {
        let coefficients = &solution.coefficients[self.start..self.start + self.vt.nrows()];
        let logits = self.vt.t().dot(&ndarray::aview1(coefficients));
        self.responses.iter().zip(logits).map(|(&response, logit)| Atom { response, logit }).collect()
    }
}

/// Coordinates of what is linear with those of what each pair is to meet beside it.
fn sum(linear: Array1<f64>, beside: &[f64]) -> Vec<f64> {
    linear.iter().zip(beside).map(|(linear, beside)| linear + beside).collect()
}

/// The logits of a component minus their mean, which is formed around the first; as a vector and as atoms.
fn centre(row: Row<'_>, component: &[u32]) -> (Array1<f64>, Vec<Atom>) {
    let logits: Vec<f64> = component.iter().map(|&y| row.logit(y)).collect();
    let mean = logits[0] + logits.iter().map(|logit| logit - logits[0]).sum::<f64>() / logits.len() as f64;
    let atoms = component.iter().zip(&logits).map(|(&response, logit)| Atom { response, logit: logit - mean });
    (logits.iter().map(|logit| logit - mean).collect(), atoms.collect())
}

/// Singular values, right singular vectors and coordinates of the pairs' targets of one component of one-hot features.
fn decompose(component: &[u32], pairs: &[WeightedPair]) -> (Array1<f64>, Array2<f64>, Vec<f64>) {
    let rows = factor_over(component, pairs);
    let k = component.len();
    let mut matrix = Array2::zeros((k - 1, k));
    let mut rhs = Array1::zeros(k - 1);
    for (i, row) in rows.iter().enumerate() {
        row.entries.iter().for_each(|&(j, coefficient)| matrix[(i, j)] = coefficient);
        rhs[i] = row.rhs;
    }
    let svd = thin_svd(matrix.view());
    let projected = svd.u.t().dot(&rhs);
    let noise = quotient(&projected, &svd.singular);
    (svd.singular, svd.vt, noise)
}

/// e_j = (Uᵀt)_j/σ_j, and 0 where σ_j = 0.
fn quotient(projected: &Array1<f64>, singular: &Array1<f64>) -> Vec<f64> {
    projected.iter().zip(singular).map(|(&p, &sigma)| if sigma > 0.0 { p / sigma } else { 0.0 }).collect()
}
