//! What a run's loop and class are, as statements ask for it: a statement says nothing of what it does not speak of.

use std::collections::BTreeMap;

use crate::process::{Accept, CandidateLaw, Memory, PromptLaw, Ranking, Reference, Selection};
use crate::simulate::Simulation;

/// A choice of a loop by which it may differ from the paper's own: a slot, or what is added to the fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Whose prompts.
    Prompts,
    /// The law of single candidates.
    Candidates,
    /// What is kept of several draws.
    Selection,
    /// What ranks the draws.
    Ranking,
    /// The reward, standardised ones among them.
    Reward,
    /// Which responses are kept.
    Accept,
    /// From where the fit counts.
    Reference,
    /// What is kept of earlier rounds.
    Memory,
    /// The ball ‖θ‖ ≤ B.
    Ball,
    /// λ‖θ − θ_ref‖² in the loss.
    Ridge,
    /// Noise of the judge.
    JudgeNoise,
    /// Which of several minimisers.
    Choice,
}

/// The choices in which a loop differs from the paper's; its fit, β, n and T are none of them.
pub fn departures(simulation: &Simulation) -> Vec<Slot> {
    let (process, config) = (&simulation.process, &simulation.config.process);
    let candidates = &process.candidates;
    let all = [
        (Slot::Prompts, process.prompts != PromptLaw::All),
        (Slot::Candidates, candidates.law != CandidateLaw::Current),
        (Slot::Selection, candidates.selection != Selection::None),
        (Slot::Ranking, candidates.ranked_by != Ranking::Current),
        (Slot::Reward, !process.signal.is_own()),
        (Slot::Accept, process.accept != Accept::All),
        (Slot::Reference, process.reference != Reference::Current),
        (Slot::Memory, process.memory != Memory::None),
        (Slot::Ball, process.radius.is_some()),
        (Slot::Ridge, config.ridge.unwrap_or(0.0) != 0.0),
        (Slot::JudgeNoise, config.judge_noise.unwrap_or(0.0) != 0.0),
        (Slot::Choice, config.choice.as_deref().unwrap_or("nearest") != "nearest"),
    ];
    all.into_iter().filter(|(_, departs)| *departs).map(|(slot, _)| slot).collect()
}

/// Whether a loop differs from the paper's in these choices at most.
pub fn departs_at_most(simulation: &Simulation, slots: &[Slot]) -> bool {
    departures(simulation).iter().all(|slot| slots.contains(slot))
}

/// Whether the fit is the one of a name: `erm`, whose expected loss has a name of its own, `logistic`, `likelihood`, ….
pub fn is_update(simulation: &Simulation, name: &str) -> bool {
    let update = simulation.config.process.update.name();
    update == name || (name == "erm" && update == "population")
}

/// Whether the expected loss of the fit of a name is minimised.
pub fn is_population_of(simulation: &Simulation, update: &str) -> bool {
    simulation.process.fit.is_population() && is_update(simulation, update)
}

/// Whether the fit of a name sees a sample.
pub fn is_sampled(simulation: &Simulation, update: &str) -> bool {
    !simulation.process.fit.is_population() && is_update(simulation, update)
}

/// Whether there are fixed logits: those of the instance where there is one for all replicates, else those that the configuration or its
/// file gives.
pub fn has_offset(simulation: &Simulation) -> bool {
    if let Some(instance) = simulation.fixed() {
        return instance.offset().is_some();
    }
    let instance = &simulation.config.instance;
    let offset: Option<BTreeMap<String, f64>> = instance.get("offset");
    instance.kind.name() == "three-answers"
        || offset.is_some_and(|sizes| sizes.values().any(|size| *size != 0.0))
        || simulation.has_unsaid_offset()
}

/// Whether rounds are the paper's least squares, sampled or expected, in a class that holds the self-reward: without fixed logits. Which of
/// several minimisers is left open.
pub fn is_realizable(simulation: &Simulation) -> bool {
    is_update(simulation, "erm") && departs_at_most(simulation, &[Slot::Choice]) && !has_offset(simulation)
}
