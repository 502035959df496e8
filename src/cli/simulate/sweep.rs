//! A sweep: lists given to keys of a configuration are the axes of a grid, which is computed as a study is, into a store.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::{ILL_CONDITIONED, QUICK, ROUNDING, SimulateArgs, WIDEST, read};
use crate::cli::order::{Existing, Order, compute};
use crate::cli::outputs::{spare, within};
use crate::cli::overlays::{Overlay, located};
use crate::cli::run::Settings;
use crate::cli::scratch::Scratch;
use crate::cli::{Failure, Outputs, Verbosity, print, stop_flag, terminal_width};
use crate::experiment::{self, LastRound, LastRounds, Results, plates};
use crate::simulate::config::{Given, RunConfig, set};
use crate::simulate::{keys, remarks as remarks_of};
use crate::study::revised::{SWEEP, Setting};
use crate::study::store::file_name;
use crate::study::{Definition, Profile, Shard, Store, Study};
use crate::words::counted;
use crate::{Error, plot};

/// Carries a sweep out.
pub(super) fn run(args: &SimulateArgs, overlays: Vec<Overlay>) -> Result<(), Failure> {
    if let Some(file) = &args.save_theta {
        let expected = "a single run: of a sweep no θ is kept; `selfreward show STORE --cell ID` prints the configuration of a cell";
        return Err(Failure::refused(Error::argument("--save-theta", file.display(), expected)));
    }
    let study = prepare(args, &overlays).map_err(Failure::Refused)?;
    let place = Place::of(args, &study).map_err(Failure::refused)?;
    let (order, outputs) = place.claim(args, study).map_err(Failure::refused)?;
    let (study, verbosity) = (order.study(), args.verbosity);
    verbosity.detail(order.describe());
    remarks(study).map_err(Failure::refused)?.iter().for_each(|remark| verbosity.say(remark));
    if let Some(outputs) = &outputs {
        outputs.write(format!("{}.toml", place.stem), &study.definition.text).map_err(Failure::failed)?;
    }
    let seed = serde_json::json!(study.seed).to_string();
    let settings = Settings { seed, jobs: args.jobs, locks: args.locks, verbosity };
    let computed = match compute(std::slice::from_ref(&order), &settings, &stop_flag()) {
        // Of what failed while running there are rows, and the table says what is not there.
        Err(failure @ Failure::Failed(_)) => Err(failure),
        other => Ok(other?),
    };
    let results = match Results::open(order.path()) {
        Ok(results) => results,
        Err(error) => return computed.and(Err(Failure::failed(error))),
    };
    let last = LastRounds::of(&results).map_err(Failure::failed)?;
    warn(&last, verbosity);
    let written = outputs.map_or_else(|| Ok(Vec::new()), |outputs| place.draw(&results, &outputs));
    let text = if args.json {
        format!("{:#}", last.document(&results))
    } else {
        last.table(Some(terminal_width().unwrap_or(WIDEST)))
    };
    // What was computed is shown, whether or not it could be written.
    let printed = print(text.trim_end());
    written.map_err(Failure::failed)?.iter().for_each(|what| verbosity.say(format!("wrote {what}")));
    computed.and(printed)
}

/// The study of a sweep, every cell of it checked.
fn prepare(args: &SimulateArgs, overlays: &[Overlay]) -> anyhow::Result<Study> {
    let located = |error: Error| located(of_configuration(error), &args.config, overlays);
    let mut table = read(&args.config)?;
    keys::refuse_unknown(&table).map_err(located)?;
    let mut settings: Vec<Setting> = Vec::new();
    for Overlay { key, given, .. } in overlays {
        match given {
            Given::One(value) if key.starts_with("run.") => set(&mut table, key, value.clone())?,
            Given::Each(values) if key.starts_with("run.") => {
                let expected = "a single value: all cells of a sweep share [run]";
                return Err(located(Error::argument(key, Value::Array(values.clone()), expected)));
            }
            _ => settings.push((key.clone(), given.clone())),
        }
    }
    let run = run_config(&mut table).map_err(located)?;
    let (replicates, name) = (run.replicates, name(&args.config));
    let definition = Definition::sweep(&name, table, &settings, replicates, replicates.min(QUICK)).map_err(located)?;
    let profile = if args.quick { Profile::Quick } else { Profile::Full };
    let study = Study::new(definition, profile, run.seed).map_err(located)?;
    study.check().map_err(located)?;
    Ok(study)
}

/// Takes `[run]` out of a configuration; what a store has no place for is refused.
fn run_config(table: &mut Table) -> crate::Result<RunConfig> {
    let Some(section) = table.remove("run") else { return Ok(RunConfig::default()) };
    let read = keys::read(&Table::from_iter([("run".to_owned(), section)]))?;
    let section = read.get("run").cloned().unwrap_or_else(|| Value::Table(Table::new()));
    let run = RunConfig::deserialize(section)
        .map_err(|error| Error::argument("[run]", error.message(), "keys of the listed forms"))?;
    if run.first_replicate != 0 {
        let expected = "0 in a sweep: the replicates of a store are numbered from 0";
        return Err(Error::argument("run.first_replicate", run.first_replicate, expected));
    }
    if run.same_instance {
        let expected = "false in a sweep: each replicate of a store has its own instance";
        return Err(Error::argument("run.same_instance", true, expected));
    }
    run.seed.resolve()?;
    Ok(run)
}

/// An error of the sweep's part as one of the configuration that it came from.
fn of_configuration(error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } => {
            let own = name.strip_prefix(SWEEP).and_then(|name| name.strip_prefix(": "));
            Error::Argument { name: own.unwrap_or(&name).to_owned(), value, expected }
        }
        other => other,
    }
}

/// The longest name that is made; definitions take a few letters more.
const LONGEST: usize = 80;

/// The name of a sweep: that of the configuration's file, as far as names of experiments go, and none that is compiled in.
fn name(config: &Path) -> String {
    let stem = config.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let good = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' };
    let name: String = stem.chars().take(LONGEST).map(good).collect();
    let name = name.trim_matches('_');
    match name {
        "" => SWEEP.to_owned(),
        _ if experiment::find(name).is_some() => format!("{name}_{SWEEP}"),
        _ => name.to_owned(),
    }
}

/// What a person should know of the cells before they are computed, each sentence once.
fn remarks(study: &Study) -> crate::Result<Vec<String>> {
    /// Sentences that are said.
    const MOST: usize = 4;
    let (mut remarks, mut others): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
    for ordinal in 0..study.cells() {
        for remark in remarks_of(&study.cell(ordinal)?.config) {
            match remarks.iter().position(|(known, _)| *known == remark) {
                Some(place) => remarks[place].1 += 1,
                None if remarks.len() < MOST => remarks.push((remark, 1)),
                None => others += 1,
            }
        }
    }
    let cells = study.cells();
    let named =
        |(remark, of): (String, usize)| if of == cells { remark } else { format!("{of} of {cells} cells: {remark}") };
    let mut sentences: Vec<String> = remarks.into_iter().map(named).collect();
    if others > 0 {
        sentences.push(format!("{others} more sentences of this kind, of other cells, are not said"));
    }
    Ok(sentences)
}

/// Where a sweep's files go.
struct Place {
    store: PathBuf,
    /// The folder of the other files, and what they are called; no such files without `--out`.
    folder: Option<PathBuf>,
    stem: String,
    /// A store that is not kept lives as long as this.
    _scratch: Option<Scratch>,
}

impl Place {
    fn of(args: &SimulateArgs, study: &Study) -> crate::Result<Self> {
        let (name, file) =
            (study.definition.name.clone(), file_name(&study.definition.name, study.profile, Shard::WHOLE));
        let Some(out) = &args.out else {
            let scratch = Scratch::new()?;
            let store = scratch.path().join(file);
            return Ok(Self { store, folder: None, stem: name, _scratch: Some(scratch) });
        };
        let is_store = out.extension().is_some_and(|ending| ending == "sqlite") && !out.is_dir();
        let beside = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (store, folder, stem) = if is_store {
            let stem = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (out.clone(), beside.to_owned(), stem)
        } else {
            (out.join(file), out.clone(), name)
        };
        Ok(Self { store, folder: Some(folder), stem, _scratch: None })
    }

    /// Refuses what cannot be written, what exists without leave, and what is read.
    fn claim(&self, args: &SimulateArgs, study: Study) -> crate::Result<(Order, Option<Outputs>)> {
        let at = |existing| Order::at(study, Shard::WHOLE, self.store.clone(), existing);
        let Some(folder) = &self.folder else {
            // Whatever lies in the place of a store that is not kept is one of a process that was killed.
            let order = at(Existing::Replace)?.passing();
            order.check()?;
            return Ok((order, None));
        };
        let order = at(match (args.resume, args.force) {
            (true, _) => Existing::Resume,
            (_, true) => Existing::Replace,
            _ => Existing::Keep,
        })?;
        let study = order.study();
        spare(order.path(), std::slice::from_ref(&args.config))?;
        let [toml, csv, svg, png, pdf] =
            ["toml", "csv", "svg", "png", "pdf"].map(|ending| format!("{}.{ending}", self.stem));
        let inputs = || study.inputs.iter().cloned().chain([args.config.clone()]);
        spare(&within(folder, &toml), std::slice::from_ref(&args.config))?;
        // A definition that is this sweep's, or its store's, is no other file; what was drawn of them is drawn again.
        let there = fs::read_to_string(within(folder, &toml)).ok();
        let resumed = args.resume && self.store.exists();
        let of_store = match (&there, resumed) {
            (Some(text), true) => Store::open(&self.store)?.identity()?.get("definition") == Some(text),
            _ => false,
        };
        let own = of_store || there.as_deref() == Some(&study.definition.text);
        if args.resume && there.is_some() && !own {
            let message = "exists already, and is not the definition of this store; move it, or use another --out";
            return Err(Error::file(within(folder, &toml), message));
        }
        Outputs::claim(folder, &[&toml], args.force || own)?.sparing(inputs())?;
        let files = [toml.as_str(), &csv, &svg, &png, &pdf];
        let outputs = Outputs::claim(folder, &files, args.force || own || resumed)?.sparing(inputs())?;
        order.check()?;
        Ok((order, Some(outputs)))
    }

    /// Draws the figure of a store, and writes the table beside it; gives what was written.
    fn draw(&self, results: &Results, outputs: &Outputs) -> crate::Result<Vec<String>> {
        let shown = |name: &Path| within(outputs.folder(), name).display().to_string();
        let mut written = vec![shown(Path::new(&format!("{}.toml", self.stem)))];
        if results.store.counts()?.done == 0 {
            return Ok(written);
        }
        for plate in plates(results) {
            let plate = plate?;
            let rest = plate.name.strip_prefix(results.study.definition.name.as_str()).unwrap_or(&plate.name);
            let name = format!("{}{rest}", self.stem);
            let figure = plot::named(&plate.figure, &name)?;
            let table = (PathBuf::from(format!("{name}.csv")), plate.csv.into_bytes());
            for (file, bytes) in std::iter::once(table).chain(figure) {
                outputs.write(&file, bytes)?;
                written.push(shown(&file));
            }
        }
        Ok(written)
    }
}

/// Says so where numbers of the last rounds have lost digits.
fn warn(last: &LastRounds, verbosity: Verbosity) {
    let mean = |cell: &LastRound, name: &str| Some(cell.means[last.column(name)?].as_ref()?.mean);
    let rough = |cell: &LastRound| {
        mean(cell, "logit_rounding").is_some_and(|size| size > ROUNDING)
            && mean(cell, "rank_fraction").is_some_and(|fraction| fraction < 1.0)
    };
    let ill = |cell: &LastRound| mean(cell, "condition_number").is_some_and(|size| size > ILL_CONDITIONED);
    let say = |cells: usize, what: &str| {
        if cells > 0 {
            let all = counted(last.cells.len(), "cell");
            verbosity.say(format!("warning: in {cells} of {all} {what}"));
        }
    };
    say(
        last.cells.iter().filter(|cell| rough(cell)).count(),
        "logit differences have lost digits at the end: what the samples saw has outgrown what they did not, and the latter is \
         rounding; use fewer rounds, or a larger beta",
    );
    say(
        last.cells.iter().filter(|cell| ill(cell)).count(),
        "the weighted rows of the last fit are ill-conditioned: directions of little weight have lost digits; use fewer rounds, or a \
         ridge",
    );
}
