//! What several test files of the theory share.
#![allow(dead_code, reason = "every test file uses a part of this")]

/// The rows (a, b, value) of one kind in the table of 50-digit values, made by `tests/oracles/theory.py`.
pub fn oracle(kind: &str) -> Vec<(f64, f64, f64)> {
    let rows: Vec<_> = include_str!("../oracles/theory.csv")
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|fields| fields[0] == kind)
        .map(|fields| {
            let number = |text: &str| if text.is_empty() { f64::NAN } else { text.parse().unwrap() };
            (number(fields[1]), number(fields[2]), number(fields[3]))
        })
        .collect();
    assert!(!rows.is_empty(), "no rows of kind {kind}");
    rows
}

/// P[Bin(runs, p) ≥ count], the exact binomial tail, summed from its largest term down.
pub fn binomial_tail(count: u64, runs: u64, p: f64) -> f64 {
    let log_choose = |k: u64| {
        statrs::function::gamma::ln_gamma(runs as f64 + 1.0)
            - statrs::function::gamma::ln_gamma(k as f64 + 1.0)
            - statrs::function::gamma::ln_gamma((runs - k) as f64 + 1.0)
    };
    (count..=runs).map(|k| (log_choose(k) + k as f64 * p.ln() + (runs - k) as f64 * (-p).ln_1p()).exp()).sum()
}

/// Asserts that the outcome is an error that starts with `name = `.
pub fn assert_refuses<T: std::fmt::Debug>(outcome: selfreward::Result<T>, name: &str) {
    let message = outcome.unwrap_err().to_string();
    assert!(message.starts_with(&format!("{name} = ")), "expected an error about {name}, got: {message}");
}
