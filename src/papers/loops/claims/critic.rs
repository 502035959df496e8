//! Pairs that stay and pairs that are drawn anew: the gain of each direction (Q1–Q3).

mod components;

use toml::Value;

use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::premises::{Slot, departs_at_most, has_offset, is_sampled};
use crate::claims::{Case, Claim, Comparison, Control, Level, Source, Statement, Trial};
use crate::experiment::CellRows;
use crate::experiment::self_excitation::directions::{Directions, base, crashed, of_first_pairs, round_of};
use crate::instance::{FeatureMap, Parameter};
use crate::metrics::named::{GAIN_MAX, GAIN_MIN, RANK_FRACTION, THETA_NORM};
use crate::papers::loops::theory::critic::Round;
use crate::process::{Memory, Reference, Snapshot, Step};
use crate::settings::number;
use crate::simulate::Simulation;

const KEPT: &[Source] = &[Source { experiment: "self_excitation", part: "kept" }];
const RIDGE: &[Source] = &[Source { experiment: "self_excitation", part: "ridge" }];
const SAWTOOTH: &[Source] = &[Source { experiment: "self_excitation", part: "sawtooth" }];

/// Where the statements come from.
const AFTER: &str = "ours, after arXiv 2310.04411";

/// How far an identity may be missed, relative to the size of its sides: rounding.
const ROUNDING: f64 = 1e-9;
/// The leading direction dominates a round if the others and the reference's share move ‖θ_{t+1}‖/‖θ_t‖ by less than this part of it.
const DOMINATED: f64 = 0.1;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "Q1",
        "pairs of the first round in all rounds, reference ∝ π_t^α π_0^{1−α}, reward η log π_t, ridge λ: c_{t+1} = m_j c_t + (1−α)c_0 along the eigenvectors of ΣNΔφΔφᵀ/n, m_j = α + ηβg_j/(β²g_j+λ); so ‖θ_t‖, its order of growth max|m_j| over directions with c_0 ≠ 0, and the first t with ‖θ_t‖ > 10⁴ are known before the first round",
        AFTER,
        KEPT,
        Statement::Cells(multipliers),
        &[Control::cells(
            "Q1.no-reference",
            "the multiplier is ηβg_j/(β²g_j+λ), without α",
            KEPT,
            multipliers_without_reference,
        )],
    ),
    components::CLAIM,
    Claim::exact(
        "Q2",
        "self-rewarding with a ridge: θ_{t+1} = Σ_j (1 + βg_j/(β²g_j+λ))⟨v_j,θ_t⟩v_j, g_j and v_j those of the round's own pairs: as π_t sharpens, g_j → 0 and the direction stays",
        AFTER,
        RIDGE,
        Statement::Cells(own_pairs),
        &[Control::replicates("Q2.constant", "the gain is 1/β in every round and direction", RIDGE, constant_gain)],
    ),
    Claim {
        level: Level::Shape,
        note: "how high it rises and how often span is lost is measured: figure of self_excitation",
        ..Claim::exact(
            "Q3",
            "live-reward-frozen-reference with β < 1 and pairs of π_t: ‖θ_t‖ falls at least once in 150 rounds, in every replicate, since a sharp π_t loses span and what is not seen falls back to θ_0",
            AFTER,
            SAWTOOTH,
            Statement::Replicates(falls),
            &[Control::replicates("Q3.monotone", "‖θ_t‖ never falls", SAWTOOTH, monotone)],
        )
    },
];

/// The cells that a statement speaks of: pairs are drawn in a class of dense features that hold the reward, of which each difference has its
/// own direction or none.
fn chosen(cells: &[CellRows], speaks: impl Fn(&Simulation) -> bool) -> Result<Vec<CellRows>> {
    let mut chosen = Vec::new();
    for cell in cells {
        let simulation = cell.simulation()?;
        if !is_sampled(&simulation, "erm") || has_offset(&simulation) || !speaks(&simulation) {
            continue;
        }
        let instance = simulation.instance(cell.numbers[0])?;
        if matches!(instance.features(), FeatureMap::Dense(features) if instance.rank() == features.dim()) {
            chosen.push(cell.clone());
        }
    }
    Ok(chosen)
}

/// Whether the pairs of the first round stay, with a reward η log π_t.
fn keeps_pairs(simulation: &Simulation) -> bool {
    let others = &simulation.config.process.others;
    let reward = match others.get("reward") {
        None => true,
        Some(Value::String(word)) => word == "self",
        Some(Value::Table(table)) => table.iter().all(|(key, weight)| key == "self" || number(weight) == Some(0.0)),
        Some(_) => false,
    };
    let standardised = others.get("standardise").and_then(Value::as_bool) == Some(true);
    simulation.process.memory == Memory::Kept
        && departs_at_most(simulation, &[Slot::Memory, Slot::Reference, Slot::Reward, Slot::Ridge])
        && reward
        && !standardised
}

fn multipliers(cells: &[CellRows]) -> Result<Vec<Case>> {
    norms(cells, |_| 0.0)
}

fn multipliers_without_reference(cells: &[CellRows]) -> Result<Vec<Case>> {
    norms(cells, |round| round.alpha)
}

/// ‖θ_t‖ and the crash of every replicate, of multipliers that lack something.
fn norms(cells: &[CellRows], lacking: fn(&Round) -> f64) -> Result<Vec<Case>> {
    cell_by_cell(&chosen(cells, keeps_pairs)?, |cell| {
        let (lacking, mut case) = (lacking(&round_of(cell)?), of_cell(cell));
        for (replicate, &number) in cell.numbers.iter().enumerate() {
            let predicted = of_first_pairs(cell, number, lacking)?;
            if !predicted.known {
                continue;
            }
            for (t, &norm) in predicted.norms.iter().enumerate() {
                let measured = cell.value(replicate, &THETA_NORM, t)?;
                case.comparisons.push(Comparison::identity(measured, norm, ROUNDING * (1.0 + norm)));
            }
            // Of a loop that grows, ‖θ_{t+1}‖/‖θ_t‖ is max|m_j| but for what the others leave, where that is little.
            let (growth, last) = (predicted.growth, cell.rounds());
            for t in (last / 2..last).filter(|_| growth > 1.0) {
                let (now, next) = (cell.value(replicate, &THETA_NORM, t)?, cell.value(replicate, &THETA_NORM, t + 1)?);
                let error = predicted.growth_errors[t] / now + ROUNDING * growth;
                if error < DOMINATED * growth {
                    case.comparisons.push(Comparison::identity(next / now, growth, error));
                }
            }
            // A crash after the last row is none of the rows.
            let none = cell.rounds() as f64 + 1.0;
            let at = |crash: Option<u32>| crash.map_or(none, |t| f64::from(t).min(none));
            case.comparisons.push(Comparison::identity(at(crashed(cell, replicate)?), at(predicted.crash), 0.0));
        }
        Ok(case)
    })
}

/// θ_t by the recursion, each round on the pairs that the replicate's streams draw from the policy of that θ_t.
fn own_pairs(cells: &[CellRows]) -> Result<Vec<Case>> {
    cell_by_cell(&chosen(cells, |simulation| departs_at_most(simulation, &[Slot::Ridge]))?, |cell| {
        let (simulation, round, mut case) = (cell.simulation()?, round_of(cell)?, of_cell(cell));
        for (replicate, &number) in cell.numbers.iter().enumerate() {
            let (instance, seed) = (simulation.instance(number)?, simulation.replicate_seed(number));
            let first = Snapshot::new(instance.base().clone(), &instance);
            // Replicates have instances of their own, and gains are of the directions in which theirs differ.
            if instance.rank() < instance.features().dim() {
                continue;
            }
            let mut theta = base(&instance)?;
            for t in 0..cell.rounds() {
                let now = Snapshot::new(Parameter::Dense(theta.clone()), &instance);
                let step = Step::new(&simulation.process, &instance, (&first, &now), t, &seed, &[])?;
                let directions = Directions::of_batch(&instance, &step.batches()[0])?;
                if !directions.known {
                    break;
                }
                let gains = directions.curvatures.iter().map(|&g| round.gain(g)).collect::<Result<Vec<f64>>>()?;
                let mut components = directions.components(&theta);
                components.iter_mut().zip(&gains).for_each(|(c, gain)| *c *= 1.0 + gain);
                theta = directions.embed(&components);
                let norm = theta.dot(&theta).sqrt();
                let (most, least) = gains
                    .iter()
                    .fold((0.0, f64::INFINITY), |(most, least), &g| (f64::max(most, g), f64::min(least, g)));
                for (of, stated) in [(&THETA_NORM, norm), (&GAIN_MAX, most), (&GAIN_MIN, least)] {
                    let measured = cell.value(replicate, of, t + 1)?;
                    case.comparisons.push(Comparison::identity(measured, stated, ROUNDING * (1.0 + stated)));
                }
            }
        }
        Ok(case)
    })
}

fn constant_gain(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_sampled(trial.simulation(), "erm") || !departs_at_most(trial.simulation(), &[Slot::Ridge]) {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        for of in [&GAIN_MAX, &GAIN_MIN] {
            case.comparisons.push(Comparison::identity(trial.get(of, t)?, 1.0 / trial.beta(), ROUNDING));
        }
    }
    Ok(Some(case))
}

/// Rounds of which the statement speaks, and the share of them that lost span from which on it does.
const ROUNDS: usize = 150;
const LOSSES: f64 = 0.1;

/// ‖θ_t‖ round by round, of live-reward-frozen-reference with samples and β < 1 on Gaussian features, where span was lost again and again;
/// `None` of other loops, of which nothing is said.
fn lengths(trial: &Trial<'_>) -> Result<Option<Vec<f64>>> {
    let (simulation, process) = (trial.simulation(), &trial.simulation().process);
    let is_its_own = process.reference == Reference::Base
        && process.beta < 1.0
        && is_sampled(simulation, "erm")
        && departs_at_most(simulation, &[Slot::Reference])
        && trial.config().instance.kind.name() == "gaussian"
        && trial.rounds() >= ROUNDS;
    if !is_its_own {
        return Ok(None);
    }
    let lost = (1..=trial.rounds()).map(|t| Ok(usize::from(trial.get(&RANK_FRACTION, t)? < 1.0)));
    let lost: usize = lost.collect::<Result<Vec<usize>>>()?.into_iter().sum();
    if (lost as f64) < LOSSES * trial.rounds() as f64 {
        return Ok(None);
    }
    (0..=trial.rounds()).map(|t| trial.get(&THETA_NORM, t)).collect::<Result<_>>().map(Some)
}

fn falls(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(lengths) = lengths(trial)? else { return Ok(None) };
    let falls = lengths.windows(2).filter(|pair| pair[1] < pair[0] * (1.0 - ROUNDING)).count();
    let mut case = Case { comparisons: vec![Comparison::at_least(falls as f64, 1.0, 0.0)], ..Case::default() };
    case.place.size = trial.size();
    Ok(Some(case))
}

fn monotone(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(lengths) = lengths(trial)? else { return Ok(None) };
    let grows = |pair: &[f64]| Comparison::at_least(pair[1], pair[0], ROUNDING * pair[0]);
    let mut case = Case { comparisons: lengths.windows(2).map(grows).collect(), ..Case::default() };
    case.place.size = trial.size();
    Ok(Some(case))
}
