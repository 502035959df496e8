//! Corollary 5.7 (claim C21): how many rounds make the initial model's share negligible, against κ_0 and against n.
//!
//! A run that starts at κ = 1 stays there, so all of κ_t − 1 is owed to the initial model. F_T is governed by κ_{T−1} (C18):
//! T rounds have forgotten the initial model where E κ_{T−1} − 1 ≤ τ.

mod figure;
mod rounds;

use std::collections::BTreeSet;

use super::{CellRows, Drawing, Experiment, Finding, Results, Table};
use crate::Result;
use crate::metrics::named::KAPPA;
use crate::simulate::output;
use crate::stats::{Observation, line};
use rounds::{Forgetting, lawful, rate};

/// The hard instance with κ_0 from 4 to 128 and n from 2^11 to 2^40; Gaussian features with K from 4 to 256.
pub const EXPERIMENT: Experiment = Experiment {
    name: "iterations_to_forget",
    about: "Corollary 5.7: rounds until the initial model's share is negligible, against log κ_0 and against n",
    definition: include_str!("../../experiments/definitions/iterations_to_forget.toml"),
    findings,
    drawings: &[Drawing { name: "iterations_to_forget", table, figure: figure::figure }],
};

/// The tolerances τ.
const TOLERANCES: [f64; 2] = [1.0, 0.1];

fn table(results: &Results) -> Result<Table> {
    let mut rows = Vec::new();
    for cell in results.cells("")? {
        for tolerance in TOLERANCES {
            let labels = ["instance.kind", "instance.kappa0", "instance.responses", "process.samples"]
                .map(|key| cell.label(key));
            let mut row = labels.to_vec();
            row.extend([cell.replicates.len().to_string(), output::plain(tolerance)]);
            let columns = Forgetting::of(&cell, tolerance)?.columns(&cell)?;
            row.extend(columns.map(|value| value.map_or_else(String::new, output::plain)));
            rows.push(row);
        }
    }
    let labels = ["kind", "kappa0", "responses", "samples", "replicates", "tolerance"];
    let header = labels.iter().chain(&rounds::COLUMNS).map(|&name| name.to_owned()).collect();
    Ok(Table::new(header, rows))
}

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let mut hard = results.cells("hard")?;
    hard.extend(results.cells("many-samples")?);
    Ok(vec![law(&hard)?, logarithmic(&hard)?, fewer(&hard)?, bounded(&hard)?, gaussian(&results.cells("gaussian")?)?])
}

/// The hard instance's own law, in every cell.
fn law(cells: &[CellRows]) -> Result<Finding> {
    let mut astray = Vec::new();
    for cell in cells {
        for tolerance in TOLERANCES {
            let (least, most) = lawful(cell, tolerance)?;
            let found = Forgetting::of(cell, tolerance)?.rounds.unwrap_or(usize::MAX);
            if !(least..=most).contains(&found) {
                let (kappa0, n) = (cell.label("instance.kappa0"), cell.label("process.samples"));
                astray.push(format!("κ₀ = {kappa0}, n = {n}, τ = {tolerance}: {found} not in {least} to {most}"));
            }
        }
    }
    let all = TOLERANCES.len() * cells.len();
    Ok(Finding::new(
        astray.is_empty(),
        format!(
            "hard instance: the least T with E κ_(T−1) − 1 ≤ τ is that of the exact law (κ₀ − 1)(1 − 2q(1−q)Δ/M)^(n(T−1)) ≤ τ, up to \
             sampling, in {} of {all} cases{}{}",
            all - astray.len(),
            if astray.is_empty() { "" } else { "; not at " },
            astray.join("; ")
        ),
    ))
}

/// n/κ_0 of the diagonal along which rounds are counted.
const DIAGONAL: f64 = 128.0;

/// Along n ∝ κ_0 the rate of a round hardly changes, and T against log κ_0 is a line whose slope is its reciprocal.
fn logarithmic(cells: &[CellRows]) -> Result<Finding> {
    let (mut points, mut expected) = (Vec::new(), Vec::new());
    for cell in cells {
        if cell.number("process.samples")? == DIAGONAL * cell.number("instance.kappa0")? {
            let surplus = cell.simulation()?.derived("kappa0") - 1.0;
            let rounds = Forgetting::of(cell, 1.0)?.rounds.unwrap_or(cell.rounds() + 1);
            let at = |y: f64| Observation { x: surplus.ln(), y, weight: 1.0 };
            points.push(at(rounds as f64));
            expected.push(at(1.0 + surplus.ln() / rate(cell)?));
        }
    }
    let (slope, lawful) = (line(&points)?.slope, line(&expected)?.slope);
    // T is the real root of the law rounded up, and sampling moves it by less than a round on these cells (the finding above): 0 to
    // 2 more than the root, 1 either way of their middle. That moves the slope by at most Σ|x − x̄|/Σ(x − x̄)².
    let middle = points.iter().map(|point| point.x).sum::<f64>() / points.len() as f64;
    let moment = |power: i32| points.iter().map(|point| (point.x - middle).abs().powi(power)).sum::<f64>();
    let allowed = moment(1) / moment(2);
    Ok(Finding::new(
        (slope - lawful).abs() <= allowed && lawful > allowed,
        format!(
            "logarithmic in κ₀ where n = {DIAGONAL} κ₀: {slope:.2} rounds for each unit of log κ₀, {lawful:.2} by the law (to within \
             {allowed:.2}, as T is a whole number)"
        ),
    ))
}

/// Fewer rounds at larger n, for every κ_0, down to the two that are the least possible for κ_0 > 1 + τ.
fn fewer(cells: &[CellRows]) -> Result<Finding> {
    let (mut falls, mut first, mut last) = (true, Vec::new(), Vec::new());
    let mut starts = BTreeSet::new();
    for start in
        cells.iter().filter(|cell| cell.cell.part == "many-samples" && starts.insert(cell.label("instance.kappa0")))
    {
        let same = cells.iter().filter(|cell| cell.label("instance.kappa0") == start.label("instance.kappa0"));
        // Not reached counts as one round more than could be seen.
        let rounds = |cell: &CellRows| Ok(Forgetting::of(cell, 1.0)?.rounds.unwrap_or(cell.rounds() + 2));
        let counts = same.map(rounds).collect::<Result<Vec<usize>>>()?;
        falls &= counts.is_sorted_by(|a, b| a >= b);
        first.push(counts[0]);
        last.push(counts[counts.len() - 1]);
    }
    let falls = falls && last.iter().all(|&rounds| rounds == 2) && first.iter().max() > last.iter().max();
    let seen =
        |rounds: &[usize]| (rounds.iter().min().copied().unwrap_or(0), rounds.iter().max().copied().unwrap_or(0));
    Ok(Finding::new(
        falls,
        format!(
            "fewer with n: for every κ₀ the rounds never rise as n does, from {:?} (least and most over κ₀) at the least n to {:?} at \
             the largest",
            seen(&first),
            seen(&last)
        ),
    ))
}

/// Where C17 with the run's own constants is informative it is never exceeded (exact, C16); where it is not, the cap
/// 1 + log₂(κ_0/τ) is exceeded at small n.
fn bounded(cells: &[CellRows]) -> Result<Finding> {
    let (mut informative, mut exceeded, mut beyond) = (0, 0, 0);
    for cell in cells {
        for tolerance in TOLERANCES {
            let found = Forgetting::of(cell, tolerance)?;
            let rounds = found.rounds.map_or(f64::INFINITY, |rounds| rounds as f64);
            match found.bound(cell)? {
                Some(bound) => {
                    informative += 1;
                    exceeded += usize::from(rounds > bound.ceil());
                }
                None => beyond += usize::from(rounds > found.cap(cell)?.ceil()),
            }
        }
    }
    Ok(Finding::new(
        informative > 0 && exceeded == 0 && beyond > 0,
        format!(
            "bounded by 1 + log(κ₀/τ)/log(1/λ) in {} of the {informative} cases in which Lemma C.4, with the run's own γ, μ, ε and r̄, is \
             informative; of the other {} cases, {beyond} need more than the 1 + log₂(κ₀/τ) rounds that λ < 1/2 would allow",
            informative - exceeded,
            TOLERANCES.len() * cells.len() - informative
        ),
    ))
}

/// With features that the prompts share, no more than the cap's rounds down to τ = 1. Down to τ = 0.1 what is seen is told, and
/// nothing of it expected: where n is small later rounds stall.
fn gaussian(cells: &[CellRows]) -> Result<Finding> {
    let mut starts = (f64::INFINITY, 0.0f64);
    for cell in cells {
        let kappa0 = cell.mean(&KAPPA, 0)?.mean;
        starts = (starts.0.min(kappa0), starts.1.max(kappa0));
    }
    let [coarse, fine] = [capped(cells, TOLERANCES[0])?, capped(cells, TOLERANCES[1])?];
    Ok(Finding::new(
        coarse.beyond == 0,
        format!(
            "shared features, κ₀ from {:.1} to {:.0}: down to τ = {} at most {} rounds, more than 1 + log₂(κ₀/τ) (rounded up) in {} of {} \
             cells; down to τ = {} up to {} rounds where it is reached, not reached in {} cells, more than the cap in {}",
            starts.0,
            starts.1,
            TOLERANCES[0],
            coarse.most,
            coarse.beyond,
            cells.len(),
            TOLERANCES[1],
            fine.most,
            fine.unreached,
            fine.beyond
        ),
    ))
}

/// The rounds of several cells beside the cap.
#[derive(Default)]
struct Capped {
    /// The largest number where the tolerance is reached.
    most: usize,
    /// Cells in which it is not.
    unreached: usize,
    /// Cells with more rounds than the cap, those in which it is not reached included.
    beyond: usize,
}

fn capped(cells: &[CellRows], tolerance: f64) -> Result<Capped> {
    let mut all = Capped::default();
    for cell in cells {
        let found = Forgetting::of(cell, tolerance)?;
        let cap = found.cap(cell)?.ceil();
        let within = found.rounds.is_some_and(|rounds| rounds as f64 <= cap);
        all.most = all.most.max(found.rounds.unwrap_or(0));
        all.unreached += usize::from(found.rounds.is_none());
        all.beyond += usize::from(!within);
    }
    Ok(all)
}
