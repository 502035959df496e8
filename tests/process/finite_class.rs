//! The update over a finite class against a slow reference that enumerates the whole class and sums every loss pair by pair.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::*;
use crate::support::{assert_refuses, binomial_tail};
use ndarray::{Array1, Array2};
use rand_distr::{Distribution, StandardNormal};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::step::population_loss;
use selfreward::process::{ClassChoice, FiniteClass, Fit, Loop, Snapshot, Square, Step};
use selfreward::seed::{Purpose, Seed};
use selfreward::theory::one_step::{Class, epsilon};

const BETA: f64 = 0.7;
const CHOICES: [ClassChoice; 3] = [ClassChoice::Nearest, ClassChoice::Random, ClassChoice::Worst];

fn class(choice: ClassChoice, levels: usize, rays: u64) -> FiniteClass {
    FiniteClass { choice, levels, rays }
}

/// One-hot features; prompt x has K responses and this bump on response ℓ.
fn product_instance(prompts: &[(u32, u32, f64)], weights: &[f64]) -> Instance {
    let mut table = LogitTable::default();
    prompts.iter().for_each(|&(k, label, bump)| table.push([Atom { response: label, logit: bump }], 0.0, k - 1));
    let features = FeatureMap::one_hot(prompts.iter().map(|prompt| prompt.0).collect());
    Instance::new(weights.to_vec(), features, Parameter::tabular(table), None).unwrap()
}

/// Pairs of numbers that name a member: (label or ray, level) for each prompt.
type Name = Vec<(usize, usize)>;

/// One member of a class: its name in the order that breaks ties, its levels, and θ.
struct Member {
    name: Name,
    theta: Array1<f64>,
}

/// b·g^s by multiplying s times.
fn level(base: f64, s: usize) -> f64 {
    (0..s).fold(base, |value, _| (1.0 + 1.0 / BETA) * value)
}

/// The whole product class: every label and every level at every prompt.
fn product_class(prompts: &[(u32, u32, f64)], top: usize) -> Vec<Member> {
    let mut members = vec![Member { name: vec![], theta: Array1::zeros(0) }];
    for &(k, _, bump) in prompts {
        let mut longer = Vec::new();
        for member in &members {
            for label in 0..k as usize {
                for s in 0..=top {
                    let mut logits = vec![0.0; k as usize];
                    logits[label] = level(bump, s);
                    let theta = [member.theta.to_vec(), logits].concat().into();
                    longer.push(Member { name: [&member.name[..], &[(label, s)]].concat(), theta });
                }
            }
        }
        members = longer;
    }
    members
}

/// The whole class of rays, drawn as documented: normal directions with the norm of θ_0, ray 0 being θ_0 itself.
fn ray_class(instance: &Instance, rays: usize, top: usize, seed: &Seed) -> Vec<Member> {
    let base = instance.base().to_vector();
    let mut members = Vec::new();
    for ray in 0..rays {
        let mut rng = seed.rng(Purpose::Class, 0, ray);
        let normal: Array1<f64> = base.iter().map(|_| StandardNormal.sample(&mut rng)).collect();
        let direction = if ray == 0 { base.clone() } else { &normal * (base.dot(&base) / normal.dot(&normal)).sqrt() };
        members.extend((0..=top).map(|s| Member { name: vec![(ray, s)], theta: &direction * level(1.0, s) }));
    }
    members
}

/// What the reference knows of a round: for every member the empirical loss, the distance to θ_t and the population loss.
struct Reference {
    members: Vec<Member>,
    empirical: Vec<f64>,
    distance: Vec<f64>,
    population: Vec<f64>,
}

impl Reference {
    fn of(members: Vec<Member>, step: &Step<'_>) -> Self {
        let instance = step.instance;
        let old = step.theta().to_vector();
        let drawn = pairs_of(&step.batches()[0].pairs());
        let probabilities = probabilities(step.policy());
        // ⟨βθ − (1+β)θ_t, Δφ⟩² summed over weighted rows Δφ.
        let loss = |member: &Member, rows: &[(f64, Array1<f64>)]| -> f64 {
            let residual = BETA * &member.theta - (1.0 + BETA) * &old;
            rows.iter().map(|(mass, row)| mass * residual.dot(row).powi(2)).sum()
        };
        let seen: Vec<_> = drawn
            .iter()
            .map(|&(x, y, other, count)| (count / step.samples as f64, difference(instance, x, y, other)))
            .collect();
        let mut all = Vec::new();
        for (x, p) in instance.weights().iter().enumerate() {
            for y in 0..instance.features().responses(x) {
                for other in 0..instance.features().responses(x) {
                    let mass = p * probabilities[x][y] * probabilities[x][other];
                    all.push((mass, difference(instance, x, y, other)));
                }
            }
        }
        let norm = |vector: Array1<f64>| vector.dot(&vector).sqrt();
        Self {
            empirical: members.iter().map(|member| loss(member, &seen)).collect(),
            distance: members.iter().map(|member| norm(&member.theta - &old)).collect(),
            population: members.iter().map(|member| loss(member, &all)).collect(),
            members,
        }
    }

    /// The members without empirical loss. Rounding and true losses are far apart.
    fn minimisers(&self) -> Vec<usize> {
        assert!(self.empirical.iter().all(|loss| !(1e-20..1e-14).contains(loss)), "a loss that is neither 0 nor not");
        (0..self.members.len()).filter(|&i| self.empirical[i] < 1e-20).collect()
    }

    /// Those of level at most t + 1 at every prompt.
    fn candidates(&self, round: usize) -> Vec<usize> {
        let low = |&i: &usize| self.members[i].name.iter().all(|&(_, s)| s <= round + 1);
        self.minimisers().into_iter().filter(low).collect()
    }

    /// The first candidate with the least value, where values within 1e-9 of each other count as equal.
    fn first_least(&self, candidates: &[usize], values: impl Fn(usize) -> f64) -> usize {
        let least = candidates.iter().map(|&i| values(i)).fold(f64::INFINITY, f64::min);
        *candidates.iter().find(|&&i| values(i) <= least + 1e-9 * least.abs().max(1e-3)).unwrap()
    }

    fn find(&self, theta: &Parameter) -> usize {
        let theta = theta.to_vector();
        let near = |i: &usize| distance(&self.members[*i].theta, &theta) <= 1e-13 * theta.dot(&theta).sqrt();
        (0..self.members.len()).find(near).expect("the new θ is in the class")
    }
}

fn loop_of(n: u64) -> Loop {
    process(Square::default(), BETA, n, 1)
}

/// Follows a trajectory of random choices, so that θ_t is any member, and compares all three choices at each of its rounds. Calls
/// back with the reference, the round, and where θ_t and the worst choice stand.
fn compare(
    instance: &Instance,
    members: impl Fn(&Seed) -> Vec<Member>,
    top: usize,
    rays: u64,
    runs: u64,
    mut seen: impl FnMut(&Reference, usize, usize, usize),
) {
    for run in 0..runs {
        let seed = Seed::from_number(71).child("run", run);
        let n = 1 + run % 6;
        let mut theta = instance.base().clone();
        for round in 0..top {
            let (current, drawing) = (Snapshot::new(theta.clone(), instance), loop_of(n));
            let step = step_of_round(instance, &current, &drawing, &seed, round);
            let reference = Reference::of(members(&seed), &step);
            let [nearest, random, worst] = CHOICES.map(|choice| minimum(&class(choice, top, rays), &step));
            let (all, candidates) = (reference.minimisers(), reference.candidates(round));
            let at = reference.find(&theta);
            let worst = reference.find(&worst);
            assert_eq!(
                reference.find(&nearest),
                reference.first_least(&all, |i| reference.distance[i]),
                "run {run}, round {round}: nearest"
            );
            assert_eq!(
                worst,
                reference.first_least(&candidates, |i| -reference.population[i]),
                "run {run}, round {round}: worst"
            );
            assert!(candidates.contains(&reference.find(&random)), "run {run}, round {round}: random");
            seen(&reference, round, at, worst);
            theta = random;
        }
    }
}

/// Oracle: enumeration. Nearest is nearest among *all* empirical minimisers of the class; the others are compared at level ≤ t + 1.
#[test]
fn product_class_agrees_with_enumeration() {
    let prompts = [(3, 1, 0.7), (2, 0, -0.4), (7, 4, 1.2)];
    let top = 3;
    let instance = product_instance(&prompts, &[0.5, 0.2, 0.3]);
    let mut branches = BTreeMap::new();
    compare(
        &instance,
        |_| product_class(&prompts, top),
        top,
        1,
        60,
        |reference, round, at, worst| {
            let (before, after) = (&reference.members[at].name, &reference.members[worst].name);
            for (x, (old, new)) in before.iter().zip(after).enumerate() {
                let branch = match (new.0 == old.0, new.1) {
                    (true, s) if s == old.1 + 1 => "truth",
                    (true, 0) => "own label, bottom",
                    (true, s) if s == round + 1 => "own label, top",
                    (false, s) if s == round + 1 => "other label, top",
                    _ => panic!("no worst choice: prompt {x}, {old:?} to {new:?}"),
                };
                *branches.entry(branch).or_insert(0) += 1;
            }
        },
    );
    assert_eq!(branches.len(), 4, "every branch was met: {branches:?}");
}

/// The worst choice between another label and the own one at the top, close to where they are equal. Oracle: enumeration. At round 1 from
/// level 0 the sides of the decision are 2K/g = 16.5 and (K−2)(1 − e^{−2.2}) = 16.0, and 16.9 with K−1 for K−2.
#[test]
fn worst_choice_is_decided_where_it_is_close() {
    let prompts = [(20, 3, 2.2)];
    let instance = product_instance(&prompts, &[1.0]);
    let mut close = 0;
    compare(
        &instance,
        |_| product_class(&prompts, 2),
        2,
        1,
        1500,
        |reference, round, at, worst| {
            let (old, new) = (reference.members[at].name[0], reference.members[worst].name[0]);
            close += usize::from(round == 1 && old.1 == 0 && new.0 != old.0);
        },
    );
    assert!(close > 30, "{close}");
}

/// Oracle: enumeration, on features with equal responses (pairs that say nothing) and with informative ones.
#[test]
fn rays_agree_with_enumeration() {
    let same = [0.3, -0.2, 0.4];
    let rows = [same, same, [0.5, 0.1, -0.3], [-0.2, 0.6, 0.0], [0.1, 0.1, 0.7]].concat();
    let features = DenseFeatures::new(Array2::from_shape_vec((5, 3), rows).unwrap(), &[2, 3]).unwrap();
    let theta = Parameter::Dense(vec![0.4, -0.9, 0.6].into());
    let instance = Instance::new(vec![0.8, 0.2], FeatureMap::dense(features), theta, None).unwrap();
    let (rays, top) = (6, 2);
    let (mut alone, mut free, mut decoys) = (0, 0, 0);
    compare(
        &instance,
        |seed| ray_class(&instance, rays, top, seed),
        top,
        rays as u64,
        300,
        |reference, round, at, worst| {
            match reference.candidates(round).len() {
                1 => {
                    let ((ray, s), chosen) = (reference.members[at].name[0], reference.members[worst].name[0]);
                    assert_eq!(chosen, (ray, s + 1));
                    alone += 1;
                }
                all => {
                    assert_eq!(all, rays * (round + 2));
                    free += 1;
                }
            }
            decoys += usize::from(reference.members[at].name[0].0 > 0);
        },
    );
    assert!(alone > 100 && free > 50 && decoys > 100, "{alone} {free} {decoys}");
}

/// Every consistent member of level ≤ t + 1 comes equally often, jointly over the prompts, given the pairs that were drawn. Oracle: the
/// enumerated set, and the exact binomial law of each member's count; fewer than 700 two-sided tests at 1e-11 a side
/// give a false alarm with probability below 2e-8.
#[test]
fn random_choice_is_uniform() {
    let prompts = [(4, 2, 0.8), (4, 0, 0.8)];
    let instance = product_instance(&prompts, &[0.5, 0.5]);
    let (current, drawing) = (Snapshot::new(instance.base().clone(), &instance), loop_of(1));
    let mut patterns: BTreeMap<Name, (BTreeSet<Name>, BTreeMap<Name, u64>)> = BTreeMap::new();
    for run in 0..60_000 {
        let seed = Seed::from_number(5).child("run", run);
        let step = step(&instance, &current, &drawing, &seed);
        let pattern: Name = pairs_of(&step.batches()[0].pairs())
            .iter()
            .flat_map(|&(x, y, other, _)| [(x, y.min(other)), (x, y.max(other))])
            .collect();
        let theta = minimum(&class(ClassChoice::Random, 2, 1), &step).to_vector();
        let named = |x: usize| {
            let y = (0..4).find(|y| theta[4 * x + y] != 0.0).unwrap();
            (y, (0..3).find(|&s| theta[4 * x + y] == level(0.8, s)).unwrap())
        };
        let (members, counts) = patterns.entry(pattern).or_insert_with(|| {
            let reference = Reference::of(product_class(&prompts, 2), &step);
            let members = reference.candidates(0).into_iter().map(|i| reference.members[i].name.clone()).collect();
            (members, BTreeMap::new())
        });
        let name = vec![named(0), named(1)];
        assert!(members.contains(&name));
        *counts.entry(name).or_insert(0) += 1;
    }
    assert_eq!(patterns.len(), 13, "no pair, or one of six at one of two prompts");
    let mut tests = 0;
    for (members, counts) in patterns.values() {
        let total: u64 = counts.values().sum();
        for name in members {
            let (count, share) = (counts.get(name).copied().unwrap_or(0), 1.0 / members.len() as f64);
            assert!(binomial_tail(count, total, share) > 1e-11, "{name:?} too often: {count} of {total}");
            assert!(
                binomial_tail(total - count, total, 1.0 - share) > 1e-11,
                "{name:?} too rarely: {count} of {total}"
            );
            tests += 1;
        }
    }
    assert!(tests < 700, "{tests}");
}

/// Oracle: fact F1. With every pair seen there is no choice, and the update is the population update bit for bit, round after round; the
/// population trajectory lies in the class, as otherwise the update refuses it.
#[test]
fn with_everything_seen_it_is_the_population_update() {
    let product = product_instance(&[(3, 1, 0.7), (1, 0, 0.0), (2, 0, -0.4), (5, 4, 0.3)], &[0.4, 0.1, 0.2, 0.3]);
    let dense = dense_instance(&[3, 4, 2], 5, 1.5, 8);
    for (instance, rays) in [(product, 1), (dense, 20)] {
        let truth = process(Square::population(), BETA, 1, 3);
        let seed = Seed::from_number(2);
        let truth: Vec<_> = truth.on(&instance).unwrap().start(seed).map(Result::unwrap).collect();
        for choice in CHOICES {
            let mut process = process(class(choice, 3, rays), BETA, 1_000_000_000_000, 3);
            let rounds: Vec<_> = process.on(&instance).unwrap().start(seed).map(Result::unwrap).collect();
            for (round, truth) in rounds.iter().zip(&truth) {
                assert_eq!(round.theta.to_vector(), truth.theta.to_vector(), "{choice:?}, t = {}", round.t);
            }
            // With one triple a round, a prompt that stays at its level goes on from there later.
            process.samples = 1;
            for run in 0..200 {
                let seed = seed.child("run", run);
                assert_eq!(process.on(&instance).unwrap().start(seed).map(Result::unwrap).count(), 4);
            }
        }
    }
}

/// R and log #Π. Oracle: the largest |Δ^{r̂} − Δ^{r_t}| over all members, all θ_t of level below T and all pairs; counting.
#[test]
fn size_and_range_are_those_of_the_enumerated_class() {
    let prompts = [(3, 1, 0.7), (2, 0, -0.4)];
    let top = 2;
    let instance = product_instance(&prompts, &[0.5, 0.5]);
    let members = product_class(&prompts, top);
    let class = class(ClassChoice::Nearest, top, 1);
    assert!((class.log_size(&instance, top).exp() - members.len() as f64).abs() < 1e-9);
    let mut largest: f64 = 0.0;
    for old in members.iter().filter(|member| member.name.iter().all(|&(_, s)| s < top)) {
        for new in &members {
            for (x, y, other) in [(0, 0, 1), (0, 0, 2), (0, 1, 2), (1, 0, 1)] {
                let row = difference(&instance, x, y, other);
                largest = largest.max((BETA * new.theta.dot(&row) - (1.0 + BETA) * old.theta.dot(&row)).abs());
            }
        }
    }
    let range = class.range(&instance, BETA, top);
    assert!((range - largest).abs() <= 1e-14 * largest, "{range} {largest}");

    let dense = dense_instance(&[3, 4], 3, 1.5, 4);
    let rays = FiniteClass { rays: 30, ..class };
    let seed = Seed::from_number(1);
    let members = ray_class(&dense, 30, top, &seed);
    assert!((rays.log_size(&dense, top).exp() - members.len() as f64).abs() < 1e-9);
    let bound = rays.range(&dense, BETA, top);
    let row = difference(&dense, 1, 0, 3);
    for old in members.iter().filter(|member| member.name[0].1 < top) {
        assert!(
            members.iter().all(|new| (BETA * new.theta.dot(&row) - (1.0 + BETA) * old.theta.dot(&row)).abs() <= bound)
        );
    }
}

/// Claim C10 at its worst: the worst consistent member has ε ≤ ε_n with probability at least 1 − ρ, and the test can fail.
///
/// Two prompts of two responses whose pair comes up with probability `hit` in a triple. A prompt that was missed takes the other label
/// at the top level, so its share of ε² is hit·R². Oracle of how often ε exceeds (less than) √hit·R: 1 − (1 − (1 − hit)^n)². Three
/// one-sided binomial tests at 1e-9 each.
#[test]
fn worst_choice_is_covered_and_the_test_can_fail() {
    let (n, rho, runs) = (400, 0.05, 2000);
    let hit = 2.5 / n as f64;
    let confidence = 1.0 / (1.0 + (-1f64).exp());
    let weight = hit / (2.0 * confidence * (1.0 - confidence));
    let instance = product_instance(&[(2, 0, 1.0), (2, 1, 1.0), (1, 0, 0.0)], &[weight, weight, 1.0 - 2.0 * weight]);
    let class = class(ClassChoice::Worst, 1, 1);
    let range = class.range(&instance, BETA, 1);
    let theory = Class::Finite { log_size: class.log_size(&instance, 1), range };
    let bound = epsilon(&theory, n as f64, BETA, rho).unwrap().value();
    let base = policy(&instance, instance.base());
    let process = process(class, BETA, n, 1);
    let loss = |run| {
        let seed = Seed::from_number(23).child("run", run);
        let last = process.on(&instance).unwrap().start(seed).last().unwrap().unwrap();
        population_loss(instance.weights(), &base, &last.policy, BETA).sqrt()
    };
    let losses: Vec<f64> = (0..runs).map(loss).collect();
    let above = |level: f64| losses.iter().filter(|epsilon| **epsilon > level).count() as u64;
    let reached = hit.sqrt() * range * (1.0 - 1e-9);
    println!("worst member: {} of {runs} at {:.3} of epsilon_n", above(reached), reached / bound);
    assert!(binomial_tail(above(bound), runs, rho) > 1e-9, "C10 is refuted");
    let (failures, law) = (above(reached), 1.0 - (1.0 - (1.0 - hit).powi(n as i32)).powi(2));
    assert!(binomial_tail(failures, runs, law) > 1e-9 && binomial_tail(runs - failures, runs, 1.0 - law) > 1e-9);
    assert!(binomial_tail(failures, runs, rho) < 1e-9, "{failures} failures refute a bound that is too small");
}

/// θ_t outside the class, and rounds beyond its levels.
#[test]
fn steps_outside_the_class_are_refused() {
    let product = product_instance(&[(3, 1, 0.7)], &[1.0]);
    let two = product_instance(&[(3, 1, 0.3)], &[1.0]);
    let seed = Seed::from_number(1);
    let (other, own) = (Snapshot::new(two.base().clone(), &two), Snapshot::new(product.base().clone(), &product));
    let drawing = loop_of(1);
    let foreign = step(&product, &other, &drawing, &seed);
    assert_refuses(class(ClassChoice::Nearest, 1, 1).fit(&foreign), "theta at prompt 0");
    let late = step_of_round(&product, &own, &drawing, &seed, 1);
    assert_refuses(class(ClassChoice::Nearest, 1, 1).fit(&late), "process.rounds");
    assert_refuses(process(class(ClassChoice::Nearest, 1, 1), BETA, 1, 2).on(&product), "process.rounds");
}
