//! The check of all cells of a study before work starts.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::Study;
use super::definition::located;
use crate::instance::Instance;
use crate::simulate::kinds::Nature;
use crate::simulate::{Config, Simulation, check_measured};
use crate::{Error, Result};

impl Study {
    /// Checks every cell as `simulate` checks its configuration: files are read, ranges are checked, and one instance is drawn
    /// for each `[instance]` of the grid, on which the process of each cell is checked.
    ///
    /// # Errors
    /// [`Error`] of the first cell that is refused, with the part's name.
    pub fn check(&self) -> Result<()> {
        let mut first = 0;
        for part in &self.definition.parts {
            let grid = part.grid(self.profile);
            // Axes are sorted by key, so cells that share an instance follow each other.
            let together = grid.inner(|key| key.starts_with("instance."));
            let wrong = (0..grid.len() / together)
                .into_par_iter()
                .map(|group| first + group * together)
                .find_map_first(|start| self.check_group(start..start + together).err());
            if let Some(error) = wrong {
                return Err(located(&part.name, error));
            }
            first += grid.len();
        }
        Ok(())
    }

    /// Checks cells that share their `[instance]`.
    fn check_group(&self, ordinals: Range<usize>) -> Result<()> {
        let first = self.cell(ordinals.start)?.config;
        let representative = is_representative(&first);
        let instance = draw(first)?.filter(|_| representative);
        ordinals.into_iter().try_for_each(|ordinal| check_cell(&self.config_of(ordinal)?, instance.as_deref()))
    }
}

/// Whether one instance tells of those of other cells and replicates whether a process on them is sound.
fn is_representative(config: &Config) -> bool {
    let instance = &config.instance;
    !instance.kind.is(Nature::Ragged) && instance.section().value("logit_scale").is_none()
}

/// The instance of the first replicate; `None` if it was not found, which another replicate's may be.
fn draw(config: Config) -> Result<Option<Arc<Instance>>> {
    let simulation = Simulation::describe(config)?;
    match simulation.instance(0) {
        Ok(instance) => Ok(Some(instance)),
        Err(Error::NotFound(_) | Error::Overflow { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn check_cell(config: &Config, instance: Option<&Instance>) -> Result<()> {
    let process = Simulation::settle(config)?;
    let Some(instance) = instance else { return process.check() };
    process.on(instance)?;
    check_measured(&config.measure, instance)
}
