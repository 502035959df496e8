//! The feature map φ(x,y) ∈ R^d, ‖φ‖₂ ≤ 1: dense features, held, lent or left in their file, or one-hot ones that are never written down.

mod dense;
mod mapped;
mod storage;
mod walk;

use std::sync::Arc;

pub use self::dense::DenseFeatures;
pub use self::mapped::Mapped;
pub(super) use self::mapped::{Place, Precision};
pub use self::storage::{Lent, Storage};
use super::{ENTRY_TOLERANCE, Parameter};
use crate::{Error, Result};

/// The feature map of an instance.
///
/// ```
/// use selfreward::instance::FeatureMap;
///
/// // One-hot features are never written down, however many there are.
/// let features = FeatureMap::one_hot(vec![1_000_000; 3]);
/// assert_eq!((features.prompts(), features.responses(2), features.dim()), (3, 1_000_000, 3_000_000));
/// ```
#[derive(Clone, Debug)]
pub enum FeatureMap {
    /// Any features, number by number.
    Dense(Arc<DenseFeatures>),
    /// The tabular class: φ(x,y) is the unit vector of (x,y) and d = ΣK(x). Holds K(x).
    OneHot(Arc<Vec<u32>>),
}

impl FeatureMap {
    /// Dense features.
    pub fn dense(features: DenseFeatures) -> Self {
        Self::Dense(Arc::new(features))
    }

    /// One-hot features with K(x) responses at prompt x.
    pub fn one_hot(responses: Vec<u32>) -> Self {
        Self::OneHot(Arc::new(responses))
    }

    /// M, the number of prompts.
    pub fn prompts(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.starts().len() - 1,
            Self::OneHot(responses) => responses.len(),
        }
    }

    /// K(x).
    pub fn responses(&self, prompt: usize) -> usize {
        match self {
            Self::Dense(dense) => dense.responses(prompt),
            Self::OneHot(responses) => responses[prompt] as usize,
        }
    }

    /// d.
    pub fn dim(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.dim(),
            Self::OneHot(responses) => responses.iter().map(|&count| count as usize).sum(),
        }
    }

    /// max ‖φ(x,y) − φ(x,y')‖₂ ≤ this: twice the largest norm for dense features, √2 for one-hot ones.
    pub fn largest_difference(&self) -> f64 {
        match self {
            Self::Dense(dense) => 2.0 * dense.largest_norm().1,
            Self::OneHot(_) => std::f64::consts::SQRT_2,
        }
    }

    pub(super) fn check_norms(&self) -> Result<()> {
        match self {
            Self::Dense(dense) => {
                let (row, norm) = dense.largest_norm();
                if norm > 1.0 + ENTRY_TOLERANCE {
                    let (x, y) = dense.locate(row);
                    let name = format!("feature norm of response {y} at prompt {x}");
                    return Err(Error::argument(
                        name,
                        norm,
                        "at most 1 (instance.rescale = true, or `--rescale`, divides all by the largest)",
                    ));
                }
                Ok(())
            }
            Self::OneHot(responses) => match responses.iter().position(|&count| count == 0) {
                Some(x) => Err(Error::argument(format!("number of responses of prompt {x}"), 0, "at least 1")),
                None => Ok(()),
            },
        }
    }

    pub(super) fn check_parameter(&self, theta: &Parameter) -> Result<()> {
        match (self, theta) {
            (Self::Dense(dense), Parameter::Dense(theta)) => {
                if theta.len() != dense.dim() {
                    return Err(Error::argument(
                        "length of theta0",
                        theta.len(),
                        format!("the dimension {}", dense.dim()),
                    ));
                }
            }
            (Self::OneHot(responses), Parameter::Tabular(table)) => {
                let fits = table.prompts() == responses.len()
                    && table.rows().zip(responses.iter()).all(|(row, &count)| row.responses() == count as usize);
                if !fits {
                    return Err(Error::argument("shape of theta0", "other", "one logit for each response"));
                }
            }
            _ => return Err(Error::argument("kind of theta0", "other", "the kind of the features")),
        }
        if !theta.is_finite() {
            return Err(Error::argument("theta0", "not finite", "finite entries"));
        }
        Ok(())
    }
}
