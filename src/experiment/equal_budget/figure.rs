//! Failure, drift and accuracy against the whole budget, drawn from the table alone.

use super::super::Table;
use super::{INSTANCES, WAYS};
use crate::Result;
use crate::plot::{Axis, Figure, Panel, Series, Style};

/// The ways of spending as the legend names them, with their lines.
const LEGEND: [(&str, Style); 3] = [
    ("n in each of T = 4 rounds, at β", Style::LineMarkers),
    ("nT in one round, at β", Style::DashedMarkers),
    ("nT in one round, at β' with 1 + 1/β' = (1 + 1/β)ᵀ", Style::DashedMarkers),
];

const TITLES: [&str; 4] = [
    "hard instance, β = 0.02",
    "one-hot features with a bump, β = 1",
    "Gaussian features, d = 32, β = 1",
    "real features, β = 1",
];

pub(super) fn failure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Equal budget: failure after T rounds of n and after one round of nT")
        .subtitle(subtitle(table, &INSTANCES)?)
        .columns(2)
        .shared_legend();
    for (instance, title) in INSTANCES.iter().zip(TITLES) {
        let mut panel = panel(table, instance, title, "failure_0.5", Axis::log("failure rate F(0.5)"))?;
        if *instance == "hard" {
            let law = table.filter(&[("instance", instance), ("way", WAYS[1])])?.points("budget", "exact_law")?;
            panel = panel.series(Series::new("exact law Δ(1 − 2q(1−q)Δ/M)^(nT)", Style::Dotted, 6, law));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}

pub(super) fn drift(table: &Table) -> Result<Figure> {
    let axis = || Axis::linear("drift P[y*_T ≠ y*₀]");
    Ok(Figure::new("Equal budget: drift and accuracy after T rounds of n and after one round of nT")
        .subtitle(subtitle(table, &INSTANCES[2..])?)
        .columns(3)
        .shared_legend()
        .panel(panel(table, "gaussian", "Gaussian features: drift", "drift", axis())?)
        .panel(panel(table, "real", "real features: drift", "drift", axis())?)
        .panel(panel(table, "real", "real features: accuracy", "accuracy", Axis::linear("accuracy P[y*_T = answer]"))?))
}

/// How many replicates there are of each kind of instance.
fn subtitle(table: &Table, instances: &[&str]) -> Result<String> {
    let count = |instance: &&str| -> Result<String> {
        Ok(format!("{} ({instance})", table.filter(&[("instance", instance)])?.distinct("replicates")?.join(", ")))
    };
    let counts = instances.iter().map(count).collect::<Result<Vec<_>>>()?.join(", ");
    Ok(format!("means over replicates, their 95% intervals in the table; replicates: {counts}"))
}

/// A quantity against the budget, one curve for each way of spending it.
fn panel(table: &Table, instance: &str, title: &str, quantity: &str, y: Axis) -> Result<Panel> {
    let mut panel = Panel::new(title, Axis::log("whole budget nT"), y);
    for (color, (way, (label, style))) in WAYS.iter().zip(LEGEND).enumerate() {
        let rows = table.filter(&[("instance", instance), ("way", way)])?;
        let points = rows.means("budget", quantity)?;
        panel = panel.series(Series::new(label, style, color, points));
    }
    Ok(panel)
}
