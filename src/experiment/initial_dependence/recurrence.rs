//! The recurrence κ_{t+1} against κ_t beside Lemma C.3 with the numbers of that very round.

use super::{CellRows, Finding, Results, Table};
use crate::Result;
use crate::experiment::results::texts;
use crate::metrics::Quantity;
use crate::metrics::named::{CONCENTRABILITY, KAPPA, KAPPA_MINUS_ONE, MARGIN, MIN_CONFIDENCE, POPULATION_LOSS};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::simulate::output;
use crate::theory::recurrence::recurrence;

/// Parts with a bound to show: the autoregressive instance has ties, where γ = 0 voids it.
const PARTS: [&str; 3] = ["tabular", "gaussian", "population"];

/// The bound on κ_{t+1} in a replicate, its ceiling 1/μ, and κ_{t+1}; `None` where γ_t = 0 or C_{π_{t+1}/π_t} is infinite.
fn step(cell: &CellRows, replicate: usize, t: usize) -> Result<Option<[f64; 3]>> {
    let at = |quantity: &'static Quantity, t: usize| cell.value(replicate, quantity, t);
    let (gamma, concentrability) = (at(&MARGIN, t)?, at(&CONCENTRABILITY, t + 1)?);
    if gamma <= 0.0 || !concentrability.is_finite() {
        return Ok(None);
    }
    let (epsilon, mu) = (at(&POPULATION_LOSS, t + 1)?.sqrt(), at(&MIN_CONFIDENCE, t + 1)?);
    let beta = cell.simulation()?.process.beta;
    let bound = recurrence(at(&KAPPA, t)?, gamma, mu, epsilon, beta, Some(concentrability.max(1.0)))?;
    Ok(Some([bound.value(), 1.0 / mu, at(&KAPPA, t + 1)?]))
}

/// Lemma C.3 is exact: no step may break it.
pub fn finding(results: &Results) -> Result<Finding> {
    let (mut steps, mut broken, mut speaking) = (0, 0, 0);
    for part in PARTS {
        for cell in results.cells(part)? {
            for replicate in 0..cell.replicates.len() {
                for t in 0..cell.rounds() {
                    let Some([bound, ceiling, next]) = step(&cell, replicate, t)? else { continue };
                    steps += 1;
                    // Sums over a few thousand terms, each to a few units of rounding.
                    broken += usize::from(next > bound * (1.0 + 1e-10));
                    speaking += usize::from(bound < ceiling);
                }
            }
        }
    }
    Ok(Finding::new(
        broken == 0 && steps > 0,
        format!(
            "recurrence: Lemma C.3 with the measured ε, γ, μ and C of each round is broken in {broken} of {steps} steps; it is below the \
             trivial 1/μ in {speaking}"
        ),
    ))
}

pub fn table(results: &Results) -> Result<Table> {
    let mut rows = Vec::new();
    for part in PARTS {
        for cell in results.cells(part)? {
            for t in 0..cell.rounds() {
                let steps = (0..cell.replicates.len()).map(|r| step(&cell, r, t)).collect::<Result<Vec<_>>>()?;
                let Some(steps) = steps.into_iter().collect::<Option<Vec<_>>>() else { continue };
                let (before, after) = (cell.mean(&KAPPA_MINUS_ONE, t)?, cell.mean(&KAPPA_MINUS_ONE, t + 1)?);
                let bound = steps.iter().map(|step| step[0] - 1.0).sum::<f64>() / steps.len() as f64;
                let mut row = vec![part.to_owned(), output::significant(cell.mean(&KAPPA, 0)?.mean, 2)];
                row.push(t.to_string());
                row.push(output::plain(before.mean));
                row.extend(texts(Some(after)));
                row.push(output::plain(bound));
                rows.push(row);
            }
        }
    }
    let header = ["part", "kappa0", "t", "before", "after_mean", "after_lo", "after_hi", "lemma_c3"];
    Ok(Table::new(header.map(str::to_owned).to_vec(), rows))
}

/// Line styles of the lemma: one for each κ_0 of a panel, so that the lines need no marks, which would be taken for data.
const LEMMA: [Style; 3] = [Style::Line, Style::Dashed, Style::DashDotted];

pub fn figure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("κ from round to round, beside Lemma C.3")
        .subtitle(
            "Marks: measured means, from right to left as t grows; bars: 95% intervals; arrowheads: beyond the axes. Lines without marks: Lemma C.3 for the κ₀ of their \
             colour, with the measured ε, γ, μ and concentrability of each round, mean over replicates. Where a line lies above the diagonal, \
             the lemma does not show that κ falls",
        )
        .columns(3);
    for (part, title) in [
        ("tabular", "tabular, ERM, n = 1024"),
        ("gaussian", "Gaussian, ERM, n = 256"),
        ("population", "Gaussian, population update, β = 1"),
    ] {
        let rows = table.filter(&[("part", part)])?;
        let mut panel =
            Panel::new(title, Axis::log("κ(πₜ) − 1").range(1e-3, 100.0), Axis::log("κ(πₜ₊₁) − 1").range(1e-4, 1000.0));
        let starts = rows.distinct("kappa0")?;
        // The first, the middle and the last; fewer of fewer.
        let mut shown = vec![starts.first(), starts.get(starts.len() / 2), starts.last()];
        shown.dedup();
        for (color, start) in shown.into_iter().flatten().enumerate() {
            let rows = rows.filter(&[("kappa0", start)])?;
            let label = format!("κ₀ = {start}");
            panel = panel
                .series(Series::new(label, Style::Markers, color, rows.measured("before", "after")?).bars())
                .series(
                    Series::unlabelled(LEMMA[color % LEMMA.len()], color, rows.points("before", "lemma_c3")?).plain(),
                );
        }
        figure = figure.panel(panel.guide(Guide::slope((1.0, 1.0), 1.0, "κₜ₊₁ = κₜ")));
    }
    Ok(figure)
}
