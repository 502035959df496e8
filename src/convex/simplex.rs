//! The linear programme behind a fit that has no finite optimum, by the simplex method on its dual.
//!
//! The programme max Σ z_i subject to Av ≥ z, 0 ≤ z ≤ 1 has the optimum 0 if and only if some λ ≥ 1 has Aᵀλ = 0; else some v has Av ≥ 0,
//! Av ≠ 0. With λ = 1 + μ this is the feasibility of Aᵀμ = −Aᵀ1, μ ≥ 0, whose phase 1 has as many rows as A has columns. Its least
//! infeasibility is 0 in the one case, and its prices are such a v in the other.

use ndarray::{Array1, Array2, s};

use crate::{Error, Result};

/// Entries of the tableau below this are rounding; rows of A have unit length.
const PIVOT: f64 = 1e-9;
/// Reduced costs above minus this are not improved.
const COST: f64 = 1e-10;
/// Pivots without progress after which Bland's rule, which cannot cycle, takes over until there is some.
const STALLED: usize = 20;
/// Least infeasibility, relative to the size of the right-hand side, that counts as positive.
const POSITIVE: f64 = 1e-9;
/// How far a row may lie on the wrong side, relative to the one that lies furthest on the right side.
const WRONG_SIDE: f64 = 1e-6;

/// A unit vector v with Av ≥ 0 and Av ≠ 0, or `None` if there is none. The rows of A have unit length.
///
/// # Errors
/// [`Error::NotFound`] if the pivots run out, or rounding leaves neither case certain.
pub fn recession(a: &Array2<f64>) -> Result<Option<Array1<f64>>> {
    let (m, k) = a.dim();
    if m == 0 || k == 0 {
        return Ok(None);
    }
    let sums = a.sum_axis(ndarray::Axis(0));
    // Rows: Aᵀ with signs that make the right-hand side −Aᵀ1 nonnegative; columns: μ, artificials, right-hand side.
    let sign = |j: usize| if sums[j] > 0.0 { -1.0 } else { 1.0 };
    let mut tableau = Array2::zeros((k + 1, m + k + 1));
    for j in 0..k {
        (0..m).for_each(|i| tableau[(j, i)] = sign(j) * a[(i, j)]);
        tableau[(j, m + j)] = 1.0;
        tableau[(j, m + k)] = -sign(j) * sums[j];
    }
    // The last row holds reduced costs of the sum of artificials, and minus that sum.
    for j in 0..k {
        let row = tableau.row(j).to_owned();
        tableau.row_mut(k).scaled_add(-1.0, &row);
        tableau[(k, m + j)] = 0.0;
    }
    let mut basis: Vec<usize> = (m..m + k).collect();
    let size = 1.0 + tableau.slice(s![..k, m + k]).sum();
    pivot_to_optimum(&mut tableau, &mut basis, m)?;
    let infeasibility: f64 = (0..k).filter(|&j| basis[j] >= m).map(|j| tableau[(j, m + k)]).sum();
    if infeasibility <= POSITIVE * size {
        return Ok(None);
    }
    // Reduced cost of the j-th artificial: 1 − y_j.
    let mut v = Array1::from_shape_fn(k, |j| -sign(j) * (1.0 - tableau[(k, m + j)]));
    v /= v.dot(&v).sqrt();
    let image = a.dot(&v);
    let (least, most) = image.iter().fold((0.0f64, 0.0f64), |(least, most), x| (least.min(*x), most.max(*x)));
    if least >= -WRONG_SIDE * most && most > 0.0 {
        return Ok(Some(v));
    }
    Err(Error::NotFound(format!(
        "whether a fit has a finite optimum stays open: the linear programme's least infeasibility is {infeasibility:e}, \
         but its direction has ⟨a, v⟩ from {least:e} to {most:e}, expected at least 0"
    )))
}

/// Pivots until no reduced cost of the first `m` columns is negative.
fn pivot_to_optimum(tableau: &mut Array2<f64>, basis: &mut [usize], m: usize) -> Result<()> {
    let (k, last) = (basis.len(), tableau.ncols() - 1);
    let most = 200 * (m + k) + 1000;
    let (mut best, mut stalled) = (f64::INFINITY, 0);
    for _ in 0..most {
        let costs = tableau.row(k);
        let bland = stalled > STALLED;
        let entering = if bland {
            (0..m).find(|&i| costs[i] < -COST)
        } else {
            (0..m).filter(|&i| costs[i] < -COST).min_by(|&i, &j| costs[i].total_cmp(&costs[j]))
        };
        let Some(entering) = entering else { return Ok(()) };
        // The least ratio; among ties the largest pivot, or by Bland's rule the least index.
        let mut leaving: Option<(usize, f64)> = None;
        for j in 0..k {
            let entry = tableau[(j, entering)];
            if entry <= PIVOT {
                continue;
            }
            let ratio = tableau[(j, last)].max(0.0) / entry;
            let better = leaving.is_none_or(|(i, least)| {
                let tie = (ratio - least).abs() <= 1e-12 * (1.0 + least);
                let first = if bland { basis[j] < basis[i] } else { entry > tableau[(i, entering)] };
                if tie { first } else { ratio < least }
            });
            if better {
                leaving = Some((j, ratio));
            }
        }
        let Some((leaving, _)) = leaving else {
            // The sum of artificials is bounded below, so an unbounded column is rounding: it does not count.
            tableau[(k, entering)] = 0.0;
            continue;
        };
        pivot(tableau, leaving, entering);
        basis[leaving] = entering;
        let infeasibility = -tableau[(k, last)];
        (best, stalled) = if infeasibility < best - 1e-12 * (1.0 + best.abs()) || best.is_infinite() {
            (infeasibility, 0)
        } else {
            (best, stalled + 1)
        };
    }
    Err(Error::NotFound(format!("the linear programme of a fit with {m} rows has no optimum after {most} pivots")))
}

fn pivot(tableau: &mut Array2<f64>, row: usize, column: usize) {
    let scale = 1.0 / tableau[(row, column)];
    tableau.row_mut(row).mapv_inplace(|x| x * scale);
    let pivot_row = tableau.row(row).to_owned();
    for (i, mut other) in tableau.rows_mut().into_iter().enumerate() {
        let factor = other[column];
        if i != row && factor != 0.0 {
            other.scaled_add(-factor, &pivot_row);
            other[column] = 0.0;
        }
    }
}
