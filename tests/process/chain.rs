//! The measured proof chain: by hand on two responses, by enumeration, against the quantities of `metrics::step`, and the claims
//! themselves on random steps of every character.

use crate::common::*;
use ndarray::Array1;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use selfreward::instance::random::{Character, Random};
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::chain::{self, ChainMetrics, QUANTITIES, Transition};
use selfreward::metrics::{Measurement, Reader, measure, policy as state, step as fast};
use selfreward::policy::Policy;
use selfreward::process::{Round, Square};
use selfreward::seed::Seed;
use selfreward::theory::one_step as theory;

const EPS: f64 = f64::EPSILON;
const DELTA: f64 = 0.3;
const CHARACTERS: [Character; 4] = [Character::Plain, Character::Sharp, Character::NearTie, Character::Weights];

/// A step from θ_t to θ_{t+1}.
struct Case {
    instance: Instance,
    before: Parameter,
    after: Parameter,
    beta: f64,
}

impl Case {
    fn policies(&self) -> (Policy, Policy) {
        (policy(&self.instance, &self.before), policy(&self.instance, &self.after))
    }

    fn chain(&self) -> ChainMetrics {
        let (old, new) = self.policies();
        let transition = Transition {
            weights: self.instance.weights(),
            before: (&self.before, &old),
            after: (&self.after, &new),
            beta: self.beta,
            delta: DELTA,
        };
        chain::measure(&transition).unwrap()
    }

    /// 1 + the largest |log-probability| on either side: log-probabilities are known to a few ε of this, probabilities to that
    /// relative precision.
    fn size(&self) -> f64 {
        let (old, new) = self.policies();
        let logs = |policy: &Policy| -> f64 {
            (0..policy.prompts())
                .flat_map(|x| (0..self.instance.features().responses(x)).map(move |y| (x, y)))
                .map(|(x, y)| policy.log_prob(x, y as u32).abs())
                .fold(0.0, f64::max)
        };
        1.0 + logs(&old).max(logs(&new))
    }
}

/// A random step: population, sampled, to anywhere, along θ_t, or hardly at all.
fn case(character: Character, number: u64) -> Case {
    let seed = Seed::from_number(number).child(&format!("{character:?}"), number);
    let mut rng = rng(number);
    let shape = Random {
        prompts: rng.random_range(1..=4),
        responses: rng.random_range(2..=5),
        dim: rng.random_range(1..=4),
        character,
    };
    let instance = shape.draw(&seed).unwrap();
    let before = instance.base().clone();
    let beta = 10f64.powf(rng.random_range(-1.3..0.5));
    let after = match number % 5 {
        0 => last(process(Square::population(), beta, 1, 1), &instance, seed),
        1 => last(process(Square::default(), beta, rng.random_range(1..20), 1), &instance, seed),
        2 => Parameter::Dense(direction(shape.dim, 10f64.powf(rng.random_range(-1.0..2.0)), &mut rng)),
        3 => before.scaled(rng.random_range(-2.0..2.0)),
        _ => {
            let nudge = direction(shape.dim, 1e-8 * before.norm(), &mut rng);
            Parameter::Dense(before.to_vector() + nudge)
        }
    };
    Case { instance, before, after, beta }
}

fn last(process: selfreward::process::Loop, instance: &Instance, seed: Seed) -> Parameter {
    let round: Round = process.on(instance).unwrap().start(seed).last().unwrap().unwrap();
    round.theta
}

fn direction(dim: usize, norm: f64, rng: &mut ChaCha8Rng) -> Array1<f64> {
    let vector = Array1::from(normals(dim, rng));
    let scale = norm / vector.dot(&vector).sqrt();
    vector * scale
}

fn modal(p: &[f64]) -> usize {
    (0..p.len()).fold(0, |best, y| if p[y] > p[best] { y } else { best })
}

fn read(chain: ChainMetrics) -> impl Fn(&str) -> f64 {
    let policy = measure_nothing();
    let measurement = Measurement { chain: Some(chain), ..policy };
    move |name| {
        let quantity = QUANTITIES.iter().find(|quantity| quantity.name == name).unwrap();
        let Reader::Scalar(read) = quantity.read else { panic!("{name} is one number") };
        read(&measurement).unwrap()
    }
}

fn measure_nothing() -> Measurement {
    let (instance, _) = tabular_and_dense(&[vec![0.0]], &[1.0]);
    let policy = policy(&instance, instance.base());
    let round = Round { t: 0, theta: instance.base().clone(), policy: policy.clone().into(), step: None };
    measure(&instance, &policy, &round, 1.0, &[0.5])
}

/// Oracle: by hand, for π_t = (3/4, 1/4), π_{t+1} = (1/3, 2/3), β = 2, so that Δ^{r_t} = log 3, Δ^{r̂} = −2 log 6. β > 1 lies
/// outside the tail lemma: its excess is 3e/8 > 1, at s = 1.
#[test]
fn two_responses_by_hand() {
    let ln = f64::ln;
    let (instance, _) = tabular_and_dense(&[vec![ln(3.0), 0.0]], &[1.0]);
    let (other, _) = tabular_and_dense(&[vec![0.0, ln(2.0)]], &[1.0]);
    let (before, after) = (instance.base().clone(), other.base().clone());
    let value = read(Case { instance, before, after, beta: 2.0 }.chain());
    let deviation = ln(3.0) + 2.0 * ln(6.0);
    let sharpened = 3f64.powf(1.5);
    for (name, expected) in [
        ("comparator_regret", 2.0 / 3.0),
        ("chain_gap", 2.0 / 3.0 * ln(3.0)),
        ("baseline_left", -5.0 / 12.0 * ln(3.0)),
        ("baseline_right", -5.0 / 12.0 * ln(3.0)),
        ("identity_residual", 0.0),
        ("objective_comparator", -2.0 * ln(3.0)),
        ("objective_policy", 0.0),
        ("deviation_comparator", deviation / 4.0),
        ("deviation_policy", 7.0 / 12.0 * deviation),
        ("kl_comparator", ln(4.0 / 3.0)),
        ("kl_policy", ln(4.0 / 9.0) / 3.0 + 2.0 / 3.0 * ln(8.0 / 3.0)),
        ("second_moment", 3.0 / 8.0 * deviation.powi(2)),
        ("chain_concentrability", 52.0 / 27.0),
        ("chain_comparator_concentrability", 4.0 / 3.0),
        ("optimal_concentrability", (4.0 / 3.0 * sharpened.powi(2) + 4.0) / (1.0 + sharpened).powi(2)),
        ("nesting", 0.0),
        ("parameter_distance", ln(3.0).hypot(ln(2.0))),
        ("log_ratio_distance", ln(8.0 / 3.0)),
        ("tail_mean", 0.75 * (9.0f64 / 4.0).powi(2) + 0.25 * (3.0f64 / 8.0).powi(2)),
        ("fourth_moment", 3.0 / 8.0 * (2.0 * ln(6.0)).powi(4)),
        ("tail_excess", 3.0 / 8.0 * 1f64.exp()),
    ] {
        let measured = value(name);
        assert!((measured - expected).abs() <= 16.0 * EPS * (1.0 + expected.abs()), "{name}: {measured}, {expected}");
    }
    assert_eq!(QUANTITIES.len(), 21);
}

/// Oracle: the formulas of the theory over textbook softmax probabilities, prompt by prompt, with β ≤ 1 so that logarithms of
/// probabilities of order 1e-8 and above are all there is. Terms of order 10 in sums of at most 100: 1e-12.
#[test]
fn quantities_equal_an_enumeration() {
    for number in 0..200 {
        let case = Case { beta: 0.7, ..case(Character::Plain, 5 * number + 2 + number % 3) };
        let (old, new) = case.policies();
        let (p, q) = (probabilities(&old), probabilities(&new));
        let value = read(case.chain());
        let mut sums = std::collections::BTreeMap::<&str, f64>::new();
        for (x, weight) in case.instance.weights().iter().enumerate() {
            let (p, q) = (&p[x], &q[x]);
            let star = modal(p);
            let mut add = |name, value: f64| *sums.entry(name).or_insert(0.0) += weight * value;
            let reward = |y: usize| p[y].ln();
            let implicit = |y: usize| case.beta * (q[y] / p[y]).ln();
            let powers: Vec<f64> = p.iter().map(|p| p.powf(1.0 + 1.0 / case.beta)).collect();
            let total: f64 = powers.iter().sum();
            add("comparator_regret", 1.0 - q[star]);
            add("chain_gap", reward(star));
            add("kl_comparator", -p[star].ln());
            add("objective_comparator", implicit(star) - case.beta * -p[star].ln());
            add("chain_comparator_concentrability", 1.0 / p[star]);
            for y in 0..p.len() {
                add("chain_gap", -q[y] * reward(y));
                add("baseline_left", (q[y] - p[y]) * reward(y));
                add("objective_policy", q[y] * implicit(y) - case.beta * q[y] * (q[y] / p[y]).ln());
                add("kl_policy", q[y] * (q[y] / p[y]).ln());
                add("chain_concentrability", q[y].powi(2) / p[y]);
                add("optimal_concentrability", (powers[y] / total).powi(2) / p[y]);
                add("tail_mean", p[y] * (p[y] / q[y]).powf(case.beta));
                let residual = |z: usize| ((reward(y) - reward(z)) - (implicit(y) - implicit(z))).abs();
                add("deviation_comparator", p[y] * residual(star));
                for z in 0..p.len() {
                    add("baseline_right", q[y] * p[z] * (reward(y) - reward(z)));
                    add("deviation_policy", q[y] * p[z] * residual(z));
                    add("second_moment", p[y] * p[z] * residual(z).powi(2));
                    add("fourth_moment", p[y] * p[z] * (implicit(y) - implicit(z)).powi(4));
                }
            }
        }
        for (name, expected) in &sums {
            let measured = value(name);
            let scale = 1.0 + expected.abs() + case.size();
            assert!((measured - expected).abs() <= 1e-12 * scale, "{number}: {name}: {measured}, {expected}");
        }
        assert_eq!(sums.len(), 16);
        // The others are suprema and events.
        let mut excess = 0.0;
        for s in [0.0, 1.0, 2.0, 4.0, 8.0] {
            let threshold = (2.0 * sums["tail_mean"]).ln() + s;
            let mut probability = 0.0;
            for (x, weight) in case.instance.weights().iter().enumerate() {
                for (y, z) in (0..p[x].len()).flat_map(|y| (0..p[x].len()).map(move |z| (y, z))) {
                    let log = |y: usize| case.beta * (q[x][y] / p[x][y]).ln();
                    let over = (log(y) - log(z)).abs() > threshold;
                    probability += if over { weight * p[x][y] * p[x][z] } else { 0.0 };
                }
            }
            excess = f64::max(excess, probability * f64::exp(s));
        }
        assert!((value("tail_excess") - excess).abs() <= 1e-12, "{number}: {} {excess}", value("tail_excess"));
        let ratio = |x: usize| p[x].iter().zip(&q[x]).map(|(p, q)| (q / p).ln().abs()).fold(0.0, f64::max);
        let ratios = (0..p.len()).map(ratio).fold(0.0, f64::max);
        assert!((value("log_ratio_distance") - ratios).abs() <= 1e-12 * case.size());
        let moved = &case.after.to_vector() - &case.before.to_vector();
        assert!((value("parameter_distance") - moved.dot(&moved).sqrt()).abs() <= 1e-14 * (1.0 + moved.dot(&moved)));
    }
}

/// Oracle: `metrics`, which goes another way (gaps to the mode, a variance). With L the size of the log-probabilities, masses
/// are known to cεL relatively and differences of log-probabilities to cεL absolutely; where a sum of masses underflows, to 1e-300.
#[test]
fn chain_and_fast_quantities_agree() {
    for character in CHARACTERS {
        for number in 0..500 {
            let case = case(character, number);
            let (old, new) = case.policies();
            let (weights, unit) = (case.instance.weights(), 16.0 * EPS * case.size());
            let chain = case.chain();
            let close = |name: &str, a: f64, b: f64, tolerance: f64| {
                assert!((a - b).abs() <= tolerance + 1e-300 || a == b, "{character:?} {number}: {name}: {a}, {b}");
            };
            let gap = fast::gap(weights, &old, &new);
            close("gap", chain.chain_gap, gap, unit * (gap + chain.comparator_regret));
            let concentrability = fast::concentrability(weights, &old, &new);
            close("concentrability", chain.chain_concentrability, concentrability, unit * concentrability);
            let kappa = state::kappa(weights, &old);
            close("kappa", chain.chain_comparator_concentrability, kappa, unit * kappa);
            let kl = state::kl(weights, &old);
            close("kl", chain.kl_comparator, kl, 16.0 * EPS * kl);
            let doubt = 1.0 - chain.comparator_regret;
            let prob: f64 = (0..old.prompts()).map(|x| weights[x] * new.prob(x, old.head(x).modal)).sum();
            close("regret", doubt, prob, unit);
            // Pairs of different responses, each off by e: E|d² − d'²| ≤ 2e √(S Q) + e² Q.
            let loss = fast::population_loss(weights, &old, &new, case.beta);
            let distinct: f64 = (0..old.prompts()).map(|x| weights[x] * 2.0 * old.head(x).doubt()).sum();
            let error = unit * (1.0 + 2.0 * case.beta);
            let tolerance = unit * loss + 2.0 * error * (loss * distinct).sqrt() + error.powi(2) * distinct;
            close("loss", chain.second_moment, loss, tolerance);
        }
    }
}

/// C1–C9, C16 (linear form), C24 and C28 on four thousand random steps, and how tight each gets: an inequality that is never
/// within a factor of two of equality would not notice a factor of two.
#[test]
fn the_chain_holds() {
    let mut tight = std::collections::BTreeMap::<&str, f64>::new();
    for character in CHARACTERS {
        for number in 0..1000 {
            let case = case(character, number);
            let (old, new) = case.policies();
            let (weights, beta) = (case.instance.weights(), case.beta);
            let c = case.chain();
            // As in the test above; sums over at most 25 pairs add to the constant.
            let unit = 64.0 * EPS * case.size();
            let mut at_most = |name: &'static str, small: f64, large: f64, slack: f64| {
                assert!(small <= large + slack + 1e-300, "{character:?} {number}: {name}: {small} > {large}");
                if small > 1e6 * slack && large > 0.0 {
                    let best = tight.entry(name).or_insert(0.0);
                    *best = best.max(small / large);
                }
            };
            let gamma = state::margin(weights, &old);
            if gamma.is_finite() && gamma > 0.0 {
                at_most("C1", gamma * c.comparator_regret, c.chain_gap, unit * (c.comparator_regret + c.chain_gap));
            }
            let baseline = (c.baseline_left - c.baseline_right).abs();
            assert!(baseline <= unit, "{character:?} {number}: C2: {} {}", c.baseline_left, c.baseline_right);
            assert!(c.identity_residual <= 8.0 * EPS, "{character:?} {number}: C3: {}", c.identity_residual);
            assert!(c.objective_policy.abs() <= unit * beta, "{character:?} {number}: C4: {}", c.objective_policy);
            assert!(c.objective_comparator <= unit * beta, "{character:?} {number}: C4: {}", c.objective_comparator);
            let right = c.deviation_comparator + c.deviation_policy + beta * (c.kl_comparator - c.kl_policy);
            at_most("C5", c.chain_gap, right, unit * (1.0 + beta));
            let kappa = c.chain_comparator_concentrability;
            let epsilon = c.second_moment.sqrt();
            let comparator = kappa.sqrt() * epsilon;
            at_most("C6, comparator", c.deviation_comparator, comparator, unit * comparator);
            let learned = c.chain_concentrability.sqrt() * epsilon;
            at_most("C6, policy", c.deviation_policy, learned, unit * learned);
            let failure = state::comparator_failure(weights, &old, &new, DELTA);
            let sum = comparator + learned + beta * c.kl_comparator;
            at_most("C7", gamma.min(f64::MAX) * DELTA * failure, sum, unit * sum);
            at_most("C8", c.optimal_concentrability, kappa, 256.0 * EPS * kappa);
            assert_eq!(c.nesting, 0.0, "{character:?} {number}: C9");
            let norms = case.before.norm() + case.after.norm();
            at_most("C24", c.log_ratio_distance, 2.0 * c.parameter_distance, 64.0 * EPS * norms + unit);
            if gamma.is_finite() && gamma > 0.0 {
                let mu = state::min_confidence(weights, &new);
                let relaxed = 1.0 + sum / gamma / mu;
                at_most("C16", state::kappa(weights, &new), relaxed.min(1.0 / mu), unit * relaxed.min(1.0 / mu));
            }
            if beta <= 1.0 && c.tail_mean.is_finite() {
                at_most("C28, tail", c.tail_excess, 1.0, unit);
                let bound = theory::fourth_moment(c.tail_mean.max(1.0)).unwrap().value();
                at_most("C28, moment", c.fourth_moment, bound, unit * bound);
            }
        }
    }
    // Equality is attained: C1 and C6 by two responses, C8 as β → 0, C16 by the least confident prompt of equal ones.
    for name in ["C1", "C5", "C6, comparator", "C6, policy", "C7", "C8", "C16", "C24", "C28, tail"] {
        assert!(tight[name] > 0.5, "{name}: {tight:?}");
    }
}

/// Oracle: the same rows written out response by response; y*_t lies among the lumped ones at the second prompt.
#[test]
fn lumped_and_written_out_rows_agree() {
    let atom = |response, logit| Atom { response, logit };
    let mut lumped = [LogitTable::default(), LogitTable::default()];
    lumped[0].push([atom(1, 1.7), atom(3, -0.4)], 0.2, 4);
    lumped[1].push([atom(1, 0.3), atom(2, 0.9)], 0.1, 4);
    lumped[0].push([atom(0, -1.0)], 0.5, 3);
    lumped[1].push([atom(0, 2.0), atom(3, 0.1)], 0.0, 2);
    let written = lumped.clone().map(|table| {
        let mut dense = LogitTable::default();
        for row in table.rows() {
            dense.push_dense(&(0..row.responses() as u32).map(|y| row.logit(y)).collect::<Vec<_>>());
        }
        dense
    });
    let chain = |[before, after]: [LogitTable; 2]| {
        let (before, after) = (Parameter::tabular(before), Parameter::tabular(after));
        let features = FeatureMap::one_hot(vec![6, 4]);
        let instance = Instance::new(vec![0.3, 0.7], features, before.clone(), None).unwrap();
        read(Case { instance, before, after, beta: 0.6 }.chain())
    };
    let (short, long) = (chain(lumped), chain(written));
    for quantity in QUANTITIES {
        let (a, b) = (short(quantity.name), long(quantity.name));
        assert!((a - b).abs() <= 32.0 * EPS * (1.0 + b.abs()), "{}: {a}, {b}", quantity.name);
    }
    assert!(short("comparator_regret") > 0.5);
}

/// Prompts of weight zero and of one response add nothing; too many pairs are refused by their number.
#[test]
fn edges() {
    let (instance, _) = tabular_and_dense(&[vec![1.0, 0.0], vec![9.0], vec![300.0, 0.0, 1.0]], &[0.5, 0.5, 0.0]);
    let (alone, _) = tabular_and_dense(&[vec![1.0, 0.0]], &[1.0]);
    let double = |instance: Instance| {
        let (before, after) = (instance.base().clone(), instance.base().scaled(2.0));
        Case { instance, before, after, beta: 1.0 }.chain()
    };
    let (three, one) = (double(instance), double(alone));
    assert_eq!(three.second_moment, one.second_moment / 2.0);
    assert_eq!(three.chain_gap, one.chain_gap / 2.0);
    assert_eq!(three.log_ratio_distance, one.log_ratio_distance);
    let mut table = LogitTable::default();
    table.push_dense(&vec![0.0; 40_000]);
    let policy = Policy::from_logits(table.into());
    let message = chain::check(&policy).unwrap_err().to_string();
    assert!(message.contains("1.6e9 pairs") && message.contains("1e9"), "{message}");
}
