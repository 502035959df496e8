//! Which class a file's numbers are taken as: what of the logits b + ⟨θ_0, φ⟩ can be trained, and what is fixed.

use ndarray::{Array1, Array2, Axis, concatenate, s};

use super::logits::without_features;
use crate::floats::Norm;
use crate::instance::DenseFeatures;
use crate::logits::LogitTable;
use crate::{Error, Result};

/// A class around the policy of a file. π_0 is the same in each; features of another class than the file's are a copy.
///
/// ```
/// use std::path::Path;
///
/// use selfreward::instance::files::ENCLOSED_ANSWERS;
/// use selfreward::instance::npz::{Class, NpzFile};
/// use selfreward::seed::Seed;
///
/// let taken = |class| NpzFile::read(Path::new(ENCLOSED_ANSWERS), false)?.taken_as(class).instance(None, &Seed::from_number(0));
/// let file = taken(Class::default())?;
/// let (few, lifted) = (
///     taken(Class { dim: Some(16), ..Class::default() })?,
///     taken(Class { offset_as_feature: true, ..Class::default() })?,
/// );
/// assert_eq!((few.features().dim(), file.features().dim(), lifted.features().dim()), (16, 256, 257));
/// assert!(few.offset().is_some() && lifted.offset().is_none());
/// let probability = |instance: &selfreward::instance::Instance| instance.policy(instance.base()).prob(0, 0);
/// assert!((probability(&few) - probability(&file)).abs() < 1e-12);
/// assert!((probability(&lifted) - probability(&file)).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Only the first so many coordinates of φ are features, 1 to d; what the others add to the logits at θ_0 is fixed. All if `None`.
    pub dim: Option<usize>,
    /// The fixed logits are one more feature, the last, so that none is fixed: φ' = (φ, b less its mean at the prompt) over the
    /// largest norm R, θ_0' = R(θ_0, 1).
    pub offset_as_feature: bool,
}

/// What a class is made of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) features: DenseFeatures,
    pub(super) theta: Array1<f64>,
    pub(super) offset: Option<LogitTable>,
}

impl Class {
    /// The parts of a file, taken as this class.
    ///
    /// # Errors
    /// [`Error::Argument`] for more coordinates than there are, a θ_0 of another length, and where there is no offset to be a feature.
    pub(super) fn of(self, parts: Parts) -> Result<Parts> {
        let (length, dim) = (parts.theta.len(), parts.features.dim());
        if length != dim {
            return Err(Error::argument("length of theta0", length, format!("the dimension {dim}")));
        }
        let parts = match self.dim {
            Some(dim) => first(parts, dim)?,
            None => parts,
        };
        if self.offset_as_feature { lifted(parts) } else { Ok(parts) }
    }

    /// Refuses what has no meaning where every response has a parameter of its own.
    ///
    /// # Errors
    /// [`Error::Argument`] with the key.
    pub(super) fn refuse_without_features(self) -> Result<()> {
        match self {
            Self { dim: Some(dim), .. } => Err(without_features("instance.dim", dim)),
            Self { offset_as_feature: true, .. } => Err(without_features("instance.offset_as_feature", true)),
            _ => Ok(()),
        }
    }
}

/// The first coordinates are trained, the others stay where θ_0 has them.
fn first(parts: Parts, dim: usize) -> Result<Parts> {
    let Parts { features, theta, offset } = parts;
    let all = features.dim();
    if !(1..=all).contains(&dim) {
        return Err(Error::argument("instance.dim", dim, format!("1 to {all}, the d of phi")));
    }
    let (starts, responses) = (features.starts().to_vec(), counts(&features));
    let matrix = features.into_matrix();
    let rest = matrix.slice(s![.., dim..]).dot(&theta.slice(s![dim..]));
    let moved = rest.iter().any(|&logit| logit != 0.0);
    let fixed = moved.then(|| LogitTable::dense(&starts, rest.as_slice().expect("a fresh vector is contiguous")));
    let offset = match (offset, fixed) {
        (Some(offset), Some(fixed)) => Some(offset.zip_with(&fixed, |b, logit| b + logit)),
        (offset, fixed) => offset.or(fixed),
    };
    let features = DenseFeatures::new(matrix.slice(s![.., ..dim]).to_owned(), &responses)?;
    Ok(Parts { features, theta: theta.slice(s![..dim]).to_owned(), offset })
}

/// The offset becomes a feature.
fn lifted(parts: Parts) -> Result<Parts> {
    let Parts { features, theta, offset } = parts;
    let Some(offset) = offset else {
        let expected = "an array offset (M, K) in the file: it has none, so no logit is fixed";
        return Err(Error::argument("instance.offset_as_feature", true, expected));
    };
    let mut column = Vec::with_capacity(features.rows());
    for row in offset.rows() {
        let logits: Vec<f64> = (0..row.responses() as u32).map(|y| row.logit(y)).collect();
        let mean = logits.iter().sum::<f64>() / logits.len() as f64;
        column.extend(logits.iter().map(|logit| logit - mean));
    }
    let responses = counts(&features);
    let column = Array2::from_shape_vec((column.len(), 1), column).expect("one number for each response");
    let mut matrix = concatenate(Axis(1), &[features.into_matrix().view(), column.view()]).expect("as many rows");
    let norms = matrix.rows().into_iter().map(|row| Norm::of(row.iter()));
    let largest = Some(norms.fold(0.0, f64::max)).filter(|&norm| norm > 0.0).unwrap_or(1.0);
    matrix.mapv_inplace(|value| value / largest);
    let theta = theta.iter().chain([&1.0]).map(|value| value * largest).collect();
    Ok(Parts { features: DenseFeatures::new(matrix, &responses)?, theta, offset: None })
}

/// K(x).
fn counts(features: &DenseFeatures) -> Vec<usize> {
    features.starts().windows(2).map(|ends| ends[1] - ends[0]).collect()
}
