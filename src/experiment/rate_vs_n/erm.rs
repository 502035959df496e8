//! The generic instance with sampled triples: one round is the population's, the next is not, since the policy that the first
//! one leaves draws equal responses on all prompts but the few near a tie.

use super::generic::{Exponent, exponent, samples};
use super::row::{Row, power, tabulate};
use super::{LAW, ROUNDS};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results, Table};
use crate::metrics::named::{self, DIVERSITY, DRIFT, Metric, RANK_FRACTION};
use crate::plot::{Axis, Figure, Legend, Panel, Point, Series, Style};
use crate::stats::clopper_pearson;

const PART: &str = "generic-erm";
const FAILURE: Metric = named::FAILURE.at(0.1);

/// Where the population loop leaves F_4(0.01) at 0 in nearly every run, s_4 > 10^6 (200 prompts have a margin below 4.6/s_4 with
/// probability of the order of 10^−2), and ERM does not.
const SETTLED: (f64, f64) = (1024.0, 16384.0);

/// Where few of the 200 prompts are near a tie after one round, fewer than the 32 directions there are, and some are.
const SHARP: (f64, f64) = (262_144.0, 4_194_304.0);

/// The level of exact intervals that must not meet. The effects are far larger: of 80 runs and more about two thirds fail where
/// the intervals part at a third, and of 40 runs and more nine tenths are thrown off where 3 in 10 are enough. Both are 6
/// deviations away.
const LEVEL: f64 = 0.9999;

/// The cells with this update.
fn updated(results: &Results, update: &str) -> Result<Vec<CellRows>> {
    let mut cells = results.cells(PART)?;
    cells.retain(|cell| cell.label("process.update") == update);
    Ok(cells)
}

/// Those with n in a range.
fn within(cells: &[CellRows], (least, most): (f64, f64)) -> impl Iterator<Item = &CellRows> {
    cells.iter().filter(move |cell| cell.number("process.samples").is_ok_and(|n| (least..=most).contains(&n)))
}

/// How many runs of these cells have a quantity above a value after t rounds, and how many runs there are.
fn count<'a>(
    cells: impl Iterator<Item = &'a CellRows>,
    quantity: impl Into<Metric>,
    t: usize,
    above: f64,
) -> Result<(u64, u64)> {
    let quantity = quantity.into();
    cells.map(|cell| cell.values(quantity, t)).try_fold((0, 0), |(some, all), values| {
        let values = values?;
        Ok((some + values.iter().filter(|&&value| value > above).count() as u64, all + values.len() as u64))
    })
}

/// The exponent after one round; there is none after more.
pub fn first_exponent(results: &Results) -> Result<Exponent> {
    let fitted = exponent(results, &updated(results, "erm")?, FAILURE, 1, 1)?;
    Ok(Exponent { what: "generic instance, ERM, δ = 0.1, T = 1".to_owned(), rounds: 1, fitted })
}

pub fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (erm, population) = (updated(results, "erm")?, updated(results, "population")?);
    Ok(vec![no_rate(&erm, &population)?, thrown_off(&erm)?])
}

/// Four rounds of ERM fail where four rounds of the population update do not.
fn no_rate(erm: &[CellRows], population: &[CellRows]) -> Result<Finding> {
    let (failing, runs) = count(within(erm, SETTLED), named::FAILURE.at(0.01), 4, 0.0)?;
    let (others, of) = count(within(population, SETTLED), named::FAILURE.at(0.01), 4, 0.0)?;
    let apart = clopper_pearson(failing, runs, LEVEL)?.0 > clopper_pearson(others, of, LEVEL)?.1;
    let text = format!(
        "generic instance, ERM, T = 4: no such rate; for n from {} to {} F_4(0.01) > 0 in {failing} of {runs} runs, in {others} of {of} with \
         the population update",
        power(SETTLED.0),
        power(SETTLED.1)
    );
    Ok(Finding::new(apart, text))
}

/// The first round moves no prompt's choice where its span is complete (F2, F1: exact); the second moves most of them.
fn thrown_off(erm: &[CellRows]) -> Result<Finding> {
    let mut moved = 0;
    for cell in erm {
        let drifts = cell.values(&DRIFT, 1)?;
        moved += cell
            .values(&RANK_FRACTION, 1)?
            .iter()
            .zip(drifts)
            .filter(|(rank, drift)| **rank == 1.0 && *drift > 0.0)
            .count();
    }
    // Thrown off: more than half of the prompts have changed their choice. That it may happen in a tenth of the runs alone is denied.
    let (thrown, runs) = count(within(erm, SHARP), &DRIFT, 2, 0.5)?;
    let expected = moved == 0 && clopper_pearson(thrown, runs, LEVEL)?.0 > 0.1;
    let text = format!(
        "generic instance, ERM: with a complete span the first round changes no prompt's choice ({moved} runs in which it does); the second \
         changes more than half of them in {thrown} of {runs} runs for n from {} to {}",
        power(SHARP.0),
        power(SHARP.1)
    );
    Ok(Finding::new(expected, text))
}

/// Failure, drift, rank and diversity by (update, T, n), with the fitted exponent.
pub fn table(results: &Results) -> Result<Table> {
    const KEYS: [&str; 3] = ["instance.prompts", "process.update", "process.samples"];
    let mut rows = Vec::new();
    for update in ["erm", "population"] {
        let cells = updated(results, update)?;
        for rounds in ROUNDS {
            let slope = exponent(results, &cells, FAILURE, 1, rounds)?;
            for cell in &cells {
                let mut row =
                    Row::of(cell, &KEYS, rounds).measured(cell, FAILURE, rounds)?.measured(cell, &DRIFT, rounds)?;
                let sampled = update == "erm";
                for quantity in [&RANK_FRACTION, &DIVERSITY] {
                    row = row.measured_if(sampled, cell, quantity, rounds)?;
                }
                rows.push(row.slope("exponent", slope.as_ref()));
            }
        }
    }
    Ok(tabulate(rows))
}

/// The stretches of a line that are above 0, with a gap between them: on a logarithmic axis a zero has a mark, and so has a point
/// without neighbours, but the marks of this figure are ERM's.
fn unbroken(points: Vec<Point>) -> Vec<Point> {
    let stretches = points.split(|point| point.y <= 0.0).filter(|stretch| stretch.len() > 1);
    stretches.flat_map(|stretch| stretch.iter().copied().chain([Point::from((f64::NAN, f64::NAN))])).collect()
}

pub fn figure(table: &Table) -> Result<Figure> {
    let of = |column: &str| -> Result<String> { Ok(table.distinct(column)?.join(", ")) };
    let (erm, population) = (table.filter(&[("update", "erm")])?, table.filter(&[("update", "population")])?);
    let mut failure = Panel::new("failure", samples(), Axis::log("failure rate F_T(0.1)").range(1e-5, 1.0));
    let mut rank = Panel::new("span", samples(), Axis::linear("rank seen in round T / full rank"));
    let mut drift = Panel::new("drift", samples(), Axis::linear("drift P[y*_T ≠ y*₀]"));
    for (color, rounds) in ROUNDS.iter().enumerate() {
        let at = |table: &Table| table.filter(&[("rounds", &rounds.to_string())]);
        let curve = at(&erm)?;
        let label = format!("T = {rounds}");
        failure = failure
            .series(Series::unlabelled(
                LAW[color],
                color,
                unbroken(at(&population)?.points("samples", "failure_0.1_mean")?),
            ))
            .series(Series::new(label, Style::Markers, color, curve.means("samples", &FAILURE.name())?));
        let series = |column: &str| -> Result<Series> {
            Ok(Series::new(format!("T = {rounds}"), Style::LineMarkers, color, curve.measured("samples", column)?)
                .bars())
        };
        rank = rank.series(series("rank_fraction")?);
        drift = drift.series(series("drift")?);
    }
    Ok(Figure::new("Generic instance, sampled rounds: failure, span and drift against n")
        .subtitle(format!(
            "Gaussian features, M = {}, K = 16, d = 32, ‖θ₀‖ = 4, β = 1/√n, ERM nearest to θ_t (marks), population update (lines without \
             marks, where above 0); means over {} replicates, 95% intervals as bars, those of \
             failure in the table. No slope is fitted: for T = 2 and 4 failure is no power of n",
            of("prompts")?,
            of("replicates")?
        ))
        .columns(3)
        .panel(failure.legend(Legend::Below))
        .panel(rank.legend(Legend::Below))
        .panel(drift.legend(Legend::Below)))
}
