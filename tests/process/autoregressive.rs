//! Autoregressive instances and greedy decoding (claims C14, C15) against enumeration of all V^L sequences.

use std::sync::Arc;

use crate::common::*;
use rand::{Rng, RngExt};
use selfreward::decoding::greedy_decode;
use selfreward::instance::autoregressive::{Autoregressive, Law, TopToken};
use selfreward::instance::greedy_trap::{FLOOR_MASS, GreedyTrap};
use selfreward::instance::{FeatureMap, Instance, Parameter, Tokens};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::{measure, policy as state};
use selfreward::policy::Policy;
use selfreward::process::Square;
use selfreward::seed::Seed;
use selfreward::theory::greedy::{greedy_must_succeed, greedy_trap};

fn tokens(vocab: u32, length: u32) -> Tokens {
    Tokens::new(vocab, length).unwrap()
}

fn top(vocab: u32, length: u32, alpha: f64) -> Law {
    Law::TopToken(TopToken::new(tokens(vocab, length), alpha).unwrap())
}

fn trap(vocab: u32, length: u32, p: f64, eta: f64) -> Law {
    Law::GreedyTrap(GreedyTrap::new(tokens(vocab, length), p, eta).unwrap())
}

fn draw(law: Law, prompts: usize, seed: u64) -> Instance {
    Autoregressive { prompts, law }.draw(&Seed::from_number(seed)).unwrap()
}

/// All sequences in the order of their indices, by counting like an odometer; no division.
fn all_sequences(vocab: u32, length: u32) -> Vec<Vec<u32>> {
    (0..length).fold(vec![vec![]], |prefixes, _| {
        prefixes.iter().flat_map(|prefix| (0..vocab).map(|token| [prefix.as_slice(), &[token]].concat())).collect()
    })
}

/// Probability of every sequence that begins with the prefix, summed one by one.
fn prefix_mass(sequences: &[Vec<u32>], probabilities: &[f64], prefix: &[u32]) -> f64 {
    sequences.iter().zip(probabilities).filter(|(sequence, _)| sequence.starts_with(prefix)).map(|(_, p)| p).sum()
}

fn argmax(values: &[f64]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}

fn close(what: &str, value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{what}: {value} against {expected}");
}

/// Oracle: the enumeration.
#[test]
fn tokens_and_indices_are_inverse() {
    for (vocab, length) in [(2, 5), (3, 3), (7, 1), (5, 2)] {
        let all = all_sequences(vocab, length);
        let shape = tokens(vocab, length);
        assert_eq!(shape.sequences() as usize, all.len());
        for (index, sequence) in all.iter().enumerate() {
            assert_eq!(&shape.of(index as u32).collect::<Vec<_>>(), sequence);
            assert_eq!(shape.index(sequence).unwrap(), index as u32);
        }
    }
    let widest = tokens(65535, 2);
    assert_eq!(widest.of(widest.sequences() - 1).collect::<Vec<_>>(), [65534, 65534]);
    assert!(widest.index(&[65535, 0]).unwrap_err().to_string().contains("65535"));
    assert!(widest.index(&[1]).is_err());
}

/// Oracles: the product of token conditionals that Remark 4.2 prescribes, sequence by sequence, and conditionals as ratios of
/// subtree sums over the enumeration. κ_0 = α^(−L).
#[test]
fn top_token_policies_multiply_their_conditionals() {
    for (vocab, length, alpha) in [(2, 6, 0.7), (3, 4, 0.5), (4, 3, 0.26), (9, 2, 0.9), (6, 1, 0.3), (2, 1, 0.51)] {
        let instance = draw(top(vocab, length, alpha), 12, 1);
        let base = policy(&instance, instance.base());
        let all = all_sequences(vocab, length);
        let other = (1.0 - alpha) / f64::from(vocab - 1);
        for (x, row) in probabilities(&base).iter().enumerate() {
            let optimum = &all[argmax(row)];
            for (sequence, &p) in all.iter().zip(row) {
                let step = |(token, best): (&u32, &u32)| if token == best { alpha } else { other };
                close("sequence", p, sequence.iter().zip(optimum).map(step).product());
                for depth in 0..length as usize {
                    let conditional =
                        prefix_mass(&all, row, &sequence[..=depth]) / prefix_mass(&all, row, &sequence[..depth]);
                    close("conditional", conditional, step((&sequence[depth], &optimum[depth])));
                }
            }
            assert_eq!(base.head(x).modal as usize, argmax(row));
            assert_eq!(greedy_decode(&base, instance.tokens().unwrap(), x), base.head(x).modal);
        }
        close("kappa_0", state::kappa(instance.weights(), &base), alpha.powi(-(length as i32)));
    }
}

/// Every law hides its optimum: over 4000 prompts each of the 27 sequences is the optimum of some. A given one is not with
/// probability (26/27)^4000 < 1e-65; the first tokens of trap and optimum differ always, and in all 6 ways.
#[test]
fn optima_and_traps_are_hidden() {
    for law in [top(3, 3, 0.5), trap(3, 3, 0.4, 0.1)] {
        let instance = draw(law, 4000, 2);
        let base = policy(&instance, instance.base());
        let shape = instance.tokens().unwrap();
        let optima: std::collections::BTreeSet<u32> = (0..4000).map(|x| base.head(x).modal).collect();
        assert_eq!(optima.len(), 27);
        if matches!(law, Law::GreedyTrap(_)) {
            let first = |sequence: u32| shape.of(sequence).next().unwrap();
            let pairs: std::collections::BTreeSet<(u32, u32)> =
                (0..4000).map(|x| (first(base.head(x).modal), first(greedy_decode(&base, shape, x)))).collect();
            assert!(pairs.len() == 6 && pairs.iter().all(|(optimum, decoded)| optimum != decoded), "{pairs:?}");
        }
    }
}

/// Oracle: enumeration. y* is the only argmax and has probability p; first tokens have p, p+η and r; y* is certain after its
/// first token; greedy decoding takes the trap.
#[test]
fn the_trap_is_the_one_of_proposition_4_3() {
    let mut rng = rng(3);
    let (mut tried, mut accepted) = (0, 0);
    while accepted < 60 {
        tried += 1;
        let (vocab, length) = (rng.random_range(2..7), rng.random_range(2..5));
        let p = rng.random_range(0.05..0.5);
        // Every third one with 2p + η = 1.
        let eta = (1.0 - 2.0 * p) * if tried % 3 == 0 { 1.0 } else { rng.random::<f64>() };
        let Ok(law) = GreedyTrap::new(tokens(vocab, length), p, eta) else { continue };
        accepted += 1;
        let instance = draw(Law::GreedyTrap(law), 3, tried);
        let base = policy(&instance, instance.base());
        let all = all_sequences(vocab, length);
        for (x, row) in probabilities(&base).iter().enumerate() {
            let optimum = argmax(row);
            close("p", row[optimum], p);
            let rival = (0..row.len()).filter(|&y| y != optimum).map(|y| row[y]).fold(0.0, f64::max);
            assert!(rival < p * (1.0 - 1e-10), "rival {rival} of {p}");
            let firsts: Vec<f64> = (0..vocab).map(|token| prefix_mass(&all, row, &[token])).collect();
            let first = all[optimum][0] as usize;
            let caught = argmax(&firsts);
            assert_ne!(caught, first);
            close("p at y*_1", firsts[first], p);
            close("p + eta", firsts[caught], p + eta);
            let remaining = 1.0 - 2.0 * p - eta;
            for token in (0..vocab as usize).filter(|&token| token != first && token != caught) {
                let expected = remaining / f64::from(vocab - 2);
                assert!((firsts[token] - expected).abs() < 1e-12, "{} {expected}", firsts[token]);
                assert!(firsts[token] < p + eta);
            }
            let floor: f64 = row.iter().filter(|&&q| q < 1e-12).sum();
            close("floor", floor, FLOOR_MASS);
            let decoded = greedy_decode(&base, instance.tokens().unwrap(), x);
            assert_eq!(all[decoded as usize][0] as usize, caught);
        }
        close("kappa_0", state::kappa(instance.weights(), &base), 1.0 / p);
        assert_eq!(law.atoms() as usize, base.row(0).atoms.len());
    }
}

/// Oracle: the conditions as the theory states them, independently, for uniform continuations.
#[test]
fn a_trap_exists_exactly_where_the_theory_has_one() {
    let mut rng = rng(4);
    let mut seen = [0; 2];
    for _ in 0..20_000 {
        let (vocab, length) = (rng.random_range(2..12), rng.random_range(1..5));
        let (p, eta) = (rng.random_range(0.01..0.5), rng.random_range(0.001..1.0));
        let bound = greedy_trap(p, eta, f64::from(vocab), f64::from(length)).unwrap();
        let drawn = GreedyTrap::new(tokens(vocab, length), p, eta);
        assert_eq!(drawn.is_ok(), !bound.vacuous(), "p = {p}, eta = {eta}, V = {vocab}, L = {length}: {drawn:?}");
        seen[usize::from(drawn.is_ok())] += 1;
    }
    assert!(seen[0] > 1000 && seen[1] > 1000, "{seen:?}");
}

/// Follows a decoded sequence through the enumeration: at every step its token must carry the largest subtree sum.
fn assert_greedy(policy: &Policy, shape: Tokens, prompt: usize) {
    let all = all_sequences(shape.vocab(), shape.length());
    let probabilities = softmax(&row(policy, prompt));
    let decoded = &all[greedy_decode(policy, shape, prompt) as usize];
    for depth in 0..decoded.len() {
        let mass = |token: u32| prefix_mass(&all, &probabilities, &[&decoded[..depth], &[token]].concat());
        let best = (0..shape.vocab()).map(mass).fold(0.0, f64::max);
        let taken = mass(decoded[depth]);
        assert!(taken >= best * (1.0 - 1e-12), "{taken} of {best} at step {depth} of {decoded:?}");
    }
}

/// A lumped row over all sequences: some atoms with random logits, all other sequences at a random one.
fn random_row(shape: Tokens, rng: &mut impl Rng) -> LogitTable {
    let density: f64 = rng.random();
    let scale = rng.random_range(0.1..6.0);
    let atoms: Vec<Atom> = (0..shape.sequences())
        .filter(|_| rng.random::<f64>() < density)
        .collect::<Vec<_>>()
        .into_iter()
        .zip(normals(shape.sequences() as usize, &mut crate::common::rng(rng.random())))
        .map(|(response, normal)| Atom { response, logit: scale * normal })
        .collect();
    let rest = shape.sequences() - atoms.len() as u32;
    let mut table = LogitTable::default();
    table.push(atoms, rng.random_range(-2.0..2.0), rest);
    table
}

/// Oracle: a decoder that sums subtrees over the enumeration.
#[test]
fn greedy_decoding_equals_enumeration_on_random_policies() {
    let mut rng = rng(5);
    for (vocab, length) in [(2, 6), (3, 4), (5, 3), (8, 2), (11, 1)] {
        for _ in 0..150 {
            let shape = tokens(vocab, length);
            assert_greedy(&Policy::from_logits(Arc::new(random_row(shape, &mut rng))), shape, 0);
        }
    }
}

/// The same after rounds of the process: lumped rows that sampling has split up, and logits of very different sizes.
#[test]
fn greedy_decoding_equals_enumeration_after_sampled_rounds() {
    for law in [top(3, 4, 0.4), top(2, 6, 0.6), trap(4, 3, 0.3, 0.05), trap(2, 5, 0.4, 0.2)] {
        let instance = draw(law, 6, 6);
        let process = process(Square::default(), 0.8, 40, 4);
        for round in process.on(&instance).unwrap().start(Seed::from_number(9)) {
            let round = round.unwrap();
            (0..6).for_each(|x| assert_greedy(&round.policy, law.tokens(), x));
        }
    }
}

/// Ties go to the least token: among subtrees without atoms, among atoms, and between the two.
#[test]
fn ties_take_the_least_token() {
    let decode = |atoms: &[(u32, f64)], rest_logit: f64| {
        let mut table = LogitTable::default();
        let atoms = atoms.iter().map(|&(response, logit)| Atom { response, logit }).collect::<Vec<_>>();
        let rest = 9 - atoms.len() as u32;
        table.push(atoms, rest_logit, rest);
        greedy_decode(&Policy::from_logits(Arc::new(table)), tokens(3, 2), 0)
    };
    assert_eq!(decode(&[], 0.0), 0);
    // Token 0 is worse than the two without atoms.
    assert_eq!(decode(&[(0, -1.0)], 0.0), 3);
    // Every first token has an atom of the same size, in its last, middle and first place.
    assert_eq!(decode(&[(2, 1.0), (4, 1.0), (6, 1.0)], 0.0), 2);
    // An atom at the logit of the rest changes nothing.
    assert_eq!(decode(&[(3, 0.5)], 0.5), 0);
    assert_eq!(decode(&[(1, 0.5)], 0.5), 0);
}

/// Proposition 4.3's other half: above 1/2 greedy decoding finds the optimum, wherever the rest of the mass lies. Just below,
/// the trap misleads it.
#[test]
fn above_one_half_greedy_always_recovers_the_optimum() {
    let mut rng = rng(7);
    for (vocab, length) in [(2, 6), (3, 3), (6, 2)] {
        let shape = tokens(vocab, length);
        for _ in 0..400 {
            // All the other mass on few sequences, half of the time all below one first token.
            let optimum = rng.random_range(0..shape.sequences());
            let excess = 10f64.powf(rng.random_range(-9.0..-0.5));
            let subtree = shape.continuations(1);
            let rival = rng.random_range(0..vocab) * subtree;
            let narrow = rng.random::<bool>();
            let mut others = vec![0.0; shape.sequences() as usize];
            for _ in 0..rng.random_range(1..5) {
                let y =
                    if narrow { rival + rng.random_range(0..subtree) } else { rng.random_range(0..shape.sequences()) };
                others[y as usize] += rng.random::<f64>();
            }
            others[optimum as usize] = 0.0;
            let total: f64 = others.iter().sum();
            if total == 0.0 {
                continue;
            }
            let share = |q: f64| (0.5 - excess) * q / total + 1e-30;
            let mut logits: Vec<f64> = others.iter().map(|&q| share(q).ln()).collect();
            logits[optimum as usize] = (0.5 + excess).ln();
            let mut table = LogitTable::default();
            table.push_dense(&logits);
            let policy = Policy::from_logits(Arc::new(table));
            assert!(greedy_must_succeed(policy.prob(0, optimum)).unwrap());
            assert_eq!(greedy_decode(&policy, shape, 0), optimum, "excess {excess}");
        }
    }
    let instance = draw(trap(2, 3, 0.4999, 2e-4), 5, 8);
    let base = policy(&instance, instance.base());
    (0..5).for_each(|x| assert_ne!(greedy_decode(&base, tokens(2, 3), x), base.head(x).modal));
}

/// Oracle: under the population update π_t ∝ π_0^s, s = (1+1/β)^t (fact F1), with the trap's law written out by hand: p = 0.3
/// against two continuations of 0.2 (p + η = 0.4), and three other first tokens of 0.1, each one sequence. Greedy decoding
/// finds y* as soon as 0.3^s > 2 · 0.2^s, that is s > 1.7095, long before π_t(y*) > 1/2 (s > 2.9).
#[test]
fn population_rounds_leave_the_trap_when_theory_says() {
    let instance = draw(trap(5, 3, 0.3, 0.1), 7, 11);
    let beta = 4.0;
    let process = process(Square::population(), beta, 1, 6);
    let rounds: Vec<_> = process.on(&instance).unwrap().start(Seed::from_number(1)).map(Result::unwrap).collect();
    for round in &rounds {
        let m = measure(&instance, &rounds[0].policy, round, beta, &[0.5]).policy;
        let s = (1.0 + 1.0 / beta).powi(round.t as i32);
        let power = |q: f64| q.powf(s);
        let expected = power(0.3) / (power(0.3) + 2.0 * power(0.2) + 3.0 * power(0.1));
        assert!((m.base_probability - expected).abs() < 1e-12, "{} {expected}", m.base_probability);
        let found = if power(0.3) > 2.0 * power(0.2) { 1.0 } else { 0.0 };
        assert!((m.greedy_modal.unwrap() - found).abs() < 1e-15, "t = {}", round.t);
        assert_eq!(m.greedy_modal, m.greedy_base);
    }
}

/// Oracle: plain sums over enumerated probabilities, after sampled rounds in which mode and base mode part.
#[test]
fn quantities_equal_plain_sums() {
    let instance = draw(trap(3, 3, 0.35, 0.05), 60, 12);
    let process = process(Square::default(), 1.0, 120, 3);
    let rounds: Vec<_> = process.on(&instance).unwrap().start(Seed::from_number(2)).map(Result::unwrap).collect();
    let base = probabilities(&rounds[0].policy);
    let mut parted = false;
    for round in &rounds {
        let m = measure(&instance, &rounds[0].policy, round, 1.0, &[0.5]).policy;
        let now = probabilities(&round.policy);
        let mean = |f: &dyn Fn(usize) -> f64| (0..60).map(|x| f(x) / 60.0).sum::<f64>();
        let decoded: Vec<usize> =
            (0..60).map(|x| greedy_decode(&round.policy, instance.tokens().unwrap(), x) as usize).collect();
        let hit = |hit: bool| f64::from(u8::from(hit));
        close("base_probability", m.base_probability, mean(&|x| now[x][argmax(&base[x])]));
        let (modal, of_base) =
            (mean(&|x| hit(decoded[x] == argmax(&now[x]))), mean(&|x| hit(decoded[x] == argmax(&base[x]))));
        assert!((m.greedy_modal.unwrap() - modal).abs() < 1e-12);
        assert!((m.greedy_base.unwrap() - of_base).abs() < 1e-12);
        parted |= (modal - of_base).abs() > 0.01;
    }
    assert!(parted, "the two quantities never differed");
    let (tabular, _) = tabular_and_dense(&[vec![1.0, 0.0]], &[1.0]);
    let start = process.on(&tabular).unwrap().start(Seed::from_number(1)).next().unwrap().unwrap();
    let m = measure(&tabular, &start.policy, &start, 1.0, &[0.5]).policy;
    assert_eq!((m.greedy_modal, m.greedy_base), (None, None));
    close("base_probability", m.base_probability, 1.0 / (1.0 + (-1f64).exp()));
}

/// Nearly 2^32 sequences a prompt cost what their atoms cost.
#[test]
fn the_largest_sizes_work() {
    let kappa = |instance: &Instance| state::kappa(instance.weights(), &policy(instance, instance.base()));
    let finds = |instance: &Instance| {
        let base = policy(instance, instance.base());
        (0..instance.prompts())
            .filter(|&x| greedy_decode(&base, instance.tokens().unwrap(), x) == base.head(x).modal)
            .count()
    };
    for law in [trap(2, 31, 0.25, 0.5), trap(65535, 2, 0.01, 0.02), trap(1625, 3, 0.4, 0.1)] {
        let instance = draw(law, 3, 13);
        close("kappa_0", kappa(&instance), 1.0 / law.optimum_probability());
        assert_eq!(finds(&instance), 0);
    }
    let wide = draw(top(65535, 2, 0.1), 2, 14);
    assert!((kappa(&wide) - 100.0).abs() < 1e-8, "{}", kappa(&wide));
    assert_eq!(finds(&wide), 2);
}

#[test]
fn values_out_of_range_are_refused_with_what_was_expected() {
    let message = |result: Result<GreedyTrap, selfreward::Error>| result.unwrap_err().to_string();
    let at = |vocab, length, p, eta| message(GreedyTrap::new(tokens(vocab, length), p, eta));
    for (text, words) in [
        (at(3, 3, 0.5, 0.1), ["instance.trap.p", "0.5", "below 1/2"]),
        (at(3, 3, f64::NAN, 0.1), ["instance.trap.p", "NaN", "below 1/2"]),
        (at(3, 3, 0.4, 0.3), ["instance.trap.eta", "0.3", "1 - 2p = 0.19999999999999996"]),
        (at(3, 3, 0.4, 0.0), ["instance.trap.eta", "0", "at least 1e-9"]),
        (at(2, 3, 0.4, 0.1), ["instance.vocab", "2", "above 2 + "]),
        (at(4, 3, 0.1, 0.1), ["instance.vocab", "4", "above 2 + "]),
        (at(3, 1, 0.4, 0.1), ["instance.length", "1", "vocab^(length-1) > (p + eta)/p = 1.25"]),
        (at(4, 2, 0.1, 0.4), ["instance.length", "2", "(p + eta)/p = 5"]),
        (Tokens::new(1, 3).unwrap_err().to_string(), ["instance.vocab", "1", "at least 2"]),
        (Tokens::new(3, 0).unwrap_err().to_string(), ["instance.length", "0", "at least 1"]),
        (Tokens::new(2, 32).unwrap_err().to_string(), ["instance.length", "32", "vocab^length < 2^32"]),
        (
            TopToken::new(tokens(4, 2), 0.25).unwrap_err().to_string(),
            ["instance.top", "0.25", "between 1/vocab = 0.25 and 1"],
        ),
        (TopToken::new(tokens(4, 2), 1.0).unwrap_err().to_string(), ["instance.top", "1", "between 1/vocab"]),
    ] {
        words.iter().for_each(|word| assert!(text.contains(word), "{word:?} is missing from: {text}"));
    }
    // Most of 2^31 sequences with a logit of their own, for a thousand prompts: 150 TB.
    let law = top(2, 31, 0.6);
    let error = Autoregressive { prompts: 1000, law }.draw(&Seed::from_number(1)).unwrap_err().to_string();
    assert!(error.contains("autoregressive instance") && error.contains("TB"), "{error}");
    let features = FeatureMap::one_hot(vec![8, 9]);
    let mut table = LogitTable::default();
    [8, 9].into_iter().for_each(|count| table.push([], 0.0, count));
    let instance = Instance::new(vec![0.5, 0.5], features, Parameter::tabular(table), None).unwrap();
    let error = instance.with_tokens(tokens(2, 3)).unwrap_err().to_string();
    assert!(error.contains("prompt 1") && error.contains('9') && error.contains("vocab^length = 8"), "{error}");
}
