//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 13.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | the drift lemma | D1 | [`drift`] |
//! | a sampled step of the misspecified class | M5 | [`excess`] |
//! | failure with its floor | M7 | [`floor`] |

pub mod drift;
pub mod excess;
pub mod floor;
