//! The bootstrap over replicates.

use approx::assert_relative_eq;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use selfreward::seed::Seed;
use selfreward::stats::{Estimate, bootstrap, lower_tail, upper_tail};

fn normals(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| StandardNormal.sample(rng)).collect()
}

fn mean(values: &[f64], list: &[usize]) -> f64 {
    list.iter().map(|&index| values[index]).sum::<f64>() / list.len() as f64
}

/// Given the data, the mean of a resample has variance s²(R−1)/R², s² with R − 1; the difference of two groups' means has the
/// sum of two such variances. The standard deviation of B = 20 000 nearly normal resamples has relative error 1/√(2B) = 0.005:
/// six of them are 0.03, a false alarm of 2e-9.
#[test]
fn the_error_of_a_mean_is_known() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (first, second) = (normals(50, &mut rng), normals(30, &mut rng));
    let variance = |values: &[f64]| {
        let count = values.len() as f64;
        let centre = values.iter().sum::<f64>() / count;
        values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / count.powi(2)
    };
    let statistic = |lists: &[Vec<usize>]| Some(mean(&first, &lists[0]) - mean(&second, &lists[1]));
    let estimate = bootstrap(&[50, 30], 20_000, 0.95, &Seed::from_number(1), statistic).unwrap();
    let error = (variance(&first) + variance(&second)).sqrt();
    assert_relative_eq!(estimate.error, error, max_relative = 0.03);
    let value = first.iter().sum::<f64>() / 50.0 - second.iter().sum::<f64>() / 30.0;
    assert_relative_eq!(estimate.value, value, max_relative = 1e-12);
    // The percentiles of a nearly normal statistic: 1.96 errors. Each has standard deviation 2.67·error/√B = 0.019 errors.
    assert_relative_eq!(estimate.lo, value - 1.96 * error, epsilon = 0.15 * error);
    assert_relative_eq!(estimate.hi, value + 1.96 * error, epsilon = 0.15 * error);
    let (low, high) = estimate.beyond(3.0);
    assert_relative_eq!(low, value - 3.0 * estimate.error, max_relative = 1e-12);
    assert_relative_eq!(high, value + 3.0 * estimate.error, max_relative = 1e-12);
    assert_eq!(estimate.undefined, 0);
}

/// The percentile interval of a mean of R = 40 normals is close to mean ± 1.94 s√(R−1)/R: with 999 resamples the end stands
/// at probability (0.025·998 + 1)/1000, and P[|t_39| ≤ 1.943 √(39/40)] = 0.938. The count of 2000 coverages must be one that
/// probabilities of 0.93 to 0.945 give: a false alarm of 2e-8 at most.
#[test]
fn the_interval_covers_at_its_level() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let root = Seed::from_number(2);
    let trials = 2000;
    let covered = (0..trials)
        .filter(|&trial| {
            let values = normals(40, &mut rng);
            let statistic = |lists: &[Vec<usize>]| Some(mean(&values, &lists[0]));
            let estimate = bootstrap(&[40], 999, 0.95, &root.child("trial", trial), statistic).unwrap();
            estimate.lo <= 0.0 && 0.0 <= estimate.hi
        })
        .count() as u64;
    let (low, high) = (lower_tail(covered, trials, 0.93).unwrap(), upper_tail(covered, trials, 0.945).unwrap());
    assert!(low > 1e-8 && high > 1e-8, "{covered} of {trials}");
}

/// Bits do not depend on threads, and a group's draws not on the groups beside it. (Fewer resamples would all be done by the
/// first thread before the others wake.)
#[test]
fn bits_depend_on_the_seed_alone() {
    let values = normals(25, &mut ChaCha8Rng::seed_from_u64(7));
    let seed = Seed::from_number(3);
    let run = |sizes: &[usize], threads: usize, seed: &Seed| -> Estimate {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bootstrap(sizes, 50_000, 0.9, seed, |lists| Some(mean(&values, &lists[0]).exp())).unwrap())
    };
    let one = run(&[25], 1, &seed);
    assert_eq!(one, run(&[25], 4, &seed));
    assert_eq!(one, run(&[25, 8], 4, &seed));
    assert_ne!(one, run(&[25], 1, &Seed::from_number(4)));
}

/// Every group's list has its length and its indices. A given replicate of R = 5 is missed with probability (4/5)^5, and
/// independently in two groups: of 20 000 resamples the undefined ones are within six standard deviations, a false alarm of 2e-9.
#[test]
fn undefined_resamples_are_counted() {
    let (resamples, missed) = (20_000, 0.8f64.powi(5).powi(2));
    let statistic = |lists: &[Vec<usize>]| {
        assert!(lists.len() == 2 && lists.iter().all(|list| list.len() == 5 && list.iter().all(|&index| index < 5)));
        let found = lists.iter().any(|list| list.contains(&0));
        found.then(|| lists[0].iter().sum::<usize>() as f64)
    };
    let estimate = bootstrap(&[5, 5], resamples, 0.95, &Seed::from_number(5), statistic).unwrap();
    let expected = missed * resamples as f64;
    let deviation = (expected * (1.0 - missed)).sqrt();
    assert!((estimate.undefined as f64 - expected).abs() < 6.0 * deviation, "{}", estimate.undefined);
    assert_eq!(estimate.value, 10.0);
}

#[test]
fn wrong_arguments_are_named() {
    let seed = Seed::from_number(1);
    let one = |_: &[Vec<usize>]| Some(1.0);
    let only_data = |lists: &[Vec<usize>]| lists[0].iter().enumerate().all(|(i, &j)| i == j).then_some(1.0);
    for (result, start) in [
        (bootstrap(&[], 100, 0.9, &seed, one), "sizes = 0 groups"),
        (bootstrap(&[3, 0], 100, 0.9, &seed, one), "sizes = 0"),
        (bootstrap(&[3], 1, 0.9, &seed, one), "resamples = 1"),
        (bootstrap(&[3], 100, 0.0, &seed, one), "level = 0"),
        (bootstrap(&[3], 100, 0.9, &seed, |_| None), "statistic = undefined"),
        (bootstrap(&[3], 100, 0.9, &seed, |_| Some(f64::NAN)), "statistic = undefined"),
        (bootstrap(&[40], 100, 0.9, &seed, only_data), "statistic = defined on 0 of 100"),
    ] {
        let message = result.unwrap_err().to_string();
        assert!(message.starts_with(start), "{message}");
    }
}
