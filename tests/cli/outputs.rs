//! What commands write: never over what they read, whole or not at all, and shown where it cannot be written.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Output;

use ndarray::Array3;

use crate::study_common::{Bench, PROBE};

const SINGLE: &str = "[instance]\nkind = \"npz\"\npath = \"features.npz\"\ntheta_norm = 2.0\n[process]\nsamples = 20\nrounds = 3\n\
    beta = 1.0\n[run]\nreplicates = 40\n";

/// A folder with a store, a configuration, and the features that it reads.
fn bench() -> Bench {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("single.toml", SINGLE);
    let mut npz = selfreward::instance::npz::NpzWriter::new(fs::File::create(bench.path("features.npz")).unwrap());
    let phi = Array3::from_shape_fn((3, 4, 5), |(x, y, j)| ((x + 2 * y * j) % 7) as f64 / 20.0);
    npz.add_array("phi", &phi).unwrap();
    npz.finish().unwrap();
    bench.expect(0, "run probe.toml --quiet");
    bench
}

/// Everything in a folder, with its bytes.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(snapshot(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// A line by which an output would be an input, refused before anything is written; by each name of that input.
#[test]
fn no_output_replaces_an_input() {
    let bench = bench();
    fs::create_dir(bench.path("out")).unwrap();
    for (input, output, line) in [
        ("runs/probe-full.sqlite", "x.npz", "export runs/probe-full.sqlite --npz OUTPUT --force"),
        ("runs/probe-full.sqlite", "out/rows.csv", "export runs/probe-full.sqlite --csv out --force"),
        ("runs/probe-full.sqlite", "out/provenance.json", "export runs/probe-full.sqlite --csv out --force"),
        ("runs/probe-full.sqlite", "x.sqlite", "merge runs/probe-full.sqlite -o OUTPUT --force"),
        ("runs/probe-full.sqlite", "out/probe.svg", "plot runs/probe-full.sqlite --out out"),
        ("runs/probe-full.sqlite", "out/report.md", "report runs/probe-full.sqlite --out out"),
        ("features.npz", "x.npz", "simulate --config single.toml --save-theta OUTPUT --force"),
        ("features.npz", "out/trajectory.csv", "simulate --config single.toml --out out --force"),
        ("single.toml", "x.npz", "simulate --config single.toml --save-theta OUTPUT --force"),
        ("single.toml", "out/config.toml", "simulate --config single.toml --out out --force"),
        ("probe.toml", "x.sh", "slurm probe.toml --tasks 2 -o OUTPUT --force"),
        ("probe.toml", "out/probe-full.sqlite", "run probe.toml --out out --force"),
    ] {
        let (from, to) = (bench.path(input), bench.path(output));
        let refused = |line: &str| {
            let before = snapshot(&bench.path(""));
            let said = bench.complaint(if line.starts_with("plot") { 1 } else { 2 }, line);
            assert!(
                (said.contains("read by this command") || said.contains("one of the stores to merge"))
                    && said.lines().count() == 1,
                "{line}: {said}"
            );
            let after = snapshot(&bench.path(""));
            let changed: Vec<&String> =
                after.iter().filter(|file| !before.contains(file)).map(|(name, _)| name).collect();
            // A figure's table may be there before the figure is refused.
            let table = |name: &&String| line.starts_with("plot") && name.ends_with("probe.csv");
            assert!(changed.iter().all(table), "{line}: {changed:?}");
        };
        if line.contains("OUTPUT") {
            refused(&line.replace("OUTPUT", input));
            refused(&line.replace("OUTPUT", &format!("out/../{input}")));
        }
        fs::hard_link(&from, &to).unwrap();
        refused(&line.replace("OUTPUT", output));
        fs::remove_file(&to).unwrap();
        symlink(&from, &to).unwrap();
        refused(&line.replace("OUTPUT", output));
        fs::remove_file(&to).unwrap();
    }
    // What is spliced in is read, the document is what changes.
    bench.write("ledger.json", "{}");
    assert!(bench.complaint(2, "report --splice ledger.json --ledger ledger.json").contains("read by this command"));
    // Two outputs in one place.
    let said = bench.complaint(2, "simulate --config single.toml --out out --save-theta out/trajectory.csv");
    assert!(said.contains("another output"), "{said}");
    // What SQLite keeps beside a store.
    bench.complaint(2, "export runs/probe-full.sqlite --npz runs/probe-full.sqlite-journal");
    // A table is drawn again beside itself, and stays.
    bench.expect(0, "plot runs/probe-full.sqlite --out figures -q");
    let table = fs::read(bench.path("figures/probe.csv")).unwrap();
    bench.expect(0, "plot figures/probe.csv -q");
    assert_eq!(fs::read(bench.path("figures/probe.csv")).unwrap(), table);
}

#[test]
fn links_are_followed() {
    let bench = bench();
    fs::create_dir(bench.path("links")).unwrap();
    for (target, link, line) in [
        ("table.csv", "links/trajectory.csv", "simulate --config single.toml --out links --force -q"),
        ("theta.npz", "links/theta.npz", "simulate --config single.toml --save-theta links/theta.npz --force -q"),
        ("rows.npz", "links/rows.npz", "export runs/probe-full.sqlite --npz links/rows.npz --force"),
        ("script", "links/script.sh", "slurm probe.toml --tasks 2 -o links/script.sh --force"),
        ("probe.png.real", "links/probe.png", "plot runs/probe-full.sqlite --out links -q"),
        ("joined", "links/joined.sqlite", "merge runs/probe-full.sqlite -o links/joined.sqlite --force -q"),
        ("fresh", "links/probe-full.sqlite", "run probe.toml --out links --force -q"),
    ] {
        bench.write(target, "old");
        fs::set_permissions(bench.path(target), fs::Permissions::from_mode(0o640)).unwrap();
        symlink(Path::new("..").join(target), bench.path(link)).unwrap();
        bench.expect(0, line);
        assert!(fs::symlink_metadata(bench.path(link)).unwrap().is_symlink(), "{line}");
        assert!(fs::metadata(bench.path(target)).unwrap().len() > 3, "{line}");
    }
    assert_eq!(fs::metadata(bench.path("table.csv")).unwrap().permissions().mode() & 0o777, 0o640);
    // One that leads to no file yet makes it there.
    symlink("../later.npz", bench.path("links/later.npz")).unwrap();
    bench.expect(0, "export runs/probe-full.sqlite --npz links/later.npz");
    assert!(bench.path("later.npz").is_file());
}

/// A device is written to, never replaced.
#[test]
fn devices_stay() {
    let bench = bench();
    for line in [
        "export runs/probe-full.sqlite --npz /dev/null",
        "slurm probe.toml --tasks 2 -o /dev/null",
        "simulate --config single.toml -q --save-theta /dev/null",
    ] {
        bench.expect(0, line);
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
    assert!(bench.complaint(2, "export runs/probe-full.sqlite --npz runs --force").contains("is a folder"));
    assert!(bench.complaint(2, "slurm probe.toml --tasks 2 -o runs/ --force").contains("expected the path of a file"));
}

/// Runs a line where no file may grow beyond so many bytes, as on a disk that is full.
fn full(bench: &Bench, bytes: u64, line: &str) -> Output {
    let mut command = bench.command(line);
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    // SAFETY: between fork and exec nothing but a system call is made.
    unsafe {
        command.pre_exec(move || match libc::setrlimit(libc::RLIMIT_FSIZE, &limit) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        });
    }
    command.output().unwrap()
}

#[test]
fn what_cannot_be_written_is_shown_and_leaves_nothing_behind() {
    let bench = bench();
    for (file, line) in [
        ("single/trajectory.json", "simulate --config single.toml --out single --force -q"),
        ("theta.npz", "simulate --config single.toml --save-theta theta.npz --force -q"),
        ("theta.npz", "simulate --config single.toml --save-theta theta.npz --json --force -q"),
        ("csv/rows.csv", "export runs/probe-full.sqlite --csv csv --force"),
        ("rows.npz", "export runs/probe-full.sqlite --npz rows.npz --force"),
        ("figures/probe.csv", "plot runs/probe-full.sqlite --out figures"),
        ("script.sh", "slurm probe.toml --tasks 2 -o script.sh --force"),
        ("violations/C7-worst.npz", "falsify C7 --evaluations 3 --out violations -q"),
        ("report/figures/probe.svg", "report runs/probe-full.sqlite --out report -q"),
        ("joined.sqlite", "merge runs/probe-full.sqlite -o joined.sqlite --force"),
    ] {
        let shown = bench.expect(0, line);
        let path = bench.path(file);
        let before = fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let output = full(&bench, 200, line);
        let said = String::from_utf8(output.stderr).unwrap();
        let code = output.status.code();
        assert!(code == Some(1) || code == Some(2) && line.starts_with("merge"), "{line}: {said}");
        assert!(said.starts_with("error: ") && said.lines().count() == 1, "{line}: {said}");
        assert!(fs::read(&path).unwrap() == before || line.contains("--csv"), "{line}: {file} stays as it was");
        for (name, _) in snapshot(&bench.path("")) {
            let draft = [".part", ".tmp"].iter().any(|ending| name.ends_with(ending)) || name.contains("-probe-");
            assert!(!draft, "{line} left {name}");
        }
        let stdout = String::from_utf8(output.stdout).unwrap();
        if line.starts_with("simulate") {
            assert_eq!(stdout, shown, "{line}");
        } else if line.starts_with("report") || line.starts_with("falsify") {
            assert!(stdout.lines().count() > 3, "{line}: {stdout}");
        }
    }
}

/// Refused before long work: a folder that cannot be one, or be written to.
#[test]
fn outputs_are_tried_before_work() {
    let bench = bench();
    for line in [
        "simulate --config single.toml --out probe.toml",
        "simulate --config single.toml --save-theta probe.toml/theta.npz",
        "verify C7 --from runs/probe-full.sqlite --out probe.toml",
        "verify C1 --quick --out probe.toml",
        "verify --controls --quick --out probe.toml",
        "falsify C7 --out probe.toml",
        "reproduce --quick --out probe.toml",
        "report --out probe.toml",
        "run probe.toml --out probe.toml",
        "export runs/probe-full.sqlite --csv probe.toml",
        "plot runs/probe-full.sqlite --out probe.toml",
    ] {
        let said = bench.complaint(2, line);
        assert!(said.contains("probe.toml") && said.lines().count() == 1, "{line}: {said}");
    }
}
