//! A block: its checks, the differences that it sees, and its loss in coordinates of their span.

use ndarray::{Array1, Array2, Axis, s};

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

    /// The differences that the loss depends on, as rows that span what it sees: all responses of the given prompts against the
    /// prompt's first, or the pairs of positive weight.
    pub(super) fn seen(&self) -> Array2<f64> {
        match self {
            Self::Softmax(prompts) => {
                let count = prompts.iter().map(|prompt| prompt.weights.len() - 1).sum();
                let mut rows = Array2::zeros((count, self.dim()));
                let mut next = 0;
                for prompt in prompts {
                    let first = prompt.features.row(0);
                    for row in prompt.features.rows().into_iter().skip(1) {
                        rows.row_mut(next).assign(&(&row - &first));
                        next += 1;
                    }
                }
                rows
            }
            Self::Logistic { differences, wins, losses } => {
                let kept: Vec<usize> = (0..wins.len()).filter(|&i| wins[i] + losses[i] > 0.0).collect();
                differences.select(Axis(0), &kept)
            }
        }
    }

    /// The span of these rows.
    pub(super) fn span(seen: &Array2<f64>) -> Span {
        Span::of_rows(seen.nrows(), seen.ncols(), None, |i, row| {
            row.iter_mut().zip(seen.row(i)).for_each(|(to, from)| *to = *from);
        })
    }

    /// The loss in coordinates of the span, from `start`, its weights divided by `unit`.
    pub(super) fn rows(&self, seen: Array2<f64>, span: &Span, start: &Array1<f64>) -> Rows {
        let base_of_seen = seen.dot(start);
        let coordinates = span.coordinates(seen);
        match self {
            Self::Softmax(prompts) => {
                let total: usize = prompts.iter().map(|prompt| prompt.weights.len()).sum();
                let mut features = Array2::zeros((total, coordinates.ncols()));
                let (mut base, mut weights, mut ends) =
                    (Vec::with_capacity(total), Vec::with_capacity(total), Vec::new());
                let mut next = 0;
                for prompt in prompts {
                    let others = prompt.weights.len() - 1;
                    let (from, to) = (next..next + others, base.len() + 1..base.len() + 1 + others);
                    features.slice_mut(s![to, ..]).assign(&coordinates.slice(s![from.clone(), ..]));
                    // Both logits are relative to the prompt's first response.
                    base.push(0.0);
                    base.extend(from.zip(&prompt.offset[1..]).map(|(i, o)| (o - prompt.offset[0]) + base_of_seen[i]));
                    weights.extend_from_slice(prompt.weights);
                    ends.push(base.len());
                    next += others;
                }
                Rows { features, base, kind: Kind::Softmax { weights, ends } }
            }
            Self::Logistic { wins, losses, .. } => {
                let kept = |values: &[f64]| {
                    (0..wins.len()).filter(|&i| wins[i] + losses[i] > 0.0).map(|i| values[i]).collect::<Vec<_>>()
                };
                let kind = Kind::Logistic { wins: kept(wins), losses: kept(losses) };
                Rows { features: coordinates, base: base_of_seen.to_vec(), kind }
            }
        }
    }
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
        if !(weight >= 0.0) {
            return Err(Error::argument("a weight", weight, "at least 0"));
        }
        total += weight;
    }
    if total > 0.0 && total.is_finite() {
        return Ok(());
    }
    Err(Error::argument("the sum of weights", total, "positive and finite"))
}
