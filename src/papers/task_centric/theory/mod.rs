//! Right-hand sides of reward-filtered training, as functions of numbers (claims T). The full text of arXiv 2602.10014 was not
//! available: all of it is this project's reconstruction.

pub mod acceptance;
pub mod curriculum;
pub mod feedback;
pub mod resampling;
pub mod two_prompts;
