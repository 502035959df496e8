//! How many samples and rounds are needed: the least n for every T by the explicit bound (Theorems 5.3 and 6.2).

use serde::{Serialize, Serializer};

use crate::error::Result;
use crate::papers::check;
use crate::theory::iterative::{Setting, explicit};
use crate::theory::linear_softmax::{growing, realizable_radius};
use crate::theory::one_step::Class;

/// The least number of triples a round at which T rounds reach the target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// T.
    pub rounds: u32,
    /// n, the least at which the explicit bound is at most the target; `None` where there is none up to 10^300.
    #[serde(serialize_with = "whole")]
    pub samples: Option<f64>,
    /// n·T.
    #[serde(serialize_with = "whole")]
    pub total: Option<f64>,
    /// The explicit bound there.
    pub bound: Option<f64>,
    /// The bound's assumptions that the numbers given refute there: if any, the bound promises nothing.
    pub refuted: Vec<String>,
}

impl Plan {
    fn promised(&self) -> bool {
        self.samples.is_some() && self.refuted.is_empty()
    }
}

/// The plans for T = 1, 2, … and the best of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plans {
    /// One plan for every T.
    pub plans: Vec<Plan>,
    /// The plan of least n·T among those that keep their assumptions; where none does, among all.
    pub best: Option<Plan>,
    /// Whether the best plan keeps its assumptions, as far as the numbers given can tell.
    pub promised: bool,
    /// Why, or what stands in the way.
    pub reason: String,
}

/// A whole number as JSON writes it: without a fraction wherever a double holds it exactly.
fn whole<S: Serializer>(value: &Option<f64>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) if *value < 9_007_199_254_740_992.0 => serializer.serialize_some(&(*value as u64)),
        other => other.serialize(serializer),
    }
}

/// For every T up to `max_rounds` ≥ 1 the least n at which the explicit bound on F_T(δ) is at most `target` in (0, 1).
///
/// The bound falls with n wherever β does not rise: ε_n and C fall, and κ̄_{T−1} rises with C.
///
/// ```
/// use selfreward::theory::iterative::{Setting, explicit};
/// use selfreward::theory::one_step::{Class, Regularisation};
/// use selfreward::theory::plan::plan;
///
/// let (class, beta) = (Class::Finite { log_size: 8.0, range: 1.0 }, Regularisation::OverSqrtN(1.0));
/// let setting = Setting { class, beta, kappa0: 3.0, gamma: 1.0, mu: 0.3, rho: 0.1, excess: 1.0 };
/// let best = plan(&setting, 0.1, 0.5, 4)?.best.expect("there is one");
/// // The bound keeps the target there, and misses it with one triple fewer.
/// let n = best.samples.expect("it has a number");
/// assert!(explicit(&setting, n, best.rounds, 0.5)?.value() <= 0.1);
/// assert!(explicit(&setting, n - 1.0, best.rounds, 0.5)?.value() > 0.1);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn plan(setting: &Setting, target: f64, delta: f64, max_rounds: u32) -> Result<Plans> {
    let target = check::open_unit("target_failure", target)?;
    let delta = check::open_unit("delta", delta)?;
    setting.check()?;
    check::rounds(max_rounds)?;
    let plans: Vec<Plan> =
        (1..=max_rounds).map(|rounds| least_samples(setting, target, delta, rounds)).collect::<Result<_>>()?;
    let least = |keep: &dyn Fn(&Plan) -> bool| {
        plans
            .iter()
            .filter(|plan| plan.samples.is_some() && keep(plan))
            .min_by(|a, b| a.total.unwrap_or(f64::INFINITY).total_cmp(&b.total.unwrap_or(f64::INFINITY)))
            .cloned()
    };
    let best = least(&Plan::promised).or_else(|| least(&|_| true));
    let promised = best.as_ref().is_some_and(Plan::promised);
    let reason = reason(setting, &plans, best.as_ref(), target, delta)?;
    Ok(Plans { plans, best, promised, reason })
}

fn least_samples(setting: &Setting, target: f64, delta: f64, rounds: u32) -> Result<Plan> {
    let reached = |n: f64| setting.failure(n, rounds, delta).is_ok_and(|failure| failure <= target);
    let Some(n) = check::least_count(reached) else {
        return Ok(Plan { rounds, samples: None, total: None, bound: None, refuted: Vec::new() });
    };
    let bound = explicit(setting, n, rounds, delta)?;
    let refuted =
        bound.assumptions().iter().filter(|assumption| assumption.met == Some(false)).map(|a| a.name.clone()).collect();
    Ok(Plan { rounds, samples: Some(n), total: Some(n * f64::from(rounds)), bound: Some(bound.value()), refuted })
}

/// Why the best plan is promised, or what stands in the way of it.
fn reason(setting: &Setting, plans: &[Plan], best: Option<&Plan>, target: f64, delta: f64) -> Result<String> {
    let Some(Plan { rounds, samples: Some(n), total, refuted, .. }) = best else {
        return Ok(format!(
            "no n up to 1e300 reaches {target}: {}",
            largest_term(setting, check::MOST_SAMPLES, 1, delta)?
        ));
    };
    if refuted.is_empty() {
        return Ok(format!(
            "{n} triples in each of {rounds} rounds bring the explicit bound to {target}, and no other number of rounds \
             considered that keeps the assumptions does it with a smaller total{}; {}",
            cheaper_but_violated(plans, *total),
            largest_term(setting, *n, *rounds, delta)?
        ));
    }
    let (needed, advice) = match setting.class {
        Class::Linear { dim, .. } => (
            explicit(setting, *n, *rounds, delta)?.intermediate("least_radius").unwrap_or(f64::NAN),
            growing_class(setting, dim, target, delta)?,
        ),
        Class::Finite { .. } => (f64::NAN, String::new()),
    };
    Ok(format!(
        "realizability stands in the way: at n = {n}, T = {rounds} the targets pi_t^(1+1/beta) leave the ball, which needs a \
         radius of at least (1 + 1/beta)^T gamma/2 = {needed:.6} (violated: {}){advice}",
        refuted.join("; ")
    ))
}

/// The plans of a smaller total that break an assumption, in words.
fn cheaper_but_violated(plans: &[Plan], total: Option<f64>) -> String {
    let cheaper = plans.iter().filter(|plan| !plan.refuted.is_empty() && plan.total < total);
    let rounds: Vec<String> = cheaper.map(|plan| plan.rounds.to_string()).collect();
    if rounds.is_empty() { String::new() } else { format!(" (T = {} would, but violates them)", rounds.join(", ")) }
}

/// The larger of the two terms of the explicit bound, in words.
fn largest_term(setting: &Setting, n: f64, rounds: u32, delta: f64) -> Result<String> {
    let bound = explicit(setting, n, rounds, delta)?;
    let term = |name| bound.intermediate(name).unwrap_or(f64::NAN);
    let (statistical, regularisation) = (term("statistical_term"), term("regularisation_term"));
    let (name, size) = if statistical >= regularisation {
        ("statistical term (1 + excess) epsilon sqrt(kappa)/(gamma delta)", statistical)
    } else {
        ("regularisation term beta log(kappa)/(gamma delta)", regularisation)
    };
    Ok(format!("its largest part is the {name} = {size:.4e} at n = {n}, T = {rounds}"))
}

/// What a class that grows with the parameter would need at best: T = 1 from the least norm that has the margin,
/// ‖θ₀‖ = γ/2, in the ball of radius (1+1/β)‖θ₀‖.
fn growing_class(setting: &Setting, dim: f64, target: f64, delta: f64) -> Result<String> {
    let norm = 0.5 * setting.gamma;
    let reached = |n: f64| growing(setting, dim, norm, n, 1, delta).is_ok_and(|bound| bound.value() <= target);
    let Some(n) = check::least_count(reached) else { return Ok(String::new()) };
    let radius = realizable_radius(norm, setting.beta.at(n), 1)?;
    Ok(format!(
        "; one round needs at least n = {n} with a radius of {radius:.6}, at the least norm |theta_0| = gamma/2 that has this \
         margin, and more, about as (|theta_0|/gamma)^2, at a larger one"
    ))
}
