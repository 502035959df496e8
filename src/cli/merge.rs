//! `selfreward merge`: joins the stores of shards.

use std::path::PathBuf;

use clap::Args;

use super::outputs::files_of_store;
use super::{Failure, Verbosity};
use crate::study::merge::{Merged, merge};
use crate::{Error, draft};

const REMEDY: &str = "`selfreward run --resume` on the joined store computes what is missing";

/// Join the stores of shards into one that equals that of the unsharded run
///
/// Stores that do not exist are left out: what is there is joined, the missing ones are named, and the exit code is 1.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The stores
    #[arg(value_name = "STORE", required = true)]
    stores: Vec<PathBuf>,
    /// The joined store
    #[arg(short, long = "output", value_name = "ALL")]
    output: PathBuf,
    /// Overwrite a file that exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &MergeArgs) -> Result<(), Failure> {
    let inputs: Vec<PathBuf> = args.stores.iter().flat_map(|store| files_of_store(store)).collect();
    if inputs.iter().any(|input| draft::same(input, &args.output)) {
        let what = "is one of the stores to merge; expected another file";
        return Err(Failure::refused(Error::file(&args.output, what)));
    }
    // The store that a link leads to is the one that is replaced.
    let output = draft::resolved(&args.output).unwrap_or_else(|_| args.output.clone());
    let Merged { counts, missing } = merge(&args.stores, &output, args.force).map_err(Failure::refused)?;
    args.verbosity.say(format!(
        "{} stores joined: {} cells, {} of {} replicates done, {} failed -> {}",
        args.stores.len() - missing.len(),
        counts.cells,
        counts.done,
        counts.asked,
        counts.failed,
        args.output.display()
    ));
    let missing: Vec<String> = missing.iter().map(|path| path.display().to_string()).collect();
    match (counts.complete(), missing.as_slice()) {
        (true, []) => {}
        // A shard that holds no cell has no store.
        (true, _) => args.verbosity.say(format!("no such store, and nothing is missing: {}", missing.join(", "))),
        (false, []) => args.verbosity.say(format!("warning: incomplete; {REMEDY}")),
        (false, _) => {
            let message = format!("left out, since they do not exist: {}; {REMEDY}", missing.join(", "));
            return Err(Failure::Failed(anyhow::anyhow!(message)));
        }
    }
    Ok(())
}
