//! Dense features, each prompt's responses in their place in a storage.

use std::cell::RefCell;

use ndarray::{Array1, Array2, ArrayRef1, CowArray, Ix1, Ix2, s};

use super::mapped::Check;
use super::storage::{Numbers, Storage};
use super::walk::Walk;
use crate::linalg::Span;
use crate::logits::LogitTable;
use crate::{Error, Result};

/// Dense features: d numbers for every (prompt, response), held here, lent, or left in a file.
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
/// assert_eq!((norm, unit.row(0, 1)), (4.0, array![0.0, 1.0].into()));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug)]
pub struct DenseFeatures {
    /// Rows of d numbers. What is held here is packed: the rows that count, one prompt's after another's.
    storage: Storage,
    dim: usize,
    /// φ(x,y) is the storage's row `places[x]` + y.
    places: Vec<usize>,
    /// Of all N responses, `starts[x]..starts[x+1]` belong to prompt x.
    starts: Vec<usize>,
    extremes: Extremes,
}

/// What one walk through all features finds.
#[derive(Clone, Copy, Debug, Default)]
struct Extremes {
    /// The response, of all N, with the largest norm, and that norm.
    largest: (usize, f64),
    /// The first prompt whose last features are zeros, and those of how many responses.
    zeros: Option<(usize, usize)>,
}

impl DenseFeatures {
    /// Features from a matrix (N×d, finite entries) and the number of responses of each prompt (their sum is N).
    ///
    /// # Errors
    /// [`Error::Argument`] if an entry is not finite, a prompt has no response, or the counts do not add up to N.
    pub fn new(matrix: Array2<f64>, responses: &[usize]) -> Result<Self> {
        let starts = starts(responses)?;
        let (rows, dim) = matrix.dim();
        let total = starts[responses.len()];
        if total != rows {
            return Err(Error::argument("feature rows", rows, format!("{total}, one for each response")));
        }
        let matrix = if matrix.is_standard_layout() { matrix } else { matrix.as_standard_layout().into_owned() };
        // A matrix that was cut out of a larger one is in the middle of its numbers.
        let (mut values, offset) = matrix.into_raw_vec_and_offset();
        values.drain(..offset.unwrap_or(0));
        values.truncate(rows * dim);
        Self::assemble(Storage::Owned(values), dim, starts[..responses.len()].to_vec(), starts)
    }

    /// Features (M×K×d, finite entries) of which only the first rows of each prompt count, as many as it has responses.
    ///
    /// Lent numbers are used where they lie. Those that are held are packed, in place.
    ///
    /// # Errors
    /// [`Error::Argument`] if an entry that counts is not finite, a prompt has no response or more than K, or there are not M·K·d numbers.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use selfreward::instance::{DenseFeatures, Storage};
    ///
    /// // M = 2, K = 2, d = 1; the second row of prompt 1 is padding.
    /// let lent = Arc::new(vec![0.5f32, -0.5, 0.25, f32::NAN]);
    /// let features = DenseFeatures::padded(Storage::Lent32(lent), 2, 1, &[2, 1])?;
    /// assert_eq!((features.rows(), features.row(1, 0)[0], features.storage().own_bytes()), (3, 0.25, 0));
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn padded(storage: Storage, most: usize, dim: usize, responses: &[usize]) -> Result<Self> {
        let starts = starts(responses)?;
        if let Some((x, &count)) = responses.iter().enumerate().find(|(_, count)| **count > most) {
            let name = format!("number of responses of prompt {x}");
            return Err(Error::argument(name, count, format!("at most {most}, the rows of a prompt")));
        }
        let needed = responses.len().checked_mul(most).and_then(|rows| rows.checked_mul(dim));
        if needed != Some(storage.len()) {
            let expected = format!("{} × {most} × {dim}", responses.len());
            return Err(Error::argument("number of features", storage.len(), expected));
        }
        let places = (0..responses.len()).map(|x| x * most);
        match storage {
            Storage::Owned(values) => {
                let values = packed(values, most * dim, responses.iter().map(|count| count * dim));
                Self::assemble(Storage::Owned(values), dim, starts[..responses.len()].to_vec(), starts)
            }
            lent => Self::assemble(lent, dim, places.collect(), starts),
        }
    }

    /// Features whose rows lie where they are said to lie; refuses entries that are not finite.
    fn assemble(storage: Storage, dim: usize, places: Vec<usize>, starts: Vec<usize>) -> Result<Self> {
        let features = Self { storage, dim, places, starts, extremes: Extremes::default() };
        Ok(Self { extremes: features.checked()?, ..features })
    }

    /// Refuses entries that are not finite, and bytes of a file that are not those that its checksum is about.
    fn checked(&self) -> Result<Extremes> {
        let (mut largest, mut zeros, mut room) = ((0, 0.0), None, vec![0.0; self.dim]);
        let mut check = if let Storage::Mapped(mapped) = &self.storage { mapped.check() } else { None };
        let mut row = 0;
        self.walk(
            |x| {
                let mut last = 0;
                for y in 0..self.responses(x) {
                    let numbers = self.numbers(x, y);
                    last += 1;
                    if numbers.surely_below(largest.1, &mut room) {
                        last = 0;
                    } else {
                        if let Some((column, value)) = numbers.not_finite() {
                            let name = format!("feature {column} of response {y} at prompt {x}");
                            return Err(Error::argument(name, value, "a finite number"));
                        }
                        let norm = numbers.norm();
                        if norm > 0.0 {
                            last = 0;
                        }
                        if norm > largest.1 {
                            largest = (row, norm);
                        }
                    }
                    row += 1;
                }
                zeros = zeros.or((last > 0).then_some((x, last)));
                Ok(())
            },
            |number| check.iter_mut().for_each(|check| check.up_to(number)),
        )?;
        match check.and_then(Check::finish) {
            Some((found, stated)) => {
                let expected = format!("{stated:08x}, as the archive states it: the file is damaged");
                Err(Error::argument("the checksum of phi", format!("{found:08x}"), expected))
            }
            None => Ok(Extremes { largest, zeros }),
        }
    }

    /// Goes through all prompts in order; `before` sees how far it is before what lies behind is let go of.
    fn walk(&self, mut visit: impl FnMut(usize) -> Result<()>, mut before: impl FnMut(usize)) -> Result<()> {
        let mut walk = Walk::new(&self.storage);
        for x in 0..self.places.len() {
            visit(x)?;
            let number = (self.places[x] + self.responses(x)) * self.dim;
            if walk.is_due(number) || x + 1 == self.places.len() {
                before(number);
                walk.passed(number);
            }
        }
        Ok(())
    }

    /// All (x, y), in order.
    fn each(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.places.len()).flat_map(|x| (0..self.responses(x)).map(move |y| (x, y)))
    }

    pub(super) fn locate(&self, row: usize) -> (usize, usize) {
        let x = self.starts.partition_point(|&start| start <= row) - 1;
        (x, row - self.starts[x])
    }

    /// The same features, divided by the largest norm; returns that norm too. All-zero features stay as they are.
    ///
    /// The quotients are held: of lent features they are a copy. What is left in a file is divided where it is read.
    pub fn rescaled(self) -> (Self, f64) {
        let (_, largest) = self.largest_norm();
        if largest == 0.0 {
            return (self, largest);
        }
        let (dim, starts) = (self.dim, self.starts.clone());
        let divided = if let Storage::Mapped(mapped) = &self.storage { mapped.divided_by(largest) } else { None };
        let (storage, places) = match divided {
            Some(divided) => (Storage::Mapped(divided), self.places),
            None => {
                let mut values = self.into_packed();
                values.iter_mut().for_each(|value| *value /= largest);
                (Storage::Owned(values), starts[..starts.len() - 1].to_vec())
            }
        };
        let features = Self::assemble(storage, dim, places, starts);
        (features.expect("finite numbers over the largest norm are finite"), largest)
    }

    /// The response, of all N, with the largest Euclidean norm, and that norm.
    pub fn largest_norm(&self) -> (usize, f64) {
        self.extremes.largest
    }

    /// The first prompt whose last features are zeros, and those of how many responses.
    pub(in crate::instance) fn last_zeros(&self) -> Option<(usize, usize)> {
        self.extremes.zeros
    }

    /// d.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// N, the number of all responses.
    pub fn rows(&self) -> usize {
        self.starts[self.places.len()]
    }

    /// K(x).
    pub fn responses(&self, prompt: usize) -> usize {
        self.starts[prompt + 1] - self.starts[prompt]
    }

    /// Where the numbers lie.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    fn numbers(&self, prompt: usize, response: usize) -> Numbers<'_> {
        debug_assert!(response < self.responses(prompt), "a response of the prompt");
        let row = self.places[prompt] + response;
        self.storage.at(row * self.dim..(row + 1) * self.dim)
    }

    /// φ(x,y): a view of doubles, a copy where they are in single precision.
    pub fn row(&self, prompt: usize, response: usize) -> CowArray<'_, f64, Ix1> {
        self.numbers(prompt, response).vector()
    }

    /// φ(x,·), K(x)×d: a view of doubles, a copy where they are in single precision.
    pub fn prompt(&self, prompt: usize) -> CowArray<'_, f64, Ix2> {
        let (place, count) = (self.places[prompt], self.responses(prompt));
        self.storage.at(place * self.dim..(place + count) * self.dim).matrix((count, self.dim))
    }

    /// A copy of all rows, N×d.
    pub fn to_matrix(&self) -> Array2<f64> {
        let mut matrix = Array2::zeros((self.rows(), self.dim));
        let visit = |x: usize| {
            matrix.slice_mut(s![self.starts[x]..self.starts[x + 1], ..]).assign(&self.prompt(x));
            Ok(())
        };
        self.walk(visit, |_| ()).expect("no prompt is refused");
        matrix
    }

    /// All rows, N×d: a copy of those that are lent.
    pub fn into_matrix(self) -> Array2<f64> {
        let shape = (self.rows(), self.dim);
        Array2::from_shape_vec(shape, self.into_packed()).expect("rows of d numbers")
    }

    /// The rows that count, one after another.
    fn into_packed(self) -> Vec<f64> {
        match self.storage {
            Storage::Owned(values) => values,
            _ => self.to_matrix().into_raw_vec_and_offset().0,
        }
    }

    /// Of all N responses, the first of each prompt; N at the end.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Whether these are the same numbers, of as many responses; where they lie, and in which precision, is the same.
    pub fn same_values(&self, other: &Self) -> bool {
        self.starts == other.starts
            && self.dim == other.dim
            && self.each().all(|(x, y)| self.numbers(x, y).equal(other.numbers(x, y)))
    }

    /// Writes φ(x,y) − φ(x,y').
    pub fn difference(&self, prompt: usize, y: usize, other: usize, out: &mut [f64]) {
        self.numbers(prompt, y).less(self.numbers(prompt, other), out);
    }

    /// Adds c φ(x,y).
    pub fn add_to(&self, prompt: usize, response: usize, c: f64, out: &mut ArrayRef1<f64>) {
        self.numbers(prompt, response).add_to(c, out);
    }

    /// The span of all differences φ(x,y) − φ(x,y') over prompts of positive weight.
    pub(in crate::instance) fn difference_span(&self, weights: &[f64]) -> Span {
        let pairs: Vec<(u32, u32)> = (0..weights.len())
            .filter(|&x| weights[x] > 0.0)
            .flat_map(|x| (1..self.responses(x)).map(move |y| (x as u32, y as u32)))
            .collect();
        // Rows come one after another, or spread over all.
        let walk = RefCell::new((0, Walk::new(&self.storage)));
        Span::of_rows(pairs.len(), self.dim(), None, |i, row| {
            let (x, y) = pairs[i];
            self.difference(x as usize, y as usize, 0, row);
            let (next, walk) = &mut *walk.borrow_mut();
            if i == 0 {
                *walk = Walk::new(&self.storage);
            }
            let number = (self.places[x as usize] + y as usize + 1) * self.dim;
            if i == *next && walk.is_due(number) {
                walk.passed(number);
            }
            *next = i + 1;
        })
    }

    /// Φθ, N numbers: row by row, so that they are the same wherever the features lie.
    pub fn times(&self, theta: &ArrayRef1<f64>) -> Array1<f64> {
        if self.dim == 0 {
            return Array1::zeros(self.rows());
        }
        let copy;
        let theta = match theta.as_slice() {
            Some(theta) => theta,
            None => {
                copy = theta.to_vec();
                &copy
            }
        };
        let (mut room, mut logits) = (Vec::new(), Vec::with_capacity(self.rows()));
        let visit = |x| {
            let (place, count): (usize, usize) = (self.places[x], self.responses(x));
            let numbers = self.storage.at(place * self.dim..(place + count) * self.dim);
            numbers.extend_products(theta, &mut room, &mut logits);
            Ok(())
        };
        self.walk(visit, |_| ()).expect("no logit is refused");
        logits.into()
    }

    /// Φθ, all N logits.
    pub fn logits(&self, theta: &Array1<f64>) -> LogitTable {
        LogitTable::dense(&self.starts, self.times(theta).as_slice().expect("a fresh vector is contiguous"))
    }
}

/// How many responses stand before each prompt, and in all.
fn starts(responses: &[usize]) -> Result<Vec<usize>> {
    let mut starts = vec![0];
    for (x, &count) in responses.iter().enumerate() {
        if count == 0 {
            return Err(Error::argument(format!("number of responses of prompt {x}"), 0, "at least 1"));
        }
        starts.push(starts[x] + count);
    }
    Ok(starts)
}

/// The first so many of each block's values, one block's after another's; in place.
fn packed(mut values: Vec<f64>, block: usize, counts: impl Iterator<Item = usize>) -> Vec<f64> {
    let mut end = 0;
    for (x, count) in counts.enumerate() {
        let from = x * block;
        values.copy_within(from..from + count, end);
        end += count;
    }
    values.truncate(end);
    values
}
