//! `selfreward man`.

use clap::{Args, CommandFactory};

use super::{Cli, Failure, Verbosity, print};

/// Print the man page (roff): of the command, then of every subcommand
#[derive(Debug, Args)]
pub struct ManArgs {
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(_: &ManArgs) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(Failure::failed)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        clap_mangen::Man::new(subcommand.clone()).render(&mut text).map_err(Failure::failed)?;
    }
    print(String::from_utf8_lossy(&text).trim_end())
}
