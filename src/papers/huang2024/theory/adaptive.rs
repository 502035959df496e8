//! The adaptive stopping rule N_μ = inf{k : 1/max_{j≤k} π(y_j) ≤ k/μ} (S5).

use super::best_of_n::Levels;
use crate::error::Result;
use crate::papers::Bound;
use crate::papers::check;

/// A time counts as reached from this much below μ/π on, relative to it.
const EDGE: f64 = 1e-12;

/// How long the rule goes on, and what it keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Law of the response that is kept.
    pub law: Vec<f64>,
    /// E N_μ.
    pub draws: f64,
    /// Probability that no response as likely as the mode is kept.
    pub miss: f64,
    /// a = ⌈μ/P*⌉: no draws stop before.
    pub first: f64,
    /// gP*, the mass of the g responses as likely as the mode.
    pub mode_mass: f64,
    /// g.
    pub modes: f64,
}

/// A run of times in which the same responses stop the draws.
struct Phase {
    /// The first time.
    start: f64,
    /// The mass of the responses that stop them.
    stopping: f64,
}

impl Phase {
    /// Σ_k G^k over times from `start` to before `end`, G = 1 − `stopping` the mass of the others.
    fn survival(&self, end: f64) -> f64 {
        if self.stopping >= 1.0 {
            return 0.0;
        }
        let log_going = (-self.stopping).ln_1p();
        (self.start * log_going).exp() * -((end - self.start) * log_going).exp_m1() / self.stopping
    }
}

/// The rule with draws from `law`, which also ranks them: P(N_μ > k) = Q(<μ/k)^k, Q(<a) the mass of responses less likely than a. At its
/// start ⌈μ/p_j⌉ level j is kept as the best of so many draws, later where it is the draw that stops.
///
/// # Errors
/// As [`Levels::new`]; [`crate::Error::Argument`] unless μ is a finite number above 0.
///
/// ```
/// use selfreward::papers::huang2024::theory::adaptive::stopping;
///
/// let rule = stopping(&[0.75, 0.25], 1.0)?;
/// // The mode stops the draws from the second on, the other response from the fourth.
/// assert!((rule.draws - (2.0 + 1.0 / 16.0 + 1.0 / 64.0)).abs() < 1e-14);
/// assert!((rule.law[1] - 1.0 / 256.0).abs() < 1e-16);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn stopping(law: &[f64], mu: f64) -> Result<Rule> {
    let mu = check::positive("mu", mu)?;
    let levels = Levels::new(law, law)?;
    let top = levels.mass.len() - 1;
    let start = |level: usize| (mu / levels.probability[level] * (1.0 - EDGE)).ceil().max(1.0);
    let first = start(top);
    // From the mode downward: in the phase of level j all levels from j on stop.
    let mut kept = vec![0.0; top + 1];
    let mut going = vec![0.0; top + 1];
    let mut later = 0.0;
    for level in 0..=top {
        // Impossible responses never stop.
        if levels.probability[level] > 0.0 {
            let phase = Phase { start: start(level), stopping: levels.mass[level] + levels.above[level] };
            let end = if level > 0 && levels.probability[level - 1] > 0.0 { start(level - 1) } else { f64::INFINITY };
            later += phase.survival(end);
            going[level] = later;
        }
    }
    for (level, kept) in kept.iter_mut().enumerate() {
        if levels.probability[level] > 0.0 {
            *kept = levels.best_of(level, start(level)) + levels.mass[level] * going[level];
        }
    }
    let shared = |(y, mass): (usize, &f64)| {
        let level = levels.of[y];
        if *mass == 0.0 { 0.0 } else { kept[level] * (mass / levels.mass[level]) }
    };
    Ok(Rule {
        law: law.iter().enumerate().map(shared).collect(),
        draws: first + going[top],
        // An empty sum is −0.
        miss: kept[..top].iter().sum::<f64>() + 0.0,
        first,
        mode_mass: levels.mass[top],
        modes: levels.of.iter().filter(|level| **level == top).count() as f64,
    })
}

/// a + (1−gP*)^a/(gP*), what E N_μ is at most.
pub fn most_draws(rule: &Rule) -> f64 {
    rule.first + most_miss(rule) / rule.mode_mass
}

/// (μ + 1/g)/P*, what that is at most (Lemma I.1).
pub fn most_draws_simply(rule: &Rule, mu: f64) -> f64 {
    (mu + 1.0 / rule.modes) / (rule.mode_mass / rule.modes)
}

/// (1−gP*)^a, what the probability to miss the mode is at most.
pub fn most_miss(rule: &Rule) -> f64 {
    if rule.mode_mass >= 1.0 { 0.0 } else { (rule.first * (-rule.mode_mass).ln_1p()).exp() }
}

/// e^{−gμ}, what that is at most (Lemma I.1).
pub fn most_miss_simply(rule: &Rule, mu: f64) -> f64 {
    (-rule.modes * mu).exp()
}

/// The adaptive rule (`adaptive-draws`, S5): the value is E N_μ.
///
/// * `law`: π, probabilities ≥ 0 that sum to 1 within 1e-9;
/// * `mu` = μ > 0.
///
/// # Errors
/// [`crate::Error::Argument`] for numbers out of range.
///
/// ```
/// use selfreward::papers::huang2024::theory::adaptive::adaptive_draws;
///
/// // One response: ⌈2.2⌉ draws, whatever is drawn.
/// assert_eq!(adaptive_draws(&[1.0], 2.2)?.value(), 3.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn adaptive_draws(law: &[f64], mu: f64) -> Result<Bound> {
    let rule = stopping(law, mu)?;
    Ok(Bound::new("adaptive-draws", rule.draws, false)
        .with("mode_mass", rule.mode_mass)
        .with("modes", rule.modes)
        .with("first_stop", rule.first)
        .with("draws_bound", most_draws(&rule))
        .with("draws_bound_simple", most_draws_simply(&rule, mu))
        .with("miss", rule.miss)
        .with("miss_bound", most_miss(&rule))
        .with("miss_bound_simple", most_miss_simply(&rule, mu))
        .with_list("law", rule.law)
        .assuming("the draws are independent; the rule looks at the probabilities that they have")
        .assuming("a tie among the likeliest goes to the one drawn first"))
}
