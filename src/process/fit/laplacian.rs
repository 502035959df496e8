//! Factor of a weighted graph Laplacian by eliminating its vertices (fact F4: ΣΔφΔφᵀ = Σ_x Φ_xᵀ L_x Φ_x).
//!
//! Eliminating vertex v with total weight d = Σ_i w_vi leaves the row √d (e_v − Σ_i (w_vi/d) e_i) and adds w_vi w_vj / d to the
//! weight of every pair of its neighbours. Weights are only ever added, never subtracted, so pairs seen once keep their digits
//! beside pairs seen 10^15 times; an eigendecomposition of L itself would lose them.

use ndarray::{Array1, Array2};

use crate::linalg::GradedRow;
use crate::logits::Row;
use crate::policy::Head;

/// A pair y ≠ y' at a prompt with its weight w and the mean of what it is to meet, t (in the direction y − y').
#[derive(Clone, Copy, Debug)]
pub struct WeightedPair {
    /// y.
    pub a: u32,
    /// y'.
    pub b: u32,
    /// w ≥ 0.
    pub weight: f64,
    /// t.
    pub target: f64,
}

/// One row of a factor A with AᵀA = L: coefficients over the vertices, and the right side t (see [`factor`]).
#[derive(Clone, Debug)]
pub struct FactorRow {
    /// The eliminated vertex and its later neighbours, with coefficients that sum to zero.
    pub entries: Vec<(usize, f64)>,
    /// t, such that Aᵀt is the current that was given.
    pub rhs: f64,
}

/// Factors the Laplacian of symmetric weights (k×k, diagonal ignored, entries ≥ 0), and carries a current z ∈ R^k that sums to
/// zero on each component: the rows form A with AᵀA = L, their right sides t with Aᵀt = z. At most k − 1 rows.
pub fn factor(mut weights: Array2<f64>, mut current: Vec<f64>) -> Vec<FactorRow> {
    let k = current.len();
    let mut rows = Vec::with_capacity(k.saturating_sub(1));
    for v in 0..k {
        let neighbours: Vec<(usize, f64)> =
            (v + 1..k).map(|i| (i, weights[(v, i)])).filter(|&(_, weight)| weight > 0.0).collect();
        let degree: f64 = neighbours.iter().map(|&(_, weight)| weight).sum();
        if degree == 0.0 {
            continue;
        }
        let root = degree.sqrt();
        for (position, &(i, weight)) in neighbours.iter().enumerate() {
            current[i] += weight / degree * current[v];
            for &(j, other) in &neighbours[position + 1..] {
                let passed_on = weight * (other / degree);
                weights[(i, j)] += passed_on;
                weights[(j, i)] = weights[(i, j)];
            }
        }
        let mut entries = vec![(v, root)];
        entries.extend(neighbours.iter().map(|&(i, weight)| (i, -weight / root)));
        rows.push(FactorRow { entries, rhs: current[v] / root });
    }
    rows
}

/// A factor of the Laplacian of all pairs of a prompt with w = 2pπ(y)π(y'), by the elimination of [`factor`] in closed form: product
/// weights stay product weights. Taking the rarest response v first, with S the probability of those left,
///
/// ```text
/// row v = √(2p π(v) S/(S + π(v))) · (e_v − Σ_{i left} (π(i)/S) e_i)
/// ```
///
/// whose size is kept as a logarithm, so that nothing underflows however sharp the policy is.
pub fn population_rows(row: Row<'_>, head: &Head, weight: f64) -> Vec<GradedRow> {
    let log_probs: Vec<f64> = (0..row.responses() as u32).map(|y| head.log_prob(row.logit(y))).collect();
    let mut order: Vec<usize> = (0..log_probs.len()).collect();
    order.sort_by(|&a, &b| log_probs[a].total_cmp(&log_probs[b]));
    let mut rows = Vec::with_capacity(order.len() - 1);
    for (position, &v) in order[..order.len() - 1].iter().enumerate() {
        let left = &order[position + 1..];
        // The likeliest response is the last one, and the reference that keeps the sum in range.
        let top = log_probs[left[left.len() - 1]];
        let masses: Vec<f64> = left.iter().map(|&i| (log_probs[i] - top).exp()).collect();
        let total: f64 = masses.iter().sum();
        let log_left = top + total.ln();
        let mut direction = Array1::zeros(log_probs.len());
        direction[v] = 1.0;
        left.iter().zip(&masses).for_each(|(&i, mass)| direction[i] = -mass / total);
        let log_weight = (2.0 * weight).ln() + log_probs[v] - (log_probs[v] - log_left).exp().ln_1p();
        rows.push(GradedRow { log_size: 0.5 * log_weight, direction });
    }
    rows
}

/// The factor rows of the pairs over the given vertices (indices into them); pairs that leave them do not count.
pub fn factor_over(vertices: &[u32], pairs: &[WeightedPair]) -> Vec<FactorRow> {
    // Components come one after another, so the list is sorted only within them: look responses up through a sorted index.
    let mut index: Vec<(u32, usize)> = vertices.iter().enumerate().map(|(i, &y)| (y, i)).collect();
    index.sort_unstable();
    let find = |y: u32| index.binary_search_by_key(&y, |entry| entry.0).ok().map(|at| index[at].1);
    let k = vertices.len();
    let mut weights = Array2::zeros((k, k));
    let mut current = vec![0.0; k];
    for pair in pairs {
        if let (Some(a), Some(b)) = (find(pair.a), find(pair.b)) {
            weights[(a, b)] += pair.weight;
            weights[(b, a)] += pair.weight;
            current[a] += pair.weight * pair.target;
            current[b] -= pair.weight * pair.target;
        }
    }
    factor(weights, current)
}
