//! Lemmas J.1 and J.2 of the companion paper (C28).

use rand::RngExt;

use super::AUDIT;
use crate::Result;
use crate::claims::cases::{single, step_by_step};
use crate::claims::{Case, Claim, Comparison, Control, Statement, Trial};
use crate::metrics::named::{FOURTH_MOMENT, TAIL_EXCESS, TAIL_MEAN};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::theory::one_step::{fourth_moment, low_probability_mass, reward_tail, reward_tail_as_printed};

/// What the three claims share.
const BASE: Claim = Claim::exact("", "", "", AUDIT, Statement::Replicates(tail), &[]);

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C28.tail",
        says: "P[X > log(2𝒞) + s] ≤ e^{−s} for X = |Δ^{r̂}| under π_t and β ≤ 1",
        result: "companion's Lemma J.1, corrected",
        controls: &[Control::constructed(
            "C28.no-moment",
            "P[X > log 2 + s] ≤ e^{−s}: 𝒞 left out",
            tail_without_moment,
        )],
        ..BASE
    },
    Claim {
        id: "C28.printed",
        says: "P[X > log(2𝒞 + s)] ≤ e^{−s}",
        result: "companion's Lemma J.1, as printed",
        expected: Verdict::Violated,
        sources: &[],
        statement: Statement::Constructed(printed),
        note: "false: binary policies are enough",
        ..BASE
    },
    Claim {
        id: "C28.fourth-moment",
        says: "E X⁴ ≤ k⁴ + 4(k³ + 3k² + 6k + 6), k = log(2𝒞), β ≤ 1",
        result: "companion's Lemma J.2",
        statement: Statement::Replicates(moment),
        controls: &[FOURTH_POWER],
        ..BASE
    },
    Claim {
        id: "C28.low-probability",
        says: "P_{y~π}[π(y|x) ≤ e^{−τ}] ≤ K(x)e^{−τ}",
        result: "the tail of π_t itself",
        sources: &[],
        statement: Statement::Constructed(low_probability),
        controls: &[Control::constructed("C28.no-count", "the same without K(x)", low_probability_without_count)],
        ..BASE
    },
];

const FOURTH_POWER: Control = Control::constructed("C28.square", "E X⁴ ≤ k² with k = log(2𝒞)", moment_squared);

const BETA: &str = "β ≤ 1";

fn tail(trial: &Trial<'_>) -> Result<Option<Case>> {
    step_by_step(
        trial,
        BETA,
        |_| Ok(trial.beta() <= 1.0),
        |t| {
            let excess = trial.get(&TAIL_EXCESS, t + 1)?;
            Ok(vec![Comparison::unlimited(excess, 1.0, trial.rounding(t + 1, 1.0)?)])
        },
    )
}

fn moment(trial: &Trial<'_>) -> Result<Option<Case>> {
    step_by_step(
        trial,
        BETA,
        |_| Ok(trial.beta() <= 1.0),
        |t| {
            let mean = trial.get(&TAIL_MEAN, t + 1)?;
            // A mean that left the doubles bounds nothing.
            let bound = if mean.is_finite() { fourth_moment(mean.max(1.0))?.value() } else { f64::INFINITY };
            let tolerance = trial.rounding(t + 1, bound.min(f64::MAX))?;
            Ok(vec![Comparison::unlimited(trial.get(&FOURTH_MOMENT, t + 1)?, bound, tolerance)])
        },
    )
}

/// A binary reference (p, 1 − p) and a policy (q, 1 − q), β = 1: X is 0 with equal responses and |log(q/p) − log((1−q)/(1−p))|
/// with probability 2p(1−p).
struct Binary {
    probability: f64,
    size: f64,
    moment: f64,
}

impl Binary {
    fn new(p: f64, q: f64) -> Self {
        Self {
            probability: 2.0 * p * (1.0 - p),
            size: ((q / p).ln() - ((1.0 - q) / (1.0 - p)).ln()).abs(),
            moment: p * p / q + (1.0 - p) * (1.0 - p) / (1.0 - q),
        }
    }

    /// Random ones, the theory's counterexample first.
    fn many(seed: &Seed, profile: Profile) -> Vec<Self> {
        let mut rng = seed.rng(Purpose::Laws, 0, 0);
        let count = if profile == Profile::Quick { 200 } else { 2000 };
        let mut laws = vec![Self::new(0.01, 1e-4)];
        laws.extend((1..count).map(|_| {
            let p: f64 = rng.random_range(-7.0f64..-0.7).exp();
            Self::new(p, p.powf(rng.random_range(1.0..3.0)))
        }));
        laws
    }

    /// P[X > threshold].
    fn beyond(&self, threshold: f64) -> f64 {
        if self.size > threshold { self.probability } else { 0.0 }
    }
}

/// P[X > threshold(𝒞, s)] against e^{−s}, on a grid of s.
fn tails(laws: &[Binary], threshold: impl Fn(f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let case = |law: &Binary| {
        let compare = |s: f64| {
            let measured = law.beyond(threshold(law.moment, s)?);
            Ok(Comparison::probability(measured, (-s).exp(), 1e-15))
        };
        let comparisons = (0..200).map(|i| compare(0.5 * f64::from(i))).collect::<Result<_>>()?;
        Ok(Case { comparisons, ..Case::default() })
    };
    laws.iter().map(case).collect()
}

fn tail_without_moment(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    tails(&Binary::many(seed, profile), |_, s| Ok(reward_tail(1.0, s)?.value()))
}

fn printed(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    tails(&Binary::many(seed, profile), reward_tail_as_printed)
}

fn moment_squared(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let case = |law: Binary| {
        let k = (2.0 * law.moment).ln();
        single(Comparison::unlimited(law.probability * law.size.powi(4), k * k, 1e-12))
    };
    Ok(Binary::many(seed, profile).into_iter().map(case).collect())
}

/// Random policies with the probability of their rare responses at random thresholds; `factor` of K(x) in the bound.
fn rare(seed: &Seed, profile: Profile, bound: impl Fn(f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 200 } else { 2000 };
    (0..count)
        .map(|_| {
            let responses = rng.random_range(2..40);
            let logits: Vec<f64> = (0..responses).map(|_| rng.random_range(-3.0..3.0)).collect();
            let sum: f64 = logits.iter().map(|logit: &f64| logit.exp()).sum();
            let probabilities: Vec<f64> = logits.iter().map(|logit| logit.exp() / sum).collect();
            // The threshold at a probability that occurs: there the bound is closest.
            let threshold = probabilities[rng.random_range(0..probabilities.len())];
            let mass: f64 = probabilities.iter().filter(|p| **p <= threshold).sum();
            let bound = bound(f64::from(responses), -threshold.ln())?;
            Ok(single(Comparison::probability(mass, bound, 1e-12)))
        })
        .collect()
}

fn low_probability(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    rare(seed, profile, low_probability_mass)
}

fn low_probability_without_count(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    rare(seed, profile, |_, tau| low_probability_mass(1.0, tau))
}
