//! Every statement of the chapter that has a row in the ledger.

mod adaptive;
mod autoregressive;
mod best_of_n;
mod laws;
mod misspecified;
mod printed;
mod sharpened;

use crate::claims::Claim;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] = &[
    best_of_n::CLAIMS,
    adaptive::CLAIMS,
    sharpened::CLAIMS,
    autoregressive::CLAIMS,
    misspecified::CLAIMS,
    printed::CLAIMS,
];
