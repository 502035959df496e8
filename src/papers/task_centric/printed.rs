//! What is printed of each claim: its full text was not available, so nothing here is the paper's.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[];
