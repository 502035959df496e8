//! Reports: everything that a reader wants of a set of stores, on one page that loads nothing, and the same in Markdown.
//!
//! ```text
//! stores ──► Results ──► Record  (the ledger)  ─┐
//!                   └──► Chapter (one a store) ─┴─► Report ──► html::page, markdown::text
//! docs/ledger.json ────► Record ───────────────────────────► splice::spliced (README.md, docs/ledger.md)
//! figures/*.csv ───────► Table ────────────────────────────► gallery::text (figures/README.md), loops::spliced (docs/loops.md)
//! ```
//!
//! Equal stores give equal bytes: nothing of the moment at which a report is made stands in it.

pub mod alt;
pub mod chapter;
pub mod commands;
pub mod gallery;
pub mod html;
pub mod loops;
pub mod markdown;
pub mod markup;
pub mod naming;
mod own;
mod points;
pub mod record;
pub mod splice;
pub mod stores;
pub mod symbols;
pub mod systems;
pub mod time;

use crate::Result;
use crate::claims::Source;
use crate::claims::gather::{Question, answer, weighing_seed};
use crate::claims::ledger::{Entry, Ledger};
use crate::experiment::Results;
use crate::papers::{self, Listed};
use crate::study::Profile;
use crate::words::counted;

pub use chapter::{Chapter, Picture};
pub use own::Own;
pub use record::{Record, Row};

/// A report.
#[derive(Debug)]
pub struct Report {
    /// The ledger.
    pub ledger: Record,
    /// One for each store.
    pub chapters: Vec<Chapter>,
    /// What a reader should know of the stores.
    pub remarks: Vec<String>,
}

impl Report {
    /// Weighs all claims on the stores' rows, and draws all figures.
    ///
    /// What cannot be drawn or looked for in a store is said in its chapter; the rest stands.
    ///
    /// # Errors
    /// As [`stores::check`]; if a store cannot be read; what weighing returns.
    pub fn new(results: Vec<Results>) -> Result<Self> {
        stores::check(&results)?;
        let seed = results[0].study.seed.clone();
        let full = |results: &Results| results.study.profile == Profile::Full;
        let profile = if results.iter().all(full) { Profile::Full } else { Profile::Quick };
        let mut remarks: Vec<String> = Vec::new();
        if profile == Profile::Quick && results.iter().any(full) {
            remarks.push(
                "The stores are of both profiles; statements about constructed laws are weighed in the quick one."
                    .into(),
            );
        }
        if results.iter().any(|results| results.study.seed != seed) {
            remarks.push(
                "The stores are of several root seeds; constructed laws and bootstraps are drawn from the first one's."
                    .into(),
            );
        }
        for one in &results {
            if let Some(misfit) = one.recognised()?.misfit() {
                remarks
                    .push(format!("{} {misfit}. It is weighed as one of someone's own.", one.store.path().display()));
            }
        }
        let mut chapters = results.iter().map(Chapter::new).collect::<Result<Vec<Chapter>>>()?;
        let mut weighable: Vec<Results> = Vec::new();
        for (mut one, chapter) in results.into_iter().zip(&mut chapters) {
            if one.recognised()?.built_in().is_some() {
                weighable.push(one);
            } else {
                chapter.own = Some(Own::of(&mut one)?);
            }
        }
        // Beside a store of someone's own, which has a ledger in its chapter, those that have no rows here would say nothing.
        let any_own = chapters.iter().any(|chapter| chapter.own.is_some());
        let has_rows = |claim: &Listed| {
            let here = |source: &Source| weighable.iter().any(|one| one.study.definition.name == source.experiment);
            claim.sources.is_empty() || claim.sources.iter().any(here)
        };
        let claims: Vec<Listed> = papers::claims().filter(|claim| !any_own || has_rows(claim)).collect();
        let questions: Vec<Question> = claims.iter().map(Listed::question).collect();
        let weighed = answer(&questions, &mut weighable, &weighing_seed(&seed)?, profile)?;
        let entries = claims.into_iter().zip(weighed).map(|(claim, weighed)| Entry::new(claim, weighed));
        let seed = serde_json::to_value(&seed).expect("a seed is a number or a text");
        let ledger = Ledger { profile, seed, entries: entries.collect() };
        Ok(Self { ledger: Record::read(ledger.to_json())?, chapters, remarks })
    }

    /// How the ledger came out and then, on a line each, those of stores of someone's own.
    pub fn headline(&self) -> Vec<String> {
        let (ledger, statements) = (&self.ledger, counted(self.ledger.claims.len(), "statement"));
        let own = self.chapters.iter().filter_map(|chapter| chapter.own.as_ref()?.outcome(&chapter.name));
        std::iter::once(format!("{statements}: {}. {}.", ledger.counts(), ledger.outcome())).chain(own).collect()
    }

    /// The profile of all stores; `None` if they are of both.
    pub fn profile(&self) -> Option<Profile> {
        let first = self.chapters.first()?.profile;
        self.chapters.iter().all(|chapter| chapter.profile == first).then_some(first)
    }

    /// What could not be drawn or looked for: one sentence each.
    pub fn failures(&self) -> Vec<String> {
        self.chapters.iter().flat_map(Chapter::failures).collect()
    }
}
