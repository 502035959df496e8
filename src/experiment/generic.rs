//! The figure of a definition that has none of its own: κ_t − 1, failure rates, drift and, where it is measured, the probability of a
//! correct answer against t, one curve for each cell. Where there are more cells than curves can be told apart, one key is shown by
//! colours and the others by panels, or another key takes the place of t; where that is not enough either, nothing is drawn.

mod spread;

use super::lacking::Lacking;
use super::{Columns, Results, Table};
use crate::Result;
use crate::plot::{Axis, Figure, Panel, Point, Series, Style};
use spread::Spread;

/// What loops with correct answers are looked at for.
const CORRECT: &str = "correct_probability";

/// Means of κ_t − 1, of the failure rate at the first δ, of the drift, and of the probability of a correct answer.
///
/// # Errors
/// [`crate::Error::File`] if the store cannot be read.
pub fn table(results: &Results) -> Result<Table> {
    let keys = results.study.definition.grid_keys();
    let mut labels = vec![("part", "part"), ("cell", "cell")];
    labels.extend(keys.iter().map(|key| (key.as_str(), key.as_str())));
    let failure = results.study.wanted.deltas.first().map(|delta| format!("failure_{delta}"));
    let mut measured = vec!["kappa_minus_one", "drift"];
    measured.extend(failure.as_deref());
    measured.extend(results.study.wanted.also.contains(&CORRECT).then_some(CORRECT));
    results.table(&Columns { part: "", labels: &labels, measured: &measured, theory: None })
}

/// Whether a table was made by [`table`].
pub fn fits(table: &Table) -> bool {
    ["part", "cell", "t", "kappa_minus_one_mean", "drift_mean"].iter().all(|name| table.has(name))
}

/// Whether the reason why [`figure`] drew nothing is that there are more cells than one figure shows.
pub fn is_too_large(reason: &str) -> bool {
    reason.starts_with(spread::TOO_LARGE)
}

/// A panel: its title, its vertical axis, and the quantity.
type Shown = (&'static str, Axis, String);

/// The figure, drawn from the table alone; `name` is the experiment's.
///
/// # Errors
/// [`crate::Error::Argument`] if the table is not of [`table`]'s form, or has more cells than one figure shows.
pub fn figure(name: &str, table: &Table) -> Result<Figure> {
    let spread = Spread::of(table)?;
    let mean = format!("{CORRECT}_mean");
    // A column of an instance without answers is empty.
    let has_correct = table.has(&mean) && table.distinct(&mean)?.iter().any(|value| !value.is_empty());
    let failure = table.header().iter().find_map(|column| column.strip_prefix("failure_")?.strip_suffix("_mean"));
    let mut shown: Vec<Shown> = vec![("condition number", Axis::log("κ(πₜ) − 1"), "kappa_minus_one".to_owned())];
    shown.extend(failure.map(|delta| {
        ("own optimum missed", Axis::log(format!("failure rate F({delta})")), format!("failure_{delta}"))
    }));
    shown.push(("drift from the base model's choice", Axis::linear("P[y*ₜ ≠ y*₀]"), "drift".to_owned()));
    if has_correct {
        let axis = Axis::linear("mass of correct responses").range(0.0, 1.0);
        shown.push(("against answers", axis, CORRECT.to_owned()));
    }
    let columns = match (spread.panels.len(), has_correct) {
        (1, true) => 2,
        (1, false) => 3,
        _ => shown.len(),
    };
    let replicates = table.distinct("replicates")?.join(", ");
    let is_single = replicates == "1";
    let replicates = match replicates.as_str() {
        "1" => "a single replicate".to_owned(),
        count => format!("means over {count} replicates, bands: 95% intervals where there are any"),
    };
    let mut figure =
        Figure::new(name).subtitle(format!("{}{replicates}", spread.said())).columns(columns).shared_legend();
    for (facet, curves) in &spread.panels {
        for (title, y, quantity) in &shown {
            let title = if facet.is_empty() { (*title).to_owned() } else { format!("{facet}: {title}") };
            let mut panel = Panel::new(title, spread.axis(), y.clone());
            let mut lacking = Lacking::default();
            for curve in curves {
                let points: Vec<Point> = curve.rows.measured(&spread.x, quantity)?;
                let point = |point: Point| (point.y, point.lo);
                lacking.add(&curve.rows, |rows| {
                    Ok(rows.measured(&spread.x, quantity)?.into_iter().map(point).collect())
                })?;
                panel = panel.series(Series::new(&curve.label, Style::LineMarkers, curve.color, points));
            }
            // Of single replicates the sentence below the title says so.
            panel.notes.extend(lacking.note().filter(|_| !is_single));
            figure = figure.panel(panel);
        }
    }
    Ok(figure)
}
