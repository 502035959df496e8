//! `selfreward show`: what a store holds, where it came from, and the configuration of any of its replicates.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::counts::{MOST, whole};
use super::locks::Locks;
use super::{Failure, Verbosity, print};
use crate::Error;
use crate::study::store::store_at;
use crate::study::{CellId, Store};
use crate::words::{agreeing, counted};

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
    #[arg(long, value_name = "R", value_parser = whole::<0, MOST, usize>, requires = "cell")]
    replicate: Option<usize>,
    /// List the cells with their ids and values
    #[arg(long, conflicts_with = "cell")]
    cells: bool,
    /// Check the file, and compare every number with the digest that was written with it; exit code 1 if something differs
    #[arg(long, conflicts_with_all = ["cell", "cells"])]
    check: bool,
    #[command(flatten)]
    locks: Locks,
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &ShowArgs) -> Result<(), Failure> {
    args.locks.apply();
    let store = store_at(&args.store).and_then(|path| Store::open(&path)).map_err(Failure::refused)?;
    if args.check {
        return check(&store);
    }
    match &args.cell {
        Some(id) => configuration(&store, id, args.replicate),
        None if args.cells => cells(&store),
        None => overview(&store).map_err(Failure::refused).and_then(|text| print(text.trim_end())),
    }
}

/// Differences that are listed.
const MOST_LISTED: usize = 100;

fn check(store: &Store) -> Result<(), Failure> {
    let study = store.study().context("the store's study").map_err(Failure::Refused)?;
    let counts = store.counts().map_err(Failure::refused)?;
    let Some(damages) = store.damages(&study, MOST_LISTED).map_err(Failure::refused)? else {
        return print(
            "nothing to check against: an earlier version made this store, without digests; the file is sound",
        );
    };
    if damages.is_empty() {
        let settled = counts.done + counts.failed;
        let (replicates, cells) = (counted(settled, "replicate"), counted(counts.cells, "cell"));
        let agree = agreeing(settled, "is as it was", "are as they were");
        return print(&format!("sound: {replicates} of {cells} {agree} written"));
    }
    damages.iter().try_for_each(|damage| print(&format!("damaged: {damage} not as it was written")))?;
    let most = if damages.len() < MOST_LISTED { "" } else { " or more" };
    let message = format!("is damaged: {}{most} entries differ from what was written", damages.len());
    Err(Failure::failed(Error::file(store.path(), message)))
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
