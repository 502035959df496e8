//! The misspecified class π ∝ exp(b + ⟨θ, φ⟩) with a fixed offset b, and the drift lemma: this project's own. Claims D1, M1–M7.

mod bounds;
mod claims;
mod flags;
mod printed;
pub mod theory;

use super::Paper;

/// The chapter.
pub static PAPER: Paper = Paper {
    key: "offset",
    citation: "The misspecified class and the drift lemma (ours; this project's docs/theory.md, section 13)",
    link: "docs/theory.md",
    claims: claims::CLAIMS,
    printed: printed::PRINTED,
    quoted: &[],
    bounds: bounds::BOUNDS,
    flags: flags::FLAGS,
};
