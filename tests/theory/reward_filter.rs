//! Reward-filtered training (T1 to T4, T6): closed forms against enumeration, simulation and grids.

use rand::{Rng, RngExt};
use selfreward::papers::task_centric::theory::acceptance::{
    acceptance, error_by_condition, error_by_threshold, fixed_points,
};
use selfreward::papers::task_centric::theory::curriculum::{Levels, MOST_LEVELS, Schedule, curriculum};
use selfreward::papers::task_centric::theory::feedback::feedback_map;
use selfreward::papers::task_centric::theory::resampling::unsolved;
use selfreward::papers::task_centric::theory::two_prompts::{TwoPrompts, Weighing};
use selfreward::seed::{Purpose, Seed};

fn stream(number: u64) -> impl Rng {
    Seed::from_number(number).rng(Purpose::Laws, 0, 0)
}

/// Oracle: every sequence of N proposals, each rejected or accepted at one of the prompts, with its probability.
#[test]
fn what_is_left_unsolved_is_a_sum_over_all_sequences() {
    let (weights, rates) = ([0.5, 0.3, 0.2], [0.4, 0.05, 1.0]);
    for proposals in 0..=6usize {
        let (mut mean, mut square) = (0.0, 0.0);
        for mut sequence in 0..4usize.pow(proposals as u32) {
            let (mut chance, mut solved) = (1.0, [false; 3]);
            for _ in 0..proposals {
                let one = sequence % 4;
                sequence /= 4;
                if one == 3 {
                    chance *= weights.iter().zip(rates).map(|(p, rate)| p * (1.0 - rate)).sum::<f64>();
                } else {
                    chance *= weights[one] * rates[one];
                    solved[one] = true;
                }
            }
            let left: f64 = (0..3).filter(|&x| !solved[x]).map(|x| weights[x] * (1.0 - rates[x])).sum();
            mean += chance * left;
            square += chance * left * left;
        }
        let law = unsolved(&weights, &rates, proposals as f64).unwrap();
        assert!((law.mean - mean).abs() < 1e-14, "{proposals}: {} {mean}", law.mean);
        assert!((law.variance - (square - mean * mean)).abs() < 1e-14, "{proposals}: {}", law.variance);
    }
}

/// P[some of M coupons is not among n draws], by inclusion and exclusion.
fn some_coupon_missed(coupons: u32, n: i32) -> f64 {
    let (mut sum, mut choose) = (0.0, 1.0);
    for k in 1..=coupons {
        choose *= f64::from(coupons - k + 1) / f64::from(k);
        let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
        sum += sign * choose * (1.0 - f64::from(k) / f64::from(coupons)).powi(n);
    }
    sum
}

/// Oracle: inclusion and exclusion, on the law on which the bound is attained, with every draw made beside it. At the least n with a < 1/M
/// the failure has a probability just below ρ; at ¾a it has one far above.
#[test]
fn the_acceptance_bound_is_attained_and_three_quarters_of_it_are_too_few() {
    let (rho, mut rng) = (0.1, stream(3));
    for (prompts, runs) in [(20u32, 20_000), (50, 10_000), (1000, 0)] {
        let mut missed = |share: f64| {
            let log_class = (f64::from(prompts) + 1.0).ln();
            let holds =
                |n: i32| share * acceptance(log_class, f64::from(n), rho).unwrap().value() < 1.0 / f64::from(prompts);
            let n = (1..).find(|&n| holds(n)).unwrap();
            let exact = some_coupon_missed(prompts, n);
            let mut left = 0;
            for _ in 0..runs {
                let mut seen = vec![false; prompts as usize];
                (0..n).for_each(|_| seen[rng.random_range(0..prompts as usize)] = true);
                left += i32::from(seen.contains(&false));
            }
            let error = (exact * (1.0 - exact) / f64::from(runs.max(1))).sqrt();
            assert!(runs == 0 || (f64::from(left) / f64::from(runs) - exact).abs() < 6.0 * error, "{prompts}");
            exact
        };
        let (whole, part) = (missed(1.0), missed(0.75));
        assert!(whole < rho && whole > 0.75 * rho, "{prompts}: {whole}");
        assert!(part > 2.5 * rho, "{prompts}: {part}");
    }
}

/// Oracle: a fine grid of τ, on random laws.
#[test]
fn the_threshold_bound_is_the_least_over_all_thresholds() {
    let mut rng = stream(4);
    for _ in 0..50 {
        let weights = [0.2, 0.3, 0.5];
        let rates: [f64; 3] = std::array::from_fn(|_| rng.random_range(0.0..1.0));
        let a = rng.random_range(0.001..0.2);
        let at = |tau: f64| {
            weights.iter().zip(rates).filter(|(_, rate)| *rate <= tau).map(|(p, _)| p).sum::<f64>() + a / tau
        };
        let grid = (1..=200_000).map(|step| at(f64::from(step) / 200_000.0)).fold(f64::INFINITY, f64::min);
        let bound = error_by_threshold(a, &weights, &rates).unwrap();
        assert!(bound <= grid + 1e-12 && grid < bound + 1e-2, "{bound} {grid}");
        let condition: f64 = weights.iter().zip(rates).map(|(p, rate)| p / rate).sum();
        assert!((error_by_condition(a, condition).unwrap().powi(2) - a * condition).abs() < 1e-9 * a * condition);
    }
    assert_eq!(error_by_condition(0.1, f64::INFINITY).unwrap(), f64::INFINITY);
}

/// Oracle: the fixed points' equation, and where the iterates go on a grid of starts.
#[test]
fn the_feedback_map_rises_between_its_fixed_points() {
    for a in [0.001, 0.05, 0.1, 0.2, 0.249] {
        let (lower, upper) = fixed_points(a).unwrap().unwrap();
        for point in [lower, upper] {
            assert!((1.0 - a / point - point).abs() < 1e-12, "{a}");
        }
        for step in 1..=100 {
            let start = f64::from(step) / 100.0;
            let bound = feedback_map(a, start, 2000).unwrap();
            let part = |name: &str| bound.intermediate(name).unwrap();
            assert_eq!(part("rises") == 1.0, part("after_one_round") > start, "{a} {start}");
            let limit = if start > lower { upper } else { 0.0 };
            assert!((bound.value() - limit).abs() < 1e-6, "{a} {start}: {}", bound.value());
            assert_eq!(bound.vacuous(), bound.value() == 0.0);
        }
    }
    assert_eq!(fixed_points(0.25).unwrap(), Some((0.5, 0.5)));
    assert_eq!(fixed_points(0.26).unwrap(), None);
    assert_eq!(feedback_map(0.26, 1.0, 1000).unwrap().value(), 0.0);
}

/// P[last level solved] by a sum over all solved sets, round by round.
fn over_sets(levels: &Levels, schedule: Schedule, n: i32) -> f64 {
    let count = levels.difficulties.len();
    let mut law = vec![0.0; 1 << count];
    law[0] = 1.0;
    for round in 0..count {
        let mut next = vec![0.0; 1 << count];
        for (set, mass) in law.iter().enumerate() {
            for to in (0..1usize << count).filter(|to| to & set == set) {
                let mut chance = *mass;
                for level in (0..count).filter(|level| set >> level & 1 == 0) {
                    let help = if level > 0 && set >> (level - 1) & 1 == 1 { levels.transfer } else { 0.0 };
                    let proposals = match schedule {
                        Schedule::Curriculum => n * i32::from(level == round),
                        Schedule::Mixture => n / count as i32,
                        Schedule::HardOnly => n * i32::from(level + 1 == count),
                    };
                    let miss = (1.0 - 1.0 / (1.0 + (levels.difficulties[level] - help).exp())).powi(proposals);
                    chance *= if to >> level & 1 == 1 { 1.0 - miss } else { miss };
                }
                next[to] += chance;
            }
        }
        law = next;
    }
    (0..1 << count).filter(|set| set >> (count - 1) & 1 == 1).map(|set| law[set]).sum()
}

#[test]
fn the_chain_is_a_sum_over_all_solved_sets() {
    let mut rng = stream(5);
    for _ in 0..60 {
        let count = rng.random_range(1..=5usize);
        let levels = Levels {
            difficulties: (0..count).map(|_| rng.random_range(-1.0..6.0)).collect(),
            transfer: rng.random_range(0.0..5.0),
        };
        let n = count as i32 * rng.random_range(1..=20);
        for schedule in Schedule::ALL {
            let (chain, sets) = (levels.top(schedule, f64::from(n)).unwrap(), over_sets(&levels, schedule, n));
            assert!((chain - sets).abs() < 1e-10, "{schedule:?} {levels:?} {n}: {chain} {sets}");
        }
        // A mixture of n has as many proposals at each level, some before the help comes; of Ln it gives each level n in each round.
        let [own, mixed] = [Schedule::Curriculum, Schedule::Mixture].map(|one| levels.top(one, f64::from(n)).unwrap());
        assert!(own >= mixed - 1e-12, "{levels:?} {n}: {own} {mixed}");
        let enough = levels.top(Schedule::Mixture, f64::from(n * count as i32)).unwrap();
        assert!(enough >= levels.top(Schedule::Curriculum, f64::from(n)).unwrap() - 1e-12);
    }
}

/// Oracle: runs proposal by proposal. The numbers of the specification, .44 against .63, are among them.
#[test]
fn the_chain_is_what_runs_show() {
    let mut rng = stream(6);
    for (difficulties, transfer, n) in [(vec![3.0, 4.0, 5.0, 6.0], 1.0, 100), (vec![1.0, 3.0, 5.0], 2.5, 60)] {
        let levels = Levels { difficulties, transfer };
        for schedule in Schedule::ALL {
            let runs = 20_000;
            let solved = (0..runs).filter(|_| levels.run(schedule, n, &mut rng)).count() as f64 / f64::from(runs);
            let stated = levels.top(schedule, f64::from(n)).unwrap();
            let error = (stated * (1.0 - stated) / f64::from(runs)).sqrt();
            assert!((solved - stated).abs() < 6.0 * error, "{schedule:?}: {solved} {stated}");
        }
    }
    let levels = Levels { difficulties: vec![3.0, 4.0, 5.0, 6.0], transfer: 1.0 };
    let bound = curriculum(&levels, 100.0).unwrap();
    assert!((bound.value() - 0.4443).abs() < 1e-4 && (bound.intermediate("hard_only").unwrap() - 0.6285).abs() < 1e-4);
}

/// Where lower levels are sure the hardest level alone wins for transfers below log L to leading order: exactly where L softplus(−h)
/// exceeds softplus(ν − h).
#[test]
fn the_threshold_of_transfer_is_the_logarithm_of_the_levels() {
    let softplus = |z: f64| z.exp().ln_1p();
    for top in [4.0, 8.0, 12.0] {
        for step in 0..60 {
            let transfer = f64::from(step) / 20.0;
            // Lower levels are solved by whatever comes.
            let levels = Levels { difficulties: vec![-60.0, -60.0, -60.0, top], transfer };
            let own = levels.top(Schedule::Curriculum, 100.0).unwrap();
            let alone = levels.top(Schedule::HardOnly, 100.0).unwrap();
            let exact = 4.0 * softplus(-top) > softplus(transfer - top);
            assert_eq!(alone > own, exact, "{top} {transfer}");
            // To leading order, away from it by more than the odds of an acceptance.
            if (transfer - 4f64.ln()).abs() > 4.0 * (-top).exp() {
                assert_eq!(exact, transfer < 4f64.ln(), "{top} {transfer}");
            }
        }
    }
}

#[test]
fn levels_out_of_range_are_refused() {
    let of = |difficulties: Vec<f64>, transfer: f64, n: f64| curriculum(&Levels { difficulties, transfer }, n);
    assert!(of(vec![], 1.0, 4.0).is_err() && of(vec![0.0; MOST_LEVELS + 1], 1.0, 1001.0).is_err());
    assert!(of(vec![f64::NAN], 1.0, 4.0).is_err() && of(vec![1.0], f64::INFINITY, 4.0).is_err());
    assert!(of(vec![1.0, 2.0], 1.0, 3.0).is_err() && of(vec![1.0], 1.0, 0.5).is_err());
    // One level is the same under all schedules, and a level that nothing accepts is never solved.
    let one = of(vec![2.0], 3.0, 7.0).unwrap();
    assert!(["mixture", "hard_only"].iter().all(|name| (one.intermediate(name).unwrap() - one.value()).abs() < 1e-15));
    assert_eq!(of(vec![-900.0, 900.0], 1.0, 10.0).unwrap().value(), 0.0);
    assert!(unsolved(&[1.0], &[0.5, 0.5], 1.0).is_err() && unsolved(&[1.0], &[1.5], 1.0).is_err());
}

/// Oracle: the largest of the likelihood on a grid of θ. J never falls under acceptance weights, and does under per-prompt ones.
#[test]
fn the_fit_of_two_prompts_is_the_maximum() {
    let law = TwoPrompts { slopes: [1.0 / 3.0, -1.0] };
    let mut fell = 0;
    for step in -30..=30 {
        let theta = f64::from(step) / 5.0;
        for weighing in [Weighing::Acceptance, Weighing::Prompt] {
            let weights = if weighing == Weighing::Prompt { [1.0; 2] } else { law.rates(theta) };
            let likelihood =
                |at: f64| -> f64 { law.rates(at).iter().zip(weights).map(|(rate, w)| w * rate.ln()).sum() };
            let fit = law.fit(theta, weighing).unwrap();
            let grid = (-2000..=2000).map(|i| likelihood(f64::from(i) / 100.0)).fold(f64::NEG_INFINITY, f64::max);
            assert!(likelihood(fit) >= grid, "{theta} {weighing:?}");
            let rise = law.accuracy(fit) - law.accuracy(theta);
            match weighing {
                Weighing::Acceptance => assert!(rise >= -1e-12, "{theta}: {rise}"),
                Weighing::Prompt => fell += usize::from(rise < -1e-3),
            }
        }
    }
    assert!(fell > 5, "{fell}");
    assert!(TwoPrompts { slopes: [1.0, 2.0] }.fit(0.0, Weighing::Prompt).is_err());
}
