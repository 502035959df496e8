//! The adaptive rule N_μ = inf{k : 1/max_{j≤k} π(y_j) ≤ k/μ} (S5): its output, its draws, and Lemma I.1's bounds on both.

use super::super::theory::adaptive::{
    Rule as Stopping, most_draws, most_draws_simply, most_miss, most_miss_simply, stopping,
};
use super::FAR;
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::premises::{Slot, departs_at_most, is_population_of, is_sampled};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::experiment::CellRows;
use crate::instance::{FeatureMap, Instance};
use crate::metrics::named::{BASE_PROBABILITY, DRAWS, ENTROPY};
use crate::papers::laws::{
    ROUNDING, at, base_laws, case, count, entropy, mode, probabilities, random_law, same, table,
};
use crate::process::law::adaptive;
use crate::process::{Memory, Selection};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use rand::RngExt;
use std::sync::Arc;

const OUTPUT: &[Source] = &[Source { experiment: "best_of_n", part: "adaptive" }];
const DRAWN: &[Source] = &[Source { experiment: "best_of_n", part: "adaptive-draws" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "S5",
        "E N_μ = Σ_k Q(<μ/k)^k ≤ a + (1−gP*)^a/(gP*) ≤ (μ+1/g)/P* and P[miss y*] ≤ (1−gP*)^a ≤ e^{−gμ}, a = ⌈μ/P*⌉; the output has the law of all times and levels",
        "Lemma I.1 (the law is ours)",
        &[],
        Statement::Constructed(law),
        &[Control::constructed("S5.half", "E N_μ ≤ (μ+1/(2g))/P*", half)],
    ),
    Claim::exact(
        "S5.output",
        "a population round of sharpening-sft-adaptive on a table has the rule's output law",
        "Lemma I.1 (the law is ours)",
        OUTPUT,
        Statement::Replicates(output),
        &[Control::replicates("S5.fixed", "the output is the best of a = ⌈μ/P*⌉ draws", OUTPUT, output_of_first)],
    ),
    Claim::exact(
        "S5.draws",
        "a round of n samples draws nE_xE N_μ responses in the mean, to 6 standard errors of the law's own and what few samples that go on may add",
        "Lemma I.1 (the law is ours)",
        DRAWN,
        Statement::Cells(draws),
        &[Control::cells("S5.first", "the draws end at a = ⌈μ/P*⌉", DRAWN, draws_to_first)],
    ),
];

/// Times and responses by a chain over the likeliest so far: the law that is kept, and E N_μ.
fn chained(law: &[f64], mu: f64) -> (Vec<f64>, f64) {
    let (mut kept, mut draws) = (vec![0.0; law.len()], 0.0);
    let mut best: Vec<f64> = law.to_vec();
    for k in 1.. {
        let going: f64 = best.iter().sum();
        draws += going;
        for y in 0..law.len() {
            if law[y] > 0.0 && f64::from(k) * law[y] >= mu * (1.0 - 1e-12) {
                kept[y] += std::mem::take(&mut best[y]);
            }
        }
        if best.iter().sum::<f64>() < 1e-16 || k > 100_000 {
            break;
        }
        let mut next = vec![0.0; law.len()];
        for (y, mass) in best.iter().enumerate() {
            for (z, chance) in law.iter().enumerate() {
                next[if law[z] > law[y] { z } else { y }] += mass * chance;
            }
        }
        best = next;
    }
    (kept, draws)
}

fn law(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let (law, mu) = (random_law(&mut rng, 11), rng.random_range(0.5..4.0));
        let rule = stopping(&law, mu)?;
        let (row, (kept, draws)) = (table(&law), chained(&law, mu));
        let process = adaptive(at(&row), at(&row), mu)?;
        let mut comparisons: Vec<Comparison> = same(&kept, &rule.law).collect();
        comparisons.extend(same(&probabilities(&process.law), &rule.law));
        comparisons.extend(same(&[draws, process.mean_draws], &[rule.draws, rule.draws]));
        let (sharp, simple) = (most_draws(&rule), most_draws_simply(&rule, mu));
        comparisons.push(at_most(rule.draws, sharp));
        comparisons.push(at_most(sharp, simple));
        comparisons.push(at_most(rule.miss, most_miss(&rule)));
        comparisons.push(at_most(most_miss(&rule), most_miss_simply(&rule, mu)));
        Ok(case(law.len(), comparisons))
    };
    (0..count(profile, 100)).map(|_| one()).collect()
}

fn at_most(found: f64, bound: f64) -> Comparison {
    Comparison::unlimited(found, bound, ROUNDING * bound)
}

fn half(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    // One response is enough.
    let mut laws = vec![(vec![1.0], 2.2)];
    laws.extend((0..count(profile, 30)).map(|_| (random_law(&mut rng, 11), rng.random_range(0.5..4.0))));
    let one = |(law, mu): (Vec<f64>, f64)| {
        let rule = stopping(&law, mu)?;
        let bound = (mu + 0.5 / rule.modes) / (rule.mode_mass / rule.modes);
        Ok(case(law.len(), vec![at_most(rule.draws, bound)]))
    };
    laws.into_iter().map(one).collect()
}

/// μ, if the loop is a population round of sharpening-sft-adaptive on a table.
fn mu(trial: &Trial<'_>) -> Result<Option<f64>> {
    let Selection::Adaptive(mu) = trial.simulation().process.candidates.selection else { return Ok(None) };
    let speaks = is_population_of(trial.simulation(), "likelihood")
        && departs_at_most(trial.simulation(), &[Slot::Selection])
        && matches!(trial.instance()?.features(), FeatureMap::OneHot(_));
    Ok(speaks.then_some(mu))
}

fn output(trial: &Trial<'_>) -> Result<Option<Case>> {
    outputs(trial, |_, rule| Ok(rule.law.clone()))
}

fn output_of_first(trial: &Trial<'_>) -> Result<Option<Case>> {
    outputs(trial, |law, rule| super::super::theory::best_of_n::best_of_law(law, law, rule.first))
}

/// What is measured after each round against an output law at each prompt.
fn outputs(trial: &Trial<'_>, kept: impl Fn(&[f64], &Stopping) -> Result<Vec<f64>>) -> Result<Option<Case>> {
    let Some(mu) = mu(trial)? else { return Ok(None) };
    let instance = trial.instance()?;
    let base = base_laws(&instance);
    let (mut laws, mut case) = (base.clone(), Case::default());
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        laws = laws.iter().map(|law| kept(law, &stopping(law, mu)?)).collect::<Result<_>>()?;
        // Where a probability left the doubles the law is not known any more.
        if laws.iter().flatten().any(|mass| mass.is_nan()) {
            break;
        }
        let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
            instance.weights().iter().enumerate().map(|(x, weight)| weight * of(x)).sum()
        };
        for (of, expected) in
            [(&BASE_PROBABILITY, mean(&|x| laws[x][mode(&base[x])])), (&ENTROPY, mean(&|x| entropy(&laws[x])))]
        {
            case.comparisons.push(Comparison::identity(trial.get(of, t)?, expected, 1e-9 * (1.0 + expected)));
        }
    }
    Ok(Some(case))
}

fn draws(cells: &[CellRows]) -> Result<Vec<Case>> {
    means(cells, |rule| rule.draws)
}

fn draws_to_first(cells: &[CellRows]) -> Result<Vec<Case>> {
    means(cells, |rule| rule.first)
}

/// E N_μ and E N_μ², by sums of P(N_μ > k) = Q(<μ/k)^k and (2k+1) times it.
fn moments(law: &[f64], mu: f64) -> (f64, f64) {
    let (mut first, mut second) = (1.0, 1.0);
    for k in 1.. {
        let going: f64 = law.iter().filter(|mass| f64::from(k) * **mass < mu * (1.0 - 1e-12)).sum();
        let on = going.powi(k);
        if on < 1e-20 {
            break;
        }
        (first, second) = (first + on, second + f64::from(2 * k + 1) * on);
    }
    (first, second)
}

/// Draws of the first round for each sample.
fn means(cells: &[CellRows], expected: impl Fn(&Stopping) -> f64) -> Result<Vec<Case>> {
    let mut stopped = Vec::new();
    for cell in cells {
        let simulation = cell.simulation()?;
        // In the first round π_t is π_0, whatever the class; what is kept of the draws does not matter to their number.
        let slots = [Slot::Selection, Slot::Ranking, Slot::Accept, Slot::Ball, Slot::Ridge, Slot::Memory];
        let memory = matches!(simulation.process.memory, Memory::None | Memory::All | Memory::Kept);
        if is_sampled(&simulation, "likelihood") && departs_at_most(&simulation, &slots) && memory && cell.rounds() > 0
        {
            stopped.push(cell.clone());
        }
    }
    cell_by_cell(&stopped, |cell| {
        let simulation = cell.simulation()?;
        let Selection::Adaptive(mu) = simulation.process.candidates.selection else { return Ok(of_cell(cell)) };
        let (mut stated, mut mean, mut square, mut longest) = (0.0, 0.0, 0.0, 0.0f64);
        // Instances that are alike are looked at once.
        let mut kinds: Vec<(Arc<Instance>, Vec<Vec<f64>>)> = Vec::new();
        for &number in &cell.numbers {
            let instance = simulation.instance(number)?;
            let laws = base_laws(&instance);
            if kinds.first().is_none_or(|(first, of_first)| *of_first != laws || first.weights() != instance.weights())
            {
                kinds.push((instance, laws));
            }
        }
        // All are alike, or each counts, the first one's likes among them.
        let share = if kinds.len() == 1 { 1.0 } else { 1.0 / cell.numbers.len() as f64 };
        let likes = (cell.numbers.len() + 1 - kinds.len()) as f64;
        for (place, (instance, laws)) in kinds.iter().enumerate() {
            let share = if place == 0 && kinds.len() > 1 { likes * share } else { share };
            for (law, weight) in laws.iter().zip(instance.weights()) {
                let weight = share * weight;
                let rule = stopping(law, mu)?;
                let (first, second) = moments(law, mu);
                (stated, mean, square) =
                    (stated + weight * expected(&rule), mean + weight * first, square + weight * second);
                longest = longest.max(1.0 / rule.mode_mass);
            }
        }
        let each: Vec<f64> =
            cell.values(&DRAWS, 1)?.into_iter().map(|draws| draws / simulation.process.samples as f64).collect();
        let samples = (each.len() as u64 * simulation.process.samples) as f64;
        // Bernstein's inequality for times that go on, once they do, with a geometric law of mean 1/(gP*) at most: where hardly a sample
        // goes on, the scatter of the replicates tells nothing.
        let reach = FAR * ((square - mean * mean).max(0.0) / samples).sqrt() + FAR * FAR * longest / samples;
        let measured = each.iter().sum::<f64>() / each.len() as f64;
        let mut case = of_cell(cell);
        case.comparisons.push(Comparison::identity(measured, stated, reach + ROUNDING * stated));
        Ok(case)
    })
}
