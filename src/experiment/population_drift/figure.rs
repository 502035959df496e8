//! Entropy, R² and what became of the base model's choice, drawn from the table alone.

use super::super::Table;
use super::EXPERIMENT;
use crate::Result;
use crate::plot::{Axis, Figure, Legend, Panel, Series, Style};

/// The laws of three answers: the part, and how it is written.
const LAWS: [(&str, &str); 2] = [("three-answers", "(0.30, 0.69, 0.01)"), ("sure-answers", "(0.0001, 0.9995, 0.0004)")];

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let replicates = table.filter(&[("part", "gaussian")])?.distinct("replicates")?.join(", ");
    let keys = ["instance.prompts", "instance.responses", "instance.dim", "instance.offset.along"];
    let [prompts, responses, dim, along] = EXPERIMENT.settings("gaussian", keys)?;
    let mut figure = Figure::new("Population rounds with fixed logits outside the class: drift without sampling")
        .subtitle(format!(
            "No round is sampled. First row: one prompt, three answers with the features 0, ½, 1, from two base laws. Below: {prompts} prompts, \
             {responses} answers, d = {dim}, fixed logits {along}⟨w, φ⟩ plus s times a normal variate; means over {replicates} instances, \
             their 95% intervals in the table. R² is that of the step to round t"
        ))
        .columns(3);
    for (title, y, column) in [
        ("three answers: entropy", Axis::linear("entropy of πₜ (nats)"), "entropy"),
        ("three answers: share that the class can follow", share(), "sharpened_share"),
        ("three answers: probability of the base mode", Axis::linear("πₜ(y*₀)").range(0.0, 1.0), "base_probability"),
    ] {
        let mut panel = Panel::new(title, Axis::linear("round t"), y).legend(once(column));
        let mut color = 0;
        for (part, law) in LAWS {
            let rows = table.filter(&[("part", part)])?;
            for beta in rows.distinct("beta")? {
                let points = rows.filter(&[("beta", &beta)])?.means("t", column)?;
                panel = panel.series(Series::new(format!("{law}, β = {beta}"), style(color), color, points));
                color += 1;
            }
        }
        figure = figure.panel(panel);
    }
    let gaussian = table.filter(&[("part", "gaussian")])?;
    for beta in gaussian.distinct("beta")? {
        let cells = gaussian.filter(&[("beta", &beta)])?;
        for (title, y, column) in [
            ("entropy", Axis::log("entropy of πₜ (nats)").range(1e-4, 2.0), "entropy"),
            ("share that the class can follow", share(), "sharpened_share"),
            ("drift", Axis::linear("drift P[y*ₜ ≠ y*₀]").range(0.0, 1.0), "drift"),
        ] {
            let mut panel = Panel::new(format!("β = {beta}: {title}"), Axis::linear("round t"), y).legend(once(column));
            for (color, noise) in cells.distinct("noise")?.iter().enumerate() {
                let points = cells.filter(&[("noise", noise)])?.means("t", column)?;
                panel = panel.series(Series::new(format!("s = {noise}"), style(color), color, points));
            }
            figure = figure.panel(panel);
        }
    }
    Ok(figure.symbol("w", "random unit vector"))
}

/// The curves of a row are named in its first panel.
fn once(column: &str) -> Legend {
    if column == "entropy" { Legend::default() } else { Legend::Hidden }
}

fn share() -> Axis {
    Axis::linear("R²").range(0.0, 1.0)
}

fn style(color: usize) -> Style {
    [Style::LineMarkers, Style::DashedMarkers][color % 2]
}
