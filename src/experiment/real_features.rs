//! Self-rewarding on the features of a real model: how sure of itself it gets, and where it goes, for few and many samples.

use super::{CellRows, Columns, Drawing, Experiment, Finding, Results, Table};
use crate::Result;
use crate::metrics::named::{ACCURACY, DRIFT, FAILURE, Metric};
use crate::plot::{Axis, Figure, Panel, Series, Style};

/// n from 32 to 4096, β = 1, T = 8, ERM nearest to θ_t, on `data/docqa_minilm.npz`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "real_features",
    about: "Self-rewarding on real sentence-embedding features: certainty, drift and accuracy for n from 32 to 4096",
    definition: include_str!("../../experiments/definitions/real_features.toml"),
    findings,
    drawings: &[Drawing { name: "real_features", table, figure }],
};

fn table(results: &Results) -> Result<Table> {
    results.table(&Columns {
        part: "samples",
        labels: &[("samples", "process.samples")],
        measured: &[
            "kappa_minus_one",
            "failure_0.5",
            "failure_0.1",
            "base_failure_0.5",
            "drift",
            "accuracy",
            "rank_fraction",
            "diversity",
        ],
        theory: None,
    })
}

/// Sure of itself at every n; elsewhere than it started at the least n alone; no wiser at any.
fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells("samples")?;
    let (few, many) = (&cells[0], &cells[cells.len() - 1]);
    let names = |cell: &CellRows| cell.label("process.samples");
    let (start, few_fail, many_fail) =
        (few.mean(FAILURE.at(0.5), 0)?.mean, last(few, FAILURE.at(0.5))?, last(many, FAILURE.at(0.5))?);
    let surer = few_fail.1 < start && many_fail.1 < 0.1 * start;
    let (few_drift, many_drift) = (last(few, &DRIFT)?, last(many, &DRIFT)?);
    let mut wiser = f64::NEG_INFINITY;
    for cell in &cells {
        wiser = wiser.max(last(cell, &ACCURACY)?.1 - cell.mean(&ACCURACY, 0)?.mean);
    }
    Ok(vec![
        Finding::new(
            surer,
            format!(
                "surer: F(0.5) falls from {start:.3} to at most {:.3} (n = {}) and {:.3} (n = {}) in every replicate",
                few_fail.1,
                names(few),
                many_fail.1,
                names(many)
            ),
        ),
        Finding::new(
            few_drift.0 > many_drift.1,
            format!(
                "elsewhere where samples are few: drift of at least {:.3} at n = {}, of at most {:.3} at n = {}",
                few_drift.0,
                names(few),
                many_drift.1,
                names(many)
            ),
        ),
        Finding::new(wiser < 0.02, format!("no wiser: accuracy rises by {wiser:.3} in the best of all replicates")),
    ])
}

/// The least and the largest value over replicates after the last round.
fn last(cell: &CellRows, of: impl Into<Metric>) -> Result<(f64, f64)> {
    let values = cell.values(of, cell.rounds())?;
    Ok(values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), &v| (lo.min(v), hi.max(v))))
}

fn figure(table: &Table) -> Result<Figure> {
    let replicates = table.distinct("replicates")?.join(", ");
    let samples = table.distinct("samples")?;
    let panel = |title: &str, y: Axis, column: &str| -> Result<Panel> {
        let mut panel = Panel::new(title, Axis::linear("round t"), y);
        for (color, n) in samples.iter().enumerate() {
            let points = table.filter(&[("samples", n)])?.means("t", column)?;
            panel = panel.series(Series::new(format!("n = {n}"), Style::LineMarkers, color, points));
        }
        Ok(panel)
    };
    let figure = Figure::new("Real features: condition number, failure, drift and accuracy, round by round")
        .subtitle(format!(
            "sentence-embedding features of questions and their candidate answers, β = {}; means over {replicates} replicates, their 95% \
             intervals in the table",
            EXPERIMENT.given("samples", "process.beta")?
        ))
        .columns(2)
        .panel(panel("condition number", Axis::log("κ(πₜ) − 1"), "kappa_minus_one")?)
        .panel(panel("failure rate", Axis::log("F(0.5)"), "failure_0.5")?)
        .panel(panel("drift from the base model's choice", Axis::linear("P[y*ₜ ≠ y*₀]"), "drift")?)
        .panel(panel("accuracy against the true answers", Axis::linear("P[y*ₜ = answer]"), "accuracy")?)
        .shared_legend();
    Ok(figure)
}
