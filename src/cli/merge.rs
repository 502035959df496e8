//! `selfreward merge`: joins the stores of shards.

use std::path::PathBuf;

use clap::Args;

use super::counts::{MOST, whole};
use super::locks::Locks;
use super::outputs::{files_of_store, refuse_home};
use super::{Failure, Verbosity};
use crate::study::merge::{Merged, merge};
use crate::study::sweep::Sweep;
use crate::words::counted;
use crate::{Error, draft};

const REMEDY: &str = "`selfreward run --resume` on the joined store computes what is missing";

/// Join the stores of shards into one that equals that of the unsharded run
///
/// A folder stands for the stores NAME-PROFILE-shard-i-of-N.sqlite in it. Stores that do not exist are left out: what is there is
/// joined, the missing ones are named. The exit code is 1 if a replicate is missing.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The stores, or folders of them
    #[arg(value_name = "STORE|DIR", required = true)]
    stores: Vec<PathBuf>,
    /// The joined store
    #[arg(short, long = "output", value_name = "ALL")]
    output: PathBuf,
    /// Of folders, the stores of this experiment and profile alone
    #[arg(long, value_name = "NAME-PROFILE")]
    study: Option<String>,
    /// Of folders, the stores of a study in so many shards alone
    #[arg(long, value_name = "N", value_parser = whole::<1, MOST, usize>)]
    shards: Option<usize>,
    /// Overwrite a file that exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    locks: Locks,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &MergeArgs) -> Result<(), Failure> {
    args.locks.apply();
    refuse_home(&args.output).map_err(Failure::refused)?;
    let Inputs { stores, absent } = inputs(args).map_err(Failure::refused)?;
    if stores.iter().flat_map(|store| files_of_store(store)).any(|read| draft::same(&read, &args.output)) {
        let what = "is one of the stores to merge; expected another file";
        return Err(Failure::refused(Error::file(&args.output, what)));
    }
    // The store that a link leads to is the one that is replaced.
    let output = draft::resolved(&args.output).unwrap_or_else(|_| args.output.clone());
    let Merged { counts, missing } = merge(&stores, &output, args.force).map_err(Failure::refused)?;
    args.verbosity.say(format!(
        "{} joined: {}, {} of {} done, {} failed -> {}",
        counted(stores.len() - missing.len(), "store"),
        counted(counts.cells, "cell"),
        counts.done,
        counted(counts.asked, "replicate"),
        counts.failed,
        args.output.display()
    ));
    let missing: Vec<String> = missing.iter().map(|path| path.display().to_string()).chain(absent).collect();
    match (counts.complete(), missing.is_empty()) {
        (true, true) => Ok(()),
        // A shard that holds no cell has no store.
        (true, false) => {
            args.verbosity.say(format!("no such store, and nothing is missing: {}", listed(&missing)));
            Ok(())
        }
        (false, none) => {
            let lacking = counts.asked - counts.done - counts.failed;
            let left_out =
                if none { String::new() } else { format!("left out, since they do not exist: {}; ", listed(&missing)) };
            let message =
                format!("incomplete: {lacking} of {} replicates are missing; {left_out}{REMEDY}", counts.asked);
            Err(Failure::Failed(anyhow::anyhow!(message)))
        }
    }
}

/// What is to be joined.
struct Inputs {
    stores: Vec<PathBuf>,
    /// Shards of folders of which there is no store.
    absent: Vec<String>,
}

/// Absent shards that are kept in mind to be named: one more than are listed.
const MOST_ABSENT: usize = MOST_LISTED + 1;
/// Missing stores that are listed.
const MOST_LISTED: usize = 12;

fn inputs(args: &MergeArgs) -> crate::Result<Inputs> {
    let mut inputs = Inputs { stores: Vec::new(), absent: Vec::new() };
    let mut folders = 0;
    for path in &args.stores {
        if !path.is_dir() {
            inputs.stores.push(path.clone());
            continue;
        }
        folders += 1;
        let sweep = Sweep::find(path, args.study.as_deref(), args.shards)?;
        let name = |shard: usize| format!("{}: shard {shard} of {}", path.display(), sweep.shards);
        inputs.absent.extend(sweep.missing(MOST_ABSENT).into_iter().map(name));
        inputs.stores.extend(sweep.stores.into_values());
    }
    let chosen = args.study.as_deref().map(|study| ("--study", study.to_owned()));
    let chosen = chosen.or_else(|| args.shards.map(|shards| ("--shards", shards.to_string())));
    match chosen {
        Some((flag, value)) if folders == 0 => {
            Err(Error::argument(flag, value, "a folder of stores to choose from, not stores alone"))
        }
        _ => Ok(inputs),
    }
}

/// The first few, and that there are more.
fn listed(names: &[String]) -> String {
    let more = if names.len() > MOST_LISTED { ", and more" } else { "" };
    format!("{}{more}", names.iter().take(MOST_LISTED).map(String::as_str).collect::<Vec<_>>().join(", "))
}
