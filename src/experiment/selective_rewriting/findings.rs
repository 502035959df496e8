//! What is looked for: that the filter moves drift on both drawn instances, in opposite directions, and what it does on real ones.

use super::super::{CellRows, Finding, Results};
use super::tables::{FAILURE, threshold};
use crate::metrics::named::{CORRECT_PROBABILITY, DRIFT, EMPTY_FILTERS, Metric};
use crate::stats::{Difference, welch};
use crate::{Error, Result};

/// Standard errors beyond which a difference of means is none of chance: two-sided, a false alarm in 5·10^8.
const FAR: f64 = 6.0;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (wide, narrow) = (results.cells("wide")?, results.cells("narrow")?);
    Ok(vec![
        opposite(&wide, &narrow)?,
        empty(&[("wide", &wide), ("narrow", &narrow)])?,
        real("language model", &results.cells("model")?)?,
        real("embeddings", &results.cells("embeddings")?)?,
    ])
}

/// The cell of a filter, at this n where several are there.
fn at<'a>(cells: &'a [CellRows], c: f64, samples: Option<&str>) -> Result<&'a CellRows> {
    let is = |cell: &&CellRows| {
        threshold(cell).is_ok_and(|of| of == c) && samples.is_none_or(|n| cell.label("process.samples") == n)
    };
    cells.iter().find(is).ok_or_else(|| Error::argument("cells", cells.len(), format!("one with c = {c}")))
}

/// A quantity after the last round at c, less that with all prompts.
fn change(filtered: &CellRows, all: &CellRows, of: Metric) -> Result<Difference> {
    welch(&all.values(of, all.rounds())?, &filtered.values(of, filtered.rounds())?)
}

fn written(difference: &Difference) -> String {
    format!("{:+.3} ± {:.3}", difference.value, difference.error).replace('-', "−")
}

/// Drift at c = 0.9 less drift with all prompts: below 0 on the wide instance, above it on the narrow one.
fn opposite(wide: &[CellRows], narrow: &[CellRows]) -> Result<Finding> {
    let drift = |cells: &[CellRows]| change(at(cells, 0.9, None)?, at(cells, 1.0, None)?, (&DRIFT).into());
    let (wide, narrow) = (drift(wide)?, drift(narrow)?);
    let text = format!(
        "drift at c = 0.9 less drift with all prompts: {} on 200 prompts in 32 directions, {} on 12 prompts in 3",
        written(&wide),
        written(&narrow)
    );
    Ok(Finding::new(wide.value < -FAR * wide.error && narrow.value > FAR * narrow.error, text))
}

/// Filters that leave no prompt.
fn empty(parts: &[(&str, &[CellRows])]) -> Result<Finding> {
    let (mut words, mut none) = (Vec::new(), true);
    for (name, cells) in parts {
        let (filtered, all) = (at(cells, 0.9, None)?, at(cells, 1.0, None)?);
        let mean = |cell: &CellRows| -> Result<f64> {
            let values = cell.values(&EMPTY_FILTERS, cell.rounds())?;
            Ok(values.iter().sum::<f64>() / values.len() as f64)
        };
        none &= mean(all)? == 0.0;
        words.push(format!("{:.2} of {} rounds on {name}", mean(filtered)?, filtered.rounds()));
    }
    let text = format!("rounds without a prompt at c = 0.9, in the mean: {}; none with all prompts", words.join(", "));
    Ok(Finding::new(none && !words.is_empty(), text))
}

/// What the strictest filter does at n = 256: less certainty, since sure prompts get no samples of their own.
fn real(name: &str, cells: &[CellRows]) -> Result<Finding> {
    let (filtered, all) = (at(cells, 0.6, Some("256"))?, at(cells, 1.0, Some("256"))?);
    let of = |metric: Metric| change(filtered, all, metric);
    let (drift, failure, right) = (of((&DRIFT).into())?, of(FAILURE)?, of((&CORRECT_PROBABILITY).into())?);
    let text = format!(
        "{name}, n = 256, c = 0.6 less all prompts after {} rounds: drift {}, F(0.5) {}, J {}",
        all.rounds(),
        written(&drift),
        written(&failure),
        written(&right)
    );
    let known = [&drift, &failure, &right].iter().all(|difference| difference.value.is_finite());
    Ok(Finding::new(known, text))
}
