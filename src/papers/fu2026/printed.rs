//! What the paper states, by claim, in the notation of this project: the words that stand beside the explicit form that is
//! checked.

/// Ids and numbers with what the paper prints, in the notation of the ledger.
pub(super) const PRINTED: &[(&str, &str)] = &[
    (
        "C1",
        "The share of prompts that fail is at most the performance gap of one step over the margin and δ: F°(δ) ≤ (J_t(π°_t) − J_t(π_{t+1}))/(γδ).",
    ),
    ("C2", "Differences of expectations are expectations of pairwise differences: baselines cancel."),
    (
        "C3",
        "The regularised optimum π*_β ∝ π_t exp(r_t/β) satisfies r_t(x,y) = β log(π*_β(y|x)/π_t(y|x)) + β log Z(x), so that the partition function cancels in differences.",
    ),
    ("C4", "A policy maximises its own implicit reward: ν = π is the maximiser of E_ν[r̂_π] − β KL(ν‖π_t)."),
    (
        "C5",
        "The performance gap is at most two expected errors of the reward difference, plus β KL(π°‖π_t) − β KL(π‖π_t).",
    ),
    (
        "C6",
        "Change of measure: an expectation under (π, π_t) is at most √(concentrability × second moment under (π_t, π_t)); for the point mass on the modal response the concentrability is κ_t.",
    ),
    ("C7", "F°(δ) ≲ (√κ_t ε + β log κ_t)/(γδ): one step with its statistical error ε."),
    ("C8", "Cited from the companion paper (its Lemma 4.1): the regularised optimum is covered, C_{π*_β/π_t} ≤ κ_t."),
    (
        "C8.simplification",
        "The learned policy's concentrability is taken to be “of the order of κ_t”, as if it were the optimum.",
    ),
    (
        "C9",
        "A prompt on which the new policy's own favourite stays below 1 − δ is one on which the old favourite does.",
    ),
    (
        "C10",
        "ε² ≲ log(#Π/ρ)/n for a finite class; ε² ≲ d log(·)/n for the linear softmax class, by a covering argument.",
    ),
    ("C11", "Not in the paper, whose statistical term is of order √(d/n) even where the loss has no noise."),
    ("C12", "Not in the paper, whose bounds never reach exactly zero failure."),
    (
        "C13",
        "There is a class of size #Π and a base policy of condition number κ_0 on which every one-step method needs n ≳ κ_0 log#Π/(ε²(1 + log(κ_0/ε))) samples for success 1 − ε: failure is Ω̃(√(κ_0 log#Π/n)).",
    ),
    (
        "C13.law",
        "The same instance: one sentinel prompt, and M prompts whose hidden label carries twice the probability of the others. The paper bounds its failure from below.",
    ),
    (
        "C14",
        "A base policy close to uniform has κ_0 ≈ K; an autoregressive one with top-token probability ≤ α has κ_0 ≥ α^{−L}, so that a single step fails at a constant rate.",
    ),
    (
        "C15",
        "For p ≤ 1/2 an autoregressive policy exists whose unique optimal sequence has probability p while greedy decoding takes another one; above 1/2 greedy decoding finds it.",
    ),
    (
        "C16",
        "κ_{t+1} ≤ 1 + K_t/μ + K_t log((1−μ)(1−K_t)/(μK_t)) by integrating the tail (Eq. 56), with the “convenient relaxation” κ_{t+1} ≤ 1 + K_t/μ.",
    ),
    ("C16.from-integral", "The linear form is presented as Eq. 56 with its logarithm dropped."),
    (
        "C16.every-response",
        "Lemma C.3 asks that every response keep probability ≥ μ in every round; Definition 5.2 asks it of the modal response alone.",
    ),
    (
        "C17",
        "κ_{t+1} ≤ 1 + C√κ_t solves to κ_T ≤ κ_∞ + λ^T(κ_0 − κ_∞) with λ < 1/2: the condition number converges linearly.",
    ),
    (
        "C18",
        "With high probability F_T(δ) ≲ (1/(γδ)) √(log#Π/n) (√κ_∞ + √κ_0 λ^{(T−1)/2}) (Theorem 5.3; Theorem 6.2 with d log(·) for log#Π).",
    ),
    (
        "C18.printed",
        "With the constants of the proof written out, the factor of ε_n√κ̄ is 2: the learned policy's concentrability is taken to be of the order of κ_t, with constant 1.",
    ),
    (
        "C18.family",
        "Theorems 5.3 and 6.2 hide a constant (≲, Õ): it may not depend on n, and the right side tends to 0 along this family.",
    ),
    (
        "C18.finite-class",
        "Theorem 5.3 is of any finite class that holds π̂_β, and of any minimiser of the empirical loss.",
    ),
    ("C19.sampled", "The same read of the algorithm as it is run, on sampled triples, for more than one round."),
    ("C19", "Abstract: performance improves at a rate of Õ(1/√n) with sample size n. Read of the failure rate here."),
    ("C20", "Abstract: the dependence on the initial model decays exponentially with the number of iterations T."),
    ("C21", "T ≳ log κ_0/log(γμ√n) rounds make the initial model's share negligible: logarithmic in κ_0."),
    ("C22", "Not in the paper: what T rounds of n samples are worth against one round of nT."),
    (
        "C23",
        "Not in the paper, which bounds how unsure the final policy is of its own favourite, not whether that is still the base model's. The drift lemma (D1) bounds that.",
    ),
    ("C24", "Parameters within η/2 give log-ratios within η; the class has a covering of size (1 + 4B/η)^d."),
    ("C25", "The effective dimension d_λ(Σ) = Σ_j λ_j/(λ_j + λ) interpolates between the dimension and 0 as λ grows."),
    ("C25.tail", "d_λ ≤ k + (1/λ)Σ_{j>k} λ_j for every k."),
    (
        "C26",
        "Spectra: exponential decay gives d_λ = O(log(1/λ)), so O(log log d) at λ = 1/log d; polynomial decay λ^{−1/α}; a spike of rank s gives s plus a tail.",
    ),
    (
        "C27",
        "Under a decaying spectrum the effective dimension replaces d in the rate: log log d for exponential decay, sublinear for polynomial decay, the rank for a spike.",
    ),
    (
        "C28",
        "Cited from the companion paper (its Lemmas J.1, J.2): the reward difference has an exponential tail, P[X > log(2𝒞 + s)] ≤ e^{−s}, and bounded fourth moment.",
    ),
    ("C28.low-probability", "Not in the paper: the tail of π_t itself, for which no class is needed."),
    ("C29", "log N ≲ d_λ log(B/η): the effective dimension counts the policies that a sample can tell apart."),
    ("C29.free", "The same with λ left free."),
];
