//! d_λ and the metric entropy of the three spectra at the largest d, beside their bounds: numbers of the theory alone.

use super::curves::{KINDS, curves};
use super::panels::SPECTRA;
use crate::experiment::{Results, Table};
use crate::instance;
use crate::plot::{Axis, Figure, Panel, Series, Style};
use crate::simulate::output::plain;
use crate::theory::effective_dimension::{
    Regime, Spectrum, effective_dimension, metric_entropy, paper_lambda, regime_bound, volume_bound,
};
use crate::{Error, Result};

const HEADER: [&str; 9] =
    ["quantity", "spectrum", "d", "x", "value", "bound", "second_bound", "third_bound", "free_lambda"];

/// Rows `dimension` (x = λ): d_λ; Lemma G.4; the sharper integral bound (ours); Eq. 149 at its best k; tr Σ/λ is left to the
/// reader. Rows `entropy` (x = η, B = 1): the volume bound from below; Σ log(5B√λ_j/η); 2 d_λ log(5B√λ_1/η) with λ tied to η; and
/// the same with the paper's λ = 1/log d.
pub fn table(results: &Results) -> Result<Table> {
    let curves = curves(results)?;
    let mut rows = Vec::new();
    for kind in KINDS {
        let Some(curve) = curves.iter().rfind(|curve| curve.kind == kind) else { continue };
        let given = curve.cells[0].cell.config.instance.get("spectrum");
        let given = given.ok_or_else(|| Error::argument("instance.spectrum", "absent", "a spectrum"))?;
        let regime = regime(&given, curve.dim, &curve.spectrum)?;
        let start =
            |quantity: &str, x: f64| vec![quantity.to_owned(), kind.to_owned(), curve.dim.to_string(), plain(x)];
        for step in 0..=32 {
            let lambda = 10f64.powf(-8.0 + 0.25 * f64::from(step));
            let (exact, lemma) = (effective_dimension(&curve.spectrum, lambda)?, regime_bound(&regime, lambda)?);
            let mut row = start("dimension", lambda);
            row.extend([plain(exact.value()), plain(lemma.value())]);
            row.extend([lemma.intermediate("integral_bound"), exact.intermediate("tail_bound"), None].map(text));
            rows.push(row);
        }
        for step in 0..=32 {
            rows.push([start("entropy", eta(step)), entropy(&curve.spectrum, eta(step))?.to_vec()].concat());
        }
    }
    Ok(Table::new(HEADER.map(str::to_owned).to_vec(), rows))
}

fn eta(step: i32) -> f64 {
    10f64.powf(-4.0 + 0.125 * f64::from(step))
}

fn text(value: Option<f64>) -> String {
    value.map_or_else(String::new, plain)
}

fn entropy(spectrum: &Spectrum, eta: f64) -> Result<[String; 5]> {
    let bound = metric_entropy(spectrum, 1.0, eta)?;
    let form = bound.intermediate("dimension_form");
    let tied = bound.intermediate("effective_dimension");
    let free = effective_dimension(spectrum, paper_lambda(spectrum.eigenvalues().len() as f64)?)?.value();
    let free = form.zip(tied).map(|(form, tied)| form * free / tied);
    Ok([plain(volume_bound(spectrum, 1.0, eta)?.value()), plain(bound.value()), text(form), String::new(), text(free)])
}

/// The regime that a synthetic spectrum lies in, scaled as `scaled` is.
fn regime(given: &instance::Spectrum, dim: usize, scaled: &Spectrum) -> Result<Regime> {
    let scale = scaled.eigenvalues()[0] / given.eigenvalues(dim)?[0];
    Ok(match *given {
        instance::Spectrum::Isotropic {} => Regime::Spiked { rank: dim as f64, tail: 0.0 },
        instance::Spectrum::Exponential { rate } => Regime::Exponential { rate, scale },
        instance::Spectrum::Polynomial { exponent } => Regime::Polynomial { exponent, scale },
        instance::Spectrum::Spiked { rank, tail } => Regime::Spiked { rank: rank as f64, tail: scale * tail },
    })
}

/// Two rows of panels: dimensions against λ, entropies against η.
pub fn figure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new(
        "Effective dimension d_λ and metric entropy, with their bounds",
    )
    .subtitle(format!(
        "numbers of the theory, nothing measured; Σ of trace 1, d = {}, B = 1; the true log N lies between the two solid lines",
        table.distinct("d")?.join(", ")
    ))
    .columns(3)
    .shared_legend()
    .symbol("η", "resolution of the cover whose size is N");
    for (kind, name) in SPECTRA {
        let rows = table.filter(&[("quantity", "dimension"), ("spectrum", kind)])?;
        let axes = (Axis::log("λ"), Axis::log("effective dimension d_λ").range(0.3, 1e5));
        let mut panel = Panel::new(name, axes.0, axes.1)
            .series(Series::new("d_λ, exact", Style::LineMarkers, 0, rows.points("x", "value")?))
            .series(Series::new("Lemma G.4", Style::Dashed, 1, rows.points("x", "bound")?))
            .series(Series::new("Eq. 149 at its best k", Style::DashDotted, 2, rows.points("x", "third_bound")?));
        let sharper = rows.points("x", "second_bound")?;
        if !sharper.is_empty() {
            panel = panel.series(Series::new("integral bound", Style::Dotted, 6, sharper));
        }
        figure = figure.panel(panel);
    }
    for (kind, name) in SPECTRA {
        let rows = table.filter(&[("quantity", "entropy"), ("spectrum", kind)])?;
        let axes = (Axis::log("resolution η"), Axis::log("metric entropy log N (nats)").range(0.3, 1e5));
        figure = figure.panel(
            Panel::new(name, axes.0, axes.1)
                .series(Series::new("log N: volume (from below)", Style::Line, 3, rows.points("x", "value")?))
                .series(Series::new("log N: Σ log(5B√λⱼ/η)", Style::Line, 4, rows.points("x", "bound")?))
                .series(Series::new(
                    "log N: 2 d_λ log(5B√λ₁/η), λ = η²/4B²",
                    Style::Dashed,
                    5,
                    rows.points("x", "second_bound")?,
                ))
                .series(Series::new(
                    "the same, λ = 1/log d: false",
                    Style::DashDotted,
                    6,
                    rows.points("x", "free_lambda")?,
                )),
        );
    }
    Ok(figure)
}
