//! The values of an array behind its header, read no further than its size allows.

use std::io::Read;

use super::arrays::Array;
use super::header::{Dtype, Header, Kind};
use crate::{Error, Result, memory};

/// Bytes read at once: a multiple of every element's size.
const BLOCK: usize = 1 << 16;

/// The elements that an array may have.
#[derive(Clone, Copy)]
pub(super) struct Accepted {
    named: &'static str,
    fits: fn(Kind) -> bool,
}

pub(super) const FLOATS: Accepted =
    Accepted { named: "a floating-point type (f8, f4 or f2)", fits: |kind| matches!(kind, Kind::Float) };
pub(super) const WHOLES: Accepted = Accepted {
    named: "an integer type (i1 to i8, u1 to u8)",
    fits: |kind| matches!(kind, Kind::Signed | Kind::Unsigned),
};
pub(super) const TRUTHS: Accepted = Accepted {
    named: "a boolean type (b1) or an integer one (i1 to i8, u1 to u8)",
    fits: |kind| !matches!(kind, Kind::Float),
};

/// What a header says of its array, once it is believed.
#[derive(Debug)]
pub(super) struct Extent {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    /// The number of elements.
    pub count: usize,
}

impl Extent {
    /// Of an array that has `length` bytes with its header.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn of(header: &Header, accepted: Accepted, length: u64) -> std::result::Result<Self, String> {
        let Some(dtype) = header.dtype.filter(|dtype| (accepted.fits)(dtype.kind)) else {
            return Err(format!("has dtype {}: expected {}", header.descr, accepted.named));
        };
        let bytes = header.count().and_then(|count| count.checked_mul(dtype.size as u64));
        let there = length.saturating_sub(header.length);
        let Some(bytes) = bytes.filter(|&bytes| bytes <= there) else {
            let needed = bytes.map_or_else(|| "more than 2^64".to_owned(), |bytes| bytes.to_string());
            let shape = header.shape_shown();
            return Err(format!("has shape {shape} of {}: expected {needed} bytes, not {there}", header.descr));
        };
        let shape: Option<Vec<usize>> = header.shape.iter().map(|&axis| usize::try_from(axis).ok()).collect();
        match (shape, usize::try_from(bytes / dtype.size as u64)) {
            (Some(shape), Ok(count)) => Ok(Self { dtype, shape, count }),
            _ => Err(format!("has shape {}: expected one that fits into memory", header.shape_shown())),
        }
    }

    /// Reads the values, in C order. `what` is said where they do not fit into memory, `wrong`
    /// where they cannot be read.
    pub fn read<T: Clone>(
        self,
        from: &mut impl Read,
        fortran_order: bool,
        what: &str,
        wrong: impl Fn(String) -> Error,
        convert: impl Fn(Dtype, &[u8]) -> T,
    ) -> Result<Array<T>> {
        let Self { dtype, shape, count } = self;
        // The array, and its copy in another order.
        let need = (count as u64).saturating_mul(2 * size_of::<T>() as u64);
        memory::require(what, need)?;
        let mut values = Vec::with_capacity(count);
        let mut block = vec![0; BLOCK.min(count * dtype.size)];
        while values.len() < count {
            let piece = &mut block[..BLOCK.min((count - values.len()) * dtype.size)];
            from.read_exact(piece).map_err(|error| wrong(format!("cannot be read: {error}")))?;
            values.extend(piece.chunks_exact(dtype.size).map(|element| convert(dtype, element)));
        }
        if fortran_order {
            values = in_c_order(&values, &shape);
        }
        Ok(Array { shape, values })
    }
}

/// Values in Fortran's order (the first index runs fastest) put into C's (the last one does).
fn in_c_order<T: Clone>(values: &[T], shape: &[usize]) -> Vec<T> {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for &axis in shape {
        strides.push(stride);
        stride *= axis;
    }
    let mut index = vec![0; shape.len()];
    let mut place = 0;
    let mut sorted = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        sorted.push(values[place].clone());
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            place += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            place -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    sorted
}
