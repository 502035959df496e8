//! Left against right of every inequality, one panel each.

use rand::seq::SliceRandom;

use super::UPDATES;
use super::inequality::INEQUALITIES;
use super::step::steps;
use crate::Result;
use crate::experiment::{Results, Table};
use crate::plot::{Axis, Figure, Guide, Legend, Panel, Series, Style};
use crate::seed::{Purpose, Seed};
use crate::simulate::output;

/// Points of each inequality that are kept for being the tightest.
const TIGHTEST: usize = 20;
/// Points of each inequality that are kept at random, out of the others.
const AT_RANDOM: usize = 35;

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
    let simplified = steps.iter().map(|step| Pair {
        part: &step.setting.part,
        right: step.before.kappa,
        left: step.chain.concentrability,
    });
    let pairs = simplified.filter(|pair| pair.left.is_finite());
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
    let mut figure = Figure::new("Supplement: both sides of every inequality of the proof, and of the paper's simplification of C8 (last panel)")
        .subtitle(format!(
            "For looking up one inequality; how far apart the sides are, and the false simplification, are drawn in figures of their own. \
             Left side (ordinate) against right side (abscissa) of each inequality, one mark a step of small random instances: the \
             {TIGHTEST} tightest of all steps and {AT_RANDOM} others at random. On and below the dashed diagonal the inequality holds; \
             arrowheads: beyond the axes; steps whose right side is rounding are left out. A prime: after the step; E°, E′: over y \
             from π°, π′ and y′ from π; C′, C*: concentrability of π′, of π*_β; K = [(√κ + √C′)ε + β KL]/γ; k = log 2E(π/π′)^β"
        ))
        .columns(3)
        .shared_legend()
        .symbol("K", "")
        .symbol("gap", "E log π under π° less that under π′");
    for name in table.distinct("inequality")? {
        let rows = table.filter(&[("inequality", &name)])?;
        let sides = rows.points("right", "left")?;
        let both = range(sides.iter().flat_map(|point| [point.x, point.y]));
        // Where the sides differ by hundreds of decades, a common range would leave nothing to see.
        let abscissa = if name == SIMPLIFICATION { range(sides.iter().map(|point| point.x)) } else { both };
        let formula = INEQUALITIES.iter().find(|inequality| inequality.name == name).map(|found| found.formula);
        let pairs = rows.distinct("pairs")?.join(", ");
        let mut panel = Panel::new(
            format!("{name}: {}", formula.unwrap_or("C′ ≤ κ (simplified)")),
            Axis::log(format!("right side ({pairs} steps)")).range(abscissa.0, abscissa.1),
            Axis::log("left side").range(both.0, both.1),
        )
        .guide(Guide::slope((1.0, 1.0), 1.0, ""))
        .legend(Legend::Hidden);
        for (color, (update, label)) in UPDATES.into_iter().enumerate() {
            let points = rows.filter(&[("update", update)])?.points("right", "left")?;
            panel = panel.series(Series::new(label, Style::Markers, color, points));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}

/// The range of the positive ones among these sides, within what is shown, with a margin.
fn range(sides: impl Iterator<Item = f64>) -> (f64, f64) {
    let within = sides.filter(|side| *side > 0.0).map(|side| side.clamp(FARTHEST.0, FARTHEST.1));
    let (low, high) = within.fold((FARTHEST.1, FARTHEST.0), |(low, high), side| (low.min(side), high.max(side)));
    (low / 2.0, high * 2.0)
}
