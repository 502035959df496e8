//! Responses that are sequences of tokens, and their numbering.

use crate::{Error, Result};

/// The token structure of an instance: every prompt's responses are the V^L sequences of L tokens from a vocabulary of V.
///
/// Sequence y_1 … y_L has the index Σ_i y_i V^(L−i): the first token is the most significant digit in base V, so the
/// sequences that begin with a given prefix have consecutive indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    vocab: u32,
    length: u32,
    sequences: u32,
}

impl Tokens {
    /// V = `vocab` ≥ 2, L = `length` ≥ 1, V^L < 2^32.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range.
    pub fn new(vocab: u32, length: u32) -> Result<Self> {
        if vocab < 2 {
            return Err(Error::argument("instance.vocab", vocab, "at least 2"));
        }
        if length == 0 {
            return Err(Error::argument("instance.length", length, "at least 1"));
        }
        let sequences = vocab.checked_pow(length).ok_or_else(|| {
            let expected = format!("one with vocab^length < 2^32, for vocab = {vocab}");
            Error::argument("instance.length", length, expected)
        })?;
        Ok(Self { vocab, length, sequences })
    }

    /// V.
    pub fn vocab(self) -> u32 {
        self.vocab
    }

    /// L.
    pub fn length(self) -> u32 {
        self.length
    }

    /// V^L, the number of sequences.
    pub fn sequences(self) -> u32 {
        self.sequences
    }

    /// V^(L−`depth`): how many sequences begin with one given prefix of `depth` ≤ L tokens.
    pub fn continuations(self, depth: u32) -> u32 {
        self.vocab.pow(self.length.saturating_sub(depth))
    }

    /// y_1, …, y_L of the sequence with this index, which is below V^L.
    pub fn of(self, sequence: u32) -> impl Iterator<Item = u32> {
        (1..=self.length).map(move |depth| sequence / self.continuations(depth) % self.vocab)
    }

    /// The index of a sequence given by its tokens.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there are L tokens, each below V.
    pub fn index(self, tokens: &[u32]) -> Result<u32> {
        if tokens.len() != self.length as usize {
            return Err(Error::argument("number of tokens", tokens.len(), format!("{}", self.length)));
        }
        if let Some((i, token)) = tokens.iter().enumerate().find(|(_, token)| **token >= self.vocab) {
            return Err(Error::argument(format!("token {}", i + 1), token, format!("one below {}", self.vocab)));
        }
        Ok(tokens.iter().fold(0, |index, token| index * self.vocab + token))
    }
}
