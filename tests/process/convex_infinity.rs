//! Whether a convex fit has a finite optimum: the linear programme, the graph and exact elimination agree; balls where it has none.

use std::collections::BTreeSet;

use ndarray::{Array1, Array2};
use selfreward::convex::{Ball, Block, Choices, Fit, Outcome};

use crate::convex_support::{Owned, plain};

/// A small generator of integers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    /// An integer in −most..=most.
    fn integer(&mut self, most: i64) -> i64 {
        self.below(2 * most as u64 + 1) as i64 - most
    }
}

/// All rows of A as they stand: each seen response against every response of its prompt, +D for a win, −D for a loss.
fn cone(owned: &Owned) -> Vec<Vec<i128>> {
    let integers = |row: Array1<f64>| row.iter().map(|x| *x as i128).collect::<Vec<_>>();
    match owned {
        Owned::Softmax { features, weights, responses, .. } => (0..weights.len())
            .filter(|&y| weights[y] > 0.0)
            .flat_map(|y| {
                let prompt = y / responses * responses;
                (prompt..prompt + responses).map(move |z| integers(&features.row(y) - &features.row(z)))
            })
            .collect(),
        Owned::Logistic { differences, wins, losses } => {
            let row = |i: usize, sign: f64| integers(&differences.row(i) * sign);
            let won = (0..wins.len()).filter(|&i| wins[i] > 0.0).map(|i| row(i, 1.0));
            won.chain((0..wins.len()).filter(|&i| losses[i] > 0.0).map(|i| row(i, -1.0))).collect()
        }
    }
}

/// Oracle: whether Av ≥ 0, Σ(Av) ≥ 1 has a solution, by Fourier–Motzkin elimination in exact integers.
fn eliminated(rows: &[Vec<i128>], d: usize) -> bool {
    let mut system: BTreeSet<Vec<i128>> = rows.iter().map(|row| row.iter().copied().chain([0]).collect()).collect();
    system.insert((0..=d).map(|j| if j == d { 1 } else { rows.iter().map(|row| row[j]).sum() }).collect());
    for j in 0..d {
        let mut next: BTreeSet<Vec<i128>> = system.iter().filter(|row| row[j] == 0).cloned().collect();
        for up in system.iter().filter(|row| row[j] > 0) {
            for down in system.iter().filter(|row| row[j] < 0) {
                let sum: Vec<i128> = up.iter().zip(down).map(|(a, b)| a * -down[j] + b * up[j]).collect();
                let divisor = sum.iter().fold(0, |a, b| gcd(a, b.abs())).max(1);
                next.insert(sum.into_iter().map(|x| x / divisor).collect());
            }
        }
        system = next;
    }
    // What is left reads 0 ≥ right-hand side.
    system.iter().all(|row| row[d] <= 0)
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Oracle in the plane: the edges of the cone Av ≥ 0 are at right angles to rows; a half-plane has its row inside.
fn in_the_plane(rows: &[Vec<i128>]) -> bool {
    let candidates = rows.iter().flat_map(|a| [[a[1], -a[0]], [-a[1], a[0]], [a[0], a[1]], [-a[0], -a[1]]]);
    candidates.into_iter().any(|v| {
        let image: Vec<i128> = rows.iter().map(|a| a[0] * v[0] + a[1] * v[1]).collect();
        image.iter().all(|x| *x >= 0) && image.iter().any(|x| *x > 0)
    })
}

/// The library's answer, its direction checked against A.
fn decided(owned: &Owned, programme: bool) -> bool {
    let block = owned.block();
    let direction = if programme { block.recession_by_programme() } else { block.recession() }.unwrap();
    let Some(v) = direction else { return false };
    assert!((v.dot(&v) - 1.0).abs() < 1e-12);
    let image: Vec<f64> = cone(owned).iter().map(|row| row.iter().zip(&v).map(|(a, v)| *a as f64 * v).sum()).collect();
    let most = image.iter().fold(0.0f64, |most, x| most.max(*x));
    assert!(most > 1e-3 && image.iter().all(|x| *x > -1e-9), "{image:?}");
    true
}

fn random_softmax(dice: &mut Dice, d: usize, prompts: usize, k: usize, most: i64, seen: u64) -> Owned {
    let features = Array2::from_shape_simple_fn((prompts * k, d), || dice.integer(most) as f64);
    let mut weights: Vec<f64> = (0..prompts * k).map(|_| f64::from(dice.below(4) < seen)).collect();
    (0..prompts).for_each(|x| weights[x * k + dice.below(k as u64) as usize] = 0.5);
    Owned::Softmax { features, offset: vec![0.0; prompts * k], weights, responses: k }
}

fn random_logistic(dice: &mut Dice, d: usize, pairs: usize, most: i64) -> Owned {
    let differences = Array2::from_shape_simple_fn((pairs, d), || dice.integer(most) as f64);
    let mut wins: Vec<f64> = (0..pairs).map(|_| f64::from(dice.below(3) > 0)).collect();
    let losses = (0..pairs).map(|_| f64::from(dice.below(3) == 0)).collect();
    wins[0] = 1.0;
    Owned::Logistic { differences, wins, losses }
}

/// Integers as small as 1 make ties, repeated rows and deficient ranks the rule.
#[test]
fn the_programme_agrees_with_exact_elimination() {
    let mut dice = Dice(1);
    let mut counts = [0; 2];
    for trial in 0..3000 {
        let (d, most) = (1 + trial % 3, [1, 2, 5][trial / 3 % 3]);
        let owned = if trial % 2 == 0 {
            let (prompts, k) = (1 + dice.below(3) as usize, 2 + dice.below(3) as usize);
            let seen = dice.below(4);
            random_softmax(&mut dice, d, prompts, k, most, seen)
        } else {
            let pairs = 1 + dice.below(7) as usize;
            random_logistic(&mut dice, d, pairs, most)
        };
        let rows = cone(&owned);
        let expected = eliminated(&rows, d);
        assert_eq!(decided(&owned, true), expected, "trial {trial}: {rows:?}");
        assert_eq!(decided(&owned, false), expected, "trial {trial}: {rows:?}");
        if d == 2 {
            assert_eq!(in_the_plane(&rows), expected, "trial {trial}: {rows:?}");
        }
        counts[usize::from(expected)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 600), "{counts:?}");
}

/// One-hot features: unseen responses, and the strong connection of the graph of wins, against the programme and elimination.
#[test]
fn the_graph_agrees_with_the_programme() {
    let mut dice = Dice(2);
    let mut counts = [0; 4];
    for trial in 0..1500 {
        let k = 2 + dice.below(3) as usize;
        let owned = if trial % 5 == 0 {
            let weights: Vec<f64> = (0..k).map(|y| if y == 0 { 1.0 } else { dice.below(3) as f64 }).collect();
            Owned::Softmax { features: Array2::eye(k), offset: vec![0.0; k], weights, responses: k }
        } else {
            let pairs: Vec<(usize, usize)> = (0..k).flat_map(|y| (y + 1..k).map(move |z| (y, z))).collect();
            let mut differences = Array2::zeros((pairs.len(), k));
            for (i, (y, z)) in pairs.iter().enumerate() {
                let sign = if dice.below(2) == 0 { 1.0 } else { -1.0 };
                (differences[(i, *y)], differences[(i, *z)]) = (sign, -sign);
            }
            let mut weights = || (0..pairs.len()).map(|_| dice.below(2) as f64).collect::<Vec<_>>();
            let (mut wins, losses) = (weights(), weights());
            wins[0] = 1.0;
            Owned::Logistic { differences, wins, losses }
        };
        let expected = eliminated(&cone(&owned), k);
        assert_eq!(decided(&owned, false), expected, "trial {trial}: {:?}", cone(&owned));
        assert_eq!(decided(&owned, true), expected, "trial {trial}: {:?}", cone(&owned));
        counts[2 * usize::from(trial % 5 == 0) + usize::from(expected)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 30), "{counts:?}");
}

/// Larger sizes, planted: v* is a direction by construction; or λ ≥ 1 with Aᵀλ = 0 is, as each row has its negative among sums.
#[test]
fn planted_answers_are_found_at_size() {
    let mut dice = Dice(3);
    for (m, d) in [(60, 5), (400, 20), (900, 60)] {
        let star: Vec<f64> = (0..d).map(|_| dice.integer(3) as f64).collect();
        let mut differences = Array2::from_shape_simple_fn((m, d), || dice.integer(3) as f64);
        let score = |row: &[f64]| row.iter().zip(&star).map(|(a, v)| a * v).sum::<f64>();
        let scores: Vec<f64> = differences.rows().into_iter().map(|row| score(&row.to_vec())).collect();
        // A pair is won where v* says so; a tie of v* is won and lost.
        let wins: Vec<f64> = scores.iter().map(|s| f64::from(*s >= 0.0)).collect();
        let losses: Vec<f64> = scores.iter().map(|s| f64::from(*s <= 0.0)).collect();
        let planted = Owned::Logistic { differences: differences.clone(), wins: wins.clone(), losses: losses.clone() };
        assert!(decided(&planted, false), "{m} {d}");
        // The last pair is against all others: A's rows then sum to zero.
        let (mut wins, mut losses) = (wins, losses);
        let sums: Array1<f64> = (0..m - 1)
            .map(|i| &differences.row(i) * (wins[i] - losses[i]))
            .fold(Array1::zeros(d), |sum, row| sum + row);
        differences.row_mut(m - 1).assign(&-sums);
        (wins[m - 1], losses[m - 1]) = (1.0, 0.0);
        assert!(!decided(&Owned::Logistic { differences, wins, losses }, false), "{m} {d}");
    }
}

fn parts(outcome: Outcome) -> (f64, Vec<f64>, bool) {
    match outcome {
        Outcome::Finite(optimum) => (optimum.multiplier, optimum.theta.concat_all(), false),
        Outcome::InBallAtInfinity(optimum) => (optimum.multiplier, optimum.theta.concat_all(), true),
        Outcome::AtInfinity { direction } => panic!("at infinity along {direction:?}"),
    }
}

trait Concat {
    fn concat_all(&self) -> Vec<f64>;
}

impl Concat for Vec<Array1<f64>> {
    fn concat_all(&self) -> Vec<f64> {
        self.iter().flatten().copied().collect()
    }
}

/// Closed form: one pair won, v ∈ [−B, B]: v = B and m = σ(−B)/(2B), down to multipliers of e^{−600}.
#[test]
fn in_a_ball_the_tail_is_climbed_to_the_sphere() {
    let rows = Array2::from_elem((1, 1), 1.0);
    let (wins, losses) = ([1.0], [0.0]);
    let block = || Block::Logistic { differences: rows.view(), wins: &wins, losses: &losses };
    for radius in [0.1, 1.0, 30.0, 200.0, 600.0] {
        let ball = Some(Ball { centre: vec![Array1::zeros(1)], radius });
        let fit = Fit { ball, ..plain(vec![block()], vec![Array1::zeros(1)]) };
        let (multiplier, theta, marked) = parts(fit.solve().unwrap());
        assert!(marked && (theta[0] / radius - 1.0).abs() < 1e-14, "{radius}: {theta:?}");
        let expected = (-radius).exp() / (1.0 + (-radius).exp()) / (2.0 * radius);
        assert!((multiplier / expected - 1.0).abs() < 1e-12 * radius.max(1.0), "{radius}: {multiplier} {expected}");
    }
    let fit = plain(vec![block()], vec![Array1::zeros(1)]);
    let Outcome::AtInfinity { direction } = fit.solve().unwrap() else { panic!("there is no optimum") };
    assert_eq!(direction, [Array1::from(vec![1.0])]);
}

/// An unseen response in a tabular likelihood: without a ball at infinity, with one on its sphere, where the stationarity
/// c_y − Cπ_y = 2mθ_y holds response by response.
#[test]
fn an_unseen_response_meets_the_sphere() {
    let features = Array2::eye(4);
    let (offset, weights) = ([0.3, 0.0, -0.2, 0.1], [3.0, 2.0, 0.0, 1.0]);
    let choices = Choices { features: features.view(), offset: &offset, weights: &weights };
    let block = || Block::Softmax(vec![choices]);
    assert!(matches!(plain(vec![block()], vec![Array1::zeros(4)]).solve().unwrap(), Outcome::AtInfinity { .. }));
    for radius in [0.5, 3.0, 40.0] {
        let ball = Some(Ball { centre: vec![Array1::zeros(4)], radius });
        let fit = Fit { ball, ..plain(vec![block()], vec![Array1::zeros(4)]) };
        let (multiplier, theta, marked) = parts(fit.solve().unwrap());
        let norm = theta.iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!(marked && (norm / radius - 1.0).abs() < 1e-14, "{radius}: {theta:?}");
        let masses: Vec<f64> = theta.iter().zip(offset).map(|(t, o)| (t + o).exp()).collect();
        let total: f64 = masses.iter().sum();
        for y in 0..4 {
            let left = weights[y] - 6.0 * masses[y] / total;
            assert!((left - 2.0 * multiplier * theta[y]).abs() < 1e-14 * 6.0, "{radius} {y}: {left}");
        }
    }
}
