//! From where a fit counts: the policy π_ref of the implicit reward β log(π/π_ref).

use std::borrow::Cow;
use std::fmt;

use super::Snapshot;
use crate::instance::Parameter;
use crate::settings::{Form, Key, Section};

/// The reference policy of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Reference {
    /// π_t.
    #[default]
    Current,
    /// π_0.
    Base,
    /// ∝ π_t^α π_0^{1−α}, the policy of αθ_t + (1−α)θ_0; α is any finite number.
    Mixed(f64),
}

/// The key of this choice.
pub(super) const KEYS: &[Key] = &[Key::of_process(
    "reference",
    Form::WordOrTables(&["current", "base"], &[&[("current", Form::Real, None)]]),
    "\"current\" (π_t), \"base\" (π_0), { current = α } (∝ π_t^α π_0^(1−α)); for likelihood the centre of the ridge",
    "\"current\"",
)];

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => write!(f, "\"current\""),
            Self::Base => write!(f, "\"base\""),
            Self::Mixed(alpha) => write!(f, "{{ current = {alpha} }}"),
        }
    }
}

impl Reference {
    /// As it is written.
    pub(super) fn read(process: &Section<'_>) -> Self {
        match (process.word("reference"), process.inner("reference", "current")) {
            (_, Some(alpha)) => Self::Mixed(alpha),
            (Some("base"), None) => Self::Base,
            _ => Self::Current,
        }
    }

    /// θ_ref.
    ///
    /// ```
    /// use ndarray::array;
    /// use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
    /// use selfreward::process::{Reference, Snapshot};
    ///
    /// let features = FeatureMap::dense(DenseFeatures::new(array![[1.0], [0.0]], &[2])?);
    /// let instance = Instance::new(vec![1.0], features, Parameter::Dense(array![1.0]), None)?;
    /// let [base, current] = [1.0, 3.0].map(|t| Snapshot::new(Parameter::Dense(array![t]), &instance));
    /// let mixed = Reference::Mixed(0.25).parameter(&base, &current);
    /// assert_eq!(mixed.to_vector(), array![1.5]);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn parameter<'a>(&self, base: &'a Snapshot, current: &'a Snapshot) -> Cow<'a, Parameter> {
        match *self {
            Self::Current => Cow::Borrowed(&current.theta),
            Self::Base => Cow::Borrowed(&base.theta),
            Self::Mixed(alpha) => {
                Cow::Owned(current.theta.zip_with(&base.theta, |now, first| alpha * now + (1.0 - alpha) * first))
            }
        }
    }
}
