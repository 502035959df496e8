//! The span of a set of feature differences: its rank, and the orthogonal projection onto it.

use ndarray::{Array1, Array2, Axis, s};

use super::{inverse_cholesky, r_factor, row_space, transposed_product};

/// A linear subspace of R^d.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::Span;
///
/// let rows = [[1.0, 1.0, 0.0], [2.0, 2.0, 0.0]];
/// let span = Span::of_rows(2, 3, None, |i, row| row.copy_from_slice(&rows[i]));
/// assert_eq!(span.rank(), 1);
/// let shadow = span.project(&array![1.0, 0.0, 0.0]);
/// assert!((shadow - array![0.5, 0.5, 0.0]).iter().all(|gap: &f64| gap.abs() < 1e-14));
/// ```
#[derive(Clone, Debug)]
pub struct Span {
    dim: usize,
    /// Orthonormal columns, d×rank; `None` stands for all of R^d.
    basis: Option<Array2<f64>>,
}

/// Rank decisions: a direction counts if its singular value (or pivot) exceeds this times √d times the largest one.
///
/// Rounding makes up directions of about 1·ε√d (lower this to 1·ε and `rounding_makes_no_directions` fails); true ones are found
/// down to 10^-12 and below (raise it to 1e-10 and `rank_survives_bad_conditioning` fails).
const TOLERANCE: f64 = 16.0 * f64::EPSILON;

/// A Gram matrix certifies full rank only while its smallest eigenvalue exceeds this share of its trace; that is far above
/// the rounding of the sums (rows·2e-16), so the certificate never errs, it only sometimes declines.
const CERTIFICATE: f64 = 1e-8;

impl Span {
    /// The whole space.
    pub fn whole(dim: usize) -> Self {
        Self { dim, basis: None }
    }

    /// The span of `rows` vectors of R^`dim`; `fill(i, row)` writes the i-th.
    ///
    /// `within` is a space known to contain them all (the span of all differences, when these are the sampled ones): where
    /// the rows reach its rank, it is returned itself, bit for bit.
    ///
    /// The rank is decided on the vectors themselves, never on a Gram matrix, which would halve the digits; a Gram matrix
    /// of some of the rows only serves to certify full rank cheaply where it is far from doubtful.
    pub fn of_rows(rows: usize, dim: usize, within: Option<&Span>, fill: impl Fn(usize, &mut [f64])) -> Self {
        let whole = Self::whole(dim);
        let most = within.unwrap_or(&whole);
        if rows >= most.rank() && most.certified(rows, &fill) {
            return most.clone();
        }
        Self::decided(rows, dim, most, fill)
    }

    /// The same of rows that are orthogonal to a space of at least one dimension, so that no certificate of full rank is tried.
    pub(crate) fn of_rows_beside(other: &Span, rows: usize, dim: usize, fill: impl Fn(usize, &mut [f64])) -> Self {
        if other.rank() == 0 {
            return Self::of_rows(rows, dim, None, fill);
        }
        Self::decided(rows, dim, &Self::whole(dim), fill)
    }

    /// The span by a factorization, whatever the rank.
    fn decided(rows: usize, dim: usize, most: &Span, fill: impl Fn(usize, &mut [f64])) -> Self {
        let mut matrix = Array2::zeros((rows, dim));
        matrix
            .axis_iter_mut(Axis(0))
            .enumerate()
            .for_each(|(i, mut row)| fill(i, row.as_slice_mut().expect("standard layout")));
        let live = live_columns(&matrix);
        let kept = if live.len() < dim { matrix.select(Axis(1), &live) } else { matrix };
        let reduced = if rows > kept.ncols() && !kept.is_empty() { r_factor(kept.view()) } else { kept };
        let basis = row_space(reduced.view(), TOLERANCE * (dim as f64).sqrt());
        if basis.ncols() >= most.rank() {
            return most.clone();
        }
        let mut embedded = Array2::zeros((dim, basis.ncols()));
        live.iter().zip(basis.rows()).for_each(|(&column, row)| embedded.row_mut(column).assign(&row));
        Self { dim, basis: Some(embedded) }
    }

    /// Whether some of the rows already span this space, beyond doubt.
    fn certified(&self, rows: usize, fill: &impl Fn(usize, &mut [f64])) -> bool {
        let rank = self.rank();
        let mut take = 2 * rank + 8;
        loop {
            let count = take.min(rows);
            let mut matrix = Array2::zeros((count, self.dim));
            for (i, mut row) in matrix.axis_iter_mut(Axis(0)).enumerate() {
                // Spread over all rows, so that the choice does not hang on how the prompts are ordered.
                fill((i as u128 * rows as u128 / count as u128) as usize, row.as_slice_mut().expect("standard layout"));
            }
            let coordinates = self.coordinates(matrix);
            if may_be_well_conditioned(&coordinates) && well_conditioned(&coordinates.t().dot(&coordinates)) {
                return true;
            }
            if count == rows {
                return false;
            }
            take *= 4;
        }
    }

    /// Its dimension.
    pub fn rank(&self) -> usize {
        self.basis.as_ref().map_or(self.dim, Array2::ncols)
    }

    /// Coordinates of the rows of a matrix (m×d) in this space: m×rank.
    pub fn coordinates(&self, matrix: Array2<f64>) -> Array2<f64> {
        match &self.basis {
            None => matrix,
            Some(basis) => matrix.dot(basis),
        }
    }

    /// Coordinates of one vector.
    pub fn coordinates_of(&self, vector: &Array1<f64>) -> Array1<f64> {
        let of = |basis: &Array2<f64>| transposed_product(basis.view(), vector.view());
        self.basis.as_ref().map_or_else(|| vector.clone(), of)
    }

    /// The vector that has these coordinates.
    pub fn embed(&self, coordinates: &Array1<f64>) -> Array1<f64> {
        self.basis.as_ref().map_or_else(|| coordinates.clone(), |basis| basis.dot(coordinates))
    }

    /// The orthogonal projection of a vector onto this space.
    pub fn project(&self, vector: &Array1<f64>) -> Array1<f64> {
        match &self.basis {
            None => vector.clone(),
            Some(_) => self.embed(&self.coordinates_of(vector)),
        }
    }
}

/// The columns that count. All others together have a Frobenius norm of at most ε times the largest entry, hence of at most
/// ε‖A‖₂: to leave them out changes the matrix by no more than a factorization's own rounding, and with spectra that decay
/// fast it leaves a few columns of thousands.
fn live_columns(matrix: &Array2<f64>) -> Vec<usize> {
    let mut sizes = Array1::<f64>::zeros(matrix.ncols());
    matrix.rows().into_iter().for_each(|row| sizes.zip_mut_with(&row, |size, value| *size = size.max(value.abs())));
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let least = f64::EPSILON * largest / (matrix.len() as f64).sqrt();
    (0..sizes.len()).filter(|&column| sizes[column] > least).collect()
}

/// Whether λ_min(AᵀA), which is at most the least squared norm of a column, can exceed `CERTIFICATE`·‖A‖²_F. Costs nothing
/// beside the product AᵀA.
fn may_be_well_conditioned(matrix: &Array2<f64>) -> bool {
    let mut squares = Array1::<f64>::zeros(matrix.ncols());
    matrix.rows().into_iter().for_each(|row| squares.zip_mut_with(&row, |sum, value| *sum += value * value));
    squares.iter().copied().fold(f64::INFINITY, f64::min) > CERTIFICATE * squares.sum()
}

/// Whether λ_min(G) > `CERTIFICATE`·tr G, by λ_min ≥ 1/tr(G⁻¹) = 1/‖L⁻¹‖²_F.
fn well_conditioned(gram: &Array2<f64>) -> bool {
    let trace = gram.diag().sum();
    trace > 0.0
        && inverse_cholesky(gram.slice(s![.., ..]))
            .is_some_and(|inverse| 1.0 > CERTIFICATE * trace * inverse.iter().map(|x| x * x).sum::<f64>())
}
