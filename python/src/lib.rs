//! The Python package's engine: configurations and arrays go in, arrays come out. What the command does beside (verdicts, sweeps, figures of
//! stores) runs as the command itself, in a process of its own.

mod arrays;
mod bound;
mod calls;
mod config;
mod failure;
mod fit;
mod metrics;
mod run;
mod view;
mod worker;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use selfreward::instance::files::enclosed;
use selfreward::settings::Key;

/// Runs the `selfreward` command on arguments without its name; gives the exit code. It takes charge of the process's signals: call it once.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<String>) -> u8 {
    let given = std::iter::once("selfreward".to_owned()).chain(arguments).map(Into::into).collect::<Vec<_>>();
    py.detach(|| selfreward::cli::code_on(given))
}

/// Section, name, what it holds, kinds or updates that have it, meaning, default.
type KeyRow = (&'static str, &'static str, String, Vec<&'static str>, &'static str, &'static str);

/// Every key of a configuration.
#[pyfunction]
fn keys() -> Vec<KeyRow> {
    let row = |key: &Key| (key.section, key.name, key.form.expected(), key.of.to_vec(), key.meaning, key.default);
    selfreward::simulate::keys::keys().iter().map(row).collect()
}

/// Quantities that are measured where `measure.also` asks for them.
#[pyfunction]
fn further() -> Vec<&'static str> {
    selfreward::metrics::also::QUANTITIES.iter().map(|also| also.quantity.name).collect()
}

/// A data file that comes along, as the bytes of a NumPy archive; its last component is its name.
#[pyfunction]
fn enclosed_file<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
    let found = enclosed().iter().find(|(path, _)| path.rsplit('/').next() == Some(name));
    let missing = || pyo3::exceptions::PyFileNotFoundError::new_err(format!("{name} does not come with this build"));
    found.map(|(_, bytes)| PyBytes::new(py, bytes)).ok_or_else(missing)
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(command, module)?)?;
    module.add_function(wrap_pyfunction!(keys, module)?)?;
    module.add_function(wrap_pyfunction!(further, module)?)?;
    module.add_function(wrap_pyfunction!(enclosed_file, module)?)?;
    module.add_function(wrap_pyfunction!(worker::settle, module)?)?;
    module.add_function(wrap_pyfunction!(worker::simulate, module)?)?;
    module.add_function(wrap_pyfunction!(bound::bound, module)?)?;
    module.add_function(wrap_pyfunction!(bound::bounds, module)?)?;
    module.add_function(wrap_pyfunction!(bound::bound_lists, module)?)?;
    module.add_class::<run::Run>()?;
    module.add_class::<view::State>()?;
    module.add_class::<fit::Step>()?;
    Ok(())
}
