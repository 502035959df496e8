//! Policies: probabilities, modes and what is left beside them.

use std::sync::Arc;

use selfreward::logits::{Atom, LogitTable};
use selfreward::policy::Policy;

fn policy(logits: &[f64]) -> Policy {
    let mut table = LogitTable::default();
    table.push_dense(logits);
    Policy::from_logits(Arc::new(table))
}

/// Oracle: closed forms of two- and three-response softmax.
#[test]
fn extreme_logits_stay_exact() {
    let tiny = policy(&[1e-300, 0.0]);
    assert_eq!(tiny.head(0).margin, 1e-300);
    assert_eq!((tiny.prob(0, 0), tiny.prob(0, 1)), (0.5, 0.5));

    let huge = policy(&[-1e200, 1e200, 0.0]);
    let head = huge.head(0);
    assert_eq!((head.modal, head.margin, head.tail), (1, 1e200, 0.0));
    assert_eq!([0, 1, 2].map(|y| huge.prob(0, y)), [0.0, 1.0, 0.0]);
    assert_eq!([0, 1, 2].map(|y| huge.log_prob(0, y)), [-2e200, 0.0, -1e200]);

    let sharp = policy(&[40.0, 0.0]);
    assert!((sharp.head(0).doubt() - (-40f64).exp()).abs() < 1e-15 * (-40f64).exp());
}

#[test]
fn ties_take_the_least_index_and_stay_in_the_tail() {
    let head = *policy(&[1.0, 2.0, 2.0]).head(0);
    assert_eq!((head.modal, head.margin), (1, 0.0));
    assert!((head.tail - (1.0 + (-1f64).exp())).abs() < 1e-15);
    let mut table = LogitTable::default();
    table.push([Atom { response: 2, logit: 0.5 }], 0.5, 3);
    let head = *Policy::from_logits(Arc::new(table)).head(0);
    assert_eq!((head.modal, head.margin, head.tail), (0, 0.0, 3.0));
    let single = *policy(&[-3.0]).head(0);
    assert_eq!((single.modal, single.margin, single.tail, single.doubt()), (0, f64::INFINITY, 0.0, 0.0));
}
