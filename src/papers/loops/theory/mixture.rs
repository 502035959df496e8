//! When accuracy rises first and falls then (L7): some prompts have a right favourite, others a wrong one, and both become sure.

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// Two responses at every prompt: at a share w of the prompts the favourite is right and leads by a, at the others it is wrong and leads
/// by b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixture {
    /// w in (0, 1).
    pub right: f64,
    /// a > 0, nats.
    pub right_gap: f64,
    /// b > 0, nats.
    pub wrong_gap: f64,
}

/// How gaps grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Self-rewarding: all gaps are multiplied by s.
    Multiplied,
    /// A vote of infinitely many voters as reward: all gaps grow by the same u.
    Added,
}

/// σ(x), each tail to its own relative accuracy.
fn sigma(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// log σ'(x) = −|x| − 2 log(1 + e^−|x|).
fn log_slope(x: f64) -> f64 {
    -x.abs() - 2.0 * (-x.abs()).exp().ln_1p()
}

impl Mixture {
    /// The three numbers, checked.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of its range.
    pub fn new(right: f64, right_gap: f64, wrong_gap: f64) -> Result<Self> {
        Ok(Self {
            right: check::open_unit("right", right)?,
            right_gap: check::positive("right-gap", right_gap)?,
            wrong_gap: check::positive("wrong-gap", wrong_gap)?,
        })
    }

    /// The gaps of both kinds of prompts after so much growth: s from 1, or u from 0.
    fn gaps(&self, growth: Growth, amount: f64) -> (f64, f64) {
        match growth {
            Growth::Multiplied => (amount * self.right_gap, amount * self.wrong_gap),
            Growth::Added => (self.right_gap + amount, self.wrong_gap + amount),
        }
    }

    /// J = wσ(gap of right favourites) + (1 − w)σ(−gap of wrong ones).
    ///
    /// ```
    /// use selfreward::papers::loops::theory::mixture::{Growth, Mixture};
    ///
    /// let mixture = Mixture::new(0.8, 2.0, 0.1)?;
    /// let j = |s: f64| (1000.0 * mixture.accuracy(Growth::Multiplied, s)).round() / 1000.0;
    /// assert_eq!([j(1.0), j(2.0), j(4.0), j(8.0)], [0.8, 0.876, 0.88, 0.862]);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn accuracy(&self, growth: Growth, amount: f64) -> f64 {
        let (right, wrong) = self.gaps(growth, amount);
        self.right * sigma(right) + (1.0 - self.right) * sigma(-wrong)
    }

    /// The logarithm of the quotient of what right and wrong favourites add to dJ: J rises where it is above 0. Whatever the growth, its
    /// derivative has one sign, that of b − a: J has one turning point at most.
    pub fn balance(&self, growth: Growth, amount: f64) -> f64 {
        let (right, wrong) = self.gaps(growth, amount);
        let speeds = match growth {
            Growth::Multiplied => (self.right_gap / self.wrong_gap).ln(),
            Growth::Added => 0.0,
        };
        (self.right / (1.0 - self.right)).ln() + speeds + log_slope(right) - log_slope(wrong)
    }

    /// dJ at the start: waσ'(a) − (1 − w)bσ'(b) by s for multiplied gaps, wσ'(a) − (1 − w)σ'(b) by nats for added ones.
    ///
    /// ```
    /// use selfreward::papers::loops::theory::mixture::{Growth, Mixture};
    ///
    /// // σ'(2) = 0.10499 and σ'(0.5) = 0.23500.
    /// let mixture = Mixture::new(0.4, 2.0, 0.5)?;
    /// assert!((mixture.slope(Growth::Multiplied) - (0.8 * 0.10499 - 0.3 * 0.23500)).abs() < 1e-5);
    /// assert!((mixture.slope(Growth::Added) - (0.4 * 0.10499 - 0.6 * 0.23500)).abs() < 1e-5);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn slope(&self, growth: Growth) -> f64 {
        let speeds = if growth == Growth::Multiplied { (self.right_gap, self.wrong_gap) } else { (1.0, 1.0) };
        let rise = |gap: f64| log_slope(gap).exp();
        self.right * speeds.0 * rise(self.right_gap) - (1.0 - self.right) * speeds.1 * rise(self.wrong_gap)
    }

    /// Whether J falls to its limit w in the end: multiplied gaps, iff b < a, or b = a and w < ½; added ones, iff we^−a < (1 − w)e^−b.
    pub fn falls_in_the_end(&self, growth: Growth) -> bool {
        let (a, b) = (self.right_gap, self.wrong_gap);
        match growth {
            Growth::Multiplied => b < a || (b == a && self.right < 0.5),
            Growth::Added => self.right.ln() - a < (1.0 - self.right).ln() - b,
        }
    }

    /// Whether J rises at the start: waσ'(a) > (1 − w)bσ'(b) for multiplied gaps, wσ'(a) > (1 − w)σ'(b) for added ones.
    pub fn rises_at_first(&self, growth: Growth) -> bool {
        self.balance(growth, start(growth)) > 0.0
    }

    /// Where J rises no longer, if it rises first and falls in the end: s > 1, or u > 0.
    pub fn peak(&self, growth: Growth) -> Option<f64> {
        if !(self.rises_at_first(growth) && self.falls_in_the_end(growth)) {
            return None;
        }
        let (mut low, mut high) = (start(growth), start(growth) + 1.0);
        while self.balance(growth, high) > 0.0 {
            (low, high) = (high, 2.0 * high);
            if high > 1e300 {
                return None;
            }
        }
        // To the last bit: the balance is monotone.
        while low < 0.5 * (low + high) && 0.5 * (low + high) < high {
            let middle = 0.5 * (low + high);
            if self.balance(growth, middle) > 0.0 { low = middle } else { high = middle }
        }
        Some(high)
    }
}

fn start(growth: Growth) -> f64 {
    if growth == Growth::Multiplied { 1.0 } else { 0.0 }
}

/// log(1 + 1/β), also where 1/β is beyond the doubles.
fn log_factor(beta: f64) -> f64 {
    if beta < 1.0 { beta.ln_1p() - beta.ln() } else { (1.0 / beta).ln_1p() }
}

/// How much gaps have grown after t rounds at β: s = (1 + 1/β)^t, or u = t/β; infinite where that is beyond the doubles.
pub fn grown(growth: Growth, beta: f64, round: f64) -> f64 {
    match growth {
        Growth::Multiplied => (round * log_factor(beta)).exp(),
        Growth::Added => round / beta,
    }
}

/// The round in which J is largest, the last one before or the first one after the peak, and that J.
fn peak_round(mixture: &Mixture, growth: Growth, beta: f64, peak: f64) -> (f64, f64) {
    let time = if growth == Growth::Multiplied { peak.ln() / log_factor(beta) } else { peak * beta };
    if time >= WHOLE {
        // Rounds are so short there that one of them is at the peak.
        return (time, mixture.accuracy(growth, peak));
    }
    let j = |t: f64| mixture.accuracy(growth, grown(growth, beta, t));
    let (before, after) = (time.floor(), time.floor() + 1.0);
    if j(after) > j(before) { (after, j(after)) } else { (before, j(before)) }
}

/// 2⁵³, above which a double tells no whole numbers apart.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Between what J lies after 0, 1, …, T rounds where every pair is judged by a vote of N fresh answers: (least, most) of each round.
///
/// Gaps g of favourites grow by (2v_N(σ(g)) − 1)/β. That is 1/β at most, and (1 − 2h)/β at least, h = e^{−2N(σ(g)−½)²} (Hoeffding: the chance
/// that a favourite loses the vote), or 0 where h > ½. Both grow with g, so that gaps lie between what these two steps make of them, and J
/// is least with the least gaps of right favourites and the largest ones of wrong ones.
///
/// # Errors
/// [`Error::Argument`] unless N is a whole number from 1 on and β a finite number above 0.
///
/// ```
/// use selfreward::papers::loops::theory::mixture::{Mixture, between_votes};
///
/// let bounds = between_votes(&Mixture::new(0.8, 2.0, 1.5)?, 101.0, 1.0, 3)?;
/// assert!(bounds.iter().all(|(least, most)| least <= most && most - least < 1e-6));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn between_votes(mixture: &Mixture, votes: f64, beta: f64, rounds: usize) -> Result<Vec<(f64, f64)>> {
    let (votes, beta) = (check::count("votes", votes)?, check::positive("beta", beta)?);
    let least = |gap: f64| {
        let lead = 0.5 * (0.5 * gap).tanh();
        gap + (1.0 - 2.0 * (-2.0 * votes * lead * lead).exp()).max(0.0) / beta
    };
    let j = |right: f64, wrong: f64| mixture.right * sigma(right) + (1.0 - mixture.right) * sigma(-wrong);
    let (mut right, mut wrong) = (mixture.right_gap, mixture.wrong_gap);
    let mut bounds = Vec::with_capacity(rounds + 1);
    for t in 0..=rounds {
        let most = grown(Growth::Added, beta, t as f64);
        bounds.push((j(right, mixture.wrong_gap + most), j(mixture.right_gap + most, wrong)));
        (right, wrong) = (least(right), least(wrong));
    }
    Ok(bounds)
}

/// L7 (`rise-then-fall`): J by round where a share w of the prompts has a right favourite that leads by a and the others a wrong one that
/// leads by b, of two responses each; in self-rewarding, J_t = wσ(sa) + (1 − w)σ(−sb) with s = (1 + 1/β)^t, and with the vote of infinitely
/// many voters as reward, J_t = wσ(a + t/β) + (1 − w)σ(−b − t/β). In the end all are sure and J is w.
///
/// The value is J after T = `rounds` rounds of self-rewarding. The lists `accuracies` and `accuracies_of_infinitely_many_votes` have J_0, …, J_T.
/// Answers of yes or no are 1 or 0: whether dJ/ds is above 0 at the start, as for small steps (large β), and whether J_1 > J_0; where J rises first and falls then, `peak_scale` is s at its top, `peak_round` the round with the largest J, and
/// `peak_accuracy` that J; so for the votes, whose top is at `vote_peak_growth` nats more.
///
/// # Errors
/// [`Error::Argument`] for w outside (0, 1), gaps or β that are no finite numbers above 0, and rounds outside 1 to 10⁴.
///
/// ```
/// use selfreward::papers::loops::theory::mixture::{Mixture, rise_then_fall};
///
/// let bound = rise_then_fall(&Mixture::new(0.8, 2.0, 0.1)?, 1.0, 3)?;
/// assert!((bound.value() - 0.862).abs() < 5e-4);
/// assert_eq!(bound.intermediate("peak_round"), Some(2.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn rise_then_fall(mixture: &Mixture, beta: f64, rounds: u32) -> Result<Bound> {
    let Mixture { right, right_gap, wrong_gap } = *mixture;
    let (mixture, beta) = (Mixture::new(right, right_gap, wrong_gap)?, check::positive("beta", beta)?);
    let rounds = check::rounds(rounds)?;
    if rounds > MOST_ROUNDS {
        return Err(Error::argument("rounds", rounds, format!("1 to {MOST_ROUNDS}")));
    }
    let by_round = |growth: Growth| -> Vec<f64> {
        (0..=rounds).map(|t| mixture.accuracy(growth, grown(growth, beta, f64::from(t)))).collect()
    };
    let (own, votes) = (by_round(Growth::Multiplied), by_round(Growth::Added));
    let indicator = |is: bool| f64::from(u8::from(is));
    let mut bound =
        Bound::new("rise-then-fall", own[rounds as usize], false).with("start", own[0]).with("limit", right);
    for (growth, all, [slope, first, end, top, round, height]) in [
        (
            Growth::Multiplied,
            &own,
            [
                "slopes_upward_at_start",
                "rises_in_first_round",
                "falls_in_the_end",
                "peak_scale",
                "peak_round",
                "peak_accuracy",
            ],
        ),
        (
            Growth::Added,
            &votes,
            [
                "vote_slopes_upward_at_start",
                "vote_rises_in_first_round",
                "vote_falls_in_the_end",
                "vote_peak_growth",
                "vote_peak_round",
                "vote_peak_accuracy",
            ],
        ),
    ] {
        bound = bound
            .with(slope, indicator(mixture.rises_at_first(growth)))
            .with(first, indicator(all[1] > all[0]))
            .with(end, indicator(mixture.falls_in_the_end(growth)));
        if let Some(peak) = mixture.peak(growth) {
            let (t, largest) = peak_round(&mixture, growth, beta, peak);
            bound = bound.with(top, peak).with(round, t).with(height, largest);
        }
    }
    Ok(bound
        .with_list("accuracies", own)
        .with_list("accuracies_of_infinitely_many_votes", votes)
        .assuming("two responses to every prompt, one-hot features, the population update")
        .assuming("right favourites lead by one gap, wrong ones by another"))
}

/// Rounds of a list of accuracies, at most.
const MOST_ROUNDS: u32 = 10_000;

/// Whether J falls to its limit in the end where many prompts have gaps of their own and self-rewarding multiplies them: what is left
/// beside the limit is a sum of e^−sg, so the least gap decides, by the weight of right and of wrong favourites that have it.
///
/// A gap of a right favourite is its lead over the best wrong response, of a wrong one that over the best right response; each with the
/// weight p(x) times the number of responses at that gap.
pub fn gaps_let_it_fall(right: &[(f64, f64)], wrong: &[(f64, f64)]) -> Option<bool> {
    let least = right.iter().chain(wrong).map(|(gap, _)| *gap).fold(f64::INFINITY, f64::min);
    if !least.is_finite() {
        return None;
    }
    let weight = |of: &[(f64, f64)]| of.iter().filter(|(gap, _)| *gap == least).map(|(_, weight)| weight).sum::<f64>();
    Some(weight(wrong) > weight(right))
}
