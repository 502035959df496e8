//! Features that are left in their file: which can be, and how.

use std::fs::File;
use std::path::Path;

use super::arrays::Stored;
use super::header::{Dtype, Header, Kind};
use crate::instance::Storage;
use crate::instance::features::{Mapped, Place, Precision};
use crate::{Error, Result};

/// Features of an archive are left in it from so many bytes on: below, a copy costs nothing, and
/// the file may change after it is read.
pub const LARGE: u64 = 64 << 20;

/// Where features lie, or why they are read, in words; none where they are small.
pub(super) type Left<T> = std::result::Result<T, Option<&'static str>>;

/// How numbers of this header are left where they are.
pub(super) fn precision(header: &Header) -> Left<Precision> {
    match header.dtype {
        _ if header.fortran_order => Err(Some("in Fortran's order")),
        Some(Dtype { kind: Kind::Float, big_endian: true, .. }) => Err(Some("with the highest byte first")),
        Some(Dtype { kind: Kind::Float, size: 4, .. }) => Ok(Precision::Single),
        Some(Dtype { kind: Kind::Float, size: 8, .. }) => Ok(Precision::Double),
        Some(Dtype { kind: Kind::Float, .. }) => Err(Some("in half precision")),
        _ => Err(None),
    }
}

/// What is said of features that do not fit into memory.
pub(super) fn unread(path: &Path, name: &str, why: Option<&str>) -> String {
    let why =
        why.map(|why| format!(" ({why}: only little-endian f4 and f8 in C order, not compressed, stay in their file)"));
    format!("{}: array {name:?}{}", path.display(), why.unwrap_or_default())
}

/// The features of a place in a file.
pub(super) fn map(path: &Path, file: &File, place: Place, shape: Vec<usize>) -> Result<Stored> {
    let end = place.offset.saturating_add(place.length);
    let length = file.metadata().map_err(|error| Error::file(path, format!("cannot be read: {error}")))?.len();
    if length < end {
        let what = format!("has {length} bytes: expected {end}, as it had when its header was read");
        return Err(Error::file(path, what));
    }
    let mapped = Mapped::new(file, place).map_err(|error| {
        let limit = "a limit on address space (`ulimit -v`) counts the whole file, one on memory (`ulimit -d`, a control group) does not";
        Error::file(path, format!("cannot be mapped: {error}; expected address space for {} bytes: {limit}", place.length))
    })?;
    Ok(Stored { shape, storage: Storage::Mapped(mapped) })
}
