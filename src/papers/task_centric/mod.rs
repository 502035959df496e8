//! Training on answers that a verifier accepts: a reconstruction of task-centric theory (arXiv 2602.10014), whose full text was not
//! available; its abstract was read, and nothing here is the paper's own theorem. Claims T1–T4, T6.

mod bounds;
mod claims;
mod flags;
mod printed;
pub mod theory;

use super::Paper;

/// The chapter.
pub static PAPER: Paper = Paper {
    key: "task-centric",
    citation: "Reward-filtered training, a reconstruction (ours) of task-centric theory (arXiv 2602.10014, whose full text was not available)",
    link: "https://arxiv.org/abs/2602.10014",
    claims: claims::CLAIMS,
    printed: printed::PRINTED,
    quoted: &[],
    bounds: bounds::BOUNDS,
    flags: flags::FLAGS,
};
