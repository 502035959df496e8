//! Quantities that are measured where they are asked for: `measure.also`, `measure.levels`.
//!
//! A new one is a function and one line of the list below; `Needs` says where it can exist.

use std::cell::OnceCell;

use ndarray::Array1;

use super::labels::LabelNoise;
use super::misspecification::OwnStep;
use super::noise::Noise;
use super::plain_step::{PlainStep, length};
use super::{Quantity, Reader, correctness, flips, policy, step};
use crate::instance::{Correct, Instance, Parameter};
use crate::policy::Policy;
use crate::process::fit::{Data, Gains};
use crate::process::{Arrival, Loop, Round};
use crate::stats::Range;

/// A quantity that can be asked for.
#[derive(Clone, Copy)]
pub struct Also {
    /// The quantity.
    pub quantity: Quantity,
    /// Where it can exist.
    pub needs: Needs,
}

/// What a quantity asks of the instance and the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The instance's correct responses.
    Correct,
    /// A policy, that of round 0 too. A sum over all responses in each round.
    Policy,
    /// A step, of any loop.
    Step,
    /// A loop that draws responses.
    Draws,
    /// A loop that draws pairs of them.
    Pairs,
    /// A filter of prompts.
    Filter,
    /// A convex fit: logistic or likelihood.
    Convex,
    /// A likelihood. A sum over all responses in each round.
    Likelihood,
    /// The self-reward and the reference π_t, with a fit to differences of rewards. Least squares over all responses in each round, a cost
    /// of its own where the features are dense and have an offset.
    OwnSquareLoss,
    /// The same, and whitened differences of all pairs of responses: dearer by far where a prompt has many.
    OwnPairs,
    /// The self-reward and the reference π_t, with a fit to differences of rewards or to labels: whitened differences of all pairs.
    OwnDifferences,
    /// The self-reward and the reference π_t, with a logistic fit to Bradley–Terry labels without flips, dense features and no offset:
    /// whitened differences of all pairs.
    OwnLabels,
    /// Dense features. Sums over all pairs of responses and an SVD in each round.
    PlainSums,
}

macro_rules! also {
    ($($name:ident $range:ident $needs:ident $definition:literal = $measure:expr;)*) => {
        /// What was asked for, measured in one round; `None` where it was not, and where it does not exist.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct AlsoMetrics {
            $(#[doc = $definition] pub $name: Option<f64>,)*
            /// Accuracy at each of the asked levels.
            pub accuracy_level: Vec<Option<f64>>,
            /// E_x π_t(correct|x) at each of the asked levels.
            pub correct_probability_level: Vec<Option<f64>>,
        }

        /// All that can be asked for, in the order in which every output shows it.
        pub const QUANTITIES: &[Also] = &[$(Also {
            quantity: Quantity {
                name: stringify!($name),
                definition: $definition,
                range: Range::$range,
                read: Reader::Scalar(|m| m.also.as_ref().and_then(|also| also.$name)),
            },
            needs: Needs::$needs,
        },)*];

        /// Measures the quantities of these names, and what is asked for at these levels.
        pub fn measure(at: &At<'_>, names: &[&str], levels: &[i64]) -> AlsoMetrics {
            let measured = |name: &str, measure: fn(&At<'_>) -> Option<f64>| {
                if names.contains(&name) { measure(at) } else { None }
            };
            AlsoMetrics {
                $($name: measured(stringify!($name), $measure),)*
                accuracy_level: levels.iter().map(|&level| at.accuracy(level)).collect(),
                correct_probability_level: levels.iter().map(|&level| at.correct_probability(level)).collect(),
            }
        }
    };
}

also! {
    correct_probability SHARE Correct "J_t = E_x π_t(correct|x) over the prompts whose correct responses are known"
        = |at| at.of_correct(correctness::correct_probability);
    acceptance_condition AT_LEAST_ONE Correct "acceptance condition number E_x[1/π_t(correct|x)]"
        = |at| at.of_correct(correctness::acceptance_condition);
    circle_angle NON_NEGATIVE Correct "E_x arccos √π_t(correct|x), radians"
        = |at| at.of_correct(correctness::circle_angle);
    log_odds ANY Correct "E_x log(π_t(correct|x)/π_t(wrong|x)), nats"
        = |at| at.of_correct(correctness::log_odds);
    disagreement SHARE Policy "E_x[1 − Σ_y π_t(y|x)²]: probability that two answers differ"
        = |at| Some(policy::disagreement(at.weights(), &at.round.policy));
    step_drift SHARE Step "P_x[y*_t ≠ y*_{t−1}]"
        = |at| at.arrival().map(|arrival| policy::drift(at.weights(), &arrival.previous, &at.round.policy));
    drift_mass SHARE Step "least π_{t−1}(y*_t|x) over the prompts whose mode moved in the round"
        = |at| flips::drift_mass(at.weights(), &at.arrival()?.previous, &at.round.policy);
    flip_loss NON_NEGATIVE Step "E_x[1{y*_t ≠ y*_{t−1}} 2π(y*_{t−1})π(y*_t)(1+β)²(log π(y*_{t−1}) − log π(y*_t))²] under π = π_{t−1}, at most ε², nats²"
        = |at| Some(flips::flip_loss(at.weights(), &at.arrival()?.previous, &at.round.policy, at.process.beta));
    approximation_error NON_NEGATIVE OwnSquareLoss "ε_app: root of the least population loss that a step from π_{t−1} can have, nats"
        = |at| at.own_step().map(OwnStep::approximation_error);
    estimation_error NON_NEGATIVE OwnSquareLoss "e: distance of the round's step from the population's, in the metric of the loss (ε² = ε_app² + e²), nats"
        = |at| Some(at.own_step()?.estimation_error(&at.arrival()?.from, (&at.round.theta, &at.round.policy), at.process.beta));
    sharpened_share SHARE OwnSquareLoss "R²: part of the variance of log π_{t−1} that the features can follow"
        = |at| at.own_step()?.sharpened_share();
    population_flips SHARE OwnSquareLoss "P_x[y*_t ≠ mode of the population update from the same θ_{t−1} at the same β, without ridge]; absent with a ball"
        = |at| at.process.radius.is_none().then_some(())
            .and_then(|()| at.own_step())
            .zip(at.arrival())
            .map(|(own, arrival)| own.flips(&arrival.from, &at.round.policy, at.process.beta));
    step_length NON_NEGATIVE OwnSquareLoss "‖ψ‖_G: length of the population's step in the metric of the loss, nats"
        = |at| at.own_step().map(OwnStep::length);
    population_kappa AT_LEAST_ONE OwnSquareLoss "κ of the population update from the same θ_{t−1} at the same β, without ridge and ball"
        = |at| at.update().map(|update| policy::kappa(at.weights(), update));
    population_kl NON_NEGATIVE OwnSquareLoss "E_x KL(π°‖π) of the population update, nats"
        = |at| at.update().map(|update| policy::kl(at.weights(), update));
    population_gap NON_NEGATIVE OwnSquareLoss "performance gap of the population update, nats"
        = |at| at.update().zip(at.arrival()).map(|(update, arrival)| step::gap(at.weights(), &arrival.previous, update));
    difference_rank NON_NEGATIVE OwnDifferences "r: rank of G = E ΔφΔφᵀ under π_{t−1}"
        = |at| {
            let of_labels = || at.label_noise().map(|noise| noise.rank);
            at.noise().map(|noise| noise.rank).or_else(of_labels).map(|rank| rank as f64)
        };
    leverage NON_NEGATIVE OwnPairs "L: largest ‖Z‖² over pairs of positive probability under π_{t−1}, Z = G^{+½}Δφ"
        = |at| at.noise().map(|noise| noise.leverage);
    noise_trace NON_NEGATIVE OwnPairs "D = E ξ²‖Z‖²: limit of n e² of plain pairs, ξ the part of Δ log π_{t−1} that no step follows, nats²"
        = |at| at.noise().map(Noise::trace);
    noise_spread NON_NEGATIVE OwnPairs "λ: largest eigenvalue of E ξ²ZZᵀ, nats²"
        = |at| at.noise().map(Noise::spread);
    noise_square NON_NEGATIVE OwnPairs "Σλ_j² over the eigenvalues of E ξ²ZZᵀ: half the limit of the variance of n e², nats⁴"
        = |at| at.noise().map(Noise::square);
    noise_sup NON_NEGATIVE OwnPairs "V: largest |ξ|‖Z‖ over pairs of positive probability, nats"
        = |at| at.noise().map(|noise| noise.sup);
    kappa_deviation NON_NEGATIVE OwnPairs "limit of √n times the standard deviation of κ(π_t) given π_{t−1}"
        = |at| at.deviation(Noise::kappa_deviation);
    kl_deviation NON_NEGATIVE OwnPairs "limit of √n times the standard deviation of E_x KL(π°_t‖π_t) given π_{t−1}, nats"
        = |at| at.deviation(Noise::kl_deviation);
    gap_deviation NON_NEGATIVE OwnPairs "limit of √n times the standard deviation of the performance gap given π_{t−1}, nats"
        = |at| at.deviation(Noise::gap_deviation);
    predicted_flips SHARE OwnPairs "E_x Φ(−√n g/τ): expected share of modes that differ from the population update's, to leading order; absent without samples"
        = |at| at.predicted_flips();
    label_trace NON_NEGATIVE OwnLabels "tr(GI⁺), I = E σ'(Δ log π_{t−1}/τ)ΔφΔφᵀ: limit of n times the squared distance of β(θ_t − θ_{t−1}) from θ_{t−1}/τ in the metric of the loss (n ε² at τ = 1), nats²"
        = |at| at.label_noise().map(LabelNoise::trace);
    label_square NON_NEGATIVE OwnLabels "Σλ_j² over the eigenvalues of G^{½}I⁺G^{½}: half the limit of the variance of the same, nats⁴"
        = |at| at.label_noise().map(LabelNoise::square);
    gain_max NON_NEGATIVE OwnSquareLoss "largest βg/(β²g+λ) over the eigenvalues g of the round's Σ N/n ΔφΔφᵀ: share of θ_{t−1} that is added along a direction"
        = |at| at.gains().map(|gains| gains.most);
    gain_min NON_NEGATIVE OwnSquareLoss "least βg/(β²g+λ); 0 where a direction was not seen"
        = |at| at.gains().map(|gains| gains.least);
    draws NON_NEGATIVE Draws "responses drawn so far, those that a selection threw away and those of votes among them"
        = |at| at.arrival()?.so_far.draws;
    rank_losses NON_NEGATIVE Pairs "rounds so far whose seen differences had a lower rank than all of them"
        = |at| at.arrival()?.so_far.rank_losses.map(|rounds| rounds as f64);
    empty_filters NON_NEGATIVE Filter "rounds so far that changed nothing, since no prompt was left"
        = |at| Some(at.arrival()?.so_far.empty_filters as f64);
    at_infinity SHARE Convex "1 if the round's loss has no finite minimiser: θ_t is the one in the ball, or gives some response probability 0"
        = |at| Some(f64::from(u8::from(at.arrival()?.at_infinity)));
    gradient_norm NON_NEGATIVE Convex "norm of the gradient at the end of a convex fit, relative to the weight of the data"
        = |at| at.arrival()?.newton.map(|newton| newton.gradient_norm);
    condition_number AT_LEAST_ONE Convex "condition number of the rows √w Δφ at the end of a convex fit, from below; above 1e7 directions of little weight have lost digits"
        = |at| at.arrival()?.newton.map(|newton| newton.condition);
    newton_steps NON_NEGATIVE Convex "Newton steps of a convex fit"
        = |at| at.arrival()?.newton.map(|newton| newton.steps as f64);
    fit_divergence NON_NEGATIVE Likelihood "E_x KL(ν_{t−1}‖π_t): from the law of the responses that the likelihood fits to the fit, nats"
        = |at| at.arrival()?.fitted.as_ref().map(|law| step::divergence(at.weights(), &at.round.policy, law));
    reward_variance NON_NEGATIVE PlainSums "E_x Var log π_t, by a sum over pairs of responses, nats²"
        = |at| at.plain().map(PlainStep::reward_variance);
    fisher_max NON_NEGATIVE PlainSums "largest eigenvalue of F = E_x Cov φ under π_t, by an SVD"
        = |at| at.plain().map(|plain| plain.extremes().0);
    fisher_min NON_NEGATIVE PlainSums "least eigenvalue of F on the span of all feature differences"
        = |at| at.plain().map(|plain| plain.extremes().1);
    natural_step NON_NEGATIVE PlainSums "‖F⁺∇E_xH(π_θ)‖ at θ_t, by plain sums: length of natural-gradient descent on the entropy, at a step of 1"
        = |at| at.plain().map(|plain| length(&plain.natural()));
    natural_distance NON_NEGATIVE PlainSums "‖βP(θ_t − θ_{t−1}) + F⁺∇E_xH‖ with F and ∇E_xH at θ_{t−1}, P the projection onto the span of all feature differences"
        = |at| at.distance(|before| before.natural());
    gradient_distance NON_NEGATIVE PlainSums "‖βP(θ_t − θ_{t−1}) + ∇E_xH‖ with ∇E_xH at θ_{t−1}"
        = |at| at.distance(|before| -before.gradient());
    entropy_descent ANY PlainSums "−dE_xH(π_{θ+hψ})/dh at θ_t and h = 0 along ψ = −F⁺∇E_xH, by differences of entropies, nats²"
        = |at| at.plain().map(PlainStep::descent);
    parameter_probe ANY PlainSums "⟨u, Pθ_t⟩ for a fixed unit vector u, P the projection onto the span of all feature differences"
        = |at| at.plain().map(PlainStep::parameter_probe);
    offset_probe ANY PlainSums "⟨u, a_t⟩, a_t the least squares under π_t of the offset's differences on those of the features"
        = |at| Some(at.plain()?.probe(&at.plain()?.of_offset()?));
    offset_step NON_NEGATIVE PlainSums "‖a_t‖"
        = |at| Some(length(&at.plain()?.of_offset()?));
    null_distance NON_NEGATIVE PlainSums "‖(I − P)(θ_t − θ_0)‖: what moved across the span of all feature differences"
        = |at| at.plain().and_then(PlainStep::null_distance);
}

/// What is measured at each level of `measure.levels`.
pub const LEVEL_QUANTITIES: &[Quantity] = &[
    Quantity {
        name: "accuracy_level",
        definition: "accuracy over the prompts of one level",
        range: Range::SHARE,
        read: Reader::PerLevel(|m| m.also.as_ref().map(|also| &*also.accuracy_level)),
    },
    Quantity {
        name: "correct_probability_level",
        definition: "E_x π_t(correct|x) over the prompts of one level",
        range: Range::SHARE,
        read: Reader::PerLevel(|m| m.also.as_ref().map(|also| &*also.correct_probability_level)),
    },
];

/// The quantity of a name, if it is one that can be asked for.
pub fn named(name: &str) -> Option<&'static Also> {
    QUANTITIES.iter().find(|also| also.quantity.name == name)
}

/// A round that is measured.
#[derive(Debug)]
pub struct At<'a> {
    instance: &'a Instance,
    process: &'a Loop,
    round: &'a Round,
    own_step: OnceCell<Option<OwnStep<'a>>>,
    update: OnceCell<Option<Policy>>,
    noise: OnceCell<Option<Noise<'a>>>,
    label_noise: OnceCell<Option<LabelNoise>>,
    plain: OnceCell<Option<PlainStep<'a>>>,
    plain_before: OnceCell<Option<PlainStep<'a>>>,
}

impl<'a> At<'a> {
    /// A round of a loop on an instance.
    pub fn new(instance: &'a Instance, process: &'a Loop, round: &'a Round) -> Self {
        Self {
            instance,
            process,
            round,
            own_step: OnceCell::new(),
            update: OnceCell::new(),
            noise: OnceCell::new(),
            label_noise: OnceCell::new(),
            plain: OnceCell::new(),
            plain_before: OnceCell::new(),
        }
    }

    fn weights(&self) -> &'a [f64] {
        self.instance.weights()
    }

    fn arrival(&self) -> Option<&'a Arrival> {
        self.round.step.as_ref()
    }

    fn of_correct(&self, f: fn(&[f64], &crate::policy::Policy, &Correct) -> Option<f64>) -> Option<f64> {
        f(self.weights(), &self.round.policy, self.instance.correct()?)
    }

    fn is_at(&self, level: i64) -> Option<impl Fn(usize) -> bool + 'a> {
        let levels = self.instance.levels()?;
        Some(move |x: usize| levels[x] == level)
    }

    fn accuracy(&self, level: i64) -> Option<f64> {
        let (correct, at) = (self.instance.correct()?, self.is_at(level)?);
        correctness::accuracy_of(self.weights(), &self.round.policy, correct, at)
    }

    fn correct_probability(&self, level: i64) -> Option<f64> {
        let (correct, at) = (self.instance.correct()?, self.is_at(level)?);
        correctness::correct_probability_of(self.weights(), &self.round.policy, correct, at)
    }

    /// The gains of a round of self-rewarding.
    fn gains(&self) -> Option<Gains> {
        self.arrival().filter(|_| self.process.is_self_rewarding())?.gains
    }

    /// The population step of self-rewarding that the round's step is compared with; computed once.
    fn own_step(&self) -> Option<&OwnStep<'a>> {
        let compared = self.process.is_self_rewarding() && self.process.fit.data() == Data::Pairs;
        let step = || {
            let arrival = self.arrival().filter(|_| compared)?;
            Some(OwnStep::new(self.instance, &arrival.from, &arrival.previous))
        };
        self.own_step.get_or_init(step).as_ref()
    }

    /// Its policy; `None` with a ball, in which it may not lie.
    fn update(&self) -> Option<&Policy> {
        let update = || {
            let (own, arrival) = self.own_step().zip(self.arrival())?;
            self.process.radius.is_none().then(|| own.update(&arrival.from, self.process.beta))
        };
        self.update.get_or_init(update).as_ref()
    }

    /// What sampled steps scatter by about it; computed once.
    fn noise(&self) -> Option<&Noise<'a>> {
        self.noise.get_or_init(|| self.own_step().map(Noise::new)).as_ref()
    }

    /// What steps fitted to Bradley–Terry labels without flips scatter by; computed once.
    fn label_noise(&self) -> Option<&LabelNoise> {
        let noise = || {
            let temperature = self.process.fit.bradley_terry().filter(|_| self.process.is_self_rewarding())?;
            // With fixed logits the labels have in general another optimum than the rewards.
            let arrival = self.arrival().filter(|_| self.instance.offset().is_none())?;
            LabelNoise::new(self.instance, &arrival.previous, temperature)
        };
        self.label_noise.get_or_init(noise).as_ref()
    }

    fn deviation(&self, of: fn(&Noise<'a>, &Policy, f64) -> f64) -> Option<f64> {
        self.noise().zip(self.update()).map(|(noise, update)| of(noise, update, self.process.beta))
    }

    fn predicted_flips(&self) -> Option<f64> {
        let (noise, update) = self.noise().zip(self.update())?;
        let sampled = !self.process.fit.is_population();
        sampled.then(|| noise.flips(update, self.process.beta, self.process.samples as f64))
    }

    /// Plain sums at θ_t; computed once.
    fn plain(&self) -> Option<&PlainStep<'a>> {
        let at = || PlainStep::new(self.instance, &self.round.theta, &self.round.policy);
        self.plain.get_or_init(at).as_ref()
    }

    /// ‖βP(θ_t − θ_{t−1}) − v‖ for a vector v of the plain sums at θ_{t−1}.
    fn distance(&self, of: impl Fn(&PlainStep<'a>) -> Array1<f64>) -> Option<f64> {
        let arrival = self.arrival()?;
        let at = || PlainStep::new(self.instance, &arrival.from, &arrival.previous);
        let before = self.plain_before.get_or_init(at).as_ref()?;
        let (Parameter::Dense(from), Parameter::Dense(to)) = (&arrival.from, &self.round.theta) else { return None };
        Some(length(&(before.projected(&(to - from)) * self.process.beta - of(before))))
    }
}
