//! Greedy decoding of policies over token sequences.

use crate::instance::Tokens;
use crate::logits::Atom;
use crate::policy::Policy;

/// The sequence that greedy decoding of π(·|x) finds: at every step the token with the largest conditional probability
/// given those before it, the least one on a tie.
///
/// A token's conditional probability is in proportion to the probability of all sequences that begin with the prefix and
/// the token, a sum over consecutive indices. Of subtrees without atoms only the first is looked at, since they are equal;
/// so a step costs the atoms below the prefix, whatever V is. `prompt`'s responses are the sequences of `tokens`.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::decoding::greedy_decode;
/// use selfreward::instance::Tokens;
/// use selfreward::logits::LogitTable;
/// use selfreward::policy::Policy;
///
/// // Two tokens of two kinds, 00, 01, 10, 11: the first token 0 has probability 0.6, yet 10 is the likeliest sequence.
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.35f64, 0.25, 0.39, 0.01].map(f64::ln));
/// let policy = Policy::from_logits(Arc::new(table));
/// assert_eq!(policy.head(0).modal, 2);
/// assert_eq!(greedy_decode(&policy, Tokens::new(2, 2)?, 0), 0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn greedy_decode(policy: &Policy, tokens: Tokens, prompt: usize) -> u32 {
    let (row, top) = (policy.row(prompt), policy.head(prompt).logit);
    let rest = if row.rest > 0 { (row.rest_logit - top).exp() } else { 0.0 };
    let (mut first, mut below) = (0, row.atoms);
    for depth in 1..=tokens.length() {
        let size = tokens.continuations(depth);
        let token_of = |atom: &Atom| (atom.response - first) / size;
        // The least token without atoms; V if there is none.
        let mut bare = 0;
        let mut best = (0, f64::NEG_INFINITY, &below[..0]);
        for chunk in below.chunk_by(|a, b| token_of(a) == token_of(b)) {
            let token = token_of(&chunk[0]);
            bare += u32::from(token == bare);
            let atoms: f64 = chunk.iter().map(|atom| (atom.logit - top).exp()).sum();
            let mass = atoms + (f64::from(size) - chunk.len() as f64) * rest;
            if mass > best.1 {
                best = (token, mass, chunk);
            }
        }
        let bare_mass = f64::from(size) * rest;
        if bare < tokens.vocab() && (bare_mass > best.1 || (bare_mass == best.1 && bare < best.0)) {
            best = (bare, bare_mass, &below[..0]);
        }
        (first, below) = (first + best.0 * size, best.2);
    }
    first
}
