//! Autoregressive instances: tabular policies over token sequences, given by their token-level conditionals (claims C14, C15).
//!
//! A law is described by the probabilities of next tokens; the instance holds what they multiply to, one logit for each
//! sequence, in lumped rows. Logits are given relative to the most numerous sequences, whose logit is 0.

use rand::{Rng, RngExt};

use super::greedy_trap::GreedyTrap;
use super::{FeatureMap, Instance, Parameter, Tokens, uniform_weights};
use crate::logits::{Atom, LogitTable};
use crate::seed::{Purpose, Seed};
use crate::{Error, Result, memory};

/// Description of an autoregressive instance with p(x) = 1/M.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoregressive {
    /// M ≥ 1.
    pub prompts: usize,
    /// π_0(·|x), up to the naming of tokens, which is drawn anew for each prompt.
    pub law: Law,
}

/// The base policy at every prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// One token is likelier than the others at every step.
    TopToken(TopToken),
    /// Greedy decoding misses the optimal sequence.
    GreedyTrap(GreedyTrap),
}

impl Law {
    /// V and L.
    pub fn tokens(&self) -> Tokens {
        match self {
            Self::TopToken(law) => law.tokens,
            Self::GreedyTrap(law) => law.tokens(),
        }
    }

    /// π_0(y*|x), the largest probability of a sequence; κ_0 is its reciprocal.
    pub fn optimum_probability(&self) -> f64 {
        match self {
            Self::TopToken(law) => law.optimum_probability(),
            Self::GreedyTrap(law) => law.optimum_probability(),
        }
    }

    /// How many sequences of a prompt need a logit of their own.
    pub fn atoms(&self) -> u64 {
        match self {
            Self::TopToken(law) => law.atoms(),
            Self::GreedyTrap(law) => law.atoms(),
        }
    }

    /// Draws y* and the other hidden tokens of a prompt; returns the sequences whose logit is not 0, by ascending index.
    fn draw(&self, rng: &mut impl Rng) -> Vec<Atom> {
        match self {
            Self::TopToken(law) => law.draw(rng),
            Self::GreedyTrap(law) => law.draw(rng),
        }
    }
}

/// Bytes for one atom: base parameter, the parameters of two rounds, and what an update holds beside them.
const ATOM_BYTES: u64 = 100;

impl Autoregressive {
    /// Refuses an instance whose sequences with a logit of their own do not fit into memory.
    ///
    /// # Errors
    /// [`Error::TooLarge`] with the estimate and the limit.
    pub fn check_memory(&self) -> Result<()> {
        let prompt = ATOM_BYTES.saturating_mul(self.law.atoms().saturating_add(1));
        memory::require("the autoregressive instance", prompt.saturating_mul(self.prompts as u64))
    }

    /// Draws the instance; everything in it is a function of the seed.
    ///
    /// # Errors
    /// [`Error::TooLarge`] as [`check_memory`](Self::check_memory), [`Error::Argument`] if there is no prompt.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        self.check_memory()?;
        let tokens = self.law.tokens();
        let mut rng = seed.rng(Purpose::Labels, 0, 0);
        let mut table = LogitTable::default();
        for _ in 0..self.prompts {
            let atoms = self.law.draw(&mut rng);
            let rest = tokens.sequences() - atoms.len() as u32;
            table.push(atoms, 0.0, rest);
        }
        let features = FeatureMap::one_hot(vec![tokens.sequences(); self.prompts]);
        Instance::new(uniform_weights(self.prompts), features, Parameter::tabular(table), None)?.with_tokens(tokens)
    }
}

/// Remark 4.2 with equality: at every step, whatever came before, the token of y* has probability α and each of the V − 1
/// others (1−α)/(V−1).
///
/// A sequence that shares k tokens with y* has probability α^k ((1−α)/(V−1))^(L−k), hence, up to a constant, the logit
/// k log(α(V−1)/(1−α)). The constant makes the logit of the most numerous k zero. κ_0 = α^(−L).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopToken {
    tokens: Tokens,
    top: f64,
    /// The k shared by the most sequences.
    common: u32,
}

impl TopToken {
    /// α = `top` in (1/V, 1).
    ///
    /// # Errors
    /// [`Error::Argument`] for an α out of range.
    pub fn new(tokens: Tokens, top: f64) -> Result<Self> {
        let uniform = 1.0 / f64::from(tokens.vocab());
        if !(top > uniform && top < 1.0) {
            let expected = format!("a number strictly between 1/vocab = {uniform} and 1");
            return Err(Error::argument("instance.top", top, expected));
        }
        let common = (0..=tokens.length()).max_by_key(|&shared| sequences_sharing(tokens, shared)).unwrap_or(0);
        Ok(Self { tokens, top, common })
    }

    fn optimum_probability(&self) -> f64 {
        self.top.powi(self.tokens.length() as i32)
    }

    fn atoms(&self) -> u64 {
        u64::from(self.tokens.sequences()) - sequences_sharing(self.tokens, self.common)
    }

    fn draw(&self, rng: &mut impl Rng) -> Vec<Atom> {
        let vocab = self.tokens.vocab();
        let optimum = rng.random_range(0..self.tokens.sequences());
        let last = optimum % vocab;
        let weight = (self.top * f64::from(vocab - 1) / (1.0 - self.top)).ln();
        let mut atoms = Vec::with_capacity(self.atoms() as usize);
        for prefix in 0..self.tokens.sequences() / vocab {
            let shared = self.shared(prefix * vocab + last, optimum) - 1;
            // Where the prefix already shares the common number, all last tokens but that of y* lead to the rest.
            let ends = if shared == self.common { last..last + 1 } else { 0..vocab };
            for token in ends {
                let shared = shared + u32::from(token == last);
                if shared != self.common {
                    let logit = (f64::from(shared) - f64::from(self.common)) * weight;
                    atoms.push(Atom { response: prefix * vocab + token, logit });
                }
            }
        }
        atoms
    }

    /// How many tokens two sequences share, place by place.
    fn shared(&self, sequence: u32, other: u32) -> u32 {
        self.tokens.of(sequence).zip(self.tokens.of(other)).map(|(a, b)| u32::from(a == b)).sum()
    }
}

/// C(L,k) (V−1)^(L−k): the number of sequences that share exactly k tokens with a given one; below 2^32 as V^L is.
fn sequences_sharing(tokens: Tokens, shared: u32) -> u64 {
    let length = u64::from(tokens.length());
    let places = (0..u64::from(shared)).fold(1, |product, i| product * (length - i) / (i + 1));
    places * u64::from(tokens.vocab() - 1).pow(tokens.length() - shared)
}
