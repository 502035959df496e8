//! The right-hand sides of the theory.

#[path = "../support/mod.rs"]
mod support;

mod bump;
mod constants;
mod effective_dimension;
mod estimation;
mod greedy;
mod hard_instance;
mod iterative;
mod misspecified;
mod offset;
mod one_step;
mod plan;
mod recurrence;
mod sharpening;
mod single_step;
