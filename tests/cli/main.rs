//! The command, its examples, and its report.

#[path = "../study_common/mod.rs"]
mod study_common;

mod autoregressive;
mod bound;
mod examples;
mod messages;
mod report;
mod simulate;
mod verify;
