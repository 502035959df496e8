//! The counterexample to Theorems 5.3 and 6.2 as printed: the tables of docs/counterexample.md, computed again.

use selfreward::theory::counterexample::{MIXED, Tie, Unseen, in_two_terms};
use selfreward::theory::iterative::{Setting, explicit};
use selfreward::theory::one_step::Class;

const PAGE: &str = include_str!("../../docs/counterexample.md");
const SIZES: [(f64, &str); 4] = [(1e10, "10^10"), (1e12, "10^12"), (1e14, "10^14"), (1e16, "10^16")];
const DELTA: f64 = 0.3;
const RHO: f64 = 0.05;

/// The page has this row of a table.
fn shows(cells: &[String]) {
    let row = format!("| {} |", cells.join(" | "));
    assert!(PAGE.lines().any(|line| line == row), "not on the page: {row}");
}

fn printed(setting: &Setting, n: f64) -> f64 {
    explicit(setting, n, 1, DELTA).unwrap().value()
}

fn failure(policy: &[f64]) -> f64 {
    f64::from(policy.iter().copied().fold(0.0, f64::max) <= 1.0 - DELTA)
}

/// Section 3: the instance with c = 9.8648e-5, as it stands in section 2.
#[test]
fn the_page_shows_every_constant() {
    let (n, c) = (1e10, 9.8648e-5f64);
    let family = Unseen::at(n).unwrap();
    assert!((family.features[2][0] / c - 1.0).abs() < 1e-5 && family.theta == [3.0, 30.0003]);
    let mut instance = family;
    instance.features[2] = [c, -(1.0 - c * c).sqrt()];
    let (base, learned) = (instance.base(), instance.learned());
    assert_eq!(failure(&learned), 1.0);
    assert!((c * 300_003.0 - 30.0003 + 0.4056).abs() < 5e-5);
    assert!(learned[1] == 0.0 && (learned[0] - 0.6).abs() < 5e-5 && (learned[2] - 0.4).abs() < 5e-5);
    assert!((base[0] - 0.953).abs() < 5e-4 && (base[1] - 0.047).abs() < 5e-4 && (base[2] - 8.9e-14).abs() < 5e-16);
    assert!((instance.unseen() - 0.9982).abs() < 5e-5);

    // The minimisers (300003, s): those that fail.
    for (s, fails) in [(28.747, 0.0), (28.748, 1.0), (30.441, 1.0), (30.442, 0.0)] {
        assert_eq!(failure(&instance.policy([300_003.0, s])), fails, "s = {s}");
    }
    assert!(PAGE.contains("only those with 28.747 < s < 30.442 fail at δ = 0.3"));

    let setting = instance.setting(RHO).unwrap();
    let late = instance.last_margin(RHO).unwrap();
    let excess = (instance.concentrability() / setting.kappa0).sqrt();
    let bound = explicit(&setting, n, 1, DELTA).unwrap();
    let of = |name: &str| bound.intermediate(name).unwrap();
    let two_terms = |setting: &Setting| in_two_terms(setting, n, 1, DELTA).unwrap();
    let (norm, kappa) = (instance.theta[0].hypot(instance.theta[1]), setting.kappa0);
    let radius = (1.0 + 1.0 / instance.beta) * norm;
    for (name, value, about) in [
        ("ρ", format!("{RHO}"), "probability with which the statement may fail"),
        ("δ", format!("{DELTA}"), "threshold of a failure"),
        ("β", format!("{:.0e}", instance.beta), "1/√n"),
        ("γ", format!("{:.4}", setting.gamma), "margin of π_0, the rounds 0, …, T−1"),
        ("γ_1", format!("{:.4}", late.gamma), "margin of π_1"),
        ("μ", format!("{:.4}", setting.mu), "modal probability of π_1, the rounds 1, …, T"),
        ("κ_0", format!("{kappa:.4}"), "1/π_0(1)"),
        ("‖θ_0‖", format!("{norm:.4}"), "norm of (3, 30.0003)"),
        ("B", format!("{radius:.4e}"), "(1 + 1/β)‖θ_0‖, the least ball that holds π̂_β"),
        ("R", format!("{:.2}", of("range")), "4(1+β)‖θ_0‖, the range of the loss's root"),
        ("ε_n", format!("{:.3e}", of("epsilon")), "d = 2"),
        ("C", format!("{:.3e}", of("contraction")), "(2ε_n + β)/(γμ)"),
        ("κ_∞", format!("{:.5}", of("kappa_inf")), "fixed point of κ ↦ 1 + C√κ"),
        ("λ", format!("{:.3e}", of("factor")), "(1 − 1/κ_∞)/2"),
        ("√κ̄_0", format!("{:.4}", kappa.sqrt()), "√κ_0: at T = 1 no round has passed"),
        ("√κ_∞ + √κ_0", format!("{:.4}", of("kappa_inf").sqrt() + kappa.sqrt()), "the printed factor at T = 1"),
        ("printed, √κ̄", format!("{:.2e}", bound.value()), "(2ε_n√κ̄_0 + β log κ̄_0)/(γδ)"),
        ("printed, √κ_∞ + √κ_0", format!("{:.2e}", two_terms(&setting)), "(2ε_n(√κ_∞ + √κ_0) + β log κ̄_0)/(γδ)"),
        ("printed, √κ̄, with γ_1", format!("{:.2e}", printed(&late, n)), "γ_1 in place of γ everywhere"),
        ("printed, √κ_∞ + √κ_0, with γ_1", format!("{:.2e}", two_terms(&late)), "γ_1 in place of γ everywhere"),
        ("C_{π_1/π_0}", format!("{:.3e}", instance.concentrability()), "taken to be of the order of κ_0"),
        ("r̄", format!("{excess:.3e}"), "√(C_{π_1/π_0}/κ_0)"),
        (
            "corrected, √κ̄",
            format!("{:.2e}", printed(&Setting { excess, ..setting }, n)),
            "((1 + r̄)ε_n√κ̄_0 + β log κ̄_0)/(γδ): above 1",
        ),
    ] {
        shows(&[name.to_owned(), value, about.to_owned()]);
    }
    assert!(two_terms(&late) < 1.0 && printed(&Setting { excess, ..setting }, n) > 1.0);
}

/// Sections 4 and 6. The family's proof: what does not change with n, and that the right side falls like (log n)^{3/2}/√n.
#[test]
fn along_the_family_the_printed_right_side_falls_to_zero_and_the_failure_stays() {
    let (mut scaled, mut last, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (n, name) in SIZES {
        let member = Unseen::at(n).unwrap();
        let (setting, base) = (member.setting(RHO).unwrap(), member.base());
        let value = printed(&setting, n);
        let epsilon = setting.rates(n, 1).unwrap().epsilon;
        let failure = failure(&member.learned());
        assert!(member.certain() >= 0.998 && 2.0 * n * base[2] <= 0.0018 && failure == 1.0);
        assert!((setting.gamma - 3.0).abs() < 1e-12 && (setting.mu - 0.6).abs() < 1e-5);
        assert!(setting.kappa0 <= 1.0 + (-3f64).exp() + (-20f64).exp());
        let [c, d] = member.features[2];
        assert!((c.hypot(d) - 1.0).abs() < 1e-15);
        let raised = 3.0 * (1.0 + n.sqrt());
        assert!((c * raised + d * member.theta[1] - (2f64 / 3.0).ln()).abs() < 1e-7);
        shows(&[
            name.to_owned(),
            format!("{:.4}", member.theta[1]),
            format!("{c:.3e}"),
            format!("{:.2e}", base[2]),
            format!("{:.4}", member.unseen()),
            format!("{epsilon:.2e}"),
            format!("{value:.1e}"),
            format!("{:.1e}", in_two_terms(&setting, n, 1, DELTA).unwrap()),
            format!("{failure}"),
            format!("{:.0}", failure / value),
        ]);
        let every = member.every_response(RHO).unwrap();
        let two_terms = in_two_terms(&every, n, 1, DELTA).unwrap();
        let fixed = every.rates(n, 1).unwrap().contraction.fixed_point();
        shows(&[name.to_owned(), format!("{:.2e}", every.mu), format!("{fixed:.1e}"), format!("{two_terms:.1e}")]);
        // γ_1 = log 1.5 at every n: with it the right sides are larger, below 1, and fall.
        let late = member.last_margin(RHO).unwrap();
        let with_last = [printed(&late, n), in_two_terms(&late, n, 1, DELTA).unwrap()];
        assert!((late.gamma - 1.5f64.ln()).abs() < 1e-9 && with_last[1] < 1.0);
        let [single, double] = with_last.map(|value| format!("{value:.2e}"));
        shows(&[name.to_owned(), format!("{:.4}", late.gamma), single, double]);
        last.push(with_last);
        scaled.push(value * n.sqrt() / n.ln().powf(1.5));
        values.push(value);
    }
    // O((log n)^{3/2}/√n): the scaled value stays within a factor of 1.2.
    assert!(scaled.iter().all(|value| (value / scaled[0] - 1.0).abs() < 0.2), "{scaled:?}");
    assert!(last.windows(2).all(|pair| (0..2).all(|form| pair[1][form] < 0.15 * pair[0][form])), "{last:?}");
    // c × the right side, c from n = 10^10.
    assert!(values[1..].iter().all(|value| value / values[0] <= 0.13));
}

/// Section 6: what the counterexample does not speak of.
#[test]
fn other_readings_are_not_met() {
    // π_T's own π̂_β in the ball as well.
    let mut values = Vec::new();
    for (n, _) in SIZES {
        let member = Unseen::at(n).unwrap();
        let setting = member.setting(RHO).unwrap();
        let lifted = member.theta[0] * (1.0 + 1.0 / member.beta);
        let radius = (1.0 + 1.0 / member.beta) * lifted.hypot(member.theta[1]);
        assert!((radius / (3.0 * n) - 1.0).abs() < 1e-4, "of order n: {radius}");
        let norm = Some(member.theta[0].hypot(member.theta[1]));
        let class = Class::Linear { dim: 2.0, radius, theta_norm: norm, range: None };
        values.push(printed(&Setting { class, ..setting }, n));
        // L log(r/ρ), L = 1/(2π_0(3)), r = 2, from which on the sample shows everything.
        let complete = 0.5 / member.base()[2] * (2.0 / RHO).ln();
        assert!((complete / n / 2100.0 - 1.0).abs() < 0.02, "{complete}");
    }
    assert!(values.windows(2).all(|pair| pair[1] > pair[0]), "{values:?}");
    assert!(PAGE.contains(&format!("   {:.0} at n = 10^10, and grows.", values[0])), "{values:?}");

    // The minimiser of least norm, and π̂_β.
    for (n, _) in SIZES {
        let member = Unseen::at(n).unwrap();
        let scale = 1.0 + 1.0 / member.beta;
        let [a, b] = member.theta;
        let least = member.policy([a * scale, 0.0]);
        assert!(failure(&least) == 0.0 && least[2] > 1.0 - 1e-9 && member.base()[0] > 0.9);
        assert_eq!(failure(&member.policy([a * scale, b * scale])), 0.0);
    }
}

/// Section 5.
#[test]
fn along_the_finite_family_too() {
    let mut values = Vec::new();
    for (n, name) in SIZES {
        let tie = Tie::at(n).unwrap();
        let setting = tie.setting(RHO);
        let value = printed(&setting, n);
        let rates = setting.rates(n, 1).unwrap();
        let failure = failure(&[0.5, 0.5]);
        assert!(tie.unseen() >= 0.998 && value <= 37.0 / n.sqrt());
        let by_hand = 2.0 * (1.0 + rates.beta) * (setting.kappa0 * 8.0 * (2.0 / RHO).ln() / n).sqrt() / DELTA
            + rates.beta * setting.kappa0.ln() / (setting.gamma * DELTA);
        assert!((value / by_hand - 1.0).abs() < 1e-12);
        shows(&[
            name.to_owned(),
            format!("{:.0e}", tie.unlikely),
            format!("{:.4}", setting.gamma),
            format!("{:.4}", (1.0 + rates.beta) * tie.log_odds()),
            format!("{:.2e}", rates.epsilon),
            format!("{:.4}", tie.unseen()),
            format!("{value:.1e}"),
            format!("{:.1e}", in_two_terms(&setting, n, 1, DELTA).unwrap()),
            format!("{failure}"),
        ]);
        values.push(value);
    }
    // c × the right side, c from n = 10^10.
    assert!(values[1..].iter().all(|value| value / values[0] <= 0.13));
}

/// Section 5, with γ_1 for γ: the uniform policy makes the right side infinite, and (0.6, 0.4) does not.
#[test]
fn in_the_finite_class_the_last_margin_can_be_counted_too() {
    let mut values = Vec::new();
    for (n, name) in SIZES {
        let tie = Tie::at(n).unwrap();
        let setting = tie.last_margin(RHO);
        assert!((setting.gamma - 1.5f64.ln()).abs() < 1e-15 && setting.mu == 0.6);
        // R from the losses' own root, |β log(π(1)/π(2)) − (1+β) log(π_0(1)/π_0(2))|: the member's is the larger, π̂_β's is 0.
        let range = (tie.beta * (MIXED[0] / MIXED[1]).ln() - (1.0 + tie.beta) * tie.log_odds()).abs();
        let Class::Finite { range: given, .. } = setting.class else { panic!("a finite class") };
        assert!((given / range - 1.0).abs() < 1e-12 && failure(&MIXED) == 1.0);
        let epsilon = setting.rates(n, 1).unwrap().epsilon;
        let by_hand = range * (8.0 * (2.0 / RHO).ln() / n).sqrt();
        assert!((epsilon / by_hand - 1.0).abs() < 1e-12);
        let value = printed(&setting, n);
        shows(&[
            name.to_owned(),
            format!("{:.4}", setting.gamma),
            format!("{range:.4}"),
            format!("{epsilon:.2e}"),
            format!("{value:.1e}"),
            format!("{:.1e}", in_two_terms(&setting, n, 1, DELTA).unwrap()),
            format!("{}", failure(&MIXED)),
        ]);
        values.push(value);
    }
    assert!(values[0] < 1.0 && values.windows(2).all(|pair| pair[1] < 0.13 * pair[0]), "{values:?}");
}

/// Section 6: with μ over every response the two-term form of a perfectly sampled sharp policy exceeds 128 log(1/ρ)/(nμδ), which is above
/// 1 at every n from γ = 0.03 on.
#[test]
fn with_mu_over_every_response_the_statement_is_void() {
    for gamma in [0.03, 0.1, 1.0, 3.0] {
        for exponent in 0..60 {
            let n = 10f64.powf(0.25 * f64::from(exponent)).round();
            // Two responses and the population update: π_1 ∝ π_0^{1+√n}.
            let scale = (1.0 + n.sqrt()) * gamma;
            let floor = (128.0 * (1.0 / RHO).ln() / (n * DELTA)).ln() + scale;
            assert!(floor > 0.0, "γ = {gamma}, n = {n:e}");
            let mu = 1.0 / (1.0 + scale.exp());
            if mu < 1e-150 {
                continue;
            }
            let class = Class::Linear {
                dim: 1.0,
                radius: (1.0 + n.sqrt()) * 0.5 * gamma,
                theta_norm: Some(0.5 * gamma),
                range: None,
            };
            let beta = selfreward::theory::one_step::Regularisation::OverSqrtN(1.0);
            let setting = Setting { class, beta, kappa0: 1.0 + (-gamma).exp(), gamma, mu, rho: RHO, excess: 1.0 };
            let value = in_two_terms(&setting, n, 1, DELTA).unwrap();
            assert!(value >= floor.exp() * (1.0 - 1e-9), "γ = {gamma}, n = {n:e}: {value} < e^{floor}");
        }
    }
}
