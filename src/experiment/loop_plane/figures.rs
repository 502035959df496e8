//! Both figures, drawn from their tables alone.

use crate::Result;
use crate::experiment::Table;
use crate::papers::loops::theory::unified::Affine;
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};

/// How a ratio of increments is called, from what it lies above.
const REGIMES: [&str; 4] = ["ratio below −1", "ratio −1 or 1", "ratio between −1 and 1", "ratio above 1"];

/// Ratios are known to this.
const KNOWN: f64 = 1e-6;

fn regime(ratio: f64) -> usize {
    match ratio {
        _ if (ratio.abs() - 1.0).abs() <= KNOWN => 1,
        _ if ratio < -1.0 => 0,
        _ if ratio > 1.0 => 3,
        _ => 2,
    }
}

/// The points (η, β, ratio) of the rows that have all three.
fn points(rows: &Table) -> Result<Vec<(f64, f64, f64)>> {
    let mut points = Vec::new();
    for eta in rows.distinct("eta")? {
        let of_eta = rows.filter(&[("eta", &eta)])?.points("beta", "ratio")?;
        if let Ok(eta) = eta.parse::<f64>() {
            points.extend(of_eta.into_iter().map(|point| (eta, point.x, point.y)));
        }
    }
    Ok(points)
}

/// Regimes by α; the measured ratio against m.
pub(super) fn plane(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("One loop over reference, reward and β: ratio of successive increments of log-odds")
        .subtitle(
            "Reference ∝ πₜ^α·π₀^(1−α), reward η log πₜ + r°. Marks: measured on two responses, population rounds of the square loss. Lines: m = ±1 \
             for m = α + η/β. Last panel: labels and the linear class, too",
        )
        .columns(2)
        .symbol("r°", "reward from outside");
    let rows = table.filter(&[("part", "plane")])?;
    for alpha in rows.distinct("alpha")? {
        let of_alpha = rows.filter(&[("alpha", &alpha)])?;
        let beta = Axis::log("β").range(0.3, 6.0);
        let mut panel = Panel::new(
            format!("α = {}", shown(&alpha)),
            Axis::linear("η, weight of log πₜ in the reward").range(-1.2, 1.2),
            beta,
        )
        .legend(if figure.panels.is_empty() { Legend::Below } else { Legend::Hidden });
        if let Ok(number) = alpha.parse::<f64>() {
            for side in [1.0, -1.0] {
                panel = panel.series(Series::unlabelled(Style::Dashed, 6, boundary(number, side)));
            }
        }
        let points = points(&of_alpha)?;
        for (place, name) in REGIMES.iter().enumerate() {
            let here = points.iter().filter(|(.., ratio)| regime(*ratio) == place);
            let marks: Vec<(f64, f64)> = here.map(|(eta, beta, _)| (*eta, *beta)).collect();
            panel = panel.series(Series::new(*name, Style::Markers, [1, 6, 0, 4][place], marks));
        }
        figure = figure.panel(panel);
    }
    let mut panel = Panel::new(
        "measured against exact",
        Axis::linear("m = α + η/β"),
        Axis::linear("ratio of successive increments"),
    )
    .guide(Guide::slope((0.0, 0.0), 1.0, "equal"))
    .legend(Legend::Below);
    // One colour a class, none of which stands for a regime; the mark tells labels.
    for (color, part, name) in [
        (5, "plane", "two responses"),
        (13, "plane-labels", "two responses, labels"),
        (2, "linear", "linear class"),
        (10, "linear-labels", "linear class, labels"),
    ] {
        let rows = table.filter(&[("part", part)])?;
        panel = panel.series(Series::new(name, Style::Markers, color, rows.points("multiplier", "ratio")?));
    }
    Ok(figure.panel(panel))
}

/// A number as a person writes it.
fn shown(text: &str) -> String {
    text.parse::<f64>().map_or_else(|_| text.to_owned(), |number| number.to_string().replace('-', "−"))
}

/// (η, β) with m = `side`: β = η/(side − α).
fn boundary(alpha: f64, side: f64) -> Vec<(f64, f64)> {
    let slope = side - alpha;
    if slope == 0.0 {
        return vec![(0.0, 0.3), (0.0, 6.0)];
    }
    let end = 1.2f64.min(6.0 * slope.abs());
    (1..=60).map(|step| f64::from(step) / 60.0 * end).map(|eta| (eta * slope.signum(), eta / slope.abs())).collect()
}

/// Log-odds by round for several n beside the population.
pub(super) fn rounds(table: &Table) -> Result<Figure> {
    let replicates = table.distinct("replicates")?.join(", ");
    let mut figure = Figure::new("Points of one loop with n pairs a round: log-odds by round")
        .subtitle(format!(
            "Two responses, ℓ₀ = {}, a reward r° from outside. Marks: means over {replicates} replicates with 95% intervals. Line: population, ℓ′ = mℓ + k, m = α + η/β",
            table.filter(&[("t", "0")])?.written("population")?
        ))
        .columns(3)
        .symbol("ℓ", "log-odds of the two responses")
        .symbol("ℓ′", "those after the round")
        .symbol("k", "what does not depend on ℓ");
    let mut seen: Vec<[String; 3]> = Vec::new();
    for alpha in table.distinct("alpha")? {
        for eta in table.distinct("eta")? {
            for beta in table.distinct("beta")? {
                if !table.filter(&[("alpha", &alpha), ("eta", &eta), ("beta", &beta)])?.is_empty() {
                    seen.push([alpha.clone(), eta.clone(), beta]);
                }
            }
        }
    }
    for [alpha, eta, beta] in &seen {
        let rows = table.filter(&[("alpha", alpha), ("eta", eta), ("beta", beta)])?;
        let numbers: Vec<f64> = [alpha, eta, beta].iter().filter_map(|text| text.parse().ok()).collect();
        let m = match numbers[..] {
            [alpha, eta, beta] => Affine::of(alpha, eta, beta, 0.0, 0.0).map_or(f64::NAN, |map| map.multiplier),
            _ => f64::NAN,
        };
        let title =
            format!("α = {}, η = {}, β = {}: m = {m:.2}", shown(alpha), shown(eta), shown(beta)).replace('-', "−");
        let legend = if figure.panels.is_empty() { Legend::Auto } else { Legend::Hidden };
        let mut panel = Panel::new(title, Axis::linear("round t"), Axis::linear("log-odds (nats)")).legend(legend);
        let mut exact: Vec<Point> = rows.points("t", "population")?;
        exact.sort_by(|a, b| a.x.total_cmp(&b.x));
        exact.dedup_by(|a, b| a.x == b.x);
        panel = panel.series(Series::new("population", Style::Line, 6, exact));
        for (color, n) in rows.distinct("samples")?.iter().enumerate() {
            let points = rows.filter(&[("samples", n)])?.measured("t", "log_odds")?;
            panel = panel.series(Series::new(format!("n = {n}"), Style::DashedMarkers, color, points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}
