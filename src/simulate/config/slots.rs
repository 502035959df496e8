//! The choices of a loop as a person writes them: a word, or a table of numbers.

use serde::{Deserialize, Serialize};

use crate::process::{Accept, CandidateLaw, Labels, Memory, PromptLaw, Reference, Signal, Vote, Weighted};

/// A choice that is `"all"` or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words are documented in `keys`")]
pub enum Word {
    All,
    Base,
    Correct,
    Current,
    External,
    Hard,
    Likeliest,
    None,
    Reward,
    #[serde(rename = "self")]
    Own,
}

/// `prompts`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum PromptsConfig {
    Word(Word),
    Sure { confidence_at_most: f64 },
}

impl From<PromptsConfig> for PromptLaw {
    fn from(given: PromptsConfig) -> Self {
        match given {
            PromptsConfig::Word(_) => Self::All,
            PromptsConfig::Sure { confidence_at_most } => Self::ConfidenceAtMost(confidence_at_most),
        }
    }
}

/// `candidates`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum CandidatesConfig {
    Word(Word),
    Mixture { base_share: f64 },
    Power { power: f64 },
}

impl From<CandidatesConfig> for CandidateLaw {
    fn from(given: CandidatesConfig) -> Self {
        match given {
            CandidatesConfig::Word(Word::Base) => Self::Base,
            CandidatesConfig::Word(_) => Self::Current,
            CandidatesConfig::Mixture { base_share } => Self::Mixture(base_share),
            CandidatesConfig::Power { power } => Self::Power(power),
        }
    }
}

/// `accept`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum AcceptConfig {
    Word(Word),
    Verifier { true_positive: f64, false_positive: f64 },
    Vote { vote_of: u64 },
    Gate { confidence_gate: f64, tries: u64 },
}

impl From<AcceptConfig> for Accept {
    fn from(given: AcceptConfig) -> Self {
        match given {
            AcceptConfig::Word(Word::Correct) => Self::Correct,
            AcceptConfig::Word(_) => Self::All,
            AcceptConfig::Verifier { true_positive, false_positive } => {
                Self::Verifier { true_positive, false_positive }
            }
            AcceptConfig::Vote { vote_of } => Self::Vote(vote_of),
            AcceptConfig::Gate { confidence_gate, tries } => Self::Gate { confidence: confidence_gate, tries },
        }
    }
}

/// `reward`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum RewardConfig {
    Word(Word),
    Vote {
        vote_of: u64,
    },
    Weights {
        #[serde(rename = "self")]
        own: f64,
        base: f64,
        external: f64,
    },
}

impl RewardConfig {
    /// The signal, standardised or not.
    pub(crate) fn signal(self, standardise: bool) -> Box<dyn Signal> {
        let weighted = |own: f64, base: f64, external: f64| Weighted { own, base, external, standardise };
        Box::new(match self {
            Self::Vote { vote_of } => return Box::new(Vote { of: vote_of }),
            Self::Word(Word::Base) => weighted(0.0, 1.0, 0.0),
            Self::Word(Word::External) => weighted(0.0, 0.0, 1.0),
            Self::Word(_) => weighted(1.0, 0.0, 0.0),
            Self::Weights { own, base, external } => weighted(own, base, external),
        })
    }
}

/// `reference`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum ReferenceConfig {
    Word(Word),
    Mixed { current: f64 },
}

impl From<ReferenceConfig> for Reference {
    fn from(given: ReferenceConfig) -> Self {
        match given {
            ReferenceConfig::Word(Word::Base) => Self::Base,
            ReferenceConfig::Word(_) => Self::Current,
            ReferenceConfig::Mixed { current } => Self::Mixed(current),
        }
    }
}

/// `labels`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum LabelsConfig {
    Word(Word),
    Smooth { temperature: f64, flip: f64 },
}

impl From<LabelsConfig> for Labels {
    fn from(given: LabelsConfig) -> Self {
        match given {
            LabelsConfig::Word(_) => Self::Hard,
            LabelsConfig::Smooth { temperature, flip } => Self::Smooth { temperature, flip },
        }
    }
}

/// `memory`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the keys are documented in `keys`")]
pub enum MemoryConfig {
    Word(Word),
    Replay { replay: f64 },
}

impl From<MemoryConfig> for Memory {
    fn from(given: MemoryConfig) -> Self {
        match given {
            MemoryConfig::Word(Word::All) => Self::All,
            MemoryConfig::Word(_) => Self::None,
            MemoryConfig::Replay { replay } => Self::Replay(replay),
        }
    }
}
