//! What a row of the ledger is expected to come out as. It never enters the verdict.

use std::collections::BTreeMap;

use super::Claim;
use super::ledger::{contradicts, word};
use crate::nearest::one_of;
use crate::papers::{self, Listed, PAPERS};
use crate::study::Definition;
use crate::study::definition::Verdict;
use crate::{Error, Result};

/// What a row is expected to come out as.
///
/// ```
/// use selfreward::claims::Expectation;
/// use selfreward::study::definition::Verdict;
///
/// // A statement of every run, on rows that were not made for it: nothing but a violation contradicts it.
/// assert!(Expectation::NotViolated.met_by(Verdict::NotApplicable));
/// assert!(Expectation::NotViolated.contradicted_by(Verdict::Violated));
/// // That some runs violate a statement says nothing of these.
/// assert!(!Expectation::Settled.contradicted_by(Verdict::Violated));
/// assert!(!Expectation::Settled.met_by(Verdict::NotApplicable));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// This verdict.
    Exactly(Verdict),
    /// That it is not violated: a statement of every run, on rows of a definition of someone's own, that nobody asked for.
    NotViolated,
    /// Any verdict that says something: it was asked for, and nothing is known of what comes out.
    Settled,
    /// Nothing.
    Nothing,
}

impl Expectation {
    /// Of a claim on rows that were made for it.
    pub fn of_claim(claim: &Claim) -> Self {
        Self::Exactly(claim.expected)
    }

    /// Of a claim on the rows of someone's own: what their definition says of it, or else what follows from the theory. A claim that is
    /// expected to hold is one of every run of its loop and class; one that is expected to be violated is so by some, of which
    /// other rows need not be. `asked` is whether it was named.
    pub fn elsewhere(claim: &Claim, written: Option<Verdict>, asked: bool) -> Self {
        match (written, claim.expected, asked) {
            (Some(verdict), ..) => Self::Exactly(verdict),
            (None, Verdict::Violated, true) => Self::Settled,
            (None, Verdict::Violated, false) => Self::Nothing,
            (None, expected, true) => Self::Exactly(expected),
            (None, _, false) => Self::NotViolated,
        }
    }

    /// The verdict that is expected; `None` where none is.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Exactly(verdict) => Some(verdict),
            Self::NotViolated => Some(Verdict::Holds),
            Self::Settled | Self::Nothing => None,
        }
    }

    /// Whether a verdict is as expected.
    pub fn met_by(self, found: Verdict) -> bool {
        match self {
            Self::Exactly(verdict) => found == verdict,
            Self::NotViolated => !matches!(found, Verdict::Violated | Verdict::Inconclusive),
            Self::Settled => !matches!(found, Verdict::NotApplicable | Verdict::Inconclusive),
            Self::Nothing => true,
        }
    }

    /// Whether a verdict contradicts what is expected, rather than leaving it open.
    pub fn contradicted_by(self, found: Verdict) -> bool {
        self.verdict().is_some_and(|expected| contradicts(found, expected))
    }

    /// In words, for a row that says it beside what was found.
    pub fn words(self, found: Verdict) -> String {
        match self.verdict() {
            Some(verdict) => format!("expected: {}", word(&verdict)),
            None if self.met_by(found) => "no verdict expected".to_owned(),
            None => "no verdict expected, and none came out".to_owned(),
        }
    }
}

/// The verdict that a definition writes down for a claim. An id stands for its claim alone; a number, a letter or a paper for all claims of
/// it but those that are expected to be violated (printed errors are no part of what a number states), the narrower name before the
/// wider.
pub fn written(claims: &BTreeMap<String, Verdict>, listed: &Listed) -> Option<Verdict> {
    let is_id = |name: &str| papers::claims().any(|claim| claim.id == name);
    let wide = |name: &&str| listed.expected != Verdict::Violated && !is_id(name);
    let names = [listed.number(), listed.family(), listed.letter(), listed.paper.key];
    let exact = claims.get(listed.id);
    exact.or_else(|| names.iter().filter(|name| wide(name)).find_map(|name| claims.get(*name))).copied()
}

/// Refuses a definition that expects something of a claim that is in no paper.
///
/// # Errors
/// [`Error::Argument`] with the key, its verdict and the nearest name.
pub fn check(definition: &Definition) -> Result<()> {
    match unknown(definition).first() {
        None => Ok(()),
        Some(id) => {
            let verdict = definition.claims.get(id).map(word).unwrap_or_default();
            let expected = format!("a claim's name, {}", one_of(id, &papers::names()));
            Err(Error::argument(format!("claims.{id}"), format!("{verdict:?}"), expected))
        }
    }
}

/// The names in a definition's `claims` that no claim has.
pub fn unknown(definition: &Definition) -> Vec<String> {
    definition.claims.keys().filter(|name| papers::named(PAPERS, name).is_empty()).cloned().collect()
}
