//! One loop: its multiplier, what it does not depend on, the order of its decay (U1–U3).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
