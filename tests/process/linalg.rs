//! The factorizations behind the façade, each against what defines it; with the feature `lapack`, both backends against each other.

use crate::common::{gram_schmidt, normals, project, rng};
use ndarray::{Array1, Array2, s};
use selfreward::linalg::{Span, inverse_cholesky, r_factor, row_space, thin_svd};

fn random(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), normals(rows * columns, &mut rng(seed))).unwrap()
}

fn largest(a: &Array2<f64>) -> f64 {
    a.iter().fold(0.0, |most, x| x.abs().max(most))
}

/// Oracle: RᵀR = AᵀA and R is triangular; tall matrices take the blocked route.
#[test]
fn r_factor_reproduces_the_gram_matrix() {
    for (rows, columns) in [(3, 7), (7, 7), (40, 7), (1000, 7), (5000, 33)] {
        let a = random(rows, columns, 1);
        let r = r_factor(a.view());
        assert_eq!(r.dim(), (rows.min(columns), columns));
        assert!(r.indexed_iter().all(|((i, j), x)| i <= j || *x == 0.0));
        let gram = a.t().dot(&a);
        assert!(largest(&(r.t().dot(&r) - &gram)) < 1e-13 * largest(&gram));
    }
}

/// Oracle: A = U diag(σ) Vᵀ with orthonormal factors.
#[test]
fn thin_svd_reproduces_the_matrix() {
    for (rows, columns) in [(3, 7), (7, 7), (40, 7), (60, 50)] {
        let a = random(rows, columns, 2);
        let svd = thin_svd(a.view());
        let scaled = &svd.u * &svd.singular;
        assert!(largest(&(scaled.dot(&svd.vt) - &a)) < 1e-13 * svd.singular[0]);
        let k = rows.min(columns);
        assert!(largest(&(svd.u.t().dot(&svd.u) - Array2::<f64>::eye(k))) < 1e-13);
        assert!(largest(&(svd.vt.dot(&svd.vt.t()) - Array2::<f64>::eye(k))) < 1e-13);
        assert!(svd.singular.windows(2).into_iter().all(|pair| pair[0] >= pair[1]));
    }
}

/// Oracle: L⁻¹ A L⁻ᵀ = I; an indefinite matrix has no factor.
#[test]
fn inverse_cholesky_whitens() {
    let a = random(30, 8, 3);
    let gram = a.t().dot(&a);
    let inverse = inverse_cholesky(gram.view()).unwrap();
    assert!(largest(&(inverse.dot(&gram).dot(&inverse.t()) - Array2::<f64>::eye(8))) < 1e-12);
    let mut indefinite = Array2::<f64>::eye(3);
    indefinite[(2, 2)] = -1.0;
    assert!(inverse_cholesky(indefinite.view()).is_none());
}

/// Oracle: the rank that the matrix was built with, and projection by Gram–Schmidt onto its rows.
#[test]
fn row_space_finds_rank_and_space() {
    for (rows, columns, rank) in [(10, 20, 4), (200, 30, 29), (30, 200, 17), (5, 5, 5), (50, 40, 0)] {
        let a = random(rows, rank, 4).dot(&random(rank, columns, 5));
        let basis = row_space(a.view(), 1e-12);
        assert_eq!(basis.ncols(), rank);
        let vector = Array1::from(normals(columns, &mut rng(6)));
        let rows: Vec<Array1<f64>> = a.rows().into_iter().map(|row| row.to_owned()).collect();
        let expected = project(&gram_schmidt(&rows), &vector);
        let projected = basis.dot(&basis.t().dot(&vector));
        assert!((projected - expected).iter().all(|x| x.abs() < 1e-10));
    }
}

fn span(a: &Array2<f64>, within: Option<&Span>) -> Span {
    Span::of_rows(a.nrows(), a.ncols(), within, |i, row| {
        row.copy_from_slice(a.row(i).as_slice().unwrap());
    })
}

/// The cheap certificate of completeness and the careful decision agree: columns scaled by up to 10^-12 defeat the certificate and
/// must not change the answer; a missing direction must not be certified, however small a part of the whole it is.
#[test]
fn span_decides_rank_at_condition_numbers_up_to_1e12() {
    for exponent in [0.0, 3.0, 6.0, 9.0, 12.0] {
        for (rows, dim) in [(40, 20), (400, 20), (3000, 120)] {
            let scales = Array1::from_shape_fn(dim, |j| 10f64.powf(-exponent * j as f64 / (dim - 1) as f64));
            let a = random(rows, dim, 7) * &scales;
            assert_eq!(span(&a, None).rank(), dim, "1e{exponent}, {rows}×{dim}");
            let mut narrow = a.clone();
            narrow.column_mut(dim - 1).fill(0.0);
            assert_eq!(span(&narrow, None).rank(), dim - 1, "1e{exponent}, {rows}×{dim}, one direction missing");
            let whole = span(&a, None);
            assert_eq!(span(&a.slice(s![..dim - 1, ..]).to_owned(), Some(&whole)).rank(), dim - 1);
            assert_eq!(span(&a.slice(s![..2 * dim, ..]).to_owned(), Some(&whole)).rank(), dim);
        }
    }
}

/// Rank-deficient rows whose exact rank is known: rounding must not make up directions at any size or scale of entries.
#[test]
fn rounding_makes_no_directions() {
    for (rows, dim, rank) in [(100, 50, 10), (2000, 200, 150), (4000, 384, 381), (300, 384, 100)] {
        for scale in [1e-8, 1.0, 1e8] {
            let a = random(rows, rank, 8).dot(&random(rank, dim, 9)) * scale;
            let found = span(&a, None);
            assert_eq!(found.rank(), rank, "{rows}×{dim} of rank {rank} at scale {scale}");
            // Inside the known span, a subset that reaches its rank is that span, bit for bit.
            let vector = Array1::from(normals(dim, &mut rng(10)));
            let part = span(&a.slice(s![..(rank + 5).min(rows), ..]).to_owned(), Some(&found));
            assert_eq!(part.project(&vector), found.project(&vector));
        }
    }
}

/// One direction short of full rank, where a Gram matrix is singular only up to rounding and its Cholesky factor often exists: the
/// certificate of completeness must decline.
#[test]
fn one_missing_direction_is_never_certified() {
    for seed in 0..40 {
        for fall in [1.0, 0.3] {
            // With 0.3 the last column has 2e-5 of the size of the first: the certificate brings both to one length.
            let scales = Array1::from_shape_fn(10, |j| f64::powi(fall, j as i32));
            let a = random(60, 9, 100 + seed).dot(&random(9, 10, 200 + seed)) * &scales;
            assert_eq!(span(&a, None).rank(), 9, "seed {seed}, columns fall as {fall}^j");
            let full = random(60, 10, 300 + seed) * &scales;
            assert_eq!(span(&full, None).rank(), 10, "seed {seed}, columns fall as {fall}^j");
        }
    }
}

/// A space of which a large part is empty: rows that are projected together are projected as each by itself. Oracle: the projection of
/// one vector, bit for bit.
#[test]
fn rows_are_projected_together_as_one_by_one() {
    for (dim, rank) in [(1, 1), (7, 3), (40, 1), (64, 30), (129, 65)] {
        let space = span(&random(2 * dim, rank, 12).dot(&random(rank, dim, 13)), None);
        for count in [0, 1, 3, 8, 11] {
            let rows = random(count, dim, 14);
            let together = space.project_rows(rows.view());
            for (row, projected) in rows.rows().into_iter().zip(together.rows()) {
                assert_eq!(projected, space.project(&row.to_owned()), "{dim} of rank {rank}, {count} rows");
            }
        }
    }
}

/// As above, within a space that leaves out some directions of R^d, where the form that is certified holds what is orthogonal to the
/// space, too. Oracle: the rank that the rows were made with.
#[test]
fn one_missing_direction_of_a_space_is_never_certified() {
    for (dim, rank) in [(24, 20), (24, 9)] {
        for seed in 0..20 {
            let directions = random(rank, dim, 300 + seed);
            let whole = span(&random(120, rank, 400 + seed).dot(&directions), None);
            assert_eq!(whole.rank(), rank, "seed {seed}");
            let fewer = directions.slice(s![..rank - 1, ..]);
            let lacking = random(200, rank - 1, 500 + seed).dot(&fewer);
            assert_eq!(span(&lacking, Some(&whole)).rank(), rank - 1, "seed {seed}");
            let full = random(200, rank, 600 + seed).dot(&directions);
            let vector = Array1::from(normals(dim, &mut rng(700 + seed)));
            assert_eq!(span(&full, Some(&whole)).project(&vector), whole.project(&vector), "seed {seed}");
        }
    }
}

/// Columns that fall off as e^{−j/2}, most of them below rounding. Oracle: the singular values of the whole matrix, which bracket the
/// rank at half and twice the tolerance, and the rows, which lie in their span up to the tolerance. (Leave out columns up to 1e-6 of
/// the largest entry, and both fail.)
#[test]
fn columns_below_rounding_change_nothing() {
    for (rows, dim) in [(30, 200), (150, 200), (600, 300)] {
        let scales = Array1::from_shape_fn(dim, |j| (-0.5 * j as f64).exp());
        let a = random(rows, dim, 11) * &scales;
        let found = span(&a, None);
        let singular = thin_svd(a.view()).singular;
        let tolerance = 16.0 * f64::EPSILON * (dim as f64).sqrt() * singular[0];
        let above = |level: f64| singular.iter().filter(|&&sigma| sigma > level).count();
        let bracket = above(10.0 * tolerance)..=above(0.1 * tolerance);
        assert!(bracket.contains(&found.rank()), "{rows}×{dim}: {} not in {bracket:?}", found.rank());
        for row in a.rows() {
            let rest = &row - &found.project(&row.to_owned());
            assert!(rest.dot(&rest).sqrt() <= 10.0 * tolerance, "{rows}×{dim}: {}", rest.dot(&rest).sqrt());
        }
    }
}

#[test]
fn no_rows_span_nothing() {
    let nothing = span(&Array2::zeros((0, 5)), None);
    assert_eq!(nothing.rank(), 0);
    assert_eq!(nothing.project(&Array1::ones(5)), Array1::<f64>::zeros(5));
    assert_eq!(span(&Array2::zeros((4, 5)), None).rank(), 0);
}

#[cfg(feature = "lapack")]
mod both_backends {
    use selfreward::linalg::{faer_backend, lapack_backend};

    use super::*;

    /// Triangular factors agree up to the signs of rows, singular values and spans agree outright.
    #[test]
    fn faer_and_lapack_agree() {
        lapack_backend::check_threads(1).unwrap();
        for (rows, columns) in [(5, 9), (9, 9), (300, 40)] {
            let a = random(rows, columns, 11);
            let (p, q) = (faer_backend::r_factor(a.view()), lapack_backend::r_factor(a.view()));
            for (p, q) in p.rows().into_iter().zip(q.rows()) {
                let sign = if p.dot(&q) < 0.0 { -1.0 } else { 1.0 };
                assert!(p.iter().zip(&q).all(|(p, q)| (p - sign * q).abs() < 1e-12));
            }
            let (p, q) = (faer_backend::thin_svd(a.view()), lapack_backend::thin_svd(a.view()));
            assert!(p.singular.iter().zip(&q.singular).all(|(p, q)| (p - q).abs() < 1e-12 * p.max(1.0)));
            let low = random(rows, 3, 12).dot(&random(3, columns, 13));
            let (p, q) = (faer_backend::row_space(low.view(), 1e-12), lapack_backend::row_space(low.view(), 1e-12));
            assert_eq!((p.ncols(), q.ncols()), (3, 3));
            assert!(largest(&(p.dot(&p.t()) - q.dot(&q.t()))) < 1e-12);
            let gram = a.t().dot(&a);
            let (p, q) = (faer_backend::inverse_cholesky(gram.view()), lapack_backend::inverse_cholesky(gram.view()));
            if rows >= 40 {
                assert!(largest(&(p.unwrap() - q.unwrap())) < 1e-12);
            }
        }
    }
}
