//! What a square loss aims at: a reference, and a reward of which the linear part is kept apart.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::{Reward, Step};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::logits::LogitTable;

/// β⟨θ − θ_ref, Δφ⟩ is to meet ⟨τ, Δφ⟩ + Δg.
#[derive(Clone, Debug)]
pub(super) struct Aim<'a> {
    /// θ_ref.
    pub reference: Cow<'a, Parameter>,
    /// τ.
    pub linear: Cow<'a, Parameter>,
    /// g; `None` for 0. One-hot features have none: there every function is linear.
    pub remainder: Option<Arc<LogitTable>>,
}

impl<'a> Aim<'a> {
    /// The round's reference and reward. Where each pair has a vote of its own, its mean stands for it.
    pub fn of(step: &Step<'a>, reward: &Reward<'a>) -> Self {
        Self::new(step.reference(), reward.linear.clone(), reward.remainder.clone(), step.instance)
    }

    /// An aim; on one-hot features the remainder becomes part of what is linear.
    pub fn new(
        reference: Cow<'a, Parameter>,
        linear: Cow<'a, Parameter>,
        remainder: Option<Arc<LogitTable>>,
        instance: &Instance,
    ) -> Self {
        match (instance.features(), remainder) {
            (FeatureMap::OneHot(_), Some(table)) => {
                let whole = linear.zip_with(&Parameter::Tabular(table), |linear, rest| linear + rest);
                Self { reference, linear: Cow::Owned(whole), remainder: None }
            }
            (_, remainder) => Self { reference, linear, remainder },
        }
    }

    /// Whether reference and reward are those of the same parameter, as in the paper's loop.
    pub fn is_own(&self) -> bool {
        self.remainder.is_none() && std::ptr::eq(&*self.reference, &*self.linear)
    }
}
