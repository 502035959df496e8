//! What the abstract promises of whole runs: a rate in n and geometric decay in T (C19, C20).

use super::curves::{curve, one_value, replicate_curve, trajectory_curve, wrong_curve};
use crate::Result;
use crate::claims::cases::grouped;
use crate::claims::premises;
use crate::claims::{Claim, Curve, Rule, Source, weigh::Exponent};
use crate::experiment::CellRows;
use crate::metrics::named::{FAILURE, KAPPA, KAPPA_MINUS_ONE, Metric};
use crate::stats::decay::Law;
use crate::study::definition::Verdict;
use crate::theory::rates::population_scale;

const GENERIC: &[Source] = &[Source { experiment: "rate_vs_n", part: "generic" }];
const SAMPLED: &[Source] = &[Source { experiment: "rate_vs_n", part: "generic-erm" }];
const BUMP: &[Source] = &[Source { experiment: "initial_dependence", part: "tabular" }];
const SHARED: &[Source] = &[Source { experiment: "initial_dependence", part: "gaussian" }];
const CONTINUUM: &[Source] = &[Source { experiment: "initial_dependence", part: "continuum" }];

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        controls: &[wrong_curve(
            "C19.three-quarters",
            "(1+√n)^{−3/2} or faster at T = 1",
            GENERIC,
            generic_once,
            Rule::Exponent(Exponent::AtMost(-0.75)),
        )],
        note: "(1+√n)² for n: the exponent in n itself, −½√n/(1+√n) at T = 1, is −1/2 in the limit only",
        ..curve(
            "C19",
            "with the population update on generic instances F_T falls at least as (1+√n)^{−1}, the large-n half: its exponent in (1+√n)² \
             is at most −1/2",
            "abstract (rate)",
            GENERIC,
            generic,
            Rule::Exponent(Exponent::AtMost(-0.5)),
        )
    },
    Claim {
        expected: Verdict::Violated,
        note: "expected failure: the second round draws from a sharp policy, sees few directions and multiplies those by 1+√n; beyond 2^20 \
               fewer prompts are near a tie, and failure falls again",
        ..curve(
            "C19.sampled",
            "with sampled triples (ERM) F_T(0.01) falls at least as (1+√n)^{−1} at T = 2 and 4, n = 2^12 to 2^20: its exponent in (1+√n)² \
             is at most −1/2",
            "abstract (rate)",
            SAMPLED,
            sampled,
            Rule::Exponent(Exponent::AtMost(-0.5)),
        )
    },
    Claim {
        controls: &[wrong_curve(
            "C20.failure-power",
            "F_T falls as a power of T",
            BUMP,
            failure_in_time,
            Rule::Decay(Law::PowerLaw),
        )],
        ..curve(
            "C20.failure",
            "on one-hot features F_T decays geometrically in T from every κ_0",
            "abstract (exponential decay)",
            BUMP,
            failure_in_time,
            Rule::Decay(Law::Exponential),
        )
    },
    Claim {
        controls: &[wrong_curve(
            "C20.kappa-power",
            "κ_T − 1 falls as a power of T",
            BUMP,
            kappa_of_bumps,
            Rule::Decay(Law::PowerLaw),
        )],
        ..curve(
            "C20.kappa",
            "on one-hot features κ_T − 1 decays geometrically in T from every κ_0",
            "abstract (exponential decay)",
            BUMP,
            kappa_of_bumps,
            Rule::Decay(Law::Exponential),
        )
    },
    Claim {
        expected: Verdict::Violated,
        note: "expected failure: a nearly sure prompt is rarely touched, and the tail is a power law",
        ..curve(
            "C20.continuum",
            "κ_T − 1 decays geometrically under tabular ERM with a continuum of confidences",
            "abstract (exponential decay)",
            CONTINUUM,
            kappa_in_late_time,
            Rule::Decay(Law::Exponential),
        )
    },
    Claim {
        expected: Verdict::Violated,
        note: "expected failure: a sharp policy draws equal pairs, the sampled span collapses, and what is not seen stays",
        ..curve(
            "C20.shared",
            "κ_T − 1 decays geometrically on features that prompts share, with few samples",
            "abstract (exponential decay)",
            SHARED,
            kappa_of_shared_features,
            Rule::Decay(Law::Exponential),
        )
    },
];

fn generic(cells: &[CellRows]) -> Result<Vec<Curve>> {
    rates(cells, &[1, 2])
}

fn generic_once(cells: &[CellRows]) -> Result<Vec<Curve>> {
    rates(cells, &[1])
}

/// F_T(0.1) against (1+√n)², the square of the scale by which one population round sharpens, over the larger half of the n at which
/// anything fails.
fn rates(cells: &[CellRows], rounds: &[usize]) -> Result<Vec<Curve>> {
    let mut generic: Vec<&CellRows> = Vec::new();
    for cell in cells {
        if is_generic(cell)? && premises::is_population_of(&cell.simulation()?, "erm") {
            generic.push(cell);
        }
    }
    let (mut curves, mut names, mut alone): (Vec<Curve>, Vec<String>, _) = (Vec::new(), Vec::new(), None);
    for cells in grouped(generic, &["process.samples"]) {
        let in_a_run = cells[0].number("instance.prompts")?;
        let name = named(&mut names, format!("M = {}", cells[0].label("instance.prompts")));
        if cells.len() < 2 {
            alone.get_or_insert(cells[0].cell.ordinal);
            continue;
        }
        for &t in rounds.iter().filter(|&&t| t <= cells[0].rounds()) {
            let label = format!("{name}, T = {t}");
            let mut curve = replicate_curve(label, &cells, "process.samples", FAILURE.at(0.1), t)?;
            // A mean of a handful of prompts is no mean on a log axis: at least ten failing in all.
            let enough = |values: &[f64]| values.iter().sum::<f64>() * in_a_run >= 10.0;
            curve.points.retain(|point| enough(&point.values));
            curve.points.drain(..curve.points.len() / 2);
            rescale(&mut curve)?;
            // Before logits have grown by that much the exponent is flatter: failure is not small.
            curve.points.retain(|point| point.x.powf(0.5 * t as f64) >= GROWN);
            curves.extend(Some(curve).filter(|curve| curve.points.len() > 1));
        }
    }
    one_value(curves, "process.samples", alone)
}

/// By how much logits have grown where the rate is that of the limit.
const GROWN: f64 = 30.0;

/// A name, with a number where others have the same.
fn named(names: &mut Vec<String>, name: String) -> String {
    let others = names.iter().filter(|known| **known == name).count();
    names.push(name.clone());
    if others > 0 { format!("{name} ({})", others + 1) } else { name }
}

/// Whether a cell is a generic instance, Gaussian without a margin, on which rounds are the paper's least squares with β = c/√n.
fn is_generic(cell: &CellRows) -> Result<bool> {
    let (simulation, config) = (cell.simulation()?, &cell.cell.config);
    Ok(config.instance.kind.name() == "gaussian"
        && config.instance.section().number("margin").is_none()
        && config.process.beta.is_none()
        && premises::is_realizable(&simulation)
        && premises::departs_at_most(&simulation, &[]))
}

/// Where the first round leaves few of the prompts near a tie, and some.
const SHARP: std::ops::RangeInclusive<f64> = 4096.0..=1_048_576.0;

/// F_T(0.01) of the empirical minimiser against (1+√n)², for T = 2 and 4.
fn sampled(cells: &[CellRows]) -> Result<Vec<Curve>> {
    let within = |cell: &&CellRows| cell.number("process.samples").is_ok_and(|n| SHARP.contains(&n));
    let mut sharp: Vec<&CellRows> = Vec::new();
    for cell in cells.iter().filter(within) {
        if is_generic(cell)? && premises::is_sampled(&cell.simulation()?, "erm") {
            sharp.push(cell);
        }
    }
    let (mut curves, mut names, mut alone) = (Vec::new(), Vec::new(), None);
    for cells in grouped(sharp, &["process.samples"]) {
        if cells.len() < 2 {
            alone.get_or_insert(cells[0].cell.ordinal);
            continue;
        }
        for t in [2, 4].into_iter().filter(|&t| t <= cells[0].rounds()) {
            let label = named(&mut names, format!("T = {t}"));
            let mut curve = replicate_curve(label, &cells, "process.samples", FAILURE.at(0.01), t)?;
            rescale(&mut curve)?;
            curves.push(curve);
        }
    }
    one_value(curves, "process.samples", alone)
}

/// n becomes (1+√n)².
fn rescale(curve: &mut Curve) -> Result<()> {
    for point in &mut curve.points {
        point.x = population_scale(point.x.powf(-0.5), 2)?;
    }
    Ok(())
}

/// Cells on which rounds are the paper's least squares on a sample, and what is said of their instances.
fn chosen(cells: &[CellRows], of: impl Fn(&CellRows) -> bool) -> Result<Vec<CellRows>> {
    let mut chosen = Vec::new();
    for cell in cells.iter().filter(|cell| of(cell)) {
        let simulation = cell.simulation()?;
        if premises::is_sampled(&simulation, "erm")
            && premises::is_realizable(&simulation)
            && premises::departs_at_most(&simulation, &[])
        {
            chosen.push(cell.clone());
        }
    }
    Ok(chosen)
}

/// Prompts that are alike, and so sharply sampled that one pair of the favoured response and another one settles one of them.
fn is_bump(cell: &CellRows) -> bool {
    let (instance, beta) = (cell.cell.config.instance.section(), cell.simulation().map(|run| run.process.beta));
    let (Some(bump), Some(responses), Ok(beta)) = (instance.number("bump"), instance.number("responses"), beta) else {
        return false;
    };
    let kind = cell.cell.config.instance.kind.name();
    let uniform = instance.value("weights").is_none_or(|weights| weights.as_str() == Some("uniform"));
    // The pair's two logits move apart by bump/β, each by half of that.
    kind == "tabular" && uniform && bump > 0.0 && 0.5 * bump / beta >= responses.ln() + SETTLED
}

/// How far the favoured response of a settled prompt lies above all others together, nats.
const SETTLED: f64 = 3.0;

fn failure_in_time(cells: &[CellRows]) -> Result<Vec<Curve>> {
    in_time(&chosen(cells, is_bump)?, FAILURE.at(0.5), 1, ten_prompts)
}

fn kappa_of_bumps(cells: &[CellRows]) -> Result<Vec<Curve>> {
    kappa_in_time(&chosen(cells, is_bump)?)
}

/// Samples for each dimension up to which there are few of them.
const FEW: f64 = 16.0;

fn kappa_of_shared_features(cells: &[CellRows]) -> Result<Vec<Curve>> {
    let few = |cell: &CellRows| {
        let config = &cell.cell.config;
        let dim = config.instance.section().number("dim").unwrap_or(0.0);
        config.instance.kind.name() == "gaussian" && config.process.samples as f64 <= FEW * dim
    };
    kappa_in_time(&chosen(cells, few)?)
}

fn kappa_in_time(cells: &[CellRows]) -> Result<Vec<Curve>> {
    // A prompt that is as it was contributes what the average one did at first.
    in_time(cells, (&KAPPA_MINUS_ONE).into(), 1, |cell| Ok(ten_prompts(cell)? * cell.mean(&KAPPA_MINUS_ONE, 0)?.mean))
}

/// The weight of ten prompts in all replicates of a cell together: below it there is nothing to fit.
fn ten_prompts(cell: &CellRows) -> Result<f64> {
    Ok(10.0 / (cell.number("instance.prompts")? * cell.replicates.len() as f64))
}

fn kappa_in_late_time(cells: &[CellRows]) -> Result<Vec<Curve>> {
    let continuum = |cell: &CellRows| {
        let instance = &cell.cell.config.instance;
        instance.kind.name() == "tabular" && instance.section().word("confidence").is_some()
    };
    in_time(&chosen(cells, continuum)?, (&KAPPA_MINUS_ONE).into(), 8, |_| Ok(0.0))
}

fn in_time(
    cells: &[CellRows],
    of: Metric,
    first: usize,
    least: impl Fn(&CellRows) -> Result<f64>,
) -> Result<Vec<Curve>> {
    let curve = |cell: &CellRows| {
        let label = format!("κ₀ = {:.3}", cell.mean(&KAPPA, 0)?.mean);
        trajectory_curve(cell, label, of, first, least(cell)?)
    };
    cells.iter().map(curve).collect()
}
