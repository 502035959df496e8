//! Conditions on cells and rounds: how they are read, and of what they hold.

use selfreward::experiment::query::Condition;
use serde_json::Value;

fn read(text: &str) -> Vec<(String, &'static str, String)> {
    let condition = Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    condition.comparisons.into_iter().map(|c| (c.key, c.operator.name(), c.value)).collect()
}

#[test]
fn comparisons_are_read_with_or_without_spaces_and_quotes() {
    let one = |key: &str, operator: &'static str, value: &str| (key.to_owned(), operator, value.to_owned());
    assert_eq!(read("t == 4"), [one("t", "==", "4")]);
    assert_eq!(read("t==last"), [one("t", "==", "last")]);
    assert_eq!(read(" samples>=64&&beta<0.5 "), [one("samples", ">=", "64"), one("beta", "<", "0.5")]);
    let both = [one("process.preset", "==", "self-rewarding"), one("part", "!=", "a and b")];
    assert_eq!(read("process.preset == \"self-rewarding\" and part != 'a and b'"), both);
    assert_eq!(read("beta > -1e-3"), [one("beta", ">", "-1e-3")]);
    assert_eq!(read("t <= last"), [one("t", "<=", "last")]);
    // A key may contain the word.
    assert_eq!(read("process.candidates == 3"), [one("process.candidates", "==", "3")]);
}

#[test]
fn what_is_no_comparison_is_refused_with_the_text() {
    for text in [
        "",
        "  ",
        "t",
        "t ==",
        "== 4",
        "t 4",
        "t = 4",
        "t == 4 and",
        "and t == 4",
        "t == 4 t == 5",
        "t == 4 or t == 5",
        "t == 4 || t == 5",
        "(t == 4)",
        "t == 'a",
        "t === 4",
        "t ! 4",
        "t < < 4",
        "part < 'b'",
        "preset >= word",
        "samples < last",
        "t == 4 & t == 5",
        "beta < nan",
        "beta < '3'",
    ] {
        let error = Condition::parse(text).expect_err(text).to_string();
        assert!(error.starts_with("--where = "), "{text}: {error}");
    }
}

/// Oracle: the comparison of doubles, and of texts.
#[test]
fn numbers_are_compared_as_numbers_and_words_as_words() {
    let holds = |text: &str, value: Option<Value>| Condition::parse(text).unwrap().comparisons[0].holds(value.as_ref());
    let number = |value: f64| Some(Value::from(value));
    for (operator, results) in [
        ("==", [false, true, false]),
        ("!=", [true, false, true]),
        ("<", [true, false, false]),
        ("<=", [true, true, false]),
        (">", [false, false, true]),
        (">=", [false, true, true]),
    ] {
        let found = [0.25, 0.5, 1.0].map(|value| holds(&format!("k {operator} 5e-1"), number(value)));
        assert_eq!(found, results, "{operator}");
    }
    assert!(holds("k == 64", Some(Value::from(64))) && holds("k == 64.0", Some(Value::from(64))));
    assert!(holds("k == word", Some("word".into())) && !holds("k == word", Some("words".into())));
    assert!(holds("k != word", None) && !holds("k == word", None) && !holds("k < 3", None));
    assert!(!holds("k < 3", Some("2".into())), "a word is no number");
    assert!(holds("k == true", Some(true.into())));
}

#[test]
fn the_last_round_is_that_of_each_cell() {
    let holds = |text: &str, t, last| Condition::parse(text).unwrap().comparisons[0].holds_of_round(t, last).unwrap();
    assert!(holds("t == last", 3, 3) && !holds("t == last", 3, 4) && holds("t < last", 3, 4));
    assert!(holds("t >= 2", 2, 9) && !holds("t > 2", 2, 9));
    assert!(Condition::parse("t == first").unwrap().comparisons[0].holds_of_round(0, 1).is_err());
}
