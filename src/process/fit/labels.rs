//! Labels of pairs: which of two responses is preferred, and by what law.

use std::collections::BTreeMap;

use rand::Rng;

use super::super::batch::Batch;
use super::super::multinomial::binomial;
use super::super::pairs::SeenPair;
use crate::policy::Policy;
use crate::seed::Purpose;
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

/// From a difference of rewards to the probability of a win.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels {
    /// Bradley–Terry at a temperature τ, flipped with probability e: e + (1 − 2e)σ(Δr/τ).
    Smooth {
        /// τ > 0.
        temperature: f64,
        /// e in [0, 1].
        flip: f64,
    },
    /// The sign of Δr; a tie counts half for either side.
    Hard,
}

impl Default for Labels {
    fn default() -> Self {
        Self::Smooth { temperature: 1.0, flip: 0.0 }
    }
}

/// The key of this choice.
pub(super) const KEY: Key = Key::of_process(
    "labels",
    Form::WordOrTables(&["hard"], &[&[("temperature", Form::Real, Some(1.0)), ("flip", Form::Real, Some(0.0))]]),
    "{ temperature = τ, flip = e }: y wins with probability e + (1−2e)σ(Δr/τ); or \"hard\"",
    "{ temperature = 1.0, flip = 0.0 }",
);

impl Labels {
    /// As they are written.
    pub(super) fn read(process: &Section<'_>) -> Self {
        let number = |name: &str| process.inner("labels", name);
        match process.word("labels") {
            Some("hard") => Self::Hard,
            _ => {
                Self::Smooth { temperature: number("temperature").unwrap_or(1.0), flip: number("flip").unwrap_or(0.0) }
            }
        }
    }

    /// P(y ≻ y') where r(y) − r(y') is `difference`, in nats.
    ///
    /// ```
    /// use selfreward::process::Labels;
    ///
    /// assert_eq!(Labels::Hard.prefers(-2.0), 0.0);
    /// assert_eq!(Labels::Smooth { temperature: 1.0, flip: 0.1 }.prefers(f64::INFINITY), 0.9);
    /// ```
    pub fn prefers(&self, difference: f64) -> f64 {
        match *self {
            Self::Smooth { temperature, flip } => {
                // Written so that either tail keeps its digits where nothing is flipped.
                let win = sigmoid(difference / temperature);
                let loss = sigmoid(-difference / temperature);
                flip * loss + (1.0 - flip) * win
            }
            Self::Hard if difference > 0.0 => 1.0,
            Self::Hard if difference < 0.0 => 0.0,
            Self::Hard => 0.5,
        }
    }

    /// Whether a label of this difference is drawn; hard ones are not, but their mean is taken.
    fn is_drawn(&self) -> bool {
        matches!(self, Self::Smooth { .. })
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] with the key and the value.
    pub fn check(&self) -> Result<()> {
        let Self::Smooth { temperature, flip } = *self else { return Ok(()) };
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(Error::argument("process.labels.temperature", temperature, "a finite number > 0"));
        }
        if !(0.0..=1.0).contains(&flip) {
            return Err(Error::argument("process.labels.flip", flip, "a probability in [0, 1]"));
        }
        Ok(())
    }
}

/// σ(x), each tail to its own relative accuracy.
fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// Two responses with how often each was preferred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledPair {
    /// y.
    pub a: u32,
    /// y'.
    pub b: u32,
    /// How often y won; halves for ties of hard labels.
    pub wins: f64,
    /// How often y' won.
    pub losses: f64,
}

/// Walks through the labelled pairs y ≠ y' of all batches, prompt by prompt; of a batch without labels nothing comes.
pub fn walk(batches: &[Batch], f: &mut dyn FnMut(usize, &[LabelledPair])) {
    let each = |batch: &Batch, f: &mut dyn FnMut(usize, &[LabelledPair])| {
        let Some(labelling) = &batch.labels else { return };
        let mut labelled = Vec::new();
        batch.pairs().for_each(|seen| {
            let mut rng = batch.seed().rng(Purpose::Labelling, batch.round, seen.prompt);
            labelled.clear();
            labelled.extend(seen.pairs.iter().map(|pair| {
                let win = labelling.prefers(seen.prompt, pair.a, pair.b);
                let wins = match &labelling.vote {
                    _ if labelling.labels.is_drawn() => {
                        binomial(pair.count, win, labelling.prefers(seen.prompt, pair.b, pair.a), &mut rng) as f64
                    }
                    // The votes are drawn; where neither wins there is a tie.
                    Some(law) => {
                        let (for_a, for_b) = votes(law, seen.prompt, pair, &mut rng);
                        (for_a as f64 + (pair.count - for_b) as f64) / 2.0
                    }
                    None => win * pair.count as f64,
                };
                LabelledPair { a: pair.a, b: pair.b, wins, losses: pair.count as f64 - wins }
            }));
            f(seen.prompt, &labelled);
        });
    };
    merged(batches, each, f);
}

/// How often either response of a pair won, with one vote for each of its appearances.
pub(super) fn votes(law: &Policy, prompt: usize, pair: &SeenPair, rng: &mut impl Rng) -> (u64, u64) {
    let (won, lost) = (law.prob(prompt, pair.a), law.prob(prompt, pair.b));
    let others = (1.0 - won - lost).max(0.0);
    let for_a = binomial(pair.count, won, lost + others, rng);
    (for_a, binomial(pair.count - for_a, lost, others, rng))
}

/// Walks through what each batch gives, prompt by prompt; what several batches have of a prompt comes together.
pub(super) fn merged<T: Copy>(
    batches: &[Batch],
    each: impl Fn(&Batch, &mut dyn FnMut(usize, &[T])),
    f: &mut dyn FnMut(usize, &[T]),
) {
    if let [one] = batches {
        return each(one, f);
    }
    let mut of_prompt: BTreeMap<usize, Vec<T>> = BTreeMap::new();
    for batch in batches {
        each(batch, &mut |prompt, items| of_prompt.entry(prompt).or_default().extend_from_slice(items));
    }
    of_prompt.iter().for_each(|(&prompt, items)| f(prompt, items));
}
