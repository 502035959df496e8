//! Choices without a meaning together are refused, and the refusal names the key.

use crate::common::*;
use crate::loops_common::*;
use selfreward::instance::Instance;

/// The error of a loop, by its keys alone or on an instance.
fn refusal(keys: &str, instance: &Instance) -> Option<String> {
    match settle(keys) {
        Err(error) => Some(error.to_string()),
        Ok(process) => process.on(instance).err().map(|error| error.to_string()),
    }
}

fn plain() -> Instance {
    tabular_and_dense(&[vec![0.4, 0.0, -0.2], vec![0.1, 0.0]], &[0.5, 0.5]).0
}

#[test]
fn choices_without_a_meaning_together_are_refused() {
    let cases: &[(&str, &str)] = &[
        // Keys of another update.
        ("labels = \"hard\"", "process.labels"),
        ("update = \"gradient\"\nlabels = \"hard\"", "process.labels"),
        ("update = \"likelihood\"\nlabels = \"hard\"", "process.labels"),
        ("accept = { vote_of = 3 }", "process.accept"),
        ("update = \"logistic\"\naccept = { vote_of = 3 }", "process.accept"),
        ("update = \"win-rate\"\naccept = \"correct\"", "process.accept"),
        ("update = \"logistic\"\njudge_noise = 0.1", "process.judge_noise"),
        ("update = \"likelihood\"\njudge_noise = 0.1", "process.judge_noise"),
        ("update = \"likelihood\"\nchoice = \"min-norm\"", "process.choice"),
        ("update = \"logistic\"\nchoice = \"min-norm\"", "process.choice"),
        ("update = \"gradient\"\nridge = 0.1", "process.ridge"),
        ("update = \"finite-class\"\npopulation = true", "process.population"),
        // Two ways to select.
        ("update = \"likelihood\"\naccept = { vote_of = 3 }\nbest_of = 2", "process.accept"),
        ("update = \"likelihood\"\naccept = { confidence_gate = 0.5, tries = 2 }\nadaptive = 2.0", "process.accept"),
        ("best_of = 2\nadaptive = 2.0", "best_of and adaptive"),
        ("adaptive = 2.0\nchoose = \"reward\"", "process.adaptive"),
        ("choose = \"reward\"", "process.best_of"),
        // What would change nothing.
        ("ranked_by = \"base\"", "process.ranked_by"),
        ("best_of = 1\nranked_by = \"base\"", "process.ranked_by"),
        ("best_of = 3\nchoose = \"reward\"\nranked_by = \"base\"", "process.ranked_by"),
        ("update = \"likelihood\"\nreward = \"base\"", "process.reward"),
        ("update = \"likelihood\"\nreward = { vote_of = 3 }", "process.reward"),
        ("update = \"likelihood\"\nstandardise = true", "process.standardise"),
        ("update = \"likelihood\"\nreference = \"base\"", "process.reference"),
        ("update = \"likelihood\"\nreference = { current = 0.5 }", "process.reference"),
        ("reward = { vote_of = 3 }\nstandardise = true", "process.standardise"),
        ("update = \"gradient\"\nreference = \"base\"", "process.reference"),
        ("population = true\njudge_noise = 0.1", "process.judge_noise"),
        ("update = \"gradient\"\npopulation = true\njudge_noise = 0.1", "process.judge_noise"),
        // A reward that has no value for each response.
        ("best_of = 3\nchoose = \"reward\"\nreward = { vote_of = 3 }", "process.reward"),
        ("update = \"likelihood\"\nbest_of = 3\nchoose = \"reward\"\nreward = { vote_of = 3 }", "process.reward"),
        // What the instance lacks.
        ("reward = \"external\"", "process.reward"),
        ("reward = { external = 0.5 }", "process.reward"),
        ("update = \"likelihood\"\naccept = \"correct\"", "process.accept"),
        ("update = \"likelihood\"\naccept = { true_positive = 0.9, false_positive = 0.1 }", "process.accept"),
        ("preset = \"curation\"", "process.reward"),
        ("preset = \"grpo-mirror\"", "process.reward"),
        ("preset = \"task-centric\"", "process.accept"),
        // What needs all pairs.
        ("sampling = \"explore\"\nridge = 0.1", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\njudge_noise = 0.1", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\nupdate = \"gradient\"", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\nupdate = \"finite-class\"", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\nupdate = \"logistic\"", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\nupdate = \"win-rate\"", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\nupdate = \"likelihood\"", "process.sampling = \"explore\""),
        ("sampling = \"explore\"\nreward = { vote_of = 3 }", "which draw all pairs: a vote"),
        ("sampling = \"explore\"\nmemory = \"all\"", "which draw all pairs: what is remembered"),
        ("sampling = \"explore\"\nmemory = \"kept\"", "which draw all pairs: what is remembered"),
        ("sampling = \"explore\"\nmemory = { replay = 0.5 }", "which draw all pairs: what is remembered"),
        ("sampling = \"explore\"\nadaptive = 2.0", "which draw all pairs: adaptive"),
        // ‖θ_0‖ = 0.46 and β = 1/2: within two rounds ‖θ‖ is at most 4.13.
        ("sampling = \"explore\"\nbeta = 0.5\nrounds = 2\nradius = 4.1", "which draw all pairs: the ball"),
        ("sampling = \"explore\"\nbeta = 0.5\nrounds = 2\nradius = 9.0\nreference = \"base\"", "the ball"),
        // Numbers out of range.
        ("memory = { replay = 1.0 }", "process.memory"),
        ("memory = { replay = -0.1 }", "process.memory"),
        ("memory = \"kept\"\nprompts = { confidence_at_most = 0.9 }", "process.prompts"),
        ("memory = \"kept\"\nprompts = { rounds_per_level = 2 }", "process.prompts"),
        ("prompts = { confidence_at_most = 0.0 }", "process.prompts"),
        ("prompts = { confidence_at_most = 1.5 }", "process.prompts"),
        ("prompts = { level = 2 }", "process.prompts = { level = 2 }: expected \"all\": the instance has no levels"),
        ("prompts = { level = -1 }", "process.prompts.level"),
        ("prompts = { level = 1.5 }", "process.prompts.level"),
        (
            "prompts = { rounds_per_level = 1 }",
            "process.prompts = { rounds_per_level = 1 }: expected \"all\": the instance has no levels",
        ),
        ("prompts = { rounds_per_level = 0 }", "process.prompts.rounds_per_level"),
        ("candidates = { base_share = 1.5 }", "process.candidates"),
        ("candidates = { power = -1.0 }", "process.candidates"),
        ("best_of = 0", "process.best_of"),
        ("adaptive = 0.0", "process.adaptive"),
        ("reward = { vote_of = 0 }", "vote_of"),
        ("update = \"likelihood\"\naccept = { vote_of = 0 }", "vote_of"),
        ("update = \"likelihood\"\naccept = { confidence_gate = 1.5, tries = 2 }", "confidence_gate"),
        ("update = \"likelihood\"\naccept = { confidence_gate = 0.5, tries = 0 }", "tries"),
        ("update = \"likelihood\"\naccept = { true_positive = 1.1, false_positive = 0.0 }", "true_positive"),
        ("update = \"logistic\"\nlabels = { temperature = 0.0 }", "temperature"),
        ("update = \"logistic\"\nlabels = { flip = 1.2 }", "flip"),
        ("update = \"logistic\"\nridge = -0.1", "process.ridge"),
        ("update = \"win-rate\"\nridge = -0.1", "process.ridge"),
        ("update = \"likelihood\"\nridge = -0.1", "process.ridge"),
        ("reference = { current = nan }", "process.reference"),
        ("reward = { self = inf }", "process.reward"),
        ("preset = \"nonsense\"", "process.preset"),
        ("reward = { vote_of = 2001 }", "process.reward.vote_of = 2001: expected a whole number from 1 to 2000"),
        ("update = \"likelihood\"\naccept = { vote_of = 2001 }", "process.accept.vote_of"),
        (
            "update = \"likelihood\"\naccept = { true_positive = 0.0, false_positive = 0.0 }",
            "process.accept = { true_positive = 0, false_positive = 0 }",
        ),
        ("update = \"likelihood\"\nreward = \"external\"", "process.reward = \"external\""),
        (
            "best_of = 3\nchoose = \"reward\"\nreward = { vote_of = 3 }",
            "process.reward = { vote_of = 3 }: expected a reward of each response",
        ),
    ];
    let mut wrong = Vec::new();
    for (keys, named) in cases {
        match refusal(keys, &plain()) {
            Some(error) if error.contains(named) => {}
            other => wrong.push(format!("{}: {other:?}, and not {named}", keys.replace('\n', "; "))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What moves may be drawn alone where nothing else matters, on one-hot features.
#[test]
fn exploration_is_taken_where_only_what_moves_matters() {
    for keys in [
        "rounds = 2",
        "choice = \"min-norm\"",
        "beta = 0.5\nrounds = 2\nradius = 4.2",
        "reference = \"base\"",
        "reward = \"base\"",
        "candidates = { power = 2.0 }",
        "best_of = 3",
        "prompts = { confidence_at_most = 0.9 }",
        // Nothing is drawn.
        "population = true\nridge = 0.1",
    ] {
        let keys = format!("sampling = \"explore\"\n{keys}");
        assert_eq!(refusal(&keys, &plain()), None, "{keys}");
        assert!(rounds(&settle(&keys).unwrap(), &plain(), 3).len() > 1, "{keys}");
    }
    let dense = tabular_and_dense(&[vec![0.4, 0.0, -0.2], vec![0.1, 0.0]], &[0.5, 0.5]).1;
    let error = refusal("sampling = \"explore\"", &dense).unwrap();
    assert!(error.starts_with("process.sampling = \"explore\"") && error.contains("dense features"), "{error}");
}

/// A finite class is realizable in the paper's loop alone: every other choice is refused.
#[test]
fn a_finite_class_is_of_the_papers_loop_alone() {
    for keys in [
        "prompts = { confidence_at_most = 0.9 }",
        "prompts = { level = 0 }",
        "prompts = { rounds_per_level = 2 }",
        "candidates = \"base\"",
        "candidates = { power = 2.0 }",
        "best_of = 2",
        "adaptive = 2.0",
        "reward = \"base\"",
        "reward = { vote_of = 3 }",
        "standardise = true",
        "reference = \"base\"",
        "memory = \"all\"",
        "memory = \"kept\"",
        "memory = { replay = 0.5 }",
        "radius = 5.0",
    ] {
        let error = refusal(&format!("update = \"finite-class\"\n{keys}"), &plain());
        // The key that departs is named, not the update.
        let key = keys.split(' ').next().unwrap();
        let named = |error: &String| error.starts_with(&format!("process.{key} = "));
        assert!(error.as_ref().is_some_and(named), "{keys}: {error:?}");
    }
    // Its class on one-hot features has one favoured response a prompt.
    let favoured = || tabular_and_dense(&[vec![0.4, 0.0, 0.0], vec![0.1, 0.0]], &[0.5, 0.5]).0;
    assert_eq!(refusal("update = \"finite-class\"", &favoured()), None);
    let offset = favoured().with_offset(table(&[vec![0.1, 0.0, 0.2], vec![0.0, 0.0]])).unwrap();
    let error = refusal("update = \"finite-class\"", &offset).unwrap();
    assert!(error.contains("offset"), "{error}");
}

/// Correct responses that are known of some prompts only: nothing is accepted elsewhere, and there is no reward to compare by.
#[test]
fn answers_of_some_prompts_are_no_reward() {
    let lists = vec![Some(vec![0]), None];
    let some = selfreward::instance::Correct::new(lists, |x| [3, 2][x]).unwrap();
    let instance = plain().with_correct(some).unwrap();
    assert_eq!(refusal("update = \"likelihood\"\naccept = \"correct\"", &instance), None);
    let error = refusal("reward = \"external\"", &instance).unwrap();
    assert!(error.contains("prompt 1"), "{error}");
}

/// A preset yields to a key beside it; one that excludes a key of its own takes its place.
#[test]
fn keys_beside_a_preset_win() {
    let process = settle("preset = \"sharpening-sft\"\nadaptive = 3.0").unwrap();
    assert_eq!(process.candidates.selection, selfreward::process::Selection::Adaptive(3.0));
    let process = settle("preset = \"sharpening-sft\"\nbest_of = 7").unwrap();
    assert_eq!(process.candidates.selection, selfreward::process::Selection::BestOf(7));
    let process = settle("preset = \"replay\"\nbeta = 0.25").unwrap();
    assert_eq!(process.candidates.law, selfreward::process::CandidateLaw::Power(5.0));
    let process = settle("preset = \"replay\"\nsamples = 400\nbeta_over_sqrt_n = 10.0").unwrap();
    assert_eq!(process.candidates.law, selfreward::process::CandidateLaw::Power(3.0));
}
