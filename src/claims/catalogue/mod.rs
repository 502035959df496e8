//! Every statement that has a row in the ledger, one file for each section of the theory.

mod one_step;

use super::Claim;
use super::weigh::Rule;

/// All claims, in the order of their numbers.
pub fn all() -> impl Iterator<Item = &'static Claim> {
    [one_step::CLAIMS].into_iter().flatten()
}

/// The claims that a person names: `C16` stands for all its parts, `C16.linear` for one.
pub fn named(name: &str) -> Vec<&'static Claim> {
    all().filter(|claim| claim.id == name || claim.number() == name).collect()
}

/// The number of statistical decisions among all claims: what the joint level is shared among.
pub fn decisions() -> usize {
    all().filter(|claim| claim.rule != Rule::Always).count()
}
