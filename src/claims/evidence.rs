//! What claims are weighed on: numbers that were measured beside the numbers that a statement sets against them.

use std::sync::Arc;

use crate::instance::Instance;
use crate::simulate::Config;

/// A measured number and the number that it must not exceed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The left-hand side, as measured.
    pub measured: f64,
    /// The right-hand side.
    pub bound: f64,
    /// By how much rounding alone may lift `measured` above `bound`, ≥ 0; derived where the comparison is made.
    pub tolerance: f64,
    /// What `measured` cannot exceed whatever the statement says: 1 for a probability, ∞ where nothing is known.
    pub ceiling: f64,
}

impl Comparison {
    /// A comparison.
    pub fn new(measured: f64, bound: f64, tolerance: f64, ceiling: f64) -> Self {
        Self { measured, bound, tolerance, ceiling }
    }

    /// A comparison of probabilities: they do not exceed 1.
    pub fn probability(measured: f64, bound: f64, tolerance: f64) -> Self {
        Self::new(measured, bound, tolerance, 1.0)
    }

    /// A comparison of numbers without a ceiling.
    pub fn unlimited(measured: f64, bound: f64, tolerance: f64) -> Self {
        Self::new(measured, bound, tolerance, f64::INFINITY)
    }

    /// An identity: the difference of its sides must vanish but for rounding.
    pub fn identity(left: f64, right: f64, tolerance: f64) -> Self {
        Self::unlimited((left - right).abs(), 0.0, tolerance)
    }

    /// Whether the statement could have failed here: bound and tolerance together lie below the ceiling.
    pub fn informative(&self) -> bool {
        self.bound + self.tolerance < self.ceiling
    }

    /// Whether the statement fails here; a side that is no number is a failure.
    pub fn exceeds(&self) -> bool {
        let holds = self.measured <= self.bound + self.tolerance;
        !holds
    }

    /// measured/(bound + tolerance), above 1 where the statement fails; 0 where both sides are 0.
    pub fn ratio(&self) -> f64 {
        let limit = self.bound + self.tolerance;
        match () {
            () if self.measured.is_nan() || limit.is_nan() => f64::INFINITY,
            () if limit == f64::INFINITY => 0.0,
            () if self.measured <= 0.0 && limit >= 0.0 => 0.0,
            () if limit <= 0.0 => f64::INFINITY,
            () => self.measured / limit,
        }
    }
}

/// Which replicate of which cell: enough to find it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The experiment; empty for a constructed case.
    pub experiment: &'static str,
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
    /// How many replicates it stands for; 0 counts as 1.
    pub replicates: usize,
    /// What replays it, where it was constructed by running the process.
    pub replay: Option<Arc<Replay>>,
}

impl Case {
    /// Whether all hypotheses hold.
    pub fn applies(&self) -> bool {
        self.assumptions.iter().all(|(_, met)| *met)
    }

    /// Whether the statement fails anywhere in it.
    pub fn exceeds(&self) -> bool {
        self.comparisons.iter().any(Comparison::exceeds)
    }
}

/// A measured quantity along an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// The experiment; filled in by whoever collects.
    pub experiment: &'static str,
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
