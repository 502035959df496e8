//! Sampling by exploration: θ_{t+1} has the law that an enumeration of all samples gives, label by label, and rounds have the law of those
//! whose pairs are all drawn.

use std::collections::BTreeMap;

use crate::common::*;
use ndarray::Array1;
use selfreward::Loop;
use selfreward::instance::lower_bound::Hard;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable, joint_levels};
use selfreward::metrics::policy::failure;
use selfreward::process::pairs::Sample;
use selfreward::process::{Choice, Reference, Sampling, Snapshot, Square, Step, Weighted};
use selfreward::seed::Seed;
use statrs::distribution::{ChiSquared, ContinuousCDF};

const BETA: f64 = 0.7;

/// Critical value of Pearson's χ² at 1e-10 of false alarm. Some 80 tests in this file: 8e-9 of the budget.
fn critical(freedom: usize) -> f64 {
    ChiSquared::new(freedom as f64).unwrap().inverse_cdf(1.0 - 1e-10)
}

/// One prompt with these atoms and a rest.
fn one_row(atoms: &[(u32, f64)], rest_logit: f64, rest: u32) -> LogitTable {
    let mut table = LogitTable::default();
    table.push(atoms.iter().map(|&(response, logit)| Atom { response, logit }), rest_logit, rest);
    table
}

fn written(table: &LogitTable) -> Array1<f64> {
    Parameter::tabular(table.clone()).to_vector()
}

/// A round from θ_t with the base θ_0, and what it comes to: β⟨θ − θ_ref, Δφ⟩ = ⟨τ, Δφ⟩ on the pairs that were seen.
struct Case {
    name: &'static str,
    base: LogitTable,
    current: LogitTable,
    offset: Option<LogitTable>,
    reward: Option<LogitTable>,
    process: Loop,
    triples: usize,
    /// θ_ref and τ from θ_0, θ_t, b and the reward from outside.
    aim: fn([&Array1<f64>; 4]) -> [Array1<f64>; 2],
    least_norm: bool,
}

fn cases() -> Vec<Case> {
    let own: fn([&Array1<f64>; 4]) -> [Array1<f64>; 2] = |[_, now, _, _]| [now.clone(), now.clone()];
    let explored = |choice: Choice| {
        let process = process(Square { choice, ..Square::default() }, BETA, 0, 1);
        Loop { sampling: Sampling::Explore, ..process }
    };
    let one = |name, table: LogitTable, triples| Case {
        name,
        base: table.clone(),
        current: table,
        offset: None,
        reward: None,
        process: explored(Choice::Nearest),
        triples,
        aim: own,
        least_norm: false,
    };
    let two_atoms = || one_row(&[(1, 0.9), (3, -0.4)], 0.2, 3);
    vec![
        one("one atom, few triples", one_row(&[(2, 1.3)], 0.0, 4), 2),
        one("one atom, all comes together", one_row(&[(2, 0.8)], 0.0, 3), 6),
        one("two atoms", two_atoms(), 3),
        one("two atoms, mostly together", two_atoms(), 6),
        one("an atom below the rest", one_row(&[(0, -1.0)], 0.0, 4), 3),
        one("an atom that is no other than the rest", one_row(&[(0, 0.5), (4, 1.0)], 0.5, 3), 4),
        one("no rest", one_row(&[(0, 0.5), (1, 0.0), (2, -0.5), (3, 0.0)], 0.0, 0), 3),
        Case { process: explored(Choice::MinNorm), least_norm: true, ..one("least norm", two_atoms(), 4) },
        Case {
            base: one_row(&[(0, 0.6)], 0.0, 4),
            process: Loop { reference: Reference::Base, ..explored(Choice::Nearest) },
            aim: |[base, now, _, _]| [base.clone(), now.clone()],
            ..one("atoms of the reference", two_atoms(), 3)
        },
        Case {
            reward: Some(one_row(&[(4, 1.0)], -0.3, 4)),
            process: Loop {
                signal: Box::new(Weighted { external: 0.8, ..Weighted::default() }),
                ..explored(Choice::Nearest)
            },
            aim: |[_, now, _, reward]| [now.clone(), now + &(reward * 0.8)],
            ..one("atoms of the reward", one_row(&[(1, 0.7)], 0.0, 4), 4)
        },
        Case {
            offset: Some(one_row(&[(3, 0.5)], 0.1, 4)),
            aim: |[_, now, offset, _]| [now.clone(), now + offset],
            ..one("atoms of the fixed logits", one_row(&[(1, 0.7)], 0.0, 4), 4)
        },
    ]
}

type Law = BTreeMap<Vec<i64>, f64>;

fn outcome(theta: &Array1<f64>) -> Vec<i64> {
    theta.iter().map(|logit| (logit * 1e9).round() as i64).collect()
}

impl Case {
    fn instance(&self) -> Instance {
        let responses = self.base.row(0).responses() as u32;
        let features = FeatureMap::one_hot(vec![responses]);
        let instance = Instance::new(vec![1.0], features, Parameter::tabular(self.base.clone()), None).unwrap();
        let instance = match &self.offset {
            Some(offset) => instance.with_offset(offset.clone()).unwrap(),
            None => instance,
        };
        match &self.reward {
            Some(reward) => instance.with_reward(reward.clone()).unwrap(),
            None => instance,
        }
    }

    /// Oracle: all multisets of pairs with their probabilities, the update by Gram–Schmidt on the pairs.
    fn law(&self) -> Law {
        let count = self.base.row(0).responses();
        let zeros = Array1::zeros(count);
        let [base, now] = [&self.base, &self.current].map(written);
        let [offset, reward] = [&self.offset, &self.reward].map(|table| table.as_ref().map_or(zeros.clone(), written));
        let [reference, target] = (self.aim)([&base, &now, &offset, &reward]);
        let probs = softmax((&now + &offset).as_slice().unwrap());
        let mut pairs = vec![(None, probs.iter().map(|p| p * p).sum::<f64>())];
        for y in 0..count {
            pairs.extend((y + 1..count).map(|other| (Some((y, other)), 2.0 * probs[y] * probs[other])));
        }
        let (mut law, mut chosen) = (Law::new(), vec![0usize; self.triples]);
        loop {
            // Orders of a multiset: n!/Π m!.
            let mut probability = 1.0;
            let mut run = 0;
            for (i, &pair) in chosen.iter().enumerate() {
                run = if i > 0 && chosen[i - 1] == pair { run + 1 } else { 1 };
                probability *= pairs[pair].1 * (i + 1) as f64 / f64::from(run);
            }
            let seen = chosen.iter().filter_map(|&pair| pairs[pair].0);
            let unit = |y: usize| Array1::from_shape_fn(count, |i| f64::from(u8::from(i == y)));
            let basis = gram_schmidt(&seen.map(|(y, other)| unit(y) - unit(other)).collect::<Vec<_>>());
            let start = if self.least_norm { project(&basis, &reference) } else { reference.clone() };
            *law.entry(outcome(&(start + project(&basis, &target) / BETA))).or_insert(0.0) += probability;
            let Some(at) = (0..chosen.len()).rev().find(|&i| chosen[i] + 1 < pairs.len()) else { break };
            let next = chosen[at] + 1;
            chosen[at..].fill(next);
        }
        assert!((law.values().sum::<f64>() - 1.0).abs() < 1e-12);
        law
    }
}

/// Oracle: the enumerated law of θ_{t+1}, all logits of it. Cells below 20 expected hits are merged.
#[test]
fn an_explored_round_follows_the_enumerated_law() {
    const RUNS: u64 = 20_000;
    for mut case in cases() {
        let (law, instance) = (case.law(), case.instance());
        case.process.samples = case.triples as u64;
        let snapshot = |table: &LogitTable| Snapshot::new(Parameter::tabular(table.clone()), &instance);
        let (base, current) = (snapshot(&case.base), snapshot(&case.current));
        assert!(case.process.on(&instance).is_ok(), "{}", case.name);
        let mut seen: BTreeMap<Vec<i64>, f64> = BTreeMap::new();
        for run in 0..RUNS {
            let seed = Seed::from_number(83).named("case", case.name).child("run", run);
            let step = Step::new(&case.process, &instance, (&base, &current), 2, &seed, &[]).unwrap();
            *seen.entry(outcome(&minimum(&*case.process.fit, &step).to_vector())).or_insert(0.0) += 1.0;
        }
        // A last digit of the ninth decimal may be rounded the other way.
        let mut hits = vec![0.0; law.len()];
        for (found, count) in seen {
            let close = |known: &[i64]| known.iter().zip(&found).all(|(a, b)| (a - b).abs() <= 1);
            let at = law.keys().position(|known| close(known));
            hits[at.unwrap_or_else(|| panic!("{}: {found:?} is impossible", case.name))] += count;
        }
        let (mut statistic, mut cells, mut few, mut few_hits) = (0.0, 0, 0.0, 0.0);
        for (probability, hits) in law.values().zip(hits) {
            let expected = probability * RUNS as f64;
            if expected < 20.0 {
                (few, few_hits) = (few + expected, few_hits + hits);
            } else {
                statistic += (hits - expected).powi(2) / expected;
                cells += 1;
            }
        }
        if few >= 20.0 {
            statistic += (few_hits - few).powi(2) / few;
            cells += 1;
        }
        let critical = critical(cells - 1);
        assert!(cells > 4 && statistic < critical, "{}: χ² {statistic} of {cells}, {critical}", case.name);
    }
}

/// What is compared of a run: a name, and a whole number.
type Observed = Vec<(String, i64)>;

/// Of each round: prompts that fail, responses whose logit moved, prompts where some moved, triples y ≠ y', rounds of lower rank.
fn observe(hard: &Hard, process: &Loop, seed: Seed) -> Observed {
    let instance = hard.draw(&seed).unwrap();
    let base = instance.policy(instance.base());
    let mut observed = Observed::new();
    for round in process.on(&instance).unwrap().start(seed).skip(1) {
        let round = round.unwrap();
        let arrival = round.step.as_ref().unwrap();
        let sample = arrival.sample.unwrap();
        let explored = process.sampling == Sampling::Explore;
        assert_eq!(sample.rank.is_none(), explored);
        assert!(explored || sample.complete == (sample.rank == Some(sample.full_rank)));
        let moved = |x: usize| -> f64 {
            let pairs = joint_levels(base.row(x), round.policy.row(x));
            pairs.filter(|(before, now, _)| before != now).map(|(.., count)| count).sum()
        };
        let prompts = || 1..=hard.prompts;
        let failing = failure(instance.weights(), &round.policy, 0.5) / hard.mass * hard.prompts as f64;
        let mut add =
            |name: &str, value: f64| observed.push((format!("{name} in round {}", round.t), value.round() as i64));
        add("failing prompts", failing);
        add("responses that moved", prompts().map(moved).sum());
        add("largest that moved", prompts().map(moved).fold(0.0, f64::max));
        add("prompts that moved", prompts().filter(|&x| moved(x) > 0.0).count() as f64);
        add("diverse triples", sample.diverse as f64);
        add("rank losses", arrival.so_far.rank_losses.unwrap() as f64);
    }
    observed
}

/// Two-sample χ² of as many values: neighbouring values are merged until a cell has 40 of both. False for a constant.
fn compare(name: &str, one: &[i64], other: &[i64]) -> bool {
    let mut counts: BTreeMap<i64, [f64; 2]> = BTreeMap::new();
    one.iter().for_each(|&value| counts.entry(value).or_default()[0] += 1.0);
    other.iter().for_each(|&value| counts.entry(value).or_default()[1] += 1.0);
    let mut cells = vec![[0.0; 2]];
    for [a, b] in counts.into_values() {
        if cells.last().is_some_and(|cell| cell[0] + cell[1] >= 40.0) {
            cells.push([0.0; 2]);
        }
        let last = cells.len() - 1;
        cells[last] = [cells[last][0] + a, cells[last][1] + b];
    }
    if cells.len() > 1 && cells[cells.len() - 1].iter().sum::<f64>() < 40.0 {
        let [a, b] = cells.pop().unwrap();
        let last = cells.len() - 1;
        cells[last] = [cells[last][0] + a, cells[last][1] + b];
    }
    if cells.len() == 1 {
        return false;
    }
    let statistic: f64 = cells.iter().map(|[a, b]| (a - b).powi(2) / (a + b)).sum();
    let critical = critical(cells.len() - 1);
    assert!(statistic < critical, "{name}: χ² {statistic} of {} cells, critical {critical}", cells.len());
    true
}

/// Rounds by exploration against rounds of which all pairs are drawn, where components are small, critical and giant, and where all comes
/// together. β = 1 leaves several rounds in which atoms of many values move; β = 1/√n resolves a prompt at once.
#[test]
fn explored_rounds_are_those_of_all_pairs() {
    const RUNS: u64 = 2000;
    let mut compared = 0;
    // Responses, pairs for each response, and how all pairs are drawn.
    for (responses, mean, all) in [
        (120, 0.25, Sampling::Draws),
        (120, 0.5, Sampling::Auto),
        (120, 1.0, Sampling::Draws),
        (12, 3.0, Sampling::Counts),
    ] {
        let hard = Hard { prompts: 3, responses, mass: 1.0, verifier: false };
        let samples = (3.0 * mean * f64::from(responses)) as u64;
        for beta in [1.0, 1.0 / (samples as f64).sqrt()] {
            let runs = |sampling: Sampling, name: &str| -> Vec<Observed> {
                let process = Loop { sampling, ..process(Square::default(), beta, samples, 3) };
                let seed = Seed::from_number(84)
                    .named("way", name)
                    .child("responses", u64::from(responses))
                    .child("n", samples);
                (0..RUNS).map(|run| observe(&hard, &process, seed.child("run", run))).collect()
            };
            let (explored, drawn) = (runs(Sampling::Explore, "explored"), runs(all, "drawn"));
            for at in 0..explored[0].len() {
                let values = |runs: &[Observed]| runs.iter().map(|observed| observed[at].1).collect::<Vec<_>>();
                let name = format!("K = {responses}, {mean} pairs each, β = {beta}, {}", explored[0][at].0);
                compared += usize::from(compare(&name, &values(&explored), &values(&drawn)));
            }
        }
    }
    assert!(compared > 60, "{compared} quantities vary");
}

/// Exploring again shows the same; another round or seed shows another.
#[test]
fn a_sample_can_be_explored_again() {
    let instance = Hard { prompts: 8, responses: 40, mass: 0.9, verifier: false }.draw(&Seed::from_number(2)).unwrap();
    let policy = instance.policy(instance.base());
    let explored = |seed: u64, round: usize| {
        let (seed, mut all) = (Seed::from_number(seed), Vec::new());
        let sample = Sample::draw(instance.weights(), &policy, 300, Sampling::Explore, &seed, round);
        sample.explore(&[], |prompt| all.push(prompt.clone()));
        all
    };
    assert_eq!(explored(5, 0), explored(5, 0));
    assert!(explored(5, 0) != explored(5, 1) && explored(5, 0) != explored(6, 0));
    for prompt in explored(5, 0) {
        let mut named: Vec<u32> = prompt.parts.iter().flat_map(|part| part.responses.clone()).collect();
        named.extend(&prompt.apart);
        let count = named.len();
        named.sort_unstable();
        named.dedup();
        assert_eq!(named.len(), count, "no response is named twice: {prompt:?}");
        assert!(prompt.parts.iter().any(|part| part.responses.contains(&policy.head(prompt.prompt).modal)));
    }
}
