//! Where the numbers of dense features lie.

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayRef1, ArrayView1, ArrayView2, CowArray, Ix1, Ix2};

use super::mapped::Mapped;
use crate::floats::{Norm, add_scaled};
use crate::linalg::products;

/// Numbers in memory that something else owns, such as an array of another language.
///
/// Whoever implements it keeps the memory alive for as long as it lives, and gives the same numbers at each call.
///
/// ```
/// use std::sync::Arc;
///
/// use selfreward::instance::Lent;
///
/// let lent: Arc<dyn Lent<f32>> = Arc::new(vec![0.5, -0.25]);
/// assert_eq!(lent.values(), [0.5, -0.25]);
/// ```
pub trait Lent<T>: Debug + Send + Sync {
    /// The numbers, in C order.
    fn values(&self) -> &[T];
}

impl<T: Debug + Send + Sync> Lent<T> for Vec<T> {
    fn values(&self) -> &[T] {
        self
    }
}

impl<T: PartialEq> PartialEq for dyn Lent<T> {
    fn eq(&self, other: &Self) -> bool {
        self.values() == other.values()
    }
}

/// The numbers of dense features, in C order.
///
/// Single precision stays as it is; a row is converted when it is asked for, and every sum is one of doubles.
#[derive(Clone, Debug)]
pub enum Storage {
    /// Held here.
    Owned(Vec<f64>),
    /// Lent, in double precision.
    Lent64(Arc<dyn Lent<f64>>),
    /// Lent, in single precision.
    Lent32(Arc<dyn Lent<f32>>),
    /// Left in a file, in either precision.
    Mapped(Mapped),
}

impl Storage {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(values) => values.len(),
            Self::Lent64(lent) => lent.values().len(),
            Self::Lent32(lent) => lent.values().len(),
            Self::Mapped(mapped) => mapped.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of its own; 0 where the numbers are lent, or left in a file.
    pub fn own_bytes(&self) -> usize {
        match self {
            Self::Owned(values) => size_of_val(values.as_slice()),
            Self::Lent64(_) | Self::Lent32(_) | Self::Mapped(_) => 0,
        }
    }

    /// All of them as doubles: a copy of those that are lent.
    pub(in crate::instance) fn into_doubles(self) -> Vec<f64> {
        match self {
            Self::Owned(values) => values,
            lent => lent.at(0..lent.len()).doubles().into_owned(),
        }
    }

    /// Some of the numbers.
    pub(in crate::instance) fn at(&self, range: Range<usize>) -> Numbers<'_> {
        match self {
            Self::Owned(values) => Numbers::Doubles(&values[range]),
            Self::Lent64(lent) => Numbers::Doubles(&lent.values()[range]),
            Self::Lent32(lent) => Numbers::Singles(&lent.values()[range]),
            Self::Mapped(mapped) => mapped.at(range),
        }
    }
}

/// Some numbers of a storage.
#[derive(Clone, Copy, Debug)]
pub(in crate::instance) enum Numbers<'a> {
    /// In double precision.
    Doubles(&'a [f64]),
    /// In single precision.
    Singles(&'a [f32]),
    /// In single precision, as a file has them.
    Left32(Left<'a, 4>),
    /// In double precision, as a file has them.
    Left64(Left<'a, 8>),
}

/// Little-endian numbers of N bytes, each of which is divided.
#[derive(Clone, Copy, Debug)]
pub(in crate::instance) struct Left<'a, const N: usize> {
    pub(super) bytes: &'a [[u8; N]],
    pub(super) divisor: f64,
}

/// An expression in a slice of numbers and what makes a double of each, whatever the numbers are.
macro_rules! each {
    ($numbers:expr, ($values:ident, $double:ident) => $body:expr) => {
        match $numbers {
            Numbers::Doubles($values) => {
                let $double = |value: &f64| *value;
                $body
            }
            Numbers::Singles($values) => {
                let $double = |value: &f32| f64::from(*value);
                $body
            }
            // A division costs more than the conversion.
            Numbers::Left32(Left { bytes: $values, divisor: 1.0 }) => {
                let $double = |bytes: &[u8; 4]| f64::from(f32::from_le_bytes(*bytes));
                $body
            }
            Numbers::Left32(Left { bytes: $values, divisor }) => {
                let $double = |bytes: &[u8; 4]| f64::from(f32::from_le_bytes(*bytes)) / divisor;
                $body
            }
            Numbers::Left64(Left { bytes: $values, divisor: 1.0 }) => {
                let $double = |bytes: &[u8; 8]| f64::from_le_bytes(*bytes);
                $body
            }
            Numbers::Left64(Left { bytes: $values, divisor }) => {
                let $double = |bytes: &[u8; 8]| f64::from_le_bytes(*bytes) / divisor;
                $body
            }
        }
    };
}

impl<'a> Numbers<'a> {
    fn len(self) -> usize {
        match self {
            Self::Doubles(values) => values.len(),
            Self::Singles(values) => values.len(),
            Self::Left32(left) => left.bytes.len(),
            Self::Left64(left) => left.bytes.len(),
        }
    }

    /// As doubles: converted where they are none.
    pub(super) fn doubles(self) -> Cow<'a, [f64]> {
        match self {
            Self::Doubles(values) => Cow::Borrowed(values),
            others => each!(others, (values, double) => Cow::Owned(values.iter().map(double).collect())),
        }
    }

    /// As a vector.
    pub(super) fn vector(self) -> CowArray<'a, f64, Ix1> {
        match self.doubles() {
            Cow::Borrowed(values) => ArrayView1::from(values).into(),
            Cow::Owned(values) => Array1::from(values).into(),
        }
    }

    /// As a matrix of this shape, whose product is their number.
    pub(super) fn matrix(self, shape: (usize, usize)) -> CowArray<'a, f64, Ix2> {
        const FITS: &str = "rows of d numbers";
        match self.doubles() {
            Cow::Borrowed(values) => ArrayView2::from_shape(shape, values).expect(FITS).into(),
            Cow::Owned(values) => Array2::from_shape_vec(shape, values).expect(FITS).into(),
        }
    }

    /// Writes them as doubles.
    pub(super) fn write(self, out: &mut [f64]) {
        assert_eq!(self.len(), out.len(), "as many numbers");
        if let Self::Doubles(values) = self {
            return out.copy_from_slice(values);
        }
        each!(self, (values, double) => {
            for (out, value) in out.iter_mut().zip(values) {
                *out = double(value);
            }
        });
    }

    /// Writes them less others of the same storage.
    pub(super) fn less(self, other: Self, out: &mut [f64]) {
        if let (Self::Doubles(values), Self::Doubles(others)) = (self, other) {
            let others = &others[..values.len()];
            for (i, (out, value)) in out.iter_mut().zip(values).enumerate() {
                *out = value - others[i];
            }
            return;
        }
        self.write(out);
        each!(other, (values, double) => {
            for (out, value) in out.iter_mut().zip(values) {
                *out -= double(value);
            }
        });
    }

    /// Adds c times them.
    pub(super) fn add_to(self, c: f64, out: &mut ArrayRef1<f64>) {
        assert_eq!(self.len(), out.len(), "as many numbers");
        let Some(out) = out.as_slice_mut() else { return out.scaled_add(c, &self.vector()) };
        if let Self::Doubles(values) = self {
            return add_scaled(out, c, values);
        }
        each!(self, (values, double) => {
            for (out, value) in out.iter_mut().zip(values) {
                *out += c * double(value);
            }
        });
    }

    /// Appends the inner product of each row, as long as the vector, with the vector; `room` is written over where they are as a file
    /// has them.
    pub(super) fn extend_products(self, vector: &[f64], room: &mut Vec<f64>, out: &mut Vec<f64>) {
        match self {
            Self::Doubles(values) => products::extend(values, vector, out),
            Self::Singles(values) => products::extend(values, vector, out),
            left => {
                room.resize(left.len(), 0.0);
                left.write(room);
                products::extend(room, vector, out);
            }
        }
    }

    /// Their Euclidean norm.
    pub(super) fn norm(self) -> f64 {
        if let Self::Doubles(values) = self {
            return Norm::of_slice(values);
        }
        let mut norm = Norm::default();
        each!(self, (values, double) => {
            for value in values {
                norm.add(double(value), 1.0);
            }
        });
        norm.value()
    }

    /// Whether all are finite and their norm is below a bound, beyond doubt; `room`, as long as they are, is written over where they
    /// are no doubles.
    ///
    /// A plain sum of squares is many times as fast as [`Numbers::norm`]. Of d numbers both are off by less than 4dε of the norm.
    pub(super) fn surely_below(self, bound: f64, room: &mut [f64]) -> bool {
        let values = match self {
            Self::Doubles(values) => values,
            others => {
                others.write(room);
                room
            }
        };
        let squares = squares(values);
        let margin = 16.0 * (values.len() + 8) as f64 * f64::EPSILON;
        // Far from where a square of a double loses digits.
        (1e-200..1e200).contains(&squares) && squares.sqrt() < bound * (1.0 - margin)
    }

    /// The first one that is not finite, and its place.
    pub(super) fn not_finite(self) -> Option<(usize, f64)> {
        each!(self, (values, double) => values.iter().map(double).enumerate().find(|(_, value)| !value.is_finite()))
    }

    /// Whether all are 0.
    pub(in crate::instance) fn are_zero(self) -> bool {
        each!(self, (values, double) => values.iter().all(|value| double(value) == 0.0))
    }

    /// Whether they are the same numbers, in whatever precision.
    pub(super) fn equal(self, other: Self) -> bool {
        match (self, other) {
            (Self::Singles(a), Self::Singles(b)) => a == b,
            _ => self.doubles() == other.doubles(),
        }
    }
}

/// A plain sum of squares, eight at once.
fn squares(values: &[f64]) -> f64 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        for lane in 0..8 {
            sums[lane] += eight[lane] * eight[lane];
        }
    }
    let mut sum: f64 = sums.iter().sum();
    for value in rest {
        sum += value * value;
    }
    sum
}
