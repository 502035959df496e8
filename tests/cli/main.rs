//! The command, its examples, and its report.

#[path = "../npz_support/mod.rs"]
mod npz_support;
#[path = "../study_common/mod.rs"]
mod study_common;

mod autoregressive;
mod binaries;
mod bound;
mod bound_dynamics;
mod counterexample;
mod counts;
mod describe;
mod doc_examples;
mod errors;
mod examples;
#[cfg(target_os = "linux")]
mod fakes;
mod files;
mod intervals;
mod json;
mod loops;
#[cfg(target_os = "linux")]
mod machine;
mod messages;
#[cfg(unix)]
mod outputs;
mod peers;
mod plot;
mod plot_bounds;
mod plot_query;
mod report;
mod report_commands;
mod report_page;
#[cfg(target_os = "linux")]
mod signals;
mod simulate;
#[cfg(target_os = "linux")]
mod streams;
mod sweeps;
mod times;
mod verify;
mod verify_own;
mod words;
