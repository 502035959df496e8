//! The right-hand sides of the theory.

#[path = "../support/mod.rs"]
mod support;

mod bayes_floor;
mod bump;
mod constants;
mod counterexample;
mod effective_dimension;
mod estimation;
mod greedy;
mod hard_instance;
mod iterative;
mod least_count;
mod loops_dynamics;
mod loops_labels;
mod loops_maps;
mod loops_selection;
mod misspecified;
mod offset;
mod one_step;
mod plan;
mod recurrence;
mod reward_filter;
mod sharpening;
mod sharpening_budgets;
mod single_step;
