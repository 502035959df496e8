//! The rows of a curvature's square root, written where they are wanted: the matrix of them all is as large as the features.

use ndarray::{Array2, ArrayView1};

/// Rows L with LᵀL a loss's second derivative, each exp(log size) times a direction.
#[derive(Clone, Debug)]
pub struct Curvature<'a> {
    /// Features of the loss's rows, m×r.
    pub features: &'a Array2<f64>,
    /// Logarithms of the roots of the rows' weights.
    pub log_sizes: Vec<f64>,
    /// What is taken from the features to have directions, if anything.
    pub centres: Option<Centres>,
}

/// Of each prompt the row of its likeliest response, and the mean of its rows relative to that.
#[derive(Clone, Debug)]
pub struct Centres {
    /// The prompt of each row.
    pub of_row: Vec<usize>,
    /// The row of each prompt's likeliest response.
    pub modes: Vec<usize>,
    /// Means relative to it, one a row.
    pub means: Array2<f64>,
}

impl Curvature<'_> {
    /// Writes the direction of row i over what is there.
    pub fn direction(&self, i: usize, to: &mut [f64]) {
        let row = line(self.features, i);
        match &self.centres {
            None => to.copy_from_slice(row),
            Some(centres) => {
                let prompt = centres.of_row[i];
                let (mode, mean) = (line(self.features, centres.modes[prompt]), line(&centres.means, prompt));
                let (mode, mean) = (&mode[..row.len()], &mean[..row.len()]);
                for (j, (to, x)) in to.iter_mut().zip(row).enumerate() {
                    *to = (x - mode[j]) - mean[j];
                }
            }
        }
    }

    /// All directions, m×r.
    pub fn directions(&self) -> Array2<f64> {
        let mut all = Array2::zeros(self.features.dim());
        for (i, mut row) in all.rows_mut().into_iter().enumerate() {
            self.direction(i, row.as_slice_mut().expect("standard layout"));
        }
        all
    }

    /// The indices of the rows, the largest row first: what makes a factorization accurate row by row (Cox and Higham, 1998).
    pub fn sorted(&self) -> Vec<usize> {
        let mut direction = vec![0.0; self.features.ncols()];
        let mut size = |i: usize| {
            self.direction(i, &mut direction);
            let row = ArrayView1::from(&direction);
            self.log_sizes[i] + 0.5 * row.dot(&row).ln()
        };
        let mut order: Vec<(f64, usize)> = (0..self.log_sizes.len()).map(|i| (size(i), i)).collect();
        order.sort_by(|p, q| q.0.total_cmp(&p.0).then(p.1.cmp(&q.1)));
        order.into_iter().map(|(_, i)| i).collect()
    }
}

/// A row as it lies in memory.
pub(super) fn line(rows: &Array2<f64>, i: usize) -> &[f64] {
    let columns = rows.ncols();
    &rows.as_slice().expect("standard layout")[i * columns..(i + 1) * columns]
}
