//! Errors of the library as Python's: what cannot be read is an `OSError`, memory that is not there a `MemoryError`, a value out of its range a
//! `ValueError`, and what fails while running a `RuntimeError`. The message is the library's.

use pyo3::PyErr;
use pyo3::exceptions::{PyFileNotFoundError, PyMemoryError, PyOSError, PyRuntimeError, PyValueError};
use selfreward::Error;
use selfreward::instance::npz::AT_HAND;

/// The error as Python raises it.
pub fn raised(error: &Error) -> PyErr {
    of(error, error.to_string())
}

/// The error with its contexts, as Python raises it.
pub fn with_context(error: &anyhow::Error) -> PyErr {
    let text = format!("{error:#}");
    match error.downcast_ref::<Error>() {
        Some(known) => of(known, text),
        None => PyValueError::new_err(text),
    }
}

fn of(error: &Error, text: String) -> PyErr {
    match error {
        Error::Argument { .. } | Error::Syntax { .. } | Error::TooLarge { .. } => PyValueError::new_err(text),
        // Arrays at hand are no file, and a file that is there but holds what it should not is a wrong value.
        Error::File { path, .. } if path.as_os_str() == AT_HAND => PyValueError::new_err(text),
        Error::File { path, .. } => match std::fs::File::open(path) {
            Ok(_) => PyValueError::new_err(text),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => PyFileNotFoundError::new_err(text),
            Err(_) => PyOSError::new_err(text),
        },
        Error::Memory { .. } => PyMemoryError::new_err(text),
        _ => PyRuntimeError::new_err(text),
    }
}
