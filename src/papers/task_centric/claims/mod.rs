//! Every statement of the chapter that has a row in the ledger. The full text of arXiv 2602.10014 was not available: the statements are
//! this project's reconstruction.

mod ascent;
mod class;
mod curriculum;
mod feedback;
mod resampling;

use crate::claims::{Claim, Rule};
use crate::study::Profile;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] =
    &[resampling::CLAIMS, class::CLAIMS, feedback::CLAIMS, ascent::CLAIMS, curriculum::CLAIMS];

/// Where the statements come from.
const OURS: &str = "reconstruction (ours; full text not available)";
/// What a reader of each verdict should know.
const NOTE: &str = "a reconstruction of arXiv 2602.10014, whose full text was not available";

/// ρ of the explicit claims: the share of replicates that a true statement may miss.
const RHO: f64 = 0.1;
/// Their rule.
const WITH_PROBABILITY: Rule = Rule::WithProbability { rho: RHO };
/// Standard errors that a mean may lie from its law: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;

/// How many of something a profile has.
fn count(profile: Profile, quick: usize, full: usize) -> usize {
    if profile == Profile::Quick { quick } else { full }
}
