//! `selfreward` checks the theory of self-rewarding language models by experiment, in the linear softmax class (Fu et al.,
//! arXiv 2601.22513), and runs the other self-improvement loops of its family beside them.
//!
//! # The setting
//!
//! A language model is a policy π_θ(y|x) ∝ exp(b(x,y) + ⟨θ, φ(x,y)⟩) over finitely many prompts x and responses y. The features φ are
//! what training can move, the offset b is what it cannot (the paper has b = 0). In the paper's loop the model judges its own responses:
//! the self-reward of round t is r_t(x,y) = log π_t(y|x). In each round n triples x ~ p, y, y' ~ π_t(·|x) are drawn, and θ_{t+1}
//! regresses the implicit reward difference β Δlog(π/π_t) on the self-reward difference Δlog π_t. Nothing enters from outside: whatever
//! the model becomes surer of, it has found in itself. How fast that goes is what the theory bounds; whether it ends where it began is
//! what the theory leaves open. Both are measured here, every quantity as an exact sum over the instance, never as an estimate.
//!
//! ```text
//! Instance ──► Loop ──► Rounds ──► metrics ──► study (grid × replicates) ──► claims ──► verdicts
//! ```
//!
//! # A loop is a point in a space
//!
//! A [`Loop`] has a choice in each of seven slots, and the paper's loop is the default of each. A round draws prompts, draws and selects
//! responses to them, compares or accepts these, and fits θ:
//!
//! | slot | what it decides | default | others |
//! | --- | --- | --- | --- |
//! | [`prompts`](Loop::prompts): [`PromptLaw`] | whose prompts | p | those of which π_t is not yet sure, or of one level |
//! | [`candidates`](Loop::candidates): [`Candidates`] | whose responses, how selected | π_t | π_0, a mixture, a power; best of N, adaptive, curated |
//! | [`signal`](Loop::signal): [`Signal`] | what pairs are compared by | log π_t | log π_0, a reward from outside, weights of them, a vote |
//! | [`accept`](Loop::accept): [`Accept`] | which responses a likelihood sees | all | correct ones, a noisy verifier's, a vote's, a gate's |
//! | [`reference`](Loop::reference): [`Reference`] | from where the fit counts | π_t | π_0, a geometric mixture |
//! | [`fit`](Loop::fit): [`Fit`] | how θ is found | [`Square`](process::Square) | [`Logistic`](process::Logistic), [`WinRate`](process::WinRate), [`Likelihood`](process::Likelihood), [`Gradient`](process::Gradient), [`FiniteClass`](process::FiniteClass) |
//! | [`memory`](Loop::memory): [`Memory`] | what is kept of earlier rounds | nothing | all counts, a share of replayed data |
//!
//! [`Signal`] and [`Fit`] are traits: a loop of one's own is one of each, or either. Loops of the literature have names
//! ([`PRESETS`](process::PRESETS)), each with its recursion in the population; choices without a meaning together are refused by
//! [`Loop::on`].
//!
//! # Notation
//!
//! | symbol | meaning | shape, range | in code |
//! | --- | --- | --- | --- |
//! | x, p(x) | prompt, its probability | M prompts, Σp = 1 | [`Instance::weights`] |
//! | y, K(x) | response, their number at x | may differ from prompt to prompt | [`FeatureMap::responses`](instance::FeatureMap::responses) |
//! | φ(x,y) | feature vector | R^d, ‖φ‖₂ ≤ 1 | [`FeatureMap`](instance::FeatureMap) |
//! | b(x,y) | offset, fixed logits beside the features | finite, nats; none is 0 | [`Instance::offset`] |
//! | Δφ | difference φ(x,y) − φ(x,y') of two responses to one prompt | R^d | [`DenseFeatures::difference`](instance::DenseFeatures::difference) |
//! | θ | parameter | R^d, ‖θ‖₂ ≤ B | [`Parameter`](instance::Parameter) |
//! | B | radius of the ball of parameters | > 0, or none | [`Loop::radius`] |
//! | π_θ | policy | Σ_y π(y\|x) = 1 | [`Instance::policy`], a [`Policy`] |
//! | r_t = log π_t | self-reward | ≤ 0, nats | [`Policy::log_prob`] |
//! | r(x,y) | reward from outside | finite, nats | [`Instance::reward`] |
//! | correct(x) | responses that are right | a set for each prompt, or not known | [`Instance::correct`] |
//! | ν_t | law of the selected candidates | a policy | [`Batch::law`](process::Batch::law) |
//! | π_ref | reference of the implicit reward β log(π/π_ref) | a policy of the class | [`Step::reference`](process::Step::reference) |
//! | y*_t(x) | modal response of π_t | least index on a tie | [`Head::modal`](policy::Head::modal) |
//! | β | KL regularisation | > 0 | [`Loop::beta`] |
//! | n | triples (x, y, y') a round | 1 to 10^15 | [`Loop::samples`] |
//! | t, T | round, their number | t = 0 is the base policy | [`Round::t`](process::Round::t), [`Loop::rounds`] |
//! | S | span of the sampled Δφ | rank at most that of all Δφ | [`SampleSummary`](process::SampleSummary) |
//! | κ(π) | condition number E_x\[1/max_y π\] | 1 to max K | [`metrics::policy::kappa`] |
//! | γ | margin: gap of the two largest log π, least over x | ≥ 0, nats | [`metrics::policy::margin`] |
//! | μ | least confidence min_x max_y π | (0, 1\] | [`metrics::policy::min_confidence`] |
//! | F(δ) | failure rate P_x\[π(y*\|x) ≤ 1 − δ\] | \[0, 1\] | [`metrics::policy::failure`] |
//! | F°(δ) | the same for the previous round's y* | F ≤ F° ≤ 1 | [`metrics::policy::comparator_failure`] |
//! | D | drift P_x\[y*_t ≠ y*_0\] | \[0, 1\] | [`metrics::policy::drift`] |
//! | J(π°) − J(π) | performance gap | ≥ 0, nats | [`metrics::step::gap`] |
//! | C_{π'/π} | concentrability E_x Σ_y π'²/π | ≥ 1 | [`metrics::step::concentrability`] |
//! | ε² | population loss | ≥ 0, nats² | [`metrics::step::population_loss`] |
//!
//! Logarithms are natural; entropies, margins and divergences are in nats.
//!
//! # A run
//!
//! ```
//! use selfreward::instance::tabular::{Tabular, Weights};
//! use selfreward::metrics::policy::{drift, kappa};
//! use selfreward::{Loop, Seed};
//!
//! // 50 prompts of 8 responses each, one of them favoured by a logit of 1; a one-hot feature for every (x, y).
//! let seed = Seed::from_number(1);
//! let instance = Tabular { prompts: 50, responses: 8, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
//! let process = Loop { beta: 0.1, samples: 2_000, rounds: 3, ..Loop::default() };
//!
//! let base = instance.policy(instance.base());
//! // κ_0 = 1 + 7/e: seven responses e times less likely than the favoured one.
//! assert!((kappa(instance.weights(), &base) - (1.0 + 7.0 / 1f64.exp())).abs() < 1e-12);
//! let mut last = f64::INFINITY;
//! for round in process.on(&instance)?.start(seed) {
//!     let round = round?;
//!     let kappa = kappa(instance.weights(), &round.policy);
//!     println!("{} {kappa:.4} {:.2}", round.t, drift(instance.weights(), &base, &round.policy));
//!     assert!(kappa <= last, "the policy becomes surer of itself");
//!     last = kappa;
//! }
//! assert!(last < 1.1);
//! # Ok::<(), selfreward::Error>(())
//! ```
//!
//! # Where to start
//!
//! The programs in `examples/` are each a page long:
//!
//! | program | what it shows |
//! | --- | --- |
//! | `own_feature_map` | an instance from one's own features |
//! | `npz_features` | the features of a real model, from a file |
//! | `own_loop` | a loop of free choices, with a [`Signal`] of one's own, beside named ones |
//! | `own_update` | a [`Fit`] of one's own |
//! | `own_metric` | a quantity of one's own |
//! | `own_claim` | a claim with a false control, weighed on measured rows |
//!
//! `docs/tutorial.md` leads from a clone to an experiment of one's own with its verdict. A whole configuration as the command reads it
//! is a [`simulate::Config`]; grids of them, kept and repeated to the byte, are [`study`]'s. The right-hand sides of the theory are in
//! [`theory`], their claims and controls in [`papers`], what weighs them in [`claims`]. Fits without a closed form are solved by
//! [`convex`]; exact tests and intervals are in [`stats`].

// What is said goes through `cli::say` and `cli::print`, which know what to do about a stream that cannot be written.
#![warn(clippy::print_stderr, clippy::print_stdout)]

pub mod absent;
pub mod claims;
pub mod cli;
pub mod compare;
pub mod convex;
pub mod decoding;
pub mod describe;
mod draft;
pub mod error;
pub mod experiment;
pub mod files;
pub mod floats;
pub mod instance;
pub mod linalg;
pub mod logits;
pub mod memory;
pub mod metrics;
mod nearest;
pub mod papers;
pub mod plot;
pub mod policy;
pub mod process;
pub mod report;
pub mod seed;
pub mod settings;
pub mod simulate;
pub mod stats;
pub mod study;
pub mod threads;
// For the tests.
#[doc(hidden)]
pub mod words;

pub use error::{Error, Result};
pub use instance::Instance;
pub use papers::fu2026::theory;
pub use policy::Policy;
pub use process::{Accept, Candidates, Fit, Loop, Memory, PromptLaw, Reference, Signal};
pub use seed::Seed;
