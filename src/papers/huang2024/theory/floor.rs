//! The floor under every algorithm that sees a fixed number of base responses at each prompt draw (claim S6, after Theorem 3.1): the
//! Bayes risk of the hard instance with uniform hidden labels.
//!
//! With r responses seen at a prompt, the hidden label is among them with probability 1 − (1−q)^r, and then known by its likelihood.
//! Else the s distinct labels that were seen are excluded, the hidden one is uniform on the other K − s, and a guess is right with
//! probability 1/(K−s). S_r is the number of distinct labels among r uniform draws from the K − 1 others. With U = K − 1 − S_r of them
//! unseen the risk of the prompt is (1−q)^r g(r), g(r) = E[U/(U+1)].

use super::hidden::Hidden;
use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// Where K(1−1/K)^r is above it, all K of r uniform labels are seen with probability below e^{−40}, beyond the doubles.
const NEVER_ALL: f64 = 40.0;
/// Where (K−1)(1−1/(K−1))^r is below it, the alternating sum loses no digits.
const FEW: f64 = 1.0;
/// States of the occupancy chain below this probability are dropped.
const NEGLIGIBLE: f64 = 1e-40;
/// The most labels for which the occupancy chain is followed.
const MOST: f64 = 100_000.0;
/// Floors below e^{−740} are 0 in a double.
const LEAST_LOG: f64 = -740.0;

/// The Bayes risk of one prompt with K labels, by the number r of responses seen there.
///
/// The number of unseen labels is known in three ways. While all K labels cannot have been seen, E[1/(U+1)] is
/// (K/(K−1))^r/K: that of K bins is (1−1/K)^{−r}·P[not all of K bins are hit]/K exactly. In the end g(r) is an alternating sum of few
/// terms. In between the occupancy chain is followed state by state.
#[derive(Debug, Clone)]
pub struct Guess {
    /// K.
    labels: f64,
    /// g(r) from r = 0 up to where the alternating sum takes over; empty before it is needed.
    chain: Vec<f64>,
}

impl Guess {
    /// For `responses` = K ≥ 2 labels and up to `most` responses at a prompt.
    ///
    /// # Errors
    /// [`Error::Argument`] for K < 2; [`Error::TooLarge`] for more than 10^5 labels of which nearly all are seen.
    pub fn new(responses: f64, most: f64) -> Result<Self> {
        if check::count("responses", responses)? < 2.0 {
            return Err(Error::argument("responses", responses, "a whole number, at least 2"));
        }
        let mut guess = Self { labels: responses, chain: Vec::new() };
        if !guess.is_early(most) {
            if responses > MOST {
                return Err(Error::TooLarge {
                    what: "the Bayes floor".into(),
                    need: format!("the occupancy of {responses} labels by {most} draws"),
                    limit: format!("{MOST} labels where nearly all of them are seen"),
                });
            }
            guess.follow(most);
        }
        Ok(guess)
    }

    /// m = K − 1, the labels that are not the hidden one.
    fn others(&self) -> f64 {
        self.labels - 1.0
    }

    /// Whether not all K labels can have been drawn, as far as doubles go. Occupancies are negatively associated, so that P[all] is at
    /// most the product (1 − (1−1/K)^r)^K ≤ exp(−K(1−1/K)^r).
    fn is_early(&self, r: f64) -> bool {
        r < self.labels || self.labels * (r * (-1.0 / self.labels).ln_1p()).exp() >= NEVER_ALL
    }

    /// Whether few labels are unseen.
    fn is_late(&self, r: f64) -> bool {
        let others = self.others();
        // A single other label is seen from the first draw on.
        (others == 1.0 && r > 0.0) || (others > 1.0 && others * (r * (-1.0 / others).ln_1p()).exp() <= FEW)
    }

    /// The occupancy chain: from u unseen labels a draw leads to u − 1 with probability u/m.
    fn follow(&mut self, most: f64) {
        let others = self.others();
        let mut law = vec![0.0; others as usize + 1];
        let (mut low, mut high) = (others as usize, others as usize);
        law[high] = 1.0;
        let mut r = 0.0;
        while r <= most && !self.is_late(r) {
            self.chain.push((low..=high).map(|u| law[u] * (u as f64 / (u as f64 + 1.0))).sum());
            low = low.saturating_sub(1);
            for u in low..=high {
                let from_above = if u < high { law[u + 1] * ((u as f64 + 1.0) / others) } else { 0.0 };
                law[u] = law[u] * (1.0 - u as f64 / others) + from_above;
            }
            while high > low && law[high] < NEGLIGIBLE {
                law[high] = 0.0;
                high -= 1;
            }
            while low < high && law[low] < NEGLIGIBLE {
                law[low] = 0.0;
                low += 1;
            }
            r += 1.0;
        }
    }

    /// log g(r), g(r) = E[U/(U+1)], for a whole number r ≥ 0; −∞ where no label can be unseen.
    pub fn log_risk(&self, r: f64) -> f64 {
        if let Some(known) = self.chain.get(r as usize) {
            return known.ln();
        }
        if !self.is_late(r) {
            // 1 − (K/(K−1))^r/K.
            return (-(r * (1.0 / self.others()).ln_1p()).exp() / self.labels).ln_1p();
        }
        // Σ_{k≥1} (−1)^{k+1} C(m,k)/(k+1) (1−k/m)^r, the first term in front.
        let others = self.others();
        let power = |k: f64| if r == 0.0 { 0.0 } else { r * (-k / others).ln_1p() };
        let (first, mut sum, mut choose) = (power(1.0), 0.5 * others, others);
        let mut k = 1.0;
        while k < others {
            choose *= (others - k) / (k + 1.0);
            k += 1.0;
            let term = choose / (k + 1.0) * (power(k) - first).exp();
            sum += if k % 2.0 == 0.0 { -term } else { term };
            if term <= 1e-18 * sum {
                break;
            }
        }
        first + sum.ln()
    }

    /// E[(1−q)^{Nb} g(Nb)] over b ~ Bin(n, w): the risk of a prompt of weight w after n draws of prompts with N responses each.
    ///
    /// The sum is over the binomial law with the odds of b tilted by (1−q)^N, in logs, over all b that matter.
    fn share(&self, n: f64, weight: f64, best_of: f64) -> f64 {
        let q = 2.0 / (self.labels + 1.0);
        // (1−q)^N, and the same times (1−1/m)^N, as fast as g can fall.
        let kept = (best_of * (-q).ln_1p()).exp();
        let least_kept =
            if self.others() == 1.0 { 0.0 } else { kept * (best_of * (-1.0 / self.others()).ln_1p()).exp() };
        let scale = n * (-weight * (1.0 - kept)).ln_1p();
        let least_scale = n * (-weight * (1.0 - least_kept)).ln_1p() + self.others().ln();
        if scale < LEAST_LOG || least_scale < LEAST_LOG {
            return 0.0;
        }
        let tilted = |kept: f64| weight * kept / (1.0 - weight + weight * kept);
        let spread = |p: f64| 10.0 * (n * p * (1.0 - p)).sqrt() + 60.0;
        let (p, least) = (tilted(kept), tilted(least_kept));
        if p == 0.0 {
            return (scale + self.log_risk(0.0)).exp();
        }
        let first = (n * least - spread(least)).floor().max(0.0);
        let last = (n * p + spread(p)).ceil().min(n);
        let log_odds = p.ln() - (-p).ln_1p();
        // log-weights relative to that of b = first, and their sum with and without g.
        let (mut plain, mut guessed) = (LogSum::default(), LogSum::default());
        let (mut log_weight, mut b) = (0.0, first);
        loop {
            plain.add(log_weight);
            guessed.add(log_weight + self.log_risk(best_of * b));
            if b >= last {
                break;
            }
            log_weight += ((n - b) / (b + 1.0)).ln() + log_odds;
            b += 1.0;
        }
        (scale + guessed.value() - plain.value()).exp()
    }
}

/// log Σ e^x.
struct LogSum {
    top: f64,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { top: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    fn add(&mut self, log: f64) {
        if log == f64::NEG_INFINITY {
            return;
        }
        if log > self.top {
            self.sum = self.sum * (self.top - log).exp() + 1.0;
            self.top = log;
        } else {
            self.sum += (log - self.top).exp();
        }
    }

    fn value(&self) -> f64 {
        self.top + self.sum.ln()
    }
}

/// Responses at a prompt that can matter: with more the floor has left the doubles.
fn most_responses(instance: &Hidden, n: f64, best_of: f64) -> f64 {
    let (mean, deviation) = (n * instance.weight(), (n * instance.weight()).sqrt());
    let drawn = best_of * (mean + 10.0 * deviation + 60.0).ceil().min(n);
    // (1−q)^r < e^{−1600}.
    drawn.min((800.0 * (instance.responses() + 1.0)).ceil())
}

/// S6: the share of the informative mass that the Bayes learner fails on, E_b[(1−q)^{Nb} Σ_s P(S_{Nb}=s)(1 − 1/(K−s))] with
/// b ~ Bin(n, Δ/M). `n` ≥ 0 draws of prompts, `best_of` = N ≥ 1 responses each; whole numbers.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range; as [`Guess::new`].
pub fn bayes_share(instance: &Hidden, n: f64, best_of: f64) -> Result<f64> {
    // A hidden label that was never drawn bounds the risk: where that chance is 0 in a double nothing need be followed.
    let never = n * (-instance.weight() * instance.best_of(best_of)?).ln_1p();
    let most = if never < LEAST_LOG { 0.0 } else { most_responses(instance, n, best_of) };
    share_with(&Guess::new(instance.responses(), most)?, instance, n, best_of)
}

/// The same with a table of the guess that is at hand; it must reach as far as it is asked for.
pub(super) fn share_with(guess: &Guess, instance: &Hidden, n: f64, best_of: f64) -> Result<f64> {
    let best_of = check::count("best_of", best_of)?;
    if check::nonnegative("n", n)?.fract() != 0.0 {
        return Err(Error::argument("n", n, "a whole number, at least 0"));
    }
    Ok(guess.share(n, instance.weight(), best_of))
}

/// S6 (`bayes-floor`): the least expected base failure at δ = ½ of any algorithm that sees N = `best_of` base responses, with their
/// likelihoods, at each of `n` draws of prompts, on the hard instance with independent uniform hidden labels: Δ times [`bayes_share`].
///
/// Among the intermediates: the floor with the weaker event "hidden label never drawn", Δ(1 − (1−(1−q)^N)Δ/M)^n, under which a learner
/// that cannot guess stays.
///
/// # Errors
/// As [`bayes_share`].
///
/// ```
/// use selfreward::papers::huang2024::theory::floor::bayes_floor;
/// use selfreward::papers::huang2024::theory::hidden::Hidden;
///
/// // One prompt of mass 1/2 with three labels, one response: unseen, a guess fails with 2/3; one seen that is not hidden leaves two.
/// let floor = bayes_floor(&Hidden::new(1.0, 3.0, 0.5)?, 1.0, 1.0)?;
/// assert!((floor.value() - 0.5 * (0.5 * 2.0 / 3.0 + 0.5 * 0.5 * 0.5)).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn bayes_floor(instance: &Hidden, n: f64, best_of: f64) -> Result<Bound> {
    let share = bayes_share(instance, n, best_of)?;
    let (q, weight) = (instance.probability(), instance.weight());
    let never = (n * (-weight * instance.best_of(best_of)?).ln_1p()).exp();
    Ok(Bound::new("bayes-floor", instance.mass() * share, share == 0.0)
        .with("hidden_probability", q)
        .with("realised_kappa0", instance.kappa0())
        .with("draws", n * best_of)
        .with("mean_responses", n * best_of * weight)
        .with("unresolved_share", share)
        .with("hidden_never_drawn", instance.mass() * never)
        .assuming("hidden labels are independent and uniform, and unknown to the algorithm")
        .assuming("base responses reach it through n draws of prompts with N of them each, N fixed beforehand")
        .checked("delta = 1/2, and a prompt left as it is fails: q <= 1/2", q <= 0.5))
}
