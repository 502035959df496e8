//! `[process]`: how it is iterated.

use serde::{Deserialize, Serialize};

use super::Kind;
use super::slots::{
    AcceptConfig, CandidatesConfig, LabelsConfig, MemoryConfig, PromptsConfig, ReferenceConfig, RewardConfig, Word,
};

/// `[process]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct ProcessConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    pub update: UpdateConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompts: Option<PromptsConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates: Option<CandidatesConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranked_by: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choose: Option<Word>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<AcceptConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<RewardConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standardise: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelsConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<ChoiceConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rays: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ridge: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge_noise: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_size: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta_over_sqrt_n: Option<f64>,
    pub samples: u64,
    pub rounds: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    pub sampling: SamplingConfig,
}

/// The update operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described where it is implemented, in `process::update`")]
pub enum UpdateConfig {
    Population,
    #[default]
    Erm,
    FiniteClass,
    Gradient,
    Logistic,
    WinRate,
    Likelihood,
}

impl UpdateConfig {
    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Erm => "erm",
            Self::FiniteClass => "finite-class",
            Self::Gradient => "gradient",
            Self::Logistic => "logistic",
            Self::WinRate => "win-rate",
            Self::Likelihood => "likelihood",
        }
    }
}

/// Which of the empirical minimisers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "described at `process::Choice` and `process::ClassChoice`")]
pub enum ChoiceConfig {
    Nearest,
    MinNorm,
    Random,
    Worst,
}

impl ChoiceConfig {
    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::MinNorm => "min-norm",
            Self::Random => "random",
            Self::Worst => "worst",
        }
    }
}

/// How triples are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "described at `process::Sampling`")]
pub enum SamplingConfig {
    #[default]
    Auto,
    Draws,
    Counts,
}

impl Default for ProcessConfig {
    fn default() -> Self {
        Self {
            preset: None,
            update: UpdateConfig::default(),
            population: None,
            prompts: None,
            candidates: None,
            best_of: None,
            adaptive: None,
            ranked_by: None,
            choose: None,
            accept: None,
            reward: None,
            standardise: None,
            reference: None,
            labels: None,
            memory: None,
            choice: None,
            rays: None,
            ridge: None,
            judge_noise: None,
            steps: None,
            step_size: None,
            beta: None,
            beta_over_sqrt_n: None,
            samples: 1024,
            rounds: 8,
            radius: None,
            sampling: SamplingConfig::default(),
        }
    }
}

impl ProcessConfig {
    /// Whether the expected loss is minimised, and nothing is drawn.
    pub fn is_population(&self) -> bool {
        self.update == UpdateConfig::Population || self.population == Some(true)
    }

    pub(super) fn fill_defaults(&mut self, kind: Kind) {
        if self.beta.is_none() {
            self.beta_over_sqrt_n.get_or_insert(1.0);
        }
        match self.update {
            UpdateConfig::Population => {}
            UpdateConfig::Erm => {
                self.choice.get_or_insert(ChoiceConfig::Nearest);
                self.ridge.get_or_insert(0.0);
                self.judge_noise.get_or_insert(0.0);
            }
            UpdateConfig::FiniteClass => {
                self.choice.get_or_insert(ChoiceConfig::Nearest);
                if matches!(kind, Kind::Gaussian | Kind::Npz) {
                    self.rays.get_or_insert(1000);
                }
            }
            UpdateConfig::Gradient => {
                self.judge_noise.get_or_insert(0.0);
                self.steps.get_or_insert(100);
                self.step_size.get_or_insert(1.0);
            }
            UpdateConfig::WinRate => {
                self.choice.get_or_insert(ChoiceConfig::Nearest);
                self.ridge.get_or_insert(0.0);
                self.labels.get_or_insert(LabelsConfig::Smooth { temperature: 1.0, flip: 0.0 });
            }
            UpdateConfig::Logistic => {
                self.ridge.get_or_insert(0.0);
                self.labels.get_or_insert(LabelsConfig::Smooth { temperature: 1.0, flip: 0.0 });
            }
            UpdateConfig::Likelihood => {
                self.ridge.get_or_insert(0.0);
            }
        }
    }
}
