//! Files that a command reads, and what is said of those that cannot be.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::{Error, Result};

/// Bytes of a text, at most: a device without an end is none.
const LARGEST: u64 = 1 << 28;

/// The text of a file; `expected` says what it should hold.
///
/// # Errors
/// [`Error::File`] if it is missing, a folder, unreadable, or no UTF-8.
pub fn text(path: &Path, expected: &str) -> Result<String> {
    refuse_folder(path, expected)?;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(path, &error, expected))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::file(path, format!("has more than {LARGEST} bytes: expected {expected}")));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let place = "a NumPy archive is named by `path` in [instance], with kind = \"npz\"";
        return Err(Error::file(path, format!("is an archive: expected {expected}; {place}")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Error::file(path, format!("is no UTF-8 text (byte {place}): expected {expected}"))
    })
}

/// Refuses a folder where a file is meant.
///
/// # Errors
/// [`Error::File`] with what was expected.
pub fn refuse_folder(path: &Path, expected: &str) -> Result<()> {
    if path.is_dir() { Err(Error::file(path, format!("is a folder: expected {expected}"))) } else { Ok(()) }
}

/// A file that could not be opened or read: from where it was sought, and what was expected.
pub fn unreadable(path: &Path, error: &io::Error, expected: &str) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return absent(path, expected);
    }
    Error::file(path, format!("cannot be read: {error}; expected {expected}"))
}

/// A file that is not there.
pub fn absent(path: &Path, expected: &str) -> Error {
    let mut message = "does not exist".to_owned();
    if let (true, Ok(folder)) = (path.is_relative(), std::env::current_dir()) {
        message.push_str(&format!(" (sought from {})", folder.display()));
    }
    if path.to_string_lossy().starts_with('~') {
        message.push_str("; ~ stands for a home folder in a shell alone, write that folder out");
    }
    Error::file(path, format!("{message}; expected {expected}"))
}
