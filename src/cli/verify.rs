//! `selfreward verify`: weighs claims against measured rows and prints the ledger.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::counts::whole;
use super::order::{Existing, Order, compute};
use super::outputs::files_of_store;
use super::run::{ProfileArgs, Settings};
use super::{Failure, Jobs, Outputs, print, stop_flag};
use crate::claims::gather::{Question, answer, experiments, parts, weighing_seed};
use crate::claims::ledger::{Entry, Ledger, Outcome};
use crate::claims::witness::{Witness, npz_path, toml_path};
use crate::claims::{Claim, Place, Weighed};
use crate::experiment::{self, Results, refuse_other_data};
use crate::papers::{self, Listed, PAPERS};
use crate::seed::Seed;
use crate::study::definition::Verdict;
use crate::study::{Profile, Shard, Study};
use crate::words::{agreeing, counted};
use crate::{Error, Result};

/// Weigh the theory's claims against measured rows and print the ledger of verdicts
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct VerifyArgs {
    /// Claims: those of a paper such as fu2026, of a letter such as C, a number such as C16 with all its parts, or one part such as
    /// C16.linear [default: all]
    #[arg(value_name = "CLAIM")]
    claims: Vec<String>,
    #[command(flatten)]
    profile: ProfileArgs,
    /// Weigh the rows of these stores, of their profile and seed, and simulate nothing
    #[arg(long, value_name = "STORE", num_args = 1..)]
    from: Vec<PathBuf>,
    /// Weigh the false variants of the claims instead: each must come out violated; one that cannot be weighed is untried, and
    /// fails, too
    #[arg(long)]
    controls: bool,
    /// Repeat for so many seeds, from --seed on, and state the share of them in which each control is caught
    #[arg(
        long,
        value_name = "N",
        value_parser = whole::<1, 1_000_000, usize>,
        default_value = "1",
        requires = "controls",
        conflicts_with = "from"
    )]
    pub(super) seeds: usize,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Keep the stores (in its folder runs; the parts that the claims look at), the ledger as JSON and CSV, and violations, here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Carries the command out.
pub(super) fn run(args: &VerifyArgs) -> std::result::Result<(), Failure> {
    args.settings.locks.apply();
    let claims = chosen(&args.named()).map_err(Failure::refused)?;
    if args.controls {
        return super::controls::run(&claims, args);
    }
    let questions: Vec<Question> = claims.iter().map(Listed::question).collect();
    let outputs = args.outputs().map_err(Failure::refused)?;
    let mut rows = args.rows(&questions, &stop_flag())?;
    let seed = rows.seed()?;
    let jobs = Jobs::new(args.settings.jobs, questions.len(), args.settings.verbosity);
    let weighed = jobs.run(|| answer(&questions, &mut rows.results, &seed, rows.profile))?.map_err(Failure::failed)?;
    let (mut entries, mut unsaved) = (Vec::new(), None);
    for (claim, weighed) in claims.into_iter().zip(weighed) {
        let saved = args.save(&claim, &weighed, &rows, &seed).unwrap_or_else(|error| {
            unsaved.get_or_insert_with(|| error.at(format!("the witness of {} is not saved", claim.id)));
            None
        });
        entries.push(Entry { claim, weighed, saved });
    }
    let ledger = Ledger { profile: rows.profile, seed: rows.seed_as_given(), entries };
    let written = outputs.map_or(Ok(()), |outputs| write(&outputs, &ledger));
    // What was weighed is shown, whether or not it could be written.
    print(if args.json { pretty(&ledger.to_json()) } else { ledger.to_table() }.trim_end())?;
    unsaved.map_or(written, Err).map_err(Failure::failed)?;
    conclude(&ledger)
}

/// JSON as the commands print it.
pub(super) fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON values have a text")
}

/// The claims of these names, all without any.
fn chosen(names: &[String]) -> Result<Vec<Listed>> {
    if names.is_empty() {
        return Ok(papers::claims().collect());
    }
    let mut claims: Vec<Listed> = Vec::new();
    for name in names {
        let found = papers::named(PAPERS, name);
        if found.is_empty() {
            return Err(papers::unknown(name));
        }
        claims.extend(
            found.into_iter().filter(|claim| !claims.iter().any(|known| known.id == claim.id)).collect::<Vec<_>>(),
        );
    }
    Ok(claims)
}

/// Raised when the user wants to stop.
type Stop = Arc<AtomicBool>;

/// Rows that were computed or opened.
pub(super) struct Rows {
    /// One for each experiment.
    pub results: Vec<Results>,
    /// Their profile.
    pub profile: Profile,
    /// The root seed.
    seed: crate::simulate::config::SeedConfig,
    /// Stores that are not kept live as long as this.
    _folder: Option<Scratch>,
}

impl Rows {
    /// The seed of what is drawn while weighing.
    pub fn seed(&self) -> std::result::Result<Seed, Failure> {
        weighing_seed(&self.seed).map_err(Failure::refused)
    }

    fn seed_as_given(&self) -> serde_json::Value {
        serde_json::to_value(&self.seed).expect("a seed is a number or a text")
    }
}

impl VerifyArgs {
    /// Whether an argument of `--from` is a claim that was named after the stores.
    fn names_a_claim(path: &Path) -> bool {
        !path.exists() && path.to_str().is_some_and(|name| !papers::named(PAPERS, name).is_empty())
    }

    /// The claims, wherever they stand on the line.
    fn named(&self) -> Vec<String> {
        let behind = self.from.iter().filter(|path| Self::names_a_claim(path));
        self.claims.iter().cloned().chain(behind.map(|path| path.display().to_string())).collect()
    }

    /// The rows that questions need, for the number-th seed from the given one on.
    pub(super) fn rows_of_seed(
        &self,
        questions: &[Question],
        number: u64,
        stop: &Stop,
    ) -> std::result::Result<Rows, Failure> {
        if number == 0 {
            return self.rows(questions, stop);
        }
        let first: u64 = self.settings.seed.parse().map_err(|_| {
            Failure::refused(Error::argument(
                "--seed",
                &self.settings.seed,
                "a whole number, to count seeds on from it",
            ))
        })?;
        self.compute(questions, &(first + number).to_string(), stop)
    }

    /// The folder that is asked for: it can be written to, and no store that is read is written over.
    pub(super) fn outputs(&self) -> Result<Option<Outputs>> {
        self.out.as_deref().map(|folder| self.spared(folder)).transpose()
    }

    fn spared(&self, folder: &Path) -> Result<Outputs> {
        Outputs::claim(folder, &[], true)?.sparing(self.from.iter().flat_map(|path| files_of_store(path)))
    }

    /// The rows that questions need.
    fn rows(&self, questions: &[Question], stop: &Stop) -> std::result::Result<Rows, Failure> {
        if self.from.is_empty() { self.compute(questions, &self.settings.seed, stop) } else { self.open(questions) }
    }

    fn open(&self, questions: &[Question]) -> std::result::Result<Rows, Failure> {
        let stores = self.from.iter().filter(|path| !Self::names_a_claim(path));
        let results: Vec<Results> =
            stores.map(|path| Results::open(path)).collect::<Result<_>>().map_err(Failure::refused)?;
        for one in &results {
            if let Some(misfit) = one.recognised().map_err(Failure::refused)?.misfit() {
                return Err(Failure::refused(Error::file(one.store.path(), misfit)));
            }
        }
        let Some((first, rest)) = results.split_first() else {
            let named = self.named().join(" ");
            return Err(Failure::refused(Error::argument("--from", named, "one store at least, not claims alone")));
        };
        if let Some(other) =
            rest.iter().find(|other| other.study.profile != first.study.profile || other.study.seed != first.study.seed)
        {
            let (profile, seed) = (first.study.profile, serde_json::json!(first.study.seed));
            let expected = format!("a store of the {profile} profile with seed {seed}, as the first one");
            return Err(Failure::refused(Error::file(other.store.path(), format!("expected {expected}"))));
        }
        for (index, one) in results.iter().enumerate() {
            let name = &one.study.definition.name;
            if results[..index].iter().any(|other| other.study.definition.name == *name) {
                let expected = format!("one store of each experiment, and {name} is there already");
                return Err(Failure::refused(Error::file(one.store.path(), expected)));
            }
        }
        for one in &results {
            self.complete(one, questions)?;
        }
        let absent = absent(&results, questions).map_err(Failure::refused)?;
        if !absent.is_empty() {
            let text = absent.into_iter().collect::<Vec<_>>().join(", ");
            self.settings
                .verbosity
                .say(format!("warning: no rows of {text}: claims that look there, too, are weighed on the rest"));
        }
        let (profile, seed) = (first.study.profile, first.study.seed.clone());
        Ok(Rows { results, profile, seed, _folder: None })
    }

    /// Refuses a store in which cells are missing from parts that are there and looked at: a verdict on what is left of a grid
    /// would not be one on the grid. Missing replicates are said.
    fn complete(&self, results: &Results, questions: &[Question]) -> std::result::Result<(), Failure> {
        let (path, name) = (results.store.path(), &results.study.definition.name);
        if !experiments(questions).contains(&name.as_str()) {
            return Ok(());
        }
        let gaps = results.gaps(&parts(questions, name)).map_err(Failure::refused)?;
        if gaps.cells > 0 {
            let what = format!(
                "{} that the claims look at {} no rows; `selfreward run --resume` computes them, `selfreward merge` joins shards",
                counted(gaps.cells, "cell"),
                agreeing(gaps.cells, "has", "have")
            );
            return Err(Failure::refused(Error::file(path, what)));
        }
        if gaps.replicates > 0 {
            let text = format!(
                "warning: {}: {} {} missing",
                path.display(),
                counted(gaps.replicates, "replicate"),
                agreeing(gaps.replicates, "is", "are")
            );
            self.settings.verbosity.say(text);
        }
        Ok(())
    }

    /// Runs the experiments that bear on the questions.
    fn compute(&self, questions: &[Question], seed: &str, stop: &Stop) -> std::result::Result<Rows, Failure> {
        let profile = self.profile.profile();
        let seed = crate::study::store::parse_seed(seed).map_err(Failure::refused)?;
        let scratch = self.out.is_none().then(Scratch::new).transpose().map_err(Failure::refused)?;
        let folder = match (&self.out, &scratch) {
            (Some(out), _) => out.join("runs"),
            (None, Some(scratch)) => scratch.path().to_owned(),
            (None, None) => unreachable!("one of the two is there"),
        };
        let order = |name: &&str| -> Result<Order> {
            let experiment = experiment::find(name).expect("sources name experiments; a test walks through them");
            let study = Study::new(experiment.definition()?, profile, seed.clone())?;
            refuse_other_data(&study)?;
            Ok(Order::new(study, Shard::WHOLE, &folder, Existing::Replace)?.of_parts(parts(questions, name)))
        };
        let orders =
            experiments(questions).iter().map(order).collect::<Result<Vec<Order>>>().map_err(Failure::refused)?;
        Outputs::claim(&folder, &[], true).map_err(Failure::refused)?;
        orders.iter().try_for_each(Order::check).map_err(Failure::refused)?;
        compute(&orders, &self.settings, stop)?;
        let results =
            orders.iter().map(|order| Results::open(order.path())).collect::<Result<_>>().map_err(Failure::failed)?;
        Ok(Rows { results, profile, seed, _folder: scratch })
    }

    /// Saves the smallest instance that violates a claim; gives where.
    fn save(&self, claim: &Claim, weighed: &Weighed, rows: &Rows, seed: &Seed) -> Result<Option<String>> {
        let Some(place) = weighed.witness.as_ref().filter(|_| weighed.verdict == Verdict::Violated) else {
            return Ok(None);
        };
        let folder = self.out.clone().unwrap_or_else(|| PathBuf::from("violations"));
        let witness = if place.experiment.is_empty() {
            claim
                .statement
                .replay(claim.id, place, seed, rows.profile)?
                .map(|replay| Witness::of_instance(replay.config.clone(), &replay.instance, &folder, claim.id))
        } else {
            witness(place, &rows.results, &folder, claim.id)?
        };
        witness.map(|witness| write_witness(&witness, &self.spared(&folder)?, claim.id)).transpose()
    }
}

/// Keeps the ledger.
fn write(outputs: &Outputs, ledger: &Ledger) -> Result<()> {
    outputs.write("ledger.json", pretty(&ledger.to_json()) + "\n")?;
    outputs.write("ledger.csv", ledger.to_csv())
}

/// The parts that are not there, of those that a question looks at besides others that are.
fn absent(results: &[Results], questions: &[Question]) -> Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for question in questions {
        let (mut there, mut not) = (false, Vec::new());
        for source in question.sources {
            let store = results.iter().find(|results| results.study.definition.name == source.experiment);
            if store.map(|results| results.holds(source.part)).transpose()?.unwrap_or(false) {
                there = true;
            } else {
                not.push(format!("{} {}", source.experiment, source.part).trim_end().to_owned());
            }
        }
        all.extend(not.into_iter().filter(|_| there));
    }
    Ok(all)
}

/// The files that replay a place of an experiment.
fn witness(place: &Place, results: &[Results], folder: &Path, name: &str) -> Result<Option<Witness>> {
    let Some(results) = results.iter().find(|results| results.study.definition.name == place.experiment) else {
        return Ok(None);
    };
    let cell = results.study.cell(place.cell)?;
    Witness::of_replicate(&cell.config, place.replicate, folder, name).map(Some)
}

/// Writes a witness; gives its configuration's path.
pub(super) fn write_witness(witness: &Witness, outputs: &Outputs, name: &str) -> Result<String> {
    let folder = outputs.folder();
    let file = |path: PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(npz) = &witness.npz {
        outputs.write(file(npz_path(folder, name)), npz)?;
    }
    outputs.write(file(toml_path(folder, name)), &witness.toml)?;
    Ok(toml_path(folder, name).display().to_string())
}

fn conclude(ledger: &Ledger) -> std::result::Result<(), Failure> {
    let unexpected: Vec<&str> =
        ledger.entries.iter().filter(|entry| !entry.expected()).map(|entry| entry.claim.id).collect();
    let broken = ledger.entries.iter().filter_map(|entry| Some((entry.claim.id, entry.weighed.error.as_ref()?)));
    let broken: String = broken.map(|(id, error)| format!("; {id} could not be weighed: {error}")).collect();
    let reason = || anyhow::anyhow!("not as expected: {}{broken}", unexpected.join(", "));
    match ledger.outcome() {
        Outcome::Expected => Ok(()),
        Outcome::Contradicted => Err(Failure::Contradicted(reason())),
        Outcome::Inconclusive => Err(Failure::Unsettled(reason())),
    }
}

/// A folder that is removed when it is no longer needed.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("selfreward-verify-{}", std::process::id()));
        crate::draft::note(&path);
        std::fs::create_dir_all(&path)
            .map_err(|error| Error::file(&path, format!("cannot be made a folder: {error}")))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it any more; a folder that cannot be removed is the system's to clean.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
