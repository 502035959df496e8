//! Failure, drift and accuracy against the whole budget, drawn from the table alone.

use super::super::Table;
use super::{EXPERIMENT, INSTANCES, WAYS};
use crate::Result;
use crate::plot::{Axis, Figure, Panel, Series, Style};

/// The ways of spending as the legend names them, with their lines.
fn legend() -> Result<[(String, Style); 3]> {
    let rounds = given(INSTANCES[0], "process.rounds")?;
    Ok([
        (format!("n in each of T = {rounds} rounds, at β"), Style::LineMarkers),
        ("nT in one round, at β".to_owned(), Style::DashedMarkers),
        ("nT in one round, at β' with 1 + 1/β' = (1 + 1/β)ᵀ".to_owned(), Style::DashedMarkers),
    ])
}

/// What the iterated part of an instance sets a key to.
fn given(instance: &str, key: &str) -> Result<String> {
    EXPERIMENT.given(&format!("{instance}-{}", WAYS[0]), key)
}

/// An instance with its β.
fn title(instance: &str) -> Result<String> {
    let kind = match instance {
        "hard" => "hard instance".to_owned(),
        "tabular" => "one-hot features with a bump".to_owned(),
        "gaussian" => format!("Gaussian features, d = {}", given(instance, "instance.dim")?),
        _ => "real features".to_owned(),
    };
    Ok(format!("{kind}, β = {}", given(instance, "process.beta")?))
}

pub(super) fn failure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("Failure at an equal budget: T rounds of n, one round of nT at β, one at β'")
        .subtitle(subtitle(table, &INSTANCES)?)
        .columns(2)
        .shared_legend();
    for instance in &INSTANCES {
        let mut panel = panel(table, instance, &title(instance)?, "failure_0.5", Axis::log("failure rate F(0.5)"))?;
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
    Ok(Figure::new("Drift and accuracy at an equal budget: T rounds of n, one round of nT at β, one at β'")
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
    for (color, (way, (label, style))) in WAYS.iter().zip(legend()?).enumerate() {
        let rows = table.filter(&[("instance", instance), ("way", way)])?;
        let points = rows.means("budget", quantity)?;
        panel = panel.series(Series::new(label, style, color, points));
    }
    Ok(panel)
}
