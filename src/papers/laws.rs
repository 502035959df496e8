//! Small laws that claims are weighed on, what is enumerated of them, and the laws of an instance's prompts.

use rand::{Rng, RngExt};
use rand_distr::{Distribution as _, StandardNormal};

use crate::claims::{Case, Comparison};
use crate::instance::Instance;
use crate::logits::LogitTable;
use crate::process::law::{Distribution, Law};
use crate::study::Profile;

/// How far an identity may be missed, relative to the size of its sides: rounding, as claims are weighed.
pub(in crate::papers) const ROUNDING: f64 = 1e-9;

/// How many laws are drawn.
pub(in crate::papers) fn count(profile: Profile, quick: usize) -> usize {
    if profile == Profile::Quick { quick } else { 10 * quick }
}

/// A law over 1 to `most` responses; ties in a third of them, responses of probability 0 in another third.
pub(in crate::papers) fn random_law(rng: &mut impl Rng, most: usize) -> Vec<f64> {
    let responses = rng.random_range(1..=most);
    let (scale, way): (f64, u32) = (rng.random_range(0.1..2.0), rng.random_range(0..3));
    let mut one = || -> f64 {
        let normal: f64 = StandardNormal.sample(rng);
        match way {
            0 => (scale * normal).exp(),
            1 => f64::from(rng.random_range(1..=3)),
            _ => f64::from(rng.random_range(0..=4)),
        }
    };
    let mut odds: Vec<f64> = (0..responses).map(|_| one()).collect();
    odds[0] = odds[0].max(1.0);
    let total: f64 = odds.iter().sum();
    odds.into_iter().map(|odds| odds / total).collect()
}

/// The law as a row of logits, −∞ for probability 0.
pub(in crate::papers) fn table(law: &[f64]) -> LogitTable {
    let mut table = LogitTable::default();
    table.push_dense(&law.iter().map(|mass| mass.ln()).collect::<Vec<_>>());
    table
}

/// The only row of a table.
pub(in crate::papers) fn at(table: &LogitTable) -> Distribution<'_> {
    Distribution::new(table.row(0))
}

/// The probabilities of a law of the process.
pub(in crate::papers) fn probabilities(law: &Law) -> Vec<f64> {
    (0..law.row().responses() as u32).map(|y| law.log_prob(y).exp()).collect()
}

/// Response by response.
pub(in crate::papers) fn same(found: &[f64], expected: &[f64]) -> impl Iterator<Item = Comparison> {
    let pairs: Vec<(f64, f64)> = found.iter().copied().zip(expected.iter().copied()).collect();
    pairs
        .into_iter()
        .map(|(found, expected)| Comparison::identity(found, expected, ROUNDING * expected.abs().max(1e-6)))
}

/// A case of a law over so many responses.
pub(in crate::papers) fn case(size: usize, comparisons: Vec<Comparison>) -> Case {
    let mut case = Case { comparisons, ..Case::default() };
    case.place.size = size;
    case
}

/// π_0 at each prompt of an instance.
pub(in crate::papers) fn base_laws(instance: &Instance) -> Vec<Vec<f64>> {
    let policy = instance.policy(instance.base());
    let responses = |x: usize| 0..policy.row(x).responses() as u32;
    (0..instance.prompts()).map(|x| responses(x).map(|y| policy.prob(x, y)).collect()).collect()
}

/// The first of the likeliest responses.
pub(in crate::papers) fn mode(law: &[f64]) -> usize {
    (1..law.len()).fold(0, |best, y| if law[y] > law[best] { y } else { best })
}

/// −Σ π log π, nats.
pub(in crate::papers) fn entropy(law: &[f64]) -> f64 {
    law.iter().filter(|mass| **mass > 0.0).map(|mass| -mass * mass.ln()).sum()
}
