//! What was measured, cell by cell, and summarised over replicates into the table of a figure.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::cell_rows::{CellRows, column};
use super::recognise::{Recognised, recognise_store};
use super::{Named, Table};
use crate::Result;
use crate::simulate::{Beforehand, Simulation, output};
use crate::stats::MeanInterval;
use crate::study::store::{ReplicateRows, store_at};
use crate::study::{Store, Study};

/// A store with the study that it belongs to.
pub struct Results {
    /// The study.
    pub study: Study,
    /// The store.
    pub store: Store,
    quantities: Arc<Vec<String>>,
    lens: Option<Box<Lens>>,
}

/// Replaces a value: the cell's rows as they are, the replicate's place among those done, t, the quantity's name, the value.
pub type Lens = dyn Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync;

impl fmt::Debug for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results").field("store", &self.store).field("lens", &self.lens.is_some()).finish()
    }
}

/// The columns of a table of means: labels, `replicates`, `t`, measured quantities with their intervals, theory.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// The part whose cells are shown; all parts if empty.
    pub part: &'a str,
    /// Names and keys of what tells a cell from the others, such as (`samples`, `process.samples`); see [`CellRows::label`].
    pub labels: &'a [(&'a str, &'a str)],
    /// The measured quantities, such as `failure_0.5`.
    pub measured: &'a [&'a str],
    /// Names and values of what the theory says of a cell after t rounds.
    pub theory: Option<Theory>,
}

/// What a store lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Cells without any row.
    pub cells: usize,
    /// Replicates without rows, those of such cells among them.
    pub replicates: usize,
}

/// See [`Columns::theory`].
pub type Theory = fn(&Simulation, t: usize) -> Result<Named>;

impl Results {
    /// Opens a store whose rows are those that were written; a folder with one store stands for it.
    ///
    /// # Errors
    /// As [`store_at`], [`Store::open`], [`Store::study`] and [`Store::check`].
    pub fn open(path: &Path) -> Result<Self> {
        let store = Store::open(&store_at(path)?)?;
        let (study, quantities) = (store.study()?, Arc::new(store.quantities()?));
        store.check(&study)?;
        Ok(Self { study, store, quantities, lens: None })
    }

    /// What the store is: an experiment's, or someone's own under whatever name.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn recognised(&self) -> Result<Recognised> {
        recognise_store(&self.study, &self.store)
    }

    /// The same rows in another world: every value that is read is replaced by what the lens makes of it. This is how a check
    /// is itself checked, since rows from which a phenomenon was taken out must not pass.
    pub fn seen_through(
        self,
        lens: impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static,
    ) -> Self {
        Self { lens: Some(Box::new(lens)), ..self }
    }

    /// The cells of a part (all parts if empty), in the order of the grid, without those of which no replicate is done.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn cells(&self, part: &str) -> Result<Vec<CellRows>> {
        let mut cells = Vec::new();
        for ordinal in 0..self.study.cells() {
            if part.is_empty() || self.study.part(ordinal) == part {
                cells.extend(self.rows_of(ordinal)?);
            }
        }
        Ok(cells)
    }

    /// The cell at a place; `None` if no replicate of it is done.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read; [`crate::Error::Argument`] if there is no such cell.
    pub fn rows_of(&self, ordinal: usize) -> Result<Option<CellRows>> {
        let cell = self.study.cell(ordinal)?;
        let (numbers, mut replicates): (Vec<usize>, Vec<ReplicateRows>) =
            self.store.replicates_of(ordinal)?.into_iter().unzip();
        // Rounds that are missing at the end have their places, too, and nothing in them.
        let nothing = vec![None; self.quantities.len()];
        replicates.iter_mut().for_each(|rows| rows.resize(cell.config.process.rounds + 1, nothing.clone()));
        if replicates.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.look(CellRows { cell, numbers, replicates, quantities: Arc::clone(&self.quantities) })))
    }

    /// The names of the measured quantities.
    pub fn quantities(&self) -> &[String] {
        &self.quantities
    }

    /// Whether any replicate of a part (of any, if empty) is done.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn holds(&self, part: &str) -> Result<bool> {
        for &ordinal in self.store.done()?.keys() {
            if part.is_empty() || self.study.part(ordinal) == part {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is missing of the listed parts (all if there are none), but for parts of which nothing is there.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn gaps(&self, parts: &[&str]) -> Result<Gaps> {
        let done = self.store.done()?;
        let mut of_parts: BTreeMap<String, (bool, Gaps)> = BTreeMap::new();
        for ordinal in 0..self.study.cells() {
            let cell = self.study.cell(ordinal)?;
            if !parts.is_empty() && !parts.contains(&cell.part.as_str()) {
                continue;
            }
            let (any, gaps) = of_parts.entry(cell.part).or_default();
            let count = done.get(&ordinal).copied().unwrap_or(0);
            *any |= count > 0;
            gaps.cells += usize::from(count == 0);
            gaps.replicates += cell.config.run.replicates.saturating_sub(count);
        }
        let begun = of_parts.into_values().filter(|(any, _)| *any).map(|(_, gaps)| gaps);
        Ok(begun.fold(Gaps::default(), |all, part| Gaps {
            cells: all.cells + part.cells,
            replicates: all.replicates + part.replicates,
        }))
    }

    fn look(&self, rows: CellRows) -> CellRows {
        let Some(lens) = &self.lens else { return rows };
        let replicates = rows.replicates.iter().enumerate().map(|(r, rounds)| {
            let row = |(t, row): (usize, &Vec<Option<f64>>)| {
                let named = row.iter().zip(self.quantities.iter());
                named.map(|(value, name)| value.map(|value| lens(&rows, r, t, name, value))).collect()
            };
            rounds.iter().enumerate().map(row).collect()
        });
        CellRows { replicates: replicates.collect(), ..rows.clone() }
    }

    /// A table with one row for each cell and t: means over the replicates that were done, with 95% intervals.
    /// Cells without any are left out.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a name that is not measured; [`crate::Error::File`] if the store cannot be read.
    pub fn table(&self, columns: &Columns<'_>) -> Result<Table> {
        let indices =
            columns.measured.iter().map(|name| column(&self.quantities, name)).collect::<Result<Vec<usize>>>()?;
        let mut header: Vec<String> = columns.labels.iter().map(|(name, _)| (*name).to_owned()).collect();
        header.extend(["replicates", "t"].map(str::to_owned));
        header.extend(columns.measured.iter().flat_map(|name| ["mean", "lo", "hi"].map(|end| format!("{name}_{end}"))));
        let mut rows = Vec::new();
        for cell in self.cells(columns.part)? {
            let labels: Vec<String> = columns.labels.iter().map(|(_, key)| cell.label(key)).collect();
            let beforehand = Beforehand::of(&cell.cell.config);
            let summarised = |name: &str, column: usize, t: usize| -> Option<MeanInterval> {
                let value = |rounds: &ReplicateRows| rounds.get(t)?[column];
                let values: Option<Vec<f64>> = cell.replicates.iter().map(value).collect();
                values.map(|values| beforehand.mean(name, t, &values))
            };
            let theory = columns.theory.map(|theory| cell.simulation().map(|s| (theory, s))).transpose()?;
            for t in 0..=cell.rounds() {
                let mut row = labels.clone();
                row.extend([cell.replicates.len().to_string(), t.to_string()]);
                let measured = columns.measured.iter().zip(&indices);
                row.extend(measured.flat_map(|(name, &column)| texts(summarised(name, column, t))));
                if let Some((theory, simulation)) = &theory {
                    let said = theory(simulation, t)?;
                    row.extend(said.iter().map(|&(_, value)| output::plain(value)));
                    if rows.is_empty() {
                        header.extend(said.iter().map(|&(name, _)| name.to_owned()));
                    }
                }
                rows.push(row);
            }
        }
        Ok(Table::new(header, rows))
    }
}

/// Mean, lower and upper end; empty where they do not exist.
pub(super) fn texts(interval: Option<MeanInterval>) -> [String; 3] {
    let ends = interval.and_then(|interval| interval.ends);
    let text = |value: Option<f64>| value.map_or_else(String::new, output::plain);
    [text(interval.map(|interval| interval.mean)), text(ends.map(|ends| ends.0)), text(ends.map(|ends| ends.1))]
}
