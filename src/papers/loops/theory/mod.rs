//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 17.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | one set of pairs in all rounds | Q1, Q2 | [`critic`] |
//! | standardised rewards: finite time, frozen reference | Q4a, Q4b | [`normalised`] |
//! | preferences in a circle | Q5 | [`preference`] |
//! | curation from K draws | L8 | [`curation`] |
//! | replayed and accumulated data | L11, L12 | [`memory`] |
//! | unfiltered answers | L13 | [`resampling`] |
//! | a gate on confidence | L15 | [`gate`] |
//! | plain gradient steps on the entropy | L18 | [`entropy`] |

pub mod critic;
pub mod curation;
pub mod entropy;
pub mod gate;
pub mod labels;
pub mod memory;
pub mod mixture;
pub mod normalised;
pub mod preference;
pub mod resampling;
