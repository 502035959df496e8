//! The eigenvectors of a Gram matrix ΣwΔφΔφᵀ, and what a loop that keeps it makes of θ.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView2};

use super::super::CellRows;
use super::RADIUS;
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::thin_svd;
use crate::metrics::named::THETA_NORM;
use crate::papers::loops::theory::critic::{Round, crash_time, growth, growth_error};
use crate::policy::Policy;
use crate::process::{Batch, Reference, Snapshot, Step};
use crate::{Error, Result};

/// Curvatures below this share of the largest are those of directions that were not seen.
const UNSEEN: f64 = 1e-12;
/// Between these shares of the largest a singular value of the differences is that of a direction that a fit sees, and of which squares know
/// little or nothing.
const FAINT: std::ops::Range<f64> = 1e-15..1e-4;

/// Eigenvectors with their eigenvalues g_j.
#[derive(Debug, Clone)]
pub struct Directions {
    /// g_j, descending; 0 where nothing was seen.
    pub curvatures: Vec<f64>,
    /// Whether all g_j are known: none lies so far below the largest that a square of it does not tell whether it was seen.
    pub known: bool,
    axes: Array2<f64>,
}

impl Directions {
    /// Of the pairs of a batch, ΣNΔφΔφᵀ/n.
    ///
    /// # Errors
    /// [`Error::Argument`] for features that are not dense.
    pub fn of_batch(instance: &Instance, batch: &Batch) -> Result<Self> {
        let features = dense(instance)?;
        let mut gram = Gram::new(features);
        batch.pairs().for_each(|seen| {
            for pair in seen.pairs {
                gram.add(seen.prompt, pair.a, pair.b, pair.count as f64 / batch.samples as f64);
            }
        });
        Ok(gram.directions())
    }

    /// Of all pairs under a policy, E ΔφΔφᵀ.
    ///
    /// # Errors
    /// [`Error::Argument`] for features that are not dense.
    pub fn of_policy(instance: &Instance, policy: &Policy) -> Result<Self> {
        let features = dense(instance)?;
        let mut gram = Gram::new(features);
        for (x, p) in instance.weights().iter().enumerate() {
            let responses = instance.features().responses(x) as u32;
            for a in 0..responses {
                for b in 0..a {
                    gram.add(x, a, b, 2.0 * p * policy.prob(x, a) * policy.prob(x, b));
                }
            }
        }
        Ok(gram.directions())
    }

    /// The components of a vector along them.
    pub fn components(&self, vector: &Array1<f64>) -> Vec<f64> {
        self.axes.dot(vector).to_vec()
    }

    /// The vector of these components.
    pub fn embed(&self, components: &[f64]) -> Array1<f64> {
        self.axes.t().dot(&Array1::from(components.to_vec()))
    }
}

/// Dense features.
fn dense(instance: &Instance) -> Result<&DenseFeatures> {
    match instance.features() {
        FeatureMap::Dense(features) => Ok(features),
        FeatureMap::OneHot(_) => Err(Error::argument("instance.kind", "one-hot features", "dense ones")),
    }
}

/// θ_0 as a vector.
///
/// # Errors
/// [`Error::Argument`] for features that are not dense.
pub fn base(instance: &Instance) -> Result<Array1<f64>> {
    dense(instance).map(|_| instance.base().to_vector())
}

struct Gram<'a> {
    features: &'a DenseFeatures,
    delta: Vec<f64>,
    sum: Array2<f64>,
    /// √w Δφ, row by row.
    rows: Vec<f64>,
}

impl<'a> Gram<'a> {
    fn new(features: &'a DenseFeatures) -> Self {
        let dim = features.dim();
        Self { features, delta: vec![0.0; dim], sum: Array2::zeros((dim, dim)), rows: Vec::new() }
    }

    fn add(&mut self, prompt: usize, a: u32, b: u32, weight: f64) {
        self.features.difference(prompt, a as usize, b as usize, &mut self.delta);
        for ((i, j), sum) in self.sum.indexed_iter_mut() {
            *sum += weight * self.delta[i] * self.delta[j];
        }
        self.rows.extend(self.delta.iter().map(|delta| weight.sqrt() * delta));
    }

    fn directions(self) -> Directions {
        let svd = thin_svd(self.sum.view());
        let most = svd.singular.iter().copied().fold(0.0, f64::max);
        let curvature = |&g: &f64| if g > UNSEEN * most { g } else { 0.0 };
        let plain = svd.singular.iter().all(|&g| g > FAINT.end * FAINT.end * most);
        let curvatures = svd.singular.iter().map(curvature).collect();
        Directions { curvatures, known: plain || self.known(), axes: svd.vt }
    }

    /// Whether no singular value of the differences themselves is faint.
    fn known(&self) -> bool {
        let count = self.rows.len() / self.features.dim().max(1);
        let Ok(rows) = ArrayView2::from_shape((count, self.features.dim()), &self.rows) else { return true };
        let singular = thin_svd(rows).singular;
        let most = singular.iter().copied().fold(0.0, f64::max);
        !singular.iter().any(|value| FAINT.contains(&(value / most)))
    }
}

/// What is known of a replicate before its first round.
#[derive(Debug, Clone)]
pub struct Prediction {
    /// ‖θ_t‖ for t = 0, …, T.
    pub norms: Vec<f64>,
    /// Whether all eigenvalues are: see [`Directions::known`].
    pub known: bool,
    /// t*, the least t with ‖θ_t‖ > B; `None` if there is none in a hundred thousand rounds.
    pub crash: Option<u32>,
    /// The largest |m_j|.
    pub growth: f64,
    /// How far ‖θ_{t+1}‖ may lie from the largest |m_j| times ‖θ_t‖, for t = 0, …, T − 1.
    pub growth_errors: Vec<f64>,
}

/// The numbers of a cell's loop that its multipliers follow from.
///
/// # Errors
/// As [`CellRows::number`].
pub fn round_of(cell: &CellRows) -> Result<Round> {
    let alpha = match cell.simulation()?.process.reference {
        Reference::Current => 1.0,
        Reference::Base => 0.0,
        Reference::Mixed(alpha) => alpha,
    };
    let eta = if cell.label("process.reward").starts_with('{') { cell.number("process.reward.self")? } else { 1.0 };
    let ridge = cell.cell.config.process.ridge.unwrap_or(0.0);
    Ok(Round { alpha, eta, beta: cell.simulation()?.process.beta, ridge })
}

/// Q1 on the pairs that a replicate of a cell draws in its first round, with `lacking` taken from each multiplier: 0, or what a control
/// leaves out.
///
/// # Errors
/// As [`Directions::of_batch`].
pub fn of_first_pairs(cell: &CellRows, number: usize, lacking: f64) -> Result<Prediction> {
    let (instance, directions) = first_pairs(cell, number)?;
    predict(cell, &directions, instance.base(), lacking)
}

/// The instance of a replicate of a cell, and the eigenvectors of the pairs that it draws in its first round.
///
/// # Errors
/// As [`Directions::of_batch`].
pub fn first_pairs(cell: &CellRows, number: usize) -> Result<(Arc<Instance>, Directions)> {
    let simulation = cell.simulation()?;
    let (instance, seed) = (simulation.instance(number)?, simulation.replicate_seed(number));
    let base = Snapshot::new(instance.base().clone(), &instance);
    let step = Step::new(&simulation.process, &instance, (&base, &base), 0, &seed, &[])?;
    let directions = Directions::of_batch(&instance, &step.batches()[0])?;
    Ok((instance, directions))
}

/// Q1 with the Gram matrix of the base policy in place of that of a sample.
///
/// # Errors
/// As [`Directions::of_policy`].
pub fn of_base_policy(cell: &CellRows, number: usize) -> Result<Prediction> {
    let instance = cell.simulation()?.instance(number)?;
    let directions = Directions::of_policy(&instance, &instance.policy(instance.base()))?;
    predict(cell, &directions, instance.base(), 0.0)
}

fn predict(cell: &CellRows, directions: &Directions, start: &Parameter, lacking: f64) -> Result<Prediction> {
    let (round, components) = (round_of(cell)?, directions.components(&start.to_vector()));
    let multiplier = |&g: &f64| round.multiplier(g).map(|m| m - lacking);
    let multipliers = directions.curvatures.iter().map(multiplier).collect::<Result<Vec<f64>>>()?;
    let mut by_round = vec![components.clone(); cell.rounds() + 1];
    for (j, (m, c)) in multipliers.iter().zip(&components).enumerate() {
        for (now, c) in by_round[1..].iter_mut().zip(round.components(*m, *c, cell.rounds())) {
            now[j] = c;
        }
    }
    let error = |now: &Vec<f64>| growth_error(&round, &multipliers, now, &components);
    Ok(Prediction {
        norms: by_round.iter().map(|now| now.iter().map(|c| c * c).sum::<f64>().sqrt()).collect(),
        known: directions.known,
        growth_errors: by_round[..cell.rounds()].iter().map(error).collect(),
        crash: crash_time(&round, &multipliers, &components, 0.0, RADIUS)?,
        growth: growth(&multipliers, &components),
    })
}

/// The least t at which a replicate's measured ‖θ_t‖ is above B.
///
/// # Errors
/// As [`CellRows::value`].
pub fn crashed(cell: &CellRows, replicate: usize) -> Result<Option<u32>> {
    for t in 0..=cell.rounds() {
        if cell.value(replicate, &THETA_NORM, t)? > RADIUS {
            return Ok(Some(t as u32));
        }
    }
    Ok(None)
}
