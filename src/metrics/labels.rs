//! What labels of pairs cost: the scatter of the logistic minimiser in the metric of the loss.
//!
//! A pair is labelled y ≻ y' with probability σ(Δs/τ), s = log π_t. Where the features follow s, the expected logistic loss of
//! w = β(θ − θ_t) has its minimum at θ_t/τ, and for n labels √n(ŵ − θ_t/τ) tends to a normal vector of covariance I⁺,
//! I = E σ'(Δs/τ)ΔφΔφᵀ. So n‖ŵ − θ_t/τ‖²_G tends to Σ λ_j χ²_j, with λ_j the eigenvalues of G^{½}I⁺G^{½} and G = E ΔφΔφᵀ: its mean tends
//! to tr(GI⁺), its variance to 2Σλ_j². As σ' ≤ ¼, no λ_j is below 4. At τ = 1 it is n ε²; at another temperature ε² has the floor
//! (1 − 1/τ)²‖θ_t‖²_G, and with flips or with logits that the features do not follow the minimum lies elsewhere.

use ndarray::Array2;

use crate::instance::{FeatureMap, Instance};
use crate::linalg::{GradedRow, Whitening, r_factor, thin_svd};
use crate::policy::Policy;

/// The scatter of a step that is fitted to labels of pairs of the policy's own responses.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelNoise {
    /// The rank of G, which is that of I.
    pub rank: usize,
    /// λ_j ≥ 4; +∞ where a label tells so little that a double does not hold how little.
    pub eigenvalues: Vec<f64>,
}

impl LabelNoise {
    /// Of labels at a `temperature` τ > 0, without flips; `None` for one-hot features. Fixed logits must be such that the features
    /// follow them: that is not looked at.
    ///
    /// Neither G nor I is formed: differences are whitened in the metric of I, and weighed again.
    ///
    /// ```
    /// use ndarray::{Array1, array};
    /// use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
    /// use selfreward::metrics::labels::LabelNoise;
    ///
    /// // Two responses with log-odds 2: G and I are numbers, and G/I = 1/σ'(2).
    /// let features = FeatureMap::dense(DenseFeatures::new(array![[1.0], [0.0]], &[2])?);
    /// let instance = Instance::new(vec![1.0], features, Parameter::Dense(array![2.0]), None)?;
    /// let policy = instance.policy(instance.base());
    /// let noise = LabelNoise::new(&instance, &policy, 1.0).expect("dense features");
    /// let sigma = 1.0 / (1.0 + (-2f64).exp());
    /// assert!((noise.trace() * sigma * (1.0 - sigma) - 1.0).abs() < 1e-14);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn new(instance: &Instance, policy: &Policy, temperature: f64) -> Option<Self> {
        let FeatureMap::Dense(features) = instance.features() else { return None };
        let span = instance.span_of(features);
        let (mut rows, mut flatness) = (Vec::new(), Vec::new());
        for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let (row, head) = (policy.row(x), policy.head(x));
            let logit = |y: usize| row.logit(y as u32);
            let live: Vec<usize> = (0..row.responses()).filter(|&y| logit(y) > f64::NEG_INFINITY).collect();
            for (place, &y) in live.iter().enumerate() {
                for &z in &live[place + 1..] {
                    let log_mass = (2.0 * weight).ln() + head.log_prob(logit(y)) + head.log_prob(logit(z));
                    let log_slope = log_slope((logit(y) - logit(z)) / temperature);
                    let direction = span.coordinates_of(&(&features.row(x, y) - &features.row(x, z)));
                    rows.push(GradedRow { log_size: 0.5 * (log_mass + log_slope), direction });
                    flatness.push((-0.5 * log_slope).exp());
                }
            }
        }
        let whitening = Whitening::of(rows, span.rank());
        let rank = whitening.rank();
        let eigenvalues = match () {
            () if rank == 0 => Vec::new(),
            () if flatness.iter().any(|flat| flat.is_infinite()) => vec![f64::INFINITY; rank],
            () => thin_svd(whitening.weighed_factor(&flatness).view()).singular.iter().map(|s| s * s).collect(),
        };
        Some(Self { rank, eigenvalues })
    }

    /// Where pairs are drawn from other prompts than those of the loss: G weighs prompts by p(x), I by the probabilities `seen`. Without a
    /// temperature I is E ΔφΔφᵀ itself, as for differences of rewards under a noise of variance 1. `None` as in [`LabelNoise::new`], whose
    /// noise this is where `seen` is p.
    pub fn of_seen(instance: &Instance, policy: &Policy, seen: &[f64], temperature: Option<f64>) -> Option<Self> {
        let FeatureMap::Dense(features) = instance.features() else { return None };
        let span = instance.span_of(features);
        let (mut rows, mut lost) = (Vec::new(), Vec::new());
        for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let (row, head) = (policy.row(x), policy.head(x));
            for y in 0..row.responses() {
                for z in y + 1..row.responses() {
                    let [one, other] = [y, z].map(|y| row.logit(y as u32));
                    let log_mass = 2f64.ln() + head.log_prob(one) + head.log_prob(other);
                    let direction = span.coordinates_of(&(&features.row(x, y) - &features.row(x, z)));
                    let slope = temperature.map_or(0.0, |tau| log_slope((one - other) / tau));
                    if seen[x] > 0.0 {
                        rows.push(GradedRow {
                            log_size: 0.5 * (seen[x].ln() + log_mass + slope),
                            direction: direction.clone(),
                        });
                    }
                    lost.push((0.5 * (weight.ln() + log_mass), direction));
                }
            }
        }
        let whitening = Whitening::of(rows, span.rank());
        let mut factor = Array2::zeros((lost.len(), whitening.rank()));
        for ((log_size, direction), mut row) in lost.iter().zip(factor.rows_mut()) {
            row.assign(&(whitening.apply(direction) * log_size.exp()));
        }
        let rank = whitening.rank();
        let squares = |factor: Array2<f64>| thin_svd(factor.view()).singular.iter().map(|s| s * s).collect();
        let eigenvalues = if rank == 0 { Vec::new() } else { squares(r_factor(factor.view())) };
        Some(Self { rank, eigenvalues })
    }

    /// tr(GI⁺).
    pub fn trace(&self) -> f64 {
        self.eigenvalues.iter().sum()
    }

    /// Σ λ_j²: half the limit of the variance.
    pub fn square(&self) -> f64 {
        self.eigenvalues.iter().map(|value| value * value).sum()
    }
}

/// log σ'(x) = −|x| − 2 log(1 + e^−|x|).
fn log_slope(x: f64) -> f64 {
    -x.abs() - 2.0 * (-x.abs()).exp().ln_1p()
}
