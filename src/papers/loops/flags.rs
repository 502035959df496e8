//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("alpha", Kind::Real, "Weight α of π_t in the reference ∝ π_t^α π_0^{1−α} [default: 1]"),
    flag("eigenvalues", Kind::List, "Eigenvalues g_j ≥ 0 of the Gram matrix of the pairs"),
    flag("components", Kind::List, "Components c_j of θ_0 along the eigenvectors"),
    flag("right", Kind::Real, "Share w of prompts whose favourite is right, in (0, 1)"),
    flag("right-gap", Kind::Real, "Lead a of a right favourite over the other response, nats"),
    flag("wrong-gap", Kind::Real, "Lead b of a wrong favourite over the right response, nats"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
