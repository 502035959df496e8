//! The population round of each named loop on one-hot features with full support, prompt by prompt (U3, L10): from log π_t to log π_{t+1}.
//!
//! | loop | function |
//! | --- | --- |
//! | self-rewarding, sharpening-rlhf, live-reward-frozen-reference, frozen-reward, spin, preference-dpo without flips | [`regression`] |
//! | preference-dpo with flips, two responses | [`super::labels::flipped_odds`] |
//! | win-rate-ipo | [`win_rate`] |
//! | verifier-filter, task-centric | [`filtered`] |
//! | selective-rewriting | [`selective`] |
//! | replay, accumulate | [`replayed`], [`accumulated`] |
//! | grpo-mirror, grpo-frozen-reference | [`standardised`] |
//!
//! Those that select among draws are in [`super::selections`].

use super::laws::{log_odds, log_sum, normalised, tilted};

/// Log-probabilities closer than this times max(1, |log π|) are equal.
pub(super) const TIE: f64 = 1e-12;

/// log π' = log ρ^ref + g/β + const, the optimum of the square loss on differences of a reward g.
///
/// ```
/// use selfreward::papers::loops::theory::laws::of_log_odds;
/// use selfreward::papers::loops::theory::recursions::regression;
///
/// let now = of_log_odds(0.4);
/// let next = regression(&now, &now, 2.0);
/// assert!((next[0] - next[1] - 0.6).abs() < 1e-15);
/// ```
pub fn regression(reference: &[f64], reward: &[f64], beta: f64) -> Vec<f64> {
    tilted(&[(1.0, reference), (1.0 / beta, reward)])
}

/// log π' = log π + W/β + const, W(y) the mass of less likely responses and half of that of equally likely ones.
///
/// ```
/// use selfreward::papers::loops::theory::laws::of_log_odds;
/// use selfreward::papers::loops::theory::recursions::win_rate;
///
/// // At two responses the likelier one wins half more often than the other, whatever p is.
/// let next = win_rate(&of_log_odds(1.0), 0.25);
/// assert!((next[0] - next[1] - 3.0).abs() < 1e-14);
/// ```
pub fn win_rate(logs: &[f64], beta: f64) -> Vec<f64> {
    let rate = |y: usize| -> f64 {
        let won = |z: usize| match () {
            () if equal(logs[y], logs[z]) => 0.5,
            () if logs[z] < logs[y] => 1.0,
            () => 0.0,
        };
        (0..logs.len()).map(|z| won(z) * logs[z].exp()).sum()
    };
    let rates: Vec<f64> = (0..logs.len()).map(rate).collect();
    regression(logs, &rates, beta)
}

/// Whether two log-probabilities count as one.
pub(super) fn equal(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() < TIE * a.abs().max(b.abs()).max(1.0)
}

/// π' ∝ π·a on marked responses and π·f on the others: the log-odds of the marked set grow by log(a/f), and laws inside the two sets stay
/// (L10). Where nothing would pass π stays.
///
/// ```
/// use selfreward::papers::loops::theory::laws::{log_odds, of_log_odds};
/// use selfreward::papers::loops::theory::recursions::filtered;
///
/// let next = filtered(&of_log_odds(-1.0), &[true, false], 0.9, 0.1);
/// assert!((log_odds(&next, &[true, false]) - (9f64.ln() - 1.0)).abs() < 1e-14);
/// ```
pub fn filtered(logs: &[f64], marked: &[bool], true_positive: f64, false_positive: f64) -> Vec<f64> {
    let kept = |(log, mark): (&f64, &bool)| log + if *mark { true_positive } else { false_positive }.ln();
    let kept: Vec<f64> = logs.iter().zip(marked).map(kept).collect();
    if log_sum(kept.iter().copied()) == f64::NEG_INFINITY { logs.to_vec() } else { normalised(&kept) }
}

/// The log-odds of the correct set after t rounds of verifier-filter: ℓ_0 + t log(a/f), +∞ at f = 0 < t (L10).
///
/// ```
/// use selfreward::papers::loops::theory::recursions::verified;
///
/// assert!((verified(-1.0, 0.3, 0.4, 10) + 1.0 + 10.0 * (4f64 / 3.0).ln()).abs() < 1e-14);
/// assert_eq!(verified(-1.0, 0.3, 0.0, 1), f64::INFINITY);
/// ```
pub fn verified(start: f64, true_positive: f64, false_positive: f64, rounds: u32) -> f64 {
    if rounds == 0 { start } else { start + f64::from(rounds) * (true_positive / false_positive).ln() }
}

/// Self-rewarding at a prompt whose largest probability is at most c, else π.
pub fn selective(logs: &[f64], confidence: f64, beta: f64) -> Vec<f64> {
    let unsure = logs.iter().all(|log| log.exp() <= confidence);
    if unsure { regression(logs, logs, beta) } else { logs.to_vec() }
}

/// π' = (1−λ)·(∝ π^s) + λ/K.
///
/// ```
/// use selfreward::papers::loops::theory::laws::of_log_odds;
/// use selfreward::papers::loops::theory::recursions::replayed;
///
/// let next = replayed(&of_log_odds(0.0), 2.0, 0.5);
/// assert!(next.iter().all(|log| (log.exp() - 0.5).abs() < 1e-15));
/// ```
pub fn replayed(logs: &[f64], power: f64, share: f64) -> Vec<f64> {
    let (fresh, old) = ((-share).ln_1p(), (share / logs.len() as f64).ln());
    let mixed: Vec<f64> = tilted(&[(power, logs)]).into_iter().map(|log| log_sum([fresh + log, old])).collect();
    normalised(&mixed)
}

/// π' = π + ((∝ π^s) − π)/(t + 2), the fit of all batches after round t.
pub fn accumulated(logs: &[f64], power: f64, round: u32) -> Vec<f64> {
    let weight = 1.0 / (f64::from(round) + 2.0);
    let (old, fresh) = ((-weight).ln_1p(), weight.ln());
    let powered = tilted(&[(power, logs)]);
    let mixed: Vec<f64> = logs.iter().zip(powered).map(|(now, new)| log_sum([old + now, fresh + new])).collect();
    normalised(&mixed)
}

/// log π' = log ρ^ref + A/β + const, A = (1{correct} − ρ)/√(ρ(1−ρ)), ρ the mass of the correct responses under π, and 0 where ρ is 0 or 1:
/// ℓ' = ℓ_ref + (2/β)cosh(ℓ/2) for the log-odds of the correct set.
///
/// ```
/// use selfreward::papers::loops::theory::laws::of_log_odds;
/// use selfreward::papers::loops::theory::recursions::standardised;
///
/// let now = of_log_odds(0.6);
/// let next = standardised(&now, &now, &[true, false], 2.0);
/// assert!((next[0] - next[1] - (0.6 + 0.3f64.cosh())).abs() < 1e-14);
/// ```
pub fn standardised(reference: &[f64], logs: &[f64], marked: &[bool], beta: f64) -> Vec<f64> {
    let odds = log_odds(logs, marked);
    if !odds.is_finite() {
        return reference.to_vec();
    }
    // The advantages are √((1−ρ)/ρ) and −√(ρ/(1−ρ)).
    let advantage = |mark: &bool| if *mark { (-odds / 2.0).exp() } else { -(odds / 2.0).exp() };
    let advantages: Vec<f64> = marked.iter().map(advantage).collect();
    regression(reference, &advantages, beta)
}
