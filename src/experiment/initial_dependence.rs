//! How the initial model is forgotten from round to round (claims C16, C17, C20): geometrically where prompts are alike, and where not.

mod curves;
mod decay;
mod figures;
mod recurrence;

use super::{CellRows, Columns, Drawing, Experiment, Finding, Named, Results, RunConstants, Table};
use crate::Result;
use crate::metrics::named::{FAILURE, KAPPA_MINUS_ONE, MARGIN};
use crate::simulate::Simulation;
use crate::stats::{Decay, Law, compare_decays};
use crate::theory::rates::continuum_surplus;
use crate::theory::single_step::unresolved_share;
use curves::{Curve, MODEL_ERROR};

/// Tabular, autoregressive and Gaussian instances, each from several κ_0, and a tabular one with a continuum of confidences.
pub const EXPERIMENT: Experiment = Experiment {
    name: "initial_dependence",
    about: "How the initial model is forgotten: κ_t − 1 and failure against t from many κ_0, the recurrence, and where decay is not geometric",
    definition: include_str!("../../experiments/definitions/initial_dependence.toml"),
    findings,
    drawings: &[
        Drawing {
            name: "initial_dependence",
            table: |results| table(results, "kappa_minus_one"),
            figure: figures::kappa,
        },
        Drawing {
            name: "initial_dependence_failure",
            table: |results| table(results, "failure_0.5"),
            figure: figures::failure,
        },
        Drawing { name: "initial_dependence_factor", table: decay::table, figure: decay::figure },
        Drawing { name: "initial_dependence_recurrence", table: recurrence::table, figure: recurrence::figure },
        Drawing { name: "initial_dependence_continuum", table: continuum_table, figure: figures::continuum },
    ],
};

/// The parts and the key that sets κ_0 in each.
const PARTS: [(&str, &str); 4] = [
    ("tabular", "instance.bump"),
    ("autoregressive", "instance.top"),
    ("gaussian", "instance.theta_norm"),
    ("population", "instance.theta_norm"),
];

/// `quantity` of all parts but the continuum's.
fn table(results: &Results, quantity: &str) -> Result<Table> {
    let mut labels = vec![("part", "part")];
    labels.extend(PARTS[..3].iter().map(|&(_, key)| (key.rsplit('.').next().unwrap_or(key), key)));
    results.table(&Columns { part: "", labels: &labels, measured: &["kappa", quantity], theory: Some(theory) })
}

fn continuum_table(results: &Results) -> Result<Table> {
    results.table(&Columns {
        part: "continuum",
        labels: &[("samples", "process.samples"), ("prompts", "instance.prompts")],
        measured: &["kappa_minus_one", "failure_0.1"],
        theory: Some(|simulation, t| {
            let prompts = simulation.config.instance.get("prompts").unwrap_or(0.0);
            let pairs = simulation.process.samples as f64 / prompts;
            let parts = continuum_surplus(pairs, simulation.process.beta, t.max(1) as f64)?;
            Ok(vec![("untouched", parts.0), ("near_ties", parts.1)])
        }),
    })
}

/// The exact law of κ_t − 1 and of the share of prompts left as they were, where every prompt is alike; NaN elsewhere.
fn theory(simulation: &Simulation, t: usize) -> Result<Named> {
    let (share, surplus) = match alike(simulation)? {
        Some((favoured, weight)) => {
            let share = unresolved_share(favoured, weight, simulation.process.samples as f64 * t as f64)?;
            (share, (1.0 / favoured - 1.0) * share)
        }
        None => (f64::NAN, f64::NAN),
    };
    Ok(vec![("law_share", share), ("law_kappa_minus_one", surplus)])
}

/// Probability of the favoured response and p(x), where both are the same at every prompt.
fn alike(simulation: &Simulation) -> Result<Option<(f64, f64)>> {
    let instance = &simulation.config.instance;
    let number = |key: &str| instance.get::<f64>(key);
    let (Some(bump), Some(responses), Some(prompts)) = (number("bump"), number("responses"), number("prompts")) else {
        return Ok(None);
    };
    Ok(Some((1.0 / (1.0 + (responses - 1.0) * (-bump).exp()), 1.0 / prompts)))
}

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let tabular = results.cells("tabular")?;
    Ok(vec![
        geometric(&tabular)?,
        law(&tabular)?,
        decay::vacuous(&tabular)?,
        recurrence::finding(results)?,
        population(&results.cells("population")?)?,
        floor(&results.cells("autoregressive")?)?,
        stall(&results.cells("gaussian")?)?,
        continuum(&results.cells("continuum")?)?,
    ])
}

/// AICc of one law less that of another, > 0 where the other is preferred.
fn preference(decays: &[Decay], worse: Law, better: Law) -> f64 {
    let of = |law: Law| decays.iter().find(|decay| decay.law == law).map_or(f64::NAN, |decay| decay.aicc);
    of(worse) - of(better)
}

/// The AICc difference beyond which the data speak clearly.
const CLEAR: f64 = 10.0;

/// The least preference over cells and the two quantities κ_t − 1 and F_t for a geometric decay over a power law.
fn geometric(cells: &[CellRows]) -> Result<Finding> {
    let mut least = f64::INFINITY;
    for cell in cells {
        for quantity in [(&KAPPA_MINUS_ONE).into(), FAILURE.at(0.5)] {
            let points = Curve::of(cell, quantity)?.counted(cell, FAILURE.at(0.5))?.points();
            least = least.min(preference(&compare_decays(&points, MODEL_ERROR)?, Law::PowerLaw, Law::Exponential));
        }
    }
    Ok(Finding::new(
        least > CLEAR,
        format!(
            "geometric: from each of {} κ₀ of the tabular instance κ_t − 1 and F_t(0.5) fall exponentially in t, not as a power law \
             (AICc differences of at least {least:.0})",
            cells.len()
        ),
    ))
}

/// L of [`law`]: 2e^(−L) for each of at most 6 · 16 means is below 1e-8 in all.
const LOG_ODDS: f64 = 24.0;

/// The share of prompts that fail follows the law. Unresolved prompts are negatively correlated, so that Bernstein's inequality holds
/// for their number over all replicates.
fn law(cells: &[CellRows]) -> Result<Finding> {
    let (mut means, mut farthest) = (0, 0.0f64);
    for cell in cells {
        let draws = cell.number("instance.prompts")? * cell.replicates.len() as f64;
        for t in 1..=cell.rounds() {
            let (_, share) = theory(&cell.simulation()?, t)?[0];
            let allowed = (2.0 * LOG_ODDS * share / draws).sqrt() + LOG_ODDS / (3.0 * draws);
            farthest = farthest.max((cell.mean(FAILURE.at(0.5), t)?.mean - share).abs() / allowed);
            means += 1;
        }
    }
    Ok(Finding::new(
        farthest <= 1.0,
        format!(
            "F_t(0.5) of the tabular instance follows the exact law (1 − 2q(1−q)/M)^(nt): of {means} means the farthest lies at \
             {farthest:.2} of what sampling allows"
        ),
    ))
}

/// Without sampling κ_t − 1 falls at least geometrically, from every κ_0.
fn population(cells: &[CellRows]) -> Result<Finding> {
    let (mut least, mut slowest) = (f64::INFINITY, 0.0f64);
    for cell in cells {
        let curve = Curve::of(cell, &KAPPA_MINUS_ONE)?;
        least = least.min(preference(&compare_decays(&curve.points(), MODEL_ERROR)?, Law::PowerLaw, Law::Exponential));
        slowest = slowest.max(curve.rate_between(cell.rounds() - 3, cell.rounds())?.exp().recip());
    }
    Ok(Finding::new(
        least > CLEAR && slowest < 0.6,
        format!(
            "population loop: κ_t − 1 falls at least geometrically from each of {} κ₀ (AICc differences to a power law of at least \
             {least:.0}; factors of the last three rounds at most {slowest:.2} a round, β = 1)",
            cells.len()
        ),
    ))
}

/// Ties are never broken: the autoregressive instance ends on a floor.
fn floor(cells: &[CellRows]) -> Result<Finding> {
    let (mut least, mut kept, mut ends, mut margin) = (f64::INFINITY, f64::INFINITY, (f64::INFINITY, 0.0f64), 0.0f64);
    for cell in cells {
        let curve = Curve::of(cell, FAILURE.at(0.5))?;
        least = least.min(preference(
            &compare_decays(&curve.points(), MODEL_ERROR)?,
            Law::Exponential,
            Law::ExponentialToFloor,
        ));
        let (middle, last) = (curve.mean(cell.rounds() / 2), curve.mean(cell.rounds()));
        kept = kept.min(last / middle);
        ends = (ends.0.min(last), ends.1.max(last));
        margin = cell.values(&MARGIN, cell.rounds())?.into_iter().fold(margin, f64::max);
    }
    Ok(Finding::new(
        least > CLEAR && kept > 0.8 && ends.0 > 0.0,
        format!(
            "floor: on the autoregressive instance F_t(0.5) stops at {:.3} to {:.3} (a floor is preferred by AICc differences of at least \
             {least:.0}; at least {kept:.2} of F is left from round 6 to 12): likely sequences that were never seen are overtaken by ties, \
             margin {margin:.0e}",
            ends.0, ends.1
        ),
    ))
}

/// Sharp policies draw equal pairs: on Gaussian features the decay stalls.
fn stall(cells: &[CellRows]) -> Result<Finding> {
    let mut slower = f64::INFINITY;
    let (mut fast, mut slow) = (f64::INFINITY, 0.0f64);
    for cell in cells {
        let curve = Curve::of(cell, &KAPPA_MINUS_ONE)?;
        let (first, last) = (curve.rate_between(0, 2)?, curve.rate_between(3, cell.rounds())?);
        slower = slower.min(first / last.max(0.0));
        (fast, slow) = (fast.min(first), slow.max(last));
    }
    // Seen: a factor of 20 and more, in every replicate.
    Ok(Finding::new(
        slower > 5.0,
        format!(
            "stall: on Gaussian features κ_t − 1 falls by a factor of at most {:.2} a round in the first two rounds and of at least {:.2} \
             a round after the third: not geometric in t",
            (-fast).exp(),
            (-slow).exp()
        ),
    ))
}

/// Rounds whose factor is told.
const DRIFT: [usize; 4] = [1, 2, 4, 8];

/// Rounds from which the tail is judged.
const TAIL: usize = 8;

/// With a continuum of confidences κ_t − 1 ends in a power law, while F_t falls faster than any power, by a factor that rises as the
/// slower prompts are left.
fn continuum(cells: &[CellRows]) -> Result<Finding> {
    let cell = &cells[0];
    let surplus = Curve::of(cell, &KAPPA_MINUS_ONE)?;
    let tail: Vec<_> = surplus.points().into_iter().filter(|point| point.x >= TAIL as f64).collect();
    let kappa = preference(&compare_decays(&tail, MODEL_ERROR)?, Law::Exponential, Law::PowerLaw);
    let failing = Curve::of(cell, FAILURE.at(0.1))?.counted(cell, FAILURE.at(0.1))?;
    let failure = preference(&compare_decays(&failing.points(), MODEL_ERROR)?, Law::PowerLaw, Law::Exponential);
    let (early, late) = (surplus.exponent(TAIL, 4 * TAIL)?, surplus.exponent(4 * TAIL, cell.rounds())?);
    let drift = DRIFT.iter().filter(|&&t| t <= failing.last()).map(|&t| {
        let factor = failing.factor_after(t - 1)?;
        Ok(format!("{:.3} [{:.3}, {:.3}] in round {t}", factor.value, factor.lo, factor.hi))
    });
    let drift = drift.collect::<Result<Vec<_>>>()?.join(", ");
    Ok(Finding::new(
        kappa > CLEAR && failure > CLEAR,
        format!(
            "continuum of confidences: κ_t − 1 ends in a power law (AICc difference {kappa:.0}) of exponent {:.2} [{:.2}, {:.2}] between rounds \
             {TAIL} and {} and {:.2} [{:.2}, {:.2}] after, while F_t(0.1) falls faster than any power (AICc difference {failure:.0}), though by no constant factor: {drift}",
            early.value,
            early.lo,
            early.hi,
            4 * TAIL,
            late.value,
            late.lo,
            late.hi
        ),
    ))
}
