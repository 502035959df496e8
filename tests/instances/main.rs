//! What an instance can hold beside features and θ_0, and the kinds of instance that have it.

#[path = "../npz_support/mod.rs"]
mod npz_support;

mod kinds;
mod lately;
mod left_in_file;
mod lent;
mod linear_reward;
mod npz_arrays;
mod npz_class;
mod npz_headers;
mod npz_literals;
mod npz_logits;
mod registry;
mod three_answers;
