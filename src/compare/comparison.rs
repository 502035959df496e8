//! What is said of the differences of A and B.

use super::gather::{Gathered, Values};
use crate::stats::interval::MISS;
use crate::stats::{MeanInterval, Method, each_of, mean_with_error, paired_interval, unpaired_interval};

/// The probability with which any interval at the joint level may miss.
pub const JOINT: f64 = 0.05;

/// What is said of a difference.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The interval at the joint level excludes 0.
    Differs,
    /// It does not.
    NotSeen,
    /// All values agree, bit for bit.
    Equal,
    /// Both are exact, and no farther from each other than rounding may take them.
    Rounding,
    /// Nothing is known, for this reason.
    Unknown(String),
}

impl Verdict {
    /// Its name in outputs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::NotSeen => "no difference seen",
            Self::Equal => "equal",
            Self::Rounding => "equal up to rounding",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A quantity of a pair in a round.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The pair's place.
    pub pair: usize,
    /// The column, such as `failure_0.5`.
    pub quantity: String,
    /// t.
    pub t: usize,
    /// Replicates of A and B that it was compared on; 0 where there are none.
    pub replicates: [usize; 2],
    /// The means of A and B; `None` where they do not exist or are not finite.
    pub means: Option<[f64; 2]>,
    /// The mean of B minus that of A.
    pub difference: Option<f64>,
    /// The 95% interval of the difference.
    pub interval: Option<(f64, f64)>,
    /// The interval at the joint level.
    pub joint: Option<(f64, f64)>,
    /// Where the intervals come from, or why there are none.
    pub method: &'static str,
    /// What is said.
    pub verdict: Verdict,
}

impl Row {
    /// How far from 0 the difference can be, at the joint level.
    pub fn at_most(&self) -> Option<f64> {
        self.joint.map(|(low, high)| low.abs().max(high.abs()))
    }

    /// Whether chance has no part in it.
    pub fn is_exact(&self) -> bool {
        self.method == Method::Exact.name()
    }

    /// Whether both means are there, and it is unknown whether what they estimate differs.
    pub fn is_open(&self) -> bool {
        self.means.is_some() && matches!(self.verdict, Verdict::Unknown(_))
    }

    /// Whether all values agree, at least up to rounding.
    pub fn is_equal(&self) -> bool {
        matches!(self.verdict, Verdict::Equal | Verdict::Rounding)
    }

    /// Whether they agree on a single replicate, of which another may be otherwise.
    pub fn is_equal_on_one(&self) -> bool {
        self.is_equal() && self.replicates == [1, 1] && !self.is_exact()
    }
}

/// A whole comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What was compared.
    pub gathered: Gathered,
    /// The rows: pair by pair, quantity by quantity, round by round.
    pub rows: Vec<Row>,
    /// How many differences have an interval, among which the joint level is shared.
    pub intervals: usize,
}

impl Comparison {
    /// What each interval at the joint level may miss.
    pub fn miss(&self) -> f64 {
        each_of(JOINT, self.intervals)
    }

    /// The rows of a quantity.
    pub fn of<'a>(&'a self, quantity: &'a str) -> impl Iterator<Item = &'a Row> + Clone {
        self.rows.iter().filter(move |row| row.quantity == quantity)
    }

    /// Whether a difference of some quantity was found.
    pub fn differs(&self) -> bool {
        self.rows.iter().any(|row| row.verdict == Verdict::Differs)
    }
}

/// Judges all differences together: each interval at the joint level may miss with a share of [`JOINT`].
pub(super) fn judged(mut gathered: Gathered) -> Comparison {
    let mut entries = std::mem::take(&mut gathered.entries);
    let place = |quantity: &String| gathered.quantities.iter().position(|other| other == quantity);
    entries.sort_by_key(|entry| (entry.pair, place(&entry.quantity), entry.t));
    let intervals =
        entries.iter().filter(|entry| entry.found.as_ref().is_ok_and(|values| values.counts(entry.t))).count();
    let miss = each_of(JOINT, intervals);
    let row = |entry: super::gather::Entry| {
        let nothing = Row {
            pair: entry.pair,
            quantity: entry.quantity,
            t: entry.t,
            replicates: [0, 0],
            means: None,
            difference: None,
            interval: None,
            joint: None,
            method: "absent",
            verdict: Verdict::Equal,
        };
        match entry.found {
            Err(reason) => Row { verdict: Verdict::Unknown(reason), ..nothing },
            Ok(values) => values.judge(nothing, miss),
        }
    };
    let rows = entries.into_iter().map(row).collect();
    Comparison { gathered, rows, intervals }
}

impl Values {
    /// Whether all values agree: pair by pair, or, without pairs, all with each other.
    fn agree(&self) -> bool {
        if self.paired {
            return self.a == self.b;
        }
        let first = self.a[0];
        self.a.iter().chain(&self.b).all(|&value| value == first)
    }

    fn finite(&self) -> bool {
        self.a.iter().chain(&self.b).all(|value| value.is_finite())
    }

    /// Whether nothing is left to chance: both are exact, or pairs have not begun to differ at t = 0.
    fn is_settled(&self, t: usize) -> bool {
        self.exact || (self.paired && t == 0 && self.agree())
    }

    /// Whether its difference has an interval that may miss.
    fn counts(&self, t: usize) -> bool {
        self.finite() && !self.is_settled(t) && self.of(MISS).ends.is_some()
    }

    /// The difference with an interval that misses with this probability.
    fn of(&self, miss: f64) -> MeanInterval {
        let interval = if self.paired { paired_interval } else { unpaired_interval };
        interval(&self.a, &self.b, self.ranges, miss)
    }

    /// The difference of two exact numbers, with what rounding may have done.
    fn exact_difference(&self) -> MeanInterval {
        let [a, b] = [&self.a, &self.b].map(|values| mean_with_error(values).0);
        let rounding = if self.agree() { 0.0 } else { self.rounding };
        MeanInterval { mean: b - a, ends: Some((b - a - rounding, b - a + rounding)), method: Method::Exact }
    }

    fn judge(&self, row: Row, miss: f64) -> Row {
        let row = Row { replicates: [self.a.len(), self.b.len()], ..row };
        if !self.finite() {
            let verdict =
                if self.agree() { Verdict::Equal } else { Verdict::Unknown("a value is not finite".to_owned()) };
            return Row { method: Method::Infinite.name(), verdict, ..row };
        }
        let (pointwise, joint) = if self.is_settled(row.t) {
            let exact = self.exact_difference();
            (exact, exact)
        } else {
            (self.of(MISS), self.of(miss))
        };
        let verdict = match joint.ends {
            _ if self.agree() => Verdict::Equal,
            Some((low, high)) if low > 0.0 || high < 0.0 => Verdict::Differs,
            Some(_) if joint.method == Method::Exact => Verdict::Rounding,
            Some(_) => Verdict::NotSeen,
            None => Verdict::Unknown(joint.method.name().to_owned()),
        };
        Row {
            means: Some([&self.a, &self.b].map(|values| mean_with_error(values).0)),
            difference: Some(pointwise.mean),
            interval: pointwise.ends,
            joint: joint.ends,
            method: joint.method.name(),
            verdict,
            ..row
        }
    }
}
