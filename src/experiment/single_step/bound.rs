//! How tight the bound is: failure after one round of the hard instance against n.

use super::{CONSTANT, FAR, Hard, LAW};
use crate::Result;
use crate::experiment::{Finding, Line, Results, Table};
use crate::metrics::named::FAILURE;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::theory::single_step::{budget, risk_asymptote};

/// The largest constant for which the bound stays below a failure rate: the budget form solved for c. It increases with the
/// rate, so that the ends of an interval carry over.
fn largest_constant(cell: &Hard, failure: f64) -> Result<f64> {
    if failure <= 0.0 {
        return Ok(0.0);
    }
    Ok(cell.samples / budget(failure, cell.kappa0, cell.log_class, 1.0)?.value())
}

/// What [`largest_constant`] tends to as n grows: F tends to √(M(κ_0−1)/(4en)), and log(κ_0/F) and log K to the same.
fn limiting_constant(kappa0: f64) -> f64 {
    (1.0 - 1.0 / kappa0) / (4.0 * std::f64::consts::E)
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let line = |cell: &Hard| -> Result<Line> {
        let measured = cell.rows.mean(FAILURE.at(0.5), 1)?;
        let ends = measured.ends.map(|(lo, hi)| Ok((largest_constant(cell, lo)?, largest_constant(cell, hi)?)));
        let bound = cell.bound(cell.samples)?;
        let v = CONSTANT * cell.kappa0 * cell.log_class / cell.samples;
        Ok(Line::default()
            .label("kappa0", cell.rows.label("instance.kappa0"))
            .label("prompts", cell.rows.label("instance.prompts"))
            .label("samples", cell.rows.label("process.samples"))
            .label("replicates", cell.rows.replicates.len().to_string())
            .measured("failure", measured.mean, measured.ends)
            .number("mass", cell.mass)
            .number("realised_kappa0", cell.kappa0)
            .number("log_class", cell.log_class)
            .number("exact_law", cell.expected(1)?)
            .number("constant", CONSTANT)
            .number("bound", bound)
            .number("asymptote", risk_asymptote(v, cell.kappa0)?)
            .number("bound_over_measured", bound / measured.mean)
            .measured("largest_constant", largest_constant(cell, measured.mean)?, ends.transpose()?)
            .number("largest_constant_of_law", largest_constant(cell, cell.expected(1)?)?)
            .number("largest_constant_limit", limiting_constant(cell.kappa0)))
    };
    Hard::cells(results)?.iter().map(line).collect::<Result<_>>().map(Table::of_lines)
}

/// What no constant should exceed.
const LARGEST: f64 = 0.15;

/// The exact law at every n and t; the constant of the bound, which must not drift with n.
///
/// The law puts the constants between 0.06 and 0.11. They go with F², and F has a relative standard error below
/// √((e^(1/2) − 1)/3840) = 1.3%, so 7 of them move a constant by less than 20%: neither end is reached by chance.
pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = Hard::cells(results)?;
    let (mut means, mut farthest) = (0, 0.0f64);
    let (mut least, mut largest) = ((f64::INFINITY, String::new()), 0.0f64);
    for cell in &cells {
        for t in 1..=cell.rows.rounds() {
            means += 1;
            farthest = farthest.max(cell.deviation(t, cell.expected(t)?)?.abs());
        }
        let measured = cell.rows.mean(FAILURE.at(0.5), 1)?;
        let constant = largest_constant(cell, measured.mean)?;
        if constant < least.0 {
            let (lo, hi) = measured.ends.unwrap_or((measured.mean, measured.mean));
            let place = format!(
                "95% interval {:.3} to {:.3}, at κ₀ = {}, n = {}",
                largest_constant(cell, lo)?,
                largest_constant(cell, hi)?,
                cell.rows.label("instance.kappa0"),
                cell.rows.label("process.samples")
            );
            least = (constant, place);
        }
        largest = largest.max(constant);
    }
    let law = format!(
        "exact law of the hard instance up to T = 8: of {means} means the farthest deviates by {farthest:.1} standard errors (up \
         to {FAR} expected)"
    );
    let constant = format!(
        "constant of the Lambert-W bound: the largest that stays below every mean is c = {:.3} ({}); it is nowhere above \
         {largest:.3}, so the bound has the right shape in n and κ₀ (between {CONSTANT} and {LARGEST} expected)",
        least.0, least.1,
    );
    Ok(vec![Finding::new(farthest <= FAR, law), Finding::new(least.0 >= CONSTANT && largest <= LARGEST, constant)])
}

/// The colour of the bound, unlike that of any κ_0.
const BOUND: usize = 6;

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let (prompts, replicates) = (table.distinct("prompts")?.join(", "), table.distinct("replicates")?.join(", "));
    let mut figure = Figure::new("One round on the hard instance: failure rate and lower bound")
        .subtitle(format!(
            "M = {prompts} informative prompts, worst mass Δ(n), β = 1/√n, log #Π = M log K; means over {replicates} replicates with 95% \
             intervals. The bound is the root ε of ε²(1 + log(κ₀/ε)) = cκ₀ log #Π/n"
        ))
        .columns(2)
        .symbol("M", "")
        .symbol("ε", "")
        .symbol("c", "constant of the bound");
    let mut constants =
        Panel::new("largest c for which the bound holds", Axis::log("samples n"), Axis::linear("c").range(0.0, 0.13))
            .guide(Guide::horizontal(CONSTANT, format!("c = {CONSTANT}, as drawn")));
    for (color, kappa0) in table.distinct("kappa0")?.iter().enumerate() {
        let rows = table.filter(&[("kappa0", kappa0)])?;
        let law = rows.points("samples", "exact_law")?;
        let looseness = rows.points("samples", "bound_over_measured")?;
        let range = looseness.iter().fold((f64::INFINITY, 0.0f64), |(lo, hi), p| (lo.min(p.y), hi.max(p.y)));
        let mut panel = Panel::new(format!("κ₀ = {kappa0}"), Axis::log("samples n"), Axis::log("failure rate F₁(0.5)"))
            .series(Series::new("measured", Style::Markers, color, rows.measured("samples", "failure")?).bars())
            .series(Series::unlabelled(Style::Line, color, law.iter().copied()).plain())
            .series(Series::new(
                format!("bound, c = {CONSTANT}"),
                Style::Dashed,
                BOUND,
                rows.points("samples", "bound")?,
            ))
            .series(Series::new("its large-n form", Style::Dotted, BOUND, rows.points("samples", "asymptote")?))
            .note("line through the marks: exact law")
            .note(format!("bound/measured: {:.2} to {:.2}", range.0, range.1));
        if let Some(first) = law.first() {
            panel = panel.guide(Guide::slope((first.x, 1.5 * first.y), -0.5, "slope −1/2"));
        }
        figure = figure.panel(panel);
        let label = format!("κ₀ = {kappa0}");
        constants = constants
            .series(Series::new(label, Style::Markers, color, rows.measured("samples", "largest_constant")?).bars())
            .series(Series::unlabelled(
                LAW[color % LAW.len()],
                color,
                rows.points("samples", "largest_constant_of_law")?,
            ));
    }
    let constants = constants.note("lines: exact law, which tends to (1 − 1/κ₀)/(4e)");
    Ok(figure.panel(constants))
}
