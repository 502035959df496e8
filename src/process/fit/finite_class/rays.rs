//! The enumerated class on dense features: the rays g^s u_i.
//!
//! u_0 = θ_0; every other u_i has the norm of θ_0 and a direction drawn uniformly from a stream of its own, so that none needs to be
//! kept. From θ_t = g^s u_j the member g^{s'} u_i is consistent if g^{s'}⟨u_i, Δφ⟩ = g^{s+1}⟨u_j, Δφ⟩ at every seen pair, and
//! g^{s+1} u_j always is. The pairs of a spanning forest decide for all of them.
//!
//! Directions in general position agree at no pair: one pair with ⟨θ_t, Δφ⟩ ≠ 0 tells every decoy from the truth, and the update is the
//! population update. Only features with structure (differences that are zero, or lie in few directions) leave a choice.

use ndarray::Array1;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use super::super::Minimum;
use super::super::projection::{Forests, summary};
use super::levels::Levels;
use super::{ClassChoice, FiniteClass, MAX_RAYS};
use crate::floats::Norm;
use crate::instance::{DenseFeatures, Parameter};
use crate::process::pairs::PromptSample;
use crate::process::{Batch, Step};
use crate::seed::{Purpose, Seed};
use crate::{Error, Result, memory};

/// A member counts as consistent with a pair if its residual is within this times (d + 8) of ‖θ_0‖·‖Δφ‖·g^{max(s', s+1)}: the rounding of
/// two inner products and of s + 1 multiplications. The successor of θ_t itself has residual 0 exactly.
const TOLERANCE: f64 = 4.0 * f64::EPSILON;

/// Operations of one round (about 1 ns each).
const MAX_OPERATIONS: f64 = 1e12;

/// log of the number of members up to a level.
pub(super) fn log_size(rays: u64, level: usize) -> f64 {
    (rays as f64 * (level as f64 + 1.0)).ln()
}

/// Refuses numbers of rays and levels out of range, and a class too large to be walked through.
pub(super) fn check(class: &FiniteClass, beta: f64, features: &DenseFeatures, base: &Array1<f64>) -> Result<()> {
    if class.rays == 0 || class.rays > MAX_RAYS {
        return Err(Error::argument("process.rays", class.rays, "1 to 10^9"));
    }
    let norm = Norm::of(base);
    if norm == 0.0 {
        return Err(Error::argument("theta0", "0", "a θ_0 other than 0: its ray would be one point"));
    }
    Levels::of(norm, beta, class.levels).check(beta)?;
    let members = class.rays as f64 * (class.levels as f64 + 1.0);
    memory::require("the consistent members of the finite class", (16.0 * members) as u64)?;
    let (rows, dim) = (features.rows(), features.dim());
    let each = match class.choice {
        // All members are candidates where nothing was seen.
        ClassChoice::Worst => class.rays as f64 * rows as f64 * dim as f64 + members * rows as f64,
        _ => 5.0 * members * dim as f64,
    };
    if each <= MAX_OPERATIONS {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: format!("a round over {members:.1e} members of the finite class"),
        need: format!("about {each:.1e} operations"),
        limit: format!("{MAX_OPERATIONS:.0e}; fewer rays, or a choice other than \"worst\""),
    })
}

/// The rays, drawn when they are asked for.
struct Rays<'a> {
    count: u64,
    base: &'a Array1<f64>,
    norm: f64,
    growth: f64,
    seed: &'a Seed,
}

impl Rays<'_> {
    /// u_i.
    fn base_of(&self, ray: u64) -> Array1<f64> {
        if ray == 0 {
            return self.base.clone();
        }
        let mut rng = self.seed.rng(Purpose::Class, 0, ray as usize);
        let direction: Array1<f64> = (0..self.base.len()).map(|_| StandardNormal.sample(&mut rng)).collect();
        let scale = self.norm / Norm::of(&direction);
        direction * scale
    }

    /// g^s u_i from u_i, as s population updates make it.
    fn raise(&self, mut ray: Array1<f64>, level: usize) -> Array1<f64> {
        (0..level).for_each(|_| ray *= self.growth);
        ray
    }

    /// The ray and level ≤ `top` of a member.
    fn locate(&self, theta: &Array1<f64>, top: usize) -> Option<Member> {
        (0..self.count).find_map(|ray| {
            let mut vector = self.base_of(ray);
            (0..=top).find_map(|level| {
                let found = (vector == *theta).then_some(Member { ray, level });
                vector *= self.growth;
                found
            })
        })
    }
}

/// A member of the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    ray: u64,
    level: usize,
}

/// One round.
pub(super) fn update(
    class: &FiniteClass,
    step: &Step<'_>,
    batches: &[Batch],
    features: &DenseFeatures,
    theta: &Array1<f64>,
) -> Result<Minimum> {
    let Parameter::Dense(base) = step.instance.base() else {
        unreachable!("an instance has parameters and features of one kind")
    };
    let norm = Norm::of(base);
    let rays = Rays { count: class.rays, base, norm, growth: 1.0 + 1.0 / step.beta, seed: step.seed };
    let current = rays.locate(theta, step.round).ok_or_else(|| {
        Error::argument("theta", "other", "a member of the finite class, of a level no higher than the round")
    })?;
    let mut diverse = 0;
    let mut forests = Forests::default();
    let mut take = |seen: PromptSample<'_>| {
        diverse += seen.diverse();
        forests.add(features, seen.prompt, seen.pairs.iter().map(|pair| (pair.a, pair.b)));
    };
    batches.iter().for_each(|batch| batch.pairs().for_each(&mut take));
    let rank = forests.span(features, step.instance).rank();
    let round =
        Round { step, features, theta, rays: &rays, current, powers: Levels::of(1.0, step.beta, step.round + 1) };
    let consistent = round.consistent(&forests.differences(features));
    let chosen = round.choose(class.choice, &consistent);
    let theta = Parameter::Dense(rays.raise(rays.base_of(chosen.ray), chosen.level));
    Ok(Minimum::new(theta, Some(summary(step, batches, diverse, rank))))
}

/// What the choice of one round rests on.
struct Round<'a> {
    step: &'a Step<'a>,
    features: &'a DenseFeatures,
    theta: &'a Array1<f64>,
    rays: &'a Rays<'a>,
    /// θ_t.
    current: Member,
    /// g^s.
    powers: Levels,
}

impl Round<'_> {
    /// g^{s+1}, the size of the target.
    fn target(&self) -> f64 {
        self.powers.at(self.current.level + 1)
    }

    /// The consistent members of level ≤ t + 1, by ray and level.
    fn consistent(&self, differences: &[Array1<f64>]) -> Vec<Member> {
        let own = self.rays.base_of(self.current.ray);
        let target = self.target();
        let tolerance = TOLERANCE * (own.len() as f64 + 8.0) * self.rays.norm;
        // Right side, and the residual allowed at g^s = 1.
        let seen: Vec<(f64, f64)> =
            differences.iter().map(|row| (target * own.dot(row), tolerance * Norm::of(row))).collect();
        let mut members = Vec::new();
        for ray in 0..self.rays.count {
            let vector = self.rays.base_of(ray);
            let mut levels: Vec<usize> = (0..=self.step.round + 1).collect();
            for (row, &(right, allowed)) in differences.iter().zip(&seen) {
                let left = vector.dot(row);
                levels.retain(|&level| {
                    let power = self.powers.at(level);
                    (power * left - right).abs() <= allowed * power.max(target)
                });
                if levels.is_empty() {
                    break;
                }
            }
            members.extend(levels.into_iter().map(|level| Member { ray, level }));
        }
        members
    }

    fn choose(&self, choice: ClassChoice, consistent: &[Member]) -> Member {
        match choice {
            _ if consistent.len() == 1 => consistent[0],
            ClassChoice::Nearest => self.least(consistent, |vector| {
                move |level| {
                    let member = self.rays.raise(vector.clone(), level);
                    Norm::of(&(member - self.theta))
                }
            }),
            ClassChoice::Random => {
                let mut rng = self.step.seed.rng(Purpose::Choice, self.step.round, 0);
                consistent[rng.random_range(0..consistent.len() as u64) as usize]
            }
            ClassChoice::Worst => {
                let own = self.features.times(&self.rays.base_of(self.current.ray));
                let own = own * self.target();
                self.least(consistent, |vector| {
                    let logits = self.features.times(&vector);
                    let own = &own;
                    move |level| -self.spread(&logits, self.powers.at(level), own)
                })
            }
        }
    }

    /// The first member with the least key; `of_ray` prepares the key of a ray's levels.
    fn least<K: Fn(usize) -> f64>(&self, members: &[Member], of_ray: impl Fn(Array1<f64>) -> K) -> Member {
        let mut best = (f64::INFINITY, self.current);
        for ray in members.chunk_by(|a, b| a.ray == b.ray) {
            let key = of_ray(self.rays.base_of(ray[0].ray));
            for &member in ray {
                let value = key(member.level);
                if value < best.0 {
                    best = (value, member);
                }
            }
        }
        best.1
    }

    /// E_x Var_{y~π_t}(`power`·logit − target), the population loss over 2β².
    fn spread(&self, logits: &Array1<f64>, power: f64, target: &Array1<f64>) -> f64 {
        let starts = self.features.starts();
        let policy = self.step.policy();
        self.step.instance.weights().iter().enumerate().fold(0.0, |sum, (x, p)| {
            let residual = |y: usize| power * logits[starts[x] + y] - target[starts[x] + y];
            let masses = || (0..starts[x + 1] - starts[x]).map(|y| (policy.prob(x, y as u32), residual(y)));
            let mean: f64 = masses().map(|(mass, value)| mass * value).sum();
            sum + p * masses().map(|(mass, value)| mass * (value - mean).powi(2)).sum::<f64>()
        })
    }
}
