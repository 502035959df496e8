//! The zip archive of arrays: entries by name, each read no further than its header and its size allow.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::arrays::{Array, Arrays, Stored};
use super::header::{Dtype, Header, Kind, is_array};
use super::left::{self, Left};
use super::single::Single;
use super::values::{Accepted, Extent, FLOATS, TRUTHS, WHOLES};
use crate::instance::Storage;
use crate::instance::features::Place;
use crate::instance::files::{self, Source};
use crate::{Error, Result};

/// Where an array lies in its file, and its shape.
type Lying = (Place, Vec<usize>);

/// Deflate makes at most so many bytes out of one.
const MOST_INFLATED: u64 = 1032;

/// The array of features.
const PHI: &str = "phi";

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
    /// Of so many bytes and more, features are left in the file; none are where the bytes are no file's.
    left_from: u64,
    /// Features of a file of their own.
    features: Option<Single<'a>>,
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
        Ok(Self { path, zip, names, size, left_from: u64::MAX, features: None })
    }

    /// The same, from whose file features of so many bytes and more are not read, but mapped.
    pub fn leaving(self, left_from: u64) -> Self {
        Self { left_from, ..self }
    }

    /// The same, with features from a file of their own.
    pub fn with_features(self, path: &'a Path) -> Result<Self> {
        if self.has("phi") {
            let what = format!("is there, and so is the file of features {}: expected one of them", path.display());
            return Err(self.wrong("phi", &what));
        }
        Ok(Self { features: Some(Single::open(path)?), ..self })
    }

    /// The shape that an array's header states; `None` if there is no such array, or no such header.
    pub fn shape(&mut self, name: &str) -> Option<Vec<u64>> {
        if let (PHI, Some(single)) = (name, &self.features) {
            return Some(single.shape());
        }
        self.header(name).map(|header| header.shape)
    }

    fn header(&mut self, name: &str) -> Option<Header> {
        let &(_, index) = self.names.iter().find(|(known, _)| known == name)?;
        Header::read(&mut self.zip.by_index(index).ok()?).ok()
    }

    /// The bytes that all arrays unpack to, as they say, but for features that are left in their file, unless these are copied.
    pub fn held_bytes(&mut self, copied: bool) -> u64 {
        let all = (0..self.zip.len()).map(|index| self.zip.by_index_raw(index).map_or(0, |entry| entry.size()));
        let all = all.fold(0, u64::saturating_add);
        match &self.features {
            Some(single) if copied => all.saturating_add(single.length()),
            Some(single) => all.saturating_add(single.held_bytes()),
            None if copied => all,
            None => match self.place(PHI) {
                Ok(Some(Ok((place, _)))) => all.saturating_sub(place.length),
                _ => all,
            },
        }
    }

    /// Whether features are left in their file.
    pub fn leaves_features(&mut self) -> bool {
        match &self.features {
            Some(single) => single.held_bytes() == 0,
            None => matches!(self.place(PHI), Ok(Some(Ok(_)))),
        }
    }

    /// Where an array lies in the file, and its shape; `None` without it.
    fn place(&mut self, name: &str) -> Result<Option<Left<Lying>>> {
        let Some(&(_, index)) = self.names.iter().find(|(known, _)| known == name) else { return Ok(None) };
        let (path, size, left_from) = (self.path, self.size, self.left_from);
        let wrong = |what: String| Error::file(path, format!("array {name:?} {what}"));
        let mut entry = self.zip.by_index(index).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let length = believed(&entry, size).map_err(wrong)?;
        if length < left_from {
            return Ok(Some(Err(None)));
        }
        if entry.compression() != CompressionMethod::Stored {
            return Ok(Some(Err(Some("compressed"))));
        }
        let header = Header::read(&mut entry).map_err(wrong)?;
        let precision = match left::precision(&header) {
            Ok(precision) => precision,
            Err(why) => return Ok(Some(Err(why))),
        };
        let Extent { shape, count, .. } = Extent::of(&header, FLOATS, length).map_err(wrong)?;
        let (offset, checksum) = (entry.data_start(), Some(entry.crc32()));
        if offset.checked_add(length).is_none_or(|end| end > size) {
            return Err(wrong(format!(
                "ends behind byte {offset} + {length}: expected at most {size}, the file's end"
            )));
        }
        Ok(Some(Ok((Place { offset, length, header: header.length, count, precision, checksum }, shape))))
    }

    fn array<T: Clone>(
        &mut self,
        name: &str,
        accepted: Accepted,
        why: Option<&str>,
        convert: impl Fn(Dtype, &[u8]) -> T,
    ) -> Result<Option<Array<T>>> {
        let Some(&(_, index)) = self.names.iter().find(|(known, _)| known == name) else { return Ok(None) };
        let (path, size) = (self.path, self.size);
        let wrong = |what: String| Error::file(path, format!("array {name:?} {what}"));
        let mut entry = self.zip.by_index(index).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let claimed = believed(&entry, size).map_err(wrong)?;
        let header = Header::read(&mut entry).map_err(wrong)?;
        let extent = Extent::of(&header, accepted, claimed).map_err(wrong)?;
        let array = extent.read(&mut entry, header.fortran_order, &left::unread(path, name, why), wrong, convert)?;
        // NumPy, too, ignores what lies behind an array. At the entry's end its checksum is compared.
        io::copy(&mut entry.take(MOST_TRAILING), &mut io::sink())
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        Ok(Some(array))
    }
}

impl Arrays for Archive<'_> {
    fn has(&self, name: &str) -> bool {
        (name == PHI && self.features.is_some()) || self.names.iter().any(|(known, _)| known == name)
    }

    fn refuse_others(&self, names: &[&str]) -> Result<()> {
        match self.names.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            Some((name, _)) => Err(self.wrong(name, &format!("is not known: expected only {}", names.join(", ")))),
            None => Ok(()),
        }
    }

    fn floats(&mut self, name: &str) -> Result<Option<Array<f64>>> {
        self.array(name, FLOATS, None, |dtype, bytes| dtype.float(bytes))
    }

    fn features(&mut self, name: &str) -> Result<Option<Stored>> {
        if let (PHI, Some(single)) = (name, &self.features) {
            return single.features().map(Some);
        }
        let why = match self.place(name)? {
            None => return Ok(None),
            Some(Ok((place, shape))) => {
                let file = files::regular(self.path, "a NumPy archive (.npz)")?;
                return left::map(self.path, &file, place, shape).map(Some);
            }
            Some(Err(why)) => why,
        };
        let dtype = self.header(name).and_then(|header| header.dtype);
        if dtype.is_some_and(|dtype| dtype.kind == Kind::Float && dtype.size == 4) {
            // Single precision stays as it is: half the memory, and half of it to be read in every round.
            let read = self.array(name, FLOATS, why, |dtype, bytes| dtype.single(bytes))?;
            let lent = |Array { shape, values }| Stored { shape, storage: Storage::Lent32(Arc::new(values)) };
            return Ok(read.map(lent));
        }
        let array = self.array(name, FLOATS, why, |dtype, bytes| dtype.float(bytes))?;
        Ok(array.map(|Array { shape, values }| Stored { shape, storage: Storage::Owned(values) }))
    }

    fn wholes(&mut self, name: &str) -> Result<Option<Array<i128>>> {
        self.array(name, WHOLES, None, |dtype, bytes| dtype.whole(bytes))
    }

    fn truths(&mut self, name: &str) -> Result<Option<Array<i128>>> {
        self.array(name, TRUTHS, None, |dtype, bytes| dtype.whole(bytes))
    }

    fn wrong(&self, name: &str, what: &str) -> Error {
        if let (PHI, Some(single)) = (name, &self.features) {
            return Error::file(single.path, what);
        }
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
