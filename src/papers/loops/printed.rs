//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[];
