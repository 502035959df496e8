//! Right-hand sides of the sharpening mechanism, as functions of numbers (claims S). Derivations are in `docs/theory.md`, section 14.
//!
//! | result | claim | where |
//! | --- | --- | --- |
//! | the likeliest of N draws | S1, S2 | [`best_of_n`] |
//! | the adaptive rule | S5 | [`adaptive`] |
//! | the sharpened law ∝ π_0^{1+1/β} | S10 | [`sharpened`] |
//! | two tokens of two words | S11 | [`autoregressive`] |
//! | right-hand sides that are false as printed | rows `.printed` | [`printed`] |

pub mod adaptive;
pub mod autoregressive;
pub mod best_of_n;
pub mod printed;
pub mod sharpened;
