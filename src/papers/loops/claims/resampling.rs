//! Training on one's own unfiltered answers (L13).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
