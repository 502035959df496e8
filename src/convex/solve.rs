//! The blocks of a fit, each by itself, tied together by the ball's multiplier alone.

use ndarray::Array1;

use super::basis::Basis;
use super::loss::{Kind, Rows};
use super::newton::{Found, Task};
use super::{Block, Concatenation, Fit, Optimum};
use crate::floats::Norm;
use crate::{Error, Result};

/// Trials of the multiplier: a bracket by factors that square, then false position; a dozen or two is the rule.
const TRIALS: usize = 300;
/// The least multiplier, relative to the largest that can be needed: below it tails of doubles end.
const LEAST: f64 = 1e-290;
/// The multiplier is good enough if its minimiser is so close to the sphere; the rest is a scaling.
const ON_SPHERE: f64 = 1e-14;
/// A minimiser further from the sphere than this is not scaled onto it, but refused.
const OFF_SPHERE: f64 = 1e-9;

/// A block in coordinates of the span of its seen differences; what lies outside the span is known in closed form.
pub(super) struct Reduced {
    rows: Rows,
    weight: f64,
    span: Basis,
    start: Array1<f64>,
    /// Coordinates of c_λ − start and of c_B − start in the span, and what is left of them outside.
    ridge: Centre,
    ball: Centre,
    dense: usize,
    /// The last solution, from which the next trial starts.
    u: Array1<f64>,
}

#[derive(Default)]
struct Centre {
    inside: Array1<f64>,
    outside: Array1<f64>,
}

impl Centre {
    fn of(centre: Option<&Array1<f64>>, start: &Array1<f64>, span: &Basis) -> Self {
        let away = centre.map_or_else(|| Array1::zeros(start.len()), |centre| centre - start);
        let inside = span.coordinates_of(&away);
        let mut outside = &away - &span.embed(&inside);
        if span.rank() == start.len() {
            outside.fill(0.0);
        } else {
            // Once more, so that what remains is orthogonal to the span to working precision.
            outside = &outside - &span.project(&outside);
        }
        Self { inside, outside }
    }
}

impl Reduced {
    fn of(
        block: &Block<'_>,
        start: &Array1<f64>,
        ridge: Option<&Array1<f64>>,
        ball: Option<&Array1<f64>>,
        dense: usize,
    ) -> Self {
        let (seen, confining) = block.seen();
        let at_start = seen.dot(start);
        let (span, features) = Basis::of(seen, &confining);
        let mut rows = block.rows(features, &at_start);
        let weight = block.weight();
        rows.divide(weight);
        let ridge = Centre::of(ridge, start, &span);
        let ball = Centre::of(ball, start, &span);
        let u = Array1::zeros(span.rank());
        Self { rows, weight, span, start: start.clone(), ridge, ball, dense, u }
    }

    /// The minimiser of loss + λ‖θ − c_λ‖² + m‖θ − c_B‖² in the span, searched from the last one.
    fn minimise(&mut self, ridge: f64, multiplier: f64) -> Result<Found> {
        let both = ridge + multiplier;
        let unit = self.weight + 2.0 * both;
        let centre = self.mean(ridge, multiplier, &self.ridge.inside, &self.ball.inside);
        if !unit.is_finite() {
            return Err(Error::argument("weight + 2 (ridge + multiplier)", unit, "a finite number"));
        }
        let task =
            Task { rows: &self.rows, share: self.weight / unit, pull: 2.0 * (both / unit), centre, dense: self.dense };
        let found = if self.u.is_empty() {
            Found { u: self.u.clone(), gradient_norm: 0.0, steps: 0, condition: 1.0 }
        } else {
            task.minimise(self.u.clone())?
        };
        self.u = found.u.clone();
        Ok(found)
    }

    fn mean(&self, ridge: f64, multiplier: f64, a: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
        let both = ridge + multiplier;
        if both > 0.0 { a * (ridge / both) + b * (multiplier / both) } else { Array1::zeros(a.len()) }
    }

    /// Norm of the gradient of loss + λ‖θ − c_λ‖² at c_B, in the span and outside.
    fn gradient_at_ball_centre(&self, ridge: f64) -> f64 {
        let inside = self.rows.at(&self.ball.inside).gradient * self.weight
            + (&self.ball.inside - &self.ridge.inside) * (2.0 * ridge);
        let outside = (&self.ball.outside - &self.ridge.outside) * (2.0 * ridge);
        Norm::of(inside.iter().chain(&outside))
    }
}

/// How a fit is carried out.
pub(super) struct Solver {
    radius: Option<f64>,
    blocks: Vec<Reduced>,
    ridge: f64,
    steps: Vec<usize>,
    gradient_norm: f64,
    condition: f64,
}

impl Solver {
    /// `dense`: up to so many coordinates a block's curvature is factorized.
    pub(super) fn new(fit: &Fit<'_>, dense: usize) -> Self {
        let reduced = |(b, block): (usize, &Block<'_>)| {
            let ridge = fit.ridge.as_ref().map(|ridge| &ridge.centre[b]);
            let ball = fit.ball.as_ref().map(|ball| &ball.centre[b]);
            Reduced::of(block, &fit.start[b], ridge, ball, dense)
        };
        let blocks: Vec<_> = fit.blocks.iter().enumerate().map(reduced).collect();
        let ridge = fit.ridge.as_ref().map_or(0.0, |ridge| ridge.strength);
        let steps = vec![0; blocks.len()];
        let radius = fit.ball.as_ref().map(|ball| ball.radius);
        Self { radius, blocks, ridge, steps, gradient_norm: 0.0, condition: 1.0 }
    }

    /// The optimum; `free` says whether one exists without the ball.
    pub(super) fn optimum(mut self, free: bool) -> Result<Optimum> {
        let Some(radius) = self.radius else {
            self.minimise(0.0)?;
            return Ok(self.finish(0.0, 1.0, 1.0));
        };
        if free {
            self.minimise(0.0)?;
            let (inside, outside) = self.distances(0.0);
            if inside.hypot(outside) <= radius {
                return Ok(self.finish(0.0, 1.0, 1.0));
            }
            if self.ridge == 0.0 && inside <= radius {
                // The loss does not see what lies outside the span: as much of it stays as the ball has room for.
                let room = ((radius - inside) * (radius + inside)).max(0.0).sqrt();
                return Ok(self.finish(0.0, 1.0, room / outside));
            }
        }
        let multiplier = self.multiplier(radius)?;
        let (inside, outside) = self.distances(multiplier);
        let scale = radius / inside.hypot(outside);
        Ok(self.finish(multiplier, scale, scale))
    }

    /// Every block at this multiplier.
    fn minimise(&mut self, multiplier: f64) -> Result<()> {
        (self.gradient_norm, self.condition) = (0.0, 1.0);
        for (block, steps) in self.blocks.iter_mut().zip(&mut self.steps) {
            let found = block.minimise(self.ridge, multiplier)?;
            *steps += found.steps;
            self.gradient_norm = self.gradient_norm.max(found.gradient_norm);
            self.condition = self.condition.max(found.condition);
        }
        Ok(())
    }

    /// Distances of the last solution from the ball's centre, in the spans and outside.
    fn distances(&self, multiplier: f64) -> (f64, f64) {
        let (mut inside, mut outside) = (Norm::default(), Norm::default());
        for block in &self.blocks {
            (&block.u - &block.ball.inside).iter().for_each(|x| inside.add(*x, 1.0));
            (self.outside(block, multiplier) - &block.ball.outside).iter().for_each(|x| outside.add(*x, 1.0));
        }
        (inside.value(), outside.value())
    }

    /// What a block's θ − start is outside the span.
    fn outside(&self, block: &Reduced, multiplier: f64) -> Array1<f64> {
        block.mean(self.ridge, multiplier, &block.ridge.outside, &block.ball.outside)
    }

    /// The m > 0 at which the minimiser lies on the sphere. Its distance from the centre falls in m, and is at most ‖∇F(c_B)‖/(2m).
    fn multiplier(&mut self, radius: f64) -> Result<f64> {
        let gradient =
            Norm::of(&self.blocks.iter().map(|block| block.gradient_at_ball_centre(self.ridge)).collect::<Vec<_>>());
        let largest = gradient / (2.0 * radius);
        let mut excess = |log_m: f64| -> Result<f64> {
            let m = log_m.exp();
            self.minimise(m)?;
            let (inside, outside) = self.distances(m);
            Ok((inside.hypot(outside) / radius).ln())
        };
        let mut high = (largest.ln(), 0.0);
        high.1 = excess(high.0)?;
        let (mut low, mut stride) = (high, 1.0);
        // Down until the minimiser leaves the ball.
        while low.1 <= 0.0 {
            if low.1 >= -ON_SPHERE {
                return Ok(low.0.exp());
            }
            let least = largest.ln() + LEAST.ln();
            if low.0 <= least {
                let expected = "a radius that doubles reach: its multiplier is below 1e-290 of the gradient";
                return Err(Error::argument("ball radius", radius, expected));
            }
            high = low;
            low.0 = (low.0 - stride).max(least);
            stride *= 1.5;
            low.1 = excess(low.0)?;
        }
        // False position, halving the weight of an end that stays (Illinois).
        let (mut f_low, mut f_high, mut side) = (low.1, high.1, 0);
        for _ in 0..TRIALS {
            let middle = if f_low.is_finite() {
                (low.0 * f_high - high.0 * f_low) / (f_high - f_low)
            } else {
                0.5 * (low.0 + high.0)
            };
            let inner = middle > low.0.min(high.0) && middle < low.0.max(high.0);
            let middle = if inner { middle } else { 0.5 * (low.0 + high.0) };
            let value = excess(middle)?;
            let narrow = (high.0 - low.0).abs() <= 1e-15 * middle.abs().max(1.0);
            if value.abs() <= ON_SPHERE || narrow && value.abs() <= OFF_SPHERE {
                return Ok(middle.exp());
            }
            if value > 0.0 {
                (low.0, f_low) = (middle, value);
                f_high *= if side == 1 { 0.5 } else { 1.0 };
                side = 1;
            } else {
                (high.0, f_high) = (middle, value);
                f_low *= if side == -1 { 0.5 } else { 1.0 };
                side = -1;
            }
        }
        Err(Error::NotFound(format!("the ball's multiplier was not found in {TRIALS} trials for a radius of {radius}")))
    }

    /// θ = c_B + `inside`·(what of θ − c_B lies in the spans) + `outside`·(the rest).
    fn finish(self, multiplier: f64, inside: f64, outside: f64) -> Optimum {
        let theta: Concatenation = self
            .blocks
            .iter()
            .map(|block| {
                let rest = self.outside(block, multiplier);
                if inside == 1.0 && outside == 1.0 {
                    return &block.start + &block.span.embed(&block.u) + rest;
                }
                let u = &block.ball.inside + &((&block.u - &block.ball.inside) * inside);
                let rest = &block.ball.outside + &((rest - &block.ball.outside) * outside);
                &block.start + &block.span.embed(&u) + rest
            })
            .collect();
        let steps = self.steps.iter().copied().max().unwrap_or(0);
        Optimum { theta, gradient_norm: self.gradient_norm, steps, multiplier, condition: self.condition }
    }
}

impl Rows {
    /// The loss in another unit of weight.
    fn divide(&mut self, unit: f64) {
        let all = match &mut self.kind {
            Kind::Softmax { weights, .. } => [weights, &mut Vec::new()].map(std::mem::take),
            Kind::Logistic { wins, losses } => [wins, losses].map(std::mem::take),
        };
        let [first, second] = all.map(|values| values.into_iter().map(|value| value / unit).collect());
        match &mut self.kind {
            Kind::Softmax { weights, .. } => *weights = first,
            Kind::Logistic { wins, losses } => (*wins, *losses) = (first, second),
        }
    }
}
