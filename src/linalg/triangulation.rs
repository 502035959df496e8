//! The triangular factor of a matrix whose rows are written as they are needed, in memory that is kept from one matrix to the next.

use ndarray::{Array2, s};

use super::backend::Panel;

/// Rows that are written together.
const TOGETHER: usize = 64;

/// What factors matrices of one shape after another, such as those of Newton's steps: [`super::r_factor`] without a matrix.
///
/// ```
/// use selfreward::linalg::Triangulation;
///
/// let mut triangulation = Triangulation::default();
/// // Of one column the factor is its norm.
/// for scale in [1.0, 2.0] {
///     let r = triangulation.r_factor(2, 1, |i, row| row[0] = scale * [3.0, 4.0][i]);
///     assert!((r[[0, 0]].abs() - 5.0 * scale).abs() < 1e-14);
/// }
/// ```
#[derive(Default)]
pub struct Triangulation {
    /// A first block, one with a factor above it, and a last one: no fourth number of rows occurs in one matrix.
    panels: Vec<Panel>,
    columns: usize,
    /// Rows on their way into a panel.
    waiting: Array2<f64>,
}

impl Triangulation {
    /// R of A = QR, of m×n numbers; `fill(i, row)` writes the i-th row over what stands there, from the first to the last.
    pub fn r_factor(&mut self, m: usize, n: usize, mut fill: impl FnMut(usize, &mut [f64])) -> Array2<f64> {
        self.fit(n);
        // Blocks of 2n rows, which stay in a processor's cache with the factor of those before; a short rest joins the first.
        let block = (2 * n).max(TOGETHER);
        let first = if m <= block + n { m } else { block };
        let mut r = self.block(None, 0..first, &mut fill);
        for start in (first..m).step_by(block) {
            r = self.block(Some(&r), start..(start + block).min(m), &mut fill);
        }
        r
    }

    fn fit(&mut self, columns: usize) {
        if columns != self.columns || self.waiting.is_empty() {
            *self = Self { panels: Vec::new(), columns, waiting: Array2::zeros((TOGETHER, columns)) };
        }
    }

    /// The factor of these rows below the one of those before them.
    fn block(
        &mut self,
        above: Option<&Array2<f64>>,
        rows: std::ops::Range<usize>,
        fill: &mut impl FnMut(usize, &mut [f64]),
    ) -> Array2<f64> {
        let known = above.map_or(0, Array2::nrows);
        let panel = panel(&mut self.panels, known + rows.len(), self.columns);
        if let Some(r) = above {
            panel.write(0, r.view());
        }
        let mut next = known;
        for start in rows.clone().step_by(TOGETHER) {
            let count = TOGETHER.min(rows.end - start);
            for (i, mut row) in self.waiting.rows_mut().into_iter().enumerate().take(count) {
                fill(start + i, row.as_slice_mut().expect("standard layout"));
            }
            panel.write(next, self.waiting.slice(s![..count, ..]));
            next += count;
        }
        panel.factor();
        panel.r()
    }
}

/// The panel with so many rows. Memory is not shared between shapes: where the columns of a panel start is part of how they are summed.
fn panel(panels: &mut Vec<Panel>, rows: usize, columns: usize) -> &mut Panel {
    /// Of a matrix; those of another are let go.
    const MOST: usize = 3;
    let at = panels.iter().position(|panel| panel.rows() == rows).unwrap_or_else(|| {
        if panels.len() == MOST {
            panels.clear();
        }
        panels.push(Panel::new(rows, columns));
        panels.len() - 1
    });
    &mut panels[at]
}
