//! `selfreward compare`: two runs, stores or loops; whether B differs from A, where, and by how much.

mod computed;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::counts::{self, whole};
use super::json::Shown;
use super::locks::Locks;
use super::outputs::files_of_store;
use super::{Failure, Json, Outputs, Verbosity, terminal_width};
use crate::compare::{self, By, Gathered, Matching, Origin, Pairing, Question};
use crate::experiment::{CellRows, Results};
use crate::plot;
use crate::words::counted;
use crate::{Error, Result, files};

const FILES: [&str; 5] = ["compare.csv", "compare.json", "compare.svg", "compare.png", "compare.pdf"];
/// Columns of the table where stdout is no terminal.
const WIDEST: usize = 140;
/// Cells that are named where they have no counterpart.
const NAMED: usize = 20;

const FORMS: &str = "\
What A and B can be:
  compare RUN_A RUN_B                     two folders of `simulate --out`
  compare STORE_A STORE_B                 two stores: cells with the same values are compared
  compare STORE --by KEY=A,B              two values of a key of one store, such as process.beta=1,2 (or part, or cell)
  compare --config C.toml LOOP_A LOOP_B   two named loops (`selfreward loops`), run on one instance with one seed
  compare A.toml B.toml                   two configurations, run with one seed
  compare A.toml --set-b KEY=VALUE        a configuration, and the same with other settings

Exit code 0 says that the comparison was made, whatever came out; 2 that it was refused.";

/// Say whether B differs from A, in which quantities, from which round on, and by how much
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub struct CompareArgs {
    /// Folders of runs, stores, configurations, or, with --config, named loops
    #[arg(value_name = "A B", num_args = 0..=2)]
    sides: Vec<String>,
    /// The configuration (TOML) in which the named loops run
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// Set a dotted key of both configurations to a TOML value, for example process.samples=512
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The same of B alone
    #[arg(long = "set-b", value_name = "KEY=VALUE")]
    settings_b: Vec<String>,
    /// Split one store by two values of a key, which may be part or cell
    #[arg(long, value_name = "KEY=A,B", conflicts_with_all = ["config", "settings", "settings_b"])]
    by: Option<String>,
    /// The quantities, such as failure,drift or failure_0.1 [default: the main ones]
    #[arg(long = "y", value_name = "QUANTITY,…", value_delimiter = ',')]
    quantities: Vec<String>,
    /// δ of the quantities that take one [default: the first that both measure]
    #[arg(long, value_name = "DELTA", value_parser = counts::number)]
    delta: Option<f64>,
    /// The rounds [default: up to 8 of a single pair, the last of each of several]
    #[arg(long = "t", value_name = "T,…", value_delimiter = ',', value_parser = whole::<0, { counts::MOST }, usize>)]
    rounds: Vec<usize>,
    /// The seed of both loops: a whole number, or 0x and 64 hexadecimal digits (run.seed)
    #[arg(long, value_name = "S")]
    seed: Option<String>,
    /// The number of replicates of both loops [default: A's run.replicates, 30 where it is not set]
    #[arg(long, value_name = "R", value_parser = whole::<1, { counts::MOST }, usize>)]
    replicates: Option<usize>,
    /// Threads; the result does not depend on it [default: one for each core]
    #[arg(long, value_name = "N", value_parser = whole::<1, { counts::MOST }, usize>)]
    jobs: Option<usize>,
    #[command(flatten)]
    json: Json,
    /// Write compare.csv, compare.json, compare.svg, compare.png and compare.pdf into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files that exist
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    locks: Locks,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// What a path names.
enum Source {
    Run(PathBuf),
    Store(PathBuf),
    Config(PathBuf),
}

/// What was gathered, with what is said beside it.
struct Sides {
    gathered: Gathered,
    sources: [Value; 2],
    unmatched: [Vec<String>; 2],
}

/// Carries the command out.
pub(super) fn run(args: &CompareArgs) -> std::result::Result<(), Failure> {
    args.locks.apply();
    let ((outputs, shown), sides) = args.gather()?;
    let comparison = sides.gathered.judge();
    let document = compare::document(&comparison, sides.sources, &sides.unmatched);
    let document = format!("{document:#}\n");
    let written = outputs.map_or(Ok(()), |outputs| write(&outputs, &comparison, &document, args.verbosity));
    // What was compared is shown, whether or not it could be written.
    shown.show(|| compare::text(&comparison, Some(terminal_width().unwrap_or(WIDEST))), &document)?;
    written.map_err(Failure::failed)
}

fn write(outputs: &Outputs, comparison: &compare::Comparison, document: &str, verbosity: Verbosity) -> Result<()> {
    outputs.write("compare.csv", compare::csv(comparison))?;
    outputs.write("compare.json", document)?;
    let figure = compare::figure(comparison);
    if figure.panels.is_empty() {
        let folder = outputs.folder().display();
        verbosity.say(format!("wrote compare.csv, compare.json to {folder}; no difference is known: nothing is drawn"));
    } else {
        for (file, bytes) in plot::named(&figure, "compare")? {
            outputs.write(file, bytes)?;
        }
        verbosity.say(format!("wrote {} to {}", FILES.join(", "), outputs.folder().display()));
    }
    Ok(())
}

/// Where the files go, and what is shown.
type Places = (Option<Outputs>, Shown);

/// Those, and what is compared.
type Prepared = (Places, Sides);

impl CompareArgs {
    fn question(&self) -> Question {
        let mut rounds = self.rounds.clone();
        rounds.sort_unstable();
        rounds.dedup();
        Question { quantities: self.quantities.clone(), delta: self.delta, rounds }
    }

    fn outputs(&self, inputs: Vec<PathBuf>) -> Result<Places> {
        let claimed = |folder: &PathBuf| Outputs::claim(folder, &FILES, self.force)?.sparing(inputs.clone());
        let outputs = self.out.as_ref().map(claimed).transpose()?;
        Ok((outputs, self.json.claim(inputs.clone())?))
    }

    fn gather(&self) -> std::result::Result<Prepared, Failure> {
        if let Some(by) = &self.by {
            let by: By = by.parse().map_err(Failure::refused)?;
            let [store] = &self.sides[..] else {
                let found = self.sides.len();
                return Err(Failure::refused(Error::argument("stores beside --by", found, "one")));
            };
            self.refuse_settings("a store").map_err(Failure::refused)?;
            return self.within(Path::new(store), &by).map_err(Failure::refused);
        }
        if self.config.is_some() {
            return self.loops();
        }
        let sources = self.sides.iter().map(|side| Source::of(Path::new(side))).collect::<Result<Vec<_>>>();
        match &sources.map_err(Failure::refused)?[..] {
            [Source::Run(a), Source::Run(b)] => {
                self.refuse_settings("folders of runs").map_err(Failure::refused)?;
                self.of_runs(a, b).map_err(Failure::refused)
            }
            [Source::Store(a), Source::Store(b)] => {
                self.refuse_settings("stores").map_err(Failure::refused)?;
                self.of_stores(a, b).map_err(Failure::refused)
            }
            [Source::Config(a), Source::Config(b)] => self.of_configs(a, b, [&self.sides[0], &self.sides[1]]),
            [Source::Config(a)] if !self.settings_b.is_empty() => self.of_configs(a, a, [&self.sides[0]; 2]),
            [] | [_] => {
                let found = if self.sides.is_empty() { "nothing" } else { &self.sides[0] };
                let expected = "two sides, or STORE --by KEY=A,B, or A.toml --set-b KEY=VALUE (see --help)";
                Err(Failure::refused(Error::argument("A B", found, expected)))
            }
            _ => {
                let expected = "two folders of runs, two stores or two configurations";
                Err(Failure::refused(Error::argument("A B", self.sides.join(" "), expected)))
            }
        }
    }

    /// Refuses what lays something over configurations where there are none to be run.
    fn refuse_settings(&self, what: &str) -> Result<()> {
        let expected = format!("configurations to run; {what} hold what was run");
        let set =
            [("--set", self.settings.first()), ("--set-b", self.settings_b.first()), ("--seed", self.seed.as_ref())];
        if let Some((flag, Some(value))) = set.into_iter().find(|(_, value)| value.is_some()) {
            return Err(Error::argument(flag, value, expected));
        }
        match self.replicates {
            Some(replicates) => Err(Error::argument("--replicates", replicates, expected)),
            None => Ok(()),
        }
    }

    fn of_runs(&self, a: &Path, b: &Path) -> Result<Prepared> {
        let rows = [compare::read_run(a)?, compare::read_run(b)?];
        let inputs = [a, b].iter().flat_map(|path| compare::files_of_run(path)).collect();
        let outputs = self.outputs(inputs)?;
        let names = [a, b].map(|path| path.display().to_string());
        let sources = names.clone().map(|path| json!({ "run": path }));
        let origins = [a, b].map(Origin::of_run);
        Ok((outputs, self.single(names, &rows, sources, [&origins[0], &origins[1]])?))
    }

    /// A comparison of one pair.
    fn single(
        &self,
        names: [String; 2],
        [a, b]: &[CellRows; 2],
        sources: [Value; 2],
        origins: [&Origin; 2],
    ) -> Result<Sides> {
        let columns = [&a.quantities[..], &b.quantities[..]];
        let mut gathered = Gathered::new(names, columns, Vec::new(), self.question())?;
        let last = a.rounds().min(b.rounds());
        if let Some(&t) = self.rounds.iter().find(|&&t| t > last) {
            return Err(Error::argument("--t", t, format!("0 to {last}, the last round that A and B have")));
        }
        gathered.add(Vec::new(), a, b, Pairing::of(a, b, origins), 1);
        Ok(Sides { gathered, sources, unmatched: Default::default() })
    }

    fn of_stores(&self, a: &Path, b: &Path) -> Result<Prepared> {
        let results = [Results::open(a)?, Results::open(b)?];
        let matching = compare::stores(&results[0], &results[1])?;
        let files = results.iter().flat_map(|results| files_of_store(results.store.path())).collect();
        let outputs = self.outputs(files)?;
        let notes = differing_identities(&results)?;
        let names = [a, b].map(|path| path.display().to_string());
        let sources = names.clone().map(|path| json!({ "store": path }));
        Ok((outputs, self.cells(names, [&results[0], &results[1]], matching, sources, notes)?))
    }

    fn within(&self, store: &Path, by: &By) -> Result<Prepared> {
        let results = Results::open(store)?;
        let matching = compare::within(&results, by)?;
        let outputs = self.outputs(files_of_store(results.store.path()))?;
        let by = matching.by.as_ref().unwrap_or(by);
        let names = by.values.clone().map(|value| format!("{} = {value}", by.key));
        let source = |name: &String| json!({ "store": store.display().to_string(), "cells": name });
        let sources = [source(&names[0]), source(&names[1])];
        Ok((outputs, self.cells(names, [&results, &results], matching, sources, Vec::new())?))
    }

    /// A comparison of all cells that match.
    fn cells(
        &self,
        names: [String; 2],
        of: [&Results; 2],
        matching: Matching,
        sources: [Value; 2],
        notes: Vec<String>,
    ) -> Result<Sides> {
        let columns = [of[0].store.quantities()?, of[1].store.quantities()?];
        let columns = [&columns[0][..], &columns[1][..]];
        let mut gathered = Gathered::new(names, columns, matching.keys.clone(), self.question())?;
        gathered.notes = notes;
        let origins = [Origin::of_store(&of[0].store.identity()?), Origin::of_store(&of[1].store.identity()?)];
        let Matching { matches, mut only, freed, .. } = matching;
        let count = matches.len();
        for one in matches {
            let [a, b] = [0, 1].map(|side| of[side].rows_of(one.ordinals[side]));
            let (Some(a), Some(b)) = (a?, b?) else {
                let label = if one.labels.is_empty() { "the cell".to_owned() } else { one.labels.join(", ") };
                only[0].push(format!("{label} (without rows in A or B)"));
                continue;
            };
            let pairing = Pairing::of(&a, &b, [&origins[0], &origins[1]]);
            gathered.add(one.labels, &a, &b, pairing, count);
        }
        if gathered.labels.is_empty() {
            let expected = "rows of both; `selfreward run --resume` computes them";
            return Err(Error::argument("cells that match", "none has rows in A and B", expected));
        }
        let last = gathered.last.iter().map(|[a, b]| *a.min(b)).max().unwrap_or(0);
        if let Some(&t) = self.rounds.iter().find(|&&t| t > last) {
            return Err(Error::argument("--t", t, format!("0 to {last}, the last round that A and B have")));
        }
        if !freed.is_empty() {
            gathered
                .notes
                .push(format!("{} goes with the key that tells A from B, and differs, too.", freed.join(", ")));
        }
        for (side, cells) in ["A", "B"].into_iter().zip(&only).filter(|(_, cells)| !cells.is_empty()) {
            let more = if cells.len() > NAMED { "; … (--json has all)" } else { "" };
            let named = cells.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
            let what = counted(cells.len(), "cell");
            gathered.notes.push(format!("{what} of {side} without a counterpart, not compared: {named}{more}."));
        }
        Ok(Sides { gathered, sources, unmatched: only })
    }
}

/// What the rows of two stores follow from where that differs: the program, the profile, a file that was read; a sentence each.
fn differing_identities(results: &[Results; 2]) -> Result<Vec<String>> {
    let [a, b] = [results[0].store.identity()?, results[1].store.identity()?];
    let sentence = |what: String| format!("Of the stores, {what}.");
    Ok(a.row_differences(&b, "in A", "in B").into_iter().map(sentence).collect())
}

impl Source {
    fn of(path: &Path) -> Result<Self> {
        let expected = "a folder of `selfreward simulate --out`, a store, or a configuration (TOML)";
        if path.is_dir() {
            if path.join(compare::RUN).is_file() {
                return Ok(Self::Run(path.to_owned()));
            }
            return Ok(Self::Store(crate::study::store::store_at(path)?));
        }
        if !path.exists() {
            return Err(files::absent(path, expected));
        }
        Ok(match path.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => Self::Config(path.to_owned()),
            Some("json") => Self::Run(path.to_owned()),
            _ => Self::Store(path.to_owned()),
        })
    }
}
