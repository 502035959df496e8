//! A law fitted to what a figure draws, in the words of its legend.
//!
//! The rule is that of METHODOLOGY.md: all points above 0 that are drawn, each with the weight of its replicates. A table holds
//! means, not replicates, so the interval is not the bootstrap's but comes from the scatter of the points about the line.

use crate::Result;
use crate::experiment::Table;
use crate::plot::Point;
use crate::stats::{Observation, line, student_quantile};

/// What is fitted: log y against log x, or against x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abscissa {
    /// The slope is the exponent of a power law.
    Logarithm,
    /// The slope is the rate of an exponential.
    Number,
}

/// The slope of a drawn curve, beside that of its law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawnFit {
    /// The slope.
    pub slope: f64,
    /// Half the 95% interval by Student's law; absent with two points.
    pub half: Option<f64>,
    /// The number of points fitted.
    pub points: usize,
    /// The slope of the law at the same x with the same weights.
    pub law: f64,
}

impl DrawnFit {
    /// Fits the means of `quantity` in the rows of one curve that are above `least`, and `law`, a function of a row's number in the
    /// column that it names. `None` where fewer than two x have such a mean.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a column that is not there, or holds no numbers.
    ///
    /// ```
    /// use selfreward::experiment::Table;
    /// use selfreward::experiment::drawn_fit::{Abscissa, DrawnFit};
    ///
    /// // Three means on the power law 1/n, beside a law of 1/n², each of ten replicates.
    /// let curve = Table::parse("n,f_mean,replicates,law\n1,0.5,10,1\n2,0.25,10,0.25\n4,0.125,10,0.0625\n")?;
    /// let fit = DrawnFit::of(&curve, ("n", Abscissa::Logarithm), ("f", 0.0), ("law", &|law| law))?.expect("three points");
    /// assert!((fit.slope + 1.0).abs() < 1e-12 && (fit.law + 2.0).abs() < 1e-12 && fit.points == 3);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn of(
        curve: &Table,
        (x, abscissa): (&str, Abscissa),
        (quantity, least): (&str, f64),
        (column, law): (&str, &dyn Fn(f64) -> f64),
    ) -> Result<Option<Self>> {
        let (means, laws) = (curve.means(x, quantity)?, curve.points(x, column)?);
        let replicates = curve.points(x, "replicates")?;
        let at = |points: &[Point], x: f64| points.iter().find(|point| point.x == x).map(|point| point.y);
        let (mut measured, mut expected) = (Vec::new(), Vec::new());
        for mean in means.iter().filter(|mean| mean.y > least.max(0.0)) {
            let (Some(law_at), Some(weight)) = (at(&laws, mean.x).map(law), at(&replicates, mean.x)) else { continue };
            let x = if abscissa == Abscissa::Logarithm { mean.x.ln() } else { mean.x };
            let usable = x.is_finite() && mean.y.is_finite() && law_at > 0.0 && law_at.is_finite();
            if usable && weight > 0.0 && weight.is_finite() {
                measured.push(Observation { x, y: mean.y.ln(), weight });
                expected.push(Observation { x, y: law_at.ln(), weight });
            }
        }
        let (Ok(fit), Ok(law)) = (line(&measured), line(&expected)) else { return Ok(None) };
        let half = fit.scaled_slope_error().map(|error| error * student_quantile(0.05, (fit.points - 2) as f64));
        Ok(Some(Self { slope: fit.slope, half, points: fit.points, law: law.slope }))
    }

    /// Slopes by another unit of x, so many times as large.
    #[must_use]
    pub fn by(self, unit: f64) -> Self {
        Self { slope: unit * self.slope, half: self.half.map(|half| unit * half), law: unit * self.law, ..self }
    }

    /// `−0.504 [−0.508, −0.501], 19 points; law −0.504`, with so many decimals.
    pub fn text(&self, decimals: usize) -> String {
        let decimal = |value: f64| format!("{value:.decimals$}").replace('-', "−");
        let interval = self.half.map_or_else(String::new, |half| {
            format!(" [{}, {}]", decimal(self.slope - half), decimal(self.slope + half))
        });
        format!("{}{interval}, {} points; law {}", decimal(self.slope), self.points, decimal(self.law))
    }
}
