//! The figures, drawn from the tables alone.

use super::EXPERIMENT;
use crate::Result;
use crate::experiment::Table;
use crate::plot::{Axis, Figure, Legend, Panel, Point, Series, Style};

/// The tables' base laws, and how they are called.
const LAWS: [(&str, &str); 3] = [("[0.35,", "flat"), ("[3.5,", "steep"), ("[1.0,", "tied")];

/// The name of a law by its logits.
fn name(theta0: &str) -> &'static str {
    LAWS.iter().find(|(start, _)| theta0.starts_with(start)).map_or("other", |(_, name)| name)
}

/// Mode, concentrability and divergence against N; rounds against one round.
pub(super) fn law(table: &Table) -> Result<Figure> {
    let rows = table.filter(&[("part", "law"), ("t", "1")])?;
    let [responses] = EXPERIMENT.settings("law", ["instance.responses"])?;
    let draws = || Axis::log("draws N of which the likeliest is kept");
    let mut mode = Panel::new("mode after one round", draws(), Axis::linear("π_N(y*₀)").range(0.0, 1.02));
    let mut spread = Panel::new("concentrability", draws(), Axis::log("C of π_N relative to π")).legend(Legend::Hidden);
    let mut distance = Panel::new("divergence", draws(), Axis::log("KL(π_N‖π) (nats)")).legend(Legend::Hidden);
    for (color, theta0) in rows.distinct("theta0")?.iter().enumerate() {
        let cells = rows.filter(&[("theta0", theta0)])?;
        mode = mode
            .series(Series::new(name(theta0), Style::Markers, color, cells.means("best_of", "base_probability")?))
            .series(Series::unlabelled(Style::Line, color, cells.points("best_of", "base_probability_law")?));
        let points = cells.means("best_of", "chain_concentrability")?;
        spread = spread.series(Series::new(name(theta0), Style::LineMarkers, color, points));
        let points = cells.means("best_of", "kl_policy")?;
        distance = distance.series(Series::new(name(theta0), Style::LineMarkers, color, points));
        if color == 0 {
            let bound = cells.points("best_of", "concentrability_bound")?;
            spread = spread.series(Series::new("N²/(2N−1)", Style::Dashed, 6, bound));
            let bound = cells.points("best_of", "kl_bound")?;
            distance = distance.series(Series::new("log N − 1 + 1/N", Style::Dashed, 6, bound));
        }
    }
    let rounds = table.filter(&[("part", "rounds"), ("ranked_by", "current")])?;
    let [last, draws] = EXPERIMENT.settings("rounds", ["process.rounds", "process.best_of"])?;
    let title = format!("rounds, T = 0…{last} at N = {draws}");
    let mut together = Panel::new(title, Axis::log("draws in one round, N^T"), Axis::log("1 − π_T(y*₀)"));
    let doubt = |points: Vec<Point>| {
        let mut points: Vec<(f64, f64)> = points.into_iter().map(|point| (point.x, 1.0 - point.y)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    for (color, theta0) in rounds.distinct("theta0")?.iter().enumerate() {
        let cells = rounds.filter(&[("theta0", theta0)])?;
        together = together
            .series(Series::new(
                name(theta0),
                Style::Markers,
                color,
                doubt(cells.means("draws_in_one", "base_probability")?),
            ))
            .series(Series::unlabelled(
                Style::Line,
                color,
                doubt(cells.points("draws_in_one", "base_probability_law")?),
            ));
    }
    Ok(Figure::new("The likeliest of N draws: law, distance from one draw, and rounds of it")
        .subtitle(format!(
            "One prompt, {responses} responses, one-hot features, population rounds of sharpening-sft; three base laws. Marks: measured. \
             Lines through marks: S1, in the last panel of one round at N^T. Dashed: S2"
        ))
        .columns(2)
        .panel(mode)
        .panel(spread)
        .panel(distance)
        .panel(together))
}

/// The fit of a linear class against d and N; moved modes.
pub(super) fn linear(table: &Table) -> Result<Figure> {
    let divergence = || Axis::log("KL(π_N‖fit) (nats)");
    let rows = table.filter(&[("part", "linear"), ("t", "1")])?;
    let keys = ["instance.prompts", "instance.responses", "instance.theta_norm"];
    let [prompts, responses, norm] = EXPERIMENT.settings("linear", keys)?;
    let dims = rows.distinct("dim")?;
    let full = dims.last().map_or("", String::as_str);
    let whole = rows.filter(&[("dim", full)])?.measured("dim", "fit_divergence")?;
    let most = whole.iter().map(|point| point.y).fold(f64::NAN, f64::max);
    let mut fit =
        Panel::new("the fit by directions", Axis::log(format!("directions d, of {full} differences")), divergence())
            .note(format!("at d = {full} the divergence is at most {most:.0e}"));
    for (color, n) in rows.distinct("best_of")?.iter().enumerate() {
        let points = rows.filter(&[("best_of", n)])?.measured("dim", "fit_divergence")?;
        let seen = points.into_iter().filter(|point| whole.iter().all(|full| point.x < full.x));
        fit = fit.series(Series::new(format!("N = {n}"), Style::LineMarkers, color, seen));
    }
    let large = table.filter(&[("part", "linear-large"), ("t", "1")])?;
    let [dim] = EXPERIMENT.settings("linear-large", ["instance.dim"])?;
    let draws = Axis::log("draws N of which the likeliest is kept");
    let more = Panel::new(format!("the fit by draws, d = {dim}"), draws, divergence())
        .series(Series::unlabelled(Style::LineMarkers, 6, large.measured("best_of", "fit_divergence")?).bars());
    let drift = || Axis::linear("drift P[y*ₜ ≠ y*₀]").range(-0.0005, 0.02);
    let mut moved =
        Panel::new("moved modes after one round", Axis::linear("E π₁(y*₀), mass of the base modes"), drift());
    // Colours that stand for no N above.
    for (color, part, name, key, values) in
        [(3, "drift", "sharpening-sft", "N", "best_of"), (4, "drift-rlhf", "sharpening-rlhf", "β", "beta")]
    {
        let rows = table.filter(&[("part", part), ("t", "1")])?;
        let points = rows.means("base_probability_mean", "drift")?;
        let label = format!("{name}, {key} = {}", rows.distinct(values)?.join(", "));
        moved = moved.series(Series::new(label, Style::Markers, color, points));
    }
    let rounds = table.filter(&[("part", "drift-rounds")])?.means("t", "drift")?;
    let keys = ["instance.prompts", "instance.responses", "instance.dim", "instance.theta_norm", "process.best_of"];
    let [many, choices, dim, length, best_of] = EXPERIMENT.settings("drift-rounds", keys)?;
    let later = Panel::new(format!("moved modes by round, N = {best_of}"), Axis::linear("round t"), drift())
        .series(Series::new("sharpening-sft", Style::LineMarkers, 3, rounds));
    Ok(Figure::new("The likeliest of N draws in a linear class: the fit, and modes moved without sampling")
        .subtitle(format!(
            "Population rounds, Gaussian features. Above: {prompts} prompts, {responses} responses, ‖θ₀‖ = {norm}, one round. Below: {many} \
             prompts, {choices} responses, d = {dim}, ‖θ₀‖ = {length}. Means over instances; intervals of the drift in the table"
        ))
        .columns(2)
        .panel(fit)
        .panel(more)
        .panel(moved)
        .panel(later))
}
