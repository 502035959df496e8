//! The ledger of a store of someone's own, in its chapter.

use super::Record;
use crate::Result;
use crate::claims::expectation;
use crate::claims::ledger::{Entry, Ledger, silence};
use crate::claims::own::{Asked, weigh_own};
use crate::experiment::Results;
use crate::words::{agreeing, counted};

/// What claims say of a store of someone's own.
#[derive(Debug)]
pub struct Own {
    /// The claims that say something, or that its definition names; none if there are no such.
    pub ledger: Option<Record>,
    /// What a reader should know beside them, a sentence each.
    pub remarks: Vec<String>,
}

impl Own {
    /// Weighs all claims that look at rows on a store, unless cells are missing: a verdict on what is left of a grid would not be one
    /// on the grid.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read; what weighing returns.
    pub fn of(results: &mut Results) -> Result<Self> {
        let gaps = results.gaps(&[])?;
        if gaps.cells > 0 {
            let (count, have) = (counted(gaps.cells, "cell"), agreeing(gaps.cells, "has", "have"));
            return Ok(Self { ledger: None, remarks: vec![format!("{count} {have} no rows: no claim is weighed.")] });
        }
        let mut remarks = Vec::new();
        let unknown = expectation::unknown(&results.study.definition);
        if !unknown.is_empty() {
            remarks.push(format!("The definition names what no claim is called: {}.", unknown.join(", ")));
        }
        let (shown, silent): (Vec<Entry>, Vec<Entry>) =
            weigh_own(results, &Asked::all())?.into_iter().partition(Entry::speaks);
        if !silent.is_empty() {
            let said = silence(silent.len());
            let said = said.split(';').next().unwrap_or_default().trim_end();
            remarks.push(format!("{said}; `selfreward verify --from {} -v` says why.", results.store.path().display()));
        }
        let seed = serde_json::json!(results.study.seed);
        let ledger = Ledger { profile: results.study.profile, seed, entries: shown };
        let any = !ledger.entries.is_empty();
        Ok(Self { ledger: any.then(|| Record::read(ledger.to_json())).transpose()?, remarks })
    }

    /// The row of a claim.
    pub fn find(&self, claim: &str) -> Option<&super::Row> {
        self.ledger.as_ref()?.find(claim)
    }
}
