//! The numbers and words that the paper's bounds ask for.

use crate::papers::{Flag, Kind};

/// Every flag, in the order of the help.
pub(super) const FLAGS: &[Flag] = &[
    flag("n", Kind::Whole, "Triples per round n"),
    flag("rounds", Kind::Whole, "Rounds T [default: 1]"),
    flag("kappa0", Kind::Real, "Condition number κ₀ of the base policy"),
    flag("kappa", Kind::Real, "Condition number κ_t"),
    flag("gamma", Kind::Real, "Margin γ, nats"),
    flag("mu", Kind::Real, "Least confidence μ; of adaptive-draws the μ > 0 of its rule"),
    flag("epsilon", Kind::Real, "Root ε of the population loss, nats"),
    flag("beta", Kind::Real, "Regularisation β [default: 1/√n where there is n]"),
    flag("delta", Kind::Real, "Failure threshold δ [default: 0.5]"),
    flag("rho", Kind::Real, "Probability ρ with which the guarantee may fail [default: 0.05]"),
    flag("excess", Kind::Real, "Excess concentrability r̄ [default: 1, the paper's simplification]"),
    flag("concentrability", Kind::Real, "Concentrability of π_{t+1} [default: κ_t, the paper's simplification]"),
    flag("class-size", Kind::Whole, "Size #Π of a finite class"),
    flag("log-class-size", Kind::Real, "log #Π of a finite class, nats"),
    flag("range", Kind::Real, "Range R of a finite class, nats"),
    flag("dim", Kind::Whole, "Dimension d of the linear class"),
    flag("radius", Kind::Real, "Radius B of the linear class"),
    flag(
        "theta-norm",
        Kind::Real,
        "Bound on ‖θ_t‖ in all T rounds [default: βB/(1+β), the largest that is realizable]",
    ),
    flag("constant", Kind::Real, "Hidden constant c of a shape [default: 1]"),
    flag("prompts", Kind::Whole, "Informative prompts M"),
    flag("mass", Kind::RealOrWorst, "Informative mass Δ, or `worst` [default: worst]"),
    flag("rank", Kind::Whole, "Rank r of the feature differences, or s of a spiked spectrum"),
    flag("leverage", Kind::Real, "Largest leverage L of a pair"),
    flag("responses", Kind::Whole, "Responses K per prompt"),
    flag("lambda", Kind::Real, "Regularisation λ of the effective dimension"),
    flag(
        "eta",
        Kind::Real,
        "Resolution η, nats; for best-of-N what it may leave beside the mode, in (0, δ); of loop-map the weight η of log π_t in the reward [default there: 1]",
    ),
    flag("spectrum", Kind::Word, "File with one eigenvalue a line, largest first"),
    flag("regime", Kind::Word, "Regime of decay: exponential, polynomial or spiked"),
    flag("rate", Kind::Real, "Rate c of an exponential spectrum"),
    flag("scale", Kind::Real, "Scale C of a decaying spectrum"),
    flag("exponent", Kind::Real, "Exponent α of a polynomial spectrum"),
    flag("tail", Kind::Real, "Tail mass τ of a spiked spectrum"),
];

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag { name, kind, help }
}
