//! Offline sharpening by reinforcement over a finite class (S9), on random classes with a member of zero sampled loss chosen against us.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::super::theory::offline::{Offline, offline_sharpening, tail_as_printed};
use super::RHO;
use crate::Result;
use crate::claims::cases::single;
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Statement};
use crate::process::multinomial::binomial;
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    id: "S9",
    says: "J_0(π°) − J_0(π̂) ≤ (√κ_0+√C_conc)√(4η² log(#Π/ρ)/n + 4√(P_ηm_4)) + β log κ_0, P_η = min(1, 4C_loss e^−η), and F°(δ) ≤ that/(δ log(1+g)), with probability ≥ 1−ρ, for every η > 0 at once",
    level: Level::Explicit,
    result: "Theorem 4.2, constants ours",
    expected: Verdict::Holds,
    sources: &[],
    statement: Statement::Constructed(classes),
    rule: Rule::WithProbability { rho: RHO },
    note: "random classes that hold the law ∝ π_0^{1+1/β}; of the members without sampled loss the worst for each of the two statements; best η",
    controls: &[Control::constructed(
        "S9.printed-tail",
        "P[X > η] ≤ min(1, e^{2C_loss − e^η}), from the printed Lemma J.1",
        printed_tail,
    )],
}];

const DELTA: f64 = 0.5;

/// A finite class: log π of each member at each prompt, the first one ∝ π_0^{1+1/β}.
struct Class {
    weights: Vec<f64>,
    base: Vec<Vec<f64>>,
    beta: f64,
    members: Vec<Vec<Vec<f64>>>,
    /// What each member adds to the logits of the first, before normalisation.
    shifts: Vec<Vec<Vec<f64>>>,
}

/// The log-probabilities of a softmax.
fn normalised(logits: Vec<f64>) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total = top + logits.iter().map(|logit| (logit - top).exp()).sum::<f64>().ln();
    logits.into_iter().map(|logit| logit - total).collect()
}

/// The place of the largest.
fn mode(row: &[f64]) -> usize {
    (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]).then(b.cmp(&a))).unwrap_or(0)
}

impl Class {
    fn draw(rng: &mut impl Rng) -> Self {
        let beta = rng.random_range(-3.0f64..=0.0).exp();
        let scale = rng.random_range(-1.5f64..1.0).exp();
        let (prompts, members) = (rng.random_range(1..=5), rng.random_range(2..=20));
        let normal = |rng: &mut dyn Rng, scale: f64| -> f64 {
            let value: f64 = StandardNormal.sample(rng);
            scale * value
        };
        let mut base = Vec::new();
        for _ in 0..prompts {
            let responses = rng.random_range(2..=6);
            base.push(normalised((0..responses).map(|_| normal(rng, scale)).collect::<Vec<f64>>()));
        }
        let masses: Vec<f64> = (0..prompts).map(|_| rng.random_range(0.05..1.0)).collect();
        let total: f64 = masses.iter().sum();
        let nothing: Vec<Vec<f64>> = base.iter().map(|row| vec![0.0; row.len()]).collect();
        let mut shifts = vec![nothing.clone()];
        for _ in 1..members {
            let (mut shift, size) = (nothing.clone(), rng.random_range(-3.0f64..2.5).exp());
            // One response of one prompt at least, others now and then: what differs in few places is seldom seen.
            let x = rng.random_range(0..prompts);
            let y = rng.random_range(0..shift[x].len());
            shift[x][y] = normal(rng, size);
            let often = [0.0, 0.3][rng.random_range(0..2)];
            for value in shift.iter_mut().flatten() {
                if rng.random_bool(often) {
                    *value = normal(rng, size);
                }
            }
            shifts.push(shift);
        }
        let member = |shift: &Vec<Vec<f64>>| -> Vec<Vec<f64>> {
            let sharpened = |row: &Vec<f64>, shift: &Vec<f64>| {
                normalised(row.iter().zip(shift).map(|(log, add)| (1.0 + 1.0 / beta) * log + add).collect())
            };
            base.iter().zip(shift).map(|(row, shift)| sharpened(row, shift)).collect()
        };
        let members = shifts.iter().map(member).collect();
        Self { weights: masses.into_iter().map(|mass| mass / total).collect(), base, beta, members, shifts }
    }

    /// Σ_x p(x) of a prompt's number.
    fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        self.weights.iter().enumerate().map(|(x, weight)| weight * of(x)).sum()
    }

    /// Σ_y of a function of log π_0 and log π.
    fn sum(&self, member: usize, x: usize, of: impl Fn(f64, f64) -> f64) -> f64 {
        self.base[x].iter().zip(&self.members[member][x]).map(|(&base, &log)| of(base, log)).sum()
    }

    fn most(&self, of: impl Fn(usize) -> f64) -> f64 {
        (0..self.members.len()).map(of).fold(1.0, f64::max)
    }

    fn bound(&self, n: u64) -> Offline {
        let conc = |member| self.mean(|x| self.sum(member, x, |base, log| (2.0 * log - base).exp()));
        let loss = |member| self.mean(|x| self.sum(member, x, |base, log| (base + self.beta * (base - log)).exp()));
        Offline {
            kappa0: self.mean(|x| (-self.base[x][mode(&self.base[x])]).exp()),
            c_conc: self.most(conc),
            c_loss: self.most(loss),
            log_class: (self.members.len() as f64).ln(),
            n: n as f64,
            rho: RHO,
            beta: self.beta,
        }
    }

    /// Which members have no loss on n pairs y, y' ~ π_0: a pair refutes a member whose shifts differ on it.
    fn consistent(&self, n: u64, rng: &mut impl Rng) -> Vec<usize> {
        // Each prompt's draws, then its pairs one after another; pairs of equal responses come last and say nothing.
        let (mut left, mut rest) = (n, 1.0);
        let mut alive = vec![true; self.members.len()];
        for (x, row) in self.base.iter().enumerate() {
            rest -= self.weights[x];
            let last = x + 1 == self.base.len();
            let mut here = if last { left } else { binomial(left, self.weights[x], rest, rng) };
            left -= here;
            let equal: f64 = row.iter().map(|log| (2.0 * log).exp()).sum();
            let pairs: Vec<(usize, usize)> =
                (0..row.len()).flat_map(|y| (y + 1..row.len()).map(move |z| (y, z))).collect();
            let mass = |&(y, z): &(usize, usize)| 2.0 * (row[y] + row[z]).exp();
            for (at, pair) in pairs.iter().enumerate() {
                let later: f64 = pairs[at + 1..].iter().map(mass).sum();
                let seen = binomial(here, mass(pair), later + equal, rng);
                here -= seen;
                if seen > 0 {
                    for (alive, shift) in alive.iter_mut().zip(&self.shifts) {
                        *alive &= shift[x][pair.0] == shift[x][pair.1];
                    }
                }
            }
        }
        (0..alive.len()).filter(|&member| alive[member]).collect()
    }
}

fn classes(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 800 } else { 8000 };
    let mut cases = Vec::new();
    for _ in 0..count {
        let class = Class::draw(&mut rng);
        let n = rng.random_range(3f64.ln()..=1e9f64.ln()).exp().round() as u64;
        let consistent = class.consistent(n, &mut rng);
        let worst = |of: &dyn Fn(usize) -> f64| consistent.iter().map(|&member| of(member)).fold(0.0, f64::max);
        let best = class.mean(|x| class.base[x][mode(&class.base[x])]);
        let value = |member: usize| class.mean(|x| class.sum(member, x, |base, log| log.exp() * base));
        let regret = worst(&|member| best - value(member));
        let fails =
            |member: usize, x: usize| class.members[member][x][mode(&class.base[x])].exp() <= 1.0 - DELTA + 1e-12;
        let failure = worst(&|member| class.mean(|x| f64::from(u8::from(fails(member, x)))));
        let gap = |row: &Vec<f64>| {
            let top = mode(row);
            let second = (0..row.len()).filter(|&y| y != top).map(|y| row[y]).fold(f64::NEG_INFINITY, f64::max);
            (row[top] - second).exp_m1()
        };
        let margin = class.base.iter().map(gap).fold(f64::INFINITY, f64::min);
        let of = class.bound(n);
        let bound = offline_sharpening(&of, margin, DELTA)?;
        // No policy loses more than the way from the best answer of each prompt to the worst.
        let least = class.mean(|x| class.base[x].iter().copied().fold(f64::INFINITY, f64::min));
        let limit = bound.intermediate("regret").unwrap_or(f64::NAN);
        let comparisons = vec![
            Comparison::new(regret, limit, 1e-12 * (1.0 + best.abs()), best - least),
            Comparison::probability(failure, bound.value(), 1e-12),
        ];
        cases.push(Case { comparisons, ..Case::default() });
    }
    Ok(cases)
}

/// π_0 = (p, 1−p), π = (p², 1−p²), β = 1: X = |log p − log(1+p)| where the two draws differ. The tail at η just below that.
fn printed_tail(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    [0.003, 0.01, 0.03]
        .into_iter()
        .map(|p: f64| {
            let c_loss = 1.0 + (1.0 - p).powi(2) / (1.0 - p * p);
            let implicit = p.ln_1p() - p.ln();
            let bound = tail_as_printed(c_loss, implicit * (1.0 - 1e-9))?;
            Ok(single(Comparison::probability(2.0 * p * (1.0 - p), bound, 1e-12)))
        })
        .collect()
}
