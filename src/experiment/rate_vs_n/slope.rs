//! The slope of log F over the cells of a part, with its interval by the bootstrap over replicates, beside the slope that a law
//! has over the same cells.

use super::row::bracketed;
use crate::Result;
use crate::experiment::{CellRows, Results};
use crate::metrics::named::Metric;
use crate::stats::{Estimate, Measured, Observation, bootstrap, line};

/// Resamples: the error is known to 1/√(2·400) = 3.5%, the ends of the 95% interval to about 0.1 errors.
const RESAMPLES: usize = 400;

/// Bootstrap errors that a slope may lie from its law. The bootstrap understates an error by up to √(R/(R−1)) (3.3% at R = 16,
/// the fewest) and knows it to 3.5%, so that 7 of its errors are at least 6.5 true ones, with 70 degrees of freedom and more in
/// most fits: Student's t exceeds that with probability 1e-8, two-sided, and there are 12 slopes.
pub const FAR: f64 = 7.0;

/// The largest share of the law's exponent that [`FAR`] errors may come to. An exponent known less well is no evidence for its law.
const WIDEST: f64 = 1.0 / 3.0;

/// The laws compared are laws of leading order: a point weighs no more than one known to this relative error.
const LAW_ERROR: f64 = 1e-3;

/// What a slope is a slope of, and in what.
pub struct Question<'a> {
    /// The rate, such as `failure_0.5`.
    pub quantity: Metric,
    /// T.
    pub rounds: usize,
    /// The abscissa, from n.
    pub abscissa: fn(f64) -> f64,
    /// Whether only the half of the cells with the larger log n is used.
    pub large_half: bool,
    /// The logarithm of the law, up to a constant, at a cell.
    pub log_law: &'a dyn Fn(&CellRows) -> Result<f64>,
}

/// The answer.
#[derive(Clone, Copy, Debug)]
pub struct Slope {
    /// The measured slope.
    pub measured: Estimate,
    /// The law's slope over the same cells with the same weights.
    pub law: f64,
    /// n of the first and of the last cell used.
    pub span: (f64, f64),
}

impl Slope {
    /// Whether measurement and law agree within [`FAR`] errors.
    pub fn agrees(&self) -> bool {
        let (lo, hi) = self.measured.beyond(FAR);
        (lo..=hi).contains(&self.law)
    }

    /// [`FAR`] errors: how far from the law the slope may lie.
    pub fn allowed(&self) -> f64 {
        FAR * self.measured.error
    }

    /// Whether agreement after so many rounds T would say anything: [`FAR`] errors are at most [`WIDEST`] of the law's exponent, and at
    /// most half the way to that of T ± 1 rounds, which is one T-th of it away.
    pub fn settles(&self, rounds: usize) -> bool {
        self.allowed() <= self.law.abs() * WIDEST.min(0.5 / rounds as f64)
    }

    /// `−0.501 [−0.511, −0.492]`.
    pub fn text(&self) -> String {
        let Estimate { value, lo, hi, .. } = self.measured;
        bracketed(value, lo, hi)
    }
}

/// A cell's point: replicates, mean, weight.
struct Point {
    n: f64,
    values: Vec<f64>,
    weight: f64,
    law: f64,
}

/// Fits a slope; `None` where fewer than two cells have a rate known to better than a third.
pub fn slope(results: &Results, cells: &[CellRows], question: &Question<'_>) -> Result<Option<Slope>> {
    let mut points = Vec::new();
    for cell in cells {
        let (n, values) = (cell.number("process.samples")?, cell.values(question.quantity, question.rounds)?);
        let rate = Measured::of(n, &values);
        if known(&rate) {
            let Measured { mean, error, .. } = rate;
            let weight = 1.0 / ((error / mean).powi(2) + LAW_ERROR * LAW_ERROR);
            points.push(Point { n, values, weight, law: (question.log_law)(cell)? });
        }
    }
    let (first, last) = match (cells.first(), points.last()) {
        (Some(first), Some(last)) => (first.number("process.samples")?, last.n),
        _ => return Ok(None),
    };
    points.retain(|point| !question.large_half || point.n * point.n >= first * last);
    if points.len() < 2 {
        return Ok(None);
    }
    let law = fit(&points, question.abscissa, |_, point| point.law)?;
    let name = format!("{} {} {} {last}", cells[0].cell.part, question.quantity, question.rounds);
    let seed = results.study.seed.resolve()?.named("bootstrap", &name);
    let sizes: Vec<usize> = points.iter().map(|point| point.values.len()).collect();
    let abscissa = question.abscissa;
    let measured = bootstrap(&sizes, RESAMPLES, 0.95, &seed, |lists| {
        let mean = |g: usize, p: &Point| lists[g].iter().map(|&r| p.values[r]).sum::<f64>() / lists[g].len() as f64;
        fit(&points, abscissa, |g, point| mean(g, point).ln()).ok()
    })?;
    Ok(Some(Slope { measured, law, span: (points[0].n, last) }))
}

/// The slope of a line through the points, with their weights.
fn fit(points: &[Point], abscissa: fn(f64) -> f64, log_rate: impl Fn(usize, &Point) -> f64) -> Result<f64> {
    let observation = |(g, p): (usize, &Point)| Observation { x: abscissa(p.n), y: log_rate(g, p), weight: p.weight };
    line(&points.iter().enumerate().map(observation).collect::<Vec<_>>()).map(|line| line.slope)
}

/// Whether a rate is known to better than a third.
pub fn known(rate: &Measured) -> bool {
    rate.mean > 0.0 && rate.error <= rate.mean / 3.0
}
