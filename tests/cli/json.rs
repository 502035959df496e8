//! `--json` on commands that print a table: the document in its place, or beside it in a file.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::tempdir;

fn selfreward(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    command.current_dir(folder).args(arguments.split_whitespace()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

const CONFIG: &str = "[instance]\nkind = \"gaussian\"\nprompts = 8\nresponses = 4\ndim = 3\n\n[run]\nreplicates = 3\n";

/// The table is that of the command without the flag, the file is what the flag alone prints, and the exit code is the same.
#[test]
fn a_file_takes_the_document_and_stdout_keeps_the_table() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.toml"), CONFIG).unwrap();
    for (command, code) in [
        ("plan --kappa0 3 --target-failure 0.1 --gamma 1 --mu 0.3 --dim 4 --radius 5", 0),
        ("plan --from a.toml --target-failure 0.1 --radius 50 -q", 0),
        ("describe a.toml -q", 0),
        ("compare a.toml --set-b process.beta=2 -q", 0),
        ("verify L4 C1 --quick -q", 0),
        ("verify C16 --controls --quick -q", 0),
        ("falsify C8.simplification --evaluations 200 -q", 0),
        ("falsify C7 --evaluations 1 -q", 0),
    ] {
        let [table, document, both] = ["", " --json", " --json=new/of.json"].map(|flag| {
            let output = selfreward(folder, &format!("{command}{flag}"));
            assert_eq!(output.status.code(), Some(code), "{command}{flag}: {output:?}");
            stdout(&output)
        });
        assert_eq!(both, table, "{command}");
        assert_eq!(fs::read_to_string(folder.join("new/of.json")).unwrap(), document, "{command}");
        let value: Value = serde_json::from_str(&document).unwrap();
        assert!(value.is_object() && !table.trim().is_empty() && table != document, "{command}: {document}");
        let help = stdout(&selfreward(folder, &format!("{} --help", command.split(' ').next().unwrap())));
        assert!(help.contains("--json[=<FILE>]"), "{command}: {help}");
    }
}

/// What is read is not written over, and a folder is no file.
#[test]
fn a_file_that_is_read_is_refused() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.toml"), CONFIG).unwrap();
    assert!(selfreward(folder, "run real_spectrum --quick -q").status.success());
    let store = "runs/real_spectrum-quick.sqlite";
    let before = fs::read(folder.join(store)).unwrap();
    for (command, read) in [
        ("plan --from a.toml --target-failure 0.1 --radius 50", "a.toml"),
        ("describe a.toml", "a.toml"),
        ("compare a.toml --set-b process.beta=2", "a.toml"),
        (&format!("compare {store} {store}"), store),
        (&format!("verify C16 --from {store}"), store),
        (&format!("verify C16 --controls --from {store}"), store),
        ("falsify C7 --evaluations 1", "runs"),
    ] {
        let output = selfreward(folder, &format!("{command} --json={read}"));
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{command}: {error}");
        assert!(error.contains(read), "{command}: {error}");
    }
    assert_eq!(fs::read_to_string(folder.join("a.toml")).unwrap(), CONFIG);
    assert_eq!(fs::read(folder.join(store)).unwrap(), before);
}

/// The numbers of the search are those of its words; a search that met nothing has none.
#[test]
fn a_search_as_json_says_what_its_words_say() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let of = |command: &str| -> (String, Value) {
        let text = stdout(&selfreward(folder, &format!("falsify {command} -q --json=found.json")));
        (text, serde_json::from_slice(&fs::read(folder.join("found.json")).unwrap()).unwrap())
    };
    let (text, found) = of("C8.simplification --evaluations 500");
    let [ratio, measured, bound] = ["ratio", "measured", "bound"].map(|key| found[key].as_f64().unwrap());
    assert!(text.contains(&format!("largest measured/bound {ratio:.6e} (measured {measured:e}, bound {bound:e},")));
    assert!(text.contains(&format!("at evaluation {} of 500", found["at"])), "{text} {found}");
    assert!(text.contains(&format!("saved: {}\n", found["saved"].as_str().unwrap())), "{text} {found}");
    assert_eq!((&found["outcome"], &found["expected"]), (&"violated".into(), &"violated".into()));
    assert_eq!((found["evaluations"].as_u64(), found["growth"][2].as_f64()), (Some(500), Some(ratio)));
    assert!(ratio > 1.0 && measured > bound, "{found}");
    let (text, none) = of("C8.simplification --budget 1e-9");
    assert!(text.contains("never applied"), "{text}");
    assert_eq!(
        (&none["outcome"], &none["ratio"], &none["growth"]),
        (&"never applied".into(), &Value::Null, &Value::Null)
    );
}

/// The list as JSON counts what the list counts, of all experiments.
#[test]
fn the_list_as_json_is_the_list() {
    let folder = tempdir().unwrap();
    let text = stdout(&selfreward(folder.path(), "list"));
    let document: Value = serde_json::from_str(&stdout(&selfreward(folder.path(), "list --json"))).unwrap();
    let experiments = document["experiments"].as_array().unwrap();
    let names: Vec<&str> = experiments.iter().map(|one| one["name"].as_str().unwrap()).collect();
    let listed: Vec<&str> = text.lines().filter(|line| !line.starts_with([' ', 't'])).collect();
    assert_eq!(names, listed.iter().filter(|line| !line.is_empty()).copied().collect::<Vec<_>>());
    let hard = experiments.iter().find(|one| one["name"] == "hard_instance").unwrap();
    assert_eq!((&hard["quick"]["cells"], &hard["quick"]["replicates"]), (&6.into(), &384.into()));
    assert_eq!((&hard["full"]["cells"], &hard["full"]["replicates"]), (&16.into(), &3200.into()));
    assert_eq!(hard["claims"], serde_json::json!({"C13": "holds", "C19": "holds"}));
    assert!(text.ends_with(&format!("times measured on {}\n", document["machine"].as_str().unwrap())), "{text}");
}
