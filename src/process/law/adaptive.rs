//! The adaptive stopping rule N_μ: draws go on until the likeliest so far is likely enough for their number (Huang et
//! al., arXiv 2412.01951, Section 3 and Lemma I.1).
//!
//! N_μ = inf{k : max_{j≤k} π(y_j) ≥ μ/k}. A response of probability P stops the draws from time a = ⌈μ/P⌉ on, likelier
//! ones earlier. So time falls into phases, from one a to the next, in which the set of stopping responses stays the
//! same; with G the mass of the others, P(N_μ > k) = G^k inside a phase. At the start of a phase the new stopping
//! responses win as the best of k draws; later in it, and up to the start of the next, the k-th draw is the one that
//! stops, with probability ν(y) G^{k−1}: the time is geometric. All is summed in closed form, without a cut in time.

use rand::Rng;

use super::geometric::truncated_sum;
use super::levels::Levels;
use super::logs::{LogSum, log_hit, log_power};
use super::{Distribution, Law};
use crate::process::multinomial::binomial;
use crate::{Error, Result};

/// A time a counts as reached from this much below μ/P on, relative to it.
const EDGE: f64 = 1e-12;

/// The most draws that one candidate may take on average.
const MOST_DRAWS: f64 = 1e15;

/// Times between which the set of stopping responses stays the same.
#[derive(Clone, Copy, Debug)]
struct Phase {
    /// The first time, a.
    start: f64,
    /// log G, the mass of the responses that do not stop.
    log_going: f64,
    /// Number of draws from after the start up to the start of the next phase; +∞ in the last.
    length: f64,
    /// log Σ G^{k−1} over these draws.
    run: f64,
    /// The same summed over this and all later phases.
    runs: f64,
}

/// The law of the adaptive rule's candidates and of its times.
#[derive(Clone, Debug)]
pub struct Adaptive {
    /// The law of what is kept.
    pub law: Law,
    /// E N_μ, the mean number of draws of a candidate.
    pub mean_draws: f64,
    levels: Levels,
    phases: Vec<Phase>,
    /// The phase with whose start each level begins to stop.
    phase_of: Vec<usize>,
    /// log-probability of each level to win at that start.
    jump: Vec<f64>,
}

impl Adaptive {
    /// log P(N_μ > k).
    pub fn log_survival(&self, time: u64) -> f64 {
        let time = time as f64;
        let reached = self.phases.partition_point(|phase| phase.start <= time);
        if reached == 0 { 0.0 } else { log_power(time, self.phases[reached - 1].log_going) }
    }

    /// log P[N_μ = k, y is kept].
    pub fn log_joint(&self, time: u64, response: u32) -> f64 {
        let cell = self.levels.cells.find(response);
        let level = self.levels.level_of[cell];
        let start = self.phases[self.phase_of[level]].start;
        let time_as = time as f64;
        let log_level = if time_as < start {
            f64::NEG_INFINITY
        } else if time_as == start {
            self.jump[level]
        } else {
            self.levels.levels[level].mass + self.log_survival(time - 1)
        };
        log_level + self.levels.share[cell]
    }

    /// Draws how many draws `count` candidates took together, given that each of them is this response (a response of
    /// probability 0 is taken for one that is kept as soon as it may be). The cost does not grow with `count`.
    pub fn draws(&self, response: u32, count: u64, rng: &mut impl Rng) -> u128 {
        let level = self.levels.level_of[self.levels.cells.find(response)];
        let first = self.phase_of[level];
        let mass = self.levels.levels[level].mass;
        let scale = f64::max(self.jump[level], mass + self.phases[first].runs);
        let relative = |log: f64| if log == f64::NEG_INFINITY { 0.0 } else { (log - scale).exp() };
        let later = |phase: usize| self.phases.get(phase).map_or(0.0, |phase| relative(mass + phase.runs));
        let at_start = binomial(count, relative(self.jump[level]), later(first), rng);
        let mut sum = u128::from(at_start) * self.phases[first].start as u128;
        let mut left = count - at_start;
        for at in first..self.phases.len() {
            if left == 0 {
                break;
            }
            let phase = self.phases[at];
            let here = binomial(left, relative(mass + phase.run), later(at + 1), rng);
            // Where the lengths differ, above 2^62, the powers of G are 0.
            let length = phase.length.min(62f64.exp2()) as u64;
            sum += u128::from(here) * (phase.start as u128 + 1) + truncated_sum(here, phase.log_going, length, rng);
            left -= here;
        }
        // A count is left only where every weight behind it is 0.
        sum + u128::from(left) * self.phases[first].start as u128
    }
}

/// The law of the candidates that the stopping rule N_μ keeps: the likeliest of N_μ draws from `candidates`, where
/// likelihoods are those under `ranking`; a tie is broken in favour of the one drawn first.
///
/// μ/π(y) is rounded up to a whole number of draws with a tolerance of 1e-12 of it.
///
/// # Errors
/// [`Error::Argument`] for a μ that is not finite or not above 0; [`Error::TooLarge`] if a candidate takes more than
/// 10^15 draws on average, as it does where the ranking is all but 0 wherever the candidates are.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, adaptive};
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.75f64, 0.25].map(f64::ln));
/// let pi = Distribution::new(table.row(0));
/// let adaptive = adaptive(pi, pi, 1.0)?;
/// // The mode stops the draws from the second on, the other response from the fourth: 2 + P[N > 2] + P[N > 3] draws.
/// assert!((adaptive.mean_draws - (2.0 + 1.0 / 16.0 + 1.0 / 64.0)).abs() < 1e-14);
/// assert!((adaptive.law.log_prob(1).exp() - 1.0 / 256.0).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn adaptive(candidates: Distribution<'_>, ranking: Distribution<'_>, mu: f64) -> Result<Adaptive> {
    if !(mu.is_finite() && mu > 0.0) {
        return Err(Error::argument("adaptive", mu, "a finite number > 0"));
    }
    let levels = Levels::new(candidates, ranking);
    let count = levels.levels.len();
    let time = |rank: f64| ((mu.ln() - rank).exp() * (1.0 - EDGE)).ceil().max(1.0);
    let (mut phases, mut phase_of): (Vec<Phase>, _) = (Vec::new(), vec![0; count]);
    for j in (0..count).rev() {
        let start = time(levels.levels[j].rank);
        if phases.last().is_none_or(|phase| phase.start != start) {
            if let Some(last) = phases.last_mut() {
                last.length = start - last.start;
            }
            phases.push(Phase { start, log_going: 0.0, length: f64::INFINITY, run: 0.0, runs: 0.0 });
        }
        let log_going = if j == 0 { f64::NEG_INFINITY } else { levels.levels[j - 1].upto };
        phases.last_mut().expect("pushed above").log_going = log_going;
        phase_of[j] = phases.len() - 1;
    }
    let mut runs = LogSum::default();
    for at in (0..phases.len()).rev() {
        let lowest = phase_of.partition_point(|&phase| phase > at);
        let stopping = if lowest == 0 { 0.0 } else { levels.levels[lowest - 1].above };
        let phase = &mut phases[at];
        phase.run = if stopping == f64::NEG_INFINITY {
            phase.length.ln()
        } else {
            log_power(phase.start, phase.log_going) + log_hit(phase.length, stopping, phase.log_going) - stopping
        };
        runs.add(phase.run, 1.0);
        phase.runs = runs.value();
    }
    let mean_draws = phases[0].start + phases[0].runs.exp();
    if mean_draws.is_nan() || mean_draws > MOST_DRAWS {
        return Err(Error::TooLarge {
            what: format!("a candidate of the adaptive rule with mu = {mu}"),
            need: format!("{mean_draws:.1e} draws on average"),
            limit: "1e15 draws".into(),
        });
    }
    let starts = phase_of.iter().map(|&phase| phases[phase].start);
    let jump: Vec<f64> = levels.levels.iter().zip(starts).map(|(level, start)| level.best_of(start)).collect();
    let total = |j: usize| {
        let mass = levels.levels[j].mass;
        LogSum::of([(jump[j], 1.0), (mass + phases[phase_of[j]].runs, 1.0)]).value()
    };
    let kept: Vec<f64> = (0..count).map(total).collect();
    let law = levels.cells.law(levels.level_of.iter().zip(&levels.share).map(|(&level, share)| kept[level] + share));
    Ok(Adaptive { law, mean_draws, levels, phases, phase_of, jump })
}
