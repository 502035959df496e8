//! ε against n by source, and the error of estimation of the offsets beside its limit and its bound.

use super::{EXPERIMENT, ZERO};
use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Legend, Panel, Point, Series, Style};

/// Line styles of the offsets' laws: one for each, so that lines need no marks of their own to differ in grey.
const LAW: [Style; 3] = [Style::Dotted, Style::Dashed, Style::DashDotted];
/// The noise whose bound is drawn; those of the others lie beside it, as its limit does.
const BOUNDED: &str = "0.3";

fn samples() -> Axis {
    Axis::log("samples n").range(150.0, 2e6)
}

/// Rounding is drawn as the zero that it stands for.
fn without_rounding(points: Vec<Point>) -> Vec<Point> {
    let zero = |point: Point| if point.y < ZERO { Point { y: 0.0, lo: None, hi: None, ..point } } else { point };
    points.into_iter().map(zero).collect()
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let of = |source: &str, column: &str| -> Result<String> {
        Ok(table.filter(&[("source", source)])?.distinct(column)?.join(", "))
    };
    let (replicates, prompts) = (of("offset", "replicates")?, of("offset", "prompts")?);
    let keys = ["instance.responses", "instance.dim", "process.judge_noise", "instance.offset.along"];
    let [responses, dim, sigma, along] = EXPERIMENT.settings("judge", keys)?;
    let [threshold] = EXPERIMENT.settings("selective", ["process.prompts.confidence_at_most"])?;
    let judge = format!("judge with noise σ = {sigma} a pair");
    let mut all = Panel::new("root ε of the population loss", samples(), Axis::log("ε, nats").range(1e-4, 3.0));
    let sources = [
        ("regression", "no noise, reward in the class: exactly 0", 0),
        ("judge", judge.as_str(), 1),
        ("labels", "Bradley–Terry labels", 2),
    ];
    for (source, label, color) in sources {
        let rows = table.filter(&[("source", source)])?;
        let points = without_rounding(rows.measured("samples", "epsilon")?);
        all = all.series(Series::new(label, Style::Markers, color, points).bars());
        if source != "regression" {
            all = all.series(Series::unlabelled(Style::Line, color, rows.points("samples", "predicted")?).plain());
        }
    }
    let mut step =
        Panel::new("distance e of the step from the population's", samples(), Axis::log("e, nats").range(1e-4, 30.0));
    let offsets = table.filter(&[("source", "offset")])?;
    for (index, noise) in offsets.distinct("noise")?.iter().enumerate() {
        let (rows, color) = (offsets.filter(&[("noise", noise)])?, 3 + index);
        all = all
            .series(
                Series::new(
                    format!("offset, s = {noise}"),
                    Style::Markers,
                    color,
                    rows.measured("samples", "epsilon")?,
                )
                .bars(),
            )
            .series(Series::unlabelled(LAW[index % LAW.len()], color, rows.points("samples", "predicted")?));
        let measured = rows.measured("samples", "estimation")?;
        step = step
            .series(Series::new(format!("s = {noise}"), Style::Markers, color, measured).bars())
            .series(Series::unlabelled(LAW[index % LAW.len()], color, rows.points("samples", "limit")?));
        if noise == BOUNDED {
            step = step.series(Series::unlabelled(Style::Line, color, rows.points("samples", "bound")?));
        }
    }
    let title = format!("root ε, favourites up to {threshold} alone");
    let mut selective = Panel::new(title, samples(), Axis::log("ε, nats").range(1e-4, 3.0));
    let judge = format!("judge, σ = {sigma}");
    let offset = table.filter(&[("source", "offset, selective")])?;
    let offset = format!("offset, s = {}", offset.distinct("noise")?.join(", "));
    for (source, label, color) in [
        ("regression, selective", "no noise: exactly 0", 0),
        ("judge, selective", judge.as_str(), 1),
        ("labels, selective", "labels", 2),
        ("offset, selective", offset.as_str(), 4),
    ] {
        let rows = table.filter(&[("source", source)])?;
        let points = without_rounding(rows.measured("samples", "epsilon")?);
        selective = selective
            .series(Series::new(label, Style::Markers, color, points).bars())
            .series(Series::unlabelled(Style::Line, color, rows.points("samples", "predicted")?).plain());
    }
    Ok(Figure::new("Where noise enters one round of self-rewarding")
        .subtitle(format!(
            "Gaussian features, M = {prompts} prompts (labels: {}), K = {responses}, d = {dim}; fixed logits {along}⟨w, φ⟩ plus s \
             times a normal variate that no θ follows; means over {replicates} replicates with 95% intervals",
            of("labels", "prompts")?
        ))
        .columns(3)
        .panel(all.note("lines: √(ε_app² + D/n), judge √(rσ²/n), labels √(tr(GI⁺)/n)").legend(Legend::Below))
        .panel(step.note("broken lines: √(D/n)").note(format!("solid: bound M5 at s = {BOUNDED}")).legend(Legend::Below))
        .panel(selective.note("lines: limits with I of the prompts drawn").legend(Legend::Below))
        .symbol("w", "random unit vector")
        .symbol("D", "limit of n e² with an offset")
        .symbol("r", "rank of G")
        .symbol("G", "second moment of the feature differences")
        .symbol("I⁺", "pseudo-inverse of the Fisher information of a label"))
}
