//! What draws buy: one tabular round of resampling (S3), and the least draws for a failure rate on the hard instance (S7).

use super::super::theory::budget::{self, Budget};
use super::super::theory::hidden::Hidden;
use super::FAR;
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell, single};
use crate::claims::premises::{Slot, departs_at_most, is_sampled};
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Source, Statement};
use crate::experiment::CellRows;
use crate::experiment::sample_budgets::expected_failures;
use crate::instance::FeatureMap;
use crate::metrics::named::BASE_FAILURE;
use crate::process::Selection;
use crate::seed::Seed;
use crate::stats::mean_with_error;
use crate::study::Profile;
use crate::study::definition::Verdict;

const RESAMPLING: &[Source] = &[Source { experiment: "sample_budgets", part: "resampling" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        id: "S3",
        says: "one tabular round of best-of-N fine-tuning: E base failure(δ) = Σ_x p(x) Σ_k Bin(n,p(x))(k) P[Bin(k,a_x) ≤ (1−δ)k], a_x = 1 − (1−π_0(y*|x))^N, unseen prompts as under π_0, to 6 standard errors",
        level: Level::Explicit,
        result: "law of resampling (ours)",
        expected: Verdict::Holds,
        sources: RESAMPLING,
        statement: Statement::Cells(resampled),
        rule: Rule::Always,
        note: "what is averaged is each replicate's failure rate less the law on its own base policy",
        controls: &[Control::cells(
            "S3.unseen-success",
            "a prompt without a pick counts as a success",
            RESAMPLING,
            resampled_with_luck,
        )],
    },
    Claim {
        id: "S7",
        says: "κ_0 = 4, M = 64, Δ = 4ε: the least m with E base failure(½) ≤ ε grows like ε⁻² for the Bayes learner and for best-of-N at the best N, like ε⁻¹ for the adaptive rule at the best μ (slopes between ε = 1/80 and 1/160, within 0.1)",
        level: Level::Shape,
        result: "Theorem 3.1 and the adaptive rule (ours)",
        expected: Verdict::Holds,
        sources: &[],
        statement: Statement::Constructed(slopes),
        rule: Rule::Always,
        note: "closed forms: the Bayes floor S6, the law S3, the adaptive law S5",
        controls: &[Control::constructed("S7.adaptive-two", "the adaptive rule's slope is −2", adaptive_slope_of_two)],
    },
];

/// Replicates from which on their own scatter is an error.
const ENOUGH: usize = 50;
/// Failing prompts, over all replicates, from which on their scatter is an error.
const FAILING: f64 = 50.0;

fn resampled(cells: &[CellRows]) -> Result<Vec<Case>> {
    rounds(cells, false)
}

fn resampled_with_luck(cells: &[CellRows]) -> Result<Vec<Case>> {
    rounds(cells, true)
}

fn rounds(cells: &[CellRows], lucky: bool) -> Result<Vec<Case>> {
    let mut tabular = Vec::new();
    for cell in cells {
        let simulation = cell.simulation()?;
        let speaks = is_sampled(&simulation, "likelihood")
            && departs_at_most(&simulation, &[Slot::Selection, Slot::Ranking])
            && matches!(simulation.process.candidates.selection, Selection::None | Selection::BestOf(_))
            && cell.rounds() > 0;
        if speaks && matches!(simulation.instance(cell.numbers[0])?.features(), FeatureMap::OneHot(_)) {
            tabular.push(cell.clone());
        }
    }
    cell_by_cell(&tabular, |cell| {
        let simulation = cell.simulation()?;
        let best_of = match simulation.process.candidates.selection {
            Selection::BestOf(draws) => draws,
            _ => 1,
        };
        let n = cell.number("process.samples")?;
        let mut case = of_cell(cell);
        for &delta in &simulation.deltas {
            let mut distances = cell.values(BASE_FAILURE.at(delta), 1)?;
            let (mut failing, mut squares, mut measured) = (0.0, 0.0, 0.0);
            for (distance, &replicate) in distances.iter_mut().zip(&cell.numbers) {
                let instance = simulation.instance(replicate)?;
                let (mean, square) = expected_failures(&instance, (n, best_of as f64), delta, lucky)?;
                measured += *distance / instance.weights().iter().copied().fold(0.0, f64::max);
                *distance -= mean;
                (failing, squares) = (failing + mean, squares + square);
            }
            let (mean, error) = mean_with_error(&distances);
            // The scatter of few replicates is known to little more than its order, and that of few failing prompts not at all: prompts of
            // equal weight would be (Σp)²/Σp² of them. Many that the law expects and many that failed are both enough: a law that expects
            // too few must not excuse itself.
            let many = failing * failing >= FAILING * squares || measured >= FAILING;
            let seen = distances.len() >= ENOUGH && many;
            let error = error.filter(|_| seen).unwrap_or(f64::INFINITY);
            case.comparisons.push(Comparison::identity(mean, 0.0, FAR * error));
        }
        Ok(case)
    })
}

/// κ_0 and M of the grid; Δ = 4ε.
const KAPPA0: f64 = 4.0;
const PROMPTS: f64 = 64.0;
/// The two smallest ε of the grid .2, .1, ….
const SMALLEST: [f64; 2] = [0.0125, 0.00625];
/// How far a slope may lie from its exponent.
const NEAR: f64 = 0.1;

/// log m(ε) between the two smallest ε over log ε.
fn slope(least: fn(&Hidden, f64) -> Result<Budget>) -> Result<f64> {
    let at = |epsilon: f64| -> Result<f64> {
        let mass = 4.0 * epsilon;
        Ok(least(&Hidden::near_kappa0(PROMPTS, KAPPA0, mass)?, epsilon)?.draws.ln())
    };
    let [more, less] = SMALLEST;
    Ok((at(more)? - at(less)?) / (more / less).ln())
}

fn slopes(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    [(budget::bayes as fn(&Hidden, f64) -> Result<Budget>, -2.0), (budget::fixed, -2.0), (budget::adaptive, -1.0)]
        .into_iter()
        .map(|(least, exponent)| Ok(single(Comparison::identity(slope(least)?, exponent, NEAR))))
        .collect()
}

fn adaptive_slope_of_two(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    Ok(vec![single(Comparison::identity(slope(budget::adaptive)?, -2.0, NEAR))])
}
