//! Exact binomial and multinomial counts, at a cost that does not grow with the number of trials.

use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution, Poisson};

/// How samples are drawn; every way has the same distribution.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{MAX_SAMPLES, Sampling};
/// use selfreward::{Loop, Seed};
///
/// // As counts, 10^15 triples cost what a thousand do.
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop { samples: MAX_SAMPLES, sampling: Sampling::Counts, rounds: 1, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// let sample = last.step.expect("one round").sample.expect("pairs are drawn");
/// // y ≠ y' has probability 2p(1 − p); six standard deviations of its share are below 1e-7.
/// let p = instance.policy(instance.base()).prob(0, last.policy.head(0).modal);
/// assert!((sample.diverse as f64 / MAX_SAMPLES as f64 - 2.0 * p * (1.0 - p)).abs() < 1e-7);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// One by one or as counts, whichever is cheaper, decided anew for every part of the sample. But where a loop can do as in `Explore`,
    /// and that costs at most a quarter, it does so in all rounds ([`super::explore::choice`]).
    #[default]
    Auto,
    /// One by one.
    Draws,
    /// As counts.
    Counts,
    /// Not all of it: of each prompt only the components of seen pairs that hold a response with a logit of its own, which alone move
    /// ([`super::explore`]). Where all pairs are asked for all the same, they are drawn one by one or as counts.
    Explore,
}

impl Sampling {
    /// Whether `trials` trials over `cells` cells are drawn one by one. A binomial count costs a few draws.
    pub fn draws(self, trials: u64, cells: u64) -> bool {
        match self {
            Self::Auto | Self::Explore => trials <= cells.saturating_mul(2),
            Self::Draws => true,
            Self::Counts => false,
        }
    }
}

/// Below this probability the count is drawn as a Poisson one, which is within p of the binomial in total variation; the
/// library's binomial works through 1 − p and loses the digits of such a p.
const POISSON_BELOW: f64 = 1e-9;

/// Of so few descending sums all are compared with a point: no branch is guessed wrong.
const FEW: usize = 32;

/// A binomial count: `trials` trials that succeed with odds `success : failure`.
///
/// Both masses are given, so that neither probability is ever formed as one minus the other.
pub fn binomial(trials: u64, success: f64, failure: f64, rng: &mut impl Rng) -> u64 {
    if trials == 0 || success <= 0.0 {
        return 0;
    }
    if failure <= 0.0 {
        return trials;
    }
    if success > failure {
        return trials - binomial(trials, failure, success, rng);
    }
    let p = success / (success + failure);
    if p < POISSON_BELOW {
        let mean = trials as f64 * p;
        if mean == 0.0 {
            return 0;
        }
        let count: f64 = Poisson::new(mean).expect("0 < mean ≤ 1e-9 · 2^64").sample(rng);
        return (count as u64).min(trials);
    }
    Binomial::new(trials, p).expect("0 < p ≤ 1/2").sample(rng)
}

/// Masses of cells, not normalised, with their sums from each cell on.
///
/// What remains is always a sum over what remains, never one minus what is gone: a cell of mass 1e-18 beside one of mass 1
/// keeps its digits. Resolution is best where the smallest masses come last.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    mass: Vec<f64>,
    /// `suffix[i] = Σ_{j≥i} mass[j]`, and 0 at the end.
    suffix: Vec<f64>,
}

impl Cells {
    /// Replaces the masses, all ≥ 0.
    pub fn assign(&mut self, masses: impl IntoIterator<Item = f64>) {
        self.mass.clear();
        self.mass.extend(masses);
        self.suffix.clear();
        self.suffix.resize(self.mass.len() + 1, 0.0);
        for i in (0..self.mass.len()).rev() {
            self.suffix[i] = self.suffix[i + 1] + self.mass[i];
        }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.mass.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.mass.is_empty()
    }

    /// The mass of a cell.
    pub fn mass(&self, cell: usize) -> f64 {
        self.mass[cell]
    }

    /// The mass of all cells from this one on.
    pub fn from(&self, cell: usize) -> f64 {
        self.suffix[cell]
    }

    /// Draws a cell from `first` on; also says how far into the cell the point fell, in [0, mass].
    pub fn draw(&self, first: usize, rng: &mut impl Rng) -> (usize, f64) {
        let point = open_unit(rng) * self.suffix[first];
        // Cell i covers suffix[i+1] ≤ point < suffix[i]; the sums descend, and a cell of mass zero covers nothing.
        let sums = &self.suffix[first + 1..];
        let behind = if sums.len() <= FEW {
            sums.iter().map(|&sum| usize::from(sum > point)).sum()
        } else {
            sums.partition_point(|&sum| sum > point)
        };
        let cell = (first + behind).min(self.len() - 1);
        (cell, (point - self.suffix[cell + 1]).max(0.0))
    }

    /// Multinomial counts of `trials` trials over the cells from `first` on, appended as (cell, count > 0); a cell may be
    /// named repeatedly.
    pub fn multinomial(
        &self,
        trials: u64,
        first: usize,
        sampling: Sampling,
        rng: &mut impl Rng,
        out: &mut Vec<(usize, u64)>,
    ) {
        if sampling.draws(trials, (self.len() - first) as u64) {
            out.extend((0..trials).map(|_| (self.draw(first, rng).0, 1)));
            return;
        }
        let mut left = trials;
        for cell in first..self.len() {
            if left == 0 {
                return;
            }
            let count = binomial(left, self.mass[cell], self.suffix[cell + 1], rng);
            if count > 0 {
                out.push((cell, count));
            }
            left -= count;
        }
    }
}

/// Uniform on (0, 1], with 64 bits of resolution near 0: a cell of relative mass 1e-18 at the end of the line is hit with
/// its own probability and not with 2^-53.
fn open_unit(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() as f64 + 0.5) * (-64f64).exp2()
}

/// Counts of `trials` trials over `cells` equally likely cells, appended as (cell, count > 0).
pub fn spread(trials: u64, cells: u32, sampling: Sampling, rng: &mut impl Rng, out: &mut Vec<(u32, u64)>) {
    if sampling.draws(trials, u64::from(cells)) {
        out.extend((0..trials).map(|_| (rng.random_range(0..cells), 1)));
        return;
    }
    let mut left = trials;
    for cell in 0..cells {
        if left == 0 {
            return;
        }
        let count = binomial(left, 1.0, f64::from(cells - cell - 1), rng);
        if count > 0 {
            out.push((cell, count));
        }
        left -= count;
    }
}

/// How many of `boxes` boxes are hit by so many throws, each box as likely as any other.
///
/// ```
/// use selfreward::Seed;
/// use selfreward::process::multinomial::occupied;
/// use selfreward::seed::Purpose;
///
/// let mut rng = Seed::from_number(1).rng(Purpose::Responses, 0, 0);
/// assert_eq!(occupied(1, 1_000_000, &mut rng), 1);
/// // That one of three boxes stays empty has probability below 3(2/3)^(10^6).
/// assert_eq!(occupied(1_000_000, 3, &mut rng), 3);
/// ```
pub fn occupied(throws: u64, boxes: u64, rng: &mut impl Rng) -> u64 {
    if throws == 0 || boxes == 0 {
        return 0;
    }
    if Sampling::Auto.draws(throws, boxes) {
        // By symmetry the boxes that were hit may be taken for the first ones.
        return (1..throws).fold(1, |hit, _| hit + u64::from(rng.random_range(0..boxes) >= hit));
    }
    let (mut left, mut hit) = (throws, 0);
    for behind in (0..boxes).rev() {
        let here = binomial(left, 1.0, behind as f64, rng);
        hit += u64::from(here > 0);
        left -= here;
        if left == 0 {
            break;
        }
    }
    hit
}
