//! The bounds by name: what each needs, and how it is evaluated. Each file has those of its claims.

mod floor;
mod offline;
mod sft;

use crate::papers::BoundEntry;

/// Every bound, in the order of the theory.
pub(super) const BOUNDS: &[BoundEntry] = &[sft::SFT, floor::FLOOR, offline::OFFLINE];
