//! Fits: from a round's data to θ_{t+1}.
//!
//! The square loss of a set of weighted pairs (x, {y,y'}), w ≥ 0, is
//!
//! ```text
//! loss(θ) = Σ w ( β⟨θ − θ_ref, Δφ⟩ − Δr − ξ )²       w = N(x,{y,y'})/n      for a sample (ERM, Eq. 108)
//!                                                   w = 2 p(x) ν(y|x) ν(y'|x)  for the population
//! ```
//!
//! with r the round's reward and ξ the noise of the judge (0 for the theory's process). Where the answer is known in closed form
//! (facts F1, F2, F5) it is used; everything else goes through the spectrum of Σ w Δφ Δφᵀ ([`spectral`], [`quadratic`]). Labels and
//! likelihoods are convex fits ([`crate::convex`]).

mod aim;
mod convex_fit;
pub mod cost;
mod entry;
mod explored;
pub mod finite_class;
mod gradient;
pub mod labels;
pub mod laplacian;
mod likelihood;
mod logistic;
mod population;
mod projection;
pub mod quadratic;
pub mod spectral;
mod square;
mod win_rate;

use std::fmt::Debug;

pub use cost::{Cost, Shape};
pub use entry::{Entry, FITS};
pub(crate) use entry::{is_population, keys};
pub use finite_class::{ClassChoice, FiniteClass};
pub use gradient::Gradient;
pub use labels::Labels;
pub use likelihood::Likelihood;
pub use logistic::Logistic;
pub use quadratic::Choice;
pub use square::Square;
pub use win_rate::WinRate;

use super::{Loop, Step};
use crate::Result;
use crate::instance::{Instance, Parameter};

/// What an update saw of the instance in pairs.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::{Loop, Seed};
///
/// // With two responses a prompt, one pair y ≠ y' at each spans everything: five directions, which 1000 triples all see.
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 5, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop { samples: 1000, rounds: 1, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// let sample = last.step.expect("one round").sample.expect("pairs are drawn");
/// assert_eq!((sample.triples, sample.rank, sample.full_rank), (1000, Some(5), 5));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleSummary {
    /// n, that of remembered rounds included.
    pub triples: u64,
    /// Triples with y ≠ y'.
    pub diverse: u64,
    /// Rank of S, the span of the sampled feature differences; `None` where only what moves was drawn ([`Sampling::Explore`]).
    ///
    /// [`Sampling::Explore`]: super::Sampling::Explore
    pub rank: Option<usize>,
    /// Rank of all feature differences of the prompts that may be drawn.
    pub full_rank: usize,
    /// Whether S is the span of all of them.
    pub complete: bool,
}

/// How an iterative fit ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Newton {
    /// Norm of the gradient at the end, relative to the weight of the data; a length of features.
    pub gradient_norm: f64,
    /// Newton steps.
    pub steps: u64,
    /// Condition number of the rows √w Δφ at the minimiser, as the factor's diagonal shows it (from below), at least 1.
    pub condition: f64,
}

/// A minimiser that was found.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// θ_{t+1}.
    pub theta: Parameter,
    /// What was sampled; `None` for a fit that needs no sample of pairs.
    pub sample: Option<SampleSummary>,
    /// How the iteration ended; `None` for a fit without iterations.
    pub newton: Option<Newton>,
    /// Whether the loss has no finite minimiser, and this is the one in the ball.
    pub at_infinity: bool,
    /// The gains of a square loss; `None` in a ball, and for other fits.
    pub gains: Option<Gains>,
}

/// By how much a sampled square loss moves θ along its eigenvectors: c_j = a_j + gain_j τ_j with the coordinates a_j of θ_ref, τ_j of
/// the target, and gain_j = βg_j/(β²g_j + λ), g_j the curvature (1/β without a ridge, 0 along what was not seen).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gains {
    /// The least, over all directions of the features' differences.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Minimum {
    /// A minimiser in closed form.
    pub fn new(theta: Parameter, sample: Option<SampleSummary>) -> Self {
        Self { theta, sample, newton: None, at_infinity: false, gains: None }
    }
}

/// What a fit comes to.
#[derive(Clone, Debug)]
pub enum Fitted {
    /// A minimiser.
    Minimum(Minimum),
    /// The loss falls for ever along a direction, and there is no ball: a likelihood or a separable set of labels.
    AtInfinity {
        /// The direction, of unit norm.
        direction: Parameter,
    },
}

impl From<Minimum> for Fitted {
    fn from(minimum: Minimum) -> Self {
        Self::Minimum(minimum)
    }
}

/// What a fit looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Data {
    /// Pairs of responses, with the difference of their rewards.
    Pairs,
    /// Pairs of responses, with labels that say which is preferred.
    Labels(Labels),
    /// Single responses.
    Responses,
}

/// A rule that makes θ_{t+1} from a round's data.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Fit, Fitted, Minimum, Step};
/// use selfreward::{Loop, Seed};
///
/// /// Half a population round of the paper's loop.
/// #[derive(Debug)]
/// struct Half;
///
/// impl Fit for Half {
///     fn fit(&self, step: &Step<'_>) -> selfreward::Result<Fitted> {
///         Ok(Minimum::new(step.theta().scaled(1.0 + 0.5 / step.beta), None).into())
///     }
///
///     fn is_population(&self) -> bool {
///         true
///     }
/// }
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop { fit: Box::new(Half), rounds: 2, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// assert!((last.policy.head(0).margin - 1.5f64.powi(2)).abs() < 1e-12);
/// assert_eq!(last.step.expect("two rounds").so_far.draws, None, "nothing is drawn");
/// # Ok::<(), selfreward::Error>(())
/// ```
pub trait Fit: Debug + Send + Sync {
    /// Carries out one round.
    ///
    /// # Errors
    /// Whatever keeps the update from being computed; the run then stops.
    fn fit(&self, step: &Step<'_>) -> Result<Fitted>;

    /// What it looks at.
    fn data(&self) -> Data {
        Data::Pairs
    }

    /// Whether it minimises the expected loss, and draws nothing.
    fn is_population(&self) -> bool {
        false
    }

    /// Whether of a sample of pairs on one-hot features it looks only at the components that hold a response with a logit of its own, so
    /// that these alone may be drawn ([`Sampling::Explore`](super::Sampling::Explore)).
    fn explores(&self) -> bool {
        false
    }

    /// The temperature of the Bradley–Terry labels whose logistic loss it minimises; `None` with flips, with a ridge, and for every other
    /// loss.
    fn bradley_terry(&self) -> Option<f64> {
        None
    }

    /// Checks what the fit asks of the loop and the instance beyond their own ranges.
    ///
    /// # Errors
    /// [`crate::Error`] with the offending value and what was expected.
    fn check(&self, _process: &Loop, _instance: &Instance) -> Result<()> {
        Ok(())
    }

    /// What a round costs beside drawing; what cannot be done is refused before work starts.
    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        vec![Cost::of_span(shape)]
    }
}
