//! Every statement of the chapter that has a row in the ledger.

mod drift;
mod excess;
mod floor;
mod population;
mod three_answers;

use crate::claims::{Claim, Source, Trial, premises};
use crate::instance::{FeatureMap, Instance};
use crate::simulate::Simulation;

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] =
    &[drift::CLAIMS, population::CLAIMS, three_answers::CLAIMS, excess::CLAIMS, floor::CLAIMS];

/// Awkward instances with and without an offset: population steps, ERM in several forms, three answers.
const AUDIT: &[Source] = &[Source { experiment: "misspecified_audit", part: "" }];

/// Whether each round is the population step of self-rewarding, without a ball or a ridge: what M1, M3 and M4 speak of.
fn is_population(trial: &Trial<'_>) -> bool {
    premises::is_population_of(trial.simulation(), "erm") && premises::departs_at_most(trial.simulation(), &[])
}

/// Whether features are dense and differ somewhere: there is no F without that.
fn has_differences(instance: &Instance) -> bool {
    matches!(instance.features(), FeatureMap::Dense(_)) && instance.rank() > 0
}

/// Whether each round is the paper's least squares on a sample of its own, in whatever class: what M5 to M7 speak of.
fn is_sampled(simulation: &Simulation) -> bool {
    premises::is_sampled(simulation, "erm") && premises::departs_at_most(simulation, &[])
}
