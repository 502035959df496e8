//! Labels of pairs (L1–L4) and a judge with noise (L17): one round of each on one-hot features, and what a sample of each costs.

use crate::error::{Error, Result};
use crate::papers::check;

/// L1: 1 + 1/(βτ), the factor of every log-odds in one population round of logistic regression on Bradley–Terry labels of log π_t at
/// temperature τ, whatever full-support law the pairs are drawn from.
///
/// # Errors
/// [`Error::Argument`] for β or τ that is no finite number above 0.
///
/// ```
/// use selfreward::papers::loops::theory::labels::temperature_factor;
///
/// // Half the temperature doubles what a round adds.
/// assert_eq!(temperature_factor(2.0, 0.5)?, 2.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn temperature_factor(beta: f64, temperature: f64) -> Result<f64> {
    let beta = check::positive("beta", beta)?;
    Ok(1.0 + 1.0 / (beta * check::positive("temperature", temperature)?))
}

/// L3: the log-odds of one of two responses after a population round on labels that are flipped with probability e < ½:
/// ℓ + β⁻¹ log(w/(1 − w)), w = e + (1 − 2e)σ(ℓ/τ).
///
/// # Errors
/// [`Error::Argument`] for numbers out of range.
///
/// ```
/// use selfreward::papers::loops::theory::labels::{flip_step, flipped_odds};
///
/// // Without flips it is L1's map; with some, the step never exceeds log(9)/β at e = 0.1.
/// assert!((flipped_odds(3.0, 2.0, 1.0, 0.0)? - 4.5).abs() < 1e-12);
/// assert!((flipped_odds(300.0, 2.0, 1.0, 0.1)? - 300.0 - flip_step(2.0, 0.1)?).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn flipped_odds(odds: f64, beta: f64, temperature: f64, flip: f64) -> Result<f64> {
    let (odds, beta) = (check::finite("odds", odds)?, check::positive("beta", beta)?);
    let temperature = check::positive("temperature", temperature)?;
    if !(0.0..0.5).contains(&flip) {
        return Err(Error::argument("flip", flip, "a number from 0, below 1/2"));
    }
    // By the sign of ℓ, and with z = e^−|ℓ|/τ: w/(1 − w) = ((1 − e) + ez)/(e + (1 − e)z).
    let z = (-odds.abs() / temperature).exp();
    let step = if flip == 0.0 {
        odds.abs() / temperature
    } else {
        ((1.0 - flip) + flip * z).ln() - (flip + (1.0 - flip) * z).ln()
    };
    Ok(odds + step.copysign(odds) / beta)
}

/// L3: β⁻¹ log((1 − e)/e), the largest step with flips.
///
/// # Errors
/// [`Error::Argument`] for numbers out of range.
pub fn flip_step(beta: f64, flip: f64) -> Result<f64> {
    let (beta, flip) = (check::positive("beta", beta)?, check::open_unit("flip", flip)?);
    Ok(((1.0 - flip) / flip).ln() / beta)
}

/// L4 at K = 2: the log-odds after a population round of win rates with hard self-labels, ℓ + sign(ℓ)/(2β); a tie stays.
///
/// # Errors
/// [`Error::Argument`] for numbers out of range.
pub fn hard_win_rate_odds(odds: f64, beta: f64) -> Result<f64> {
    let (odds, beta) = (check::finite("odds", odds)?, check::positive("beta", beta)?);
    Ok(if odds == 0.0 { 0.0 } else { odds + 0.5f64.copysign(odds) / beta })
}

/// L4: log π_{t+1} at one prompt up to a constant, log ρ^ref(y) + β⁻¹ E_{y'~ν}P(y ≻ y'), for a law ν of both responses of a pair.
///
/// `prefers(y, y')` is the probability that y is preferred to y'.
///
/// # Errors
/// [`Error::Argument`] for β out of range or laws of different lengths.
///
/// ```
/// use selfreward::papers::loops::theory::labels::{hard_win_rate_odds, win_rate_logits};
///
/// // Hard labels at K = 2: the win rates differ by ½.
/// let (logits, law) = ([1.0, 0.0], [0.7, 0.3]);
/// let hard = |y: usize, z: usize| [1.0, 0.5, 0.0][1 + (y > z) as usize - (y < z) as usize];
/// let next = win_rate_logits(&logits, &law, 0.25, hard)?;
/// assert!((next[0] - next[1] - hard_win_rate_odds(1.0, 0.25)?).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn win_rate_logits(
    reference: &[f64],
    law: &[f64],
    beta: f64,
    prefers: impl Fn(usize, usize) -> f64,
) -> Result<Vec<f64>> {
    let beta = check::positive("beta", beta)?;
    if reference.len() != law.len() {
        return Err(Error::argument("law", law.len(), format!("{} probabilities", reference.len())));
    }
    let rate = |y: usize| law.iter().enumerate().map(|(z, mass)| mass * prefers(y, z)).sum::<f64>();
    Ok(reference.iter().enumerate().map(|(y, logit)| logit + rate(y) / beta).collect())
}

/// P(y ≻ y') of a Bradley–Terry label at temperature τ that is flipped with probability e, where the rewards differ by Δ: e + (1 − 2e)σ(Δ/τ).
///
/// ```
/// use selfreward::papers::loops::theory::labels::flipped_label;
///
/// // σ(log 3) = 3/4; of four labels three are right, and a tenth of them all is flipped.
/// assert!((flipped_label(2.0 * 3f64.ln(), 2.0, 0.1) - (0.1 + 0.8 * 0.75)).abs() < 1e-15);
/// ```
pub fn flipped_label(difference: f64, temperature: f64, flip: f64) -> f64 {
    flip + (1.0 - 2.0 * flip) / (1.0 + (-difference / temperature).exp())
}

/// P(y ≻ y') of a hard label: 1 or 0 by the sign of Δ, ½ for a tie.
pub fn hard_label(difference: f64) -> f64 {
    if difference == 0.0 { 0.5 } else { f64::from(u8::from(difference > 0.0)) }
}

/// L2: 4 rank G, below which tr(GI⁺), the limit of n E ε² for Bradley–Terry labels at τ = 1, never lies: σ' ≤ ¼.
///
/// # Errors
/// [`Error::Argument`] for a rank below 0.
pub fn label_floor(rank: f64) -> Result<f64> {
    Ok(4.0 * check::nonnegative("rank", rank)?)
}

/// L17: 2s² rank G, the limit of n E ε² for a judge whose reward of each response has a normal noise of deviation s, drawn anew for each
/// pair: the noise of a difference has the variance 2s².
///
/// # Errors
/// [`Error::Argument`] for a number below 0.
///
/// ```
/// use selfreward::papers::loops::theory::labels::judge_trace;
///
/// assert!((judge_trace(0.3, 4.0)? - 0.72).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn judge_trace(deviation: f64, rank: f64) -> Result<f64> {
    Ok(2.0 * check::nonnegative("deviation", deviation)?.powi(2) * check::nonnegative("rank", rank)?)
}

/// L3: the expected log-odds after a round of self-rewarding with a square loss and a judge whose noise has mean 0: (1 + 1/β)ℓ, as without
/// noise.
///
/// # Errors
/// [`Error::Argument`] for numbers out of range.
pub fn fair_judge_odds(odds: f64, beta: f64) -> Result<f64> {
    Ok(check::finite("odds", odds)? * (1.0 + 1.0 / check::positive("beta", beta)?))
}
