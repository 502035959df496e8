//! Claims, what weighs them, and the falsifier.

mod absence;
mod catalogue;
mod falsifier;
mod ledger;
mod thresholds;
mod tolerances;
mod weigh;
