//! `selfreward list`: the experiments.

use clap::Args;

use super::progress::duration;
use super::{Failure, Verbosity, print};
use crate::experiment;
use crate::simulate::config::SeedConfig;
use crate::study::{Profile, Shard, Study};
use crate::words::counted;

/// List the experiments: claims, profiles, number of cells, estimated time on one core
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(_: &ListArgs) -> Result<(), Failure> {
    let mut text = String::new();
    for experiment in experiment::ALL {
        let definition = experiment.definition().map_err(Failure::refused)?;
        let claims: Vec<&str> = definition.claims.keys().map(String::as_str).collect();
        text.push_str(&format!("{}\n    {}\n    claims: {}\n", experiment.name, experiment.about, claims.join(", ")));
        for profile in [Profile::Quick, Profile::Full] {
            let study = Study::new(definition.clone(), profile, SeedConfig::Number(1)).map_err(Failure::refused)?;
            let (mut replicates, mut seconds) = (0u64, 0.0);
            study.units(Shard::WHOLE).for_each(|unit| {
                replicates += 1;
                seconds += unit.seconds;
            });
            let (cells, time) = (counted(study.cells(), "cell"), duration(seconds));
            let replicates = counted(replicates, "replicate");
            text.push_str(&format!("    {profile}: {cells}, {replicates}, about {time} on one core\n"));
        }
    }
    print(text.trim_end())
}
