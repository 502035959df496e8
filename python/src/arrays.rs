//! NumPy arrays as the arrays of an instance: features are lent, small arrays are copied.

use std::sync::Arc;

use numpy::{Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use selfreward::instance::Lent;
use selfreward::instance::npz::{Array, InMemory, Values};

/// What an array holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Floats,
    Wholes,
    Truths,
}

impl Holds {
    /// What the array of a name holds.
    fn of(name: &str) -> Self {
        match name {
            "num_responses" | "answer" | "level" => Self::Wholes,
            "correct" => Self::Truths,
            _ => Self::Floats,
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Floats => "float64 or float32",
            Self::Wholes => "an integer type",
            Self::Truths => "bool, or an integer type",
        }
    }
}

/// Arrays by name, as `numpy.savez` would write them; what is to be said of how they were taken goes to `remarks`.
pub fn of(arrays: &Bound<'_, PyDict>, remarks: &mut Vec<String>) -> PyResult<InMemory> {
    let mut all = InMemory::default();
    for (name, value) in arrays {
        let name: String = name.extract()?;
        let values = values(&name, &value, remarks)?;
        all = all.with(name, values);
    }
    Ok(all)
}

fn values(name: &str, value: &Bound<'_, PyAny>, remarks: &mut Vec<String>) -> PyResult<Values> {
    let array = value.cast::<PyUntypedArray>().map_err(|_| {
        let kind = crate::config::kind_of(value);
        PyTypeError::new_err(format!("{name} is {kind}: expected a NumPy array"))
    })?;
    // Fields of a packed table: their elements do not lie at whole multiples of their size.
    let size = array.dtype().itemsize() as isize;
    let aligned: bool = value.getattr("flags")?.getattr("aligned")?.extract()?;
    let apart = array.strides().iter().any(|stride| size != 0 && stride % size != 0);
    if !aligned || apart {
        remark(name, remarks);
        let copy = value.call_method1("copy", ("C",))?;
        return values(name, &copy, remarks);
    }
    let holds = Holds::of(name);
    if holds == Holds::Floats {
        if let Ok(array) = value.cast::<PyArrayDyn<f64>>() {
            if let Some((shape, values)) = lent(name, array) {
                return Ok(Values::Lent64 { shape, values });
            }
            remark(name, remarks);
            return Ok(Values::Floats(copied(array, |number| number)));
        }
        if let Ok(array) = value.cast::<PyArrayDyn<f32>>() {
            if let Some((shape, values)) = lent(name, array) {
                return Ok(Values::Lent32 { shape, values });
            }
            remark(name, remarks);
            return Ok(Values::Floats(copied(array, f64::from)));
        }
    } else {
        macro_rules! as_wholes {
            ($($of:ty),*) => {$(
                if let Ok(array) = value.cast::<PyArrayDyn<$of>>() {
                    return Ok(Values::Wholes(copied(array, i128::from)));
                }
            )*};
        }
        as_wholes!(i64, i32, i16, i8, u64, u32, u16, u8);
        if holds == Holds::Truths
            && let Ok(array) = value.cast::<PyArrayDyn<bool>>()
        {
            return Ok(Values::Truths(copied(array, i128::from)));
        }
    }
    let (dtype, expected) = (array.dtype(), holds.expected());
    let swapped = if dtype.byteorder() == b'>' { ", in this machine's byte order" } else { "" };
    Err(PyValueError::new_err(format!(
        "{name} has dtype {dtype}: expected {expected}{swapped}; astype makes one of them"
    )))
}

/// Memory of NumPy, held as long as it is looked at.
struct OfNumpy<T> {
    start: *const T,
    count: usize,
    /// Keeps the memory alive.
    _owner: Py<PyAny>,
}

impl<T> std::fmt::Debug for OfNumpy<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} numbers of NumPy", self.count)
    }
}

// SAFETY: plain numbers behind a pointer, which are only read.
unsafe impl<T: Sync> Send for OfNumpy<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for OfNumpy<T> {}

impl<T: Sync> Lent<T> for OfNumpy<T> {
    fn values(&self) -> &[T] {
        // SAFETY: the array is C-contiguous and aligned, its owner is held, and NumPy refuses to resize memory that another object refers to.
        unsafe { std::slice::from_raw_parts(self.start, self.count) }
    }
}

/// The array's own memory, where it is features in C order.
fn lent<T: Element + Copy + Sync + 'static>(
    name: &str,
    array: &Bound<'_, PyArrayDyn<T>>,
) -> Option<(Vec<usize>, Arc<dyn Lent<T>>)> {
    let start: *const T = array.data();
    if name != "phi" || !array.is_c_contiguous() || array.is_empty() || !start.is_aligned() {
        return None;
    }
    let owner = array.clone().into_any().unbind();
    Some((array.shape().to_vec(), Arc::new(OfNumpy { start, count: array.len(), _owner: owner })))
}

/// Says that features were copied.
fn remark(name: &str, remarks: &mut Vec<String>) {
    if name == "phi" {
        remarks.push(
            "phi is not in C order, or not aligned: it was copied once (numpy.array(phi, order='C') makes one that is used in place)"
                .to_owned(),
        );
    }
}

/// The elements in C order.
fn copied<F: Element + Copy, T>(array: &Bound<'_, PyArrayDyn<F>>, convert: impl Fn(F) -> T) -> Array<T> {
    let values = array.readonly().as_array().iter().map(|&element| convert(element)).collect();
    Array { shape: array.shape().to_vec(), values }
}
