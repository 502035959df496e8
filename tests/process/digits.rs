//! Digits that must not be lost: failures at the smallest δ, ranks at the edge of rounding.

use std::sync::Arc;

use crate::common::process;
use ndarray::{Array1, arr1, array};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::linalg::{GradedRow, Span, graded_svd};
use selfreward::logits::LogitTable;
use selfreward::metrics::policy::{comparator_failure, failure};
use selfreward::policy::Policy;
use selfreward::process::{ClassChoice, FiniteClass};
use selfreward::seed::Seed;

/// One prompt of two responses; the first has probability 1 − `doubt`.
fn sure(doubt: f64) -> Policy {
    let mut table = LogitTable::default();
    table.push_dense(&[0.0, (doubt / (1.0 - doubt)).ln()]);
    Policy::from_logits(Arc::new(table))
}

/// P[π(y°) ≤ 1 − δ] at a doubt 1 − π(y°) of a hundred-thousandth above and below δ. As a double, 1 − δ carries an error of 1e-16,
/// so that δ itself would be known to 1e-4 at 1e-12, and not at all at 1e-17. Oracle: the doubt the policy was made of.
#[test]
fn failures_are_told_apart_at_the_smallest_delta() {
    let comparator = sure(0.25);
    for delta in [0.3, 1e-3, 1e-9, 1e-12, 1e-15, 1e-17, 1e-30, 1e-200] {
        for (side, fails) in [(1.0, 1.0), (-1.0, 0.0)] {
            let policy = sure(delta * (1.0 + side * 1e-5));
            assert_eq!(comparator_failure(&[1.0], &comparator, &policy, delta), fails, "{delta} {side}");
            assert_eq!(failure(&[1.0], &policy, delta), fails, "{delta} {side}");
        }
    }
}

/// The same where the comparator's mode is another response: its probability is the policy's small one, and it fails at every δ
/// below one half.
#[test]
fn a_mode_left_behind_fails() {
    let mut table = LogitTable::default();
    table.push_dense(&[-1.0, 0.0]);
    let comparator = Policy::from_logits(Arc::new(table));
    for delta in [0.4, 1e-12, 1e-30] {
        assert_eq!(comparator_failure(&[1.0], &comparator, &sure(1e-12), delta), 1.0);
    }
    // π(y°) = 0.3 ≤ 1 − δ up to δ = 0.7.
    let policy = sure(0.3);
    assert_eq!(comparator_failure(&[1.0], &comparator, &policy, 0.69), 1.0);
    assert_eq!(comparator_failure(&[1.0], &comparator, &policy, 0.71), 0.0);
}

/// The rank of two rows, the second of which is the first but for `rest`.
fn graded_rank(rest: f64) -> usize {
    let row = |direction: Array1<f64>| GradedRow { log_size: 0.0, direction };
    graded_svd(vec![row(arr1(&[1.0, 0.0])), row(arr1(&[1.0, rest]))], 2).log_singular.len()
}

/// A graded row is dependent on larger ones if 1e-12 of it, or less, is left.
#[test]
fn graded_rows_are_dependent_up_to_a_millionth_of_a_millionth() {
    assert_eq!([0.7e-12, 1.4e-12].map(graded_rank), [1, 2]);
}

/// A direction counts if its singular value exceeds 16·2^-52·√d times the largest; here d = 2, and the singular values are 1 and `s`.
#[test]
fn ranks_are_decided_at_sixteen_roundings() {
    let rank = |s: f64| {
        let rows = array![[1.0, 0.0], [0.0, s]];
        Span::of_rows(2, 2, None, |i, row| row.copy_from_slice(rows.row(i).as_slice().unwrap())).rank()
    };
    let unit = f64::EPSILON * 2f64.sqrt();
    assert_eq!([11.0, 22.0].map(|times| rank(times * unit)), [1, 2]);
}

/// A member of the finite class fits what was seen if its residual is within 4·2^-52·(d + 8) of the numbers it is made of. On a line, d =
/// 1, the members θ_0 and (1 + 1/β)θ_0 differ by 1/β of them: at 25·2^-52 both fit, and the worse one, which does not move, is chosen; at
/// 50·2^-52 the successor alone fits.
#[test]
fn members_that_differ_by_rounding_both_fit() {
    let moved = |units: f64| {
        let matrix = array![[1.0], [-1.0]];
        let features = FeatureMap::dense(DenseFeatures::new(matrix, &[2]).unwrap());
        let instance = Instance::new(vec![1.0], features, Parameter::Dense(arr1(&[1.0])), None).unwrap();
        let class = FiniteClass { choice: ClassChoice::Worst, levels: 1, rays: 1 };
        let process = process(class, 1.0 / (units * f64::EPSILON), 64, 1);
        let last = process.on(&instance).unwrap().start(Seed::from_number(1)).last().unwrap().unwrap();
        (last.theta.to_vector()[0] - 1.0) / f64::EPSILON
    };
    assert_eq!([25.0, 50.0].map(moved), [0.0, 50.0]);
}
