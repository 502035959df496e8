//! What is printed of each claim: not known, since the full text of arXiv 2602.10014 was not available.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("T1", "The full text was not available; ours, for a tabular class."),
    ("T2", "The full text was not available; ours, for a finite class and its likeliest member."),
    ("T3", "The full text was not available; ours: the scalar map of T2 where all prompts accept alike."),
    ("T4", "The full text was not available; ours: Jensen's inequality, as in expectation maximisation."),
    ("T6", "The full text was not available; ours: a chain in which a solved level helps the next."),
];
