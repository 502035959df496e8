//! The right-hand sides: every bound of the theory as a pure function of numbers, every constant explicit.
//!
//! Nothing here knows the simulator, and nothing here sees measured data. Notation, in nats throughout:
//!
//! | symbol | name in code | meaning, range |
//! | --- | --- | --- |
//! | n | `n` | triples (x, y, y') drawn per round, n ≥ 1; a double, since bounds are asked for at n = 10^30 too |
//! | T | `rounds` | rounds, T ≥ 1 |
//! | β | `beta` | strength of the KL regularisation, β > 0; the paper sets β ≍ 1/√n |
//! | δ | `delta` | a prompt fails where the policy gives its own modal response at most 1 − δ; 0 < δ < 1 |
//! | ρ | `rho` | probability with which a guarantee may fail, 0 < ρ < 1 |
//! | κ | `kappa` | policy condition number E_x[1 / max_y π(y\|x)], κ ≥ 1 (Eq. 5) |
//! | γ | `gamma` | margin: least gap between the best and the second-best log-probability, γ > 0 (Definition 5.2) |
//! | μ | `mu` | least confidence min_x max_y π(y\|x), 0 < μ ≤ 1 (Definition 5.2) |
//! | ε | `epsilon` | root of the population loss of the learned policy, ε ≥ 0 |
//! | C_{π/π_t} | `concentrability` | E_x Σ_y π²/π_t ≥ 1 |
//! | r̄ | `excess` | max_t √(C_{π_{t+1}/π_t}/κ_t); the paper takes 1 |
//!
//! Theorem and equation numbers are those of arXiv 2601.22513 (v2). The derivations are in `docs/theory.md`.

pub mod bound;
pub mod effective_dimension;
pub mod greedy;
pub mod iterations;
pub mod iterative;
pub mod linear_softmax;
pub mod one_step;
pub mod plan;
pub mod rates;
pub mod recurrence;
pub mod single_step;

mod check;

pub use bound::{Assumption, Bound};
