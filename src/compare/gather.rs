//! What is compared: quantities and rounds, and the values of A and B, pair by pair.

use super::comparison::{Comparison, judged};
use super::pairing::{How, Pairing};
use super::rounding::allowance;
use super::settings::{Changes, changes};
use crate::absent::measurable;
use crate::experiment::CellRows;
use crate::metrics::{Quantity, Reader};
use crate::nearest::one_of;
use crate::simulate::Beforehand;
use crate::stats::Range;
use crate::{Error, Result};

/// What is asked of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Quantities, such as `failure` (at [`Question::delta`]) or `failure_0.5`; the main ones if empty.
    pub quantities: Vec<String>,
    /// δ of quantities that take one; the first that both measure if not given.
    pub delta: Option<f64>,
    /// Rounds; if empty, up to `MOST_ROUNDS` from the first to the last of a single pair, and the last of each of several pairs.
    pub rounds: Vec<usize>,
}

/// Rounds that are compared where none are asked for.
const MOST_ROUNDS: usize = 8;

/// How it is said that not all replicates are compared.
const LEFT_OUT: &str = "Replicates that A or B alone has are left out";

/// What is compared where nothing is asked for.
const MAIN: [&str; 7] = ["kappa", "failure", "base_failure", "drift", "accuracy", "correct_probability", "margin"];

/// Values of A and B, to be judged together.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Names of A and B.
    pub names: [String; 2],
    /// The columns that are compared.
    pub quantities: Vec<String>,
    /// Columns that A or B alone has.
    pub only: [Vec<String>; 2],
    /// The keys that tell pairs from each other.
    pub keys: Vec<String>,
    /// What each pair has under these keys.
    pub labels: Vec<Vec<String>>,
    /// How the replicates of each pair belong together.
    pub pairings: Vec<Pairing>,
    /// T of A and B, pair by pair.
    pub last: Vec<[usize; 2]>,
    /// In what the configurations differ.
    pub changes: Changes,
    /// What else is to be said before the answer, a sentence each.
    pub notes: Vec<String>,
    pub(super) entries: Vec<Entry>,
    question: Question,
}

/// A quantity of a pair in a round.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub pair: usize,
    pub quantity: String,
    pub t: usize,
    pub found: std::result::Result<Values, String>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    /// Where values of A and of B can lie.
    pub ranges: [Range; 2],
    /// Whether values of one place belong together.
    pub paired: bool,
    /// Whether all replicates of A are one computation, and all of B.
    pub exact: bool,
    /// What rounding may make of the difference of two exact numbers.
    pub rounding: f64,
}

impl Gathered {
    /// Nothing yet, of sides with these names and columns.
    ///
    /// # Errors
    /// [`Error::Argument`] for a quantity that not both have, and where they have none in common.
    pub fn new(names: [String; 2], columns: [&[String]; 2], keys: Vec<String>, question: Question) -> Result<Self> {
        let without =
            |of: &[String], other: &[String]| of.iter().filter(|name| !other.contains(name)).cloned().collect();
        let only = [without(columns[0], columns[1]), without(columns[1], columns[0])];
        let common: Vec<String> = columns[0].iter().filter(|name| columns[1].contains(name)).cloned().collect();
        let quantities = question.columns(&common, &only)?;
        let (labels, pairings, last) = (Vec::new(), Vec::new(), Vec::new());
        let (entries, changes) = (Vec::new(), Changes::default());
        let notes = Vec::new();
        Ok(Self { names, quantities, only, keys, labels, pairings, last, changes, notes, entries, question })
    }

    /// Takes in a pair of cells; `pairs` is the number of all pairs that will come.
    pub fn add(&mut self, labels: Vec<String>, a: &CellRows, b: &CellRows, pairing: Pairing, pairs: usize) {
        let last = [a.rounds(), b.rounds()];
        let pair = self.labels.len();
        let places = pairing.pairs(a, b);
        for t in self.question.rounds_of(last[0].min(last[1]), pairs) {
            for quantity in &self.quantities {
                let found = values(a, b, quantity, t, places.as_deref());
                self.entries.push(Entry { pair, quantity: quantity.clone(), t, found });
            }
        }
        let [all_a, all_b] = [a, b].map(|rows| rows.numbers.len());
        if let Some(count) = places.map(|places| places.len()).filter(|&count| count < all_a.max(all_b))
            && !self.notes.iter().any(|note| note.starts_with(LEFT_OUT))
        {
            let of = if pairs > 1 { ", in the first cell of which this is so" } else { "" };
            let why = match pairing.how {
                // By √2·z(α/2)/√n against (1/√n + 1/√m)·z(α/4): the two-sample interval wins from m of about ten times n on.
                How::Instance => {
                    " (as independent pairs, whose interval is narrower than that of two samples of such sizes, unless one \
                                  is some ten times as large as the other)"
                }
                _ => "",
            };
            self.notes.push(format!("{LEFT_OUT}: of {all_a} of A and {all_b} of B, {count} are compared{of}{why}."));
        }
        self.changes.add(&changes(&a.cell.config, &b.cell.config));
        self.labels.push(labels);
        self.pairings.push(pairing);
        self.last.push(last);
    }

    /// Judges all of it together. Of quantities that nobody asked for, those that exist nowhere are left out.
    pub fn judge(mut self) -> Comparison {
        if self.question.quantities.is_empty() {
            let exists =
                |name: &String| self.entries.iter().any(|entry| entry.quantity == *name && entry.found.is_ok());
            let there: Vec<String> = self.quantities.iter().filter(|name| exists(name)).cloned().collect();
            if !there.is_empty() {
                self.entries.retain(|entry| there.contains(&entry.quantity));
                self.quantities = there;
            }
        }
        judged(self)
    }

    /// The pairs of which replicates belong together in this way.
    pub fn paired(&self, how: How) -> usize {
        self.pairings.iter().filter(|pairing| pairing.how == how).count()
    }
}

impl Question {
    /// The columns that are meant, of those that both have.
    fn columns(&self, common: &[String], only: &[Vec<String>; 2]) -> Result<Vec<String>> {
        let mut columns: Vec<String> = Vec::new();
        let asked: Vec<&str> = self.quantities.iter().map(String::as_str).collect();
        for name in if asked.is_empty() { &MAIN[..] } else { &asked[..] } {
            let found = self.column(name, common, only);
            match found {
                Ok(column) if columns.contains(&column) => {}
                Ok(column) => columns.push(column),
                Err(error) if !asked.is_empty() || (self.delta.is_some() && is_of_delta(&error)) => return Err(error),
                Err(_) => {}
            }
        }
        if columns.is_empty() {
            let expected = format!("at least one quantity that both measure (both have: {})", common.join(", "));
            return Err(Error::argument("quantities of A and B", "none in common", expected));
        }
        Ok(columns)
    }

    fn column(&self, name: &str, common: &[String], only: &[Vec<String>; 2]) -> Result<String> {
        if common.iter().any(|column| column == name) {
            return Ok(name.to_owned());
        }
        let of_delta = |quantity: &Quantity| matches!(quantity.read, Reader::PerDelta(_)) && quantity.name == name;
        if let Some(quantity) = crate::metrics::every_quantity().find(|quantity| of_delta(quantity)) {
            let at: Vec<&String> = common.iter().filter(|column| quantity.has_column(column)).collect();
            let wanted = |column: &str| column.strip_prefix(name)?.strip_prefix('_')?.parse::<f64>().ok();
            let found = match self.delta {
                None => at.first(),
                Some(delta) => at.iter().find(|column| wanted(column) == Some(delta)),
            };
            return found.map(|column| (*column).clone()).ok_or_else(|| {
                let delta = self.delta.map_or_else(|| "none".to_owned(), |delta| delta.to_string());
                let there: Vec<String> = at.iter().filter_map(|column| wanted(column)).map(|d| d.to_string()).collect();
                Error::argument("--delta", delta, format!("a δ of {name} in A and B ({})", there.join(", ")))
            });
        }
        for (side, columns) in ["A", "B"].into_iter().zip(only) {
            if columns.iter().any(|column| column == name) {
                let expected = format!("a quantity of A and B; {side} alone measures it");
                return Err(Error::argument("--y", name, expected));
            }
        }
        let expected = match measurable(name) {
            true => format!("a quantity that A and B measure ({}); its key asks for it", common.join(", ")),
            false => one_of(name, common),
        };
        Err(Error::argument("--y", name, expected))
    }

    fn rounds_of(&self, last: usize, pairs: usize) -> Vec<usize> {
        if !self.rounds.is_empty() {
            return self.rounds.clone();
        }
        if pairs > 1 || last <= 1 {
            return vec![last];
        }
        if last <= MOST_ROUNDS {
            return (1..=last).collect();
        }
        // As even as whole numbers allow on a logarithmic axis.
        let step = (last as f64).ln() / (MOST_ROUNDS as f64 - 1.0);
        let mut rounds: Vec<usize> = (0..MOST_ROUNDS).map(|i| (step * i as f64).exp().round() as usize).collect();
        rounds.dedup();
        rounds
    }
}

/// Whether the δ that was asked for is what is wrong.
fn is_of_delta(error: &Error) -> bool {
    matches!(error, Error::Argument { name, .. } if name == "--delta")
}

/// The values of both in a round, or why there are none.
fn values(
    a: &CellRows,
    b: &CellRows,
    quantity: &str,
    t: usize,
    pairs: Option<&[(usize, usize)]>,
) -> std::result::Result<Values, String> {
    let all = |rows: &CellRows| -> Vec<usize> { (0..rows.numbers.len()).collect() };
    let (of, with) = match pairs {
        Some(pairs) => pairs.iter().copied().unzip(),
        None => (all(a), all(b)),
    };
    let read = |side: &str, rows: &CellRows, replicates: &[usize]| -> std::result::Result<Vec<f64>, String> {
        let column = rows.quantities.iter().position(|name| name == quantity).ok_or("is not measured")?;
        if t > rows.rounds() {
            return Err(format!("{side} ends at t = {}", rows.rounds()));
        }
        let value = |&replicate: &usize| rows.replicates[replicate].get(t)?[column].filter(|value| !value.is_nan());
        let there: Vec<f64> = replicates.iter().filter_map(value).collect();
        match replicates.len() - there.len() {
            0 if there.is_empty() => Err(format!("{side} has no replicate")),
            0 => Ok(there),
            _ if there.is_empty() => Err(format!("does not exist in {side}")),
            gone => Err(format!("does not exist in {gone} of {} replicates of {side}", replicates.len())),
        }
    };
    let (of_a, of_b) = (read("A", a, &of)?, read("B", b, &with)?);
    let [known_a, known_b] = [a, b].map(|rows| Beforehand::of(&rows.cell.config));
    let exact = known_a.is_exact(quantity, t, &of_a) && known_b.is_exact(quantity, t, &of_b);
    let allowed = |rows: &CellRows, values: &[f64]| allowance(rows, quantity, t, values[0]);
    Ok(Values {
        rounding: if exact { allowed(a, &of_a) + allowed(b, &of_b) } else { 0.0 },
        ranges: [known_a.range(quantity, &of_a), known_b.range(quantity, &of_b)],
        exact,
        paired: pairs.is_some(),
        a: of_a,
        b: of_b,
    })
}
