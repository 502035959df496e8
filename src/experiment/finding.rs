//! What an experiment found: the phenomenon it is there to show, looked for in its rows.

use super::Results;
use crate::Result;

/// One thing that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found, in a sentence with its numbers and their intervals.
    pub statement: String,
    /// Whether it is what the definition's analysis says.
    pub expected: bool,
}

impl Finding {
    /// A finding.
    pub fn new(expected: bool, statement: impl Into<String>) -> Self {
        Self { statement: statement.into(), expected }
    }
}

/// Looks for the phenomena in the rows. Rows from which a phenomenon was taken out ([`Results::seen_through`]) must give a
/// finding that is not expected.
pub type Findings = fn(&Results) -> Result<Vec<Finding>>;
