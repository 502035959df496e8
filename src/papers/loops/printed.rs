//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("Q1", "Ours, after the self-excitation of critics in arXiv 2310.04411 (code and conclusion read)."),
    ("Q2", "Ours, after the self-excitation of critics in arXiv 2310.04411 (code and conclusion read)."),
    ("Q3", "Ours, after the self-excitation of critics in arXiv 2310.04411 (code and conclusion read)."),
    ("Q4a", "Ours, on the map of arXiv 2503.06639, of which the abstract was read."),
    ("Q4b", "Ours."),
    ("Q5", "Known at second hand from arXiv 2602.12180, and derived again."),
    (
        "L8",
        "The source was known at second hand: expected rewards rise by a term in the variance of e^r; constants are ours.",
    ),
    ("L11", "Ours."),
    ("L12", "Ours."),
    ("L13", "Wright–Fisher resampling; general knowledge, derived again."),
    ("L15", "Nothing is printed of it: ours."),
    ("L18", "Ours."),
];
