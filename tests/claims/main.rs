//! Claims, what weighs them, and the falsifier.

mod catalogue;
mod falsifier;
mod thresholds;
mod tolerances;
mod weigh;
