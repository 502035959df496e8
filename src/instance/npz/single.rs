//! Features in a file of their own (`.npy`).

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::Path;

use super::arrays::{Array, Stored};
use super::header::Header;
use super::left::{self, Left};
use super::values::{Extent, FLOATS};
use crate::instance::features::Place;
use crate::instance::{Storage, files};
use crate::{Error, Result};

const EXPECTED: &str = "a single array (.npy), as numpy.save(path, phi) writes";

/// An open file with one array.
#[derive(Debug)]
pub(super) struct Single<'a> {
    pub path: &'a Path,
    file: File,
    header: Header,
    /// The file's size.
    length: u64,
}

impl<'a> Single<'a> {
    /// Opens a file and reads its header.
    pub fn open(path: &'a Path) -> Result<Self> {
        let unreadable = |error| Error::file(path, format!("cannot be read: {error}"));
        let mut file = files::regular(path, EXPECTED)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let header =
            Header::read(&mut file).map_err(|what| Error::file(path, format!("{what}: expected {EXPECTED}")))?;
        Ok(Self { path, file, header, length })
    }

    fn extent(&self) -> Result<Extent> {
        Extent::of(&self.header, FLOATS, self.length).map_err(|what| Error::file(self.path, what))
    }

    fn place(&self, count: usize) -> Left<Place> {
        let precision = left::precision(&self.header)?;
        let header = self.header.length;
        Ok(Place { offset: 0, length: self.length, header, count, precision, checksum: None })
    }

    /// The shape that the header states.
    pub fn shape(&self) -> Vec<u64> {
        self.header.shape.clone()
    }

    /// The bytes that are read: none if they are left in the file.
    pub fn held_bytes(&self) -> u64 {
        if self.place(0).is_ok() { 0 } else { self.length }
    }

    /// The file's bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The features.
    pub fn features(&self) -> Result<Stored> {
        let extent = self.extent()?;
        let why = match self.place(extent.count) {
            Ok(place) => return left::map(self.path, &self.file, place, extent.shape),
            Err(why) => why,
        };
        let wrong = |what| Error::file(self.path, what);
        let mut rest = BufReader::new(&self.file);
        rest.seek(std::io::SeekFrom::Start(self.header.length)).map_err(|error| wrong(error.to_string()))?;
        let what = left::unread(self.path, "phi", why);
        let convert = |dtype: super::header::Dtype, bytes: &[u8]| dtype.float(bytes);
        let Array { shape, values } = extent.read(&mut rest, self.header.fortran_order, &what, wrong, convert)?;
        Ok(Stored { shape, storage: Storage::Owned(values) })
    }
}
