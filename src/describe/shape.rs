//! How large an instance is, and what its features are like.

use super::{Group, Measured};
use crate::instance::{DenseFeatures, ENTRY_TOLERANCE, FeatureMap};

/// M, K, d and the weights.
pub(super) fn sizes(measured: &Measured) -> Group {
    let mut group = Group::new("size");
    let instance = measured.instance();
    let features = instance.features();
    let counts = || (0..instance.prompts()).map(|x| features.responses(x));
    let class = match features {
        FeatureMap::Dense(_) => "linear softmax",
        FeatureMap::OneHot(_) => "tabular",
    };
    group.word("class", "what of the logits is trained: θ of features, or every logit", Ok(class.to_owned()));
    group.count("prompts", "prompts M", instance.prompts());
    let counted = measured.prompts().count();
    group.count("prompts_counted", "prompts with p(x) > 0: no other enters a number below", counted);
    group.number(
        "prompts_effective",
        "1/Σp(x)²: as many prompts of equal weight would be as concentrated",
        Ok(1.0 / instance.weights().iter().map(|p| p * p).sum::<f64>()),
    );
    group.number("weight_max", "largest p(x)", Ok(instance.weights().iter().copied().fold(0.0, f64::max)));
    group.count("responses_min", "least K(x), padding left out", counts().min().unwrap_or(0));
    group.count("responses_max", "largest K(x)", counts().max().unwrap_or(0));
    group.count("responses", "responses of all prompts, ΣK(x)", counts().sum());
    group.count(
        "single_response",
        "prompts with one response: nothing to learn there",
        counts().filter(|&k| k == 1).count(),
    );
    group.count("dim", "dimension d of θ", features.dim());
    let offset = if instance.offset().is_some() { "yes" } else { "no" };
    group.word("offset", "whether there are fixed logits b: π_0 ∝ exp(b + ⟨θ_0, φ⟩)", Ok(offset.to_owned()));
    group
}

/// Norms, and rows that are alike.
pub(super) fn features(measured: &Measured) -> Group {
    let mut group = Group::new("features");
    let instance = measured.instance();
    group.number("norm_max", "max ‖φ(x,y)‖ as given", Ok(measured.norm));
    let inside = measured.norm <= 1.0 + ENTRY_TOLERANCE;
    let inside = if inside { "yes" } else { "no: divided by norm_max below, θ_0 multiplied by it" };
    group.word("unit_ball", "whether all features lie in the unit ball, as the theory asks", Ok(inside.to_owned()));
    group.number("theta_norm", "‖θ_0‖", Ok(instance.base().norm()));
    let alike = match instance.features() {
        FeatureMap::Dense(dense) => alike(dense),
        FeatureMap::OneHot(_) => Alike::default(),
    };
    group.count("zero_rows", "responses whose features are all 0", alike.zeros);
    group.count(
        "duplicates",
        "responses with the features of an earlier one of the same prompt: no θ tells them apart",
        alike.duplicates,
    );
    group.count("alike_prompts", "prompts with several responses, all of the same features", alike.prompts);
    group
}

/// Rows that are alike.
#[derive(Clone, Copy, Debug, Default)]
struct Alike {
    zeros: usize,
    duplicates: usize,
    prompts: usize,
}

fn alike(dense: &DenseFeatures) -> Alike {
    let mut found = Alike::default();
    for x in 0..dense.starts().len() - 1 {
        let block = dense.prompt(x);
        let mut rows: Vec<&[f64]> = block.rows().into_iter().filter_map(|row| row.to_slice()).collect();
        found.zeros += rows.iter().filter(|row| row.iter().all(|value| *value == 0.0)).count();
        // Entries are finite; 0 and −0 are equal.
        rows.sort_by(|a, b| a.partial_cmp(b).expect("entries are finite"));
        let count = rows.len();
        rows.dedup();
        found.duplicates += count - rows.len();
        found.prompts += usize::from(count > 1 && rows.len() == 1);
    }
    found
}
