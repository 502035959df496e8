//! `selfreward` checks the theory of self-rewarding language models by experiment, in the linear softmax class (Fu et al.,
//! arXiv 2601.22513).
//!
//! A policy π_θ(y|x) ∝ exp⟨θ, φ(x,y)⟩ over finitely many prompts and responses is iterated: in round t, n triples x ~ p,
//! y, y' ~ π_t(·|x) are drawn, and θ_{t+1} regresses the implicit reward difference β Δlog(π/π_t) on the self-reward difference
//! Δlog π_t. Everything the theory speaks of is then measured as an exact sum.
//!
//! | symbol | meaning | shape, range | in code |
//! | --- | --- | --- | --- |
//! | x, p(x) | prompt, its probability | M prompts, Σp = 1 | [`Instance::weights`](instance::Instance::weights) |
//! | y, K(x) | response, their number at x | may differ from prompt to prompt | [`FeatureMap::responses`](instance::FeatureMap::responses) |
//! | φ(x,y) | feature vector | R^d, ‖φ‖₂ ≤ 1 | [`FeatureMap`](instance::FeatureMap) |
//! | θ | parameter | R^d, ‖θ‖₂ ≤ B | [`Parameter`](instance::Parameter) |
//! | π_θ | policy | | [`Policy`](policy::Policy) |
//! | y*_t(x) | modal response of π_t | least index on a tie | [`Head::modal`](policy::Head::modal) |
//! | β | KL regularisation | > 0 | [`SelfRewarding::beta`](process::SelfRewarding::beta) |
//! | n, T | triples per round, rounds | n ≤ 10^15 | [`SelfRewarding`](process::SelfRewarding) |
//! | κ(π) | condition number E_x[1/max_y π] | ≥ 1 | [`metrics::policy::kappa`] |
//! | F(δ) | failure rate | \[0, 1\] | [`metrics::policy::failure`] |
//! | ε² | population loss | ≥ 0 | [`metrics::step::population_loss`] |
//!
//! Logarithms are natural; entropies, margins and divergences are in nats.
//!
//! ```
//! use selfreward::instance::tabular::{Tabular, Weights};
//! use selfreward::metrics::policy::kappa;
//! use selfreward::process::{Erm, Sampling, SelfRewarding};
//! use selfreward::seed::Seed;
//!
//! let seed = Seed::from_number(1);
//! let instance = Tabular { prompts: 50, responses: 8, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
//! let process = SelfRewarding {
//!     operator: Box::new(Erm::default()),
//!     beta: 0.1,
//!     samples: 2_000,
//!     rounds: 3,
//!     radius: None,
//!     sampling: Sampling::Auto,
//! };
//! process.check(&instance)?;
//! let mut last = f64::INFINITY;
//! for round in process.start(&instance, instance.base().clone(), seed) {
//!     let round = round?;
//!     let kappa = kappa(instance.weights(), &round.policy);
//!     assert!(kappa <= last, "the policy becomes surer of itself");
//!     last = kappa;
//! }
//! assert!(last < 1.1);
//! # Ok::<(), selfreward::Error>(())
//! ```

pub mod claims;
pub mod cli;
pub mod decoding;
pub mod error;
pub mod experiment;
pub mod floats;
pub mod instance;
pub mod linalg;
pub mod logits;
pub mod memory;
pub mod metrics;
pub mod plot;
pub mod policy;
pub mod process;
pub mod report;
pub mod seed;
pub mod simulate;
pub mod stats;
pub mod study;
pub mod theory;

pub use error::{Error, Result};
