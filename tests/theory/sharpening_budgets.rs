//! Budgets and finite classes of the sharpening mechanism (claims S3, S4, S5b, S7, S9): against sums written out, searches and other code.

use selfreward::logits::LogitTable;
use selfreward::papers::huang2024::theory::budget::{self, Budget};
use selfreward::papers::huang2024::theory::floor::bayes_share;
use selfreward::papers::huang2024::theory::hidden::Hidden;
use selfreward::papers::huang2024::theory::offline::{Offline, offline_sharpening, tail_as_printed};
use selfreward::papers::huang2024::theory::resampling::prompt_failure;
use selfreward::papers::huang2024::theory::sft::{Tuning, first_term, hellinger, sft};
use selfreward::process::law::{Distribution, adaptive};

use crate::support::assert_refuses;

/// The law of a binomial count, trial by trial.
fn binomial(trials: usize, p: f64) -> Vec<f64> {
    let mut law = vec![1.0];
    for _ in 0..trials {
        let mut next = vec![0.0; law.len() + 1];
        for (count, mass) in law.iter().enumerate() {
            next[count] += mass * (1.0 - p);
            next[count + 1] += mass * p;
        }
        law = next;
    }
    law
}

/// Oracle: both laws built trial by trial, and the test on counts as S3 has it.
#[test]
fn a_resampled_prompt_fails_as_counts_do() {
    for (n, weight) in [(1, 0.3), (5, 1.0), (40, 0.02), (200, 0.1), (300, 0.9)] {
        let picks = binomial(n, weight);
        for hit in [0.0, 0.2, 0.5, 0.777, 0.99, 1.0] {
            for delta in [0.1, 0.3, 0.5, 0.9] {
                for unseen in [false, true] {
                    let fails = |k: usize| match k {
                        0 => f64::from(u8::from(unseen)),
                        k => {
                            let hits = binomial(k, hit);
                            (0..=k).filter(|&j| j as f64 <= (1.0 - delta) * k as f64 + 1e-9).map(|j| hits[j]).sum()
                        }
                    };
                    let known: f64 = picks.iter().enumerate().map(|(k, mass)| mass * fails(k)).sum();
                    let own = prompt_failure(n as f64, weight, hit, unseen, delta).unwrap();
                    assert!((own - known).abs() < 1e-12, "n {n}, w {weight}, a {hit}, δ {delta}: {own} {known}");
                }
            }
        }
    }
    // Many picks of a mode that comes up less often than not, and more often.
    assert!(prompt_failure(1e6, 0.5, 0.45, true, 0.5).unwrap() > 1.0 - 1e-9);
    assert!(prompt_failure(1e6, 0.5, 0.55, true, 0.5).unwrap() < 1e-9);
    assert_refuses(prompt_failure(0.0, 0.5, 0.5, true, 0.5), "n");
    assert_refuses(prompt_failure(1.0, 0.5, 1.5, true, 0.5), "hit");
}

/// Oracle: the simulator's laws of the stopping rule, of the whole row of labels.
#[test]
fn the_stopping_rule_on_hidden_labels() {
    for labels in [2u32, 3, 9, 11, 60] {
        let instance = Hidden::new(4.0, f64::from(labels), 0.5).unwrap();
        let mut table = LogitTable::default();
        table.push_dense(&[0.0]);
        let row: Vec<f64> = (0..labels).map(|y| if y == 1 { 2f64.ln() } else { 0.0 }).collect();
        table.push_dense(&row);
        for mu in [0.3, 1.0, 1.7, 4.0, 9.5] {
            let own = instance.stopped(mu).unwrap();
            let [sentinel, prompt] = [0, 1].map(|x| {
                let draws = Distribution::new(table.row(x));
                adaptive(draws, draws, mu).unwrap()
            });
            assert!((own.hit - prompt.law.log_prob(1).exp()).abs() < 1e-12, "K {labels}, μ {mu}: {own:?}");
            assert!((own.draws / prompt.mean_draws - 1.0).abs() < 1e-12, "K {labels}, μ {mu}: {own:?}");
            assert_eq!(own.sentinel, sentinel.mean_draws);
        }
    }
}

/// Oracle: the least squared Hellinger distance over all pairs of laws on two points that the proof allows, by a grid.
#[test]
fn the_hellinger_distance_is_the_least_of_what_is_allowed() {
    for (delta, eta) in [(0.5, 0.1), (0.3, 0.01), (0.9, 0.45), (0.05, 0.049)] {
        let mut least = f64::INFINITY;
        for i in 0..=200 {
            for j in 0..=200 {
                let (learned, target): (f64, f64) =
                    ((1.0 - delta) * f64::from(i) / 200.0, 1.0 - eta * f64::from(j) / 200.0);
                let distance =
                    (learned.sqrt() - target.sqrt()).powi(2) + ((1.0 - learned).sqrt() - (1.0 - target).sqrt()).powi(2);
                least = least.min(distance);
            }
        }
        assert!((hellinger(delta, eta) - least).abs() < 1e-12, "{delta} {eta}");
        let as_stated = 2.0 - 2.0 * ((delta * eta).sqrt() + ((1.0 - delta) * (1.0 - eta)).sqrt());
        assert!((hellinger(delta, eta) - as_stated).abs() < 1e-14);
    }
}

fn round() -> Tuning {
    let (modes, weights) = (vec![0.2, 0.05, 1.0, 0.4], vec![0.3, 0.2, 0.4, 0.1]);
    Tuning { log_class: 35.2, n: 800.0, best_of: 20.0, rho: 0.1, delta: 0.5, modes, weights }
}

/// Oracle: a fine grid of η, which nowhere gives less than the best one.
#[test]
fn the_best_eta_is_the_best_of_a_grid() {
    for best_of in [1.0, 5.0, 20.0, 60.0, 400.0] {
        for n in [50.0, 800.0, 1e6] {
            let round = Tuning { n, best_of, ..round() };
            let best = sft(&round, None).unwrap();
            let grid = (1..20000).map(|i| 10f64.powf(-12.0 + 12.0 * f64::from(i) / 20000.0)).filter(|eta| *eta < 0.5);
            let least = grid.map(|eta| sft(&round, Some(eta)).unwrap().value()).fold(f64::INFINITY, f64::min);
            // The grid passes each jump within one step of 0.14%.
            assert!(
                best.value() <= least * (1.0 + 1e-12) && least <= 1.02 * best.value(),
                "N {best_of}, n {n}: {least}"
            );
        }
    }
    // By hand: all four groups' misses at N = 20 are 0.8^20, 0.95^20, 0, 0.6^20; at η = 0.1 the second is beyond it.
    let fixed = sft(&round(), Some(0.1)).unwrap();
    assert_eq!(fixed.intermediate("tail_share"), Some(0.2));
    let first = 2.0 * (35.2 + 10f64.ln()) / (800.0 * (2.0 - 2.0 * (0.05f64.sqrt() + 0.45f64.sqrt())));
    assert!((fixed.value() - first - 0.2).abs() < 1e-13);
    assert_refuses(sft(&round(), Some(0.6)), "eta");
    assert_refuses(sft(&Tuning { weights: vec![0.5, 0.5], ..round() }, None), "weights");
    assert_refuses(sft(&Tuning { weights: vec![0.3, 0.2, 0.4, 0.2], ..round() }, None), "weights");
    assert_refuses(sft(&Tuning { modes: vec![0.2, 0.0, 1.0, 0.4], ..round() }, None), "modes");
    assert_refuses(first_term(1.0, 10.0, 0.1, 0.5, 0.5), "eta");
}

/// Oracle: a fine grid of η, and the formulas written out once more.
#[test]
fn offline_sharpening_at_its_best_eta() {
    for (c_loss, n, log_class) in [(1.0f64, 3.0, 0.7f64), (4.0, 1e6, 3.0), (1.3, 1e9, 1.0), (50.0, 1e12, 40.0)] {
        let of = Offline { kappa0: 1.5, c_conc: 3.0, c_loss, log_class, n, rho: 0.1, beta: 0.05 };
        let bound = offline_sharpening(&of, 0.5, 0.4).unwrap();
        let k = (2.0 * c_loss).ln();
        let fourth = k.powi(4) + 4.0 * k.powi(3) + 12.0 * k * k + 24.0 * k + 24.0;
        let at = |eta: f64| {
            let loss = 4.0 * eta * eta * (log_class + 10f64.ln()) / n
                + 4.0 * ((4.0 * c_loss / eta.exp()).min(1.0) * fourth).sqrt();
            ((1.5f64.sqrt() + 3f64.sqrt()) * loss.sqrt() + 0.05 * 1.5f64.ln()) / (0.4 * 1.5f64.ln())
        };
        let least = (0..100_000).map(|i| at(f64::from(i) * 1e-3)).fold(f64::INFINITY, f64::min);
        assert!(
            bound.value() <= least * (1.0 + 1e-12) && least < bound.value() * (1.0 + 1e-5),
            "{} {least}",
            bound.value()
        );
        let regret = bound.intermediate("regret").unwrap();
        assert!((regret / (0.4 * 1.5f64.ln()) / bound.value() - 1.0).abs() < 1e-14);
    }
    let of = Offline { kappa0: 1.5, c_conc: 3.0, c_loss: 4.0, log_class: 3.0, n: 1e6, rho: 0.1, beta: 0.05 };
    assert_refuses(offline_sharpening(&Offline { beta: 1.5, ..of }, 0.5, 0.5), "beta");
    assert_refuses(offline_sharpening(&Offline { c_loss: 0.5, ..of }, 0.5, 0.5), "c_loss");
    assert_refuses(offline_sharpening(&of, 0.0, 0.5), "margin");
    assert!((tail_as_printed(1.98, 2.0).unwrap() - (3.96f64 - 2f64.exp()).exp()).abs() < 1e-15);
    assert_eq!(tail_as_printed(5.0, 1.0).unwrap(), 1.0);
}

/// Oracle: all n from 1 on, all N, all A, one by one.
#[test]
fn budgets_are_the_least_of_all() {
    let instance = Hidden::new(4.0, 5.0, 0.4).unwrap();
    let epsilon = 0.1;
    let least = |settings: u32, share: &dyn Fn(f64, f64) -> f64, cost: &dyn Fn(f64) -> f64| -> f64 {
        let mut best = f64::INFINITY;
        for setting in 1..=settings {
            let setting = f64::from(setting);
            let n = (1..600).map(f64::from).find(|&n| instance.mass() * share(n, setting) <= epsilon);
            best = n.map_or(best, |n| best.min(n * cost(setting)));
        }
        best
    };
    let is = |budget: Budget, known: f64| assert!((budget.draws / known - 1.0).abs() < 1e-12, "{budget:?} {known}");
    let floor = |n: f64, each: f64| bayes_share(&instance, n, each).unwrap();
    is(budget::bayes(&instance, epsilon).unwrap(), least(8, &floor, &|each| each));
    let failure = |n: f64, hit: f64| prompt_failure(n, instance.weight(), hit, true, 0.5).unwrap();
    let fixed = |n: f64, each: f64| failure(n, instance.best_of(each).unwrap());
    is(budget::fixed(&instance, epsilon).unwrap(), least(20, &fixed, &|each| each));
    // μ just below A q/2 and just above (A−1) q/2: the cheaper of the two.
    let half = 0.5 * instance.probability();
    let mus = |last: f64| [(last - 1.0) * half + 1e-6, last * half - 1e-6];
    let cost = |mu: f64| {
        let stopped = instance.stopped(mu).unwrap();
        0.6 * stopped.sentinel + 0.4 * stopped.draws
    };
    let adaptive = |n: f64, last: f64| failure(n, instance.stopped(mus(last)[0]).unwrap().hit);
    is(
        budget::adaptive(&instance, epsilon).unwrap(),
        least(100, &adaptive, &|last| mus(last).map(cost).into_iter().fold(f64::INFINITY, f64::min)),
    );
    let q = instance.probability();
    let pairs = |n: f64, _: f64| (1.0 - 2.0 * q * (1.0 - q) * instance.weight()).powf(n);
    is(budget::self_rewarding(&instance, epsilon).unwrap(), least(1, &pairs, &|_| 2.0));
    assert_refuses(budget::fixed(&instance, 0.3), "epsilon");
}
