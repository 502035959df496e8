//! Right-hand sides of loops that excite themselves, that are standardised, that remember, and that resample. Each oracle is another
//! way to the number: plain iteration of the map, elimination, sums over all samples, finite differences, quadrature.

use selfreward::papers::loops::theory::critic::{Round, crash_time, excitation, grows, growth, growth_error};
use selfreward::papers::loops::theory::entropy::flow_time;
use selfreward::papers::loops::theory::memory::{
    accumulated, accumulation_limit, accumulation_tail, attractor, best_of_attractor, replay_threshold, replayed,
    sharpened_rest,
};
use selfreward::papers::loops::theory::normalised::{
    angle, angle_law, bounded, critical_beta, frozen_round, grpo_time, lower_fixed_point, threshold, upper_fixed_point,
};
use selfreward::papers::loops::theory::preference::{circle_growth, circle_threshold, contraction};
use selfreward::papers::loops::theory::resampling::{Resampled, kept_disagreement};
use selfreward::process::Preset;

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{a} against {b}");
}

fn logistic(l: f64) -> f64 {
    1.0 / (1.0 + (-l).exp())
}

/// (β²G + λ)v = βηGθ in two dimensions, by Cramer's rule, and θ' = αθ + (1−α)θ_0 + v, round by round.
#[test]
fn multipliers_are_those_of_the_ridge_solution() {
    // Eigenvalues 3 and 1 along (1,1)/√2 and (1,−1)/√2.
    let gram = [[2.0, 1.0], [1.0, 2.0]];
    for (alpha, eta, beta, ridge) in [(0.3, 1.0, 0.5, 0.01), (0.0, -1.0, 0.8, 0.4), (1.0, 1.0, 2.0, 0.0)] {
        let round = Round { alpha, eta, beta, ridge };
        let first = [1.3, -0.4];
        let start = [(first[0] + first[1]) / 2f64.sqrt(), (first[0] - first[1]) / 2f64.sqrt()];
        let multipliers = [3.0, 1.0].map(|g| round.multiplier(g).unwrap());
        let components = [0, 1].map(|j| round.components(multipliers[j], start[j], 12));
        let mut theta = first;
        let mut norms = Vec::new();
        for t in 0..12 {
            let image = [0, 1].map(|i: usize| gram[i][0] * theta[0] + gram[i][1] * theta[1]);
            let [a, b, c] = [beta * beta * 2.0 + ridge, beta * beta, beta * beta * 2.0 + ridge];
            let right = image.map(|value| beta * eta * value);
            let det = a * c - b * b;
            let v = [(c * right[0] - b * right[1]) / det, (a * right[1] - b * right[0]) / det];
            theta = [0, 1].map(|i: usize| alpha * theta[i] + (1.0 - alpha) * first[i] + v[i]);
            norms.push(theta[0].hypot(theta[1]));
            near(components[0][t].hypot(components[1][t]), norms[t], 1e-12);
        }
        near(growth(&multipliers, &start), multipliers[0].abs().max(multipliers[1].abs()), 0.0);
        assert_eq!(growth(&multipliers, &[0.0, 0.5]), multipliers[1].abs(), "no component along the first");
        for radius in [1.0, 5.0, 60.0] {
            let start_norm = first[0].hypot(first[1]);
            let passes = |norm: &f64| *norm > radius;
            let plain = if passes(&start_norm) { Some(0) } else { norms.iter().position(passes).map(|t| t as u32 + 1) };
            let found = crash_time(&round, &multipliers, &start, 0.0, radius).unwrap();
            assert_eq!(found.filter(|&t| t <= 12), plain, "{round:?}, {radius}");
        }
    }
    // What is not seen falls back to α, and without a component there is no crash.
    let round = Round { alpha: 0.3, eta: 1.0, beta: 0.5, ridge: 0.0 };
    assert_eq!(round.multiplier(0.0).unwrap(), 0.3);
    assert_eq!(crash_time(&round, &[0.3], &[1.0], 0.0, 2.0).unwrap(), None);
    assert_eq!(crash_time(&round, &[0.3], &[1.0], 3.0, 2.0).unwrap(), Some(0));
    // What the order of growth leaves open is exact where one direction is left, and 0 where the reference is π_t and all act alike.
    let round = Round { alpha: 0.3, eta: 1.0, beta: 0.5, ridge: 0.0 };
    for (now, first) in [(5.0, 2.0), (-700.0, -0.1)] {
        let next: f64 = 2.3 * now + 0.7 * first;
        let distance = (next.abs() - 2.3 * f64::abs(now)).abs();
        near(growth_error(&round, &[2.3, 9.0], &[now, 0.0], &[first, 0.0]), distance, 1e-12);
    }
    let round = Round { alpha: 1.0, ..round };
    assert_eq!(growth_error(&round, &[3.0, 3.0], &[5.0, -2.0], &[1.0, 1.0]), 0.0);
    // Two directions: ‖θ'‖ itself, by plain arithmetic, lies within it.
    let (now, m) = ([0.01f64, 5.0], [-2.0f64, 1.5]);
    let next = (m[0] * now[0]).hypot(m[1] * now[1]);
    let far = (next - 2.0 * now[0].hypot(now[1])).abs();
    let error = growth_error(&round, &m, &now, &[1.0, 1.0]);
    assert!(far <= error, "{far} against {error}");
    // Plain iteration far beyond: unbounded or not, at |m| = 1 too, and where c_0 is the fixed point.
    for (alpha, eta, start, unbounded) in [
        (0.0, 1.0, 1.0, true),
        (0.0, 1.0, 0.0, false),
        (0.0, -1.0, 1.0, false),
        (1.0, 0.0, 1.0, false),
        (0.5, 0.5, 1.0, true),
        (0.5, 0.4, 1.0, false),
        (0.5, -2.0, 1.0, true),
        (3.0, 0.0, 1.0, false),
        (3.0, -4.0, 1.0, false),
        (3.0, -2.0, 1.0, true),
    ] {
        let round = Round { alpha, eta, beta: 1.0, ridge: 0.0 };
        let multiplier = round.multiplier(1.0).unwrap();
        let last = round.components(multiplier, start, 4000)[3999].abs();
        assert_eq!(grows(&round, &[multiplier], &[start]), unbounded, "{round:?}");
        assert_eq!(last > 100.0, unbounded, "{round:?}: {last}");
    }
    // Norms above the root of the largest double.
    let round = Round { alpha: 1.0, eta: 1.0, beta: 1e-200, ridge: 0.0 };
    let huge = [1.0, 1e-200].map(|g| round.multiplier(g).unwrap());
    assert_eq!(crash_time(&round, &huge, &[1e200, 1.0], 0.0, 1e300).unwrap(), Some(1));
    assert_eq!(crash_time(&round, &[1.0, 1.0], &[3e200, 4e200], 0.0, 5.1e200).unwrap(), None);
    assert_eq!(crash_time(&round, &[1.0, 1.0], &[3e200, 4e200], 0.0, 4.9e200).unwrap(), Some(0));
    let round = Round { alpha: 0.3, eta: 1.0, beta: 0.5, ridge: 0.0 };
    let bound = excitation(&round, &[0.0, 1.0], None, None).unwrap();
    assert_eq!((bound.value(), bound.intermediate("crash_time")), (2.3, None));
    assert!(excitation(&round, &[1.0], Some(&[1.0, 2.0]), Some(1.0)).is_err());
    assert!(excitation(&round, &[], None, None).is_err() && excitation(&round, &[-1.0], None, None).is_err());
}

/// The plain map ℓ ↦ ℓ + (2/β)cosh(ℓ/2), and arccos √σ(ℓ): the distance from the law is of second order in 1/β.
#[test]
fn the_angle_follows_its_law_to_second_order() {
    for start in [0.05f64, 0.2, 0.5] {
        let mut scaled = Vec::new();
        for beta in [50.0f64, 500.0] {
            let mut l = start.ln() - (1.0 - start).ln();
            let omega = logistic(l).sqrt().acos();
            near(angle(l), omega, 1e-12);
            let mut furthest = 0.0f64;
            for t in 1..=(0.9 * 2.0 * beta * omega) as usize {
                l += 2.0 / beta * (0.5 * l).cosh();
                let now = logistic(l).sqrt().acos();
                furthest = furthest.max((now - angle_law(omega, now, beta, t as f64).unwrap()).abs());
            }
            scaled.push(furthest * beta * beta);
        }
        assert!(scaled.iter().all(|far| (0.2..0.5).contains(far)), "{scaled:?}");
        near(scaled[0], scaled[1], 0.2);
    }
    near(angle(-800.0), std::f64::consts::FRAC_PI_2, 1e-15);
    assert!(angle(80.0) > 0.0, "no digit is lost near 0");
}

/// Whether f has a point at or below the diagonal, on a fine grid; and the map iterated.
#[test]
fn a_frozen_reference_holds_where_the_iterated_map_stays() {
    let stays = |start: f64, beta: f64| {
        let mut l = start;
        for _ in 0..20_000 {
            l = start + 2.0 / beta * (0.5 * l).cosh();
            if l.abs() > 700.0 {
                return false;
            }
        }
        true
    };
    for start in [1.0, 0.0, -1.0, -1.5, -1.6, -2.0, -3.0, -4.0, -5.0, -7.0, -8.0, -12.0, -20.0] {
        let touches =
            |beta: f64| (0..200_000).map(|i| start + 2e-4 * f64::from(i)).any(|l| frozen_round(start, beta, l) <= l);
        let critical = critical_beta(start).unwrap();
        assert!(touches(1.0001 * critical) && !touches(0.9999 * critical), "{start}");
        let least = threshold(start).unwrap();
        assert!(least >= critical);
        for factor in [0.9, 0.98, 0.999, 1.001, 1.02, 1.5] {
            assert_eq!(bounded(start, factor * least).unwrap(), factor > 1.0, "{start}, {factor}");
            assert_eq!(stays(start, factor * least), factor > 1.0, "{start}, {factor}");
        }
        let beta = 1.2 * least;
        let (lower, upper) = (lower_fixed_point(start, beta).unwrap(), upper_fixed_point(start, beta).unwrap());
        let (lower, upper) = (lower.unwrap(), upper.unwrap());
        assert!(lower < upper);
        for point in [lower, upper] {
            near(frozen_round(start, beta, point), point, 1e-10);
        }
        // Of the lower one the slope is below 1, of the upper one above.
        assert!((0.5 * lower).sinh() / beta < 1.0 && (0.5 * upper).sinh() / beta > 1.0);
        assert_eq!(upper_fixed_point(start, 0.9 * critical).unwrap(), None);
    }
    // Numbers of the text.
    for (start, value) in [(0.0, 1.509), (-2.0, 0.772), (-3.0, 0.784), (-4.0, 0.941), (-5.0, 1.226)] {
        assert!((threshold(start).unwrap() - value).abs() < 5e-4, "{start}");
    }
    let bound = grpo_time(0.2, 10.0).unwrap();
    near(bound.value(), 20.0 * 0.2f64.sqrt().acos(), 1e-13);
    assert!(grpo_time(1.0, 10.0).is_err() && grpo_time(0.5, 0.0).is_err());
}

/// The map iterated: the least p with ℓ_{t+p} = ℓ_t in the end. Bounded is more than at rest or on a 2-cycle, and no text says less.
#[test]
fn a_loop_that_a_frozen_reference_holds_need_not_come_to_rest() {
    let period = |start: f64, factor: f64| {
        let beta = factor * threshold(start).unwrap();
        assert!(bounded(start, beta).unwrap());
        let mut odds = vec![start];
        for t in 0..100_000 {
            odds.push(frozen_round(start, beta, odds[t]));
        }
        let end: Vec<f64> = odds.into_iter().rev().take(2000).collect();
        assert!(end.iter().all(|l| l.abs() <= upper_fixed_point(start, beta).unwrap().unwrap()));
        (1..1000).find(|&p| (0..1000).all(|t| (end[t] - end[t + p]).abs() < 1e-6))
    };
    assert_eq!([period(-3.0, 1.5), period(-5.0, 1.02), period(-7.0, 1.02)], [Some(1), Some(2), Some(4)]);
    assert_eq!([period(-12.0, 1.0005), period(-8.0, 1.02), period(-10.0, 1.02)], [Some(3), None, None]);
    let regime = Preset::named("grpo-frozen-reference").unwrap().regime;
    assert!(["at rest", "cycle", "without a period"].iter().all(|kind| regime.contains(kind)), "{regime}");
}

/// The Jacobian of the map by finite differences, in an orthonormal basis of centred logits: eigenvalues are conjugate, of modulus √det.
#[test]
fn the_circle_grows_by_the_root_of_its_determinant() {
    let softmax = |z: [f64; 3]| {
        let odds = z.map(f64::exp);
        odds.map(|one| one / odds.iter().sum::<f64>())
    };
    let basis = [[1.0, -1.0, 0.0].map(|v: f64| v / 2f64.sqrt()), [1.0, 1.0, -2.0].map(|v: f64| v / 6f64.sqrt())];
    let dot = |a: [f64; 3], b: [f64; 3]| (0..3).map(|i| a[i] * b[i]).sum::<f64>();
    for (alpha, lambda, beta, gap) in [(0.3, 0.7, 0.2, 0.3), (0.9, 1.0, 0.5, 0.1), (0.0, 0.4, 1.0, 0.5)] {
        let wins = |i: usize, j: usize| [0.5, 0.5 + gap, 0.5 - gap][(3 + j - i) % 3];
        let round = |z: [f64; 3]| {
            let pi = softmax(z);
            let mixed = pi.map(|p| lambda * p + (1.0 - lambda) / 3.0);
            [0, 1, 2].map(|i| alpha * z[i] + (0..3).map(|j| wins(i, j) * mixed[j]).sum::<f64>() / beta)
        };
        let step = 1e-5;
        let column = |k: usize| {
            let (up, down) = (round(basis[k].map(|v| step * v)), round(basis[k].map(|v| -step * v)));
            let change = [0, 1, 2].map(|i| (up[i] - down[i]) / (2.0 * step));
            [dot(basis[0], change), dot(basis[1], change)]
        };
        let (a, b) = (column(0), column(1));
        let (trace, det) = (a[0] + b[1], a[0] * b[1] - a[1] * b[0]);
        assert!(trace * trace < 4.0 * det, "conjugate eigenvalues");
        near(circle_growth(alpha, lambda, beta, gap).unwrap(), det.sqrt(), 1e-8);
        if alpha < 1.0 {
            let least = circle_threshold(alpha, lambda, gap).unwrap();
            near(circle_growth(alpha, lambda, least, gap).unwrap(), 1.0, 1e-14);
        }
        // ‖P − ½11ᵀ‖₂ = a√3 there, and a contraction has no growth.
        let factor = contraction(alpha, lambda, beta, gap * 3f64.sqrt()).unwrap();
        assert!(circle_growth(alpha, lambda, beta, gap).unwrap() <= factor + 1e-15);
    }
    assert!(circle_growth(1.2, 0.5, 1.0, 0.1).is_err() && circle_threshold(0.5, 0.5, 0.6).is_err());
}

/// The maps iterated from either side, and slopes by differences.
#[test]
fn attractors_are_where_iterated_maps_end() {
    for beta in [0.5, 1.0, 2.0] {
        let critical = replay_threshold(beta, None).unwrap().value();
        for lambda in [0.05, critical - 0.05, critical - 0.01, critical + 0.01, 0.9] {
            let map = |p: f64| {
                let odds = (p / (1.0 - p)).powf(1.0 + 1.0 / beta);
                (1.0 - lambda) * odds / (1.0 + odds) + 0.5 * lambda
            };
            let upper = attractor(lambda, beta).unwrap();
            for start in [0.51, 0.95] {
                let end = (0..20_000).fold(start, |p, _| map(p));
                near(end, upper, 1e-9);
                near(1.0 - (0..20_000).fold(1.0 - start, |p, _| map(p)), upper, 1e-9);
            }
            near(replayed(0.7, lambda, beta).unwrap(), map(0.7), 1e-14);
            let bound = replay_threshold(beta, Some(lambda)).unwrap();
            let slope = (map(0.5 + 1e-6) - map(0.5 - 1e-6)) / 2e-6;
            near(bound.intermediate("slope").unwrap(), slope, 1e-8);
            let listed = &bound.lists()[0].1;
            assert_eq!(listed.len(), if lambda < critical { 2 } else { 1 });
            near(listed[listed.len() - 1], upper, 0.0);
        }
    }
    for (lambda, draws) in [(0.1, 2), (0.5, 2), (0.9, 4), (0.3, 7)] {
        let map = |p: f64| (1.0 - lambda) * (1.0 - (1.0 - p).powi(draws)) + 0.5 * lambda;
        let end = (0..20_000).fold(0.51, |p, _| map(p));
        near(best_of_attractor(lambda, f64::from(draws)).unwrap(), end, 1e-12);
    }
    assert!(replay_threshold(0.0, None).is_err() && replay_threshold(1.0, Some(1.5)).is_err());
}

/// π_t as the mean of t + 1 laws, each kept in a list; the limit from a longer run.
#[test]
fn accumulated_laws_are_means_of_all_laws() {
    for (start, beta) in [(0.6, 0.25), (0.6, 1.0), (0.8, 0.5)] {
        let sharpened = |p: f64| {
            let odds = (p / (1.0 - p)).powf(1.0 + 1.0 / beta);
            odds / (1.0 + odds)
        };
        let (mut laws, found) = (vec![start], accumulated(start, beta, 400).unwrap());
        for (t, log_odds) in found.iter().enumerate() {
            let p = laws.iter().sum::<f64>() / laws.len() as f64;
            near(logistic(*log_odds), p, 1e-12);
            assert_eq!(laws.len(), t + 1);
            near(sharpened_rest(1.0 - p, beta).unwrap(), 1.0 - sharpened(p), 1e-12);
            laws.push(sharpened(p));
        }
        // Σ(1 − T) in doubles of its own, four million rounds.
        let (limit, error) = accumulation_limit(start, beta).unwrap();
        let (mut q, mut sum) = (1.0 - start, 1.0 - start);
        let mut quarter = 0.0;
        for t in 1..=4_000_000u32 {
            let odds = (q / (1.0 - q)).powf(1.0 + 1.0 / beta);
            sum += odds / (1.0 + odds);
            q = sum / f64::from(t + 1);
            if t == 10_000 {
                quarter = sum;
            }
        }
        assert!((sum - limit).abs() <= error + 1e-9, "{sum} against {limit} to {error}");
        let tail = accumulation_tail(limit, beta, 10_000.0);
        assert!(sum - quarter <= tail && tail < 3.0 * (sum - quarter) + 1e-9, "{} against {tail}", sum - quarter);
    }
    assert!(accumulation_limit(0.5, 1.0).is_err() && accumulation_limit(0.6, 50.0).is_err());
    assert_eq!(accumulation_tail(5.0, 1.0, 3.0), f64::INFINITY);
}

/// The probability of the number-th sequence of n draws, of a prompt's three responses or of another prompt, and what is fitted to it.
fn fitted(number: usize, law: [f64; 3], weight: f64, n: usize) -> (f64, [f64; 3]) {
    let chances = [weight * law[0], weight * law[1], weight * law[2], 1.0 - weight];
    let (mut rest, mut counts, mut probability) = (number, [0.0f64; 4], 1.0);
    for _ in 0..n {
        counts[rest % 4] += 1.0;
        probability *= chances[rest % 4];
        rest /= 4;
    }
    let seen = counts[0] + counts[1] + counts[2];
    (probability, if seen > 0.0 { [0, 1, 2].map(|y| counts[y] / seen) } else { law })
}

/// All sequences of n draws of (prompt, response), two prompts of three and two responses.
#[test]
fn resampling_leaves_what_all_samples_leave() {
    let (weight, law) = (0.3f64, [0.5f64, 0.3, 0.2]);
    for n in 1..=6usize {
        let mut left = 0.0;
        for number in 0..4usize.pow(n as u32) {
            let (probability, fitted) = fitted(number, law, weight, n);
            left += probability * (1.0 - fitted.iter().map(|p| p * p).sum::<f64>());
        }
        let before = 1.0 - law.iter().map(|p| p * p).sum::<f64>();
        near(kept_disagreement(n as f64, weight).unwrap(), left / before, 1e-12);
    }
    near(kept_disagreement(1000.0, 1.0).unwrap(), 0.999, 0.0);
    assert!(kept_disagreement(1e5, 1e-3).unwrap() > 0.98, "terms below the least double are passed over");
    assert!(kept_disagreement(0.0, 0.5).is_err() && kept_disagreement(5.0, 0.0).is_err());
}

/// The mean and the second moment of 1 − Σ_y π_t², over all samples of two rounds in a row; and the variance of a response.
#[test]
fn moments_of_resampling_are_those_of_all_samples() {
    fn rounds(law: [f64; 3], weight: f64, n: usize, t: usize) -> [f64; 4] {
        let disagreement = 1.0 - law.iter().map(|p| p * p).sum::<f64>();
        if t == 0 {
            return [disagreement, disagreement * disagreement, law[0], law[0] * law[0]];
        }
        let mut sums = [0.0; 4];
        for number in 0..4usize.pow(n as u32) {
            let (probability, fitted) = fitted(number, law, weight, n);
            if probability > 0.0 {
                let after = rounds(fitted, weight, n, t - 1);
                sums.iter_mut().zip(after).for_each(|(sum, value)| *sum += probability * value);
            }
        }
        sums
    }
    let law = [0.5f64, 0.3, 0.2];
    for (n, weight) in [(1, 0.3), (2, 0.3), (4, 0.3), (4, 0.9), (5, 0.6), (5, 1.0)] {
        let prompt = Resampled::new(n as f64, weight).unwrap();
        for t in 0..=2 {
            let [mean, square, first, first_square] = rounds(law, weight, n, t);
            let (stated, variance) = prompt.disagreement(&law, t);
            near(stated, mean, 1e-12);
            near(variance, square - mean * mean, 1e-12);
            near(first, law[0], 1e-12);
            near(prompt.variance(law[0], t), first_square - first * first, 1e-12);
        }
    }
}

/// Simpson's rule in 200000 panels.
#[test]
fn the_flow_takes_the_time_of_its_integral() {
    for (start, end) in [(0.4, 3.0), (0.405, 12.0), (1.0, 25.0), (5.0, 2.0)] {
        let panels = 200_000;
        let h: f64 = (end - start) / f64::from(panels);
        let f = |u: f64| (2.0 + 2.0 * u.cosh()) / u;
        let inner: f64 = (1..panels).map(|i| f(start + h * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
        let simpson = h / 3.0 * (f(start) + f(end) + inner);
        near(flow_time(start, end).unwrap(), simpson, 1e-9);
    }
    assert!(flow_time(0.0, 1.0).is_err() && flow_time(1.0, 800.0).is_err());
}
