//! `selfreward list`: the experiments.

use clap::Args;
use serde_json::{Value, json};

use super::progress::duration;
use super::verify::pretty;
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
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &ListArgs) -> Result<(), Failure> {
    let times: Value = serde_json::from_str(TIMES).map_err(Failure::refused)?;
    let (mut text, mut entries) = (String::new(), Vec::new());
    for experiment in experiment::ALL {
        let definition = experiment.definition().map_err(Failure::refused)?;
        let claims: Vec<&str> = definition.claims.keys().map(String::as_str).collect();
        text.push_str(&format!("{}\n    {}\n    claims: {}\n", experiment.name, experiment.about, claims.join(", ")));
        let mut entry = json!({ "name": experiment.name, "about": experiment.about, "claims": definition.claims });
        for profile in [Profile::Quick, Profile::Full] {
            let study = Study::new(definition.clone(), profile, SeedConfig::Number(1)).map_err(Failure::refused)?;
            let (cells, replicates) = (study.cells(), study.units(Shard::WHOLE).count());
            let seconds = times["experiments"][profile.name()][experiment.name].as_f64();
            entry[profile.name()] = json!({ "cells": cells, "replicates": replicates, "seconds": seconds });
            let (cells, replicates) = (counted(cells, "cell"), counted(replicates, "replicate"));
            text.push_str(&format!("    {profile}: {cells}, {replicates}, {}\n", time(seconds)));
        }
        entries.push(entry);
    }
    if args.json {
        let document = json!({ "schema": 1, "machine": times["machine"], "experiments": entries });
        return print(&pretty(&document));
    }
    let machine = times["machine"].as_str().unwrap_or("a machine that is not named");
    print(&format!("{text}times measured on {machine}"))
}

/// How long an experiment takes.
fn time(seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) if seconds < 1.0 => "less than a second".to_owned(),
        Some(seconds) => duration(seconds),
        None => "time not measured".to_owned(),
    }
}
