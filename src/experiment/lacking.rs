//! Means that have no interval since the replicates are too few: a figure says so, where a bare line would look decided.

use super::Table;
use crate::Result;
use crate::stats::STUDENT_FROM;
use crate::words::counted;

/// Whether a mean has no interval for want of replicates, whose number is as a table has it.
pub(super) fn is_lacking(replicates: &str, mean: f64, lo: Option<f64>) -> bool {
    mean.is_finite() && lo.is_none() && replicates.parse::<usize>().is_ok_and(|count| count < STUDENT_FROM)
}

/// How many points there are, and how many of them have no interval for want of replicates.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lacking {
    all: usize,
    lacking: usize,
}

impl Lacking {
    /// Adds the points that some rows hold: means with the lower ends of their intervals.
    pub(super) fn add(
        &mut self,
        rows: &Table,
        points: impl Fn(&Table) -> Result<Vec<(f64, Option<f64>)>>,
    ) -> Result<()> {
        for replicates in rows.distinct("replicates")? {
            let points = points(&rows.filter(&[("replicates", &replicates)])?)?;
            self.all += points.len();
            self.lacking += points.iter().filter(|(mean, lo)| is_lacking(&replicates, *mean, *lo)).count();
        }
        Ok(())
    }

    /// What a panel says of it.
    pub(super) fn note(self) -> Option<String> {
        match self {
            Self { lacking: 0, .. } => None,
            Self { all, lacking } if all == lacking => Some("no interval: too few replicates".to_owned()),
            Self { all, lacking } => {
                Some(format!("no interval at {lacking} of {}: too few replicates", counted(all, "point")))
            }
        }
    }
}
