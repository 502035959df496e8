//! What the base policy is like: the numbers that bounds start from.

use super::output::short;
use super::{Found, Group, Measured, Options, Weighted, absent, finite};
use crate::instance::FeatureMap;
use crate::metrics::policy::{
    disagreement, entropy, failure, kappa, kappa_minus_one, kl, logit_rounding, margin, min_confidence,
};
use crate::metrics::step::{concentrability, excess};
use crate::policy::Policy;

/// Shares at which distributions over the prompts are told.
const QUANTILES: [(&str, f64); 3] = [("q05", 0.05), ("q25", 0.25), ("q50", 0.5)];

impl Measured {
    /// κ_0 = E_x[1/max π_0] (Eq. 5).
    ///
    /// # Errors
    /// [`Absent`](super::Absent) if it leaves the doubles.
    pub fn kappa0(&self) -> Found {
        finite(kappa(self.weights(), &self.policy))
    }

    /// γ_0, the least margin of π_0, nats.
    ///
    /// # Errors
    /// [`Absent`](super::Absent) where every prompt has one response.
    pub fn gamma(&self) -> Found {
        match margin(self.weights(), &self.policy) {
            f64::INFINITY => absent("every prompt has one response"),
            margin => Ok(margin),
        }
    }

    /// μ, the least confidence min_x max_y π_0(y|x).
    ///
    /// # Errors
    /// None today; [`Absent`](super::Absent) is the form of all numbers here.
    pub fn mu(&self) -> Found {
        finite(min_confidence(self.weights(), &self.policy))
    }

    /// The largest |log π_0(y|x) − log π_0(y'|x)|, nats.
    ///
    /// # Errors
    /// [`Absent`](super::Absent) where every prompt has one response.
    pub fn range(&self) -> Found {
        let of = |x: usize| {
            let row = self.policy.row(x);
            let ends = |(low, high): (f64, f64), (logit, _): (f64, f64)| (low.min(logit), high.max(logit));
            let (low, high) = row.levels().fold((f64::INFINITY, f64::NEG_INFINITY), ends);
            (row.responses() > 1).then_some(high - low)
        };
        match self.prompts().filter_map(|(x, _)| of(x)).reduce(f64::max) {
            Some(range) => finite(range),
            None => absent("every prompt has one response"),
        }
    }

    /// r̄ = √(C_{π/π_0}/κ_0) of the population update π from π_0 at β.
    ///
    /// # Errors
    /// [`Absent`](super::Absent) where the update cannot be told in doubles.
    pub fn excess(&self, beta: f64) -> Found {
        let updated = self.updated(beta)?;
        let concentrability = concentrability(self.weights(), &self.policy, &updated);
        finite(excess(concentrability, self.kappa0()?))
    }

    /// The policy of the population update.
    fn updated(&self, beta: f64) -> Found<Policy> {
        match (self.instance.features(), self.design().and_then(|design| design.followed.as_ref())) {
            (FeatureMap::Dense(_), Some(followed)) => {
                Ok(self.instance.policy(&followed.update(self.instance.base(), beta)?))
            }
            // Everything is followed: π_0^{1+1/β}.
            _ => {
                let logits = self.policy.logits().map(|logit| (1.0 + 1.0 / beta) * logit);
                Ok(Policy::from_logits(std::sync::Arc::new(logits)))
            }
        }
    }

    /// The confidence max π_0 of each prompt.
    pub(super) fn confidences(&self) -> Weighted {
        Weighted::of(self.prompts().map(|(x, p)| (1.0 / (1.0 + self.policy.head(x).tail), p)))
    }

    /// The margin of each prompt, nats; +∞ where there is one response.
    pub(super) fn margins(&self) -> Weighted {
        Weighted::of(self.prompts().map(|(x, p)| (self.policy.head(x).margin, p)))
    }

    /// H(π_0(·|x)) of each prompt, nats.
    pub(super) fn entropies(&self) -> Weighted {
        let of = |x: usize| {
            let head = self.policy.head(x);
            let spread = |(logit, count): (f64, f64)| {
                let prob = head.prob(logit);
                if prob > 0.0 { count * prob * (head.logit - logit) } else { 0.0 }
            };
            head.surprise() + self.policy.row(x).levels().map(spread).sum::<f64>()
        };
        Weighted::of(self.prompts().map(|(x, p)| (of(x), p)))
    }
}

pub(super) fn group(measured: &Measured, options: &Options) -> Group {
    let mut group = Group::new("base policy π_0");
    let (weights, policy) = (measured.weights(), measured.policy());
    group.number("kappa0", "condition number κ_0 = E_x[1/max π_0] (Eq. 5)", measured.kappa0());
    group.number("kappa0_minus_one", "κ_0 − 1, without cancellation", Ok(kappa_minus_one(weights, policy)));
    for delta in &options.deltas {
        let meaning = format!("failure rate P_x[max π_0 ≤ 1−δ] at δ = {delta}");
        group.number(format!("failure_{delta}"), meaning, Ok(failure(weights, policy, *delta)));
    }
    group.number("kl", "E_x log(1/max π_0), nats; at most log κ_0", Ok(kl(weights, policy)));
    group.number("gamma", "least margin γ_0 = min_x [log π_0(y*) − log π_0(second)], nats", measured.gamma());
    let margins = measured.margins();
    for (name, q) in QUANTILES {
        let meaning = format!("margin that {} of the prompts do not exceed, nats", share(q));
        group.number(format!("margin_{name}"), meaning, quantile(&margins, q, "those prompts have one response"));
    }
    group.number("mu", "least confidence μ = min_x max π_0", measured.mu());
    let confidences = measured.confidences();
    for (name, q) in QUANTILES {
        let meaning = format!("max π_0 that {} of the prompts do not exceed", share(q));
        group.number(format!("confidence_{name}"), meaning, quantile(&confidences, q, "there are no prompts"));
    }
    group.number(
        "range",
        "largest |log π_0(y) − log π_0(y')|, nats: R of a class is no less, if π_0 is in it",
        measured.range(),
    );
    group.number(
        "excess",
        format!("r̄ = √(C_(π/π_0)/κ_0) of the population update π at β = {}", short(options.beta, 4)),
        measured.excess(options.beta),
    );
    group.number("entropy", "E_x H(π_0(·|x)), nats", Ok(entropy(weights, policy)));
    let entropies = measured.entropies();
    for (name, q) in [("q05", 0.05), ("q50", 0.5), ("q95", 0.95)] {
        let meaning = format!("entropy that {} of the prompts do not exceed, nats", share(q));
        group.number(format!("entropy_{name}"), meaning, quantile(&entropies, q, "there are no prompts"));
    }
    group.number(
        "disagreement",
        "E_x[1 − Σ_y π_0²]: probability that two answers differ",
        Ok(disagreement(weights, policy)),
    );
    let rounding = logit_rounding(measured.instance(), measured.instance().base());
    let within = |most: f64| {
        let tied = measured.prompts().filter(move |(x, _)| policy.head(*x).margin <= most);
        tied.fold((0, 0.0), |(count, sum), (_, p)| (count + 1, sum + p))
    };
    let ((ties, weight), (near, _)) = (within(0.0), within(rounding));
    group.count("ties", "prompts whose y* is not unique (the first of them counts)", ties);
    group.number("ties_weight", "their share, by p(x)", Ok(f64::min(weight, 1.0)));
    group.count("near_ties", "prompts whose margin is no larger than the rounding of a logit difference", near);
    group
}

fn share(q: f64) -> String {
    format!("{}%", short(100.0 * q, 4))
}

fn quantile(values: &Weighted, q: f64, none: &str) -> Found {
    match values.quantile(q) {
        Some(value) if value.is_finite() => Ok(value),
        _ => absent(none),
    }
}
