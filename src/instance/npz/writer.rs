//! NumPy archives are written: an array is an entry `NAME.npy`, in version 1.0 of NumPy's format.

use std::io::{Result, Seek, Write};

use ndarray::{ArrayRef, Dimension};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A type of numbers that arrays may hold, lowest byte first.
pub trait Element: Copy {
    /// Its name in a header.
    const DESCR: &'static str;
    /// Its bytes.
    type Bytes: AsRef<[u8]>;
    /// The bytes of a value.
    fn bytes(self) -> Self::Bytes;
}

macro_rules! elements {
    ($($type:ty: $descr:literal),*) => {
        $(impl Element for $type {
            const DESCR: &'static str = $descr;
            type Bytes = [u8; size_of::<$type>()];
            fn bytes(self) -> Self::Bytes {
                self.to_le_bytes()
            }
        })*
    };
}

elements!(f64: "<f8", f32: "<f4", i64: "<i8", i32: "<i4", i16: "<i2", i8: "|i1");
elements!(u64: "<u8", u32: "<u4", u16: "<u2", u8: "|u1");

impl Element for bool {
    const DESCR: &'static str = "|b1";
    type Bytes = [u8; 1];
    fn bytes(self) -> [u8; 1] {
        [u8::from(self)]
    }
}

/// Writes an archive, array by array.
///
/// ```
/// use std::io::Cursor;
///
/// use ndarray::array;
/// use selfreward::instance::npz::NpzWriter;
///
/// let mut bytes = Cursor::new(Vec::new());
/// let mut npz = NpzWriter::new(&mut bytes);
/// npz.add_array("theta0", &array![1.5, -0.5])?;
/// npz.finish()?;
/// // An entry that is stored holds its numbers as they are.
/// let numbers: Vec<u8> = [1.5f64, -0.5].iter().flat_map(|number| number.to_le_bytes()).collect();
/// assert!(bytes.into_inner().windows(16).any(|window| window == numbers));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct NpzWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
    options: SimpleFileOptions,
}

impl<W: Write + Seek> NpzWriter<W> {
    /// An archive whose entries are stored, as by `numpy.savez`.
    pub fn new(to: W) -> Self {
        Self::with(to, CompressionMethod::Stored)
    }

    /// An archive whose entries are deflated, as by `numpy.savez_compressed`.
    pub fn new_compressed(to: W) -> Self {
        Self::with(to, CompressionMethod::Deflated)
    }

    fn with(to: W, method: CompressionMethod) -> Self {
        Self { zip: ZipWriter::new(to), options: SimpleFileOptions::default().compression_method(method) }
    }

    /// Adds an array of any shape. One in Fortran order stays in it; any other is written in C order.
    ///
    /// # Errors
    /// Those of the writer, and one for a name that is there already.
    pub fn add_array<T: Element, D: Dimension>(
        &mut self,
        name: impl Into<String>,
        array: &ArrayRef<T, D>,
    ) -> Result<()> {
        self.zip.start_file(name.into() + ".npy", self.options)?;
        write_npy(&mut self.zip, array)
    }

    /// Ends the archive; the writer is given back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self) -> Result<W> {
        Ok(self.zip.finish()?)
    }
}

/// Writes an array of any shape in NumPy's format. One in Fortran order stays in it; any other is written in C order.
///
/// # Errors
/// Those of the writer.
pub fn write_npy<T: Element, D: Dimension>(mut to: impl Write, array: &ArrayRef<T, D>) -> Result<()> {
    let transposed = array.t();
    let fortran = !array.is_standard_layout() && transposed.is_standard_layout();
    to.write_all(&header(T::DESCR, fortran, array.shape()))?;
    let contiguous = if fortran { transposed.to_slice() } else { array.as_slice() };
    match contiguous {
        Some(values) => write_values(&mut to, values.iter()),
        None => write_values(&mut to, array.iter()),
    }
}

/// Writes values in pieces, so that each costs no call of its own.
fn write_values<'a, T: Element + 'a>(to: &mut impl Write, values: impl Iterator<Item = &'a T>) -> Result<()> {
    const PIECE: usize = 1 << 16;
    let mut piece = Vec::with_capacity(PIECE + size_of::<T>());
    for value in values {
        piece.extend_from_slice(value.bytes().as_ref());
        if piece.len() >= PIECE {
            to.write_all(&piece)?;
            piece.clear();
        }
    }
    to.write_all(&piece)
}

/// What stands before the numbers: magic and version, the length of what follows, a Python literal, and spaces (one at
/// least, as NumPy has them) that bring the numbers to a multiple of 64 bytes.
fn header(descr: &str, fortran: bool, shape: &[usize]) -> Vec<u8> {
    let axes: Vec<String> = shape.iter().map(usize::to_string).collect();
    // A tuple of one has a comma.
    let comma = if axes.len() == 1 { "," } else { "" };
    let order = if fortran { "True" } else { "False" };
    let text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({}{comma})}}", axes.join(", "));
    const START: usize = 10;
    let least = START + text.len() + 1;
    let total = least + 64 - least % 64;
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    // An array has at most a few axes: the literal is far shorter than 2^16.
    header.extend(((total - START) as u16).to_le_bytes());
    header.extend(text.bytes());
    header.resize(total - 1, b' ');
    header.push(b'\n');
    header
}
