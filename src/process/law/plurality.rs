//! Plurality voting: the law of the answer that N draws give most often, ties broken uniformly.
//!
//! The answer y wins with c votes if no other has more, and with probability 1/(1+k) if k others have as many. Since
//! 1/(1+k) = ∫_0^1 s^k ds,
//!
//! ```text
//! P[y wins] = Σ_c N! (p_y^c/c!) ∫_0^1 [z^{N−c}] Π_{y'≠y} ( Σ_{j<c} (p_y' z)^j/j! + s (p_y' z)^c/c! ) ds,
//! ```
//!
//! a polynomial in s of degree at most N/c − 1, which a Gauss–Legendre rule integrates exactly. For every c the series
//! are tilted, z = R u, so that N − c is about the mean count of the product (a saddle point), and normalised; what
//! falls below 1e-60 of them is left out, and a response for which that could matter gets a tilt of its own. R^{c−N}
//! times the product of the norms bounds what c can contribute, so that only values of c are worked out that matter for
//! some response.

use statrs::function::factorial::ln_factorial;

use super::cells::Cells;
use super::counts::{Capped, coefficient, product};
use super::gauss::gauss_legendre;
use super::logs::LogSum;
use super::{Distribution, Law};
use crate::instance::Instance;
use crate::{Error, Result};

/// The most (distinct probabilities)·N³ that is taken on: some seconds.
const MOST_WORK: f64 = 2e10;

/// The most votes that are asked for: two responses of different probability reach the most work that is taken on a little above.
pub const MOST_VOTES: u64 = 2000;

/// A coefficient above this has lost nothing to what was left out.
const RESOLVED: f64 = 1e-30;

/// Terms below e^−40 of a sum do not change it.
const NOTHING: f64 = 40.0;

/// The law of the plurality answer of `votes` independent draws from `candidates`; a tie is broken uniformly. Even
/// numbers are allowed.
///
/// Relative errors of the probabilities are about 1e-13 at N = 64 and 1e-12 at N = 1000. The cost is at most of the
/// order of G·N³ for G distinct probabilities; the rest counts as one, whatever its size.
///
/// # Errors
/// [`Error::Argument`] for no votes; [`Error::TooLarge`] where G·N³ exceeds 2·10^10: N = 2000 for two probabilities,
/// 1000 for 20, 270 for 1000.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, plurality};
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.7f64, 0.3].map(f64::ln));
/// let pi = Distribution::new(table.row(0));
/// let law = plurality(pi, 3)?;
/// // Two of three, or all three.
/// assert!((law.log_prob(0).exp() - (3.0 * 0.49 * 0.3 + 0.343)).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn plurality(candidates: Distribution<'_>, votes: u64) -> Result<Law> {
    if votes == 0 {
        return Err(Error::argument("vote_of", votes, "a whole number, at least 1"));
    }
    let cells = Cells::of(candidates);
    let (groups, group_of) = groups_of(&cells);
    affordable(votes, groups.len())?;
    let wins = if groups.len() == 1 { vec![groups[0].log_prob] } else { Election::new(&groups, votes as usize).wins() };
    let log_probs: Vec<f64> =
        group_of.iter().map(|group| group.map_or(f64::NEG_INFINITY, |g: usize| wins[g])).collect();
    // Rounding aside the law sums to one; over many rounds it has to.
    Ok(cells.normalised(&log_probs))
}

/// Checks a number of votes.
///
/// # Errors
/// [`Error::Argument`] with its key.
pub(in crate::process) fn check_votes(key: &str, votes: u64) -> Result<()> {
    if (1..=MOST_VOTES).contains(&votes) {
        return Ok(());
    }
    Err(Error::argument(key, votes, format!("a whole number from 1 to {MOST_VOTES}")))
}

/// Checks that a number of votes can be counted on the base policy of an instance. A later policy may have more distinct probabilities,
/// where samples tell apart what the base policy does not; that is an error of its round.
///
/// # Errors
/// [`Error::Argument`] with its key.
pub(in crate::process) fn check_votes_on(key: &str, votes: u64, instance: &Instance) -> Result<()> {
    let policy = instance.policy(instance.base());
    let prompts = (0..policy.prompts()).filter(|&x| instance.weights()[x] > 0.0);
    let distinct = prompts.map(|x| groups_of(&Cells::of(Distribution::of(&policy, x))).0.len()).max().unwrap_or(1);
    affordable(votes, distinct).map_err(|_| {
        let most = (MOST_WORK / distinct as f64).cbrt().floor();
        Error::argument(key, votes, format!("at most {most} where a prompt has {distinct} distinct probabilities"))
    })
}

/// Refuses what would take too long.
fn affordable(votes: u64, distinct: usize) -> Result<()> {
    let work = distinct as f64 * (votes as f64).powi(3);
    if distinct < 2 || work <= MOST_WORK {
        return Ok(());
    }
    Err(Error::TooLarge {
        what: format!("the plurality law of {votes} votes on {distinct} distinct probabilities"),
        need: format!("{work:.1e} units of work (probabilities times votes cubed)"),
        limit: format!("{MOST_WORK:.0e} units; fewer votes"),
    })
}

/// Responses in groups of one probability, the likeliest first, and the group of each cell; `None` for probability 0.
fn groups_of(cells: &Cells) -> (Vec<Group>, Vec<Option<usize>>) {
    let mut order: Vec<usize> = (0..cells.cells.len()).collect();
    order.retain(|&at| cells.cells[at].log_prob > f64::NEG_INFINITY);
    order.sort_by(|&a, &b| cells.cells[b].log_prob.total_cmp(&cells.cells[a].log_prob));
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of = vec![None; cells.cells.len()];
    for at in order {
        let cell = cells.cells[at];
        match groups.last_mut() {
            Some(group) if group.log_prob == cell.log_prob => group.count += cell.count as u64,
            _ => groups.push(Group { log_prob: cell.log_prob, count: cell.count as u64 }),
        }
        group_of[at] = Some(groups.len() - 1);
    }
    (groups, group_of)
}

/// Responses of one probability. For the tests, as [`Election`] is.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub log_prob: f64,
    pub count: u64,
}

/// What has been found about every group of responses. For the tests: they see the law before it is normalised.
#[doc(hidden)]
pub struct Election<'a> {
    groups: &'a [Group],
    votes: usize,
    responses: u64,
    log_factorials: Vec<f64>,
}

/// The series of all groups at a tilt.
struct Tilted {
    /// log R.
    log_tilt: f64,
    series: Vec<Capped>,
    /// log of the product of all norms.
    log_norm: f64,
}

impl<'a> Election<'a> {
    pub fn new(groups: &'a [Group], votes: usize) -> Self {
        let responses = groups.iter().map(|group| group.count).sum();
        let log_factorials = (0..=votes as u64).map(ln_factorial).collect();
        Self { groups, votes, responses, log_factorials }
    }

    /// log P[y wins] for one response of every group.
    pub fn wins(&self) -> Vec<f64> {
        let least = (self.votes as u64).div_ceil(self.responses.min(self.votes as u64)) as usize;
        let tilted: Vec<Tilted> = (least..=self.votes).map(|c| self.tilt(c, None)).collect();
        let bounds: Vec<Vec<f64>> = tilted.iter().enumerate().map(|(i, t)| self.bounds(least + i, t)).collect();
        let best = |g: usize| bounds.iter().map(|bound| bound[g]).fold(f64::NEG_INFINITY, f64::max);
        let best: Vec<f64> = (0..self.groups.len()).map(best).collect();
        let worth = |i: usize| bounds[i].iter().zip(&best).map(|(a, b)| a - b).fold(f64::NEG_INFINITY, f64::max);
        let mut order: Vec<(usize, f64)> = (0..tilted.len()).map(|i| (i, worth(i))).collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut sums = vec![LogSum::default(); self.groups.len()];
        let mut unresolved = Vec::new();
        for (i, _) in order {
            if bounds[i].iter().zip(&sums).all(|(bound, sum)| *bound < sum.value() - NOTHING) {
                continue;
            }
            for (g, value) in self.coefficients(least + i, &tilted[i]).into_iter().enumerate() {
                if value >= RESOLVED {
                    sums[g].add(bounds[i][g] + value.ln(), 1.0);
                } else {
                    unresolved.push((i, g));
                }
            }
        }
        for (i, g) in unresolved {
            if bounds[i][g] + RESOLVED.ln() >= sums[g].value() - NOTHING {
                let own = self.tilt(least + i, Some(g));
                let value = self.coefficient(least + i, &own, g);
                sums[g].add(self.bounds(least + i, &own)[g] + value.ln(), 1.0);
            }
        }
        sums.into_iter().map(LogSum::value).collect()
    }

    /// The tilt at which the counts, none above `cap`, have about the mean N − cap; without one response of a group if
    /// asked.
    fn tilt(&self, cap: usize, without: Option<usize>) -> Tilted {
        let counts = |g: usize| (self.groups[g].count - u64::from(without == Some(g))) as f64;
        let most = cap as f64 * (self.responses - u64::from(without.is_some())) as f64;
        let target = ((self.votes - cap) as f64).min(most - 0.3).max(0.3);
        let series = |log_tilt: f64| -> Vec<Capped> {
            self.groups.iter().map(|g| Capped::new(g.log_prob + log_tilt, cap, &self.log_factorials)).collect()
        };
        let moments = |series: &[Capped]| {
            let sum = |f: fn(&Capped) -> f64| series.iter().enumerate().map(|(g, s)| counts(g) * f(s)).sum::<f64>();
            (sum(|s| s.mean), sum(|s| s.variance))
        };
        // Capped counts have a mean below R.
        let mut low = target.ln() - 1.0;
        let (mut high, mut log_tilt) = (f64::INFINITY, target.ln());
        loop {
            let tried = series(log_tilt);
            let (mean, variance) = moments(&tried);
            let narrow = high - low < 1e-6 * (1.0 + low.abs());
            if (mean - target).abs() <= 0.1 * variance.sqrt().max(1.0) || narrow {
                let log_norm = tried.iter().zip(self.groups).map(|(s, g)| g.count as f64 * s.log_sum).sum();
                return Tilted { log_tilt, series: tried, log_norm };
            }
            if mean < target {
                low = log_tilt;
            } else {
                high = log_tilt;
            }
            let newton = log_tilt + (target - mean) / variance;
            log_tilt = if newton > low && newton < high && newton - low < 2.0 * (1.0 + low.abs()) {
                newton
            } else if high.is_finite() {
                f64::midpoint(low, high)
            } else {
                low + 1.0 + low.abs()
            };
        }
    }

    /// log of the most that each group's responses can win with `cap` votes: what a coefficient of 1 would give.
    fn bounds(&self, cap: usize, tilted: &Tilted) -> Vec<f64> {
        let common = self.log_factorials[self.votes] - self.log_factorials[cap] + tilted.log_norm
            - (self.votes - cap) as f64 * tilted.log_tilt;
        let own = self.groups.iter().zip(&tilted.series);
        own.map(|(group, series)| common + cap as f64 * group.log_prob - series.log_sum).collect()
    }

    /// The rule for the integral over s: a polynomial of the degree of the most ties.
    fn rule(&self, cap: usize) -> Vec<(f64, f64)> {
        let ties = (self.votes / cap - 1).min((self.responses - 1) as usize);
        gauss_legendre(ties / 2 + 1)
    }

    /// ∫ [u^{N−cap}] of the normalised product of all series but that of one response ds, for a response of every
    /// group.
    fn coefficients(&self, cap: usize, tilted: &Tilted) -> Vec<f64> {
        let degree = self.votes - cap;
        let mut sums = vec![0.0; self.groups.len()];
        for (s, weight) in self.rule(cap) {
            let groups = || tilted.series.iter().zip(self.groups);
            let factors: Vec<Vec<f64>> = groups().map(|(series, _)| series.polynomial(degree, s)).collect();
            let others: Vec<Vec<f64>> =
                groups().map(|(series, group)| series.power(group.count - 1, degree, s)).collect();
            let mut before = vec![vec![1.0]];
            for (factor, others) in factors.iter().zip(&others) {
                let next = product(before.last().expect("begins with 1"), others, degree);
                before.push(product(&next, factor, degree));
            }
            let mut behind = vec![1.0];
            for g in (0..factors.len()).rev() {
                behind = product(&behind, &others[g], degree);
                sums[g] += weight * coefficient(&before[g], &behind, degree);
                behind = product(&behind, &factors[g], degree);
            }
        }
        sums
    }

    /// The same for one group.
    fn coefficient(&self, cap: usize, tilted: &Tilted, without: usize) -> f64 {
        let degree = self.votes - cap;
        let value = |s: f64| {
            let mut all = vec![1.0];
            for (g, series) in tilted.series.iter().enumerate() {
                let count = self.groups[g].count - u64::from(g == without);
                all = product(&all, &series.power(count, degree, s), degree);
            }
            all.get(degree).copied().unwrap_or(0.0)
        };
        self.rule(cap).into_iter().map(|(s, weight)| weight * value(s)).sum()
    }
}
