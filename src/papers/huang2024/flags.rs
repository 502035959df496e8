//! The numbers that the chapter's bounds ask for, beyond those that another paper declares.

use crate::papers::Flag;

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[];
