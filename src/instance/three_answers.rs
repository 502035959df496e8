//! Three responses on a line: the smallest class whose policies cannot follow their own reward.

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma};

use super::{DenseFeatures, FeatureMap, Instance, Parameter, uniform_weights};
use crate::logits::LogitTable;
use crate::seed::{Purpose, Seed};
use crate::{Error, Result};

/// K.
pub const RESPONSES: usize = 3;

/// φ(x, y) in R^1, the same for every prompt.
const FEATURES: [f64; RESPONSES] = [0.0, 0.5, 1.0];

/// A law that is given sums to 1 to within this.
const SUM_TOLERANCE: f64 = 1e-9;

/// Concentrations at which log-probabilities keep their digits.
const CONCENTRATIONS: std::ops::RangeInclusive<f64> = 1e-3..=1e6;

/// π_0 of a prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// These probabilities > 0, the same for every prompt; they are divided by their sum.
    Given([f64; RESPONSES]),
    /// Drawn from the Dirichlet law with this concentration α in [1e-3, 1e6] for each response, prompt by prompt.
    Dirichlet(f64),
}

/// Description of an instance with three responses a prompt and d = 1, with uniform prompt weights.
///
/// φ(x, ·) = (0, 1/2, 1), θ_0 = 0, and the fixed logits are b = log π_0. The reward log π_0 has two differences and θ has one coordinate,
/// so that a fit follows the reward only where π_0(1)² = π_0(0)π_0(2).
///
/// ```
/// use selfreward::instance::three_answers::{Law, ThreeAnswers};
/// use selfreward::seed::Seed;
///
/// let answers = ThreeAnswers { prompts: 1, law: Law::Given([0.3, 0.69, 0.01]) };
/// let instance = answers.draw(&Seed::from_number(1))?;
/// let policy = instance.policy(instance.base());
/// assert!((policy.prob(0, 1) - 0.69).abs() < 1e-15);
/// // A θ moves the odds of 2 against 0 by e^θ, and those of 1 against 0 by e^(θ/2).
/// let moved = instance.policy(&instance.base().zip_with(instance.base(), |_, _| 2.0));
/// assert!((moved.log_prob(0, 2) - moved.log_prob(0, 0) - (0.01f64 / 0.3).ln() - 2.0).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThreeAnswers {
    /// M ≥ 1.
    pub prompts: usize,
    /// π_0.
    pub law: Law,
}

impl ThreeAnswers {
    /// Checks the law.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range.
    pub fn check(&self) -> Result<()> {
        match self.law {
            Law::Given(law) => {
                if let Some((i, p)) = law.iter().enumerate().find(|(_, p)| !(p.is_finite() && **p > 0.0)) {
                    return Err(Error::argument(format!("instance.law[{i}]"), p, "a finite number > 0"));
                }
                let sum: f64 = law.iter().sum();
                if (sum - 1.0).abs() > SUM_TOLERANCE {
                    return Err(Error::argument("sum of instance.law", sum, "1, to within 1e-9"));
                }
            }
            Law::Dirichlet(concentration) if !CONCENTRATIONS.contains(&concentration) => {
                return Err(Error::argument("instance.concentration", concentration, "a number from 0.001 to 1e6"));
            }
            Law::Dirichlet(_) => {}
        }
        Ok(())
    }

    /// Draws the instance; everything in it is a function of the seed, and what one prompt draws is its own.
    ///
    /// # Errors
    /// As [`ThreeAnswers::check`]; [`Error::Argument`] if there is no prompt.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        self.check()?;
        let mut offset = LogitTable::default();
        for x in 0..self.prompts {
            offset.push_dense(&match self.law {
                Law::Given(law) => normalised(law.map(f64::ln)),
                Law::Dirichlet(concentration) => log_dirichlet(concentration, &mut seed.rng(Purpose::Offset, 0, x)),
            });
        }
        let rows = self.prompts * RESPONSES;
        let features = Array2::from_shape_fn((rows, 1), |(row, _)| FEATURES[row % RESPONSES]);
        let features = FeatureMap::dense(DenseFeatures::new(features, &vec![RESPONSES; self.prompts])?);
        Instance::new(uniform_weights(self.prompts), features, Parameter::Dense(Array1::zeros(1)), None)?
            .with_offset(offset)
    }
}

/// Logarithms of a Dirichlet variate. They are finite where the probability itself underflows: a Gamma(α) variate is a
/// Gamma(α + 1) variate times U^(1/α), and its logarithm is never left.
fn log_dirichlet(concentration: f64, rng: &mut impl Rng) -> [f64; RESPONSES] {
    let gamma = Gamma::new(concentration + 1.0, 1.0).expect("a concentration in range");
    let logs = std::array::from_fn(|_| {
        let above = gamma.sample(rng).ln();
        // In (0, 1]: its logarithm is finite.
        let uniform = 1.0 - rng.random::<f64>();
        above + uniform.ln() / concentration
    });
    normalised(logs)
}

/// Logarithms less that of the sum of what they stand for.
fn normalised(logs: [f64; RESPONSES]) -> [f64; RESPONSES] {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|log| (log - most).exp()).sum();
    logs.map(|log| log - most - sum.ln())
}
