//! T1's law of a cell: that of each replicate's own instance.

use std::sync::Arc;

use crate::Result;
use crate::experiment::CellRows;
use crate::instance::Instance;
use crate::papers::task_centric::theory::resampling::{Unsolved, unsolved};

/// The instances of a cell's replicates, of which the tabular law is asked.
#[derive(Debug)]
pub struct Instances(Vec<Arc<Instance>>);

impl Instances {
    /// Draws them again, by the replicates' seeds.
    ///
    /// # Errors
    /// As [`crate::simulate::Simulation::instance`].
    pub fn of(cell: &CellRows) -> Result<Self> {
        let simulation = cell.simulation()?;
        cell.numbers.iter().map(|&replicate| simulation.instance(replicate)).collect::<Result<_>>().map(Self)
    }

    /// The law of the replicates' mean of 1 − J after N proposals each.
    ///
    /// # Errors
    /// As [`unsolved`].
    pub fn unsolved(&self, proposals: f64) -> Result<Unsolved> {
        let count = self.0.len() as f64;
        let mut all = Unsolved { mean: 0.0, variance: 0.0 };
        for instance in &self.0 {
            let policy = instance.policy(instance.base());
            let right = |x: usize| instance.correct().and_then(|correct| correct.masses(&policy, x));
            let rates: Vec<f64> = (0..instance.prompts()).map(|x| right(x).map_or(0.0, |masses| masses.0)).collect();
            let one = unsolved(instance.weights(), &rates, proposals)?;
            all.mean += one.mean / count;
            all.variance += one.variance / (count * count);
        }
        Ok(all)
    }
}
