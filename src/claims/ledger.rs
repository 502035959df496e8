//! The ledger: one row for each claim, as JSON, CSV and a table.

use crate::words::{agreeing, counted};
use serde::Serialize;
use serde_json::{Value, json};

use super::evidence::Place;
use super::expectation::Expectation;
use super::weigh::Weighed;
use crate::papers::{Listed, Paper};
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The version of the JSON form; its schema is `docs/ledger.schema.json`.
pub const SCHEMA: u32 = 1;

/// A claim with what came out.
pub struct Entry {
    /// The claim, with its paper.
    pub claim: Listed,
    /// What came out.
    pub weighed: Weighed,
    /// The files that replay a violation, if it was saved.
    pub saved: Option<String>,
    /// What it is expected to come out as.
    pub expected: Expectation,
    /// The rows that it was weighed on.
    pub origin: Origin,
}

/// The rows that an entry is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Those that its claim was written for; none for a constructed one.
    Sources,
    /// All of a store.
    Store {
        /// The name of its definition.
        name: String,
        /// Its profile.
        profile: Profile,
        /// Its root seed as it was given.
        seed: Value,
        /// Whether the claim was asked for: by its name, or in the store's definition.
        asked: bool,
    },
}

impl Origin {
    /// The store's name, where it is one.
    pub fn store(&self) -> Option<&str> {
        match self {
            Self::Sources => None,
            Self::Store { name, .. } => Some(name),
        }
    }

    /// The store in words.
    fn heading(&self) -> String {
        match self {
            Self::Sources => String::new(),
            Self::Store { name, profile, seed, .. } => {
                let seed = seed.as_str().map_or_else(|| seed.to_string(), str::to_owned);
                format!("{name} ({profile}, seed {seed}), all its parts")
            }
        }
    }
}

impl Entry {
    /// A claim on the rows that it was written for.
    pub fn new(claim: Listed, weighed: Weighed) -> Self {
        let expected = Expectation::of_claim(claim.claim);
        Self { claim, weighed, saved: None, expected, origin: Origin::Sources }
    }

    /// Whether the verdict is as expected.
    pub fn expected(&self) -> bool {
        self.expected.met_by(self.weighed.verdict)
    }

    /// Whether it is worth a line: one that nobody asked for and that has nothing to say of a store is not.
    pub fn speaks(&self) -> bool {
        let asked = !matches!(self.origin, Origin::Store { asked: false, .. });
        asked || self.weighed.verdict != Verdict::NotApplicable
    }
}

/// All rows with what made them.
pub struct Ledger {
    /// The profile.
    pub profile: Profile,
    /// The root seed as it was given.
    pub seed: Value,
    /// The rows.
    pub entries: Vec<Entry>,
}

/// How a ledger came out, all in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every verdict is the expected one.
    Expected,
    /// A verdict contradicts the expected one: one of the two is "violated".
    Contradicted,
    /// None contradicts, some could not be settled.
    Inconclusive,
}

impl Ledger {
    /// How it came out.
    pub fn outcome(&self) -> Outcome {
        if self.entries.iter().any(|entry| entry.expected.contradicted_by(entry.weighed.verdict)) {
            Outcome::Contradicted
        } else if self.entries.iter().any(|entry| !entry.expected()) {
            Outcome::Inconclusive
        } else {
            Outcome::Expected
        }
    }

    /// The ledger as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "schema": SCHEMA,
            "version": env!("CARGO_PKG_VERSION"),
            "profile": self.profile.name(),
            "seed": self.seed,
            "papers": papers(&self.entries).into_iter().map(cited).collect::<Vec<_>>(),
            "claims": self.entries.iter().map(Entry::to_json).collect::<Vec<_>>(),
        })
    }

    /// The ledger as CSV: the columns of the JSON, nested ones flattened.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut lines: Vec<Vec<String>> = vec![HEADER.map(str::to_owned).to_vec()];
        lines.extend(self.entries.iter().map(Entry::fields));
        if self.entries.iter().any(|entry| entry.origin != Origin::Sources) {
            let stores = self.entries.iter().map(|entry| entry.origin.store().unwrap_or_default());
            let column = std::iter::once("store").chain(stores);
            lines.iter_mut().zip(column).for_each(|(line, store)| line.push(store.to_owned()));
        }
        let written = lines.into_iter().try_for_each(|line| writer.write_record(line));
        let bytes = written.and_then(|()| writer.into_inner().map_err(|error| error.into_error().into()));
        // Rows are as long as the header, and a vector takes whatever is written to it.
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// The ledger for a terminal: a chapter for each paper, its rows as [`rank`] orders them, each with its comparison in words and
    /// numbers. Below them the same for each store whose rows claims were not written for, without those that say nothing of it.
    pub fn to_table(&self) -> String {
        self.table(Entry::speaks)
    }

    /// The same with the claims that say nothing of a store, and why.
    pub fn to_whole_table(&self) -> String {
        self.table(|_| true)
    }

    fn table(&self, shown: fn(&Entry) -> bool) -> String {
        let of = |origin: &Origin| -> Vec<&Entry> {
            self.entries.iter().filter(|entry| entry.origin.heading() == origin.heading()).collect()
        };
        let mut origins: Vec<&Origin> = Vec::new();
        for entry in &self.entries {
            if origins.iter().all(|origin| origin.heading() != entry.origin.heading()) {
                origins.push(&entry.origin);
            }
        }
        origins.sort_by_key(|origin| **origin != Origin::Sources);
        let section = |origin: &&Origin| match origin {
            Origin::Sources => section_text(&of(origin)),
            Origin::Store { .. } => {
                let (shown, silent): (Vec<&Entry>, Vec<&Entry>) =
                    of(origin).into_iter().partition(|entry| shown(entry));
                format!("{}\n{}{}", origin.heading(), section_text(&shown), silence(silent.len()))
            }
        };
        origins.iter().map(section).collect::<Vec<_>>().join("\n")
    }
}

/// The papers of rows, in the order of their first ones.
fn papers<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<&'static Paper> {
    let mut papers: Vec<&Paper> = Vec::new();
    for entry in entries {
        if papers.iter().all(|known| known.key != entry.claim.paper.key) {
            papers.push(entry.claim.paper);
        }
    }
    papers
}

/// Rows, paper by paper.
fn section_text(entries: &[&Entry]) -> String {
    let papers = papers(entries.iter().copied());
    let of = |paper: &Paper| entries.iter().copied().filter(|entry| entry.claim.paper.key == paper.key).collect();
    let chapters = papers.iter().map(|paper| chapter_text(paper, of(paper), papers.len() > 1));
    chapters.collect::<String>() + &if entries.is_empty() { String::new() } else { summary(entries) }
}

/// What is said of claims that are not shown.
pub fn silence(count: usize) -> String {
    match count {
        0 => String::new(),
        _ => format!(
            "{} {} nothing to say of these rows; name one to see what it lacks, or all with -v\n",
            counted(count, "further claim"),
            agreeing(count, "has", "have")
        ),
    }
}

/// The chapter of a paper, with its own counts where there are others.
fn chapter_text(paper: &Paper, mut entries: Vec<&Entry>, counted: bool) -> String {
    let mut text = format!(
        "{}\n{:18} {:8} {:17} {:>6} {:>7}  {}\n",
        paper.heading(),
        "claim",
        "level",
        "verdict",
        "nonvac",
        "cases",
        "what it says"
    );
    entries.sort_by_key(|entry| rank(entry.weighed.verdict));
    for entry in &entries {
        let weighed = &entry.weighed;
        let mark = if entry.expected() { "" } else { " (!)" };
        text.push_str(&format!(
            "{:18} {:8} {:17} {:>6} {:>7}  {}\n",
            entry.claim.id,
            word(&entry.claim.level),
            format!("{}{mark}", word(&weighed.verdict)),
            format!("{:.2}", weighed.nonvacuous),
            weighed.extent.replicates,
            entry.claim.says,
        ));
        for line in [&weighed.comparison, &entry.remarks()] {
            text.push_str(&format!("{:18} {line}\n", ""));
        }
        if let Some(path) = &entry.saved {
            text.push_str(&format!("{:18} saved: {path}\n", ""));
        }
    }
    if counted {
        text.push_str(&format!("{}\n", summary(&entries)));
    }
    text
}

/// How many verdicts of each kind, and whether they are the expected ones.
fn summary(entries: &[&Entry]) -> String {
    let mut counts: std::collections::BTreeMap<String, usize> = Default::default();
    entries.iter().for_each(|entry| *counts.entry(word(&entry.weighed.verdict)).or_default() += 1);
    let counts: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let unexpected = entries.iter().filter(|entry| !entry.expected()).count();
    let outcome =
        if unexpected == 0 { "all as expected".to_owned() } else { format!("{unexpected} not as expected (!)") };
    format!("{}: {}; {outcome}\n", counted(entries.len(), "row"), counts.join(", "))
}

/// A paper as the ledger cites it.
fn cited(paper: &Paper) -> Value {
    json!({"key": paper.key, "citation": paper.citation, "link": paper.link})
}

/// The order in which verdicts are shown: violated, then those that say something, then those that say nothing.
pub fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Violated => 0,
        Verdict::Holds | Verdict::Inconclusive => 1,
        Verdict::HoldsVacuously | Verdict::NotApplicable => 2,
    }
}

const HEADER: [&str; 22] = [
    "id",
    "statement",
    "level",
    "result",
    "instances",
    "cells",
    "replicates",
    "measured",
    "measured_lo",
    "measured_hi",
    "bound",
    "slack",
    "nonvacuous",
    "assumptions",
    "verdict",
    "expected",
    "note",
    "witness",
    "version",
    "comparison",
    "error",
    "paper",
];

impl Entry {
    /// The note of the verdict and of the claim.
    fn remarks(&self) -> String {
        let mut parts = vec![self.weighed.note.clone()];
        // Why a claim is expected to fail on its own rows says nothing of others.
        let of_others = self.origin != Origin::Sources && self.claim.expected == Verdict::Violated;
        if !self.claim.note.is_empty() && !of_others {
            parts.push(self.claim.note.to_owned());
        }
        if !self.expected() || self.expected.verdict().is_none() {
            parts.push(self.expected.words(self.weighed.verdict));
        }
        parts.join(". ")
    }

    fn to_json(&self) -> Value {
        let weighed = &self.weighed;
        let assumptions: Vec<Value> = weighed
            .assumptions
            .iter()
            .map(|(name, share)| json!({"name": name, "met": *share > 0.0, "share": share}))
            .collect();
        let mut row = json!({
            "id": self.claim.id,
            "paper": self.claim.paper.key,
            "statement": self.claim.says,
            "level": self.claim.level,
            "result": self.claim.result,
            "evidence": {
                "instances": weighed.extent.instances,
                "cells": weighed.extent.cells,
                "replicates": weighed.extent.replicates,
            },
            "comparison": weighed.comparison,
            "measured": weighed.measured.map(|figure| json!({"value": figure.value, "lo": figure.lo, "hi": figure.hi})),
            "bound": weighed.bound,
            "slack": weighed.slack,
            "nonvacuous": weighed.nonvacuous,
            "assumptions": assumptions,
            "verdict": weighed.verdict,
            "expected": self.expected.verdict(),
            "note": self.remarks(),
            "error": weighed.error,
            "witness": weighed.witness.as_ref().map(|place| self.witness(place)),
        });
        if let Origin::Store { name, profile, seed, .. } = &self.origin {
            row["store"] = json!({"name": name, "profile": profile.name(), "seed": seed});
            row["as_expected"] = self.expected().into();
        }
        row
    }

    fn witness(&self, place: &Place) -> Value {
        // The files lie beside the ledger: their names are enough.
        let saved = self
            .saved
            .as_ref()
            .and_then(|path| std::path::Path::new(path).file_name())
            .map(|name| name.to_string_lossy());
        json!({"experiment": &*place.experiment, "cell": place.cell, "replicate": place.replicate, "saved": saved})
    }

    fn fields(&self) -> Vec<String> {
        let weighed = &self.weighed;
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let assumptions: Vec<String> =
            weighed.assumptions.iter().map(|(name, share)| format!("{name}: {share}")).collect();
        vec![
            self.claim.id.to_owned(),
            self.claim.says.to_owned(),
            word(&self.claim.level),
            self.claim.result.to_owned(),
            weighed.extent.instances.to_string(),
            weighed.extent.cells.to_string(),
            weighed.extent.replicates.to_string(),
            number(weighed.measured.map(|figure| figure.value)),
            number(weighed.measured.map(|figure| figure.lo)),
            number(weighed.measured.map(|figure| figure.hi)),
            number(weighed.bound),
            number(weighed.slack),
            weighed.nonvacuous.to_string(),
            assumptions.join("; "),
            word(&weighed.verdict),
            self.expected.verdict().map_or_else(String::new, |verdict| word(&verdict)),
            self.remarks(),
            self.saved.clone().unwrap_or_default(),
            env!("CARGO_PKG_VERSION").to_owned(),
            weighed.comparison.clone(),
            weighed.error.clone().unwrap_or_default(),
            self.claim.paper.key.to_owned(),
        ]
    }
}

/// Whether a verdict contradicts the expected one: a claim expected to hold by "violated", one expected to be violated by
/// holding. A claim that turned out vacuous or not applicable where it was expected to hold was not settled, nor was an
/// inconclusive one.
pub fn contradicts(found: Verdict, expected: Verdict) -> bool {
    found != expected && (found == Verdict::Violated || (expected == Verdict::Violated && found == Verdict::Holds))
}

/// The word that JSON has for it.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}
