//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("omega", Kind::Real, "Least probability ω under π_t of a response that became the mode"),
    flag("trace", Kind::Real, "Trace D of the whitened noise, nats²"),
    flag("sup", Kind::Real, "Largest noise V of a whitened pair, nats"),
    flag("spread", Kind::Real, "Largest eigenvalue λ of the whitened noise, nats²"),
    flag("s", Kind::Real, "Share s of the Gram matrix that a sample may miss [default: the least whose chance is ρ/2]"),
    flag("x", Kind::Real, "Deviation x, exceeded with probability e^-x [default: log(2/ρ)]"),
    flag("approximation", Kind::Real, "Root ε_app of the least population loss that a step can have, nats"),
    flag("estimation", Kind::Real, "Distance e of the step from the population's, nats"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
