//! An external preference between responses (Q5).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
