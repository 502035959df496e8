//! Claims, what weighs them, and the falsifier.

mod absence;
mod anywhere;
mod counterexample;
mod falsifier;
mod floor;
mod ledger;
#[path = "../npz_support/mod.rs"]
mod npz_support;
mod papers;
mod thresholds;
mod tolerances;
mod two_papers;
mod weigh;
