//! Streams that cannot be written: of stderr nothing is expected, of stdout that it is all there.

use std::fs::{self, File};
use std::process::Stdio;

use crate::study_common::{Bench, PROBE};

const SINGLE: &str =
    "[instance]\nkind = \"tabular\"\nprompts = 4\nresponses = 3\n[process]\nrounds = 3\n[run]\nreplicates = 8\n";

/// A stream that nobody reads any more, and one of a full disk.
fn broken() -> [Stdio; 2] {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    [writer.into(), File::options().write(true).open("/dev/full").unwrap().into()]
}

#[test]
fn a_stderr_that_cannot_be_written_is_ignored() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("single.toml", SINGLE);
    bench.write("wrong.toml", "[instance]\nkind = \"none\"\n");
    bench.expect(0, "run probe.toml --quiet --out there");
    for (code, line) in [
        (0, "simulate --config single.toml --verbose"),
        (0, "run probe.toml --force --verbose --jobs 2"),
        (0, "export there/probe-full.sqlite --csv csv --force"),
        (0, "plot there/probe-full.sqlite --out figures"),
        (0, "merge there/probe-full.sqlite -o merged.sqlite --force"),
        (0, "slurm probe.toml --tasks 100"),
        (0, "falsify C7 --evaluations 2"),
        (2, "simulate --config wrong.toml"),
        (2, "simulate --no-such-flag"),
        (2, "show missing.sqlite"),
        (2, "run probe.toml --out there"),
        (5, "run"),
    ] {
        let expected = bench.expect(code, line);
        for stderr in broken() {
            let output = bench.command(line).stderr(stderr).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{line}");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{line}");
        }
    }
}

#[test]
fn a_reader_of_stdout_may_leave_and_a_full_disk_is_a_failure() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("single.toml", SINGLE);
    bench.expect(0, "run probe.toml --quiet");
    for line in [
        "--help",
        "--version",
        "simulate --help",
        "list",
        "bound --list",
        "man",
        "completions bash",
        "show runs/probe-full.sqlite",
        "show runs/probe-full.sqlite --cells",
        "export runs/probe-full.sqlite --json",
        "simulate --config single.toml --quiet",
        "slurm probe.toml --tasks 2",
        "run probe.toml --dry-run --force",
    ] {
        let [closed, full] = broken();
        let output = bench.command(line).stdout(closed).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{line}");
        let output = bench.command(line).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        assert!(said.starts_with("error: stdout: cannot be written") && said.lines().count() == 1, "{line}: {said}");
    }
}

/// Whatever speaks can be told to be quiet, or to say more.
#[test]
fn every_command_can_be_quiet() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("single.toml", SINGLE);
    bench.expect(0, "run probe.toml --quiet");
    fs::copy(bench.path("runs/probe-full.sqlite"), bench.path("other.sqlite")).unwrap();
    for line in [
        "simulate --config single.toml --out single --force",
        "run probe.toml --force",
        "export other.sqlite --csv csv --force",
        "export other.sqlite --npz rows.npz --force",
        "merge other.sqlite -o merged.sqlite --force",
        "plot other.sqlite --out figures",
        "slurm probe.toml --tasks 100 -o script.sh --force",
        "show other.sqlite",
        "list",
        "falsify C7 --evaluations 2",
        "bound --list",
        "man",
        "completions zsh",
    ] {
        assert_eq!(bench.complaint(0, &format!("{line} -q")), "", "{line}");
        bench.complaint(0, &format!("{line} -v"));
    }
}
