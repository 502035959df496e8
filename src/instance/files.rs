//! The files that instances are read from: those of the file system, and the one that comes with the program.

use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek};
use std::path::Path;

use crate::{Error, Result};

/// The path of the data file that comes with the program. Where there is no such file below the current folder, the copy
/// within the program is read, so that experiments run from any folder.
pub const ENCLOSED: &str = "data/docqa_minilm.npz";

static ENCLOSED_BYTES: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/docqa_minilm.npz"));

/// Bytes that can be read from any place.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Opens a file.
///
/// # Errors
/// [`Error::File`] if it cannot be read.
pub fn open(path: &Path) -> Result<Box<dyn Source>> {
    match File::open(path) {
        Ok(file) => Ok(Box::new(BufReader::new(file))),
        Err(error) if error.kind() == ErrorKind::NotFound && path == Path::new(ENCLOSED) => {
            Ok(Box::new(Cursor::new(ENCLOSED_BYTES)))
        }
        Err(error) => Err(Error::file(path, format!("cannot be read: {error}"))),
    }
}
