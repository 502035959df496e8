//! Every statement of the chapter that has a row in the ledger.

use crate::claims::Claim;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] = &[];
