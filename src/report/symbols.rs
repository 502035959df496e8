//! The symbols on the page: what each stands for, and under which name its values are in tables.

/// A symbol.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// It, as formulas write it.
    pub sign: &'static str,
    /// What it stands for, in words and a formula.
    pub meaning: &'static str,
    /// The name of the measured quantity, in tables, JSON and stores; empty for what is given or follows from others.
    pub column: &'static str,
}

const fn given(sign: &'static str, meaning: &'static str) -> Symbol {
    Symbol { sign, meaning, column: "" }
}

const fn measured(sign: &'static str, meaning: &'static str, column: &'static str) -> Symbol {
    Symbol { sign, meaning, column }
}

/// The symbols that statements, figures and tables share: first what is given, then what is measured, then what bounds are made of.
pub const SYMBOLS: &[Symbol] = &[
    given("x, p(x), M", "a prompt, its probability, the number of prompts"),
    given("y, K(x)", "a response to x, and how many there are"),
    given("φ(x,y), d", "the features of a response, a vector of length at most 1, and their dimension"),
    given("θ_t, B", "the parameter after t rounds, and the radius of the ball that it lies in"),
    given("π_t", "the policy after t rounds, π_t(y|x) ∝ exp⟨θ_t, φ(x,y)⟩; π_0 is the initial (base) policy"),
    given("y*_t", "the modal response, the likeliest one under π_t; π°_t is the policy that is sure of it"),
    given("n, T", "samples (x, y, y′) drawn in a round, and the number of rounds"),
    given("β", "the strength of the KL regularisation; the paper takes β of the order of 1/√n"),
    given("δ", "the threshold: a prompt fails where the policy gives its modal response at most 1 − δ"),
    given("ρ", "the probability with which a guarantee may fail"),
    given("r_t", "the reward that the policy gives itself, log π_t; its values are at most 0, in nats"),
    given("Δ^f", "the difference of f at two responses to one prompt, f(x,y) − f(x,y′)"),
    given("Π, R", "a finite class of policies with #Π members, and the range of their losses"),
    measured(
        "κ_t",
        "the condition number E_x[1/max_y π_t(y|x)]: 1 where every prompt is sure of its response",
        "kappa",
    ),
    measured("F_t(δ)", "the failure rate P_x[π_t(y*_t|x) ≤ 1 − δ]", "failure"),
    measured(
        "base failure",
        "P_x[π_t(y*_0|x) ≤ 1 − δ], of the response that was the likeliest at first",
        "base_failure",
    ),
    measured(
        "F°_t(δ)",
        "P_x[π_t(y*_{t−1}|x) ≤ 1 − δ], of the response that was the likeliest a round before",
        "comparator_failure",
    ),
    measured("drift", "the share of prompts whose modal response is another than at first", "drift"),
    measured("accuracy", "the share of prompts whose modal response is correct, where that is known", "accuracy"),
    measured("γ_t", "the margin: the least gap over prompts between the two largest log-probabilities", "margin"),
    measured("μ", "the least confidence over prompts and rounds, min_x max_y π_t(y|x)", "min_confidence"),
    measured("C_{π_{t+1}/π_t}", "the concentrability E_x Σ_y π_{t+1}(y|x)²/π_t(y|x)", "concentrability"),
    measured("r̄", "the excess, the largest √(C_{π_{t+1}/π_t}/κ_t) of the rounds; the paper takes 1", "excess"),
    measured("ε²", "the population loss of the learned policy", "population_loss"),
    measured("J_t(π°_t) − J_t(π)", "the performance gap, in nats", "gap"),
    given("ε_n", "the bound on ε that n samples give"),
    given("K_t", "one step's bound, [(1 + r̄)ε√κ_t + β log κ_t]/γ: F is at most K_t/δ"),
    given("κ_∞, λ", "where the recursion κ_{t+1} ≤ 1 + C√κ_t ends, and the factor by which it comes nearer in a round"),
    given("κ̄_t", "the bound on κ_t that the recursion gives from κ_0"),
    given("d_λ", "the effective dimension Σ_j λ_j/(λ_j + λ) of a covariance with eigenvalues λ_j"),
];
