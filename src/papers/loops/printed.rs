//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    (
        "L8",
        "The source was known at second hand: expected rewards rise by a term in the variance of e^r; constants are ours.",
    ),
    ("L15", "Nothing is printed of it: ours."),
];
