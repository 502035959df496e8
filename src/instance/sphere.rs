//! Features on the unit sphere: many responses, one of which the base parameter points at.

use ndarray::{Array1, Array2};
use rand_distr::{Distribution, StandardNormal};

use super::{Correct, DenseFeatures, FeatureMap, Instance, Parameter, uniform_weights};
use crate::floats::Norm;
use crate::seed::{Purpose, Seed};
use crate::{Error, Result};

/// Description of an instance whose features are independent uniform unit vectors, with uniform prompt weights.
///
/// Response 0 of every prompt is y*, with one vector φ(y*) for all prompts; θ_0 = `scale`·φ(y*), which makes y* the mode of π_0. It is
/// also the correct response. One parameter finds it by its direction, whereas draws find it as seldom as there are many responses
/// (arXiv 2412.01951, Example J.1).
///
/// ```
/// use selfreward::instance::sphere::Sphere;
/// use selfreward::seed::Seed;
///
/// let instance = Sphere { prompts: 1, dim: 4, responses: 100, scale: 3.0 }.draw(&Seed::from_number(1))?;
/// let policy = instance.policy(instance.base());
/// assert_eq!(policy.head(0).modal, 0);
/// assert!((policy.row(0).logit(0) - 3.0).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sphere {
    /// M ≥ 1.
    pub prompts: usize,
    /// d ≥ 1.
    pub dim: usize,
    /// K ≥ 1, the same for every prompt.
    pub responses: usize,
    /// ‖θ_0‖ ≥ 0.
    pub scale: f64,
}

impl Sphere {
    /// Draws the instance; everything in it is a function of the seed.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        if !(self.scale.is_finite() && self.scale >= 0.0) {
            return Err(Error::argument("instance.scale", self.scale, "a finite number ≥ 0"));
        }
        let best = unit(self.dim, &mut seed.rng(Purpose::Parameter, 0, 0));
        let mut features = Array2::zeros((self.prompts * self.responses, self.dim));
        for x in 0..self.prompts {
            let mut rng = seed.rng(Purpose::Features, 0, x);
            let first = x * self.responses;
            features.row_mut(first).assign(&best);
            (first + 1..first + self.responses).for_each(|row| features.row_mut(row).assign(&unit(self.dim, &mut rng)));
        }
        let features = FeatureMap::dense(DenseFeatures::new(features, &vec![self.responses; self.prompts])?);
        let lists = vec![Some(vec![0]); self.prompts];
        Instance::new(uniform_weights(self.prompts), features, Parameter::Dense(best * self.scale), None)?
            .with_correct(Correct::new(lists, |_| self.responses)?)
    }
}

/// A uniform unit vector.
fn unit(dim: usize, rng: &mut impl rand::Rng) -> Array1<f64> {
    let vector: Array1<f64> = (0..dim).map(|_| -> f64 { StandardNormal.sample(rng) }).collect();
    let norm = Norm::of(&vector);
    vector / norm
}
