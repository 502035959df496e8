//! When `auto` explores: where it is possible and much cheaper, decided by the loop and the instance alone. A round that was explored has no
//! rank, by which it is told.

use crate::common::*;
use selfreward::instance::gaussian::{BaseParameter, Gaussian};
use selfreward::instance::lower_bound::Hard;
use selfreward::instance::tabular::{Tabular, Weights};
use selfreward::instance::{Instance, Spectrum};
use selfreward::process::explore::choice::{self, Prompt};
use selfreward::process::{
    CandidateLaw, Candidates, Fit, Likelihood, Logistic, Memory, Sampling, Selection, Signal, Square, Vote, WinRate,
};
use selfreward::seed::Seed;
use selfreward::{Loop, Reference};

fn hard(responses: u32) -> Instance {
    Hard { prompts: 8, responses, mass: 0.9, verifier: false }.draw(&Seed::from_number(2)).unwrap()
}

fn tabular(responses: u32) -> Instance {
    let shape = Tabular { prompts: 8, responses, bump: 1.0, weights: Weights::Uniform };
    shape.draw(&Seed::from_number(2)).unwrap()
}

/// Whether each round of a run was explored.
fn explored(process: &Loop, instance: &Instance) -> Vec<bool> {
    let rounds = process.on(instance).unwrap().start(Seed::from_number(3)).skip(1);
    rounds.map(|round| round.unwrap().step.unwrap().sample.is_some_and(|sample| sample.rank.is_none())).collect()
}

/// Where it is chosen, a run is that of `explore`, number for number; and all rounds of it are.
#[test]
fn auto_is_exploration_where_that_is_cheaper() {
    for (instance, n) in [
        (hard(4096), 1 << 20),
        (hard(16_000), 16_000),
        (hard(64), 1 << 40),
        (tabular(32), 8000),
        (tabular(1000), 10_000_000),
    ] {
        let auto = process(Square::default(), 0.5, n, 3);
        let explore = Loop { sampling: Sampling::Explore, ..process(Square::default(), 0.5, n, 3) };
        assert_eq!(explored(&auto, &instance), [true; 3]);
        let last = |process: &Loop| process.on(&instance).unwrap().start(Seed::from_number(7)).last().unwrap().unwrap();
        assert_eq!(last(&auto).theta, last(&explore).theta);
        for all in [Sampling::Draws, Sampling::Counts] {
            let all = Loop { sampling: all, ..process(Square::default(), 0.5, 2000, 3) };
            assert_eq!(explored(&all, &instance), [false; 3], "what is asked for is done");
        }
    }
}

/// Few responses, or few triples, leave little to save: the pairs are drawn, and the rank is known.
#[test]
fn auto_draws_all_pairs_where_they_are_few() {
    for (instance, n) in [
        (tabular(2), 1 << 49),
        (tabular(8), 1 << 49),
        (tabular(10), 1 << 49),
        (hard(4), 1 << 30),
        (hard(4096), 64),
        (tabular(100_000), 80),
    ] {
        let auto = process(Square::default(), 0.5, n, 3);
        assert_eq!(explored(&auto, &instance), [false; 3]);
    }
}

/// Whatever exploration refuses, `auto` runs on all pairs: no choice of a loop ends in a refusal of what was not asked for.
#[test]
fn auto_explores_only_what_can_be_explored() {
    let square = |square: Square| -> Box<dyn Fit> { Box::new(square) };
    let fits: Vec<(&str, Box<dyn Fit>)> = vec![
        ("ridge", square(Square { ridge: 0.1, ..Square::default() })),
        ("noise", square(Square { judge_noise: 0.1, ..Square::default() })),
        ("population", square(Square::population())),
        ("likelihood", Box::new(Likelihood::default())),
        ("logistic", Box::new(Logistic { ridge: 0.1, ..Logistic::default() })),
        ("win rate", Box::new(WinRate::default())),
    ];
    let plain = || process(Square::default(), 0.5, 20_000, 2);
    let mut loops: Vec<(&str, Loop)> = fits.into_iter().map(|(name, fit)| (name, Loop { fit, ..plain() })).collect();
    let vote: Box<dyn Signal> = Box::new(Vote { of: 3 });
    loops.push(("votes", Loop { signal: vote, ..plain() }));
    loops.push(("memory", Loop { memory: Memory::All, ..plain() }));
    loops.push(("replay", Loop { memory: Memory::Replay(0.5), ..plain() }));
    let adaptive = Candidates { selection: Selection::Adaptive(2.0), ..Candidates::default() };
    loops.push(("adaptive", Loop { candidates: adaptive, ..plain() }));
    let instance = tabular(64);
    let norm = instance.base().norm();
    loops.push(("a ball that binds", Loop { radius: Some(1.5 * norm), ..plain() }));
    let outside = Loop { radius: Some(100.0 * norm), reference: Reference::Base, ..plain() };
    loops.push(("a ball, and another reference", outside));
    assert_eq!(explored(&plain(), &instance), [true; 2], "without these it is explored");
    for (name, process) in &loops {
        assert_eq!(explored(process, &instance), [false; 2], "{name}");
    }
    // A ball that has room in all rounds changes nothing.
    let roomy = Loop { radius: Some(9.1 * norm), ..plain() };
    assert_eq!(explored(&roomy, &instance), [true; 2]);
    // From a longer start the same ball binds.
    let far = instance.base().scaled(8.0);
    let rounds = roomy.on(&instance).unwrap().start_at(far, Seed::from_number(3)).skip(1);
    assert!(rounds.map(Result::unwrap).all(|round| round.step.unwrap().sample.unwrap().rank.is_some()));
    // Other candidates and references are explored, too.
    let powered = Candidates { law: CandidateLaw::Base, ..Candidates::default() };
    for process in [Loop { candidates: powered, ..plain() }, Loop { reference: Reference::Base, ..plain() }] {
        assert_eq!(explored(&process, &instance), [true; 2]);
    }
    let spectrum = Spectrum::Isotropic {};
    let base = BaseParameter::Norm(1.0);
    let dense = Gaussian { prompts: 4, responses: 64, dim: 8, spectrum, base, margin: None, max_tries: 1 };
    let dense = dense.draw(&Seed::from_number(4)).unwrap();
    assert_eq!(explored(&plain(), &dense), [false; 2], "dense features");
}

/// The border is where four times the estimate of an exploration meets that of all pairs; a mass that is spread over prompts counts
/// prompt by prompt.
#[test]
fn the_border_follows_the_costs() {
    let prompt = |triples: f64, responses: f64, marked: f64| Prompt { triples, responses, marked, mass: 1.0 };
    // More marked responses, or more probable ones, never speak for it.
    let grid = [1.0, 8.0, 64.0, 512.0, 4096.0, 1e6, 1e12];
    for responses in [2.0, 8.0, 16.0, 64.0, 1e3, 1e6] {
        for triples in grid {
            let marked = [1.0, 4.0, responses].map(|marked| choice::pays([prompt(triples, responses, marked)]));
            assert!(marked.iter().rev().is_sorted(), "{marked:?}");
            let masses =
                [0.0, 1e-3, 0.1, 1.0].map(|mass| choice::pays([Prompt { mass, ..prompt(triples, responses, 1.0) }]));
            assert!(masses.iter().rev().is_sorted(), "{masses:?}");
        }
    }
    // Below the threshold of a giant component, an improbable response is hardly ever found together with others.
    let improbable = Prompt { mass: 1e-4, ..prompt(2000.0, 16_000.0, 1.0) };
    assert!(choice::pays([improbable]) && !choice::pays([prompt(2000.0, 16_000.0, 1.0)]));
    let (rich, poor) = (prompt(1e4, 64.0, 1.0), prompt(1.0, 64.0, 1.0));
    assert!(choice::pays([rich]) && !choice::pays([poor]));
    assert!(choice::pays([rich, poor]) && !choice::pays(std::iter::once(rich).chain(vec![poor; 1000])));
    assert!(!choice::pays([]), "where nothing is drawn nothing is saved");
}
