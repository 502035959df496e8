//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("L1", "Ours; the loss is that of direct preference optimisation, as generally known."),
    ("L2", "Ours: the asymptotic variance of logistic regression, in the metric of the loss."),
    ("L3", "Ours."),
    ("L4", "The map is told of arXiv 2602.12180 at second hand; redone here, the step at K = 2 is ours."),
    ("L7", "Ours."),
    ("L17", "Ours."),
];
