//! Calls of Python from the run's threads: the first error of any, and how Ctrl-C reaches them.

use std::ffi::c_long;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::{PyTypeInfo, ffi};
use selfreward::{Error, Result};

/// A lock that a panic elsewhere does not close.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The calls of one run.
#[derive(Default)]
pub struct Calls {
    raised: Mutex<Option<PyErr>>,
    /// Threads, as Python numbers them, that are inside of a callable.
    inside: Mutex<Vec<c_long>>,
}

impl Calls {
    /// Calls Python; an error is kept here, for the thread that asked for the run.
    ///
    /// # Errors
    /// [`Error::Interrupted`] in place of Python's error.
    pub fn call<T>(&self, work: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T> {
        Python::attach(|py| {
            let outcome = self.noted(py).and_then(|thread| {
                let outcome = work(py);
                locked(&self.inside).retain(|one| *one != thread);
                outcome
            });
            outcome.map_err(|error| self.keep(error))
        })
    }

    fn noted(&self, py: Python<'_>) -> PyResult<c_long> {
        let thread: c_long = py.import("threading")?.call_method0("get_ident")?.extract()?;
        locked(&self.inside).push(thread);
        Ok(thread)
    }

    /// Keeps the first error, and gives the library's word for it.
    pub fn keep(&self, error: PyErr) -> Error {
        let late = {
            let mut raised = locked(&self.raised);
            match *raised {
                Some(_) => Some(error),
                None => raised.replace(error),
            }
        };
        // An error that comes late is dropped after the lock: what its traceback holds may run Python when it goes.
        drop(late);
        Error::Interrupted
    }

    /// Whether some call ended in an error: the run need not go on.
    pub fn failed(&self) -> bool {
        locked(&self.raised).is_some()
    }

    /// The first error.
    pub fn take(&self) -> Option<PyErr> {
        locked(&self.raised).take()
    }

    /// Raises `KeyboardInterrupt` in every callable that runs; it comes with the callable's next step.
    pub fn interrupt(&self, py: Python<'_>) {
        for &thread in locked(&self.inside).iter() {
            // SAFETY: this thread holds the interpreter's lock; the number of a thread that has ended names none.
            unsafe { ffi::PyThreadState_SetAsyncExc(thread, PyKeyboardInterrupt::type_object_raw(py).cast()) };
        }
    }
}
