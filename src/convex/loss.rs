//! The two losses in coordinates u of a span, θ = start + Qu: value, gradient and square root of the curvature, each to the relative
//! accuracy that tails of e^{-700} need.

use ndarray::{Array1, Array2};

use super::curvature::{Centres, Curvature, line};
use crate::linalg::transposed_product;

/// Rows with a probability or a derivative each: what both losses come to.
#[derive(Clone, Debug)]
pub struct Rows {
    /// m×r: features of the responses relative to those of the prompt's first, or differences; in coordinates of the span.
    pub features: Array2<f64>,
    /// Logits, or z, at u = 0.
    pub base: Vec<f64>,
    /// What the rows are.
    pub kind: Kind,
}

/// The family, with weights that sum to at most 1 in all.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Weights of the responses, and where each prompt's rows end.
    Softmax {
        /// c.
        weights: Vec<f64>,
        /// One past the last row of each prompt.
        ends: Vec<usize>,
    },
    /// Weights of wins and losses.
    Logistic {
        /// a.
        wins: Vec<f64>,
        /// b.
        losses: Vec<f64>,
    },
}

/// The loss at a point.
#[derive(Clone, Debug)]
pub struct Point {
    /// The loss.
    pub value: f64,
    /// Its gradient in u.
    pub gradient: Array1<f64>,
    logits: Vec<f64>,
}

impl Rows {
    /// A bound on how far a unit step in u moves a log-odds.
    pub fn reach(&self) -> f64 {
        let largest = self.features.rows().into_iter().map(|row| row.dot(&row)).fold(0.0, f64::max).sqrt();
        match self.kind {
            Kind::Softmax { .. } => 2.0 * largest,
            Kind::Logistic { .. } => largest,
        }
    }

    fn logits(&self, u: &Array1<f64>) -> Vec<f64> {
        let moved = self.features.dot(u);
        self.base.iter().zip(&moved).map(|(base, move_)| base + move_).collect()
    }

    fn value_at(&self, logits: &[f64]) -> f64 {
        match &self.kind {
            Kind::Softmax { weights, ends } => prompts(ends)
                .map(|range| {
                    let (logits, weights) = (&logits[range.clone()], &weights[range]);
                    let (mode, tail) = mode_and_tail(logits);
                    let above = tail.ln_1p();
                    let terms = logits.iter().zip(weights).filter(|(_, c)| **c > 0.0);
                    terms.map(|(logit, c)| c * ((logits[mode] - logit) + above)).sum::<f64>()
                })
                .sum(),
            Kind::Logistic { wins, losses } => {
                let term =
                    |i: usize| positive(wins[i], softplus(-logits[i])) + positive(losses[i], softplus(logits[i]));
                (0..logits.len()).map(term).sum()
            }
        }
    }

    /// Value and gradient.
    pub fn at(&self, u: &Array1<f64>) -> Point {
        let logits = self.logits(u);
        let value = self.value_at(&logits);
        let slopes = Array1::from(self.slopes(&logits));
        Point { value, gradient: transposed_product(self.features.view(), slopes.view()), logits }
    }

    /// ∂loss/∂logit. At a prompt's mode it is minus the sum of the others, so that a tail keeps its digits.
    fn slopes(&self, logits: &[f64]) -> Vec<f64> {
        match &self.kind {
            Kind::Softmax { weights, ends } => {
                let mut slopes = vec![0.0; logits.len()];
                for range in prompts(ends) {
                    let (logits, weights) = (&logits[range.clone()], &weights[range.clone()]);
                    let (mode, tail) = mode_and_tail(logits);
                    let total: f64 = weights.iter().sum();
                    let mut others = 0.0;
                    for y in (0..logits.len()).filter(|&y| y != mode) {
                        let slope = total * (logits[y] - logits[mode]).exp() / (1.0 + tail) - weights[y];
                        slopes[range.start + y] = slope;
                        others += slope;
                    }
                    slopes[range.start + mode] = -others;
                }
                slopes
            }
            Kind::Logistic { wins, losses } => {
                (0..logits.len()).map(|i| losses[i] * sigmoid(logits[i]) - wins[i] * sigmoid(-logits[i])).collect()
            }
        }
    }

    /// Rows L with LᵀL the loss's second derivative in u, each a size and a direction.
    pub fn curvature(&self, point: &Point) -> Curvature<'_> {
        let mut log_sizes = vec![f64::NEG_INFINITY; point.logits.len()];
        let columns = self.features.ncols();
        let centres = match &self.kind {
            Kind::Softmax { weights, ends } => {
                let mut centres = Centres {
                    of_row: Vec::with_capacity(log_sizes.len()),
                    modes: Vec::new(),
                    means: Array2::zeros((ends.len(), columns)),
                };
                for (prompt, range) in prompts(ends).enumerate() {
                    let logits = &point.logits[range.clone()];
                    let (mode, tail) = mode_and_tail(logits);
                    let log_total = weights[range.clone()].iter().sum::<f64>().ln();
                    let at_mode = line(&self.features, range.start + mode);
                    let mut mean = centres.means.row_mut(prompt);
                    let mean = mean.as_slice_mut().expect("standard layout");
                    for (y, row) in range.clone().enumerate() {
                        let log_share = logits[y] - logits[mode] - tail.ln_1p();
                        log_sizes[row] = 0.5 * (log_total + log_share);
                        let share = log_share.exp();
                        let at_mode = &at_mode[..mean.len()];
                        for (j, (sum, x)) in mean.iter_mut().zip(line(&self.features, row)).enumerate() {
                            *sum += share * (x - at_mode[j]);
                        }
                    }
                    centres.modes.push(range.start + mode);
                    centres.of_row.extend(range.map(|_| prompt));
                }
                Some(centres)
            }
            Kind::Logistic { wins, losses } => {
                for (i, logit) in point.logits.iter().enumerate() {
                    let log_slopes = -softplus(*logit) - softplus(-*logit);
                    log_sizes[i] = 0.5 * ((wins[i] + losses[i]).ln() + log_slopes);
                }
                None
            }
        };
        Curvature { features: &self.features, log_sizes, centres }
    }
}

/// The rows of each prompt.
fn prompts(ends: &[usize]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut start = 0;
    ends.iter().map(move |&end| {
        let range = start..end;
        start = end;
        range
    })
}

/// The first largest logit, and Σ of exp(logit − largest) over all others.
fn mode_and_tail(logits: &[f64]) -> (usize, f64) {
    let mode = (1..logits.len()).fold(0, |best, y| if logits[y] > logits[best] { y } else { best });
    let tail = (0..logits.len()).filter(|&y| y != mode).map(|y| (logits[y] - logits[mode]).exp()).sum();
    (mode, tail)
}

/// c·x, 0 where c = 0 whatever x is.
fn positive(c: f64, x: f64) -> f64 {
    if c > 0.0 { c * x } else { 0.0 }
}

/// log(1 + e^z).
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// 1/(1 + e^{−z}).
fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 { 1.0 / (1.0 + (-z).exp()) } else { z.exp() / (1.0 + z.exp()) }
}
