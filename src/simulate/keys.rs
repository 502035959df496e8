//! The configuration's keys: the one list from which unknown keys are refused and the help is written.

use std::sync::LazyLock;

use toml::{Table, Value};

use crate::metrics::also;
use crate::process;
pub use crate::settings::Key;
use crate::settings::{Form, Inner, known};
use crate::{Error, Result};

/// Counts, and numbers of replicates, fit into 32 bits: stores and draws keep them so.
pub const MOST: u64 = u32::MAX as u64;

const COUNT: Form = Form::Whole(1, MOST);

/// The regimes of a spectrum, with the keys of each.
const SPECTRUM: &[(&str, &[Inner])] = &[
    ("isotropic", &[]),
    ("exponential", &[("rate", Form::Real)]),
    ("polynomial", &[("exponent", Form::Real)]),
    ("spiked", &[("rank", COUNT), ("tail", Form::Real)]),
];

/// The words of `measure.also`: all quantities that it can ask for, and `all`.
const ALSO: &[&str] = &{
    let mut names = ["all"; also::QUANTITIES.len() + 1];
    let mut i = 0;
    while i < also::QUANTITIES.len() {
        names[i] = also::QUANTITIES[i].quantity.name;
        i += 1;
    }
    names
};

macro_rules! keys {
    ($($section:literal {
        $($name:literal: $form:expr, $([$($of:literal),*],)? $meaning:literal, $default:literal;)*
    })*) => {
        &[$($(Key {
            section: $section,
            name: $name,
            form: $form,
            of: &[$($($of),*)?],
            meaning: $meaning,
            default: $default,
        },)*)*]
    };
}

const INSTANCE: &[Key] = keys! {
    "instance" {
        "kind": Form::Word(&["npz", "gaussian", "tabular", "hard", "autoregressive", "random", "answers", "sphere"]), "npz | gaussian | tabular | hard | autoregressive | random | answers | sphere", "required";
        "path": Form::Path, ["npz"], "the features' file; a relative path starts at the current folder (data/docqa_minilm.npz and data/smollm_answers.npz are always there: a file of that name comes before the enclosed one)", "required";
        "rescale": Form::Switch, "divide all features by the largest norm and multiply θ_0 by it, which leaves π_0 as it is (θ_0 of theta_norm and logit_scale is drawn for the divided features); the norm is 1 already, unless they come from a file", "false";
        "offset_as_feature": Form::Switch, ["npz"], "true: the file's offset is one more feature and no logit is fixed; φ' = (φ, b less its mean at the prompt) over the largest norm, θ_0' so that π_0 stays", "false";
        "prompts": COUNT, ["gaussian", "tabular", "hard", "autoregressive", "random", "sphere"], "M ≥ 1 (hard: the sentinel not counted)", "required (sphere: 1)";
        "responses": COUNT, ["gaussian", "tabular", "random", "answers", "sphere"], "K ≥ 1, responses of every prompt (random: K ≥ 2, K(x) uniform on 1 to K)", "required";
        "dim": COUNT, ["gaussian", "random", "sphere", "npz"], "d ≥ 1 (npz: only the first d coordinates are trained, the others stay as θ_0 has them, and so does π_0)", "required (npz: all)";
        "spectrum": Form::Kinds(SPECTRUM), ["gaussian"],
            "{ kind = \"isotropic\" } | { kind = \"exponential\", rate } | { kind = \"polynomial\", exponent } | { kind = \"spiked\", rank, tail }",
            "{ kind = \"isotropic\" }";
        "margin": Form::Real, ["gaussian"], "redraw prompts until the best logit of θ_0 exceeds the second by at least this, nats: the margin of π_0 where there is no offset, which is not looked at", "no condition";
        "max_tries": Form::Whole(0, (1 << 24) - 1), ["gaussian"], "how often a prompt may be redrawn for the margin, below 2^24", "10000";
        "theta_norm": Form::Real, ["gaussian", "npz"], "draw θ_0 with this norm", "4.0 (gaussian); the file's theta0 (npz)";
        "logit_scale": Form::Real, ["gaussian", "npz"], "draw θ_0 with this standard deviation of its logits", "theta_norm is used";
        "theta0": Form::Reals, ["gaussian", "npz", "tabular"], "θ_0, coordinate by coordinate", "theta_norm is used (tabular: bump)";
        "offset": Form::Keys(&[("along", Form::Real), ("noise", Form::Real)]), ["gaussian"],
            "{ along = a, noise = s }: fixed logits b = a⟨w, φ⟩ + s·N(0,1), w a random unit vector, φ after the division by the largest norm (npz: the file's offset)", "no fixed logits";
        "scale": Form::Real, ["sphere"], "θ_0 = scale·φ(y*), y* the first response, which is correct; scale ≥ 0", "required";
        "groups": Form::Tables(&[("share", Form::Real), ("gap", Form::Real), ("right", Form::Switch)]), ["answers"],
            "[{ share, gap, right }, …]: one prompt a group, with p(x) = share (they sum to 1); the logit of response 0 is gap ≥ 0 above the others; response 0 is correct if right, else response 1; its level is its place in the list, from 0", "required";
        "bump": Form::Real, ["tabular"], "logit of the favoured response of each prompt, nats", "1.0";
        "confidence": Form::Word(&["uniform"]), ["tabular"], "\"uniform\": the favoured response's probability is uniform on (1/K, 1) from prompt to prompt", "bump is used";
        "weights": Form::WordOrTable("uniform", &[("zipf", Form::Real)]), ["tabular"], "\"uniform\" or { zipf = s }, p(x) ∝ (x+1)^-s", "\"uniform\"";
        "kappa0": Form::Real, ["hard"], "κ_0 > 1; the number of labels is rounded, so the realised κ_0 differs a little", "required";
        "mass": Form::WordOrReal("worst"), ["hard"], "Δ in (0, 1), or \"worst\": min(0.9, √(M(κ_0−1)/(4n)))", "\"worst\"";
        "vocab": Form::Whole(2, MOST), ["autoregressive"], "V ≥ 2, tokens of the vocabulary; responses are the V^L < 2^32 sequences of L tokens", "required";
        "length": COUNT, ["autoregressive"], "L ≥ 1, tokens of a sequence", "required";
        "top": Form::Real, ["autoregressive"], "α in (1/V, 1): probability of the likeliest token at every step, the others being equally likely", "trap is used";
        "trap": Form::Keys(&[("p", Form::Real), ("eta", Form::Real)]), ["autoregressive"],
            "{ p, eta }: the optimum has probability p < 1/2, its first token's rival p + eta (Proposition 4.3)", "top is used";
        "character": Form::Word(&["plain", "sharp", "near-tie", "weights", "mixed"]), ["random"],
            "plain | sharp (probabilities down to 1e-304) | near-tie (best logits 1e-9 apart) | weights (down to 1e-12) | mixed (one of them, by the seed)",
            "\"mixed\"";
    }
};

const MEASURE_AND_RUN: &[Key] = keys! {
    "measure" {
        "delta": Form::Reals, "list of δ in (0, 1) for the failure rates", "[0.5, 0.1]";
        "chain": Form::Switch, "also measure both sides of every step of the proof, by sums over pairs of responses: O(K²) a prompt", "false";
        "also": Form::Words(ALSO), "list of further quantities, or \"all\" in it for all of them", "none for the paper's loop on the kinds npz to random without offset; else those that cost little and can exist there";
        "levels": Form::Integers, "levels of prompts at which accuracy and correct_probability are measured, too", "[]";
    }
    "run" {
        "replicates": COUNT, "R, 1 to 2^32 - 1; each redraws everything that is random", "10";
        "first_replicate": Form::Whole(0, MOST), "number of the first replicate; each number has its own seed, so a single replicate can be run again", "0";
        "seed": Form::Seed, "a whole number, or \"0x\" and 64 hexadecimal digits", "1";
        "same_instance": Form::Switch, "give all replicates the instance of replicate 0", "false";
    }
};

/// All keys, in the order in which the help shows them.
pub fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> =
        LazyLock::new(|| [INSTANCE, &process::settings::keys(), MEASURE_AND_RUN].concat());
    &KEYS
}

/// Keys of which a configuration has at most one; setting one on the command line drops the others of the file.
pub const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("process", &["beta", "beta_over_sqrt_n"]),
    ("instance", &["theta_norm", "logit_scale", "theta0", "bump", "confidence"]),
    ("instance", &["top", "trap"]),
    ("process", &["best_of", "adaptive"]),
];

/// Reads a configuration's table: keys that do not exist are refused, with the nearest one that does, and so are values that are
/// not of their key's form. Whole numbers come out as integers.
///
/// # Errors
/// [`Error::Argument`] with the key, its value, and what was expected.
pub fn read(table: &Table) -> Result<Table> {
    refuse_unknown(table)?;
    let section = |(section, value): (&String, &Value)| {
        let Value::Table(entries) = value else { unreachable!("sections are tables") };
        let entry = |(name, value): (&String, &Value)| {
            let key = keys().iter().find(|key| key.section == section && key.name == name).expect("known");
            Ok((name.clone(), key.form.read(&format!("{section}.{name}"), value)?))
        };
        Ok((section.clone(), Value::Table(entries.iter().map(entry).collect::<Result<Table>>()?)))
    };
    table.iter().map(section).collect()
}

/// Refuses sections and keys that do not exist, naming the nearest one that does.
///
/// # Errors
/// [`Error::Argument`] with the unknown key.
pub fn refuse_unknown(table: &Table) -> Result<()> {
    if table.contains_key("part") {
        let expected = "a configuration; `selfreward run` computes definitions";
        return Err(Error::argument("configuration", "the definition of an experiment", expected));
    }
    let sections: Vec<&str> = keys().chunk_by(|a, b| a.section == b.section).map(|chunk| chunk[0].section).collect();
    for (section, value) in table {
        known(section, "", &sections)?;
        let Value::Table(entries) = value else {
            return Err(Error::argument(section, value, "a section of keys"));
        };
        let names: Vec<&str> = keys().iter().filter(|key| key.section == section).map(|key| key.name).collect();
        entries.keys().try_for_each(|name| known(name, &format!("{section}."), &names))?;
    }
    Ok(())
}

/// Refuses keys that the configured kind does not have.
///
/// # Errors
/// [`Error::Argument`] with the key and the kinds that have it.
pub fn refuse_foreign(table: &Table, section: &str, kind: &str) -> Result<()> {
    let Some(Value::Table(entries)) = table.get(section) else { return Ok(()) };
    for key in keys().iter().filter(|key| key.section == section && !key.of.is_empty()) {
        if let Some(value) = entries.get(key.name)
            && !key.of.contains(&kind)
        {
            let expected = format!("no such key for {kind:?} (it belongs to {})", key.of.join(", "));
            return Err(Error::argument(format!("{section}.{}", key.name), value, expected));
        }
    }
    Ok(())
}
