//! Prompts whose favourite is right, and others whose is wrong (L7).

mod slope;
mod start;

use super::super::theory::mixture::{Growth, Mixture, between_votes, grown};
use super::OURS;
use super::rows::{is_population_of, voters};
use crate::Result;
use crate::claims::premises::Slot;
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::experiment::rise_then_fall::of_groups;
use crate::metrics::named::CORRECT_PROBABILITY;
use crate::process::Labels;
use crate::process::fit::Data;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: "two responses; infinitely many voters are hard labels of win rates at half of their β. Their end, and that of self-rewarding, is judged in the last round in which J differs from its limit w by 10⁻⁹ or more; votes of 5, 101 and 1999 lie between two J that Hoeffding's inequality gives, round by round",
        ..Claim::exact(
            "L7",
            "a share w of right favourites with gap a, the others wrong with gap b: self-rewarding has J = wσ(sa) + (1−w)σ(−sb), s = (1+1/β)^t, and falls in the end iff b < a, or b = a and w < ½; a vote of infinitely many has wσ(a+t/β) + (1−w)σ(−b−t/β), and falls iff we^−a < (1−w)e^−b; with a vote of N gaps grow by 1/β at most and by (1 − 2e^{−2N(σ(gap)−½)²})₊/β at least",
            OURS,
            ROWS,
            Statement::Replicates(by_round),
            &[
                Control::replicates("L7.monotone", "J never falls once it rose", EXACT, monotone),
                Control::replicates(
                    "L7.vote",
                    "with a vote of infinitely many, too, J falls in the end iff b < a",
                    VOTE,
                    vote_by_gaps,
                ),
            ],
        )
    },
    slope::CLAIM,
    start::CLAIM,
];

const SELF: Source = Source { experiment: "rise_then_fall", part: "self-rewarding" };
const MANY: Source = Source { experiment: "rise_then_fall", part: "many-voters" };
const EXACT: &[Source] = &[SELF, MANY];
const VOTE: &[Source] = &[MANY];
const ROWS: &[Source] = &[SELF, MANY, Source { experiment: "rise_then_fall", part: "votes" }];

/// Sums of two sigmoids.
const ROUNDING: f64 = 1e-9;

/// How gaps grow in this loop, and the β by which they do; `None` of other loops.
fn growth(trial: &Trial<'_>) -> Option<(Growth, f64)> {
    let hard = trial.simulation().process.fit.data() == Data::Labels(Labels::Hard);
    match () {
        () if is_population_of(trial, "win-rate", &[]) && hard => Some((Growth::Added, 2.0 * trial.beta())),
        () if is_population_of(trial, "erm", &[]) => Some((Growth::Multiplied, trial.beta())),
        () => None,
    }
}

fn by_round(trial: &Trial<'_>) -> Result<Option<Case>> {
    if let Some(votes) = voters(trial) {
        return between(trial, votes);
    }
    let (Some(mixture), Some((growth, beta))) = (of_groups(trial.config())?, growth(trial)) else { return Ok(None) };
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..=trial.rounds() {
        let stated = mixture.accuracy(growth, grown(growth, beta, t as f64));
        case.comparisons.push(Comparison::identity(trial.get(&CORRECT_PROBABILITY, t)?, stated, ROUNDING));
    }
    case.comparisons.extend(end(trial, (&mixture, growth, beta), mixture.falls_in_the_end(growth))?);
    Ok(Some(case))
}

/// Whether J falls to its limit w in the end, as what is stated; none where every round is at the limit, or none is past the turning point.
fn end(trial: &Trial<'_>, law: (&Mixture, Growth, f64), stated: bool) -> Result<Option<Comparison>> {
    let (mixture, growth, beta) = law;
    let (limit, mut last) = (mixture.right, None);
    for t in 1..=trial.rounds() {
        let measured = trial.get(&CORRECT_PROBABILITY, t)?;
        if (measured - limit).abs() > ROUNDING {
            // J has one turning point at most: past it, it moves as in the end.
            let falls = mixture.balance(growth, grown(growth, beta, t as f64)) < 0.0;
            last = (falls == mixture.falls_in_the_end(growth)).then_some(measured);
        }
    }
    // From above it falls to its limit, from below it rises.
    let number = |is: bool| f64::from(u8::from(is));
    Ok(last.map(|measured| Comparison::identity(number(measured > limit), number(stated), 0.0)))
}

/// J of a vote of N between the two that Hoeffding's inequality gives.
fn between(trial: &Trial<'_>, votes: f64) -> Result<Option<Case>> {
    let speaks = is_population_of(trial, "erm", &[Slot::Reward]);
    let Some(mixture) = of_groups(trial.config())?.filter(|_| speaks) else { return Ok(None) };
    let bounds = between_votes(&mixture, votes, trial.beta(), trial.rounds())?;
    let mut case = Case::default();
    case.place.size = trial.size();
    for (t, (least, most)) in bounds.into_iter().enumerate() {
        let measured = trial.get(&CORRECT_PROBABILITY, t)?;
        case.comparisons.push(Comparison::at_least(measured, least, ROUNDING));
        case.comparisons.push(Comparison::unlimited(measured, most, ROUNDING));
    }
    Ok(Some(case))
}

fn vote_by_gaps(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (Some(mixture), Some((growth, beta))) = (of_groups(trial.config())?, growth(trial)) else { return Ok(None) };
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.extend(end(trial, (&mixture, growth, beta), mixture.wrong_gap < mixture.right_gap)?);
    Ok(Some(case))
}

fn monotone(trial: &Trial<'_>) -> Result<Option<Case>> {
    if of_groups(trial.config())?.is_none() || growth(trial).is_none() {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    let mut rose = false;
    for t in 0..trial.rounds() {
        let (before, after) = (trial.get(&CORRECT_PROBABILITY, t)?, trial.get(&CORRECT_PROBABILITY, t + 1)?);
        if rose {
            case.comparisons.push(Comparison::at_least(after, before, ROUNDING));
        }
        rose |= after > before + ROUNDING;
    }
    Ok(Some(case))
}
