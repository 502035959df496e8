//! What pairs of responses are compared by: a difference of rewards.
//!
//! A reward of a round is r(x,y) = ⟨τ, φ(x,y)⟩ + g(x,y) up to a constant for each prompt. What of it is linear in φ is kept apart,
//! since a square loss on it alone has a closed form whatever the sample (facts F1, F2, F5).

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use super::candidates::each;
use super::law;
use super::{Loop, Step};
use crate::instance::{Instance, Parameter};
use crate::logits::{Atom, LogitTable, joint_levels};
use crate::policy::Policy;
use crate::settings::{Field, Form, Key, Section};
use crate::{Error, Result};

/// A vote of N draws as a table.
pub(super) const VOTE: &[Field] = &[("vote_of", Form::Whole(1, law::MOST_VOTES), None)];

const WEIGHTS: &[Field] =
    &[("self", Form::Real, Some(0.0)), ("base", Form::Real, Some(0.0)), ("external", Form::Real, Some(0.0))];

/// The keys of this choice.
pub(super) const KEYS: &[Key] = &[
    Key::of_process(
        "reward",
        Form::WordOrTables(&["self", "base", "external"], &[VOTE, WEIGHTS]),
        "\"self\" (log π_t), \"base\" (log π_0), \"external\" (the instance's reward, or 1 for correct), weights { self = η, base = w, external = v }, or { vote_of = N } (a vote for each pair, N up to 2000)",
        "\"self\"",
    ),
    Key::of_process("standardise", Form::Switch, "prompt by prompt (r − mean)/sd under π_t", "false"),
];

/// The signal as it is written.
///
/// # Errors
/// [`Error::Argument`] for a vote that is to be standardised.
pub(super) fn read(process: &Section<'_>) -> Result<Box<dyn Signal>> {
    let standardise = process.switch("standardise");
    if let Some(of) = process.inner_whole("reward", "vote_of") {
        if standardise {
            let expected = "false with a vote, whose reward is 1 for one response";
            return Err(process.wrong("standardise", true, expected));
        }
        return Ok(Box::new(Vote { of }));
    }
    let (own, base, external) = match process.word("reward") {
        Some("base") => (0.0, 1.0, 0.0),
        Some("external") => (0.0, 0.0, 1.0),
        _ => {
            let weight = |name: &str| process.inner("reward", name);
            weight("self")
                .map_or((1.0, 0.0, 0.0), |own| (own, weight("base").unwrap_or(0.0), weight("external").unwrap_or(0.0)))
        }
    };
    Ok(Box::new(Weighted { own, base, external, standardise }))
}

/// A reward of one round.
#[derive(Clone, Debug)]
pub struct Reward<'a> {
    /// τ.
    pub linear: Cow<'a, Parameter>,
    /// g; `None` for 0.
    pub remainder: Option<Arc<LogitTable>>,
    /// Where each drawn pair has a vote of its own in place of a reward: the law of the winner.
    pub vote: Option<Arc<Policy>>,
}

impl Reward<'_> {
    /// r(x,y) for every response, up to a constant for each prompt; of a vote its mean, the winner's law.
    pub fn table(&self, instance: &Instance) -> Arc<LogitTable> {
        let linear = self.linear.logits(instance.features());
        match &self.remainder {
            None => linear,
            Some(remainder) => Arc::new(linear.zip_with(remainder, |a, b| a + b)),
        }
    }
}

/// What a loop learns from.
///
/// ```
/// use std::borrow::Cow;
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Reward, Signal, Square, Step};
/// use selfreward::{Loop, Seed};
///
/// /// −log π_t: a judge that prefers what is unlikely.
/// #[derive(Debug)]
/// struct Contrary;
///
/// impl Signal for Contrary {
///     fn reward<'a>(&self, step: &Step<'a>) -> selfreward::Result<Reward<'a>> {
///         Ok(Reward { linear: Cow::Owned(step.theta().scaled(-1.0)), remainder: None, vote: None })
///     }
/// }
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let signal = Box::new(Contrary);
/// let process = Loop { signal, fit: Box::new(Square::population()), beta: 4.0, rounds: 2, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // ℓ' = (1 − 1/β)ℓ.
/// assert!((last.policy.head(0).margin - 0.75f64.powi(2)).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub trait Signal: Debug + Send + Sync {
    /// The reward of the round.
    ///
    /// # Errors
    /// Whatever keeps it from being computed; the run then stops.
    fn reward<'a>(&self, step: &Step<'a>) -> Result<Reward<'a>>;

    /// Checks its numbers, and what it asks of the other choices of the loop.
    ///
    /// # Errors
    /// [`Error`] with the offending value and what was expected.
    fn check(&self, _process: &Loop) -> Result<()> {
        Ok(())
    }

    /// Checks what it asks of the instance.
    ///
    /// # Errors
    /// [`Error`] with the offending value and what was expected.
    fn check_on(&self, _instance: &Instance) -> Result<()> {
        Ok(())
    }

    /// Whether it is log π_t, the paper's.
    fn is_own(&self) -> bool {
        false
    }

    /// The key of `[process]` by which it is not the paper's, and its value as a configuration writes it; a signal that none can write
    /// shows itself.
    fn written(&self) -> (&'static str, String) {
        ("reward", format!("{self:?}"))
    }

    /// Responses drawn for each pair beside the pair itself.
    fn votes(&self) -> u64 {
        0
    }
}

/// A weighted sum of log π_t, log π_0 and the instance's reward; [`Weighted::default`] is the self-reward log π_t (Eq. 1).
///
/// ```
/// use selfreward::instance::{FeatureMap, Instance, Parameter};
/// use selfreward::logits::LogitTable;
/// use selfreward::process::{Square, Weighted};
/// use selfreward::{Loop, Seed};
///
/// // The population map of self-play against data whose log-odds are 3: ℓ' = (1 − 1/β)ℓ + 3/β.
/// let mut data = LogitTable::default();
/// data.push_dense(&[3.0, 0.0]);
/// let mut logits = LogitTable::default();
/// logits.push_dense(&[1.0, 0.0]);
/// let features = FeatureMap::one_hot(vec![2]);
/// let instance = Instance::new(vec![1.0], features, Parameter::tabular(logits), None)?.with_reward(data)?;
/// let process = Loop {
///     signal: Box::new(Weighted { own: -1.0, external: 1.0, ..Weighted::default() }),
///     fit: Box::new(Square::population()),
///     beta: 2.0,
///     rounds: 1,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(Seed::from_number(1)).last().expect("round 0 at least")?;
/// assert!((last.policy.head(0).margin - 2.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted {
    /// η, of log π_t.
    pub own: f64,
    /// w, of log π_0.
    pub base: f64,
    /// v, of the reward from outside (of 1 for correct and 0 for wrong, where the instance has no reward).
    pub external: f64,
    /// Prompt by prompt (r − mean)/standard deviation under π_t, and 0 where the deviation is 0.
    pub standardise: bool,
}

impl Default for Weighted {
    fn default() -> Self {
        Self { own: 1.0, base: 0.0, external: 0.0, standardise: false }
    }
}

impl Weighted {
    /// The reward before it is standardised.
    fn plain<'a>(&self, step: &Step<'a>) -> Result<Reward<'a>> {
        let (now, first) = (&step.current.theta, &step.base.theta);
        let linear = match (self.own, self.base) {
            (1.0, 0.0) => Cow::Borrowed(now),
            (0.0, 1.0) => Cow::Borrowed(first),
            (own, base) => Cow::Owned(now.zip_with(first, |t, b| own * t + base * b)),
        };
        let of_policies = self.own + self.base;
        let offset = step.instance.offset().filter(|_| of_policies != 0.0);
        let offset = offset.map(|b| Arc::new(b.map(|b| of_policies * b)));
        let external = match self.external {
            0.0 => None,
            weight => Some(external(step.instance, self)?.map(|r| weight * r)),
        };
        let remainder = match (offset, external) {
            (Some(b), Some(r)) => Some(Arc::new(b.zip_with(&r, |b, r| b + r))),
            (b, r) => b.or(r.map(Arc::new)),
        };
        Ok(Reward { linear, remainder, vote: None })
    }
}

impl Signal for Weighted {
    fn reward<'a>(&self, step: &Step<'a>) -> Result<Reward<'a>> {
        let plain = self.plain(step)?;
        if !self.standardise {
            return Ok(plain);
        }
        let table = standardised(&plain.table(step.instance), step.policy(), step.round + 1)?;
        let linear = Cow::Owned(step.theta().zeros());
        Ok(Reward { linear, remainder: Some(Arc::new(table)), vote: None })
    }

    fn is_own(&self) -> bool {
        *self == Self::default()
    }

    fn written(&self) -> (&'static str, String) {
        let reward = match (self.own, self.base, self.external) {
            (1.0, 0.0, 0.0) => "\"self\"".to_owned(),
            (0.0, 1.0, 0.0) => "\"base\"".to_owned(),
            (0.0, 0.0, 1.0) => "\"external\"".to_owned(),
            (own, base, external) => format!("{{ self = {own}, base = {base}, external = {external} }}"),
        };
        // A standardised self-reward is not the paper's by its other key.
        if self.standardise && reward == "\"self\"" { ("standardise", "true".to_owned()) } else { ("reward", reward) }
    }

    fn check(&self, _process: &Loop) -> Result<()> {
        for (name, value) in [("self", self.own), ("base", self.base), ("external", self.external)] {
            if !value.is_finite() {
                return Err(Error::argument(format!("process.reward.{name}"), value, "a finite number"));
            }
        }
        Ok(())
    }

    fn check_on(&self, instance: &Instance) -> Result<()> {
        if self.external == 0.0 { Ok(()) } else { external(instance, self).map(drop) }
    }
}

/// The reward from outside: the instance's, or 1 for correct and 0 for wrong.
fn external(instance: &Instance, signal: &Weighted) -> Result<LogitTable> {
    if let Some(reward) = instance.reward() {
        return Ok((**reward).clone());
    }
    let Some(correct) = instance.correct() else {
        let expected = "an instance with rewards (the array `reward`) or correct responses (`correct`, `answer`)";
        let (_, written) = Weighted { standardise: false, ..*signal }.written();
        return Err(Error::argument("process.reward", written, expected));
    };
    let mut table = LogitTable::default();
    for x in 0..instance.prompts() {
        let Some(list) = correct.at(x) else {
            let expected = "a correct response of every prompt, or rewards: the reward is external";
            return Err(Error::argument(format!("answer of prompt {x}"), "not known", expected));
        };
        let atoms = list.iter().map(|&response| Atom { response, logit: 1.0 });
        table.push(atoms, 0.0, (instance.features().responses(x) - list.len()) as u32);
    }
    Ok(table)
}

/// Prompt by prompt (r − E r)/sd r under the policy, 0 where the deviation is 0.
///
/// # Errors
/// [`Error::Overflow`] where the policy is so sure that rounding leaves no deviation of a reward that has one.
fn standardised(reward: &LogitTable, policy: &Policy, round: usize) -> Result<LogitTable> {
    let mut table = LogitTable::default();
    for (x, row) in reward.rows().enumerate() {
        let head = policy.head(x);
        // Formed around the row's first value and in units of the largest distance from it: a constant reward has the deviation 0
        // exactly, and no square leaves the range of a double.
        let first = row.levels().next().map_or(0.0, |(value, _)| value);
        let widest = row.levels().map(|(value, _)| (value - first).abs()).fold(0.0, f64::max);
        let unit = |value: f64| if widest > 0.0 { (value - first) / widest } else { 0.0 };
        let alive = || joint_levels(row, policy.row(x)).filter(|(_, logit, _)| *logit > f64::NEG_INFINITY);
        let terms = || alive().map(|(value, logit, count)| (count * head.prob(logit), unit(value)));
        let mean: f64 = terms().map(|(mass, value)| mass * value).sum();
        let variance: f64 = terms().map(|(mass, value)| mass * (value - mean).powi(2)).sum();
        let deviation = variance.sqrt();
        let differ = alive().any(|(value, ..)| alive().next().is_some_and(|(other, ..)| other != value));
        if differ && deviation < f64::MIN_POSITIVE.sqrt() {
            let what = format!(
                "the policy at prompt {x} is so sure (log-odds of about 700) that no deviation of the reward is left to standardise \
                 by; use fewer rounds or a larger beta"
            );
            return Err(Error::Overflow { round, what });
        }
        let scaled = |value: f64| if deviation > 0.0 { (unit(value) - mean) / deviation } else { 0.0 };
        let atoms = row.atoms.iter().map(|atom| Atom { logit: scaled(atom.logit), ..*atom });
        table.push(atoms, scaled(row.rest_logit), row.rest);
    }
    Ok(table)
}

/// The vote of N fresh draws from π_t as the reward: for each pair anew, 1 for the winner and 0 for the others (a tie of the vote is
/// broken uniformly).
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Square, Vote};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 3f64.ln(), weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop {
///     signal: Box::new(Vote { of: 3 }),
///     fit: Box::new(Square::population()),
///     rounds: 1,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // With p = 3/4 the mode wins the vote of three with v = p²(3 − 2p); at β = 1 log-odds grow by 2v − 1.
/// let v = 0.75f64.powi(2) * 1.5;
/// assert!((last.policy.head(0).margin - (3f64.ln() + 2.0 * v - 1.0)).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// N ≥ 1.
    pub of: u64,
}

impl Signal for Vote {
    fn reward<'a>(&self, step: &Step<'a>) -> Result<Reward<'a>> {
        let law = each(step.policy(), step.instance.weights(), |_, draws| law::plurality(draws, self.of))
            .map_err(|error| error.at(format!("process.reward.vote_of = {}, round {}", self.of, step.round + 1)))?;
        // The mean of the vote, the winner's probability, stands for it where an expectation is asked for.
        let mean = probabilities(&law);
        let linear = Cow::Owned(step.theta().zeros());
        Ok(Reward { linear, remainder: Some(Arc::new(mean)), vote: Some(law) })
    }

    fn check(&self, _process: &Loop) -> Result<()> {
        law::check_votes("process.reward.vote_of", self.of)
    }

    fn check_on(&self, instance: &Instance) -> Result<()> {
        law::check_votes_on("process.reward.vote_of", self.of, instance)
    }

    fn written(&self) -> (&'static str, String) {
        ("reward", format!("{{ vote_of = {} }}", self.of))
    }

    fn votes(&self) -> u64 {
        self.of
    }
}

/// π(y|x) as a table.
pub(super) fn probabilities(policy: &Policy) -> LogitTable {
    let mut table = LogitTable::default();
    for x in 0..policy.prompts() {
        let (row, head) = (policy.row(x), policy.head(x));
        let atoms = row.atoms.iter().map(|atom| Atom { logit: head.prob(atom.logit), ..*atom });
        table.push(atoms, head.prob(row.rest_logit), row.rest);
    }
    table
}
