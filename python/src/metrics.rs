//! Metrics of one's own: Python callables of a [`State`].

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use selfreward::simulate::{Seen, Simulation};

use crate::calls::Calls;
use crate::view::{Instances, State};

/// What tables of a run have beside quantities.
const OTHERS: [&str; 6] = ["replicate", "t", "theta", "coordinate", "delta", "level"];

/// Names with callables.
#[derive(Default)]
pub struct Metrics(Vec<(String, Py<PyAny>)>);

impl Metrics {
    /// Reads them; refuses names that a column has already, and what cannot be called.
    pub fn read(given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut all = Vec::new();
        for (name, call) in given.into_iter().flatten() {
            let name: String = name.extract()?;
            if OTHERS.contains(&name.as_str()) {
                return Err(PyValueError::new_err(format!(
                    "metrics[{name:?}]: expected a name other than {}",
                    OTHERS.join(", ")
                )));
            }
            if !call.is_callable() {
                let kind = crate::config::kind_of(&call);
                return Err(PyValueError::new_err(format!("metrics[{name:?}] is {kind}: expected a callable")));
            }
            all.push((name, call.unbind()));
        }
        Ok(Self(all))
    }

    /// Refuses names that a column has already.
    pub fn check(&self, simulation: &Simulation) -> PyResult<()> {
        let taken = |name: &str| {
            simulation.columns().iter().any(|column| column.name() == name || column.quantity.name == name)
        };
        match self.0.iter().find(|(name, _)| taken(name)) {
            Some((name, _)) => Err(PyValueError::new_err(format!(
                "metrics[{name:?}]: expected a name of its own; a quantity has this one"
            ))),
            None => Ok(()),
        }
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Measures a round.
    pub fn measure(&self, seen: &Seen<'_>, instances: &Instances, calls: &Calls) -> selfreward::Result<Vec<f64>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        calls.call(|py| {
            let state = State {
                fixed: instances.of(py, seen.instance),
                t: seen.round.t,
                theta: seen.round.theta.clone(),
                policy: Arc::clone(&seen.round.policy),
                base: Arc::new(seen.base.clone()),
            };
            let state = Bound::new(py, state)?;
            let number = |(name, call): &(String, Py<PyAny>)| {
                let value = call.bind(py).call1((&state,))?;
                value.extract::<f64>().map_err(|_| {
                    let kind = crate::config::kind_of(&value);
                    let what = match value.getattr("shape") {
                        Ok(shape) => format!("an array of shape {shape}"),
                        Err(_) => format!("{value}, {kind}"),
                    };
                    PyValueError::new_err(format!("metrics[{name:?}] gave {what}: expected a number"))
                })
            };
            self.0.iter().map(number).collect()
        })
    }
}
