//! What the paper prints of each claim, in this project's notation.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[];
