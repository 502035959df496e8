//! The zip archive of arrays: entries by name, each read no further than its header and its size allow.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::read::ZipFile;

use super::arrays::{Array, Arrays, Stored};
use super::header::{Header, Kind, is_array};
use crate::instance::Storage;
use crate::instance::files::Source;
use crate::{Error, Result, memory};

/// Deflate makes at most so many bytes out of one.
const MOST_INFLATED: u64 = 1032;

/// Bytes read at once: a multiple of every element's size.
const BLOCK: usize = 1 << 16;

/// Bytes behind an array that are read to the end, for the sake of the checksum.
const MOST_TRAILING: u64 = 1 << 20;

/// An open archive.
pub(super) struct Archive<'a> {
    path: &'a Path,
    zip: ZipArchive<Box<dyn Source>>,
    /// The arrays' names (without `.npy`) and the entries that hold them.
    names: Vec<(String, usize)>,
    /// The file's size.
    size: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive and lists its arrays.
    pub fn open(path: &'a Path, mut source: Box<dyn Source>) -> Result<Self> {
        let unreadable = |error: io::Error| Error::file(path, format!("cannot be read: {error}"));
        let mut start = Vec::new();
        source.by_ref().take(6).read_to_end(&mut start).map_err(unreadable)?;
        if is_array(&start) {
            let expected =
                "is a single array (.npy): expected a NumPy archive (.npz), as numpy.savez(path, phi=…) writes";
            return Err(Error::file(path, expected));
        }
        let size = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let not_npz = |error: zip::result::ZipError| Error::file(path, format!("is no NumPy .npz archive: {error}"));
        source.rewind().map_err(unreadable)?;
        let mut zip = ZipArchive::new(source).map_err(not_npz)?;
        let mut names: Vec<(String, usize)> = Vec::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(not_npz)?;
            let name = entry.name();
            let name = name.strip_suffix(".npy").unwrap_or(name).to_owned();
            if names.iter().any(|(known, _)| *known == name) {
                return Err(Error::file(path, format!("array {name:?} is there twice: expected each once")));
            }
            names.push((name, index));
        }
        Ok(Self { path, zip, names, size })
    }

    /// The shape that an array's header states; `None` if there is no such array, or no such header.
    pub fn shape(&mut self, name: &str) -> Option<Vec<u64>> {
        self.header(name).map(|header| header.shape)
    }

    fn header(&mut self, name: &str) -> Option<Header> {
        let &(_, index) = self.names.iter().find(|(known, _)| known == name)?;
        Header::read(&mut self.zip.by_index(index).ok()?).ok()
    }

    fn array<T: Clone>(
        &mut self,
        name: &str,
        accepted: &str,
        fits: impl Fn(Kind) -> bool,
        convert: impl Fn(super::header::Dtype, &[u8]) -> T,
    ) -> Result<Option<Array<T>>> {
        let Some(&(_, index)) = self.names.iter().find(|(known, _)| known == name) else { return Ok(None) };
        let (path, size) = (self.path, self.size);
        let wrong = |what: String| Error::file(path, format!("array {name:?} {what}"));
        let mut entry = self.zip.by_index(index).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let claimed = believed(&entry, size).map_err(wrong)?;
        let header = Header::read(&mut entry).map_err(wrong)?;
        let Some(dtype) = header.dtype.filter(|dtype| fits(dtype.kind)) else {
            return Err(wrong(format!("has dtype {}: expected {accepted}", header.descr)));
        };
        let bytes = header.count().and_then(|count| count.checked_mul(dtype.size as u64));
        let there = claimed.saturating_sub(header.length);
        let Some(bytes) = bytes.filter(|&bytes| bytes <= there) else {
            let needed = bytes.map_or_else(|| "more than 2^64".to_owned(), |bytes| bytes.to_string());
            let shape = header.shape_shown();
            return Err(wrong(format!("has shape {shape} of {}: expected {needed} bytes, not {there}", header.descr)));
        };
        let shape: Option<Vec<usize>> = header.shape.iter().map(|&axis| usize::try_from(axis).ok()).collect();
        let (Some(shape), Ok(count)) = (shape, usize::try_from(bytes / dtype.size as u64)) else {
            return Err(wrong(format!("has shape {}: expected one that fits into memory", header.shape_shown())));
        };
        // The array, and its copy in another order.
        let need = (count as u64).saturating_mul(2 * size_of::<T>() as u64);
        memory::require(&format!("{}: array {name:?}", path.display()), need)?;
        let mut values = Vec::with_capacity(count);
        let mut block = vec![0; BLOCK.min(bytes as usize)];
        while values.len() < count {
            let piece = &mut block[..BLOCK.min((count - values.len()) * dtype.size)];
            entry.read_exact(piece).map_err(|error| wrong(format!("cannot be read: {error}")))?;
            values.extend(piece.chunks_exact(dtype.size).map(|element| convert(dtype, element)));
        }
        // NumPy, too, ignores what lies behind an array. At the entry's end its checksum is compared.
        io::copy(&mut entry.take(MOST_TRAILING), &mut io::sink())
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        if header.fortran_order {
            values = in_c_order(&values, &shape);
        }
        Ok(Some(Array { shape, values }))
    }
}

/// The types of numbers.
const FLOATS: &str = "a floating-point type (f8, f4 or f2)";

impl Arrays for Archive<'_> {
    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|(known, _)| known == name)
    }

    fn refuse_others(&self, names: &[&str]) -> Result<()> {
        match self.names.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            Some((name, _)) => Err(self.wrong(name, &format!("is not known: expected only {}", names.join(", ")))),
            None => Ok(()),
        }
    }

    fn floats(&mut self, name: &str) -> Result<Option<Array<f64>>> {
        self.array(name, FLOATS, |kind| kind == Kind::Float, |dtype, bytes| dtype.float(bytes))
    }

    fn features(&mut self, name: &str) -> Result<Option<Stored>> {
        let dtype = self.header(name).and_then(|header| header.dtype);
        let is_single = dtype.is_some_and(|dtype| dtype.kind == Kind::Float && dtype.size == 4);
        if !is_single {
            return Ok(self.floats(name)?.map(Stored::held));
        }
        // Single precision stays as it is: half the memory, and half of it to be read in every round.
        let read = self.array(name, FLOATS, |kind| kind == Kind::Float, |dtype, bytes| dtype.single(bytes));
        Ok(read?.map(|Array { shape, values }| Stored { shape, storage: Storage::Lent32(Arc::new(values)) }))
    }

    fn wholes(&mut self, name: &str) -> Result<Option<Array<i128>>> {
        let is_whole = |kind| matches!(kind, Kind::Signed | Kind::Unsigned);
        self.array(name, "an integer type (i1 to i8, u1 to u8)", is_whole, |dtype, bytes| dtype.whole(bytes))
    }

    fn truths(&mut self, name: &str) -> Result<Option<Array<i128>>> {
        let accepted = "a boolean type (b1) or an integer one (i1 to i8, u1 to u8)";
        self.array(name, accepted, |kind| kind != Kind::Float, |dtype, bytes| dtype.whole(bytes))
    }

    fn wrong(&self, name: &str, what: &str) -> Error {
        Error::file(self.path, format!("array {name:?} {what}"))
    }
}

/// The entry's size, if it can be so large.
fn believed<R: Read>(entry: &ZipFile<'_, R>, file: u64) -> std::result::Result<u64, String> {
    let (claimed, stored) = (entry.size(), entry.compressed_size());
    let most = stored.saturating_mul(MOST_INFLATED).saturating_add(MOST_INFLATED);
    if stored > file || claimed > most {
        return Err(format!(
            "is said to hold {claimed} bytes in {stored} of the file's {file}: expected a sound archive"
        ));
    }
    Ok(claimed)
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
