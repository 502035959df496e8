//! The failure rate after a round of the misspecified class, and its floor (M7).

use ndarray::arr2;

use super::excess::RHO;
use super::is_sampled;
use crate::Result;
use crate::claims::cases::single;
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Source, Statement, Trial};
use crate::experiment::misspecified;
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::logits::LogitTable;
use crate::metrics::Quantity;
use crate::metrics::named::{COMPARATOR_FAILURE, KAPPA, MARGIN, MIN_CONFIDENCE};
use crate::metrics::policy::{comparator_failure, kappa, margin, min_confidence};
use crate::metrics::step::concentrability;
use crate::papers::offset::theory::floor::{Round, misspecified_failure};
use crate::process::{Loop, Square};
use crate::seed::Seed;
use crate::study::Profile;
use crate::study::definition::Verdict;

const MARGINS: &[Source] = &[Source { experiment: "misspecified_floor", part: "margin" }];

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[Claim {
    id: "M7",
    says: "F°(δ) ≤ K_t/δ and κ_{t+1} ≤ min(1/μ, 1 + K_t/μ), K_t = [(√κ_t + √C)√(ε_app² + e_n²) + β log κ_t]/γ_t, e_n of M5 at ρ/T",
    level: Level::Explicit,
    result: "Theorem 5.3 with the approximation error (ours)",
    expected: Verdict::Holds,
    sources: MARGINS,
    statement: Statement::Replicates(failures),
    rule: Rule::WithProbability { rho: RHO },
    note: "the part with ε_app, (√κ_t + √C)ε_app/(γ_tδ), is a floor that neither n nor β lowers",
    controls: &[Control::constructed(
        "M7.no-floor",
        "the same without ε_app, on a policy of three answers whose mode cannot be kept",
        without_floor,
    )],
}];

fn failures(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_sampled(trial.simulation()) {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    let mut unique = true;
    for t in 0..trial.rounds() {
        let (gamma, mu) = (trial.get(&MARGIN, t)?, trial.get(&MIN_CONFIDENCE, t + 1)?);
        unique &= gamma > 0.0;
        let rows = |quantity: &'static Quantity, t: usize| trial.get(quantity, t);
        let rho = RHO / trial.rounds() as f64;
        let Some(round) = misspecified::round(&rows, t + 1, (trial.samples(), trial.beta()), rho)? else { continue };
        for &delta in trial.deltas() {
            let bound = misspecified_failure(&round, delta, mu)?;
            let failure = trial.at(&COMPARATOR_FAILURE, delta, t + 1)?;
            let tolerance = trial.sum_rounding(bound.value());
            case.comparisons.push(Comparison::probability(failure, bound.value(), tolerance));
            if let Some(next) = bound.intermediate("kappa_next") {
                let tolerance = trial.rounding(t + 1, next)?;
                case.comparisons.push(Comparison::new(trial.get(&KAPPA, t + 1)?, next, tolerance, 1.0 / mu));
            }
        }
    }
    case.assumptions.push(("modal responses are unique in every round", unique));
    Ok(Some(case))
}

/// φ = (0, ½, 1), b = log(.30, .69, .01), β = 1/20: the population update gives the last response all probability, and F°(½) = 1.
fn without_floor(seed: &Seed, _: Profile) -> Result<Vec<Case>> {
    let (beta, delta) = (0.05, 0.5);
    let mut offset = LogitTable::default();
    offset.push_dense(&[0.30f64.ln(), 0.69f64.ln(), 0.01f64.ln()]);
    let features = FeatureMap::dense(DenseFeatures::new(arr2(&[[0.0], [0.5], [1.0]]), &[3])?);
    let instance = Instance::new(vec![1.0], features, Parameter::Dense(vec![0.0].into()), None)?.with_offset(offset)?;
    let process = Loop { fit: Box::new(Square::population()), beta, rounds: 1, ..Loop::default() };
    let mut policies = Vec::new();
    for round in process.on(&instance)?.start(*seed) {
        policies.push(round?.policy);
    }
    let [before, after] = &policies[..] else { unreachable!("one round has two policies") };
    let weights = instance.weights();
    let round = Round {
        kappa: kappa(weights, before),
        concentrability: concentrability(weights, before, after),
        approximation: 0.0,
        estimation: 0.0,
        beta,
        gamma: margin(weights, before),
    };
    let bound = misspecified_failure(&round, delta, min_confidence(weights, after))?.value();
    Ok(vec![single(Comparison::probability(comparator_failure(weights, before, after, delta), bound, 0.0))])
}
