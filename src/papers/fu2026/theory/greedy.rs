//! Greedy decoding of an autoregressive policy: when it must find the optimal sequence, and when it can miss it
//! (Proposition 4.3).

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// Whether greedy decoding must recover the optimal sequence, given its probability π(y*|x) = `probability` in (0, 1].
///
/// Above 1/2 every prefix of y* has a probability above 1/2, so its next token has a conditional probability above 1/2.
/// At 1/2 only a tie-break can mislead it; below, [`greedy_trap`] does.
pub fn greedy_must_succeed(probability: f64) -> Result<bool> {
    Ok(check::positive_unit("probability", probability)? > 0.5)
}

/// Proposition 4.3 (`greedy-trap`): the policy over sequences of `length` = L tokens from a vocabulary of `vocabulary` =
/// V whose optimal sequence y* has probability p = `probability` while greedy decoding takes a trap token.
///
/// First token: y*_1 with p, the trap with p + η (`gap` = η > 0), the remaining mass 1 − 2p − η spread evenly over the
/// V − 2 others. Then certainty along y*, and uniform continuations elsewhere. The value is the largest probability of
/// any sequence but y*, max(p+η, rest) V^{−(L−1)}; vacuous, no trap, where an assumption fails. Even spreading lowers
/// every maximum, so no other continuation makes a trap where this one does not. The paper admits p = 1/2; there no
/// η > 0 exists.
pub fn greedy_trap(probability: f64, gap: f64, vocabulary: f64, length: f64) -> Result<Bound> {
    let p = check::open_unit("probability", probability)?;
    let trap = p + check::positive("gap", gap)?;
    let vocabulary = check::count("vocabulary", vocabulary)?;
    let continuations = vocabulary.powf(check::count("length", length)? - 1.0);
    let remaining = 1.0 - p - trap;
    let others = vocabulary - 2.0;
    let rest = if remaining <= 0.0 { 0.0 } else { remaining / others.max(0.0) };
    let rival = trap.max(rest) / continuations;
    let checks = [
        ("first-token probabilities sum to at most 1: 2p + eta <= 1", remaining >= 0.0),
        ("the vocabulary holds y*_1, the trap, and other tokens below it", others >= 0.0 && rest < trap),
        ("y* is the unique optimum: every other sequence has a probability below p", rival < p),
    ];
    let sound = checks.iter().all(|(_, met)| *met);
    let bound = Bound::new("greedy-trap", rival, !sound)
        .with("trap_probability", trap)
        .with("remaining_mass", remaining)
        .with("other_token_probability", rest);
    Ok(checks.into_iter().fold(bound, |bound, (name, met)| bound.checked(name, met)))
}

/// The scale s at which π_0^s, renormalised, decodes past a rival first token: p^s > m(q/m)^s beyond s = log m / log(pm/q).
///
/// The optimal sequence has probability p = `probability` in (0, 1) and is all that its first token leads to; the rival token
/// has q = `mass` in (0, 1), spread evenly over m = `continuations` ≥ 1 sequences, each below p. Population rounds have s =
/// (1 + 1/β)^t ([`rates::population_scale`](crate::theory::rates::population_scale)); 0 where the rival never wins (m = 1).
pub fn overtaking_scale(probability: f64, mass: f64, continuations: f64) -> Result<f64> {
    let p = check::open_unit("probability", probability)?;
    let q = check::open_unit("mass", mass)?;
    let m = check::count("continuations", continuations)?;
    if q / m >= p {
        return Err(Error::argument(
            "mass",
            mass,
            format!("below {}: each continuation rarer than the optimum", p * m),
        ));
    }
    Ok(m.ln() / (p * m / q).ln())
}

/// The scale s at which the optimum of π_0^s, renormalised, has probability 1/2: Σ_y e^{−s g(y)} = 1 over the other responses.
/// Beyond it greedy decoding must succeed ([`greedy_must_succeed`]).
///
/// `gaps` holds g(y) = log π_0(y*) − log π_0(y) > 0 of all the others, at least one; with a single one it is 0.
///
/// ```
/// use selfreward::theory::greedy::majority_scale;
///
/// // Two rivals at a gap of log 2: 2·2^(−s) = 1 at s = 1.
/// let gap = 2f64.ln();
/// assert!((majority_scale(&[gap, gap])? - 1.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn majority_scale(gaps: &[f64]) -> Result<f64> {
    if let Some(gap) = gaps.iter().find(|gap| !(**gap > 0.0 && gap.is_finite())) {
        return Err(Error::argument("gaps", gap, "finite numbers above 0: a unique optimum"));
    }
    let least = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    if gaps.is_empty() {
        return Err(Error::argument("gaps", "[]", "the gap of one other response at least"));
    }
    // The sum decreases in s from their number at 0, and is at most that number times e^{−s·least}.
    let (mut low, mut high) = (0.0, (gaps.len() as f64).ln() / least);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Ok(high);
        }
        let others: f64 = gaps.iter().map(|gap| (-middle * gap).exp()).sum();
        if others > 1.0 { low = middle } else { high = middle }
    }
}
