//! `selfreward show`: what a store holds, where it came from, and the configuration of any of its replicates.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::{Failure, print};
use crate::Error;
use crate::study::{CellId, Store};
use crate::words::counted;

/// Show what a store holds and where it came from, or the configuration that gives one of its replicates
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The store
    #[arg(value_name = "STORE")]
    store: PathBuf,
    /// A cell: print the configuration with which `selfreward simulate` gives its rows, bit for bit
    #[arg(long, value_name = "ID")]
    cell: Option<String>,
    /// A replicate of the cell alone
    #[arg(long, value_name = "R", requires = "cell")]
    replicate: Option<usize>,
    /// List the cells with their ids and values
    #[arg(long, conflicts_with = "cell")]
    cells: bool,
}

/// Carries the command out.
pub(super) fn run(args: &ShowArgs) -> Result<(), Failure> {
    let store = Store::open(&args.store).map_err(Failure::refused)?;
    match &args.cell {
        Some(id) => configuration(&store, id, args.replicate),
        None if args.cells => cells(&store),
        None => overview(&store).map_err(Failure::refused).and_then(|text| print(text.trim_end())),
    }
}

fn configuration(store: &Store, id: &str, replicate: Option<usize>) -> Result<(), Failure> {
    let id: CellId = id.parse().map_err(Failure::refused)?;
    let study = store.study().context("the store's study").map_err(Failure::Refused)?;
    let Some(ordinal) = store.find(id).map_err(Failure::refused)? else {
        return Err(Failure::Nothing(anyhow::anyhow!("the store has no cell {id}; --cells lists them")));
    };
    let mut config = study.cell(ordinal).map_err(Failure::refused)?.config;
    if let Some(replicate) = replicate {
        let replicates = config.run.replicates;
        if replicate >= replicates {
            let expected = format!("below {replicates}, the replicates of this cell");
            return Err(Failure::refused(Error::argument("--replicate", replicate, expected)));
        }
        config.run.first_replicate = replicate;
        config.run.replicates = 1;
    }
    print(config.to_toml().trim_end())
}

fn cells(store: &Store) -> Result<(), Failure> {
    let study = store.study().map_err(Failure::refused)?;
    let keys = study.definition.grid_keys();
    for (ordinal, id) in store.ids().map_err(Failure::refused)? {
        let cell = study.cell(ordinal).map_err(Failure::refused)?;
        let values: Vec<String> =
            keys.iter().filter_map(|key| cell.value(key).map(|value| format!("{key} = {value}"))).collect();
        print(&format!("{id}  {}  {}", cell.part, values.join("  ")))?;
    }
    Ok(())
}

fn overview(store: &Store) -> crate::Result<String> {
    let (identity, counts) = (store.identity()?, store.counts()?);
    let mut text = String::new();
    for (name, value) in identity.0.iter().filter(|(name, _)| name != "definition") {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str(&format!(
        "cells: {}\nreplicates: {} of {} done, {} failed\nrows: {}\n",
        counts.cells, counts.done, counts.asked, counts.failed, counts.rows
    ));
    for (index, session) in store.sessions()?.iter().enumerate() {
        let ended = session.ended.as_deref().unwrap_or("not ended");
        let outcome = session.outcome.as_deref().unwrap_or("running or killed");
        text.push_str(&format!(
            "session {}: {} to {ended}, {outcome}; {} on {} ({}, {}){}\n",
            index + 1,
            session.started,
            counted(session.jobs, "thread"),
            session.host,
            session.cpu,
            session.system,
            if session.resumed { ", resumed" } else { "" }
        ));
    }
    Ok(text)
}
