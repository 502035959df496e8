//! The rows of the counterexample: at each n the probability in closed form, and runs of the process beside it.

use selfreward::claims::{Case, Comparison, Evidence};
use selfreward::experiment::CellRows;
use selfreward::papers;
use selfreward::papers::fu2026::{Outcome, REFERENCE, Size, family, linear, share, tie};
use selfreward::seed::Seed;
use selfreward::simulate::Simulation;
use selfreward::study::Profile;
use selfreward::theory::counterexample::{Tie, Unseen};
use selfreward::theory::one_step::Class;

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

/// F_1 ≤ 1 cannot exceed a product of 1 or more, and a comparison that cannot fail is no evidence for the statement.
#[test]
fn where_c_times_the_right_side_reaches_one_nothing_is_said() {
    for size in [tie(1e12).unwrap(), linear(1e12).unwrap()] {
        assert!(size.probability(0.999).informative() && size.probability(0.999).exceeds());
        for limit in [1.0, 1.5, f64::INFINITY] {
            assert!(!size.probability(limit).informative() && !size.probability(limit).exceeds());
        }
    }
    let run = |bound| Outcome { failure: 1.0, counts: true, bound };
    let runs = |below: usize| (0..80).map(|index| run(if index < below { 0.499 } else { 0.5 })).collect::<Vec<_>>();
    let [none, few, some, all] = [0, 15, 16, 80].map(|below| share(&runs(below), 2.0));
    // ρ + 6 standard errors = 0.196: 15 of 80 runs cannot exceed it.
    assert!(!none.informative() && !few.informative() && some.informative() && all.informative());
    assert!(!none.exceeds() && !few.exceeds() && some.exceeds() && all.exceeds());
}

/// A right side that grows with n, and is 0.05 at n = 10^10: with the constant that it asks for there it is kept at every n.
#[test]
fn a_right_side_that_does_not_fall_is_kept_with_the_constant_of_the_reference() {
    let growing = |n: f64| {
        let mut size = tie(n)?;
        let range = 1e-3 * n.powf(0.51) * size.setting.gamma;
        size.setting.class = Class::Finite { log_size: 2f64.ln(), range };
        Ok(size)
    };
    let bound = growing(REFERENCE).unwrap().bound().unwrap();
    assert!(0.04 < bound && bound < 0.06, "{bound}");
    let run =
        |_: &Simulation, _: &CellRows, size: &Size| Ok(Outcome { failure: 1.0, counts: true, bound: size.bound()? });
    let cases = family(&Seed::from_number(1), Profile::Quick, growing, run, None).unwrap();
    let comparisons: Vec<_> = cases.iter().flat_map(|case| &case.comparisons).collect();
    assert_eq!(comparisons.len(), 5);
    assert!(comparisons.iter().all(|one| !one.exceeds() && !one.informative()), "{comparisons:?}");
}
