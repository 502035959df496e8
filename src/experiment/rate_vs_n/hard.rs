//! The hard instance: n^(−1/2) with the worst mass for each n, exponential at a fixed mass.

use super::row::{Row, decimal, power, tabulate};
use super::slope::{Question, Slope, slope};
use super::{FITTED, LAW, ROUNDS};
use crate::Result;
use crate::experiment::drawn_fit::{Abscissa, DrawnFit};
use crate::experiment::hard_instance::{FAR, distance, theory};
use crate::experiment::{CellRows, Finding, Results, Table};
use crate::metrics::named::{self, Metric};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};
use crate::stats::decay::Law;
use crate::stats::{Measured, compare_decays};

const WORST: &str = "hard-worst";
const FIXED: &str = "hard-fixed";
const FAILURE: Metric = named::FAILURE.at(0.5);

/// The exact law and the mass.
fn law(cell: &CellRows, t: usize) -> Result<(f64, f64)> {
    let said = theory(&cell.simulation()?, t)?;
    let value = |name: &str| said.iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| *value);
    Ok((value("exact_law"), value("mass")))
}

/// The slope of log F_T beside the exact law's: with the worst mass the exponent of n over the large-n half, with the fixed one
/// the rate per triple.
fn fitted(results: &Results, part: &str, cells: &[CellRows], rounds: usize) -> Result<Option<Slope>> {
    let log_law = |cell: &CellRows| law(cell, rounds).map(|(law, _)| law.ln());
    let (abscissa, large_half): (fn(f64) -> f64, _) = if part == WORST { (f64::ln, true) } else { (|n| n, false) };
    slope(results, cells, &Question { quantity: FAILURE, rounds, abscissa, large_half, log_law: &log_law })
}

pub fn findings(results: &Results) -> Result<Vec<Finding>> {
    let worst = results.cells(WORST)?;
    let mut found = Vec::new();
    for rounds in ROUNDS {
        let Some(slope) = fitted(results, WORST, &worst, rounds)? else {
            found.push(Finding::new(false, format!("hard instance, worst mass, T = {rounds}: no exponent")));
            continue;
        };
        // The law's own slope is −1/2 but for terms of the order of the mass, at most 0.02 over the large-n half.
        let expected = slope.agrees() && slope.settles(1) && (slope.law + 0.5).abs() < 0.02;
        found.push(Finding::new(
            expected,
            format!(
                "hard instance, worst mass, T = {rounds}: exponent {} from n = {} on, −1/2 expected ({} by the exact law)",
                slope.text(),
                power(slope.span.0),
                decimal(slope.law)
            ),
        ));
    }
    found.push(exponential(&results.cells(FIXED)?)?);
    Ok(found)
}

/// Failures that a mean is compared with its law from: at 100 the Poisson tail beyond 6 deviations is 1e-8.
const COUNTED: f64 = 100.0;

/// At a fixed mass: the exact law where it can be counted, nothing where it says less than one failure in 10^9 such runs, and an
/// exponential rather than a power of n.
fn exponential(cells: &[CellRows]) -> Result<Finding> {
    let (mut farthest, mut means, mut zeros, mut nonzero) = (0.0f64, 0, 0, 0);
    let mut points = Vec::new();
    for cell in cells {
        for rounds in ROUNDS {
            let (law, mass) = law(cell, rounds)?;
            let expected = law / mass * cell.number("instance.prompts")? * cell.replicates.len() as f64;
            let values = cell.values(FAILURE, rounds)?;
            if expected >= COUNTED {
                means += 1;
                farthest = farthest.max(distance(cell, rounds)?);
                if rounds == 1 {
                    points.push(Measured::of(cell.number("process.samples")?, &values));
                }
            } else if expected < 1e-9 {
                zeros += 1;
                nonzero += usize::from(values.iter().any(|&value| value != 0.0));
            }
        }
    }
    let decays = compare_decays(&points, 0.01)?;
    let power = decays.iter().find(|decay| decay.law == Law::PowerLaw).map_or(0.0, |decay| decay.delta);
    // Ten units of AICc are odds of e^5; the exact law lies hundreds apart from the best power of n.
    let expected = farthest <= FAR && nonzero == 0 && power > 10.0;
    let text = format!(
        "hard instance, mass 1/2: exponential in n, not a power (AICc worse by {power:.0}); of {means} means the farthest lies \
         {farthest:.1} standard errors from the exact law (up to {FAR} expected), and of {zeros} means where it says less than 1e-9 \
         failures in all, {nonzero} are not exactly 0"
    );
    Ok(Finding::new(expected, text))
}

/// Failure by (part, T, n), the exact law, and the fitted slope of the curve: an exponent in n with the worst mass, a rate per
/// triple with the fixed one.
pub fn table(results: &Results) -> Result<Table> {
    const KEYS: [&str; 4] = ["part", "instance.prompts", "instance.kappa0", "process.samples"];
    let mut rows = Vec::new();
    for part in [WORST, FIXED] {
        let cells = results.cells(part)?;
        for rounds in ROUNDS {
            let slope = fitted(results, part, &cells, rounds)?;
            for cell in &cells {
                let (law, mass) = law(cell, rounds)?;
                rows.push(
                    Row::of(cell, &KEYS, rounds)
                        .measured(cell, FAILURE, rounds)?
                        .number("mass", mass)
                        .number("exact_law", law)
                        .number("triples", cell.number("process.samples")? * rounds as f64)
                        .slope("slope", slope.as_ref()),
                );
            }
        }
    }
    Ok(tabulate(rows))
}

/// The failures below which the axis of a panel ends, a little below what one unresolved prompt in all replicates comes to.
const FLOOR: f64 = 1e-6;

pub fn figure(table: &Table) -> Result<Figure> {
    let (worst, fixed) = (table.filter(&[("part", WORST)])?, table.filter(&[("part", FIXED)])?);
    let replicates = [worst.distinct("replicates")?.join(", "), fixed.distinct("replicates")?.join(", ")];
    let samples = || Axis::log("samples per round n");
    let failure = || Axis::log("failure rate F_T(0.5)");
    let mut falling = Panel::new("worst mass Δ(n)", samples(), failure());
    let mut sudden = Panel::new("fixed mass Δ = 1/2", samples(), failure().range(FLOOR, 1.0));
    let mut straight = Panel::new(
        "fixed mass Δ = 1/2, against nT",
        Axis::linear("all triples nT").range(0.0, LONGEST),
        failure().range(FLOOR, 1.0),
    );
    let quantity = FAILURE.name();
    for (color, rounds) in ROUNDS.iter().enumerate() {
        let rounds = rounds.to_string();
        let curve = worst.filter(&[("rounds", &rounds)])?;
        let fit = DrawnFit::of(&curve, ("samples", Abscissa::Logarithm), (&quantity, 0.0), ("exact_law", &|law| law))?;
        falling = drawn(falling, &curve, "samples", color, format!("T = {rounds}: {}", told(fit)))?;
        let curve = fixed.filter(&[("rounds", &rounds)])?;
        sudden = drawn(sudden, &curve, "samples", color, format!("T = {rounds}"))?;
        let counted = (quantity.as_str(), ten_prompts(&curve)?);
        let fit = DrawnFit::of(&curve, ("triples", Abscissa::Number), counted, ("exact_law", &|law| law))?;
        let fit = fit.map(|fit| fit.by(THOUSAND));
        straight = drawn(straight, &curve, "triples", color, format!("T = {rounds}: {}", told(fit)))?;
    }
    if let Some(first) = worst.filter(&[("rounds", "1")])?.points("samples", "exact_law")?.get(1) {
        falling = falling.guide(Guide::slope((first.x, 3.0 * first.y), -0.5, "slope −1/2"));
    }
    sudden = sudden.guide(Guide::slope((16.0, 0.3), -0.5, "slope −1/2"));
    Ok(Figure::new("Hard instance: failure against n, at the worst mass for each n and at a fixed one")
        .subtitle(format!(
            "M = 64 informative prompts, κ₀ = 3, β = 1/√n, ERM. Marks: measured, mean over {} replicates (worst mass) or {} (fixed), \
             95% intervals; lines: exact law Δ(1 − 2q(1−q)Δ/M)^(nT). Left: exponent of n; right: change of log F_T by 1000 triples, \
             where ten prompts and more fail in all; {FITTED}; law: the same fit of the exact law",
            replicates[0], replicates[1]
        ))
        .columns(3)
        .panel(falling.legend(Legend::Below))
        .panel(sudden.legend(Legend::Below))
        .panel(straight.legend(Legend::Below))
        .symbol("M", "")
        .symbol("q", "base probability of the most likely response of an informative prompt"))
}

/// A slope as a legend says it.
fn told(fit: Option<DrawnFit>) -> String {
    fit.map_or_else(|| "–".to_owned(), |fit| fit.text(3))
}

/// The rate of the decay is told for so many triples.
const THOUSAND: f64 = 1000.0;

/// The weight of ten prompts in all replicates together: a decay is fitted as far as its mean is above that.
fn ten_prompts(curve: &Table) -> Result<f64> {
    let number = |column: &str| -> Result<f64> { Ok(curve.numbers(column)?.first().copied().unwrap_or(f64::NAN)) };
    Ok(10.0 * number("mass")? / (number("prompts")? * number("replicates")?))
}

/// The end of the axis of nT: where the law is below [`FLOOR`].
const LONGEST: f64 = 5500.0;

/// A curve with its law.
fn drawn(panel: Panel, curve: &Table, x: &str, color: usize, label: String) -> Result<Panel> {
    let shown =
        |points: Vec<Point>| points.into_iter().filter(|point| x == "samples" || point.x < LONGEST).collect::<Vec<_>>();
    Ok(panel
        .series(Series::unlabelled(LAW[color], color, shown(curve.points(x, "exact_law")?)))
        .series(Series::new(label, Style::Markers, color, shown(curve.measured(x, &FAILURE.name())?)).bars()))
}
