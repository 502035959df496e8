//! Advantages in units of their standard deviation (Q4a, Q4b).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
