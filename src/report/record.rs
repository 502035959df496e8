//! A ledger as its JSON form says it: the committed one and the one just weighed are read by the same code.

use serde::Deserialize;
use serde_json::Value;

use crate::claims::ledger::{SCHEMA, contradicts, rank, word};
pub use crate::claims::words::short;
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::words::{agreeing, counted};
use crate::{Error, Result};

/// The verdicts, in the order in which they are counted.
pub const VERDICTS: [Verdict; 5] =
    [Verdict::Holds, Verdict::HoldsVacuously, Verdict::Violated, Verdict::Inconclusive, Verdict::NotApplicable];

/// The levels, strongest first.
pub const LEVELS: [&str; 3] = ["exact", "explicit", "shape"];

/// A ledger (`docs/ledger.schema.json`).
#[derive(Clone, Debug, Deserialize)]
pub struct Record {
    schema: u32,
    /// The version of the program.
    pub version: String,
    /// The profile.
    pub profile: Profile,
    /// The root seed: a number or a text.
    pub seed: Value,
    /// The papers that rows are of; none in ledgers of versions that did not say it.
    #[serde(default)]
    pub papers: Vec<Cited>,
    /// The rows, by paper and in the order of the claims' numbers.
    pub claims: Vec<Row>,
}

/// A paper as a ledger cites it.
#[derive(Clone, Debug, Deserialize)]
pub struct Cited {
    /// Its key.
    pub key: String,
    /// Authors, title and where it stands.
    pub citation: String,
    /// Its address.
    pub link: String,
}

/// One claim with what came out.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// Its number, with a name after a dot for a part, a printed form, or a hidden step.
    pub id: String,
    /// The key of its paper; empty in ledgers of versions that did not say it.
    #[serde(default)]
    pub paper: String,
    /// What was checked.
    pub statement: String,
    /// How strong it is.
    pub level: String,
    /// The paper's statement that it comes from.
    pub result: String,
    /// How much was looked at.
    pub evidence: Evidence,
    /// What was compared and how it came out, in words and numbers; `None` in ledgers of versions that did not say it.
    pub comparison: Option<String>,
    /// What was measured.
    pub measured: Option<Measured>,
    /// What it is held against.
    pub bound: Option<f64>,
    /// The share of comparisons in which the bound excluded anything.
    pub nonvacuous: f64,
    /// The hypotheses.
    pub assumptions: Vec<Assumption>,
    /// What came out.
    pub verdict: Verdict,
    /// What was expected; `None` where nothing was.
    pub expected: Option<Verdict>,
    /// Whether it came out as expected, where that does not follow from the two alone.
    #[serde(default)]
    as_expected: Option<bool>,
    /// The decision in a sentence, and what a reader should know.
    pub note: String,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Evidence {
    /// Instances.
    pub instances: usize,
    /// Cells.
    pub cells: usize,
    /// Replicates.
    pub replicates: usize,
}

/// A number with its interval; `None` where it is not finite.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Measured {
    /// The number.
    pub value: Option<f64>,
    /// Lower end.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
}

/// A hypothesis.
#[derive(Clone, Debug, Deserialize)]
pub struct Assumption {
    /// It.
    pub name: String,
    /// The share of the evidence that meets it.
    pub share: f64,
}

impl Record {
    /// Reads a ledger.
    ///
    /// # Errors
    /// [`Error::Argument`] if it is none, or of another schema.
    pub fn read(ledger: Value) -> Result<Self> {
        let record: Self = serde_json::from_value(ledger).map_err(|error| {
            Error::argument("ledger", error, "the JSON of `selfreward verify --json` (docs/ledger.schema.json)")
        })?;
        if record.schema != SCHEMA {
            return Err(Error::argument("ledger's schema", record.schema, SCHEMA.to_string()));
        }
        Ok(record)
    }

    /// The seed as a person writes it.
    pub fn seed_text(&self) -> String {
        self.seed.as_str().map_or_else(|| self.seed.to_string(), str::to_owned)
    }

    /// How many claims came out so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.claims.iter().filter(|row| row.verdict == verdict).count()
    }

    /// The verdicts that occur with their numbers: `holds 38, violated 9`.
    pub fn counts(&self) -> String {
        let counted = VERDICTS.iter().map(|&verdict| (self.count(verdict), verdict)).filter(|(count, _)| *count > 0);
        counted.map(|(count, verdict)| format!("{} {count}", word(&verdict))).collect::<Vec<_>>().join(", ")
    }

    /// What the violated rows say whose violation was expected, in a sentence; nothing where there is none.
    ///
    /// A claim that is expected to be violated is a printed form, a step of a proof, or a law that was claimed more widely than it holds:
    /// what is exact or explicit is one of the former, a shape one of the latter. A row whose place says "read of …" is neither: what is
    /// printed is true as its paper means it.
    pub fn refuted_text(&self) -> Option<String> {
        let refuted = |row: &&Row| row.verdict == Verdict::Violated && row.expected == Some(Verdict::Violated);
        let (readings, printed): (Vec<&Row>, Vec<&Row>) =
            self.claims.iter().filter(refuted).partition(|row| row.result.contains("read of"));
        let (laws, formulas): (Vec<&Row>, Vec<&Row>) = printed.into_iter().partition(|row| row.level == LEVELS[2]);
        let formulas = (!formulas.is_empty()).then(|| {
            let stand = agreeing(
                formulas.len(),
                "is a formula or a step of a proof that is",
                "are formulas or steps of proofs that are",
            );
            format!("{} {stand} false as printed", formulas.len())
        });
        let laws = (!laws.is_empty()).then(|| {
            let stand = agreeing(laws.len(), "is a rate or law that fails", "are rates or laws that fail");
            format!("{} {stand} on the instances of the row", laws.len())
        });
        let readings = (!readings.is_empty()).then(|| {
            let stand = agreeing(
                readings.len(),
                "is true as its paper means it and false",
                "are true as their papers mean them and false",
            );
            format!("{} {stand} in the reading of the row", readings.len())
        });
        let parts: Vec<String> = formulas.into_iter().chain(laws).chain(readings).collect();
        (!parts.is_empty()).then(|| format!("Violated means false: {}.", parts.join(", ")))
    }

    /// How it compares with what was expected, in words.
    pub fn outcome(&self) -> String {
        let others = || self.claims.iter().filter(|row| !row.as_expected());
        let against = others().filter(|row| contradicts(row.verdict, row.expected.unwrap_or(row.verdict))).count();
        let open = others().count() - against;
        match (against, open) {
            (0, 0) => "Each verdict is the one that was written down before".to_owned(),
            (0, _) => format!("None contradicts what was expected, {open} could not be settled here"),
            (_, 0) => format!("{against} contradict what was expected, the others are as expected"),
            _ => format!("{against} contradict what was expected, {open} could not be settled here"),
        }
    }

    /// The chapters: each paper with its rows as they are shown (violated, then those that say something, then the rest); last, under no
    /// paper, the rows of those that are not cited.
    pub fn chapters(&self) -> Vec<(Option<&Cited>, Vec<&Row>)> {
        let cited = |row: &Row| self.papers.iter().find(|paper| paper.key == row.paper).map(|paper| &*paper.key);
        let keys = self.papers.iter().map(Some).chain([None]);
        let chapter = |paper: Option<&'_ Cited>| {
            let key = paper.map(|paper| &*paper.key);
            let mut rows: Vec<&Row> = self.claims.iter().filter(|row| cited(row) == key).collect();
            rows.sort_by_key(|row| rank(row.verdict));
            rows
        };
        keys.map(|paper| (paper, chapter(paper))).filter(|(_, rows)| !rows.is_empty()).collect()
    }

    /// The first row of a claim's id or number.
    pub fn find(&self, claim: &str) -> Option<&Row> {
        self.claims.iter().find(|row| row.id == claim).or_else(|| self.claims.iter().find(|row| row.number() == claim))
    }
}

impl Cited {
    /// The chapter's title.
    pub fn heading(&self) -> String {
        format!("{}: {}", self.key, self.citation)
    }

    /// All that it states, in words.
    pub fn every_statement(&self) -> String {
        format!("Every statement of {}, {},", self.key, self.citation)
    }
}

impl Row {
    /// Its number: `C16` for `C16.linear`.
    pub fn number(&self) -> &str {
        self.id.split('.').next().unwrap_or(&self.id)
    }

    /// Whether it came out as expected.
    pub fn as_expected(&self) -> bool {
        self.as_expected.unwrap_or(self.expected == Some(self.verdict))
    }

    /// The verdict, and the expected one where it is another or itself a surprise to a reader.
    pub fn verdict_text(&self) -> String {
        match (self.verdict, self.expected) {
            (Verdict::Violated, Some(Verdict::Violated)) => "violated, as expected".to_owned(),
            (verdict, None) => format!("{} (no verdict expected)", word(&verdict)),
            (verdict, Some(_)) if self.as_expected() => word(&verdict),
            (verdict, Some(expected)) => format!("{} ({} expected)", word(&verdict), word(&expected)),
        }
    }

    /// What was compared and how it came out; of an older ledger the two numbers.
    pub fn comparison_text(&self) -> String {
        let numbers = || format!("measured {}, bound {}", self.measured_text(), number(self.bound));
        self.comparison.clone().unwrap_or_else(numbers)
    }

    /// What was measured, with its interval where it has one; a dash where there is nothing.
    fn measured_text(&self) -> String {
        let Some(Measured { value, lo, hi }) = self.measured else { return "—".to_owned() };
        match (lo, hi) {
            (Some(lo), Some(hi)) if lo != hi => format!("{} [{}, {}]", number(value), short(lo), short(hi)),
            _ => number(value),
        }
    }

    /// How much was looked at, in a sentence.
    pub fn evidence_text(&self) -> String {
        let Evidence { instances, cells, replicates } = self.evidence;
        format!(
            "{}, {}, {}; the bound excluded something in {} of the \
             comparisons",
            counted(instances, "instance"),
            counted(cells, "cell"),
            counted(replicates, "replicate"),
            percent(self.nonvacuous)
        )
    }

    /// The hypotheses with the share of the evidence that meets each.
    pub fn assumptions_text(&self) -> String {
        let each =
            self.assumptions.iter().map(|assumption| format!("{} ({})", assumption.name, percent(assumption.share)));
        each.collect::<Vec<_>>().join("; ")
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "—".to_owned(), short)
}

/// A share in percent; what is neither none nor all never reads as if it were.
fn percent(share: f64) -> String {
    match 100.0 * share {
        0.0 => "0%".to_owned(),
        hundred if hundred >= 100.0 => "100%".to_owned(),
        small if small < 0.1 => "less than 0.1%".to_owned(),
        large if large > 99.9 => "more than 99.9%".to_owned(),
        between => format!("{between:.1}%"),
    }
}
