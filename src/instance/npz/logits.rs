//! A base of any logits: a file without features, whose `offset` holds the logits of a tabular policy.
//!
//! Every response has a parameter of its own, θ_0 = `offset`, so that π_0 ∝ e^offset and all fits of one-hot features apply: nothing is
//! fixed, and d = ΣK(x).

use std::fmt::Display;

use super::arrays::Arrays;
use super::{counts, doubtful};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::logits::LogitTable;
use crate::{Error, Result};

/// The logits of each prompt's responses, K(x), and K.
///
/// Without `num_responses`, -inf behind a prompt's last response is padding.
pub(super) fn read(archive: &mut impl Arrays) -> Result<(LogitTable, Vec<usize>, usize)> {
    if archive.has("theta0") {
        let what = "belongs to features: expected phi beside it, or offset alone, whose logits are θ_0";
        return Err(archive.wrong("theta0", what));
    }
    let missing = "is missing: expected shape (M, K)";
    let offset = archive.floats("offset")?.ok_or_else(|| archive.wrong("offset", missing))?;
    let [prompts, most] = offset.shape[..] else {
        let what = format!("has shape {:?}: expected (M, K), as there is no phi", offset.shape);
        return Err(archive.wrong("offset", &what));
    };
    if offset.values.is_empty() {
        return Err(archive.wrong("offset", &format!("has shape {:?}: expected no empty axis", offset.shape)));
    }
    let rows = || offset.values.chunks(most);
    let expected = "a finite number (-inf is padding, and stands only behind a prompt's last response)";
    let responses = match counts(archive, prompts, most, "offset")? {
        Some(counts) => counts,
        None => {
            // What is no number is no padding either, and is named before anything is asked of zeros.
            if let Some(at) = offset.values.iter().position(|logit| logit.is_nan() || *logit == f64::INFINITY) {
                let name = format!("offset[{}, {}]", at / most, at % most);
                return Err(Error::argument(name, offset.values[at], expected));
            }
            // Where some padding is -inf, all is.
            let sure = offset.values.contains(&f64::NEG_INFINITY);
            rows().enumerate().map(|(x, row)| without_padding(x, row, sure)).collect::<Result<_>>()?
        }
    };
    let mut table = LogitTable::default();
    for (x, (row, &count)) in rows().zip(&responses).enumerate() {
        if let Some(y) = row[..count].iter().position(|logit| !logit.is_finite()) {
            return Err(Error::argument(format!("offset[{x}, {y}]"), row[y], expected));
        }
        table.push_dense(&row[..count]);
    }
    Ok((table, responses, most))
}

/// K(x) of a row whose end may be padding.
fn without_padding(x: usize, row: &[f64], sure: bool) -> Result<usize> {
    let count = row.len() - row.iter().rev().take_while(|&&logit| logit == f64::NEG_INFINITY).count();
    if count == 0 {
        return Err(Error::argument(
            format!("offset[{x}]"),
            "-inf everywhere",
            "a finite logit: padding is no response",
        ));
    }
    // Zeros may be padding, too: as log-probabilities they would be sure responses. A row of them alone is a uniform one.
    let zeros = row[..count].iter().rev().take_while(|&&logit| logit == 0.0).count();
    if !sure && zeros > 0 && zeros < count {
        return Err(doubtful("offset", x, zeros, count));
    }
    Ok(count)
}

/// The instance.
pub(super) fn instance(weights: Vec<f64>, table: LogitTable) -> Result<Instance> {
    let responses = table.rows().map(|row| row.responses() as u32).collect();
    Instance::new(weights, FeatureMap::one_hot(responses), Parameter::tabular(table), None)
}

/// A key that has no meaning where there are no features.
pub(super) fn without_features(key: &str, value: impl Display) -> Error {
    let expected = "a file with an array phi (M, K, d): without features every response has a parameter of its own, and θ_0 = offset";
    Error::argument(key, value.to_string(), expected)
}
