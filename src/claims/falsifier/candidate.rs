//! What is searched: a small instance and a process on it, as numbers that can be perturbed.

use ndarray::Array2;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::Result;
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::seed::Seed;
use crate::simulate::config::{InstanceConfig, SeedConfig};
use crate::simulate::{Config, Simulation};

/// What is measured of a candidate beyond the chain: what statements on moved modes read.
const ALSO: [&str; 3] = ["step_drift", "drift_mass", "flip_loss"];

/// An instance and a process, as numbers that can be perturbed.
#[derive(Clone, Debug)]
pub struct Candidate {
    prompts: usize,
    responses: usize,
    dim: usize,
    /// Unnormalised features, responses of a prompt after one another.
    features: Vec<f64>,
    /// Logarithms of prompt weights, up to a constant.
    log_weights: Vec<f64>,
    /// Direction of θ_0.
    direction: Vec<f64>,
    log_norm: f64,
    log_beta: f64,
    log_samples: f64,
    rounds: usize,
    /// What the process draws.
    seed: Seed,
}

impl Candidate {
    /// A start of the search.
    pub(super) fn random(rng: &mut impl Rng, seed: Seed) -> Self {
        let (prompts, responses, dim) = (rng.random_range(1..=3), rng.random_range(2..=5), rng.random_range(1..=4));
        let mut normals = |count: usize, scale: f64| -> Vec<f64> {
            (0..count).map(|_| scale * Distribution::<f64>::sample(&StandardNormal, rng)).collect()
        };
        let (features, log_weights, direction) =
            (normals(prompts * responses * dim, 1.0), normals(prompts, 2.0), normals(dim, 1.0));
        Self {
            prompts,
            responses,
            dim,
            features,
            log_weights,
            direction,
            log_norm: rng.random_range(-2.0..5.0),
            log_beta: rng.random_range(-6.0..2.0),
            log_samples: rng.random_range(0.0..12.0),
            rounds: rng.random_range(1..=3),
            seed,
        }
    }

    /// A neighbour: some of the numbers moved.
    pub(super) fn perturbed(&self, rng: &mut impl Rng, step: f64) -> Self {
        let mut next = self.clone();
        // Either all of a group moves a little, or none of it.
        let mut moved = |values: &mut [f64], scale: f64| {
            if rng.random_bool(0.5) {
                for value in values {
                    *value += scale * step * Distribution::<f64>::sample(&StandardNormal, rng);
                }
            }
        };
        moved(&mut next.features, 0.3);
        moved(&mut next.log_weights, 1.0);
        moved(&mut next.direction, 0.3);
        moved(std::slice::from_mut(&mut next.log_norm), 0.5);
        moved(std::slice::from_mut(&mut next.log_beta), 0.5);
        moved(std::slice::from_mut(&mut next.log_samples), 1.0);
        next.log_norm = next.log_norm.clamp(-5.0, 7.0);
        next.log_beta = next.log_beta.clamp(-9.0, 4.0);
        next.log_samples = next.log_samples.clamp(0.0, 16.0);
        next
    }

    /// The instance: features scaled into the unit ball, weights to one.
    ///
    /// # Errors
    /// As [`Instance::new`].
    pub fn instance(&self) -> Result<Instance> {
        let mut matrix = Array2::from_shape_vec((self.prompts * self.responses, self.dim), self.features.clone())
            .expect("as many numbers as rows and columns");
        let longest = matrix.rows().into_iter().map(|row| row.dot(&row).sqrt()).fold(f64::MIN_POSITIVE, f64::max);
        matrix /= longest;
        let top = self.log_weights.iter().fold(f64::NEG_INFINITY, |top, &weight| top.max(weight));
        let weights: Vec<f64> = self.log_weights.iter().map(|weight| (weight - top).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let length = self.direction.iter().map(|value| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        let theta = self.direction.iter().map(|value| self.log_norm.exp() * value / length).collect::<Vec<f64>>();
        Instance::new(
            weights.into_iter().map(|weight| weight / sum).collect(),
            FeatureMap::dense(DenseFeatures::new(matrix, &vec![self.responses; self.prompts])?),
            Parameter::Dense(theta.into()),
            None,
        )
    }

    /// The configuration of its process; its instance stands in a file of this path.
    pub fn config(&self, path: &std::path::Path) -> Config {
        let mut config = Config { instance: InstanceConfig::from_file(path), ..Config::default() };
        config.process.beta = Some(self.log_beta.exp());
        config.process.samples = self.log_samples.exp().round() as u64;
        config.process.rounds = self.rounds;
        config.measure.chain = true;
        config.measure.also = Some(ALSO.map(str::to_owned).to_vec());
        config.run.replicates = 1;
        config.run.seed = SeedConfig::Text(self.seed.to_string());
        config
    }

    /// Its simulation.
    ///
    /// # Errors
    /// As [`Candidate::instance`].
    pub(super) fn simulation(&self) -> Result<Simulation> {
        Simulation::given(self.config(std::path::Path::new("witness.npz")), self.instance()?)
    }
}
