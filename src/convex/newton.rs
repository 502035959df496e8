//! Damped Newton on one block's loss with a quadratic pull.
//!
//! Both losses are quasi-self-concordant: their third derivative along a unit direction is at most M times the second, M the `reach`.
//! Far from the optimum a Newton step is halved until the objective falls; where the curvature says little (saturated logits) H + κM‖g‖
//! takes the place of H, which makes the objective fall at κ = 1 at the latest (Doikov, *Minimizing quasi-self-concordant functions by gradient regularization of
//! Newton method*, arXiv 2308.14742). Within 1/(4M) of the optimum full steps converge quadratically, and go on until rounding stops
//! them.

use ndarray::Array1;

use super::factor::Factor;
use super::loss::{Point, Rows};
use crate::floats::Norm;
use crate::linalg::Triangulation;
use crate::{Error, Result};

/// share·loss(u) + (pull/2)‖u − centre‖².
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// The loss.
    pub rows: &'a Rows,
    /// Its factor, in (0, 1].
    pub share: f64,
    /// Strength of the pull, at least 0; share + pull is about 1.
    pub pull: f64,
    /// Where it pulls to.
    pub centre: Array1<f64>,
    /// Up to so many coordinates the curvature is factorized, beyond them conjugate gradients solve for the step.
    pub dense: usize,
}

/// A minimiser of a task.
#[derive(Clone, Debug)]
pub struct Found {
    /// u.
    pub u: Array1<f64>,
    /// Norm of the gradient there.
    pub gradient_norm: f64,
    /// Newton steps taken.
    pub steps: usize,
    /// Condition number of the curvature's square root, as its factor shows it.
    pub condition: f64,
}

/// Steps after which the iteration gives up: a fit takes ten or so, one that climbs the tail to a logit of 700 takes as many.
const MOST_STEPS: usize = 2000;
/// Steps that move log-odds by less than this are in the region of quadratic convergence.
const NEAR: f64 = 0.25;
/// Newton steps that move log-odds further are not tried as they are.
const LONG: f64 = 1e3;
/// The first and the least share κ of the damping at which a decrease is certain.
const FIRST_DAMPING: f64 = 1e-3;
const LEAST_DAMPING: f64 = 1e-9;
/// Share of the predicted decrease that a step must bring.
const ARMIJO: f64 = 1e-4;
/// Halvings of a pure Newton step before the regularised one takes over, and of that one.
const HALVINGS: (i32, i32) = (6, 60);
/// A decrease below this share of the objective is not seen in its value, and is read off slopes instead.
const UNSEEN: f64 = 1e-9;
/// The gradient at the end, relative to the size of the terms that cancel in it, above which the answer is refused.
const REFUSED: f64 = 1e-8;

struct State {
    u: Array1<f64>,
    point: Point,
    value: f64,
    gradient: Array1<f64>,
}

impl Task<'_> {
    fn state(&self, u: Array1<f64>) -> State {
        let point = self.rows.at(&u);
        let away = &u - &self.centre;
        let value = self.share * point.value + 0.5 * self.pull * away.dot(&away);
        let gradient = &point.gradient * self.share + &away * self.pull;
        State { u, point, value, gradient }
    }

    /// The minimiser, searched from `u`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the steps run out, or rounding stops them where the gradient is still large.
    pub fn minimise(&self, u: Array1<f64>) -> Result<Found> {
        let reach = self.rows.reach();
        let mut state = self.state(u);
        let (mut damping, mut space) = (FIRST_DAMPING, Triangulation::default());
        // Least decrement and size so far, and the point from which the last improvement of either was predicted.
        let mut best: Option<(f64, f64, Found)> = None;
        // The factor there, and the size of the step that was taken from there.
        let mut last: Option<(Factor, f64)> = None;
        for steps in 0..MOST_STEPS {
            let norm = Norm::of(&state.gradient);
            if !(norm.is_finite() && state.value.is_finite()) {
                return Err(Error::NotFound(format!(
                    "Newton's method on a convex loss left the range of doubles after {steps} steps"
                )));
            }
            if let Some((decrements, sizes, _)) = &best
                && last.as_ref().is_some_and(|last| stopped(&state, last, (*decrements, *sizes), reach))
                && let Some((_, _, found)) = best.take()
            {
                return self.accepted(found, reach);
            }
            let factor = Factor::of(self, &state.point, &mut space);
            let found = || Found { u: state.u.clone(), gradient_norm: norm, steps, condition: factor.condition() };
            if norm == 0.0 {
                return Ok(found());
            }
            let step = factor.solve(&state.gradient, 0.0);
            let decrement = -state.gradient.dot(&step);
            let size = reach * Norm::of(&step);
            if size <= NEAR && decrement >= 0.0 {
                // Quadratic convergence, until rounding stops it in directions of much weight (the decrement) and of little (the size).
                let (decrements, sizes) = best.as_ref().map_or((f64::INFINITY, f64::INFINITY), |best| (best.0, best.1));
                if decrement == 0.0 || (decrement > 0.25 * decrements && size > 0.25 * sizes) {
                    return self.accepted(best.map_or_else(found, |best| best.2), reach);
                }
                best = Some((decrement.min(decrements), size.min(sizes), found()));
                last = Some((factor, size));
                state = self.state(&state.u + &step);
                continue;
            }
            (best, last) = (None, None);
            let pure = if size <= LONG { self.search(&state, &step, HALVINGS.0) } else { None };
            let next = pure.or_else(|| self.damped(&state, &factor, reach * norm, &mut damping));
            state = match next {
                Some(next) => next,
                None => return self.accepted(found(), reach),
            };
        }
        Err(Error::NotFound(format!(
            "the minimum of a convex loss was not reached in {MOST_STEPS} Newton steps (its gradient has the norm {:e})",
            Norm::of(&state.gradient)
        )))
    }

    /// What rounding has left, unless the gradient is larger than rounding explains.
    fn accepted(&self, found: Found, reach: f64) -> Result<Found> {
        let terms = self.share * reach + self.pull * (Norm::of(&found.u) + Norm::of(&self.centre));
        if found.gradient_norm <= REFUSED * terms {
            return Ok(found);
        }
        Err(Error::NotFound(format!(
            "rounding stopped Newton's method on a convex loss after {} steps, at a gradient of norm {:e} in place of {:e}",
            found.steps,
            found.gradient_norm,
            REFUSED * terms
        )))
    }

    /// A step with H + κ`full` in place of H, κ ≤ 1 the least that brings a decrease of those tried; it is kept, as the next step is
    /// in much the same plight.
    fn damped(&self, state: &State, factor: &Factor, full: f64, damping: &mut f64) -> Option<State> {
        while *damping < 1.0 {
            if let Some(next) = self.search(state, &factor.solve(&state.gradient, *damping * full), 1) {
                *damping = (*damping / 4.0).max(LEAST_DAMPING);
                return Some(next);
            }
            *damping *= 8.0;
        }
        *damping = 0.25;
        self.search(state, &factor.solve(&state.gradient, full), HALVINGS.1)
    }

    /// The first of the steps t = 1, ½, ¼, … that brings a decrease.
    fn search(&self, state: &State, step: &Array1<f64>, halvings: i32) -> Option<State> {
        let slope = state.gradient.dot(step);
        if !(slope < 0.0 && step.iter().all(|s| s.is_finite())) {
            return None;
        }
        (0..halvings).find_map(|k| {
            let t = 0.5f64.powi(k);
            let next = self.state(&state.u + &(step * t));
            let falls = next.value <= state.value + ARMIJO * t * slope;
            // Where the value cannot show a decrease, a slope that has not turned steeply does.
            let unseen = -slope * t <= UNSEEN * state.value.abs() && next.gradient.dot(step) <= -0.5 * slope;
            (next.value.is_finite() && (falls || unseen)).then_some(next)
        })
    }
}

/// Whether rounding has stopped the iteration, by the factor of the point before and the size of the step from there: the last
/// factorization is then spared, which would say no more than that neither decrement nor size falls to a quarter any more.
fn stopped(state: &State, last: &(Factor, f64), least: (f64, f64), reach: f64) -> bool {
    let (factor, moved) = last;
    let step = factor.solve(&state.gradient, 0.0);
    let (decrement, size) = (-state.gradient.dot(&step), reach * Norm::of(&step));
    decrement > 0.5 * least.0 && size > 0.5 * least.1 && size <= 0.5 * NEAR && factor.holds_nearby(*moved)
}
