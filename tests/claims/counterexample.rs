//! The rows of the counterexample: at each n the probability in closed form, and runs of the process beside it.

use selfreward::claims::{Case, Comparison, Evidence};
use selfreward::papers;
use selfreward::seed::Seed;
use selfreward::study::Profile;
use selfreward::theory::counterexample::{Tie, Unseen};

/// n = 10^10 gives the constant alone.
const SIZES: [f64; 3] = [1e12, 1e14, 1e16];

fn cases(id: &str) -> Vec<Case> {
    let claim = papers::claims().find(|claim| claim.id == id).unwrap();
    match claim.statement.construct(id, &Seed::from_number(1), Profile::Quick).unwrap() {
        Evidence::Cases(cases) => cases,
        other => panic!("{other:?}"),
    }
}

/// Oracle: the closed forms, and 80 runs at every n that the process takes. About one run in 500 escapes; of 80 at most 8 may.
fn weighs(id: &str, exact: impl Fn(f64) -> f64) -> Vec<Case> {
    let cases = cases(id);
    assert_eq!(cases.len(), SIZES.len());
    for (case, n) in cases.iter().zip(SIZES) {
        let [closed, runs @ ..] = case.comparisons.as_slice() else { panic!("no comparison at n = {n:e}") };
        assert_eq!(*closed, Comparison::probability(exact(n), 0.05, 0.0));
        assert_eq!(runs.len(), usize::from(n < 1e16));
        for share in runs {
            assert!(
                share.measured >= 0.9 && share.bound == 0.05 && share.ceiling == 1.0 && case.replicates == 80,
                "{id} at n = {n:e}: {share}"
            );
            let error = (0.05f64 * 0.95 / 80.0).sqrt();
            assert!((share.tolerance - 6.0 * error).abs() < 1e-15 && share.informative());
        }
        assert!(case.exceeds() && case.applies());
    }
    let runs: usize = cases.iter().map(|case| case.comparisons.len()).sum();
    assert_eq!(runs, 5);
    cases
}

#[test]
fn the_family_is_weighed_at_each_size_and_can_be_replayed() {
    let cases = weighs("C18.family", |n| Unseen::at(n).unwrap().certain());
    for (case, n) in cases.iter().zip(SIZES).filter(|(_, n)| *n < 1e16) {
        let replay = case.replay.as_ref().expect("a run of the process");
        let theta = replay.instance.base().to_vector();
        assert_eq!((replay.config.process.samples as f64, theta.to_vec()), (n, Unseen::at(n).unwrap().theta.to_vec()));
    }
}

/// The fit is no part of a configuration, so that nothing is saved.
#[test]
fn the_finite_class_is_weighed_at_each_size() {
    let cases = weighs("C18.finite-class", |n| Tie::at(n).unwrap().unseen());
    assert!(cases.iter().all(|case| case.replay.is_none()));
}
