//! What errors say, and which of them are answers.

use selfreward::Error;

#[test]
fn a_message_is_one_line_and_short_whatever_it_quotes() {
    let value = "a\n\tb\u{1b}[31m".repeat(1000);
    for error in [
        Error::argument("name\n", &value, "this\nor that"),
        Error::file("folder\n/file", "one\ntwo"),
        Error::syntax("one\ntwo", 5, "bad\nthing", "TOML"),
    ] {
        let text = error.to_string();
        assert!(!text.chars().any(char::is_control) && text.chars().count() < 300, "{text}");
    }
}

#[test]
fn a_place_in_a_text_is_counted_in_lines_and_characters() {
    let place = |byte: usize| match Error::syntax("αβ\nγδ\n", byte, "x", "y") {
        Error::Syntax { line, column, .. } => (line, column),
        _ => unreachable!("made as such"),
    };
    assert_eq!([place(0), place(2), place(5), place(7), place(99)], [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]);
}

#[test]
fn only_what_follows_from_the_configuration_is_final() {
    let text = String::new;
    let sorted = [
        (Error::argument("delta", 2, "below 1"), true),
        (Error::TooLarge { what: text(), need: text(), limit: text() }, true),
        (Error::Overflow { round: 1, what: text() }, true),
        (Error::NotFound(text()), true),
        (Error::NoOptimum { round: 1, what: text() }, true),
        (Error::file("a", "cannot be read"), false),
        (Error::Memory { what: text(), need: text(), limit: text() }, false),
        (Error::Machine { what: text(), message: text() }, false),
        (Error::Interrupted, false),
        (Error::NotFound(text()).at("cell 1"), true),
        (Error::file("a", "cannot be read").at("cell 1"), false),
    ];
    for (error, is_final) in sorted {
        assert_eq!(error.is_final(), is_final, "{error:?}");
    }
}
