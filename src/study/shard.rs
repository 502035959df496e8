//! Shards: a study dealt out to several processes.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// The i-th of N parts of a study's cells, i = 1, …, N.
///
/// ```
/// use selfreward::study::Shard;
///
/// let shards = ["1/3", "2/3", "3/3"].map(|text| text.parse::<Shard>());
/// // Each cell belongs to one shard.
/// for position in 0..100 {
///     assert_eq!(shards.iter().filter(|shard| shard.as_ref().is_ok_and(|s| s.holds(position))).count(), 1);
/// }
/// assert!("4/3".parse::<Shard>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// All cells.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// i.
    pub fn index(self) -> usize {
        self.index
    }

    /// N.
    pub fn count(self) -> usize {
        self.count
    }

    /// Whether the cell that stands at `position` in the order of cost belongs to this shard.
    ///
    /// Cells are dealt like cards, dearest first, so that shards cost about the same.
    pub fn holds(self, position: usize) -> bool {
        position % self.count == self.index - 1
    }

    /// What it adds to the name of a store: nothing if it is the whole.
    pub fn suffix(self) -> String {
        if self.count == 1 { String::new() } else { format!("-shard-{}-of-{}", self.index, self.count) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index, count }),
            _ => Err(Error::argument("shard", text, "i/N with 1 ≤ i ≤ N, for example 2/4")),
        }
    }
}
