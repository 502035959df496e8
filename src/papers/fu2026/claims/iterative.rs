//! Whole runs: Theorems 5.3 and 6.2 (C18).

use std::sync::Arc;

use ndarray::arr2;
use rand::RngExt;

use super::estimation::RHO;
use super::single_step::{hard_cells, is_worst};
use crate::absent::{Absent, Why};
use crate::claims::cases::{apart_from, derived, single};
use crate::claims::premises::is_realizable;
use crate::claims::{Axes, Case, Claim, Comparison, Control, Level, Ratio, Replay, Rule, Source, Statement, Trial};
use crate::experiment::{CellRows, RunConstants};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::metrics::named::{FAILURE, MARGIN, RANK_FRACTION};
use crate::seed::{Purpose, Seed};
use crate::simulate::config::SeedConfig;
use crate::simulate::run::replicate;
use crate::simulate::{Config, Simulation};
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::theory::iterative::{RoundConstants, Shape, complete_spans, round_by_round};
use crate::{Error, Result};

/// Gaussian instances with a margin, n up to 2^40.
const WITH_MARGIN: &[Source] = &[Source { experiment: "rate_vs_n", part: "margin" }];
const HARD: &[Source] = &[Source { experiment: "single_step", part: "hard" }];

const fn explicitly(
    id: &'static str,
    says: &'static str,
    result: &'static str,
    judge: fn(&Trial<'_>) -> Result<Option<Case>>,
) -> Claim {
    Claim {
        id,
        says,
        level: Level::Explicit,
        result,
        expected: Verdict::Holds,
        sources: WITH_MARGIN,
        statement: Statement::Replicates(judge),
        rule: Rule::WithProbability { rho: RHO },
        note: "",
        controls: &[],
    }
}

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        note: "one γ and one ball for all rounds: informative at T = 1 only",
        controls: &[Control {
            id: "C18.two",
            says: "the same with the paper's 2 for 1 + r̄",
            sources: &[],
            statement: Statement::Constructed(printed),
            rule: Rule::WithProbability { rho: RHO },
        }],
        ..explicitly(
            "C18",
            "F_T(δ) ≤ [(1 + r̄)ε_n√κ̄_{T−1} + β log κ̄_{T−1}]/(γδ) with the run's own γ, μ, r̄",
            "Theorems 5.3, 6.2",
            uniform,
        )
    },
    Claim {
        controls: &[Control {
            id: "C18.round-by-round-no-log",
            says: "the same without β log κ̄, on rounds with ε = 0",
            sources: &[],
            statement: Statement::Constructed(round_without_regularisation),
            rule: Rule::WithProbability { rho: RHO },
        }],
        ..explicitly(
            "C18.round-by-round",
            "F_T(δ) ≤ K_{T−1}/δ, K_t = [(1 + r̄_t)ε_{n,t}√κ̄_t + β log κ̄_t]/γ_t, κ̄_{t+1} = 1 + K_t/μ",
            "Theorems 5.3, 6.2 (ours)",
            rounds_of_their_own,
        )
    },
    Claim {
        level: Level::Exact,
        rule: Rule::Always,
        controls: &[Control::constructed(
            "C18.complete-spans-square",
            "the same with β² for β, on binary prompts at the δ of their own confidence",
            spans_with_squared_beta,
        )],
        ..explicitly(
            "C18.complete-spans",
            "with complete spans in every round: F_T(δ) ≤ β log κ_{T−1}/(γδ), κ_{t+1} ≤ 1 + β log κ_t/(γμ)",
            "Theorem 6.2, noise-free (ours)",
            spans,
        )
    },
    Claim {
        id: "C18.printed",
        says: "the explicit form with the paper's 2 for 1 + r̄",
        level: Level::Explicit,
        result: "Theorems 5.3, 6.2, as printed",
        expected: Verdict::Violated,
        sources: &[],
        statement: Statement::Constructed(printed),
        rule: Rule::WithProbability { rho: RHO },
        note: "a hidden step (r̄ ≤ 1) that is false: three responses in two dimensions, n = 10^10",
        controls: &[],
    },
    Claim {
        id: "C18.shape",
        says: "F_T ≤ c (1/(γδ)) √(log#Π log n/n) (√κ_∞ + √κ_0 λ^{(T−1)/2}) on the hard instance",
        level: Level::Shape,
        result: "Theorem 5.3",
        expected: Verdict::Holds,
        sources: HARD,
        statement: Statement::Ratios(shape),
        rule: Rule::Shape,
        note: "κ_∞ and λ from the run's own γ, μ, ε and r̄; n from 2^12 on",
        controls: &[
            Control {
                id: "C18.shape-faster",
                says: "the same with n^{−0.65} for n^{−1/2}",
                sources: HARD,
                statement: Statement::Ratios(faster_shape),
                rule: Rule::Shape,
            },
            Control {
                id: "C18.shape-three-quarters",
                says: "the same with n^{−3/4} for n^{−1/2}",
                sources: HARD,
                statement: Statement::Ratios(fast_shape),
                rule: Rule::Shape,
            },
        ],
    },
];

const UNIQUE: &str = "modal responses are unique (γ > 0)";

/// F_T(δ) for every T and δ of a run against a bound that is made of the run up to T, its d, its n and δ; a run is held to its bounds
/// after every round at once, which asks for ε_{n,t} at ρ/T_max in each, whatever T.
fn failures(
    trial: &Trial<'_>,
    bound: impl Fn(&RunConstants, [f64; 2], f64, f64) -> Result<Option<f64>>,
) -> Result<Option<Case>> {
    let Some(dim) = trial.dim().filter(|_| is_realizable(trial.simulation())) else { return Ok(None) };
    let sizes = [dim as f64, trial.samples()];
    let mut case = Case::default();
    case.place.size = trial.size();
    for rounds in 1..=trial.rounds() {
        let run = trial.constants(rounds)?;
        if run.gamma() <= 0.0 {
            continue;
        }
        // The bounds share what they are given among their T rounds.
        let rho = RHO * rounds as f64 / trial.rounds() as f64;
        for &delta in trial.deltas() {
            if let Some(bound) = bound(&run, sizes, rho, delta)? {
                let measured = trial.at(&FAILURE, delta, rounds)?;
                case.comparisons.push(Comparison::probability(measured, bound, trial.sum_rounding(bound.min(1.0))));
            }
        }
    }
    case.assumptions.push((UNIQUE, !case.comparisons.is_empty()));
    Ok(Some(case))
}

fn uniform(trial: &Trial<'_>) -> Result<Option<Case>> {
    failures(trial, |run, [dim, n], rho, delta| run.uniform(dim, n, rho, delta).map(Some))
}

fn rounds_of_their_own(trial: &Trial<'_>) -> Result<Option<Case>> {
    failures(trial, |run, [dim, n], rho, delta| run.round_by_round(&run.linear_epsilons(dim, n, rho)?, delta).map(Some))
}

fn spans(trial: &Trial<'_>) -> Result<Option<Case>> {
    failures(trial, |run, _, _, delta| {
        // The population update sees every difference, and is another claim's.
        if !trial.simulation().process.fit.is_population() {
            (1..=run.rounds()).try_for_each(|t| trial.get(&RANK_FRACTION, t).map(drop))?;
        }
        run.complete_spans(delta)
    })
}

/// A binary prompt of margin γ after one population round: it fails at the δ of its own confidence.
fn spans_with_squared_beta(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 50 } else { 500 };
    (0..count)
        .map(|_| {
            let (gamma, beta): (f64, f64) = (rng.random_range(0.2..0.6), rng.random_range(0.2..0.4));
            let doubt = 1.0 / (1.0 + (gamma * (1.0 + 1.0 / beta)).exp());
            let bound = complete_spans(1.0 + (-gamma).exp(), gamma, 1.0 - doubt, beta * beta, doubt, 1)?;
            Ok(single(Comparison::probability(1.0, bound.value(), 1e-12)))
        })
        .collect()
}

/// With ε = 0 and without its regularisation term the bound of one round is 0, whatever is left of the failure rate.
fn round_without_regularisation(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 50 } else { 500 };
    (0..count)
        .map(|_| {
            let (gap, beta): (f64, f64) = (rng.random_range(0.1..1.0), rng.random_range(0.5..2.0));
            let confidence = 1.0 / (1.0 + (-gap * (1.0 + 1.0 / beta)).exp());
            // A binary prompt fails at the δ of its own confidence.
            let constants = [RoundConstants { gamma: gap, epsilon: 0.0, excess: 1.0 }];
            let kept = round_by_round(1.0, confidence, beta, 1.0 - confidence, &constants)?;
            Ok(single(Comparison::probability(1.0, kept.value(), 0.0)))
        })
        .collect()
}

/// Theorem 5.3's printed form on its counterexample: φ = (0,0), (−1,0), (c, −√(1−c²)), θ_0 = (3, 30.0003), n = 10^10, β = 1/√n.
/// Response 3 has π_0 = 9e-14 and is never drawn, so that one round lifts it to 0.4.
fn printed(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let count = if profile == Profile::Quick { 80 } else { 200 };
    let (c, n, delta) = (9.8648e-5f64, 1e10f64, 0.3);
    let features = DenseFeatures::new(arr2(&[[0.0, 0.0], [-1.0, 0.0], [c, -(1.0 - c * c).sqrt()]]), &[3])?;
    let base = Parameter::Dense(vec![3.0, 30.0003].into());
    let instance = Instance::new(vec![1.0], FeatureMap::dense(features), base, None)?;
    let mut config = Config::default();
    config.process.samples = n as u64;
    config.process.rounds = 1;
    config.measure.delta = vec![delta];
    config.run.seed = SeedConfig::Text(seed.to_string());
    let simulation = Simulation::given(config.clone(), instance.clone())?;
    config.run.replicates = 1;
    (0..count)
        .map(|index| {
            let run = replicate(&simulation, index, false, &std::sync::atomic::AtomicBool::new(false))?;
            let rows = CellRows::of_run(&simulation, &[run]);
            let constants = RunConstants::of(&rows, 0, simulation.process.beta, 1)?.as_printed();
            let failure = rows.values(FAILURE.at(delta), 1)?[0];
            let comparison = Comparison::probability(failure, constants.uniform(2.0, n, RHO, delta)?, 0.0);
            let mut config = config.clone();
            config.run.first_replicate = index;
            let replay = Some(Arc::new(Replay { config, instance: instance.clone() }));
            Ok(Case { replay, ..single(comparison) })
        })
        .collect()
}

fn shape(cells: &[CellRows]) -> Result<Vec<Ratio>> {
    shapes(cells, |_| 1.0)
}

fn faster_shape(cells: &[CellRows]) -> Result<Vec<Ratio>> {
    shapes(cells, |n| n.powf(-0.15))
}

fn fast_shape(cells: &[CellRows]) -> Result<Vec<Ratio>> {
    shapes(cells, |n| n.powf(-0.25))
}

/// F_T on the hard instance over the theorem's shape, times a factor of n; n from 2^12 on, where the worst mass is small.
fn shapes(cells: &[CellRows], factor: impl Fn(f64) -> f64) -> Result<Vec<Ratio>> {
    let hard = hard_cells(cells)?;
    let hard: Vec<&CellRows> =
        hard.iter().filter(|cell| is_worst(cell) && cell.cell.config.process.samples >= 4096).collect();
    // One constant is calibrated for all: cells that differ in anything but n and κ_0 are no test of it.
    let kind = |cell: &CellRows| apart_from(cell, &["process.samples", "instance.kappa0"]);
    if let Some(other) = hard.iter().find(|cell| kind(cell) != kind(hard[0])) {
        return Err(Error::Absent(Absent::of_grid(
            "instance, process but for n and κ₀",
            other.cell.ordinal,
            Why::Varies,
        )));
    }
    let mut ratios = Vec::new();
    for &cell in &hard {
        let (simulation, n) = (cell.simulation()?, cell.number("process.samples")?);
        let complexity = cell.number("instance.prompts")? * derived(&simulation, "responses")?.ln() - RHO.ln();
        let kappa0 = derived(&simulation, "kappa0")?;
        for t in 1..=cell.rounds() {
            let shape = Shape {
                n,
                rounds: t as u32,
                kappa0,
                gamma: cell.mean(&MARGIN, 0)?.mean,
                delta: 0.5,
                contraction: RunConstants::means(cell, t)?.contraction()?,
                constant: 1.0,
            };
            let value = shape.failure(complexity)?.value() * factor(n / 4096.0);
            ratios.push(Ratio {
                cell: cell.cell.ordinal,
                values: cell.values(FAILURE.at(0.5), t)?,
                shape: value,
                informative: value < 1.0,
                // The κ_0 that was asked for: the realised one changes with n, and would part cells that belong together.
                axes: Axes {
                    samples: n,
                    rounds: t as f64,
                    kappa0: cell.number("instance.kappa0")?,
                    complexity: f64::NAN,
                },
            });
        }
    }
    Ok(ratios)
}
