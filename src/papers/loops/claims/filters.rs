//! A verifier with errors and a gate on confidence (L10, L15).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
