//! One round: Lemmas C.1 and C.2, Eqs. 11–18 and 39–43, Lemma F.4, the companion's tail lemmas, by brute-force sums.

use crate::support::assert_refuses;
use approx::assert_relative_eq;
use proptest::prelude::*;
use selfreward::theory::one_step::{
    change_of_measure, comparator_gap, covering_number, fourth_moment, gap_decomposition, loss_difference,
    low_probability_mass, net_radius, one_step, reward_tail, reward_tail_as_printed, suboptimality, zero_failure,
};

/// A reference policy and any other one, with every quantity of the theory summed from its definition.
#[derive(Debug)]
struct Pair {
    prompts: Vec<f64>,
    reference: Vec<Vec<f64>>,
    learned: Vec<Vec<f64>>,
    beta: f64,
}

fn softmax(logits: &[f64]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

fn modal(policy: &[f64]) -> usize {
    (0..policy.len()).fold(0, |best, y| if policy[y] > policy[best] { y } else { best })
}

impl Pair {
    /// E_x Σ_y over prompts and responses of a function of (x, y).
    fn sum(&self, term: impl Fn(usize, usize) -> f64) -> f64 {
        (0..self.prompts.len())
            .map(|x| self.prompts[x] * (0..self.reference[x].len()).map(|y| term(x, y)).sum::<f64>())
            .sum()
    }

    fn reward(&self, x: usize, y: usize) -> f64 {
        self.reference[x][y].ln()
    }

    fn implicit(&self, x: usize, y: usize) -> f64 {
        self.beta * (self.learned[x][y] / self.reference[x][y]).ln()
    }

    /// Δ^{r̂} − Δ^{r_t} at (x, y, y').
    fn error(&self, x: usize, y: usize, z: usize) -> f64 {
        (self.implicit(x, y) - self.implicit(x, z)) - (self.reward(x, y) - self.reward(x, z))
    }

    fn comparator(&self, x: usize, y: usize) -> f64 {
        if y == modal(&self.reference[x]) { 1.0 } else { 0.0 }
    }

    /// E_{y~policy, y'~π_t} of a function of the error.
    fn against_reference(&self, policy: impl Fn(usize, usize) -> f64, of: impl Fn(f64) -> f64) -> f64 {
        self.sum(|x, y| {
            policy(x, y)
                * (0..self.reference[x].len()).map(|z| self.reference[x][z] * of(self.error(x, y, z))).sum::<f64>()
        })
    }

    fn gap(&self) -> f64 {
        self.sum(|x, y| (self.comparator(x, y) - self.learned[x][y]) * self.reward(x, y))
    }

    fn kappa(&self) -> f64 {
        self.sum(|x, y| self.comparator(x, y).powi(2) / self.reference[x][y])
    }

    fn concentrability(&self) -> f64 {
        self.sum(|x, y| self.learned[x][y].powi(2) / self.reference[x][y])
    }

    fn learned_kl(&self) -> f64 {
        self.sum(|x, y| self.learned[x][y] * (self.learned[x][y] / self.reference[x][y]).ln())
    }

    fn comparator_kl(&self) -> f64 {
        self.sum(|x, y| -self.comparator(x, y) * self.reference[x][y].ln())
    }

    fn epsilon(&self) -> f64 {
        self.against_reference(|x, y| self.reference[x][y], |error| error * error).sqrt()
    }

    fn margin(&self) -> f64 {
        let of = |policy: &Vec<f64>| {
            let best = modal(policy);
            let others = (0..policy.len()).filter(|y| *y != best).map(|y| policy[y]).fold(0.0, f64::max);
            (policy[best] / others).ln()
        };
        self.reference.iter().map(of).fold(f64::INFINITY, f64::min)
    }

    fn missed(&self) -> f64 {
        1.0 - self.sum(|x, y| self.comparator(x, y) * self.learned[x][y])
    }

    fn comparator_failure(&self, delta: f64) -> f64 {
        let fails = |x: usize| self.learned[x][modal(&self.reference[x])] <= 1.0 - delta;
        (0..self.prompts.len()).filter(|x| fails(*x)).map(|x| self.prompts[x]).sum()
    }
}

prop_compose! {
    fn pairs()(responses in 2usize..6, beta in 0.05f64..2.0, spread in 0.1f64..4.0)(
        rows in prop::collection::vec(
            (0.1f64..1.0, prop::collection::vec(-1.0f64..1.0, responses), prop::collection::vec(-1.0f64..1.0, responses)), 1..5),
        beta in Just(beta), spread in Just(spread),
    ) -> Pair {
        let total: f64 = rows.iter().map(|(weight, ..)| weight).sum();
        let scaled = |logits: &[f64]| softmax(&logits.iter().map(|logit| spread * logit).collect::<Vec<_>>());
        Pair {
            prompts: rows.iter().map(|(weight, ..)| weight / total).collect(),
            reference: rows.iter().map(|(_, logits, _)| scaled(logits)).collect(),
            learned: rows.iter().map(|(.., logits)| scaled(logits)).collect(),
            beta,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// The chain from Lemma C.1 to Eq. 42, every left side summed from its definition. The learned policy is arbitrary.
    #[test]
    fn the_chain_of_inequalities_holds_for_any_learned_policy(pair in pairs(), delta in 0.05f64..0.95) {
        let (slack, gamma) = (1.0 + 1e-9, pair.margin());
        prop_assume!(gamma > 1e-6);
        let by_gap = suboptimality(pair.gap(), gamma).unwrap().value();
        prop_assert!(pair.missed() <= by_gap * slack + 1e-12, "C1");

        let deviations = (
            pair.against_reference(|x, y| pair.comparator(x, y), f64::abs),
            pair.against_reference(|x, y| pair.learned[x][y], f64::abs),
        );
        let (kl, learned_kl) = (pair.comparator_kl(), pair.learned_kl().max(0.0));
        let decomposed = gap_decomposition(deviations.0, deviations.1, pair.beta, kl, learned_kl).unwrap();
        prop_assert!(pair.gap() <= decomposed * slack + 1e-12, "C5");

        let (kappa, concentrability, epsilon) = (pair.kappa(), pair.concentrability().max(1.0), pair.epsilon());
        prop_assert!(deviations.0 <= change_of_measure(kappa, epsilon * epsilon).unwrap() * slack + 1e-12, "C6");
        prop_assert!(deviations.1 <= change_of_measure(concentrability, epsilon * epsilon).unwrap() * slack + 1e-12, "C6");

        let gap = comparator_gap(kappa, concentrability, epsilon, pair.beta, kl, gamma).unwrap().value();
        prop_assert!(pair.missed() <= gap * slack + 1e-12, "Eqs. 39-41");
        let oracle = one_step(kappa, gamma, epsilon, pair.beta, delta, Some(concentrability)).unwrap();
        prop_assert!(gap / delta <= oracle.value() * slack, "KL <= log kappa");
        prop_assert!(pair.comparator_failure(delta) <= oracle.value() * slack, "Eq. 42");
        prop_assert_eq!(oracle.vacuous(), oracle.value() >= 1.0);
    }

    /// The oracle bound is monotone in every argument.
    #[test]
    fn oracle_bound_is_monotone(
        kappa in 1.0f64..100.0, gamma in 0.01f64..9.0, epsilon in 0.0f64..9.0, beta in 0.001f64..2.0, delta in 0.01f64..0.9,
        concentrability in 1.0f64..100.0,
    ) {
        let at = |k, g, e, b, d, c| one_step(k, g, e, b, d, Some(c)).unwrap().value();
        let base = at(kappa, gamma, epsilon, beta, delta, concentrability);
        prop_assert!(at(1.1 * kappa, gamma, epsilon, beta, delta, concentrability) >= base);
        prop_assert!(at(kappa, 1.1 * gamma, epsilon, beta, delta, concentrability) <= base);
        prop_assert!(at(kappa, gamma, 1.1 * epsilon, beta, delta, concentrability) >= base);
        prop_assert!(at(kappa, gamma, epsilon, 1.1 * beta, delta, concentrability) >= base);
        prop_assert!(at(kappa, gamma, epsilon, beta, 1.1 * delta, concentrability) <= base);
        prop_assert!(at(kappa, gamma, epsilon, beta, delta, 1.1 * concentrability) >= base);
    }

    /// The confidence of C12 rises with γ and falls with K and β; the log covering number rises with d and B and falls with η.
    #[test]
    fn zero_failure_and_covering_number_are_monotone(
        responses in 2u32..1000, gamma in 0.01f64..5.0, beta in 0.01f64..3.0, dim in 1u32..5000, radius in 0.01f64..1e4,
        eta in 1e-4f64..10.0,
    ) {
        let confidence = |k: u32, g, b| zero_failure(f64::from(k), g, b, 0.5).unwrap().value();
        let base = confidence(responses, gamma, beta);
        prop_assert!(confidence(responses + 1, gamma, beta) <= base);
        prop_assert!(confidence(responses, 1.1 * gamma, beta) >= base);
        prop_assert!(confidence(responses, gamma, 1.1 * beta) <= base);
        let cover = |d: u32, b, e| covering_number(f64::from(d), b, e).unwrap().value();
        let base = cover(dim, radius, eta);
        prop_assert!(cover(dim + 1, radius, eta) > base);
        prop_assert!(cover(dim, 1.1 * radius, eta) > base);
        prop_assert!(cover(dim, radius, 1.1 * eta) < base);
    }

    /// C12: the population update of a policy with margin γ gives its mode at least the guaranteed confidence, attained
    /// where all K−1 rivals lie at the margin. Oracle: π^{1+1/β}, normalised.
    #[test]
    fn zero_failure_confidence_is_a_floor_and_is_attained(
        gamma in 0.01f64..3.0, beta in 0.05f64..3.0, extra in prop::collection::vec(0.0f64..3.0, 1..6),
    ) {
        let responses = extra.len() as f64 + 1.0;
        let floor = zero_failure(responses, gamma, beta, 0.5).unwrap().value();
        let sharpened = |gaps: Vec<f64>| {
            let logits: Vec<f64> = std::iter::once(0.0).chain(gaps.iter().map(|gap| -gap)).collect();
            let powered: Vec<f64> = softmax(&logits).iter().map(|p| p.powf(1.0 + 1.0 / beta)).collect();
            powered[0] / powered.iter().sum::<f64>()
        };
        prop_assert!(sharpened(extra.iter().map(|more| gamma + more).collect()) >= floor - 1e-12);
        prop_assert!((sharpened(vec![gamma; extra.len()]) - floor).abs() < 1e-10);
    }

    /// Lemma F.4 and the loss difference. Oracle: the softmax itself at random parameters in three dimensions.
    #[test]
    fn close_parameters_give_close_policies_and_losses(
        theta in prop::array::uniform3(-2.0f64..2.0), direction in prop::array::uniform3(-1.0f64..1.0), eta in 0.01f64..2.0,
        features in prop::collection::vec(prop::array::uniform3(-1.0f64..1.0), 2..6), beta in 0.05f64..1.0,
    ) {
        let norm = |v: &[f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        prop_assume!(norm(&direction) > 1e-3);
        let radius = net_radius(eta).unwrap();
        let moved: [f64; 3] = std::array::from_fn(|i| theta[i] + radius * direction[i] / norm(&direction));
        let unit: Vec<[f64; 3]> = features.iter().map(|f| f.map(|x| x / norm(f).max(1.0))).collect();
        let policy = |t: &[f64; 3]| softmax(&unit.iter().map(|f| (0..3).map(|i| f[i] * t[i]).sum()).collect::<Vec<_>>());
        let (p, q) = (policy(&theta), policy(&moved));
        for y in 0..p.len() {
            prop_assert!((p[y].ln() - q[y].ln()).abs() <= eta * (1.0 + 1e-9));
        }
        // Losses against the reward log(uniform) = const at the uniform reference: Δ^{r̂} = β Δ^{log π}, Δ^r = Δ^{log ref}.
        let reference = softmax(&unit.iter().map(|f| f[0]).collect::<Vec<_>>());
        let implicit = |p: &[f64], y: usize, z: usize| beta * ((p[y] / reference[y]).ln() - (p[z] / reference[z]).ln());
        let reward = |y: usize, z: usize| reference[y].ln() - reference[z].ln();
        for y in 0..p.len() {
            for z in 0..p.len() {
                let clip = implicit(&p, y, z).abs().max(implicit(&q, y, z).abs()).max(reward(y, z).abs()).max(1e-9);
                let loss = |p: &[f64]| (implicit(p, y, z) - reward(y, z)).powi(2);
                let allowed = loss_difference(beta, eta, clip).unwrap().value();
                prop_assert!((loss(&p) - loss(&q)).abs() <= allowed * (1.0 + 1e-9));
            }
        }
    }

    /// The corrected tail and fourth moment of the companion's Lemmas J.1 and J.2, for one prompt. Oracle: the law of X summed.
    #[test]
    fn corrected_tail_holds(
        old in prop::collection::vec(-6.0f64..6.0, 2..6), new in prop::collection::vec(-6.0f64..6.0, 6), beta in 0.05f64..1.0,
        s in 0.0f64..6.0,
    ) {
        let (p, q) = (softmax(&old), softmax(&new[..old.len()]));
        let moment: f64 = (0..p.len()).map(|y| p[y] * (p[y] / q[y]).powf(beta)).sum();
        let threshold = reward_tail(moment.max(1.0), s).unwrap().value();
        let (mut beyond, mut fourth) = (0.0, 0.0);
        for y in 0..p.len() {
            for z in 0..p.len() {
                let x = (beta * ((q[y] / p[y]).ln() - (q[z] / p[z]).ln())).abs();
                beyond += if x > threshold { p[y] * p[z] } else { 0.0 };
                fourth += p[y] * p[z] * x.powi(4);
            }
        }
        prop_assert!(beyond <= (-s).exp() * (1.0 + 1e-9));
        prop_assert!(fourth <= fourth_moment(moment.max(1.0)).unwrap().value());
        let rare: f64 = p.iter().filter(|q| **q <= (-s).exp()).sum();
        prop_assert!(rare <= low_probability_mass(p.len() as f64, s).unwrap() * (1.0 + 1e-12));
    }
}

/// The oracle bound is its parts put together, C1 after C5 after C6, and each part is what it says by hand: Lemma C.2 with
/// equality where h ∝ π/π_t, Eq. 18 as a sum.
#[test]
fn oracle_bound_is_composed_of_its_parts() {
    let (reference, learned) = ([0.5, 0.3, 0.2], [0.1, 0.3, 0.6]);
    let ratio = |y: usize| learned[y] / reference[y];
    let concentrability: f64 = (0..3).map(|y| learned[y] * ratio(y)).sum();
    let mean: f64 = (0..3).map(|y| learned[y] * ratio(y)).sum();
    let second: f64 = (0..3).map(|y| reference[y] * ratio(y) * ratio(y)).sum();
    assert_relative_eq!(change_of_measure(concentrability, second).unwrap(), mean, max_relative = 1e-14);
    assert_relative_eq!(gap_decomposition(0.3, 0.2, 0.1, 0.5, 0.4).unwrap(), 0.51, max_relative = 1e-14);
    assert_relative_eq!(suboptimality(0.51, 2.0).unwrap().value(), 0.255, max_relative = 1e-14);
    for (kappa, concentrability, epsilon, beta, kl, gamma) in
        [(4.0, 9.0, 0.1, 0.2, 1.3, 2.0), (1.0, 1.0, 0.7, 1e-3, 0.0, 0.3), (2.5, 1e6, 1e-4, 3.0, 0.9, 5.0f64)]
    {
        let deviation = |c| change_of_measure(c, epsilon * epsilon).unwrap();
        let gap = gap_decomposition(deviation(kappa), deviation(concentrability), beta, kl, 0.0).unwrap();
        let parts = suboptimality(gap, gamma).unwrap().value();
        let whole = comparator_gap(kappa, concentrability, epsilon, beta, kl, gamma).unwrap().value();
        assert_relative_eq!(whole, parts, max_relative = 1e-13);
        let bound = one_step(kappa, gamma, epsilon, beta, 0.25, Some(concentrability)).unwrap();
        let with_log = comparator_gap(kappa, concentrability, epsilon, beta, f64::ln(kappa), gamma).unwrap().value();
        assert_relative_eq!(bound.value(), 4.0 * with_log, max_relative = 1e-13);
        let terms =
            bound.intermediate("statistical_term").unwrap() + bound.intermediate("regularisation_term").unwrap();
        assert_relative_eq!(terms, bound.value(), max_relative = 1e-13);
    }
}

/// The printed tail lemma is false: binary π_t with p = 0.01, π gives that response p², β = 1, s = 95. Oracle: the law of X.
#[test]
fn printed_tail_is_false() {
    let (p, q) = ([0.01f64, 0.99], [0.0001f64, 0.9999]);
    let moment = p[0] * p[0] / q[0] + p[1] * p[1] / q[1];
    let x = ((q[0] / p[0]).ln() - (q[1] / p[1]).ln()).abs();
    let probability = 2.0 * p[0] * p[1];
    assert!((x - 4.615).abs() < 1e-3 && (probability - 0.0198).abs() < 1e-9);
    assert!(x > reward_tail_as_printed(moment, 95.0).unwrap() && probability > (-95.0f64).exp());
    assert!(x <= reward_tail(moment, 95.0).unwrap().value());
}

/// Oracle: E X⁴ of the extremal law P[X > k + s] = e^{−s}, by midpoint sums of its quantiles k − log(1 − u).
#[test]
fn fourth_moment_is_that_of_the_extremal_law() {
    for moment in [1.0, 1.7, 40.0] {
        let (k, points) = ((2.0f64 * moment).ln(), 2_000_000);
        let quantile = |index: i32| k - ((f64::from(index) + 0.5) / f64::from(points)).ln();
        let mean = (0..points).map(|index| quantile(index).powi(4)).sum::<f64>() / f64::from(points);
        assert_relative_eq!(fourth_moment(moment).unwrap().value(), mean, max_relative = 2e-3);
    }
}

/// The covering bound is valid in one dimension, where covers can be counted: an interval of length 2B needs ⌈2B/η⌉
/// intervals of length η (parameter distance η/2). It is within 2 log 2.5 of that count there.
#[test]
fn covering_number_in_one_dimension() {
    for (radius, eta) in [(1.0f64, 0.1f64), (3.0, 2.9), (0.5, 40.0), (10.0, 1e-6)] {
        let counted = (2.0 * radius / eta).ceil().max(1.0).ln();
        let bound = covering_number(1.0, radius, eta).unwrap().value();
        assert!(counted <= bound && bound <= counted + 2.0 * 2.5f64.ln(), "{counted} {bound}");
        assert_relative_eq!(covering_number(7.0, radius, eta).unwrap().value(), 7.0 * bound, max_relative = 1e-14);
    }
}

#[test]
fn zero_failure_is_vacuous_up_to_its_threshold() {
    // K = 3, one rival pair: confidence 1/(1 + 2e^{−γ(1+1/β)}) = 1 − δ at γ(1+1/β) = log(2(1−δ)/δ).
    let delta = 0.2;
    let threshold = (2.0f64 * 0.8 / 0.2).ln() / 3.0;
    assert!(zero_failure(3.0, threshold * 0.999_999, 0.5, delta).unwrap().vacuous());
    assert!(!zero_failure(3.0, threshold * 1.000_001, 0.5, delta).unwrap().vacuous());
    // A δ below the spacing of the doubles near 1 is not rounded away: confidence 1 − 1e-20 against 1 − 1e-18.
    assert!(!zero_failure(2.0, 20.0 * 10f64.ln() / 2.0, 1.0, 1e-18).unwrap().vacuous());
    assert!(zero_failure(2.0, 16.0 * 10f64.ln() / 2.0, 1.0, 1e-18).unwrap().vacuous());
    assert!(!zero_failure(1.0, 1.0, 1.0, 0.5).unwrap().vacuous());
}

#[test]
fn bad_arguments_name_themselves() {
    assert_refuses(one_step(0.9, 1.0, 0.1, 0.1, 0.5, None), "kappa");
    assert_refuses(one_step(2.0, 0.0, 0.1, 0.1, 0.5, None), "gamma");
    assert_refuses(one_step(2.0, 1.0, f64::NAN, 0.1, 0.5, None), "epsilon");
    assert_refuses(one_step(2.0, 1.0, 0.1, 0.1, 1.0, None), "delta");
    assert_refuses(one_step(2.0, 1.0, 0.1, 0.1, 0.5, Some(0.0)), "concentrability");
    assert_refuses(zero_failure(2.5, 1.0, 0.1, 0.5), "responses");
    assert_refuses(covering_number(0.0, 1.0, 0.1), "dim");
    assert_refuses(covering_number(2.0, -1.0, 0.1), "radius");
    assert_refuses(covering_number(2.0, 1.0, 0.0), "eta");
    assert_refuses(reward_tail(0.5, 1.0), "ratio_moment");
    assert_refuses(suboptimality(-1.0, 1.0), "gap");
}
