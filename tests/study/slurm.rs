//! The script of `slurm`, submitted to a stand-in of sbatch and then run as Slurm would run it. Oracle: the unsharded run.

#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::study_common::{Bench, PROBE};

/// Keeps what it is given, each argument ended by a zero byte, and the folder it is called in; gives a job id.
const SBATCH: &str = r#"#!/bin/sh
number=$(($(cat "$SPOOL/count" 2>/dev/null || echo 0) + 1))
echo "$number" >"$SPOOL/count"
printf '%s\0' "$@" >"$SPOOL/$number.arguments"
pwd >"$SPOOL/$number.folder"
echo "$((4000 + number));cluster"
"#;

/// What a call of sbatch was given.
struct Job {
    arguments: Vec<OsString>,
    folder: PathBuf,
}

impl Job {
    fn read(spool: &Path, number: usize) -> Self {
        let bytes = fs::read(spool.join(format!("{number}.arguments"))).unwrap();
        let words = bytes.strip_suffix(b"\0").unwrap().split(|&byte| byte == 0);
        let mut folder = fs::read(spool.join(format!("{number}.folder"))).unwrap();
        folder.pop();
        let arguments = words.map(|word| OsStr::from_bytes(word).to_owned()).collect();
        Self { arguments, folder: OsString::from_vec(folder).into() }
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        let found = self.arguments.iter().position(|argument| argument == name)?;
        self.arguments.get(found + 1).map(OsString::as_os_str)
    }
}

/// A bench with the stand-in, on its PATH before all else.
struct Cluster {
    bench: Bench,
    path: OsString,
    spool: PathBuf,
}

impl Cluster {
    fn new(definition: &str) -> Self {
        let bench = Bench::with("probe.toml", definition);
        let (programs, spool) = (bench.path("programs"), bench.path("spool"));
        fs::create_dir(&programs).unwrap();
        fs::write(programs.join("sbatch"), SBATCH).unwrap();
        fs::set_permissions(programs.join("sbatch"), fs::Permissions::from_mode(0o755)).unwrap();
        let mut path = programs.into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        Self { bench, path, spool }
    }

    fn shell(&self, folder: &Path) -> Command {
        fs::create_dir_all(&self.spool).unwrap();
        let mut shell = Command::new("sh");
        shell.current_dir(folder).env("PATH", &self.path).env("SPOOL", &self.spool).env_remove("SLURM_ARRAY_TASK_ID");
        shell
    }

    /// Submits a script from a folder, then runs every task of the array and the merge as Slurm does: a copy of the script, in
    /// the folder of submission.
    #[track_caller]
    fn submit_and_run(&self, script: &Path, folder: &Path, tasks: usize) -> (Job, Job) {
        fs::remove_dir_all(&self.spool).ok();
        let output = self.shell(folder).arg(script).output().unwrap();
        let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(said, "submitted the array 4001 and the merge 4002\n", "{wrong}");
        let (array, merge) = (Job::read(&self.spool, 1), Job::read(&self.spool, 2));
        let given = PathBuf::from(array.arguments.last().unwrap());
        let copy = self.spool.join("slurm_script");
        fs::copy(&given, &copy).unwrap();
        for task in 1..=tasks {
            let mut job = self.shell(&array.folder);
            job.arg(&copy).env("SLURM_ARRAY_TASK_ID", task.to_string()).env("SLURM_ARRAY_JOB_ID", "4001");
            let output = job.output().unwrap();
            assert!(output.status.success(), "task {task}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let wrap = merge.value("--wrap").expect("the merge is a command");
        let output = self.shell(&merge.folder).arg("-c").arg(wrap).output().unwrap();
        assert!(output.status.success(), "{wrap:?}: {}", String::from_utf8_lossy(&output.stderr));
        (array, merge)
    }

    fn slurm(&self, folder: &Path, words: &[&OsStr]) -> std::process::Output {
        self.bench.command("slurm").args(words).current_dir(folder).output().unwrap()
    }
}

/// The directives of a script, which Slurm splits into words by rules of its own.
fn directives(script: &[u8]) -> Vec<String> {
    let lines = script.split(|&byte| byte == b'\n').filter_map(|line| line.strip_prefix(b"#SBATCH "));
    lines.map(|line| String::from_utf8(line.to_vec()).unwrap()).collect()
}

/// The name of a log as Slurm makes it of a pattern: `%%` is `%`, other signs stand for numbers and names.
fn expanded(pattern: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut signs = pattern.iter();
    while let Some(&sign) = signs.next() {
        match sign {
            b'%' if signs.next() == Some(&b'%') => name.push(b'%'),
            b'%' => name.extend(b"<value>"),
            _ => name.push(sign),
        }
    }
    name
}

/// Whatever the folder of stores, the folder in which the script was written and its own name are: in none of the places where a
/// shell or Slurm reads them is one of their signs taken for something else.
#[test]
fn the_script_runs_whatever_paths_are_called() {
    let cluster = Cluster::new(PROBE);
    let bench = &cluster.bench;
    bench.expect(0, "run probe.toml --quick --out whole --quiet");
    let expected = bench.rows("whole/probe-quick.sqlite");
    let names: [&[u8]; 13] = [
        b"my runs",
        b"runs $USER",
        b"$(touch bad)",
        b"a\"b",
        b"a'b",
        b"100%",
        b"%x-%j",
        b"`touch bad`",
        b"a*",
        b"a;b&c|d",
        "r\u{e9}sultats".as_bytes(),
        b"r\xe9sultats",
        b"-dash #<>!~",
    ];
    for name in names {
        let place = bench.path("").join(OsStr::from_bytes(name));
        fs::create_dir(&place).unwrap();
        fs::write(place.join("probe.toml"), PROBE).unwrap();
        let mut out = OsString::from("--out=");
        out.push(OsStr::from_bytes(name));
        // The script stands in that folder and is written there; stores go to a folder of the same name in it.
        let word = OsStr::new;
        let output = cluster.slurm(
            &place,
            &[
                word("probe.toml"),
                word("--quick"),
                word("--tasks=2"),
                &out,
                word("-o"),
                word("s.sh"),
                word("--partition=a_b-1"),
            ],
        );
        assert!(output.status.success(), "{place:?}: {}", String::from_utf8_lossy(&output.stderr));
        let script = fs::read(place.join("s.sh")).unwrap();
        for directive in directives(&script) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-=_.:@%".contains(c);
            assert!(directive.chars().all(plain), "a directive of one plain word: {directive}");
        }
        // From that folder by its name, and from another one.
        let (array, merge) = cluster.submit_and_run(Path::new("s.sh"), &place, 2);
        let logs = place.join(OsStr::from_bytes(name)).join("slurm");
        assert_eq!((&array.folder, &merge.folder), (&logs, &logs));
        for job in [&array, &merge] {
            let pattern = job.arguments.iter().find_map(|argument| argument.as_bytes().strip_prefix(b"--output="));
            let log = PathBuf::from(OsString::from_vec(expanded(pattern.expect("a name for the log"))));
            assert_eq!(log.parent(), Some(logs.as_path()), "{log:?}");
            assert!(job.arguments.iter().map(|argument| argument.len()).sum::<usize>() < 4000);
        }
        let store = place.join(OsStr::from_bytes(name)).join("probe-quick.sqlite");
        let csv = bench.path("csv");
        let mut export = bench.command("export");
        let output = export.arg(&store).arg("--csv").arg(&csv).arg("--force").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let read = |file: &str| fs::read_to_string(csv.join(file)).unwrap();
        assert_eq!(expected, read("rows.csv") + &read("failures.csv"), "{place:?}");
        cluster.submit_and_run(&place.join("s.sh"), &bench.path("spool"), 2);
        assert!(!place.join("bad").exists() && !bench.path("bad").exists() && !logs.join("bad").exists());
    }
}

/// Relative paths in a definition start where the script was written, wherever it is submitted.
#[test]
fn paths_of_a_definition_start_where_the_script_was_written() {
    let from_file = "name = \"file\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"npz\"\npath = \"data/a.npz\"\n\
        [part.base.process]\nbeta = 1.0\nrounds = 1\n[part.grid]\n\"process.samples\" = [4, 8]\n\
        [part.full]\nreplicates = 2\n[part.quick]\nreplicates = 1\n";
    let cluster = Cluster::new(from_file);
    let bench = &cluster.bench;
    fs::create_dir(bench.path("data")).unwrap();
    let mut writer = selfreward::instance::npz::NpzWriter::new(fs::File::create(bench.path("data/a.npz")).unwrap());
    let phi = ndarray::Array3::from_shape_fn((2, 3, 2), |(x, y, j)| 0.2 * (x + 2 * y + j) as f64 / 3.0);
    writer.add_array("phi", &phi).unwrap();
    writer.add_array("theta0", &ndarray::arr1(&[0.5, -0.5])).unwrap();
    writer.finish().unwrap();
    bench.expect(0, "run probe.toml --out whole --quiet");
    bench.expect(0, "slurm probe.toml --tasks 2 -o scripts.sh");
    let elsewhere = tempfile::tempdir().unwrap();
    cluster.submit_and_run(&bench.path("scripts.sh"), elsewhere.path(), 2);
    assert_eq!(bench.rows("whole/file-full.sqlite"), bench.rows("runs/file-full.sqlite"));
}

/// As many shards as one likes: the merge names a folder, and an array that Slurm would refuse becomes one of which each task
/// computes several shards. A single shard is the whole store already.
#[test]
fn any_number_of_tasks() {
    let samples: Vec<String> = (1..=2500).map(|n| n.to_string()).collect();
    let tiny = format!(
        "name = \"tiny\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"tabular\"\nprompts = 1\nresponses = 2\n\
         [part.base.process]\nrounds = 1\n[part.grid]\n\"process.samples\" = [{}]\n[part.full]\nreplicates = 1\n\
         [part.quick]\nreplicates = 1\n\"process.samples\" = [1]\n",
        samples.join(", ")
    );
    let cluster = Cluster::new(&tiny);
    let bench = &cluster.bench;
    let said = bench.complaint(0, "slurm probe.toml --tasks 2500 -o s.sh");
    assert!(said.contains("an array of 1000 tasks"), "{said}");
    let script = fs::read(bench.path("s.sh")).unwrap();
    assert!(directives(&script).contains(&"--array=1-1000".to_owned()) && script.len() < 10_000);
    // Task 7 computes shards 7, 1007 and 2007.
    let mut job = cluster.shell(&bench.path(""));
    assert!(job.arg(bench.path("s.sh")).env("SLURM_ARRAY_TASK_ID", "7").status().unwrap().success());
    let mut left: Vec<String> =
        fs::read_dir(bench.path("runs")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, [1007, 2007, 7].map(|shard| format!("tiny-full-shard-{shard}-of-2500.sqlite")));
    let said = bench.complaint(1, "merge runs -o all.sqlite");
    assert!(said.contains("3 stores joined") && said.contains("and more") && said.len() < 2000, "{said}");

    bench.expect(0, "slurm probe.toml --quick --tasks 1 -o one.sh");
    cluster.submit_and_run(Path::new("one.sh"), &bench.path(""), 1);
    assert!(bench.path("runs/tiny-quick.sqlite").is_file());
}

/// What no script can hold is refused by name, before anything is written.
#[test]
fn what_cannot_be_written_is_refused_by_name() {
    let cluster = Cluster::new(PROBE);
    let bench = &cluster.bench;
    let place = bench.path("");
    let word = OsStr::new;
    for (words, name) in [
        (vec![word("--out"), word("two\nlines")], "--out"),
        (vec![word("--out"), word("a\\b")], "--out"),
        (vec![word("--partition"), word("a b")], "--partition"),
        (vec![word("--partition"), word("")], "--partition"),
        (vec![word("--time"), word("1:00\n#SBATCH --x")], "--time"),
        (vec![word("--time"), word("$(date)")], "--time"),
        (vec![word("-o"), word("probe.toml"), word("--force")], "is read by this command"),
    ] {
        let mut all = vec![word("probe.toml"), word("--tasks=2")];
        all.extend(words);
        let output = cluster.slurm(&place, &all);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{all:?}: {said}");
        assert!(said.contains(name) && said.lines().count() == 1 && output.stdout.is_empty(), "{said}");
    }
    assert_eq!(fs::read_to_string(bench.path("probe.toml")).unwrap(), PROBE);
}
