//! Generating functions of counts that are capped: products of truncated exponential series.
//!
//! The number of a response among draws whose total is Poisson is Poisson too, and different responses are independent;
//! given the total they are multinomial. So probabilities of multinomial counts are coefficients of products of
//! exponential series, one for each response. All terms are positive: nothing cancels.

use crate::floats::add_scaled;

/// Coefficients of normalised products below this are left out.
pub(super) const NEGLIGIBLE: f64 = 1e-60;

/// Powers are multiplied out as they are while the logarithm of their sum is below this.
const MOST_LOG: f64 = 300.0;

/// Σ_{j≤cap} x^j/j!, the series of one response's count, as a law on the counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capped {
    /// log x.
    log_x: f64,
    cap: usize,
    /// The likeliest count.
    peak: usize,
    /// The sum of all terms but the likeliest, relative to it.
    others: f64,
    /// Logarithm of the sum of all terms.
    pub log_sum: f64,
    /// Mean of the law.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
}

impl Capped {
    /// The series with this log x, `log_factorials` reaching up to `cap`.
    pub(super) fn new(log_x: f64, cap: usize, log_factorials: &[f64]) -> Self {
        let x = log_x.exp();
        let peak = if x >= cap as f64 { cap } else { x as usize };
        let (mut others, mut first, mut second) = (0.0, 0.0, 0.0);
        let mut add = |count: usize, term: f64| {
            let away = count as f64 - peak as f64;
            others += term;
            first += term * away;
            second += term * away * away;
            term < 1e-20
        };
        let mut term = 1.0;
        for count in peak + 1..=cap {
            term *= x / count as f64;
            if add(count, term) {
                break;
            }
        }
        let mut term = 1.0;
        for count in (0..peak).rev() {
            term *= (count + 1) as f64 / x;
            if add(count, term) {
                break;
            }
        }
        let sum = 1.0 + others;
        let away = first / sum;
        let log_peak = if peak == 0 { 0.0 } else { peak as f64 * log_x } - log_factorials[peak];
        Self {
            log_x,
            cap,
            peak,
            others,
            log_sum: log_peak + others.ln_1p(),
            mean: peak as f64 + away,
            variance: second / sum - away * away,
        }
    }

    /// The law's probabilities up to the count `degree`, that of the cap times `at_cap`.
    pub(super) fn polynomial(&self, degree: usize, at_cap: f64) -> Vec<f64> {
        self.terms(1.0 / (1.0 + self.others), degree, at_cap)
    }

    /// Those of the sum of `exponent` such counts.
    pub(super) fn power(&self, exponent: u64, degree: usize, at_cap: f64) -> Vec<f64> {
        let log_norm = exponent as f64 * self.log_sum;
        if self.peak == 0 && log_norm < MOST_LOG {
            // A series that begins with exactly 1 keeps its digits through any number of squarings.
            let mut terms = power(&self.terms(1.0, degree, at_cap), exponent, degree);
            let norm = (-log_norm).exp();
            terms.iter_mut().for_each(|term| *term *= norm);
            return terms;
        }
        if exponent < 2 {
            return power(&self.polynomial(degree, at_cap), exponent, degree);
        }
        let half = self.power(exponent / 2, degree, at_cap);
        let square = product(&half, &half, degree);
        if exponent & 1 == 0 { square } else { product(&square, &self.polynomial(degree, at_cap), degree) }
    }

    /// The terms up to the count `degree`, the likeliest being `top`.
    fn terms(&self, top: f64, degree: usize, at_cap: f64) -> Vec<f64> {
        let x = self.log_x.exp();
        let mut out = vec![0.0; self.cap.min(degree) + 1];
        let mut put = |count: usize, term: f64| {
            if let Some(place) = out.get_mut(count) {
                *place = if count == self.cap { term * at_cap } else { term };
            }
            term >= NEGLIGIBLE
        };
        put(self.peak, top);
        let mut term = top;
        for count in self.peak + 1..=self.cap.min(degree) {
            term *= x / count as f64;
            if !put(count, term) {
                break;
            }
        }
        let mut term = top;
        for count in (0..self.peak).rev() {
            term *= (count + 1) as f64 / x;
            if !put(count, term) {
                break;
            }
        }
        trim(&mut out);
        out
    }
}

fn trim(polynomial: &mut Vec<f64>) {
    let kept = polynomial.iter().rposition(|&term| term >= NEGLIGIBLE).map_or(1, |last| last + 1);
    polynomial.truncate(kept);
}

/// The product of two polynomials up to a degree.
pub(super) fn product(a: &[f64], b: &[f64], degree: usize) -> Vec<f64> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut out = vec![0.0; (long.len() + short.len() - 1).min(degree + 1)];
    for (shift, &factor) in short.iter().enumerate().take(out.len()) {
        if factor > 0.0 {
            add_scaled(&mut out[shift..], factor, long);
        }
    }
    trim(&mut out);
    out
}

/// A power of a polynomial up to a degree, by repeated squaring.
fn power(base: &[f64], mut exponent: u64, degree: usize) -> Vec<f64> {
    let mut value = vec![1.0];
    let mut square = base.to_vec();
    while exponent > 0 {
        if exponent & 1 == 1 {
            value = product(&value, &square, degree);
        }
        exponent >>= 1;
        if exponent > 0 {
            square = product(&square, &square, degree);
        }
    }
    value
}

/// The coefficient of a product of two polynomials.
pub(super) fn coefficient(a: &[f64], b: &[f64], degree: usize) -> f64 {
    let first = (degree + 1).saturating_sub(b.len());
    (first..a.len().min(degree + 1)).map(|i| a[i] * b[degree - i]).sum()
}
