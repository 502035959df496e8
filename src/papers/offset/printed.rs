//! What is printed of each claim: nothing, since they are this project's own.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[(
    "D1",
    "Not in the paper, which bounds how unsure the final policy is of its own favourite, not whether that is still the base model's.",
)];
