//! Covering numbers of the linear softmax class (Lemma F.4).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// Lemma F.4: parameters within η/2 of each other give |log π_θ − log π_θ'| ≤ η on every response (unit features: the
/// logit and the log-partition each move by at most η/2). `eta` = η > 0 in nats.
pub fn net_radius(eta: f64) -> Result<f64> {
    Ok(check::positive("eta", eta)? / 2.0)
}

/// The log covering number (`covering-number`) d log(1 + 4B/η), in nats, of the log-probabilities of the linear softmax
/// class ‖θ‖ ≤ B at resolution η: a ball of radius B has an η/2-net of at most (1 + 2B/(η/2))^d points.
///
/// `dim` = d ≥ 1, `radius` = B > 0, `eta` = η > 0.
///
/// ```
/// use selfreward::theory::one_step::covering_number;
///
/// // (1 + 4B/η)^d policies.
/// assert!((covering_number(3.0, 2.0, 1.0)?.value() - 729f64.ln()).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn covering_number(dim: f64, radius: f64, eta: f64) -> Result<Bound> {
    let radius_of_net = net_radius(eta)?;
    let per_dimension = (2.0 * check::positive("radius", radius)? / radius_of_net).ln_1p();
    Ok(Bound::new("covering-number", check::count("dim", dim)? * per_dimension, false)
        .with("net_radius", radius_of_net)
        .with("nats_per_dimension", per_dimension)
        .assuming("unit features: |phi| <= 1"))
}

/// The squared losses of two policies whose log-probabilities differ by at most η differ by at most 8βηR_c, where both
/// are inside the clip |Δ^{r̂}|, |Δ^{r_t}| ≤ R_c. Across its edge the clipped loss jumps; C10 needs no clip.
///
/// `beta` = β > 0, `eta` = η > 0, `clip` = R_c > 0. (|a²−b²| = |a−b||a+b| with |a−b| ≤ 2βη and |a|, |b| ≤ 2R_c.)
pub fn loss_difference(beta: f64, eta: f64, clip: f64) -> Result<Bound> {
    let value = 8.0 * check::positive("beta", beta)? * check::positive("eta", eta)? * check::positive("clip", clip)?;
    Ok(Bound::new("loss-difference", value, false)
        .assuming("both policies are inside the clip: |difference of rewards| <= clip for each")
        .assuming("log-probabilities differ by at most eta"))
}
