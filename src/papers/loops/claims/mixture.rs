//! Prompts whose favourite is right, and others whose is wrong (L7).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
