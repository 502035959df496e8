//! What is known of bounds beyond the calculator's own words: of which quantities, rounds and cells each speaks, and on which side of
//! them it lies. What stands in no line here is an upper bound that is drawn beside whatever is asked for.

/// On which side of what it speaks of a number of the theory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Upper,
    Lower,
    /// It is the very number, in expectation.
    Law,
}

/// Rounds of which a bound speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounds {
    Any,
    /// t = 1 alone.
    First,
}

/// What a bound speaks of.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) bound: &'static str,
    /// Those beside which it is drawn; any if there are none.
    pub(super) quantities: &'static [&'static str],
    /// What stands on the vertical axis for its value: it, or its square.
    pub(super) square: bool,
    pub(super) side: Side,
    pub(super) rounds: Rounds,
    /// The one kind of instance that it is about.
    pub(super) kind: Option<&'static str>,
    /// Whether the size of the statistical error in it is that of the paper's own loop, not what was measured.
    pub(super) papers_loop: bool,
    /// Whether it is void where logits are fixed (M8): a policy of the class is to have loss 0.
    pub(super) realizable: bool,
    /// Whether its ball is that of the linear class.
    pub(super) ball: bool,
    /// Flags of which it takes those of one side only; where cells know both, the first.
    pub(super) either: &'static [[&'static [&'static str]; 2]],
}

/// A bound of which no line says anything.
pub(super) static ANY: Subject = ANYTHING;

const ANYTHING: Subject = Subject {
    bound: "",
    quantities: &[],
    square: false,
    side: Side::Upper,
    rounds: Rounds::Any,
    kind: None,
    papers_loop: false,
    realizable: false,
    ball: false,
    either: &[SIZES],
};

/// A size of a class stands for its logarithm.
const SIZES: [&[&str]; 2] = [&["class-size"], &["log-class-size"]];
/// A finite class, or the linear one.
const CLASSES: [&[&str]; 2] = [&["class-size", "log-class-size", "range"], &["dim", "radius", "theta-norm"]];
/// The least T for this n, or the least n for this T.
const BUDGETS: [&[&str]; 2] = [&["n"], &["rounds"]];

const FAILURE: &[&str] = &["failure"];
const CONDITION: &[&str] = &["kappa", "kappa_minus_one"];

pub(super) static SUBJECTS: &[Subject] = &[
    Subject { bound: "one-step", quantities: &["failure", "comparator_failure"], ..ANYTHING },
    Subject { bound: "iterative", quantities: FAILURE, papers_loop: true, realizable: true, ..ANYTHING },
    Subject {
        bound: "linear-softmax",
        quantities: FAILURE,
        papers_loop: true,
        realizable: true,
        ball: true,
        ..ANYTHING
    },
    Subject {
        bound: "single-step",
        quantities: FAILURE,
        side: Side::Lower,
        rounds: Rounds::First,
        papers_loop: true,
        ..ANYTHING
    },
    Subject {
        bound: "hard-instance",
        quantities: FAILURE,
        side: Side::Law,
        kind: Some("hard"),
        papers_loop: true,
        ..ANYTHING
    },
    Subject { bound: "misspecified-failure", quantities: FAILURE, ..ANYTHING },
    Subject { bound: "recurrence", quantities: CONDITION, ..ANYTHING },
    Subject { bound: "fixed-point", quantities: CONDITION, ..ANYTHING },
    Subject { bound: "drift", quantities: &["step_drift"], ..ANYTHING },
    // ε bounds the root of the loss.
    Subject {
        bound: "epsilon",
        quantities: &["population_loss"],
        square: true,
        papers_loop: true,
        realizable: true,
        ball: true,
        either: &[SIZES, CLASSES],
        ..ANYTHING
    },
    Subject {
        bound: "iterations",
        papers_loop: true,
        realizable: true,
        ball: true,
        either: &[SIZES, CLASSES, BUDGETS],
        ..ANYTHING
    },
    Subject {
        bound: "zero-failure",
        quantities: &["min_confidence"],
        side: Side::Lower,
        papers_loop: true,
        realizable: true,
        ..ANYTHING
    },
    Subject { bound: "exact-recovery", papers_loop: true, realizable: true, ..ANYTHING },
    Subject { bound: "bayes-floor", side: Side::Lower, kind: Some("hard"), ..ANYTHING },
    Subject { bound: "feedback-map", side: Side::Lower, ..ANYTHING },
    Subject { bound: "best-of-n", side: Side::Law, ..ANYTHING },
    Subject { bound: "vote", side: Side::Law, ..ANYTHING },
    Subject { bound: "rise-then-fall", side: Side::Law, ..ANYTHING },
    Subject { bound: "loop-map", side: Side::Law, ..ANYTHING },
];

impl Subject {
    /// What is said of a bound.
    pub(super) fn of(bound: &str) -> &'static Self {
        SUBJECTS.iter().find(|subject| subject.bound == bound).unwrap_or(&ANY)
    }

    /// What the bound is called in a legend.
    pub(super) fn noun(&self) -> &'static str {
        match self.side {
            Side::Upper => "bound",
            Side::Lower => "lower bound",
            Side::Law => "law",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SUBJECTS;
    use crate::metrics::Quantity;
    use crate::papers::PAPERS;
    use crate::simulate::kinds::Entry;

    #[test]
    fn names_are_those_of_bounds_quantities_kinds_and_flags() {
        for subject in SUBJECTS {
            let bound = PAPERS.iter().flat_map(|paper| paper.bounds).find(|bound| bound.name == subject.bound);
            let usage = bound.unwrap_or_else(|| panic!("{}", subject.bound)).usage;
            // A δ stands where some quantities have one.
            let is_known =
                |name: &str| Quantity::of_column(name).or(Quantity::of_column(&format!("{name}_0.5"))).is_some();
            assert!(subject.quantities.iter().all(|name| is_known(name)), "{subject:?}");
            assert!(subject.kind.is_none_or(|kind| Entry::named(kind).is_some()), "{subject:?}");
            for flag in subject.either.iter().skip(1).flatten().copied().flatten() {
                assert!(usage.contains(flag), "{flag}: {subject:?}");
            }
            let same = SUBJECTS.iter().filter(|other| other.bound == subject.bound).count();
            assert_eq!(same, 1, "{}", subject.bound);
        }
    }
}
