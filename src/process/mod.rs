//! How the policy is iterated: a self-improvement loop as a point in a space of choices.
//!
//! A [`Loop`] is (prompt law, candidate law, signal, reference, fit, memory). The paper's own (Eqs. 1–4, 106–108) is the default of
//! each: prompts from p, two candidates y, y' ~ π_t, the self-reward r_t(x,y) = log π_t(y|x) (Eq. 1), the reference π_t, the square
//! loss, no memory. In the linear softmax class the difference of r_t over a pair is ⟨θ_t, Δφ⟩ + Δb, the log-partition terms
//! cancelling, and that of the implicit reward r̂ = β log(π/π_ref) is β⟨θ − θ_ref, Δφ⟩; so the regression of one on the other is least
//! squares in θ.
//!
//! | part | what it decides | choices |
//! | --- | --- | --- |
//! | [`PromptLaw`] | whose prompts | p, or p where π_t is not yet sure, or one level at a time |
//! | [`Candidates`] | whose responses, how selected | π_t, π_0, their mixture, a power; the best of N, adaptive, curated |
//! | [`Signal`] | what is learned from | a difference of rewards: of the policy, the base, from outside, a vote |
//! | [`Accept`] | which responses are kept (likelihood) | all, the correct, a noisy verifier's, a vote's, a gate's |
//! | [`Reference`] | from where the fit counts | π_t, π_0, a geometric mixture |
//! | [`Fit`] | how θ is found | square loss, logistic, win rate, likelihood, gradient steps, a finite class |
//! | [`Memory`] | what is kept of earlier rounds | nothing, all counts, replayed data |

pub mod accept;
mod batch;
pub mod candidates;
pub mod explore;
mod feasibility;
pub mod fit;
pub mod graph;
pub mod law;
pub mod memory;
pub mod multinomial;
pub mod pairs;
pub mod presets;
pub mod prompts;
pub mod reference;
pub mod responses;
pub(crate) mod settings;
pub mod signal;
mod slots;
mod step;
pub mod trajectory;

pub use accept::Accept;
pub use batch::Batch;
pub use candidates::{CandidateLaw, Candidates, Ranking, Selection};
pub use fit::{
    Choice, ClassChoice, Data, FiniteClass, Fit, Fitted, Gains, Gradient, Labels, Likelihood, Logistic, Minimum,
    Newton, SampleSummary, Square, WinRate,
};
pub use memory::Memory;
pub use multinomial::Sampling;
pub use presets::{PRESETS, Preset};
pub use prompts::PromptLaw;
pub use reference::Reference;
pub use signal::{Reward, Signal, Vote, Weighted};
pub use step::{Snapshot, Step};
pub use trajectory::{Arrival, Round, Rounds};

use std::sync::Arc;

use crate::instance::{Instance, Parameter};
use crate::seed::Seed;
use crate::{Error, Result};

/// The largest number of triples per round: counts stay exact as doubles.
pub const MAX_SAMPLES: u64 = 1_000_000_000_000_000;

/// The largest number of rounds.
pub const MAX_ROUNDS: usize = 1_000_000;

/// A self-improvement loop. [`Loop::default`] is the paper's, with β = 1, n = 1024 and eight rounds.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Loop, Reference, Square};
/// use selfreward::seed::Seed;
///
/// // The paper's loop with its reference frozen at π_0: ℓ' = ℓ_0 + ℓ/β, in the population.
/// let frozen = Loop {
///     reference: Reference::Base,
///     fit: Box::new(Square { population: true, ..Square::default() }),
///     beta: 2.0,
///     rounds: 40,
///     ..Loop::default()
/// };
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 0.5, weights: Weights::Uniform }.draw(&seed)?;
/// let last = frozen.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // The log-odds tend to βℓ_0/(β − 1).
/// assert!((last.policy.head(0).margin - 1.0).abs() < 1e-9);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug)]
pub struct Loop {
    /// Whose prompts.
    pub prompts: PromptLaw,
    /// Whose responses, and how they are selected.
    pub candidates: Candidates,
    /// What pairs of responses are compared by.
    pub signal: Box<dyn Signal>,
    /// Which responses a likelihood is fitted to.
    pub accept: Accept,
    /// From where the fit counts.
    pub reference: Reference,
    /// The update rule.
    pub fit: Box<dyn Fit>,
    /// What is kept of earlier rounds.
    pub memory: Memory,
    /// β > 0, the KL regularisation.
    pub beta: f64,
    /// n, triples (or single responses, for the likelihood) per round, 1 to 10^15.
    pub samples: u64,
    /// T, the number of rounds.
    pub rounds: usize,
    /// B > 0, the radius of the ball ‖θ‖₂ ≤ B; `None` for no constraint.
    pub radius: Option<f64>,
    /// How triples are drawn.
    pub sampling: Sampling,
}

impl Default for Loop {
    fn default() -> Self {
        Self {
            prompts: PromptLaw::All,
            candidates: Candidates::default(),
            signal: Box::new(Weighted::default()),
            accept: Accept::All,
            reference: Reference::Current,
            fit: Box::new(Square::default()),
            memory: Memory::None,
            beta: 1.0,
            samples: 1024,
            rounds: 8,
            radius: None,
            sampling: Sampling::Auto,
        }
    }
}

/// A loop on an instance on which it has been checked; it alone can run.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Accept, Square};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop { fit: Box::new(Square::population()), rounds: 1, ..Loop::default() };
/// // The population round of β = 1 doubles log-odds, from wherever it starts.
/// let start = instance.base().scaled(3.0);
/// let last = process.on(&instance)?.start_at(start, seed).last().expect("round 0 at least")?;
/// assert!((last.policy.head(0).margin - 6.0).abs() < 1e-12);
/// // Choices without a meaning together are refused by name: pairs are compared, and not accepted.
/// let error = Loop { accept: Accept::Correct, ..Loop::default() }.on(&instance).unwrap_err();
/// assert!(error.to_string().starts_with("process.accept"));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    process: &'a Loop,
    instance: &'a Instance,
}

impl<'a> Checked<'a> {
    /// Starts at the instance's θ_0; yields rounds 0 to T.
    pub fn start(self, seed: Seed) -> Rounds<'a> {
        let (theta, policy) = (self.instance.base().clone(), Arc::clone(self.instance.base_policy()));
        Rounds::new(self.process, self.instance, Snapshot { theta, policy }, seed)
    }

    /// Starts at another parameter than θ_0, which then is the base policy; yields rounds 0 to T.
    pub fn start_at(self, initial: Parameter, seed: Seed) -> Rounds<'a> {
        Rounds::new(self.process, self.instance, Snapshot::new(initial, self.instance), seed)
    }
}

impl Loop {
    /// Checks that the loop is well-posed and can be carried out on this instance at its size.
    ///
    /// # Errors
    /// [`Error::Argument`] for a value out of range or choices without a meaning together, [`Error::TooLarge`] and [`Error::Memory`]
    /// with the estimate and the limit.
    pub fn on<'a>(&'a self, instance: &'a Instance) -> Result<Checked<'a>> {
        self.check_numbers()?;
        if let Some(radius) = self.radius {
            let norm = instance.base().norm();
            // θ_0 drawn with the norm B has it up to rounding.
            if norm > radius * (1.0 + 1e-12) {
                return Err(Error::argument("process.radius", radius, format!("at least ‖θ_0‖ = {norm}")));
            }
        }
        slots::check(self)?;
        slots::check_on(self, instance)?;
        self.fit.check(self, instance)?;
        feasibility::check(self, instance)?;
        Ok(Checked { process: self, instance })
    }

    /// Checks what is wrong on any instance: numbers out of range, and choices without a meaning together.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending value.
    pub fn check(&self) -> Result<()> {
        self.check_numbers()?;
        slots::check(self)
    }

    fn check_numbers(&self) -> Result<()> {
        let positive = |name: &str, value: f64| {
            let good = value.is_finite() && value > 0.0;
            if good { Ok(()) } else { Err(Error::argument(name, value, "a finite number > 0")) }
        };
        positive("process.beta", self.beta)?;
        if self.samples == 0 || self.samples > MAX_SAMPLES {
            return Err(Error::argument("process.samples", self.samples, "1 to 10^15"));
        }
        if self.rounds > MAX_ROUNDS {
            return Err(Error::argument("process.rounds", self.rounds, format!("at most {MAX_ROUNDS}")));
        }
        self.radius.map_or(Ok(()), |radius| positive("process.radius", radius))
    }
}
