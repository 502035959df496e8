//! Where the numbers of dense features lie.

use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayRef1, ArrayView1, ArrayView2, CowArray, Ix1, Ix2, aview1};

use super::products;
use crate::floats::Norm;

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
}

impl Storage {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(values) => values.len(),
            Self::Lent64(lent) => lent.values().len(),
            Self::Lent32(lent) => lent.values().len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of its own; 0 where the numbers are lent.
    pub fn own_bytes(&self) -> usize {
        match self {
            Self::Owned(values) => size_of_val(values.as_slice()),
            Self::Lent64(_) | Self::Lent32(_) => 0,
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
}

impl<'a> Numbers<'a> {
    /// As doubles: converted where they are none.
    pub(super) fn doubles(self) -> Cow<'a, [f64]> {
        match self {
            Self::Doubles(values) => Cow::Borrowed(values),
            Self::Singles(values) => Cow::Owned(values.iter().map(|&value| f64::from(value)).collect()),
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
        match self {
            Self::Doubles(values) => out.copy_from_slice(values),
            Self::Singles(values) => {
                assert_eq!(values.len(), out.len(), "as many numbers");
                out.iter_mut().zip(values).for_each(|(out, &value)| *out = f64::from(value));
            }
        }
    }

    /// Writes them less others of the same storage.
    pub(super) fn less(self, other: Self, out: &mut [f64]) {
        match (self, other) {
            (Self::Doubles(a), Self::Doubles(b)) => {
                out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = a - b);
            }
            (Self::Singles(a), Self::Singles(b)) => {
                let pairs = a.iter().zip(b).map(|(&a, &b)| f64::from(a) - f64::from(b));
                out.iter_mut().zip(pairs).for_each(|(out, difference)| *out = difference);
            }
            _ => unreachable!("a storage has one precision"),
        }
    }

    /// Adds c times them.
    pub(super) fn add_to(self, c: f64, out: &mut ArrayRef1<f64>) {
        match self {
            Self::Doubles(values) => out.scaled_add(c, &aview1(values)),
            Self::Singles(values) => {
                assert_eq!(values.len(), out.len(), "as many numbers");
                out.iter_mut().zip(values).for_each(|(out, &value)| *out += c * f64::from(value));
            }
        }
    }

    /// Appends the inner product of each row, as long as the vector, with the vector.
    pub(super) fn extend_products(self, vector: &[f64], out: &mut Vec<f64>) {
        match self {
            Self::Doubles(values) => products::extend(values, vector, out),
            Self::Singles(values) => products::extend(values, vector, out),
        }
    }

    /// Their Euclidean norm.
    pub(super) fn norm(self) -> f64 {
        match self {
            Self::Doubles(values) => Norm::of(values),
            Self::Singles(values) => {
                let mut norm = Norm::default();
                values.iter().for_each(|&value| norm.add(f64::from(value), 1.0));
                norm.value()
            }
        }
    }

    /// The first one that is not finite, and its place.
    pub(super) fn not_finite(self) -> Option<(usize, f64)> {
        match self {
            Self::Doubles(values) => values.iter().position(|value| !value.is_finite()).map(|i| (i, values[i])),
            Self::Singles(values) => {
                values.iter().position(|value| !value.is_finite()).map(|i| (i, f64::from(values[i])))
            }
        }
    }

    /// Whether all are 0.
    pub(in crate::instance) fn are_zero(self) -> bool {
        match self {
            Self::Doubles(values) => values.iter().all(|&value| value == 0.0),
            Self::Singles(values) => values.iter().all(|&value| value == 0.0),
        }
    }

    /// Whether they are the same numbers, in whatever precision.
    pub(super) fn equal(self, other: Self) -> bool {
        match (self, other) {
            (Self::Doubles(a), Self::Doubles(b)) => a == b,
            (Self::Singles(a), Self::Singles(b)) => a == b,
            (Self::Doubles(a), Self::Singles(b)) | (Self::Singles(b), Self::Doubles(a)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| a == f64::from(b))
            }
        }
    }
}
