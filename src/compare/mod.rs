//! Comparisons: two runs, two cells, or two loops on one instance; by how much B differs from A, quantity by quantity and round by
//! round, with intervals that hold together.
//!
//! ```text
//! folders of runs, stores, loops ──► pairs of cells ──► Pairing ──► Question::gather ──► Gathered::judge ──► Comparison
//! ```
//!
//! Whether replicates pair up is found out (`pairing`), never assumed: without pairs the interval is that of two samples. A quantity
//! that is missing is unknown, and nothing else is said of it.

mod comparison;
mod document;
mod figure;
mod gather;
mod matching;
mod origin;
mod pairing;
mod rounding;
mod run_folder;
mod settings;
mod text;

pub use comparison::{Comparison, JOINT, Row, Verdict};
pub use document::{csv, document};
pub use figure::figure;
pub use gather::{Gathered, Question};
pub use matching::{By, Match, Matching, stores, within};
pub use origin::Origin;
pub use pairing::{How, Pairing};
pub use run_folder::{RUN, files_of_run, read as read_run};
pub use settings::{Changes, changes};
pub use text::text;
