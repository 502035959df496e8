//! Data that is replayed, and data that accumulates (L11, L12).

use std::cell::Cell;

use super::OURS;
use super::rows::{is_one_number, is_population_of};
use super::straight::bent;
use crate::claims::cases::single;
use crate::claims::premises::Slot;
use crate::claims::{Case, Claim, Comparison, Control, Level, Source, Statement, Trial};
use crate::instance::Parameter;
use crate::instance::answers::{Answers, Group};
use crate::logits::LogitTable;
use crate::metrics::correctness::log_odds;
use crate::metrics::named::LOG_ODDS;
use crate::papers::loops::theory::memory::{
    accumulation_limit, accumulation_tail, attractor, best_of_attractor, replayed, sharpened_rest,
};
use crate::process::{CandidateLaw, Candidates, Fitted, Likelihood, Loop, Memory, Ranking, Selection, Snapshot, Step};
use crate::seed::Seed;
use crate::study::Profile;
use crate::{Error, Result};

const REPLAY: &[Source] = &[Source { experiment: "replay_and_memory", part: "replay" }];
const BEST_OF: &[Source] = &[Source { experiment: "replay_and_memory", part: "replay-best-of" }];
const ACCUMULATE: &[Source] = &[Source { experiment: "replay_and_memory", part: "accumulate" }];

/// How far an identity may be missed: rounding.
const ROUNDING: f64 = 1e-9;
/// Where the slope at ½ is read off, and to how much of it: the map is odd around ½, so that its next term is of third order.
const CLOSE: f64 = 1e-4;
const SLOPE: f64 = 1e-5;
/// The round from which on (t+1)(1−p_t) is held to its limit.
const FROM: usize = 100;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "L11",
        "replay of a share λ of uniform answers at K = 2: p = ½ is the limit from every p_0 if λ ≥ λ_c = 1/(1+β), with the slope (1−λ)(1+1/β); below λ_c there are two attractors, the fixed points of p ↦ (1−λ)σ((1+1/β)ℓ) + λ/2 off ½",
        OURS,
        REPLAY,
        Statement::Replicates(limits),
        &[Control::replicates("L11.half", "λ_c = ½", REPLAY, limits_of_half)],
    ),
    Claim::exact(
        "L11.best-of",
        "with the likeliest of N in place of the power there is no threshold: p of the mode tends to the fixed point of p ↦ (1−λ)(1−(1−p)^N) + λ/2 above ½ for every λ below 1",
        OURS,
        BEST_OF,
        Statement::Replicates(limits_of_best),
        &[Control::replicates(
            "L11.best-of-threshold",
            "with the likeliest of N, p = ½ is the limit from λ = ½ on",
            BEST_OF,
            limits_of_best_with_threshold,
        )],
    ),
    Claim {
        note: "constructed: the library's population rounds, started on either side of ½ at one and the same base policy, which no run of an experiment is",
        ..Claim::exact(
            "L11.ranked",
            "replay of a share λ of uniform answers beside the likeliest of N at K = 2, with p of the base's mode: ranked_by = \"base\" has one interior attractor for every λ in (0,1), the fixed point of p ↦ (1−λ)(1−(1−p)^N) + λ/2; ranked_by = \"current\" has two, that point and its mirror image",
            OURS,
            &[],
            Statement::Constructed(ranked),
            &[
                Control::constructed(
                    "L11.ranked-base-two",
                    "ranked by the base policy there are two attractors, too",
                    both_two,
                ),
                Control::constructed("L11.ranked-current-one", "ranked by π_t there is one attractor, too", both_one),
            ],
        )
    },
    Claim {
        level: Level::Shape,
        ..Claim::exact(
            "L12",
            "accumulate at K = 2 from p_0 > ½: (t+1)(1−p_t) = (1−p_0) + Σ_{s<t}(1−T(p_s)), T(p) = σ((1+1/β)ℓ), in every round; the sum converges, and (t+1)(1−p_t) lies below its limit by at most the tail βc'^{1+1/β}t^{−1/β}: 1−p falls like 1/t",
            OURS,
            ACCUMULATE,
            Statement::Replicates(sums),
            &[Control::replicates(
                "L12.geometric",
                "log(1−p) is straighter in t than in log(t+1)",
                ACCUMULATE,
                geometric,
            )],
        )
    },
];

/// 1 − p, and p of log-odds ℓ.
fn rest(log_odds: f64) -> f64 {
    1.0 / (1.0 + log_odds.exp())
}

/// λ of a population round of likelihood with replay at two answers, whatever its candidates.
fn share(trial: &Trial<'_>) -> Result<Option<f64>> {
    const SLOTS: &[Slot] = &[Slot::Candidates, Slot::Selection, Slot::Ranking, Slot::Memory];
    let Memory::Replay(share) = trial.simulation().process.memory else { return Ok(None) };
    let speaks = is_population_of(trial, "likelihood", SLOTS) && is_one_number(&*trial.instance()?);
    Ok(Some(share).filter(|_| speaks))
}

/// Whether candidates are single draws from the law ∝ π^(1 + 1/β).
fn is_powered(trial: &Trial<'_>) -> bool {
    let Candidates { law, selection, .. } = trial.simulation().process.candidates;
    let power = 1.0 + 1.0 / trial.beta();
    matches!(law, CandidateLaw::Power(own) if (own - power).abs() <= 1e-12 * power) && selection == Selection::None
}

/// Whether T rounds of a map of the larger probability, from p_0 on, end at its attractor, to half of what is allowed: before that nothing
/// is said of a limit.
fn arrives(trial: &Trial<'_>, attractor: f64, next: impl Fn(f64) -> Result<f64>) -> Result<bool> {
    let mut p = 1.0 - rest(trial.get(&LOG_ODDS, 0)?.abs());
    for _ in 0..trial.rounds() {
        p = next(p)?;
    }
    Ok((p - attractor).abs() <= 0.5 * ROUNDING)
}

fn one(trial: &Trial<'_>, comparisons: Vec<Comparison>) -> Result<Option<Case>> {
    let mut case = Case { comparisons, ..Case::default() };
    case.place.size = trial.size();
    Ok(Some(case))
}

/// p_T against the attractor on the side of p_0.
fn end(trial: &Trial<'_>, upper: f64) -> Result<Comparison> {
    let sign = trial.get(&LOG_ODDS, 0)?.signum();
    Ok(Comparison::identity(rest(-sign * trial.get(&LOG_ODDS, trial.rounds())?), upper, ROUNDING))
}

/// λ of a loop of powers that has arrived at its attractor.
fn arrived(trial: &Trial<'_>) -> Result<Option<f64>> {
    let Some(lambda) = share(trial)?.filter(|_| is_powered(trial)) else { return Ok(None) };
    let beta = trial.beta();
    let there = arrives(trial, attractor(lambda, beta)?, |p| replayed(p, lambda, beta))?;
    Ok(Some(lambda).filter(|_| there))
}

fn limits(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (Some(lambda), beta) = (arrived(trial)?, trial.beta()) else { return Ok(None) };
    let mut comparisons = vec![end(trial, attractor(lambda, beta)?)?];
    if lambda >= 1.0 / (1.0 + beta) {
        let away = |t: usize| trial.get(&LOG_ODDS, t).map(|l| 0.5 * (0.5 * l).tanh());
        for t in 0..trial.rounds() {
            let (now, next) = (away(t)?, away(t + 1)?);
            if now == 0.0 {
                // A tie stays one: nothing approaches it.
                break;
            }
            if now.abs() < CLOSE {
                let slope = (1.0 - lambda) * (1.0 + 1.0 / beta);
                comparisons.push(Comparison::identity(next / now, slope, SLOPE));
                break;
            }
        }
    }
    one(trial, comparisons)
}

fn limits_of_half(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (Some(lambda), beta) = (arrived(trial)?, trial.beta()) else { return Ok(None) };
    let upper = if lambda >= 0.5 { 0.5 } else { attractor(lambda, beta)? };
    one(trial, vec![end(trial, upper)?])
}

fn limits_of_best(trial: &Trial<'_>) -> Result<Option<Case>> {
    best_of(trial, 1.0)
}

fn limits_of_best_with_threshold(trial: &Trial<'_>) -> Result<Option<Case>> {
    best_of(trial, 0.5)
}

fn best_of(trial: &Trial<'_>, threshold: f64) -> Result<Option<Case>> {
    let Candidates { law: CandidateLaw::Current, selection: Selection::BestOf(draws), .. } =
        trial.simulation().process.candidates
    else {
        return Ok(None);
    };
    let Some(lambda) = share(trial)? else { return Ok(None) };
    let attractor = best_of_attractor(lambda, draws as f64)?;
    let next = |p: f64| Ok((1.0 - lambda) * (1.0 - (1.0 - p).powf(draws as f64)) + 0.5 * lambda);
    // Two answers that tie stay as they are.
    if trial.get(&LOG_ODDS, 0)? == 0.0 || !arrives(trial, attractor, next)? {
        return Ok(None);
    }
    let upper = if lambda >= threshold { 0.5 } else { attractor };
    one(trial, vec![end(trial, upper)?])
}

/// The base policy's log-odds of its mode, and those of the policies that a loop starts from.
const BASE: f64 = 1.0;
const STARTS: [f64; 4] = [-6.0, -0.01, 0.01, 6.0];

fn ranked(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    attractors(profile, |ranking, start| ranking == Ranking::Current && start < 0.0)
}

fn both_two(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    attractors(profile, |_, start| start < 0.0)
}

fn both_one(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    attractors(profile, |_, _| false)
}

/// Where loops end, against the attractor above ½ or, where `mirrored`, its mirror image.
fn attractors(profile: Profile, mirrored: fn(Ranking, f64) -> bool) -> Result<Vec<Case>> {
    let (draws, shares): (&[u64], &[f64]) = match profile {
        Profile::Quick => (&[2, 4], &[0.1, 0.9]),
        Profile::Full => (&[2, 3, 4, 8], &[0.02, 0.1, 0.5, 0.9, 0.98]),
    };
    let mut cases = Vec::new();
    for (&draws, &lambda) in draws.iter().flat_map(|draws| shares.iter().map(move |lambda| (draws, lambda))) {
        let upper = best_of_attractor(lambda, draws as f64)?;
        for (ranked_by, start) in [Ranking::Base, Ranking::Current].into_iter().flat_map(|r| STARTS.map(|l| (r, l))) {
            let candidates = Candidates { selection: Selection::BestOf(draws), ranked_by, ..Candidates::default() };
            let stated = if mirrored(ranked_by, start) { 1.0 - upper } else { upper };
            cases.push(single(Comparison::identity(end_of(candidates, lambda, start)?, stated, ROUNDING)));
        }
    }
    Ok(cases)
}

/// Of one prompt with two answers, these log-odds of the first.
fn two_answers(log_odds: f64) -> Parameter {
    let mut table = LogitTable::default();
    table.push_dense(&[log_odds, 0.0]);
    Parameter::tabular(table)
}

/// p of the base's mode after rounds of the library's population loop, of which the first is at another policy than the base.
fn end_of(candidates: Candidates, lambda: f64, start: f64) -> Result<f64> {
    const ROUNDS: usize = 200;
    let group = Group { share: 1.0, gap: BASE, right: true };
    let instance = Answers { groups: vec![group], responses: 2 }.instance()?;
    let process = Loop {
        candidates,
        memory: Memory::Replay(lambda),
        fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
        ..Loop::default()
    };
    process.on(&instance)?;
    let (seed, base) = (Seed::from_number(0), Snapshot::new(instance.base().clone(), &instance));
    let mut now = Snapshot::new(two_answers(start), &instance);
    for t in 0..ROUNDS {
        let step = Step::new(&process, &instance, (&base, &now), t, &seed, &[])?;
        let Fitted::Minimum(minimum) = process.fit.fit(&step)? else {
            return Err(Error::argument("process.memory.replay", lambda, "a share at which both answers are seen"));
        };
        now = Snapshot::new(minimum.theta, &instance);
    }
    let odds = instance.correct().and_then(|correct| log_odds(&[1.0], &now.policy, correct));
    Ok(odds.map_or(f64::NAN, |odds| rest(-odds)))
}

/// Whether it is a population round of accumulate from a right favourite at two answers.
fn accumulates(trial: &Trial<'_>) -> Result<bool> {
    let speaks = is_population_of(trial, "likelihood", &[Slot::Candidates, Slot::Memory])
        && trial.simulation().process.memory == Memory::All
        && is_powered(trial)
        && is_one_number(&*trial.instance()?);
    Ok(speaks && trial.get(&LOG_ODDS, 0)? > 0.0)
}

/// Replicates of one cell start alike, and a limit takes a million rounds: the last one is remembered.
fn limit_of(start: f64, beta: f64) -> Result<(f64, f64)> {
    #[derive(Clone, Copy)]
    struct Known {
        question: [u64; 2],
        limit: (f64, f64),
    }
    thread_local! {
        static LAST: Cell<Option<Known>> = const { Cell::new(None) };
    }
    let question = [start.to_bits(), beta.to_bits()];
    match LAST.get() {
        Some(last) if last.question == question => Ok(last.limit),
        _ => {
            let limit = accumulation_limit(start, beta)?;
            LAST.set(Some(Known { question, limit }));
            Ok(limit)
        }
    }
}

fn sums(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !accumulates(trial)? {
        return Ok(None);
    }
    let beta = trial.beta();
    let first = rest(trial.get(&LOG_ODDS, 0)?);
    let (limit, error) = limit_of(1.0 - first, beta)?;
    let (mut sum, mut comparisons) = (first, Vec::new());
    for t in 0..=trial.rounds() {
        let now = rest(trial.get(&LOG_ODDS, t)?);
        let scaled = (t + 1) as f64 * now;
        comparisons.push(Comparison::identity(scaled, sum, ROUNDING * sum));
        if t >= FROM {
            comparisons.push(Comparison::unlimited(scaled, limit + error, ROUNDING));
            let tail = accumulation_tail(limit + error, beta, t as f64);
            comparisons.push(Comparison::at_least(scaled, limit - error - tail, ROUNDING));
        }
        sum += sharpened_rest(now, beta)?;
    }
    one(trial, comparisons)
}

fn geometric(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !accumulates(trial)? {
        return Ok(None);
    }
    let curve = |x: fn(f64) -> f64| -> Result<Vec<(f64, f64)>> {
        (0..=trial.rounds()).map(|t| Ok((x(t as f64), rest(trial.get(&LOG_ODDS, t)?).ln()))).collect()
    };
    let (straight, power) = (curve(|t| t)?, curve(f64::ln_1p)?);
    one(trial, vec![Comparison::unlimited(bent(&straight), bent(&power), 1e-12)])
}
