//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    (
        "U1",
        "Ours; self-rewarding (arXiv 2601.22513) and spin (arXiv 2401.01335, whose map is known at second hand) are two of its points.",
    ),
    ("U2", "Ours; that population DPO finds its optimum whatever the pairs is known at second hand, and redone."),
    (
        "U3",
        "Maps of named loops: sharpening-rlhf, sharpening-sft and sharpening-sft-adaptive as in arXiv 2412.01951, self-rewarding as in 2601.22513; spin (2401.01335), win-rate-ipo (2602.12180) and curation (2407.09499) at second hand; task-centric (2602.10014) and grpo-mirror (2503.06639) from abstracts; the others are general knowledge or ours.",
    ),
    (
        "Q1",
        "Ours, after the self-excitation of critics in arXiv 2310.04411 (its code and conclusion read, its theorems recalled).",
    ),
    (
        "Q2",
        "Ours, after the self-excitation of critics in arXiv 2310.04411 (its code and conclusion read, its theorems recalled).",
    ),
    (
        "Q3",
        "Ours, after the self-excitation of critics in arXiv 2310.04411 (its code and conclusion read, its theorems recalled).",
    ),
    ("Q4a", "Ours, on the map of arXiv 2503.06639, of which the abstract was read."),
    ("Q4b", "Ours."),
    ("Q5", "Known at second hand from arXiv 2602.12180, and derived again."),
    ("L1", "Ours; the loss is that of direct preference optimisation, as generally known."),
    ("L2", "Ours: the asymptotic variance of logistic regression, in the metric of the loss."),
    ("L3", "Ours."),
    ("L4", "The map is told of arXiv 2602.12180 at second hand; redone here, the step at K = 2 is ours."),
    ("L5", "Ours; majority votes as a reward are general knowledge."),
    ("L6", "Ours; Condorcet's v_N is general knowledge, its order at 0 and slope at ½ follow by hand."),
    ("L7", "Ours."),
    (
        "L8",
        "The source was known at second hand: expected rewards rise by a term in the variance of e^r; constants are ours.",
    ),
    ("L10", "Ours; filtering with a verifier is general knowledge."),
    ("L11", "Ours."),
    ("L12", "Ours."),
    ("L13", "Wright–Fisher resampling; general knowledge, derived again."),
    ("L15", "Nothing is printed of it: ours."),
    ("L17", "Ours."),
    ("L18", "Ours."),
];
