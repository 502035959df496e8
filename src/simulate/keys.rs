//! The configuration's keys: the one list from which unknown keys are refused and the help is written.

use toml::{Table, Value};

use crate::nearest::nearest;
use crate::{Error, Result};

/// One key of a configuration file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its section.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The kinds of instance or update that have it; empty for all.
    pub of: &'static [&'static str],
    /// What it means, and its range.
    pub meaning: &'static str,
    /// Its default as TOML, or what happens without it.
    pub default: &'static str,
}

macro_rules! keys {
    ($($section:literal { $($name:literal $([$($of:literal),*])? $meaning:literal, $default:literal;)* })*) => {
        &[$($(Key {
            section: $section,
            name: $name,
            of: &[$($($of),*)?],
            meaning: $meaning,
            default: $default,
        },)*)*]
    };
}

/// All keys, in the order in which the help shows them.
pub const KEYS: &[Key] = keys! {
    "instance" {
        "kind" "npz | gaussian | tabular | hard | autoregressive | random", "required";
        "path" ["npz"] "the features' file; a relative path starts at the current folder (data/docqa_minilm.npz is always there)", "required";
        "rescale" "divide all features by the largest norm (1 already, unless they come from a file)", "false";
        "prompts" ["gaussian", "tabular", "hard", "autoregressive", "random"] "M ≥ 1 (hard: the sentinel not counted)", "required";
        "responses" ["gaussian", "tabular", "random"] "K ≥ 1, responses of every prompt (random: K ≥ 2, K(x) uniform on 1 to K)", "required";
        "dim" ["gaussian", "random"] "d ≥ 1", "required";
        "spectrum" ["gaussian"]
            "{ kind = \"isotropic\" } | { kind = \"exponential\", rate } | { kind = \"polynomial\", exponent } | { kind = \"spiked\", rank, tail }",
            "{ kind = \"isotropic\" }";
        "margin" ["gaussian"] "redraw prompts until log π_0(y*) − max log π_0(y) is at least this, nats", "no condition";
        "max_tries" ["gaussian"] "how often a prompt may be redrawn for the margin", "10000";
        "theta_norm" ["gaussian", "npz"] "draw θ_0 with this norm", "4.0 (gaussian); the file's theta0 (npz)";
        "logit_scale" ["gaussian", "npz"] "draw θ_0 with this standard deviation of its logits", "theta_norm is used";
        "theta0" ["gaussian", "npz", "tabular"] "θ_0, coordinate by coordinate", "theta_norm is used (tabular: bump)";
        "bump" ["tabular"] "logit of the favoured response of each prompt, nats", "1.0";
        "confidence" ["tabular"] "\"uniform\": the favoured response's probability is uniform on (1/K, 1) from prompt to prompt", "bump is used";
        "weights" ["tabular"] "\"uniform\" or { zipf = s }, p(x) ∝ (x+1)^-s", "\"uniform\"";
        "kappa0" ["hard"] "κ_0 > 1; the number of labels is rounded, so the realised κ_0 differs a little", "required";
        "mass" ["hard"] "Δ in (0, 1), or \"worst\": min(0.9, √(M(κ_0−1)/(4n)))", "\"worst\"";
        "vocab" ["autoregressive"] "V ≥ 2, tokens of the vocabulary; responses are the V^L < 2^32 sequences of L tokens", "required";
        "length" ["autoregressive"] "L ≥ 1, tokens of a sequence", "required";
        "top" ["autoregressive"] "α in (1/V, 1): probability of the likeliest token at every step, the others being equally likely", "trap is used";
        "trap" ["autoregressive"]
            "{ p, eta }: the optimum has probability p < 1/2, its first token's rival p + eta (Proposition 4.3)", "top is used";
        "character" ["random"]
            "plain | sharp (probabilities down to 1e-304) | near-tie (best logits 1e-9 apart) | weights (down to 1e-12) | mixed (one of them, by the seed)",
            "\"mixed\"";
    }
    "process" {
        "update" "population | erm | finite-class | gradient", "\"erm\"";
        "choice" ["erm", "finite-class"] "nearest | min-norm (erm), nearest | random | worst (finite-class): which of the empirical minimisers", "\"nearest\"";
        "rays" ["finite-class"] "rays of the class on gaussian and npz instances, that of θ_0 included, 1 to 10^9; each has T+1 members", "1000";
        "ridge" ["erm"] "λ ≥ 0: adds λ‖θ − θ_t‖² to the loss", "0.0";
        "judge_noise" ["erm", "gradient"] "σ ≥ 0: standard deviation of the self-judge's noise", "0.0";
        "steps" ["gradient"] "steps of gradient descent", "100";
        "step_size" ["gradient"] "in (0, 2), over the loss's largest curvature", "1.0";
        "beta" "β > 0", "beta_over_sqrt_n is used";
        "beta_over_sqrt_n" "c > 0: β = c/√n", "1.0";
        "samples" "n, triples a round, 1 to 10^15", "1024";
        "rounds" "T ≥ 0", "8";
        "radius" "B > 0: θ stays in the ball ‖θ‖₂ ≤ B", "no ball";
        "sampling" "auto | draws | counts: three ways to the same distribution", "\"auto\"";
    }
    "measure" {
        "delta" "list of δ in (0, 1) for the failure rates", "[0.5, 0.1]";
        "chain" "also measure both sides of every step of the proof, by sums over pairs of responses: O(K²) a prompt", "false";
    }
    "run" {
        "replicates" "R ≥ 1; each redraws everything that is random", "10";
        "first_replicate" "number of the first replicate; each number has its own seed, so a single replicate can be run again", "0";
        "seed" "a whole number, or \"0x\" and 64 hexadecimal digits", "1";
        "same_instance" "give all replicates the instance of replicate 0", "false";
    }
};

/// Keys of which a configuration has at most one; setting one on the command line drops the others of the file.
pub const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("process", &["beta", "beta_over_sqrt_n"]),
    ("instance", &["theta_norm", "logit_scale", "theta0", "bump", "confidence"]),
    ("instance", &["top", "trap"]),
];

const SPECTRUM: &[&str] = &["kind", "rate", "exponent", "rank", "tail"];
const WEIGHTS: &[&str] = &["zipf"];
const TRAP: &[&str] = &["p", "eta"];

/// Refuses keys that do not exist, naming the nearest one that does.
///
/// # Errors
/// [`Error::Argument`] with the unknown key.
pub fn refuse_unknown(table: &Table) -> Result<()> {
    let sections: Vec<&str> = KEYS.chunk_by(|a, b| a.section == b.section).map(|chunk| chunk[0].section).collect();
    for (section, value) in table {
        known(section, "", &sections)?;
        let Value::Table(entries) = value else {
            return Err(Error::argument(section, value, "a section of keys"));
        };
        let names: Vec<&str> = KEYS.iter().filter(|key| key.section == section).map(|key| key.name).collect();
        for (name, value) in entries {
            known(name, &format!("{section}."), &names)?;
            if let Value::Table(inner) = value {
                let names = match name.as_str() {
                    "spectrum" => SPECTRUM,
                    "trap" => TRAP,
                    _ => WEIGHTS,
                };
                inner.keys().try_for_each(|inner| known(inner, &format!("{section}.{name}."), names))?;
            }
        }
    }
    Ok(())
}

/// Refuses keys that the configured kind does not have.
///
/// # Errors
/// [`Error::Argument`] with the key and the kinds that have it.
pub fn refuse_foreign(table: &Table, section: &str, kind: &str) -> Result<()> {
    let Some(Value::Table(entries)) = table.get(section) else { return Ok(()) };
    for key in KEYS.iter().filter(|key| key.section == section && !key.of.is_empty()) {
        if let Some(value) = entries.get(key.name)
            && !key.of.contains(&kind)
        {
            let expected = format!("no such key for {kind:?} (it belongs to {})", key.of.join(", "));
            return Err(Error::argument(format!("{section}.{}", key.name), value, expected));
        }
    }
    Ok(())
}

fn known(name: &str, prefix: &str, names: &[&str]) -> Result<()> {
    if names.contains(&name) {
        return Ok(());
    }
    let nearest = nearest(name, names.iter().copied()).expect("every section has keys");
    Err(Error::argument("key", format!("{prefix}{name}"), format!("a known key; the nearest is {prefix}{nearest}")))
}
