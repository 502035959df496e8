//! Which choices of a loop have a meaning together.

use super::explore::choice;
use super::fit::Data;
use super::{Accept, Loop, Memory, PromptLaw, Ranking, Reference, Sampling, Selection};
use crate::instance::Instance;
use crate::{Error, Result};

/// Checks the choices that are wrong on any instance.
///
/// # Errors
/// [`Error::Argument`] with the key, its value, and what has a meaning in its place.
pub(super) fn check(process: &Loop) -> Result<()> {
    process.prompts.check()?;
    match process.memory {
        Memory::Replay(share) if !(0.0..1.0).contains(&share) => {
            return Err(Error::argument("process.memory.replay", share, "a number in [0, 1)"));
        }
        Memory::Kept if !matches!(process.prompts, PromptLaw::All | PromptLaw::Level(_)) => {
            let expected = "\"all\" or one level: with memory = \"kept\" no round but the first chooses prompts";
            return Err(Error::argument("process.prompts", process.prompts, expected));
        }
        _ => {}
    }
    if let Reference::Mixed(alpha) = process.reference
        && !alpha.is_finite()
    {
        return Err(Error::argument("process.reference.current", alpha, "a finite number"));
    }
    process.candidates.check()?;
    process.accept.check()?;
    process.signal.check(process)?;
    if matches!(process.candidates.selection, Selection::Curated(_)) && process.signal.votes() > 0 {
        let expected = "a reward of each response beside choose = \"reward\": a vote compares pairs";
        let (key, value) = process.signal.written();
        return Err(Error::argument(format!("process.{key}"), value, expected));
    }
    let ranks = matches!(process.candidates.selection, Selection::BestOf(_) | Selection::Adaptive(_));
    if process.candidates.ranked_by == Ranking::Base && !ranks {
        let expected = "best_of (above 1) or adaptive beside it: nothing is ranked";
        return Err(Error::argument("process.ranked_by", "\"base\"", expected));
    }
    if process.sampling == Sampling::Explore && !process.fit.is_population() {
        choice::possible(process)?;
    }
    match process.fit.data() {
        Data::Responses => responses(process),
        Data::Pairs => pairs(process),
        Data::Labels(labels) => labels.check().and_then(|()| pairs(process)),
    }
}

fn responses(process: &Loop) -> Result<()> {
    // A reward is looked at where it selects.
    if !process.signal.is_own() && !matches!(process.candidates.selection, Selection::Curated(_)) {
        let expected = "log π_t: a likelihood looks at a reward with choose = \"reward\" alone";
        let (key, value) = process.signal.written();
        return Err(Error::argument(format!("process.{key}"), value, expected));
    }
    let changes_the_law = matches!(process.accept, Accept::Vote(_) | Accept::Gate { .. });
    if changes_the_law && process.candidates.selection != Selection::None {
        let expected = "no best_of and no adaptive: a vote or a gate selects by itself";
        return Err(Error::argument("process.accept", process.accept, expected));
    }
    Ok(())
}

fn pairs(process: &Loop) -> Result<()> {
    if process.accept != Accept::All {
        let expected = "\"all\": pairs are compared, and not accepted (update = \"likelihood\" accepts)";
        return Err(Error::argument("process.accept", process.accept, expected));
    }
    Ok(())
}

/// Checks the choices that ask something of the instance.
///
/// # Errors
/// [`Error::Argument`] with the key and what the instance lacks.
pub(super) fn check_on(process: &Loop, instance: &Instance) -> Result<()> {
    if process.sampling == Sampling::Explore && !process.fit.is_population() {
        choice::possible_on(process, instance, instance.base())?;
    }
    process.prompts.check_on(instance)?;
    process.signal.check_on(instance)?;
    process.accept.check_on(instance)
}

impl Loop {
    /// Whether prompts, candidates, signal, reference and memory are the paper's.
    pub fn is_self_rewarding(&self) -> bool {
        self.departure().is_none()
    }

    /// The key and the value of the first choice that is not the paper's.
    pub(super) fn departure(&self) -> Option<(&'static str, String)> {
        let other = |is_papers: bool, key: &'static str, value: String| (!is_papers).then_some((key, value));
        let of_signal = || (!self.signal.is_own()).then(|| self.signal.written());
        of_signal()
            .or_else(|| other(self.prompts == PromptLaw::All, "prompts", self.prompts.to_string()))
            .or_else(|| self.candidates.departure())
            .or_else(|| other(self.accept == Accept::All, "accept", self.accept.to_string()))
            .or_else(|| other(self.reference == Reference::Current, "reference", self.reference.to_string()))
            .or_else(|| other(self.memory == Memory::None, "memory", self.memory.to_string()))
    }
}
