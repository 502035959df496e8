//! What the theorems on whole runs read off a run, against the rounds themselves: which round each constant belongs to.

use std::sync::atomic::AtomicBool;

use approx::assert_relative_eq;
use selfreward::experiment::{CellRows, RunConstants};
use selfreward::simulate::{Config, Replicate, Simulation, run};
use selfreward::theory::iterative::{RoundConstants, round_by_round};

const ROUNDS: usize = 3;

fn simulated() -> (Simulation, Vec<Replicate>, CellRows) {
    let config: Config =
        "[instance]\nkind = 'gaussian'\nprompts = 40\nresponses = 5\ndim = 6\n[process]\nsamples = 60\nbeta = 0.5\n\
                          rounds = 4\n[run]\nreplicates = 3\nfirst_replicate = 7"
            .parse()
            .unwrap();
    let simulation = Simulation::new(config).unwrap();
    let replicates = run(&simulation, false, &AtomicBool::new(false)).unwrap();
    let rows = CellRows::of_run(&simulation, &replicates);
    (simulation, replicates, rows)
}

/// γ_t and ‖θ_t‖ are those of the policy that a round starts from, t = 0, …, T−1; confidences, r̄ and ε those of the one it ends
/// with, t = 1, …, T. Oracle: the rounds, read by hand, and the bound folded by hand.
#[test]
fn every_constant_is_of_its_round() {
    let (_, replicates, rows) = simulated();
    assert_eq!(rows.numbers, [7, 8, 9]);
    for (replicate, constants) in replicates.iter().zip(RunConstants::all(&rows, ROUNDS).unwrap()) {
        let rounds = &replicate.rounds;
        let step = |t: usize| rounds[t].step.as_ref().unwrap();
        let by_hand = RunConstants {
            beta: 0.5,
            kappa0: rounds[0].policy.kappa,
            margins: [0, 1, 2].map(|t| rounds[t].policy.margin).into(),
            theta_norms: [0, 1, 2].map(|t| rounds[t].policy.theta_norm).into(),
            confidences: [1, 2, 3].map(|t| rounds[t].policy.min_confidence).into(),
            excesses: [1, 2, 3].map(|t| step(t).excess).into(),
            losses: [1, 2, 3].map(|t| step(t).population_loss).into(),
            complete: [1, 2, 3].into_iter().all(|t| step(t).rank_fraction == Some(1.0)),
        };
        assert_eq!(constants, by_hand);
        let (epsilons, delta) = ([1e-3, 2e-3, 3e-3], 0.1);
        let own: Vec<RoundConstants> = (0..ROUNDS)
            .map(|t| RoundConstants {
                gamma: rounds[t].policy.margin,
                epsilon: epsilons[t],
                excess: step(t + 1).excess,
            })
            .collect();
        let mu = (1..=ROUNDS).map(|t| rounds[t].policy.min_confidence).fold(1.0, f64::min);
        let expected = round_by_round(rounds[0].policy.kappa, mu, 0.5, delta, &own).unwrap().value();
        assert_relative_eq!(constants.round_by_round(&epsilons, delta).unwrap(), expected, max_relative = 1e-14);
    }
}

/// The worst of several runs bounds each, and their means lie between the extremes.
#[test]
fn the_worst_is_worse_than_each() {
    let (_, _, rows) = simulated();
    let runs = RunConstants::all(&rows, ROUNDS).unwrap();
    let (worst, means) = (RunConstants::worst(&runs), RunConstants::means(&rows, ROUNDS).unwrap());
    for run in &runs {
        assert!(worst.gamma() <= run.gamma() && worst.mu() <= run.mu());
        assert!(worst.excess() >= run.excess() && worst.epsilon() >= run.epsilon());
        assert!(worst.contraction().unwrap().coefficient() >= run.contraction().unwrap().coefficient());
    }
    let mean = runs.iter().map(|run| run.margins[1]).sum::<f64>() / runs.len() as f64;
    assert_relative_eq!(means.margins[1], mean, max_relative = 1e-14);
}

/// A number that does not exist bounds nothing: it is not passed over, as the least or largest of the others would do.
#[test]
fn what_is_not_known_bounds_nothing() {
    let (_, _, rows) = simulated();
    let known = RunConstants::of(&rows, 0, 0.5, ROUNDS).unwrap();
    assert!(known.assumed() && known.round_by_round(&[1e-3; ROUNDS], 0.1).unwrap().is_finite());
    let holes: [fn(&mut RunConstants); 3] =
        [|run| run.margins[1] = f64::NAN, |run| run.excesses[2] = f64::NAN, |run| run.excesses[0] = f64::INFINITY];
    for hole in holes {
        let mut run = known.clone();
        hole(&mut run);
        assert!(!run.assumed());
        assert_eq!(run.round_by_round(&[1e-3; ROUNDS], 0.1).unwrap(), f64::INFINITY);
        assert_eq!(run.uniform(6.0, 60.0, 0.1, 0.1).unwrap(), f64::INFINITY);
        let worst = RunConstants::worst(&[known.clone(), run]);
        assert!(!worst.assumed());
    }
}
