//! The plurality of answers as a reward, and as what is trained on (L5, L6).

use crate::claims::Claim;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[];
