//! κ_t − 1 and failure against t, and the continuum of confidences.

use super::{PARTS, Table};
use crate::plot::{Axis, Figure, Guide, Panel, Point, Series, Style};
use crate::simulate::output;
use crate::{Error, Result};

const TITLES: [&str; 4] = [
    "tabular: geometric",
    "autoregressive: to a floor of ties",
    "Gaussian, ERM: stalls",
    "Gaussian, population update",
];

/// κ_t − 1.
pub fn kappa(table: &Table) -> Result<Figure> {
    let title = "Every κ₀ is forgotten, geometrically where prompts are alike; ties leave a floor, and on shared features sampling stalls the end";
    let axis = Axis::log("κ(πₜ) − 1").range(1e-5, 60.0);
    panels(table, Figure::new(title), &axis, "kappa_minus_one", "law_kappa_minus_one")
}

/// F_t(0.5).
pub fn failure(table: &Table) -> Result<Figure> {
    let title = "Failure from many κ₀: geometric where prompts are alike, to a floor where responses tie, stalled where features are shared";
    let axis = Axis::log("failure rate Fₜ(0.5)").range(2e-5, 1.5);
    panels(table, Figure::new(title), &axis, "failure_0.5", "law_share")
}

fn panels(table: &Table, figure: Figure, axis: &Axis, quantity: &str, law: &str) -> Result<Figure> {
    let replicates =
        |part: &str| -> Result<String> { Ok(table.filter(&[("part", part)])?.distinct("replicates")?.join(", ")) };
    let mut figure = figure
        .subtitle(format!(
            "tabular: M = 512, K = 64, n = 1024; autoregressive: M = 256, 4 tokens, length 4, n = 1024; Gaussian: M = 500, K = 16, d = 32, \
             n = 256; all β = 1/√n; population: β = 1. Means over {}, {}, {} and {} replicates, bands: 95% Student-t; black: exact law",
            replicates("tabular")?,
            replicates("autoregressive")?,
            replicates("gaussian")?,
            replicates("population")?
        ))
        .columns(2);
    for ((part, key), title) in PARTS.into_iter().zip(TITLES) {
        let rows = table.filter(&[("part", part)])?;
        let mut panel = Panel::new(title, Axis::linear("round t"), axis.clone());
        let name = key.rsplit('.').next().unwrap_or(key);
        for (color, value) in rows.distinct(name)?.iter().enumerate() {
            let rows = rows.filter(&[(name, value)])?;
            let kappa0 = rows.points("t", "kappa_mean")?.first().map(|point| point.y);
            let kappa0 = kappa0
                .ok_or_else(|| Error::argument("kappa_mean", "absent", format!("a number at {name} = {value}")))?;
            panel = panel.series(Series::unlabelled(Style::Line, 6, rows.points("t", law)?)).series(Series::new(
                format!("κ₀ = {}", output::significant(kappa0, 2)),
                Style::LineMarkers,
                color,
                rows.measured("t", quantity)?,
            ));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}

pub fn continuum(table: &Table) -> Result<Figure> {
    // On a logarithmic axis eight marks an octave are enough.
    let later = |mut points: Vec<Point>| {
        points.retain(|point| point.x >= 1.0 && point.x % (point.x.log2().floor() - 3.0).exp2() == 0.0);
        points
    };
    let measured = later(table.measured("t", "kappa_minus_one")?);
    let (untouched, ties) = (later(table.points("t", "untouched")?), later(table.points("t", "near_ties")?));
    let both = untouched.iter().zip(&ties).map(|(a, b)| (a.x, a.y + b.y));
    let surplus = Panel::new("κₜ − 1: two power laws", Axis::log("round t"), Axis::log("κ(πₜ) − 1").range(3e-6, 1.0))
        .series(Series::new("measured", Style::Markers, 0, measured))
        .series(Series::new("both laws together", Style::Line, 6, both))
        .series(Series::new("prompts never touched", Style::Dashed, 1, untouched.clone()))
        .series(Series::new("near-ties, sharpened once", Style::DashDotted, 2, ties.clone()))
        .guide(Guide::slope((8.0, 6e-3), -2.0, "slope −2"));
    let failure = Panel::new(
        "Fₜ(0.1): faster than any power",
        Axis::linear("round t").range(0.0, 24.5),
        Axis::log("failure rate Fₜ(0.1)"),
    )
    .series(Series::new("measured", Style::LineMarkers, 0, table.measured("t", "failure_0.1")?));
    Ok(Figure::new("Where the base model's confidences form a continuum, κ − 1 ends in a power law of t while failure falls faster than any power")
        .subtitle(format!(
            "tabular instance, {} prompts of 2 responses, π₀(y*|x) uniform on (1/2, 1), n = {}, β = 1/√n; mean over {} replicates with 95% \
             Student-t bands",
            table.distinct("prompts")?.join(", "),
            table.distinct("samples")?.join(", "),
            table.distinct("replicates")?.join(", ")
        ))
        .columns(2)
        .panel(surplus)
        .panel(failure))
}
