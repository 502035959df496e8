//! Experiments: a grid of configurations, the columns that are kept, and the figure that is drawn from them.
//!
//! An experiment's binary runs its cells, writes `NAME.csv`, and draws `NAME.svg` and `NAME.png` from that table alone.

pub mod hard_instance;
pub mod real_features;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

pub use table::Table;

use crate::Result;
use crate::cli::{Failure, Outputs, Progress, Verbosity, stop_flag, with_jobs};
use crate::plot::{self, Figure};
use crate::simulate::config::SeedConfig;
use crate::simulate::{Config, Observer, Simulation, Summary, output, run};

/// One experiment.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Its name, and that of its files.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// The cells of its full or quick profile.
    pub cells: fn(quick: bool) -> Vec<Cell>,
    /// The measured columns that are kept, such as `failure_0.5`.
    pub columns: &'static [&'static str],
    /// Names and values of what the theory says of a cell after t rounds.
    pub theory: fn(&Simulation, t: usize) -> Result<Vec<(&'static str, f64)>>,
    /// The figure, drawn from the table alone.
    pub figure: fn(&Table) -> Result<Figure>,
}

/// One configuration of the grid.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What tells it from the others: names and values, the same names in every cell.
    pub labels: Vec<(&'static str, String)>,
    /// The configuration, as TOML.
    pub config: String,
}

#[derive(Debug, Parser)]
struct Args {
    /// Fewer replicates and fewer cells of the same experiment; the default folder is then figures/quick
    #[arg(long)]
    quick: bool,
    /// The seed: a whole number, or 0x and 64 hexadecimal digits
    #[arg(long, value_name = "S", default_value = "1")]
    seed: String,
    /// Threads; the result does not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Where the CSV and the figure go; files of an earlier run are replaced [default: figures]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// The `main` of an experiment's binary.
pub fn main(experiment: &Experiment) -> ExitCode {
    use clap::{CommandFactory, FromArgMatches};
    let command = Args::command().name(experiment.name).about(experiment.about).version(env!("CARGO_PKG_VERSION"));
    let args = match Args::from_arg_matches(&command.get_matches()) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    experiment.carry_out(&args).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}

impl Experiment {
    fn carry_out(&self, args: &Args) -> std::result::Result<(), Failure> {
        let default = if args.quick { "figures/quick" } else { "figures" };
        let folder = args.out.clone().unwrap_or_else(|| default.into());
        let seed = args.seed.parse().map_or_else(|_| SeedConfig::Text(args.seed.clone()), SeedConfig::Number);
        let simulations = self.prepare(args.quick, &seed).map_err(Failure::refused)?;
        let files = ["csv", "svg", "png"].map(|ending| format!("{}.{ending}", self.name));
        let outputs = Outputs::claim(&folder, &files.each_ref().map(String::as_str), true).map_err(Failure::refused)?;

        let rounds = |simulation: &Simulation| simulation.config.run.replicates * (simulation.process.rounds + 1);
        let total = simulations.iter().map(|(_, simulation)| rounds(simulation)).sum::<usize>();
        let progress = Progress::new(total as u64, args.verbosity, stop_flag()?);
        let table = with_jobs(args.jobs, || self.run(&simulations, &progress))?;
        progress.finish();
        let csv = table.map_err(Failure::failed)?.to_csv();
        // The figure is drawn from what was written, so that it can be drawn again from the file.
        let draw = || -> Result<()> {
            outputs.write(&files[0], &csv)?;
            plot::save(&folder, self.name, &(self.figure)(&Table::parse(&csv)?)?)
        };
        draw().map_err(Failure::failed)?;
        args.verbosity.say(format!("wrote {} to {}", files.join(", "), folder.display()));
        Ok(())
    }

    fn prepare(&self, quick: bool, seed: &SeedConfig) -> Result<Vec<(Cell, Simulation)>> {
        let prepared = |cell: Cell| {
            let table = cell.config.parse().map_err(|error: toml::de::Error| {
                crate::Error::argument("configuration", self.name, error.to_string())
            })?;
            let mut config = Config::from_table(&table)?;
            config.run.seed = seed.clone();
            Ok((cell, Simulation::new(config)?))
        };
        (self.cells)(quick).into_iter().map(prepared).collect()
    }

    /// Runs the cells one after another, the replicates of each in parallel.
    fn run(&self, simulations: &[(Cell, Simulation)], observer: &dyn Observer) -> Result<Table> {
        let mut rows = Vec::new();
        let mut header = Vec::new();
        for (cell, simulation) in simulations {
            let summary = Summary::new(&run(simulation, false, observer)?, &simulation.deltas);
            for t in 0..summary.rows.len() {
                let theory = (self.theory)(simulation, t)?;
                let (names, values): (Vec<String>, Vec<String>) =
                    self.row(cell, simulation, &summary, t, &theory).into_iter().unzip();
                header = names;
                rows.push(values);
            }
        }
        Ok(Table::new(header, rows))
    }

    fn row(
        &self,
        cell: &Cell,
        simulation: &Simulation,
        summary: &Summary,
        t: usize,
        theory: &[(&'static str, f64)],
    ) -> Vec<(String, String)> {
        let mut row: Vec<(String, String)> =
            cell.labels.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        row.push(("replicates".to_owned(), simulation.config.run.replicates.to_string()));
        row.push(("t".to_owned(), t.to_string()));
        for name in self.columns {
            let cell = summary.column(name).and_then(|column| summary.rows[t][column].as_ref());
            let ends = cell.and_then(|cell| cell.interval.ends);
            let text = |value: Option<f64>| value.map_or(String::new(), output::plain);
            row.push((format!("{name}_mean"), text(cell.map(|cell| cell.interval.mean))));
            row.push((format!("{name}_lo"), text(ends.map(|ends| ends.0))));
            row.push((format!("{name}_hi"), text(ends.map(|ends| ends.1))));
        }
        row.extend(theory.iter().map(|&(name, value)| (name.to_owned(), output::plain(value))));
        row
    }
}
