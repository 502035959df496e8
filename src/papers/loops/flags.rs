//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("right", Kind::Real, "Share w of prompts whose favourite is right, in (0, 1)"),
    flag("right-gap", Kind::Real, "Lead a of a right favourite over the other response, nats"),
    flag("wrong-gap", Kind::Real, "Lead b of a wrong favourite over the right response, nats"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
