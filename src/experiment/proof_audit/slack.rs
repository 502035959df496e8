//! How loose each inequality is: quantiles of right over left over all steps.

use super::inequality::{INEQUALITIES, Inequality};
use super::step::{Step, steps};
use super::{TIGHT, UPDATES};
use crate::Result;
use crate::experiment::{Results, Table};
use crate::plot::{Axis, Figure, Guide, Panel, Point, Series, Style};
use crate::simulate::output;

/// Names and shares of the quantiles.
const QUANTILES: [(&str, f64); 6] =
    [("tightest", 0.0), ("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)];

/// The rows over the steps of all updates.
const ALL: &str = "all";

pub(super) fn table(results: &Results) -> Result<Table> {
    let steps = steps(results)?;
    let updates = || std::iter::once(ALL).chain(UPDATES.into_iter().map(|(part, _)| part));
    let mut header =
        ["inequality", "update", "steps", "void", "rounding", "infinite", "tight"].map(str::to_owned).to_vec();
    header.extend(QUANTILES.iter().map(|(name, _)| (*name).to_owned()));
    let mut rows = Vec::new();
    for inequality in INEQUALITIES {
        for update in updates() {
            let of_update = steps.iter().filter(|step| update == ALL || step.setting.part == update);
            rows.push(row(inequality, update, of_update)?);
        }
    }
    Ok(Table::new(header, rows))
}

/// Counts of steps: all, those without the hypotheses, those in which the right side is rounding, those in which right/left is
/// infinite (left at most 0, or right beyond the doubles), those with left at least [`TIGHT`] of right. Then the quantiles of
/// right/left over the steps that are neither void nor rounding.
fn row<'a>(inequality: &Inequality, update: &str, steps: impl Iterator<Item = &'a Step>) -> Result<Vec<String>> {
    let (mut all, mut void, mut rounding) = (0, 0, 0);
    let mut looseness = Vec::new();
    for step in steps {
        all += 1;
        match (inequality.sides)(step)?.map(|sides| sides.ratio()) {
            None => void += 1,
            Some(None) => rounding += 1,
            Some(Some(ratio)) => looseness.push(if ratio > 0.0 { 1.0 / ratio } else { f64::INFINITY }),
        }
    }
    looseness.sort_by(f64::total_cmp);
    let infinite = looseness.iter().filter(|value| value.is_infinite()).count();
    let tight = looseness.iter().filter(|value| **value <= 1.0 / TIGHT).count();
    let mut row = vec![inequality.name.to_owned(), update.to_owned()];
    row.extend([all, void, rounding, infinite, tight].map(|count: usize| count.to_string()));
    row.extend(QUANTILES.iter().map(|(_, share)| quantile(&looseness, *share).map_or_else(String::new, output::plain)));
    Ok(row)
}

/// The order statistic of a share; no interpolation, as the next value may be infinite.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    Some(sorted[(share * last as f64).round() as usize])
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let all = table.filter(&[("update", ALL)])?;
    let names = all.distinct("inequality")?;
    let mut marks = [("median", Vec::new()), ("tightest", Vec::new())];
    let mut spans = [("q25", "q75", Vec::new()), ("q05", "q95", Vec::new())];
    for (place, name) in names.iter().rev().enumerate() {
        let row = all.filter(&[("inequality", name)])?;
        let at = |point: &Point| (point.x, place as f64);
        for (quantile, points) in &mut marks {
            points.extend(row.points(quantile, quantile)?.iter().map(at));
        }
        for (from, to, points) in &mut spans {
            // A line to infinity ends at the panel's edge.
            let ends = row.points(from, from)?.into_iter().chain(row.points(to, to)?);
            points.extend(ends.map(|end| (end.x.min(f64::MAX), place as f64)));
            points.push((f64::NAN, f64::NAN));
        }
    }
    let labels = names.iter().rev().map(|name| {
        let formula = INEQUALITIES.iter().find(|inequality| inequality.name == name).map_or("", |found| found.formula);
        format!("{name}: {formula}")
    });
    let [(_, median), (_, tightest)] = marks;
    let [(.., half), (.., most)] = spans;
    let panel = Panel::new(
        "",
        Axis::log("right side / left side").range(0.7, 1e7),
        Axis::linear("").categories(labels).range(-0.7, names.len() as f64 - 0.3),
    )
    .guide(Guide::vertical(1.0, ""))
    .series(Series::new("5% to 95% of the steps", Style::Dotted, 6, most))
    .series(Series::new("middle half", Style::Line, 6, half))
    .series(Series::new("median", Style::Markers, 0, median))
    .series(Series::new("tightest step", Style::Markers, 1, tightest));
    let steps = all.distinct("steps")?.join(", ");
    Ok(Figure::new("How far apart the two sides of each inequality of the proof are")
        .subtitle(format!(
            "Right side over left side of each inequality in {steps} steps of small random instances, without those in which its \
             hypotheses fail or the right side is rounding. Dashed: both sides are equal. Lines that reach the edge go on; ∞: the left side is 0 (in C4: or \
             negative), or the right one beyond the doubles. Near-ties (γ near 10^(−9)) make the tails of C1 and C7. E°, E′: over \
             y from π°, π′ and y′ from π; C′, C*: concentrability of π′, of π*_β; k = log 2E(π/π′)^β"
        ))
        .panel(panel)
        .shared_legend()
        .symbol("K", "[(√κ + √C′)ε + β KL]/γ")
        .symbol("gap", "E log π under π° less that under π′"))
}
