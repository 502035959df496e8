//! The falsifier finds what is false, finds nothing where a statement is true, and finds the same again.

use selfreward::claims::falsifier::{Found, search};
use selfreward::claims::{Claim, Source, Statement};
use selfreward::papers;
use selfreward::seed::Seed;

fn found(claim: &Claim, evaluations: u64) -> Found {
    search(claim, &Seed::from_number(5), |made| made >= evaluations).unwrap()
}

fn named(id: &str) -> &'static Claim {
    papers::claims().find(|claim| claim.id == id).unwrap().claim
}

/// The false variants that say something of every run, as if they were claims: each is refuted, most within a thousand instances.
#[test]
fn false_variants_are_refuted() {
    let mut tried = 0;
    for control in papers::claims().flat_map(|claim| claim.controls) {
        const NOWHERE: &[Source] = &[];
        if let Statement::Replicates(_) = control.statement {
            let claim = Claim::exact(control.id, control.says, "", NOWHERE, control.statement, &[]);
            // C14 and C15 speak of an autoregressive base, which is not among the instances searched.
            if found(&claim, 100).comparison.is_none() {
                continue;
            }
            let violated = |evaluations| found(&claim, evaluations).violated();
            assert!([1_000, 10_000, 100_000].into_iter().any(violated), "{}", control.id);
            tried += 1;
        }
    }
    assert!(tried >= 10, "{tried}");
}

/// Exact statements withstand a search, those that read d or K off the instance among them: the bound is compared with, not skipped.
#[test]
fn true_statements_are_not() {
    for id in ["C1", "C2", "C5", "C7", "C16.linear", "C18.complete-spans", "C10.linear", "C12"] {
        let found = found(named(id), 600);
        assert!(!found.violated(), "{id}: {:?}", found.comparison);
        assert!(found.comparison.is_some(), "{id} never applied");
    }
}

/// The drift lemma is attained: the search comes within 1% of equality, on instances and on laws, and never beyond it.
#[test]
fn the_drift_lemma_is_reached_and_never_passed() {
    let instances = found(named("D1"), 20_000);
    assert!((0.99..=1.0).contains(&instances.ratio), "{}", instances.ratio);
    assert!(!instances.violated() && instances.candidate.is_some());
    // Each evaluation looks at 300 pairs of laws.
    let laws = found(named("D1.laws"), 200);
    assert!((0.99..=1.0).contains(&laws.ratio) && !laws.violated(), "{}", laws.ratio);
    let share = found(named("D1.share"), 5_000);
    assert!(share.comparison.is_some() && !share.violated(), "{:?}", share.comparison);
}

/// C8's simplification has no bound: the ratio grows as long as one looks.
#[test]
fn an_unbounded_ratio_is_called_so() {
    let found = found(named("C8.simplification"), 4000);
    assert!(found.violated() && found.ratio > 1e3, "{}", found.ratio);
}

/// As many evaluations again find the same instance; more do not find a lesser one.
#[test]
fn searches_repeat() {
    let (first, again, longer) = (found(named("C7"), 400), found(named("C7"), 400), found(named("C7"), 800));
    assert_eq!((first.ratio, first.at, first.evaluations), (again.ratio, again.at, again.evaluations));
    assert_eq!(format!("{:?}", first.candidate), format!("{:?}", again.candidate));
    assert!(longer.ratio >= first.ratio);
}
