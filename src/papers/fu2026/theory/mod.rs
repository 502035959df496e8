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
//! | result | claim | where |
//! | --- | --- | --- |
//! | Theorem 4.1, Remark 4.2 | C13, C14 | [`single_step`] |
//! | Proposition 4.3 | C15 | [`greedy`] |
//! | Lemmas C.1, C.2, Eqs. 18, 39–42 | C1, C5–C7 | [`one_step`] |
//! | Eqs. 32–38, Appendix F | C10, C24 | [`one_step::epsilon`], [`one_step::covering_number`] |
//! | exact recovery, zero failure (ours) | C11, C12 | [`one_step::exact_recovery`], [`one_step::zero_failure`] |
//! | companion's Lemmas J.1, J.2 | C28 | [`one_step::reward_tail`], [`one_step::fourth_moment`] |
//! | Lemmas C.3, C.4 | C16, C17 | [`recurrence`] |
//! | Theorem 5.3 | C18 | [`iterative`] |
//! | Theorem 6.2 | C18 | [`iterative::explicit`] with a linear class, [`linear_softmax`] |
//! | where both are false as printed (ours) | C18.family, C18.finite-class | [`counterexample`] |
//! | Corollary 5.7 | C21 | [`iterations`] |
//! | the population loop (ours) | C19, C22 | [`rates`] |
//! | Appendix G, Corollary 6.4 | C25–C27, C29 | [`effective_dimension`] |
//!
//! C2–C4, C8, C9 and C20 have no right-hand side of their own, or one that is a measured quantity; [`plan`] answers how
//! many samples and rounds a target needs. Theorem and equation numbers are those of arXiv 2601.22513 (v2). The derivations are in `docs/theory.md`.

pub mod counterexample;
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

pub use crate::papers::bound::{Assumption, Bound};
