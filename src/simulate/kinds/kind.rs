//! The kind that a configuration names.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Entry, Nature, npz, tabular};

/// A kind of instance, one of [`super::KINDS`]; without a name, `npz`.
///
/// ```
/// use selfreward::simulate::config::Kind;
///
/// assert_eq!(Kind::named("tabular"), Some(Kind::TABULAR));
/// assert_eq!(Kind::named("tabula"), None);
/// ```
#[derive(Clone, Copy)]
pub struct Kind(&'static Entry);

impl Kind {
    /// Features from a file.
    pub const NPZ: Self = Self(&npz::ENTRY);
    /// One-hot features.
    pub const TABULAR: Self = Self(&tabular::ENTRY);

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Entry::named(name).map(Self)
    }

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// All that is declared of it.
    pub fn entry(self) -> &'static Entry {
        self.0
    }

    /// Whether something is true of it.
    pub fn is(self, nature: Nature) -> bool {
        self.0.nature.contains(&nature)
    }

    /// Its name at the start of a sentence.
    pub(crate) fn capitalised(self) -> String {
        let (first, rest) = self.name().split_at(1);
        first.to_uppercase() + rest
    }
}

impl Default for Kind {
    fn default() -> Self {
        Self::NPZ
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Kind {}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::named(&name).ok_or_else(|| D::Error::custom(format!("{name}: expected one of the kinds of instance")))
    }
}
