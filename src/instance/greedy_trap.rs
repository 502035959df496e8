//! The greedy trap of Proposition 4.3 (claim C15): greedy decoding leaves the optimal sequence at the first token.

use rand::{Rng, RngExt, seq};

use super::Tokens;
use crate::logits::Atom;
use crate::{Error, Result};

/// The law of a policy whose unique optimal sequence y* has probability p while its likeliest first token is another one.
///
/// * First token: y*_1 with probability p, the *trap* token with p + η, each of the V − 2 others with
///   r = (1 − 2p − η)/(V − 2) < p + η.
/// * After y*_1 the rest of y* is certain. After any other token with probability q, ⌊q/p⌋ + 1 hidden continuations are
///   equally likely: the fewest that keep every sequence below p. For the trap they exist if V^(L−1) > (p+η)/p, which is
///   also what uniform continuations would need; the fewest give y* its closest rivals.
/// * All other sequences would have probability 0, for which a finite parameter has no logit. They share 2^-60 equally
///   ([`FLOOR_MASS`]): the probabilities above are exact up to the factor 1/(1 + 2^-60), which is 1 in doubles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreedyTrap {
    tokens: Tokens,
    p: f64,
    trap: Branch,
    /// Every first token but y*_1 and the trap; `None` if they belong to the floor.
    other: Option<Branch>,
}

/// A first token: its probability, and how many continuations share it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Branch {
    mass: f64,
    continuations: u64,
}

/// The total probability of all sequences that Proposition 4.3 gives probability 0.
pub const FLOOR_MASS: f64 = 1.0 / (1u64 << 60) as f64;

/// Probabilities closer than this, relatively, would be told apart by rounding alone.
const RESOLUTION: f64 = 1e-9;

/// What 1 − p − (p+η) may differ from zero where 2p + η = 1.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

impl Branch {
    /// A first token of probability `mass` with the fewest continuations that keep each below p.
    fn below(p: f64, mass: f64) -> Self {
        Self { mass, continuations: (mass / p + RESOLUTION) as u64 + 1 }
    }
}

impl GreedyTrap {
    /// p = `p` in [1e-9, 1/2), η = `eta` ≥ 1e-9.
    ///
    /// # Errors
    /// [`Error::Argument`] if a condition of Proposition 4.3 is not met.
    pub fn new(tokens: Tokens, p: f64, eta: f64) -> Result<Self> {
        if !(p >= RESOLUTION && p < 0.5) {
            let expected = "at least 1e-9 and below 1/2, where greedy decoding can miss the optimum";
            return Err(Error::argument("instance.trap.p", p, expected));
        }
        if !(eta.is_finite() && eta >= RESOLUTION) {
            return Err(Error::argument("instance.trap.eta", eta, "at least 1e-9"));
        }
        let trap = p + eta;
        let remaining = 1.0 - p - trap;
        if remaining < -ROUNDING {
            let expected = format!("at most 1 - 2p = {}", 1.0 - 2.0 * p);
            return Err(Error::argument("instance.trap.eta", eta, expected));
        }
        let mut law = Self { tokens, p, trap: Branch::below(p, trap), other: None };
        if remaining > ROUNDING {
            let others = f64::from(tokens.vocab() - 2);
            let least = remaining / (trap * (1.0 - RESOLUTION));
            if others <= least {
                let expected = format!("above 2 + (1 - 2p - eta)/(p + eta) = {}", 2.0 + least);
                return Err(Error::argument("instance.vocab", tokens.vocab(), expected));
            }
            law.other = Some(Branch::below(p, remaining / others));
        }
        // No other token is likelier than the trap, so what suffices there suffices everywhere.
        if u64::from(tokens.continuations(1)) < law.trap.continuations {
            let expected = format!("one with vocab^(length-1) > (p + eta)/p = {}", trap / p);
            return Err(Error::argument("instance.length", tokens.length(), expected));
        }
        Ok(law)
    }

    /// V and L.
    pub fn tokens(&self) -> Tokens {
        self.tokens
    }

    /// p = π(y*|x).
    pub fn optimum_probability(&self) -> f64 {
        self.p
    }

    /// How many sequences are above the floor.
    pub fn atoms(&self) -> u64 {
        let others = self.other.map_or(0, |branch| branch.continuations * u64::from(self.tokens.vocab() - 2));
        1 + self.trap.continuations + others
    }

    /// Draws y*, the trap and the continuations: all sequences above the floor, by ascending index, with their logits
    /// relative to the floor.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> Vec<Atom> {
        let subtree = self.tokens.continuations(1);
        let floor = FLOOR_MASS.ln() - (f64::from(self.tokens.sequences()) - self.atoms() as f64).ln();
        let optimum = rng.random_range(0..self.tokens.sequences());
        let first = optimum / subtree;
        // Uniform over the tokens that are not y*_1.
        let trap = rng.random_range(0..self.tokens.vocab() - 1);
        let trap = trap + u32::from(trap >= first);

        let mut atoms = Vec::with_capacity(self.atoms() as usize);
        atoms.push(Atom { response: optimum, logit: self.p.ln() - floor });
        let others = if self.other.is_some() { 0..self.tokens.vocab() } else { trap..trap + 1 };
        for token in others.filter(|&token| token != first) {
            let branch = if token == trap { self.trap } else { self.other.unwrap_or(self.trap) };
            let logit = (branch.mass / branch.continuations as f64).ln() - floor;
            let endings = seq::index::sample(rng, subtree as usize, branch.continuations as usize);
            atoms.extend(endings.into_iter().map(|ending| Atom { response: token * subtree + ending as u32, logit }));
        }
        atoms.sort_unstable_by_key(|atom| atom.response);
        atoms
    }
}
