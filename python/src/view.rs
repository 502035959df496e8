//! What a callable of one's own looks at: one policy π_t with what it is made of, as NumPy arrays that are made when they are asked for.
//!
//! Arrays over responses have the shape (M, K), K the largest number of responses of a prompt; what lies beyond a prompt's own responses is
//! padding: −∞ for logarithms of probabilities, 0 for probabilities, False for truths; that of features is as it was given, or 0.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use numpy::ndarray::{Array2, Array3};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PySlice;
use selfreward::instance::{Correct, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::{Policy, memory};

use crate::failure::raised;

/// What does not change from round to round.
pub struct Fixed {
    features: FeatureMap,
    weights: Vec<f64>,
    correct: Option<Correct>,
    /// K(x), and K.
    responses: Vec<usize>,
    most: usize,
    /// The features' array as the caller gave it, where it is theirs.
    given: Option<Py<PyAny>>,
    made: PyOnceLock<Py<PyAny>>,
}

/// The features' matrix of a map, as a number that tells it from others.
fn identity(features: &FeatureMap) -> usize {
    match features {
        FeatureMap::Dense(dense) => Arc::as_ptr(dense) as usize,
        FeatureMap::OneHot(responses) => Arc::as_ptr(responses) as usize,
    }
}

/// The instances that are at work, so that replicates that share one share its arrays.
pub struct Instances {
    given: Option<Py<PyAny>>,
    most: usize,
    known: Mutex<VecDeque<Arc<Fixed>>>,
}

impl Instances {
    /// For so many replicates at once; `given` is the array of features, where no key changes it.
    pub fn new(given: Option<Py<PyAny>>, most: usize) -> Self {
        Self { given, most, known: Mutex::default() }
    }

    /// What an instance has, made once.
    pub fn of(&self, py: Python<'_>, instance: &Instance) -> Arc<Fixed> {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let own = identity(instance.features());
        if let Some(found) = known.iter().find(|fixed| identity(&fixed.features) == own) {
            return Arc::clone(found);
        }
        let responses: Vec<usize> = (0..instance.prompts()).map(|x| instance.features().responses(x)).collect();
        let fixed = Arc::new(Fixed {
            features: instance.features().clone(),
            weights: instance.weights().to_vec(),
            correct: instance.correct().cloned(),
            most: responses.iter().copied().max().unwrap_or(0),
            responses,
            given: self.given.as_ref().map(|given| given.clone_ref(py)),
            made: PyOnceLock::new(),
        });
        known.push_back(Arc::clone(&fixed));
        let old = if known.len() > self.most { known.pop_front() } else { None };
        drop(known);
        // What goes may run Python, which another thread may hold while it waits for the lock.
        drop(old);
        fixed
    }
}

impl Fixed {
    /// K(x) of each prompt.
    pub fn responses(&self) -> &[usize] {
        &self.responses
    }

    /// The features that it has.
    pub fn features(&self) -> &FeatureMap {
        &self.features
    }

    /// An (M, K) array, `pad` beyond a prompt's responses.
    fn by_response(&self, pad: f64, value: impl Fn(usize, u32) -> f64) -> PyResult<Array2<f64>> {
        let (prompts, most) = (self.responses.len(), self.most);
        let bytes = (prompts as u64).saturating_mul(most as u64).saturating_mul(8);
        memory::require("an array over all responses", bytes).map_err(|error| raised(&error))?;
        let inside = |x: usize, y: usize| if y < self.responses[x] { value(x, y as u32) } else { pad };
        Ok(Array2::from_shape_fn((prompts, most), |(x, y)| inside(x, y)))
    }

    /// A table of logits as an (M, K) array.
    pub fn table<'py>(&self, py: Python<'py>, table: &LogitTable, pad: f64) -> PyResult<Bound<'py, PyArray2<f64>>> {
        Ok(read_only(self.by_response(pad, |x, y| table.row(x).logit(y))?.into_pyarray(py)))
    }

    fn phi<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let FeatureMap::Dense(dense) = &self.features else { return Ok(None) };
        let made = self.made.get_or_try_init(py, || {
            if let Some(given) = &self.given {
                // The caller's memory, which a callable cannot write to.
                let whole = given.bind(py);
                let rows = PySlice::new(py, 0, self.responses.len() as isize, 1);
                let view = whole.get_item((rows, PySlice::new(py, 0, self.most as isize, 1)))?;
                view.call_method1("setflags", (false,))?;
                return PyResult::Ok(view.unbind());
            }
            let shape = (self.responses.len(), self.most, dense.dim());
            let bytes = [shape.0, shape.1, shape.2].iter().fold(8u64, |product, &n| product.saturating_mul(n as u64));
            memory::require("the array of all features", bytes).map_err(|error| raised(&error))?;
            let mut phi = Array3::zeros(shape);
            for (x, &count) in self.responses.iter().enumerate() {
                for y in 0..count {
                    phi.slice_mut(numpy::ndarray::s![x, y, ..]).assign(&dense.row(x, y));
                }
            }
            let array: Bound<'_, PyArray3<f64>> = phi.into_pyarray(py);
            Ok(read_only(array).into_any().unbind())
        })?;
        Ok(Some(made.bind(py).clone()))
    }
}

/// The array, which cannot be written to.
pub fn read_only<'py, T: numpy::Element, D: numpy::ndarray::Dimension>(
    array: Bound<'py, numpy::PyArray<T, D>>,
) -> Bound<'py, numpy::PyArray<T, D>> {
    // A fresh array, of which nothing else knows: it cannot fail, and a copy that could be written to would do no harm.
    let _ = array.call_method1("setflags", (false,));
    array
}

/// A policy π_t, as a metric of one's own sees it.
///
/// Attributes: t; theta, (d,), of a tabular policy its logits; log_probs and base_log_probs, (M, K), −inf beyond a prompt's responses; probs,
/// (M, K); features, (M, K, d), or None for a tabular policy; weights, (M,), p(x); num_responses, (M,); correct, (M, K), and known, (M,),
/// whether it is known for a prompt, or None.
#[pyclass(frozen, subclass, module = "selfreward")]
pub struct State {
    pub fixed: Arc<Fixed>,
    pub t: usize,
    pub theta: Parameter,
    pub policy: Arc<Policy>,
    pub base: Arc<Policy>,
}

/// θ as a vector.
pub fn vector<'py>(py: Python<'py>, theta: &Parameter) -> Bound<'py, PyArray1<f64>> {
    read_only(theta.to_vector().into_pyarray(py))
}

#[pymethods]
impl State {
    fn __repr__(&self) -> String {
        let (prompts, most) = (self.fixed.responses.len(), self.fixed.most);
        format!("<π_{} of {prompts} prompts, at most {most} responses, d = {}>", self.t, self.fixed.features.dim())
    }

    /// The round: 0 for the base policy.
    #[getter]
    fn t(&self) -> usize {
        self.t
    }

    /// θ_t, (d,).
    #[getter]
    fn theta<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, &self.theta)
    }

    /// log π_t(y|x), (M, K).
    #[getter]
    fn log_probs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let array = self.fixed.by_response(f64::NEG_INFINITY, |x, y| self.policy.log_prob(x, y))?;
        Ok(read_only(array.into_pyarray(py)))
    }

    /// π_t(y|x), (M, K).
    #[getter]
    fn probs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let array = self.fixed.by_response(0.0, |x, y| self.policy.prob(x, y))?;
        Ok(read_only(array.into_pyarray(py)))
    }

    /// log π_0(y|x), (M, K).
    #[getter]
    fn base_log_probs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let array = self.fixed.by_response(f64::NEG_INFINITY, |x, y| self.base.log_prob(x, y))?;
        Ok(read_only(array.into_pyarray(py)))
    }

    /// φ(x,y), (M, K, d): a view of the array that was given, where it was; None for a tabular policy.
    #[getter]
    fn features<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.fixed.phi(py)
    }

    /// p(x), (M,).
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        read_only(PyArray1::from_slice(py, &self.fixed.weights))
    }

    /// K(x), (M,).
    #[getter]
    fn num_responses<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        let counts: Vec<i64> = self.fixed.responses.iter().map(|&count| count as i64).collect();
        read_only(counts.into_pyarray(py))
    }

    /// Whether it is known which responses are correct, (M,); None where the instance has none.
    #[getter]
    fn known<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray1<bool>>> {
        let correct = self.fixed.correct.as_ref()?;
        let known: Vec<bool> = (0..correct.prompts()).map(|x| correct.at(x).is_some()).collect();
        Some(read_only(known.into_pyarray(py)))
    }

    /// Which responses are correct, (M, K): False where it is not known for a prompt; None where the instance has none.
    #[getter]
    fn correct<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArray2<bool>>>> {
        let Some(correct) = &self.fixed.correct else { return Ok(None) };
        let holds = |x: usize, y: u32| correct.holds(x, y).map_or(0.0, |holds| f64::from(u8::from(holds)));
        let array = self.fixed.by_response(0.0, holds)?.mapv(|value| value > 0.0);
        Ok(Some(read_only(array.into_pyarray(py))))
    }
}
