//! One round of a finite class on accepted answers (T2).

use rand::{Rng, RngExt};

use super::super::theory::acceptance::{acceptance, error_by_condition, error_by_threshold};
use super::{NOTE, OURS, RHO, WITH_PROBABILITY, count};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Level, Statement};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    id: "T2",
    says: "finite class, with probability ≥ 1 − ρ, a = log(#Π/ρ)/n: E_x[ρ_t(1−ρ_{t+1})] ≤ a, J_{t+1} ≥ J_t − a, 1−J_{t+1} ≤ √(a E_x[1/ρ_t]) and ≤ inf_τ{P_x[ρ_t ≤ τ] + a/τ}",
    level: Level::Explicit,
    result: OURS,
    expected: Verdict::Holds,
    sources: &[],
    statement: Statement::Constructed(rounds),
    rule: WITH_PROBABILITY,
    note: NOTE,
    controls: &[Control {
        id: "T2.three-quarters",
        says: "E_x[ρ_t(1−ρ_{t+1})] ≤ ¾a",
        sources: &[],
        statement: Statement::Constructed(three_quarters),
        rule: WITH_PROBABILITY,
    }],
}];

/// The coupon law with its number of prompts, by how many replicates.
const COUPONS: [(usize, usize); 3] = [(1000, 10_000), (100, 20_000), (20, 20_000)];

/// Coupons, on which the bound is attained, and random classes.
fn rounds(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut cases = coupons(seed, profile, 1.0)?;
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    for _ in 0..count(profile, 2000, 20_000) {
        cases.push(Class::draw(&mut rng).case(&mut rng)?);
    }
    Ok(cases)
}

fn three_quarters(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    coupons(seed, profile, 0.75)
}

/// M equal prompts, ρ_t = 1 at all of them, the class π_t⁺ and the M members that are wrong at one prompt each. All members are as likely
/// until their prompt is drawn; ties go against us, so that 1/M is left wrong while some prompt was not drawn. n is the least number of
/// proposals at which `share`·a is below 1/M.
fn coupons(seed: &Seed, profile: Profile, share: f64) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (law, (prompts, replicates)) in COUPONS.into_iter().enumerate() {
        let mut rng = seed.rng(Purpose::Laws, 1, law);
        let (log_class, mass) = ((prompts as f64 + 1.0).ln(), 1.0 / prompts as f64);
        let stated = |n: f64| acceptance(log_class, n, RHO).map(|bound| share * bound.value());
        let mut n = (share * (log_class - RHO.ln()) * prompts as f64).floor();
        while stated(n)? >= mass {
            n += 1.0;
        }
        let bound = stated(n)?;
        for _ in 0..count(profile, replicates, 3 * replicates) {
            let left = if all_drawn(prompts, n as u64, &mut rng) { 0.0 } else { mass };
            cases.push(Case { comparisons: vec![Comparison::probability(left, bound, 0.0)], ..Case::default() });
        }
    }
    Ok(cases)
}

/// Whether n uniform draws have all of so many prompts among them.
fn all_drawn(prompts: usize, n: u64, rng: &mut impl Rng) -> bool {
    let (mut seen, mut left) = (vec![false; prompts], prompts);
    for _ in 0..n {
        let x = rng.random_range(0..prompts as u32) as usize;
        if !std::mem::replace(&mut seen[x], true) {
            left -= 1;
            if left == 0 {
                return true;
            }
        }
    }
    false
}

/// π(y|x).
pub(super) type Policy = Vec<Vec<f64>>;

/// A law that does not vanish anywhere, rough.
pub(super) fn draw_law(responses: usize, rng: &mut impl Rng) -> Vec<f64> {
    let masses: Vec<f64> = (0..responses).map(|_| rng.random_range(-4.0f64..0.0).exp()).collect();
    normalised(masses)
}

/// Divided by its sum.
pub(super) fn normalised(masses: Vec<f64>) -> Vec<f64> {
    let total: f64 = masses.iter().sum();
    masses.into_iter().map(|mass| mass / total).collect()
}

/// π ∝ π·1{correct} at a prompt with a correct response.
pub(super) fn filtered(law: &[f64], correct: &[bool]) -> Vec<f64> {
    normalised(law.iter().zip(correct).map(|(mass, right)| if *right { *mass } else { 0.0 }).collect())
}

/// ρ = π(correct).
pub(super) fn rate(law: &[f64], correct: &[bool]) -> f64 {
    law.iter().zip(correct).filter(|(_, right)| **right).map(|(mass, _)| mass).sum()
}

/// Draws an index by its mass.
pub(super) fn pick(masses: &[f64], rng: &mut impl Rng) -> usize {
    let mut left: f64 = rng.random();
    for (index, mass) in masses.iter().enumerate() {
        left -= mass;
        if left < 0.0 {
            return index;
        }
    }
    masses.iter().rposition(|mass| *mass > 0.0).unwrap_or(0)
}

/// The likeliest member on accepted counts; of members that tie, the one with the largest `loss`.
pub(super) fn likeliest(class: &[Policy], counts: &[Vec<u64>], loss: impl Fn(&Policy) -> f64) -> usize {
    let likelihood = |member: &Policy| -> f64 {
        let seen = member.iter().flatten().zip(counts.iter().flatten()).filter(|(_, count)| **count > 0);
        seen.map(|(mass, count)| *count as f64 * mass.ln()).sum()
    };
    let values: Vec<f64> = class.iter().map(likelihood).collect();
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ties = (0..class.len()).filter(|&i| values[i] >= best - 1e-9 * best.abs().max(1.0));
    ties.max_by(|&i, &j| loss(&class[i]).total_cmp(&loss(&class[j]))).unwrap_or(0)
}

/// A round of a random class.
struct Class {
    weights: Vec<f64>,
    current: Policy,
    correct: Vec<Vec<bool>>,
    /// π_t⁺ first.
    members: Vec<Policy>,
    proposals: u64,
}

impl Class {
    fn draw(rng: &mut impl Rng) -> Self {
        let prompts = rng.random_range(2..=6);
        let weights = draw_law(prompts, rng);
        let (mut current, mut correct): (Policy, Vec<Vec<bool>>) = (Vec::new(), Vec::new());
        for _ in 0..prompts {
            let responses = rng.random_range(2..=5);
            let mut right: Vec<bool> = (0..responses).map(|_| rng.random_bool(0.4)).collect();
            right[rng.random_range(0..responses)] = true;
            current.push(draw_law(responses, rng));
            correct.push(right);
        }
        let best: Policy = current.iter().zip(&correct).map(|(law, right)| filtered(law, right)).collect();
        let mut members = vec![best.clone()];
        for _ in 0..rng.random_range(1..=20) {
            // Near the best, but for a share at one prompt; or anything.
            let mut member = best.clone();
            if rng.random_bool(0.7) {
                let x = rng.random_range(0..prompts);
                let share = if rng.random_bool(0.5) { 1.0 } else { rng.random_range(0.0..1.0) };
                let other = draw_law(member[x].len(), rng);
                let mixed = member[x].iter().zip(&other).zip(&correct[x]);
                let moved =
                    mixed.map(|((mass, new), right)| (1.0 - share) * mass + if *right { 0.0 } else { share * new });
                let moved: Vec<f64> = moved.collect();
                if moved.iter().sum::<f64>() > 0.0 {
                    member[x] = normalised(moved);
                }
            } else {
                member.iter_mut().for_each(|law| *law = draw_law(law.len(), rng));
            }
            members.push(member);
        }
        let proposals = rng.random_range(5f64.ln()..1000f64.ln()).exp() as u64;
        Self { weights, current, correct, members, proposals }
    }

    fn rates(&self, policy: &Policy) -> Vec<f64> {
        policy.iter().zip(&self.correct).map(|(law, right)| rate(law, right)).collect()
    }

    fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        self.weights.iter().enumerate().map(|(x, p)| p * of(x)).sum()
    }

    fn case(&self, rng: &mut impl Rng) -> Result<Case> {
        let mut counts: Vec<Vec<u64>> = self.current.iter().map(|law| vec![0; law.len()]).collect();
        for _ in 0..self.proposals {
            let x = pick(&self.weights, rng);
            let y = pick(&self.current[x], rng);
            if self.correct[x][y] {
                counts[x][y] += 1;
            }
        }
        let before = self.rates(&self.current);
        let loss = |member: &Policy| {
            let rates = self.rates(member);
            self.mean(|x| before[x] * (1.0 - rates[x]))
        };
        let chosen = &self.members[likeliest(&self.members, &counts, loss)];
        let a = acceptance((self.members.len() as f64).ln(), self.proposals as f64, RHO)?.value();
        let after = self.rates(chosen);
        let (old, new) = (self.mean(|x| before[x]), self.mean(|x| after[x]));
        let condition = self.mean(|x| 1.0 / before[x]);
        let wrong = |bound: f64| Comparison::probability(1.0 - new, bound, 1e-9);
        let comparisons = vec![
            Comparison::probability(loss(chosen), a, 1e-9),
            Comparison::at_least(new, old - a, 1e-9),
            wrong(error_by_condition(a, condition)?),
            wrong(error_by_threshold(a, &self.weights, &before)?),
        ];
        Ok(Case { comparisons, ..Case::default() })
    }
}
