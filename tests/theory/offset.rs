//! The misspecified class and the drift lemma: right-hand sides against other arithmetic.

use selfreward::papers::offset::theory::drift::drift;
use selfreward::papers::offset::theory::population::{scaled_parameter, shares};
use selfreward::papers::offset::theory::three_answers::{approach, concentrability, entropy, gain, next, slope};

use crate::support::assert_refuses;

/// Oracle: the number worked out in fractions, 3969·10⁻⁶/(2 · 289/100 · 36/100 · 4/10 · 5/100) = 3969/41616; and powers of each argument.
#[test]
fn the_drift_lemma_is_a_quotient_of_powers() {
    let bound = drift(0.063, 0.7, 0.6, 0.4, 0.05).unwrap();
    assert!((bound.value() - 3969.0 / 41616.0).abs() < 1e-15, "{}", bound.value());
    assert!((bound.intermediate("least_loss_of_a_flip").unwrap() - 0.041616).abs() < 1e-16);
    assert!((bound.intermediate("population_loss").unwrap() - 0.003969).abs() < 1e-17);
    assert!(!bound.vacuous());
    let at = |factor: [f64; 4]| {
        let value = drift(0.063 * factor[0], 0.7, 0.6 * factor[1], 0.4 * factor[2], 0.05 * factor[3]).unwrap().value();
        value / bound.value()
    };
    for (factor, expected) in [
        ([2.0, 1.0, 1.0, 1.0], 4.0),
        ([1.0, 2.0, 1.0, 1.0], 0.25),
        ([1.0, 1.0, 2.0, 1.0], 0.5),
        ([1.0, 1.0, 1.0, 2.0], 0.5),
    ] {
        assert!((at(factor) - expected).abs() < 1e-14, "{factor:?}");
    }
    // (1+β)²: from β = 0.7 to 2.4 it doubles twice.
    assert!((drift(0.063, 2.4, 0.6, 0.4, 0.05).unwrap().value() / bound.value() - 0.25).abs() < 1e-14);
}

/// Oracle: one prompt with two answers, p and q, that change places at once. The lemma's own sum is the loss, so that the bound is 1 at
/// γ = log(p/q), μ = p, ω = q.
#[test]
fn the_drift_lemma_is_attained() {
    for (gap, beta) in [(0.1f64, 0.5f64), (2.0, 0.01), (5.0, 3.0)] {
        let (p, q) = (1.0 / (1.0 + (-gap).exp()), 1.0 / (1.0 + gap.exp()));
        // The new log-odds are 0: the implicit reward is −βγ, the self-reward γ.
        let loss = 2.0 * p * q * (gap + beta * gap).powi(2);
        let bound = drift(loss.sqrt(), beta, gap, p, q).unwrap();
        assert!((bound.value() - 1.0).abs() < 1e-13, "{}", bound.value());
    }
    assert!(drift(0.0, 1.0, 1.0, 0.5, 0.5).unwrap().value() == 0.0);
    assert!(drift(1.0, 1.0, 1e-3, 0.5, 0.5).unwrap().vacuous());
}

#[test]
fn arguments_of_the_drift_lemma_are_checked() {
    assert_refuses(drift(-1.0, 1.0, 1.0, 0.5, 0.5), "epsilon");
    assert_refuses(drift(1.0, 0.0, 1.0, 0.5, 0.5), "beta");
    assert_refuses(drift(1.0, 1.0, 0.0, 0.5, 0.5), "gamma");
    assert_refuses(drift(1.0, 1.0, 1.0, 1.5, 0.5), "mu");
    assert_refuses(drift(1.0, 1.0, 1.0, 0.5, 0.0), "omega");
}

/// Oracle: the recursion θ_{s+1} = θ_s + (θ_s + a_s)/β itself.
#[test]
fn the_population_loop_is_its_recursion() {
    for beta in [0.05f64, 0.7, 3.0] {
        let offsets = [0.4, -1.3, 2.2, 0.01, -5.0];
        let (mut theta, start) = (1.7, 1.7);
        for t in 0..=offsets.len() {
            let scale = f64::powi(beta / (1.0 + beta), t as i32);
            let closed = scaled_parameter(beta, start, &offsets[..t]).unwrap();
            assert!((scale * theta - closed).abs() < 1e-13, "{beta} {t}");
            let sum: f64 = shares(beta, t).unwrap().iter().sum();
            assert!((sum - (1.0 - scale)).abs() < 1e-14, "{beta} {t}");
            theta += offsets.get(t).map_or(0.0, |a| (theta + a) / beta);
        }
    }
    assert_refuses(scaled_parameter(0.0, 1.0, &[1.0]), "beta");
}

/// Oracle: a search for the slope that fits log-odds best, over a fine grid of weighted pairs; the printed digits of M4.
#[test]
fn three_answers_go_where_the_features_lead() {
    let law: [f64; 3] = [0.30, 0.69, 0.01];
    let features: [f64; 3] = [0.0, 0.5, 1.0];
    let loss = |slope: f64| -> f64 {
        (0..9)
            .map(|i| (i / 3, i % 3))
            .map(|(y, z)| {
                let residual = f64::ln(law[y] / law[z]) - slope * (features[y] - features[z]);
                law[y] * law[z] * residual * residual
            })
            .sum()
    };
    let psi = slope(law).unwrap();
    for step in [1e-3, 1e-2, 0.1] {
        assert!(loss(psi + step) > loss(psi) && loss(psi - step) > loss(psi));
    }
    let digits =
        |found: f64, printed: f64, unit: f64| assert!((found - printed).abs() <= 0.5 * unit, "{found} {printed}");
    digits(psi, 1.0871, 1e-4);
    let fast = next(law, 0.1).unwrap();
    [0.0004, 0.2311, 0.7684].into_iter().zip(fast).for_each(|(printed, found)| digits(found, printed, 1e-4));
    let faster = next(law, 0.05).unwrap();
    [0.0, 0.0013, 0.9987].into_iter().zip(faster).for_each(|(printed, found)| digits(found, printed, 1e-4));
    // Performance by the old policy's judgement, concentrability and κ.
    digits(gain(law, law) - entropy(law), -0.663, 1e-3);
    digits(gain(law, faster) - entropy(law), -4.600, 1e-3);
    digits(concentrability(law, faster), 99.7, 0.1);
    digits(1.0 / law[1], 1.449, 1e-3);
    // The entropy rises.
    let sure = [0.0001, 0.9995, 0.0004];
    digits(entropy(next(sure, 0.5).unwrap()) - entropy(sure), 0.671, 1e-3);
    assert_refuses(slope([0.5, 0.5, 0.0]), "law");
    assert_refuses(next(law, 0.0), "beta");
}

/// Oracle: one round from laws close to the symmetric one, whose odds of the outer answers are e^θ at a distance θ.
#[test]
fn three_answers_come_to_rest_or_not() {
    for middle in [0.2, 0.5, 0.863, 0.99] {
        for beta in [0.3, 1.0, 4.0] {
            let outer = 0.5 * (1.0 - middle);
            let theta = 1e-5f64;
            let odds = [outer * (-theta / 2.0).exp(), middle, outer * (theta / 2.0).exp()];
            let total: f64 = odds.iter().sum();
            let law = next(odds.map(|mass| mass / total), beta).unwrap();
            let moved = (law[2] / law[0]).ln() / theta;
            assert!((moved - approach(middle, beta).unwrap()).abs() < 1e-4, "{middle} {beta}: {moved}");
        }
    }
    // Where (.30, .69, .01) comes to rest: 0.863 at β = 1 and 4, never at 0.3.
    let factors = [0.3, 1.0, 4.0].map(|beta| approach(0.863, beta).unwrap());
    assert!(factors[0] < -1.0 && factors[1].abs() < 1.0 && factors[2].abs() < 1.0);
    assert_refuses(approach(1.0, 1.0), "middle");
}
