//! The figure of a definition that has none of its own: κ_t − 1, failure rates, drift and, where it is measured, the probability of a
//! correct answer against t, one curve for each cell.

use super::{Columns, Results, Table};
use crate::Result;
use crate::plot::{Axis, Figure, Panel, Series, Style};
use crate::words::counted;

/// Curves beyond these would no longer be told apart.
const MOST_CURVES: usize = 8;

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

/// The figure, drawn from the table alone; `name` is the experiment's.
///
/// # Errors
/// [`crate::Error::Argument`] if the table is not of [`table`]'s form.
pub fn figure(name: &str, table: &Table) -> Result<Figure> {
    let cells = table.distinct("cell")?;
    let keys = || table.header().iter().skip(2).take_while(|column| *column != "replicates");
    let curve = |cell: &String| -> Result<(String, Table)> {
        let rows = table.filter(&[("cell", cell)])?;
        let mut label = rows.distinct("part")?.join(", ");
        for key in keys() {
            let short = key.rsplit('.').next().unwrap_or(key);
            label.push_str(&format!(", {short} = {}", rows.distinct(key)?.join(", ")));
        }
        Ok((label, rows))
    };
    let curves = cells.iter().take(MOST_CURVES).map(curve).collect::<Result<Vec<_>>>()?;
    let panel = |title: &str, y: Axis, quantity: &str| -> Result<Panel> {
        let mut panel = Panel::new(title, Axis::linear("round t"), y);
        for (color, (label, rows)) in curves.iter().enumerate() {
            panel = panel.series(Series::new(label, Style::LineMarkers, color, rows.measured("t", quantity)?));
        }
        Ok(panel)
    };
    let shown = if cells.len() > curves.len() {
        format!("the first {MOST_CURVES} of {}; ", counted(cells.len(), "cell"))
    } else {
        String::new()
    };
    let mean = format!("{CORRECT}_mean");
    // A column of an instance without answers is empty.
    let has_correct = table.has(&mean) && table.distinct(&mean)?.iter().any(|value| !value.is_empty());
    let mut figure = Figure::new(name)
        .subtitle(format!(
            "{shown}{}",
            match table.distinct("replicates")?.join(", ").as_str() {
                "1" => "a single replicate".to_owned(),
                count => format!("means over {count} replicates, bands: 95% intervals where there are any"),
            }
        ))
        .columns(if has_correct { 2 } else { 3 })
        .shared_legend()
        .panel(panel("condition number", Axis::log("κ(πₜ) − 1"), "kappa_minus_one")?);
    let failure = table.header().iter().find_map(|column| column.strip_prefix("failure_")?.strip_suffix("_mean"));
    if let Some(delta) = failure {
        let quantity = format!("failure_{delta}");
        figure = figure.panel(panel("own optimum missed", Axis::log(format!("failure rate F({delta})")), &quantity)?);
    }
    figure = figure.panel(panel("drift from the base model's choice", Axis::linear("P[y*ₜ ≠ y*₀]"), "drift")?);
    if has_correct {
        let axis = Axis::linear("mass of correct responses").range(0.0, 1.0);
        figure = figure.panel(panel("against answers", axis, CORRECT)?);
    }
    Ok(figure)
}
