//! Phase diagrams (C13, C18, C23): failure, drift, and how loose the explicit bound is, over (n, κ_0) and over (n, T).

mod figure;
mod findings;
mod grid;

use super::{CellRows, Drawing, Experiment, Results, Table};
use crate::Result;
use crate::metrics::named::{self, DRIFT, Metric};
use crate::simulate::output::plain;
use crate::theory::single_step::Bump;
use grid::{Grid, median};

/// One-hot instances with a bump and Gaussian ones with a margin, β = 1/√n, n from 4 to 2^42, κ_0 from 2 to 40, T up to 64.
pub const EXPERIMENT: Experiment = Experiment {
    name: "phase_diagram",
    about: "Phase diagrams: failure, drift and bound/measured over (n, κ₀) and over (n, T)",
    definition: include_str!("../../../experiments/definitions/phase_diagram.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "phase_diagram_kappa0", table: kappa0_table, figure: figure::over_kappa0 },
        Drawing { name: "phase_diagram_rounds", table: rounds_table, figure: figure::over_rounds },
    ],
};

/// The failure threshold of all maps.
const DELTA: f64 = 0.5;
const FAILURE: Metric = named::FAILURE.at(DELTA);

/// T of the maps over (n, κ_0): the last round of their parts.
fn last_round(grid: &Grid) -> Vec<usize> {
    vec![grid.cells().map(CellRows::rounds).max().unwrap_or_default()]
}

/// T of the maps over (n, T): powers of 2.
fn powers_of_two(grid: &Grid) -> Vec<usize> {
    let last = last_round(grid)[0];
    std::iter::successors(Some(1), |t| Some(2 * t)).take_while(|&t| t <= last).collect()
}

fn kappa0_table(results: &Results) -> Result<Table> {
    table(results, &["tabular-kappa0", "gaussian-kappa0"], last_round)
}

fn rounds_table(results: &Results) -> Result<Table> {
    table(results, &["tabular-rounds", "gaussian-rounds"], powers_of_two)
}

/// One row for each cell and T: measured means, the explicit bound (median over replicates, each with the constants of its own
/// run), the bound over the mean (+∞ where that is 0, nothing where the bound alone is infinite), and for the one-hot instances
/// the n at which the law of the failure rate is 1/2.
fn table(results: &Results, parts: &[&str], times: fn(&Grid) -> Vec<usize>) -> Result<Table> {
    let mut header: Vec<String> = ["part", "kappa0", "samples", "replicates", "t"].map(str::to_owned).to_vec();
    for name in [FAILURE, (&DRIFT).into()] {
        header.extend(["mean", "lo", "hi"].map(|end| format!("{name}_{end}")));
    }
    header.extend(["bound", "bound_over_measured", "half_life"].map(str::to_owned));
    let mut rows = Vec::new();
    for part in parts {
        let grid = Grid::of(results, part)?;
        for t in times(&grid) {
            for row in &grid.rows {
                for cell in &row.cells {
                    let (kappa0, samples) = (plain(row.kappa0), cell.label("process.samples"));
                    let mut line =
                        vec![(*part).to_owned(), kappa0, samples, cell.replicates.len().to_string(), t.to_string()];
                    line.extend(numbers(cell, t)?.map(|value| value.map_or_else(String::new, plain)));
                    rows.push(line);
                }
            }
        }
    }
    Ok(Table::new(header, rows))
}

/// What the table says of a cell after t rounds.
fn numbers(cell: &CellRows, t: usize) -> Result<[Option<f64>; 9]> {
    let (failure, drift) = (cell.mean(FAILURE, t)?, cell.mean(&DRIFT, t)?);
    let bound = median(grid::explicit(cell, t)?);
    let half_life = tabular(cell)?.map(|bump| bump.half_life(t as u32)).transpose()?;
    let ends = |ends: Option<(f64, f64)>| (ends.map(|ends| ends.0), ends.map(|ends| ends.1));
    let ((failure_lo, failure_hi), (drift_lo, drift_hi)) = (ends(failure.ends), ends(drift.ends));
    Ok([
        Some(failure.mean),
        failure_lo,
        failure_hi,
        Some(drift.mean),
        drift_lo,
        drift_hi,
        Some(bound),
        (bound.is_finite() || failure.mean == 0.0).then_some(bound / failure.mean),
        half_life,
    ])
}

/// The law of a one-hot instance; `None` for a Gaussian one.
fn tabular(cell: &CellRows) -> Result<Option<Bump>> {
    if cell.label("instance.kind") != "tabular" {
        return Ok(None);
    }
    let number = |key: &str| cell.number(&format!("instance.{key}"));
    Bump::new(number("prompts")?, number("responses")?, number("bump")?).map(Some)
}
