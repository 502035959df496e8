//! Both sides of every step of the proof (theory, C1–C9, C24, C28), for a step π_t → π_{t+1}, by plain sums over all responses
//! and all pairs of responses.
//!
//! Nothing here goes through [`super::policy`] or [`super::step`], through gaps to the mode lumped by
//! [`joint_levels`](crate::logits::joint_levels), or through a variance in place of a double sum: where a quantity stands here and
//! there, one is the check of the other. Responses that share a logit before and after the step are one *level* with a
//! multiplicity, so that large tabular prompts can be summed too.
//!
//! r_t = log π_t, r̂ = β log(π_{t+1}/π_t), π° is the point mass on y*_t, π*_β ∝ π_t^{1+1/β}, Δ^f(y,y') = f(y) − f(y').

use super::{Quantity, Reader};
use crate::instance::Parameter;
use crate::logits::Row;
use crate::policy::Policy;
use crate::stats::Range;
use crate::{Error, Result};

macro_rules! chain {
    ($($name:ident $range:ident $definition:literal;)*) => {
        /// What the proof chain says of one step, measured.
        #[derive(Clone, Debug, PartialEq)]
        pub struct ChainMetrics {
            $(#[doc = $definition] pub $name: f64,)*
        }

        /// The quantities of the chain, in the order in which every output shows them; `measure.chain` asks for them.
        pub const QUANTITIES: &[Quantity] = &[$(Quantity {
            name: stringify!($name),
            definition: $definition,
            range: Range::$range,
            read: Reader::Scalar(|m| m.chain.as_ref().map(|chain| chain.$name)),
        },)*];
    };
}

chain! {
    comparator_regret SHARE "left of Lemma C.1, E_x(1 − π_{t+1}(y*_t|x))";
    chain_gap ANY "performance gap J_t(π°) − J_t(π_{t+1}), nats";
    baseline_left ANY "left of Eq. 11 for f = r_t: E_{π_{t+1}} f − E_{π_t} f, nats";
    baseline_right ANY "right of Eq. 11 for f = r_t: E Δ^f over y ~ π_{t+1}, y' ~ π_t, nats";
    identity_residual NON_NEGATIVE "Eqs. 12–14: largest difference of Δ^{r_t} and βΔ^{log(π*_β/π_t)}, relative to the numbers it is formed from";
    objective_comparator ANY "left of Eq. 15: E_{π°} r̂ − β KL(π°‖π_t), nats";
    objective_policy ANY "right of Eq. 15: E_{π_{t+1}} r̂ − β KL(π_{t+1}‖π_t), nats";
    deviation_comparator NON_NEGATIVE "Eq. 18: E|Δ^{r_t} − Δ^{r̂}| over y ~ π°, y' ~ π_t, nats";
    deviation_policy NON_NEGATIVE "Eq. 18: E|Δ^{r_t} − Δ^{r̂}| over y ~ π_{t+1}, y' ~ π_t, nats";
    kl_comparator NON_NEGATIVE "E_x KL(π°‖π_t), nats";
    kl_policy NON_NEGATIVE "E_x KL(π_{t+1}‖π_t), nats";
    second_moment NON_NEGATIVE "Lemma C.2: E(Δ^{r̂} − Δ^{r_t})² over y, y' ~ π_t, nats²";
    chain_concentrability AT_LEAST_ONE "C_{π_{t+1}/π_t} = E_x Σ_y π_{t+1}²/π_t";
    chain_comparator_concentrability AT_LEAST_ONE "C_{π°/π_t} = E_x Σ_y π°²/π_t, which is κ_t";
    optimal_concentrability AT_LEAST_ONE "C_{π*_β/π_t} = E_x Σ_y π*_β²/π_t, at most κ_t";
    nesting SHARE "Eq. 43: P_x(π_{t+1}(y*_t) > 1−δ and π_{t+1}(y*_{t+1}) ≤ 1−δ) at the first δ, which is 0";
    parameter_distance NON_NEGATIVE "‖θ_{t+1} − θ_t‖₂";
    log_ratio_distance NON_NEGATIVE "Lemma F.4: sup over x, y of |log π_{t+1} − log π_t|, at most 2 ‖θ_{t+1} − θ_t‖ max‖φ‖, nats";
    tail_mean AT_LEAST_ONE "𝒞 = E_x E_{y~π_t} (π_t/π_{t+1})^β of the companion's Lemma J.1";
    fourth_moment NON_NEGATIVE "companion's Lemma J.2: E X⁴, X = |Δ^{r̂}| over y, y' ~ π_t, nats⁴";
    tail_excess NON_NEGATIVE "Lemma J.1: largest P(X > log(2𝒞) + s) e^s over s = 0, 1, 2, 4, 8; at most 1 where β ≤ 1";
}

/// The s of `tail_excess`.
const TAIL_POINTS: [f64; 5] = [0.0, 1.0, 2.0, 4.0, 8.0];

/// Pairs of levels of one round (about 10 ns each).
const MAX_PAIRS: f64 = 1e9;

/// A step from π_t to π_{t+1}.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    /// p(x).
    pub weights: &'a [f64],
    /// θ_t and π_t.
    pub before: (&'a Parameter, &'a Policy),
    /// θ_{t+1} and π_{t+1}.
    pub after: (&'a Parameter, &'a Policy),
    /// β > 0.
    pub beta: f64,
    /// δ in (0, 1) of the failure events that `nesting` compares.
    pub delta: f64,
}

/// Refuses policies of whose responses there are too many pairs to sum over.
///
/// # Errors
/// [`Error::TooLarge`] with the number of pairs and the limit.
pub fn check(policy: &Policy) -> Result<()> {
    let levels = |row: Row<'_>| row.atoms.len() + usize::from(row.rest > 0);
    check_pairs(policy.logits().rows().map(levels))
}

fn check_pairs(levels: impl Iterator<Item = usize>) -> Result<()> {
    let pairs: f64 = levels.map(|count| (count as f64).powi(2)).sum();
    if pairs <= MAX_PAIRS {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: "measure.chain, double sums over responses,".to_owned(),
        need: format!("about {pairs:.1e} pairs a round"),
        limit: format!("{MAX_PAIRS:.0e}; fewer prompts or responses, or chain = false"),
    })
}

/// Measures all quantities of the chain.
///
/// # Errors
/// [`Error::TooLarge`] if there are too many pairs of responses to sum over.
pub fn measure(step: &Transition<'_>) -> Result<ChainMetrics> {
    let (old, new) = (step.before.1, step.after.1);
    let weighty = (0..old.prompts()).filter(|&x| step.weights[x] > 0.0);
    let prompts: Vec<(f64, Prompt)> =
        weighty.map(|x| (step.weights[x], Prompt::new(old.row(x), new.row(x), step.beta))).collect();
    check_pairs(prompts.iter().map(|(_, prompt)| prompt.counts.len()))?;
    let mean = |f: &dyn Fn(&Prompt) -> f64| prompts.iter().map(|(p, prompt)| p * f(prompt)).sum::<f64>();
    let largest = |f: &dyn Fn(&Prompt) -> f64| supremum(prompts.iter().map(|(_, prompt)| f(prompt)));
    let distribution = |law: fn(&Prompt) -> &Law| mean(&|x| x.concentrability(law(x)));
    let tail_mean = mean(&|x| x.mean(&x.old, |y| (-x.implicit[y]).exp()));
    let exceedance = |s: f64| {
        let threshold = (2.0 * tail_mean).ln() + s;
        mean(&|x| x.pairs(&x.old, &x.old, |y, z| indicator((x.implicit[y] - x.implicit[z]).abs() > threshold)))
            * s.exp()
    };
    Ok(ChainMetrics {
        comparator_regret: mean(&|x| x.others(&x.new, x.mode)),
        chain_gap: mean(&|x| x.mean(&x.new, |y| x.old.log[x.mode] - x.old.log[y])),
        baseline_left: mean(&|x| x.mean(&x.new, |y| x.old.log[y]) - x.mean(&x.old, |y| x.old.log[y])),
        baseline_right: mean(&|x| x.pairs(&x.new, &x.old, |y, z| x.old.log[y] - x.old.log[z])),
        identity_residual: largest(&|x| x.identity_residual(step.beta)),
        objective_comparator: mean(&|x| x.implicit[x.mode] + step.beta * x.old.log[x.mode]),
        objective_policy: mean(&|x| x.objective_policy(step.beta)),
        deviation_comparator: mean(&|x| x.mean(&x.old, |z| x.deviation(x.mode, z).abs())),
        deviation_policy: mean(&|x| x.pairs(&x.new, &x.old, |y, z| x.deviation(y, z).abs())),
        kl_comparator: mean(&|x| -x.old.log[x.mode]),
        kl_policy: mean(&Prompt::kl_policy),
        second_moment: mean(&|x| x.pairs(&x.old, &x.old, |y, z| x.deviation(y, z).powi(2))),
        chain_concentrability: distribution(|x| &x.new),
        chain_comparator_concentrability: mean(&|x| (-x.old.log[x.mode]).exp()),
        optimal_concentrability: distribution(|x| &x.optimal),
        nesting: mean(&|x| {
            let (comparator, own) = (x.others(&x.new, x.mode), x.others(&x.new, x.own_mode));
            indicator(comparator < step.delta && own >= step.delta)
        }),
        parameter_distance: step.after.0.zip_with(step.before.0, difference).norm(),
        log_ratio_distance: largest(&|x| {
            supremum((0..x.counts.len()).map(|y| difference(x.new.log[y], x.old.log[y]).abs()))
        }),
        tail_mean,
        fourth_moment: mean(&|x| x.pairs(&x.old, &x.old, |y, z| difference(x.implicit[y], x.implicit[z]).powi(4))),
        tail_excess: supremum(TAIL_POINTS.into_iter().map(exceedance)),
    })
}

/// a − b, which is 0 also where both are the same infinity: two responses that have lost all probability do not differ in it.
fn difference(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { a - b }
}

fn indicator(event: bool) -> f64 {
    f64::from(u8::from(event))
}

/// The largest of values ≥ 0; NaN if one of them is.
fn supremum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |largest: f64, value| if largest.is_nan() || largest > value { largest } else { value })
}

/// A distribution over the levels of a prompt.
#[derive(Debug)]
struct Law {
    /// log-probability of a single response of the level, nats.
    log: Vec<f64>,
    /// Probability of the whole level.
    mass: Vec<f64>,
}

impl Law {
    /// The softmax of logits ≤ 0 of which the largest is 0, by log-sum-exp.
    fn softmax(logits: &[f64], counts: &[f64]) -> Self {
        // One response with logit 0 is left out and comes back as the 1 of ln_1p, so that sure policies keep log π(y*) ≠ 0.
        let top = logits.iter().position(|&logit| logit == 0.0);
        let count = |y: usize| if Some(y) == top { counts[y] - 1.0 } else { counts[y] };
        let normaliser = (0..logits.len()).map(|y| count(y) * logits[y].exp()).sum::<f64>().ln_1p();
        let log: Vec<f64> = logits.iter().map(|logit| logit - normaliser).collect();
        let mass = log.iter().zip(counts).map(|(log, count)| count * log.exp()).collect();
        Self { log, mass }
    }
}

/// All that the sums at one prompt run over; indices are levels.
#[derive(Debug)]
struct Prompt {
    /// How many responses a level has.
    counts: Vec<f64>,
    /// π_t.
    old: Law,
    /// π_{t+1}.
    new: Law,
    /// π*_β, normalised explicitly.
    optimal: Law,
    /// r̂, nats.
    implicit: Vec<f64>,
    /// The level of y*_t.
    mode: usize,
    /// The level of y*_{t+1}.
    own_mode: usize,
}

impl Prompt {
    fn new(before: Row<'_>, after: Row<'_>, beta: f64) -> Self {
        let levels = levels(before, after);
        let counts: Vec<f64> = levels.iter().map(|&(_, count)| f64::from(count)).collect();
        let (old_gaps, new_gaps) = (gaps(&levels, before), gaps(&levels, after));
        let sharpened: Vec<f64> = old_gaps.iter().map(|gap| (1.0 + 1.0 / beta) * gap).collect();
        let (old, new) = (Law::softmax(&old_gaps, &counts), Law::softmax(&new_gaps, &counts));
        let implicit = old.log.iter().zip(&new.log).map(|(&old, &new)| beta * difference(new, old)).collect();
        Self {
            optimal: Law::softmax(&sharpened, &counts),
            mode: mode(&levels, &old_gaps),
            own_mode: mode(&levels, &new_gaps),
            counts,
            old,
            new,
            implicit,
        }
    }

    /// Σ_y ν(y) f(y); what has no mass does not count, whatever f is there.
    fn mean(&self, law: &Law, f: impl Fn(usize) -> f64) -> f64 {
        law.mass.iter().enumerate().filter(|(_, mass)| **mass > 0.0).map(|(y, mass)| mass * f(y)).sum()
    }

    /// Σ_y Σ_y' ν(y) ν'(y') f(y,y').
    fn pairs(&self, first: &Law, second: &Law, f: impl Fn(usize, usize) -> f64) -> f64 {
        self.mean(first, |y| self.mean(second, |z| f(y, z)))
    }

    /// Σ ν(y) over all responses but one of a level.
    fn others(&self, law: &Law, level: usize) -> f64 {
        let mass = |y: usize| if y == level { (self.counts[y] - 1.0) * law.log[y].exp() } else { law.mass[y] };
        (0..self.counts.len()).map(mass).sum()
    }

    /// Σ_y ν(y)²/π_t(y), by logarithms.
    fn concentrability(&self, law: &Law) -> f64 {
        let alive = (0..self.counts.len()).filter(|&y| law.log[y] > f64::NEG_INFINITY);
        alive.map(|y| self.counts[y] * (2.0 * law.log[y] - self.old.log[y]).exp()).sum()
    }

    fn kl_policy(&self) -> f64 {
        self.mean(&self.new, |y| self.new.log[y] - self.old.log[y])
    }

    /// E_{π_{t+1}} r̂ − β KL(π_{t+1}‖π_t), where both sides are infinite response by response, and 0.
    fn objective_policy(&self, beta: f64) -> f64 {
        let kl = self.kl_policy();
        if kl == f64::INFINITY {
            return self.mean(&self.new, |y| difference(self.implicit[y], beta * (self.new.log[y] - self.old.log[y])));
        }
        self.mean(&self.new, |y| self.implicit[y]) - beta * kl
    }

    /// Δ^{r_t} − Δ^{r̂}.
    fn deviation(&self, y: usize, z: usize) -> f64 {
        difference(self.old.log[y], self.old.log[z]) - difference(self.implicit[y], self.implicit[z])
    }

    /// max over pairs of |Δ^{r_t} − βΔ^{log(π*_β/π_t)}| over the sum of the magnitudes of the numbers it is formed from.
    fn identity_residual(&self, beta: f64) -> f64 {
        let (reward, optimal) = (&self.old.log, &self.optimal.log);
        let ratio = |y: usize| optimal[y] - reward[y];
        let size = |y: usize| reward[y].abs() + beta * (optimal[y].abs() + reward[y].abs());
        let residual = |y: usize, z: usize| {
            let difference = (reward[y] - reward[z]) - beta * (ratio(y) - ratio(z));
            if difference == 0.0 { 0.0 } else { difference.abs() / (size(y) + size(z)) }
        };
        // A response of probability 0 has no logarithm.
        let alive: Vec<usize> = (0..reward.len()).filter(|&y| reward[y] > f64::NEG_INFINITY).collect();
        let pairs = alive.iter().enumerate().flat_map(|(i, &y)| alive[..i].iter().map(move |&z| (y, z)));
        supremum(pairs.map(|(y, z)| residual(y, z)))
    }
}

/// The levels of a step: (least response, number of responses). Every response that has a logit of its own before or after is
/// a level; the others, which share one on both sides, are the last.
fn levels(before: Row<'_>, after: Row<'_>) -> Vec<(u32, u32)> {
    let mut own: Vec<u32> = before.atoms.iter().chain(after.atoms).map(|atom| atom.response).collect();
    own.sort_unstable();
    own.dedup();
    let rest = before.responses() - own.len();
    let first = (0..).zip(&own).find(|(response, atom)| response != *atom).map_or(own.len() as u32, |(free, _)| free);
    own.into_iter().map(|response| (response, 1)).chain((rest > 0).then_some((first, rest as u32))).collect()
}

/// Logits relative to the largest.
fn gaps(levels: &[(u32, u32)], row: Row<'_>) -> Vec<f64> {
    let logits: Vec<f64> = levels.iter().map(|&(response, _)| row.logit(response)).collect();
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logits.into_iter().map(|logit| logit - largest).collect()
}

/// The level of the modal response: of those with gap 0 the one with the least response.
fn mode(levels: &[(u32, u32)], gaps: &[f64]) -> usize {
    // Some gap is 0 unless logits are not finite, where everything is NaN.
    (0..levels.len()).filter(|&y| gaps[y] == 0.0).min_by_key(|&y| levels[y].0).unwrap_or(0)
}
