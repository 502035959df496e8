//! A study: a definition in one profile with one seed. Its cells are numbered and known, but made only when asked for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rayon::prelude::*;

use super::cell::{self, Cell, CellId};
use super::definition::{Part, located};
use super::grid::Grid;
use super::{Definition, Profile, Shard, cost};
use crate::metrics::Wanted;
use crate::seed::Seed;
use crate::simulate::config::{SeedConfig, set};
use crate::simulate::keys::exclusive;
use crate::simulate::summary::Column;
use crate::simulate::{Config, Simulation};
use crate::{Error, Result, memory};

/// A study that is ready to run: every cell's configuration has been checked.
#[derive(Debug)]
pub struct Study {
    /// The experiment.
    pub definition: Definition,
    /// Its profile.
    pub profile: Profile,
    /// The root seed as it was given.
    pub seed: SeedConfig,
    /// All that any cell measures; δ and levels in the order in which they appear.
    pub wanted: Wanted,
    /// The files that instances are read from, sorted.
    pub inputs: Vec<PathBuf>,
    root: Seed,
    /// What is held of each cell, however many there are: a few words.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    part: u32,
    index: u32,
    id: CellId,
    seconds: f64,
    bytes: u64,
    rounds: u32,
}

/// One replicate of one cell: the unit of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// The cell's place in the study.
    pub ordinal: u32,
    /// The replicate.
    pub replicate: u32,
    /// The estimated cost, seconds.
    pub seconds: f64,
}

/// What planning learns of a cell beside its entry.
struct Planned {
    entry: Entry,
    wanted: Wanted,
    inputs: Vec<PathBuf>,
}

impl Study {
    /// Checks the configurations of all cells; draws nothing.
    ///
    /// # Errors
    /// [`Error::Argument`] for a value out of range, with the part's name, or if two cells have the same values.
    pub fn new(definition: Definition, profile: Profile, seed: SeedConfig) -> Result<Self> {
        let root = seed.resolve()?;
        let (wanted, inputs, entries) = (Wanted::default(), Vec::new(), Vec::new());
        let mut study = Self { definition, profile, seed, wanted, inputs, root, entries };
        let total: usize = study.definition.parts.iter().map(|part| part.grid(profile).len()).sum();
        if total > Grid::LARGEST {
            return Err(Error::argument("cells of all parts", total, format!("at most {}", Grid::LARGEST)));
        }
        let (mut entries, mut inputs) = (Vec::new(), BTreeSet::new());
        for part in 0..study.definition.parts.len() {
            let named = &study.definition.parts[part];
            refuse_exclusive(named, profile).map_err(|error| located(&named.name, error))?;
            let grid = study.definition.parts[part].grid(profile);
            let planned = CELL_BYTES.saturating_mul(grid.len() as u64);
            memory::require(&format!("a grid of {} cells", grid.len()), planned)?;
            // In pieces: what planning learns of all cells at once need not be held.
            for first in (0..grid.len()).step_by(PIECE) {
                let piece = first..grid.len().min(first + PIECE);
                let planned: Vec<Result<Planned>> =
                    piece.into_par_iter().map(|index| study.plan(part, index)).collect();
                for planned in planned {
                    let planned = planned.map_err(|error| located(&study.definition.parts[part].name, error))?;
                    entries.push(planned.entry);
                    inputs.extend(planned.inputs);
                    study.wanted.add(&planned.wanted);
                }
            }
        }
        study.entries = entries;
        study.inputs = inputs.into_iter().collect();
        study.refuse_twins()?;
        Ok(study)
    }

    /// The columns of its rows: all that any cell measures.
    pub fn columns(&self) -> Vec<Column> {
        Column::all(&self.wanted)
    }

    /// The number of cells.
    pub fn cells(&self) -> usize {
        self.entries.len()
    }

    /// The cell at a place.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is none.
    pub fn cell(&self, ordinal: usize) -> Result<Cell> {
        let expected = || format!("below {}, the number of cells", self.entries.len());
        let entry = self.entries.get(ordinal).ok_or_else(|| Error::argument("cell", ordinal, expected()))?;
        let part = &self.definition.parts[entry.part as usize];
        let mut config = self.config(entry.part as usize, entry.index as usize)?;
        let canonical = cell::canonical(&part.name, &config);
        config.run.seed = SeedConfig::Text(cell::seed(&self.root, &self.definition.name, &canonical).to_string());
        Ok(Cell { ordinal, id: entry.id, part: part.name.clone(), config })
    }

    /// The place of the cell with an id.
    pub fn find(&self, id: CellId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == id)
    }

    /// R, the replicates of the cell at a place.
    pub fn replicates(&self, ordinal: usize) -> usize {
        self.definition.parts[self.entries[ordinal].part as usize].replicates(self.profile)
    }

    /// The name of the part of the cell at a place.
    pub fn part(&self, ordinal: usize) -> &str {
        &self.definition.parts[self.entries[ordinal].part as usize].name
    }

    /// The id of the cell at a place.
    pub fn id(&self, ordinal: usize) -> CellId {
        self.entries[ordinal].id
    }

    /// The places of a shard's cells, dearest first.
    pub fn shard(&self, shard: Shard) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        // A stable sort: cells of one cost stay in their order.
        order.sort_by(|&a, &b| self.entries[b].seconds.total_cmp(&self.entries[a].seconds));
        order
            .into_iter()
            .enumerate()
            .filter(|&(position, _)| shard.holds(position))
            .map(|(_, ordinal)| ordinal)
            .collect()
    }

    /// The bytes that a replicate of the cell at a place needs while it is computed, roughly.
    pub fn bytes(&self, ordinal: usize) -> u64 {
        self.entries[ordinal].bytes
    }

    /// The bytes of the rows of a replicate of the cell at a place.
    pub(super) fn bytes_of_outcome(&self, ordinal: usize) -> u64 {
        let row = self.wanted.columns() as u64 * 3 * 16;
        (u64::from(self.entries[ordinal].rounds) + 1).saturating_mul(row)
    }

    /// The work of a shard, longest first, the replicates of a cell together.
    pub fn units(&self, shard: Shard) -> impl Iterator<Item = Unit> {
        self.shard(shard).into_iter().flat_map(|ordinal| {
            let seconds = self.entries[ordinal].seconds;
            (0..self.replicates(ordinal) as u32).map(move |replicate| Unit {
                ordinal: ordinal as u32,
                replicate,
                seconds,
            })
        })
    }

    /// The configuration of the cell at a place, without its seed.
    pub(super) fn config_of(&self, ordinal: usize) -> Result<Config> {
        let entry = self.entries[ordinal];
        self.config(entry.part as usize, entry.index as usize)
    }

    fn config(&self, part: usize, index: usize) -> Result<Config> {
        let part = &self.definition.parts[part];
        let mut table = part.base.clone();
        for (key, value) in part.grid(self.profile).combination(index) {
            set(&mut table, key, value.clone())?;
        }
        let mut config = Config::from_table(&table)?;
        config.run.replicates = part.replicates(self.profile);
        Ok(config)
    }

    fn plan(&self, part: usize, index: usize) -> Result<Planned> {
        let config = self.config(part, index)?;
        let id = cell::id(&cell::canonical(&self.definition.parts[part].name, &config));
        let rounds = u32::try_from(config.process.rounds).unwrap_or(u32::MAX);
        let (seconds, bytes) = (cost::seconds(&config), cost::bytes(&config));
        let entry = Entry { part: part as u32, index: index as u32, id, seconds, bytes, rounds };
        let wanted = config.wanted();
        let inputs = config.instance.inputs();
        match inputs.first() {
            None => drop(Simulation::describe(config)?),
            // Cells that share a file would each read it here.
            Some(_) => drop(Simulation::settle(&config)?),
        }
        Ok(Planned { entry, wanted, inputs })
    }

    fn refuse_twins(&self) -> Result<()> {
        let mut ids: Vec<CellId> = self.entries.iter().map(|entry| entry.id).collect();
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(twins) => Err(Error::argument("cell", twins[0], "no two cells of a grid with the same values")),
            None => Ok(()),
        }
    }
}

/// What is held of a cell: its entry, its id and its place while they are sorted, a unit of work.
const CELL_BYTES: u64 = 128;
/// Refuses keys of which a configuration has at most one, wherever they stand: in the base, the grid, or one in each.
fn refuse_exclusive(part: &Part, profile: Profile) -> Result<()> {
    for (section, names) in exclusive() {
        let in_base = |name: &str| part.base.get(*section).is_some_and(|entries| entries.get(name).is_some());
        let in_grid = |name: &str| {
            let key = format!("{section}.{name}");
            part.grid(profile).axes().any(|axis| axis.key == key || axis.key.starts_with(&format!("{key}.")))
        };
        let set: Vec<&str> = names.iter().copied().filter(|name| in_base(name) || in_grid(name)).collect();
        if set.len() > 1 {
            return Err(Error::argument(format!("[{section}]"), set.join(" and "), "only one of them"));
        }
    }
    Ok(())
}

/// Cells planned at once.
const PIECE: usize = 4096;
