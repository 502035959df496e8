//! The factor of a round: measured, by the exact law, and λ of Lemma C.4.

use super::curves::{Curve, MODEL_ERROR};
use super::{CellRows, Finding, PARTS, Results, RunConstants, Table, preference, theory};
use crate::Result;
use crate::metrics::named::{FAILURE, KAPPA, KAPPA_MINUS_ONE, Metric};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::simulate::output;
use crate::stats::{Law, compare_decays};
use crate::theory::recurrence::Contraction;

const HEADER: [&str; 12] = [
    "part",
    "replicates",
    "kappa0",
    "factor_kappa_mean",
    "factor_kappa_lo",
    "factor_kappa_hi",
    "factor_failure_mean",
    "factor_failure_lo",
    "factor_failure_hi",
    "law_factor",
    "lambda",
    "kappa_inf",
];

/// Preferences of an exponential over a power law, and of a floor over an exponential, for κ_t − 1.
const PREFERENCES: [&str; 2] = ["aicc_power_law_less_exponential", "aicc_exponential_less_floor"];

pub fn table(results: &Results) -> Result<Table> {
    let mut rows = Vec::new();
    for (part, _) in PARTS {
        for cell in results.cells(part)? {
            let curve = |quantity: Metric| {
                let whole = Curve::of(&cell, quantity)?;
                if part == "tabular" { whole.counted(&cell, FAILURE.at(0.5)) } else { Ok(whole) }
            };
            let (kappa, failure) = (curve((&KAPPA_MINUS_ONE).into())?, curve(FAILURE.at(0.5))?);
            let mut values = vec![cell.mean(&KAPPA, 0)?.mean];
            for curve in [&kappa, &failure] {
                let factor = curve.factor()?;
                values.extend(factor.map_or([f64::NAN; 3], |factor| [factor.value, factor.lo, factor.hi]));
            }
            let map = contraction(&cell)?;
            values.extend([theory(&cell.simulation()?, 1)?[0].1, map.factor(), map.fixed_point()]);
            let decays = compare_decays(&kappa.points(), MODEL_ERROR)?;
            values.push(preference(&decays, Law::PowerLaw, Law::Exponential));
            values.push(preference(&decays, Law::Exponential, Law::ExponentialToFloor));
            let mut row = vec![cell.label("part"), cell.replicates.len().to_string()];
            row.extend(values.into_iter().map(output::plain));
            rows.push(row);
        }
    }
    Ok(Table::new(HEADER.iter().chain(&PREFERENCES).map(|&name| name.to_owned()).collect(), rows))
}

/// The map of Lemma C.4 with the constants of this run, the worst over rounds and replicates; ε as measured, not its bound.
fn contraction(cell: &CellRows) -> Result<Contraction> {
    RunConstants::worst(&RunConstants::all(cell, cell.rounds())?).contraction()
}

/// λ < 1/2 is not what is seen, and κ_∞ says that it need not be: it lies above κ_0.
pub fn vacuous(cells: &[CellRows]) -> Result<Finding> {
    let (mut void, mut slower) = (0, 0);
    let mut factors = (f64::INFINITY, 0.0f64);
    for cell in cells {
        let Some(factor) = Curve::of(cell, &KAPPA_MINUS_ONE)?.counted(cell, FAILURE.at(0.5))?.factor()? else {
            continue;
        };
        void += usize::from(contraction(cell)?.fixed_point() >= cell.mean(&KAPPA, 0)?.mean);
        slower += usize::from(factor.lo > 0.5);
        factors = (factors.0.min(factor.value), factors.1.max(factor.value));
    }
    Ok(Finding::new(
        void == cells.len() && slower > 0,
        format!(
            "factors of a round from {:.2} to {:.2}, the nearer to 1 the larger κ₀: above 1/2, and so above every λ, in {slower} of {} \
             cells; κ_∞ of Lemma C.4, with the run's own constants, is at least κ₀ in {void} of them: no bound is broken, and none says anything",
            factors.0,
            factors.1,
            cells.len()
        ),
    ))
}

pub fn figure(table: &Table) -> Result<Figure> {
    let start = || Axis::log("condition number of the initial model κ₀");
    let tabular = table.filter(&[("part", "tabular")])?;
    let factors = Panel::new("tabular: factor of a round", start(), Axis::linear("factor of a round").range(0.0, 1.0))
        .series(Series::unlabelled(Style::Line, 6, tabular.points("kappa0", "law_factor")?))
        .series(Series::new("of κₜ − 1", Style::Markers, 0, tabular.measured("kappa0", "factor_kappa")?).bars())
        .series(Series::new("of Fₜ(0.5)", Style::Markers, 1, tabular.measured("kappa0", "factor_failure")?).bars())
        .series(Series::new("λ of Lemma C.4", Style::Dashed, 2, tabular.points("kappa0", "lambda")?))
        .note("solid line: exact law (1−2q(1−q)/M)ⁿ");
    let mut fixed = Panel::new("κ_∞ of Lemma C.4", start(), Axis::log("κ_∞ with the run's own γ, μ, ε, r̄"))
        .guide(Guide::slope((1.0, 1.0), 1.0, "κ_∞ = κ₀"));
    for (color, (part, style)) in
        [("tabular", Style::LineMarkers), ("population", Style::DashedMarkers)].into_iter().enumerate()
    {
        let points = table.filter(&[("part", part)])?.points("kappa0", "kappa_inf")?;
        let name = if part == "tabular" { "tabular, ERM" } else { "Gaussian, population update" };
        fixed = fixed.series(Series::new(name, style, 3 * color, points));
    }
    Ok(Figure::new("The factor of a round and Lemma C.4's κ_∞, against the initial κ₀")
        .subtitle(format!(
            "tabular instance with 512 prompts of 64 responses, n = 1024, β = 1/√n, {} replicates: exponential fitted to t ≥ 1, bars: 95% \
             bootstrap over replicates",
            tabular.distinct("replicates")?.join(", ")
        ))
        .columns(2)
        .panel(factors)
        .panel(fixed)
        .symbol("q", "base probability of the most likely response")
        .symbol("λ", "factor by which the recursion of Lemma C.4 comes nearer to κ_∞ in a round")
        .symbol("κ_∞", "where that recursion ends")
        .symbol("r̄", "largest √(C/κ_t) of the rounds, C: concentrability of π_{t+1} with respect to π_t"))
}
