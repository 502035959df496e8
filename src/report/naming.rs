//! What the series of a figure are called, those without an entry in their own panel's legend too.

use crate::plot::{Figure, Series, Style};

/// The name of a series: its own label; or that of a series drawn in the same colour, in its panel or, where panels share a legend,
/// in another one, first of the same style; or what its panel shows.
pub fn name(figure: &Figure, panel: usize, series: usize) -> String {
    let (own, here) = (&figure.panels[panel].series[series], &figure.panels[panel]);
    if let Some(label) = &own.label {
        return label.clone();
    }
    let elsewhere = figure.panels.iter().flat_map(|panel| &panel.series);
    let label_of = |one: &Series| one.label.clone();
    let alike = |one: &&Series| one.color == own.color && one.label.is_some();
    let of_style = |one: &&Series| alike(one) && is_measured(one) == is_measured(own);
    here.series
        .iter()
        .find(of_style)
        .or_else(|| elsewhere.clone().find(of_style))
        .and_then(label_of)
        .or_else(|| here.series.iter().find(alike).or_else(|| elsewhere.clone().find(alike)).and_then(label_of))
        .unwrap_or_else(|| {
            [&here.title, &here.y.label].into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default()
        })
}

/// Whether a series is drawn as measured values are, with a mark on every point; bounds and laws are lines.
pub fn is_measured(series: &Series) -> bool {
    matches!(series.style, Style::LineMarkers | Style::DashedMarkers | Style::Markers)
}
