//! What a loop keeps of earlier rounds.

use std::fmt;

use crate::settings::{Form, Key, Section};

/// What a fit looks at beside the round's own draws.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Likelihood, Memory};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 3f64.ln(), weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop {
///     memory: Memory::Replay(0.5),
///     fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
///     rounds: 1,
///     ..Loop::default()
/// };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // Half of the answers are uniform: (3/4 + 1/2)/2 for the mode.
/// assert!((last.policy.head(0).doubt() - 0.375).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Memory {
    /// Nothing.
    #[default]
    None,
    /// The counts of all rounds. For the likelihood, π_t is the fit of t + 1 batches, the first from π_0; for the square loss, the
    /// counts of all rounds meet the targets of the current one; labelled pairs keep the labels of their own round.
    All,
    /// What the first round drew, in every round: iteration on a fixed data set. Each round's own reward and reference meet its pairs, and
    /// votes and judge noise are drawn for each round; labelled pairs keep the labels of the first. The draws are counted once. In the
    /// population it is the first round's law that is kept.
    Kept,
    /// A share λ in [0, 1) of each round comes from the data law (uniform over each prompt's responses), the rest from the loop's own.
    /// The number of replayed answers is λn, rounded to the nearest whole number.
    Replay(f64),
}

/// The key of this choice.
pub(super) const KEYS: &[Key] = &[Key::of_process(
    "memory",
    Form::WordOrTables(&["none", "all", "kept"], &[&[("replay", Form::Real, None)]]),
    "\"none\", \"all\" (counts of all rounds), \"kept\" (what the first round drew, in every round), { replay = λ } (a share λ of uniform responses)",
    "\"none\"",
)];

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "\"none\""),
            Self::All => write!(f, "\"all\""),
            Self::Kept => write!(f, "\"kept\""),
            Self::Replay(share) => write!(f, "{{ replay = {share} }}"),
        }
    }
}

impl Memory {
    /// As it is written.
    pub(super) fn read(process: &Section<'_>) -> Self {
        match (process.word("memory"), process.inner("memory", "replay")) {
            (_, Some(share)) => Self::Replay(share),
            (Some("all"), None) => Self::All,
            (Some("kept"), None) => Self::Kept,
            _ => Self::None,
        }
    }

    /// Whether later rounds look at what earlier ones drew.
    pub(super) fn remembers(self) -> bool {
        matches!(self, Self::All | Self::Kept)
    }
}
