//! Examples in the documentation: enough of them, and each shows a fact.
//!
//! `cargo test --release --doc` runs them; here the sources are read.

use std::fs;
use std::path::{Path, PathBuf};

/// An example that is compiled and run: where it begins, and its lines.
struct Example {
    place: String,
    lines: Vec<String>,
}

/// The examples of one file: blocks of documentation whose fence has no word behind it.
fn examples(path: &Path, text: &str) -> Vec<Example> {
    let (mut found, mut open): (Vec<Example>, Option<Option<Example>>) = (Vec::new(), None);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let Some(doc) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else { continue };
        match (doc.trim().strip_prefix("```"), &mut open) {
            (Some(word), None) => {
                let place = format!("{}:{}", path.display(), number + 1);
                open = Some(word.is_empty().then_some(Example { place, lines: Vec::new() }));
            }
            (Some(_), Some(_)) => found.extend(open.take().flatten()),
            (None, Some(Some(example))) => example.lines.push(doc.to_owned()),
            (None, _) => {}
        }
    }
    assert!(open.is_none(), "{}: a block of documentation is not closed", path.display());
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, into),
            false => into.extend(path.extension().is_some_and(|kind| kind == "rs").then_some(path)),
        }
    }
}

#[test]
fn examples_run_and_each_holds_something() {
    let mut paths = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut paths);
    let all: Vec<Example> = paths.iter().flat_map(|path| examples(path, &fs::read_to_string(path).unwrap())).collect();
    for example in &all {
        assert!(example.lines.iter().any(|line| line.contains("assert")), "{} asserts nothing", example.place);
    }
    assert!(all.len() >= 40, "{} examples that run", all.len());
}

/// Oracle: the blocks of a text that was counted by hand.
#[test]
fn blocks_that_do_not_run_are_no_examples() {
    let text = "//! ```\n//! assert!(true);\n//! ```\n/// ```text\n/// a ─► b\n/// ```\n    /// ```\n    /// one();\n    /// ```\n\
                /// ```compile_fail\n/// x\n/// ```\n// ```\n";
    let found = examples(Path::new("here.rs"), text);
    assert_eq!(found.iter().map(|example| example.place.as_str()).collect::<Vec<_>>(), ["here.rs:1", "here.rs:7"]);
    assert_eq!(found[1].lines, [" one();"]);
}
