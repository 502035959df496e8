//! A block: its checks, the differences that it sees, and its loss in coordinates of their span.

use ndarray::{Array1, Array2, Axis};

use super::loss::{Kind, Rows};
use super::{Block, Choices};
use crate::linalg::Span;
use crate::{Error, Result};

impl Block<'_> {
    /// d.
    pub fn dim(&self) -> usize {
        match self {
            Self::Softmax(prompts) => prompts.first().map_or(0, |prompt| prompt.features.ncols()),
            Self::Logistic { differences, .. } => differences.ncols(),
        }
    }

    /// The sum of the weights.
    pub fn weight(&self) -> f64 {
        match self {
            Self::Softmax(prompts) => prompts.iter().flat_map(|prompt| prompt.weights).sum(),
            Self::Logistic { wins, losses, .. } => wins.iter().chain(*losses).sum(),
        }
    }

    /// Whether the arrays fit together and hold what they may.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Self::Softmax(prompts) => {
                if prompts.is_empty() {
                    return Err(Error::argument("a softmax block's prompts", 0, "at least 1"));
                }
                prompts.iter().try_for_each(|prompt| check_choices(prompt, self.dim()))
            }
            Self::Logistic { differences, wins, losses } => {
                check_length("wins", wins.len(), differences.nrows())?;
                check_length("losses", losses.len(), differences.nrows())?;
                check_finite("differences", differences.iter())?;
                check_weights(wins.iter().chain(*losses))
            }
        }
    }

    /// The differences that the loss depends on: all responses of the given prompts against the prompt's first seen one (itself among
    /// them, as a zero row), or the pairs of positive weight; and of each whether it confines where the loss is bounded, which a
    /// difference of two seen responses and a pair both won and lost do.
    pub(super) fn seen(&self) -> (Array2<f64>, Vec<bool>) {
        match self {
            Self::Softmax(prompts) => {
                let count = prompts.iter().map(|prompt| prompt.weights.len()).sum();
                let mut rows = Array2::zeros((count, self.dim()));
                let mut next = 0;
                for prompt in prompts {
                    let at = prompt.features.row(first_seen(prompt));
                    for row in prompt.features.rows() {
                        let difference = row.iter().zip(at).map(|(x, y)| x - y);
                        rows.row_mut(next).iter_mut().zip(difference).for_each(|(to, x)| *to = x);
                        next += 1;
                    }
                }
                (rows, prompts.iter().flat_map(|prompt| prompt.weights).map(|c| *c > 0.0).collect())
            }
            Self::Logistic { differences, wins, losses } => {
                let kept: Vec<usize> = (0..wins.len()).filter(|&i| wins[i] + losses[i] > 0.0).collect();
                let confining = kept.iter().map(|&i| wins[i] > 0.0 && losses[i] > 0.0).collect();
                (differences.select(Axis(0), &kept), confining)
            }
        }
    }

    /// The span of these rows.
    pub(super) fn span(seen: &Array2<f64>) -> Span {
        Self::span_of(seen, &(0..seen.nrows()).collect::<Vec<_>>())
    }

    /// The span of rows that are orthogonal to another.
    pub(super) fn span_beside(other: &Span, rows: &Array2<f64>) -> Span {
        Span::of_rows_beside(other, rows.nrows(), rows.ncols(), |i, row| {
            row.iter_mut().zip(rows.row(i)).for_each(|(to, from)| *to = *from);
        })
    }

    /// The span of some of these rows.
    pub(super) fn span_of(seen: &Array2<f64>, which: &[usize]) -> Span {
        Span::of_rows(which.len(), seen.ncols(), None, |i, row| {
            row.iter_mut().zip(seen.row(which[i])).for_each(|(to, from)| *to = *from);
        })
    }

    /// The loss with these differences and logits at the start, in this order.
    pub(super) fn rows(&self, features: Array2<f64>, at_start: &Array1<f64>) -> Rows {
        match self {
            Self::Softmax(prompts) => {
                let (mut base, mut weights, mut ends) =
                    (at_start.to_vec(), Vec::with_capacity(at_start.len()), Vec::new());
                for prompt in prompts {
                    // Logits are relative to the prompt's first seen response.
                    let (next, at) = (weights.len(), prompt.offset[first_seen(prompt)]);
                    base[next..].iter_mut().zip(prompt.offset).for_each(|(logit, o)| *logit += o - at);
                    weights.extend_from_slice(prompt.weights);
                    ends.push(weights.len());
                }
                Rows { features, base, kind: Kind::Softmax { weights, ends } }
            }
            Self::Logistic { wins, losses, .. } => {
                let kept = |values: &[f64]| {
                    (0..wins.len()).filter(|&i| wins[i] + losses[i] > 0.0).map(|i| values[i]).collect::<Vec<_>>()
                };
                let kind = Kind::Logistic { wins: kept(wins), losses: kept(losses) };
                Rows { features, base: at_start.to_vec(), kind }
            }
        }
    }
}

fn first_seen(prompt: &Choices<'_>) -> usize {
    prompt.weights.iter().position(|c| *c > 0.0).unwrap_or(0)
}

fn check_choices(prompt: &Choices<'_>, dim: usize) -> Result<()> {
    let responses = prompt.features.nrows();
    if prompt.features.ncols() != dim {
        return Err(Error::argument("a prompt's features, columns", prompt.features.ncols(), dim.to_string()));
    }
    check_length("offset", prompt.offset.len(), responses)?;
    check_length("weights", prompt.weights.len(), responses)?;
    check_finite("features", prompt.features.iter())?;
    check_finite("offset", prompt.offset.iter())?;
    check_weights(prompt.weights.iter())
}

fn check_length(name: &str, length: usize, expected: usize) -> Result<()> {
    if length == expected {
        return Ok(());
    }
    Err(Error::argument(format!("number of {name}"), length, expected.to_string()))
}

fn check_finite<'a>(name: &str, mut values: impl Iterator<Item = &'a f64>) -> Result<()> {
    values.find(|x| !x.is_finite()).map_or(Ok(()), |x| Err(Error::argument(name, x, "finite numbers")))
}

/// Each weight finite and at least 0, their sum positive and finite.
fn check_weights<'a>(weights: impl Iterator<Item = &'a f64>) -> Result<()> {
    let mut total = 0.0;
    for &weight in weights {
        if weight.is_nan() || weight < 0.0 {
            return Err(Error::argument("a weight", weight, "at least 0"));
        }
        total += weight;
    }
    if total > 0.0 && total.is_finite() {
        return Ok(());
    }
    Err(Error::argument("the sum of weights", total, "positive and finite"))
}
