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
    /// Of a first block, of one below the factor of those before, and of the last: no fourth number of rows occurs in one matrix.
    panels: Vec<Panel>,
    columns: usize,
    /// Rows on their way into a panel.
    waiting: Array2<f64>,
}

impl Triangulation {
    /// R of A = QR, of m×n numbers; `fill(i, row)` writes the i-th row over what stands there, from the first to the last.
    pub fn r_factor(&mut self, m: usize, n: usize, mut fill: impl FnMut(usize, &mut [f64])) -> Array2<f64> {
        if n != self.columns || self.waiting.is_empty() {
            *self = Self { panels: Vec::new(), columns: n, waiting: Array2::zeros((TOGETHER, n)) };
        }
        // Blocks of 2n rows, which stay in a processor's cache with the factor of those before; a short rest joins the first.
        let block = (2 * n).max(TOGETHER);
        let first = if m <= block + n { m } else { block };
        let mut here = self.panel(first, None);
        self.factor(here, 0, 0..first, &mut fill);
        for start in (first..m).step_by(block) {
            let rows = start..(start + block).min(m);
            let above = self.panels[here].rows().min(n);
            here = self.panel(above + rows.len(), Some(here));
            self.factor(here, above, rows, &mut fill);
        }
        self.panels[here].r()
    }

    /// The panel with so many rows, the first of which are the factor in another. Panels of different shape share no memory: where
    /// a column starts may decide how it is summed.
    fn panel(&mut self, rows: usize, from: Option<usize>) -> usize {
        /// Of one matrix; those of a matrix of another shape are let go before the next.
        const MOST: usize = 3;
        if from.is_none() && self.panels.len() > MOST {
            self.panels.clear();
        }
        let at = self.panels.iter().position(|panel| panel.rows() == rows).unwrap_or_else(|| {
            self.panels.push(Panel::new(rows, self.columns));
            self.panels.len() - 1
        });
        if let Some(from) = from.filter(|from| *from != at) {
            let [to, from] = self.panels.get_disjoint_mut([at, from]).expect("two of those there are");
            to.take(from);
        }
        at
    }

    /// Factors these rows below those that a panel has.
    fn factor(
        &mut self,
        panel: usize,
        mut next: usize,
        rows: std::ops::Range<usize>,
        fill: &mut impl FnMut(usize, &mut [f64]),
    ) {
        for start in rows.clone().step_by(TOGETHER) {
            let count = TOGETHER.min(rows.end - start);
            for (i, mut row) in self.waiting.rows_mut().into_iter().enumerate().take(count) {
                fill(start + i, row.as_slice_mut().expect("standard layout"));
            }
            self.panels[panel].write(next, self.waiting.slice(s![..count, ..]));
            next += count;
        }
        self.panels[panel].factor();
    }
}
