//! Self-rewarding on the features of a real model: how sure of itself it gets, and where it goes, for few and many samples.

use super::{Columns, Drawing, Experiment, Results, Table};
use crate::Result;
use crate::plot::{Axis, Figure, Panel, Series, Style};

/// n from 32 to 4096, β = 1, T = 8, ERM nearest to θ_t, on `data/docqa_minilm.npz`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "real_features",
    about: "Self-rewarding on real sentence-embedding features: certainty, drift and accuracy for n from 32 to 4096",
    definition: include_str!("../../experiments/definitions/real_features.toml"),
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

fn figure(table: &Table) -> Result<Figure> {
    let replicates = table.distinct("replicates")?.join(", ");
    let samples = table.distinct("samples")?;
    let panel = |title: &str, y: Axis, column: &str| -> Result<Panel> {
        let mut panel = Panel::new(title, Axis::linear("round t"), y);
        for (color, n) in samples.iter().enumerate() {
            let points = table.filter(&[("samples", n)])?.measured("t", column)?;
            panel = panel.series(Series::new(format!("n = {n}"), Style::LineMarkers, color, points));
        }
        Ok(panel)
    };
    let figure = Figure::new("Real features: more samples make the model surer, fewer take it further from its start, none makes it wiser")
        .subtitle(format!(
            "256 questions, 16 answers, sentence-embedding features, β = 1; mean over {replicates} replicates, bands: 95% Student-t \
             intervals"
        ))
        .columns(2)
        .panel(panel("condition number", Axis::log("κ(πₜ) − 1"), "kappa_minus_one")?)
        .panel(panel("failure rate (own mode below 1/2)", Axis::log("F(0.5)"), "failure_0.5")?)
        .panel(panel("drift from the base model's choice", Axis::linear("P[y*ₜ ≠ y*₀]"), "drift")?)
        .panel(panel("accuracy against the true answers", Axis::linear("P[y*ₜ = answer]"), "accuracy")?)
        .shared_legend();
    Ok(figure)
}
