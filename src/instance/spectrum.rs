//! Covariance spectra of synthetic features (Assumption G.3 of the paper names the last three regimes).

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Eigenvalues λ_1, …, λ_d of the feature covariance, before the whole set is divided by its largest norm.
///
/// ```
/// use selfreward::instance::Spectrum;
///
/// assert_eq!(Spectrum::Polynomial { exponent: 2.0 }.eigenvalues(3)?, [1.0, 0.25, 1.0 / 9.0]);
/// assert_eq!(Spectrum::Spiked { rank: 1, tail: 0.5 }.eigenvalues(3)?, [1.0, 0.25, 0.25]);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Spectrum {
    /// λ_j = 1.
    Isotropic {},
    /// λ_j = exp(−rate·j).
    Exponential {
        /// Decay rate c > 0.
        rate: f64,
    },
    /// λ_j = j^(−exponent).
    Polynomial {
        /// Exponent α > 0.
        exponent: f64,
    },
    /// λ_j = 1 for j ≤ rank; the others share the total `tail` equally.
    Spiked {
        /// Number of spikes s, 1 ≤ s ≤ d.
        rank: usize,
        /// Total mass τ ≥ 0 of the d − s other eigenvalues.
        tail: f64,
    },
}

impl Spectrum {
    /// λ_1, …, λ_d.
    ///
    /// # Errors
    /// [`Error::Argument`] if a parameter is out of range.
    pub fn eigenvalues(&self, dim: usize) -> Result<Vec<f64>> {
        let positive = |name: &str, value: f64| {
            let good = value.is_finite() && value > 0.0;
            if good {
                Ok(value)
            } else {
                Err(Error::argument(format!("spectrum.{name}"), value, "a finite number > 0"))
            }
        };
        let index = (1..=dim).map(|j| j as f64);
        match *self {
            Self::Isotropic {} => Ok(vec![1.0; dim]),
            Self::Exponential { rate } => positive("rate", rate).map(|rate| index.map(|j| (-rate * j).exp()).collect()),
            Self::Polynomial { exponent } => {
                positive("exponent", exponent).map(|exponent| index.map(|j| j.powf(-exponent)).collect())
            }
            Self::Spiked { rank, tail } => {
                if rank == 0 || rank > dim {
                    return Err(Error::argument("spectrum.rank", rank, format!("1 to the dimension {dim}")));
                }
                if !(tail.is_finite() && tail >= 0.0) {
                    return Err(Error::argument("spectrum.tail", tail, "a finite number ≥ 0"));
                }
                let share = tail / (dim - rank).max(1) as f64;
                Ok((0..dim).map(|j| if j < rank { 1.0 } else { share }).collect())
            }
        }
    }
}
