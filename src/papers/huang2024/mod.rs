//! Huang et al., “Self-Improvement in Language Models: The Sharpening Mechanism” (arXiv 2412.01951). Claims S1–S12.

mod bounds;
mod claims;
mod flags;
mod printed;
mod quoted;
pub mod theory;

use super::Paper;

/// The paper.
pub static PAPER: Paper = Paper {
    key: "huang2024",
    citation: "Huang et al., “Self-Improvement in Language Models: The Sharpening Mechanism” (arXiv 2412.01951)",
    link: "https://arxiv.org/abs/2412.01951",
    claims: claims::CLAIMS,
    printed: printed::PRINTED,
    quoted: quoted::QUOTED,
    bounds: bounds::BOUNDS,
    flags: flags::FLAGS,
};
