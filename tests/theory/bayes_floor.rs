//! The floor of the hard instance (claim S6): against the occupancy chain, enumeration of the Bayes risk, and simulated learners.

use std::collections::BTreeMap;

use rand::{Rng, RngExt};
use selfreward::papers::huang2024::theory::floor::{Guess, bayes_floor, bayes_share};
use selfreward::papers::huang2024::theory::hidden::Hidden;
use selfreward::seed::{Purpose, Seed};

use crate::support::assert_refuses;

/// g(r) for r = 0, …, most by the whole chain over the number s of distinct labels among r draws from m = K − 1: P(S_{r+1} = s) =
/// P(S_r = s) s/m + P(S_r = s−1)(m−s+1)/m. Slow and obvious.
fn guesses(labels: usize, most: usize) -> Vec<f64> {
    let m = labels - 1;
    let mut law = vec![0.0; m + 1];
    law[0] = 1.0;
    let mut all = Vec::new();
    for _ in 0..=most {
        all.push((0..=m).map(|s| law[s] * (1.0 - 1.0 / (labels - s) as f64)).sum());
        let before = law.clone();
        for s in 0..=m {
            let from = if s > 0 { before[s - 1] * (m - s + 1) as f64 / m as f64 } else { 0.0 };
            law[s] = before[s] * s as f64 / m as f64 + from;
        }
    }
    all
}

/// The share by the definition: a sum over all b from 0 to n, binomial weights in logs.
fn by_definition(instance: &Hidden, n: usize, each: usize) -> f64 {
    let (q, w) = (instance.probability(), instance.weight());
    let guesses = guesses(instance.responses() as usize, n * each);
    let mut log_choose = 0.0;
    let mut total = 0.0;
    for b in 0..=n {
        let log = log_choose + b as f64 * w.ln() + (n - b) as f64 * (1.0 - w).ln();
        total += (log + (b * each) as f64 * (1.0 - q).ln()).exp() * guesses[b * each];
        log_choose += ((n - b) as f64 / (b + 1) as f64).ln();
    }
    total
}

fn near(left: f64, right: f64, relative: f64) -> bool {
    (left - right).abs() <= relative * right.abs()
}

/// Oracle: the whole occupancy chain. Few labels, many of them, and r on both sides of where the three evaluations meet.
#[test]
fn the_guess_is_that_of_the_occupancy_chain() {
    for labels in [2, 3, 4, 9, 40, 41, 60, 300] {
        let most = 12 * labels;
        let known = guesses(labels, most);
        let fast = Guess::new(labels as f64, most as f64).unwrap();
        for (r, &guess) in known.iter().enumerate() {
            let own = fast.log_risk(r as f64).exp();
            assert!(near(own, guess, 1e-11) || (own - guess).abs() < 1e-14, "K {labels}, r {r}: {own} {guess}");
        }
        // Tables that stop early give the same numbers, without a chain while no draw can have been the last label.
        for stop in [labels / 2, labels, labels + labels / 2, 2 * labels, 3 * labels, 5 * labels] {
            let short = Guess::new(labels as f64, stop as f64).unwrap();
            let own = short.log_risk(stop as f64).exp();
            assert!(near(own, known[stop], 1e-11), "K {labels}, r {stop}: {own} {}", known[stop]);
        }
    }
}

#[test]
fn the_floor_is_its_definition() {
    for (prompts, labels, mass) in
        [(1.0, 3.0, 0.5), (1.0, 2.0, 0.9), (16.0, 9.0, 0.6), (8.0, 60.0, 0.5), (64.0, 7.0, 0.05)]
    {
        let instance = Hidden::new(prompts, labels, mass).unwrap();
        for (n, each) in [(0, 1), (1, 1), (1, 3), (7, 2), (60, 1), (200, 2), (200, 5), (1000, 2)] {
            let (own, known) =
                (bayes_share(&instance, n as f64, each as f64).unwrap(), by_definition(&instance, n, each));
            assert!(near(own, known, 1e-10), "M {prompts}, K {labels}, n {n}, N {each}: {own} {known}");
        }
    }
}

/// n to 10⁶ and K to 10⁴, and what leaves the doubles.
#[test]
fn large_numbers_stay_numbers() {
    let many = Hidden::new(8.0, 1e4, 0.5).unwrap();
    let at = |n: f64| bayes_share(&many, n, 2.0).unwrap();
    let (few, more, most) = (at(1e3), at(3e5), at(1e6));
    assert!(few > more && more > most && most > 0.0, "{few} {more} {most}");
    // Where nearly no label is unseen the risk is (K−1)/2 times what is missed twice: e^{−1.5q} a response, to leading order.
    let q = many.probability();
    let rate = |n: f64| n * many.weight() * (1.0 - (1.0 - 1.5 * q).powi(2));
    let slope = (at(9e5).ln() - at(1e6).ln()) / (rate(1e6) - rate(9e5));
    assert!((slope - 1.0).abs() < 0.01, "{slope}");
    assert_eq!(bayes_share(&Hidden::new(1.0, 9.0, 0.9).unwrap(), 1e15, 2.0).unwrap(), 0.0);
    assert!(bayes_share(&Hidden::new(64.0, 1e6, 1e-5).unwrap(), 1e12, 2.0).unwrap() > 0.0);
}

#[test]
fn arguments_are_checked() {
    assert_refuses(Hidden::new(0.5, 9.0, 0.5), "prompts");
    assert_refuses(Hidden::new(4.0, 1.0, 0.5), "responses");
    assert_refuses(Hidden::new(4.0, 9.0, 1.0), "mass");
    let instance = Hidden::new(4.0, 9.0, 0.5).unwrap();
    assert_refuses(bayes_floor(&instance, 1.5, 1.0), "n");
    assert_refuses(bayes_floor(&instance, 3.0, 0.0), "best_of");
}

/// A sample: the prompt of each draw, and its responses with whether each has the likelihood of a hidden label.
type Sample = Vec<(usize, Vec<(usize, bool)>)>;

/// Everything that n draws of prompts with N responses each can show, with its probability given the hidden labels; responses with their
/// likelihoods, twice as large for the hidden label.
fn observations(instance: &Hidden, hidden: &[usize], n: usize, each: usize) -> BTreeMap<Sample, f64> {
    let (labels, q, w) = (instance.responses() as usize, instance.probability(), instance.weight());
    let mut all = BTreeMap::from([(Vec::new(), 1.0)]);
    for _ in 0..n {
        let mut next = BTreeMap::new();
        for (seen, probability) in all {
            let mut sentinel = seen.clone();
            sentinel.push((usize::MAX, Vec::new()));
            *next.entry(sentinel).or_insert(0.0) += probability * (1.0 - instance.mass());
            for (x, &label) in hidden.iter().enumerate() {
                for code in 0..labels.pow(each as u32) {
                    let responses: Vec<usize> = (0..each).map(|i| code / labels.pow(i as u32) % labels).collect();
                    let of = |y: &usize| if *y == label { q } else { 0.5 * q };
                    let chance: f64 = responses.iter().map(of).product();
                    let mut more = seen.clone();
                    more.push((x, responses.iter().map(|&y| (y, y == label)).collect()));
                    *next.entry(more).or_insert(0.0) += probability * w * chance;
                }
            }
        }
        all = next;
    }
    all
}

/// Oracle: the Bayes risk by enumeration of all hidden labels, all samples and, for each sample, the labels that have most of the posterior.
#[test]
fn the_floor_is_the_bayes_risk_of_tiny_instances() {
    for (prompts, labels, mass, n, each) in [
        (1, 3, 0.5, 1, 1),
        (1, 3, 0.7, 2, 2),
        (1, 4, 0.5, 3, 1),
        (2, 3, 0.6, 2, 1),
        (2, 3, 0.9, 1, 2),
        (1, 2, 0.4, 3, 1),
    ] {
        let instance = Hidden::new(prompts as f64, labels as f64, mass).unwrap();
        let labellings = (labels as usize).pow(prompts as u32);
        // For each sample and prompt the joint mass of each label.
        let mut joint: BTreeMap<_, Vec<Vec<f64>>> = BTreeMap::new();
        for code in 0..labellings {
            let hidden: Vec<usize> =
                (0..prompts).map(|x| code / (labels as usize).pow(x as u32) % labels as usize).collect();
            for (sample, probability) in observations(&instance, &hidden, n, each) {
                let masses = joint.entry(sample).or_insert_with(|| vec![vec![0.0; labels as usize]; prompts]);
                for (x, &label) in hidden.iter().enumerate() {
                    masses[x][label] += probability / labellings as f64;
                }
            }
        }
        let most = |masses: &Vec<f64>| masses.iter().copied().fold(0.0, f64::max);
        let right: f64 = joint.values().flatten().map(most).sum();
        let risk = mass * (1.0 - right / prompts as f64);
        let floor = bayes_floor(&instance, n as f64, each as f64).unwrap().value();
        assert!((floor - risk).abs() < 1e-13, "M {prompts}, K {labels}, n {n}, N {each}: {floor} {risk}");
    }
}

/// How a simulated learner guesses where the hidden label was not among its responses.
#[derive(Clone, Copy, PartialEq)]
enum Unseen {
    /// A label that it did not see, uniformly.
    Uniform,
    /// The label of the least index, seen or not: the ties of a learner that breaks them so.
    LeastIndex,
}

/// The mean failure share over runs of a learner, with its standard error; hidden labels uniform, or all of index 0.
fn simulated(instance: &Hidden, (n, each): (u64, u64), guess: Unseen, drawn: bool, rng: &mut impl Rng) -> (f64, f64) {
    let (prompts, labels) = (instance.prompts() as usize, instance.responses() as usize);
    let runs = 4000;
    let mut failures = Vec::new();
    for _ in 0..runs {
        let hidden: Vec<usize> = (0..prompts).map(|_| if drawn { rng.random_range(0..labels) } else { 0 }).collect();
        let mut seen = vec![vec![false; labels]; prompts];
        for _ in 0..n {
            if rng.random::<f64>() < instance.mass() {
                let x = rng.random_range(0..prompts);
                for _ in 0..each {
                    // One more cell for the hidden label.
                    let cell = rng.random_range(0..=labels);
                    seen[x][if cell == labels { hidden[x] } else { cell }] = true;
                }
            }
        }
        let fails = |x: &usize| {
            let guessed = match guess {
                _ if seen[*x][hidden[*x]] => hidden[*x],
                Unseen::LeastIndex => 0,
                Unseen::Uniform => {
                    let left: Vec<usize> = (0..labels).filter(|&y| !seen[*x][y]).collect();
                    left[rng.random_range(0..left.len())]
                }
            };
            guessed != hidden[*x]
        };
        let mut wrong = 0;
        let mut fails = fails;
        for x in 0..prompts {
            wrong += usize::from(fails(&x));
        }
        failures.push(instance.weight() * wrong as f64);
    }
    let mean = failures.iter().sum::<f64>() / runs as f64;
    let variance = failures.iter().map(|failure| (failure - mean).powi(2)).sum::<f64>() / (runs - 1) as f64;
    (mean, (variance / runs as f64).sqrt())
}

/// Oracle: the Bayes learner itself attains the floor; with 12 comparisons at 6 standard errors a false alarm comes once in 4·10⁷ seeds.
/// And the comparison can fail: hidden labels of index 0 with ties to the least index, a setting that tells the learner the answer, pass
/// below the floor, where drawn labels do not.
#[test]
fn the_bayes_learner_attains_it_and_a_labelling_that_ties_give_away_beats_it() {
    let mut rng = Seed::from_number(11).rng(Purpose::Laws, 0, 0);
    for (prompts, labels) in [(8.0, 7.0), (4.0, 20.0), (16.0, 9.0)] {
        let instance = Hidden::new(prompts, labels, 0.5).unwrap();
        for draws in [(4, 1), (12, 2), (40, 2), (30, 4)] {
            let floor = bayes_floor(&instance, draws.0 as f64, draws.1 as f64).unwrap().value();
            let (mean, error) = simulated(&instance, draws, Unseen::Uniform, true, &mut rng);
            assert!((mean - floor).abs() <= 6.0 * error, "{draws:?}: {mean} {floor} {error}");
            let (mean, error) = simulated(&instance, draws, Unseen::LeastIndex, true, &mut rng);
            assert!(mean >= floor - 6.0 * error, "{draws:?}: {mean} {floor} {error}");
            let (mean, error) = simulated(&instance, draws, Unseen::LeastIndex, false, &mut rng);
            assert!(mean < floor - 6.0 * error, "{draws:?}: {mean} {floor} {error}");
        }
    }
}

/// The algebra of S6: the loop of self-rewarding needs (2−q)/(2−2q) times the samples of the event "hidden label never drawn", and against
/// the floor the ratio tends to (3−9q/4)/(2−2q).
#[test]
fn what_the_loop_needs_beside_the_floor() {
    let instance = Hidden::new(8.0, 9.0, 0.5).unwrap();
    let (q, w) = (instance.probability(), instance.weight());
    let loop_rate = -(-2.0 * q * (1.0 - q) * w).ln_1p();
    let never = |n: f64| bayes_floor(&instance, n, 2.0).unwrap().intermediate("hidden_never_drawn").unwrap();
    let never_rate = -(never(1000.0) / never(0.0)).ln() / 1000.0;
    let ratio = never_rate / loop_rate;
    assert!((ratio - (2.0 - q) / (2.0 - 2.0 * q)).abs() < 0.03 * ratio, "{ratio}");
    let floor = |n: f64| bayes_share(&instance, n, 2.0).unwrap().ln();
    let ratio = (floor(9000.0) - floor(10000.0)) / 1000.0 / loop_rate;
    assert!((ratio - (3.0 - 2.25 * q) / (2.0 - 2.0 * q)).abs() < 0.03 * ratio, "{ratio}");
}
