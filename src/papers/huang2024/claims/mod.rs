//! Every statement of the chapter that has a row in the ledger.

mod adaptive;
mod autoregressive;
mod best_of_n;
mod budgets;
mod floor;
mod misspecified;
mod offline;
mod printed;
mod sft;
mod sharpened;

use crate::claims::Claim;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] = &[
    best_of_n::CLAIMS,
    budgets::CLAIMS,
    sft::CLAIMS,
    adaptive::CLAIMS,
    floor::CLAIMS,
    offline::CLAIMS,
    sharpened::CLAIMS,
    autoregressive::CLAIMS,
    misspecified::CLAIMS,
    printed::CLAIMS,
];

/// ρ of the explicit claims: the share of runs that a true statement may miss.
const RHO: f64 = 0.1;
/// Standard errors that a mean may lie from what is said of its expectation: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
