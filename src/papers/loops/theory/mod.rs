//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 17.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | the multiplier of a linear reward | U1 | [`unified`] |
//! | a population round of each named loop | U3 | [`recursions`], [`selections`] on the laws of [`laws`] |
//! | the order in which 1 − p falls | U3 | [`orders`] |
//! | one set of pairs in all rounds | Q1, Q2 | [`critic`] |
//! | standardised rewards: finite time, frozen reference | Q4a, Q4b | [`normalised`] |
//! | preferences in a circle | Q5 | [`preference`] |
//! | labels: temperature, flips, hard labels, their noise | L1–L4, L17 | [`labels`] |
//! | votes | L5, L6 | [`votes`] |
//! | right and wrong favourites | L7 | [`mixture`] |
//! | curation from K draws | L8 | [`curation`] |
//! | a verifier with errors | L10 | [`recursions`] |
//! | replayed and accumulated data | L11, L12 | [`memory`] |
//! | unfiltered answers | L13 | [`resampling`] |
//! | a gate on confidence | L15 | [`gate`] |
//! | plain gradient steps on the entropy | L18 | [`entropy`] |

pub mod critic;
pub mod curation;
pub mod entropy;
pub mod gate;
pub mod labels;
pub mod laws;
pub mod memory;
pub mod mixture;
pub mod normalised;
pub mod orders;
pub mod preference;
pub mod recursions;
pub mod resampling;
pub mod selections;
pub mod unified;
pub mod votes;
