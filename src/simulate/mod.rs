//! `simulate`: from a configuration to measured rounds, in replicates.

pub mod config;
pub mod figure;
pub mod keys;
pub mod output;
mod reading;
pub mod resolve;
pub mod run;
pub mod summary;

pub use config::Config;
pub use resolve::Simulation;
pub use run::{Observer, Replicate, Trajectories, run};
pub use summary::Summary;
