//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("Q1", "Ours, after the self-excitation of critics in arXiv 2310.04411 (code and conclusion read)."),
    ("Q2", "Ours, after the self-excitation of critics in arXiv 2310.04411 (code and conclusion read)."),
    ("Q3", "Ours, after the self-excitation of critics in arXiv 2310.04411 (code and conclusion read)."),
    ("Q4a", "Ours, on the map of arXiv 2503.06639, of which the abstract was read."),
    ("Q4b", "Ours."),
    ("Q5", "Known at second hand from arXiv 2602.12180, and derived again."),
    ("L1", "Ours; the loss is that of direct preference optimisation, as generally known."),
    ("L2", "Ours: the asymptotic variance of logistic regression, in the metric of the loss."),
    ("L3", "Ours."),
    ("L4", "The map is told of arXiv 2602.12180 at second hand; redone here, the step at K = 2 is ours."),
    ("L7", "Ours."),
    (
        "L8",
        "The source was known at second hand: expected rewards rise by a term in the variance of e^r; constants are ours.",
    ),
    ("L11", "Ours."),
    ("L12", "Ours."),
    ("L13", "Wright–Fisher resampling; general knowledge, derived again."),
    ("L15", "Nothing is printed of it: ours."),
    ("L17", "Ours."),
    ("L18", "Ours."),
];
