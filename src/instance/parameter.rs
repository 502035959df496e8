//! The parameter θ: a vector for dense features, a table of logits for one-hot features (there θ *is* the logits).

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array1;

use super::FeatureMap;
use crate::floats::Norm;
use crate::logits::{LogitTable, joint_levels};
use crate::threads::{both, for_each_block, shares};

/// θ ∈ R^d.
///
/// ```
/// use ndarray::array;
/// use selfreward::instance::Parameter;
///
/// let theta = Parameter::Dense(array![3.0, 4.0]);
/// assert_eq!((theta.norm(), theta.scaled(2.0).norm()), (5.0, 10.0));
/// assert!((theta.cosine(&Parameter::Dense(array![4.0, -3.0]))).abs() < 1e-16);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Parameter {
    /// For dense features.
    Dense(Array1<f64>),
    /// For one-hot features: coordinate (x,y) is the logit of y at x.
    Tabular(Arc<LogitTable>),
}

impl Parameter {
    /// A tabular parameter.
    pub fn tabular(table: LogitTable) -> Self {
        Self::Tabular(Arc::new(table))
    }

    /// ‖θ‖₂.
    pub fn norm(&self) -> f64 {
        match self {
            Self::Dense(theta) => theta.as_slice().map_or_else(|| Norm::of(theta), Norm::of_slice),
            Self::Tabular(table) => table.norm(),
        }
    }

    /// Whether every coordinate is finite.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Dense(theta) => theta.iter().all(|x| x.is_finite()),
            Self::Tabular(table) => table.is_finite(),
        }
    }

    /// Whether it is this table, and not only equal to it.
    pub(crate) fn is_table(&self, logits: &LogitTable) -> bool {
        matches!(self, Self::Tabular(table) if std::ptr::eq(&**table, logits))
    }

    /// Whether no coordinate is +∞ or NaN; −∞ is the logit of a response of probability 0.
    pub fn is_below_infinity(&self) -> bool {
        match self {
            Self::Dense(_) => self.is_finite(),
            Self::Tabular(table) => {
                table.rows().all(|row| row.levels().all(|(logit, _)| logit < f64::INFINITY && !logit.is_nan()))
            }
        }
    }

    /// c·θ.
    pub fn scaled(&self, c: f64) -> Self {
        match self {
            Self::Dense(theta) => Self::Dense(theta * c),
            Self::Tabular(table) => Self::tabular(table.map(|logit| c * logit)),
        }
    }

    /// 0, of the same shape.
    pub fn zeros(&self) -> Self {
        match self {
            Self::Dense(theta) => Self::Dense(Array1::zeros(theta.len())),
            Self::Tabular(table) => {
                let mut zeros = LogitTable::default();
                table.rows().for_each(|row| zeros.push([], 0.0, row.responses() as u32));
                Self::tabular(zeros)
            }
        }
    }

    /// Coordinate by coordinate, f(θ, θ'); f must be a function of the two values alone.
    pub fn zip_with(&self, other: &Self, f: impl Fn(f64, f64) -> f64 + Sync) -> Self {
        match (self, other) {
            (Self::Dense(u), Self::Dense(v)) => Self::Dense(u.iter().zip(v).map(|(&u, &v)| f(u, v)).collect()),
            (Self::Tabular(u), Self::Tabular(v)) => Self::tabular(u.zip_with(v, f)),
            _ => unreachable!("an instance has parameters of one kind"),
        }
    }

    /// The cosine of the angle between two parameters; NaN if one of them is zero.
    pub fn cosine(&self, other: &Self) -> f64 {
        self.norm_and_cosine(other).1
    }

    /// ‖θ‖₂, and the cosine of the angle to another parameter.
    pub(crate) fn norm_and_cosine(&self, other: &Self) -> (f64, f64) {
        let (a, b) = match self {
            Self::Tabular(table) if shares(table.prompts()) => both(|| self.norm(), || other.norm()),
            _ => (self.norm(), other.norm()),
        };
        let cosine = match (self, other) {
            (Self::Dense(u), Self::Dense(v)) => u.iter().zip(v).map(|(u, v)| (u / a) * (v / b)).sum(),
            (Self::Tabular(u), Self::Tabular(v)) => {
                let of_row = |x: usize| {
                    let products = joint_levels(u.row(x), v.row(x)).map(|(u, v, count)| count * ((u / a) * (v / b)));
                    products.sum::<f64>()
                };
                // Sums of doubles start at −0.
                let mut sum = -0.0;
                let block = |prompts: Range<usize>| prompts.map(of_row).collect::<Vec<f64>>();
                for_each_block(u.prompts(), block, |block| {
                    block.iter().for_each(|term| sum += term);
                });
                sum
            }
            _ => unreachable!("an instance has parameters of one kind"),
        };
        (a, cosine)
    }

    /// All logits ⟨θ, φ(x,y)⟩.
    pub fn logits(&self, features: &FeatureMap) -> Arc<LogitTable> {
        match (self, features) {
            (Self::Dense(theta), FeatureMap::Dense(dense)) => Arc::new(dense.logits(theta)),
            (Self::Tabular(table), FeatureMap::OneHot(_)) => Arc::clone(table),
            _ => unreachable!("an instance has parameters and features of one kind"),
        }
    }

    /// θ as one vector of d coordinates.
    pub fn to_vector(&self) -> Array1<f64> {
        match self {
            Self::Dense(theta) => theta.clone(),
            Self::Tabular(table) => {
                table.rows().flat_map(|row| (0..row.responses() as u32).map(move |y| row.logit(y))).collect()
            }
        }
    }
}
