//! The library's one error type.
//!
//! Every variant holds the offending value and what was expected instead, so that a caller can act on it and a
//! person can read it. Binaries add context (which file, which command) with `anyhow`.

use std::path::{Path, PathBuf};

use crate::absent::Absent;

/// The library's result type.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong in the library.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An argument or a configuration value lies outside its range.
    #[error("{name} = {value}: expected {expected}")]
    Argument {
        /// The argument's name, as the caller knows it (`process.samples`, `delta`).
        name: String,
        /// The offending value.
        value: String,
        /// The range or form that was expected.
        expected: String,
    },
    /// A file could not be read or written, or does not hold what it should.
    #[error("{}: {message}", one_line(&path.display().to_string()))]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the offending value and what was expected.
        message: String,
    },
    /// A text is not of the form that it should have (TOML, CSV, JSON).
    #[error("line {line}, column {column}: {found}: expected {expected}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong there.
        found: String,
        /// The form that was expected.
        expected: String,
    },
    /// The work is more than this program takes on, on any machine; found by an estimate, before the work starts.
    #[error("{what} needs {need}, the limit is {limit}")]
    TooLarge {
        /// What was asked for.
        what: String,
        /// The estimate, with its unit.
        need: String,
        /// The limit, with its unit, and how to stay below it.
        limit: String,
    },
    /// A quantity left the range of a double.
    #[error("round {round}: {what}")]
    Overflow {
        /// The round (0 is the base policy) in which it happened.
        round: usize,
        /// Which quantity, and its value.
        what: String,
    },
    /// A round's loss has no finite minimiser, and there is no ball.
    #[error("round {round}: {what}")]
    NoOptimum {
        /// The round whose parameter does not exist.
        round: usize,
        /// Why, and what to ask for in its place.
        what: String,
    },
    /// An instance with the asked property was not found within the stated number of tries.
    #[error("{0}")]
    NotFound(String),
    /// The work would not fit into the memory that this machine grants now; found by an estimate, before the work starts.
    #[error("{what} needs {need}, the limit is {limit}")]
    Memory {
        /// What was asked for.
        what: String,
        /// The estimate, with its unit.
        need: String,
        /// The limit, with its unit, and whose it is.
        limit: String,
    },
    /// The machine did not do what it can do at other times: start a thread, for one.
    #[error("{what}: {message}")]
    Machine {
        /// What was asked of it.
        what: String,
        /// What it said.
        message: String,
    },
    /// A measured quantity that is not there.
    #[error("{0}")]
    Absent(Absent),
    /// Another error, with the place at which it happened.
    #[error("{place}: {error}")]
    At {
        /// The place, such as a cell with its replicate.
        place: String,
        /// What happened there.
        error: Box<Self>,
    },
    /// The caller asked the run to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// An argument outside its range.
    ///
    /// ```
    /// use selfreward::Error;
    ///
    /// let error = Error::argument("process.beta", 0, "a finite number > 0");
    /// assert_eq!(error.to_string(), "process.beta = 0: expected a finite number > 0");
    /// assert!(error.is_final(), "no other machine would take it");
    /// ```
    pub fn argument(name: impl Into<String>, value: impl ToString, expected: impl Into<String>) -> Self {
        let value = shortened(one_line(&value.to_string()));
        Self::Argument { name: one_line(&name.into()), value, expected: one_line(&expected.into()) }
    }

    /// The same error with the place at which it happened; what is absent names its place itself.
    pub fn at(self, place: impl Into<String>) -> Self {
        match self {
            Self::Absent(absent) => Self::Absent(absent),
            Self::Interrupted => Self::Interrupted,
            error => Self::At { place: place.into(), error: Box::new(error) },
        }
    }

    /// A file that is missing, unreadable, unwritable, or does not hold what it should.
    pub fn file(path: impl AsRef<Path>, message: impl Into<String>) -> Self {
        Self::File { path: path.as_ref().to_path_buf(), message: one_line(&message.into()) }
    }

    /// A text that goes wrong at this byte.
    pub fn syntax(text: &str, byte: usize, found: impl ToString, expected: impl Into<String>) -> Self {
        let before = String::from_utf8_lossy(&text.as_bytes()[..byte.min(text.len())]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let found = shortened(one_line(found.to_string().trim()));
        Self::Syntax { line, column, found, expected: expected.into() }
    }

    /// Whether the machine had no memory, threads or the like to give: true of any work, and no answer of this one.
    pub fn is_of_machine(&self) -> bool {
        match self {
            Self::Memory { .. } | Self::Machine { .. } => true,
            Self::At { error, .. } => error.is_of_machine(),
            _ => false,
        }
    }

    /// Whether the same configuration would fail with it again, on any machine and at any time. All else (memory, files, threads, a
    /// signal) is no answer of the configuration: it is said, and tried again.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Argument { .. } | Self::TooLarge { .. } | Self::Overflow { .. } | Self::NotFound(_) => true,
            Self::Syntax { .. } | Self::Absent(_) | Self::NoOptimum { .. } => true,
            Self::At { error, .. } => error.is_final(),
            // A file's content is pinned by the run's identity and checked before work starts; what is left is the machine.
            Self::File { .. } | Self::Memory { .. } | Self::Machine { .. } | Self::Interrupted => false,
        }
    }
}

/// Values are shown up to so many characters.
const SHOWN: usize = 200;

/// The text with its line ends and other control characters written out: a message is one line, whatever it quotes.
fn one_line(text: &str) -> String {
    let written = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(written).collect()
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
