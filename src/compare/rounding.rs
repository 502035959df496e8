//! What rounding may do to a value that is computed exactly: two computations of one number do not agree bit for bit.

use crate::experiment::CellRows;

/// Errors of sums and functions, in units of the last place: as in the claims' tolerances.
const ADDITIONS: f64 = 4096.0;
/// What logits are taken to be known to where no `logit_rounding` was measured: that of ‖θ‖·max‖Δφ‖ around 4·10⁴, far beyond logits of
/// policies that still change.
const UNMEASURED: f64 = 1e-11;
/// Sums of small terms without a difference among them: they keep the relative error of their terms, however small they are.
const OF_SMALL_TERMS: [&str; 3] = ["kappa_minus_one", "base_probability", "correct_probability"];

/// By how much the value of a quantity in round t may be off.
///
/// A log-probability of round s carries an error of its `logit_rounding`, and what it is off in one round enters the fit of the next,
/// weighed by up to 1 + β. So the rounds up to t add up: 8(1+β)·Σ_{s ≤ t} `logit_rounding`, in units of the quantity's scale: its value,
/// but at least 1 where differences of numbers of that size enter (a margin of 1e-3 is a difference of log-probabilities), and a few
/// thousand units in the last place.
pub(super) fn allowance(rows: &CellRows, quantity: &str, t: usize, value: f64) -> f64 {
    let column = rows.quantities.iter().position(|name| name == "logit_rounding");
    let of = |replicate: &Vec<Vec<Option<f64>>>| -> Option<f64> {
        let column = column?;
        replicate.iter().take(t + 1).map(|row| row[column].filter(|error| error.is_finite())).sum()
    };
    let worst = rows.replicates.iter().map(of).try_fold(0.0, |worst, error| Some(f64::max(worst, error?)));
    let logits = worst.unwrap_or(UNMEASURED);
    let scale = if OF_SMALL_TERMS.contains(&quantity) { value.abs() } else { value.abs().max(1.0) };
    let process = &rows.cell.config.process;
    let beta =
        process.beta.unwrap_or_else(|| process.beta_over_sqrt_n.unwrap_or(1.0) / (process.samples as f64).sqrt());
    (8.0 * (1.0 + beta) * logits + ADDITIONS * f64::EPSILON) * scale
}
