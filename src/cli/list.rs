//! `selfreward list`: the experiments.

use clap::Args;
use serde_json::Value;

use super::progress::duration;
use super::{Failure, Verbosity, print};
use crate::experiment;
use crate::simulate::config::SeedConfig;
use crate::study::{Profile, Shard, Study};
use crate::words::counted;

/// The times that `tests/times/measure.py` measured.
const TIMES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/times.json"));

/// List the experiments: claims, profiles, number of cells, time on two cores
///
/// The times were measured once, on the machine that is named in the last line; another machine may differ by a factor.
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(_: &ListArgs) -> Result<(), Failure> {
    let times: Value = serde_json::from_str(TIMES).map_err(Failure::refused)?;
    let mut text = String::new();
    for experiment in experiment::ALL {
        let definition = experiment.definition().map_err(Failure::refused)?;
        let claims: Vec<&str> = definition.claims.keys().map(String::as_str).collect();
        text.push_str(&format!("{}\n    {}\n    claims: {}\n", experiment.name, experiment.about, claims.join(", ")));
        for profile in [Profile::Quick, Profile::Full] {
            let study = Study::new(definition.clone(), profile, SeedConfig::Number(1)).map_err(Failure::refused)?;
            let replicates = counted(study.units(Shard::WHOLE).count(), "replicate");
            let (cells, time) = (counted(study.cells(), "cell"), time(&times, experiment.name, profile));
            text.push_str(&format!("    {profile}: {cells}, {replicates}, {time}\n"));
        }
    }
    let machine = times["machine"].as_str().unwrap_or("a machine that is not named");
    print(&format!("{text}times measured on {machine}"))
}

/// How long an experiment takes.
fn time(times: &Value, experiment: &str, profile: Profile) -> String {
    match times["experiments"][profile.name()][experiment].as_f64() {
        Some(seconds) if seconds < 1.0 => "less than a second".to_owned(),
        Some(seconds) => duration(seconds),
        None => "time not measured".to_owned(),
    }
}
