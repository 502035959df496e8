//! `selfreward completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Failure, Verbosity, print};

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "selfreward", &mut text);
    print(String::from_utf8_lossy(&text).trim_end())
}
