//! A few of the same inputs as files of the command: exit code 2 and one line for what the library refuses.

use std::fs;

use assert_cmd::Command;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::{Outcome, csv, npz, toml};

/// Inputs of each kind.
const COUNT: usize = 12;

/// The first inputs that are refused.
fn refused<T>(make: impl Fn(&mut ChaCha8Rng) -> T, attempt: impl Fn(&T) -> Outcome) -> Vec<T> {
    let inputs = (0u64..).map(|index| make(&mut ChaCha8Rng::seed_from_u64(index)));
    inputs.filter(|input| attempt(input).is_err()).take(COUNT).collect()
}

fn expect_refusal(folder: &TempDir, arguments: &[&str], input: &str) {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    let done = command.current_dir(folder).args(arguments).assert().code(2).stdout("").get_output().clone();
    let stderr = String::from_utf8(done.stderr).unwrap();
    assert!(stderr.starts_with("error: ") && stderr.matches('\n').count() == 1, "{stderr}\n{input}");
}

#[test]
fn the_command_refuses_in_one_line() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    for text in refused(toml::configuration, |text| toml::read_configuration(text)) {
        write("c.toml", text.as_bytes());
        expect_refusal(&folder, &["simulate", "--config", "c.toml"], &text);
    }
    for text in refused(toml::definition, |text| toml::read_definition(text)) {
        write("d.toml", text.as_bytes());
        expect_refusal(&folder, &["run", "d.toml", "--dry-run"], &text);
    }
    write("npz.toml", b"[instance]\nkind = 'npz'\npath = 'features.npz'\n");
    for bytes in refused(npz::made, |bytes| npz::read(bytes, false)) {
        write("features.npz", &bytes);
        expect_refusal(&folder, &["simulate", "--config", "npz.toml"], &bytes.escape_ascii().to_string());
    }
    let tables = csv::tables();
    for table in refused(|rng| csv::made(&tables, rng), csv::attempt) {
        let name = format!("{}.csv", table.0);
        write(&name, table.1.as_bytes());
        expect_refusal(&folder, &["plot", &name], &csv::shown(&table));
    }
}
