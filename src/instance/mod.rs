//! What is given: prompts with weights, responses with features, and the base parameter θ_0.

pub mod autoregressive;
pub mod continuum;
pub mod features;
pub mod files;
pub mod gaussian;
pub mod greedy_trap;
pub mod lower_bound;
pub mod npz;
pub mod npz_writer;
pub mod parameter;
pub mod random;
pub mod spectrum;
pub mod tabular;
pub mod tokens;

pub use features::{DenseFeatures, FeatureMap};
pub use parameter::Parameter;
pub use spectrum::Spectrum;
pub use tokens::Tokens;

use std::sync::OnceLock;

use crate::linalg::Span;
use crate::{Error, Result};

/// Weights and feature norms are checked to this tolerance on entry.
pub const ENTRY_TOLERANCE: f64 = 1e-6;

/// A finite instance of the linear softmax class: prompt distribution p, features φ, base parameter θ_0.
#[derive(Clone, Debug)]
pub struct Instance {
    weights: Vec<f64>,
    features: FeatureMap,
    base: Parameter,
    answers: Option<Vec<Option<u32>>>,
    tokens: Option<Tokens>,
    /// Span of all feature differences of dense features; computed when first asked for.
    span: OnceLock<Span>,
}

impl Instance {
    /// Checks and assembles an instance.
    ///
    /// * `weights`: p(x), one for each of M prompts, not negative, with sum 1 to within 1e-6 (then divided by their sum).
    /// * `features`: φ(x,y) with ‖φ‖₂ ≤ 1 to within 1e-6.
    /// * `base`: θ_0, of the features' dimension, finite.
    /// * `answers`: the externally correct response of each prompt, `None` where it is not known.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending value and what was expected.
    pub fn new(
        weights: Vec<f64>,
        features: FeatureMap,
        base: Parameter,
        answers: Option<Vec<Option<u32>>>,
    ) -> Result<Self> {
        let prompts = features.prompts();
        if prompts == 0 {
            return Err(Error::argument("prompts", 0, "at least one prompt"));
        }
        if weights.len() != prompts {
            return Err(Error::argument("prompt weights", weights.len(), format!("one for each of {prompts} prompts")));
        }
        if let Some((x, p)) = weights.iter().enumerate().find(|(_, p)| !(p.is_finite() && **p >= 0.0)) {
            return Err(Error::argument(format!("weight of prompt {x}"), p, "a finite number ≥ 0"));
        }
        let sum: f64 = weights.iter().sum();
        if (sum - 1.0).abs() > ENTRY_TOLERANCE {
            return Err(Error::argument("sum of the prompt weights", sum, "1, to within 1e-6"));
        }
        features.check_norms()?;
        features.check_parameter(&base)?;
        if let Some(answers) = &answers {
            if answers.len() != prompts {
                return Err(Error::argument("answers", answers.len(), format!("one for each of {prompts} prompts")));
            }
            for (x, answer) in answers.iter().enumerate().filter_map(|(x, answer)| Some((x, (*answer)?))) {
                let count = features.responses(x);
                if answer as usize >= count {
                    let expected = format!("an index below the prompt's {count} responses");
                    return Err(Error::argument(format!("answer of prompt {x}"), answer, expected));
                }
            }
        }
        let weights = weights.into_iter().map(|p| p / sum).collect();
        Ok(Self { weights, features, base, answers, tokens: None, span: OnceLock::new() })
    }

    /// The same instance, its responses understood as token sequences.
    ///
    /// # Errors
    /// [`Error::Argument`] unless every prompt has V^L responses.
    pub fn with_tokens(self, tokens: Tokens) -> Result<Self> {
        let counts = (0..self.prompts()).map(|x| self.features.responses(x));
        if let Some((x, count)) = counts.enumerate().find(|(_, count)| *count != tokens.sequences() as usize) {
            let expected = format!("vocab^length = {}", tokens.sequences());
            return Err(Error::argument(format!("number of responses of prompt {x}"), count, expected));
        }
        Ok(Self { tokens: Some(tokens), ..self })
    }

    /// M, the number of prompts.
    pub fn prompts(&self) -> usize {
        self.weights.len()
    }

    /// p(x) for every prompt; sums to one.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The feature map φ.
    pub fn features(&self) -> &FeatureMap {
        &self.features
    }

    /// θ_0.
    pub fn base(&self) -> &Parameter {
        &self.base
    }

    /// The externally correct response of each prompt, where answers are known.
    pub fn answers(&self) -> Option<&[Option<u32>]> {
        self.answers.as_deref()
    }

    /// The token structure, if the responses are token sequences.
    pub fn tokens(&self) -> Option<Tokens> {
        self.tokens
    }

    /// The span of all differences φ(x,y) − φ(x,y') of dense features over prompts with p(x) > 0.
    pub(crate) fn span_of(&self, dense: &DenseFeatures) -> &Span {
        self.span.get_or_init(|| dense.difference_span(&self.weights))
    }

    /// The rank of all feature differences φ(x,y) − φ(x,y') over prompts with p(x) > 0.
    pub fn rank(&self) -> usize {
        match &self.features {
            FeatureMap::Dense(dense) => self.span_of(dense).rank(),
            FeatureMap::OneHot(responses) => responses
                .iter()
                .zip(&self.weights)
                .filter(|(_, p)| **p > 0.0)
                .map(|(&count, _)| count as usize - 1)
                .sum(),
        }
    }
}

/// The uniform distribution over `prompts` prompts.
pub fn uniform_weights(prompts: usize) -> Vec<f64> {
    vec![1.0 / prompts as f64; prompts]
}
