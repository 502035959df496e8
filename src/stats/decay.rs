//! Laws of decay: exponential, power law, exponential onto a floor.

use crate::stats::comparison::{Candidate, Ranked, rank};
use crate::stats::regression::{Line, Measured, Observation, line, log_observations};
use crate::{Error, Result};

/// A law of decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// y = C e^{−a t}.
    Exponential,
    /// y = C t^{−a}.
    PowerLaw,
    /// y = f + C e^{−a t}, f ≥ 0.
    ExponentialToFloor,
}

impl Law {
    const ALL: [Self; 3] = [Self::Exponential, Self::PowerLaw, Self::ExponentialToFloor];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::PowerLaw => "power law",
            Self::ExponentialToFloor => "exponential to a floor",
        }
    }

    /// Number of fitted parameters.
    pub fn parameters(self) -> usize {
        match self {
            Self::Exponential | Self::PowerLaw => 2,
            Self::ExponentialToFloor => 3,
        }
    }

    fn fit(self, points: &[Observation]) -> Result<Fit> {
        match self {
            Self::Exponential => line(points).map(Fit::from),
            Self::PowerLaw => {
                let moved: Vec<_> = points.iter().map(|&p| Observation { x: p.x.ln(), ..p }).collect();
                line(&moved).map(Fit::from)
            }
            Self::ExponentialToFloor => {
                let straight = Fit::from(line(points)?);
                let bent = to_floor(points);
                Ok(if bent.chi_square < straight.chi_square { bent } else { straight })
            }
        }
    }
}

/// A fitted law of decay and its place among the laws compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// Which law.
    pub law: Law,
    /// log C (C itself may leave the range of a double where t is large).
    pub log_scale: f64,
    /// a: rate per unit of t, or exponent.
    pub rate: f64,
    /// f; 0 for laws without a floor, and where no floor fits better than one above 0.
    pub floor: f64,
    /// Weighted sum of squared residuals of log y.
    pub chi_square: f64,
    /// Its [`aicc`](crate::stats::aicc).
    pub aicc: f64,
    /// AICc minus the least AICc among the laws.
    pub delta: f64,
    /// Akaike weight.
    pub weight: f64,
    /// Number of points fitted.
    pub points: usize,
    /// Number of points left out, since they have no logarithm.
    pub dropped: usize,
}

/// Fits every [`Law`] to points (x = t ≥ 1) by weighted least squares in log y and ranks them, best first.
///
/// `relative_error` is the model error: each point's error is joined in quadrature with `relative_error`·mean before it is
/// fitted ([`Measured::widened`]). Without it a deterministic curve would have infinite weight, and any law, however close,
/// infinite χ². Say 0.01 where a law counts as right when it is right to one per cent. Points without a logarithm are left out
/// as in [`log_log`](crate::stats::log_log).
///
/// # Errors
/// Fewer than 4 points or 2 different x left, x < 1, an error < 0, `relative_error` ≤ 0.
///
/// ```
/// use selfreward::stats::{Law, Measured, compare_decays};
///
/// let curve = (1..=12).map(|t| f64::from(t)).map(|t| Measured { x: t, mean: (-0.7 * t).exp(), error: 0.0 });
/// let best = compare_decays(&curve.collect::<Vec<_>>(), 0.01)?[0];
/// assert_eq!(best.law, Law::Exponential);
/// assert!((best.rate - 0.7).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn compare_decays(points: &[Measured], relative_error: f64) -> Result<Vec<Decay>> {
    if !(relative_error > 0.0 && relative_error.is_finite()) {
        return Err(Error::argument("relative_error", relative_error, "a finite number > 0"));
    }
    if let Some(point) = points.iter().find(|point| point.x.is_nan() || point.x < 1.0) {
        return Err(Error::argument("x", point.x, "a number ≥ 1"));
    }
    if let Some(point) = points.iter().find(|point| point.error < 0.0) {
        return Err(Error::argument("error", point.error, "a standard error ≥ 0"));
    }
    let widened: Vec<Measured> = points.iter().map(|point| point.widened(relative_error)).collect();
    let observations = log_observations(&widened)?;
    if observations.len() < 4 {
        return Err(Error::argument("points", observations.len(), "four points with a mean > 0 at least"));
    }
    let mut decays = Vec::with_capacity(Law::ALL.len());
    for law in Law::ALL {
        decays.push((law, law.fit(&observations)?));
    }
    Ok(ranked(&decays, observations.len(), points.len() - observations.len()))
}

fn ranked(fits: &[(Law, Fit)], points: usize, dropped: usize) -> Vec<Decay> {
    let candidate = |(law, fit): &(Law, Fit)| Candidate {
        name: law.name().to_owned(),
        parameters: law.parameters(),
        chi_square: fit.chi_square,
    };
    let candidates: Vec<Candidate> = fits.iter().map(candidate).collect();
    let places = rank(&candidates, points);
    let decay = |place: &Ranked| {
        let &(law, fit) = fits.iter().find(|(law, _)| law.name() == place.name)?;
        let Fit { log_scale, rate, floor, chi_square } = fit;
        let (aicc, delta, weight) = (place.aicc, place.delta, place.weight);
        Some(Decay { law, log_scale, rate, floor, chi_square, aicc, delta, weight, points, dropped })
    };
    places.iter().filter_map(decay).collect()
}

#[derive(Clone, Copy)]
struct Fit {
    log_scale: f64,
    rate: f64,
    floor: f64,
    chi_square: f64,
}

impl From<Line> for Fit {
    fn from(line: Line) -> Self {
        Self { log_scale: line.intercept, rate: -line.slope, floor: 0.0, chi_square: line.chi_square }
    }
}

/// The exponential onto a floor > 0.
///
/// With t_0 the first t, y = A (s + (1−s) e^{−a(t−t_0)}) with s = f/y(t_0) in (0, 1). Log A is linear in log y and has a closed
/// form; the least χ² over log a is a profile of logit s, itself minimised. Neither search follows a narrow valley.
fn to_floor(points: &[Observation]) -> Fit {
    let ends = |of: fn(&Observation) -> f64| {
        points.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((start, end), (least, most)) = (ends(|p| p.x), ends(|p| p.y));
    let gap = points.iter().map(|p| p.x - start).filter(|&gap| gap > 0.0).fold(f64::INFINITY, f64::min);
    // From a floor that is 1/1000 of the least value to a decay by 1/1000 of the floor; from a decay by 1% over the whole
    // range to one that is over before the second point.
    let shares = (least - most - SLACK, SLACK);
    let rates = ((0.01 / (end - start)).ln(), (40.0 / gap).ln());
    let chi_square = |share: f64, rate: f64| sum_of_squares(points, start, share, rate).1;
    let best_rate = |share: f64| minimum(rates, |rate| chi_square(share, rate));
    let (share, _) = minimum(shares, |share| best_rate(share).1);
    let (log_rate, _) = best_rate(share);
    let (log_start, chi_square) = sum_of_squares(points, start, share, log_rate);
    let (floor_share, rate) = (logistic(share), log_rate.exp());
    Fit {
        log_scale: log_start + logistic(-share).ln() + rate * start,
        rate,
        floor: log_start.exp() * floor_share,
        chi_square,
    }
}

/// log 1000.
const SLACK: f64 = 6.907_755_278_982_137;

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The best log A and χ² at a given logit s and log a.
fn sum_of_squares(points: &[Observation], start: f64, share: f64, log_rate: f64) -> (f64, f64) {
    let (floor, rest, rate) = (logistic(share), logistic(-share), log_rate.exp());
    let rest_of = |p: &Observation| p.y - (floor + rest * (-rate * (p.x - start)).exp()).ln();
    let mut rests = Vec::with_capacity(points.len());
    for point in points {
        rests.push(rest_of(point));
    }
    // Sums of doubles start at −0.
    let (mut weight, mut sum, mut squares) = (-0.0, -0.0, -0.0);
    for (point, rest) in points.iter().zip(&rests) {
        weight += point.weight;
        sum += point.weight * rest;
    }
    let mean = sum / weight;
    for (point, rest) in points.iter().zip(&rests) {
        squares += point.weight * (rest - mean).powi(2);
    }
    (mean, squares)
}

/// Where a function is least on an interval, and its value there: the best of a grid, then golden sections around it.
fn minimum((low, high): (f64, f64), of: impl Fn(f64) -> f64) -> (f64, f64) {
    const CELLS: u32 = 24;
    const SECTIONS: u32 = 44;
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let at = |cell: u32| low + (high - low) * f64::from(cell) / f64::from(CELLS);
    let (cell, _) = (0..=CELLS)
        .map(|cell| (cell, of(at(cell))))
        .fold((0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best });
    let (mut left, mut right) = (at(cell.saturating_sub(1)), at((cell + 1).min(CELLS)));
    let (mut a, mut b) = (right - GOLDEN * (right - left), left + GOLDEN * (right - left));
    let (mut at_a, mut at_b) = (of(a), of(b));
    for _ in 0..SECTIONS {
        if at_a <= at_b {
            (right, b, at_b) = (b, a, at_a);
            a = right - GOLDEN * (right - left);
            at_a = of(a);
        } else {
            (left, a, at_a) = (a, b, at_b);
            b = left + GOLDEN * (right - left);
            at_b = of(b);
        }
    }
    if at_a <= at_b { (a, at_a) } else { (b, at_b) }
}
