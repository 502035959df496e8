//! Claims on the store of a definition of someone's own: every claim that looks at rows, on every part of it.

use super::elsewhere::answer_by_part;
use super::expectation::{Expectation, written};
use super::gather::{Question, weighing_seed};
use super::ledger::{Entry, Origin};
use super::{Statement, Weighed};
use crate::Result;
use crate::experiment::{Recognised, Results};
use crate::papers::{self, Listed};
use crate::study::definition::Verdict;

/// A claim, and whether it was named by whoever asks.
#[derive(Clone, Copy)]
pub struct Asked {
    /// The claim.
    pub claim: Listed,
    /// Whether it was named, rather than being one of all.
    pub named: bool,
}

impl Asked {
    /// Of all claims, none of them named.
    pub fn all() -> Vec<Self> {
        papers::claims().map(|claim| Self { claim, named: false }).collect()
    }

    /// Whether it looks at rows; a constructed claim says the same beside any store.
    pub fn looks_at_rows(&self) -> bool {
        looks_at_rows(&self.claim.statement)
    }
}

fn looks_at_rows(statement: &Statement) -> bool {
    !matches!(statement, Statement::Constructed(_))
}

/// The claims that the definition of a store names.
pub fn of_definition(results: &Results) -> Vec<Asked> {
    let claims = &results.study.definition.claims;
    let asked = Asked::all().into_iter();
    asked.filter(|asked| written(claims, &asked.claim).is_some()).map(|asked| Asked { named: true, ..asked }).collect()
}

/// Weighs claims on all rows of a store, part by part, with the seed that follows from the store's own; those that look at no rows are left
/// out. The joint level is shared among the decisions of a claim's paper, as ever, for each store.
///
/// What the store's definition expects is expected; of an experiment that is compiled in, whose definition speaks of the parts that its
/// claims look at, nothing is.
///
/// # Errors
/// [`crate::Error::Memory`] and [`crate::Error::Machine`], which say nothing of any claim; [`crate::Error::File`] if the store cannot be
/// read.
pub fn weigh_own(results: &mut Results, asked: &[Asked]) -> Result<Vec<Entry>> {
    let seed = weighing_seed(&results.study.seed)?;
    let asked: Vec<Asked> = asked.iter().copied().filter(Asked::looks_at_rows).collect();
    let questions: Vec<Question> = asked.iter().map(|asked| asked.claim.question()).collect();
    let weighed = answer_by_part(&questions, results, &seed)?;
    let study = &results.study;
    let own = !matches!(results.recognised()?, Recognised::BuiltIn(_));
    let expected = |asked: &Asked| -> (Expectation, bool) {
        let verdict: Option<Verdict> = written(&study.definition.claims, &asked.claim).filter(|_| own);
        (Expectation::elsewhere(&asked.claim, verdict, asked.named), asked.named || verdict.is_some())
    };
    let entry = |(asked, weighed): (&Asked, Weighed)| {
        let (expected, asked_for) = expected(asked);
        let (name, seed) = (study.definition.name.clone(), serde_json::json!(study.seed));
        let origin = Origin::Store { name, profile: study.profile, seed, asked: asked_for };
        Entry { claim: asked.claim, weighed, saved: None, expected, origin }
    };
    Ok(asked.iter().zip(weighed).map(entry).collect())
}

/// Weighs questions of any kind, such as false variants, on all rows of a store, as [`weigh_own`] does; in their order, `None` for
/// those that look at no rows.
///
/// # Errors
/// As [`weigh_own`].
pub fn answer_on_own(questions: &[Question], results: &mut Results) -> Result<Vec<Option<Weighed>>> {
    let seed = weighing_seed(&results.study.seed)?;
    let looking: Vec<Question> =
        questions.iter().copied().filter(|question| looks_at_rows(&question.statement)).collect();
    let mut weighed = answer_by_part(&looking, results, &seed)?.into_iter();
    let answer = |question: &Question| looks_at_rows(&question.statement).then(|| weighed.next()).flatten();
    Ok(questions.iter().map(answer).collect())
}
