//! How right the base policy is: accuracy, the mass of correct responses, and rewards, overall and level by level.

use std::collections::BTreeMap;

use super::{Found, Group, Measured, absent, finite};
use crate::instance::Correct;
use crate::metrics::correctness::{accuracy_of, correct_probability_of, expected_reward_of};

/// Levels that are told one by one, at most.
const MOST_LEVELS: usize = 100;

impl Measured {
    /// J_0 = E_x π_0(correct|x) over the prompts whose correct responses are known.
    ///
    /// # Errors
    /// [`Absent`](super::Absent) where nothing is known.
    pub fn correct_probability(&self) -> Found {
        self.of_correct(|_| true, |correct, of| correct_probability_of(self.weights(), &self.policy, correct, of))
    }

    fn of_correct<F: Fn(usize) -> bool>(&self, of: F, read: impl Fn(&Correct, F) -> Option<f64>) -> Found {
        let Some(correct) = self.instance.correct() else { return absent("no correct response is known") };
        read(correct, of).map_or_else(|| absent("the prompts with known correct responses have no weight"), finite)
    }
}

pub(super) fn group(measured: &Measured) -> Group {
    let mut group = Group::new("correctness of π_0");
    let (weights, policy, instance) = (measured.weights(), measured.policy(), measured.instance());
    let known = instance.correct().map(|correct| {
        measured.prompts().filter(|(x, _)| correct.at(*x).is_some()).map(|(_, p)| p).sum::<f64>().min(1.0)
    });
    let none = || absent("no correct response is known");
    group.number("known", "share of prompts whose correct responses are known, by p(x)", known.map_or_else(none, Ok));
    let possible = instance.correct().map(|correct| {
        let mass = |right: bool| {
            let counts = |x: usize| correct.at(x).is_some_and(|list| !right || !list.is_empty());
            measured.prompts().filter(|(x, _)| counts(*x)).map(|(_, p)| p).sum::<f64>()
        };
        (mass(true), mass(false))
    });
    group.number(
        "solvable",
        "share of them that have a correct response",
        possible.filter(|(_, known)| *known > 0.0).map_or_else(none, |(right, known)| Ok((right / known).min(1.0))),
    );
    let accuracy =
        |of: &dyn Fn(usize) -> bool| measured.of_correct(of, |correct, of| accuracy_of(weights, policy, correct, of));
    let mass = |of: &dyn Fn(usize) -> bool| {
        measured.of_correct(of, |correct, of| correct_probability_of(weights, policy, correct, of))
    };
    let reward = |of: &dyn Fn(usize) -> bool| match instance.reward() {
        None => absent("there is no reward from outside"),
        Some(reward) => expected_reward_of(weights, policy, reward, of)
            .map_or_else(|| absent("the prompts of this level have no weight"), finite),
    };
    group.number("accuracy", "P_x[y* is correct] over the known prompts", accuracy(&|_| true));
    group.number("correct_probability", "J_0 = E_x π_0(correct|x) over the known prompts", mass(&|_| true));
    group.number("reward", "expected reward E_x E_π_0 r, nats", reward(&|_| true));
    let Some(levels) = instance.levels() else {
        group.number("levels", "number of levels", absent("there are no levels"));
        return group;
    };
    let mut found: BTreeMap<i64, f64> = BTreeMap::new();
    measured.prompts().for_each(|(x, p)| *found.entry(levels[x]).or_default() += p);
    group.count("levels", "number of levels", found.len());
    if found.len() > MOST_LEVELS {
        group.number(
            "accuracy_level",
            "accuracy level by level",
            absent(format!("of more than {MOST_LEVELS} levels none is told apart")),
        );
        return group;
    }
    for (level, weight) in found {
        let of = |x: usize| levels[x] == level;
        group.number(
            format!("weight_level_{level}"),
            format!("share of prompts of level {level}, by p(x)"),
            Ok(weight.min(1.0)),
        );
        group.number(
            format!("accuracy_level_{level}"),
            format!("accuracy over the prompts of level {level}"),
            accuracy(&of),
        );
        let meaning = format!("E_x π_0(correct|x) over the prompts of level {level}");
        group.number(format!("correct_probability_level_{level}"), meaning, mass(&of));
        if instance.reward().is_some() {
            group.number(
                format!("reward_level_{level}"),
                format!("expected reward at level {level}, nats"),
                reward(&of),
            );
        }
    }
    group
}
