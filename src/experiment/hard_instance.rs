//! The hard instance of Theorem 4.1 (claim C13): failure against n for T = 1 to 4 rounds, with the exact law beside it.

use super::{CellRows, Columns, Drawing, Experiment, Finding, Named, Results, Table};
use crate::Result;
use crate::metrics::named::FAILURE;
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::simulate::Simulation;
use crate::theory::single_step::HardInstance;

/// M = 64, κ_0 = 3 and 9, n = 2^12 to 2^26, the worst informative mass Δ for each n.
pub const EXPERIMENT: Experiment = Experiment {
    name: "hard_instance",
    about: "The hard instance of Theorem 4.1: failure against n for T = 1 to 4, with the exact law beside it",
    definition: include_str!("../../experiments/definitions/hard_instance.toml"),
    findings,
    drawings: &[Drawing { name: "hard_instance", table, figure }],
};

fn table(results: &Results) -> Result<Table> {
    results.table(&Columns {
        part: "worst-mass",
        labels: &[("kappa0", "instance.kappa0"), ("prompts", "instance.prompts"), ("samples", "process.samples")],
        measured: &["failure_0.5", "kappa_minus_one", "drift"],
        theory: Some(theory),
    })
}

/// E F_t of the exact law, and the realised κ_0 and Δ that it holds for.
pub(super) fn theory(simulation: &Simulation, t: usize) -> Result<Named> {
    let prompts = simulation.config.instance.get("prompts").unwrap_or(0.0);
    let (mass, n) = (simulation.derived("mass"), simulation.process.samples as f64);
    let law = HardInstance::new(prompts, mass, simulation.derived("responses") as u64)?;
    let expected = if t == 0 { mass } else { law.expected_failure(n, t as u32)?.value() };
    Ok(vec![("mass", mass), ("realised_kappa0", simulation.derived("kappa0")), ("exact_law", expected)])
}

/// Standard errors that a mean may lie from its law. Two-sided, over at most 64 means: a false alarm in 10^7 runs.
pub(super) const FAR: f64 = 6.0;

/// The law at every n and t, and the exponent −1/2 that follows from it.
fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (mut means, mut farthest) = (0, 0.0f64);
    for cell in results.cells("worst-mass")? {
        for t in 1..=cell.rounds() {
            means += 1;
            farthest = farthest.max(distance(&cell, t)?);
        }
    }
    let law = format!(
        "failure follows the exact law Δ(1 − 2q(1−q)Δ/M)^(nT), so n^(−1/2) at every T: of {means} means the farthest lies \
         {farthest:.1} standard errors from it (up to {FAR} expected)"
    );
    Ok(vec![Finding::new(farthest <= FAR, law)])
}

/// Standard errors between the mean failure rate after t rounds and the law.
///
/// F is Δ/M times the number of unresolved prompts. Each of the M is unresolved with the same probability, and the more of
/// them are the fewer draws are left for the others: they are negatively correlated, so the binomial variance bounds theirs.
pub(super) fn distance(cell: &CellRows, t: usize) -> Result<f64> {
    let said = theory(&cell.simulation()?, t)?;
    let [(_, mass), _, (_, law)] = said[..] else { unreachable!("three numbers") };
    let (prompts, share) = (cell.number("instance.prompts")?, law / mass);
    let error = mass * (share * (1.0 - share) / (prompts * cell.replicates.len() as f64)).sqrt();
    Ok((cell.mean(FAILURE.at(0.5), t)?.mean - law).abs() / error)
}

/// Line styles of the exact law: one for each T, so that the lines need no marks of their own to differ in grey.
const LAW: [Style; 4] = [Style::Line, Style::Dashed, Style::DashDotted, Style::Dotted];

fn figure(table: &Table) -> Result<Figure> {
    let replicates = table.distinct("replicates")?.join(", ");
    let prompts = table.distinct("prompts")?.join(", ");
    let mut figure = Figure::new("Hard instance: failure after T rounds against samples per round")
        .subtitle(format!(
            "M = {prompts} informative prompts, worst mass Δ(n), β = 1/√n; marks: measured, mean over {replicates} replicates with 95% \
             intervals; lines: exact law Δ(1 − 2q(1−q)Δ/M)^(nT)"
        ))
        .columns(2)
        .symbol("M", "")
        .symbol("q", "base probability of the most likely response of an informative prompt");
    for kappa0 in table.distinct("kappa0")? {
        let mut panel =
            Panel::new(format!("κ₀ = {kappa0}"), Axis::log("samples per round n"), Axis::log("failure rate F_T(0.5)"));
        for (color, t) in table.distinct("t")?.iter().filter(|t| *t != "0").enumerate() {
            let rows = table.filter(&[("kappa0", &kappa0), ("t", t)])?;
            panel = panel
                .series(Series::unlabelled(LAW[color % LAW.len()], color, rows.points("samples", "exact_law")?))
                .series(
                    Series::new(format!("T = {t}"), Style::Markers, color, rows.measured("samples", "failure_0.5")?)
                        .bars(),
                );
        }
        let top = table.filter(&[("kappa0", &kappa0), ("t", "1")])?.points("samples", "exact_law")?;
        if let Some(first) = top.first() {
            panel = panel.guide(Guide::slope((first.x, 1.4 * first.y), -0.5, "slope −1/2"));
        }
        figure = figure.panel(panel);
    }
    Ok(figure)
}
