//! The figure of a run: κ_t − 1, failure rates, drift and accuracy against t.

use super::preset::overridden;
use super::{Config, Simulation, Summary};
use crate::plot::{Axis, Figure, Panel, Point, Scale, Series, Style};
use crate::words::counted;

/// Three panels over t, each mean with its 95% interval as a band.
pub fn trajectory(simulation: &Simulation, summary: &Summary) -> Figure {
    let time = || Axis::linear("round t");
    let points = |name: &str| -> Vec<Point> {
        let Some(column) = summary.column(name) else { return Vec::new() };
        let cell = |(t, row): (usize, &Vec<Option<super::summary::Cell>>)| {
            let cell = row[column].as_ref()?;
            let (lo, hi) = cell.interval.ends.unzip();
            Some(Point { x: t as f64, y: cell.interval.mean, lo, hi })
        };
        summary.rows.iter().enumerate().filter_map(cell).collect()
    };
    let kappa = Panel::new("condition number", time(), Axis::log("κ(πₜ) − 1")).series(Series::unlabelled(
        Style::LineMarkers,
        0,
        points("kappa_minus_one"),
    ));
    let failure_axis = Axis { scale: Scale::Log10, ..Axis::linear("failure rate F(δ)") };
    let mut failure = Panel::new("own optimum missed", time(), failure_axis);
    for (index, delta) in simulation.deltas.iter().enumerate() {
        let series =
            Series::new(format!("δ = {delta}"), Style::LineMarkers, index, points(&format!("failure_{delta}")));
        failure = failure.series(series);
    }
    let mut drift =
        Panel::new("against base model and answers", time(), Axis::linear("share of prompts").range(0.0, 1.0))
            .series(Series::new("drift: mode ≠ base mode", Style::LineMarkers, 1, points("drift")));
    let (accuracy, correct) = (points("accuracy"), points("correct_probability"));
    if !accuracy.is_empty() {
        drift = drift.series(Series::new("accuracy: mode = answer", Style::DashedMarkers, 2, accuracy));
    }
    if !correct.is_empty() {
        drift = drift.series(Series::new("mass of correct responses", Style::DashedMarkers, 3, correct));
    }
    let config = &simulation.config;
    let replicates = config.run.replicates;
    // Where the expected loss is minimised, n enters by β at most.
    let data = match config.process.is_population() {
        true => "all samples in expectation".to_owned(),
        false => format!("n = {}", config.process.samples),
    };
    let subtitle = format!(
        "{} instance, {} update, {data}, β = {}, {}{}",
        config.instance.kind.capitalised(),
        config.process.update.name(),
        super::output::significant(simulation.process.beta, 3),
        counted(replicates, "replicate"),
        if replicates == 1 { "" } else { "; bands: 95% intervals of the mean" },
    );
    Figure::new(title(config)).subtitle(subtitle).columns(3).panel(kappa).panel(failure).panel(drift)
}

/// The loop by its name.
fn title(config: &Config) -> String {
    match config.process.others.get("preset").and_then(toml::Value::as_str) {
        Some(preset) if overridden(&config.process.table()).is_empty() && preset != "self-rewarding" => {
            format!("Rounds of {preset}")
        }
        Some(preset) if preset != "self-rewarding" => format!("Rounds of {preset} with other keys"),
        _ if config.is_papers_loop() => "Self-rewarding rounds".to_owned(),
        _ => "Rounds of self-improvement".to_owned(),
    }
}
