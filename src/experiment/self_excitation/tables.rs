//! What the figures are drawn from.

use super::super::{CellRows, Line, Results, Table};
use super::directions::{of_base_policy, of_first_pairs, round_of};
use crate::Result;
use crate::metrics::named::{CIRCLE_ANGLE, GAIN_MAX, GAIN_MIN, LOG_ODDS, RANK_LOSSES, THETA_NORM};
use crate::papers::loops::theory::normalised::{angle_law, threshold};

/// The largest ‖θ_t‖ of a replicate.
pub(super) fn largest(cell: &CellRows, replicate: usize) -> Result<f64> {
    let lengths = (0..=cell.rounds()).map(|t| cell.value(replicate, &THETA_NORM, t));
    lengths.into_iter().try_fold(0.0, |most, length| length.map(|length| f64::max(most, length)))
}

/// The middle of some numbers, with the least and the largest.
pub(super) fn middle(mut values: Vec<f64>) -> (f64, Option<(f64, f64)>) {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    let middle = 0.5 * (values[(count - 1) / 2] + values[count / 2]);
    (middle, Some((values[0], values[count - 1])))
}

/// One row for each cell and t of the linear class: ‖θ_t‖ of the first replicate beside what is predicted of it, gains, and after the last
/// round how high ‖θ_t‖ rose and how often span was lost.
pub(super) fn norms(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["kept", "anew", "ridge", "sawtooth", "blow-up"] {
        for cell in results.cells(part)? {
            let (round, last) = (round_of(&cell)?, cell.rounds());
            let predicted = match part {
                "kept" => Some(of_first_pairs(&cell, cell.numbers[0], 0.0)?),
                "anew" => Some(of_base_policy(&cell, cell.numbers[0])?),
                _ => None,
            };
            let replicates = 0..cell.replicates.len();
            let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
            let sup = middle(replicates.map(|replicate| largest(&cell, replicate)).collect::<Result<_>>()?);
            for t in 0..=last {
                let gain = |of| if part == "ridge" && t > 0 { cell.values(of, t).map(mean) } else { Ok(f64::NAN) };
                let at_end = |ends: (f64, Option<(f64, f64)>)| if t == last { ends } else { (f64::NAN, None) };
                let losses = if t == last { middle(cell.values(&RANK_LOSSES, t)?) } else { (f64::NAN, None) };
                let (sup, ends) = at_end(sup);
                lines.push(
                    Line::default()
                        .label("part", part)
                        .number("alpha", round.alpha)
                        .number("eta", round.eta)
                        .number("beta", round.beta)
                        .number("ridge", round.ridge)
                        .label("samples", cell.label("process.samples"))
                        .label("replicates", cell.replicates.len().to_string())
                        .label("t", t.to_string())
                        .number("theta_norm", cell.value(0, &THETA_NORM, t)?)
                        .number("predicted", predicted.as_ref().map_or(f64::NAN, |predicted| predicted.norms[t]))
                        .number("gain_max", gain(&GAIN_MAX)?)
                        .number("gain_min", gain(&GAIN_MIN)?)
                        .measured("largest_norm", sup, ends)
                        .measured("rank_losses", losses.0, losses.1),
                );
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// One row for each cell and t of the standardised rewards.
pub(super) fn standardised(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["mirror", "frozen-grpo"] {
        for cell in results.cells(part)? {
            let beta = cell.number("process.beta")?;
            let (log_odds, start) = (cell.value(0, &LOG_ODDS, 0)?, cell.value(0, &CIRCLE_ANGLE, 0)?);
            for t in 0..=cell.rounds() {
                let angle = cell.value(0, &CIRCLE_ANGLE, t)?;
                let law = if part == "mirror" { angle_law(start, angle, beta, t as f64)? } else { f64::NAN };
                let relative = if part == "mirror" { f64::NAN } else { beta / threshold(log_odds)? };
                lines.push(
                    Line::default()
                        .label("part", part)
                        .number("start", 1.0 / (1.0 + (-log_odds).exp()))
                        .number("log_odds_0", log_odds)
                        .number("beta", beta)
                        .label("t", t.to_string())
                        .number("time", t as f64 / (2.0 * beta))
                        .number("circle_angle", angle)
                        .number("angle_law", law)
                        .number("distance_by_beta_square", (angle - law).abs() * beta * beta)
                        .label("side", if relative < 1.0 { "below" } else { "above" })
                        .number("log_odds", cell.value(0, &LOG_ODDS, t)?),
                );
            }
        }
    }
    Ok(Table::of_lines(lines))
}
