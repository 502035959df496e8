//! The update over a finite class against a slow reference that enumerates the whole class and sums every loss pair by pair.

mod common;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use ndarray::{Array1, Array2};
use rand_distr::{Distribution, StandardNormal};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::step::population_loss;
use selfreward::policy::Policy;
use selfreward::process::update::Step;
use selfreward::process::{ClassChoice, FiniteClass, Population, UpdateOperator};
use selfreward::seed::{Purpose, Seed};
use selfreward::simulate::{Config, Simulation, config};
use selfreward::theory::one_step::{Class, epsilon};
use support::{assert_refuses, binomial_tail};

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

/// One member of a class: its name in the order that breaks ties, its levels, and θ.
struct Member {
    name: Vec<(usize, usize)>,
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
        let old = step.theta.to_vector();
        let drawn = pairs_of(&step.sample());
        let probabilities = probabilities(step.policy);
        let residual = |theta: &Array1<f64>, x: usize, y: usize, other: usize| {
            let row = difference(instance, x, y, other);
            BETA * theta.dot(&row) - (1.0 + BETA) * old.dot(&row)
        };
        let empirical = |member: &Member| {
            let loss = |&(x, y, other, count): &(usize, usize, usize, f64)| {
                count / step.samples as f64 * residual(&member.theta, x, y, other).powi(2)
            };
            drawn.iter().map(loss).sum()
        };
        let population = |member: &Member| {
            let mut sum = 0.0;
            for (x, p) in instance.weights().iter().enumerate() {
                for y in 0..instance.features().responses(x) {
                    for other in 0..instance.features().responses(x) {
                        let mass = probabilities[x][y] * probabilities[x][other];
                        sum += p * mass * residual(&member.theta, x, y, other).powi(2);
                    }
                }
            }
            sum
        };
        let norm = |vector: Array1<f64>| vector.dot(&vector).sqrt();
        Self {
            empirical: members.iter().map(empirical).collect(),
            distance: members.iter().map(|member| norm(&member.theta - &old)).collect(),
            population: members.iter().map(population).collect(),
            members,
        }
    }

    /// The members without empirical loss. Rounding and true losses are far apart.
    fn minimisers(&self) -> Vec<usize> {
        assert!(self.empirical.iter().all(|loss| !(1e-20..1e-7).contains(loss)), "a loss that is neither 0 nor not");
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

fn step_at<'a>(
    instance: &'a Instance,
    theta: &'a Parameter,
    policy: &'a Policy,
    n: u64,
    round: usize,
    seed: &'a Seed,
) -> Step<'a> {
    Step { round, ..step(instance, theta, policy, &process(Population, BETA, n, 1), seed) }
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
            let policy = policy(instance, &theta);
            let step = step_at(instance, &theta, &policy, n, round, &seed);
            let reference = Reference::of(members(&seed), &step);
            let [nearest, random, worst] = CHOICES.map(|choice| class(choice, top, rays).update(&step).unwrap().theta);
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
        150,
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
/// enumerated set, and the exact binomial law of each member's count; 6·8·2 + 4·8·… < 700 two-sided tests at 1e-11 each give a false
/// alarm with probability below 1e-8.
#[test]
fn random_choice_is_uniform() {
    let prompts = [(4, 2, 0.8), (4, 0, 0.8)];
    let instance = product_instance(&prompts, &[0.5, 0.5]);
    let policy = policy(&instance, instance.base());
    let mut patterns: BTreeMap<Vec<(usize, usize)>, (BTreeSet<Vec<(usize, usize)>>, BTreeMap<_, u64>)> =
        BTreeMap::new();
    for run in 0..60_000 {
        let seed = Seed::from_number(5).child("run", run);
        let step = step_at(&instance, instance.base(), &policy, 1, 0, &seed);
        let pattern: Vec<(usize, usize)> = pairs_of(&step.sample())
            .iter()
            .flat_map(|&(x, y, other, _)| [(x, y.min(other)), (x, y.max(other))])
            .collect();
        let theta = class(ClassChoice::Random, 2, 1).update(&step).unwrap().theta.to_vector();
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
        let truth = process(Population, BETA, 1, 3);
        let seed = Seed::from_number(2);
        let truth: Vec<_> = truth.start(&instance, instance.base().clone(), seed).map(Result::unwrap).collect();
        for choice in CHOICES {
            let mut process = process(class(choice, 3, rays), BETA, 1_000_000_000_000, 3);
            process.check(&instance).unwrap();
            let rounds: Vec<_> = process.start(&instance, instance.base().clone(), seed).map(Result::unwrap).collect();
            for (round, truth) in rounds.iter().zip(&truth) {
                assert_eq!(round.theta.to_vector(), truth.theta.to_vector(), "{choice:?}, t = {}", round.t);
            }
            // With one triple a round, a prompt that stays at its level goes on from there later.
            process.samples = 1;
            for run in 0..200 {
                let seed = seed.child("run", run);
                assert_eq!(process.start(&instance, instance.base().clone(), seed).map(Result::unwrap).count(), 4);
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

/// Claim C10 where it is tight: the worst consistent member has ε ≤ ε_n with probability at least 1 − ρ. Oracle: the exact binomial tail;
/// a true statement is refused with probability 1e-9. That the test can fail is seen at a quarter of ε_n: there the claim is refuted.
#[test]
fn worst_choice_is_covered_and_the_test_can_fail() {
    let (n, rho, runs) = (400, 0.05, 2000);
    // A prompt of two responses is drawn about twice in three samples of n.
    let rare = 1.0 / n as f64;
    let instance = product_instance(&[(2, 0, 1.0), (2, 1, 1.0), (1, 0, 0.0)], &[rare, rare, 1.0 - 2.0 * rare]);
    let class = class(ClassChoice::Worst, 1, 1);
    let range = class.range(&instance, BETA, 1);
    let theory = Class::Finite { log_size: class.log_size(&instance, 1), range };
    let bound = epsilon(&theory, n as f64, BETA, rho).unwrap().value();
    let base = policy(&instance, instance.base());
    let process = process(class, BETA, n, 1);
    let losses: Vec<f64> = (0..runs)
        .map(|run| {
            let seed = Seed::from_number(23).child("run", run);
            let last = process.start(&instance, instance.base().clone(), seed).last().unwrap().unwrap();
            population_loss(instance.weights(), &base, &last.policy, BETA).sqrt()
        })
        .collect();
    let above = |level: f64| losses.iter().filter(|epsilon| **epsilon > level).count() as u64;
    let largest = losses.iter().copied().fold(0.0, f64::max);
    println!("worst member: largest epsilon {largest:.4}, epsilon_n {bound:.4}, ratio {:.3}", largest / bound);
    assert!(binomial_tail(above(bound), runs, rho) > 1e-9);
    assert!(binomial_tail(above(bound * WRONG_FACTOR), runs, rho) < 1e-9, "{}", above(bound * WRONG_FACTOR));
}

/// A bound so much smaller than ε_n is refuted.
const WRONG_FACTOR: f64 = 0.15;

const TABULAR: &str =
    "[instance]\nkind = 'tabular'\nprompts = 5\nresponses = 4\n[process]\nupdate = 'finite-class'\nrounds = 3\n";
const HARD: &str =
    "[instance]\nkind = 'hard'\nprompts = 9\nkappa0 = 3.0\n[process]\nupdate = 'finite-class'\nrounds = 2\n";
const GAUSSIAN: &str = "[instance]\nkind = 'gaussian'\nprompts = 6\nresponses = 4\ndim = 5\n[process]\nupdate = 'finite-class'\nrounds = 2\nrays = 50\n";

fn simulation(text: &str, settings: &[&str]) -> selfreward::Result<Simulation> {
    let mut table = text.parse().unwrap();
    for setting in settings {
        let (key, value) = config::parse_setting(setting)?;
        config::set(&mut table, &key, value)?;
    }
    Simulation::new(Config::from_table(&table)?)
}

/// What a configuration says of the class is what the class says of the instance.
#[test]
fn configurations_state_the_class() {
    let theta0 = "instance.theta0=[0,0,1.5,0, 0,-2.5,0,0, 0.5,0,0,0, 1,0,0,0, 0,0,0,1]";
    for (text, settings) in [(TABULAR, &[][..]), (TABULAR, &[theta0]), (HARD, &[]), (GAUSSIAN, &[])] {
        let simulation = simulation(text, settings).unwrap();
        let derived = |name| simulation.derived.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
        let instance = simulation.instance(0).unwrap();
        let rounds = simulation.process.rounds;
        let class = class(ClassChoice::Nearest, rounds, 50);
        let (size, range) =
            (class.log_size(&instance, rounds), class.range(&instance, simulation.process.beta, rounds));
        assert!((derived("log_class").unwrap() - size).abs() <= 1e-12 * size);
        match instance.features() {
            FeatureMap::OneHot(_) => assert!((derived("class_range").unwrap() - range).abs() <= 1e-12 * range),
            FeatureMap::Dense(_) => assert_eq!(derived("class_range"), None),
        }
    }
}

#[test]
fn what_has_no_class_is_refused() {
    let refuse = |text: &str, settings: &[&str], name: &str| assert_refuses(simulation(text, settings), name);
    refuse(TABULAR, &["process.choice=min-norm"], "process.choice");
    refuse(&TABULAR.replace("finite-class", "erm"), &["process.choice=worst"], "process.choice");
    refuse(&TABULAR.replace("finite-class", "erm"), &["process.choice=random"], "process.choice");
    refuse(&TABULAR.replace("finite-class", "erm"), &["process.rays=7"], "process.rays");
    refuse(&TABULAR.replace("finite-class", "gradient"), &["process.choice=nearest"], "process.choice");
    refuse(TABULAR, &["process.rays=7"], "process.rays");
    refuse(GAUSSIAN, &["process.rays=0"], "process.rays");
    refuse(GAUSSIAN, &["process.radius=9.0"], "process.radius");
    refuse(TABULAR, &["instance.bump=0.0"], "theta0 at prompt 0");
    refuse(TABULAR, &["process.rounds=400"], "process.rounds");
    refuse(TABULAR, &["process.beta=1e17"], "process.beta");
    refuse(GAUSSIAN, &["instance.theta_norm=0.0"], "theta0");
    let large = simulation(GAUSSIAN, &["process.rays=1000000000", "process.choice=worst"]).unwrap_err().to_string();
    assert!(large.contains("finite class needs"), "{large}");

    let product = product_instance(&[(3, 1, 0.7)], &[1.0]);
    let two = product_instance(&[(3, 1, 0.3)], &[1.0]);
    let policy = policy(&two, two.base());
    let seed = Seed::from_number(1);
    let foreign = step_at(&product, two.base(), &policy, 1, 0, &seed);
    assert_refuses(class(ClassChoice::Nearest, 1, 1).update(&foreign), "theta at prompt 0");
    let late = step_at(&product, product.base(), &policy, 1, 1, &seed);
    assert_refuses(class(ClassChoice::Nearest, 1, 1).update(&late), "process.rounds");
    assert_refuses(process(class(ClassChoice::Nearest, 1, 1), BETA, 1, 2).check(&product), "process.rounds");
}

/// A class with log #Π > 2^20 is as quick as its sample: well under a second a choice, where enumeration would never end.
#[test]
fn huge_product_classes_cost_what_was_seen() {
    for choice in ["nearest", "random", "worst"] {
        let choice = format!("process.choice={choice}");
        let settings = ["instance.prompts=131072", "instance.responses=1000", "process.samples=200000", &choice];
        let simulation = simulation(TABULAR, &settings).unwrap();
        let log_class = simulation.derived.iter().find(|entry| entry.0 == "log_class").unwrap().1;
        assert!(log_class > f64::from(1 << 20));
        let instance = simulation.instance(0).unwrap();
        let rounds = simulation.process.start(&instance, instance.base().clone(), simulation.replicate_seed(0));
        assert_eq!(rounds.map(Result::unwrap).count(), 4);
    }
}
