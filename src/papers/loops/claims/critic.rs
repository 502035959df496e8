//! Pairs that stay and pairs that are drawn anew: the gain of each direction (Q1–Q3).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
