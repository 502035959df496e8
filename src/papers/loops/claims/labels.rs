//! Labels of pairs: temperature, flips, hard labels, and what a label or a noisy judge costs (L1–L4, L17).

mod laws;
mod leverage;
mod maps;

use super::OURS;
use crate::Result;
use crate::claims::{Case, Claim, Control, Level, Source, Statement};

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: "pairs of the current and of the base policy and of both; in closed form, and by Newton's method on the labels' expected loss; what is compared are margin, κ and P[two answers differ]",
        ..Claim::exact(
            "L1",
            "logistic regression on Bradley–Terry labels of log π_t at temperature τ, in expectation: π_{t+1} ∝ π_t^{1+1/(βτ)}, whatever law the pairs have",
            OURS,
            TEMPERATURE,
            Statement::Replicates(maps::temperature),
            &[Control::replicates(
                "L1.temperature",
                "the power is 1 + 1/β at τ ≠ 1",
                TEMPERATURE,
                maps::without_temperature,
            )],
        )
    },
    Claim {
        note: "a linear programme tells; in a ball, which holds the maximiser on its sphere",
        ..Claim::exact(
            "L1.hard",
            "hard labels of log π_t: the expected loss has no finite minimiser, unless all pairs tie",
            OURS,
            HARD,
            Statement::Replicates(maps::hard),
            &[Control::replicates("L1.tie", "it has one where some pair ties", HARD, maps::hard_with_a_tie)],
        )
    },
    Claim {
        note: "n ≥ 4096; samples of labels without a finite minimiser are left out: their share is 0 there (the table of `labels` has it for every n)",
        ..law(
            "L2",
            "n drawn labels at τ = 1, where a minimiser exists: n E ε² → tr(GI⁺), I = E σ'(Δ log π_t)ΔφΔφᵀ, to 6 standard errors of each mean and of all cells together",
            LAW,
            laws::labels,
            &[Control::cells("L2.four", "n E ε² → 4 rank G", LAW, laws::labels_at_the_floor)],
        )
    },
    Claim::exact(
        "L2.floor",
        "tr(GI⁺) ≥ 4 rank G",
        OURS,
        FLOOR,
        Statement::Replicates(laws::floor),
        &[Control::replicates("L2.five", "tr(GI⁺) ≥ 5 rank G", FLOOR, laws::higher_floor)],
    ),
    Claim {
        note: "two responses; e = .05, .15, .3",
        ..Claim::exact(
            "L3",
            "labels flipped with probability e < ½, K = 2: ℓ' = ℓ + β⁻¹ logit(e + (1−2e)σ(ℓ/τ)), a step of at most β⁻¹ log((1−e)/e)",
            OURS,
            FLIPS,
            Statement::Replicates(maps::flips),
            &[Control::replicates(
                "L3.unchanged",
                "flips leave the map as it is, ℓ' = (1 + 1/(βτ))ℓ",
                FLIPS,
                maps::flips_unseen,
            )],
        )
    },
    Claim {
        note: "two responses, n = 64 and 1024; the standard error is that of the law, σ²E[1/N]/β², N the number of pairs y ≠ y'",
        ..law(
            "L3.noise",
            "a judge with noise of mean 0 and a square loss: E ℓ' = (1 + 1/β)ℓ as without noise, to 6 standard errors",
            FAIR,
            laws::fair_judge,
            &[Control::cells(
                "L3.shrunk",
                "noise of variance σ² shrinks the step to ℓ/(β(1 + σ²))",
                FAIR,
                laws::shrunk,
            )],
        )
    },
    Claim {
        note: "two responses",
        ..Claim::exact(
            "L4",
            "win rates with hard self-labels, K = 2: |ℓ_{t+1}| − |ℓ_t| = 1/(2β) in every round with ℓ_t ≠ 0",
            IPO,
            &[Source { experiment: "labels", part: "win-rate" }],
            Statement::Replicates(maps::hard_win_rate),
            &[Control::replicates(
                "L4.full",
                "|ℓ_{t+1}| − |ℓ_t| = 1/β",
                &[Source { experiment: "labels", part: "win-rate" }],
                maps::whole_win_rate,
            )],
        )
    },
    Claim {
        note: "five responses; hard labels, and Bradley–Terry ones without and with flips; reference and pairs of the current or the base policy; what is compared are margin, κ and P[two answers differ]",
        ..Claim::exact(
            "L4.rates",
            "win rates, both responses of a pair from ν: π_{t+1} ∝ ρ^ref exp(E_{y'~ν}P(y ≻ y')/β)",
            IPO,
            RATES,
            Statement::Replicates(maps::win_rates),
            &[Control::replicates(
                "L4.reward",
                "π_{t+1} ∝ ρ^ref π_t^{1/β}, as with a square loss on rewards",
                RATES,
                maps::rewards,
            )],
        )
    },
    Claim {
        note: "n ≥ 50 rank G",
        ..law(
            "L17",
            "self-rewarding whose judge has a noise of deviation s a response, anew for each drawn pair: n E ε² → 2s² rank G, to 6 standard errors of each mean and of all cells together",
            JUDGE,
            laws::judge,
            &[Control::cells("L17.one", "n E ε² → s² rank G", JUDGE, laws::judge_of_one_response)],
        )
    },
];

/// Where the win-rate loop comes from.
const IPO: &str = "arXiv 2602.12180 (second hand), redone";

const TEMPERATURE: &[Source] = &[
    Source { experiment: "labels", part: "temperature" },
    Source { experiment: "labels", part: "temperature-linear" },
];
const HARD: &[Source] =
    &[Source { experiment: "labels", part: "hard" }, Source { experiment: "labels", part: "hard-linear" }];
const LAW: &[Source] = &[Source { experiment: "labels", part: "law" }];
const FLOOR: &[Source] =
    &[Source { experiment: "labels", part: "law" }, Source { experiment: "labels", part: "floor" }];
const FLIPS: &[Source] = &[Source { experiment: "labels", part: "flips" }];
const FAIR: &[Source] = &[Source { experiment: "labels", part: "fair-judge" }];
const RATES: &[Source] = &[Source { experiment: "labels", part: "win-rate-five" }];
const JUDGE: &[Source] = &[Source { experiment: "labels", part: "judge" }];

/// A law of expectations, expected to hold.
const fn law(
    id: &'static str,
    says: &'static str,
    sources: &'static [Source],
    judge: fn(&[crate::experiment::CellRows]) -> Result<Vec<Case>>,
    controls: &'static [Control],
) -> Claim {
    Claim { level: Level::Explicit, ..Claim::exact(id, says, OURS, sources, Statement::Cells(judge), controls) }
}
