//! Laws of what is selected among draws (U3): the likeliest of N, of a stopping rule, the plurality, a gate's, one kept by its reward.

use super::laws::{check_draws, log_complement, log_sum, normalised};
use super::recursions::equal;
use crate::Result;
use crate::papers::check;

/// Draws of which all outcomes are summed, at most.
const MOST_DRAWS: f64 = 64.0;

/// Responses sorted upward into levels of equal probability.
struct Levels {
    /// The level of each response.
    of: Vec<usize>,
    /// log π of a response of each level.
    one: Vec<f64>,
    /// log mass of each level.
    mass: Vec<f64>,
}

impl Levels {
    fn of(logs: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..logs.len()).collect();
        order.sort_by(|&y, &z| logs[y].total_cmp(&logs[z]));
        let (mut of, mut one, mut members) = (vec![0; logs.len()], Vec::<f64>::new(), Vec::<Vec<f64>>::new());
        for y in order {
            match one.last_mut() {
                Some(last) if equal(*last, logs[y]) => *last = logs[y],
                _ => {
                    one.push(logs[y]);
                    members.push(Vec::new());
                }
            }
            of[y] = one.len() - 1;
            members[one.len() - 1].push(logs[y]);
        }
        let mass = members.into_iter().map(log_sum).collect();
        Self { of, one, mass }
    }

    /// log Q_{j−1}: mass of what lies below a level.
    fn below(&self, level: usize) -> f64 {
        log_sum(self.mass[..level].iter().copied())
    }

    /// log(Q_j^k − Q_{j−1}^k): all of k draws lie in the level or below, and not all below.
    fn best(&self, level: usize, k: f64) -> f64 {
        // What lies above says what Q_j lacks to 1.
        let above = log_sum(self.mass[level + 1..].iter().copied());
        let upto = if above < -0.7 { log_complement(above) } else { log_sum(self.mass[..=level].iter().copied()) };
        let share = self.below(level) - log_sum(self.mass[..=level].iter().copied());
        if self.mass[level] == f64::NEG_INFINITY { f64::NEG_INFINITY } else { k * upto + log_complement(k * share) }
    }

    /// A law by levels, shared inside a level in proportion to π.
    fn shared(&self, logs: &[f64], by_level: &[f64]) -> Vec<f64> {
        let dead = f64::NEG_INFINITY;
        let one = |y: usize| match self.of[y] {
            level if by_level[level] == dead || logs[y] == dead => dead,
            level => by_level[level] + (logs[y] - self.mass[level]),
        };
        normalised(&(0..logs.len()).map(one).collect::<Vec<_>>())
    }
}

/// The likeliest of n draws: Q'_j = Q_j^n on cumulative masses; at two responses 1 − p' = (1 − p)^n for the mode.
///
/// # Errors
/// [`crate::Error::Argument`] unless n is a whole number, at least 1.
///
/// ```
/// use selfreward::papers::loops::theory::selections::best_of;
///
/// let law = best_of(&[0.75f64.ln(), 0.25f64.ln()], 4.0)?;
/// assert!((law[1] - 4.0 * 0.25f64.ln()).abs() < 1e-13);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn best_of(logs: &[f64], n: f64) -> Result<Vec<f64>> {
    let (n, levels) = (check::count("best-of", n)?, Levels::of(logs));
    let by_level: Vec<f64> = (0..levels.one.len()).map(|level| levels.best(level, n)).collect();
    Ok(levels.shared(logs, &by_level))
}

/// The likeliest of N_μ draws, N_μ = inf{k: 1/max_{j≤k} π(y_j) ≤ k/μ}.
///
/// Level j comes out at the first k with p_j ≥ μ/k if all k draws are of it or below; at a later k if the k-th draw is of it and none before
/// would have stopped: Σ_s mass_j·Q(<μ/s)^s, where Q(<μ/s) is constant between the times at which levels below j begin to stop.
///
/// # Errors
/// [`crate::Error::Argument`] unless μ is a finite number above 0.
///
/// ```
/// use selfreward::papers::loops::theory::selections::adaptive;
///
/// // π = (3/4, 1/4), μ = 1: the second response is kept where the first four draws are all it.
/// let law = adaptive(&[0.75f64.ln(), 0.25f64.ln()], 1.0)?;
/// assert!((law[1] - 4.0 * 0.25f64.ln()).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn adaptive(logs: &[f64], mu: f64) -> Result<Vec<f64>> {
    let (mu, levels) = (check::positive("mu", mu)?, Levels::of(logs));
    // The first k with p ≥ μ/k, but for rounding of a quotient that is a whole number.
    let stops = |level: usize| (mu / levels.one[level].exp() * (1.0 - 1e-12)).ceil().max(1.0);
    let by_level: Vec<f64> = (0..levels.one.len()).map(|level| levels.adaptive(level, &stops)).collect();
    Ok(levels.shared(logs, &by_level))
}

impl Levels {
    fn adaptive(&self, level: usize, stops: &impl Fn(usize) -> f64) -> f64 {
        let first = stops(level);
        if !first.is_finite() {
            return f64::NEG_INFINITY;
        }
        let mut terms = vec![self.best(level, first)];
        // From s on, levels below `alive` have not begun to stop: level i stops from stops(i) on.
        let mut from = first;
        for alive in (1..=level).rev() {
            let until = stops(alive - 1);
            if until > from {
                let log = self.below(alive);
                // Σ_{s=from}^{until−1} q^s.
                let sum = from * log + log_complement((until - from) * log) - log_complement(log);
                terms.push(self.mass[level] + sum);
                from = until;
            }
        }
        log_sum(terms)
    }
}

/// Calls with every vector of counts of n draws and the logarithm of its probability.
fn each_count(logs: &[f64], n: u32, mut f: impl FnMut(&[u32], f64)) {
    let factorials: Vec<f64> = (0..=n)
        .scan(0.0, |sum, k| {
            *sum += f64::from(k.max(1)).ln();
            Some(*sum)
        })
        .collect();
    let mut counts = vec![0; logs.len()];
    walk(logs, &factorials, (0, n), factorials[n as usize], &mut counts, &mut f);
}

fn walk(
    logs: &[f64],
    factorials: &[f64],
    (y, left): (usize, u32),
    log: f64,
    counts: &mut [u32],
    f: &mut impl FnMut(&[u32], f64),
) {
    let add = |count: u32| if count == 0 { 0.0 } else { f64::from(count) * logs[y] - factorials[count as usize] };
    if y + 1 == logs.len() {
        counts[y] = left;
        f(counts, log + add(left));
        return;
    }
    for count in 0..=left {
        counts[y] = count;
        walk(logs, factorials, (y + 1, left - count), log + add(count), counts, f);
    }
}

/// The winner of the plurality of n draws, ties uniform; at two responses v_n(p).
///
/// # Errors
/// [`crate::Error::Argument`] unless n is a whole number from 1 to 64.
///
/// ```
/// use selfreward::papers::loops::theory::selections::plurality;
///
/// // All of three draws differ in 6·(1/27) of the cases, and otherwise one wins by two or three.
/// let law = plurality(&[(1f64 / 3.0).ln(); 3], 3.0)?;
/// assert!(law.iter().all(|log| (log.exp() - 1.0 / 3.0).abs() < 1e-14));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn plurality(logs: &[f64], n: f64) -> Result<Vec<f64>> {
    let n = check_draws(n, MOST_DRAWS)?;
    let mut terms = vec![Vec::new(); logs.len()];
    each_count(logs, n, |counts, log| {
        let most = counts.iter().copied().max().unwrap_or(0);
        let winners = counts.iter().filter(|count| **count == most).count() as f64;
        for (y, _) in counts.iter().enumerate().filter(|(_, count)| **count == most) {
            terms[y].push(log - winners.ln());
        }
    });
    Ok(normalised(&terms.into_iter().map(log_sum).collect::<Vec<_>>()))
}

/// A gate that takes up to R draws until one has π ≥ c, and else the last: π(1−(1−A)^R)/A on what is accepted, of mass A, and π(1−A)^{R−1}
/// elsewhere.
///
/// ```
/// use selfreward::papers::loops::theory::selections::gated;
///
/// let law = gated(&[0.75f64.ln(), 0.25f64.ln()], 0.5, 3.0);
/// assert!((law[1] - 3.0 * 0.25f64.ln()).abs() < 1e-13);
/// ```
pub fn gated(logs: &[f64], confidence: f64, tries: f64) -> Vec<f64> {
    let passes = |log: f64| log.exp() >= confidence;
    let accepted = log_sum(logs.iter().copied().filter(|log| passes(*log)).collect::<Vec<_>>());
    let refused = log_sum(logs.iter().copied().filter(|log| !passes(*log)).collect::<Vec<_>>());
    let kept = |log: f64| match () {
        () if passes(log) => log + log_complement(tries * refused) - accepted,
        () => log + (tries - 1.0) * refused,
    };
    normalised(&logs.iter().copied().map(kept).collect::<Vec<_>>())
}

/// One of n draws, kept in proportion to e^r: p' = pH, H(y) = E[n e^{r(y)}/(e^{r(y)} + Σ_{i<n} e^{r(y_i)})], y_i ~ p.
///
/// # Errors
/// [`crate::Error::Argument`] unless n is a whole number from 1 to 64.
///
/// ```
/// use selfreward::papers::loops::theory::laws::of_log_odds;
/// use selfreward::papers::loops::theory::selections::curated;
///
/// // Of one draw nothing is chosen.
/// let now = of_log_odds(0.3);
/// assert!((curated(&now, &[1.0, 0.0], 1.0)?[0] - now[0]).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn curated(logs: &[f64], reward: &[f64], n: f64) -> Result<Vec<f64>> {
    let n = check_draws(n, MOST_DRAWS)?;
    let mut terms = vec![Vec::new(); logs.len()];
    each_count(logs, n, |counts, log| {
        let weighed = |y: usize| f64::from(counts[y]).ln() + reward[y];
        let total = log_sum((0..counts.len()).filter(|&y| counts[y] > 0).map(weighed).collect::<Vec<_>>());
        for y in (0..counts.len()).filter(|&y| counts[y] > 0) {
            terms[y].push(log + weighed(y) - total);
        }
    });
    Ok(normalised(&terms.into_iter().map(log_sum).collect::<Vec<_>>()))
}
