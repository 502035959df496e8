//! What rises with the likelihood of accepted answers in any class (T4).

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::super::theory::two_prompts::{TwoPrompts, Weighing};
use super::class::draw_law;
use super::{NOTE, OURS, count};
use crate::claims::cases::{single, step_by_step};
use crate::claims::premises::{Slot, departs_at_most, is_population_of};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::convex::{Ball, Block, Choices, Fit, Outcome};
use crate::instance::Instance;
use crate::metrics::named::{ACCEPTANCE_CONDITION, CORRECT_PROBABILITY};
use crate::process::Accept;
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::{Error, Result};

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: NOTE,
        ..Claim::exact(
            "T4",
            "any class: log J(π') ≥ log J(π_t) + E log(π'/π_t) over accepted answers of π_t, so J never falls with their likelihood; with per-prompt weights E_x log ρ does not",
            OURS,
            &[],
            Statement::Constructed(steps),
            &[
                Control::constructed("T4.prompt-weights", "J never falls under per-prompt weights", prompt_weights),
                Control::constructed(
                    "T4.accept-weights",
                    "E_x log ρ never falls under acceptance weights",
                    accept_weights,
                ),
            ],
        )
    },
    Claim {
        note: NOTE,
        ..Claim::exact(
            "T4.runs",
            "population rounds on accepted answers never lower J, with fixed logits, in a ball, and with the optimum at infinity",
            OURS,
            RUNS,
            Statement::Replicates(runs),
            &[Control::replicates(
                "T4.condition",
                "they never raise the acceptance condition number E_x[1/ρ_t]",
                RUNS,
                condition,
            )],
        )
    },
];

const RUNS: &[Source] = &[
    Source { experiment: "reward_filter", part: "linear" },
    Source { experiment: "reward_filter", part: "model-population" },
];

/// Rounding of log-probabilities and of sums of them.
const ROUNDING: f64 = 1e-9;
/// What a Newton fit may leave of its optimum.
const NEWTON: f64 = 1e-6;

/// Whether it is a population round on accepted answers of π_t, the optimum of its likelihood but for a ball and a ridge.
fn is_ascent(trial: &Trial<'_>) -> bool {
    let simulation = trial.simulation();
    is_population_of(simulation, "likelihood")
        && departs_at_most(simulation, &[Slot::Accept, Slot::Ball, Slot::Ridge])
        && simulation.process.accept == Accept::Correct
}

fn runs(trial: &Trial<'_>) -> Result<Option<Case>> {
    // Of prompts of which it is not known what is correct nothing is accepted, and nothing is measured.
    let known = |instance: &Instance| instance.correct().is_some_and(|correct| correct.known_everywhere());
    if !is_ascent(trial) || !known(&*trial.instance()?) {
        return Ok(None);
    }
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let [before, after] = [t, t + 1].map(|t| trial.get(&CORRECT_PROBABILITY, t));
            Ok(vec![Comparison::at_least(after?, before?, NEWTON)])
        },
    )
}

fn condition(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_ascent(trial) {
        return Ok(None);
    }
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let [before, after] = [t, t + 1].map(|t| trial.get(&ACCEPTANCE_CONDITION, t));
            let (before, after) = (before?, after?);
            Ok(vec![Comparison::unlimited(after, before, NEWTON * before)])
        },
    )
}

/// A softmax class with fixed logits, and where it stands.
struct Class {
    weights: Vec<f64>,
    features: Vec<Array2<f64>>,
    offset: Vec<Vec<f64>>,
    correct: Vec<Vec<bool>>,
    theta: Array1<f64>,
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

impl Class {
    /// Up to six prompts of up to five responses, of which some are correct (none at some prompts), in up to four directions.
    fn draw(rng: &mut impl Rng) -> Self {
        let (prompts, dim) = (rng.random_range(1..=6), rng.random_range(1..=4));
        let fixed = if rng.random_bool(0.7) { rng.random_range(-1.0f64..1.5).exp() } else { 0.0 };
        let mut class = Self {
            weights: draw_law(prompts, rng),
            features: Vec::new(),
            offset: Vec::new(),
            correct: Vec::new(),
            theta: (0..dim).map(|_| normal(rng)).collect(),
        };
        class.theta *= rng.random_range(-2.0f64..2.0).exp();
        for _ in 0..prompts {
            let responses = rng.random_range(2..=5);
            class.features.push(Array2::from_shape_simple_fn((responses, dim), || normal(rng)));
            class.offset.push((0..responses).map(|_| fixed * normal(rng)).collect());
            class.correct.push((0..responses).map(|_| rng.random_bool(0.4)).collect());
        }
        class
    }

    /// Three prompts of two responses each, one direction, the first response correct.
    fn small(rng: &mut impl Rng) -> Self {
        Self {
            weights: draw_law(3, rng),
            features: (0..3).map(|_| Array2::from_shape_simple_fn((2, 1), || normal(rng))).collect(),
            offset: vec![vec![0.0; 2]; 3],
            correct: vec![vec![true, false]; 3],
            theta: Array1::from_elem(1, 3.0 * normal(rng)),
        }
    }

    /// log π_θ(y|x).
    fn logs(&self, theta: &Array1<f64>) -> Vec<Vec<f64>> {
        let prompt = |(features, offset): (&Array2<f64>, &Vec<f64>)| {
            let logits: Vec<f64> = features.dot(theta).iter().zip(offset).map(|(logit, fixed)| logit + fixed).collect();
            let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total = top + logits.iter().map(|logit| (logit - top).exp()).sum::<f64>().ln();
            logits.into_iter().map(|logit| logit - total).collect()
        };
        self.features.iter().zip(&self.offset).map(prompt).collect()
    }

    /// ρ(x).
    fn rates(&self, logs: &[Vec<f64>]) -> Vec<f64> {
        let rate = |(logs, right): (&Vec<f64>, &Vec<bool>)| {
            logs.iter().zip(right).filter(|(_, right)| **right).map(|(log, _)| log.exp()).sum()
        };
        logs.iter().zip(&self.correct).map(rate).collect()
    }

    /// What a fit to accepted answers of π_θ weighs each answer by.
    fn masses(&self, logs: &[Vec<f64>], weighing: Weighing) -> Vec<Vec<f64>> {
        let rates = self.rates(logs);
        let of = |x: usize| {
            let scale = match weighing {
                Weighing::Acceptance => self.weights[x],
                // A prompt without any acceptance is left out.
                Weighing::Prompt if rates[x] > 0.0 => self.weights[x] / rates[x],
                Weighing::Prompt => 0.0,
            };
            logs[x]
                .iter()
                .zip(&self.correct[x])
                .map(|(log, right)| if *right { scale * log.exp() } else { 0.0 })
                .collect()
        };
        (0..logs.len()).map(of).collect()
    }

    /// The fit's optimum, in the ball where there is one, or a direction in which the likelihood rises for ever. `None` where nothing is
    /// accepted, and where the likelihood is so flat that no optimum is found: the claim is of steps, not of the solver.
    fn fit(&self, masses: &[Vec<f64>], radius: Option<f64>) -> Result<Option<(Array1<f64>, bool)>> {
        let told: Vec<usize> = (0..masses.len()).filter(|&x| masses[x].iter().any(|mass| *mass > 0.0)).collect();
        if told.is_empty() {
            return Ok(None);
        }
        let choices =
            |&x: &usize| Choices { features: self.features[x].view(), offset: &self.offset[x], weights: &masses[x] };
        let ball = radius.map(|radius| Ball { centre: vec![Array1::zeros(self.theta.len())], radius });
        let blocks = vec![Block::Softmax(told.iter().map(choices).collect())];
        match (Fit { blocks, start: vec![self.theta.clone()], ridge: None, ball }).solve() {
            Ok(Outcome::Finite(mut optimum) | Outcome::InBallAtInfinity(mut optimum)) => {
                Ok(Some((optimum.theta.remove(0), true)))
            }
            Ok(Outcome::AtInfinity { mut direction }) => Ok(Some((direction.remove(0), false))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The optimum, points on the way to it or far along its direction, and points at random.
    fn candidates(&self, masses: &[Vec<f64>], rng: &mut impl Rng) -> Result<Vec<(Array1<f64>, bool)>> {
        let norm = self.theta.dot(&self.theta).sqrt();
        let radius = rng.random_bool(0.5).then(|| norm * rng.random_range(1.0..3.0) + 0.1);
        let mut candidates = Vec::new();
        match self.fit(masses, radius)? {
            None => {}
            Some((optimum, true)) => {
                let part = rng.random_range(0.0..1.0);
                candidates.push((&self.theta + &((&optimum - &self.theta) * part), true));
                candidates.push((optimum, true));
            }
            Some((direction, false)) => {
                candidates.extend([0.1, 1.0, 10.0].map(|far| (&self.theta + &(&direction * far), true)));
            }
        }
        for _ in 0..4 {
            let size = rng.random_range(-6.0f64..1.0).exp();
            let step: Array1<f64> = self.theta.iter().map(|_| size * normal(rng)).collect();
            candidates.push((&self.theta + &step, false));
        }
        Ok(candidates)
    }
}

/// Σ masses·(log π' − log π).
fn gain(masses: &[Vec<f64>], after: &[Vec<f64>], before: &[Vec<f64>]) -> f64 {
    let logs = after.iter().flatten().zip(before.iter().flatten());
    masses
        .iter()
        .flatten()
        .zip(logs)
        .filter(|(mass, _)| **mass > 0.0)
        .map(|(mass, (new, old))| mass * (new - old))
        .sum()
}

fn mean(weights: &[f64], of: impl Fn(usize) -> f64) -> f64 {
    weights.iter().enumerate().map(|(x, p)| p * of(x)).sum()
}

fn steps(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    (0..count(profile, 400, 4000)).map(|_| Class::draw(&mut rng).case(&mut rng)).collect()
}

impl Class {
    fn case(&self, rng: &mut impl Rng) -> Result<Case> {
        let before = self.logs(&self.theta);
        let rates = self.rates(&before);
        let accuracy = mean(&self.weights, |x| rates[x]);
        let mut case = Case::default();
        if accuracy <= 0.0 {
            return Ok(case);
        }
        for weighing in [Weighing::Acceptance, Weighing::Prompt] {
            let masses = self.masses(&before, weighing);
            for (theta, fitted) in self.candidates(&masses, rng)? {
                let after = self.logs(&theta);
                let (new, gained) = (self.rates(&after), gain(&masses, &after, &before));
                let (rise, stated) = match weighing {
                    Weighing::Acceptance => ((mean(&self.weights, |x| new[x]) / accuracy).ln(), gained / accuracy),
                    Weighing::Prompt => {
                        let log_ratio = |x: usize| if rates[x] > 0.0 { (new[x] / rates[x]).ln() } else { 0.0 };
                        (mean(&self.weights, log_ratio), gained)
                    }
                };
                case.comparisons.push(Comparison::at_least(rise, stated, ROUNDING * (1.0 + stated.abs())));
                if fitted {
                    // A step of a fit, whole or in part, does not lower the likelihood.
                    case.comparisons.push(Comparison::at_least(gained, 0.0, NEWTON));
                    case.comparisons.push(Comparison::at_least(rise, 0.0, NEWTON / accuracy.min(1.0)));
                } else if gained >= 0.0 {
                    case.comparisons.push(Comparison::at_least(rise, 0.0, ROUNDING));
                }
            }
        }
        Ok(case)
    }
}

/// Two equal prompts whose features pull against each other: the rarely accepted one counts as much as the other.
fn prompt_weights(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    let (law, theta) = (TwoPrompts { slopes: [1.0 / 3.0, -1.0] }, -2.7);
    let after = law.accuracy(law.fit(theta, Weighing::Prompt)?);
    Ok(vec![single(Comparison::at_least(after, law.accuracy(theta), NEWTON))])
}

fn accept_weights(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut cases = Vec::new();
    for _ in 0..count(profile, 300, 1000) {
        let class = Class::small(&mut rng);
        let before = class.logs(&class.theta);
        let masses = class.masses(&before, Weighing::Acceptance);
        if let Some((theta, true)) = class.fit(&masses, None)? {
            let after = class.logs(&theta);
            let (new, old) = (class.rates(&after), class.rates(&before));
            let rise = mean(&class.weights, |x| (new[x] / old[x]).ln());
            cases.push(single(Comparison::at_least(rise, 0.0, NEWTON)));
        }
    }
    Ok(cases)
}
