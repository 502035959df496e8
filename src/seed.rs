//! Randomness that depends on values alone.
//!
//! A [`Seed`] is 256 bits. Seeds of replicates (and of cells of a grid) are derived from a parent by SHA-256 over a label
//! and a value, so neither the order nor the number of the others enters. Within a replicate every use of randomness has
//! its own ChaCha8 stream, numbered by ([`Purpose`], round, prompt): what one prompt draws never shifts what another draws.

use std::fmt;
use std::str::FromStr;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// What a random stream is used for. The discriminants are part of every result: never renumber them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Features φ(x,y) of a synthetic instance.
    Features = 1,
    /// The base parameter θ_0.
    Parameter = 2,
    /// Favoured and hidden labels.
    Labels = 3,
    /// How often each prompt is drawn in a round.
    Prompts = 4,
    /// Pairs of responses drawn at a prompt in a round.
    Responses = 5,
    /// Noise of the self-judge in a round.
    Noise = 6,
    /// Replicates drawn with replacement: the "round" is the group, the "prompt" the resample.
    Bootstrap = 7,
    /// Sizes, prompt weights and character of a random instance.
    Shape = 8,
    /// Rays of a finite class, numbered in place of the prompt.
    Class = 9,
    /// Choice among the consistent members of a finite class in a round.
    Choice = 10,
    /// Candidates of the falsifier's search.
    Search = 11,
    /// Laws that a claim is weighed on, constructed.
    Laws = 12,
    /// Labels of the pairs drawn at a prompt in a round.
    Labelling = 13,
    /// How many draws the candidates of a prompt took in a round.
    Draws = 14,
    /// Fixed logits of a synthetic instance.
    Offset = 15,
    /// The parameter of a linear reward from outside.
    Reward = 16,
}

/// A 256-bit seed.
///
/// ```
/// use rand::RngExt;
/// use selfreward::seed::{Purpose, Seed};
///
/// let seed = Seed::from_number(1);
/// let draw = |seed: Seed, round, prompt| -> u64 { seed.rng(Purpose::Responses, round, prompt).random() };
/// // A stream is a function of seed, purpose, round and prompt, and of nothing that was drawn before.
/// assert_eq!(draw(seed, 3, 7), draw(seed, 3, 7));
/// assert_ne!(draw(seed, 3, 7), draw(seed, 3, 8));
/// assert_ne!(draw(seed, 3, 7), draw(seed.child("replicate", 0), 3, 7));
/// // What is printed is read back.
/// assert_eq!(seed.to_string().parse::<Seed>()?, seed);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed that stands for a whole number given by a person.
    pub fn from_number(number: u64) -> Self {
        Self(Sha256::new().chain_update(b"selfreward root").chain_update(number.to_le_bytes()).finalize().into())
    }

    /// The seed of the `value`-th thing of the kind `label` below this one (a replicate, a cell).
    pub fn child(&self, label: &str, value: u64) -> Self {
        self.derive(label, &value.to_le_bytes())
    }

    /// The seed of the thing of the kind `label` that is known by `name` (an experiment by its name, a cell by its values).
    pub fn named(&self, label: &str, name: &str) -> Self {
        self.derive(label, name.as_bytes())
    }

    fn derive(&self, label: &str, value: &[u8]) -> Self {
        let length = label.len() as u64;
        let hash = Sha256::new()
            .chain_update(self.0)
            .chain_update(length.to_le_bytes())
            .chain_update(label.as_bytes())
            .chain_update(value);
        Self(hash.finalize().into())
    }

    /// The generator for one purpose in one round at one prompt (0 where there is none).
    ///
    /// The stream number packs the purpose into 4 bits, the round into 24 and the prompt into 36.
    pub fn rng(&self, purpose: Purpose, round: usize, prompt: usize) -> ChaCha8Rng {
        debug_assert!(round < 1 << 24 && prompt < 1 << 36);
        let mut rng = ChaCha8Rng::from_seed(self.0);
        rng.set_stream((purpose as u64) << 60 | (round as u64) << 36 | prompt as u64);
        rng
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({self})")
    }
}

impl FromStr for Seed {
    type Err = Error;

    /// Reads a whole number below 2^64, or `0x` and 64 hexadecimal digits (a derived seed).
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::argument("seed", text, "a whole number below 2^64, or 0x and 64 hexadecimal digits");
        match text.strip_prefix("0x") {
            None => text.parse().map(Self::from_number).map_err(|_| wrong()),
            Some(digits) if digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                let mut bytes = [0; 32];
                for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
                }
                Ok(Self(bytes))
            }
            Some(_) => Err(wrong()),
        }
    }
}
