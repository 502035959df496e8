//! The vote of N answers at two responses (L5, L6).

use super::laws::{check_draws, log_binomials, log_sum, of_log_odds, softplus};
use crate::Result;
use crate::papers::Bound;
use crate::papers::check;

/// Answers of a vote, at most.
pub const MOST_VOTES: f64 = 2000.0;

/// (log v_N, log(1 − v_N)) from (log p, log(1 − p)), v_N(p) = P[Bin(N,p) > N/2] + ½P[Bin(N,p) = N/2]: each side is a sum of what it holds.
///
/// # Errors
/// [`crate::Error::Argument`] unless N is a whole number from 1 to 2000.
pub fn log_vote([right, wrong]: [f64; 2], votes: f64) -> Result<[f64; 2]> {
    let n = check_draws(votes, MOST_VOTES)?;
    let binomials = log_binomials(n);
    let power = |log: f64, count: u32| if count == 0 { 0.0 } else { f64::from(count) * log };
    let term = |k: u32| binomials[k as usize] + power(right, k) + power(wrong, n - k);
    let half = |side: fn(u32, u32) -> bool| {
        let terms: Vec<f64> = (0..=n).filter(|&k| side(2 * k, n)).map(term).collect();
        let tie = n.is_multiple_of(2).then(|| term(n / 2) - 2f64.ln());
        log_sum(terms.into_iter().chain(tie).collect::<Vec<_>>())
    };
    Ok([half(|twice, n| twice > n), half(|twice, n| twice < n)])
}

/// The log-odds of the winner of a vote, from those of an answer (L6); ±∞ beyond the range of doubles.
///
/// # Errors
/// As [`log_vote`].
///
/// ```
/// use selfreward::papers::loops::theory::votes::vote_log_odds;
///
/// // p = 3/4, N = 3: v = p²(3 − 2p) = 27/32.
/// assert!((vote_log_odds(3f64.ln(), 3.0)? - (27f64 / 5.0).ln()).abs() < 1e-14);
/// // Two answers are worth one.
/// assert!((vote_log_odds(0.7, 2.0)? - 0.7).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn vote_log_odds(log_odds: f64, votes: f64) -> Result<f64> {
    let [right, wrong] = log_vote(of_log_odds(log_odds), votes)?;
    Ok(right - wrong)
}

/// 2v_N(p) − 1 from the log-odds of p, with its digits near p = ½ (L5).
///
/// # Errors
/// As [`log_vote`].
pub fn vote_balance(log_odds: f64, votes: f64) -> Result<f64> {
    Ok((vote_log_odds(log_odds, votes)? / 2.0).tanh())
}

/// One round of majority-reward, ℓ' = ℓ + (2v_N(p) − 1)/β (L5).
///
/// # Errors
/// As [`log_vote`]; [`crate::Error::Argument`] unless β > 0.
pub fn majority_reward(log_odds: f64, votes: f64, beta: f64) -> Result<f64> {
    Ok(log_odds + vote_balance(log_odds, votes)? / check::positive("beta", beta)?)
}

/// The slope of v_N at ½: N·C(N−1, (N−1)/2)·2^{1−N} for odd N, that of N − 1 for even N (L6).
///
/// # Errors
/// As [`log_vote`].
///
/// ```
/// use selfreward::papers::loops::theory::votes::slope_at_half;
///
/// assert!((slope_at_half(3.0)? - 1.5).abs() < 1e-15);
/// assert_eq!(slope_at_half(2.0)?, 1.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn slope_at_half(votes: f64) -> Result<f64> {
    let n = odd(check_draws(votes, MOST_VOTES)?);
    let middle = log_binomials(n - 1)[(n as usize - 1) / 2];
    Ok(f64::from(n) * (middle + f64::from(n - 1) * 0.5f64.ln()).exp())
}

/// (m, log C(N, m)): v_N(p) = C(N, m)p^m(1 + o(1)) at p = 0, with m = (N+1)/2 for odd N, and that of N − 1 for even N (L6).
///
/// # Errors
/// As [`log_vote`].
pub fn order_at_zero(votes: f64) -> Result<(f64, f64)> {
    let n = odd(check_draws(votes, MOST_VOTES)?);
    let m = n.div_ceil(2);
    Ok((f64::from(m), log_binomials(n)[m as usize]))
}

/// N, or N − 1 where that is odd: v_{2k} = v_{2k−1}.
fn odd(n: u32) -> u32 {
    if n.is_multiple_of(2) { n - 1 } else { n }
}

/// The map of a vote (`vote`, L5 and L6): the value is the probability of the response after T rounds of majority-sft, p' = v_N(p); with a
/// β also that after T rounds of majority-reward.
///
/// # Errors
/// [`crate::Error::Argument`] unless 0 < p < 1, N is a whole number from 1 to 2000, 1 ≤ T ≤ 10^6 and β > 0.
///
/// ```
/// use selfreward::papers::loops::theory::votes::vote;
///
/// let bound = vote(0.6, 5.0, 1, None)?;
/// assert!((bound.value() - 0.68256).abs() < 1e-12);
/// assert!((bound.intermediate("slope_at_half").expect("it is there") - 1.875).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn vote(probability: f64, votes: f64, rounds: u32, beta: Option<f64>) -> Result<Bound> {
    let start = check::open_unit("start", probability)?;
    let rounds = check::rounds(rounds)?;
    let (order, log_coefficient) = order_at_zero(votes)?;
    let start = start.ln() - (-start).ln_1p();
    let mut iterates = vec![start];
    let mut rewarded = start;
    for _ in 0..rounds {
        let now = iterates[iterates.len() - 1];
        let next = if now.is_finite() { vote_log_odds(now, votes)? } else { now };
        iterates.push(next);
        if let Some(beta) = beta {
            rewarded = majority_reward(rewarded, votes, beta)?;
        }
    }
    let at = |log_odds: f64| (-softplus(-log_odds)).exp();
    let last = iterates[iterates.len() - 1];
    let mut bound = Bound::new("vote", at(last), false)
        .with("one_round", at(vote_log_odds(start, votes)?))
        .with("slope_at_half", slope_at_half(votes)?)
        .with("order_at_zero", order)
        .with("coefficient_at_zero", log_coefficient.exp())
        .with("log_odds", last);
    if beta.is_some() {
        bound = bound.with("majority_reward", at(rewarded)).with("majority_reward_log_odds", rewarded);
    }
    if iterates.len() <= 100 {
        bound = bound.with_list("iterates", iterates.into_iter().map(at).collect());
    }
    Ok(bound
        .assuming("two responses; a tie is broken uniformly")
        .assuming("population rounds on one-hot features, trained on the winner alone (or rewarded by it)"))
}
