//! `selfreward` checks the theory of self-rewarding language models by experiment, in the linear softmax class.

pub mod error;
pub mod theory;

pub use error::{Error, Result};
