//! Every statement of the chapter that has a row in the ledger.

mod drift;
mod excess;
mod floor;

use crate::claims::Claim;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] = &[drift::LAWS, excess::CLAIMS, floor::CLAIMS];
