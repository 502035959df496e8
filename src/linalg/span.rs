//! The span of a set of feature differences: its rank, and the orthogonal projection onto it.

use std::sync::{Arc, OnceLock};

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::certificate::{spans_all, spans_within};
use super::products::{few_products, product};
use super::row_blocks::r_factor_of_rows;
use super::transposed::transposed_products;
use super::{row_space, transposed_product};

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
    /// `None` stands for all of R^d.
    basis: Option<Arc<Basis>>,
}

/// What is shared by all copies of a space.
#[derive(Debug)]
struct Basis {
    /// Orthonormal columns, d×rank.
    columns: Array2<f64>,
    /// The projection onto what is orthogonal to them, d×d; computed when first asked for.
    complement: OnceLock<Array2<f64>>,
}

impl Basis {
    fn complement(&self) -> &Array2<f64> {
        self.complement.get_or_init(|| Array2::eye(self.columns.nrows()) - self.columns.dot(&self.columns.t()))
    }
}

/// Rank decisions: a direction counts if its singular value (or pivot) exceeds this times √d times the largest one.
///
/// Rounding makes up directions of about 1·ε√d (lower this to 1·ε and `rounding_makes_no_directions` fails); true ones are found
/// down to 10^-12 and below (raise it to 1e-10 and `rank_survives_bad_conditioning` fails).
const TOLERANCE: f64 = 16.0 * f64::EPSILON;

/// Numbers of the rows that a certificate looks at, at most; a few d×d blocks where d is large.
const CERTIFICATE_NUMBERS: usize = 1 << 23;

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
        Self::decided(rows, dim, most, &fill)
    }

    /// The same of rows that are orthogonal to a space of at least one dimension, so that no certificate of full rank is tried.
    pub(crate) fn of_rows_beside(other: &Span, rows: usize, dim: usize, fill: impl Fn(usize, &mut [f64])) -> Self {
        if other.rank() == 0 {
            return Self::of_rows(rows, dim, None, fill);
        }
        Self::decided(rows, dim, &Self::whole(dim), &fill)
    }

    /// The span by a factorization, whatever the rank.
    fn decided(rows: usize, dim: usize, most: &Span, fill: &impl Fn(usize, &mut [f64])) -> Self {
        let (live, reduced) = reduced(rows, dim, fill);
        let basis = row_space(reduced.view(), TOLERANCE * (dim as f64).sqrt());
        if basis.ncols() >= most.rank() {
            return most.clone();
        }
        let mut embedded = Array2::zeros((dim, basis.ncols()));
        live.iter().zip(basis.rows()).for_each(|(&column, row)| embedded.row_mut(column).assign(&row));
        Self { dim, basis: Some(Arc::new(Basis { columns: embedded, complement: OnceLock::new() })) }
    }

    /// Whether some of the rows already span this space, beyond doubt.
    fn certified(&self, rows: usize, fill: &impl Fn(usize, &mut [f64])) -> bool {
        let rank = self.rank();
        let mut take = rank + rank / 4 + 8;
        let most = (CERTIFICATE_NUMBERS / self.dim.max(1)).max(4 * take);
        loop {
            let count = take.min(rows);
            // Spread over all rows, so that the choice does not hang on how the prompts are ordered.
            let spread = |i: usize| (i as u128 * rows as u128 / count as u128) as usize;
            let matrix = filled(count, self.dim, |i, row| fill(spread(i), row));
            let spanned = match &self.basis {
                None => spans_all(matrix),
                // The Gram matrix of d columns costs less than coordinates and their Gram matrix.
                Some(basis) if self.dim <= 2 * rank => spans_within(matrix.view(), basis.complement()),
                Some(basis) => spans_all(matrix.dot(&basis.columns)),
            };
            if spanned || count == rows {
                return spanned;
            }
            take *= 3;
            // To decline is never wrong: the rows themselves decide then.
            if take.min(rows) > most {
                return false;
            }
        }
    }

    /// Its dimension.
    pub fn rank(&self) -> usize {
        self.basis.as_ref().map_or(self.dim, |basis| basis.columns.ncols())
    }

    /// Coordinates of the rows of a matrix (m×d) in this space: m×rank.
    pub fn coordinates(&self, matrix: Array2<f64>) -> Array2<f64> {
        match &self.basis {
            None => matrix,
            Some(basis) => matrix.dot(&basis.columns),
        }
    }

    /// Coordinates of one vector.
    pub fn coordinates_of(&self, vector: &Array1<f64>) -> Array1<f64> {
        let of = |basis: &Arc<Basis>| transposed_product(basis.columns.view(), vector.view());
        self.basis.as_ref().map_or_else(|| vector.clone(), of)
    }

    /// The vector that has these coordinates.
    pub fn embed(&self, coordinates: &Array1<f64>) -> Array1<f64> {
        let of = |basis: &Arc<Basis>| product(basis.columns.view(), coordinates.view());
        self.basis.as_ref().map_or_else(|| coordinates.clone(), of)
    }

    /// The orthogonal projection of each row of a few (N×d) onto this space, the bits of [`Span::project`]: N×d. The basis is walked
    /// through once for all of them.
    ///
    /// ```
    /// use ndarray::array;
    /// use selfreward::linalg::Span;
    ///
    /// let diagonal = Span::of_rows(1, 2, None, |_, row| row.fill(1.0));
    /// let shadows = diagonal.project_rows(array![[1.0, 0.0], [1.0, -1.0]].view());
    /// assert!((shadows - array![[0.5, 0.5], [0.0, 0.0]]).iter().all(|gap: &f64| gap.abs() < 1e-14));
    /// ```
    ///
    /// # Panics
    /// Where the rows have not as many entries as the space's vectors.
    pub fn project_rows(&self, few: ArrayView2<'_, f64>) -> Array2<f64> {
        let Some(basis) = &self.basis else { return few.to_owned() };
        let columns = basis.columns.view();
        few_products(columns, transposed_products(columns, few).view())
    }

    /// The orthogonal projection of a vector onto this space.
    pub fn project(&self, vector: &Array1<f64>) -> Array1<f64> {
        match &self.basis {
            None => vector.clone(),
            Some(_) => self.embed(&self.coordinates_of(vector)),
        }
    }
}

/// The columns that count, and rows of these columns alone that span the same space: the triangular factor of many, or few themselves.
/// Many are written twice, and never held together.
fn reduced(rows: usize, dim: usize, fill: &impl Fn(usize, &mut [f64])) -> (Vec<usize>, Array2<f64>) {
    let mut room = vec![0.0; dim];
    let live = live_columns(rows, &mut room, fill);
    let select = |i: usize, row: &mut [f64]| {
        room.fill(0.0);
        fill(i, &mut room);
        row.iter_mut().zip(&live).for_each(|(value, &column)| *value = room[column]);
    };
    let columns = live.len();
    let reduced = if rows > columns && columns > 0 {
        r_factor_of_rows(rows, columns, select)
    } else {
        let mut few = Array2::zeros((rows, columns));
        let (mut select, places) = (select, few.axis_iter_mut(Axis(0)));
        places.enumerate().for_each(|(i, mut row)| select(i, row.as_slice_mut().expect("standard layout")));
        few
    };
    (live, reduced)
}

/// The columns that count. All others together have a Frobenius norm of at most ε times the largest entry, hence of at most
/// ε‖A‖₂: to leave them out changes the matrix by no more than a factorization's own rounding, and with spectra that decay
/// fast it leaves a few columns of thousands.
fn live_columns(rows: usize, room: &mut [f64], fill: &impl Fn(usize, &mut [f64])) -> Vec<usize> {
    let mut sizes = vec![0.0f64; room.len()];
    for i in 0..rows {
        room.fill(0.0);
        fill(i, room);
        sizes.iter_mut().zip(room.iter()).for_each(|(size, value)| *size = size.max(value.abs()));
    }
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let least = f64::EPSILON * largest / ((rows * room.len()) as f64).sqrt();
    (0..sizes.len()).filter(|&column| sizes[column] > least).collect()
}

/// A matrix whose i-th row `fill(i, row)` writes.
fn filled(rows: usize, dim: usize, fill: impl Fn(usize, &mut [f64])) -> Array2<f64> {
    let mut matrix = Array2::zeros((rows, dim));
    for (i, mut row) in matrix.axis_iter_mut(Axis(0)).enumerate() {
        fill(i, row.as_slice_mut().expect("standard layout"));
    }
    matrix
}
