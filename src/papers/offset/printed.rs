//! What is printed of each claim: nothing, since they are this project's own.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    (
        "D1",
        "Not in the paper, which bounds how unsure the final policy is of its own favourite, not whether that is still the base model's.",
    ),
    ("M1", "Not in the paper, whose class holds the population update π_t^{1+1/β} itself."),
    ("M2", "Not in the paper, whose loss has the minimum 0 (Eqs. 12–14)."),
    ("M3", "Not in the paper, in whose class T population rounds at β are one at β' with 1 + 1/β' = (1 + 1/β)^T."),
    (
        "M4",
        "Not in the paper, in whose class a population round keeps every mode, lowers the entropy, and has C_{π_{t+1}/π_t} ≤ κ_t.",
    ),
    ("M5", "Not in the paper, in whose class a complete sample has no error."),
    ("M6a", "Not in the paper."),
    ("M6b", "Not in the paper."),
    ("M6c", "Not in the paper."),
    ("M7", "Theorem 5.3 asks for realizability in every round, so it has no floor."),
];
