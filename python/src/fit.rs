//! A fit of one's own: a Python callable of a [`Step`] that gives θ_{t+1}.

use std::collections::BTreeMap;
use std::sync::Arc;

use numpy::ndarray::{Array1, Array2};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::IntoPyDict;
use selfreward::Error;
use selfreward::instance::{FeatureMap, Parameter};
use selfreward::logits::LogitTable;
use selfreward::process::fit::labels;
use selfreward::process::{self, Data, Fit, Fitted, Minimum};
use selfreward::simulate::Simulation;

use crate::calls::Calls;
use crate::view::{Fixed, Instances, State, read_only, vector};

/// A fit that calls Python.
pub struct OwnFit {
    call: Py<PyAny>,
    data: Data,
    instances: Arc<Instances>,
    calls: Arc<Calls>,
}

impl std::fmt::Debug for OwnFit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a Python callable")
    }
}

impl OwnFit {
    /// In place of a fit, whose data it looks at.
    pub fn new(call: Py<PyAny>, data: Data, instances: Arc<Instances>, calls: Arc<Calls>) -> Self {
        Self { call, data, instances, calls }
    }

    fn called(&self, py: Python<'_>, step: &process::Step<'_>, reward: Arc<LogitTable>) -> PyResult<Parameter> {
        let fixed = self.instances.of(py, step.instance);
        let state = State {
            fixed: Arc::clone(&fixed),
            t: step.round,
            theta: step.theta().clone(),
            policy: Arc::clone(&step.current.policy),
            base: Arc::clone(&step.base.policy),
        };
        let own = Step {
            base_theta: step.base.theta.clone(),
            reference: step.reference().into_owned(),
            reward,
            beta: step.beta,
            radius: step.radius,
            samples: step.batches().iter().map(|batch| batch.samples).sum(),
            seed: step.seed.to_string(),
            seen: Seen::of(step, self.data),
        };
        let argument = Bound::new(py, PyClassInitializer::from(state).add_subclass(own))?;
        parameter(&self.call.bind(py).call1((argument,))?, &fixed)
    }
}

/// θ of what the callable gave.
fn parameter(given: &Bound<'_, PyAny>, fixed: &Fixed) -> PyResult<Parameter> {
    let (py, dim) = (given.py(), fixed.features().dim());
    let wrong =
        |what: String| PyValueError::new_err(format!("fit gave {what}: expected θ, ({dim},), of finite numbers"));
    let numpy = py.import("numpy")?;
    if given.is_instance(&numpy.getattr("ma")?.getattr("MaskedArray")?)? {
        return Err(wrong("a masked array".to_owned()));
    }
    let array = numpy.call_method1("asarray", (given,)).map_err(|_| wrong(crate::config::kind_of(given)))?;
    let (kind, shape) = (array.getattr("dtype")?.getattr("kind")?.to_string(), array.getattr("shape")?);
    let number = ["f", "i", "u"].contains(&kind.as_str());
    if !number || !shape.eq((dim,))? {
        return Err(wrong(format!(
            "a value {} of dtype {} and shape {shape}",
            crate::config::kind_of(given),
            array.getattr("dtype")?
        )));
    }
    // A fresh array of doubles in C order, wherever the numbers lay.
    let options = [("dtype", "float64"), ("order", "C")].into_py_dict(py)?;
    let array = numpy.call_method("array", (array,), Some(&options))?;
    let theta: Array1<f64> = array.cast::<PyArray1<f64>>()?.readonly().as_array().to_owned();
    // A likelihood on one-hot features may give a response the probability 0.
    let tabular = matches!(fixed.features(), FeatureMap::OneHot(_));
    if let Some((j, value)) =
        theta.iter().enumerate().find(|(_, v)| !(v.is_finite() || tabular && **v == f64::NEG_INFINITY))
    {
        return Err(wrong(format!("theta[{j}] = {value}")));
    }
    Ok(match fixed.features() {
        FeatureMap::Dense(_) => Parameter::Dense(theta),
        FeatureMap::OneHot(_) => {
            let mut starts = vec![0];
            fixed.responses().iter().for_each(|count| starts.push(starts[starts.len() - 1] + count));
            Parameter::tabular(LogitTable::dense(&starts, &theta.to_vec()))
        }
    })
}

/// Refuses what the fit that is replaced would do, and one of one's own cannot: nothing that was asked for is left out in silence.
///
/// # Errors
/// [`Error::Argument`] with the key, its value and what was expected.
pub fn check(simulation: &Simulation) -> selfreward::Result<()> {
    let process = simulation.config.process.table();
    let given = |key: &str| process.get(key).map(ToString::to_string).unwrap_or_default();
    let refused = |key: &str, expected: &str| Err(Error::argument(format!("process.{key}"), given(key), expected));
    if simulation.process.fit.is_population() {
        let key = if given("population") == "true" { "population" } else { "update" };
        return refused(key, "an update that draws samples, beside fit");
    }
    if ["\"gradient\"", "\"finite-class\""].contains(&given("update").as_str()) {
        return refused("update", "erm, win-rate, logistic or likelihood, beside fit: it says what is drawn for it");
    }
    for key in ["ridge", "judge_noise"] {
        if process.get(key).and_then(toml::Value::as_float).is_some_and(|value| value != 0.0) {
            return refused(key, "0 beside fit, which does the work of the loop's own");
        }
    }
    if !["", "\"nearest\""].contains(&given("choice").as_str()) {
        return refused("choice", "nearest beside fit, which chooses for itself");
    }
    if simulation.process.signal.votes() > 0 && simulation.process.fit.data() == Data::Pairs {
        return refused(
            "reward",
            "no votes beside fit, but with update = \"logistic\" or \"win-rate\": their outcomes are step.wins",
        );
    }
    Ok(())
}

impl Fit for OwnFit {
    fn fit(&self, step: &process::Step<'_>) -> selfreward::Result<Fitted> {
        let reward = step.reward()?.table(step.instance);
        let theta = self.calls.call(|py| self.called(py, step, reward))?;
        Ok(Minimum::new(theta, None).into())
    }

    fn data(&self) -> Data {
        self.data
    }
}

/// What was drawn.
struct Seen {
    /// Whole numbers, a row for each pair or response.
    counts: Array2<i64>,
    /// Of labelled pairs, how often the first one won.
    wins: Option<Array1<f64>>,
}

impl Seen {
    fn of(step: &process::Step<'_>, data: Data) -> Self {
        let rows = |width: usize, flat: Vec<i64>| {
            Array2::from_shape_vec((flat.len() / width, width), flat).unwrap_or_else(|_| Array2::zeros((0, width)))
        };
        match data {
            Data::Responses => {
                let mut counts: BTreeMap<(usize, u32), u64> = BTreeMap::new();
                for batch in step.batches() {
                    batch.responses().for_each(|seen| {
                        seen.kept.iter().for_each(|&(y, count)| *counts.entry((seen.prompt, y)).or_default() += count);
                    });
                }
                let flat = counts.iter().flat_map(|(&(x, y), &count)| [x as i64, i64::from(y), count as i64]);
                Self { counts: rows(3, flat.collect()), wins: None }
            }
            Data::Pairs => {
                let mut counts: BTreeMap<(usize, u32, u32), u64> = BTreeMap::new();
                for batch in step.batches() {
                    batch.pairs().for_each(|seen| {
                        for pair in seen.pairs {
                            let key = (seen.prompt, pair.a.min(pair.b), pair.a.max(pair.b));
                            *counts.entry(key).or_default() += pair.count;
                        }
                    });
                }
                let row = |(&(x, a, b), &count): (&(usize, u32, u32), &u64)| {
                    [x as i64, i64::from(a), i64::from(b), count as i64]
                };
                Self { counts: rows(4, counts.iter().flat_map(row).collect()), wins: None }
            }
            Data::Labels(_) => {
                let mut counts: BTreeMap<(usize, u32, u32), (f64, f64)> = BTreeMap::new();
                labels::walk(step.batches(), &mut |prompt, pairs| {
                    for pair in pairs {
                        let (won, lost) =
                            if pair.a < pair.b { (pair.wins, pair.losses) } else { (pair.losses, pair.wins) };
                        let entry = counts.entry((prompt, pair.a.min(pair.b), pair.a.max(pair.b))).or_default();
                        (entry.0, entry.1) = (entry.0 + won, entry.1 + lost);
                    }
                });
                let row = |(&(x, a, b), &(won, lost)): (&(usize, u32, u32), &(f64, f64))| {
                    [x as i64, i64::from(a), i64::from(b), (won + lost).round() as i64]
                };
                let wins = counts.values().map(|&(won, _)| won).collect();
                Self { counts: rows(4, counts.iter().flat_map(row).collect()), wins: Some(wins) }
            }
        }
    }
}

/// A round from t to t + 1, as a fit of one's own sees it: a `State` of π_t, and what was drawn from it.
///
/// Attributes beside those of `State`: counts, int64, a row (x, y, y', N) for each pair y < y' that was drawn N times, or (x, y, N) for each
/// response that was kept, in loops that learn from single responses; wins, (P,), how often y won over y', in loops that learn from labels;
/// samples, n, that of remembered rounds included; rewards, (M, K), the round's reward up to a constant for each prompt, NaN beyond; base_theta
/// and reference, (d,), θ_0 and θ_ref; beta; radius, or None; seed, a whole number for `numpy.random.default_rng([step.seed, step.t])`.
#[pyclass(frozen, extends = State, module = "selfreward")]
pub struct Step {
    base_theta: Parameter,
    reference: Parameter,
    reward: Arc<LogitTable>,
    beta: f64,
    radius: Option<f64>,
    samples: u64,
    seed: String,
    seen: Seen,
}

#[pymethods]
impl Step {
    /// What was drawn, int64: rows (x, y, y', N) with y < y', or (x, y, N).
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<i64>> {
        read_only(self.seen.counts.clone().into_pyarray(py))
    }

    /// How often y won over y', for each row of `counts`; None in loops without labels.
    #[getter]
    fn wins<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray1<f64>>> {
        self.seen.wins.as_ref().map(|wins| read_only(wins.clone().into_pyarray(py)))
    }

    /// n: how many triples, or prompts with a response, were drawn.
    #[getter]
    fn samples(&self) -> u64 {
        self.samples
    }

    /// The round's reward, (M, K), up to a constant for each prompt.
    #[getter]
    fn rewards<'py>(slf: PyRef<'_, Self>, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        slf.as_super().fixed.table(py, &slf.reward, f64::NAN)
    }

    /// θ_0, (d,).
    #[getter]
    fn base_theta<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, &self.base_theta)
    }

    /// θ_ref, (d,).
    #[getter]
    fn reference<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, &self.reference)
    }

    /// β.
    #[getter]
    fn beta(&self) -> f64 {
        self.beta
    }

    /// B, or None.
    #[getter]
    fn radius(&self) -> Option<f64> {
        self.radius
    }

    /// The replicate's seed, a whole number below 2^256.
    #[getter]
    fn seed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.get_type::<pyo3::types::PyInt>().call1((self.seed.trim_start_matches("0x"), 16))
    }
}
