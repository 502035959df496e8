//! The spectrum of Σ w Δφ Δφᵀ, and θ_t seen in its eigenbasis.
//!
//! For a sample the weights are whole numbers over n, and the singular values of a factor are found by a usual SVD. For the
//! population they range over as many orders of magnitude as π_t(y)π_t(y') does, and beyond the range of a double; there the
//! factor's rows carry their sizes as logarithms, and each singular value comes out to its own relative accuracy.
//!
//! Dense features give one block, whose factor is built from the prompts' eliminated Laplacians and reduced by QR; the rank is
//! that of the unweighted span. One-hot features give one small block for every component of seen pairs, and a d×d matrix never
//! arises. In both the singular values are those of a factor A with AᵀA = Σ w Δφ Δφᵀ, so no digits are lost by squaring.

use ndarray::{Array1, Array2, s};
use rand_distr::{Distribution, StandardNormal};

use super::super::graph::SeenGraph;
use super::super::pairs::Sample;
use super::laplacian::{FactorRow, WeightedPair, factor_over, population_rows};
use super::projection::{Forests, skip_to, summary};
use super::quadratic::{Quadratic, Solution};
use super::{SampleSummary, Step};
use crate::instance::{DenseFeatures, FeatureMap, Parameter};
use crate::linalg::{GradedRow, GradedSvd, Span, graded_svd, r_factor, thin_svd};
use crate::logits::{Atom, LogitTable, Row};
use crate::seed::Purpose;

/// The loss of one round in its eigenbasis, with what is needed to come back to θ.
#[derive(Debug)]
pub struct Spectral {
    quadratic: Quadratic,
    /// θ_t − P_S θ_t.
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

impl Spectral {
    /// Of the expected loss: all pairs, w = 2p(x)π(y|x)π(y'|x).
    pub(super) fn of_population(step: &Step<'_>) -> Self {
        let prompts = || {
            let weights = step.instance.weights().iter().copied().enumerate();
            weights.filter(|&(x, weight)| weight > 0.0 && step.policy.row(x).responses() > 1)
        };
        match (step.instance.features(), step.theta) {
            (FeatureMap::Dense(features), Parameter::Dense(theta)) => {
                let span = step.instance.span_of(features).clone();
                let mut rows = Vec::new();
                for (x, weight) in prompts() {
                    rows.extend(population_rows(step.policy.row(x), step.policy.head(x), weight).into_iter().map(
                        |row| {
                            let mut direction = Array1::zeros(features.dim());
                            for (y, &coefficient) in row.direction.iter().enumerate() {
                                direction.scaled_add(coefficient, &features.row(x, y));
                            }
                            GradedRow { log_size: row.log_size, direction: span.coordinates_of(&direction) }
                        },
                    ));
                }
                let svd = graded_svd(rows, span.rank());
                let coordinates = span.coordinates_of(theta);
                let null = Parameter::Dense(theta - &span.embed(&svd.vt.t().dot(&svd.vt.dot(&coordinates))));
                let mut quadratic = Quadratic::default();
                extend(&mut quadratic, &svd, &coordinates);
                let summary = summary(step, 0, span.rank());
                Self::assemble(quadratic, null, Basis::Dense { span, vt: svd.vt }, summary)
            }
            (FeatureMap::OneHot(responses), Parameter::Tabular(table)) => {
                let mut quadratic = Quadratic::default();
                let mut blocks = Vec::new();
                let mut projection = LogitTable::default();
                for (prompt, weight) in prompts() {
                    skip_to(&mut projection, prompt, responses);
                    let row = table.row(prompt);
                    let all: Vec<u32> = (0..row.responses() as u32).collect();
                    let (centred, atoms) = centre(row, &all);
                    let svd = graded_svd(population_rows(row, step.policy.head(prompt), weight), all.len());
                    let start = quadratic.theta.len();
                    extend(&mut quadratic, &svd, &centred);
                    blocks.push(Block { prompt, responses: all, vt: svd.vt, start });
                    projection.push(atoms, 0.0, 0);
                }
                skip_to(&mut projection, responses.len(), responses);
                let null = step.theta.zip_with(&Parameter::tabular(projection), |t, p| t - p);
                let summary = summary(step, 0, step.instance.rank());
                Self::assemble(quadratic, null, Basis::Tabular(blocks), summary)
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    /// Of the sampled loss, w = N/n, with judge noise of standard deviation σ on each sampled difference: a pair seen N times
    /// carries its mean, N(0, σ²/N). With `whole`, also blocks in which nothing moves are kept, for their curvature.
    pub(super) fn of_sample(step: &Step<'_>, sample: &Sample<'_>, judge_noise: f64, whole: bool) -> Self {
        let n = step.samples as f64;
        Self::build(step, whole || judge_noise > 0.0, |visit| {
            let mut pairs = Vec::new();
            let mut diverse = 0;
            sample.for_each(|seen| {
                diverse += seen.diverse();
                let mut rng = step.seed.rng(Purpose::Noise, step.round, seen.prompt);
                let mut noise = |count: u64| {
                    let normal: f64 = if judge_noise > 0.0 { StandardNormal.sample(&mut rng) } else { 0.0 };
                    normal * judge_noise / (count as f64).sqrt()
                };
                pairs.clear();
                pairs.extend(seen.pairs.iter().map(|pair| WeightedPair {
                    a: pair.a,
                    b: pair.b,
                    weight: pair.count as f64 / n,
                    noise: noise(pair.count),
                }));
                visit(seen.prompt, &pairs);
            });
            diverse
        })
    }

    /// Walks through the prompts' weighted pairs; the walk returns the number of diverse triples.
    fn build(step: &Step<'_>, whole: bool, walk: impl FnOnce(&mut dyn FnMut(usize, &[WeightedPair])) -> u64) -> Self {
        match (step.instance.features(), step.theta) {
            (FeatureMap::Dense(features), Parameter::Dense(theta)) => Self::dense(step, features, theta, walk),
            (FeatureMap::OneHot(responses), Parameter::Tabular(table)) => {
                Self::tabular(step, responses, table, whole, walk)
            }
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    fn dense(
        step: &Step<'_>,
        features: &DenseFeatures,
        theta: &Array1<f64>,
        walk: impl FnOnce(&mut dyn FnMut(usize, &[WeightedPair])) -> u64,
    ) -> Self {
        let mut forests = Forests::default();
        let mut graph = SeenGraph::default();
        let mut rows: Vec<(usize, FactorRow)> = Vec::new();
        let diverse = walk(&mut |prompt, pairs| {
            forests.add(features, prompt, pairs.iter().map(|pair| (pair.a, pair.b)));
            graph.build(features.starts()[prompt + 1] - features.starts()[prompt], pairs.iter().map(|p| (p.a, p.b)));
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
                line.scaled_add(coefficient, &features.row(*prompt, response));
            }
        }
        let mut stacked = Array2::zeros((rows.len(), rank + 1));
        stacked.slice_mut(s![.., ..rank]).assign(&span.coordinates(matrix));
        rows.iter().enumerate().for_each(|(i, (_, row))| stacked[(i, rank)] = row.rhs);
        let r = r_factor(stacked.view());
        let reduced = rank.min(r.nrows());
        let svd = thin_svd(r.slice(s![..reduced, ..rank]));
        let projected = svd.u.t().dot(&r.slice(s![..reduced, rank]));
        let coordinates = span.coordinates_of(theta);
        let quadratic = Quadratic {
            log_curvature: svd.singular.iter().map(|sigma| 2.0 * sigma.ln()).collect(),
            theta: svd.vt.dot(&coordinates).to_vec(),
            noise: quotient(&projected, &svd.singular),
            null_norm: 0.0,
        };
        let null = Parameter::Dense(theta - &span.embed(&coordinates));
        Self::assemble(quadratic, null, Basis::Dense { span, vt: svd.vt }, summary(step, diverse, rank))
    }

    fn tabular(
        step: &Step<'_>,
        responses: &[u32],
        table: &LogitTable,
        whole: bool,
        walk: impl FnOnce(&mut dyn FnMut(usize, &[WeightedPair])) -> u64,
    ) -> Self {
        let mut graph = SeenGraph::default();
        let mut quadratic = Quadratic::default();
        let mut blocks = Vec::new();
        let mut projection = LogitTable::default();
        let mut rank = 0;
        let diverse = walk(&mut |prompt, pairs| {
            let row = table.row(prompt);
            graph.build(row.responses(), pairs.iter().map(|pair| (pair.a, pair.b)));
            rank += graph.forest().len();
            skip_to(&mut projection, prompt, responses);
            let is_atom = |y: u32| whole || row.atoms.binary_search_by_key(&y, |atom| atom.response).is_ok();
            let mut atoms = Vec::new();
            for component in graph.components(is_atom) {
                let (centred, own) = centre(row, &component);
                atoms.extend(own);
                let (sigma, vt, noise) = decompose(&component, pairs);
                let start = quadratic.theta.len();
                quadratic.log_curvature.extend(sigma.iter().map(|sigma| 2.0 * sigma.ln()));
                quadratic.theta.extend(vt.dot(&centred));
                quadratic.noise.extend(noise);
                blocks.push(Block { prompt, responses: component, vt, start });
            }
            atoms.sort_unstable_by_key(|atom| atom.response);
            let rest = (row.responses() - atoms.len()) as u32;
            projection.push(atoms, 0.0, rest);
        });
        skip_to(&mut projection, responses.len(), responses);
        let null = step.theta.zip_with(&Parameter::tabular(projection), |t, p| t - p);
        Self::assemble(quadratic, null, Basis::Tabular(blocks), summary(step, diverse, rank))
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

/// Appends the coordinates of θ_t in a decomposition.
fn extend(quadratic: &mut Quadratic, svd: &GradedSvd, theta: &Array1<f64>) {
    quadratic.log_curvature.extend(svd.log_singular.iter().map(|log_sigma| 2.0 * log_sigma));
    quadratic.theta.extend(svd.vt.dot(theta));
    quadratic.noise.extend(svd.log_singular.iter().map(|_| 0.0));
}

/// The logits of a component minus their mean, which is formed around the first; as a vector and as atoms.
fn centre(row: Row<'_>, component: &[u32]) -> (Array1<f64>, Vec<Atom>) {
    let logits: Vec<f64> = component.iter().map(|&y| row.logit(y)).collect();
    let mean = logits[0] + logits.iter().map(|logit| logit - logits[0]).sum::<f64>() / logits.len() as f64;
    let atoms = component.iter().zip(&logits).map(|(&response, logit)| Atom { response, logit: logit - mean });
    (logits.iter().map(|logit| logit - mean).collect(), atoms.collect())
}

/// Singular values, right singular vectors and noise coordinates of one component of one-hot features.
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
