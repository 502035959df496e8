//! Whose responses a round draws, and how they are selected.

use std::fmt;
use std::sync::Arc;

use super::Step;
use super::law::{self, Adaptive, Distribution, Law};
use crate::logits::LogitTable;
use crate::policy::Policy;
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

/// The law from which single responses are drawn.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{CandidateLaw, Candidates, Likelihood};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop {
///     candidates: Candidates { law: CandidateLaw::Power(2.0), ..Candidates::default() },
///     fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
///     rounds: 3,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // Each round learns the law ∝ π²: log-odds double.
/// assert!((last.policy.head(0).margin - 8.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum CandidateLaw {
    /// π_t.
    #[default]
    Current,
    /// π_0.
    Base,
    /// π_0 with this probability, else π_t, for each response anew.
    Mixture(f64),
    /// ∝ π_t^s, s ≥ 0: a lower temperature for s > 1.
    Power(f64),
}

/// How a candidate is selected among draws.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Candidates, Likelihood, Selection};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 3f64.ln(), weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop {
///     candidates: Candidates { selection: Selection::Adaptive(1.0), ..Candidates::default() },
///     fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
///     rounds: 1,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // π = (3/4, 1/4): the mode stops the draws from the second on, the other response from the fourth. So that one is kept where
/// // all four are it.
/// assert!((last.policy.head(0).doubt() * 256.0 - 1.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Selection {
    /// It is the one draw.
    #[default]
    None,
    /// The likeliest of N draws under the [`Ranking`], ties broken uniformly.
    BestOf(u64),
    /// The likeliest of N_μ draws, the stopping rule N_μ = inf{k: 1/max_{j≤k} π(y_j) ≤ k/μ}.
    Adaptive(f64),
    /// One of N draws, kept with probability ∝ e^r, r the round's reward.
    Curated(u64),
}

/// Whose likelihood ranks the draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranking {
    /// π_t.
    #[default]
    Current,
    /// π_0.
    Base,
}

/// The law of candidates.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Candidates, Likelihood, Selection};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop {
///     candidates: Candidates { selection: Selection::BestOf(4), ..Candidates::default() },
///     fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
///     rounds: 1,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // The best of four is not the mode where all four miss it: 1 − p' = (1 − p)⁴.
/// let doubt = instance.policy(instance.base()).head(0).doubt();
/// assert!((last.policy.head(0).doubt() / doubt.powi(4) - 1.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Candidates {
    /// Of single draws.
    pub law: CandidateLaw,
    /// What is kept of them.
    pub selection: Selection,
    /// By what they are ranked.
    pub ranked_by: Ranking,
}

/// A round's law of candidates, prompt by prompt, and what a candidate costs in draws.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    /// ν_t.
    pub law: Arc<Policy>,
    /// Draws for one candidate.
    pub count: Counting,
}

/// How many responses are drawn for one candidate.
#[derive(Clone, Debug)]
pub(super) enum Counting {
    /// So many.
    Each(u64),
    /// As many as the stopping rule takes at the prompt.
    Adaptive(Arc<Vec<Option<Adaptive>>>),
    /// As many tries as the gate takes.
    Gate(Arc<Vec<Option<law::Gate>>>),
}

/// The keys of this choice.
pub(super) const KEYS: &[Key] = &[
    Key::of_process(
        "candidates",
        Form::WordOrTables(
            &["current", "base"],
            &[&[("base_share", Form::Real, None)], &[("power", Form::Real, None)]],
        ),
        "law of single draws: \"current\" (π_t), \"base\" (π_0), { base_share = q } (π_0 with probability q, else π_t), { power = s } (∝ π_t^s)",
        "\"current\"",
    ),
    Key::of_process(
        "best_of",
        Form::Whole(1, 1_000_000_000),
        "N: each candidate is the likeliest of N draws (with choose = \"reward\", one of them)",
        "1",
    ),
    Key::of_process(
        "adaptive",
        Form::Real,
        "μ > 0: each candidate is the likeliest of N_μ draws, inf{k: 1/max_{j≤k} π(y_j) ≤ k/μ}",
        "best_of is used",
    ),
    Key::of_process(
        "ranked_by",
        Form::Word(&["current", "base"]),
        "whose likelihood ranks the draws of best_of and adaptive: π_t or π_0",
        "\"current\"",
    ),
    Key::of_process(
        "choose",
        Form::Word(&["likeliest", "reward"]),
        "of the best_of draws the likeliest, or one with probability ∝ e^r",
        "\"likeliest\"",
    ),
];

impl fmt::Display for CandidateLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => write!(f, "\"current\""),
            Self::Base => write!(f, "\"base\""),
            Self::Mixture(share) => write!(f, "{{ base_share = {share} }}"),
            Self::Power(power) => write!(f, "{{ power = {power} }}"),
        }
    }
}

impl Candidates {
    /// The key and the value of the first of these choices that is not a single draw from π_t.
    pub(super) fn departure(&self) -> Option<(&'static str, String)> {
        match self.selection {
            _ if self.law != CandidateLaw::Current => Some(("candidates", self.law.to_string())),
            Selection::None if self.ranked_by == Ranking::Base => Some(("ranked_by", "\"base\"".to_owned())),
            Selection::None => None,
            Selection::BestOf(draws) => Some(("best_of", draws.to_string())),
            Selection::Adaptive(mu) => Some(("adaptive", mu.to_string())),
            Selection::Curated(_) => Some(("choose", "\"reward\"".to_owned())),
        }
    }

    /// As they are written.
    ///
    /// # Errors
    /// [`Error::Argument`] for keys without a meaning together.
    pub(super) fn read(process: &Section<'_>) -> Result<Self> {
        let by_reward = process.word("choose") == Some("reward");
        let selection = match (process.whole("best_of"), process.number("adaptive")) {
            (_, Some(mu)) if by_reward => {
                let expected = "best_of beside choose = \"reward\": the stopping rule keeps the likeliest";
                return Err(process.wrong("adaptive", mu, expected));
            }
            (_, Some(mu)) => Selection::Adaptive(mu),
            (Some(draws), None) if by_reward => Selection::Curated(draws),
            (None, None) if by_reward => {
                return Err(process.wrong("best_of", "absent", "this key beside choose = \"reward\""));
            }
            (None | Some(1), None) => Selection::None,
            (Some(draws), None) => Selection::BestOf(draws),
        };
        let ranked_by = if process.word("ranked_by") == Some("base") { Ranking::Base } else { Ranking::Current };
        if ranked_by == Ranking::Base && !matches!(selection, Selection::BestOf(_) | Selection::Adaptive(_)) {
            let expected = "best_of (above 1) or adaptive beside it: nothing is ranked";
            return Err(process.wrong("ranked_by", "\"base\"", expected));
        }
        let law = match (process.inner("candidates", "base_share"), process.inner("candidates", "power")) {
            (Some(share), _) => CandidateLaw::Mixture(share),
            (_, Some(s)) => CandidateLaw::Power(s),
            _ if process.word("candidates") == Some("base") => CandidateLaw::Base,
            _ => CandidateLaw::Current,
        };
        Ok(Self { law, selection, ranked_by })
    }

    /// ν_t at the prompts of positive weight; elsewhere π_t stands.
    ///
    /// # Errors
    /// As the laws of [`law`].
    pub(super) fn drawn(&self, step: &Step<'_>, weights: &[f64]) -> Result<Drawn> {
        let single = self.single(step, weights)?;
        let ranking = match self.ranked_by {
            Ranking::Current => step.policy(),
            Ranking::Base => &step.base.policy,
        };
        match self.selection {
            Selection::None => Ok(Drawn { law: single, count: Counting::Each(1) }),
            Selection::BestOf(n) => {
                let best = |x: usize, draws: Distribution<'_>| law::best_of(draws, Distribution::of(ranking, x), n);
                Ok(Drawn { law: each(&single, weights, best)?, count: Counting::Each(n) })
            }
            Selection::Curated(n) => {
                let reward = step.reward()?.table(step.instance);
                let curated = |x: usize, draws: Distribution<'_>| law::curation(draws, reward.row(x), n);
                Ok(Drawn { law: each(&single, weights, curated)?, count: Counting::Each(n) })
            }
            Selection::Adaptive(mu) => {
                let rule = |x: usize| law::adaptive(Distribution::of(&single, x), Distribution::of(ranking, x), mu);
                let rules = of_prompts(weights, rule)?;
                let kept = |x: usize, _: Distribution<'_>| Ok(known(&rules, x)?.law.clone());
                Ok(Drawn { law: each(&single, weights, kept)?, count: Counting::Adaptive(Arc::new(rules)) })
            }
        }
    }

    fn single(&self, step: &Step<'_>, weights: &[f64]) -> Result<Arc<Policy>> {
        let (base, current) = (&step.base.policy, &step.current.policy);
        match self.law {
            CandidateLaw::Current => Ok(Arc::clone(current)),
            CandidateLaw::Base => Ok(Arc::clone(base)),
            CandidateLaw::Mixture(share) => {
                each(current, weights, |x, now| law::mixture(Distribution::of(base, x), now, share))
            }
            CandidateLaw::Power(s) => each(current, weights, |_, now| law::power(now, s)),
        }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] with the key and the value.
    pub(super) fn check(&self) -> Result<()> {
        match self.law {
            CandidateLaw::Mixture(share) if !(0.0..=1.0).contains(&share) => {
                return Err(Error::argument("process.candidates.base_share", share, "a probability in [0, 1]"));
            }
            CandidateLaw::Power(s) if !(s.is_finite() && s >= 0.0) => {
                return Err(Error::argument("process.candidates.power", s, "a finite number ≥ 0"));
            }
            _ => {}
        }
        match self.selection {
            Selection::BestOf(0) | Selection::Curated(0) => {
                Err(Error::argument("process.best_of", 0, "a whole number ≥ 1"))
            }
            Selection::Adaptive(mu) if !(mu.is_finite() && mu > 0.0) => {
                Err(Error::argument("process.adaptive", mu, "a finite number > 0"))
            }
            _ => Ok(()),
        }
    }
}

/// A law for each prompt of positive weight, as a policy; the given one elsewhere.
pub(super) fn each(
    policy: &Policy,
    weights: &[f64],
    law: impl Fn(usize, Distribution<'_>) -> Result<Law>,
) -> Result<Arc<Policy>> {
    let mut table = LogitTable::default();
    for (x, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            law(x, Distribution::of(policy, x))?.push_to(&mut table);
        } else {
            let row = policy.row(x);
            table.push(row.atoms.iter().copied(), row.rest_logit, row.rest);
        }
    }
    Ok(Arc::new(Policy::from_logits(Arc::new(table))))
}

/// Something for each prompt of positive weight.
pub(super) fn of_prompts<T>(weights: &[f64], make: impl Fn(usize) -> Result<T>) -> Result<Vec<Option<T>>> {
    weights.iter().enumerate().map(|(x, &weight)| (weight > 0.0).then(|| make(x)).transpose()).collect()
}

/// What was made for a prompt that may be drawn.
pub(super) fn known<T>(made: &[Option<T>], x: usize) -> Result<&T> {
    made[x].as_ref().ok_or_else(|| Error::argument("weight of prompt", x, "a positive one, as the prompt was drawn"))
}
