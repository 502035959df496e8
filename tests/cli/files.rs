//! What is said of a text that cannot be read.

use std::path::Path;

use selfreward::files::text;

#[test]
fn what_cannot_be_read_is_told_with_the_place_it_was_sought_from() {
    let here = std::env::current_dir().unwrap().display().to_string();
    let message = |path: &str| text(Path::new(path), "a configuration (TOML)").unwrap_err().to_string();
    assert!(message("no/such.toml").contains(&format!("(sought from {here}); expected a configuration")));
    assert!(!message("/no/such.toml").contains("sought from"));
    assert!(message("~/such.toml").contains("write that folder out"));
    assert!(message("src").contains("src: is a folder: expected a configuration (TOML)"));
}
