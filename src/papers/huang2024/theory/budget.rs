//! How many base responses a failure rate costs on the hard instance (claim S7): the Bayes learner, one round of best-of-N, one round of
//! the adaptive rule, and the loop of self-rewarding.

use super::floor::{Guess, share_with};
use super::hidden::Hidden;
use super::resampling::prompt_failure;
use crate::error::{Error, Result};
use crate::papers::check;

/// The cheapest way to a failure rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// n, draws of prompts.
    pub n: f64,
    /// N, or the A = ⌈2μ/q⌉ of the adaptive rule; 2 for pairs.
    pub setting: f64,
    /// Expected number of responses drawn.
    pub draws: f64,
}

/// δ, of the base failure rate.
const DELTA: f64 = 0.5;
/// N of the Bayes learner up to which the least is looked for.
const MOST_EACH: u32 = 4;

/// The share of informative prompts that may fail, ε/Δ; below ½, so that a round whose picks are the mode half of the time never does.
fn share(instance: &Hidden, epsilon: f64) -> Result<f64> {
    let share = check::open_unit("epsilon", epsilon)? / instance.mass();
    if share < 0.5 { Ok(share) } else { Err(Error::argument("epsilon", epsilon, "a number below half of the mass")) }
}

fn none() -> Error {
    Error::argument("epsilon", "a failure rate", "one that some number of draws reaches")
}

/// The Bayes learner of S6 with the best N ≤ 4: no algorithm with a fixed number of responses at each prompt draw needs fewer.
///
/// `epsilon` = ε > 0, below Δ/2: the expected base failure at δ = ½ that is wanted. All functions of this module are of hard instances with
/// K ≥ 3, where a prompt that is left alone fails.
///
/// # Errors
/// [`Error::Argument`] for an ε out of its range.
pub fn bayes(instance: &Hidden, epsilon: f64) -> Result<Budget> {
    let share = share(instance, epsilon)?;
    let never = |n: f64, each: f64| -(n * instance.weight() * instance.best_of(each).unwrap_or(1.0));
    let mut best: Option<Budget> = None;
    for each in 1..=MOST_EACH {
        let each = f64::from(each);
        // Beyond n with (1 − (1−(1−q)^N)w)^n ≤ ε/Δ nothing is looked at: the floor lies below that.
        let most = check::least_count(|n| never(n, each) <= share.ln()).ok_or_else(none)?;
        let (mean, reach) = (most * instance.weight(), 12.0 * (most * instance.weight()).sqrt() + 80.0);
        let guess = Guess::new(instance.responses(), each * (2.0 * mean + reach).ceil())?;
        let enough = |n: f64| share_with(&guess, instance, n, each).is_ok_and(|failing| failing <= share);
        let n = check::least_count(enough).ok_or_else(none)?;
        let budget = Budget { n, setting: each, draws: n * each };
        best = Some(best.filter(|best| best.draws <= budget.draws).unwrap_or(budget));
    }
    best.ok_or_else(none)
}

/// The cheapest of a family of rounds, numbered from 1 to `last`, of growing hit rate and growing cost a pick. `like` is one that is not
/// far from the cheapest: where a round does not do at the n that the best one so far would pay for, it is not looked at further.
fn cheapest(
    instance: &Hidden,
    epsilon: f64,
    (like, last): (f64, f64),
    pick: impl Fn(f64) -> Result<(f64, f64)>,
) -> Result<Budget> {
    let share = share(instance, epsilon)?;
    let does =
        |hit: f64, n: f64| prompt_failure(n, instance.weight(), hit, true, DELTA).is_ok_and(|failing| failing <= share);
    let least = |hit: f64| check::least_count(|n| does(hit, n)).ok_or_else(none);
    let surest = least(1.0)?;
    let (hit, cost) = pick(like)?;
    let n = least(hit)?;
    let mut best = Budget { n, setting: like, draws: n * cost };
    let mut setting = 1.0;
    while setting <= last {
        let (hit, cost) = pick(setting)?;
        // No pick is surer than sure: from here on every round costs more.
        if surest * cost > best.draws {
            break;
        }
        if hit > DELTA && does(hit, (best.draws / cost).floor().max(1.0)) {
            let n = least(hit)?;
            if n * cost < best.draws {
                best = Budget { n, setting, draws: n * cost };
            }
        }
        setting += 1.0;
    }
    Ok(best)
}

/// One round of sharpening-sft with the best N ≤ 4K, by the law S3.
///
/// # Errors
/// As [`bayes`].
///
/// ```
/// use selfreward::papers::huang2024::theory::budget::{bayes, fixed};
/// use selfreward::papers::huang2024::theory::hidden::Hidden;
///
/// let instance = Hidden::new(64.0, 31.0, 0.2)?;
/// assert!(bayes(&instance, 0.05)?.draws < fixed(&instance, 0.05)?.draws);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn fixed(instance: &Hidden, epsilon: f64) -> Result<Budget> {
    cheapest(instance, epsilon, (instance.responses(), 4.0 * instance.responses()), |each| {
        Ok((instance.best_of(each)?, each))
    })
}

/// One round of sharpening-sft-adaptive with the best μ, by S3 with the law of S5: E m = n((1−Δ)⌈μ⌉ + ΔE N_μ). The setting is A = ⌈2μ/q⌉, on
/// which alone all depends, but for the sentinel's draws.
///
/// # Errors
/// As [`bayes`].
pub fn adaptive(instance: &Hidden, epsilon: f64) -> Result<Budget> {
    cheapest(instance, epsilon, (instance.responses(), 64.0 * instance.responses()), |last| {
        let stopped = instance.stopped_at(last);
        Ok((stopped.hit, (1.0 - instance.mass()) * stopped.sentinel + instance.mass() * stopped.draws))
    })
}

/// The loop of self-rewarding on pairs, by its law Δ(1 − 2q(1−q)Δ/M)^n; T rounds of n/T are the same.
///
/// # Errors
/// As [`bayes`].
pub fn self_rewarding(instance: &Hidden, epsilon: f64) -> Result<Budget> {
    let (share, q) = (share(instance, epsilon)?, instance.probability());
    let step = (-2.0 * q * (1.0 - q) * instance.weight()).ln_1p();
    let n = (share.ln() / step).ceil().max(1.0);
    Ok(Budget { n, setting: 2.0, draws: 2.0 * n })
}
