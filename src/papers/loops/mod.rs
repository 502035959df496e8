//! The zoo of loops: what people run under the name of self-improvement, each as a point of one loop's space, with its exact map, a
//! sharp statement, and its known failure. Claims U1–U3, Q1–Q5, L1–L18; each cites its own source.

mod bounds;
mod claims;
mod flags;
mod printed;
pub mod theory;

use super::Paper;

/// The chapter.
pub static PAPER: Paper = Paper {
    key: "loops",
    citation: "The zoo of loops: maps, thresholds and noise of the loops that the literature names (this project's docs/theory.md, section 17; each statement cites its own source)",
    link: "docs/theory.md",
    claims: claims::CLAIMS,
    printed: printed::PRINTED,
    quoted: &[],
    bounds: bounds::BOUNDS,
    flags: flags::FLAGS,
};
