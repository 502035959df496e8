//! README.md's table of peers is what `benches/peer/run.py` measured.

use serde_json::Value;

const README: &str = include_str!("../../README.md");

fn peers() -> Value {
    serde_json::from_str(include_str!("../../docs/peers.json")).unwrap()
}

/// The lines between the marks.
fn told() -> Vec<&'static str> {
    let (_, rest) = README.split_once("<!-- peers -->").expect("the README marks the place");
    let (inner, _) = rest.split_once("<!-- /peers -->").expect("and its end");
    inner.lines().filter(|line| !line.is_empty()).collect()
}

/// Seconds, or a number of times: the number at the start of a text, and what stands behind it.
fn number(text: &str) -> (f64, &str) {
    let end = text.find(' ').unwrap_or_else(|| panic!("{text:?} has no unit"));
    let number: f64 = text[..end].parse().unwrap_or_else(|_| panic!("{text:?} starts with no number"));
    let unit: String = text[end + 1..].chars().take_while(|c| c.is_alphabetic()).collect();
    let size = match unit.as_str() {
        "s" => 1.0,
        "ms" => 1e-3,
        "µs" => 1e-6,
        "times" => 1.0,
        _ => panic!("{text:?} has an unknown unit"),
    };
    (number * size, &text[end + 1 + unit.len()..])
}

/// Two digits are told: half a unit of the second is 5% of 1.0.
fn tells(told: f64, measured: &Value) {
    let measured = measured.as_f64().unwrap();
    assert!((told / measured - 1.0).abs() <= 0.0501, "{told} told, {measured} measured");
}

#[test]
fn the_readme_tells_what_was_measured() {
    let (peers, told) = (peers(), told());
    let rows = peers["rows"].as_object().unwrap();
    for of in ["machine", "versions"] {
        assert!(told[0].contains(peers[of].as_str().unwrap()), "{of}");
    }
    // Words, head, rule; and below the rows a count of them.
    assert_eq!(told.len(), 3 + rows.len() + 1);
    let at_least = |times: f64| {
        let ratio = |row: &Value| row["expert"].as_f64().unwrap() / row["ours"].as_f64().unwrap();
        rows.values().filter(|row| ratio(row) >= times).count()
    };
    let counts = (at_least(1.0), rows.len(), at_least(5.0));
    let sum = format!("in {} of {} rows, five times or more in {}.", counts.0, counts.1, counts.2);
    assert!(told[3 + rows.len()].ends_with(&sum), "{sum}");
    for (line, row) in told[3..].iter().zip(rows.values()) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells[0], row["work"].as_str().unwrap());
        let (told, rest) = number(cells[1]);
        tells(told, &row["ours"]);
        let peak = row["peak"].as_f64().map(|peak| format!(", peak {:.2} GB", peak / 1e9));
        assert_eq!(rest, peak.unwrap_or_default());
        for (cell, name) in [(cells[2], "plain"), (cells[3], "expert")] {
            let Some(seconds) = row[name].as_f64() else {
                assert_eq!(cell, "–", "{line}");
                continue;
            };
            let (told, rest) = number(cell);
            tells(told, &row[name]);
            let ratio = Value::from(seconds / row["ours"].as_f64().unwrap());
            tells(number(rest.trim_start_matches(": ")).0, &ratio);
        }
        tells(number(cells[4]).0, &row["floor"]);
        assert!(cells[4].ends_with(row["least"].as_str().unwrap()), "{line}");
    }
}

/// What the program's work takes at least is no more than what it took.
#[test]
fn nothing_is_below_its_floor() {
    for (name, row) in peers()["rows"].as_object().unwrap() {
        let (floor, ours) = (row["floor"].as_f64().unwrap(), row["ours"].as_f64().unwrap());
        assert!(0.0 < floor && floor <= ours, "{name}: {floor} at least, {ours} measured");
    }
}
