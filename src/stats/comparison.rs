//! Which law does a curve follow? Candidates compared by an information criterion.
//!
//! Errors are taken as normal with known variances, so −2 log likelihood is χ² up to a constant, the same for all candidates:
//! they must be fitted to the same points with the same weights.

/// Akaike's criterion with the small-sample correction: χ² + 2k + 2k(k+1)/(n−k−1); ∞ for n ≤ k + 1.
///
/// ```
/// // Two parameters, seven points: 2·2 + 2·2·3/4.
/// assert_eq!(selfreward::stats::aicc(0.0, 2, 7), 7.0);
/// ```
pub fn aicc(chi_square: f64, parameters: usize, points: usize) -> f64 {
    if points <= parameters + 1 {
        return f64::INFINITY;
    }
    let (k, n) = (parameters as f64, points as f64);
    chi_square + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0)
}

/// Schwarz's criterion: χ² + k log n.
pub fn bic(chi_square: f64, parameters: usize, points: usize) -> f64 {
    chi_square + parameters as f64 * (points as f64).ln()
}

/// A fitted law, as far as its ranking is concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What to call it.
    pub name: String,
    /// Number of fitted parameters.
    pub parameters: usize,
    /// Its weighted sum of squared residuals.
    pub chi_square: f64,
}

/// A candidate's place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The candidate's name.
    pub name: String,
    /// Its [`aicc`].
    pub aicc: f64,
    /// AICc minus the least AICc, ≥ 0; above about 10 the data speak clearly against the candidate.
    pub delta: f64,
    /// Akaike weight e^{−delta/2}, normalised to sum 1 over the candidates.
    pub weight: f64,
}

/// Ranks candidates fitted to the same `points` points by AICc, best first; equals stay in the order given.
///
/// A candidate whose criterion is not finite (too many parameters for the points) has delta ∞ and weight 0.
pub fn rank(candidates: &[Candidate], points: usize) -> Vec<Ranked> {
    let criteria: Vec<f64> = candidates.iter().map(|c| aicc(c.chi_square, c.parameters, points)).collect();
    let best = criteria.iter().copied().filter(|value| value.is_finite()).fold(f64::INFINITY, f64::min);
    let delta = |value: f64| if value.is_finite() { value - best } else { f64::INFINITY };
    let share = |value: f64| (-delta(value) / 2.0).exp();
    let total: f64 = criteria.iter().map(|&value| share(value)).sum();
    let weight = |value: f64| if total > 0.0 { share(value) / total } else { 0.0 };
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .zip(&criteria)
        .map(|(c, &aicc)| Ranked { name: c.name.clone(), aicc, delta: delta(aicc), weight: weight(aicc) })
        .collect();
    ranked.sort_by(|a, b| a.delta.total_cmp(&b.delta));
    ranked
}
