//! The figure.

use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Legend, Panel, Point, Series, Style};

/// Fixed n whose curves are shown in the first panel.
const SHOWN_SAMPLES: [u64; 4] = [4096, 8192, 16_384, 32_768];
/// κ_0 whose curves are shown in the third panel.
const SHOWN_STARTS: [&str; 3] = ["4", "16", "64"];
/// n/κ_0 of the diagonals in the second panel.
const DIAGONALS: [u64; 3] = [64, 128, 256];
/// Lines of the law, one pattern for each curve.
const LAW: [Style; 4] = [Style::Line, Style::Dashed, Style::DashDotted, Style::Dotted];

pub fn figure(table: &Table) -> Result<Figure> {
    let hard = table.filter(&[("kind", "hard"), ("tolerance", "1.0")])?;
    let replicates = hard.distinct("replicates")?.join(" or ");
    let figure = Figure::new(
        "Rounds until the initial model is forgotten, against κ₀ and n",
    )
    .subtitle(format!(
        "T: least number of rounds with E κ(π_(T−1)) − 1 ≤ 1. Hard instance with M = 256 prompts of mass Δ = 0.9, β = 1/√n, {replicates} \
         replicates; bars: 95% intervals. Lines: the root T of the exact law (κ₀−1)(1−2q(1−q)Δ/M)^(n(T−1)) = 1, which the least T rounds up"
    ))
    .columns(2)
    .panel(fixed(&hard)?)
    .panel(diagonal(&hard)?)
    .panel(samples(&hard)?)
    .panel(gaussian(table)?)
    .symbol("T", "")
    .symbol("q", "base probability of the most likely response of an informative prompt");
    Ok(figure)
}

fn kappa_axis() -> Axis {
    Axis::log("condition number of the initial model κ₀")
}

/// Law and measured values of one curve.
fn curve(panel: Panel, label: String, color: usize, x: &str, rows: &Table) -> Result<Panel> {
    let measured = Series::new(label, Style::Markers, color, rows.measured(x, "rounds")?).bars();
    Ok(panel.series(Series::unlabelled(LAW[color % LAW.len()], color, rows.points(x, "law")?).plain()).series(measured))
}

fn cap(rows: &Table) -> Result<Series> {
    let mut points = rows.points("measured_kappa0", "cap")?;
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    points.dedup_by(|a, b| a.x == b.x);
    Ok(Series::new("1 + log₂ κ₀", Style::Dotted, 6, points).plain())
}

fn fixed(hard: &Table) -> Result<Panel> {
    let mut panel = Panel::new("fixed n", kappa_axis(), Axis::linear("rounds T").range(0.0, 33.0));
    for (color, n) in SHOWN_SAMPLES.iter().enumerate() {
        let rows = hard.filter(&[("samples", &n.to_string())])?;
        panel = curve(panel, format!("n = 2^{}", n.ilog2()), color, "measured_kappa0", &rows)?;
    }
    Ok(panel.series(cap(hard)?).legend(Legend::TopLeft))
}

fn diagonal(hard: &Table) -> Result<Panel> {
    let mut panel = Panel::new("n ∝ κ₀", kappa_axis(), Axis::linear("rounds T"));
    for (color, ratio) in DIAGONALS.iter().enumerate() {
        let (mut measured, mut law) = (Vec::new(), Vec::new());
        for kappa0 in hard.distinct("kappa0")? {
            let n = kappa0.parse::<u64>().unwrap_or_default() * ratio;
            let rows = hard.filter(&[("kappa0", &kappa0), ("samples", &n.to_string())])?;
            measured.extend(rows.measured("measured_kappa0", "rounds")?);
            law.extend(rows.points("measured_kappa0", "law")?);
        }
        panel = panel
            .series(Series::unlabelled(LAW[color], color, law).plain())
            .series(Series::new(format!("n = {ratio} κ₀"), Style::Markers, color, measured).bars());
    }
    Ok(panel.series(cap(hard)?).legend(Legend::TopLeft))
}

fn samples(hard: &Table) -> Result<Panel> {
    let mut panel =
        Panel::new("against n, with bounds", Axis::log("samples per round n"), Axis::log("rounds T").range(0.3, 60.0));
    for (color, kappa0) in SHOWN_STARTS.iter().enumerate() {
        let rows = hard.filter(&[("kappa0", kappa0)])?;
        panel = curve(panel, format!("κ₀ = {kappa0}"), color, "samples", &rows)?;
        if *kappa0 == SHOWN_STARTS[SHOWN_STARTS.len() - 1] {
            // A bound on the least T, a whole number, is as good rounded up.
            let bound = rows.points("samples", "bound")?.into_iter().map(|point| Point { y: point.y.ceil(), ..point });
            panel = panel
                .series(Series::new(
                    format!("corollary's line, κ₀ = {kappa0}"),
                    Style::DashedMarkers,
                    3,
                    rows.points("samples", "corollary")?,
                ))
                .series(Series::new(format!("⌈bound of Lemma C.4⌉, κ₀ = {kappa0}"), Style::Dotted, 4, bound).plain());
        }
    }
    Ok(panel.legend(Legend::TopRight))
}

fn gaussian(table: &Table) -> Result<Panel> {
    let rows = table.filter(&[("kind", "gaussian"), ("tolerance", "1.0")])?;
    let mut panel =
        Panel::new("shared Gaussian features, d = 32, K = 4 to 256", kappa_axis(), Axis::linear("rounds T"));
    for (color, n) in rows.distinct("samples")?.iter().enumerate() {
        let rows = rows.filter(&[("samples", n)])?;
        panel = panel.series(
            Series::new(format!("n = {n}"), Style::LineMarkers, color, rows.measured("measured_kappa0", "rounds")?)
                .bars(),
        );
    }
    Ok(panel.series(cap(&rows)?).legend(Legend::TopLeft))
}
