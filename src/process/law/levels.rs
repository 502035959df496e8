//! Responses sorted into levels of a ranking, with the mass below and above each.

use super::Distribution;
use super::cells::Cells;
use super::logs::{LogSum, log_hit, log_power, log_remaining};

/// Log-probabilities closer than this times max(1, |log π|) are of one level.
const TIE: f64 = 1e-12;

/// Responses that the ranking does not tell apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// log π(y) of the ranking, the largest in the level.
    pub rank: f64,
    /// Logarithm of the level's mass m_j under the candidates' law.
    pub mass: f64,
    /// log Q_j, the mass of this level and all below it.
    pub upto: f64,
    /// log(1 − Q_j), the mass of all levels above it.
    pub above: f64,
    /// log(m_j/Q_j).
    share: f64,
    /// log(Q_{j−1}/Q_j).
    step: f64,
}

impl Level {
    /// log(Q_j^n − Q_{j−1}^n), the probability that the best of n draws lies in the level.
    pub(super) fn best_of(&self, n: f64) -> f64 {
        if self.mass == f64::NEG_INFINITY {
            return self.mass;
        }
        log_power(n, self.upto) + log_hit(n, self.share, self.step)
    }
}

/// The levels of a ranking, upward, and where each cell is.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    pub cells: Cells,
    pub levels: Vec<Level>,
    /// The level of each cell.
    pub level_of: Vec<usize>,
    /// log of ν(y)/m_j for a response of each cell.
    pub share: Vec<f64>,
}

impl Levels {
    /// Sorts the candidates by the ranking's log-probability.
    pub(super) fn new(candidates: Distribution<'_>, ranking: Distribution<'_>) -> Self {
        let mut cells = Cells::new(candidates, ranking.row);
        cells.cells.iter_mut().for_each(|cell| cell.other = ranking.head.log_prob(cell.other));
        let mut order: Vec<usize> = (0..cells.cells.len()).collect();
        order.sort_by(|&a, &b| cells.cells[a].other.total_cmp(&cells.cells[b].other));
        let mut level_of = vec![0; order.len()];
        let (mut ranks, mut sums): (Vec<f64>, Vec<LogSum>) = (Vec::new(), Vec::new());
        let mut probs: Vec<f64> = Vec::new();
        for &at in &order {
            let cell = cells.cells[at];
            match ranks.last_mut() {
                Some(rank) if tied(*rank, cell.other) => *rank = cell.other,
                _ => {
                    ranks.push(cell.other);
                    sums.push(LogSum::default());
                    probs.push(0.0);
                }
            }
            level_of[at] = ranks.len() - 1;
            sums[ranks.len() - 1].add(cell.log_prob, cell.count);
            probs[ranks.len() - 1] += cell.count * cell.prob;
        }
        let share = (0..order.len()).map(|at| sums[level_of[at]].share(cells.cells[at].log_prob)).collect();
        let masses: Vec<f64> = sums.into_iter().map(LogSum::value).collect();
        Self { cells, levels: with_sums(&ranks, &masses, &probs), level_of, share }
    }
}

/// Whether two log-probabilities, the lower one first, belong to one level.
fn tied(lower: f64, upper: f64) -> bool {
    lower == upper || upper - lower < TIE * lower.abs().max(1.0)
}

/// The levels with these ranks, masses, and logarithms of masses.
fn with_sums(ranks: &[f64], masses: &[f64], probs: &[f64]) -> Vec<Level> {
    let (mut above, mut above_prob) = (vec![f64::NEG_INFINITY; masses.len()], vec![0.0; masses.len()]);
    let (mut sum, mut prob) = (LogSum::default(), 0.0);
    for j in (0..masses.len()).rev() {
        (above[j], above_prob[j]) = (sum.value(), prob);
        sum.add(masses[j], 1.0);
        prob += probs[j];
    }
    let mut sum = LogSum::default();
    let mut below = f64::NEG_INFINITY;
    let mut levels = Vec::with_capacity(masses.len());
    for (j, &mass) in masses.iter().enumerate() {
        sum.add(mass, 1.0);
        let upto = log_remaining(above[j], above_prob[j], sum.value());
        let share = mass - upto;
        let step = log_remaining(share, share.exp(), below - upto);
        levels.push(Level { rank: ranks[j], mass, upto, above: above[j], share, step });
        below = upto;
    }
    levels
}
