//! Fu et al., arXiv 2601.22513: self-rewarding in the linear softmax class, round after round. Claims C1–C29.

mod bounds;
mod claims;
mod flags;
mod printed;
mod quoted;
pub mod theory;

// For the tests: they put other families in the place of the claims' own.
#[doc(hidden)]
pub use claims::counterexample::{Outcome, REFERENCE, Size, family, linear, share, tie};

use super::Paper;

/// The paper.
pub static PAPER: Paper = Paper {
    key: "fu2026",
    citation: "Fu et al., “Why Self-Rewarding Works” (arXiv 2601.22513)",
    link: "https://arxiv.org/abs/2601.22513",
    claims: claims::CLAIMS,
    printed: printed::PRINTED,
    quoted: quoted::QUOTED,
    bounds: bounds::BOUNDS,
    flags: flags::FLAGS,
};
