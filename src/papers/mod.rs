//! Papers: each a folder of data (claims, theory, printed statements, bounds) and a line in [`PAPERS`].
//!
//! ```text
//! papers/KEY ──► Paper ──► Listed (a claim with its paper) ──► claims: evidence, weighing, ledger
//!                   └────► bounds, flags ──► selfreward bound
//! ```
//!
//! Whatever lists claims or bounds has a chapter for each paper, and the joint level of all statistical decisions is shared within a
//! paper: one more of them moves no verdict of another.

pub mod bound;
pub(crate) mod check;
pub mod fu2026;
pub mod huang2024;
mod laws;
pub mod loops;
mod numbers;
pub mod offset;
mod paper;
pub mod reference;
pub mod task_centric;

pub use bound::{Assumption, Bound};
// For the tests.
#[doc(hidden)]
pub use check::least_count;
pub use numbers::{Fallback, Flag, Kind, Numbers, Quantity};
pub use paper::{BoundEntry, Listed, Paper, Quoted};
pub use reference::{Origin, Reference};

use crate::Error;
use crate::nearest::one_of;

/// Every paper, in the order of its chapters.
pub static PAPERS: &[&Paper] =
    &[&fu2026::PAPER, &huang2024::PAPER, &task_centric::PAPER, &loops::PAPER, &offset::PAPER];

/// Every claim of every paper: by paper, letters and numbers.
pub fn claims() -> impl Iterator<Item = Listed> {
    PAPERS.iter().copied().flat_map(Paper::claims)
}

/// The claims that a person names, among those of some papers: `fu2026` stands for all claims of a paper, `C` for those of a letter,
/// `C16` for all parts of one, `C16.linear` for one.
///
/// ```
/// use selfreward::papers::{PAPERS, claims, named};
///
/// // A number stands for all its parts, a paper's key for all its claims.
/// let parts = named(PAPERS, "C16");
/// assert!(!parts.is_empty() && parts.iter().all(|listed| listed.id.starts_with("C16.")));
/// assert_eq!(named(PAPERS, "C16.linear").len(), 1);
/// assert_eq!(named(PAPERS, "fu2026").len(), claims().filter(|listed| listed.paper.key == "fu2026").count());
/// assert!(named(PAPERS, "no such claim").is_empty());
/// ```
pub fn named(papers: &[&'static Paper], name: &str) -> Vec<Listed> {
    papers.iter().copied().flat_map(Paper::claims).filter(|listed| listed.is_called(name)).collect()
}

/// Every name that a person may call claims by: papers' keys, letters and ids.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for listed in claims() {
        for one in [listed.paper.key, listed.letter(), listed.id] {
            if !names.contains(&one) {
                names.push(one);
            }
        }
    }
    names
}

/// What is said of a name that no claim of any paper has.
pub fn unknown(name: &str) -> Error {
    Error::argument("CLAIM", name, named_like(name))
}

/// What a claim's name is expected to be: one of the letter that `name` begins with, or else one of the letters and papers.
pub fn named_like(name: &str) -> String {
    let letter: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
    let ids: Vec<&str> = claims().filter(|claim| claim.letter() == letter).map(|claim| claim.id).collect();
    if !ids.is_empty() {
        return format!("{letter} for all of its chapter, or {}", one_of(name, &ids));
    }
    let mut chapters: Vec<&str> = Vec::new();
    for one in claims().flat_map(|claim| [claim.paper.key, claim.letter()]) {
        if !chapters.contains(&one) {
            chapters.push(one);
        }
    }
    format!("a claim (`selfreward list` has all), or {}", one_of(name, &chapters))
}

/// The words that papers print of a claim's id, or else of its number; empty if there are none.
pub fn printed(id: &str) -> &'static str {
    PAPERS.iter().map(|paper| paper.printed(id)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The printed statements that a claim weighs, by its id, in the order of their papers; none where the claim is this project's own.
///
/// ```
/// use selfreward::papers::quoted;
///
/// let places: Vec<&str> = quoted("C18.printed").map(|quote| quote.place).collect();
/// assert!(places.contains(&"Theorem 5.3") && places.contains(&"Theorem 6.2"));
/// assert_eq!(quoted("C23").count(), 0);
/// ```
pub fn quoted(id: &str) -> impl Iterator<Item = &'static Quoted> {
    PAPERS.iter().flat_map(|paper| paper.quoted).filter(move |quote| quote.claims.contains(&id))
}
