//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("eigenvalues", Kind::List, "Eigenvalues g_j ≥ 0 of the Gram matrix of the pairs"),
    flag("components", Kind::List, "Components c_j of θ_0 along the eigenvectors"),
    flag("right", Kind::Real, "Share w of prompts whose favourite is right, in (0, 1)"),
    flag("right-gap", Kind::Real, "Lead a of a right favourite over the other response, nats"),
    flag("wrong-gap", Kind::Real, "Lead b of a wrong favourite over the right response, nats"),
    flag("alpha", Kind::Real, "Weight α of log π_t in the reference, ∝ π_t^α π_0^{1−α} [default: 1]"),
    flag("log-odds", Kind::Real, "Log-odds ℓ₀ of one response against another under the base policy"),
    flag(
        "external",
        Kind::Real,
        "Difference Δr° of a reward from outside between the two responses, nats [default: 0]",
    ),
    flag("preset", Kind::Word, "A loop by its name, for its α, η and Δr°: self-rewarding, frozen-reward, spin, …"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
