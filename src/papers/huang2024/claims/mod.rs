//! Every statement of the chapter that has a row in the ledger.

mod budgets;
mod floor;
mod offline;
mod sft;

use crate::claims::Claim;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] = &[budgets::CLAIMS, sft::CLAIMS, floor::CLAIMS, offline::CLAIMS];

/// ρ of the explicit claims: the share of runs that a true statement may miss.
const RHO: f64 = 0.1;
/// Standard errors that a mean may lie from what is said of its expectation: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
