//! Two prompts of two answers each, one parameter: what a fit to accepted answers does, weighed two ways (T4). A reconstruction, ours:
//! the full text of arXiv 2602.10014 was not available.

use crate::error::Result;
use crate::papers::check;

/// σ(z).
fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 { 1.0 / (1.0 + (-z).exp()) } else { z.exp() / (1.0 + z.exp()) }
}

/// Whose weights a population fit to correct answers has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighing {
    /// p(x)ρ_t(x): those of a pooled filter.
    Acceptance,
    /// p(x): each prompt counts the same however seldom it is accepted.
    Prompt,
}

/// Two equally likely prompts with K = 2; the log-odds of the correct answer at prompt i are θ·slopes\[i\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoPrompts {
    /// Δφ, correct less wrong, of each prompt; one positive and one negative, so that a finite optimum exists.
    pub slopes: [f64; 2],
}

impl TwoPrompts {
    /// ρ(x) = σ(θ·slope) of both prompts.
    pub fn rates(&self, theta: f64) -> [f64; 2] {
        self.slopes.map(|slope| sigmoid(theta * slope))
    }

    /// J = E_x ρ(x).
    pub fn accuracy(&self, theta: f64) -> f64 {
        let [first, second] = self.rates(theta);
        0.5 * (first + second)
    }

    /// The θ' that maximises Σ_x w_x log σ(θ'·slope_x) with the weights at `theta`: the population fit to correct answers. By bisection of
    /// the derivative Σ w_x slope_x σ(−θ'·slope_x), which falls.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] unless one slope is positive, the other negative, and `theta` is finite.
    ///
    /// ```
    /// use selfreward::papers::task_centric::theory::two_prompts::{TwoPrompts, Weighing};
    ///
    /// let law = TwoPrompts { slopes: [1.0 / 3.0, -1.0] };
    /// let accuracy = |weighing| -> selfreward::Result<f64> { Ok(law.accuracy(law.fit(-2.7, weighing)?)) };
    /// // J falls if each prompt counts the same, and rises if each counts as it is accepted.
    /// assert!((law.accuracy(-2.7) - 0.6130).abs() < 1e-4);
    /// assert!((accuracy(Weighing::Prompt)? - 0.5923).abs() < 1e-4);
    /// assert!((accuracy(Weighing::Acceptance)? - 0.6135).abs() < 1e-4);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn fit(&self, theta: f64, weighing: Weighing) -> Result<f64> {
        let theta = check::finite("theta", theta)?;
        check::positive("greatest slope", self.slopes[0].max(self.slopes[1]))?;
        check::positive("least slope, negated", -self.slopes[0].min(self.slopes[1]))?;
        let weights = match weighing {
            Weighing::Acceptance => self.rates(theta),
            Weighing::Prompt => [1.0, 1.0],
        };
        let derivative = |at: f64| -> f64 {
            weights.iter().zip(self.slopes).map(|(weight, slope)| weight * slope * sigmoid(-at * slope)).sum()
        };
        let (mut low, mut high) = (-1.0, 1.0);
        while derivative(low) < 0.0 {
            low *= 2.0;
        }
        while derivative(high) > 0.0 {
            high *= 2.0;
        }
        for _ in 0..2000 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if derivative(middle) > 0.0 { low = middle } else { high = middle }
        }
        Ok(0.5 * (low + high))
    }
}
