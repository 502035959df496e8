//! The right-hand sides, as pure functions of numbers. Notation is that of [`crate::theory`]; derivations are in `docs/theory.md`,
//! section 17.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | curation from K draws | L8 | [`curation`] |
//! | a gate on confidence | L15 | [`gate`] |

pub mod curation;
pub mod gate;
