//! Prompts by level: whose prompts are drawn in which round, and what is refused.

use crate::common::*;
use crate::loops_common::*;
use selfreward::instance::Instance;

/// Four prompts of three responses, levels 7, 2, 2, 4, response 0 correct.
fn instance() -> Instance {
    let rows: Vec<Vec<f64>> = (0..4).map(|x| vec![0.0, 0.3 * f64::from(x), -0.2]).collect();
    let marks = vec![vec![true, false, false]; 4];
    let (tabular, _) = tabular_and_dense(&rows, &[0.4, 0.3, 0.2, 0.1]);
    tabular.with_correct(correct(&marks)).unwrap().with_levels(vec![7, 2, 2, 4]).unwrap()
}

/// Which prompts are solved after each round of a loop that draws enough.
fn solved(keys: &str) -> Vec<Vec<usize>> {
    let keys = format!("preset = \"task-centric\"\nsamples = 1000\n{keys}");
    let all = rounds(&settle(&keys).unwrap(), &instance(), 1);
    all.iter().map(|round| (0..4).filter(|&x| round.policy.prob(x, 0) == 1.0).collect()).collect()
}

/// Oracle: the levels by hand. A prompt that is not drawn keeps its policy; the last level stays to the end.
#[test]
fn levels_come_in_ascending_order_each_for_its_rounds() {
    let none = Vec::new();
    assert_eq!(solved("rounds = 1\nprompts = { level = 2 }"), [none.clone(), vec![1, 2]]);
    assert_eq!(solved("rounds = 2\nprompts = { level = 7 }"), [none.clone(), vec![0], vec![0]]);
    let one = solved("rounds = 4\nprompts = { rounds_per_level = 1 }");
    assert_eq!(one, [none.clone(), vec![1, 2], vec![1, 2, 3], vec![0, 1, 2, 3], vec![0, 1, 2, 3]]);
    let two = solved("rounds = 5\nprompts = { rounds_per_level = 2 }");
    assert_eq!(two[1..], [vec![1, 2], vec![1, 2], vec![1, 2, 3], vec![1, 2, 3], vec![0, 1, 2, 3]]);
    assert_eq!(solved("rounds = 1"), [none, vec![0, 1, 2, 3]]);
}

/// All n proposals of a round are of its level: as many draws, and shares of p within the level.
#[test]
fn a_level_takes_all_proposals_of_its_round() {
    let process = settle("preset = \"unfiltered\"\nsamples = 50\nrounds = 1\nprompts = { level = 2 }").unwrap();
    let all = rounds(&process, &instance(), 3);
    let last = all.last().unwrap();
    assert_eq!(last.step.as_ref().unwrap().so_far.draws, Some(50.0));
    let weights = process.prompts.weights(&instance(), &last.policy, 0).unwrap();
    let expected = [0.0, 0.6, 0.4, 0.0];
    assert!(weights.iter().zip(expected).all(|(found, wanted)| (found - wanted).abs() < 1e-15), "{weights:?}");
}

#[test]
fn a_level_that_no_prompt_has_is_refused_by_name() {
    let refusal = |keys: &str| settle(keys).unwrap().on(&instance()).unwrap_err().to_string();
    let error = refusal("prompts = { level = 3 }");
    assert_eq!(error, "process.prompts = { level = 3 }: expected a level of some prompt");
    let (plain, _) = tabular_and_dense(&[vec![0.0, 0.1]], &[1.0]);
    for keys in ["prompts = { level = 2 }", "prompts = { rounds_per_level = 2 }"] {
        let error = settle(keys).unwrap().on(&plain).unwrap_err().to_string();
        assert!(error.starts_with("process.prompts = {") && error.ends_with("the instance has no levels"), "{error}");
    }
}
