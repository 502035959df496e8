//! Loops that have a name: points of the space of loops, with the recursion that each follows in the population.

/// A named loop.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// The keys of `[process]` that it sets, with their values as TOML; keys given beside it win.
    pub keys: &'static [(&'static str, Setting)],
    /// The population recursion on one-hot features with full support; ℓ is the log-odds of one response against another, ℓ' = ℓ_{t+1}.
    pub recursion: &'static str,
    /// What becomes of it.
    pub regime: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// The value that a preset gives to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// As TOML.
    Toml(&'static str),
    /// `{ power = 1 + 1/β }`, with the β of the loop.
    GrownPower,
}

use Setting::{GrownPower, Toml};

const LIKELIHOOD: (&str, Setting) = ("update", Toml("\"likelihood\""));
const EXTERNAL: (&str, Setting) = ("reward", Toml("\"external\""));

/// All of them.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "self-rewarding",
        keys: &[],
        recursion: "ℓ' = (1 + 1/β)ℓ",
        regime: "diverges for every β",
        source: "arXiv 2601.22513",
    },
    Preset {
        name: "sharpening-rlhf",
        keys: &[
            ("candidates", Toml("\"base\"")),
            ("reward", Toml("\"base\"")),
            ("reference", Toml("\"base\"")),
            ("rounds", Toml("1")),
        ],
        recursion: "ℓ_1 = (1 + 1/β)ℓ_0",
        regime: "one round",
        source: "arXiv 2412.01951",
    },
    Preset {
        name: "live-reward-frozen-reference",
        keys: &[("reference", Toml("\"base\""))],
        recursion: "ℓ' = ℓ_0 + ℓ/β",
        regime: "tends to βℓ_0/(β − 1) if and only if β > 1",
        source: "derived here",
    },
    Preset {
        name: "frozen-reward",
        keys: &[("reward", Toml("\"base\""))],
        recursion: "ℓ' = ℓ + ℓ_0/β",
        regime: "grows linearly",
        source: "derived here",
    },
    Preset {
        name: "spin",
        keys: &[("reward", Toml("{ self = -1.0, external = 1.0 }"))],
        recursion: "ℓ' = (1 − 1/β)ℓ + ℓ_data/β, with the instance's reward = log p_data",
        regime: "tends to ℓ_data if and only if β > 1/2",
        source: "arXiv 2401.01335 (its population map, known at second hand)",
    },
    Preset {
        name: "preference-dpo",
        keys: &[("update", Toml("\"logistic\"")), ("labels", Toml("{ temperature = 1.0, flip = 0.0 }"))],
        recursion: "e = 0: ℓ' = (1 + 1/(βτ))ℓ; K = 2: ℓ' = ℓ + logit(e + (1 − 2e)σ(ℓ/τ))/β",
        regime: "e > 0: linear in the end",
        source: "general knowledge",
    },
    Preset {
        name: "win-rate-ipo",
        keys: &[("update", Toml("\"win-rate\"")), ("labels", Toml("\"hard\""))],
        recursion: "ℓ' = ℓ + (W_t(y) − W_t(y'))/β, W_t(y) = mass of less likely responses + half that of equally likely ones",
        regime: "grows linearly",
        source: "arXiv 2602.12180 (known at second hand)",
    },
    Preset {
        name: "sharpening-sft",
        keys: &[LIKELIHOOD, ("best_of", Toml("4"))],
        recursion: "Q' = Q^N on cumulative masses; K = 2, the mode: 1 − p' = (1 − p)^N",
        regime: "double exponential",
        source: "arXiv 2412.01951",
    },
    Preset {
        name: "sharpening-sft-adaptive",
        keys: &[LIKELIHOOD, ("adaptive", Toml("2.0"))],
        recursion: "π' is the output law of the stopping rule N_μ",
        regime: "sharpens",
        source: "arXiv 2412.01951",
    },
    Preset {
        name: "majority-sft",
        keys: &[LIKELIHOOD, ("accept", Toml("{ vote_of = 5 }"))],
        recursion: "π' is the law of the plurality of N draws; K = 2: p' = v_N(p)",
        regime: "to 0 or 1",
        source: "general knowledge",
    },
    Preset {
        name: "majority-reward",
        keys: &[("reward", Toml("{ vote_of = 5 }"))],
        recursion: "ℓ' = ℓ + (v(y) − v(y'))/β, v the plurality law; K = 2: ℓ' = ℓ + (2v_N(p) − 1)/β",
        regime: "linear, with the sign of ℓ_0",
        source: "general knowledge",
    },
    Preset {
        name: "verifier-filter",
        keys: &[LIKELIHOOD, ("accept", Toml("{ true_positive = 0.9, false_positive = 0.1 }"))],
        recursion: "log-odds of the correct set + log(a/f)",
        regime: "linear; falls if a < f",
        source: "general knowledge",
    },
    Preset {
        name: "task-centric",
        keys: &[LIKELIHOOD, ("accept", Toml("\"correct\""))],
        recursion: "ρ' = 1 wherever ρ > 0",
        regime: "one step",
        source: "arXiv 2602.10014 (its abstract; the full text was not available)",
    },
    Preset {
        name: "confidence-gate",
        keys: &[LIKELIHOOD, ("accept", Toml("{ confidence_gate = 0.5, tries = 3 }"))],
        recursion: "π' = π(1 − (1 − A)^R)/A on {π ≥ c}, of mass A, and π(1 − A)^(R−1) elsewhere",
        regime: "sharpens on what is accepted",
        source: "derived here",
    },
    Preset {
        name: "selective-rewriting",
        keys: &[("prompts", Toml("{ confidence_at_most = 0.9 }"))],
        recursion: "ℓ' = (1 + 1/β)ℓ at the prompts that are not yet sure",
        regime: "as self-rewarding until every prompt is sure, then at rest",
        source: "derived here",
    },
    Preset {
        name: "unfiltered",
        keys: &[LIKELIHOOD],
        recursion: "π' = π in expectation",
        regime: "a martingale",
        source: "general knowledge",
    },
    Preset {
        name: "replay",
        keys: &[LIKELIHOOD, ("candidates", GrownPower), ("memory", Toml("{ replay = 0.5 }"))],
        recursion: "π' = (1 − λ)·(∝ π^(1 + 1/β)) + λ/K; K = 2: p' = (1 − λ)σ((1 + 1/β)ℓ) + λ/2",
        regime: "a pitchfork",
        source: "derived here",
    },
    Preset {
        name: "accumulate",
        keys: &[LIKELIHOOD, ("candidates", GrownPower), ("memory", Toml("\"all\""))],
        recursion: "p' = p + (σ((1 + 1/β)ℓ) − p)/(t + 2)",
        regime: "1 − p falls like 1/t",
        source: "derived here",
    },
    Preset {
        name: "curation",
        keys: &[LIKELIHOOD, ("best_of", Toml("4")), ("choose", Toml("\"reward\"")), EXTERNAL],
        recursion: "p' = pH, H(y) = E[K e^r(y)/(e^r(y) + Σ_{i<K} e^r(y_i))], y_i ~ p",
        regime: "linear",
        source: "arXiv 2407.09499 (known at second hand)",
    },
    Preset {
        name: "grpo-mirror",
        keys: &[EXTERNAL, ("standardise", Toml("true"))],
        recursion: "ℓ' = ℓ + (2/β)cosh(ℓ/2), ℓ of the correct set; with the instance's reward 1 for correct and 0 for wrong, or none",
        regime: "finite time",
        source: "arXiv 2503.06639 (its abstract)",
    },
    Preset {
        name: "grpo-frozen-reference",
        keys: &[EXTERNAL, ("standardise", Toml("true")), ("reference", Toml("\"base\""))],
        recursion: "ℓ' = ℓ_0 + (2/β)cosh(ℓ/2), ℓ of the correct set; with the instance's reward 1 for correct and 0 for wrong, or none",
        regime: "bounded from a threshold of β on (at rest, on a cycle, or without a period), else finite time",
        source: "derived here",
    },
];

impl Preset {
    /// The preset of a name.
    ///
    /// ```
    /// use selfreward::process::Preset;
    ///
    /// let frozen = Preset::named("frozen-reward").expect("it exists");
    /// assert_eq!(frozen.recursion, "ℓ' = ℓ + ℓ_0/β");
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Toml(text) => f.write_str(text),
            GrownPower => f.write_str("{ power = 1 + 1/β }"),
        }
    }
}
