//! Updates under random laws of prompts and candidates of full support (U2): where they agree, and where they do not.

use std::sync::Arc;

use ndarray::Array2;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::rows::{NEWTON, ROUNDING};
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::logits::LogitTable;
use crate::policy::Policy;
use crate::process::{
    CandidateLaw, Candidates, Fit, Fitted, Labels, Logistic, Loop, Snapshot, Square, Step, Weighted, WinRate,
};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::{Error, Result};

/// K.
const RESPONSES: usize = 5;
/// Pairs (p, ν) for each instance.
const LAWS: usize = 4;
/// Pairs of a sampled round: of so many no response is left out.
const SAMPLES: u64 = 100_000;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    note: "the largest difference of log π′(y|x) over four random (p, ν), the reward log π_t + ⟨θ°, φ⟩, M = 12, K = 5, d = 3, and tables of three prompts; a table is a linear class on unit vectors, too; where the target is outside the class, U2.laws-offset shows the converse",
    ..Claim::exact(
        "U2.laws",
        "a class that holds the target, p and ν of full support: the population update of the square loss and of the logistic loss on Bradley–Terry labels, and the sampled update of the square loss, are the same for every p and ν",
        "ours (labels: known at second hand, redone)",
        &[],
        Statement::Constructed(alike),
        &[
            Control::constructed("U2.laws-offset", "the same with fixed logits outside the class", with_offset),
            Control::constructed(
                "U2.laws-win-rate",
                "the same for the square loss on hard labels, a table with K = 5",
                of_hard_labels,
            ),
            Control::constructed("U2.laws-flips", "the same for labels that are flipped, a table with K = 5", of_flips),
        ],
    )
}];

/// Makes a fit.
type MakeFit = fn() -> Box<dyn Fit>;

/// How a random instance represents its responses.
#[derive(Clone, Copy)]
enum Class {
    /// Normal features of d = 3 at twelve prompts.
    Linear,
    /// A unit vector for each of five responses to three prompts.
    Units,
    /// The same as one-hot features.
    Table,
}

impl Class {
    fn prompts(self) -> usize {
        if matches!(self, Self::Linear) { 12 } else { 3 }
    }

    fn features(self, rng: &mut impl Rng) -> Result<FeatureMap> {
        let rows = self.prompts() * RESPONSES;
        let matrix = match self {
            Self::Linear => Array2::from_shape_simple_fn((rows, 3), || StandardNormal.sample(rng)),
            Self::Units => Array2::eye(rows),
            Self::Table => return Ok(FeatureMap::one_hot(vec![RESPONSES as u32; self.prompts()])),
        };
        let features = DenseFeatures::new(matrix, &vec![RESPONSES; self.prompts()])?;
        Ok(FeatureMap::dense(features.rescaled().0))
    }

    fn parameter(self, size: f64, rng: &mut impl Rng) -> Parameter {
        match self {
            Self::Linear => Parameter::Dense((0..3).map(|_| normal(size, rng)).collect()),
            Self::Units => Parameter::Dense((0..self.prompts() * RESPONSES).map(|_| normal(size, rng)).collect()),
            Self::Table => Parameter::tabular(self.table(size, rng)),
        }
    }

    /// A number for each response.
    fn table(self, size: f64, rng: &mut impl Rng) -> LogitTable {
        let mut table = LogitTable::default();
        for _ in 0..self.prompts() {
            let row: Vec<f64> = (0..RESPONSES).map(|_| normal(size, rng)).collect();
            table.push_dense(&row);
        }
        table
    }
}

fn normal(size: f64, rng: &mut impl Rng) -> f64 {
    let value: f64 = StandardNormal.sample(rng);
    size * value
}

/// Σ of random weights in (e⁻¹, e), to 1.
fn random_weights(prompts: usize, rng: &mut impl Rng) -> Vec<f64> {
    let odds: Vec<f64> = (0..prompts).map(|_| rng.random_range(-1.0f64..1.0).exp()).collect();
    let total: f64 = odds.iter().sum();
    odds.into_iter().map(|odds| odds / total).collect()
}

/// log π′ of every response after one update from pairs of a random p and ν, for each of the four.
fn updates(class: Class, fit: MakeFit, outside: f64, number: usize, seed: &Seed) -> Result<Vec<Vec<f64>>> {
    let rng = &mut seed.rng(Purpose::Laws, number, 0);
    let features = class.features(rng)?;
    let (theta, direction) = (class.parameter(1.5, rng), class.parameter(1.0, rng));
    let (reward, offset) = ((*direction.logits(&features)).clone(), class.table(outside, rng));
    let process = Loop {
        candidates: Candidates { law: CandidateLaw::Base, ..Candidates::default() },
        signal: Box::new(Weighted { external: 1.0, ..Weighted::default() }),
        fit: fit(),
        samples: SAMPLES,
        rounds: 1,
        ..Loop::default()
    };
    let one = |law: usize| -> Result<Vec<f64>> {
        let rng = &mut seed.rng(Purpose::Laws, number, 1 + law);
        let weights = random_weights(class.prompts(), rng);
        let instance = Instance::new(weights, features.clone(), theta.clone(), None)?.with_reward(reward.clone())?;
        let instance = if outside > 0.0 { instance.with_offset(offset.clone())? } else { instance };
        process.on(&instance)?;
        // Candidates come from the base policy, which nothing else looks at: any ν of full support.
        let current = Snapshot::new(theta.clone(), &instance);
        let candidates = Policy::from_logits(Arc::new(class.table(1.0, rng)));
        let base = Snapshot { theta: theta.clone(), policy: Arc::new(candidates) };
        let drawn = seed.child("laws", law as u64);
        let step = Step::new(&process, &instance, (&base, &current), 0, &drawn, &[])?;
        let Fitted::Minimum(minimum) = process.fit.fit(&step)? else {
            return Err(Error::argument("the optimum", "at infinity", "labels of either kind for every pair"));
        };
        let policy = instance.policy(&minimum.theta);
        let all = (0..class.prompts()).flat_map(|x| (0..RESPONSES as u32).map(move |y| (x, y)));
        Ok(all.map(|(x, y)| policy.log_prob(x, y)).collect())
    };
    (0..LAWS).map(one).collect()
}

/// The spread of log π′ over the laws, its largest over all responses.
fn spread(class: Class, fit: MakeFit, outside: f64, number: usize, seed: &Seed) -> Result<Comparison> {
    let laws = updates(class, fit, outside, number, seed)?;
    let (mut widest, mut size) = (0.0f64, 1.0f64);
    for at in 0..laws[0].len() {
        let values = || laws.iter().map(|law| law[at]);
        widest = widest.max(values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min));
        size = size.max(values().fold(0.0, |most, log| most.max(log.abs())));
    }
    let relative = if fit().bradley_terry().is_some() { NEWTON } else { ROUNDING };
    Ok(Comparison::identity(widest, 0.0, relative * size))
}

fn square() -> Box<dyn Fit> {
    Box::new(Square::population())
}

fn sampled() -> Box<dyn Fit> {
    Box::new(Square::default())
}

fn logistic(flip: f64) -> Box<dyn Fit> {
    Box::new(Logistic { labels: Labels::Smooth { temperature: 1.0, flip }, ridge: 0.0, population: true })
}

fn labels() -> Box<dyn Fit> {
    logistic(0.0)
}

fn flipped() -> Box<dyn Fit> {
    logistic(0.2)
}

fn hard() -> Box<dyn Fit> {
    Box::new(WinRate { labels: Labels::Hard, choice: Default::default(), ridge: 0.0, population: true })
}

/// A case for each instance, with a comparison for each class and fit.
fn over(seed: &Seed, profile: Profile, parts: &[(Class, MakeFit)], outside: f64) -> Result<Vec<Case>> {
    let instances = if profile == Profile::Quick { 3 } else { 20 };
    let case = |number: usize| -> Result<Case> {
        let mut case = Case::default();
        case.place.size = number;
        for &(class, fit) in parts {
            case.comparisons.push(spread(class, fit, outside, number, seed)?);
        }
        Ok(case)
    };
    (0..instances).map(case).collect()
}

fn alike(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let of_classes = [Class::Linear, Class::Units, Class::Table];
    let fits: [MakeFit; 3] = [square, sampled, labels];
    let parts: Vec<_> = of_classes.into_iter().flat_map(|class| fits.map(|fit| (class, fit))).collect();
    over(seed, profile, &parts, 0.0)
}

fn with_offset(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    over(seed, profile, &[(Class::Linear, square), (Class::Linear, labels)], 0.5)
}

fn of_hard_labels(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    over(seed, profile, &[(Class::Table, hard)], 0.0)
}

fn of_flips(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    over(seed, profile, &[(Class::Table, flipped)], 0.0)
}
