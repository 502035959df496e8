//! What the paper prints of each claim, in this project's notation.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("S3", "Not in the paper."),
    (
        "S4",
        "With N = N* log(2/δ), P_x[π̂(y*|x) ≤ 1−δ] ≲ (1/δ)·log(#Π/ρ)/n + C_cov/N* with probability ≥ 1−ρ, C_cov = κ_0, up to an absolute constant (Theorem 4.1).",
    ),
    (
        "S5b",
        "With μ = log(1/δ), P_x[π̂(y*|x) ≤ 1−δ] ≲ (1/δ)·log(#Π/ρ)/n from E m = n C_cov log(1/δ) responses (Theorem D.1); E m is n(1+log(2/δ))E_x[1/max π_0].",
    ),
    (
        "S6",
        "An algorithm that is an ε-optimal sharpener on the hard class needs m ≳ C_cov log #Π/(ε²(1 + log(C_cov/ε))) base responses (Theorem 3.1), up to a constant.",
    ),
    (
        "S7",
        "The lower bound's ε⁻² (Theorem 3.1) is met by best-of-N fine-tuning up to logarithms; adaptive stopping improves it to ε⁻¹ (Theorem D.1).",
    ),
    (
        "S9",
        "P_x[π̂(y*|x) ≤ 1−δ] ≲ (1/(γδ))·√(C_conc log³(C_loss #Π/ρ)/n) for β small enough, up to an absolute constant (Theorem 4.2), by the tail of Lemma J.1.",
    ),
];
