//! Greedy decoding of an autoregressive policy: when it must find the optimal sequence, and when it can miss it
//! (Proposition 4.3).

use crate::error::Result;
use crate::theory::bound::Bound;
use crate::theory::check;

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
