//! Levels that are solved one after another (T6). A reconstruction, ours: the full text of arXiv 2602.10014 was not available.

use rand::{Rng, RngExt};

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// Levels, at most: the chain takes a number of steps that grows with their cube.
pub const MOST_LEVELS: usize = 1000;

/// How the proposals of L rounds of n are spread over L levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// n at level t in round t.
    Curriculum,
    /// n/L at every level in every round.
    Mixture,
    /// n at level L in every round.
    HardOnly,
}

impl Schedule {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Curriculum, Self::Mixture, Self::HardOnly];
}

/// L levels: an acceptance at level k has probability σ(−h_k + ν·1{level k−1 solved}) a proposal, without ν at the first. One acceptance
/// solves a level for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// h_1, …, h_L, nats.
    pub difficulties: Vec<f64>,
    /// ν ≥ 0, nats: what the level below adds once it is solved.
    pub transfer: f64,
}

/// log(1 − σ(z)) = −log(1 + e^z).
fn log_rejected(z: f64) -> f64 {
    if z > 0.0 { -z - (-z).exp().ln_1p() } else { -z.exp().ln_1p() }
}

impl Levels {
    /// Checks the numbers.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for no level or too many, a difficulty that is not finite, a transfer that is negative or not finite.
    pub fn check(&self) -> Result<()> {
        let count = self.difficulties.len();
        if !(1..=MOST_LEVELS).contains(&count) {
            return Err(Error::argument("number of difficulties", count, format!("1 to {MOST_LEVELS}")));
        }
        for &difficulty in &self.difficulties {
            check::finite("difficulties", difficulty)?;
        }
        check::nonnegative("transfer", self.transfer).map(|_| ())
    }

    /// P[a proposal at a level, from 0, is accepted].
    pub fn accepted(&self, level: usize, helped: bool) -> f64 {
        log_rejected(self.log_odds(level, helped)).exp_m1().abs()
    }

    fn log_odds(&self, level: usize, helped: bool) -> f64 {
        let transfer = if helped && level > 0 { self.transfer } else { 0.0 };
        transfer - self.difficulties[level]
    }

    /// P[some of m proposals at a level is accepted].
    fn solved(&self, level: usize, helped: bool, proposals: f64) -> f64 {
        -(proposals * log_rejected(self.log_odds(level, helped))).exp_m1()
    }

    /// P[level L is solved after L rounds of n proposals], exactly.
    ///
    /// Under a curriculum a level has its round once, and the chance that it is solved follows from that of the level below. In a mixture
    /// all levels of a round see the solved set at its start, so the round in which level k is solved depends on that of level k − 1
    /// alone: the chain runs over these rounds, and never needs the 2^L solved sets.
    ///
    /// # Errors
    /// As [`Levels::check`]; [`crate::Error::Argument`] for n no whole number ≥ 1, and in a mixture for an n that L does not divide.
    ///
    /// ```
    /// use selfreward::papers::task_centric::theory::curriculum::{Levels, Schedule};
    ///
    /// // Two levels of log-odds 0, the second with log 3 more once the first is solved; two rounds of two proposals.
    /// let levels = Levels { difficulties: vec![0.0, 0.0], transfer: 3f64.ln() };
    /// // The first level: ¾; then 1 − (1/4)² with its help, ¾ without.
    /// assert!((levels.top(Schedule::Curriculum, 2.0)? - (0.75 * 0.9375 + 0.25 * 0.75)).abs() < 1e-15);
    /// assert!((levels.top(Schedule::HardOnly, 2.0)? - 0.9375).abs() < 1e-15);
    /// // One proposal each: ½ in the first round, then ¾ if the first level was solved in it.
    /// assert!((levels.top(Schedule::Mixture, 2.0)? - (0.5 + 0.5 * (0.5 * 0.75 + 0.5 * 0.5))).abs() < 1e-15);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn top(&self, schedule: Schedule, n: f64) -> Result<f64> {
        self.check()?;
        let n = check::count("n", n)?;
        let count = self.difficulties.len();
        let last = count - 1;
        Ok(match schedule {
            Schedule::Curriculum => (0..count).fold(0.0, |below, level| {
                below * self.solved(level, true, n) + (1.0 - below) * self.solved(level, false, n)
            }),
            Schedule::HardOnly => self.solved(last, false, n * count as f64),
            Schedule::Mixture => {
                let each = n / count as f64;
                if each.fract() != 0.0 {
                    let expected = format!("a multiple of the {count} levels, which share it in a mixture");
                    return Err(Error::argument("n", n, expected));
                }
                self.mixture(each)
            }
        })
    }

    /// One run of L rounds of n proposals, one after the other: whether it solves level L. `n` is shared in a mixture, n/L each, rounded
    /// down.
    ///
    /// ```
    /// use selfreward::papers::task_centric::theory::curriculum::{Levels, Schedule};
    /// use selfreward::seed::{Purpose, Seed};
    ///
    /// let levels = Levels { difficulties: vec![0.0, 0.0], transfer: 3f64.ln() };
    /// let mut rng = Seed::from_number(1).rng(Purpose::Laws, 0, 0);
    /// let solved = (0..10_000).filter(|_| levels.run(Schedule::Curriculum, 2, &mut rng)).count();
    /// let stated = levels.top(Schedule::Curriculum, 2.0)?;
    /// assert!((solved as f64 / 1e4 - stated).abs() < 6.0 * (stated * (1.0 - stated) / 1e4).sqrt());
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn run(&self, schedule: Schedule, n: u32, rng: &mut impl Rng) -> bool {
        let count = self.difficulties.len();
        let mut solved = vec![false; count];
        for round in 0..count {
            // All levels of a round see what was solved at its start.
            let start = solved.clone();
            for level in (0..count).filter(|&level| !start[level]) {
                let proposals = match schedule {
                    Schedule::Curriculum if level == round => n,
                    Schedule::HardOnly if level + 1 == count => n,
                    Schedule::Mixture => n / count as u32,
                    Schedule::Curriculum | Schedule::HardOnly => 0,
                };
                let chance = self.accepted(level, level > 0 && start[level - 1]);
                solved[level] |= (0..proposals).any(|_| rng.random::<f64>() < chance);
            }
        }
        solved.last().copied().unwrap_or(false)
    }

    /// The mixture with `each` proposals at every level in every round.
    fn mixture(&self, each: f64) -> f64 {
        let rounds = self.difficulties.len();
        // below[s]: the level below is solved in round s, from 1; below[0]: it never is. The first level has no help from below.
        let mut below = vec![0.0; rounds + 1];
        below[0] = 1.0;
        for level in 0..rounds {
            let (helped, alone) = (self.solved(level, true, each), self.solved(level, false, each));
            let mut own = vec![0.0; rounds + 1];
            for (s, &mass) in below.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
                let mut open = mass;
                for (t, solved) in own.iter_mut().enumerate().skip(1) {
                    // Help begins in the round after.
                    let chance = if s > 0 && t > s { helped } else { alone };
                    *solved += open * chance;
                    open *= 1.0 - chance;
                }
                own[0] += open;
            }
            below = own;
        }
        below[1..].iter().sum()
    }
}

/// T6 (`curriculum`): P[level L is solved] after L rounds of n proposals under a curriculum, a mixture and on the hardest level alone.
///
/// A mixture with Ln proposals a round gives every level n in each round, so it never needs more than L times the curriculum's n; nor ever
/// fewer, since of its n proposals at a level some come before the help does. Where lower levels are sure, the hardest level alone needs nσ(ν−h_L)/(Lσ(−h_L)) ≈ e^ν n/L, and wins for ν below about log L.
///
/// * `difficulties` = h_1, …, h_L, nats, at most [`MOST_LEVELS`];
/// * `transfer` = ν ≥ 0, nats;
/// * `n` ≥ 1, a multiple of L.
///
/// The value is the curriculum's. A probability of a model, not a bound: never vacuous.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::task_centric::theory::curriculum::{Levels, curriculum};
///
/// let bound = curriculum(&Levels { difficulties: vec![3.0, 4.0, 5.0, 6.0], transfer: 1.0 }, 100.0)?;
/// // Here the transfer is below log 4, and a curriculum wastes its proposals.
/// assert!((bound.value() - 0.44).abs() < 0.01);
/// assert!((bound.intermediate("hard_only").expect("computed") - 0.63).abs() < 0.01);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn curriculum(levels: &Levels, n: f64) -> Result<Bound> {
    let value = levels.top(Schedule::Curriculum, n)?;
    let (mixture, hard_only) = (levels.top(Schedule::Mixture, n)?, levels.top(Schedule::HardOnly, n)?);
    let last = levels.difficulties.len() - 1;
    let [helped, alone] = [true, false].map(|helped| levels.accepted(last, helped));
    let count = levels.difficulties.len() as f64;
    Ok(Bound::new("curriculum", value, false)
        .with("curriculum", value)
        .with("mixture", mixture)
        .with("hard_only", hard_only)
        .with("levels", count)
        .with("log_levels", count.ln())
        .with("accepted_at_top_with_help", helped)
        .with("accepted_at_top_alone", alone)
        .with("hard_only_needs", n * helped / (count * alone))
        .assuming("an acceptance at a level has log-odds -h_k, and transfer more once the level below is solved; one solves it for good")
        .assuming("hard_only_needs is the n at which the hardest level alone accepts as often, where all lower levels are sure")
        .assuming("a reconstruction: the full text of arXiv 2602.10014 was not available"))
}
