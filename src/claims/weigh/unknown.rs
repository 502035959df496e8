//! What of the evidence could not be compared, and why.

use std::fmt;

use crate::absent::Absent;
use crate::claims::evidence::{Comparison, CurvePoint, Evidence, Ratio};

/// Reasons that are named; of further ones it is said how many there are.
const NAMED: usize = 3;

/// What could not be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// How many comparisons, or steps and cells that would have given some.
    pub count: usize,
    /// Why: each reason once, with the first place at which it was met.
    pub reasons: Vec<String>,
}

impl Unknown {
    /// Of evidence; `None` where all of it is known.
    pub(super) fn of(evidence: &Evidence) -> Option<Self> {
        match evidence {
            Evidence::Cases(cases) => {
                let applying = cases.iter().filter(|case| case.applies()).flat_map(|case| &case.comparisons);
                let numberless = applying.filter(|comparison| Comparison::unknown(comparison)).count();
                Self::lacking(cases.iter().flat_map(|case| &case.absent)).and(numberless)
            }
            Evidence::Curves(curves) => {
                let numberless = |point: &&CurvePoint| point.x.is_nan() || point.values.iter().any(|v| v.is_nan());
                Self::none().and(curves.iter().flat_map(|curve| &curve.points).filter(numberless).count())
            }
            Evidence::Ratios(ratios) => {
                let numberless = |ratio: &&Ratio| ratio.shape.is_nan() || ratio.values.iter().any(|v| v.is_nan());
                Self::none().and(ratios.iter().filter(numberless).count())
            }
        }
        .some()
    }

    /// Of quantities that are not there.
    pub fn lacking<'a>(absent: impl IntoIterator<Item = &'a Absent>) -> Self {
        let mut unknown = Self::none();
        let mut known: Vec<String> = Vec::new();
        for absent in absent {
            unknown.count += 1;
            let reason = absent.reason();
            if !known.contains(&reason) {
                known.push(reason);
                unknown.reasons.push(absent.to_string());
            }
        }
        unknown
    }

    /// Itself, if there is anything.
    pub fn some(self) -> Option<Self> {
        (self.count > 0).then_some(self)
    }

    fn none() -> Self {
        Self { count: 0, reasons: Vec::new() }
    }

    /// With so many comparisons of which a side is no number.
    fn and(mut self, numberless: usize) -> Self {
        if numberless > 0 {
            self.count += numberless;
            self.reasons.push("a side is no number".to_owned());
        }
        self
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.reasons.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
        write!(f, "{} could not be compared: {named}", self.count)?;
        match self.reasons.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more such quantities"),
        }
    }
}
