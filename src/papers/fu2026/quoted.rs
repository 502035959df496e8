//! What the paper prints, statement by statement: short, in this project's notation, and word for word where it is the abstract.

use crate::papers::Quoted;

/// Printed statements, in the paper's order.
pub(super) const QUOTED: &[Quoted] = &[
    Quoted {
        place: "abstract, rate",
        says: "performance improves at a rate of Õ(1/√n) with sample size n.",
        claims: &["C19", "C19.sampled"],
    },
    Quoted {
        place: "abstract, decay",
        says: "the dependence on the initial model decays exponentially with the number of iterations T.",
        claims: &["C20.failure", "C20.kappa", "C20.continuum", "C20.shared"],
    },
    Quoted {
        place: "Theorem 4.1",
        says: "there are a class of size #Π and a base policy of condition number κ_0 on which every one-step method needs n ≳ κ_0 log#Π/(ε²(1 + log(κ_0/ε))) for success 1 − ε.",
        claims: &["C13.law", "C13.rate"],
    },
    Quoted {
        place: "Theorem 4.1, Eqs. 92–102",
        says: "so the failure rate of one step is Ω̃(√(κ_0 log#Π/n)).",
        claims: &["C13.rate", "C13.risk"],
    },
    Quoted {
        place: "Remark 4.2",
        says: "a base close to uniform has κ_0 ≈ K; an autoregressive one with top-token probability ≤ α has κ_0 ≥ α^{−L}. With κ_0 ≥ n a single step fails at a constant rate.",
        claims: &["C14"],
    },
    Quoted {
        place: "Proposition 4.3",
        says: "for p ≤ 1/2 there is an autoregressive policy whose unique optimal sequence has probability p while greedy decoding takes another one.",
        claims: &["C15"],
    },
    Quoted {
        place: "Definition 5.2",
        says: "γ is the least margin of the modal response, μ the least probability of the modal response, over prompts and rounds.",
        claims: &["C16.every-response", "C18", "C18.printed"],
    },
    Quoted {
        place: "Theorem 5.3",
        says: "with high probability F_T(δ) ≲ (1/(γδ)) √(log#Π/n) (√κ_∞ + √κ_0 λ^{(T−1)/2}), if π*_β lies in Π in every round.",
        claims: &["C18", "C18.printed", "C18.round-by-round", "C18.shape", "C18.family", "C18.finite-class"],
    },
    Quoted {
        place: "Corollary 5.7",
        says: "T ≳ log κ_0/log(γμ√n) rounds make the initial model's share negligible.",
        claims: &["C21"],
    },
    Quoted {
        place: "Theorem 6.2",
        says: "the linear softmax class has the bound of Theorem 5.3 with d log(·) in place of log#Π.",
        claims: &["C18", "C18.printed", "C18.round-by-round", "C18.complete-spans", "C18.family"],
    },
    Quoted {
        place: "Corollary 6.4",
        says: "with λ_j ≲ e^{−cj} the effective dimension, O(log log d) at λ = 1/log d, replaces d.",
        claims: &["C26.exponential", "C27.isotropic", "C27.exponential"],
    },
    Quoted {
        place: "Eq. 11", says: "E_π f − E_{π'} f = E_{x, y~π, y'~π'} Δ^f: baselines cancel.", claims: &["C2"]
    },
    Quoted {
        place: "Eqs. 12–14",
        says: "π*_β ∝ π_t exp(r_t/β), and so Δ^{r_t} = β Δ^{log(π*_β/π_t)}.",
        claims: &["C3"],
    },
    Quoted { place: "Eq. 15", says: "ν = π maximises E_ν r̂_π − β KL(ν‖π_t).", claims: &["C4"] },
    Quoted {
        place: "Eqs. 16–18",
        says: "J_t(π°) − J_t(π) ≤ E_{π°,π_t}|Δ^{r_t} − Δ^{r̂}| + E_{π,π_t}|Δ^{r_t} − Δ^{r̂}| + β KL(π°‖π_t) − β KL(π‖π_t).",
        claims: &["C5"],
    },
    Quoted {
        place: "Eqs. 32–38",
        says: "with probability at least 1 − ρ, ε² ≲ log(#Π/ρ)/n for a finite class that holds π*_β.",
        claims: &["C10.finite", "C10.linear"],
    },
    Quoted { place: "Eqs. 39–42", says: "F°(δ) ≲ (√κ_t ε + β log κ_t)/(γδ).", claims: &["C7", "C7.log"] },
    Quoted {
        place: "after Eq. 41",
        says: "the learned policy's concentrability C_{π_{t+1}/π_t} is of the order of κ_t.",
        claims: &["C8.simplification", "C18.printed"],
    },
    Quoted {
        place: "Eq. 43",
        says: "a prompt that fails by π_{t+1}'s own mode fails by π_t's mode: F(δ) ≤ F°(δ).",
        claims: &["C9"],
    },
    Quoted { place: "Lemma C.1", says: "F°(δ) ≤ (J_t(π°_t) − J_t(π_{t+1}))/(γδ).", claims: &["C1"] },
    Quoted {
        place: "Lemma C.2",
        says: "E_{π,π_t} h ≤ √(C_{π/π_t} E_{π_t,π_t} h²) for h ≥ 0, and C_{π°/π_t} = κ_t.",
        claims: &["C6"],
    },
    Quoted {
        place: "Lemma C.3, Eq. 56",
        says: "if every response keeps probability at least μ, κ_{t+1} ≤ 1 + K_t/μ + K_t log((1−μ)(1−K_t)/(μK_t)).",
        claims: &["C16.integral", "C16.every-response"],
    },
    Quoted {
        place: "Lemma C.3, after Eq. 56",
        says: "a “convenient relaxation” of Eq. 56 is κ_{t+1} ≤ 1 + K_t/μ.",
        claims: &["C16.linear", "C16.from-integral", "C17.trajectory"],
    },
    Quoted {
        place: "Lemma C.4",
        says: "κ_{t+1} ≤ 1 + C√κ_t gives κ_T ≤ κ_∞ + λ^T(κ_0 − κ_∞) with λ < 1/2.",
        claims: &["C17", "C17.trajectory"],
    },
    Quoted {
        place: "Appendix F",
        says: "ε² ≲ d log(·)/n for the linear softmax class, by a covering of its ball.",
        claims: &["C10.linear"],
    },
    Quoted {
        place: "Lemma F.4",
        says: "‖θ − θ'‖ ≤ η/2 gives |log π_θ − log π_{θ'}| ≤ η, and the class has a covering of size (1 + 4B/η)^d.",
        claims: &["C24", "C24.net"],
    },
    Quoted { place: "Definition G.1", says: "d_λ(Σ) = Σ_j λ_j/(λ_j + λ).", claims: &["C25"] },
    Quoted { place: "Lemma G.2", says: "log N ≲ d_λ log(B/η), with λ left free.", claims: &["C29", "C29.free"] },
    Quoted { place: "Eq. 149", says: "d_λ ≤ k + (1/λ)Σ_{j>k} λ_j for every k.", claims: &["C25.tail"] },
    Quoted {
        place: "Lemma G.4",
        says: "(A) λ_j ≤ Ce^{−cj}: d_λ ≤ (1/c)log(C/λ) + 1/(1−e^{−c}); (B) λ_j ≤ Cj^{−α}: d_λ ≤ (C/λ)^{1/α}(1 + 1/(α−1)) + 1; (C) a spike of rank s: d_λ ≤ s + τ/λ.",
        claims: &["C26.exponential", "C26.polynomial", "C26.spiked"],
    },
    Quoted {
        place: "Corollaries G.5, G.6",
        says: "with λ_j ≲ j^{−α} what replaces d is sublinear in d; with a spike of rank s it is the rank.",
        claims: &["C26.polynomial", "C26.spiked", "C27.isotropic", "C27.exponential"],
    },
    Quoted { place: "companion's Lemma 4.1", says: "C_{π*_β/π_t} ≤ κ_t.", claims: &["C8"] },
    Quoted {
        place: "companion's Lemma J.1",
        says: "P[X > log(2𝒞 + s)] ≤ e^{−s}.",
        claims: &["C28.tail", "C28.printed"],
    },
    Quoted {
        place: "companion's Lemma J.2",
        says: "the reward difference X has a bounded fourth moment.",
        claims: &["C28.fourth-moment"],
    },
];
