//! How many modes a sampled step gets wrong (claim M6c): a share of n^(−1/2) with a constant that is predicted, and none at all where the
//! features follow the reward.

use super::{CellRows, Drawing, Experiment, Finding, Line, Results, Table};
use crate::Result;
use crate::metrics::named::{POPULATION_FLIPS, PREDICTED_FLIPS, RANK_FRACTION};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};
use crate::stats::{Range, mean_interval, mean_with_error};

/// One round from n = 2^8 to 2^20 on Gaussian features with fixed logits.
pub const EXPERIMENT: Experiment = Experiment {
    name: "mode_flips",
    about: "Modes that a sample gets wrong: n^(-1/2) of them, with the predicted constant, and none in the paper's class",
    definition: include_str!("../../experiments/definitions/mode_flips.toml"),
    findings,
    drawings: &[Drawing { name: "mode_flips", table, figure }],
};

/// Standard errors that a mean may lie from its law: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
/// The law is one of leading order: beside the errors this share is allowed.
const ORDER: f64 = 0.05;
/// n from which on it is held against means.
const LARGE: f64 = 4096.0;

/// Line styles of the law: one for each noise, so that lines need no marks of their own to differ in grey.
const LAW: [Style; 4] = [Style::Line, Style::Dotted, Style::Dashed, Style::DashDotted];

/// The measured and the predicted share of flipped modes, each replicate's.
fn shares(cell: &CellRows) -> Result<(Vec<f64>, Vec<f64>)> {
    Ok((cell.values(&POPULATION_FLIPS, 1)?, cell.values(&PREDICTED_FLIPS, 1)?))
}

fn mean(values: &[f64]) -> f64 {
    mean_with_error(values).0
}

/// The standard error of measured − predicted, not below that of a Poisson law: where few flips are seen their own scatter says little.
fn error(cell: &CellRows) -> Result<f64> {
    let (measured, predicted) = shares(cell)?;
    let distances: Vec<f64> = measured.iter().zip(&predicted).map(|(one, other)| one - other).collect();
    let poisson = (mean(&predicted) / (cell.number("instance.prompts")? * distances.len() as f64)).sqrt();
    Ok(mean_with_error(&distances).1.unwrap_or(f64::INFINITY).max(poisson))
}

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells("offset")?;
    Ok(vec![law(&cells)?, exponent(&cells)?, none(&results.cells("none")?)?])
}

/// Every mean beside its prediction, and the sum over all cells, to which flips at large n add more than alone.
fn law(cells: &[CellRows]) -> Result<Finding> {
    let (mut means, mut farthest, mut together, mut variance, mut all) = (0, 0.0f64, 0.0, 0.0, 0.0);
    for cell in cells {
        if cell.number("process.samples")? < LARGE {
            continue;
        }
        let ((measured, predicted), error) = (shares(cell)?, error(cell)?);
        let (measured, predicted) = (mean(&measured), mean(&predicted));
        means += 1;
        // What leading order leaves is no noise.
        farthest = farthest.max(((measured - predicted).abs() - ORDER * predicted).max(0.0) / error);
        together += measured / predicted - 1.0;
        variance += (error / predicted).powi(2);
        all += 1.0;
    }
    let (ratio, spread) = (1.0 + together / all, variance.sqrt() / all);
    let expected = means > 0 && farthest <= FAR && (ratio - 1.0).abs() <= FAR * spread + ORDER && FAR * spread < 0.5;
    let text = format!(
        "offset: the share of modes that a sample gets wrong is {ratio:.3} ± {spread:.3} of the predicted Σ_x p(x)Φ(−√n g/τ), over {means} means from \
         n = {LARGE} on; the farthest lies {farthest:.1} standard errors beyond 5% of it (up to {FAR} expected)"
    );
    Ok(Finding::new(expected, text))
}

/// The exponent between the first and the last n from [`LARGE`] on, pooled over the curves, beside the prediction's own.
fn exponent(cells: &[CellRows]) -> Result<Finding> {
    let large: Vec<&CellRows> =
        cells.iter().filter(|cell| cell.number("process.samples").is_ok_and(|n| n >= LARGE)).collect();
    let same = |a: &&&CellRows, b: &&&CellRows| key(a) == key(b);
    let (mut slopes, mut errors, mut laws, mut curves) = (0.0, 0.0, 0.0, 0.0);
    for curve in large.iter().collect::<Vec<_>>().chunk_by(same) {
        // The last n at which flips are known to better than a third.
        let known = |cell: &&&&CellRows| -> bool {
            let share = shares(cell).map(|(measured, _)| mean(&measured));
            matches!((share, error(cell)), (Ok(share), Ok(error)) if share > 0.0 && error <= share / 3.0)
        };
        let (Some(first), Some(last)) = (curve.iter().find(known), curve.iter().rfind(known)) else { continue };
        let width = (last.number("process.samples")? / first.number("process.samples")?).ln();
        if width <= 0.0 {
            continue;
        }
        let ((one, law_one), (other, law_other)) = (shares(first)?, shares(last)?);
        slopes += (mean(&other) / mean(&one)).ln() / width;
        laws += (mean(&law_other) / mean(&law_one)).ln() / width;
        errors += (error(first)? / mean(&one)).hypot(error(last)? / mean(&other)).powi(2) / (width * width);
        curves += 1.0;
    }
    let (slope, law, error) = (slopes / curves, laws / curves, errors.sqrt() / curves);
    let expected = curves > 0.0 && (slope - law).abs() <= FAR * error && FAR * error < 0.45 && (law + 0.5).abs() < 0.05;
    let minus = |value: f64| format!("{value:.3}").replace('-', "−");
    let (slope, law) = (minus(slope), minus(law));
    let text = format!(
        "offset: exponent of the share in n {slope} ± {error:.3} over {curves} curves, the law's over the same n {law} (to {FAR} errors)"
    );
    Ok(Finding::new(expected, text))
}

fn key(cell: &CellRows) -> (String, String) {
    (cell.label("instance.prompts"), cell.label("instance.offset.noise"))
}

/// Without what the features cannot follow a complete span flips nothing.
fn none(cells: &[CellRows]) -> Result<Finding> {
    let (mut complete, mut flipped) = (0, 0);
    for cell in cells {
        for (rank, share) in cell.values(&RANK_FRACTION, 1)?.into_iter().zip(cell.values(&POPULATION_FLIPS, 1)?) {
            complete += usize::from(rank == 1.0);
            flipped += usize::from(rank == 1.0 && share > 0.0);
        }
    }
    let text = format!("no noise in the offset: of {complete} runs with a complete span {flipped} have a flipped mode");
    Ok(Finding::new(complete > 0 && flipped == 0, text))
}

/// The share of flipped modes by (M, noise, n), and the prediction.
fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["offset", "none"] {
        for cell in results.cells(part)? {
            let (measured, predicted) = shares(&cell)?;
            let interval = mean_interval(&measured, Range::SHARE);
            lines.push(
                Line::default()
                    .label("prompts", cell.label("instance.prompts"))
                    .label("noise", cell.label("instance.offset.noise"))
                    .label("samples", cell.label("process.samples"))
                    .label("replicates", cell.replicates.len().to_string())
                    .measured("population_flips", interval.mean, interval.ends)
                    .number("predicted", mean(&predicted)),
            );
        }
    }
    Ok(Table::of_lines(lines))
}

fn figure(table: &Table) -> Result<Figure> {
    let keys = ["instance.responses", "instance.dim", "process.beta"];
    let [responses, dim, beta] = EXPERIMENT.settings("offset", keys)?;
    let [along] = EXPERIMENT.settings("none", ["instance.offset.along"])?;
    let mut figure = Figure::new("Modes that a sampled step gets wrong, against samples")
        .subtitle(format!(
            "Gaussian features, K = {responses}, d = {dim}, β = {beta}; fixed logits {along}⟨w, φ⟩ plus s times a normal variate. One sampled round \
             against one population update from the same start; means over {} replicates, their 95% intervals in the table",
            table.distinct("replicates")?.join(" or ")
        ))
        .columns(2);
    for prompts in table.distinct("prompts")? {
        let rows = table.filter(&[("prompts", &prompts)])?;
        let mut panel = Panel::new(
            format!("M = {prompts} prompts"),
            Axis::log("samples n").range(150.0, 2e6),
            Axis::log("share of modes that differ").range(1e-5, 0.3),
        );
        for noise in rows.distinct("noise")? {
            let color = ["0", "0.1", "0.3", "1"].iter().position(|known| **known == noise).unwrap_or(4);
            let curve = rows.filter(&[("noise", &noise)])?;
            let label = if noise == "0" { "s = 0: none".to_owned() } else { format!("s = {noise}") };
            let measured = curve.means("samples", "population_flips")?;
            let predicted = curve.points("samples", "predicted")?.into_iter().filter(|point| point.y > 0.0);
            panel = panel.series(Series::new(label, Style::Markers, color, measured)).series(Series::unlabelled(
                LAW[color % LAW.len()],
                color,
                predicted,
            ));
        }
        panel = panel.guide(Guide::slope((1e4, 0.05), -0.5, "slope −1/2")).note("lines: Σ p(x)Φ(−√n g/τ)");
        figure = figure.panel(panel.legend(Legend::Below));
    }
    let figure = figure.symbol("w", "random unit vector").symbol("g", "gap between the two most likely responses");
    Ok(figure.symbol("τ", "√n times the standard deviation of the error of g"))
}
