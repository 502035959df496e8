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
pub struct Subject {
    /// Its name in `selfreward bound`.
    pub bound: &'static str,
    /// Those beside which it is drawn; any if there are none.
    pub quantities: &'static [&'static str],
    /// What stands on the vertical axis for its value: it, or its square.
    pub(super) square: bool,
    pub(super) side: Side,
    pub(super) rounds: Rounds,
    /// The one kind of instance that it is about.
    pub kind: Option<&'static str>,
    /// Whether the size of the statistical error in it is that of the paper's own loop, not what was measured.
    pub(super) papers_loop: bool,
    /// Whether it is void where logits are fixed (M8): a policy of the class is to have loss 0.
    pub(super) realizable: bool,
    /// Whether its ball is that of the linear class.
    pub(super) ball: bool,
    /// Flags of which it takes those of one side only; where cells know both, the first.
    pub either: &'static [[&'static [&'static str]; 2]],
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

/// A line for each bound of which more is known.
pub static SUBJECTS: &[Subject] = &[
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
