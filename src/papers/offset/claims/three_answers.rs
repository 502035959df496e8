//! One prompt of three answers on a line of features (M4): population rounds that leave the mode, the paper's guarantees and certainty.

use super::super::theory::three_answers::{concentrability, entropy, gain, next};
use super::is_population;
use crate::Result;
use crate::claims::cases::step_by_step;
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::metrics::named::{
    BASELINE_LEFT, CHAIN_CONCENTRABILITY, CONCENTRABILITY, DRIFT, ENTROPY, FLIP_LOSS, KAPPA, STEP_DRIFT,
};

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    note: "from (.30, .69, .01) at β = .1 and .05 and (.0001, .9995, .0004) at β = .5; in the end the middle answer, no vertex, is not the mode",
    ..Claim::exact(
        "M4",
        "K = 3, φ = (0, ½, 1): population rounds move the mode to the least likely answer, and may lower E_π' log π, exceed κ_t, or raise the entropy, as ψ = Cov(φ, log π)/Var φ says",
        "three answers (ours)",
        LAWS,
        Statement::Replicates(led_astray),
        &[
            Control::replicates("M4.mode", "a population round keeps every mode", LAWS, mode_kept),
            Control::replicates("M4.performance", "E_{π_{t+1}} log π_t ≥ E_{π_t} log π_t", LAWS, performance_kept),
            Control::replicates("M4.concentrability", "C_{π_{t+1}/π_t} ≤ κ_t", LAWS, concentrability_kept),
            Control::replicates("M4.entropy", "the entropy never rises", LAWS, entropy_falls),
        ],
    )
}];

/// M4's two laws, each at its β.
const LAWS: &[Source] = &[
    Source { experiment: "misspecified_audit", part: "three-answers" },
    Source { experiment: "misspecified_audit", part: "sure-answers" },
];

/// The least probability of an answer that the plain formulas start from.
const LEAST: f64 = 1e-6;

/// Rounds that plain formulas follow: later some probabilities lie below the rounding of others.
const FOLLOWED: usize = 2;

/// π_0 of the configuration.
fn law(trial: &Trial<'_>) -> Option<[f64; 3]> {
    trial.config().instance.get("law")
}

fn index_of(law: [f64; 3], beats: impl Fn(f64, f64) -> bool) -> usize {
    (1..3).fold(0, |best, y| if beats(law[y], law[best]) { y } else { best })
}

fn led_astray(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (Some(start), true) = (law(trial), is_population(trial)) else { return Ok(None) };
    // Of answers that tie none is the mode; one of a millionth is known to too little.
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9;
    if close(start[0], start[1])
        || close(start[1], start[2])
        || close(start[0], start[2])
        || start.iter().any(|&mass| mass < LEAST)
    {
        return Ok(None);
    }
    let mode = |law: [f64; 3]| index_of(law, |a, b| a > b);
    let mut laws = vec![start];
    for t in 0..FOLLOWED.min(trial.rounds()) {
        laws.push(next(laws[t], trial.beta())?);
    }
    let mut case = Case::default();
    for (t, pair) in laws.windows(2).enumerate() {
        let (before, after) = (pair[0], pair[1]);
        let mut close = |of, expected: f64, size: f64| -> Result<()> {
            let found = trial.get(of, t + 1)?;
            case.comparisons.push(Comparison::identity(found, expected, 1e-9 * size));
            Ok(())
        };
        let moved = f64::from(u8::from(mode(before) != mode(after)));
        let cost = before.iter().map(|mass| mass.ln().abs()).fold(0.0, f64::max);
        let concentrated = concentrability(before, after);
        close(&ENTROPY, entropy(after), 1.0)?;
        close(&BASELINE_LEFT, gain(before, after), cost)?;
        close(&CHAIN_CONCENTRABILITY, concentrated, concentrated)?;
        close(&STEP_DRIFT, moved, 1.0)?;
        // What a moved mode costs tells which answer it went to: the least likely one.
        let [old, least] = [mode(before), index_of(before, |a, b| a < b)].map(|y| before[y]);
        let gap = (1.0 + trial.beta()) * (old / least).ln();
        let lost = moved * 2.0 * old * least * gap * gap;
        close(&FLIP_LOSS, lost, lost.max(1.0))?;
    }
    // In the end the mode is a vertex of the features' hull, which the first mode, the middle answer, is not.
    if mode(start) == 1 && leaves_the_middle(start, trial)? {
        case.comparisons.push(Comparison::at_least(trial.get(&DRIFT, trial.rounds())?, 1.0, 0.0));
    }
    case.place.size = trial.size();
    Ok(Some(case))
}

/// Whether the mode has left the middle answer after T rounds of the plain formulas: before, the end is not reached.
fn leaves_the_middle(start: [f64; 3], trial: &Trial<'_>) -> Result<bool> {
    let mut law = start;
    for _ in 0..trial.rounds() {
        if law.iter().any(|&mass| mass < f64::MIN_POSITIVE) {
            break;
        }
        law = next(law, trial.beta())?;
        if index_of(law, |a, b| a > b) != 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a reader of the paper may expect of every population round.
fn every_round(trial: &Trial<'_>, expected: impl Fn(usize) -> Result<Comparison>) -> Result<Option<Case>> {
    if !is_population(trial) {
        return Ok(None);
    }
    step_by_step(trial, "", |_| Ok(true), |t| Ok(vec![expected(t)?]))
}

fn mode_kept(trial: &Trial<'_>) -> Result<Option<Case>> {
    every_round(trial, |t| Ok(Comparison::probability(trial.get(&STEP_DRIFT, t + 1)?, 0.0, 0.0)))
}

fn performance_kept(trial: &Trial<'_>) -> Result<Option<Case>> {
    every_round(trial, |t| {
        let gain = trial.get(&BASELINE_LEFT, t + 1)?;
        Ok(Comparison::at_least(gain, 0.0, 1e-9 * gain.abs().max(1.0)))
    })
}

fn concentrability_kept(trial: &Trial<'_>) -> Result<Option<Case>> {
    every_round(trial, |t| {
        let kappa = trial.get(&KAPPA, t)?;
        Ok(Comparison::unlimited(trial.get(&CONCENTRABILITY, t + 1)?, kappa, trial.rounding(t + 1, kappa)?))
    })
}

fn entropy_falls(trial: &Trial<'_>) -> Result<Option<Case>> {
    every_round(trial, |t| {
        let before = trial.get(&ENTROPY, t)?;
        Ok(Comparison::unlimited(trial.get(&ENTROPY, t + 1)?, before, trial.rounding(t + 1, 1.0 + before)?))
    })
}
