//! Studies and their stores.

#[path = "../npz_support/mod.rs"]
mod npz_support;
#[path = "../study_common/mod.rs"]
mod study_common;

mod cells;
mod export;
mod file_systems;
mod grid;
mod kill;
mod memory;
mod memory_limits;
mod refusals;
mod resume;
mod run;
mod shards;
mod slurm;
mod store;
mod threads;
mod verdicts;
