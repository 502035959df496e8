//! `selfreward run` and the commands around a store: exit codes, refusals, failing replicates, and two ways to one row.

use std::fs;
use std::process::{Command, Stdio};

use crate::study_common::{Bench, PROBE, records, signal, slow, wait_for_commits};

/// One cell in which a double overflows in round 2, one in which nothing happens.
const FAILING: &str = r#"
name = "failing"
[[part]]
name = "p"
[part.base.instance]
kind = "tabular"
prompts = 3
responses = 3
[part.base.process]
update = "population"
rounds = 4
[part.grid]
"process.beta" = [1e-200, 1.0]
[part.full]
replicates = 2
[part.quick]
replicates = 1
"#;

#[test]
fn rows_do_not_depend_on_the_number_of_threads() {
    let bench = Bench::with("probe.toml", PROBE);
    let rows: Vec<String> = ["1", "2", "8"]
        .iter()
        .map(|jobs| {
            bench.expect(0, &format!("run probe.toml --out jobs{jobs} --jobs {jobs} --quiet"));
            bench.rows(&format!("jobs{jobs}/probe-full.sqlite"))
        })
        .collect();
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows[0], rows[2]);
}

/// Oracle: `selfreward simulate` on the printed configuration; its numbers against those of the store, digit by digit.
#[test]
fn a_stored_row_is_what_simulate_gives() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let exported: serde_json::Value =
        serde_json::from_str(&bench.expect(0, "export runs/probe-full.sqlite --json")).unwrap();
    let mut compared = 0;
    for (part, replicate) in [("tabular", 0), ("tabular", 5), ("gaussian", 3)] {
        let of = |row: &&serde_json::Value| row["part"] == part && row["replicate"] == replicate;
        let rows: Vec<&serde_json::Value> = exported["rows"].as_array().unwrap().iter().filter(of).collect();
        let cell = rows.last().unwrap()["cell"].as_str().unwrap().to_owned();
        let config = bench.expect(0, &format!("show runs/probe-full.sqlite --cell {cell} --replicate {replicate}"));
        assert!(config.contains("seed = \"0x"), "{config}");
        bench.write("one.toml", &config);
        let simulated: serde_json::Value =
            serde_json::from_str(&bench.expect(0, "simulate --config one.toml --json --quiet")).unwrap();
        for row in rows.iter().filter(|row| row["cell"] == cell.as_str()) {
            let round = &simulated["rounds"][row["round"].as_u64().unwrap() as usize];
            for (name, value) in row.as_object().unwrap() {
                let name = name.split(" [").next().unwrap();
                let single = match name.rsplit_once("failure_") {
                    Some((kind, delta)) => &round[format!("{kind}failure")][delta],
                    None => &round[name],
                };
                if single.is_object() {
                    assert_eq!(&single["values"][0], value, "{part} {replicate} {name}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 100, "{compared} numbers were compared");
}

#[test]
fn a_replicate_that_fails_is_recorded_and_the_others_go_on() {
    let bench = Bench::with("failing.toml", FAILING);
    let stderr = bench.complaint(1, "run failing.toml --jobs 2");
    assert!(stderr.contains("2 of 4 replicates failed") && stderr.contains("double"), "{stderr}");
    bench.expect(0, "export runs/failing-full.sqlite --csv out");
    let failures = records(&fs::read_to_string(bench.path("out/failures.csv")).unwrap());
    assert_eq!(failures.len(), 2);
    assert!(
        failures.iter().all(|row| row["process.beta"] == "1e-200" && row["error"].contains("round 2")),
        "{failures:?}"
    );
    let rows = records(&fs::read_to_string(bench.path("out/rows.csv")).unwrap());
    assert_eq!(rows.len(), 2 * 5);
    assert!(rows.iter().all(|row| row["process.beta"] == "1.0"));
    // A failure is an answer: nothing is left to compute, and the exit code says that something failed.
    let before = bench.rows("runs/failing-full.sqlite");
    assert!(bench.complaint(1, "run failing.toml --resume").contains("0 to go"));
    assert_eq!(before, bench.rows("runs/failing-full.sqlite"));
}

#[test]
fn a_store_that_exists_is_not_run_over() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quick --quiet");
    let rows = bench.rows("runs/probe-quick.sqlite");
    assert!(bench.complaint(2, "run probe.toml --quick").contains("exists already"));
    let stderr = bench.complaint(2, "run probe.toml --quick --resume --seed 2");
    assert!(stderr.contains("cannot be resumed") && stderr.contains("seed is 1 in the store, 2 now"), "{stderr}");
    assert_eq!(rows, bench.rows("runs/probe-quick.sqlite"), "a refusal changes nothing");
    bench.expect(0, "run probe.toml --quick --resume --quiet");
    assert_eq!(rows, bench.rows("runs/probe-quick.sqlite"));
    bench.expect(0, "run probe.toml --quick --force --seed 2 --quiet");
    assert_ne!(rows, bench.rows("runs/probe-quick.sqlite"));
}

/// The store knows the build that made it; another one refuses to go on.
#[test]
fn another_build_refuses_to_resume() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quick --quiet");
    for name in ["version", "revision", "lockfile"] {
        let store = rusqlite::Connection::open(bench.path("runs/probe-quick.sqlite")).unwrap();
        let old: String =
            store.query_row("SELECT value FROM identity WHERE name = ?", [name], |row| row.get(0)).unwrap();
        let set = |value: &str| store.execute("UPDATE identity SET value = ? WHERE name = ?", [value, name]).unwrap();
        set("another");
        let stderr = bench.complaint(2, "run probe.toml --quick --resume");
        assert!(stderr.contains(&format!("{name} is another in the store, {old} now")), "{stderr}");
        set(&old);
    }
    bench.expect(0, "run probe.toml --quick --resume --quiet");
}

#[test]
fn exit_codes_are_those_of_the_documentation() {
    let bench = Bench::with("probe.toml", PROBE);
    assert!(bench.complaint(5, "run").contains("nothing selected"));
    assert!(bench.complaint(2, "run no_such_experiment").contains("hard_instance"));
    bench.complaint(2, "run missing.toml");
    bench.complaint(2, "run probe.toml --quick --full");
    bench.complaint(2, "run probe.toml --shard 4/3");
    bench.complaint(2, "run probe.toml --jobs 0");
    bench.complaint(2, "run probe.toml --seed x");
    bench.complaint(2, "run probe.toml probe.toml");
    bench.complaint(2, "run probe.toml --out probe.toml");
    bench.complaint(2, "show missing.sqlite");
    let said = bench.expect(0, "run probe.toml hard_instance --quick --dry-run");
    assert!(said.contains("probe (quick): 4 cells, 10 replicates") && said.contains("hard_instance"), "{said}");
    assert!(!bench.path("runs").exists(), "a dry run writes nothing");
    bench.expect(0, "run probe.toml --quick --quiet");
    bench.complaint(5, "show runs/probe-quick.sqlite --cell 0123456789abcdef");
    bench.complaint(2, "show runs/probe-quick.sqlite --cell xyz");
    let help = bench.expect(0, "run --help");
    for code in ["0  ", "1  ", "2  ", "3  ", "4  ", "5  ", "130  "] {
        assert!(help.contains(code), "{code}");
    }
}

/// Ctrl-C keeps every finished replicate, exits 130, and the run goes on to the same rows.
#[test]
#[cfg(unix)]
fn interrupted_runs_resume() {
    for number in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // On a machine too fast for one of these, the next is long enough.
        let hit = [500, 4000, 32_000].into_iter().find_map(|replicates| {
            let bench = Bench::with("slow.toml", &slow(replicates));
            let mut child = bench.command("run slow.toml --jobs 2 --quiet").stderr(Stdio::null()).spawn().unwrap();
            let running = wait_for_commits(&mut child, &bench.path("runs/slow-full.sqlite"), 2);
            if running {
                signal(&child, number);
            }
            (child.wait().unwrap().code() == Some(130)).then_some(bench)
        });
        let bench = hit.expect("some run is under way when it is interrupted");
        let shown = bench.expect(0, "show runs/slow-full.sqlite");
        assert!(!shown.contains("replicates: 0 of"), "{shown}");
        bench.expect(0, "run slow.toml --resume --quiet");
        bench.expect(0, "run slow.toml --out whole --quiet");
        assert_eq!(bench.rows("whole/slow-full.sqlite"), bench.rows("runs/slow-full.sqlite"));
    }
}

#[test]
fn list_completions_and_man_come_from_the_command() {
    let bench = Bench::with("probe.toml", PROBE);
    let list = bench.expect(0, "list");
    for word in ["real_features", "hard_instance", "C13, C19", "quick: 6 cells, 384 replicates", "full: 16 cells, 3200"]
    {
        assert!(list.contains(word), "{word}: {list}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let completions = bench.expect(0, &format!("completions {shell}"));
        assert!(
            completions.contains("hard") || completions.contains("--shard") || completions.contains("shard"),
            "{shell}"
        );
    }
    let man = bench.expect(0, "man");
    assert!(man.contains(".TH") && man.contains("simulate") && man.contains("shard"), "{man}");
}

/// What a real Slurm does with the script is the matter of `tests/slurm/run.sh`; here: that it is one script for both uses, and
/// that a shell can read it whatever the paths.
#[test]
fn the_slurm_script_asks_for_what_it_should() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "slurm probe.toml --tasks 4 --quick --seed 7 --time 01:00:00 --partition short -o it's.sh");
    let script = fs::read_to_string(bench.path("it's.sh")).unwrap();
    for line in [
        "#SBATCH --array=1-4",
        "#SBATCH --requeue",
        "#SBATCH --time=01:00:00",
        "#SBATCH --partition=short",
        "--dependency=\"afterany:${array%%;*}\"",
        "--quick --seed '7' --resume --shard \"$1/4\"",
        "--study probe-quick --shards 4",
    ] {
        assert!(script.contains(line), "{line}: {script}");
    }
    assert!(Command::new("sh").arg("-n").arg(bench.path("it's.sh")).status().unwrap().success());
    // One task of it, as Slurm would start it, computes its shard.
    let mut task = Command::new("sh");
    task.arg(bench.path("it's.sh")).current_dir(bench.path("")).env("SLURM_ARRAY_TASK_ID", "2");
    assert!(task.status().unwrap().success());
    assert!(bench.expect(0, "show runs/probe-quick-shard-2-of-4.sqlite").contains("shard: 2/4"));
    bench.complaint(2, "slurm probe.toml --tasks 4 -o it's.sh");
    bench.complaint(2, "slurm probe.toml --tasks 0");
    // Four cells: no more than four tasks have something to compute.
    assert!(!bench.complaint(0, "slurm probe.toml --tasks 4 --quick").contains("warning"));
    let output = bench.run("slurm probe.toml --tasks 9 --quick");
    let (script, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(
        script.contains("#SBATCH --array=1-4\n") && script.contains("/4\"") && !script.contains("of-9"),
        "{script}"
    );
    assert!(said.contains("warning: 4 tasks, not 9"), "{said}");
}

/// A reader that closes early is no failure.
#[test]
fn export_ends_quietly_when_its_reader_does() {
    let bench = Bench::with("probe.toml", &PROBE.replace("replicates = 6", "replicates = 200"));
    bench.expect(0, "run probe.toml --quiet");
    let mut child = bench
        .command("export runs/probe-full.sqlite --json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.len()),
        (Some(0), 0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
