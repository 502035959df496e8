//! What is looked for: that the filter moves drift on both drawn instances, in opposite directions, and what it does on real ones.

use super::super::{CellRows, Finding, Results};
use super::tables::threshold;
use crate::metrics::named::{CORRECT_PROBABILITY, DRIFT, EMPTY_FILTERS, Metric};
use crate::stats::{Difference, welch};
use crate::{Error, Result};

/// Standard errors beyond which a difference of means is none of chance: two-sided, a false alarm in 5·10^8.
const FAR: f64 = 6.0;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (wide, narrow, slow) = (results.cells("wide")?, results.cells("narrow")?, results.cells("slow")?);
    Ok(vec![
        opposite(&wide, &slow)?,
        earlier(&narrow)?,
        empty(&[("wide", &wide), ("narrow", &narrow)])?,
        model(&results.cells("model")?)?,
        embeddings(&results.cells("embeddings")?)?,
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

/// Drift with a filter less drift with all prompts: below 0 on the wide instance, above it on the slow one.
fn opposite(wide: &[CellRows], slow: &[CellRows]) -> Result<Finding> {
    let drift = |cells: &[CellRows], c: f64| change(at(cells, c, None)?, at(cells, 1.0, None)?, (&DRIFT).into());
    let (wide, slow) = (drift(wide, 0.9)?, drift(slow, 0.6)?);
    let text = format!(
        "drift with a filter less drift with all prompts: {} at c = 0.9 on 200 prompts in 32 directions, {} at c = 0.6 on 12 prompts in 8",
        written(&wide),
        written(&slow)
    );
    // Where no replicate of a side drifts its scatter says nothing; a drift of ten prompts in a hundred is no chance then.
    let clear = |difference: &Difference| difference.value.abs() > (FAR * difference.error).max(0.03);
    Ok(Finding::new(wide.value < 0.0 && clear(&wide) && slow.value > 0.0 && clear(&slow), text))
}

/// The same on the narrow instance, in which a filter drifts earlier and less.
fn earlier(narrow: &[CellRows]) -> Result<Finding> {
    let (filtered, all) = (at(narrow, 0.6, None)?, at(narrow, 1.0, None)?);
    let mean = |cell: &CellRows, t: usize| -> Result<f64> {
        let values = cell.values(&DRIFT, t)?;
        Ok(values.iter().sum::<f64>() / values.len() as f64)
    };
    let [(early, soon), (late, end)] = [2, all.rounds()]
        .map(|t| (mean(filtered, t), mean(all, t)))
        .map(|(a, b)| (a.unwrap_or(f64::NAN), b.unwrap_or(f64::NAN)));
    let text = format!(
        "12 prompts in 3 directions, c = 0.6 and all prompts: drift {early:.3} and {soon:.3} after two rounds, {late:.3} and {end:.3} after {}",
        all.rounds()
    );
    Ok(Finding::new(early > soon + 0.01 && late < end - 0.02, text))
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

/// On embeddings one filter has less drift than all prompts, and a stricter one more.
fn embeddings(cells: &[CellRows]) -> Result<Finding> {
    let n = Some("1024");
    let all = at(cells, 1.0, n)?;
    let [mild, strict] = [0.9, 0.6].map(|c| change(at(cells, c, n)?, all, (&DRIFT).into()));
    let (mild, strict) = (mild?, strict?);
    let text = format!(
        "embeddings, n = 1024, after {} rounds: drift with a filter less drift with all prompts is {} at c = 0.9, {} at c = 0.6",
        all.rounds(),
        written(&mild),
        written(&strict)
    );
    let clear = |difference: &Difference| difference.value.abs() > 2.0 * difference.error;
    Ok(Finding::new(mild.value < 0.0 && clear(&mild) && strict.value > 0.0 && clear(&strict), text))
}

/// On the language model the strictest filter has more drift, and no fewer right answers: what drifts was wrong as often.
fn model(cells: &[CellRows]) -> Result<Finding> {
    let (filtered, all) = (at(cells, 0.6, Some("4096"))?, at(cells, 1.0, Some("4096"))?);
    let of = |metric: Metric| change(filtered, all, metric);
    let (drift, right) = (of((&DRIFT).into())?, of((&CORRECT_PROBABILITY).into())?);
    let text = format!(
        "language model, n = 4096, c = 0.6 less all prompts after {} rounds: drift {}, J {}",
        all.rounds(),
        written(&drift),
        written(&right)
    );
    Ok(Finding::new(drift.value > 2.0 * drift.error && drift.value > 0.03 && right.value > -0.05, text))
}
