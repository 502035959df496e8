//! What is said of input that cannot be: one line with the name, the value, and what was expected; exit code 2.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const TABULAR: &str = "[instance]\nkind = 'tabular'\nprompts = 5\nresponses = 4\n[process]\nrounds = 1\n";
const DEFINITION: &str = "name = 'probe'\n[[part]]\nname = 'tabular'\n[part.base.instance]\nkind = 'tabular'\nprompts = 5\n\
    responses = 4\n[part.grid]\n'process.samples' = [8, 16]\n[part.full]\nreplicates = 1\n[part.quick]\nreplicates = 1\n";

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(TempDir::new().unwrap());
        desk.write("c.toml", TABULAR);
        desk.write("d.toml", DEFINITION);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("selfreward").unwrap();
        command.current_dir(&self.0).args(arguments);
        command
    }

    fn refused(&self, arguments: &[&str], words: &[&str]) {
        let done = self.command(arguments).assert().code(2).stdout("").get_output().clone();
        let stderr = String::from_utf8(done.stderr).unwrap();
        assert!(stderr.starts_with("error: ") && stderr.matches('\n').count() == 1, "{arguments:?}: {stderr}");
        for word in words {
            assert!(stderr.contains(word), "{arguments:?}: {word:?} is missing from: {stderr}");
        }
    }
}

/// Every count of a configuration has a range, and nothing is cut to fit: a number 2^32 too large is refused, and so is 2^63 - 1.
#[test]
fn counts_are_never_cut() {
    let desk = Desk::new();
    for key in selfreward::simulate::keys::keys() {
        let selfreward::simulate::Form::Whole(_, most) = key.form else { continue };
        let kind = key.of.iter().find(|kind| **kind != "npz").copied();
        let name = format!("{}.{}", key.section, key.name);
        let word = if key.section == "instance" { "instance.kind" } else { "process.update" };
        let kind = kind.map(|kind| format!("{word}={kind}"));
        for value in [most as i128 + 1, i64::MAX as i128, most as i128 + (1 << 32) + 1, -1] {
            let setting = format!("{name}={value}");
            let mut arguments = vec!["simulate", "--config", "c.toml", "--set", &setting];
            arguments.extend(kind.iter().flat_map(|kind| ["--set", kind]));
            desk.refused(&arguments, &[&format!("{name} = {value}: expected a whole number from ")]);
        }
    }
    desk.refused(&["simulate", "--config", "c.toml", "--replicates", "4294967297"], &["--replicates", "4294967297"]);
    desk.refused(
        &["simulate", "--config", "c.toml", "--replicates", "18446744073709551615"],
        &["--replicates", "18446744073709551615"],
    );
    let last = "run.first_replicate=4294967290";
    desk.refused(
        &["simulate", "--config", "c.toml", "--set", last],
        &["run.first_replicate = 4294967290", "10 replicates"],
    );
    desk.refused(&["simulate", "--config", "c.toml", "--set", "process.samples=1.5"], &["process.samples = 1.5"]);
    desk.command(&["simulate", "-q", "--config", "c.toml", "--set", "run.first_replicate=4294967286"])
        .assert()
        .success();
    desk.command(&["simulate", "-q", "--config", "c.toml", "--set", "run.replicates=2e0"]).assert().success();
    for value in ["4294967297", "9223372036854775807", "0", "-1", "1.5", "'3'"] {
        desk.write("many.toml", &DEFINITION.replacen("replicates = 1", &format!("replicates = {value}"), 1));
        desk.refused(&["run", "many.toml", "--dry-run"], &["many.toml", "full.replicates", &value.replace('\'', "\"")]);
    }
    desk.refused(
        &["bound", "hard-instance", "--n", "10", "--prompts", "4", "--kappa0", "3", "--rounds", "4294967297"],
        &["--rounds = 4294967297", "from 1 to 1000000"],
    );
    let n = "9007199254740993";
    desk.refused(&["bound", "epsilon", "--n", n, "--dim", "3", "--radius", "1"], &["--n", n, "9007199254740992"]);
    let plan =
        ["--kappa0", "3", "--target-failure", "0.1", "--gamma", "0.5", "--mu", "0.3", "--dim", "16", "--radius", "9"];
    desk.refused(&[&["plan", "--max-rounds", "4000000000"], &plan[..]].concat(), &["--max-rounds = 4000000000"]);
}

/// A replicate's number at the end of the range is its own: it draws what no other draws.
#[test]
fn replicates_at_the_end_of_the_range_are_drawn() {
    let desk = Desk::new();
    let of = |first: u64| {
        let setting = format!("run.first_replicate={first}");
        let arguments = ["simulate", "-q", "--json", "--config", "c.toml", "--replicates", "1", "--set", &setting];
        let done = desk.command(&arguments).assert().success().get_output().stdout.clone();
        let document: serde_json::Value = serde_json::from_slice(&done).unwrap();
        document["rounds"][1]["diversity"]["mean"].as_f64().unwrap()
    };
    assert_ne!(of(4_294_967_294), of(4_294_967_293));
    assert_ne!(of(4_294_967_294), of(0));
}

#[test]
fn texts_that_are_no_toml_are_refused_with_their_place() {
    let desk = Desk::new();
    for (text, words) in [
        ("[instance]\nkind = \n", "bad.toml: line 2, column 8"),
        ("[instance\n", "bad.toml: line 1, column 10"),
        ("name = 'x'\nname = 'y'\n", "bad.toml: line 2, column 1"),
        ("[run]\nreplicates = 9223372036854775808\n", "line 2, column 14: \"replicates = 9223372036854775808\""),
    ] {
        desk.write("bad.toml", text);
        desk.refused(&["simulate", "--config", "bad.toml"], &[words, ": expected TOML"]);
        desk.refused(&["run", "bad.toml"], &[words, ": expected TOML"]);
    }
    desk.write("bad.csv", "a,b\n1,2\n3\n");
    desk.refused(&["plot", "bad.csv"], &["bad.csv: line 3, column 1: a row of 1 cell: expected 2, as in the header"]);
    fs::write(desk.0.path().join("bad.toml"), b"\xff").unwrap();
    desk.refused(&["simulate", "--config", "bad.toml"], &["bad.toml", "no UTF-8", "expected a configuration"]);
    for (from, to, words) in [
        ("name = 'probe'", "name = 3", "d2.toml: name = 3: expected a text"),
        ("name = 'probe'\n", "", "d2.toml: name = absent: expected a text"),
        ("[part.full]\nreplicates = 1\n", "", "d2.toml: part.full = absent: expected a table"),
        (
            "[part.base.instance]",
            "[part.bse.instance]",
            "d2.toml: key = part.bse: expected a known key; the nearest is part.base",
        ),
        ("[8, 16]", "[8, 'x']", "d2.toml: tabular: grid.process.samples = \"x\": expected a whole number"),
        ("name = 'probe'", "name = 'probe'\nclaims = { C1 = 'hold' }", "claims.C1 = \"hold\": expected one of"),
    ] {
        assert!(DEFINITION.contains(from), "{from}");
        desk.write("d2.toml", &DEFINITION.replacen(from, to, 1));
        desk.refused(&["run", "d2.toml"], &[words]);
    }
}

#[test]
fn a_folder_where_a_file_is_meant_is_called_one() {
    let desk = Desk::new();
    for arguments in [
        &["simulate", "--config", "."][..],
        &["run", "."],
        &["plot", "."],
        &["show", "."],
        &["export", ".", "--json"],
        &["verify", "--from", ".", "C20"],
        &["bound", "effective-dimension", "--lambda", "1", "--spectrum", "."],
        &["simulate", "--config", "c.toml", "--set", "instance={ kind = 'npz', path = '.' }"],
    ] {
        if arguments.contains(&"instance={ kind = 'npz', path = '.' }") {
            desk.write("npz.toml", "[instance]\nkind = 'npz'\npath = '.'\n");
            desk.refused(&["simulate", "--config", "npz.toml"], &[".: is a folder: expected a NumPy archive"]);
        } else {
            desk.refused(arguments, &[".: is a folder: expected "]);
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_told_with_the_folder_it_was_sought_from() {
    let desk = Desk::new();
    let here = fs::canonicalize(&desk.0).unwrap();
    let sought = format!("(sought from {})", here.display());
    desk.write("npz.toml", "[instance]\nkind = 'npz'\npath = 'data/x.npz'\n");
    for (arguments, file) in [
        (&["simulate", "--config", "x.toml"][..], "x.toml"),
        (&["run", "x.toml"], "x.toml"),
        (&["plot", "x.csv"], "x.csv"),
        (&["show", "x.sqlite"], "x.sqlite"),
        (&["simulate", "--config", "npz.toml"], "data/x.npz"),
    ] {
        desk.refused(arguments, &[&format!("{file}: does not exist {sought}")]);
    }
    desk.refused(&["simulate", "--config", "~/x.toml"], &["~ stands for a home folder in a shell alone"]);
    desk.write("npz.toml", "[instance]\nkind = 'npz'\npath = '~/x.npz'\n");
    desk.refused(&["simulate", "--config", "npz.toml"], &["~/x.npz: does not exist", "in a shell alone"]);
}

#[test]
fn what_was_meant_is_named() {
    let desk = Desk::new();
    desk.refused(&["simulate", "--config", "d.toml"], &["the definition of an experiment", "`selfreward run`"]);
    desk.refused(&["run", "c.toml"], &["a configuration", "`selfreward simulate --config`"]);
    desk.refused(&["run", "hard_instanc"], &["hard_instanc", "; the nearest is hard_instance"]);
    desk.refused(&["falsify", "C16"], &["C16: expected one of its parts: C16.linear, C16.integral"]);
    desk.refused(&["verify", "C8.simplificatio"], &["; the nearest is C8.simplification"]);
    let range = "a range FIRST..LAST:POINTS such as 1e3..1e6:7";
    for text in ["1e3..1e6", "1e3-1e6", "1e3:1e6", "1e3..1e6:one"] {
        desk.refused(&["bound", "epsilon", "--n", text, "--dim", "3", "--radius", "1"], &["--n", text, range]);
    }
    let nearest = |setting: &str, word: &str| {
        desk.refused(&["simulate", "--config", "c.toml", "--set", setting], &[&format!("the nearest is {word}")]);
    };
    nearest("instance.kind=tabulr", "tabular");
    nearest("process.update=population-", "population");
    nearest("process.smples=3", "process.samples");
    nearest("process.sampling=draw", "draws");
    desk.write(
        "g.toml",
        "[instance]\nkind = 'gaussian'\nprompts = 5\nresponses = 4\ndim = 3\nspectrum = { kind = 'exponental', rate = 1 }\n",
    );
    desk.refused(&["simulate", "--config", "g.toml"], &["instance.spectrum.kind", "the nearest is exponential"]);
    desk.refused(&["simulate", "--config", "c.toml", "--set", "process.samples=1\nrun.seed=2"], &["key=value"]);
}

/// Words agree with their counts, and what is counted is said.
#[test]
fn one_is_singular_and_rounds_are_those_of_all_replicates() {
    let desk = Desk::new();
    let said = |arguments: &[&str]| {
        let done = desk.command(arguments).assert().success().get_output().clone();
        String::from_utf8([done.stdout, done.stderr].concat()).unwrap()
    };
    let one = said(&["simulate", "--config", "c.toml", "--replicates", "1", "--quick"]);
    assert!(one.contains("quick: 1 replicate and 1 round\n") && one.contains("(1 replicate: "), "{one}");
    assert!(one.contains("2 of 2 rounds of all replicates, round 0 counted"), "{one}");
    desk.write("one.toml", &DEFINITION.replace("[8, 16]", "[8]"));
    let plan = said(&["run", "one.toml", "--quick", "--dry-run"]);
    assert!(plan.contains("1 cell, 1 replicate, "), "{plan}");
    let run = said(&["run", "one.toml", "--quick"]);
    assert!(run.contains("1 of 1 replicate done"), "{run}");
    let export = said(&["export", "runs/probe-quick.sqlite", "--csv", "tidy"]);
    assert!(export.contains("wrote rows.csv, failures.csv, provenance.json to tidy"), "{export}");
    let export = said(&["export", "runs/probe-quick.sqlite", "--npz", "rows.npz"]);
    assert!(export.contains("wrote rows.npz"), "{export}");
    assert!(said(&["export", "runs/probe-quick.sqlite", "--npz", "quiet.npz", "-q"]).is_empty());
    let plot = said(&["plot", "runs/probe-quick.sqlite"]);
    assert!(plot.contains("runs/probe.svg") && desk.0.path().join("runs/probe.png").is_file(), "{plot}");
    assert!(!desk.0.path().join("figures").exists(), "figures go beside the store");
}

/// `simulate --out` says where its files come from: the build, and the digest of what was read.
#[test]
fn simulations_have_a_provenance() {
    let desk = Desk::new();
    let of = |config: &str, out: &str| -> serde_json::Value {
        desk.command(&["simulate", "-q", "--config", config, "--out", out, "--quick"]).assert().success();
        serde_json::from_str(&fs::read_to_string(desk.0.path().join(out).join("provenance.json")).unwrap()).unwrap()
    };
    let plain = of("c.toml", "plain");
    for name in ["version", "revision", "lockfile", "backend"] {
        assert!(plain["identity"][name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {plain}");
    }
    assert_eq!(plain["identity"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(plain["sessions"][0]["system"], format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    // The enclosed copies have the same bytes as the files.
    for name in ["data/docqa_minilm.npz", "data/smollm_answers.npz"] {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        desk.write("npz.toml", &format!("[instance]\nkind = 'npz'\npath = '{}'\n", data.display()));
        let digest = of("npz.toml", "real")["identity"][format!("input {}", data.display())].clone();
        desk.write("npz.toml", &format!("[instance]\nkind = 'npz'\npath = '{name}'\n"));
        let enclosed = of("npz.toml", "enclosed")["identity"][format!("input {name}")].clone();
        assert!(digest.as_str().is_some_and(|digits| digits.len() == 64), "{digest}");
        assert_eq!(digest, enclosed);
        ["real", "enclosed"].iter().for_each(|out| fs::remove_dir_all(desk.0.path().join(out)).unwrap());
    }
    // The document itself holds nothing of machine and time.
    let document = fs::read_to_string(desk.0.path().join("plain/trajectory.json")).unwrap();
    assert!(!document.contains("revision") && !document.contains("host"));
}

/// What the command line itself refuses is one line with the argument, its value and what was expected.
#[test]
fn arguments_are_refused_in_one_line() {
    let desk = Desk::new();
    desk.write("c.toml", "[instance]\nkind = \"tabular\"\nprompts = 2\nresponses = 2\n");
    let simulate = |rest: &'static [&'static str]| [&["simulate", "--config", "c.toml"], rest].concat();
    let whole = "a whole number from 1 to 4294967295";
    for jobs in ["0", "abc", "", "1.5", "18446744073709551616"] {
        desk.refused(&[&simulate(&["--jobs"])[..], &[jobs]].concat(), &["--jobs = ", whole]);
    }
    desk.refused(&simulate(&["--replicates", "4294967296"]), &["--replicates = 4294967296", whole]);
    desk.refused(&simulate(&["--jbos", "2"]), &["--jbos", "the nearest is --jobs"]);
    desk.refused(&simulate(&["--set", "process.beta=1", "--set", "process.beta_over_sqrt_n=1"]), &["only one of them"]);
    desk.refused(&["simulat"], &["simulat", "the nearest is simulate"]);
    desk.refused(&["merge", "-o", "a.sqlite"], &["is missing"]);
    desk.refused(&["plan", "--kappa0", "x"], &["--kappa0 = x", "a number"]);
    desk.refused(
        &["verify", "C1", "--controls", "--seeds", "4294967297"],
        &["--seeds = 4294967297", "from 1 to 1000000"],
    );
    desk.refused(&["bound", "hard-instance", "--n", "1e3...1e6:3"], &["--n = 1e3...1e6:3", "FIRST..LAST:POINTS"]);
    desk.refused(&simulate(&["--out", "~/results"]), &["~/results", "a shell alone"]);
    desk.refused(&["merge", "c.toml", "-o", "~/all.sqlite"], &["~/all.sqlite", "a shell alone"]);
    assert!(!desk.0.path().join("~").exists());
    // Counts are taken as configurations take them.
    desk.command(&simulate(&["--replicates", "1e1", "-q"])).assert().success();
}
