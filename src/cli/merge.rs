//! `selfreward merge`: joins the stores of shards.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, Verbosity};
use crate::study;

/// Join the stores of shards into one that equals that of the unsharded run
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
    let counts = study::merge::merge(&args.stores, &args.output, args.force).map_err(Failure::refused)?;
    args.verbosity.say(format!(
        "{} stores joined: {} cells, {} of {} replicates done, {} failed -> {}",
        args.stores.len(),
        counts.cells,
        counts.done,
        counts.asked,
        counts.failed,
        args.output.display()
    ));
    if !counts.complete() {
        args.verbosity.say("warning: incomplete; `selfreward run --resume` computes what is missing");
    }
    Ok(())
}
