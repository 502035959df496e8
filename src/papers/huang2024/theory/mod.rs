//! Right-hand sides of the sharpening mechanism, as functions of numbers (claims S). Derivations are in `docs/theory.md`, sections 14
//! and 15.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | the likeliest of N draws | S1, S2 | [`best_of_n`] |
//! | one tabular round of best-of-N fine-tuning | S3 | [`resampling`] |
//! | the likeliest member of a finite class | S4, S5b | [`sft`] |
//! | the adaptive rule | S5 | [`adaptive`] |
//! | the hard instance with hidden labels, the floor under every algorithm | S6 | [`hidden`], [`floor`] |
//! | the least draws for a failure rate | S7 | [`budget`] |
//! | sharpening by a square loss over a finite class | S9 | [`offline`] |
//! | the sharpened law ∝ π_0^{1+1/β} | S10 | [`sharpened`] |
//! | two tokens of two words | S11 | [`autoregressive`] |
//! | right-hand sides that are false as printed | rows `.printed` | [`printed`] |

pub mod adaptive;
pub mod autoregressive;
pub mod best_of_n;
pub mod budget;
pub mod floor;
pub mod hidden;
pub mod offline;
pub mod printed;
pub mod resampling;
pub mod sft;
pub mod sharpened;
