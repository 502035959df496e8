//! Whether a block has a finite optimum, and if not, a direction along which its loss falls for ever.
//!
//! A loss that is a sum of convex decreasing functions of ⟨a_i, v⟩ has no finite minimiser if and only if some v has Av ≥ 0, Av ≠ 0. The
//! rows of A are φ(y) − φ(z) for each seen response y and every response z of its prompt, and +D for an observed win, −D for an
//! observed loss. Rows that occur with both signs confine v to their null space; there all seen responses of a prompt are one, so a
//! single row for each unseen response is left.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{Block, Choices, simplex, tabular};
use crate::Result;
use crate::linalg::Span;

/// A row counts as zero in the null space if so small a share of it is left: as singular values count above 1e-10·σ_max.
const ZERO: f64 = 1e-10;

/// Rows that are projected together: what is held of them stays in the nearest cache.
const TOGETHER: usize = 8;

impl Block<'_> {
    /// A direction of unit norm along which the loss falls for ever, or `None` if a finite optimum exists.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] if rounding leaves the linear programme undecided.
    pub fn recession(&self) -> Result<Option<Array1<f64>>> {
        if let Some(direction) = tabular::recession(self) {
            return Ok(direction);
        }
        self.recession_by_programme()
    }

    /// The same by the linear programme, whatever the features are.
    ///
    /// # Errors
    /// As [`Self::recession`].
    pub fn recession_by_programme(&self) -> Result<Option<Array1<f64>>> {
        let (equalities, inequalities) = match self {
            Self::Softmax(prompts) => of_choices(prompts, self.dim()),
            Self::Logistic { differences, wins, losses } => of_pairs(differences, wins, losses),
        };
        // With every response seen, and every pair won and lost, there is nothing to decide.
        if inequalities.is_empty() {
            return Ok(None);
        }
        let fixed = Block::span(&equalities);
        if fixed.rank() == self.dim() {
            return Ok(None);
        }
        let free = in_null_space(inequalities, &fixed);
        let span = Block::span_beside(&fixed, &free);
        let mut rows = span.coordinates(free);
        normalise(&mut rows);
        Ok(simplex::recession(&rows)?.map(|v| unit(span.embed(&v))))
    }
}

/// Rows that hold with both signs, and all others.
type Cone = (Array2<f64>, Array2<f64>);

fn of_choices(prompts: &[Choices<'_>], dim: usize) -> Cone {
    let (mut equalities, mut inequalities) = (Vec::new(), Vec::new());
    for prompt in prompts {
        let Some(seen) = prompt.weights.iter().position(|c| *c > 0.0) else { continue };
        let at = prompt.features.row(seen);
        for (y, row) in prompt.features.rows().into_iter().enumerate().filter(|(y, _)| *y != seen) {
            let rows = if prompt.weights[y] > 0.0 { &mut equalities } else { &mut inequalities };
            rows.push(&at - &row);
        }
    }
    (stack(&equalities, dim), stack(&inequalities, dim))
}

fn of_pairs(differences: &ArrayView2<'_, f64>, wins: &[f64], losses: &[f64]) -> Cone {
    let (mut equalities, mut inequalities) = (Vec::new(), Vec::new());
    for (i, row) in differences.rows().into_iter().enumerate() {
        match (wins[i] > 0.0, losses[i] > 0.0) {
            (true, true) => equalities.push(row.to_owned()),
            (true, false) => inequalities.push(row.to_owned()),
            (false, true) => inequalities.push(-&row),
            (false, false) => {}
        }
    }
    (stack(&equalities, differences.ncols()), stack(&inequalities, differences.ncols()))
}

fn stack(rows: &[Array1<f64>], dim: usize) -> Array2<f64> {
    let mut matrix = Array2::zeros((rows.len(), dim));
    matrix.rows_mut().into_iter().zip(rows).for_each(|(mut to, from)| to.assign(from));
    matrix
}

/// The rows at unit length without their parts in the span; those that lie in it are left out.
pub(super) fn in_null_space(mut rows: Array2<f64>, fixed: &Span) -> Array2<f64> {
    normalise(&mut rows);
    let mut kept = Vec::new();
    for few in rows.axis_chunks_iter(Axis(0), TOGETHER) {
        // Twice, so that what is left is orthogonal to the span to working precision.
        let once = &few - &fixed.project_rows(few);
        let left = &once - &fixed.project_rows(once.view());
        kept.extend(left.rows().into_iter().filter(|row| row.dot(row).sqrt() > ZERO).map(|row| unit(row.to_owned())));
    }
    stack(&kept, rows.ncols())
}

fn normalise(rows: &mut Array2<f64>) {
    for mut row in rows.axis_iter_mut(Axis(0)) {
        let norm = row.dot(&row).sqrt();
        if norm > 0.0 {
            row /= norm;
        }
    }
}

fn unit(vector: Array1<f64>) -> Array1<f64> {
    let norm = vector.dot(&vector).sqrt();
    vector / norm
}
