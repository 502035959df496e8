//! Newton steps from the rows L of a task's curvature H = LᵀL + pull·I: by a triangular factor of the rows, by their graded singular
//! values where weights spoil it, or by conjugate gradients where there are too many coordinates. H itself is never formed.

use ndarray::{Array1, Array2, Axis, s};

use super::curvature::Curvature;
use super::loss::Point;
use super::newton::Task;
use crate::floats::Norm;
use crate::linalg::{GradedRow, Triangulation, graded_svd, transposed_product};

/// Condition number from which a triangular factor gives way to graded singular values, up to so many coordinates.
const BADLY_CONDITIONED: f64 = 1e7;
const GRADED: usize = 64;
/// Condition number up to which rounding in a factor changes no step by a tenth, with digits to spare.
const EXACT: f64 = 1e6;
/// Relative residual at which conjugate gradients stop.
const RESIDUAL: f64 = 1e-12;

/// What solves with the curvature at a point.
pub enum Factor {
    /// R with RᵀR = H.
    Triangular {
        /// R, r×r.
        r: Array2<f64>,
        /// max|R_jj|/min|R_jj|.
        condition: f64,
    },
    /// log σ_j and Vᵀ with H = V diag(σ²) Vᵀ.
    Graded {
        /// log σ_j.
        log_singular: Vec<f64>,
        /// Right singular vectors, one a row.
        vt: Array2<f64>,
    },
    /// The rows themselves.
    Rows {
        /// L.
        rows: Array2<f64>,
        /// pull.
        pull: f64,
    },
}

impl Factor {
    /// The factor of a task's curvature.
    pub fn of(task: &Task<'_>, point: &Point, space: &mut Triangulation) -> Self {
        let mut curvature = task.rows.curvature(point);
        curvature.log_sizes.iter_mut().for_each(|size| *size += 0.5 * task.share.ln());
        let r = curvature.features.ncols();
        if r > task.dense {
            let sizes = Array1::from_iter(curvature.log_sizes.iter().map(|size| size.exp()));
            return Self::Rows { rows: curvature.directions() * sizes.insert_axis(Axis(1)), pull: task.pull };
        }
        let factor = triangular(&curvature, task.pull, space);
        let condition = condition(&factor);
        if condition <= BADLY_CONDITIONED || r > GRADED {
            return Self::Triangular { r: factor, condition };
        }
        let (log_sizes, directions) = (&curvature.log_sizes, curvature.directions());
        let mut rows: Vec<GradedRow> = log_sizes
            .iter()
            .zip(directions.rows())
            .filter(|(size, _)| **size > f64::NEG_INFINITY)
            .map(|(&log_size, row)| GradedRow { log_size, direction: row.to_owned() })
            .collect();
        if task.pull > 0.0 {
            let unit = |j: usize| Array1::from_shape_fn(r, |k| if j == k { 1.0 } else { 0.0 });
            rows.extend((0..r).map(|j| GradedRow { log_size: 0.5 * task.pull.ln(), direction: unit(j) }));
        }
        let svd = graded_svd(rows, r);
        Self::Graded { log_singular: svd.log_singular, vt: svd.vt }
    }

    /// The condition number of the rows, infinite if they are rank deficient to working precision; 1 where it is not known.
    pub fn condition(&self) -> f64 {
        match self {
            Self::Triangular { condition, .. } => *condition,
            Self::Graded { log_singular, .. } => {
                let largest = log_singular.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let smallest = log_singular.iter().copied().fold(f64::INFINITY, f64::min);
                (largest - smallest).exp()
            }
            Self::Rows { .. } => 1.0,
        }
    }

    /// Whether steps with it are, to a tenth of their length and of their decrement, those with any H' between e^−moved·H and
    /// e^moved·H; `false` where that is not plain.
    ///
    /// ‖H'⁻¹g − H⁻¹g‖ ≤ (e^moved − 1)·κ(R)·‖H⁻¹g‖, and a solution with R has a relative error of about κ(R)²ε.
    pub fn holds_nearby(&self, moved: f64) -> bool {
        let Self::Triangular { r, .. } = self else { return false };
        let condition = Norm::of(r) * inverse_norm(r);
        moved.exp_m1() * condition <= 0.1 && condition <= EXACT
    }

    /// −(H + more·I)⁻¹ g.
    pub fn solve(&self, gradient: &Array1<f64>, more: f64) -> Array1<f64> {
        match self {
            Self::Triangular { r, .. } if more > 0.0 => solve_triangular(&with_identity(r, more), gradient),
            Self::Triangular { r, .. } => solve_triangular(r, gradient),
            Self::Graded { log_singular, vt } => {
                let mut along = vt.dot(gradient);
                // What no row moves only the added identity answers for.
                let rest =
                    if more > 0.0 { (gradient - &vt.t().dot(&along)) / more } else { Array1::zeros(gradient.len()) };
                for (value, log_singular) in along.iter_mut().zip(log_singular) {
                    *value = if more > 0.0 {
                        *value / ((2.0 * log_singular).exp() + more)
                    } else {
                        // In two factors, neither of which need overflow.
                        *value * (-log_singular).exp() * (-log_singular).exp()
                    };
                }
                -(vt.t().dot(&along) + rest)
            }
            Self::Rows { rows, pull } => -conjugate_gradients(rows, pull + more, gradient),
        }
    }
}

/// The triangular factor of the rows, the largest first, with √pull·I below them.
fn triangular(curvature: &Curvature<'_>, pull: f64, space: &mut Triangulation) -> Array2<f64> {
    let ((m, n), order) = (curvature.features.dim(), curvature.sorted());
    let below = if pull == 0.0 && m >= n { 0 } else { n };
    space.r_factor(m + below, n, |i, row| match order.get(i) {
        Some(&of) => {
            curvature.direction(of, row);
            let size = curvature.log_sizes[of].exp();
            // A zero stays a positive one.
            row.iter_mut().for_each(|x| *x = 0.0 + *x * size);
        }
        None => unit(row, i - m, pull.sqrt()),
    })
}

/// The triangular factor of a square one with √pull·I below it.
fn with_identity(r: &Array2<f64>, pull: f64) -> Array2<f64> {
    let n = r.ncols();
    Triangulation::default().r_factor(2 * n, n, |i, row| match i < n {
        true => row.iter_mut().zip(r.row(i)).for_each(|(to, from)| *to = *from),
        false => unit(row, i - n, pull.sqrt()),
    })
}

/// A multiple of the j-th unit vector.
fn unit(row: &mut [f64], j: usize, size: f64) {
    row.fill(0.0);
    row[j] = size;
}

fn condition(r: &Array2<f64>) -> f64 {
    let (largest, smallest) =
        r.diag().iter().fold((0.0f64, f64::INFINITY), |(most, least), x| (most.max(x.abs()), least.min(x.abs())));
    if r.is_empty() {
        1.0
    } else if smallest > 0.0 {
        largest / smallest
    } else {
        f64::INFINITY
    }
}

/// ‖R⁻¹‖, the root of its entries' sum of squares.
fn inverse_norm(r: &Array2<f64>) -> f64 {
    let n = r.ncols();
    let (mut norm, mut column) = (Norm::default(), Array1::zeros(n));
    for j in 0..n {
        column[j] = 1.0 / r[(j, j)];
        for i in (0..j).rev() {
            let rest = r.slice(s![i, i + 1..=j]).dot(&column.slice(s![i + 1..=j]));
            column[i] = -rest / r[(i, i)];
        }
        column.iter().take(j + 1).for_each(|x| norm.add(*x, 1.0));
    }
    norm.value()
}

/// −(RᵀR)⁻¹ g.
fn solve_triangular(r: &Array2<f64>, gradient: &Array1<f64>) -> Array1<f64> {
    let n = gradient.len();
    let mut x = -gradient;
    for j in 0..n {
        x[j] /= r[(j, j)];
        let value = x[j];
        for k in j + 1..n {
            x[k] -= value * r[(j, k)];
        }
    }
    for j in (0..n).rev() {
        let rest: f64 = (j + 1..n).map(|k| r[(j, k)] * x[k]).sum();
        x[j] = (x[j] - rest) / r[(j, j)];
    }
    x
}

/// (LᵀL + pull·I)⁻¹ g by conjugate gradients, which stay in the span of g and the rows.
fn conjugate_gradients(rows: &Array2<f64>, pull: f64, gradient: &Array1<f64>) -> Array1<f64> {
    let mut x = Array1::zeros(gradient.len());
    let mut residual = gradient.clone();
    let mut direction = residual.clone();
    let first = residual.dot(&residual);
    let mut square = first;
    for _ in 0..2 * gradient.len() {
        if square <= RESIDUAL * RESIDUAL * first {
            break;
        }
        let image = rows.dot(&direction);
        let curvature = image.dot(&image) + pull * direction.dot(&direction);
        if curvature <= 0.0 {
            break;
        }
        let t = square / curvature;
        x.scaled_add(t, &direction);
        residual.scaled_add(-t, &(transposed_product(rows.view(), image.view()) + &direction * pull));
        let next = residual.dot(&residual);
        direction = &residual + &(&direction * (next / square));
        square = next;
    }
    x
}
