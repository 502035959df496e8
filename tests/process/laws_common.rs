//! Small laws and brute force for the tests of laws of selected candidates.

use selfreward::logits::{Atom, LogitTable};
use selfreward::process::law::{Distribution, Law};

/// The table with one row of these probabilities, every response an atom.
pub fn written(probabilities: &[f64]) -> LogitTable {
    let mut table = LogitTable::default();
    table.push_dense(&probabilities.iter().map(|p| p.ln()).collect::<Vec<_>>());
    table
}

/// A table with one lumped row: atoms (response, logit), the rest's logit and number.
pub fn lumped(atoms: &[(u32, f64)], rest_logit: f64, rest: u32) -> LogitTable {
    let mut table = LogitTable::default();
    table.push(atoms.iter().map(|&(response, logit)| Atom { response, logit }), rest_logit, rest);
    table
}

/// The same row with every response an atom.
pub fn unlumped(table: &LogitTable) -> LogitTable {
    let row = table.row(0);
    let mut written = LogitTable::default();
    written.push_dense(&(0..row.responses() as u32).map(|y| row.logit(y)).collect::<Vec<_>>());
    written
}

pub fn at(table: &LogitTable) -> Distribution<'_> {
    Distribution::new(table.row(0))
}

/// The probabilities of a law, response by response.
pub fn probabilities(law: &Law) -> Vec<f64> {
    (0..law.row().responses() as u32).map(|y| law.log_prob(y).exp()).collect()
}

/// Every sequence of `length` responses below `count`, with its probability.
pub fn sequences(probabilities: &[f64], length: usize, mut f: impl FnMut(&[usize], f64)) {
    let count = probabilities.len();
    let mut sequence = vec![0; length];
    for number in 0..count.pow(length as u32) {
        let mut left = number;
        for y in &mut sequence {
            (*y, left) = (left % count, left / count);
        }
        f(&sequence, sequence.iter().map(|&y| probabilities[y]).product());
    }
}

/// Laws with ties and zeros, of 1 to 4 responses.
pub fn small_laws() -> Vec<Vec<f64>> {
    vec![
        vec![1.0],
        vec![0.5, 0.5],
        vec![0.9, 0.1],
        vec![0.0, 1.0],
        vec![0.2, 0.5, 0.3],
        vec![0.25, 0.25, 0.5],
        vec![0.6, 0.0, 0.4],
        vec![0.2, 0.2, 0.3, 0.3],
        vec![0.25, 0.25, 0.25, 0.25],
        vec![0.7, 0.1, 0.15, 0.05],
        vec![0.0, 0.3, 0.0, 0.7],
        vec![1e-6, 0.4, 0.1, 0.499_999],
    ]
}

pub fn assert_close(found: &[f64], expected: &[f64], relative: f64, label: &str) {
    assert_eq!(found.len(), expected.len(), "{label}");
    for (y, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let away = (found - expected).abs();
        assert!(away <= relative * expected.abs(), "{label}: response {y} has {found:e}, expected {expected:e}");
    }
}

pub fn assert_same_logs(found: &Law, expected: &Law, relative: f64, label: &str) {
    assert_eq!(found.row().responses(), expected.row().responses());
    for y in 0..found.row().responses() as u32 {
        let (found, expected) = (found.log_prob(y), expected.log_prob(y));
        let close = found == expected || (found - expected).abs() <= relative * expected.abs().max(1.0);
        assert!(close, "{label}: response {y} has log {found}, expected {expected}");
    }
}
