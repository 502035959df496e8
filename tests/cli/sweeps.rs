//! Sweeps from the command line: lists given to `simulate --set`, and definitions with settings laid over them by `run`.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::study_common::{Bench, PROBE, records};

const CONFIG: &str = "[instance]\nkind = 'tabular'\nprompts = 8\nresponses = 4\n[process]\nbeta = 1.0\nrounds = 2\n[run]\n\
    replicates = 4\nseed = 5\n";
const SWEEP: &str = "simulate --config mine.toml --set process.samples=[16,64,256] --set process.reward=[self,base]";

fn bench() -> Bench {
    Bench::with("mine.toml", CONFIG)
}

#[track_caller]
fn refused(bench: &Bench, line: &str, words: &[&str]) {
    let said = bench.complaint(2, line);
    assert!(said.starts_with("error: ") && said.lines().count() == 1, "{line}: {said}");
    for word in words {
        assert!(said.contains(word), "{line}: {word:?} is missing from: {said}");
    }
}

fn files(bench: &Bench, folder: &str) -> Vec<String> {
    let names = fs::read_dir(bench.path(folder)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Oracles: `run` on the definition that the sweep keeps, `plot` on the store of that run, `simulate` on the configuration of a cell.
#[test]
fn a_sweep_is_a_run_of_its_definition() {
    let bench = bench();
    let shown = bench.expect(0, &format!("{SWEEP} --out out --quiet"));
    assert_eq!(files(&bench, "out"), ["mine-full.sqlite", "mine.csv", "mine.pdf", "mine.png", "mine.svg", "mine.toml"]);
    bench.expect(0, "run out/mine.toml --seed 5 --out again --quiet");
    assert_eq!(bench.rows("out/mine-full.sqlite"), bench.rows("again/mine-full.sqlite"));
    bench.expect(0, "plot again/mine-full.sqlite --out drawn --quiet");
    for name in ["mine.csv", "mine.svg", "mine.png"] {
        assert_eq!(fs::read(bench.path("out").join(name)).unwrap(), fs::read(bench.path("drawn").join(name)).unwrap());
    }
    // Without a store that is kept, and with other threads and another order of values, the same.
    assert_eq!(bench.expect(0, &format!("{SWEEP} --quiet --jobs 1")), shown);
    let turned = SWEEP.replace("[16,64,256]", "[256,16,64]");
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&bench.expect(0, &format!("{turned} --quiet"))), sorted(&shown));
    assert_eq!(files(&bench, "."), ["again", "drawn", "mine.toml", "out"].map(str::to_owned).to_vec());
    let document: Value = serde_json::from_str(&bench.expect(0, &format!("{SWEEP} --json --quiet"))).unwrap();
    let cell = &document["cells"][3];
    assert_eq!((&cell["values"]["process.reward"], &cell["values"]["process.samples"]), (&"base".into(), &16.into()));
    let id = cell["cell"].as_str().unwrap();
    bench.write("one.toml", &bench.expect(0, &format!("show out/mine-full.sqlite --cell {id}")));
    let single: Value = serde_json::from_str(&bench.expect(0, "simulate --config one.toml --json --quiet")).unwrap();
    for name in ["kappa", "drift", "margin"] {
        let mut last = single["rounds"][2][name].clone();
        last.as_object_mut().unwrap().remove("values");
        assert_eq!(cell["quantities"][name], last, "{name}");
    }
}

/// Oracle: means over the rows that `export` gives.
#[test]
fn the_table_shows_the_means_of_the_last_round() {
    let bench = bench();
    let text = bench.expect(0, &format!("{SWEEP} --set process.rounds=3 --out s.sqlite --quiet"));
    let document: Value = serde_json::from_str(
        &bench.expect(0, &format!("{SWEEP} --set process.rounds=3 --out s.sqlite --resume --quiet --json")),
    )
    .unwrap();
    bench.expect(0, "export s.sqlite --csv rows --quiet");
    let mut values: BTreeMap<(String, String), Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for record in records(&fs::read_to_string(bench.path("rows/rows.csv")).unwrap()) {
        if record["round"] == "3" {
            let cell = (record["process.reward"].clone(), record["process.samples"].clone());
            values.entry(cell).or_default().push(record);
        }
    }
    assert_eq!(values.len(), 6);
    let mean = |cell: &(String, String), column: &str| {
        let numbers: Vec<f64> = values[cell].iter().map(|record| record[column].parse().unwrap()).collect();
        assert_eq!(numbers.len(), 4);
        numbers.iter().sum::<f64>() / 4.0
    };
    for cell in document["cells"].as_array().unwrap() {
        let word = |key: &str| cell["values"][key].as_str().map_or(cell["values"][key].to_string(), str::to_owned);
        let key = (word("process.reward"), word("process.samples"));
        assert_eq!((&cell["t"], &cell["done"], &cell["failed"]), (&3.into(), &4.into(), &0.into()));
        for (column, there) in [
            ("kappa", &cell["quantities"]["kappa"]),
            ("failure_0.1", &cell["quantities"]["failure"]["0.1"]),
            ("drift", &cell["quantities"]["drift"]),
        ] {
            let (expected, found) = (mean(&key, column), there["mean"].as_f64().unwrap());
            assert!((expected - found).abs() <= 1e-12 * expected.abs(), "{key:?} {column}: {expected} {found}");
        }
    }
    // The table: each piece is led by the keys.
    let mut compared = 0;
    for piece in text.split("\n\n") {
        let mut lines = piece.lines().filter(|line| !line.starts_with('('));
        let split = |line: &str| -> Vec<String> {
            line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
        };
        let header = split(lines.next().unwrap());
        assert_eq!(header[..2], ["reward", "samples"]);
        let rows: Vec<Vec<String>> = lines.map(split).collect();
        assert_eq!(rows.len(), 6);
        for (title, column) in [("kappa", "kappa"), ("failure(0.5)", "failure_0.5"), ("drift", "drift")] {
            let Some(place) = header.iter().position(|name| name == title) else { continue };
            for row in &rows {
                let found: f64 = row[place].split(' ').next().unwrap().parse().unwrap();
                let expected = mean(&(row[0].clone(), row[1].clone()), column);
                assert!((expected - found).abs() <= 5e-4 * expected.abs() + 1e-300, "{row:?} {column}: {expected}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 3 * 6);
    assert!(text.contains("(after 3 rounds; 4 replicates: mean"), "{text}");
}

/// What is a list because the key holds one is a value; a list of such lists is an axis, and so is a list of tables.
#[test]
fn lists_that_keys_hold_are_values() {
    let bench = bench();
    let document = |settings: &str| -> Value {
        serde_json::from_str(&bench.expect(0, &format!("simulate --config mine.toml --json --quiet {settings}")))
            .unwrap()
    };
    let single = document("--set measure.delta=[0.5,0.25] --set measure.also=[correct_probability]");
    assert!(single.get("cells").is_none() && single["rounds"][2]["failure"]["0.25"].is_object());
    let table = document("--set process.reward={self=1.0,base=0.5}");
    assert_eq!(table["config"]["process"]["reward"]["base"], 0.5);
    let lists = document("--set measure.delta=[[0.5],[0.5,0.25]]");
    let cells = lists["cells"].as_array().unwrap();
    assert_eq!(
        cells.iter().map(|cell| cell["values"]["measure.delta"].clone()).collect::<Vec<_>>(),
        [serde_json::json!([0.5]), serde_json::json!([0.5, 0.25])]
    );
    // A cell has no value at the δ of another one.
    for (cell, delta, there) in [(0, "0.5", true), (0, "0.25", false), (1, "0.5", true), (1, "0.25", true)] {
        assert_eq!(cells[cell]["quantities"]["failure"][delta].is_object(), there, "{cell} {delta}");
    }
    let words = document("--set measure.also=[[drift_mass],[drift_mass,step_drift]]");
    assert_eq!(words["cells"].as_array().unwrap().len(), 2);
    let tables = document("--set process.reward=[{self=1.0},{self=1.0,base=0.5}]");
    assert_eq!(tables["cells"].as_array().unwrap().len(), 2);
    let inner = document("--set instance.weights.zipf=[0.5,1.0]");
    assert_eq!(inner["cells"][1]["values"]["instance.weights.zipf"], 1.0);
    // A key of the file that excludes the axis gives way, as it does to a single value.
    assert_eq!(document("--set process.beta_over_sqrt_n=[1,2]")["cells"].as_array().unwrap().len(), 2);
    // The last setting of a key wins.
    assert!(document("--set process.samples=[8,16] --set process.samples=8").get("cells").is_none());
    assert_eq!(document("--set process.samples=8 --set process.samples=[8,16]")["cells"].as_array().unwrap().len(), 2);
}

/// A shell takes double quotes away; what is left is read as what was meant.
#[test]
fn words_need_no_quotes() {
    let bench = bench();
    let run = |setting: &str| {
        let mut command = bench.command("simulate --config mine.toml --quiet --set");
        command.arg(setting).output().unwrap()
    };
    let whole = run("process.reward=[\"self\", \"base\"]");
    assert!(whole.status.success() && !whole.stdout.is_empty());
    for setting in ["process.reward=[self,base]", "process.reward=[self, base]", "process.reward=['self', base,]"] {
        assert_eq!(run(setting).stdout, whole.stdout, "{setting}");
    }
    for setting in
        ["process.reward=[self,,base]", "process.reward=[self", "process.reward=[self}", "process.reward=self base"]
    {
        let output = run(setting);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{setting}");
        assert!(said.contains(setting) && said.contains("single quotes"), "{setting}: {said}");
    }
}

/// One line before any work, with the flag, the key, the value, and what was expected; no file is made.
#[test]
fn a_bad_value_of_a_list_is_refused_before_work() {
    let bench = bench();
    bench.write("same.toml", &CONFIG.replace("seed = 5", "same_instance = true"));
    bench.write("later.toml", &CONFIG.replace("seed = 5", "first_replicate = 3"));
    let sweep = |settings: &str| format!("simulate --config mine.toml --out new {settings}");
    for (settings, words) in [
        ("--set process.samples=[16,x]", &["--set: process.samples[1] = \"x\": expected a whole number from 1"][..]),
        ("--set process.samples=[16,0]", &["--set: process.samples[1] = 0: expected a whole number from 1"]),
        ("--set process.samples=[16,16.0]", &["process.samples[1] = 16.0: expected no value twice"]),
        ("--set process.samples=[]", &["process.samples = []", "at least one value"]),
        ("--set process.beta=[1,-2]", &["--set: process.beta = -2: expected "]),
        (
            "--set process.preset=[self-rewarding,sharpening]",
            &["process.preset[1] = \"sharpening\"", "nearest is sharpening-"],
        ),
        ("--set process.smples=[1,2]", &["process.smples", "nearest is process.samples"]),
        (
            "--set measure.delta=[[0.5],[1.5]]",
            &["--set: measure.delta = 1.5: expected numbers strictly between 0 and 1"],
        ),
        ("--set instance.dim=[2,3]", &["--set: instance.dim = 2: expected no such key for \"tabular\""]),
        ("--set run.replicates=[1,2]", &["--set: run.replicates = [1, 2]: expected a single value"]),
        ("--set process.beta=[1] --set process.beta_over_sqrt_n=[1]", &["beta and beta_over_sqrt_n", "only one"]),
        ("--set process.samples=[8,16] --set process.rounds=-1", &["--set: process.rounds = -1"]),
        ("--set process.samples=[8,16] --save-theta t.npz", &["--save-theta = t.npz: expected a single run"]),
        ("--set process.samples=8 --resume", &["--resume = a single run: expected a sweep"]),
    ] {
        refused(&bench, &sweep(settings), words);
        assert!(!bench.path("new").exists() && !bench.path("t.npz").exists(), "{settings}");
    }
    refused(&bench, &format!("{} --seed x", sweep("--set process.samples=[8,16]")), &["--seed: seed = x"]);
    for (file, word) in
        [("same", "run.same_instance = true: expected false"), ("later", "run.first_replicate = 3: expected 0")]
    {
        let line = format!("simulate --config {file}.toml --set process.samples=[8,16]");
        refused(&bench, &line, &[&format!("{file}.toml: {word}")]);
    }
    refused(&bench, "simulate --config mine.toml --set process.samples=[8,16] --resume", &["--out"]);
    bench.write("probe.toml", PROBE);
    let line = "simulate --config probe.toml --set process.samples=[8,16]";
    refused(&bench, line, &["probe.toml: configuration = the definition of an experiment", "selfreward run"]);
}

/// A cell that fails is there, and says so; the exit code is that of `run`.
#[test]
fn a_cell_that_fails_is_shown() {
    let config = CONFIG.replace("beta = 1.0\nrounds = 2", "update = 'population'\nrounds = 4");
    let bench = Bench::with("mine.toml", &config);
    let output = bench.run("simulate --config mine.toml --set process.beta=[1e-200,1.0] --out out");
    let (text, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("4 of 8 replicates failed, first replicate 0 of cell "), "{said}");
    let line =
        |word: &str| text.lines().find(|line| line.trim_start().starts_with(word)).unwrap_or_default().to_owned();
    assert!(line("1e-200").contains("0 of 4, 4 failed") && line("1e-200").trim_end().ends_with('-'), "{text}");
    assert!(line("1 ").contains(" 4 ") && !line("1 ").contains("failed"), "{text}");
    let json = bench.run("simulate --config mine.toml --set process.beta=[1e-200,1.0] --json --quiet");
    let document: Value = serde_json::from_slice(&json.stdout).unwrap();
    let failed = &document["cells"][0];
    assert_eq!((json.status.code(), &failed["failed"], &failed["done"]), (Some(1), &4.into(), &0.into()));
    assert!(failed["error"].as_str().unwrap().contains("round 2") && failed["quantities"]["kappa"].is_null());
    assert_eq!(bench.run("run out/mine.toml --seed 5 --quiet").status.code(), Some(1));
    // Nothing at all is done: no figure, and the same exit code.
    let none = bench.run("simulate --config mine.toml --set process.beta=[1e-200] --out none --quiet");
    assert_eq!((none.status.code(), files(&bench, "none").len()), (Some(1), 2));
}

/// Nothing is replaced without leave; what was kept is extended. Oracle for the rows: a sweep afresh.
#[test]
fn a_sweep_is_gone_on_with() {
    let bench = bench();
    let line = |settings: &str, out: &str| format!("simulate --config mine.toml {settings} --out {out}");
    let small = "--set process.samples=[16,64]";
    let said = bench.complaint(0, &line(small, "out"));
    assert!(said.contains("8 of 8 replicates done") && said.contains("wrote out/mine.svg"), "{said}");
    let before = fs::read(bench.path("out/mine-full.sqlite")).unwrap();
    refused(
        &bench,
        &line(small, "out"),
        &["out/mine-full.sqlite: exists already; --resume goes on with it, --force replaces it"],
    );
    refused(&bench, &line("--set process.samples=[16,128]", "out"), &["exists already"]);
    assert_eq!(before, fs::read(bench.path("out/mine-full.sqlite")).unwrap());
    for (what, settings, there) in [
        ("nothing", small, "8 replicates are there, 0 to go"),
        ("more replicates", "--set process.samples=[16,64] --replicates 7", "8 replicates are there, 6 to go"),
        ("more values", "--set process.samples=[8,16,64] --replicates 7", "14 replicates are there, 7 to go"),
        (
            "an axis more",
            "--set process.samples=[8,16,64] --set process.beta=[1,2] --replicates 7",
            "21 replicates are there, 21 to go",
        ),
    ] {
        let said = bench.complaint(0, &format!("{} --resume", line(settings, "out")));
        assert!(said.contains(there) && !said.contains("is kept as"), "{what}: {said}");
        bench.expect(0, &format!("{} --force --quiet", line(settings, "fresh")));
        assert_eq!(bench.rows("out/mine-full.sqlite"), bench.rows("fresh/mine-full.sqlite"), "{what}");
        for name in ["mine.toml", "mine.csv", "mine.svg"] {
            assert_eq!(
                fs::read(bench.path("out").join(name)).unwrap(),
                fs::read(bench.path("fresh").join(name)).unwrap()
            );
        }
    }
    // Less is asked for: nothing is lost.
    let whole = bench.rows("out/mine-full.sqlite");
    let said = bench.complaint(0, &format!("{} --resume", line("--set process.samples=[16,64] --replicates 2", "out")));
    assert!(said.contains("is kept as out/mine-full.sqlite.before-1"), "{said}");
    assert_eq!(bench.rows("out/mine-full.sqlite.before-1"), whole);
    refused(&bench, &format!("{} --seed 6 --resume", line(small, "out")), &["seed is 5 in the store, 6 now"]);
    // Another file in the place of one of a sweep's is not its own.
    bench.write("out/mine.toml", "name = 'other'\n");
    refused(&bench, &format!("{} --resume", line(small, "out")), &["out/mine.toml: exists already, and is not"]);
    fs::create_dir(bench.path("there")).unwrap();
    bench.write("there/mine.csv", "a,b\n");
    refused(&bench, &line(small, "there"), &["there/mine.csv: exists already; --force overwrites it"]);
    assert_eq!(files(&bench, "there"), ["mine.csv"]);
    refused(&bench, &line(small, "."), &["mine.toml: is read by this command"]);
    refused(&bench, &format!("{} --force", line(small, ".")), &["mine.toml: is read by this command"]);
}

/// The quick profile of a sweep has the same cells, and rows that the full one has, too.
#[test]
fn quick_is_a_part_of_full() {
    let bench = bench();
    let line = "simulate --config mine.toml --set process.samples=[16,64] --out out --quiet";
    bench.expect(0, &format!("{line} --quick"));
    bench.expect(0, line);
    assert_eq!(files(&bench, "out").len(), 7);
    let [quick, full] = ["quick", "full"].map(|profile| bench.rows(&format!("out/mine-{profile}.sqlite")));
    let full: Vec<&str> = full.lines().collect();
    assert_eq!(quick.lines().filter(|line| line.starts_with("sweep")).count(), 2 * 3 * 3);
    assert!(quick.lines().all(|line| full.contains(&line)));
    // The name of an experiment is not taken.
    fs::copy(bench.path("mine.toml"), bench.path("Hard Instance.toml")).unwrap();
    let mut command = bench.command("simulate --set process.samples=[16,64] --out named --quiet --config");
    assert!(command.arg("Hard Instance.toml").output().unwrap().status.success());
    assert!(files(&bench, "named").contains(&"hard_instance_sweep-full.sqlite".to_owned()));
}

/// Oracle: the definition with the values written into it.
#[test]
fn run_takes_settings() {
    let bench = Bench::with("probe.toml", PROBE);
    for (settings, written) in [
        (
            "--set process.samples=[8,16]",
            PROBE
                .replace("[8, 32, 128]", "[8, 16]")
                .replace("[16, 64]", "[8, 16]")
                .replace("replicates = 3\n\"process.samples\" = [8]", "replicates = 3"),
        ),
        (
            "--set process.samples=20",
            PROBE
                .replace("\"process.samples\" = [8, 32, 128]", "\"process.samples\" = [20]")
                .replace("\"process.samples\" = [16, 64]", "\"process.samples\" = [20]")
                .replace("= [8]", "= [20]"),
        ),
        ("--set process.rounds=1", PROBE.replace("rounds = 3", "rounds = 1").replace("rounds = 2", "rounds = 1")),
        ("--set process.beta=[1,2] --replicates 2", {
            let grid = "[part.grid]\n\"process.beta\" = [1, 2]";
            PROBE
                .replace("beta = 1.0\n", "")
                .replace("[part.grid]", grid)
                .replace("replicates = 6", "replicates = 2")
                .replace("replicates = 4", "replicates = 2")
        }),
    ] {
        bench.write("written.toml", &written);
        for profile in ["full", "quick"] {
            if profile == "quick" && settings.contains("--replicates") {
                continue;
            }
            bench.expect(0, &format!("run probe.toml {settings} --{profile} --out set --force --quiet"));
            bench.expect(0, &format!("run written.toml --{profile} --out written --force --quiet"));
            // Another key of the grid, or none, is another column, but the same rows.
            let rows = |folder: &str| -> Vec<BTreeMap<String, String>> {
                let rows = bench.rows(&format!("{folder}/probe-{profile}.sqlite"));
                let mut records =
                    records(rows.split("part,cell").nth(1).map(|rows| format!("part,cell{rows}")).as_deref().unwrap());
                records.iter_mut().for_each(|record| drop(record.remove("process.samples")));
                records
            };
            assert!(rows("set").len() > 10);
            assert_eq!(rows("set"), rows("written"), "{settings} {profile}");
        }
    }
    // Replicates are set in the profile that is run.
    let said = bench.expect(0, "run probe.toml --quick --replicates 9 --dry-run");
    assert!(said.contains("tabular: 2 cells of 9 replicates (was 2 cells of 3 replicates)"), "{said}");
    let said =
        bench.expect(0, "run probe.toml --set process.samples=[8,16] --set process.rounds=1 --replicates 5 --dry-run");
    for line in [
        "tabular: 4 cells of 5 replicates (was 6 cells of 6 replicates); instance.bump = 0.5, 1.0; process.rounds = 1 (was 3); \
         process.samples = 8, 16 (was 8, 32, 128)",
        "gaussian: 2 cells of 5 replicates (was 2 cells of 4 replicates); process.rounds = 1 (was 2); process.samples = 8, 16 (was 16, 64)",
    ] {
        assert!(said.contains(line), "{said}");
    }
    for (settings, words) in [
        ("--set instance.dim=3", &["probe.toml: tabular: instance.dim = 3: expected no such key for \"tabular\""][..]),
        ("--set process.samples=0", &["probe.toml: tabular: process.samples = 0: expected a whole number"]),
        ("--set process.samples=[8,no]", &["--set: process.samples[1] = \"no\": expected a whole number"]),
        (
            "--set process.smples=3",
            &["probe.toml: tabular: key = process.smples: expected a known key; the nearest is process.samples"],
        ),
        ("--set run.replicates=3", &["--set = run.replicates", "--replicates"]),
        ("--set process.beta=1 --set process.beta_over_sqrt_n=1", &["only one of them"]),
        ("--replicates 0", &["--replicates = 0"]),
    ] {
        refused(&bench, &format!("run probe.toml {settings} --out new"), words);
        assert!(!bench.path("new").exists());
    }
}

/// Lists that go together stay as long as each other; a value leaves its group; a list of tables has no place for a key within it.
#[test]
fn lists_that_go_together_are_kept_together() {
    let text = "name = 'pair'\n[[part]]\nname = 'p'\ntogether = [['process.rounds', 'process.samples']]\n[part.base.instance]\n\
        kind = 'tabular'\nprompts = 4\nresponses = 3\n[part.grid]\nprocess.rounds = [1, 2]\nprocess.samples = [8, 16]\n\
        'instance.weights' = ['uniform', { zipf = 1.0 }]\n[part.full]\nreplicates = 2\n";
    let bench = Bench::with("pair.toml", text);
    let cells = |settings: &str| {
        bench.expect(0, &format!("run pair.toml {settings} --out o --force --quiet"));
        bench.expect(0, "show o/pair-full.sqlite --cells").lines().count()
    };
    let whole = cells("");
    assert_eq!(whole, cells("--set process.samples=[16,32]"));
    assert_eq!(whole, cells("--set process.samples=10"));
    refused(
        &bench,
        "run pair.toml --set process.samples=[1,2,3]",
        &["p: full: number of values of process.samples = 3: expected 2"],
    );
    refused(
        &bench,
        "run pair.toml --set instance.weights.zipf=2.0",
        &["p: --set = instance.weights.zipf: expected instance.weights itself"],
    );
    assert_eq!(cells("--set instance.weights={zipf=1.0} --set instance.weights.zipf=2.0"), whole / 2);
}

/// A built-in experiment that is changed is none, and its store is another one.
#[test]
fn a_changed_experiment_is_ones_own() {
    let bench = Bench::with("probe.toml", PROBE);
    let line = "run hard_instance --quick --set process.rounds=1 --replicates 1";
    let said = bench.run(&format!("{line} --dry-run"));
    let [out, err] = [said.stdout, said.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(
        out.starts_with("hard_instance_own (quick): ") && out.contains("runs/hard_instance_own-quick.sqlite"),
        "{out}"
    );
    assert!(err.contains("hard_instance: changed, and so a definition of your own, called hard_instance_own"), "{err}");
    bench.expect(0, &format!("{line} --quiet"));
    assert_eq!(files(&bench, "runs"), ["hard_instance_own-quick.sqlite"]);
    // What changes nothing is still the experiment.
    let same = bench.expect(0, "run hard_instance --replicates 200 --set process.rounds=4 --dry-run");
    let plain = bench.expect(0, "run hard_instance --dry-run");
    assert_eq!(same.lines().next().unwrap(), plain.trim_end());
}

/// A definition without `[part.quick]` is its own quick profile. Oracle: its full one.
#[test]
fn a_definition_without_quick_is_its_own_quick_profile() {
    let start = PROBE.find("[part.quick]").unwrap();
    let text = format!("{}[part.full]\nreplicates = 6\n", &PROBE[..PROBE.find("[part.full]").unwrap()]);
    assert!(start > 0 && !text.contains("quick"));
    let bench = Bench::with("whole.toml", &text);
    bench.expect(0, "run whole.toml --quiet");
    bench.expect(0, "run whole.toml --quick --quiet");
    assert_eq!(bench.rows("runs/probe-full.sqlite"), bench.rows("runs/probe-quick.sqlite"));
    // Replicates are those of the profile that is run.
    let said = bench.complaint(0, "run whole.toml --quick --replicates 9 --resume");
    assert!(said.contains("36 replicates are there, 18 to go"), "{said}");
    assert!(bench.complaint(0, "run whole.toml --resume").contains(" 0 to go"));
}

/// Oracle: a fresh run with the same settings.
#[test]
fn run_extends_a_store_by_settings() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    for (settings, there) in [
        ("--replicates 8", "44 replicates are there, 20 to go"),
        ("--replicates 8 --set process.samples=[8,16,32,64,128]", "64 replicates are there, 56 to go"),
    ] {
        let told = bench.complaint(0, &format!("run probe.toml {settings} --resume"));
        assert!(told.contains(there) && !told.contains("is kept"), "{told}");
        bench.expect(0, &format!("run probe.toml {settings} --out fresh --force --quiet"));
        assert_eq!(bench.rows("runs/probe-full.sqlite"), bench.rows("fresh/probe-full.sqlite"), "{settings}");
    }
    let whole = bench.rows("runs/probe-full.sqlite");
    let told = bench.complaint(0, "run probe.toml --resume");
    assert!(told.contains("is kept as runs/probe-full.sqlite.before-1"), "{told}");
    assert_eq!(whole, bench.rows("runs/probe-full.sqlite.before-1"));
}
