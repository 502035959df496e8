//! The bootstrap over replicates.

use rand::RngExt;
use rayon::prelude::*;

use crate::seed::{Purpose, Seed};
use crate::stats::binomial::check_level;
use crate::{Error, Result};

/// A statistic with its bootstrap error and interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The statistic of the data themselves.
    pub value: f64,
    /// Standard deviation of the statistic over the resamples (with R − 1).
    pub error: f64,
    /// Lower end of the percentile interval.
    pub lo: f64,
    /// Upper end of the percentile interval.
    pub hi: f64,
    /// Resamples on which the statistic is undefined (`None` or not finite); they enter neither `error` nor the interval.
    pub undefined: usize,
}

impl Estimate {
    /// (value − z·error, value + z·error): ends for a check with a small false-alarm rate, where the percentiles that it would
    /// take lie beyond what the resamples resolve.
    pub fn beyond(&self, z: f64) -> (f64, f64) {
        (self.value - z * self.error, self.value + z * self.error)
    }
}

/// Bootstraps a statistic of replicates in groups.
///
/// `sizes[g]` is the number of replicates of group g (a cell of a grid). `statistic` gets one list of replicate indices per
/// group, of that length: a replicate's whole trajectory is one unit. The value is the statistic of the lists 0, 1, 2, …; each
/// of `resamples` draws every group's list with replacement, from a stream of its own, so that the result is the same for any
/// number of threads. The interval runs between the α/2 and 1 − α/2 quantiles of the resamples (linear between order
/// statistics), α = 1 − `level`.
///
/// # Errors
/// No group, an empty group, fewer than 2 resamples, `level` outside (0, 1), more than 2^24 groups or 2^36 resamples; a
/// statistic that is undefined on the data, or on all resamples but one.
///
/// ```
/// use selfreward::seed::Seed;
/// use selfreward::stats::bootstrap;
///
/// let values = [0.0, 0.0, 1.0, 1.0];
/// let mean = |lists: &[Vec<usize>]| Some(lists[0].iter().map(|&i| values[i]).sum::<f64>() / 4.0);
/// let estimate = bootstrap(&[4], 4000, 0.95, &Seed::from_number(1), mean)?;
/// assert_eq!(estimate.value, 0.5);
/// // A resample's mean has the standard deviation √(¼/4) = ¼; 4000 of them show it to about 1%.
/// assert!((estimate.error - 0.25).abs() < 0.02);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn bootstrap(
    sizes: &[usize],
    resamples: usize,
    level: f64,
    seed: &Seed,
    statistic: impl Fn(&[Vec<usize>]) -> Option<f64> + Sync,
) -> Result<Estimate> {
    check(sizes, resamples)?;
    check_level(level)?;
    let defined = |lists: &[Vec<usize>]| statistic(lists).filter(|value| value.is_finite());
    let identity: Vec<Vec<usize>> = sizes.iter().map(|&size| (0..size).collect()).collect();
    let value = defined(&identity)
        .ok_or_else(|| Error::argument("statistic", "undefined on the data", "a finite number on the data"))?;
    let drawn: Vec<Option<f64>> = (0..resamples)
        .into_par_iter()
        .map_init(
            || identity.clone(),
            |lists, resample| {
                redraw(lists, resample, seed);
                defined(lists)
            },
        )
        .collect();
    let mut values: Vec<f64> = drawn.into_iter().flatten().collect();
    if values.len() < 2 {
        let found = format!("defined on {} of {resamples} resamples", values.len());
        return Err(Error::argument("statistic", found, "a finite number on two resamples at least"));
    }
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Ok(Estimate {
        value,
        error: standard_deviation(&values),
        lo: quantile(&values, tail),
        hi: quantile(&values, 1.0 - tail),
        undefined: resamples - values.len(),
    })
}

fn check(sizes: &[usize], resamples: usize) -> Result<()> {
    if sizes.is_empty() || sizes.len() >= 1 << 24 {
        return Err(Error::argument("sizes", format!("{} groups", sizes.len()), "from 1 to 2^24 − 1 groups"));
    }
    if sizes.contains(&0) {
        return Err(Error::argument("sizes", 0, "a replicate in every group at least"));
    }
    if !(2..1 << 36).contains(&resamples) {
        return Err(Error::argument("resamples", resamples, "a whole number from 2 to 2^36 − 1"));
    }
    Ok(())
}

/// Fills every group's list with indices drawn with replacement.
fn redraw(lists: &mut [Vec<usize>], resample: usize, seed: &Seed) {
    for (group, list) in lists.iter_mut().enumerate() {
        let mut rng = seed.rng(Purpose::Bootstrap, group, resample);
        let size = list.len();
        list.iter_mut().for_each(|index| *index = rng.random_range(0..size));
    }
}

fn standard_deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / count).sum::<f64>();
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}

/// The quantile of sorted values, linear between order statistics.
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let place = probability * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}
