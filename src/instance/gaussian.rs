//! Synthetic dense instances: Gaussian features with a chosen covariance spectrum, with or without a guaranteed margin.

use ndarray::{Array1, Array2, ArrayView1};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{DenseFeatures, FeatureMap, Instance, Parameter, Spectrum, uniform_weights};
use crate::floats::Norm;
use crate::logits::LogitTable;
use crate::seed::{Purpose, Seed};
use crate::{Error, Result};

/// How θ_0 is made.
#[derive(Clone, Debug, PartialEq)]
pub enum BaseParameter {
    /// A Gaussian direction with ‖θ_0‖₂ = the number.
    Norm(f64),
    /// A Gaussian direction, scaled so that ⟨θ_0, φ(x,y)⟩ has this standard deviation over all (x,y).
    LogitScale(f64),
    /// Given, coordinate by coordinate.
    Given(Vec<f64>),
}

impl BaseParameter {
    /// The key that says so, and its value.
    pub(super) fn key(&self) -> (&'static str, String) {
        match self {
            Self::Norm(norm) => ("instance.theta_norm", norm.to_string()),
            Self::LogitScale(scale) => ("instance.logit_scale", scale.to_string()),
            Self::Given(theta) => ("instance.theta0", format!("{theta:?}")),
        }
    }

    /// θ_0 for the given features.
    ///
    /// # Errors
    /// [`Error::Argument`] if the size is not a finite number ≥ 0, or no scale gives the asked logits.
    pub fn resolve(&self, features: &DenseFeatures, seed: &Seed) -> Result<Parameter> {
        if let Self::Given(theta) = self {
            return Ok(Parameter::Dense(theta.clone().into()));
        }
        let direction = direction(features.dim(), seed);
        let logits = features.times(&ndarray::aview1(&direction));
        let scale = self.scale(&direction, logits.as_slice().expect("a fresh vector is contiguous"))?;
        Ok(Parameter::Dense(direction.into_iter().map(|x| scale * x).collect()))
    }

    /// The factor that turns a direction with these logits into θ_0.
    fn scale(&self, direction: &[f64], logits: &[f64]) -> Result<f64> {
        let (name, size, unit) = match *self {
            Self::Norm(size) => ("theta_norm", size, Norm::of(direction)),
            Self::LogitScale(size) => ("logit_scale", size, deviation(logits)),
            Self::Given(_) => return Ok(1.0),
        };
        if !(size.is_finite() && size >= 0.0) {
            return Err(Error::argument(format!("instance.{name}"), size, "a finite number ≥ 0"));
        }
        if unit == 0.0 && size > 0.0 {
            return Err(Error::argument(
                format!("instance.{name}"),
                size,
                "0, as all logits of the direction are equal",
            ));
        }
        Ok(if size == 0.0 { 0.0 } else { size / unit })
    }
}

/// A Gaussian direction in R^d, not normalised.
fn direction(dim: usize, seed: &Seed) -> Vec<f64> {
    let mut rng = seed.rng(Purpose::Parameter, 0, 0);
    (0..dim).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// Population standard deviation.
fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// Fixed logits b(x,y) = `along`·⟨w, φ(x,y)⟩ + `noise`·N(0,1), w a uniformly drawn unit vector.
///
/// What lies along w is a shift of θ, which leaves the class as it is; the noise no θ can follow, unless d is large.
///
/// ```
/// use selfreward::instance::Spectrum;
/// use selfreward::instance::gaussian::{BaseParameter, Gaussian, Offset};
/// use selfreward::seed::Seed;
///
/// let (spectrum, base) = (Spectrum::Isotropic {}, BaseParameter::Norm(0.0));
/// let gaussian = Gaussian { prompts: 3, responses: 2, dim: 2, spectrum, base, margin: None, max_tries: 0 };
/// let seed = Seed::from_number(1);
/// let instance = Offset { along: 4.0, noise: 0.1 }.add_to(gaussian.draw(&seed)?, &seed)?;
/// // θ_0 = 0: π_0 is the offset's own policy.
/// let row = instance.offset().expect("it has one").row(0);
/// let policy = instance.policy(instance.base());
/// let gap = policy.log_prob(0, 0) - policy.log_prob(0, 1);
/// assert!((gap - (row.logit(0) - row.logit(1))).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offset {
    /// Any finite number, nats.
    pub along: f64,
    /// Standard deviation ≥ 0 of the independent part, nats.
    pub noise: f64,
}

impl Offset {
    /// The instance with these fixed logits, drawn by the seed in streams of their own; as it is where both numbers are 0.
    ///
    /// # Errors
    /// [`Error::Argument`] for numbers out of range, or features that are not dense.
    pub fn add_to(&self, instance: Instance, seed: &Seed) -> Result<Instance> {
        if !self.along.is_finite() {
            return Err(Error::argument("instance.offset.along", self.along, "a finite number"));
        }
        if !(self.noise.is_finite() && self.noise >= 0.0) {
            return Err(Error::argument("instance.offset.noise", self.noise, "a finite number ≥ 0"));
        }
        if self.along == 0.0 && self.noise == 0.0 {
            return Ok(instance);
        }
        let FeatureMap::Dense(features) = instance.features() else {
            return Err(Error::argument("instance.offset", "on one-hot features", "dense features"));
        };
        let mut logits = vec![0.0; features.rows()];
        if self.along != 0.0 {
            let mut rng = seed.rng(Purpose::Offset, 0, 0);
            let mut w: Array1<f64> = (0..features.dim()).map(|_| normal(&mut rng)).collect();
            w *= self.along / Norm::of(&w);
            logits = features.times(&w).to_vec();
        }
        if self.noise > 0.0 {
            for (x, range) in features.starts().windows(2).enumerate() {
                let mut rng = seed.rng(Purpose::Offset, 1, x);
                logits[range[0]..range[1]].iter_mut().for_each(|logit| *logit += self.noise * normal(&mut rng));
            }
        }
        let table = LogitTable::dense(features.starts(), &logits);
        instance.with_offset(table)
    }
}

/// The instance with the reward r(x,y) = ⟨θ°, φ(x,y)⟩ from outside, θ° a uniformly drawn direction of this norm.
///
/// ```
/// use selfreward::instance::Spectrum;
/// use selfreward::instance::gaussian::{BaseParameter, Gaussian, with_linear_reward};
/// use selfreward::seed::Seed;
///
/// let (spectrum, base) = (Spectrum::Isotropic {}, BaseParameter::Norm(1.0));
/// let gaussian = Gaussian { prompts: 1, responses: 3, dim: 1, spectrum, base, margin: None, max_tries: 0 };
/// let seed = Seed::from_number(1);
/// let instance = with_linear_reward(gaussian.draw(&seed)?, 2.0, &seed)?;
/// // In one dimension θ° = ±2, and θ_0 = ±1: the reward is twice the logit, or minus that.
/// let (reward, policy) = (instance.reward().expect("it has one").row(0), instance.policy(instance.base()));
/// let share = (reward.logit(0) - reward.logit(1)) / (policy.log_prob(0, 0) - policy.log_prob(0, 1));
/// assert!((share.abs() - 2.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
///
/// # Errors
/// [`Error::Argument`] for a norm that is no finite number ≥ 0, or features that are not dense.
pub fn with_linear_reward(instance: Instance, norm: f64, seed: &Seed) -> Result<Instance> {
    if !(norm.is_finite() && norm >= 0.0) {
        return Err(Error::argument("instance.reward_norm", norm, "a finite number ≥ 0"));
    }
    let FeatureMap::Dense(features) = instance.features() else {
        return Err(Error::argument("instance.reward_norm", "on one-hot features", "dense features"));
    };
    let mut rng = seed.rng(Purpose::Reward, 0, 0);
    let mut theta: Array1<f64> = (0..features.dim()).map(|_| normal(&mut rng)).collect();
    theta *= norm / Norm::of(&theta);
    let reward = LogitTable::dense(features.starts(), &features.times(&theta).to_vec());
    instance.with_reward(reward)
}

/// Description of a Gaussian instance with uniform prompt weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// M ≥ 1.
    pub prompts: usize,
    /// K ≥ 1, the same for every prompt.
    pub responses: usize,
    /// d ≥ 1.
    pub dim: usize,
    /// Coordinate j of every feature is normal with variance λ_j before all are divided by the largest norm.
    pub spectrum: Spectrum,
    /// θ_0.
    pub base: BaseParameter,
    /// Every prompt is redrawn until the best logit ⟨θ_0, φ⟩ exceeds the second by at least this, in the instance as it is
    /// used (that is, after the division, which changes with the prompts that are redrawn). Without an offset that is the margin
    /// log π_0(y*|x) − max_{y≠y*} log π_0(y|x); an [`Offset`] is added afterwards, so that instances differ in it alone.
    pub margin: Option<f64>,
    /// How often a prompt may be redrawn.
    pub max_tries: usize,
}

impl Gaussian {
    /// Draws the instance; everything in it is a function of the seed.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range, [`Error::NotFound`] if a prompt misses the margin `max_tries` times.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        let deviations: Vec<f64> = self.spectrum.eigenvalues(self.dim)?.iter().map(|lambda| lambda.sqrt()).collect();
        let mut features = Array2::zeros((self.prompts * self.responses, self.dim));
        (0..self.prompts).for_each(|x| self.draw_prompt(&mut features, &deviations, seed, x, 0));
        if let Some(margin) = self.margin {
            self.ensure_margin(margin, &mut features, &deviations, seed)?;
        }
        let (features, _) = DenseFeatures::new(features, &vec![self.responses; self.prompts])?.rescaled();
        let base = self.base.resolve(&features, seed)?;
        Instance::new(uniform_weights(self.prompts), FeatureMap::dense(features), base, None)
    }

    /// The `attempt`-th draw of prompt x.
    fn draw_prompt(&self, features: &mut Array2<f64>, deviations: &[f64], seed: &Seed, x: usize, attempt: usize) {
        let mut rng = seed.rng(Purpose::Features, attempt, x);
        let numbers = x * self.responses * self.dim..(x + 1) * self.responses * self.dim;
        let features = &mut features.as_slice_mut().expect("standard layout")[numbers];
        for row in features.chunks_exact_mut(self.dim.max(1)) {
            for (j, value) in row.iter_mut().enumerate() {
                *value = deviations[j] * normal(&mut rng);
            }
        }
    }

    /// Redraws prompts until all have the margin under the scaling that the whole set then has.
    fn ensure_margin(&self, margin: f64, features: &mut Array2<f64>, deviations: &[f64], seed: &Seed) -> Result<()> {
        if self.max_tries >= 1 << 24 {
            return Err(Error::argument("instance.max_tries", self.max_tries, "below 2^24"));
        }
        if !(margin.is_finite() && margin >= 0.0) {
            return Err(Error::argument("instance.margin", margin, "a finite number ≥ 0"));
        }
        let direction = match &self.base {
            BaseParameter::Given(theta) => theta.clone(),
            _ => direction(self.dim, seed),
        };
        let direction = ndarray::aview1(&direction);
        let mut logits = features.dot(&direction);
        let mut norms: Vec<f64> = features.rows().into_iter().map(norm).collect();
        let mut tries = vec![0; self.prompts];
        loop {
            let largest = norms.iter().copied().fold(0.0, f64::max);
            if largest == 0.0 {
                let expected = "one under which not every feature underflows to zero";
                return Err(Error::argument("instance.spectrum", format!("{:?}", self.spectrum), expected));
            }
            let scaled: Vec<f64> = logits.iter().map(|logit| logit / largest).collect();
            let scale = self.base.scale(direction.as_slice().expect("contiguous"), &scaled)?;
            // The instance computes its logits once more in another order; the gap has to survive that rounding.
            let asked = margin + 1e-13 * scale * Norm::of(direction.iter());
            let gap = |x: usize| scale * top_gap(&scaled[x * self.responses..(x + 1) * self.responses]);
            let failing: Vec<usize> = (0..self.prompts).filter(|&x| gap(x) < asked || gap(x).is_nan()).collect();
            if failing.is_empty() {
                return Ok(());
            }
            for x in failing {
                if tries[x] == self.max_tries {
                    return Err(Error::NotFound(format!(
                        "no draw of prompt {x} has a margin of at least {margin} in max_tries = {} tries (the last has {}); \
                         lower instance.margin, enlarge theta_norm or logit_scale, or raise max_tries",
                        self.max_tries,
                        gap(x)
                    )));
                }
                tries[x] += 1;
                self.draw_prompt(features, deviations, seed, x, tries[x]);
                for row in x * self.responses..(x + 1) * self.responses {
                    logits[row] = features.row(row).dot(&direction);
                    norms[row] = norm(features.row(row));
                }
            }
        }
    }
}

/// Of a row as it lies in memory.
fn norm(row: ArrayView1<'_, f64>) -> f64 {
    Norm::of_slice(row.to_slice().expect("standard layout"))
}

#[inline]
fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// The gap between the largest and the second largest value; +∞ for a single one.
fn top_gap(values: &[f64]) -> f64 {
    let (first, second) = values.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |(first, second), &value| {
        if value > first { (value, first) } else { (first, second.max(value)) }
    });
    first - second
}
