//! The feature map φ(x,y) ∈ R^d, ‖φ‖₂ ≤ 1: a dense matrix, or one-hot features that are never written down.

mod storage;

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1};

pub use self::storage::Lent;
use super::{ENTRY_TOLERANCE, Parameter};
use crate::floats::Norm;
use crate::linalg::Span;
use crate::logits::LogitTable;
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
    /// Any features, as a matrix.
    Dense(Arc<DenseFeatures>),
    /// The tabular class: φ(x,y) is the unit vector of (x,y) and d = ΣK(x). Holds K(x).
    OneHot(Arc<Vec<u32>>),
}

/// Dense features: one row of a matrix for every (prompt, response).
///
/// ```
/// use ndarray::array;
/// use selfreward::instance::DenseFeatures;
///
/// // Two responses to prompt 0, one to prompt 1.
/// let features = DenseFeatures::new(array![[3.0, 0.0], [0.0, 4.0], [1.0, 1.0]], &[2, 1])?;
/// let mut difference = [0.0; 2];
/// features.difference(0, 0, 1, &mut difference);
/// assert_eq!(difference, [3.0, -4.0]);
/// let (unit, norm) = features.rescaled();
/// assert_eq!((norm, unit.row(0, 1)), (4.0, array![0.0, 1.0].view()));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug)]
pub struct DenseFeatures {
    /// N×d, N = ΣK(x); the rows of a prompt are contiguous.
    matrix: Array2<f64>,
    /// Rows `starts[x]..starts[x+1]` belong to prompt x.
    starts: Vec<usize>,
    /// The row with the largest norm, and that norm.
    largest: (usize, f64),
}

impl DenseFeatures {
    /// Features from a matrix (N×d, finite entries) and the number of responses of each prompt (their sum is N).
    ///
    /// # Errors
    /// [`Error::Argument`] if an entry is not finite, a prompt has no response, or the counts do not add up to N.
    pub fn new(matrix: Array2<f64>, responses: &[usize]) -> Result<Self> {
        let mut starts = vec![0];
        for (x, &count) in responses.iter().enumerate() {
            if count == 0 {
                return Err(Error::argument(format!("number of responses of prompt {x}"), 0, "at least 1"));
            }
            starts.push(starts[x] + count);
        }
        let total = starts[responses.len()];
        if total != matrix.nrows() {
            return Err(Error::argument("feature rows", matrix.nrows(), format!("{total}, one for each response")));
        }
        let matrix = if matrix.is_standard_layout() { matrix } else { matrix.as_standard_layout().into_owned() };
        let features = Self::assemble(matrix, starts);
        if let Some(((row, column), value)) = features.matrix.indexed_iter().find(|(_, value)| !value.is_finite()) {
            let (x, y) = features.locate(row);
            let name = format!("feature {column} of response {y} at prompt {x}");
            return Err(Error::argument(name, value, "a finite number"));
        }
        Ok(features)
    }

    fn assemble(matrix: Array2<f64>, starts: Vec<usize>) -> Self {
        let norms = matrix.rows().into_iter().map(|row| Norm::of(row.iter())).enumerate();
        let largest = norms.fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
        Self { matrix, starts, largest }
    }

    fn locate(&self, row: usize) -> (usize, usize) {
        let x = self.starts.partition_point(|&start| start <= row) - 1;
        (x, row - self.starts[x])
    }

    /// The same features, divided by the largest norm; returns that norm too. All-zero features stay as they are.
    pub fn rescaled(self) -> (Self, f64) {
        let (_, largest) = self.largest_norm();
        if largest == 0.0 {
            return (self, largest);
        }
        let Self { mut matrix, starts, .. } = self;
        matrix.mapv_inplace(|value| value / largest);
        (Self::assemble(matrix, starts), largest)
    }

    /// The row with the largest Euclidean norm, and that norm.
    pub fn largest_norm(&self) -> (usize, f64) {
        self.largest
    }

    /// d.
    pub fn dim(&self) -> usize {
        self.matrix.ncols()
    }

    /// φ(x,y).
    pub fn row(&self, prompt: usize, response: usize) -> ArrayView1<'_, f64> {
        self.matrix.row(self.starts[prompt] + response)
    }

    /// The whole matrix, N×d.
    pub fn matrix(&self) -> &Array2<f64> {
        &self.matrix
    }

    /// First row of each prompt, and N at the end.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Writes φ(x,y) − φ(x,y').
    pub fn difference(&self, prompt: usize, y: usize, other: usize, out: &mut [f64]) {
        let (a, b) = (self.row(prompt, y), self.row(prompt, other));
        out.iter_mut().zip(a.iter().zip(b.iter())).for_each(|(out, (a, b))| *out = a - b);
    }

    /// The span of all differences φ(x,y) − φ(x,y') over prompts of positive weight.
    pub(super) fn difference_span(&self, weights: &[f64]) -> Span {
        let pairs: Vec<(u32, u32)> = (0..weights.len())
            .filter(|&x| weights[x] > 0.0)
            .flat_map(|x| (1..self.starts[x + 1] - self.starts[x]).map(move |y| (x as u32, y as u32)))
            .collect();
        Span::of_rows(pairs.len(), self.dim(), None, |i, row| {
            let (x, y) = pairs[i];
            self.difference(x as usize, y as usize, 0, row);
        })
    }

    /// Φθ, all N logits.
    pub fn logits(&self, theta: &Array1<f64>) -> LogitTable {
        let logits = self.matrix.dot(theta);
        LogitTable::dense(&self.starts, logits.as_slice().expect("a fresh vector is contiguous"))
    }
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
            Self::Dense(dense) => dense.starts.len() - 1,
            Self::OneHot(responses) => responses.len(),
        }
    }

    /// K(x).
    pub fn responses(&self, prompt: usize) -> usize {
        match self {
            Self::Dense(dense) => dense.starts[prompt + 1] - dense.starts[prompt],
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
                    return Err(Error::argument(name, norm, "at most 1 (`--rescale` divides all by the largest)"));
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
