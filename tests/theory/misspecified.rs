//! The misspecified class: M5 and M7 as functions of numbers.

use selfreward::papers::offset::theory::excess::{Event, Scatter, misspecified_excess};
use selfreward::papers::offset::theory::floor::{Round, misspecified_failure};
use selfreward::theory::one_step::{comparator_gap, exact_recovery};
use selfreward::theory::recurrence::linear_form;

const SCATTER: Scatter = Scatter { trace: 2.14, leverage: 15.0, sup: 9.5, spread: 0.88, rank: 3.0 };

/// Oracle: the formula with its numbers put in by hand. √(2.14/4096) = 0.0228574, 2V√(D/n) = 0.434290, √(7.38·1.314290/4096) = 0.0486624,
/// 9.5·3.69/12288 = 0.00285278; h(0.3) = 0.3 + 0.7 log 0.7 = 0.0503275, e^{−4096·0.0503275/15} = 1.07545e-6.
#[test]
fn the_excess_is_the_formula() {
    let bound = misspecified_excess(4096.0, &SCATTER, Some(Event { s: 0.3, x: 3.69 })).unwrap();
    let part = |name: &str| bound.intermediate(name).unwrap();
    for (name, expected, digits) in [
        ("factor", 1.0 / 0.7, 1e-15),
        ("mean_term", 0.022_857_4, 1e-7),
        ("deviation_term", 0.048_662_4, 1e-7),
        ("range_term", 0.002_852_78, 1e-8),
        ("chance_beyond_x", (-3.69f64).exp(), 1e-15),
        ("chance_of_incomplete_gram", 3.0 * 1.075_447_8e-6, 1e-12),
    ] {
        assert!((part(name) - expected).abs() < digits, "{name}: {} {expected}", part(name));
    }
    assert!((bound.value() - (0.022_857_4 + 0.048_662_4 + 0.002_852_78) / 0.7).abs() < 3e-7);
    assert!(!bound.vacuous() && !bound.refuted());
    assert_eq!(part("chance_of_failure"), part("chance_of_incomplete_gram") + part("chance_beyond_x"));
}

/// Oracle: the chance that it is chosen for, on both sides of it; at small s the exponent is s²/2 + s³/6 + …
#[test]
fn the_least_share_is_least() {
    for (n, leverage, rank, rho) in
        [(4096.0, 15.0, 3.0, 0.05), (200.0, 40.0, 2.0, 0.1), (1e12, 10.0, 4.0, 0.1), (1e15, 3.0, 1.0, 0.5)]
    {
        let event = Event::of(n, leverage, rank, rho).unwrap().unwrap();
        assert_eq!(event.x, f64::ln(2.0 / rho));
        let chance = |s: f64| {
            let exponent = if s < 1e-3 {
                s * s / 2.0 + s.powi(3) / 6.0 + s.powi(4) / 12.0
            } else {
                s + (1.0 - s) * (1.0 - s).ln()
            };
            rank * (-n / leverage * exponent).exp()
        };
        assert!(
            chance(event.s * (1.0 + 1e-6)) < rho / 2.0 && chance(event.s * (1.0 - 1e-6)) > rho / 2.0,
            "{n}: {event:?}"
        );
    }
    // n/L ≤ log(2r/ρ): no s will do, and the bound says nothing.
    let few = Event::of(60.0, 15.0, 3.0, 0.1).unwrap();
    assert_eq!(few, None);
    let bound = misspecified_excess(60.0, &SCATTER, few).unwrap();
    assert!(bound.vacuous() && bound.value() == f64::INFINITY && bound.refuted());
    // A certain failure excludes nothing.
    assert!(misspecified_excess(20.0, &SCATTER, Some(Event { s: 0.1, x: 0.01 })).unwrap().vacuous());
}

/// D = V = λ = 0 is C11: as s → 1 and x → ∞ the step is the population's but with probability r e^{−n/L}.
#[test]
fn without_noise_it_is_exact_recovery() {
    let exact = Scatter { trace: 0.0, sup: 0.0, spread: 0.0, ..SCATTER };
    for n in [40.0, 100.0, 300.0] {
        let bound = misspecified_excess(n, &exact, Some(Event { s: 1.0 - 1e-13, x: 700.0 })).unwrap();
        let recovery = exact_recovery(n, 3.0, 15.0, 0.05).unwrap();
        assert_eq!(bound.value(), 0.0);
        let chance = bound.intermediate("chance_of_failure").unwrap();
        assert!((chance / recovery.value() - 1.0).abs() < 1e-9, "{chance} {}", recovery.value());
    }
}

/// More samples help, and more of anything else does not.
#[test]
fn the_excess_moves_with_its_numbers() {
    let at = |n: f64, scatter: &Scatter| {
        misspecified_excess(n, scatter, Event::of(n, scatter.leverage, scatter.rank, 0.1).unwrap()).unwrap().value()
    };
    let here = at(4096.0, &SCATTER);
    assert!(at(8192.0, &SCATTER) < here);
    for more in [
        Scatter { trace: 2.2, ..SCATTER },
        Scatter { leverage: 16.0, ..SCATTER },
        Scatter { sup: 9.6, ..SCATTER },
        Scatter { spread: 0.9, ..SCATTER },
        Scatter { rank: 4.0, ..SCATTER },
    ] {
        assert!(at(4096.0, &more) > here, "{more:?}");
    }
    // √n e_n → √D + √(2xλ).
    let limit = 2.14f64.sqrt() + (2.0 * 20f64.ln() * 0.88).sqrt();
    assert!((1e7 * at(1e14, &SCATTER) / limit - 1.0).abs() < 1e-3);
}

/// Oracle: the oracle bound and the linear recurrence of the paper's theory at ε = √(ε_app² + e²).
#[test]
fn the_failure_is_the_oracle_bound_with_both_errors() {
    let round =
        Round { kappa: 1.4, concentrability: 1.6, approximation: 0.01, estimation: 0.02, beta: 0.05, gamma: 1.2 };
    let (delta, mu) = (0.5, 0.55);
    let bound = misspecified_failure(&round, delta, mu).unwrap();
    let part = |name: &str| bound.intermediate(name).unwrap();
    let gap = comparator_gap(1.4, 1.6, 0.0005f64.sqrt(), 0.05, 1.4f64.ln(), 1.2).unwrap().value();
    assert!((bound.value() - gap / delta).abs() < 1e-15 && (part("comparator_gap") - gap).abs() < 1e-15);
    assert!((part("kappa_next") - linear_form(gap, mu).unwrap().value()).abs() < 1e-15);
    assert!((part("floor") - (1.4f64.sqrt() + 1.6f64.sqrt()) * 0.01 / (1.2 * 0.5)).abs() < 1e-16);
    // As n → ∞ and β → 0 the floor is what is left.
    let limit = Round { estimation: 0.0, beta: 1e-300, ..round };
    assert!((misspecified_failure(&limit, delta, mu).unwrap().value() / part("floor") - 1.0).abs() < 1e-14);
    // The first law of three answers: 0.045 without the floor.
    let kappa = 1.0 / 0.69;
    let none = Round {
        kappa,
        concentrability: 99.7,
        approximation: 0.0,
        estimation: 0.0,
        beta: 0.05,
        gamma: (0.69f64 / 0.30).ln(),
    };
    assert!((misspecified_failure(&none, 0.5, 0.99).unwrap().value() - 0.0445).abs() < 1e-4);
}

#[test]
fn numbers_out_of_range_are_refused() {
    let event = Some(Event { s: 0.3, x: 3.69 });
    for (scatter, word) in [
        (Scatter { trace: -1.0, ..SCATTER }, "trace"),
        (Scatter { leverage: 0.0, ..SCATTER }, "leverage"),
        (Scatter { sup: f64::NAN, ..SCATTER }, "sup"),
        (Scatter { spread: -0.1, ..SCATTER }, "spread"),
        (Scatter { rank: 2.5, ..SCATTER }, "rank"),
    ] {
        assert!(misspecified_excess(100.0, &scatter, event).unwrap_err().to_string().contains(word));
    }
    for event in [Event { s: 1.0, x: 1.0 }, Event { s: 0.3, x: 0.0 }] {
        assert!(misspecified_excess(100.0, &SCATTER, Some(event)).is_err());
    }
    // No law has a trace above r times its largest eigenvalue.
    assert!(misspecified_excess(4096.0, &Scatter { trace: 5.0, ..SCATTER }, event).unwrap().refuted());
}
