//! Verdicts as definitions name them.

use selfreward::study::definition::Verdict;
use serde::Deserialize;
use toml::Value;

/// Oracle: the names that definitions are read with.
#[test]
fn verdicts_print_the_names_that_they_are_read_by() {
    for verdict in Verdict::ALL {
        let read = |name: &str| Verdict::deserialize(Value::String(name.to_owned()));
        assert_eq!(read(&verdict.to_string()).unwrap(), verdict);
    }
}
