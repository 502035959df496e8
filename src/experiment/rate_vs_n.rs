//! Failure against n (claims C12, C18, C19): n^(−1/2) on the hard instance with the worst mass, exponential at a fixed mass, at
//! least n^(−T/2) on a generic instance, and exactly zero on an instance with a margin, long before the explicit bound says so.

mod bounds;
mod erm;
mod generic;
mod hard;
mod margin;
mod row;
mod slope;

use super::{Drawing, Experiment, Finding, Results};
use crate::Result;
use crate::plot::Style;

/// The rounds T that are shown.
const ROUNDS: [usize; 3] = [1, 2, 4];

/// The line styles of a law, one for each of [`ROUNDS`], so that the lines need no marks of their own to differ in grey.
const LAW: [Style; 3] = [Style::Line, Style::Dashed, Style::Dotted];

/// How the slopes in legends are fitted.
const FITTED: &str =
    "fitted to all drawn means above 0, each weighted by its replicates, 95% interval by their scatter about the line";

/// n = 2^4 to 2^40, T = 1, 2 and 4, β = 1/√n.
pub const EXPERIMENT: Experiment = Experiment {
    name: "rate_vs_n",
    about: "Failure against n: n^(-1/2) on the hard instance, n^(-T/2) on a generic one, suddenly 0 under a margin",
    definition: include_str!("../../experiments/definitions/rate_vs_n.toml"),
    findings,
    drawings: &[
        Drawing { name: "rate_vs_n_hard", table: hard::table, figure: hard::figure },
        Drawing { name: "rate_vs_n_generic", table: generic::table, figure: generic::figure },
        Drawing { name: "rate_vs_n_erm", table: erm::table, figure: erm::figure },
        Drawing { name: "rate_vs_n_margin", table: margin::table, figure: margin::figure },
    ],
};

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let mut found = hard::findings(results)?;
    let mut exponents = generic::exponents(results)?;
    exponents.push(erm::first_exponent(results)?);
    found.extend(generic::findings(&exponents));
    found.extend(erm::findings(results)?);
    found.extend(margin::findings(results)?);
    Ok(found)
}
