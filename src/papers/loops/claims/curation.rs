//! Curation: one of K draws is kept in proportion to e^r (L8).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
