//! What the paper prints of each claim, in this project's notation.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("S1", "Best-of-N is defined in Section 3; its law by levels and the semigroup of rounds are not in the paper."),
    ("S2", "Not in the paper."),
    (
        "S5",
        "Lemma I.1: E N_μ ≤ (μ + 1/|y*|)/P* and P[no draw in y*] ≤ e^{−μ|y*|}, P* the largest probability. Its proof has (1 − |y*|/P*) in place of (1 − |y*|P*).",
    ),
    ("S5b.printed-draws", "Theorem D.1: E m = nC_cov log(1/δ) up to constants, m the responses drawn."),
    ("S6.printed-constant", "Lemma H.3: from two factors, each at least ¼, a constant of 1/8."),
    (
        "S8.printed",
        "Example J.1: sharpening by maximum likelihood depends on coverage, log(1/δ)/π_0(y*) draws, and that dependence is real; nothing is said of rounds.",
    ),
    (
        "S9.printed-sign",
        "Algorithm 1: the policy that minimises an expression in which the sum of squares has a minus before it.",
    ),
    ("S10a", "The regret in J_β, of which Theorem 4.2 and Appendix F speak; the identity is used there."),
    (
        "S10b",
        "π*_β(y*|x) ≥ 1 − δ/2 under a margin at β⁻¹ of order g⁻¹log(K/δ), and P_x[π(y*|x) ≤ 1 − δ] of order E_xKL(π‖π*_β)/δ.",
    ),
    ("S10b.printed", "Lemma 4.1′: C_{π*_β/π_0} ≤ (1−γ)⁻¹C_{cov,γ}."),
    ("S10b.repaired", "Lemma 4.1′: C_{π*_β/π_0} ≤ (1−γ)⁻¹C_{cov,γ}."),
    ("S10c", "The coefficient of exploration of the linear class is of order d log T (Appendix F)."),
    ("S10c.printed", "Lemma F.2: Σ_t tr(Γ_{t−1}⁻¹A_t) ≤ dK log((T+1)K/λ)/(λ log(1+K/λ)), for every λ > 0."),
    ("S10c.repaired", "Lemma F.2, for every λ > 0."),
    (
        "S11",
        "Proposition E.2: no member of an autoregressive class is sharpened, for any δ > ½ and n sufficiently large.",
    ),
    ("S12", "Not in the paper, which assumes that the target is a member of the class."),
];
