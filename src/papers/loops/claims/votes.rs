//! The plurality of answers as a reward, and as what is trained on (L5, L6).

use super::super::theory::laws::{of_log_odds, softplus};
use super::super::theory::votes::{log_vote, majority_reward, order_at_zero, slope_at_half, vote_log_odds};
use super::OURS;
use super::rows::{ROUNDING, is_one_number, is_population_of, voters};
use crate::Result;
use crate::claims::cases::{single, step_by_step};
use crate::claims::premises::Slot;
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::metrics::named::LOG_ODDS;
use crate::process::Accept;
use crate::seed::Seed;
use crate::study::Profile;

const REWARD: &[Source] = &[Source { experiment: "orders_of_decay", part: "vote-reward" }];
const ANSWER: &[Source] = &[Source { experiment: "orders_of_decay", part: "vote-answer" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "L5",
        "majority-reward at two responses: ℓ_{t+1} = ℓ_t + (2v_N(p_t) − 1)/β",
        OURS,
        REWARD,
        Statement::Replicates(rewarded),
        &[Control::replicates("L5.sure", "ℓ_{t+1} = ℓ_t + sign(ℓ_t)/β", REWARD, rewarded_for_sure)],
    ),
    Claim::exact(
        "L6",
        "majority-sft at two responses: p_{t+1} = v_N(p_t), with C(N,m)p^m(1−p)^{N−m} ≤ v_N(p) ≤ C(N,m)p^m for odd N and m = (N+1)/2",
        OURS,
        ANSWER,
        Statement::Replicates(voted),
        &[Control::replicates("L6.order", "v_N(p) ≤ p^N, of order N at 0, for odd N ≥ 3", ANSWER, voted_by_all)],
    ),
    Claim::exact(
        "L6.map",
        "over all sequences of N answers: v_N is the law of the winner, v_{2k} = v_{2k−1}, and its slope at ½ is N·C(N−1,(N−1)/2)·2^{1−N}",
        OURS,
        &[],
        Statement::Constructed(enumerated),
        &[Control::constructed(
            "L6.agree",
            "to keep every answer that agrees with the vote is to learn the law v_N",
            agreeing,
        )],
    ),
];

fn rewarded(trial: &Trial<'_>) -> Result<Option<Case>> {
    of_rewards(trial, majority_reward)
}

fn rewarded_for_sure(trial: &Trial<'_>) -> Result<Option<Case>> {
    of_rewards(trial, |odds, _, beta| Ok(odds + odds.signum() / beta))
}

fn of_rewards(trial: &Trial<'_>, next: fn(f64, f64, f64) -> Result<f64>) -> Result<Option<Case>> {
    let Some(votes) = voters(trial).filter(|_| is_population_of(trial, "erm", &[Slot::Reward])) else {
        return Ok(None);
    };
    if !is_one_number(&*trial.instance()?) {
        return Ok(None);
    }
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let [before, after] = [trial.get(&LOG_ODDS, t)?, trial.get(&LOG_ODDS, t + 1)?];
            let stated = next(before, votes, trial.beta())?;
            Ok(vec![Comparison::identity(after, stated, ROUNDING * (1.0 + stated.abs()))])
        },
    )
}

/// N of a population round of majority-sft at two responses.
fn answers(trial: &Trial<'_>) -> Result<Option<f64>> {
    let Accept::Vote(votes) = trial.simulation().process.accept else { return Ok(None) };
    let speaks = is_population_of(trial, "likelihood", &[Slot::Accept]) && is_one_number(&*trial.instance()?);
    Ok(Some(votes as f64).filter(|_| speaks))
}

fn voted(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(votes) = answers(trial)? else { return Ok(None) };
    steps(trial, |before, after| {
        let stated = vote_log_odds(before, votes)?;
        let mut comparisons = vec![Comparison::identity(after, stated, ROUNDING * (1.0 + stated.abs()))];
        if votes % 2.0 == 1.0 {
            let (order, log_coefficient) = order_at_zero(votes)?;
            let most = order.mul_add(-softplus(-before), log_coefficient);
            let least = (votes - order).mul_add(-softplus(before), most);
            let (log, rounding) = (-softplus(-after), ROUNDING * (1.0 + most.abs()));
            comparisons.push(Comparison::unlimited(log, most, rounding));
            comparisons.push(Comparison::at_least(log, least, rounding));
        }
        Ok(comparisons)
    })
}

fn voted_by_all(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(votes) = answers(trial)?.filter(|votes| *votes >= 3.0 && votes % 2.0 == 1.0) else { return Ok(None) };
    steps(trial, |before, after| {
        let most = -votes * softplus(-before);
        Ok(vec![Comparison::unlimited(-softplus(-after), most, ROUNDING * (1.0 + most.abs()))])
    })
}

/// Round by round, as long as both responses live.
fn steps(trial: &Trial<'_>, compare: impl Fn(f64, f64) -> Result<Vec<Comparison>>) -> Result<Option<Case>> {
    let odds = |t: usize| trial.get(&LOG_ODDS, t);
    step_by_step(
        trial,
        "both responses have a probability",
        |t| Ok(odds(t)?.is_finite() && odds(t + 1)?.is_finite()),
        |t| compare(odds(t)?, odds(t + 1)?),
    )
}

/// Sums over all sequences of n answers: (the winner is the first response, answers that agree with the vote and are the first response,
/// answers that agree), a tie by halves.
fn over_sequences(p: f64, n: u32) -> (f64, f64, f64) {
    let (mut winner, mut right, mut all) = (0.0, 0.0, 0.0);
    for sequence in 0..1u32 << n {
        let firsts = sequence.count_ones();
        let chance = p.powi(firsts as i32) * (1.0 - p).powi((n - firsts) as i32);
        let share = match (2 * firsts).cmp(&n) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        winner += chance * share;
        right += chance * share * f64::from(firsts);
        all += chance * (share * f64::from(firsts) + (1.0 - share) * f64::from(n - firsts));
    }
    (winner, right, all)
}

fn enumerated(_seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let most = if profile == Profile::Quick { 9 } else { 13 };
    let mut cases = Vec::new();
    for n in 1..=most {
        let mut case = Case::default();
        for p in [0.02, 0.2, 0.4, 0.5, 0.6, 0.93f64] {
            let odds = p.ln() - (-p).ln_1p();
            let [right, wrong] = log_vote(of_log_odds(odds), f64::from(n))?;
            let (winner, ..) = over_sequences(p, n);
            case.comparisons.push(Comparison::identity(winner, right.exp(), ROUNDING * winner));
            case.comparisons.push(Comparison::identity(1.0 - winner, wrong.exp(), ROUNDING));
            if n % 2 == 0 {
                let (fewer, ..) = over_sequences(p, n - 1);
                case.comparisons.push(Comparison::identity(winner, fewer, ROUNDING));
            }
        }
        // A difference of fourth order in a step of a hundredth: v_N is a polynomial, and bends little in it.
        let at = |steps: f64| over_sequences(0.5 + 1e-3 * steps, n).0;
        let slope = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / 12e-3;
        case.comparisons.push(Comparison::identity(slope, slope_at_half(f64::from(n))?, 1e-6));
        cases.push(case);
    }
    Ok(cases)
}

fn agreeing(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    let one = |n: u32| {
        let (winner, right, all) = over_sequences(0.6, n);
        single(Comparison::identity(right / all, winner, ROUNDING))
    };
    Ok((3..=9).map(one).collect())
}
