//! Theorems 5.3 and 6.2 as printed, on two families of instances in n (C18.family, C18.finite-class): no hidden constant helps.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::{arr1, arr2};

use crate::claims::{Case, Claim, Comparison, Level, Replay, Statement};
use crate::experiment::{CellRows, RunConstants};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::metrics::named::{DIVERSITY, FAILURE};
use crate::process::fit::SampleSummary;
use crate::process::{Fit, Fitted, MAX_SAMPLES, Minimum, Step};
use crate::seed::Seed;
use crate::simulate::config::SeedConfig;
use crate::simulate::run::replicate;
use crate::simulate::{Config, Simulation};
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::theory::counterexample::{Tie, Unseen};
use crate::theory::iterative::{Setting, explicit};
use crate::{Error, Result};

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        note: "at each n the probability itself, and up to 10^15 runs of the process, their share to 6 standard errors; the instance of C18.printed with ‖θ_0‖ ~ log n",
        ..falsely(
            "C18.family",
            "P[F_1(0.3) > c × the printed right side] ≤ ρ = 0.05 at n = 10^10, 10^12, 10^14, 10^16, d = 2; c = 1 at 10^10, beyond it the c that n = 10^10 asks for",
            "Theorems 5.3, 6.2, as printed, up to a constant",
            unseen,
        )
    },
    Claim {
        note: "at each n the probability itself, and up to 10^15 runs of the process, their share to 6 standard errors; counted where both members have an empirical loss of 0, and a tie goes to the uniform policy",
        ..falsely(
            "C18.finite-class",
            "Π = {π̂_β, uniform}, K = 2, π_0(2) = 10^−3/n: P[F_1(0.3) > c × the printed right side] ≤ ρ = 0.05 at n = 10^10, …, 10^16; c as in C18.family",
            "Theorem 5.3, as printed, up to a constant",
            tied,
        )
    },
];

const fn falsely(
    id: &'static str,
    says: &'static str,
    result: &'static str,
    make: fn(&Seed, Profile) -> Result<Vec<Case>>,
) -> Claim {
    let (level, expected) = (Level::Explicit, Verdict::Violated);
    Claim { level, expected, ..Claim::exact(id, says, result, &[], Statement::Constructed(make), &[]) }
}

/// n along both families.
const SIZES: [f64; 4] = [1e10, 1e12, 1e14, 1e16];
/// δ.
const DELTA: f64 = 0.3;
/// ρ.
const RHO: f64 = 0.05;

/// One n of a family: the chance of the event in closed form with the printed right side beside it, and the instance to run.
struct Size {
    n: f64,
    /// F_1(δ) on the event.
    failure: f64,
    /// A lower bound on the event's probability.
    certain: f64,
    setting: Setting,
    instance: Instance,
}

/// What one run of the process came to.
struct Outcome {
    failure: f64,
    /// Whether it counts at all.
    counts: bool,
    bound: f64,
}

/// Case by case the probability that F_1 exceeds c times the printed right side, and the share of runs in which it does.
fn family(
    seed: &Seed,
    profile: Profile,
    size: fn(f64) -> Result<Size>,
    run: fn(&Simulation, &CellRows, &Size) -> Result<Outcome>,
    fit: Option<fn() -> Box<dyn Fit>>,
) -> Result<Vec<Case>> {
    let count = if profile == Profile::Quick { 80 } else { 200 };
    let mut constant = 1.0;
    let mut cases = Vec::new();
    for (place, n) in SIZES.into_iter().enumerate() {
        let size = size(n)?;
        let bound = explicit(&size.setting, n, 1, DELTA)?.value();
        let exceeds = size.failure > constant * bound;
        let mut case = Case::default();
        case.place.size = place;
        case.comparisons.push(Comparison::probability(if exceeds { size.certain } else { 0.0 }, RHO, 0.0));
        if n <= MAX_SAMPLES as f64 {
            let mut config = Config::default();
            config.process.samples = n as u64;
            config.process.rounds = 1;
            config.measure.delta = vec![DELTA];
            config.run.seed = SeedConfig::Text(seed.child("n", n as u64).to_string());
            let mut simulation = Simulation::given(config.clone(), size.instance.clone())?;
            if let Some(fit) = fit {
                simulation.process.fit = fit();
            } else {
                config.run.replicates = 1;
                case.replay = Some(Arc::new(Replay { config, instance: size.instance.clone() }));
            }
            let mut exceeding = 0;
            for index in 0..count {
                let done = replicate(&simulation, index, false, &AtomicBool::new(false))?;
                let outcome = run(&simulation, &CellRows::of_run(&simulation, &[done]), &size)?;
                exceeding += usize::from(outcome.counts && outcome.failure > constant * outcome.bound);
            }
            let error = 6.0 * (RHO * (1.0 - RHO) / count as f64).sqrt();
            case.comparisons.push(Comparison::probability(exceeding as f64 / count as f64, RHO, error));
            case.replicates = count;
        }
        cases.push(case);
        if place == 0 {
            constant = 1.0 / bound;
        }
    }
    Ok(cases)
}

/// Whether a mass is at most 1 − δ, as a failure rate of one prompt.
fn fails(masses: &[f64]) -> f64 {
    f64::from(masses.iter().copied().fold(0.0, f64::max) <= 1.0 - DELTA)
}

fn unseen(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let size = |n: f64| {
        let member = Unseen::at(n)?;
        let features = DenseFeatures::new(arr2(&member.features), &[3])?;
        let base = Parameter::Dense(arr1(&member.theta));
        Ok(Size {
            n,
            failure: fails(&member.learned()),
            certain: member.certain(),
            setting: member.setting(RHO)?,
            instance: Instance::new(vec![1.0], FeatureMap::dense(features), base, None)?,
        })
    };
    let run = |simulation: &Simulation, rows: &CellRows, size: &Size| {
        let constants = RunConstants::of(rows, 0, simulation.process.beta, 1)?.as_printed();
        Ok(Outcome {
            failure: rows.values(FAILURE.at(DELTA), 1)?[0],
            counts: true,
            bound: constants.uniform(2.0, size.n, RHO, DELTA)?,
        })
    };
    family(seed, profile, size, run, None)
}

fn tied(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let size = |n: f64| {
        let tie = Tie::at(n)?;
        let features = DenseFeatures::new(arr2(&[[1.0], [0.0]]), &[2])?;
        let base = Parameter::Dense(arr1(&[tie.log_odds()]));
        Ok(Size {
            n,
            failure: fails(&[0.5, 0.5]),
            certain: tie.unseen(),
            setting: tie.setting(RHO),
            instance: Instance::new(vec![1.0], FeatureMap::dense(features), base, None)?,
        })
    };
    let run = |simulation: &Simulation, rows: &CellRows, size: &Size| {
        let constants = RunConstants::of(rows, 0, simulation.process.beta, 1)?.as_printed();
        let setting = Setting {
            kappa0: constants.kappa0,
            gamma: constants.gamma(),
            mu: constants.mu(),
            excess: constants.excess(),
            ..size.setting
        };
        Ok(Outcome {
            failure: rows.values(FAILURE.at(DELTA), 1)?[0],
            // Its member is the uniform policy only where no pair told it from π̂_β.
            counts: rows.values(&DIVERSITY, 1)?[0] == 0.0,
            bound: explicit(&setting, size.n, 1, DELTA)?.value(),
        })
    };
    family(seed, profile, size, run, Some(|| Box::new(TwoMembers)))
}

/// Empirical risk minimisation over Π = {uniform, π̂_β}; a tie goes to the uniform policy.
#[derive(Debug)]
struct TwoMembers;

impl Fit for TwoMembers {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        let (FeatureMap::Dense(features), Parameter::Dense(theta)) = (step.instance.features(), step.theta()) else {
            return Err(Error::argument("features", "one-hot", "dense features"));
        };
        let members = [theta * 0.0, theta * (1.0 + 1.0 / step.beta)];
        let (mut losses, mut diverse) = ([0.0; 2], 0);
        for batch in step.batches() {
            batch.pairs().for_each(|seen| {
                diverse += seen.diverse();
                for pair in seen.pairs {
                    let row = |response: u32| features.row(seen.prompt, response as usize);
                    let difference = &row(pair.a) - &row(pair.b);
                    for (loss, member) in losses.iter_mut().zip(&members) {
                        let u = member * step.beta - theta * (1.0 + step.beta);
                        *loss += pair.count as f64 * u.dot(&difference).powi(2);
                    }
                }
            });
        }
        let [uniform, sharp] = members;
        let chosen = if losses[0] <= losses[1] { uniform } else { sharp };
        let sample = SampleSummary { triples: step.samples, diverse, rank: usize::from(diverse > 0), full_rank: 1 };
        Ok(Minimum::new(Parameter::Dense(chosen), Some(sample)).into())
    }
}
