//! `selfreward` checks the theory of self-rewarding language models by experiment, in the linear softmax class.

pub mod cli;
pub mod error;
pub mod experiment;
pub mod floats;
pub mod instance;
pub mod linalg;
pub mod logits;
pub mod memory;
pub mod metrics;
pub mod plot;
pub mod policy;
pub mod process;
pub mod seed;
pub mod simulate;
pub mod stats;
pub mod study;
pub mod theory;

pub use error::{Error, Result};
