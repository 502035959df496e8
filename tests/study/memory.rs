//! A ceiling on memory: rows are streamed, and what is held of a cell is a few words.

use std::process::Stdio;
use std::time::Duration;

use crate::study_common::Bench;

/// 10^3 cells in the quick profile, 10^5 in the full one, of one prompt or a few each.
const WIDE: &str = r#"
name = "wide"
[[part]]
name = "p"
[part.base.instance]
kind = "tabular"
[part.base.process]
rounds = 1
[part.grid]
"instance.prompts" = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
"instance.responses" = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
"instance.bump" = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
"process.samples" = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
"process.beta" = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
[part.full]
replicates = 1
[part.quick]
replicates = 1
"process.samples" = [1]
"process.beta" = [0.1]
"#;

/// The largest resident memory of a run, in kilobytes, as Linux tells it (`VmHWM`) while the process lives.
fn peak(bench: &Bench, line: &str) -> u64 {
    let mut child = bench.command(line).stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success(), "{line}");
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn a_sweep_of_100_000_cells_holds_no_more_than_one_of_1_000() {
    let bench = Bench::with("wide.toml", WIDE);
    let small = peak(&bench, "run wide.toml --quick --quiet --jobs 2");
    let large = peak(&bench, "run wide.toml --full --quiet --jobs 2");
    assert!(small > 0 && large < small + 100_000, "{small} kB for 10^3 cells, {large} kB for 10^5");
    assert!(bench.expect(0, "show runs/wide-full.sqlite").contains("replicates: 100000 of 100000 done"));
    // Export streams as well.
    let exported = peak(&bench, "export runs/wide-full.sqlite --csv out");
    assert!(exported < small + 100_000, "{exported} kB to export 10^5 cells");
    assert_eq!(std::fs::read_to_string(bench.path("out/rows.csv")).unwrap().lines().count(), 1 + 200_000);
}
