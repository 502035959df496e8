//! What the paper prints, statement by statement: short, and in this project's notation.

use crate::papers::Quoted;

/// Printed statements, in the paper's order.
pub(super) const QUOTED: &[Quoted] = &[
    Quoted {
        place: "Theorem 3.1",
        says: "for some class with C_cov ≲ C, an algorithm whose expected base failure at δ = ½ is at most ε for every base policy needs m = nN ≳ C log#Π/(ε²(1 + log(C/ε))) base responses.",
        claims: &["S6", "S7"],
    },
    Quoted {
        place: "Theorem 4.1",
        says: "with n = c log(#Π/ρ)/(δε) and N = cC_cov log(2/δ)/ε, P_x[π̂(y*|x) ≤ 1−δ] ≤ ε with probability at least 1−ρ.",
        claims: &["S4", "S7"],
    },
    Quoted {
        place: "Lemma 4.1′",
        says: "C_{π*_β/π_0} ≤ (1−γ)⁻¹C_{cov,γ}.",
        claims: &["S10b.printed", "S10b.repaired"],
    },
    Quoted {
        place: "Theorem 4.2",
        says: "with β ≲ γδε, P_x[π̂(y*|x) ≤ 1−δ] ≤ ε from m = Õ(C_conc log³(C_loss #Π/ρ)/(γδε)²) responses.",
        claims: &["S9"],
    },
    Quoted {
        place: "Algorithm 1 (XPO)",
        says: "the policy that minimises α times a sum of log π minus the sum of squares.",
        claims: &["S9.printed-sign"],
    },
    Quoted {
        place: "Theorem D.1",
        says: "with μ = log(2/δ), P_x[π̂(y*|x) ≤ 1−δ] ≤ ε from n of order log(#Π/ρ)/(δε), and E m = nC_cov log(1/δ).",
        claims: &["S5b", "S5b.draws", "S5b.printed-draws", "S7"],
    },
    Quoted {
        place: "Proposition E.2",
        says: "for n sufficiently large there is an autoregressive linear softmax class in which no member puts more than ½ on a sequence; its proof ends “for any δ > ½”.",
        claims: &["S11", "S11.printed"],
    },
    Quoted {
        place: "Lemma F.2",
        says: "Σ_t tr(Γ_{t−1}⁻¹A_t) ≤ dK log((T+1)K/λ)/(λ log(1+K/λ)), for every λ > 0.",
        claims: &["S10c.printed", "S10c.repaired"],
    },
    Quoted {
        place: "Lemma H.3, its proof",
        says: "two factors, each at least ¼, are multiplied, and the product is taken to be at least ⅛.",
        claims: &["S6.printed-constant"],
    },
    Quoted {
        place: "Lemma I.1",
        says: "E N_μ ≤ (μ + 1/|y*|)/P* and P[no draw in y*] ≤ e^{−μ|y*|}.",
        claims: &["S5", "S5.output", "S5.draws"],
    },
    Quoted {
        place: "Lemma I.1, its proof",
        says: "k draws miss y* with probability (1 − |y*|/P*)^k.",
        claims: &["S5.printed-proof"],
    },
    Quoted {
        place: "Example J.1",
        says: "on a packing of the sphere one shot of SFT-Sharpening needs as many draws as coverage says.",
        claims: &["S8.printed"],
    },
    Quoted {
        place: "Theorem J.1, its proof", says: "J_β(π*_β) − J_β(π) = β E_x KL(π‖π*_β).", claims: &["S10a"]
    },
    Quoted {
        place: "Theorem J.2",
        says: "π*_β(y*|x) ≥ 1 − δ/2 from β⁻¹ ≥ 2γ⁻¹log(2K/δ) on, and P_x[π(y*|x) ≤ 1 − δ] ≤ (12/δ)E_x D_H²(π, π*_β).",
        claims: &["S10b"],
    },
    Quoted {
        place: "Lemma J.5",
        says: "the sequential extrapolation coefficient of the linear softmax class is of order d log(T+1) at λ ≥ 4β²B² + R²_max.",
        claims: &["S10c"],
    },
];
