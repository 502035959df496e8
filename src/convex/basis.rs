//! Orthonormal coordinates of what a loss sees, the directions that it confines first.
//!
//! Where a loss has no finite minimiser, what its tail says of the other directions is e^{-50} of what it says of the first ones. Their
//! coordinates keep it: rows that lie in the first part have zeros there, not the rounding of a rotation.

use ndarray::{Array1, Array2, Axis, concatenate, s};

use super::Block;
use super::recession::in_null_space;
use crate::linalg::Span;

/// Two orthogonal spans.
pub(super) struct Basis {
    confined: Span,
    rest: Span,
}

impl Basis {
    /// The basis of the span of these rows, and their coordinates in it.
    pub(super) fn of(rows: Array2<f64>, confining: &[bool]) -> (Self, Array2<f64>) {
        let (inner, others): (Vec<usize>, Vec<usize>) = (0..confining.len()).partition(|&i| confining[i]);
        let confined = Block::span_of(&rows, &inner);
        if confined.rank() == rows.ncols() {
            // Coordinates are those of the rows themselves, and nothing is left.
            let rest = Block::span(&Array2::zeros((0, rows.ncols())));
            return (Self { confined, rest }, rows);
        }
        let rest = if others.is_empty() {
            Block::span(&Array2::zeros((0, rows.ncols())))
        } else {
            Block::span_beside(&confined, &in_null_space(rows.select(Axis(0), &others), &confined))
        };
        let first = confined.coordinates(rows.clone());
        let mut second = rest.coordinates(rows);
        inner.into_iter().for_each(|i| second.row_mut(i).fill(0.0));
        let mut all = Array2::zeros((first.nrows(), first.ncols() + second.ncols()));
        all.slice_mut(s![.., ..first.ncols()]).assign(&first);
        all.slice_mut(s![.., first.ncols()..]).assign(&second);
        (Self { confined, rest }, all)
    }

    /// The number of coordinates.
    pub(super) fn rank(&self) -> usize {
        self.confined.rank() + self.rest.rank()
    }

    /// Coordinates of a vector.
    pub(super) fn coordinates_of(&self, vector: &Array1<f64>) -> Array1<f64> {
        let (first, second) = (self.confined.coordinates_of(vector), self.rest.coordinates_of(vector));
        concatenate![Axis(0), first, second]
    }

    /// The vector that has these coordinates.
    pub(super) fn embed(&self, coordinates: &Array1<f64>) -> Array1<f64> {
        let split = self.confined.rank();
        let part = |range: std::ops::Range<usize>| coordinates.slice(s![range]).to_owned();
        self.confined.embed(&part(0..split)) + self.rest.embed(&part(split..coordinates.len()))
    }

    /// The orthogonal projection of a vector onto the span.
    pub(super) fn project(&self, vector: &Array1<f64>) -> Array1<f64> {
        self.embed(&self.coordinates_of(vector))
    }
}
