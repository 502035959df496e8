//! One round against several from the same n: failure of the hard instance against n and against T.

use super::{CONSTANT, FAR, Hard, LAW};
use crate::Result;
use crate::experiment::{Finding, Line, Results, Table};
use crate::metrics::named::FAILURE;
use crate::plot::{Axis, Figure, Panel, Series, Style};

pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in Hard::cells(results)? {
        for t in 1..=cell.rows.rounds() {
            let measured = cell.rows.mean(FAILURE.at(0.5), t)?;
            let line = Line::default()
                .label("kappa0", cell.rows.label("instance.kappa0"))
                .label("prompts", cell.rows.label("instance.prompts"))
                .label("samples", cell.rows.label("process.samples"))
                .label("replicates", cell.rows.replicates.len().to_string())
                .label("t", t.to_string())
                .measured("failure", measured.mean, measured.ends)
                .number("exact_law", cell.expected(t)?)
                .number("constant", CONSTANT)
                .number("bound_n", cell.bound(cell.samples)?)
                .number("bound_nt", cell.bound(cell.samples * t as f64)?);
            lines.push(line);
        }
    }
    Ok(Table::of_lines(lines))
}

/// After the last round every mean lies below the bound that one round of n cannot pass, by more than chance could do.
pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (mut nearest, mut of_one, mut of_all, mut rounds) = (f64::NEG_INFINITY, 0.0f64, 0.0f64, 0);
    for cell in Hard::cells(results)? {
        rounds = cell.rows.rounds();
        let (one, all) = (cell.bound(cell.samples)?, cell.bound(cell.samples * rounds as f64)?);
        let failure = cell.rows.mean(FAILURE.at(0.5), rounds)?.mean;
        nearest = nearest.max(cell.deviation(rounds, one)?);
        (of_one, of_all) = (of_one.max(failure / one), of_all.max(failure / all));
    }
    let statement = format!(
        "iteration passes the single-step bound: after T = {rounds} rounds of n failure is at most {of_one:.3} times the bound of \
         one round of n ({:.1} standard errors below it, at least {FAR} expected), and {of_all:.3} times that of one round of {rounds}n",
        -nearest
    );
    Ok(vec![Finding::new(nearest <= -FAR, statement)])
}

/// The colour of curves along T, unlike that of any one T.
const ALL_ROUNDS: usize = 4;

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let (prompts, replicates) = (table.distinct("prompts")?.join(", "), table.distinct("replicates")?.join(", "));
    let mut figure = Figure::new("T rounds of n on the hard instance, beside the bound of one round")
        .subtitle(format!(
            "Hard instance, M = {prompts}, Δ worst for one round of n, β = 1/√n; marks: means over {replicates} replicates with 95% \
             intervals; lines through them: exact law; bound: c = {CONSTANT}. T rounds of n fail as often as one round of \
             nT; they pass the bound of nT because this Δ is the worst for n, not for nT"
        ))
        .columns(2)
        .symbol("c", "constant of the bound");
    let kappas = table.distinct("kappa0")?;
    for kappa0 in [kappas.first(), kappas.last()].into_iter().flatten() {
        let title = format!("against n, κ₀ = {kappa0}");
        let mut panel = Panel::new(title, Axis::log("samples per round n"), Axis::log("failure rate F_T(0.5)"));
        let bound = table.filter(&[("kappa0", kappa0), ("t", "1")])?.points("samples", "bound_n")?;
        panel = panel.series(Series::new("bound of one round of n", Style::Line, 6, bound).plain());
        for (color, t) in ["1", "2", "4", "8"].into_iter().enumerate() {
            let rows = table.filter(&[("kappa0", kappa0), ("t", t)])?;
            let measured = rows.measured("samples", "failure")?;
            panel = panel
                .series(Series::new(format!("T = {t}"), Style::Markers, color, measured).bars())
                .series(Series::unlabelled(LAW[color], color, rows.points("samples", "exact_law")?).plain());
        }
        figure = figure.panel(panel);
    }
    for kappa0 in [kappas.first(), kappas.last()].into_iter().flatten() {
        let samples = table.filter(&[("kappa0", kappa0)])?.distinct("samples")?;
        let n = &samples[samples.len() / 2];
        let rows = table.filter(&[("kappa0", kappa0), ("samples", n)])?;
        let title = format!("against T, κ₀ = {kappa0}, n = {n}");
        let panel = Panel::new(title, Axis::linear("rounds T"), Axis::log("failure rate F_T(0.5)"))
            .series(Series::new("T rounds of n", Style::Markers, ALL_ROUNDS, rows.measured("t", "failure")?).bars())
            .series(
                Series::new("exact law, near e^(−T/2)", Style::Line, ALL_ROUNDS, rows.points("t", "exact_law")?)
                    .plain(),
            )
            .series(Series::new("bound of one round of n", Style::Dashed, 6, rows.points("t", "bound_n")?))
            .series(Series::new("bound of one round of nT", Style::DashDotted, 6, rows.points("t", "bound_nt")?));
        figure = figure.panel(panel);
    }
    Ok(figure)
}
