//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 13.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | the drift lemma | D1 | [`drift`] |
//! | the population loop, round by round | M3 | [`population`] |
//! | one prompt of three answers | M4 | [`three_answers`] |
//! | a sampled step | M5 | [`excess`] |
//! | failure with its floor | M7 | [`floor`] |

pub mod drift;
pub mod excess;
pub mod floor;
pub mod population;
pub mod three_answers;
