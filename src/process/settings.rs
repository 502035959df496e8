//! A loop as `[process]` writes it: the list of its keys, and how it is read.

use super::presets::PRESETS;
use super::{
    Accept, Candidates, Loop, MAX_ROUNDS, MAX_SAMPLES, Memory, PromptLaw, Reference, Sampling, accept, candidates, fit,
    memory, prompts, reference, signal,
};
use crate::Result;
use crate::settings::{Form, Key, Section};

/// The names of all presets.
const PRESET_NAMES: &[&str] = &{
    let mut names = [""; PRESETS.len()];
    let mut i = 0;
    while i < PRESETS.len() {
        names[i] = PRESETS[i].name;
        i += 1;
    }
    names
};

/// The names of all fits.
const FIT_NAMES: &[&str] = &{
    let mut names = [""; fit::FITS.len()];
    let mut i = 0;
    while i < fit::FITS.len() {
        names[i] = fit::FITS[i].name;
        i += 1;
    }
    names
};

const FIRST: &[Key] = &[
    Key::of_process(
        "preset",
        Form::Word(PRESET_NAMES),
        "a loop by its name, which sets the keys below; a key given beside it wins (`selfreward loops` lists them)",
        "\"self-rewarding\"",
    ),
    Key::of_process(
        "update",
        Form::Word(FIT_NAMES),
        "population | erm | finite-class | gradient | logistic (labels of pairs) | win-rate (square loss on labels) | likelihood (of single responses)",
        "\"erm\"",
    ),
];

const NUMBERS: &[Key] = &[
    Key::of_process("beta", Form::Real, "β > 0", "beta_over_sqrt_n is used"),
    Key::of_process("beta_over_sqrt_n", Form::Real, "c > 0: β = c/√n", "1.0"),
    Key::of_process("samples", Form::Whole(1, MAX_SAMPLES), "n, triples a round, 1 to 10^15", "1024"),
    Key::of_process("rounds", Form::Whole(0, MAX_ROUNDS as u64), "T, 0 to 10^6", "8"),
    Key::of_process("radius", Form::Real, "B > 0: θ stays in the ball ‖θ‖₂ ≤ B", "no ball"),
    Key::of_process(
        "sampling",
        Form::Word(&["auto", "draws", "counts", "explore"]),
        "draws | counts: two ways to the same distribution; explore: θ has it, too, but only pairs that move something are drawn, and rank_fraction is absent (erm on one-hot features without ridge, noise, votes, memory, adaptive or a ball that may bind); auto: explore where it costs at most a quarter, else draws or counts",
        "\"auto\"",
    ),
];

/// All keys of `[process]`, in the order in which the help shows them.
pub(crate) fn keys() -> Vec<Key> {
    let slots = [prompts::KEYS, candidates::KEYS, accept::KEYS, signal::KEYS, reference::KEYS, memory::KEYS];
    let mut keys = FIRST.to_vec();
    keys.extend(slots.into_iter().flatten().copied());
    keys.extend(fit::keys());
    keys.extend_from_slice(NUMBERS);
    keys
}

/// The loop that `[process]` describes; its defaults are those of the keys.
///
/// # Errors
/// [`crate::Error::Argument`] with the offending value and what was expected.
pub(crate) fn read(process: &Section<'_>) -> Result<Loop> {
    let name = process.word("update").unwrap_or("erm");
    let entry = fit::Entry::named(name).ok_or_else(|| process.wrong("update", name, "one of the updates"))?;
    let fit = (entry.make)(process)?;
    let samples = process.whole("samples").unwrap_or(1024);
    if samples == 0 {
        return Err(process.wrong("samples", 0, "1 to 10^15"));
    }
    let read = Loop {
        prompts: PromptLaw::read(process),
        candidates: Candidates::read(process)?,
        signal: signal::read(process)?,
        accept: Accept::read(process),
        reference: Reference::read(process),
        fit,
        memory: Memory::read(process),
        beta: beta(process)?,
        samples,
        rounds: process.whole("rounds").unwrap_or(8) as usize,
        radius: process.number("radius"),
        sampling: match process.word("sampling") {
            Some("draws") => Sampling::Draws,
            Some("counts") => Sampling::Counts,
            Some("explore") => Sampling::Explore,
            _ => Sampling::Auto,
        },
    };
    read.check()?;
    Ok(read)
}

/// β, given or as c/√n.
///
/// # Errors
/// [`crate::Error::Argument`] for a c that is not above 0.
pub(crate) fn beta(process: &Section<'_>) -> Result<f64> {
    if let Some(beta) = process.number("beta") {
        return Ok(beta);
    }
    let c = process.number("beta_over_sqrt_n").unwrap_or(1.0);
    if !(c.is_finite() && c > 0.0) {
        return Err(process.wrong("beta_over_sqrt_n", c, "a finite number > 0"));
    }
    Ok(c / (process.whole("samples").unwrap_or(1024) as f64).sqrt())
}
