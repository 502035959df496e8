//! Claims, what weighs them, and the falsifier.

mod absence;
mod falsifier;
mod ledger;
mod papers;
mod thresholds;
mod tolerances;
mod two_papers;
mod weigh;
