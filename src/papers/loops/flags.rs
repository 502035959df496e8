//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
