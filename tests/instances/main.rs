//! What an instance can hold beside features and θ_0, and the kinds of instance that have it.

mod kinds;
mod npz_arrays;
mod registry;
mod three_answers;
