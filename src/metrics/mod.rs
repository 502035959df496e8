//! What is measured: exact sums over the instance, never estimates.
//!
//! [`policy`] holds the quantities that speak of one policy π_t, [`step`] those of the step from π_t to π_{t+1}; both are listed
//! in [`QUANTITIES`]. On request only are measured those of the proof's steps, in [`chain`] and [`chain::QUANTITIES`], and those of
//! [`also`] and [`also::QUANTITIES`]. Tables, JSON, CSV and figures take names, order and meaning from these lists; [`Wanted`] says
//! which of them a run measures.
//!
//! Expectations and probabilities over x weigh prompts by p(x); extrema run over prompts with p(x) > 0.

pub mod also;
pub mod chain;
pub mod correctness;
pub mod flips;
pub mod labels;
pub mod misspecification;
pub mod named;
pub mod noise;
mod pass;
pub mod plain_step;
pub mod policy;
pub mod step;

use crate::decoding::greedy_decode;
use crate::instance::Instance;
use crate::policy::Policy;
use crate::process::Round;
use crate::stats::Range;
use crate::threads::{both, shares};

/// Everything measured in one round of one replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// t.
    pub t: usize,
    /// Quantities of π_t.
    pub policy: PolicyMetrics,
    /// Quantities of the step from t − 1 to t; `None` at t = 0.
    pub step: Option<StepMetrics>,
    /// The proof's steps from t − 1 to t; `None` at t = 0 and where they are not asked for.
    pub chain: Option<chain::ChainMetrics>,
    /// What else was asked for.
    pub also: Option<Box<also::AlsoMetrics>>,
}

/// Quantities of one policy π_t; each is defined at the function of the same name in [`policy`], `base_failure` and
/// `base_probability` at [`policy::comparator_failure`] and [`policy::comparator_probability`], `greedy_modal` and `greedy_base`
/// at [`policy::decoding_success`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "documented at the functions of the same names")]
pub struct PolicyMetrics {
    pub kappa: f64,
    pub kappa_minus_one: f64,
    pub failure: Vec<f64>,
    pub base_failure: Vec<f64>,
    pub drift: f64,
    pub margin: f64,
    pub min_confidence: f64,
    pub entropy: f64,
    pub kl: f64,
    pub accuracy: Option<f64>,
    pub base_probability: f64,
    pub greedy_modal: Option<f64>,
    pub greedy_base: Option<f64>,
    pub theta_norm: f64,
    pub cosine: Option<f64>,
    pub logit_rounding: f64,
}

/// Quantities of one step from π_{t−1} to π_t; each is defined at the function of the same name in [`step`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "documented at the functions of the same names")]
pub struct StepMetrics {
    pub comparator_failure: Vec<f64>,
    pub gap: f64,
    pub concentrability: f64,
    pub excess: f64,
    pub population_loss: f64,
    pub rank_fraction: Option<f64>,
    pub diversity: Option<f64>,
}

/// Measures a round, all but what is measured on request; `base` is π_0, `deltas` the list of δ.
pub fn measure(instance: &Instance, base: &Policy, round: &Round, beta: f64, deltas: &[f64]) -> Measurement {
    let weights = instance.weights();
    let current = &*round.policy;
    let decoded: Option<Vec<u32>> =
        instance.tokens().map(|tokens| (0..weights.len()).map(|x| greedy_decode(current, tokens, x)).collect());
    let greedy_finds = |policy: &Policy| {
        let decoded = decoded.as_deref()?;
        Some(policy::decoding_success(weights, decoded, policy))
    };
    let previous = round.step.as_ref().map(|arrival| &*arrival.previous);
    let policies = pass::Policies { base, current, previous };
    let sums = || pass::sums(instance, policies, beta, deltas);
    let lengths = || round.theta.norm_and_cosine(instance.base());
    let (sums, (theta_norm, cosine)) = if shares(weights.len()) { both(sums, lengths) } else { (sums(), lengths()) };
    let policy = PolicyMetrics {
        kappa: 1.0 + sums.kappa_minus_one,
        kappa_minus_one: sums.kappa_minus_one,
        failure: sums.failure,
        base_failure: sums.base_failure,
        drift: sums.drift,
        margin: sums.margin,
        min_confidence: sums.min_confidence,
        entropy: sums.entropy,
        kl: sums.kl,
        accuracy: instance.correct().and_then(|correct| policy::accuracy(weights, current, correct)),
        base_probability: sums.base_probability,
        greedy_modal: greedy_finds(current),
        greedy_base: greedy_finds(base),
        theta_norm,
        cosine: cosine.is_finite().then_some(cosine),
        logit_rounding: policy::rounding(instance, &round.theta, theta_norm),
    };
    let step = round.step.as_ref().zip(sums.step).map(|(arrival, sums)| {
        let sample = arrival.sample.as_ref();
        StepMetrics {
            comparator_failure: sums.comparator_failure,
            gap: sums.gap,
            concentrability: sums.concentrability,
            excess: step::excess(sums.concentrability, sums.kappa_before),
            population_loss: sums.population_loss,
            rank_fraction: sample.and_then(step::rank_fraction),
            diversity: sample.map(step::diversity),
        }
    });
    Measurement { t: round.t, policy, step, chain: None, also: None }
}

/// How to read a quantity out of a measurement.
#[derive(Clone, Copy)]
pub enum Reader {
    /// One value, `None` where the quantity does not exist.
    Scalar(fn(&Measurement) -> Option<f64>),
    /// One value for each δ.
    PerDelta(fn(&Measurement) -> Option<&[f64]>),
    /// One value for each level, `None` where the quantity does not exist.
    PerLevel(fn(&Measurement) -> Option<&[Option<f64>]>),
}

/// A measured quantity: its name in every output, and what it is.
#[derive(Clone, Copy)]
pub struct Quantity {
    /// Name in JSON and CSV.
    pub name: &'static str,
    /// Definition in one line.
    pub definition: &'static str,
    /// Where its values lie.
    pub range: Range,
    /// How to read it.
    pub read: Reader,
}

impl Quantity {
    /// The quantity of a column's name, such as `kappa` or `failure_0.5`.
    pub fn of_column(column: &str) -> Option<&'static Self> {
        every_quantity().find(|quantity| quantity.has_column(column))
    }

    /// Whether a column of this name is its own.
    pub fn has_column(&self, column: &str) -> bool {
        let index = column.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('_'));
        match self.read {
            Reader::Scalar(_) => self.name == column,
            Reader::PerDelta(_) => index.is_some_and(|delta| delta.parse::<f64>().is_ok()),
            Reader::PerLevel(_) => index.is_some_and(|level| level.parse::<i64>().is_ok()),
        }
    }

    /// Its unit, with which the definition ends; `None` for pure numbers.
    pub fn unit(&self) -> Option<&'static str> {
        self.definition.rsplit_once(", ").map(|(_, unit)| unit).filter(|unit| unit.starts_with("nats"))
    }
}

macro_rules! policy_scalar {
    ($name:ident, $range:ident, $definition:literal) => {
        Quantity {
            name: stringify!($name),
            definition: $definition,
            range: Range::$range,
            read: Reader::Scalar(|m| Some(m.policy.$name)),
        }
    };
}

macro_rules! step_scalar {
    ($name:ident, $range:ident, $definition:literal) => {
        Quantity {
            name: stringify!($name),
            definition: $definition,
            range: Range::$range,
            read: Reader::Scalar(|m| m.step.as_ref().map(|step| step.$name)),
        }
    };
}

/// What a run measures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// The list of δ.
    pub deltas: Vec<f64>,
    /// Whether the proof's chain is measured.
    pub chain: bool,
    /// Names of [`also::QUANTITIES`].
    pub also: Vec<&'static str>,
    /// The levels at which [`also::LEVEL_QUANTITIES`] are measured.
    pub levels: Vec<i64>,
}

impl Wanted {
    /// The quantities that are always measured, those of the chain, and the others that are asked for; each in its list's order.
    pub fn quantities(&self) -> impl Iterator<Item = &'static Quantity> + '_ {
        let asked = also::QUANTITIES.iter().map(|also| &also.quantity);
        quantities(self.chain)
            .chain(asked.filter(|quantity| self.also.contains(&quantity.name)))
            .chain(if self.levels.is_empty() { &[] } else { also::LEVEL_QUANTITIES })
    }

    /// The number of its columns.
    pub fn columns(&self) -> usize {
        let of = |quantity: &Quantity| match quantity.read {
            Reader::Scalar(_) => 1,
            Reader::PerDelta(_) => self.deltas.len(),
            Reader::PerLevel(_) => self.levels.len(),
        };
        self.quantities().map(of).sum()
    }

    /// Whether something beyond the chain is asked for.
    pub fn asks(&self) -> bool {
        !self.also.is_empty() || !self.levels.is_empty()
    }

    /// Adds what another run measures.
    pub fn add(&mut self, other: &Self) {
        fn extend<T: Copy + PartialEq>(list: &mut Vec<T>, more: &[T]) {
            let new = more.iter().filter(|value| !list.contains(value)).copied().collect::<Vec<_>>();
            list.extend(new);
        }
        extend(&mut self.deltas, &other.deltas);
        extend(&mut self.also, &other.also);
        extend(&mut self.levels, &other.levels);
        self.chain |= other.chain;
    }
}

/// The quantities that are always measured, in their order, then those of the chain, if they are asked for.
pub fn quantities(chain: bool) -> impl Iterator<Item = &'static Quantity> {
    QUANTITIES.iter().chain(if chain { chain::QUANTITIES } else { &[] })
}

/// All quantities that some configuration measures.
pub fn every_quantity() -> impl Iterator<Item = &'static Quantity> {
    quantities(true).chain(also::QUANTITIES.iter().map(|also| &also.quantity)).chain(also::LEVEL_QUANTITIES)
}

/// The quantities that are always measured, in the order in which every output shows them.
pub const QUANTITIES: &[Quantity] = &[
    policy_scalar!(kappa, AT_LEAST_ONE, "policy condition number E_x[1/max_y π_t(y|x)] (Eq. 5)"),
    Quantity {
        name: "failure",
        definition: "failure rate P_x[π_t(y*_t|x) ≤ 1−δ]",
        range: Range::SHARE,
        read: Reader::PerDelta(|m| Some(&m.policy.failure)),
    },
    Quantity {
        name: "base_failure",
        definition: "base failure P_x[π_t(y*_0|x) ≤ 1−δ]",
        range: Range::SHARE,
        read: Reader::PerDelta(|m| Some(&m.policy.base_failure)),
    },
    policy_scalar!(drift, SHARE, "drift P_x[y*_t ≠ y*_0]"),
    policy_scalar!(margin, NON_NEGATIVE, "least margin min_x [log π_t(y*_t|x) − max_{y≠y*_t} log π_t(y|x)], nats"),
    policy_scalar!(min_confidence, SHARE, "least confidence min_x max_y π_t(y|x)"),
    policy_scalar!(entropy, NON_NEGATIVE, "entropy E_x H(π_t(·|x)), nats"),
    policy_scalar!(kl, NON_NEGATIVE, "E_x KL(π°_t‖π_t) = E_x log(1/max_y π_t(y|x)), nats"),
    Quantity {
        name: "accuracy",
        definition: "accuracy P_x[y*_t is correct] over the prompts whose correct responses are known",
        range: Range::SHARE,
        read: Reader::Scalar(|m| m.policy.accuracy),
    },
    policy_scalar!(base_probability, SHARE, "base probability E_x π_t(y*_0|x)"),
    Quantity {
        name: "greedy_modal",
        definition: "P_x[greedy decoding of π_t finds y*_t], token sequences only (Proposition 4.3)",
        range: Range::SHARE,
        read: Reader::Scalar(|m| m.policy.greedy_modal),
    },
    Quantity {
        name: "greedy_base",
        definition: "P_x[greedy decoding of π_t finds y*_0], token sequences only",
        range: Range::SHARE,
        read: Reader::Scalar(|m| m.policy.greedy_base),
    },
    policy_scalar!(theta_norm, NON_NEGATIVE, "‖θ_t‖₂"),
    Quantity {
        name: "cosine",
        definition: "cosine of the angle between θ_t and θ_0",
        range: Range::COSINE,
        read: Reader::Scalar(|m| m.policy.cosine),
    },
    policy_scalar!(kappa_minus_one, NON_NEGATIVE, "κ(π_t) − 1, without cancellation"),
    policy_scalar!(
        logit_rounding,
        NON_NEGATIVE,
        "rounding of a logit difference in doubles, 2^-52 ‖θ_t‖ max‖Δφ‖ (one-hot: 2^-52 of the largest logit)"
    ),
    Quantity {
        name: "comparator_failure",
        definition: "comparator failure P_x[π_t(y*_{t−1}|x) ≤ 1−δ] (Lemma C.1)",
        range: Range::SHARE,
        read: Reader::PerDelta(|m| m.step.as_ref().map(|step| &*step.comparator_failure)),
    },
    step_scalar!(gap, NON_NEGATIVE, "performance gap J_{t−1}(π°_{t−1}) − J_{t−1}(π_t), nats"),
    step_scalar!(concentrability, AT_LEAST_ONE, "concentrability C_{π_t/π_{t−1}} = E_x Σ_y π_t²/π_{t−1}"),
    step_scalar!(excess, NON_NEGATIVE, "√(C_{π_t/π_{t−1}} / κ_{t−1})"),
    step_scalar!(
        population_loss,
        NON_NEGATIVE,
        "population loss ε² = E(β Δlog(π_t/π_{t−1}) − Δlog π_{t−1})² over pairs from π_{t−1}, of the self-reward whatever the loop's reward, nats²"
    ),
    Quantity {
        name: "rank_fraction",
        definition: "rank of the sampled span over the rank of all feature differences",
        range: Range::SHARE,
        read: Reader::Scalar(|m| m.step.as_ref().and_then(|step| step.rank_fraction)),
    },
    Quantity {
        name: "diversity",
        definition: "fraction of triples with y ≠ y'",
        range: Range::SHARE,
        read: Reader::Scalar(|m| m.step.as_ref().and_then(|step| step.diversity)),
    },
];
