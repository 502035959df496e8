//! The experiments' binaries: small, and nothing without the program beside them, built from the same sources.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::study_common::{Bench, PROBE};

const BINARY: &str = env!("CARGO_BIN_EXE_hard_instance");

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// As if a shell had started it, not cargo.
fn alone(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.env_remove("CARGO");
    command
}

#[test]
fn a_binary_is_small() {
    let bytes = |path: &str| fs::metadata(path).unwrap().len();
    assert!(10 * bytes(BINARY) < bytes(env!("CARGO_BIN_EXE_selfreward")), "{} bytes", bytes(BINARY));
}

#[test]
fn a_binary_speaks_under_its_own_name() {
    let output = alone(BINARY).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && help.contains("Usage: hard_instance [OPTIONS]"), "{help}");
    let (code, complaint) = said(&alone(BINARY).arg("--no-such-flag").output().unwrap());
    assert!(code == Some(2) && complaint.contains("--no-such-flag"), "{complaint}");
    let version = alone(BINARY).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8(version.stdout).unwrap(), format!("hard_instance {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_binary_without_the_program_says_how_both_are_built() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("hard_instance");
    fs::copy(BINARY, &copy).unwrap();
    let (code, complaint) = said(&alone(&copy).arg("--quick").output().unwrap());
    assert_eq!(code, Some(2));
    assert!(complaint.contains("selfreward is missing") && complaint.contains("cargo build --release"), "{complaint}");
}

#[test]
fn a_program_of_other_sources_is_refused() {
    let bench = Bench::with("probe.toml", PROBE);
    let complaint = bench.complaint(2, "--experiment=hard_instance@0123 --quick");
    for part in ["hard_instance", "\"0123\"", "cargo build --release"] {
        assert!(complaint.contains(part), "{part} in: {complaint}");
    }
    assert!(!bench.path("runs").exists(), "nothing is run");
}
