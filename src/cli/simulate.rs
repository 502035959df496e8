//! `selfreward simulate`: one run of a configuration, or a sweep of it.

mod sweep;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use toml::Table;

use super::counts::{self, whole};
use super::locks::Locks;
use super::overlays::{self, Overlay, located};
use super::{Failure, Jobs, Outputs, Progress, Verbosity, print, stop_flag, terminal_width};
use crate::instance::npz::NpzWriter;
use crate::metrics::{QUANTITIES, also, chain};
use crate::plot;
use crate::simulate::config::Given;
use crate::simulate::keys::{MOST, keys};
use crate::simulate::{Config, Simulation, Summary, Trajectories, config, figure, output};
use crate::study::{cost, provenance};
use crate::words::counted;
use crate::{Error, draft, files, threads};

const FILES: [&str; 7] = [
    "config.toml",
    "trajectory.csv",
    "trajectory.json",
    "trajectory.svg",
    "trajectory.png",
    "trajectory.pdf",
    "provenance.json",
];
const QUICK: usize = 3;
/// Condition numbers of weighted rows above this cost more than half of the digits.
const ILL_CONDITIONED: f64 = 1e7;
/// Columns of the table where stdout is no terminal.
const WIDEST: usize = 100;

/// Run self-rewarding rounds from a configuration and measure everything exactly
///
/// A list given to a key is an axis: --set 'process.samples=[64, 1024]' --set 'process.preset=["self-rewarding", "sharpening-sft"]' is a
/// sweep over all combinations, with a row for each in one table. Where a key's value is a list itself (measure.delta), a list of lists is
/// an axis.
#[derive(Debug, Args)]
#[command(after_long_help = long_help(), after_help = "`--help` lists every key of the configuration with its default.")]
pub struct SimulateArgs {
    /// The configuration (TOML)
    #[arg(long, value_name = "FILE.toml")]
    config: PathBuf,
    /// Set a dotted key to a TOML value, for example process.samples=512; wins over the file. A list is an axis of a sweep: put it in
    /// single quotes, 'process.samples=[64, 1024]'
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The seed: a whole number, or 0x and 64 hexadecimal digits (run.seed)
    #[arg(long, value_name = "S")]
    seed: Option<String>,
    /// The number of replicates (run.replicates)
    #[arg(long, value_name = "R", value_parser = whole::<1, { counts::MOST }, u64>)]
    replicates: Option<u64>,
    /// Threads; the result does not depend on it [default: one for each core]
    #[arg(long, value_name = "N", value_parser = whole::<1, { counts::MOST }, usize>)]
    jobs: Option<usize>,
    /// Divide all features by the largest norm and multiply θ_0 by it: the policy π_0 stays (instance.rescale)
    #[arg(long)]
    rescale: bool,
    /// Print one JSON document in place of the table
    #[arg(long)]
    json: bool,
    /// Write config.toml, trajectory.csv, trajectory.json, trajectory.svg, trajectory.png, trajectory.pdf and provenance.json into this folder; of a
    /// sweep NAME-full.sqlite (the store of all rows), NAME.toml (the definition, for `selfreward run`), NAME.csv, NAME.svg, NAME.png and NAME.pdf,
    /// NAME being that of the configuration's file. FILE.sqlite is the place of the store itself, with the others beside it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files that exist
    #[arg(long)]
    force: bool,
    /// A sweep alone: go on with the store of --out, also with more replicates or other lists; compute only what is missing
    #[arg(long, requires = "out", conflicts_with = "force")]
    resume: bool,
    /// The same run with at most 3 replicates and 3 rounds; of a sweep at most 3 replicates of each cell, with all rounds
    #[arg(long)]
    quick: bool,
    /// Write θ_t of every replicate and round as array `theta` (R, T+1, d)
    #[arg(long, value_name = "FILE.npz")]
    save_theta: Option<PathBuf>,
    #[command(flatten)]
    locks: Locks,
    #[command(flatten)]
    verbosity: Verbosity,
}

impl SimulateArgs {
    /// Whether the JSON document is made.
    fn wants_document(&self) -> bool {
        self.json || self.out.is_some()
    }
}

/// All keys of the configuration, from the list that also checks them.
fn long_help() -> String {
    let mut text = String::from("Keys of the configuration (default in brackets):\n");
    for section in keys().chunk_by(|a, b| a.section == b.section) {
        text.push_str(&format!("\n[{}]\n", section[0].section));
        for key in section {
            let of = if key.of.is_empty() { String::new() } else { format!("{}: ", key.of.join(", ")) };
            text.push_str(&format!("  {:<17} {of}{} [{}]\n", key.name, key.meaning, key.default));
        }
    }
    text.push_str("\nMeasured quantities, in JSON and CSV:\n");
    for quantity in QUANTITIES {
        text.push_str(&format!("  {:<19} {}\n", quantity.name, quantity.definition));
    }
    text.push_str("\nWith measure.chain, for the step from t to t + 1 (in the row of t + 1):\n");
    for quantity in chain::QUANTITIES {
        text.push_str(&format!("  {:<32} {}\n", quantity.name, quantity.definition));
    }
    text.push_str("\nWith measure.also (those of a step in the row that it arrives at), and with measure.levels:\n");
    for quantity in also::QUANTITIES.iter().map(|also| &also.quantity).chain(also::LEVEL_QUANTITIES) {
        text.push_str(&format!("  {:<25} {}\n", quantity.name, quantity.definition));
    }
    format!("{text}\n{SWEEPS}\n{}", super::EXIT_CODES)
}

/// What a sweep is, for the help.
const SWEEPS: &str = "\
Sweeps:
  A sweep is an experiment of your own, called after the configuration's file, with a cell for each combination. Its rows are those of \
`selfreward run` on its definition (which --out keeps) with the same seed, and not those of a single run with the cell's values; \
`selfreward show STORE --cell ID` prints the configuration that gives them. The table shows the last round.
  Each cell's seed follows from that name and the cell's values alone: more values, another order or more replicates change no row, and \
--resume computes what is missing.
  So cells draw different instances, unless nothing of an instance is drawn (kind npz with the θ_0 of its file): differences between \
cells are not paired.
  A shell takes double quotes away and may take brackets for a pattern: put a list in single quotes.
";

/// Carries the command out.
pub(super) fn run(args: &SimulateArgs) -> Result<(), Failure> {
    args.locks.apply();
    let overlays = laid(args).map_err(Failure::Refused)?;
    if overlays.iter().any(|overlay| matches!(overlay.given, Given::Each(_))) {
        return sweep::run(args, overlays);
    }
    if args.resume {
        let expected = "a sweep, which keeps a store: a list given to some key with --set";
        return Err(Failure::refused(Error::argument("--resume", "a single run", expected)));
    }
    let simulation = prepare(args, &overlays).map_err(Failure::Refused)?;
    let files = Files::claim(args, &simulation).map_err(Failure::refused)?;
    let verbosity = args.verbosity;
    let jobs = jobs(args, &simulation).map_err(Failure::refused)?;
    simulation.remarks.iter().for_each(|remark| verbosity.say(remark));
    simulation.preset_keys().iter().for_each(|key| verbosity.detail(key));
    simulation.derived.iter().for_each(|(name, value)| verbosity.detail(format!("{name} = {value}")));

    let settings = &simulation.config.run;
    let total = (settings.replicates as u64).saturating_mul(simulation.process.rounds as u64 + 1);
    let progress = Progress::new(total, verbosity, stop_flag());
    let keep = args.save_theta.is_some();
    let trajectories = jobs.run(|| crate::simulate::run(&simulation, keep, &progress))?;
    progress.finish();
    let trajectories = trajectories.map_err(Failure::failed)?;
    let summary = Summary::new(&trajectories, &simulation);
    warn_of_rounding(&summary, verbosity);
    warn_of_condition(&summary, verbosity);

    let document = args.wants_document().then(|| format!("{:#}\n", output::document(&simulation, &summary)));
    let document = document.unwrap_or_default();
    let written = files.write(&simulation, &summary, &document, &trajectories);
    let text = if args.json {
        document
    } else {
        output::table(
            &summary,
            &simulation.config.asked(),
            settings.replicates,
            Some(terminal_width().unwrap_or(WIDEST)),
        )
    };
    // What was computed is shown, whether or not it could be written.
    let printed = print(text.trim_end());
    written.map_err(Failure::failed)?.iter().for_each(|what| verbosity.say(format!("wrote {what}")));
    printed
}

/// The threads, as memory allows: for all replicates at once, and for what is kept of them.
fn jobs(args: &SimulateArgs, simulation: &Simulation) -> crate::Result<Jobs> {
    let config = &simulation.config;
    // Where there are fewer replicates than threads, those share the prompts of each.
    let blocks = threads::blocks(config.instance.shape(config.process.samples).prompts as usize).max(1);
    let replicates = config.run.replicates;
    let jobs = Jobs::new(args.jobs, replicates.saturating_mul(blocks), args.verbosity);
    let needs = cost::of_run(simulation, args.wants_document(), args.save_theta.is_some())?;
    jobs.fit(&needs.what, needs.kept, vec![needs.each; jobs.get().min(replicates)], args.verbosity)
}

fn prepare(args: &SimulateArgs, overlays: &[Overlay]) -> anyhow::Result<Simulation> {
    let mut table = read(&args.config)?;
    overlays::lay(&mut table, overlays)?;
    let located = |error: Error| located(error, &args.config, overlays);
    let mut config = Config::from_table(&table).map_err(located)?;
    let mut quick = None;
    if args.quick {
        let (replicates, rounds) = (config.run.replicates.min(QUICK), config.process.rounds.min(QUICK));
        quick = Some(format!("quick: {} and {}", counted(replicates, "replicate"), counted(rounds, "round")));
        config.run.replicates = replicates;
        config.process.rounds = rounds;
    }
    let mut simulation = Simulation::new(config).map_err(located)?;
    simulation.remarks.extend(quick);
    Ok(simulation)
}

/// The configuration's file, read.
fn read(path: &Path) -> anyhow::Result<Table> {
    let text = files::text(path, "a configuration (TOML)")?;
    config::parse_toml(&text).with_context(|| path.display().to_string())
}

/// What is laid over the file, in order.
fn laid(args: &SimulateArgs) -> anyhow::Result<Vec<Overlay>> {
    let mut laid = overlays::read(&args.settings, args.seed.as_deref())?;
    if let Some(replicates) = args.replicates {
        let number = i64::try_from(replicates)
            .map_err(|_| Error::argument("--replicates", replicates, format!("a whole number from 1 to {MOST}")))?;
        laid.push(Overlay::one("--replicates", "run.replicates", number));
    }
    if args.rescale {
        laid.push(Overlay::one("--rescale", "instance.rescale", true));
    }
    Ok(laid)
}

/// Where the results go besides stdout.
struct Files<'a> {
    folder: Option<Outputs>,
    thetas: Option<(Outputs, &'a Path)>,
}

impl<'a> Files<'a> {
    /// Checked before the run: all can be written, and nothing that is read is among them.
    fn claim(args: &'a SimulateArgs, simulation: &Simulation) -> crate::Result<Self> {
        let mut inputs = vec![args.config.clone()];
        inputs.extend(simulation.config.instance.inputs());
        let claimed = |folder: &PathBuf| Outputs::claim(folder, &FILES, args.force)?.sparing(inputs.clone());
        let folder = args.out.as_ref().map(claimed).transpose()?;
        let thetas = args.save_theta.as_deref().map(|file| {
            let others = args.out.iter().flat_map(|folder| FILES.map(|name| folder.join(name)));
            if others.clone().any(|other| draft::same(&other, file)) {
                return Err(Error::file(file, "is another output of this command; expected a file of its own"));
            }
            Outputs::claim_file("--save-theta", file, args.force)?
                .sparing(inputs.clone())
                .map(|outputs| (outputs, file))
        });
        Ok(Self { folder, thetas: thetas.transpose()? })
    }

    /// Writes them; gives what was written.
    fn write(
        &self,
        simulation: &Simulation,
        summary: &Summary,
        document: &str,
        trajectories: &Trajectories,
    ) -> anyhow::Result<Vec<String>> {
        let mut written = Vec::new();
        if let Some(outputs) = &self.folder {
            outputs.write("config.toml", simulation.config.to_toml())?;
            outputs.write("trajectory.csv", output::csv(summary))?;
            outputs.write("trajectory.json", document)?;
            for (file, bytes) in plot::named(&figure::trajectory(simulation, summary), "trajectory")? {
                outputs.write(file, bytes)?;
            }
            outputs.write("provenance.json", format!("{:#}\n", origin(simulation)?))?;
            written.push(format!("{} to {}", FILES.join(", "), outputs.folder().display()));
        }
        if let Some((outputs, file)) = &self.thetas {
            let mut bytes = Vec::new();
            let mut npz = NpzWriter::new(std::io::Cursor::new(&mut bytes));
            npz.add_array("theta", &output::thetas(trajectories))?;
            npz.finish()?;
            outputs.write(file.file_name().unwrap_or_default(), bytes)?;
            written.push(file.display().to_string());
        }
        Ok(written)
    }
}

/// Where the files come from, in the form of a store's: what the numbers follow from beside the configuration, and what may
/// differ between honest runs.
fn origin(simulation: &Simulation) -> crate::Result<serde_json::Value> {
    let named = |(name, value): (&str, String)| (name.to_owned(), serde_json::Value::from(value));
    let mut identity: serde_json::Map<_, _> = provenance::build().into_iter().map(named).collect();
    for path in simulation.config.instance.inputs() {
        let (name, digest) = provenance::input(&path)?;
        identity.insert(name, digest.into());
    }
    let session: serde_json::Map<_, _> = provenance::machine().into_iter().map(named).collect();
    Ok(serde_json::json!({ "schema": output::SCHEMA, "identity": identity, "sessions": [session] }))
}

/// Above this uncertainty of a logit difference, probabilities of pairs never seen are rounding.
const ROUNDING: f64 = 1e-3;

fn warn_of_rounding(summary: &Summary, verbosity: Verbosity) {
    let (Some(rounding), Some(rank)) = (summary.column("logit_rounding"), summary.column("rank_fraction")) else {
        return;
    };
    let mean = |t: usize, column: usize| summary.rows[t][column].as_ref().map(|cell| cell.interval.mean);
    let incomplete = (0..summary.rows.len()).any(|t| mean(t, rank).is_some_and(|fraction| fraction < 1.0));
    let rough = (0..summary.rows.len()).find(|&t| mean(t, rounding).is_some_and(|size| size > ROUNDING));
    if let (true, Some(t)) = (incomplete, rough) {
        verbosity.say(format!(
            "warning: from t = {t} on, logit differences are known to {:.0e} only: what the samples saw has outgrown what they \
             did not, and the latter is rounding; stop earlier, or use a larger beta",
            mean(t, rounding).unwrap_or(f64::NAN)
        ));
    }
}

/// Says so where a convex fit has lost digits.
fn warn_of_condition(summary: &Summary, verbosity: Verbosity) {
    let Some(column) = summary.column("condition_number") else { return };
    let most = |t: usize| summary.rows[t][column].as_ref().map(|cell| cell.values.iter().copied().fold(1.0, f64::max));
    if let Some((t, most)) =
        (0..summary.rows.len()).find_map(|t| most(t).filter(|size| *size > ILL_CONDITIONED).map(|size| (t, size)))
    {
        verbosity.say(format!(
            "warning: from t = {t} on, the weighted rows of the fit have a condition number of {most:.0e}: directions of little \
             weight have lost digits; stop earlier, or use a ridge"
        ));
    }
}
