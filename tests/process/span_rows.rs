//! The span of rows that are never held together.

use ndarray::{Array1, Array2, Axis};
use selfreward::linalg::{Span, r_factor, row_space};

use crate::common::{normals, rng};

/// The span's basis in R^d, by the plain route: all rows in one matrix, its columns that count, its triangular factor where it is
/// tall, and the rank of that.
fn at_once(matrix: &Array2<f64>) -> Array2<f64> {
    let dim = matrix.ncols();
    let sizes = matrix.map_axis(Axis(0), |column| column.iter().fold(0.0, |size: f64, value| size.max(value.abs())));
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let least = f64::EPSILON * largest / (matrix.len() as f64).sqrt();
    let live: Vec<usize> = (0..dim).filter(|&column| sizes[column] > least).collect();
    let kept = matrix.select(Axis(1), &live);
    let tall = kept.nrows() > kept.ncols() && !kept.is_empty();
    let reduced = if tall { r_factor(kept.view()) } else { kept };
    let basis = row_space(reduced.view(), 16.0 * f64::EPSILON * (dim as f64).sqrt());
    let mut embedded = Array2::zeros((dim, basis.ncols()));
    for (&column, row) in live.iter().zip(basis.rows()) {
        embedded.row_mut(column).assign(&row);
    }
    embedded
}

/// Oracle: the same decision on the whole matrix. Rows are too few, as many as one block holds, and many blocks; some columns are
/// nothing beside the others, or zero.
#[test]
fn a_span_is_the_same_bit_for_bit_whether_its_rows_are_held_together_or_not() {
    let sizes = [(0, 5), (3, 8), (7, 8), (64, 20), (84, 20), (85, 20), (400, 20), (3000, 60)];
    for (rows, dim) in sizes {
        for dead in [0, 3] {
            let rank = (dim - dead) / 2;
            let narrow = normals(rows * rank, &mut rng(1));
            let narrow = Array2::from_shape_vec((rows, rank), narrow).unwrap();
            let wide = normals(rank * dim, &mut rng(2));
            let wide = Array2::from_shape_vec((rank, dim), wide).unwrap();
            let mut matrix = narrow.dot(&wide);
            for column in 0..dead {
                let scale = if column == 0 { 0.0 } else { 1e-25 };
                matrix.column_mut(2 * column).mapv_inplace(|value| scale * value);
            }
            let span = Span::of_rows(rows, dim, None, |i, row| {
                row.copy_from_slice(matrix.row(i).as_slice().unwrap());
            });
            let basis = at_once(&matrix);
            assert_eq!(span.rank(), basis.ncols(), "{rows}×{dim}, {dead} dead");
            let vector = Array1::from(normals(dim, &mut rng(3)));
            let expected = basis.dot(&basis.t().dot(&vector));
            let bits = |v: &Array1<f64>| v.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&span.project(&vector)), bits(&expected), "{rows}×{dim}, {dead} dead");
        }
    }
}
