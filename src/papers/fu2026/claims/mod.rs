//! Every statement of the paper that has a row in the ledger, one file for each section of the theory.

mod companion;
mod complexity;
mod consequences;
pub(super) mod counterexample;
mod curves;
mod estimation;
mod iterative;
mod one_step;
mod rates;
mod recurrence;
mod single_step;

use crate::claims::{Claim, Source};

/// The claims, section by section.
pub(super) const CLAIMS: &[&[Claim]] = &[
    one_step::CLAIMS,
    estimation::CLAIMS,
    single_step::CLAIMS,
    recurrence::CLAIMS,
    iterative::CLAIMS,
    counterexample::CLAIMS,
    rates::CLAIMS,
    consequences::CLAIMS,
    complexity::CLAIMS,
    companion::CLAIMS,
];

/// Rows with the quantities of the proof chain: random instances, awkward ones among them.
const AUDIT: &[Source] = &[Source { experiment: "proof_audit", part: "" }];
