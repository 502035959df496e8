//! Where points come from: a store, or the table of means that `selfreward simulate --out` writes.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::experiment::{CellRows, Results, Table};
use crate::simulate::{Beforehand, Config, config};
use crate::study::store::store_at;
use crate::{Error, Result, files};

/// The table of a run without a store, and the configuration beside it.
const TRAJECTORY: &str = "trajectory.csv";
const CONFIG: &str = "config.toml";

/// One source, open.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    /// What it is called in a legend and in the names of files.
    pub(super) label: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Store(Box<Results>),
    Means(Box<Means>),
}

/// The means of one run.
#[derive(Debug)]
pub(super) struct Means {
    table: Table,
    config: Value,
    /// R; 0 where no configuration says it.
    pub(super) replicates: usize,
    /// The rows' t, in their order.
    rounds: Vec<usize>,
}

/// One cell, before its rows are read.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The source's place.
    pub(super) source: usize,
    /// The cell's place in its source.
    pub(super) ordinal: usize,
    pub(super) part: String,
    /// What the cell is known by; empty of a run without a store.
    pub(super) id: String,
    pub(super) config: Value,
    /// T.
    pub(super) last: usize,
}

/// A mean over replicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub(super) mean: f64,
    pub(super) ends: Option<(f64, f64)>,
}

/// What a cell measured.
pub(super) enum Rows<'a> {
    Cell(Box<CellRows>, Beforehand),
    Means(&'a Means),
}

impl Source {
    /// Opens a store, a folder with one, a `trajectory.csv`, or a folder with that.
    ///
    /// # Errors
    /// [`Error::File`] if it is none of these, or cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(table) = trajectory_at(path) {
            let means = Means::read(&table)?;
            let folder = table.parent().filter(|folder| !folder.as_os_str().is_empty());
            let of_folder =
                folder.and_then(|folder| folder.file_name()).map(|name| name.to_string_lossy().into_owned());
            let label = of_folder.unwrap_or_else(|| "trajectory".to_owned());
            return Ok(Self { path: table, label, content: Content::Means(Box::new(means)) });
        }
        let results = Results::open(path)?;
        let path = results.store.path().to_owned();
        let label = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path, label, content: Content::Store(Box::new(results)) })
    }

    /// Whether a path is, or holds, a table of means, and no store.
    pub fn is_trajectory(path: &Path) -> bool {
        trajectory_at(path).is_some()
    }

    /// The file that is read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The store, if it is one.
    pub fn results(&self) -> Option<&Results> {
        match &self.content {
            Content::Store(results) => Some(results),
            Content::Means(_) => None,
        }
    }

    /// Gives sources that are called alike the names of their paths.
    pub fn tell_apart(sources: &mut [Self]) {
        let labels: Vec<String> = sources.iter().map(|source| source.label.clone()).collect();
        for source in sources {
            if labels.iter().filter(|label| **label == source.label).count() > 1 {
                source.label = match &source.content {
                    Content::Store(_) => source.path.display().to_string(),
                    Content::Means(_) => source.path.parent().unwrap_or(&source.path).display().to_string(),
                };
            }
        }
    }

    /// The names of the measured columns.
    pub(super) fn columns(&self) -> Vec<String> {
        match &self.content {
            Content::Store(results) => results.quantities().to_vec(),
            Content::Means(means) => {
                let names = means.table.header().iter().filter_map(|column| column.strip_suffix("_mean"));
                names.map(str::to_owned).collect()
            }
        }
    }

    /// Its cells that have rows, in the order of the grid, and the number of those without.
    pub(super) fn cells(&self, source: usize) -> Result<(Vec<Facts>, usize)> {
        let results = match &self.content {
            Content::Store(results) => results,
            Content::Means(means) => {
                let last = means.rounds.last().copied().unwrap_or(0);
                let (part, id) = (String::new(), String::new());
                return Ok((vec![Facts { source, ordinal: 0, part, id, config: means.config.clone(), last }], 0));
            }
        };
        let done = results.store.done()?;
        let mut cells = Vec::with_capacity(done.len());
        for &ordinal in done.keys() {
            let cell = results.study.cell(ordinal)?;
            let last = cell.config.process.rounds;
            let (part, id, config) = (cell.part.clone(), cell.id.to_string(), as_json(&cell.config));
            cells.push(Facts { source, ordinal, part, id, config, last });
        }
        Ok((cells, results.study.cells() - done.len()))
    }

    /// The rows of a cell that [`Source::cells`] gave.
    pub(super) fn rows(&self, ordinal: usize) -> Result<Rows<'_>> {
        match &self.content {
            Content::Means(means) => Ok(Rows::Means(means)),
            Content::Store(results) => {
                let rows = results.rows_of(ordinal)?;
                let gone = || Error::file(&self.path, "has changed while it was read");
                let rows = rows.ok_or_else(gone)?;
                let beforehand = Beforehand::of(&rows.cell.config);
                Ok(Rows::Cell(Box::new(rows), beforehand))
            }
        }
    }
}

impl Means {
    fn read(path: &Path) -> Result<Self> {
        let table = Table::parse(&files::text(path, "a table of means (CSV)")?)
            .map_err(|error| error.at(path.display().to_string()))?;
        let round = |point: &crate::plot::Point| (point.x >= 0.0 && point.x.fract() == 0.0).then_some(point.x as usize);
        let rounds: Option<Vec<usize>> = table.points("t", "t")?.iter().map(round).collect();
        let rounds = rounds.filter(|rounds| !rounds.is_empty() && rounds.iter().copied().eq(0..rounds.len()));
        let rounds = rounds.ok_or_else(|| Error::file(path, "has other rounds t than 0, 1, 2, …, one row each"))?;
        let beside = path.with_file_name(CONFIG);
        let (config, replicates) = match beside.is_file() {
            false => (Value::Null, 0),
            true => {
                let text = files::text(&beside, "a configuration (TOML)")?;
                let read = config::parse_toml(&text).and_then(|table| Config::from_table(&table));
                let config = read.map_err(|error| error.at(beside.display().to_string()))?;
                (as_json(&config), config.run.replicates)
            }
        };
        Ok(Self { table, config, replicates, rounds })
    }

    /// The mean of a column in a round.
    fn mean(&self, column: &str, t: usize) -> Result<Option<Mean>> {
        let found = self.table.measured("t", column)?.into_iter().find(|point| point.x == t as f64);
        Ok(found.map(|point| Mean { mean: point.y, ends: point.lo.zip(point.hi) }))
    }
}

impl Rows<'_> {
    /// The mean of a column after t rounds with its interval; `None` where some replicate has no value.
    pub(super) fn mean(&self, column: &str, t: usize) -> Result<Option<Mean>> {
        match self {
            Self::Means(means) => means.mean(column, t),
            Self::Cell(rows, beforehand) => {
                let Some(place) = rows.quantities.iter().position(|quantity| quantity == column) else {
                    return Ok(None);
                };
                let values: Option<Vec<f64>> = rows.replicates.iter().map(|rounds| rounds.get(t)?[place]).collect();
                let summarised = values.map(|values| beforehand.mean(column, t, &values));
                Ok(summarised.map(|interval| Mean { mean: interval.mean, ends: interval.ends }))
            }
        }
    }

    /// R, as a table has it: empty where nothing says it.
    pub(super) fn replicates(&self) -> String {
        match self {
            Self::Means(means) if means.replicates == 0 => String::new(),
            Self::Means(means) => means.replicates.to_string(),
            Self::Cell(rows, _) => rows.replicates.len().to_string(),
        }
    }
}

/// The table of means that a path is, or that lies in a folder without a store.
fn trajectory_at(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        let table = path.join(TRAJECTORY);
        return (table.is_file() && store_at(path).is_err()).then_some(table);
    }
    // Under another name, too: its first column says so.
    let is_csv = path.extension().is_some_and(|ending| ending == "csv");
    let text = is_csv.then(|| std::fs::read_to_string(path).ok()).flatten()?;
    let header: Vec<&str> = text.lines().next()?.split(',').collect();
    let measured = |name: &&str| name.ends_with("_mean");
    (header[0] == "t" && header.get(1).is_some_and(measured)).then(|| path.to_owned())
}

fn as_json(config: &Config) -> Value {
    serde_json::to_value(config).unwrap_or_default()
}
