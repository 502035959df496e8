//! Every statement of the chapter that has a row in the ledger.

mod critic;
mod curation;
mod entropy;
mod filters;
mod gate;
mod independence;
mod labels;
mod memory;
mod mixture;
mod normalised;
mod preference;
mod presets;
mod random_laws;
mod resampling;
mod rows;
mod straight;
mod unified;
mod votes;

use crate::claims::Claim;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] = &[
    unified::CLAIMS,
    independence::CLAIMS,
    random_laws::CLAIMS,
    critic::CLAIMS,
    normalised::CLAIMS,
    preference::CLAIMS,
    labels::CLAIMS,
    votes::CLAIMS,
    mixture::CLAIMS,
    curation::CLAIMS,
    filters::CLAIMS,
    gate::CLAIMS,
    memory::CLAIMS,
    resampling::CLAIMS,
    entropy::CLAIMS,
];

/// Where a statement comes from that is derived here.
const OURS: &str = "ours";
/// Standard errors that a mean may lie from its law: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
