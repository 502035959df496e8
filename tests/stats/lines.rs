//! Straight lines, exponents and rates, and the test of a slope.

use approx::assert_relative_eq;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use selfreward::stats::{Measured, Observation, line, log_linear, log_log, rises, rises_within};

fn by_hand() -> Vec<Observation> {
    [(0.0, 1.0, 1.0), (1.0, 3.0, 1.0), (2.0, 4.0, 2.0)].map(|(x, y, weight)| Observation { x, y, weight }).to_vec()
}

fn measured(points: &[(f64, f64, f64)]) -> Vec<Measured> {
    points.iter().map(|&(x, mean, error)| Measured { x, mean, error }).collect()
}

/// By hand: x̄ = 5/4, ȳ = 3, S_xx = 11/4, S_xy = 4; residuals −2/11, 4/11, −1/11.
#[test]
fn a_line_by_hand() {
    let line = line(&by_hand()).unwrap();
    assert_relative_eq!(line.slope, 16.0 / 11.0, max_relative = 1e-14);
    assert_relative_eq!(line.intercept, 13.0 / 11.0, max_relative = 1e-14);
    assert_relative_eq!(line.chi_square, 2.0 / 11.0, max_relative = 1e-13);
    assert_relative_eq!(line.slope_error, (4.0f64 / 11.0).sqrt(), max_relative = 1e-14);
    assert_relative_eq!(line.scaled_slope_error().unwrap(), 8.0f64.sqrt() / 11.0, max_relative = 1e-13);
    assert_relative_eq!(line.at(2.0), 45.0 / 11.0, max_relative = 1e-14);
    assert_eq!((line.points, line.dropped), (3, 0));
}

/// Oracle: brute force, a grid over (intercept, slope) that closes in on its best point.
#[test]
fn a_line_minimises_chi_square() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let points: Vec<Observation> = (0..9)
        .map(|_| Observation {
            x: rng.random_range(-2.0..2.0),
            y: rng.random_range(-2.0..2.0),
            weight: rng.random_range(0.1..5.0),
        })
        .collect();
    let chi_square = |a: f64, b: f64| points.iter().map(|p| p.weight * (p.y - a - b * p.x).powi(2)).sum::<f64>();
    let (mut a, mut b, mut width) = (0.0, 0.0, 4.0);
    while width > 1e-8 {
        let grid =
            (0..441).map(|i| (a + f64::from(i % 21 - 10) / 10.0 * width, b + f64::from(i / 21 - 10) / 10.0 * width));
        (a, b) = grid.min_by(|p, q| chi_square(p.0, p.1).total_cmp(&chi_square(q.0, q.1))).unwrap();
        width *= 0.7;
    }
    let line = line(&points).unwrap();
    assert_relative_eq!(line.intercept, a, epsilon = 1e-7);
    assert_relative_eq!(line.slope, b, epsilon = 1e-7);
    assert_relative_eq!(line.chi_square, chi_square(a, b), max_relative = 1e-12);
}

/// A slope of two points is their difference, so its error follows from the errors of two logarithms, error/mean each.
#[test]
fn errors_of_logarithms_propagate() {
    let points = measured(&[(1.0, 5.0, 0.1), (4.0, 2.0, 0.3)]);
    let error = (0.02f64.powi(2) + 0.15f64.powi(2)).sqrt();
    let (power, exponential) = (log_log(&points).unwrap(), log_linear(&points).unwrap());
    assert_relative_eq!(power.slope, (2.0f64 / 5.0).ln() / 4.0f64.ln(), max_relative = 1e-14);
    assert_relative_eq!(power.slope_error, error / 4.0f64.ln(), max_relative = 1e-13);
    assert_relative_eq!(exponential.slope, (2.0f64 / 5.0).ln() / 3.0, max_relative = 1e-14);
    assert_relative_eq!(exponential.slope_error, error / 3.0, max_relative = 1e-13);
    assert_eq!(power.scaled_slope_error(), None);
}

/// Points made from a known law: the exponent, rate and constant come back; zeros and non-finite points are counted.
#[test]
fn laws_come_back_and_zeros_are_counted() {
    let power: Vec<_> = (1..9).map(|i| (f64::from(i), 3.0 * f64::from(i).powf(-0.5), 0.0)).collect();
    let exponential: Vec<_> = (-2..9).map(|i| (f64::from(i), 3.0 * (-0.5 * f64::from(i)).exp(), 0.01)).collect();
    for (mut points, fit) in [(power, log_log as fn(&[Measured]) -> _), (exponential, log_linear)] {
        let kept = points.len();
        points.extend([(9.0, 0.0, 0.0), (10.0, f64::NAN, 0.1), (11.0, 1.0, f64::NAN), (12.0, -1.0, 0.2)]);
        let line: selfreward::stats::Line = fit(&measured(&points)).unwrap();
        assert_relative_eq!(line.slope, -0.5, max_relative = 1e-13);
        assert_relative_eq!(line.intercept.exp(), 3.0, max_relative = 1e-13);
        assert_eq!((line.points, line.dropped), (kept, 4));
    }
}

#[test]
fn wrong_points_are_named() {
    let same = [Observation { x: 1.0, y: 2.0, weight: 1.0 }; 3];
    let mut weightless = by_hand();
    weightless[1].weight = 0.0;
    let mut infinite = by_hand();
    infinite[2].y = f64::INFINITY;
    for (result, start) in [
        (line(&same), "points = 3"),
        (line(&[]), "points = 0"),
        (line(&weightless), "weight = 0"),
        (line(&infinite), "y = inf"),
        (log_log(&measured(&[(0.0, 1.0, 0.1), (1.0, 1.0, 0.1)])), "x = 0"),
        (log_linear(&measured(&[(0.0, 1.0, -0.1), (1.0, 1.0, 0.1)])), "error = -0.1"),
        (log_linear(&measured(&[(0.0, 1.0, 0.0), (1.0, 1.0, 0.1)])), "error = 0"),
        (log_linear(&measured(&[(0.0, 1.0, 0.1), (1.0, 0.0, 0.1)])), "points = 1"),
    ] {
        let message = result.unwrap_err().to_string();
        assert!(message.starts_with(start), "{message}");
    }
    assert_eq!(Measured { x: 1.0, mean: 4.0, error: 0.3 }.widened(0.1).error, 0.5);
}

/// Three points leave one degree of freedom, whose t distribution is Cauchy's: P[T ≥ t] = 1/2 − arctan(t)/π. By hand
/// t = (16/11)/(√8/11) = 4√2.
#[test]
fn a_slope_test_by_hand() {
    let trend = rises(&by_hand()).unwrap();
    assert_relative_eq!(trend.t, 32.0f64.sqrt(), max_relative = 1e-13);
    assert_relative_eq!(trend.p_value, 0.5 - 32.0f64.sqrt().atan() / std::f64::consts::PI, max_relative = 1e-12);
    let flat: Vec<_> = (0..7).map(|i| Observation { x: 0.1 * f64::from(i), y: 0.1, weight: 0.3 }).collect();
    let flat = rises(&flat).unwrap();
    assert_eq!((flat.slope, flat.t, flat.p_value), (0.0, 0.0, 0.5));
    let line: Vec<_> = (0..4).map(|i| Observation { x: f64::from(i), y: f64::from(-i), weight: 1.0 }).collect();
    let line = rises(&line).unwrap();
    assert_eq!((line.t, line.p_value), (f64::NEG_INFINITY, 1.0));
    assert!(rises(&by_hand()[..2]).is_err());
}

/// Under a flat line with normal errors of the stated relative size the p-value is uniform. Kolmogorov's distance D of N values
/// obeys P[D > d] ≤ 2 e^{−2 N d²} at every N (Dvoretzky–Kiefer–Wolfowitz with Massart's constant): d = 3.4/√N gives a false
/// alarm with probability ≤ 2e-10. One degree of freedom too many would move the distribution by about 0.02, d is 0.0076.
#[test]
fn slope_p_values_are_uniform_without_a_slope() {
    let shape = [(0.0, 1.0), (1.0, 4.0), (1.5, 0.5), (4.0, 2.0)];
    slope_p_values_are_uniform(11, |rng| {
        let points = shape.map(|(x, weight): (f64, f64)| {
            let noise: f64 = StandardNormal.sample(rng);
            Observation { x, y: 5.0 + 7.0 * noise / weight.sqrt(), weight }
        });
        rises(&points).unwrap().p_value
    });
}

/// The same in groups with levels of their own, nine points in three of them, which leave five degrees of freedom: seven, as for
/// nine points on one line, would move the distribution by 0.03.
#[test]
fn slope_p_values_within_groups_are_uniform_without_a_slope() {
    let groups: [&[f64]; 3] = [&[0.0, 1.0, 2.0, 3.0], &[0.0, 2.0, 5.0], &[1.0, 1.5]];
    slope_p_values_are_uniform(12, |rng| {
        let observed: Vec<Vec<Observation>> = groups
            .iter()
            .enumerate()
            .map(|(level, xs)| {
                let noise = |&x: &f64| {
                    let noise: f64 = StandardNormal.sample(rng);
                    Observation { x, y: 100.0 * level as f64 + noise, weight: 1.0 }
                };
                xs.iter().map(noise).collect()
            })
            .collect();
        let observed: Vec<&[Observation]> = observed.iter().map(Vec::as_slice).collect();
        rises_within(&observed).unwrap().p_value
    });
}

fn slope_p_values_are_uniform(seed: u64, mut p_value: impl FnMut(&mut ChaCha8Rng) -> f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let draws = 200_000;
    let mut values: Vec<f64> = (0..draws).map(|_| p_value(&mut rng)).collect();
    values.sort_by(f64::total_cmp);
    let distance = values
        .iter()
        .enumerate()
        .map(|(i, p)| (p - i as f64 / f64::from(draws)).max((i + 1) as f64 / f64::from(draws) - p))
        .fold(0.0, f64::max);
    assert!(distance < 3.4 / f64::from(draws).sqrt(), "{distance}");
}
