//! Standardised rewards of correct answers: a circle at constant speed, and a frozen reference (Q4).

use super::OURS;
use super::rows::{is_marked, is_mirror, is_population_of, is_table, marks, rewards};
use super::straight::bent;
use crate::claims::cases::single;
use crate::claims::premises::Slot;
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::instance::answers::{Answers, Group};
use crate::metrics::correctness::log_odds;
use crate::metrics::named::{CIRCLE_ANGLE, LOG_ODDS};
use crate::papers::loops::theory::normalised::{angle_law, bounded, critical_beta, threshold};
use crate::process::{Loop, Reference, Square, Weighted};
use crate::seed::Seed;
use crate::study::Profile;
use crate::{Error, Result};

const MIRROR: &[Source] = &[Source { experiment: "self_excitation", part: "mirror" }];

/// A run has crashed once |ℓ| is above this: the deviation of the reward then leaves the doubles.
const CRASH: f64 = 700.0;
/// The share of 2βω_0 up to which the law of the angle is stated.
const SHARE: f64 = 0.9;
/// ℓ_0 of the loops with a frozen reference. Just above its threshold the one from −5 ends on a 2-cycle, that from −7 on a 4-cycle, and those
/// from −8 and −12 have no short period.
const STARTS: [f64; 9] = [0.0, -1.0, -2.0, -3.0, -4.0, -5.0, -7.0, -8.0, -12.0];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "Q4a",
        "grpo-mirror at one prompt, ω_t = arccos √ρ_t: |ω_t − [ω_0 − t/(2β) + (4β)⁻¹log(sin 2ω_0/sin 2ω_t)]| ≤ β⁻² for ρ_0 in [.05, .5], β ≥ 5, t ≤ .9·2βω_0: ρ moves on a circle at constant speed and is 1 in finite time",
        "ours, on the map of arXiv 2503.06639 (abstract read)",
        MIRROR,
        Statement::Replicates(circle),
        &[Control::replicates("Q4a.geometric", "log(1−ρ_t) is straighter in t than ω_t", MIRROR, geometric)],
    ),
    Claim {
        note: "bounded is at rest, on a cycle of two or more points, or without a period (ℓ_0 = −8). Constructed: loops of up to 3000 rounds, of which a store would hold as many rows; those of the experiment are cut before a crash",
        ..Claim::exact(
            "Q4b",
            "grpo-frozen-reference from ℓ_0 at one prompt stays bounded if and only if fixed points exist (β ≥ β_c, asinh β_c − √(1+β_c²)/β_c = ℓ_0/2) and |ℓ_0| is at most the upper one: β ≥ cosh(ℓ_0/2)/|ℓ_0| for ℓ_0 < −1.54",
            OURS,
            &[],
            Statement::Constructed(stays),
            &[Control::constructed("Q4b.exists", "bounded if and only if β ≥ β_c", exists)],
        )
    },
];

/// Where the law of the angle is stated.
const LEAST_BETA: f64 = 5.0;
const ACCURACIES: std::ops::RangeInclusive<f64> = 0.05..=0.5;

/// Whether it is grpo-mirror at one prompt, and starts where the law is stated.
fn is_on_the_circle(trial: &Trial<'_>) -> Result<bool> {
    if !is_mirror(trial) || !is_population_of(trial, "erm", &[Slot::Reward]) || trial.beta() < LEAST_BETA {
        return Ok(false);
    }
    let instance = trial.instance()?;
    let of_marks = || {
        let ones = marks(&instance).concat().into_iter().map(|mark| f64::from(u8::from(mark)));
        ones.eq(rewards(&instance).concat())
    };
    if instance.prompts() != 1 || !is_table(&instance) || !is_marked(&instance) || !of_marks() {
        return Ok(false);
    }
    let (start, rounding) = (trial.get(&CIRCLE_ANGLE, 0)?.cos().powi(2), 1e-12);
    Ok(ACCURACIES.contains(&(start + rounding)) || ACCURACIES.contains(&(start - rounding)))
}

fn circle(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_on_the_circle(trial)? {
        return Ok(None);
    }
    let (beta, start) = (trial.beta(), trial.get(&CIRCLE_ANGLE, 0)?);
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in (1..=trial.rounds()).filter(|&t| t as f64 <= SHARE * 2.0 * beta * start) {
        let angle = trial.get(&CIRCLE_ANGLE, t)?;
        let distance = (angle - angle_law(start, angle, beta, t as f64)?).abs();
        case.comparisons.push(Comparison::unlimited(distance, beta.powi(-2), 1e-12));
    }
    Ok(Some(case))
}

fn geometric(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_on_the_circle(trial)? {
        return Ok(None);
    }
    let last = SHARE * 2.0 * trial.beta() * trial.get(&CIRCLE_ANGLE, 0)?;
    let (mut angles, mut logs) = (Vec::new(), Vec::new());
    for t in (0..=trial.rounds()).filter(|&t| t as f64 <= last) {
        angles.push((t as f64, trial.get(&CIRCLE_ANGLE, t)?));
        // log(1−ρ) = −log(1+e^ℓ).
        logs.push((t as f64, -trial.get(&LOG_ODDS, t)?.exp().ln_1p()));
    }
    let mut case =
        Case { comparisons: vec![Comparison::unlimited(bent(&logs), bent(&angles), 1e-12)], ..Case::default() };
    case.place.size = trial.size();
    Ok(Some(case))
}

/// Whether the loop from ℓ_0 ≤ 0 crashes in so many rounds, run through the library.
fn crashes(start: f64, beta: f64, rounds: usize) -> Result<bool> {
    let group = Group { share: 1.0, gap: -start, right: false };
    let instance = Answers { groups: vec![group], responses: 2 }.instance()?;
    let process = Loop {
        signal: Box::new(Weighted { own: 0.0, base: 0.0, external: 1.0, standardise: true }),
        reference: Reference::Base,
        fit: Box::new(Square::population()),
        beta,
        rounds,
        ..Loop::default()
    };
    for round in process.on(&instance)?.start(Seed::from_number(0)) {
        match round {
            Err(Error::Overflow { .. }) => return Ok(true),
            Err(error) => return Err(error),
            Ok(round) => {
                let correct = instance.correct().and_then(|correct| log_odds(&[1.0], &round.policy, correct));
                if correct.is_some_and(|l| l.abs() > CRASH) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

fn stays(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    runs(profile, bounded)
}

fn exists(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    runs(profile, |start, beta| Ok(beta >= critical_beta(start)?))
}

/// From each ℓ_0, at 2 % on either side of β_c and of the threshold, and between the two.
fn runs(profile: Profile, stated: fn(f64, f64) -> Result<bool>) -> Result<Vec<Case>> {
    let rounds = if profile == Profile::Quick { 300 } else { 3000 };
    let mut cases = Vec::new();
    for start in STARTS {
        let (critical, least) = (critical_beta(start)?, threshold(start)?);
        let mut betas = vec![0.98 * least, 1.02 * least];
        if least > critical {
            betas.extend([0.98 * critical, 1.02 * critical, (critical * least).sqrt()]);
        }
        for beta in betas {
            let found = f64::from(u8::from(!crashes(start, beta, rounds)?));
            cases.push(single(Comparison::identity(found, f64::from(u8::from(stated(start, beta)?)), 0.0)));
        }
    }
    Ok(cases)
}
