//! Left against right of every inequality, one panel each.

use rand::seq::SliceRandom;

use super::inequality::INEQUALITIES;
use super::step::{Step, steps};
use super::update_name;
use crate::Result;
use crate::experiment::{Results, Table};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Point, Series, Style};
use crate::seed::{Purpose, Seed};
use crate::simulate::output;

/// Points of each inequality that are kept for being the tightest.
const TIGHTEST: usize = 30;
/// Points of each inequality that are kept at random, out of the others.
const AT_RANDOM: usize = 90;

/// The simplification's panel, which stands among those of the inequalities.
const SIMPLIFICATION: &str = "C8 as the paper uses it";

/// Sides further out are drawn as arrowheads at the edge.
const FARTHEST: (f64, f64) = (1e-6, 1e6);

/// A step's sides.
struct Pair<'a> {
    part: &'a str,
    right: f64,
    left: f64,
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let steps = steps(results)?;
    let mut rows = Vec::new();
    for (index, inequality) in INEQUALITIES.iter().enumerate() {
        let mut pairs = Vec::new();
        for step in &steps {
            let sides = (inequality.sides)(step)?.filter(|sides| sides.right.is_finite() && sides.ratio().is_some());
            pairs.extend(sides.map(|sides| Pair { part: &step.setting.part, right: sides.right, left: sides.left }));
        }
        rows.extend(thinned(inequality.name, index, pairs));
    }
    let simplified =
        |step: &'_ Step| (step.before.kappa, step.chain.concentrability, step.chain.concentrability.is_finite());
    let pairs = steps.iter().filter(|step| simplified(step).2);
    let pairs =
        pairs.map(|step| Pair { part: &step.setting.part, right: simplified(step).0, left: simplified(step).1 });
    rows.extend(thinned(SIMPLIFICATION, INEQUALITIES.len(), pairs.collect()));
    Ok(Table::new(["inequality", "pairs", "update", "right", "left"].map(str::to_owned).to_vec(), rows))
}

/// The tightest pairs and a random choice of the others, which depends on their number alone.
fn thinned(name: &str, index: usize, mut pairs: Vec<Pair<'_>>) -> Vec<Vec<String>> {
    let count = pairs.len();
    pairs.sort_by(|a, b| (b.left / b.right).total_cmp(&(a.left / a.right)));
    if count > TIGHTEST {
        let mut rng = Seed::from_number(0).named("thinning", name).rng(Purpose::Choice, index, 0);
        pairs[TIGHTEST..].shuffle(&mut rng);
        pairs.truncate(TIGHTEST + AT_RANDOM);
    }
    let row = |pair: Pair<'_>| {
        let (right, left) = (output::plain(pair.right), output::plain(pair.left));
        vec![name.to_owned(), count.to_string(), pair.part.to_owned(), right, left]
    };
    pairs.into_iter().map(row).collect()
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let updates = table.distinct("update")?;
    let mut figure = Figure::new("No inequality of the proof is violated in any step; the paper's simplification of C8 is")
        .subtitle(format!(
            "Measured left side (ordinate) against right side (abscissa) of each inequality, one mark a step of small random \
             instances: for each inequality the {TIGHTEST} tightest of all pairs and {AT_RANDOM} others at random. Below the \
             diagonal the inequality holds; arrowheads: beyond the axes; steps in which the right side is itself rounding are \
             left out. π′, κ′, θ′: after the step; K = [(√κ + √C)ε + β KL]/γ"
        ))
        .columns(4)
        .shared_legend();
    for name in table.distinct("inequality")? {
        let rows = table.filter(&[("inequality", &name)])?;
        let (low, high) = range(&rows.points("right", "left")?);
        let formula = INEQUALITIES.iter().find(|inequality| inequality.name == name).map(|found| found.formula);
        let pairs = rows.distinct("pairs")?.join(", ");
        let mut panel = Panel::new(
            format!("{name}: {}", formula.unwrap_or("C of π′ ≤ κ (false)")),
            Axis::log(format!("right side ({pairs} steps)")).range(low, high),
            Axis::log("left side").range(low, high),
        )
        .guide(Guide::slope((1.0, 1.0), 1.0, ""))
        .legend(Legend::Hidden);
        for (color, update) in updates.iter().enumerate() {
            let points = rows.filter(&[("update", update)])?.points("right", "left")?;
            panel = panel.series(Series::new(update_name(update), Style::Markers, color, points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}

/// One range for both axes, so that the diagonal is one.
fn range(points: &[Point]) -> (f64, f64) {
    let positive = || points.iter().flat_map(|point| [point.x, point.y]).filter(|side| *side > 0.0);
    let within = |side: f64| side.clamp(FARTHEST.0, FARTHEST.1);
    let low = positive().map(within).fold(FARTHEST.1, f64::min);
    let high = positive().map(within).fold(FARTHEST.0, f64::max);
    (low / 2.0, high * 2.0)
}
