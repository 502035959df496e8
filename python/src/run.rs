//! What a run gives.

use std::sync::Arc;

use numpy::ndarray::{Array2, Array3};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use selfreward::metrics::Measurement;
use selfreward::plot;
use selfreward::simulate::{Replicate, Simulation, Summary, Trajectories, figure, output};

use crate::failure::raised;

/// What one replicate gave: one entry for each round that was measured.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    pub rounds: Vec<Measurement>,
    pub thetas: Vec<Vec<f64>>,
    /// Metrics of one's own.
    pub own: Vec<Vec<f64>>,
}

/// Column, quantity, δ, level, definition.
type ColumnRow = (String, &'static str, Option<f64>, Option<i64>, &'static str);

/// A run that ended.
#[pyclass(frozen, module = "selfreward._core")]
pub struct Run {
    pub simulation: Arc<Simulation>,
    pub slots: Vec<Slot>,
    pub own: Vec<String>,
    pub keep_theta: bool,
    pub remarks: Vec<String>,
}

impl Run {
    fn rounds(&self) -> usize {
        self.simulation.process.rounds + 1
    }

    /// An (R, T + 1) array; NaN where there is no value.
    fn filled(&self, value: impl Fn(&Slot, usize) -> Option<f64>) -> Array2<f64> {
        Array2::from_shape_fn((self.slots.len(), self.rounds()), |(r, t)| value(&self.slots[r], t).unwrap_or(f64::NAN))
    }

    /// The replicates that ran to the end, summarised.
    fn summary(&self) -> PyResult<Summary> {
        let whole = |slot: &&Slot| slot.rounds.len() == self.rounds();
        let replicate = |slot: &Slot| Replicate { rounds: slot.rounds.clone(), thetas: Vec::new() };
        let whole: Trajectories = self.slots.iter().filter(whole).map(replicate).collect();
        if whole.is_empty() {
            return Err(PyValueError::new_err("no replicate ran to its end: there is nothing to summarise"));
        }
        Ok(Summary::new(&whole, &self.simulation))
    }
}

#[pymethods]
impl Run {
    /// Every column that the run measured.
    fn columns(&self) -> Vec<ColumnRow> {
        let row = |column: &selfreward::simulate::summary::Column| {
            let (delta, level) = (column.delta.map(|(_, delta)| delta), column.level.map(|(_, level)| level));
            (column.name(), column.quantity.name, delta, level, column.quantity.definition)
        };
        self.simulation.columns().iter().map(row).collect()
    }

    /// The names of metrics of one's own.
    fn own(&self) -> Vec<String> {
        self.own.clone()
    }

    /// The values of a column, (R, T + 1).
    fn values<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray2<f64>>> {
        if let Some(index) = self.own.iter().position(|own| own == name) {
            return Ok(self.filled(|slot, t| slot.own.get(t).map(|values| values[index])).into_pyarray(py));
        }
        let columns = self.simulation.columns();
        let column = columns.iter().find(|column| column.name() == name);
        let column = column.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        Ok(self.filled(|slot, t| column.read(slot.rounds.get(t)?)).into_pyarray(py))
    }

    /// θ_t, (R, T + 1, d), NaN in rounds that did not come; None where it was not kept.
    fn theta<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray3<f64>>> {
        let dim = self.slots.iter().find_map(|slot| slot.thetas.first()).map(Vec::len).filter(|_| self.keep_theta)?;
        let at = |(r, t, j): (usize, usize, usize)| {
            self.slots[r].thetas.get(t).map_or(f64::NAN, |theta: &Vec<f64>| theta[j])
        };
        Some(Array3::from_shape_fn((self.slots.len(), self.rounds(), dim), at).into_pyarray(py))
    }

    /// How many policies of each replicate were measured, of T + 1.
    fn measured<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        self.slots.iter().map(|slot| slot.rounds.len() as i64).collect::<Vec<_>>().into_pyarray(py)
    }

    /// T + 1.
    fn policies(&self) -> usize {
        self.rounds()
    }

    /// The configuration with every default, as JSON.
    fn config(&self) -> PyResult<String> {
        serde_json::to_string(&self.simulation.config).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The same as TOML.
    fn toml(&self) -> String {
        self.simulation.config.to_toml()
    }

    /// Numbers that follow from the configuration.
    fn derived(&self) -> Vec<(&'static str, f64)> {
        self.simulation.derived.clone()
    }

    /// What a person should know of the run.
    fn remarks(&self) -> Vec<String> {
        self.remarks.clone()
    }

    /// The command's table, of replicates that ran to the end.
    fn table(&self, width: usize) -> PyResult<String> {
        let summary = self.summary()?;
        let whole = self.slots.iter().filter(|slot| slot.rounds.len() == self.rounds()).count();
        Ok(output::table(&summary, &self.simulation.config.asked(), whole, Some(width)))
    }

    /// The command's CSV.
    fn csv(&self) -> PyResult<String> {
        Ok(output::csv(&self.summary()?))
    }

    /// The command's JSON document.
    fn document(&self) -> PyResult<String> {
        Ok(format!("{:#}\n", output::document(&self.simulation, &self.summary()?)))
    }

    /// The run's figure: SVG, PNG and PDF.
    fn figure<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let summary = self.summary()?;
        let drawn =
            py.detach(|| plot::named(&figure::trajectory(&self.simulation, &summary), "run").map(Iterator::collect));
        let drawn: Vec<(_, Vec<u8>)> = drawn.map_err(|error| raised(&error))?;
        Ok(drawn.iter().map(|(_, bytes)| PyBytes::new(py, bytes)).collect())
    }
}
