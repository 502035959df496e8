//! Which responses a likelihood is fitted to.

use std::fmt;
use std::sync::Arc;

use super::Step;
use super::candidates::{Counting, Drawn, each, known, of_prompts};
use super::law::{self, Distribution};
use super::signal::VOTE;
use crate::instance::Instance;
use crate::logits::{Atom, LogitTable};
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

/// The acceptance of drawn responses.
///
/// ```
/// use selfreward::instance::{FeatureMap, Instance, Parameter};
/// use selfreward::logits::LogitTable;
/// use selfreward::process::{Accept, Likelihood};
/// use selfreward::{Loop, Seed};
///
/// // Response 1 is correct, with log-odds −1.
/// let mut logits = LogitTable::default();
/// logits.push_dense(&[1.0, 0.0]);
/// let features = FeatureMap::one_hot(vec![2]);
/// let instance = Instance::new(vec![1.0], features, Parameter::tabular(logits), Some(vec![Some(1)]))?;
/// let process = Loop {
///     accept: Accept::Verifier { true_positive: 0.9, false_positive: 0.1 },
///     fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
///     rounds: 1,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(Seed::from_number(1)).last().expect("round 0 at least")?;
/// // What passes has the odds of the verifier on top: log 9 more.
/// let log_odds = last.policy.log_prob(0, 1) - last.policy.log_prob(0, 0);
/// assert!((log_odds - (9f64.ln() - 1.0)).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Accept {
    /// All are kept.
    #[default]
    All,
    /// The correct ones. Where the correct responses of a prompt are not known, none is accepted.
    Correct,
    /// A noisy verifier's: a correct response passes with one probability, a wrong one with the other.
    Verifier {
        /// Probability that a correct response passes.
        true_positive: f64,
        /// Probability that a wrong response passes.
        false_positive: f64,
    },
    /// Of N draws for a prompt the winner of their vote, one response.
    Vote(u64),
    /// The first of up to R tries with π_t(y|x) ≥ c, or the last try.
    Gate {
        /// c.
        confidence: f64,
        /// R ≥ 1.
        tries: u64,
    },
}

/// The key of this choice.
pub(super) const KEYS: &[Key] = &[Key {
    section: "process",
    name: "accept",
    form: Form::WordOrTables(
        &["all", "correct"],
        &[
            &[("true_positive", Form::Real, None), ("false_positive", Form::Real, None)],
            VOTE,
            &[("confidence_gate", Form::Real, None), ("tries", Form::Whole(1, u32::MAX as u64), None)],
        ],
    ),
    of: &["likelihood"],
    meaning: "\"all\", \"correct\", { true_positive, false_positive } (a noisy verifier), { vote_of = N } (the winner of N draws, up to 2000), { confidence_gate = c, tries = R } (the first try with π_t ≥ c, or the last)",
    default: "\"all\"",
}];

impl fmt::Display for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(f, "\"all\""),
            Self::Correct => write!(f, "\"correct\""),
            Self::Verifier { true_positive, false_positive } => {
                write!(f, "{{ true_positive = {true_positive}, false_positive = {false_positive} }}")
            }
            Self::Vote(votes) => write!(f, "{{ vote_of = {votes} }}"),
            Self::Gate { confidence, tries } => write!(f, "{{ confidence_gate = {confidence}, tries = {tries} }}"),
        }
    }
}

impl Accept {
    /// As it is written.
    pub(super) fn read(process: &Section<'_>) -> Self {
        let number = |name: &str| process.inner("accept", name);
        if let (Some(true_positive), Some(false_positive)) = (number("true_positive"), number("false_positive")) {
            return Self::Verifier { true_positive, false_positive };
        }
        let whole = |name: &str| process.inner_whole("accept", name);
        match (whole("vote_of"), number("confidence_gate"), whole("tries"), process.word("accept")) {
            (Some(votes), ..) => Self::Vote(votes),
            (_, Some(confidence), Some(tries), _) => Self::Gate { confidence, tries },
            (.., Some("correct")) => Self::Correct,
            _ => Self::All,
        }
    }

    /// The law of what is kept, where acceptance changes the law; each prompt draw then gives one response.
    pub(super) fn of_law(&self, step: &Step<'_>, drawn: Drawn, weights: &[f64]) -> Result<Drawn> {
        match *self {
            Self::Vote(n) => {
                let law = each(&drawn.law, weights, |_, draws| law::plurality(draws, n))
                    .map_err(|error| error.at(format!("process.accept.vote_of = {n}, round {}", step.round + 1)))?;
                Ok(Drawn { law, count: Counting::Each(n) })
            }
            Self::Gate { confidence, tries } => {
                let gate = |x: usize| {
                    let judge = Distribution::of(step.policy(), x);
                    law::gate(Distribution::of(&drawn.law, x), judge, confidence, tries)
                };
                let gates = of_prompts(weights, gate)?;
                let law = each(&drawn.law, weights, |x, _| Ok(known(&gates, x)?.law.clone()))?;
                Ok(Drawn { law, count: Counting::Gate(Arc::new(gates)) })
            }
            _ => Ok(drawn),
        }
    }

    /// a(x,y), the probability that a drawn response is kept; `None` for 1 everywhere.
    ///
    /// # Errors
    /// [`Error::Argument`] if the instance has no correct responses.
    pub(super) fn table(&self, instance: &Instance) -> Result<Option<Arc<LogitTable>>> {
        let (right, wrong) = match *self {
            Self::Correct => (1.0, 0.0),
            Self::Verifier { true_positive, false_positive } => (true_positive, false_positive),
            _ => return Ok(None),
        };
        let correct = instance.correct().ok_or_else(|| no_answers(*self))?;
        let mut table = LogitTable::default();
        for x in 0..instance.prompts() {
            let count = instance.features().responses(x) as u32;
            match correct.at(x) {
                Some(list) => {
                    let atoms = list.iter().map(|&response| Atom { response, logit: right });
                    table.push(atoms, wrong, count - list.len() as u32);
                }
                // What cannot be verified is not accepted.
                None => table.push([], 0.0, count),
            }
        }
        Ok(Some(Arc::new(table)))
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] with the key and the value.
    pub(super) fn check(&self) -> Result<()> {
        let share = |name: &str, value: f64| {
            let good = (0.0..=1.0).contains(&value);
            if good {
                Ok(())
            } else {
                Err(Error::argument(format!("process.accept.{name}"), value, "a number in [0, 1]"))
            }
        };
        match *self {
            Self::All | Self::Correct => Ok(()),
            Self::Verifier { true_positive: 0.0, false_positive: 0.0 } => {
                let expected = "one of the two probabilities above 0: nothing would be accepted, and no round would change anything";
                Err(Error::argument("process.accept", self, expected))
            }
            Self::Verifier { true_positive, false_positive } => {
                share("true_positive", true_positive)?;
                share("false_positive", false_positive)
            }
            Self::Vote(votes) => law::check_votes("process.accept.vote_of", votes),
            Self::Gate { confidence, tries } => {
                share("confidence_gate", confidence)?;
                if tries > 0 { Ok(()) } else { Err(Error::argument("process.accept.tries", 0, "a whole number ≥ 1")) }
            }
        }
    }

    /// Checks what it asks of the instance.
    ///
    /// # Errors
    /// As [`Accept::table`].
    pub(super) fn check_on(&self, instance: &Instance) -> Result<()> {
        match *self {
            Self::Vote(votes) => law::check_votes_on("process.accept.vote_of", votes, instance),
            _ => self.table(instance).map(drop),
        }
    }
}

fn no_answers(accept: Accept) -> Error {
    let expected = "\"all\", a vote or a gate, or an instance with correct responses (the array `correct` or `answer` of a file; `verifier = true` of kind hard, `answer = \"uniform\"` of tabular and random)";
    Error::argument("process.accept", accept, expected)
}

/// a(x,y) of a response.
pub(super) fn acceptance(table: Option<&Arc<LogitTable>>, prompt: usize, response: u32) -> f64 {
    table.map_or(1.0, |table| table.row(prompt).logit(response))
}
