//! The square loss: Eqs. 106–108, facts F1, F2, F3, F5.

use rand_distr::{Distribution, StandardNormal};

use super::super::batch::Batch;
use super::super::pairs::SeenPair;
use super::aim::Aim;
use super::entry::{self, Entry};
use super::labels;
use super::population;
use super::projection::Seen;
use super::quadratic::Choice;
use super::spectral::{PairTarget, Spectral};
use super::{Cost, Fit, Fitted, Gains, Minimum, SampleSummary, Shape};
use crate::instance::{FeatureMap, Instance};
use crate::policy::Policy;
use crate::process::explore::choice;
use crate::process::{Loop, Sampling, Step};
use crate::seed::Purpose;
use crate::{Error, Result};

/// The empirical minimiser (ERM) of the square loss for n sampled triples, or the minimiser of the expected loss.
///
/// Without ridge and noise, where the reward is linear and the ball leaves room, it is the projection of fact F2; in the paper's loop
///
/// ```text
/// θ_{t+1} = (1+1/β) P_S θ_t + ν (θ_t − P_S θ_t)
/// ```
///
/// with S the span of the sampled differences and ν = 1 for the minimiser nearest to θ_t (less if the ball has no room for
/// it), ν = 0 for the one of least norm.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::Square;
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let samples = Loop { samples: 100, rounds: 3, ..Loop::default() };
/// let expectation = Loop { fit: Box::new(Square::population()), rounds: 3, ..Loop::default() };
/// for process in [samples, expectation] {
///     let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
///     // A self-reward has no noise, so one pair teaches what all do: ℓ' = (1 + 1/β)ℓ.
///     assert!((last.policy.head(0).margin - 8.0).abs() < 1e-12);
/// }
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Square {
    /// Which of the minimisers.
    pub choice: Choice,
    /// λ ≥ 0: λ‖θ − θ_ref‖² is added to the loss.
    pub ridge: f64,
    /// σ ≥ 0: independent Gaussian noise of this standard deviation on each sampled reward difference.
    pub judge_noise: f64,
    /// Whether the expected loss is minimised.
    pub population: bool,
}

impl Square {
    /// The minimiser of the expected loss: (1 + 1/β)θ_t in the paper's loop (fact F1, which scales as well what no difference sees: the
    /// policy is that of the nearest minimiser), and the one nearest to the reference in every other.
    pub fn population() -> Self {
        Self { population: true, ..Self::default() }
    }

    /// The gains, from the logarithms of curvatures (which do not enter without a ridge).
    fn gains(&self, step: &Step<'_>, log_curvature: &[f64], sample: SampleSummary) -> Option<Gains> {
        if step.radius.is_some() {
            return None;
        }
        // βg/(β²g + λ), so that small curvatures keep their digits.
        let gain = |log_g: f64| match self.ridge {
            0.0 => 1.0 / step.beta,
            ridge => 1.0 / (step.beta + ridge / step.beta * (-log_g).exp()),
        };
        let seen = || log_curvature.iter().map(|&log_g| gain(log_g));
        let nothing = sample.rank.map_or(sample.diverse == 0, |rank| rank == 0);
        let most = if nothing { 0.0 } else { seen().fold(0.0, f64::max) };
        let least = if sample.complete { seen().fold(f64::INFINITY, f64::min) } else { 0.0 };
        (sample.full_rank > 0).then_some(Gains { least, most })
    }

    fn is_spectral(&self) -> bool {
        self.ridge > 0.0 || self.judge_noise > 0.0
    }
}

/// The population update, by a name of its own.
pub(super) const POPULATION: Entry = Entry {
    name: "population",
    about: "the minimiser of the expected square loss",
    keys: &[entry::POPULATION],
    defaults: &[],
    make: |_| Ok(Box::new(Square::population())),
};

/// The empirical minimiser.
pub(super) const ERM: Entry = Entry {
    name: "erm",
    about: "the minimiser of the sampled square loss",
    keys: &[entry::POPULATION, entry::CHOICE, entry::RIDGE, entry::JUDGE_NOISE],
    defaults: &[("choice", "\"nearest\""), ("ridge", "0.0"), ("judge_noise", "0.0")],
    make: |process| {
        let (ridge, judge_noise) = (process.not_negative("ridge")?, entry::judge_noise(process)?);
        let (choice, population) = (entry::choice(process)?, process.switch("population"));
        Ok(Box::new(Square { choice, ridge, judge_noise, population }))
    },
};

impl Fit for Square {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        let (batches, reward) = (step.batches(), step.reward()?);
        let aim = Aim::of(step, &reward);
        if self.population {
            let theta = population::minimise(step, batches, &aim, self.ridge, self.choice)?;
            return Ok(Minimum::new(theta, None).into());
        }
        let vote = reward.vote.as_deref();
        if !self.is_spectral() && vote.is_none() && aim.remainder.is_none() {
            let seen = Seen::of_sample(step, batches, &aim);
            if let Some(theta) = seen.minimiser(step, &aim, self.choice) {
                let gains = self.gains(step, &[0.0], seen.summary);
                return Ok(Minimum { gains, ..Minimum::new(theta, Some(seen.summary)) }.into());
            }
        }
        if step.sampling == Sampling::Explore {
            return Err(choice::refusal("a vote of each pair, and a ball that binds, look at all pairs of a sample"));
        }
        let spectral = spectrum(step, batches, aim, vote, self.judge_noise, false);
        let solution = spectral.quadratic().minimise(step.beta, self.ridge, step.radius, self.choice);
        let gains = match step.instance.features() {
            FeatureMap::Dense(_) => self.gains(step, &spectral.quadratic().log_curvature, spectral.summary()),
            // Blocks in which nothing moves are left out there.
            FeatureMap::OneHot(_) => None,
        };
        Ok(Minimum { gains, ..Minimum::new(spectral.parameter(step, &solution), Some(spectral.summary())) }.into())
    }

    fn is_population(&self) -> bool {
        self.population
    }

    fn explores(&self) -> bool {
        !self.is_spectral()
    }

    fn check(&self, _process: &Loop, _instance: &Instance) -> Result<()> {
        for (name, value) in [("ridge", self.ridge), ("judge_noise", self.judge_noise)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::argument(format!("process.{name}"), value, "a finite number ≥ 0"));
            }
        }
        if self.population && self.judge_noise > 0.0 {
            let expected = "0: the expected loss has no sampled judge";
            return Err(Error::argument("process.judge_noise", self.judge_noise, expected));
        }
        Ok(())
    }

    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        let spectral = self.is_spectral() || shape.ball_may_bind;
        vec![if spectral { Cost::of_spectrum(shape) } else { Cost::of_span(shape) }]
    }
}

/// The sampled loss in its eigenbasis, with judge noise of standard deviation σ on each sampled difference (a pair seen N times carries
/// its mean, N(0, σ²/N)), and with a vote for each drawn pair where there are votes.
pub(super) fn spectrum(
    step: &Step<'_>,
    batches: &[Batch],
    mut aim: Aim<'_>,
    vote: Option<&Policy>,
    judge_noise: f64,
    whole: bool,
) -> Spectral {
    if vote.is_some() {
        // Each pair has a vote of its own; what stood for its mean goes.
        (aim.linear, aim.remainder) = (std::borrow::Cow::Owned(step.theta().zeros()), None);
    }
    let mut streams = Streams { prompt: usize::MAX, noise: None, votes: None };
    let mut target = |prompt: usize, pair: &SeenPair| {
        if streams.prompt != prompt {
            let rng = |purpose| step.seed.rng(purpose, step.round, prompt);
            let noise = (judge_noise > 0.0).then(|| rng(Purpose::Noise));
            let votes = vote.is_some().then(|| rng(Purpose::Labelling));
            streams = Streams { prompt, noise, votes };
        }
        let noise = streams.noise.as_mut().map_or(0.0, |rng| {
            let normal: f64 = StandardNormal.sample(rng);
            normal * judge_noise / (pair.count as f64).sqrt()
        });
        match (vote, &mut streams.votes) {
            (Some(law), Some(rng)) => noise + mean_vote(law, prompt, pair, rng),
            _ => noise,
        }
    };
    let target: &mut PairTarget<'_> = &mut target;
    Spectral::of_sample(step, batches, &aim, target, whole || judge_noise > 0.0)
}

/// Random streams of the prompt at hand.
struct Streams {
    prompt: usize,
    noise: Option<rand_chacha::ChaCha8Rng>,
    votes: Option<rand_chacha::ChaCha8Rng>,
}

/// The mean of 1{winner is y} − 1{winner is y'} over a pair's appearances, one vote each.
fn mean_vote(law: &Policy, prompt: usize, pair: &SeenPair, rng: &mut impl rand::Rng) -> f64 {
    let (for_a, for_b) = labels::votes(law, prompt, pair, rng);
    (for_a as f64 - for_b as f64) / pair.count as f64
}
