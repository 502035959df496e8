//! The bounds by name: what each needs, and how it is evaluated. Each file has those of its claims.

mod critic;
mod memory;
mod mixture;
mod normalised;
mod unified;
mod votes;

use crate::papers::BoundEntry;

/// Every bound, in the order of the theory.
pub(super) const BOUNDS: &[BoundEntry] =
    &[unified::LOOP_MAP, critic::EXCITATION, normalised::TIME, votes::VOTE, mixture::RISE_THEN_FALL, memory::REPLAY];
