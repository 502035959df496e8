//! Logistic regression on labelled pairs: direct preference optimisation (DPO).

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};

use super::super::batch::Batch;
use super::convex_fit::{Place, check_ball, coordinates, fitted, in_ball, of_round, placed};
use super::entry::{self, Entry};
use super::labels::{self, LabelledPair};
use super::projection::{Forests, Seen, summary};
use super::quadratic::Choice;
use super::{Cost, Data, Fit, Fitted, Labels, Minimum, SampleSummary, Shape, aim::Aim, population};
use crate::convex::{Ball, Block, Fit as Convex, Ridge};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::process::graph::SeenGraph;
use crate::process::{Loop, Step};
use crate::{Error, Result};

/// The minimiser of the logistic loss of labels in v = β(θ − θ_ref), in the span of the seen differences:
///
/// ```text
/// loss = Σ w [ P(y ≻ y') softplus(−⟨v, Δφ⟩) + P(y' ≻ y) softplus(⟨v, Δφ⟩) ]   [ + λ‖θ − θ_ref‖² ]
/// ```
///
/// Labels of a Bradley–Terry law at temperature τ without flips have the population minimiser of the square loss at τβ, wherever the
/// reward is linear in the features. Separable labels have no minimiser, which a linear programme finds out.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Labels, Logistic};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let labels = Labels::Smooth { temperature: 1.0, flip: 0.1 };
/// let fit = Box::new(Logistic { labels, population: true, ..Logistic::default() });
/// let process = Loop { fit, beta: 2.0, rounds: 1, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // Two responses: β(ℓ' − ℓ) is the log-odds of a label, won with probability e + (1 − 2e)σ(ℓ).
/// let win = 0.1 + 0.8 / (1.0 + (-1f64).exp());
/// assert!((last.policy.head(0).margin - (1.0 + (win / (1.0 - win)).ln() / 2.0)).abs() < 1e-10);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Logistic {
    /// The law of labels.
    pub labels: Labels,
    /// λ ≥ 0: λ‖θ − θ_ref‖² is added to the loss.
    pub ridge: f64,
    /// Whether the expected loss is minimised.
    pub population: bool,
}

/// The pairs of one prompt with their weights of wins and losses.
type OfPrompt = (usize, Vec<LabelledPair>);

/// The fit's entry.
pub(super) const ENTRY: Entry = Entry {
    name: "logistic",
    about: "logistic loss on labels of pairs",
    keys: &[entry::POPULATION, entry::LABELS, entry::RIDGE],
    defaults: &[("ridge", "0.0"), ("labels", "{ temperature = 1.0, flip = 0.0 }")],
    make: |process| {
        let (labels, ridge) = (Labels::read(process), process.not_negative("ridge")?);
        Ok(Box::new(Logistic { labels, ridge, population: process.switch("population") }))
    },
};

impl Fit for Logistic {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        let batches = step.batches();
        if self.population {
            if let Some(theta) = self.closed_form(step, batches)? {
                return Ok(Minimum::new(theta, None).into());
            }
            return self.solve(step, &expected(batches), None);
        }
        let (pairs, summary) = sampled(step, batches);
        self.solve(step, &pairs, Some(summary))
    }

    fn data(&self) -> Data {
        Data::Labels(self.labels)
    }

    fn is_population(&self) -> bool {
        self.population
    }

    fn bradley_terry(&self) -> Option<f64> {
        match self.labels {
            Labels::Smooth { temperature, flip: 0.0 } if self.ridge == 0.0 => Some(temperature),
            _ => None,
        }
    }

    fn check(&self, process: &Loop, instance: &Instance) -> Result<()> {
        if !(self.ridge.is_finite() && self.ridge >= 0.0) {
            return Err(Error::argument("process.ridge", self.ridge, "a finite number ≥ 0"));
        }
        check_ball(process.radius, instance)
    }

    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        // The closed form needs no pair.
        let closed = self.population
            && matches!(self.labels, Labels::Smooth { flip: 0.0, .. })
            && self.ridge == 0.0
            && shape.process.radius.is_none()
            && !shape.process.memory.remembers()
            && shape.process.signal.votes() == 0
            && matches!(shape.instance.features(), FeatureMap::OneHot(_));
        vec![if closed { Cost::of_span(shape) } else { Cost::of_newton(shape, true) }]
    }
}

impl Logistic {
    /// The population minimiser where labels are Bradley–Terry ones of one linear reward: θ_ref + Pτ/(β·temperature).
    fn closed_form(&self, step: &Step<'_>, batches: &[Batch]) -> Result<Option<Parameter>> {
        let Labels::Smooth { temperature, flip: 0.0 } = self.labels else { return Ok(None) };
        let reward = step.reward()?;
        let one_round = batches.iter().all(|batch| batch.round == step.round);
        if self.ridge > 0.0 || reward.vote.is_some() || !one_round {
            return Ok(None);
        }
        let aim = Aim::new(step.reference(), reward.linear, reward.remainder, step.instance);
        if aim.remainder.is_some() {
            return Ok(None);
        }
        let cooled = Aim { linear: std::borrow::Cow::Owned(aim.linear.scaled(1.0 / temperature)), ..aim };
        Ok(Seen::of_population(step, batches, &cooled).minimiser(step, &cooled, Choice::Nearest))
    }

    fn solve(&self, step: &Step<'_>, pairs: &[OfPrompt], summary: Option<SampleSummary>) -> Result<Fitted> {
        let reference = step.reference();
        if pairs.is_empty() {
            // Nothing was seen: the point of the ball nearest to the reference.
            return Ok(Minimum::new(in_ball(reference.into_owned(), step.radius), summary).into());
        }
        let mut blocks = Blocks::default();
        match step.instance.features() {
            FeatureMap::Dense(features) => {
                let rows = pairs.iter().map(|(_, pairs)| pairs.len()).sum();
                let mut differences = Array2::zeros((rows, features.dim()));
                let all = pairs.iter().flat_map(|(x, pairs)| pairs.iter().map(move |pair| (*x, pair)));
                for ((x, pair), mut row) in all.zip(differences.rows_mut()) {
                    row.assign(&(&features.row(x, pair.a as usize) - &features.row(x, pair.b as usize)));
                }
                blocks.push(Place::Whole, differences, pairs.iter().flat_map(|(_, pairs)| pairs));
            }
            FeatureMap::OneHot(responses) if step.radius.is_some() => {
                let starts: Vec<usize> = starts(responses);
                let dim = step.instance.features().dim();
                let rows = pairs.iter().map(|(_, pairs)| pairs.len()).sum();
                let mut differences = Array2::zeros((rows, dim));
                let all = pairs.iter().flat_map(|(x, pairs)| pairs.iter().map(move |pair| (*x, pair)));
                for ((x, pair), mut row) in all.zip(differences.rows_mut()) {
                    row[starts[x] + pair.a as usize] = 1.0;
                    row[starts[x] + pair.b as usize] = -1.0;
                }
                blocks.push(Place::Whole, differences, pairs.iter().flat_map(|(_, pairs)| pairs));
            }
            FeatureMap::OneHot(_) => {
                for (x, pairs) in pairs {
                    let mut seen: Vec<u32> = pairs.iter().flat_map(|pair| [pair.a, pair.b]).collect();
                    seen.sort_unstable();
                    seen.dedup();
                    let place = |y: u32| seen.binary_search(&y).unwrap_or(0);
                    let mut differences = Array2::zeros((pairs.len(), seen.len()));
                    for (pair, mut row) in pairs.iter().zip(differences.rows_mut()) {
                        row[place(pair.a)] = 1.0;
                        row[place(pair.b)] = -1.0;
                    }
                    blocks.push(Place::Prompt(*x, seen), differences, pairs.iter());
                }
            }
        }
        let outcome =
            self.problem(step, &blocks, &reference).solve().map_err(|error| of_round(error, step.round + 1))?;
        let theta = |v: &Vec<Array1<f64>>| placed(&reference, &blocks.places, v, |v, from| from + v / step.beta);
        let direction = |v: &Vec<Array1<f64>>| placed(&reference.zeros(), &blocks.places, v, |v, _| v);
        Ok(fitted(outcome, summary, theta, direction))
    }

    fn problem<'b>(&self, step: &Step<'_>, blocks: &'b Blocks, reference: &Parameter) -> Convex<'b> {
        let zeros = || blocks.differences.iter().map(|rows| Array1::zeros(rows.ncols())).collect::<Vec<_>>();
        let logistic = |i: usize| Block::Logistic {
            differences: blocks.differences[i].view(),
            wins: &blocks.wins[i],
            losses: &blocks.losses[i],
        };
        let centre = || blocks.places.iter().map(|place| coordinates(reference, place) * -step.beta).collect();
        Convex {
            blocks: (0..blocks.places.len()).map(logistic).collect(),
            start: zeros(),
            ridge: (self.ridge > 0.0)
                .then(|| Ridge { strength: self.ridge / (step.beta * step.beta), centre: zeros() }),
            ball: step.radius.map(|radius| Ball { centre: centre(), radius: step.beta * radius }),
        }
    }
}

/// The blocks of a problem, with what they borrow.
#[derive(Default)]
struct Blocks {
    places: Vec<Place>,
    differences: Vec<Array2<f64>>,
    wins: Vec<Vec<f64>>,
    losses: Vec<Vec<f64>>,
}

impl Blocks {
    fn push<'p>(
        &mut self,
        place: Place,
        differences: Array2<f64>,
        pairs: impl Iterator<Item = &'p LabelledPair> + Clone,
    ) {
        self.places.push(place);
        self.differences.push(differences);
        self.wins.push(pairs.clone().map(|pair| pair.wins).collect());
        self.losses.push(pairs.map(|pair| pair.losses).collect());
    }
}

/// First coordinate of each prompt of one-hot features.
pub(super) fn starts(responses: &[u32]) -> Vec<usize> {
    let mut next = 0;
    let start = |&count: &u32| {
        next += count as usize;
        next - count as usize
    };
    responses.iter().map(start).collect()
}

/// Sampled pairs, each once, with counts over n.
fn sampled(step: &Step<'_>, batches: &[Batch]) -> (Vec<OfPrompt>, SampleSummary) {
    let n = super::projection::triples(batches) as f64;
    let (mut all, mut diverse, mut rank) = (Vec::new(), 0.0, 0);
    let (mut forests, mut graph) = (Forests::default(), SeenGraph::default());
    labels::walk(batches, &mut |prompt, pairs| {
        let mut once: BTreeMap<(u32, u32), (f64, f64)> = BTreeMap::new();
        for pair in pairs {
            let (key, won, lost) = if pair.a < pair.b {
                ((pair.a, pair.b), pair.wins, pair.losses)
            } else {
                ((pair.b, pair.a), pair.losses, pair.wins)
            };
            let entry = once.entry(key).or_default();
            entry.0 += won;
            entry.1 += lost;
            diverse += won + lost;
        }
        match step.instance.features() {
            FeatureMap::Dense(features) => forests.add(features, prompt, once.keys().copied()),
            FeatureMap::OneHot(responses) => {
                graph.build(responses[prompt] as usize, once.keys().copied());
                rank += graph.forest().len();
            }
        }
        let pair = |(&(a, b), &(won, lost)): (&(u32, u32), &(f64, f64))| LabelledPair {
            a,
            b,
            wins: won / n,
            losses: lost / n,
        };
        if !once.is_empty() {
            all.push((prompt, once.iter().map(pair).collect()));
        }
    });
    if let FeatureMap::Dense(features) = step.instance.features() {
        rank = forests.span(features, step.instance).rank();
    }
    (all, summary(step, batches, diverse as u64, rank))
}

/// All pairs of positive probability, with their expected weights 2pν(y)ν(y').
fn expected(batches: &[Batch]) -> Vec<OfPrompt> {
    let prompts = batches.first().map_or(0, |batch| batch.weights.len());
    let (mut all, total) = (Vec::new(), population::total_share(batches));
    for x in 0..prompts {
        let support = population::support(batches, x);
        let mut pairs = Vec::new();
        for (i, &a) in support.iter().enumerate() {
            for &b in &support[i + 1..] {
                let mut pair = LabelledPair { a, b, wins: 0.0, losses: 0.0 };
                for batch in batches {
                    let Some(labelling) = &batch.labels else { continue };
                    let mass =
                        2.0 * batch.share / total * batch.weights[x] * batch.law.prob(x, a) * batch.law.prob(x, b);
                    pair.wins += mass * labelling.prefers(x, a, b);
                    pair.losses += mass * labelling.prefers(x, b, a);
                }
                if pair.wins + pair.losses > 0.0 {
                    pairs.push(pair);
                }
            }
        }
        if !pairs.is_empty() {
            all.push((x, pairs));
        }
    }
    all
}
