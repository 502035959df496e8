//! What is printed of each claim, where a paper prints it.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    (
        "U1",
        "Ours; the map of spin (arXiv 2401.01335) and that of self-rewarding (arXiv 2601.22513) are two of its points.",
    ),
    ("U2", "Ours; that population DPO finds its optimum whatever the pairs is known at second hand, and redone."),
    (
        "U3",
        "Maps of named loops: sharpening-rlhf, sharpening-sft and sharpening-sft-adaptive as in arXiv 2412.01951, self-rewarding as in 2601.22513; spin (2401.01335), win-rate-ipo (2602.12180) and curation (2407.09499) at second hand; task-centric (2602.10014) and grpo-mirror (2503.06639) from abstracts; the others are general knowledge or ours.",
    ),
    ("L5", "Ours; majority votes as a reward are general knowledge."),
    ("L6", "Ours; Condorcet's v_N is general knowledge, its order at 0 and slope at ½ follow by hand."),
    ("L10", "Ours; filtering with a verifier is general knowledge."),
];
