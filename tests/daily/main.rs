//! The commands of every day: what differs between two runs, and how to cite where a claim comes from.

#[path = "../study_common/mod.rs"]
mod study_common;

mod cite;
mod compare_origin;
mod compare_runs;
mod compare_said;
mod compare_statistics;
mod compare_stores;
