//! Tells the program which revision of the sources it was built from, and whether the data files are there to be enclosed.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What results depend on.
const SOURCES: [&str; 5] = ["src", "experiments", "build.rs", "Cargo.toml", "Cargo.lock"];

/// The data files that the program encloses (see `instance::files`); the published package is without them.
const DATA: [&str; 2] = ["data/docqa_minilm.npz", "data/smollm_answers.npz"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(enclosed_data)");
    println!("cargo::rerun-if-changed=data");
    if DATA.iter().all(|path| Path::new(path).is_file()) {
        println!("cargo::rustc-cfg=enclosed_data");
    }
    println!("cargo::rustc-env=SELFREWARD_REVISION={}", revision().unwrap_or_else(|| "unknown".to_owned()));
    SOURCES.iter().for_each(|path| println!("cargo::rerun-if-changed={path}"));
    // The file that git appends to whenever the revision changes.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
}

/// The revision; where sources differ from it, with the first digits of a hash of the differences.
fn revision() -> Option<String> {
    // In a package, cargo's note says it; a repository around the package is another's.
    if let Ok(note) = fs::read_to_string(".cargo_vcs_info.json") {
        let (_, rest) = note.split_once("\"sha1\": \"")?;
        let head = rest.split('"').next()?;
        return Some(if note.contains("\"dirty\": true") { format!("{head}+dirty") } else { head.to_owned() });
    }
    let head = git(&["rev-parse", "HEAD"])?;
    let changes = git(&[&["diff", "HEAD", "--"], &SOURCES[..]].concat())?;
    if changes.is_empty() { Some(head) } else { Some(format!("{head}+{:016x}", fnv1a(changes.as_bytes()))) }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim_end().to_owned())
}

/// The 64-bit FNV-1a hash: no dependency, and the same on every compiler.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
