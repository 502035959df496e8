//! Which loop of this project stands for which system of the literature, and what is stated of it.

use super::markdown::{escaped, table_row};

/// A system as the literature names it.
#[derive(Clone, Copy, Debug)]
pub struct System {
    /// Its name.
    pub name: &'static str,
    /// The named loops that stand for it; none where no key of the process makes one.
    pub loops: &'static [&'static str],
    /// The statements of it, by their ids in the ledger.
    pub claims: &'static [&'static str],
    /// In what way these stand for it.
    pub says: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// All of them.
pub const SYSTEMS: &[System] = &[
    System {
        name: "self-rewarding",
        loops: &["self-rewarding"],
        claims: &["C3", "U1"],
        says: "the model's own log-probability is the reward, and the last model the reference",
        source: "arXiv 2601.22513",
    },
    System {
        name: "a judge or a reference that stays the base model",
        loops: &["frozen-reward", "live-reward-frozen-reference"],
        claims: &["U1", "U3.limit"],
        says: "the two halves of self-rewarding, one of them frozen",
        source: "derived here",
    },
    System {
        name: "sharpening",
        loops: &["sharpening-rlhf", "sharpening-sft", "sharpening-sft-adaptive"],
        claims: &["S1", "S5"],
        says: "one round of a regression on the base model's log-probability; the likeliest of N answers, or of a number that a stopping rule chooses",
        source: "arXiv 2412.01951",
    },
    System {
        name: "preference optimisation with a judge: DPO",
        loops: &["preference-dpo"],
        claims: &["L1", "L2", "L3"],
        says: "labels of pairs by the model's own reward, logistic loss",
        source: "general knowledge",
    },
    System {
        name: "preference optimisation with a judge: IPO",
        loops: &["win-rate-ipo"],
        claims: &["L4", "L4.rates"],
        says: "labels of pairs by the model's own reward, square loss",
        source: "arXiv 2602.12180 (known at second hand)",
    },
    System {
        name: "consistency regularisation: CREAM",
        loops: &[],
        claims: &["L1.hard"],
        says: "labels of pairs count as far as two successive judges rank alike. In the population of a loop that sharpens they always do, and labels are hard: the loss has no optimum, so that there is no round to run",
        source: "arXiv 2410.12735 (its abstract)",
    },
    System {
        name: "self-play against data: SPIN",
        loops: &["spin"],
        claims: &["U1", "U3.limit"],
        says: "the data's log-probability less the model's own is the reward; the population map is SPIN's, its samples are not",
        source: "arXiv 2401.01335 (its population map, known at second hand)",
    },
    System {
        name: "majority voting",
        loops: &["majority-sft", "majority-reward"],
        claims: &["L5", "L6", "L7"],
        says: "answers that win a vote are imitated, or rewarded",
        source: "general knowledge",
    },
    System {
        name: "curation",
        loops: &["curation"],
        claims: &["L8"],
        says: "one of K answers is kept, by a reward from outside",
        source: "arXiv 2407.09499 (known at second hand)",
    },
    System {
        name: "verifier filters",
        loops: &["verifier-filter"],
        claims: &["L10"],
        says: "accepted answers are imitated; the verifier may err either way",
        source: "general knowledge",
    },
    System {
        name: "reward-filtered training",
        loops: &["task-centric"],
        claims: &["T1", "T2", "T3", "T4"],
        says: "correct answers are imitated",
        source: "arXiv 2602.10014 (its abstract; the full text was not available)",
    },
    System {
        name: "latent principles by EM",
        loops: &[],
        claims: &["T4"],
        says: "each round fits what led to correct answers, with the weight p(x) for each prompt (expectation maximisation). T4 speaks of these weights in any class and after any part of a step, so that a run would show nothing more; on a table, where weights of prompts do not matter, the round is that of `task-centric`",
        source: "arXiv 2505.16927 (its abstract)",
    },
    System {
        name: "selective rewriting",
        loops: &["selective-rewriting"],
        claims: &[],
        says: "only prompts of which the model is not sure; what it does to drift is measured (experiment `selective_rewriting`), and no direction is claimed",
        source: "derived here",
    },
    System {
        name: "recursive think–answer with a confidence gate",
        loops: &["confidence-gate"],
        claims: &["L15"],
        says: "it answers again until it is sure enough, R times at most; the answer that is kept is imitated",
        source: "arXiv 2603.02099 (its abstract); the law of the gate is derived here",
    },
    System {
        name: "training on one's own answers",
        loops: &["unfiltered"],
        claims: &["L13", "L13.prompt"],
        says: "nothing is filtered: the Wright–Fisher model",
        source: "general knowledge",
    },
    System {
        name: "replay against forgetting",
        loops: &["replay"],
        claims: &["L11", "L11.best-of"],
        says: "a share of each round's answers is uniform, beside sharpened ones",
        source: "derived here",
    },
    System {
        name: "accumulation",
        loops: &["accumulate"],
        claims: &["L12"],
        says: "the answers of all rounds are kept, sharpened ones among them",
        source: "derived here",
    },
    System {
        name: "GRPO's normalised advantages",
        loops: &["grpo-mirror", "grpo-frozen-reference"],
        claims: &["Q4a", "Q4b"],
        says: "rewards of correct answers in units of their own deviation, each round to its optimum; the frozen reference is derived here",
        source: "arXiv 2503.06639 (its abstract)",
    },
    System {
        name: "the self-excitation that SEEM predicts",
        loops: &["live-reward-frozen-reference"],
        claims: &["Q1", "Q1.components", "Q2", "Q3"],
        says: "no critic is trained: in its place a loop keeps its first pairs (`memory = \"kept\"`), or draws them anew",
        source: "arXiv 2310.04411 (its code and conclusion; its theorems recalled)",
    },
    System {
        name: "a matrix of preferences from outside",
        loops: &[],
        claims: &["Q5"],
        says: "no key writes such preferences: weighed on its map",
        source: "arXiv 2602.12180 (known at second hand)",
    },
    System {
        name: "gradient steps on the entropy",
        loops: &[],
        claims: &["L18"],
        says: "a round here ends at an optimum, and such steps do not: weighed on their map",
        source: "derived here",
    },
    System {
        name: "curricula",
        loops: &["task-centric"],
        claims: &["T6"],
        says: "levels that help the next one, as a chain without features; with features levels are keys of `prompts` (experiment `curriculum`)",
        source: "arXiv 2602.10014 (its abstract; the full text was not available)",
    },
    System {
        name: "exploration bonuses: XPO",
        loops: &[],
        claims: &["S9.printed-sign"],
        says: "not simulated; the sign in its objective is weighed",
        source: "arXiv 2412.01951",
    },
];

/// A row for each system, with links to the loops of the page and to the statements in the ledger.
pub(super) fn table() -> String {
    let names = ["system", "loop here", "statements", "in what way", "source"];
    let mut text = table_row(names.map(str::to_owned)) + &table_row(["---"; 5].map(str::to_owned));
    let list = |links: Vec<String>| if links.is_empty() { "–".to_owned() } else { links.join(", ") };
    for system in SYSTEMS {
        let loops = system.loops.iter().map(|name| format!("[{name}](#{name})")).collect();
        let claims = system.claims.iter().map(|id| format!("[{id}](ledger.md#{id})")).collect();
        // Names of keys and loops stand between backticks as they are.
        let plain = |(place, text): (usize, &str)| if place % 2 == 0 { escaped(text) } else { text.to_owned() };
        let says: Vec<String> = system.says.split('`').enumerate().map(plain).collect();
        let says = says.join("`");
        text.push_str(&table_row([escaped(system.name), list(loops), list(claims), says, escaped(system.source)]));
    }
    text
}
