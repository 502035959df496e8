//! Labels of pairs: temperature, flips, hard labels, and what a label or a noisy judge costs (L1–L4, L17).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
