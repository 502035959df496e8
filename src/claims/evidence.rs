//! What claims are weighed on: numbers that were measured beside the numbers that a statement sets against them.

use std::fmt;
use std::sync::Arc;

use super::words::{apart, figure};
use crate::absent::Absent;
use crate::instance::Instance;
use crate::simulate::Config;

/// A measured number and the number that it must not exceed.
///
/// Where a side is NaN nothing is known: such a comparison neither exceeds nor says anything.
///
/// ```
/// use selfreward::claims::Comparison;
///
/// let kept = Comparison::probability(0.2, 0.5, 0.0);
/// assert!(!kept.exceeds() && kept.informative());
/// assert_eq!(kept.to_string(), "0.2 ≤ 0.5");
/// // A bound above 1 excludes nothing of a probability; what is no number says nothing.
/// assert!(!Comparison::probability(0.2, 1.5, 0.0).informative());
/// assert!(Comparison::probability(f64::NAN, 0.5, 0.0).unknown());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The side that must not be the larger: what was measured, or the bound of [`Form::AtLeast`].
    pub measured: f64,
    /// The side that must not be the lesser.
    pub bound: f64,
    /// By how much rounding alone may lift `measured` above `bound`, ≥ 0; derived where the comparison is made.
    pub tolerance: f64,
    /// What `measured` cannot exceed whatever the statement says: 1 for a probability, ∞ where nothing is known.
    pub ceiling: f64,
    /// How the statement puts it.
    pub form: Form,
}

/// How a statement puts a comparison; it decides nothing, and is what a reader sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// measured ≤ bound.
    AtMost,
    /// measured ≥ bound: the bound stands on the side that must not be the larger.
    AtLeast,
    /// left = right: the side that must not be the larger is their distance, the bound is 0.
    Equal {
        /// The left-hand side.
        left: f64,
        /// The right-hand side.
        right: f64,
    },
}

impl Comparison {
    /// A comparison.
    pub fn new(measured: f64, bound: f64, tolerance: f64, ceiling: f64) -> Self {
        Self { measured, bound, tolerance, ceiling, form: Form::AtMost }
    }

    /// A comparison of probabilities: they do not exceed 1.
    pub fn probability(measured: f64, bound: f64, tolerance: f64) -> Self {
        Self::new(measured, bound, tolerance, 1.0)
    }

    /// A comparison of numbers without a ceiling.
    pub fn unlimited(measured: f64, bound: f64, tolerance: f64) -> Self {
        Self::new(measured, bound, tolerance, f64::INFINITY)
    }

    /// A lower bound: `measured` ≥ `bound`, but for the tolerance.
    pub fn at_least(measured: f64, bound: f64, tolerance: f64) -> Self {
        Self { form: Form::AtLeast, ..Self::unlimited(bound, measured, tolerance) }
    }

    /// An identity: the difference of its sides must vanish but for rounding.
    pub fn identity(left: f64, right: f64, tolerance: f64) -> Self {
        Self { form: Form::Equal { left, right }, ..Self::unlimited((left - right).abs(), 0.0, tolerance) }
    }

    /// Whether a side or the tolerance is no number, so that nothing can be said.
    pub fn unknown(&self) -> bool {
        self.measured.is_nan() || (self.bound + self.tolerance).is_nan()
    }

    /// Whether the statement could have failed here: bound and tolerance together lie below the ceiling.
    pub fn informative(&self) -> bool {
        !self.unknown() && self.bound + self.tolerance < self.ceiling
    }

    /// Whether the statement is known to fail here.
    pub fn exceeds(&self) -> bool {
        self.measured > self.bound + self.tolerance
    }

    /// measured/(bound + tolerance), above 1 where the statement fails; 0 where both sides are 0, NaN where nothing is known.
    pub fn ratio(&self) -> f64 {
        let limit = self.bound + self.tolerance;
        match () {
            () if self.unknown() => f64::NAN,
            () if limit == f64::INFINITY => 0.0,
            () if self.measured <= 0.0 && limit >= 0.0 => 0.0,
            () if limit <= 0.0 => f64::INFINITY,
            () => self.measured / limit,
        }
    }

    /// What was measured and what it is held against, each in its own place.
    pub fn sides(&self) -> (f64, f64) {
        match self.form {
            Form::AtLeast => (self.bound, self.measured),
            Form::AtMost | Form::Equal { .. } => (self.measured, self.bound),
        }
    }
}

/// The comparison in numbers, such as `0.4159 ≤ 0.762`; true as it stands. A tolerance is shown where it is seen in the digits or
/// decides.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (measured, bound) = self.sides();
        let limit = figure(self.tolerance);
        if let Form::Equal { left, right } = self.form {
            let distance = match right {
                0.0 => format!("|{}|", figure(left)),
                _ if right < 0.0 => format!("|{} + {}| = {}", figure(left), figure(-right), figure(self.measured)),
                _ => format!("|{} − {}| = {}", figure(left), figure(right), figure(self.measured)),
            };
            return match self.exceeds() {
                true => write!(f, "{distance} > {limit}"),
                false => write!(f, "{distance}, 0 up to {limit} wanted"),
            };
        }
        let sign = match (self.form, self.exceeds()) {
            (Form::AtLeast, false) => "≥",
            (Form::AtLeast, true) => "<",
            (_, false) => "≤",
            (_, true) => ">",
        };
        let decides = self.measured > self.bound && !self.exceeds() && figure(measured) != figure(bound);
        let size = bound.abs().max(measured.abs());
        let seen = size > 0.0 && self.tolerance > 1e-4 * size;
        if self.tolerance == f64::INFINITY {
            return write!(f, "{} beside {}, with nothing known of its error", figure(measured), figure(bound));
        }
        let (measured, bound) = if self.exceeds() { apart(measured, bound) } else { (figure(measured), figure(bound)) };
        match (decides || seen, self.form) {
            (false, _) => write!(f, "{measured} {sign} {bound}"),
            (true, Form::AtLeast) => write!(f, "{measured} {sign} {bound} − {limit}"),
            (true, _) => write!(f, "{measured} {sign} {bound} + {limit}"),
        }
    }
}

/// Which replicate of which cell: enough to find it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The experiment, or the name of a definition of someone's own; empty for a constructed case.
    pub experiment: Arc<str>,
    /// The cell's ordinal in the study; the number of a constructed case.
    pub cell: usize,
    /// The replicate.
    pub replicate: usize,
    /// The size of the instance, so that the smallest witness can be shown.
    pub size: usize,
}

/// An instance with the process on it, of which a constructed case is a run.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The process; its `[instance]` stands for nothing.
    pub config: Config,
    /// The instance.
    pub instance: Instance,
}

/// What one replicate says about a statement.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Where it comes from.
    pub place: Place,
    /// The statement's hypotheses, and whether they hold here.
    pub assumptions: Vec<(&'static str, bool)>,
    /// The statement itself, as often as it applies; of no weight where a hypothesis fails.
    pub comparisons: Vec<Comparison>,
    /// What could not be compared because a quantity is not there: one entry for each step, or for all of it.
    pub absent: Vec<Absent>,
    /// How many replicates it stands for; 0 counts as 1.
    pub replicates: usize,
    /// What replays it, where it was constructed by running the process.
    pub replay: Option<Arc<Replay>>,
}

impl Case {
    /// One of which nothing is known.
    pub fn unknown(absent: Absent) -> Self {
        Self { absent: vec![absent], ..Self::default() }
    }

    /// Whether there is anything that could not be compared: a quantity that is not there, or a side that is no number.
    pub fn partly_unknown(&self) -> bool {
        !self.absent.is_empty() || (self.applies() && self.comparisons.iter().any(Comparison::unknown))
    }

    /// Whether all hypotheses hold.
    pub fn applies(&self) -> bool {
        self.assumptions.iter().all(|(_, met)| *met)
    }

    /// Whether the statement is known to fail anywhere in it.
    pub fn exceeds(&self) -> bool {
        self.comparisons.iter().any(Comparison::exceeds)
    }
}

/// A measured quantity along an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// The experiment, or the name of a definition of someone's own; filled in by whoever collects.
    pub experiment: Arc<str>,
    /// What tells it from the other curves.
    pub label: String,
    /// Its points, in the order of the axis.
    pub points: Vec<CurvePoint>,
}

/// One point of a curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// The cell: points of one cell (rounds of one trajectory) are resampled together.
    pub cell: usize,
    /// The abscissa.
    pub x: f64,
    /// One value for each replicate of the cell.
    pub values: Vec<f64>,
}

/// A measured mean beside the shape that a statement gives it up to a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    /// The cell's ordinal.
    pub cell: usize,
    /// One value for each replicate.
    pub values: Vec<f64>,
    /// The shape, > 0.
    pub shape: f64,
    /// Whether the shape excludes anything here at constant 1.
    pub informative: bool,
    /// Where on the grid.
    pub axes: Axes,
}

/// Coordinates along which a shape must not drift; NaN where a coordinate has no meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axes {
    /// n.
    pub samples: f64,
    /// T.
    pub rounds: f64,
    /// κ_0.
    pub kappa0: f64,
    /// d, or log #Π.
    pub complexity: f64,
}

/// Everything collected for one statement.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// Replicates (or constructed cases), each on its own.
    Cases(Vec<Case>),
    /// Curves.
    Curves(Vec<Curve>),
    /// Means beside shapes.
    Ratios(Vec<Ratio>),
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Distinct instances.
    pub instances: usize,
    /// Cells.
    pub cells: usize,
    /// Replicates.
    pub replicates: usize,
}

impl Evidence {
    /// Adds more of the same kind; of another kind it replaces what was there only if that was empty.
    pub fn extend(&mut self, more: Self) {
        match (self, more) {
            (Self::Cases(all), Self::Cases(more)) => all.extend(more),
            (Self::Curves(all), Self::Curves(more)) => all.extend(more),
            (Self::Ratios(all), Self::Ratios(more)) => all.extend(more),
            _ => unreachable!("a claim collects evidence of one kind"),
        }
    }
}
