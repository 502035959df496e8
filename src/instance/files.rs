//! The files that instances are read from: those of the file system, and those that come with the program.

use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek};
use std::path::Path;

use crate::files::unreadable;
use crate::{Error, Result};

/// The path of a data file that comes with the sources: sentence embeddings. Where there is no such file below the current folder,
/// the copy within the program is read, so that experiments run from any folder; the published package is without it.
pub const ENCLOSED: &str = "data/docqa_minilm.npz";

/// Another: the answers of a language model.
pub const ENCLOSED_ANSWERS: &str = "data/smollm_answers.npz";

/// The files that come along.
const COME_ALONG: [&str; 2] = [ENCLOSED, ENCLOSED_ANSWERS];

/// All of them with what they hold: nothing in a program that was built without them.
#[cfg(enclosed_data)]
static FILES: &[(&str, &[u8])] = &[
    (ENCLOSED, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/docqa_minilm.npz"))),
    (ENCLOSED_ANSWERS, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/smollm_answers.npz"))),
];
#[cfg(not(enclosed_data))]
static FILES: &[(&str, &[u8])] = &[];

/// The data files that are enclosed: their paths and their bytes.
pub fn enclosed() -> &'static [(&'static str, &'static [u8])] {
    FILES
}

/// Where a data file belongs, for a program that was built without it.
fn belongs(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().display();
    format!(
        "is missing, and this program was built from the package, which holds no data; expected the file {name} of the source \
         repository's folder data/ (data/README.md describes it) in the folder data/ below the current one"
    )
}

const ARCHIVE: &str = "a NumPy archive (.npz)";

/// Bytes that can be read from any place.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Opens a file.
///
/// # Errors
/// [`Error::File`] if it cannot be read.
pub fn open(path: &Path) -> Result<Box<dyn Source>> {
    refuse_others(path, ARCHIVE)?;
    match File::open(path) {
        Ok(file) => Ok(Box::new(BufReader::new(file))),
        Err(error) if error.kind() == ErrorKind::NotFound && COME_ALONG.iter().any(|name| path == Path::new(name)) => {
            let file = FILES.iter().find(|(name, _)| path == Path::new(name));
            let (_, bytes) = file.ok_or_else(|| Error::file(path, belongs(path)))?;
            Ok(Box::new(Cursor::new(*bytes)))
        }
        Err(error) => Err(unreadable(path, &error, ARCHIVE)),
    }
}

/// Opens a file of the file system, which is `expected` to be something.
///
/// # Errors
/// As [`open`].
pub fn regular(path: &Path, expected: &str) -> Result<File> {
    refuse_others(path, expected)?;
    File::open(path).map_err(|error| unreadable(path, &error, expected))
}

/// Refuses what is there and no file: opening a pipe would wait for its other end, and reading needs to go back and forth.
fn refuse_others(path: &Path, expected: &str) -> Result<()> {
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => Err(Error::file(path, format!("is a folder: expected {expected}"))),
        Ok(metadata) if !metadata.is_file() => {
            Err(Error::file(path, format!("is a pipe or a device: expected {expected} in a file")))
        }
        _ => Ok(()),
    }
}
