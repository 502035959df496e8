//! `selfreward verify`: weighs claims against measured rows and prints the ledger.

mod rows;
mod witness;

use std::path::PathBuf;

use clap::Args;

use super::counts::whole;
use super::json::Shown;
use super::outputs::files_of_store;
use super::run::{ProfileArgs, Settings};
use super::{Failure, Jobs, Json, Outputs, stop_flag};
use crate::claims::gather::{Question, answer};
use crate::claims::ledger::{Entry, Ledger, Origin, Outcome};
use crate::claims::own::weigh_own;
use crate::papers::{self, Listed, PAPERS};
use crate::{Error, Result};
pub(super) use witness::write_witness;

/// What is expected on a store of one's own, for the help.
const OWN: &str = "\
On the store of a definition of your own:
  A claim that its `claims` name is expected to come out as written there, and one that is named here by its id or number to hold: any other \
verdict is a contradiction (exit code 3) or not settled (4).
  Of all others, those of a letter or a paper among them, nothing is asked but that they are not violated (3): an inconclusive one is no \
reason for exit code 4. A chapter of which no claim has anything to say is not settled (4).
  A cell every replicate of which failed is left out, which is said; other cells without rows are refused (2).
  With --controls false variants are tried on rows that were not made to catch them: none that looks at rows is expected to be caught.
";

/// Weigh the theory's claims against measured rows and print the ledger of verdicts
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES, after_long_help = format!("{OWN}\n{}", super::EXIT_CODES))]
pub struct VerifyArgs {
    /// Claims: those of a paper such as fu2026, of a letter such as C, a number such as C16 with all its parts, or one part such as
    /// C16.linear [default: all]
    #[arg(value_name = "CLAIM")]
    claims: Vec<String>,
    #[command(flatten)]
    profile: ProfileArgs,
    /// Weigh the rows of these stores, of their profile and seed, and simulate nothing. On the store of a definition of your own
    /// every claim is weighed, part by part, and what a named one lacks is said
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
    #[command(flatten)]
    json: Json,
    /// Keep the stores (in its folder runs; the parts that the claims look at), the ledger as JSON and CSV, and violations, here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Carries the command out.
pub(super) fn run(args: &VerifyArgs) -> std::result::Result<(), Failure> {
    args.settings.locks.apply();
    let names = args.named();
    let claims = chosen(&names).map_err(Failure::refused)?;
    if args.controls {
        return super::controls::run(&claims, args);
    }
    let questions: Vec<Question> = claims.iter().map(Listed::question).collect();
    let (outputs, shown) = (args.outputs().map_err(Failure::refused)?, args.shown().map_err(Failure::refused)?);
    let mut rows = args.rows(&questions, &stop_flag())?;
    let (here, elsewhere) = rows.shared_out(&claims, &names);
    let seed = rows.seed()?;
    let jobs = Jobs::new(args.settings.jobs, questions.len(), args.settings.verbosity);
    let questions: Vec<Question> = here.iter().map(Listed::question).collect();
    let weighed = jobs.run(|| answer(&questions, &mut rows.results, &seed, rows.profile))?.map_err(Failure::failed)?;
    let mut entries: Vec<Entry> =
        here.into_iter().zip(weighed).map(|(claim, weighed)| rows.entry(claim, weighed)).collect();
    for (place, asked) in elsewhere {
        let store = rows.store(place);
        args.whole(store, &[])?;
        entries.extend(jobs.run(|| weigh_own(store, &asked))?.map_err(Failure::failed)?);
    }
    // Each claim with its own rows first, then store by store.
    let place = |entry: &Entry| claims.iter().position(|claim| claim.id == entry.claim.id);
    entries.sort_by_key(place);
    let mut unsaved = None;
    for entry in &mut entries {
        entry.saved = args.save(entry, &rows, &seed).unwrap_or_else(|error| {
            unsaved.get_or_insert_with(|| error.at(format!("the witness of {} is not saved", entry.claim.id)));
            None
        });
    }
    let ledger = Ledger { profile: rows.profile, seed: rows.seed_as_given(), entries };
    let written = outputs.map_or(Ok(()), |outputs| write(&outputs, &ledger));
    // What was weighed is shown, whether or not it could be written.
    let table = if args.settings.verbosity.verbose { Ledger::to_whole_table } else { Ledger::to_table };
    shown.show(|| table(&ledger), &pretty(&ledger.to_json()))?;
    unsaved.map_or(written, Err).map_err(Failure::failed)?;
    // All claims of a chapter that look at rows may be silent on a store of one's own: what was asked for is not settled then.
    let of_rows: Vec<&Entry> = ledger.entries.iter().filter(|entry| !entry.claim.sources.is_empty()).collect();
    if !names.is_empty() && !of_rows.is_empty() && !of_rows.iter().any(|entry| entry.speaks()) {
        let reason = anyhow::anyhow!("no claim of {} has anything to say of these rows", names.join(" "));
        return Err(Failure::Unsettled(reason));
    }
    conclude(&ledger)
}

impl VerifyArgs {
    /// What is to be shown; no store that is read is written over.
    pub(super) fn shown(&self) -> Result<Shown> {
        self.json.claim(self.from.iter().flat_map(|path| files_of_store(path)))
    }
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
            if std::path::Path::new(name).exists() {
                return Err(Error::argument("CLAIM", name, "a claim, or --from before the stores"));
            }
            return Err(papers::unknown(name));
        }
        claims.extend(
            found.into_iter().filter(|claim| !claims.iter().any(|known| known.id == claim.id)).collect::<Vec<_>>(),
        );
    }
    Ok(claims)
}

/// Keeps the ledger.
fn write(outputs: &Outputs, ledger: &Ledger) -> Result<()> {
    outputs.write("ledger.json", pretty(&ledger.to_json()) + "\n")?;
    outputs.write("ledger.csv", ledger.to_csv())
}

/// Says how a ledger came out.
pub(super) fn conclude(ledger: &Ledger) -> std::result::Result<(), Failure> {
    let unexpected = ledger.entries.iter().filter(|entry| !entry.expected());
    let name = |entry: &Entry| match &entry.origin {
        Origin::Sources => entry.claim.id.to_owned(),
        Origin::Store { name, .. } => {
            let verdict = entry.weighed.verdict;
            format!("{} on {name} ({verdict}: {})", entry.claim.id, entry.weighed.note)
        }
    };
    let unexpected: Vec<String> = unexpected.map(name).collect();
    // What a store's entry could not be weighed for stands in its note.
    let here = ledger.entries.iter().filter(|entry| entry.origin == Origin::Sources);
    let broken = here.filter_map(|entry| Some((entry.claim.id, entry.weighed.error.as_ref()?)));
    let broken: String = broken.map(|(id, error)| format!("; {id} could not be weighed: {error}")).collect();
    let reason = || anyhow::anyhow!("not as expected: {}{broken}", unexpected.join(", "));
    match ledger.outcome() {
        Outcome::Expected => Ok(()),
        Outcome::Contradicted => Err(Failure::Contradicted(reason())),
        Outcome::Inconclusive => Err(Failure::Unsettled(reason())),
    }
}
