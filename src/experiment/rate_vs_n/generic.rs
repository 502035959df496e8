//! The generic instance: F ≈ P[margin ≤ c/s_T], s_T = (1+√n)^T, so that the exponent of n is −T/2 (−T at δ = 1/2).

use super::row::{Row, decimal, power, tabulate};
use super::slope::{Question, Slope, known, slope};
use super::{FITTED, LAW, ROUNDS};
use crate::Result;
use crate::experiment::drawn_fit::{Abscissa, DrawnFit};
use crate::experiment::{CellRows, Finding, Results, Table};
use crate::metrics::named::{FAILURE, Metric};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};
use crate::stats::Measured;
use crate::theory::rates::{local_exponent, population_scale};

const PART: &str = "generic";

/// A failure rate and the power of s_T as which it falls: below δ = 1/2 a near-tie of two responses fails, at 1/2 it takes three.
const THRESHOLDS: [(&str, Metric, i32); 3] =
    [("0.5", FAILURE.at(0.5), 2), ("0.1", FAILURE.at(0.1), 1), ("0.01", FAILURE.at(0.01), 1)];

/// s_T at the cell's β.
fn scale(cell: &CellRows, rounds: usize) -> Result<f64> {
    population_scale(cell.simulation()?.process.beta, rounds as u32)
}

/// The exponent of F_T in n over the large-n half, beside that of s_T^(−power).
pub fn exponent(
    results: &Results,
    cells: &[CellRows],
    quantity: Metric,
    power: i32,
    rounds: usize,
) -> Result<Option<Slope>> {
    let log_law = |cell: &CellRows| scale(cell, rounds).map(|scale| -f64::from(power) * scale.ln());
    slope(results, cells, &Question { quantity, rounds, abscissa: f64::ln, large_half: true, log_law: &log_law })
}

/// Whether F_T is large enough to be measured: at δ = 1/2 and T = 4 it is below 10^−6 from n = 2^7 on.
fn measurable(power: i32, rounds: usize) -> bool {
    power == 1 || rounds < 4
}

/// An exponent of F_T, what of, and T.
pub struct Exponent {
    pub what: String,
    pub rounds: usize,
    pub fitted: Option<Slope>,
}

/// Those of the population update.
pub fn exponents(results: &Results) -> Result<Vec<Exponent>> {
    let cells = results.cells(PART)?;
    let mut found = Vec::new();
    for (delta, quantity, power) in THRESHOLDS {
        for rounds in ROUNDS.into_iter().filter(|&rounds| measurable(power, rounds)) {
            let what = format!("generic instance, δ = {delta}, T = {rounds}");
            found.push(Exponent { what, rounds, fitted: exponent(results, &cells, quantity, power, rounds)? });
        }
    }
    Ok(found)
}

/// A finding for each exponent that is far from the law's or known well enough to speak for it. The others are evidence of nothing:
/// they are named in one sentence, which is expected if some exponent was settled.
pub fn findings(exponents: &[Exponent]) -> Vec<Finding> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for Exponent { what, rounds, fitted } in exponents {
        let Some(slope) = fitted else {
            open.push(format!("{what}: fewer than two n with a rate"));
            continue;
        };
        let (from, law) = (power(slope.span.0), decimal(slope.law));
        let text = format!("{what}: exponent {} from n = {from} on, {law} expected", slope.text());
        if !slope.agrees() || slope.settles(*rounds) {
            found.push(Finding::new(slope.agrees(), format!("{text} (to within {:.2})", slope.allowed())));
        } else {
            open.push(format!("{text}, to within {:.2} only", slope.allowed()));
        }
    }
    if !open.is_empty() {
        let settled = found.iter().filter(|finding| finding.expected).count();
        let text = format!(
            "exponents: {settled} of {} are settled; not settled, and no evidence, are {}",
            exponents.len(),
            open.join("; ")
        );
        found.push(Finding::new(settled > 0, text));
    }
    found
}

/// Failure by (T, n) for every δ, with the fitted exponents, and the exponent between neighbouring n beside C19's.
pub fn table(results: &Results) -> Result<Table> {
    const KEYS: [&str; 2] = ["instance.prompts", "process.samples"];
    let cells = results.cells(PART)?;
    let mut rows = Vec::new();
    for rounds in ROUNDS {
        let slopes = THRESHOLDS.map(|(_, quantity, power)| exponent(results, &cells, quantity, power, rounds));
        let slopes = slopes.into_iter().collect::<Result<Vec<_>>>()?;
        for (index, cell) in cells.iter().enumerate() {
            let mut row = Row::of(cell, &KEYS, rounds).number("scale", scale(cell, rounds)?);
            let (here, next) = (cell.number("process.samples")?, cells.get(index + 1));
            let middle = next.map(|next| next.number("process.samples")).transpose()?.map(|next| (here * next).sqrt());
            row = row.maybe("between", middle).maybe("local_law", local_law(middle, rounds)?);
            for ((_, quantity, _), slope) in THRESHOLDS.iter().zip(&slopes) {
                let local = next.map_or(Ok(None), |next| local(cell, next, *quantity, rounds))?;
                let name = format!("local_{quantity}");
                row = row
                    .measured(cell, *quantity, rounds)?
                    .slope(&format!("exponent_{quantity}"), slope.as_ref())
                    .maybe(&format!("{name}_mean"), local.map(|(value, _)| value))
                    .maybe(&format!("{name}_lo"), local.map(|(value, half)| value - half))
                    .maybe(&format!("{name}_hi"), local.map(|(value, half)| value + half));
            }
            rows.push(row);
        }
    }
    Ok(tabulate(rows))
}

/// C19's local exponent at the whole number nearest to `middle`.
fn local_law(middle: Option<f64>, rounds: usize) -> Result<Option<f64>> {
    middle.map(|n| local_exponent(n.round(), rounds as u32)).transpose()
}

/// The exponent of F_T between two neighbouring n, and half its 95% interval; `None` where either rate is not known to better
/// than a third.
fn local(cell: &CellRows, next: &CellRows, quantity: Metric, rounds: usize) -> Result<Option<(f64, f64)>> {
    let at = |cell: &CellRows| {
        cell.values(quantity, rounds).and_then(|v| Ok(Measured::of(cell.number("process.samples")?, &v)))
    };
    let (here, there) = (at(cell)?, at(next)?);
    if !known(&here) || !known(&there) {
        return Ok(None);
    }
    let width = (there.x / here.x).ln();
    let error = (here.error / here.mean).hypot(there.error / there.mean) / width;
    Ok(Some(((there.mean / here.mean).ln() / width, 1.96 * error)))
}

pub fn figure(table: &Table) -> Result<Figure> {
    let of = |column: &str| -> Result<String> { Ok(table.distinct(column)?.join(", ")) };
    let mut figure = Figure::new("Generic instance, population update: failure against n, and its exponents")
        .subtitle(format!(
            "Gaussian features, M = {}, K = 16, d = 32, ‖θ₀‖ = 4, β = 1/√n, population update; means over {} replicates, their 95% \
             intervals in the table. Colour: δ; marks of one colour: a shape for each T. Numbers: exponent of n, {FITTED}; law: the same fit of s_T^(−1) \
             (of s_T^(−2) at δ = 0.5), which leaves out that F_T cannot exceed 1",
            of("prompts")?,
            of("replicates")?,
        ))
        .columns(3);
    for rounds in ROUNDS {
        figure = figure.panel(thresholds(table, rounds)?);
    }
    let exponents = |delta: &str, quantity: &str, power: f64| local_exponents(table, delta, quantity, power);
    Ok(figure.panel(collapse(table)?).panel(exponents("0.1", "failure_0.1", 1.0)?).panel(exponents(
        "0.5",
        "failure_0.5",
        2.0,
    )?))
}

/// The colour of a threshold, which is the same for all T; T turns the shape of the marks on, by so many shapes as there are thresholds.
fn color(threshold: usize, rounds: usize) -> usize {
    const COLORS: usize = 8;
    threshold + COLORS * THRESHOLDS.len() * ROUNDS.iter().position(|known| *known == rounds).unwrap_or_default()
}

/// The axis of n.
pub fn samples() -> Axis {
    Axis::log("samples per round n").range(10.0, 2e12)
}

/// Failure against n at one T, for every δ.
fn thresholds(table: &Table, rounds: usize) -> Result<Panel> {
    let curve = table.filter(&[("rounds", &rounds.to_string())])?;
    let mut panel = Panel::new(format!("T = {rounds}"), samples(), Axis::log("failure rate F_T(δ)").range(1e-6, 1.0));
    for (place, (delta, quantity, power)) in THRESHOLDS.iter().enumerate() {
        let law = |scale: f64| scale.powi(-power);
        let x = ("samples", Abscissa::Logarithm);
        let fit = DrawnFit::of(&curve, x, (&quantity.name(), 0.0), ("scale", &law))?;
        let label = match fit {
            Some(fit) => format!("δ = {delta}: {}", fit.text(3)),
            None => format!("δ = {delta}: one point"),
        };
        let points = curve.means("samples", &quantity.name())?;
        panel = panel.series(Series::new(label, Style::LineMarkers, color(place, rounds), points));
    }
    let once = if rounds == 1 { "slope −1/2".to_owned() } else { format!("slope −{}", rounds / 2) };
    Ok(panel
        .guide(Guide::slope((1e4, 0.7), -0.5 * rounds as f64, once))
        .guide(Guide::slope((24.0, 1e-2), -(rounds as f64), format!("slope −{rounds}")))
        .legend(Legend::Below))
}

/// Failure against s_T: one curve for every T.
fn collapse(table: &Table) -> Result<Panel> {
    let mut panel = Panel::new(
        "every n and T against s_T",
        Axis::log("sharpening s_T = (1 + √n)^T").range(3.0, 3e6),
        Axis::log("failure rate F_T(δ)").range(1e-6, 1.0),
    );
    for (place, (delta, quantity, _)) in THRESHOLDS[..2].iter().enumerate() {
        for rounds in ROUNDS {
            let curve = table.filter(&[("rounds", &rounds.to_string())])?.means("scale", &quantity.name())?;
            let curve = curve.into_iter().filter(|point| point.x < 3e6);
            let label = format!("δ = {delta}, T = {rounds}");
            panel = panel.series(Series::new(label, Style::Markers, color(place, rounds), curve));
        }
    }
    Ok(panel
        .guide(Guide::slope((100.0, 0.5), -1.0, "slope −1"))
        .guide(Guide::slope((100.0, 5e-4), -2.0, "slope −2"))
        .legend(Legend::Below))
}

/// The exponent between neighbouring n, and C19's times `power`.
fn local_exponents(table: &Table, delta: &str, quantity: &str, power: f64) -> Result<Panel> {
    let mut panel = Panel::new(
        format!("exponent between neighbouring n, δ = {delta}"),
        samples(),
        Axis::linear("d log F_T / d log n").range(-2.5, 0.1),
    );
    let place = THRESHOLDS.iter().position(|(known, ..)| *known == delta).unwrap_or_default();
    for (style, rounds) in LAW.into_iter().zip(ROUNDS) {
        let curve = table.filter(&[("rounds", &rounds.to_string())])?;
        let law = curve.points("between", "local_law")?.into_iter().map(|point| Point { y: power * point.y, ..point });
        let found = curve.measured("between", &format!("local_{quantity}"))?;
        panel = panel.series(Series::unlabelled(style, color(place, rounds), law));
        if !found.is_empty() {
            panel =
                panel.series(Series::new(format!("T = {rounds}"), Style::Markers, color(place, rounds), found).bars());
        }
    }
    let law = if power == 1.0 { "−(T/2)√n/(1+√n)" } else { "−T√n/(1+√n)" };
    Ok(panel.note(format!("lines: {law}")).legend(Legend::Below))
}
