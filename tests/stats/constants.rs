//! The caps of the statistics, and the range in which a floor is looked for, each tried on both sides.

use selfreward::seed::Seed;
use selfreward::stats::{Law, Measured, bootstrap, clopper_pearson, compare_decays, lower_tail, upper_tail};

/// "`trials` outside 1 to 10^12" is refused.
#[test]
fn trials_are_from_one_to_a_million_millions() {
    let most = 1_000_000_000_000;
    assert_eq!(upper_tail(0, most, 0.5).unwrap(), 1.0);
    assert_eq!(clopper_pearson(0, most, 0.95).unwrap().0, 0.0);
    for trials in [0, most + 1] {
        assert!(upper_tail(0, trials, 0.5).is_err() && lower_tail(0, trials, 0.5).is_err());
        assert!(clopper_pearson(0, trials, 0.95).is_err());
    }
}

/// "more than 2^24 groups or 2^36 resamples", or fewer than 2, are refused before anything is drawn.
#[test]
fn groups_and_resamples_are_limited() {
    let seed = Seed::from_number(1);
    let first = |lists: &[Vec<usize>]| Some(lists[0][0] as f64);
    let resamples = |count: usize| bootstrap(&[3], count, 0.95, &seed, first).is_ok();
    assert_eq!([0, 1, 2, 1 << 36].map(resamples), [false, false, true, false]);
    assert!(bootstrap(&vec![1; 1 << 24], 2, 0.95, &seed, first).is_err());
    assert!(bootstrap(&[], 2, 0.95, &seed, first).is_err());
}

/// The law with a floor, fitted to y = `floor` + `rest`·e^{−rate (t−1)} without errors.
fn to_floor(floor: f64, rest: f64, rate: f64) -> (f64, f64) {
    let point = |t: i32| {
        let x = f64::from(t);
        Measured { x, mean: floor + rest * (-rate * (x - 1.0)).exp(), error: 0.0 }
    };
    let points: Vec<Measured> = (1..=12).map(point).collect();
    let fits = compare_decays(&points, 0.01).unwrap();
    let fit = fits.iter().find(|fit| fit.law == Law::ExponentialToFloor).unwrap();
    (fit.floor, fit.rate)
}

/// A floor is looked for from a thousandth of the least value on: one of a five-hundredth is found, one of a five-thousandth is taken
/// for none, or for the smallest that there may be. Oracle: the law that the points lie on.
#[test]
fn floors_are_looked_for_down_to_a_thousandth_of_the_least_value() {
    let least = (-0.4f64 * 11.0).exp();
    let (floor, rate) = to_floor(least / 500.0, 1.0, 0.4);
    assert!((floor / (least / 500.0) - 1.0).abs() < 1e-2 && (rate / 0.4 - 1.0).abs() < 1e-4, "{floor} {rate}");
    let (floor, _) = to_floor(least / 5000.0, 1.0, 0.4);
    assert!(floor == 0.0 || floor > 0.9e-3 * least, "{}", floor / least);
}

/// And a decay down to a thousandth of the floor: one by 1/500 is found, of one by 1/5000 no more than its presence.
#[test]
fn decays_are_looked_for_down_to_a_thousandth_of_the_floor() {
    let (floor, rate) = to_floor(1.0, 1.0 / 500.0, 0.4);
    assert!((floor - 1.0).abs() < 1e-6 && (rate / 0.4 - 1.0).abs() < 1e-3, "{floor} {rate}");
    let (_, rate) = to_floor(1.0, 1.0 / 5000.0, 0.4);
    assert!((rate / 0.4 - 1.0).abs() > 0.05, "{rate}");
}

/// Rates are looked for from a decay by 1% over the whole range on, which here is 11 long: one by 1.5% is found, one by 0.5% is a
/// straight line.
#[test]
fn rates_are_looked_for_from_one_percent_of_decay_on() {
    for rate in [0.015 / 11.0, 0.01, 1.0, 20.0] {
        let (_, found) = to_floor(0.5, 0.5, rate);
        assert!((found / rate - 1.0).abs() < 0.02, "{rate}: {found}");
    }
    let slow = 0.0055 / 11.0;
    let (_, found) = to_floor(0.5, 0.5, slow);
    assert!((found / slow - 1.0).abs() > 0.1, "{found}");
}
