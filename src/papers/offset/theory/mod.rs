//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 13.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | the drift lemma | D1 | [`drift`] |

pub mod drift;
