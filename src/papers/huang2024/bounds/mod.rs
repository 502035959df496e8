//! The bounds by name: what each needs, and how it is evaluated. Each file has those of its claims.

mod adaptive;
mod best_of_n;
mod floor;
mod offline;
mod sft;

use crate::papers::BoundEntry;

/// Every bound, in the order of the theory.
pub(super) const BOUNDS: &[BoundEntry] =
    &[best_of_n::BEST_OF_N, sft::SFT, adaptive::ADAPTIVE, floor::FLOOR, offline::OFFLINE];
