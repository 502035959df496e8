//! What is given: prompts with weights, responses with features, and the base parameter θ_0.

pub mod answers;
pub mod autoregressive;
pub mod continuum;
pub mod correct;
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
pub mod sphere;
pub mod tabular;
pub mod three_answers;
pub mod tokens;

pub use correct::Correct;
pub use features::{DenseFeatures, FeatureMap, Lent, Mapped, Storage};
pub use parameter::Parameter;
pub use spectrum::Spectrum;
pub use tokens::Tokens;

use std::sync::{Arc, OnceLock};

use crate::linalg::Span;
use crate::logits::LogitTable;
use crate::policy::Policy;
use crate::{Error, Result};

/// Weights and feature norms are checked to this tolerance on entry.
pub const ENTRY_TOLERANCE: f64 = 1e-6;

/// A finite instance of the linear softmax class: prompt distribution p, features φ, fixed logits b, base parameter θ_0.
///
/// The class is π_θ(y|x) ∝ exp(b(x,y) + ⟨θ, φ(x,y)⟩); the paper's has b = 0.
#[derive(Clone, Debug)]
pub struct Instance {
    weights: Arc<Vec<f64>>,
    features: FeatureMap,
    base: Parameter,
    offset: Option<Arc<LogitTable>>,
    correct: Option<Correct>,
    reward: Option<Arc<LogitTable>>,
    levels: Option<Vec<i64>>,
    tokens: Option<Tokens>,
    /// Span of all feature differences of dense features; computed when first asked for.
    span: OnceLock<Span>,
    /// π_0; computed when first asked for.
    base_policy: OnceLock<Arc<Policy>>,
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
        let correct = match answers {
            None => None,
            Some(answers) if answers.len() != prompts => {
                return Err(Error::argument("answers", answers.len(), format!("one for each of {prompts} prompts")));
            }
            Some(answers) => {
                let lists = answers.into_iter().map(|answer| answer.map(|one| vec![one])).collect();
                Some(Correct::new(lists, |x| features.responses(x))?)
            }
        };
        let weights = Arc::new(weights.into_iter().map(|p| p / sum).collect());
        let (offset, reward, levels) = (None, None, None);
        let (span, base_policy) = (OnceLock::new(), OnceLock::new());
        Ok(Self { weights, features, base, offset, correct, reward, levels, tokens: None, span, base_policy })
    }

    /// The same instance with fixed logits b(x,y), one for each response, in nats.
    ///
    /// # Errors
    /// [`Error::Argument`] if the shape is another, or a logit is not finite.
    pub fn with_offset(self, offset: LogitTable) -> Result<Self> {
        self.check_table("offset", &offset)?;
        Ok(Self { offset: Some(Arc::new(offset)), base_policy: OnceLock::new(), ..self })
    }

    /// The same instance with a reward r(x,y) from outside, one for each response, in nats.
    ///
    /// # Errors
    /// As [`Instance::with_offset`].
    pub fn with_reward(self, reward: LogitTable) -> Result<Self> {
        self.check_table("reward", &reward)?;
        Ok(Self { reward: Some(Arc::new(reward)), ..self })
    }

    /// The same instance with its correct responses.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there is an entry for each prompt.
    pub fn with_correct(self, correct: Correct) -> Result<Self> {
        if correct.prompts() != self.prompts() {
            let expected = format!("one entry for each of {} prompts", self.prompts());
            return Err(Error::argument("correct", correct.prompts(), expected));
        }
        Ok(Self { correct: Some(correct), ..self })
    }

    /// The same instance with the level (of difficulty, say) of each prompt.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there is one for each prompt.
    pub fn with_levels(self, levels: Vec<i64>) -> Result<Self> {
        if levels.len() != self.prompts() {
            let expected = format!("one for each of {} prompts", self.prompts());
            return Err(Error::argument("level", levels.len(), expected));
        }
        Ok(Self { levels: Some(levels), ..self })
    }

    fn check_table(&self, name: &str, table: &LogitTable) -> Result<()> {
        if table.prompts() != self.prompts() {
            let expected = format!("one row for each of {} prompts", self.prompts());
            return Err(Error::argument(name, table.prompts(), expected));
        }
        for (x, row) in table.rows().enumerate() {
            let count = self.features.responses(x);
            if row.responses() != count {
                let expected = format!("{count}, the number of its responses");
                return Err(Error::argument(format!("length of {name}[{x}]"), row.responses(), expected));
            }
            if let Some((value, _)) = row.levels().find(|(value, _)| !value.is_finite()) {
                return Err(Error::argument(format!("{name}[{x}]"), value, "finite numbers"));
            }
        }
        Ok(())
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

    /// As [`Instance::weights`], shared.
    pub(crate) fn shared_weights(&self) -> Arc<Vec<f64>> {
        Arc::clone(&self.weights)
    }

    /// The feature map φ.
    pub fn features(&self) -> &FeatureMap {
        &self.features
    }

    /// θ_0.
    pub fn base(&self) -> &Parameter {
        &self.base
    }

    /// b, the fixed logits; `None` in the class without any.
    pub fn offset(&self) -> Option<&Arc<LogitTable>> {
        self.offset.as_ref()
    }

    /// The correct responses, where they are known.
    pub fn correct(&self) -> Option<&Correct> {
        self.correct.as_ref()
    }

    /// The reward from outside, if there is one.
    pub fn reward(&self) -> Option<&Arc<LogitTable>> {
        self.reward.as_ref()
    }

    /// The level of each prompt, if there are levels.
    pub fn levels(&self) -> Option<&[i64]> {
        self.levels.as_deref()
    }

    /// π_θ ∝ exp(b + ⟨θ, φ⟩): the one place where logits are made.
    ///
    /// ```
    /// use ndarray::array;
    /// use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
    /// use selfreward::logits::LogitTable;
    ///
    /// let features = FeatureMap::dense(DenseFeatures::new(array![[1.0], [0.0]], &[2])?);
    /// let instance = Instance::new(vec![1.0], features, Parameter::Dense(array![0.5]), None)?;
    /// let mut offset = LogitTable::default();
    /// offset.push_dense(&[0.0, 2.0]);
    /// let policy = instance.with_offset(offset)?.policy(&Parameter::Dense(array![0.5]));
    /// // log π(0) − log π(1) = ⟨θ, Δφ⟩ + Δb = 0.5 − 2.
    /// assert!((policy.log_prob(0, 0) - policy.log_prob(0, 1) + 1.5).abs() < 1e-15);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn policy(&self, theta: &Parameter) -> Policy {
        let logits = theta.logits(&self.features);
        Policy::from_logits(match &self.offset {
            None => logits,
            Some(offset) => Arc::new(logits.zip_with(offset, |logit, b| logit + b)),
        })
    }

    /// π_0, shared by all who ask for it.
    pub(crate) fn base_policy(&self) -> &Arc<Policy> {
        if let Some(policy) = self.base_policy.get() {
            return policy;
        }
        // Not within the lock: a thread that shares this work may meet the same instance elsewhere.
        let policy = Arc::new(self.policy(&self.base));
        self.base_policy.get_or_init(|| policy)
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
                .zip(self.weights.iter())
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
