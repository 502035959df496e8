//! The `selfreward` command.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Checks the theory of self-rewarding language models by experiment, in the linear softmax class.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bound(Box<cli::bound::BoundArgs>),
    Plan(cli::plan::PlanArgs),
}

fn main() -> ExitCode {
    cli::exit(match Cli::parse().command {
        Command::Bound(args) => cli::bound::run(*args),
        Command::Plan(args) => cli::plan::run(args),
    })
}
