//! Studies and their stores.

#[path = "../study_common/mod.rs"]
mod study_common;

mod cells;
mod export;
mod kill;
mod memory;
mod run;
mod shards;
mod store;
