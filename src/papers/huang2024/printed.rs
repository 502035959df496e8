//! What the paper prints of each claim, in this project's notation.

/// Numbers, and what is printed.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("S1", "Best-of-N is defined in Section 3; its law by levels and the semigroup of rounds are not in the paper."),
    ("S2", "Not in the paper."),
    (
        "S5",
        "Lemma I.1: E N_μ ≤ (μ + 1/|y*|)/P* and P[no draw in y*] ≤ e^{−μ|y*|}, P* the largest probability. Its proof has (1 − |y*|/P*) in place of (1 − |y*|P*).",
    ),
    (
        "S5b.printed-draws",
        "Theorem D.1: E m = nC_cov log(1/δ), m the responses drawn, C_cov = E_x[1/max π_0], μ = log(2/δ). Its proof ends with n(1+μ)C_cov.",
    ),
    (
        "S6.printed-constant",
        "Lemma H.3: there is a constant c > 0 … The last step of its proof multiplies two factors, each at least ¼, and goes on with 1/8; a smaller c mends it.",
    ),
    (
        "S8.printed",
        "Example J.1: on a packing of the sphere SFT-Sharpening, which is one shot, needs as many draws as coverage says, and this dependence is real. True of one shot; nothing is said of rounds.",
    ),
    (
        "S9.printed-sign",
        "Algorithm 1 (XPO, of Theorem 4.3): the policy that minimises α times a sum of log π minus the sum of squares.",
    ),
    ("S10a", "The regret in J_β of Theorem J.1 (Appendix J.2.2); the identity is used there."),
    (
        "S10b",
        "Theorem J.2: π*_β(y*|x) ≥ 1 − δ/2 from β⁻¹ ≥ 2γ⁻¹log(2K/δ) on, γ the margin, and P_x[π(y*|x) ≤ 1 − δ] ≤ (12/δ)E_x D_H²(π, π*_β), with the squared Hellinger distance in place of KL.",
    ),
    ("S10b.printed", "Lemma 4.1′: C_{π*_β/π_0} ≤ (1−γ)⁻¹C_{cov,γ}."),
    ("S10b.repaired", "Lemma 4.1′: C_{π*_β/π_0} ≤ (1−γ)⁻¹C_{cov,γ}."),
    (
        "S10c",
        "Lemma J.5 (Appendix J.2.4): the sequential extrapolation coefficient of the linear softmax class is of order d log(T+1) at λ ≥ 4β²B² + R²_max.",
    ),
    ("S10c.printed", "Lemma F.2: Σ_t tr(Γ_{t−1}⁻¹A_t) ≤ dK log((T+1)K/λ)/(λ log(1+K/λ)), for every λ > 0."),
    ("S10c.repaired", "Lemma F.2, for every λ > 0."),
    (
        "S11",
        "Proposition E.2: an autoregressive linear softmax class over n tokens, n sufficiently large, in which no member puts more than ½ on a sequence. The last sentence of its proof says “for any δ > ½”.",
    ),
    ("S12", "Not in the paper, which assumes that the target is a member of the class."),
    ("S3", "Not in the paper."),
    (
        "S4",
        "Theorem 4.1: with n = c log(#Π/ρ)/(δε) and N = cC_cov log(2/δ)/ε for a constant c, P_x[π̂(y*|x) ≤ 1−δ] ≤ ε with probability ≥ 1−ρ; C_cov = E_x[1/π_0(y*|x)], y* the set of modes (κ_0 where there are no ties).",
    ),
    (
        "S5b",
        "Theorem D.1: with μ = log(2/δ), P_x[π̂(y*|x) ≤ 1−δ] ≤ ε from n of order log(#Π/ρ)/(δε), and E m = nC_cov log(1/δ).",
    ),
    (
        "S6",
        "Theorem 3.1: for some class with C_cov ≲ C, an algorithm whose expected base failure at δ = ½ is at most ε for every base policy of it needs m = nN ≳ C log #Π/(ε²(1 + log(C/ε))) base responses.",
    ),
    (
        "S7",
        "The lower bound's ε⁻² (Theorem 3.1) is met by best-of-N fine-tuning up to logarithms and 1/δ (Theorem 4.1); adaptive stopping improves it to ε⁻¹ (Theorem D.1), and not further (Theorem D.2).",
    ),
    (
        "S9",
        "Theorem 4.2: with β ≲ γδε, P_x[π̂(y*|x) ≤ 1−δ] ≤ ε from m = Õ(C_conc log³(C_loss #Π/ρ)/(γδε)²) responses, Õ hiding logarithms; γ is the margin. By the tail of Lemma J.1.",
    ),
];
