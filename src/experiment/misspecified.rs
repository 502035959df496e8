//! What the bounds of the misspecified class read off a round, and the bounds with these numbers (M5, M7).

use crate::Result;
use crate::metrics::Quantity;
use crate::metrics::named::{
    APPROXIMATION_ERROR, CONCENTRABILITY, DIFFERENCE_RANK, KAPPA, LEVERAGE, MARGIN, NOISE_SPREAD, NOISE_SUP,
    NOISE_TRACE,
};
use crate::papers::offset::theory::excess::{Event, Scatter, misspecified_excess};
use crate::papers::offset::theory::floor::Round;

/// A round's numbers: a quantity after t rounds.
pub trait Rows {
    /// As [`super::CellRows::value`].
    ///
    /// # Errors
    /// As there.
    fn get(&self, quantity: &'static Quantity, t: usize) -> Result<f64>;
}

impl<F: Fn(&'static Quantity, usize) -> Result<f64>> Rows for F {
    fn get(&self, quantity: &'static Quantity, t: usize) -> Result<f64> {
        self(quantity, t)
    }
}

/// The bound of M5 on e of the step to round t ≥ 1, with probability 1 − `rho`; +∞ where it says nothing.
///
/// # Errors
/// As [`Rows::get`] and [`misspecified_excess`].
pub fn excess(rows: &impl Rows, t: usize, samples: f64, rho: f64) -> Result<f64> {
    let scatter = Scatter {
        trace: rows.get(&NOISE_TRACE, t)?,
        leverage: rows.get(&LEVERAGE, t)?,
        sup: rows.get(&NOISE_SUP, t)?,
        spread: rows.get(&NOISE_SPREAD, t)?,
        rank: rows.get(&DIFFERENCE_RANK, t)?,
    };
    // Without differences there is nothing to bound, and a policy so sharp that its leverage leaves the doubles has no event.
    if scatter.rank < 1.0 || !scatter.leverage.is_finite() || !scatter.sup.is_finite() {
        return Ok(f64::INFINITY);
    }
    let event = Event::of(samples, scatter.leverage, scatter.rank, rho)?;
    Ok(misspecified_excess(samples, &scatter, event)?.value())
}

/// What M7 reads off the step from round t − 1 to t, with M5's bound at `rho` for e; `None` where it says nothing.
///
/// # Errors
/// As [`excess`].
pub fn round(rows: &impl Rows, t: usize, (samples, beta): (f64, f64), rho: f64) -> Result<Option<Round>> {
    let round = Round {
        kappa: rows.get(&KAPPA, t - 1)?,
        concentrability: rows.get(&CONCENTRABILITY, t)?,
        approximation: rows.get(&APPROXIMATION_ERROR, t)?,
        estimation: excess(rows, t, samples, rho)?,
        beta,
        gamma: rows.get(&MARGIN, t - 1)?,
    };
    let says =
        round.gamma > 0.0 && [round.gamma, round.concentrability, round.estimation].iter().all(|x| x.is_finite());
    Ok(says.then_some(round))
}
