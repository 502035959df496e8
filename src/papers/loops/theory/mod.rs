//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 17.

pub mod labels;
pub mod mixture;
