//! Every fit with every choice of a slot, through two routes: blocks of one-hot features against the same features written out; a
//! sample of 10¹³ against the population; counts against draws in law.

use crate::common::*;
use crate::loops_common::*;
use selfreward::Error;
use selfreward::instance::Instance;
use selfreward::process::Loop;
use selfreward::seed::Seed;

const SLOTS: &[&str] = &[
    "",
    "candidates = \"base\"",
    "candidates = { base_share = 0.3 }",
    "candidates = { power = 1.6 }",
    "best_of = 3",
    "best_of = 3\nranked_by = \"base\"\ncandidates = { power = 0.7 }",
    "adaptive = 1.7",
    "best_of = 3\nchoose = \"reward\"\nreward = \"external\"",
    "best_of = 2\nchoose = \"reward\"",
    "prompts = { confidence_at_most = 0.5 }",
    "reference = \"base\"",
    "reference = { current = 0.4 }",
    "reward = { self = 0.5, base = 0.2, external = 0.7 }",
    "standardise = true",
    "reward = \"external\"\nstandardise = true\nreference = \"base\"",
    "reward = { vote_of = 3 }",
    "reward = { vote_of = 3 }\nmemory = \"all\"",
    "memory = \"all\"",
    "memory = \"all\"\nreward = { self = -0.5, external = 0.7 }",
    "memory = { replay = 0.3 }",
    "memory = { replay = 0.3 }\nreward = \"external\"\nbest_of = 2",
    "memory = { replay = 0.3 }\nreward = { vote_of = 3 }",
];

const ACCEPTS: &[&str] = &[
    "accept = { true_positive = 0.8, false_positive = 0.3 }",
    "accept = { true_positive = 0.8, false_positive = 0.3 }\nmemory = { replay = 0.3 }",
    "accept = { true_positive = 0.8, false_positive = 0.3 }\nmemory = \"all\"\nbest_of = 2",
    "accept = \"correct\"\nmemory = { replay = 0.3 }",
    "accept = { vote_of = 3 }",
    "accept = { vote_of = 4 }\ncandidates = { base_share = 0.3 }\nmemory = \"all\"",
    "accept = { confidence_gate = 0.3, tries = 3 }",
    "accept = { confidence_gate = 0.3, tries = 2 }\ncandidates = \"base\"",
];

const FITS: &[&str] = &[
    "update = \"erm\"",
    "update = \"erm\"\nchoice = \"min-norm\"",
    "update = \"gradient\"\nsteps = 3\nstep_size = 0.7",
    "update = \"logistic\"",
    "update = \"logistic\"\nlabels = { temperature = 0.6, flip = 0.15 }",
    "update = \"win-rate\"",
    "update = \"win-rate\"\nlabels = \"hard\"",
    "update = \"win-rate\"\nlabels = { temperature = 0.6, flip = 0.15 }\nchoice = \"min-norm\"",
    "update = \"likelihood\"",
];

const EXTRAS: &[&str] = &["", "ridge = 0.05", "radius = 3.0", "radius = 3.0\nridge = 0.01"];

/// All loops of the lists that have a meaning, with their keys.
fn loops(numbers: &str) -> Vec<(String, Loop)> {
    let mut all = Vec::new();
    for fit in FITS {
        let likelihood = fit.contains("likelihood");
        let slots = SLOTS.iter().chain(if likelihood { ACCEPTS } else { &[] });
        for slot in slots {
            for extra in EXTRAS {
                let keys = format!("{fit}\n{slot}\n{extra}\n{numbers}");
                if let Ok(process) = settle(&keys) {
                    all.push((keys, process));
                }
            }
        }
    }
    assert!(all.len() > 500, "{}", all.len());
    all
}

fn equipped(instance: Instance, offset: f64) -> Instance {
    let count = |x: usize| instance.features().responses(x);
    let rows = |seed: f64, size: f64| -> Vec<Vec<f64>> {
        let value = |x: usize, y: usize| size * (seed + x as f64 + 1.7 * y as f64).sin();
        (0..instance.prompts()).map(|x| (0..count(x)).map(|y| value(x, y)).collect()).collect()
    };
    let marks: Vec<Vec<bool>> =
        (0..instance.prompts()).map(|x| (0..count(x)).map(|y| (x + y) % 2 == 0).collect()).collect();
    let (offset, reward) = (table(&rows(0.3, offset)), table(&rows(2.1, 0.8)));
    instance.with_offset(offset).unwrap().with_reward(reward).unwrap().with_correct(correct(&marks)).unwrap()
}

fn logits() -> Vec<Vec<f64>> {
    vec![vec![0.6, 0.1, -0.4, 0.2], vec![0.3], vec![0.7, 0.5, 0.3], vec![0.4, 0.0]]
}

const WEIGHTS: [f64; 4] = [0.4, 0.1, 0.3, 0.2];

/// How a loop ends: its last θ and policy, or an error's words.
type End = Result<(Vec<f64>, Vec<Vec<f64>>), String>;

fn end(process: &Loop, instance: &Instance, seed: u64) -> End {
    let last = process.on(instance).map_err(|e| e.to_string())?.start(Seed::from_number(seed)).last();
    let last = last.expect("round 0").map_err(|error| match error {
        Error::NoOptimum { .. } => "no optimum".to_owned(),
        other => other.to_string(),
    })?;
    Ok((last.theta.to_vector().to_vec(), log_probs(&last.policy)))
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    let error = |(a, b): (&f64, &f64)| if a == b { 0.0 } else { (a - b).abs() };
    a.iter().zip(b).map(error).fold(0.0, |m, e| if e.is_nan() { f64::INFINITY } else { m.max(e) })
}

/// Compares how two loops end; what differs is told together at the end.
fn compare(wrong: &mut Vec<String>, keys: &str, ends: (End, End), tolerance: f64, theta: bool) -> bool {
    let keys = keys.replace('\n', "; ");
    match ends {
        (Ok(a), Ok(b)) => {
            // What is rare has few digits in a sample: probabilities are compared, and θ where it is to agree.
            let masses = |rows: &[Vec<f64>]| -> Vec<f64> { rows.iter().flatten().map(|log| log.exp()).collect() };
            let policies = apart(&masses(&a.1), &masses(&b.1));
            let error = if theta { policies.max(apart(&a.0, &b.0)) } else { policies };
            if error >= tolerance {
                wrong.push(format!("{keys}: apart by {error:.1e}"));
            }
            true
        }
        (Err(a), Err(b)) if a == b => false,
        (a, b) => {
            wrong.push(format!("{keys}: {:?} against {:?}", a.err(), b.err()));
            false
        }
    }
}

#[test]
fn one_hot_features_are_features() {
    let mut wrong = Vec::new();
    let mut found = 0;
    for population in [true, false] {
        for samples in [2, 7, 400] {
            for (keys, process) in
                loops(&format!("population = {population}\nrounds = 2\nbeta = 0.9\nsamples = {samples}"))
            {
                let (tabular, dense) = tabular_and_dense(&logits(), &WEIGHTS);
                let (tabular, dense) = (equipped(tabular, 0.4), equipped(dense, 0.4));
                // Where no reference and no ridge holds it, the one-hot likelihood has its own gauge: only policies are compared.
                let gauge = keys.contains("likelihood") || population;
                let bare = keys.contains("likelihood") && !keys.contains("ridge") && !keys.contains("radius");
                if keys.contains("vote_of") && keys.contains("memory = \"all\"") && !population {
                    // Of two answers one wins; what is left to neither is rounding, and decides whether a number is drawn.
                    continue;
                }
                if bare && !population || keys.contains("adaptive") && population {
                    // One-hot features may give a response the probability 0, dense ones may not. And weights of pairs that leave the
                    // range of doubles are seen in a class with closed forms alone.
                    continue;
                }
                let ends = (end(&process, &tabular, 3), end(&process, &dense, 3));
                found += usize::from(compare(&mut wrong, &keys, ends, 1e-6, !gauge));
            }
            if population {
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {found} loops differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn samples_without_end_are_the_population() {
    let mut wrong = Vec::new();
    let mut found = 0;
    let numbers =
        |population: bool| format!("population = {population}\nrounds = 2\nbeta = 0.9\nsamples = 10000000000000");
    let (sampled, expected) = (loops(&numbers(false)), loops(&numbers(true)));
    let (tabular, _) = tabular_and_dense(&logits(), &WEIGHTS);
    let instances = [equipped(tabular, 0.4), equipped(dense_instance(&[4, 1, 3, 2], 3, 1.5, 4), 0.4)];
    let mut both = 0;
    for (keys, sampled) in &sampled {
        let population = keys.replace("population = false", "population = true");
        let Some((_, expected)) = expected.iter().find(|(keys, _)| *keys == population) else { continue };
        if sampled.on(&instances[0]).is_err() {
            continue;
        }
        if keys.contains("adaptive") {
            // What the stopping rule gives less often than once in the sample is in the population's span alone.
            continue;
        }
        both += 1;
        for instance in &instances {
            let ends = (end(sampled, instance, 5), end(expected, instance, 5));
            found += usize::from(compare(&mut wrong, keys, ends, 1e-5, false));
        }
    }
    assert!(both > 300 && found > 600, "{both} {found}");
    assert!(wrong.is_empty(), "{} of {found} loops differ:\n{}", wrong.len(), wrong.join("\n"));
}
