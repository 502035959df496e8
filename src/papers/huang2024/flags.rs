//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("probabilities", Kind::List, "Probabilities π(y) of all responses to a prompt, at least 0, with the sum 1"),
    flag("best-of", Kind::Whole, "Draws N of which the likeliest is kept"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
