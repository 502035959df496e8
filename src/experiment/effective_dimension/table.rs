//! The table of the measured curves: one row for each cell.

use super::super::results::texts;
use super::curves::{Curve, curves, epsilons, predicted_share, samples, unseen_epsilon};
use crate::Result;
use crate::experiment::{CellRows, Results, Table};
use crate::metrics::named::{DRIFT, FAILURE, RANK_FRACTION, THETA_NORM};
use crate::simulate::output::plain;
use crate::stats::{Range, mean_interval, mean_with_error};
use crate::theory::effective_dimension::effective_dimension;
use crate::theory::one_step::{Class, epsilon};

const HEADER: &[&str] = &[
    "spectrum",
    "d",
    "n",
    "replicates",
    "n_over_d",
    "d_lambda",
    "n_over_d_lambda",
    "epsilon_mean",
    "epsilon_lo",
    "epsilon_hi",
    "failure_0.5_mean",
    "failure_0.5_lo",
    "failure_0.5_hi",
    "drift_mean",
    "drift_lo",
    "drift_hi",
    "rank_fraction_mean",
    "rank_fraction_lo",
    "rank_fraction_hi",
    "predicted_epsilon",
    "shape",
    "shape_over_measured",
    "explicit_bound",
    "explicit_over_measured",
];

/// ρ of the explicit bound.
const RHO: f64 = 0.05;

/// Means over replicates with 95% intervals; d_λ at λ = 1/n of Σ scaled to trace 1; the law of [`predicted_share`]; the shape
/// c √(d_λ/n) with c calibrated on the isotropic cells; the explicit ε_n of Appendix F at ρ = 0.05; both over the measured mean.
pub fn table(results: &Results) -> Result<Table> {
    let curves = curves(results)?;
    let (unseen, constant) = (unseen_epsilon(&curves)?, calibrated(&curves)?);
    let mut rows = Vec::new();
    for curve in &curves {
        for cell in &curve.cells {
            rows.push(row(curve, cell, unseen, constant)?);
        }
    }
    Ok(Table::new(HEADER.iter().map(|name| (*name).to_owned()).collect(), rows))
}

fn row(curve: &Curve, cell: &CellRows, unseen: f64, constant: f64) -> Result<Vec<String>> {
    let (n, d) = (samples(cell)?, curve.dim as f64);
    let d_lambda = dimension(curve, n)?;
    let loss = mean_interval(&epsilons(cell)?, Range::NON_NEGATIVE);
    let over = |bound: f64| if loss.mean > 0.0 { plain(bound / loss.mean) } else { String::new() };
    let (shape, explicit) = (constant * (d_lambda / n).sqrt(), explicit(curve, cell, n)?);
    let mut row = vec![curve.kind.clone(), curve.dim.to_string(), plain(n), cell.replicates.len().to_string()];
    row.extend([n / d, d_lambda, n / d_lambda].map(plain));
    row.extend(texts(Some(loss)));
    for metric in [FAILURE.at(0.5), (&DRIFT).into(), (&RANK_FRACTION).into()] {
        row.extend(texts(Some(cell.mean(metric, 1)?)));
    }
    row.push(predicted_share(curve, cell)?.map_or_else(String::new, |share| plain(unseen * share.sqrt())));
    row.extend([plain(shape), over(shape), plain(explicit), over(explicit)]);
    Ok(row)
}

/// d_λ at λ = 1/n.
pub fn dimension(curve: &Curve, n: f64) -> Result<f64> {
    effective_dimension(&curve.spectrum, 1.0 / n).map(|bound| bound.value())
}

/// The least c with mean ε ≤ c √(d_λ/n) in all isotropic cells.
pub fn calibrated(curves: &[Curve]) -> Result<f64> {
    let mut constant = 0.0f64;
    for curve in curves.iter().filter(|curve| curve.kind == "isotropic") {
        for cell in &curve.cells {
            let n = samples(cell)?;
            constant = constant.max(mean_with_error(&epsilons(cell)?).0 / (dimension(curve, n)? / n).sqrt());
        }
    }
    Ok(constant)
}

/// ε_n for the class of radius (1 + 1/β)‖θ_0‖, the least that is realizable.
fn explicit(curve: &Curve, cell: &CellRows, n: f64) -> Result<f64> {
    let (beta, norm) = (cell.number("process.beta")?, cell.mean(&THETA_NORM, 0)?.mean);
    let radius = (1.0 + 1.0 / beta) * norm;
    let class = Class::Linear { dim: curve.dim as f64, radius, theta_norm: Some(norm), range: None };
    Ok(epsilon(&class, n, beta, RHO)?.value())
}
