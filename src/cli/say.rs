//! Words for people, on stderr.

use std::io::Write;

/// Writes a line to stderr. One that cannot be written (a closed pipe, a full disk, a terminal that is gone) is lost: nothing
/// depends on it.
pub fn say(text: impl std::fmt::Display) {
    drop(std::io::stderr().write_all(format!("{text}\n").as_bytes()));
}
