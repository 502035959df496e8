//! The law of an exploration, exactly: all of its paths with their probabilities, against all samples with theirs. And the laws of what the
//! paths are made of.

use std::collections::BTreeMap;

use statrs::distribution::{ChiSquared, ContinuousCDF};

use selfreward::process::explore::growth::{Component, Grown, grow};
use selfreward::process::explore::masses::Masses;
use selfreward::process::explore::{Chance, labels};
use selfreward::process::multinomial;
use selfreward::seed::{Purpose, Seed};

/// Takes one path through all random numbers, and knows its probability.
#[derive(Default)]
struct Path {
    /// Which of the possible values each number takes, and how many there are.
    taken: Vec<(usize, usize)>,
    at: usize,
    probability: f64,
}

impl Path {
    fn choose(&mut self, law: Vec<(u64, f64)>) -> u64 {
        let possible: Vec<(u64, f64)> = law.into_iter().filter(|(_, probability)| *probability > 0.0).collect();
        if self.at == self.taken.len() {
            self.taken.push((0, possible.len()));
        }
        let (value, probability) = possible[self.taken[self.at].0];
        self.at += 1;
        self.probability *= probability;
        value
    }

    /// Goes on to the next path; false behind the last one.
    fn advance(&mut self) -> bool {
        while let Some((choice, possible)) = self.taken.pop() {
            if choice + 1 < possible {
                self.taken.push((choice + 1, possible));
                return true;
            }
        }
        false
    }
}

impl Chance for &mut Path {
    fn binomial(&mut self, trials: u64, success: f64, failure: f64) -> u64 {
        if trials == 0 || success <= 0.0 {
            return 0;
        }
        let p = success / (success + failure);
        let mut choices = 1.0;
        let law = (0..=trials).map(|k| {
            let probability = choices * p.powi(k as i32) * (1.0 - p).powi((trials - k) as i32);
            choices *= (trials - k) as f64 / (k + 1) as f64;
            (k, probability)
        });
        self.choose(law.collect())
    }

    fn occupied(&mut self, throws: u64, boxes: u64) -> u64 {
        self.choose(law_of_occupied(throws, boxes))
    }
}

/// Throw by throw: one more box with probability (u − d)/u.
fn law_of_occupied(throws: u64, boxes: u64) -> Vec<(u64, f64)> {
    let mut law = vec![0.0; boxes.min(throws) as usize + 1];
    law[0] = 1.0;
    for _ in 0..throws {
        for hit in (0..law.len()).rev() {
            let fresh = if hit > 0 { law[hit - 1] * (boxes - hit as u64 + 1) as f64 } else { 0.0 };
            law[hit] = (law[hit] * hit as f64 + fresh) / boxes as f64;
        }
    }
    law.into_iter().enumerate().map(|(hit, probability)| (hit as u64, probability)).collect()
}

fn sorted(mut grown: Grown) -> Grown {
    grown.components.iter_mut().for_each(|component| component.marked.sort_unstable());
    grown.components.sort();
    grown
}

fn by_paths(marked: &[f64], lump: (f64, u64), triples: u64) -> BTreeMap<Grown, f64> {
    let (mut law, mut path, mut masses) = (BTreeMap::new(), Path::default(), Masses::default());
    loop {
        (path.at, path.probability) = (0, 1.0);
        let grown = grow(marked.iter().copied(), lump, triples, &mut masses, &mut &mut path);
        *law.entry(sorted(grown)).or_insert(0.0) += path.probability;
        if !path.advance() {
            return law;
        }
    }
}

/// Every sample of ordered triples, its components by relabelling.
fn by_samples(marked: &[f64], (each, lump): (f64, u64), triples: u64) -> BTreeMap<Grown, f64> {
    let masses: Vec<f64> = marked.iter().copied().chain((0..lump).map(|_| each)).collect();
    let (count, total) = (masses.len(), masses.iter().sum::<f64>());
    let mut law = BTreeMap::new();
    for index in 0..(count * count).pow(triples as u32) {
        let (mut index, mut probability, mut diverse) = (index, 1.0, 0);
        let mut label: Vec<usize> = (0..count).collect();
        for _ in 0..triples {
            let (y, other) = (index % count, index / count % count);
            index /= count * count;
            probability *= masses[y] * masses[other] / (total * total);
            diverse += u64::from(y != other);
            let (from, to) = (label[y], label[other]);
            label.iter_mut().filter(|label| **label == from).for_each(|label| *label = to);
        }
        let mut components: BTreeMap<usize, Component> = BTreeMap::new();
        for place in 0..marked.len() {
            components.entry(label[place]).or_default().marked.push(place);
        }
        let of_lump = |of: usize| label[marked.len()..].iter().filter(|&&label| label == of).count() as u64;
        components.iter_mut().for_each(|(&of, component)| component.lumped = of_lump(of));
        let components: Vec<Component> = components.into_values().collect();
        let apart = lump - components.iter().map(|component| component.lumped).sum::<u64>();
        let whole = label.iter().all(|&other| other == label[0]);
        *law.entry(sorted(Grown { components, apart, diverse, whole })).or_insert(0.0) += probability;
    }
    law
}

/// The two laws are the same, outcome by outcome, but for the rounding of a sum over all samples.
#[test]
fn an_exploration_has_the_law_of_all_samples() {
    let cases: [(&[f64], (f64, u64), u64); 7] = [
        (&[2.0], (1.0, 4), 4),
        (&[1.5, 0.3], (0.7, 3), 4),
        (&[0.1, 1.0], (2.0, 2), 4),
        (&[3.0, 1.0, 0.5], (0.0, 0), 5),
        (&[1.0, 0.0], (0.2, 2), 4),
        (&[1.0, 0.4, 0.2], (0.3, 1), 4),
        (&[], (1.0, 4), 4),
    ];
    for (marked, lump, triples) in cases {
        let (mut found, expected) = (by_paths(marked, lump, triples), by_samples(marked, lump, triples));
        let rounding = ((marked.len() as f64 + lump.1 as f64).powi(2 * triples as i32)) * f64::EPSILON;
        assert!((expected.values().sum::<f64>() - 1.0).abs() < rounding);
        for (outcome, probability) in expected.into_iter().filter(|(_, probability)| *probability > 0.0) {
            let found = found.remove(&outcome).unwrap_or(0.0);
            let label = format!("{marked:?} and {lump:?}, {triples} triples, {outcome:?}");
            assert!((found - probability).abs() < rounding * probability, "{label}: {found} in place of {probability}");
        }
        assert!(found.is_empty(), "impossible: {found:?}");
    }
}

/// Pearson's χ² of a generator's values against their law, at 1e-10 of false alarm; 20 expected hits a value at least.
fn check<K: Ord + std::fmt::Debug>(label: &str, law: &[(K, f64)], mut draw: impl FnMut() -> K) {
    const RUNS: usize = 60_000;
    let mut seen: BTreeMap<K, f64> = BTreeMap::new();
    (0..RUNS).for_each(|_| *seen.entry(draw()).or_insert(0.0) += 1.0);
    let mut statistic = 0.0;
    for (value, probability) in law {
        let expected = probability * RUNS as f64;
        assert!(expected >= 20.0, "{label}: {value:?} is too rare to test");
        statistic += (seen.remove(value).unwrap_or(0.0) - expected).powi(2) / expected;
    }
    assert!(seen.is_empty(), "{label}: impossible {seen:?}");
    let critical = ChiSquared::new((law.len() - 1) as f64).unwrap().inverse_cdf(1.0 - 1e-10);
    assert!(statistic < critical, "{label}: χ² = {statistic}, critical {critical}");
}

/// Oracle: the recursion throw by throw. One by one, and as counts.
#[test]
fn boxes_are_hit_with_their_law() {
    for (throws, boxes) in [(2, 3), (4, 5), (8, 4), (9, 4), (11, 3)] {
        let mut rng = Seed::from_number(61).rng(Purpose::Responses, throws as usize, boxes as usize);
        let law: Vec<_> = law_of_occupied(throws, boxes).into_iter().filter(|(_, p)| *p > 4e-4).collect();
        let total: f64 = law.iter().map(|(_, probability)| probability).sum();
        let law: Vec<_> = law.into_iter().map(|(hit, probability)| (hit, probability / total)).collect();
        let possible = |hit: &u64| law.iter().any(|(known, _)| known == hit);
        let draw = || loop {
            let hit = multinomial::occupied(throws, boxes, &mut rng);
            if possible(&hit) {
                return hit;
            }
            assert!(hit > 0 && hit <= throws.min(boxes), "{hit} of {boxes} by {throws} throws");
        };
        check(&format!("{throws} throws, {boxes} boxes"), &law, draw);
    }
}

/// Oracle: symmetry. Of five numbers in classes of 2, 1 and 2 there are 30 ways, of six in 1, 4 and 1 also, with any class unnamed.
#[test]
fn labels_are_dealt_evenly() {
    for sizes in [[2, 1, 2], [1, 4, 1]] {
        let total: u64 = sizes.iter().sum();
        for unnamed in 0..3 {
            let mut rng = Seed::from_number(62).rng(Purpose::Responses, sizes[0] as usize, unnamed);
            let mut of = |_: ()| {
                let dealt = labels::deal(&sizes, unnamed, total as u32, &mut rng);
                assert!(dealt.iter().all(|list| list.is_sorted()));
                // Each number's class; what is in no list is of the unnamed one.
                let class = |number: u32| dealt.iter().position(|list| list.contains(&number)).unwrap_or(unnamed);
                (0..total as u32).map(class).collect::<Vec<usize>>()
            };
            let mut ways: Vec<Vec<usize>> = (0..3usize.pow(total as u32))
                .map(|index| (0..total as u32).map(|i| index / 3usize.pow(i) % 3).collect())
                .filter(|way: &Vec<usize>| (0..3).all(|c| way.iter().filter(|&&w| w == c).count() as u64 == sizes[c]))
                .collect();
            ways.sort();
            assert_eq!(ways.len(), 30);
            let law: Vec<_> = ways.into_iter().map(|way| (way, 1.0 / 30.0)).collect();
            check(&format!("{sizes:?} without {unnamed}"), &law, || of(()));
        }
    }
}
