//! The ledger: one row for each claim, as JSON, CSV and a table.

use crate::words::counted;
use serde::Serialize;
use serde_json::{Value, json};

use super::evidence::Place;
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
}

impl Entry {
    /// Whether the verdict is the expected one.
    pub fn expected(&self) -> bool {
        self.weighed.verdict == self.claim.expected
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
        if self.entries.iter().any(|entry| contradicts(entry.weighed.verdict, entry.claim.expected)) {
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
            "papers": self.papers().into_iter().map(cited).collect::<Vec<_>>(),
            "claims": self.entries.iter().map(Entry::to_json).collect::<Vec<_>>(),
        })
    }

    /// The papers of its rows, in the order of their first ones.
    fn papers(&self) -> Vec<&'static Paper> {
        let mut papers: Vec<&Paper> = Vec::new();
        for entry in &self.entries {
            if papers.iter().all(|known| known.key != entry.claim.paper.key) {
                papers.push(entry.claim.paper);
            }
        }
        papers
    }

    /// The rows of a paper.
    fn chapter(&self, paper: &Paper) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| entry.claim.paper.key == paper.key).collect()
    }

    /// The ledger as CSV: the columns of the JSON, nested ones flattened.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = std::iter::once(HEADER.map(str::to_owned).to_vec())
            .chain(self.entries.iter().map(Entry::fields))
            .try_for_each(|line| writer.write_record(line));
        let bytes = written.and_then(|()| writer.into_inner().map_err(|error| error.into_error().into()));
        // Rows are as long as the header, and a vector takes whatever is written to it.
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// The ledger for a terminal: a chapter for each paper, its rows as [`rank`] orders them, each with its comparison in words and
    /// numbers.
    pub fn to_table(&self) -> String {
        let all: Vec<&Entry> = self.entries.iter().collect();
        let papers = self.papers();
        let chapters = papers.iter().map(|paper| chapter_text(paper, self.chapter(paper), papers.len() > 1));
        chapters.collect::<String>() + &summary(&all)
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
        if !self.claim.note.is_empty() {
            parts.push(self.claim.note.to_owned());
        }
        if !self.expected() {
            parts.push(format!("expected: {}", word(&self.claim.expected)));
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
        json!({
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
            "expected": self.claim.expected,
            "note": self.remarks(),
            "error": weighed.error,
            "witness": weighed.witness.as_ref().map(|place| self.witness(place)),
        })
    }

    fn witness(&self, place: &Place) -> Value {
        // The files lie beside the ledger: their names are enough.
        let saved = self
            .saved
            .as_ref()
            .and_then(|path| std::path::Path::new(path).file_name())
            .map(|name| name.to_string_lossy());
        json!({"experiment": place.experiment, "cell": place.cell, "replicate": place.replicate, "saved": saved})
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
            word(&self.claim.expected),
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
