//! Effective dimension, Lemma G.4's regimes and Lemma G.2's metric entropy, against numerical spectra and counted packings.

use crate::support::assert_refuses;
use approx::assert_relative_eq;
use proptest::prelude::*;
use selfreward::theory::effective_dimension::{
    Regime, Spectrum, effective_dimension, effective_shape, metric_entropy, paper_lambda, regime_bound, unseen_share,
    volume_bound,
};
use selfreward::theory::iterative::Shape;
use selfreward::theory::recurrence::Contraction;

fn spectrum(eigenvalues: impl IntoIterator<Item = f64>) -> Spectrum {
    Spectrum::new(eigenvalues.into_iter().collect()).unwrap()
}

fn dimension(spectrum: &Spectrum, lambda: f64) -> f64 {
    effective_dimension(spectrum, lambda).unwrap().value()
}

/// Oracle: tr Σ(Σ+λI)^{-1} of a 2×2 matrix that is not diagonal, by Cramer's rule; its eigenvalues by the quadratic formula.
#[test]
fn effective_dimension_is_the_trace_of_the_resolvent() {
    let (a, b, c): (f64, f64, f64) = (0.5, 0.2, 0.1);
    let root = ((a - c) * (a - c) / 4.0 + b * b).sqrt();
    let spectrum = spectrum([(a + c) / 2.0 + root, (a + c) / 2.0 - root]);
    for lambda in [1e-6, 0.01, 0.3, 5.0] {
        let determinant = (a + lambda) * (c + lambda) - b * b;
        let trace = (a * (c + lambda) - b * b + c * (a + lambda) - b * b) / determinant;
        assert_relative_eq!(dimension(&spectrum, lambda), trace, max_relative = 1e-12);
    }
}

#[test]
fn limits_in_lambda() {
    let isotropic = spectrum(vec![1.0 / 4096.0; 4096]);
    assert_relative_eq!(dimension(&isotropic, 1e-18), 4096.0, max_relative = 1e-10);
    assert!(dimension(&isotropic, 1e12) < 1e-11);
    let deficient = spectrum([0.5, 0.3, 0.0, 0.0]);
    assert_relative_eq!(dimension(&deficient, 1e-15), 2.0, max_relative = 1e-12);
    // At the paper's λ = 1/log d every spectrum has d_λ ≤ log d, the isotropic one too: 8.3 at d = 4096.
    let lambda = paper_lambda(4096.0).unwrap();
    let value = dimension(&isotropic, lambda);
    assert!(value <= 4096f64.ln() && (value - 8.3).abs() < 0.01, "{value}");
}

/// Oracle: spectra of each regime summed numerically, at and below their envelope, down to λ where 10^5 eigenvalues matter.
#[test]
fn regimes_bound_numerical_spectra_and_the_integral_bounds_are_sharper() {
    let lambdas = [1e-9, 1e-6, 1e-4, 0.01, 0.3, 0.99, 1.0, 1.01, 30.0];
    let check = |regime: Regime, scale: f64, eigenvalues: Vec<f64>| {
        let spectrum = spectrum(eigenvalues);
        for lambda in lambdas {
            let exact = dimension(&spectrum, lambda);
            let bound = regime_bound(&regime, lambda).unwrap();
            let integral = bound.intermediate("integral_bound").unwrap();
            assert!(exact <= bound.value() * (1.0 + 1e-12), "{regime:?} {lambda}: {exact} {}", bound.value());
            assert!(exact <= integral * (1.0 + 1e-12), "{regime:?} {lambda}: {exact} {integral}");
            if lambda <= scale {
                assert!(integral <= bound.value() * (1.0 + 1e-12), "{regime:?} {lambda}");
            }
        }
    };
    for scale in [1.0, 0.2, 4.0] {
        for rate in [0.01, 0.5, 3.0] {
            let envelope = (1..=100_000).map(|j| scale * (-rate * f64::from(j)).exp()).collect();
            check(Regime::Exponential { rate, scale }, scale, envelope);
        }
        for exponent in [1.05, 1.5, 2.0, 6.0] {
            let envelope = (1..=100_000).map(|j| scale * f64::from(j).powf(-exponent)).collect();
            check(Regime::Polynomial { exponent, scale }, scale, envelope);
        }
    }
    // The constants are not idle: half the polynomial bound fails, and so does the exponential one without its tail term.
    let slow = spectrum((1..=100_000).map(|j| f64::from(j).powf(-1.5)));
    let half = regime_bound(&Regime::Polynomial { exponent: 1.5, scale: 1.0 }, 1e-4).unwrap().value() / 2.0;
    assert!(dimension(&slow, 1e-4) > half);
    let fast = spectrum((1..=1000).map(|j| (-0.01 * f64::from(j)).exp()));
    assert!(dimension(&fast, 0.5) > 2f64.ln() / 0.01);
}

#[test]
fn spiked_regime_bounds_every_spike() {
    for (spikes, tail_each, tail_count) in [(3, 1e-3, 500), (40, 1e-7, 4000)] {
        let eigenvalues = (0..spikes).map(|_| 1.0).chain((0..tail_count).map(|_| tail_each));
        let spectrum = spectrum(eigenvalues);
        let tail = tail_each * f64::from(tail_count);
        for lambda in [1e-6, 1e-3, 0.1, 10.0] {
            let bound = regime_bound(&Regime::Spiked { rank: f64::from(spikes), tail }, lambda).unwrap().value();
            assert!(dimension(&spectrum, lambda) <= bound);
            assert_relative_eq!(spectrum.tail_bound(spikes as usize, lambda).unwrap(), bound, max_relative = 1e-12);
        }
    }
}

/// Lemma G.2 by counting. A maximal set of points more than η apart in the ellipse covers it, so its size is at least the
/// covering number at η; a set more than 2η apart has at most one point in a ball of radius η, so its size is at most that
/// number. The second must not exceed the bound; it came near it: the bound is within a factor 16 (two axes at 4.62·√3/2 =
/// 4 each) of the first. Oracle: greedy sets from a fine grid.
#[test]
fn metric_entropy_bounds_counted_packings_in_the_plane() {
    let apart = |axes: (f64, f64), distance: f64| {
        let mut chosen: Vec<(f64, f64)> = Vec::new();
        for i in -160..=160 {
            for j in -160..=160 {
                let (x, y) = (f64::from(i) / 160.0, f64::from(j) / 160.0);
                let point = (axes.0 * x, axes.1 * y);
                if x.hypot(y) <= 1.0 && chosen.iter().all(|p| (p.0 - point.0).hypot(p.1 - point.1) > distance) {
                    chosen.push(point);
                }
            }
        }
        (chosen.len() as f64).ln()
    };
    let radius = 2.0;
    for (first, second) in [(1.0, 1.0), (1.0, 0.3), (1.0, 0.02), (0.25, 0.24)] {
        for eta in [0.15, 0.4, 0.9, 2.5, 30.0] {
            let bound = metric_entropy(&spectrum([first, second]), radius, eta).unwrap();
            let axes = (radius * f64::sqrt(first), radius * f64::sqrt(second));
            assert!(apart(axes, 2.0 * eta) <= bound.value() + 1e-12, "{first} {second} {eta}");
            assert!(bound.value() <= apart(axes, eta) + 25f64.ln(), "{first} {second} {eta}");
            let volume = volume_bound(&spectrum([first, second]), radius, eta).unwrap().value();
            assert!(
                volume <= apart(axes, eta) && volume >= apart(axes, 2.0 * eta) - 25f64.ln(),
                "{first} {second} {eta}"
            );
            assert!(bound.value() <= bound.intermediate("dimension_form").unwrap() + 1e-12);
        }
    }
}

/// Oracle: an interval of length 2B√λ is covered by ⌈B√λ/η⌉ intervals of radius η, counted.
#[test]
fn metric_entropy_bounds_exact_counts_on_the_line() {
    for ratio in [0.1, 0.49, 0.51, 0.99, 1.01, 2.5, 77.3] {
        let bound = metric_entropy(&spectrum([1.0]), ratio, 1.0).unwrap();
        let counted = f64::ceil(ratio).max(1.0).ln();
        assert!(volume_bound(&spectrum([1.0]), ratio, 1.0).unwrap().value() <= counted);
        assert!(counted <= bound.value() && counted <= bound.intermediate("dimension_form").unwrap(), "{ratio}");
    }
}

/// 2 d_λ log(5B√λ_1/η) as it stands is negative where η > 5B√λ_1, though one point covers the ellipsoid (log N = 0): the
/// form needs k ≥ 1.
#[test]
fn dimension_form_needs_an_axis_above_half_the_resolution() {
    let (radius, eta) = (1.0, 10.0);
    let one = spectrum([1.0]);
    let lambda = (eta / (2.0 * radius)) * (eta / (2.0 * radius));
    let as_it_stands = 2.0 * dimension(&one, lambda) * (5.0f64 * radius / eta).ln();
    assert!(as_it_stands < 0.0);
    let bound = metric_entropy(&one, radius, eta).unwrap();
    assert_eq!((bound.value(), bound.intermediate("dimension_form")), (0.0, Some(0.0)));
}

/// With λ free, as printed, Lemma G.2 is false for every constant: isotropic Σ = I/d has d_λ ≤ 1 at λ = 1 for every d, and
/// volume forces log N ≥ Σ_j log(B√λ_j/η) = d log(B/(η√d)). Taking B/(η√d) = e makes that d, against c·d_λ·log(B√λ_1/η)
/// ≤ c.
#[test]
fn metric_entropy_with_a_free_lambda_is_refuted_by_volume() {
    for d in [10, 1000, 100_000] {
        let eigenvalue = 1.0 / f64::from(d);
        let isotropic = spectrum(vec![eigenvalue; d as usize]);
        let radius = std::f64::consts::E * f64::from(d).sqrt();
        let forced = f64::from(d) * (radius * eigenvalue.sqrt()).ln();
        let free_lambda = dimension(&isotropic, 1.0) * (radius * eigenvalue.sqrt()).ln();
        assert!(forced > 0.9 * f64::from(d) * free_lambda);
        assert!(metric_entropy(&isotropic, radius, 1.0).unwrap().value() >= forced);
    }
}

#[test]
fn effective_shape_reports_both_sides() {
    let contraction = Contraction::new(0.5, 0.5, 0.001, 0.01, 1.0).unwrap();
    let shape = Shape { n: 1e6, rounds: 3, kappa0: 4.0, gamma: 0.5, delta: 0.5, contraction, constant: 1.0 };
    let small = regime_bound(&Regime::Exponential { rate: 0.5, scale: 1.0 }, 1e-6).unwrap();
    let bound = effective_shape(&shape, &small).unwrap();
    // Only the complexity differs: the ratio to the shape with d is √(d_λ/d).
    let ratio = bound.value() / shape.failure(4096.0).unwrap().value();
    assert_relative_eq!(ratio, (small.value() / 4096.0).sqrt(), max_relative = 1e-12);
    assert!(bound.assumptions().len() > small.assumptions().len());
}

#[test]
fn bad_arguments_name_themselves() {
    assert_refuses(Spectrum::new(vec![]), "spectrum");
    assert_refuses(Spectrum::new(vec![0.1, 0.2]), "spectrum");
    assert_refuses(Spectrum::new(vec![0.1, -0.2]), "spectrum");
    assert_refuses(Spectrum::new(vec![f64::NAN]), "spectrum");
    assert_refuses(effective_dimension(&spectrum([1.0]), 0.0), "lambda");
    assert_refuses(regime_bound(&Regime::Polynomial { exponent: 1.0, scale: 1.0 }, 0.1), "exponent");
    assert_refuses(regime_bound(&Regime::Exponential { rate: 0.0, scale: 1.0 }, 0.1), "rate");
    assert_refuses(regime_bound(&Regime::Exponential { rate: 1.0, scale: -1.0 }, 0.1), "scale");
    assert_refuses(regime_bound(&Regime::Spiked { rank: 0.5, tail: 0.0 }, 0.1), "rank");
    assert_refuses(regime_bound(&Regime::Spiked { rank: 1.0, tail: -1.0 }, 0.1), "tail");
    assert_refuses(paper_lambda(1.0), "dim");
    assert_refuses(metric_entropy(&spectrum([1.0]), 0.0, 1.0), "radius");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// The regimes' bounds fall with λ and with the speed of decay and rise with scale, rank and tail; the metric entropy
    /// rises with B and with every eigenvalue and falls with η.
    #[test]
    fn regime_bounds_and_metric_entropy_are_monotone(
        lambda in 1e-6f64..0.5, rate in 0.01f64..5.0, exponent in 1.05f64..6.0, scale in 0.6f64..10.0, rank in 1u32..100,
        tail in 0.0f64..10.0, radius in 0.1f64..100.0, eta in 0.01f64..10.0,
        mut eigenvalues in prop::collection::vec(0.0f64..1.0, 1..20),
    ) {
        let at = |regime, lambda| regime_bound(&regime, lambda).unwrap().value();
        let (exponential, spiked) = (
            |rate, scale| Regime::Exponential { rate, scale },
            |rank: u32, tail| Regime::Spiked { rank: f64::from(rank), tail },
        );
        let polynomial = |exponent, scale| Regime::Polynomial { exponent, scale };
        let slack = 1.0 + 1e-12;
        for (less, more) in [
            (exponential(1.1 * rate, scale), exponential(rate, scale)),
            (exponential(rate, scale), exponential(rate, 1.1 * scale)),
            (polynomial(1.1 * exponent, scale), polynomial(exponent, scale)),
            (polynomial(exponent, scale), polynomial(exponent, 1.1 * scale)),
            (spiked(rank, tail), spiked(rank + 1, tail)),
            (spiked(rank, tail), spiked(rank, 1.1 * tail)),
        ] {
            prop_assert!(at(less, lambda) <= at(more, lambda) * slack, "{less:?} {more:?}");
            prop_assert!(at(more, 1.1 * lambda) <= at(more, lambda) * slack, "{more:?}");
        }
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        let larger = spectrum(eigenvalues.iter().map(|value| 1.1 * value));
        let entropy = |spectrum: &Spectrum, radius, eta| metric_entropy(spectrum, radius, eta).unwrap().value();
        let (base, same) = (entropy(&spectrum(eigenvalues.clone()), radius, eta), spectrum(eigenvalues));
        prop_assert!(entropy(&same, 1.1 * radius, eta) * slack >= base);
        prop_assert!(entropy(&same, radius, 1.1 * eta) <= base * slack);
        prop_assert!(entropy(&larger, radius, eta) * slack >= base);
    }

    /// d_λ does not rise with λ, lies between 0 and the rank, below tr Σ/λ, and below Eq. 149 for every k.
    #[test]
    fn effective_dimension_is_bounded(mut eigenvalues in prop::collection::vec(0.0f64..1.0, 1..40), lambda in 1e-6f64..10.0) {
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        let count = eigenvalues.len();
        let spectrum = spectrum(eigenvalues);
        let bound = effective_dimension(&spectrum, lambda).unwrap();
        let slack = 1.0 + 1e-12;
        prop_assert!(dimension(&spectrum, 1.1 * lambda) <= bound.value());
        prop_assert!(bound.value() <= bound.intermediate("rank").unwrap() * slack);
        prop_assert!(bound.value() <= bound.intermediate("trace_bound").unwrap() * slack);
        let tails: Vec<f64> = (0..=count).map(|k| spectrum.tail_bound(k, lambda).unwrap()).collect();
        prop_assert!(tails.iter().all(|tail| bound.value() <= tail * slack));
        let least = tails.into_iter().fold(f64::INFINITY, f64::min);
        prop_assert!((bound.intermediate("tail_bound").unwrap() - least).abs() <= 1e-9 * least);
    }
}

/// Oracles: the expected squared length that a random m-dimensional projection leaves, 1 − m/d; and two eigenvalues a and b, where
/// d_λ = m is a quadratic equation in λ, and the angle of θ integrates to E[aθ_1²/(aθ_1² + bθ_2²)] = √a/(√a + √b).
#[test]
fn unseen_share_at_closed_forms() {
    let share = |spectrum: &Spectrum, seen: f64| unseen_share(spectrum, seen).unwrap();
    let isotropic = spectrum(vec![0.02; 50]);
    for seen in [0.0, 0.5, 1.0, 17.0, 49.0, 50.0, 80.0] {
        assert_relative_eq!(share(&isotropic, seen).value(), f64::max(1.0 - seen / 50.0, 0.0), epsilon = 1e-12);
    }
    for (a, b) in [(1.0f64, 1e-3f64), (0.5, 0.4), (3.0, 1e-6)] {
        for seen in [0.2, 0.9, 1.0, 1.1, 1.7] {
            // a/(a+λ) + b/(b+λ) = m  ⟺  m λ² + (m − 1)(a + b) λ + (m − 2) ab = 0.
            let (half, last) = ((seen - 1.0) * (a + b) / 2.0, (seen - 2.0) * a * b);
            let root = (half * half - seen * last).sqrt();
            let lambda = if half > 0.0 { -last / (root + half) } else { (root - half) / seen };
            let learned = [a, b].map(|value| value / (value + lambda));
            let energy = [a, b].map(|value| value.sqrt() / (a.sqrt() + b.sqrt()));
            let left: f64 = (0..2).map(|j| energy[j] * (1.0 - learned[j]).powi(2)).sum();
            let expected = left * seen / (seen - learned[0] * learned[0] - learned[1] * learned[1]);
            let found = share(&spectrum([a, b]), seen);
            assert_relative_eq!(found.value(), expected, max_relative = 1e-9);
            assert_relative_eq!(found.intermediate("lambda").unwrap(), lambda, max_relative = 1e-9);
        }
    }
}

/// Oracle: the exponent −(α−1) in 1 ≪ m ≪ d, from sums turned into integrals.
#[test]
fn unseen_share_of_polynomial_decay_is_a_power_law() {
    for alpha in [2.0, 3.0] {
        let long = spectrum((1..=20_000).map(|j| f64::from(j).powf(-alpha)));
        let at = |seen: f64| unseen_share(&long, seen).unwrap().value();
        let exponent = (at(300.0) / at(150.0)).log2();
        assert!((exponent + (alpha - 1.0)).abs() < 0.03, "{alpha}: {exponent}");
    }
}

#[test]
fn unseen_share_refuses_what_has_no_share() {
    assert!(unseen_share(&spectrum([0.0, 0.0]), 1.0).is_err());
    assert!(unseen_share(&spectrum([1.0]), -1.0).is_err());
    assert!(unseen_share(&spectrum([1.0]), f64::NAN).is_err());
}

/// The three regimes by hand, where the formulas give whole numbers.
#[test]
fn regimes_by_hand() {
    let at = |regime: Regime, lambda: f64| regime_bound(&regime, lambda).unwrap().value();
    let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-12, "{value} {expected}");
    let halving = Regime::Exponential { rate: std::f64::consts::LN_2, scale: 8.0 };
    close(at(halving, 1.0), 3.0 + 2.0);
    close(at(halving, 8.0), 2.0);
    close(at(halving, 16.0), 0.5);
    close(at(Regime::Polynomial { exponent: 2.0, scale: 16.0 }, 1.0), 4.0 * 2.0 + 1.0);
    close(at(Regime::Polynomial { exponent: 3.0, scale: 8.0 }, 1.0), 2.0 * 1.5 + 1.0);
    close(at(Regime::Spiked { rank: 3.0, tail: 0.5 }, 0.25), 5.0);
}
