//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 17.

pub mod laws;
pub mod orders;
pub mod recursions;
pub mod selections;
pub mod unified;
pub mod votes;
