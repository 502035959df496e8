//! `simulate`: from a configuration to measured rounds, in replicates.

pub mod beforehand;
pub mod config;
pub mod figure;
pub mod keys;
pub mod kinds;
pub mod output;
mod preset;
pub mod run;
mod settle;
mod simulation;
pub mod summary;

pub use crate::settings::Form;
pub use beforehand::Beforehand;
pub use config::Config;
pub use run::{Observer, Replicate, Seen, Trajectories, run};
pub use simulation::Simulation;
pub(crate) use simulation::{check_measured, remarks};
pub use summary::Summary;
