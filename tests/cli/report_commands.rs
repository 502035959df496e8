//! Commands on the report's page, as a shell takes them.

use std::process::Command;

use selfreward::report::commands::quoted;

/// Oracle: what `printf %s WORD` says in a POSIX shell.
#[test]
fn words_come_back_from_a_shell_as_they_were() {
    for word in ["plain-1.0", "two words", "it's", "$HOME", "", "a;b|c&d", "κ"] {
        let line = format!("printf %s {}", quoted(word));
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), word, "{line}");
    }
    assert_eq!(quoted("runs/probe-full.sqlite"), "runs/probe-full.sqlite");
}
