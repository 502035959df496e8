//! What is printed of each claim: nothing, since they are this project's own.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    (
        "D1",
        "Not in the paper, which bounds how unsure the final policy is of its own favourite, not whether that is still the base model's.",
    ),
    ("M5", "Not in the paper, in whose class a complete sample has no error."),
    ("M6a", "Not in the paper."),
    ("M6b", "Not in the paper."),
    ("M6c", "Not in the paper."),
    ("M7", "Theorem 5.3 asks for realizability in every round, so it has no floor."),
];
