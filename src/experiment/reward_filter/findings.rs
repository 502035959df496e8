//! The phenomena: one round of nT, guarantees that hold, J that never falls, and feedback where prompts share a parameter.

use super::RHO;
use super::law::Instances;
use super::tables::{guarantee, wrong};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results};
use crate::metrics::named::CORRECT_PROBABILITY;
use crate::stats::{mean_with_error, upper_tail, welch};

/// Standard errors that a mean may lie from its law: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
/// A law is judged where its standard error is at most this share of it.
const KNOWN: f64 = 0.2;
/// A count of violations this improbable, or more so, is not chance.
const FALSE_ALARM: f64 = 1e-8;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![
        law(results, "tabular")?,
        law(results, "answers")?,
        guaranteed(results)?,
        ascends(results, "linear")?,
        ascends(results, "model-population")?,
        feedback(results)?,
    ])
}

/// Every mean of 1 − J_T beside the law of one round of nT.
fn law(results: &Results, part: &str) -> Result<Finding> {
    let (mut means, mut farthest, mut largest) = (0, 0.0f64, 0.0f64);
    for cell in results.cells(part)? {
        let (instances, n) = (Instances::of(&cell)?, cell.number("process.samples")?);
        for t in 1..=cell.rounds() {
            let (law, measured) = (instances.unsolved(n * t as f64)?, mean_with_error(&wrong(&cell, t)?).0);
            let error = law.variance.sqrt();
            if error <= KNOWN * law.mean {
                means += 1;
                farthest = farthest.max((measured - law.mean).abs() / error);
                largest = largest.max((measured / law.mean - 1.0).abs());
            }
        }
    }
    let text = format!(
        "{part}: T1's law of one round of nT over {means} means of 1 − J_T; the farthest lies {farthest:.1} standard errors away (up to {FAR} \
         expected), {:.1}% of it at most",
        100.0 * largest
    );
    Ok(Finding::new(means > 3 && farthest <= FAR, text))
}

/// 1 − J_1 ≤ √(a E[1/ρ_0]), but for a share ρ of the runs; it says something in some of them.
fn guaranteed(results: &Results) -> Result<Finding> {
    let (mut runs, mut broken, mut all) = (0u64, 0u64, 0u64);
    for cell in results.cells("tabular")? {
        for (replicate, wrong) in wrong(&cell, 1)?.into_iter().enumerate() {
            let bound = guarantee(&cell, replicate, 0)?;
            all += 1;
            runs += u64::from(bound < 1.0);
            broken += u64::from(bound < 1.0 && wrong > bound);
        }
    }
    let holds = broken == 0 || upper_tail(broken, runs.max(1), RHO)? > FALSE_ALARM;
    let text = format!(
        "T2: 1 − J_1 lies above √(aE[1/ρ_0]) in {broken} of {runs} runs in which that is below 1 ({all} in all), {RHO} allowed"
    );
    Ok(Finding::new(runs > 0 && holds, text))
}

/// J in population rounds.
fn ascends(results: &Results, part: &str) -> Result<Finding> {
    let (mut rounds, mut falls, mut least) = (0, 0, f64::INFINITY);
    for cell in results.cells(part)? {
        for replicate in 0..cell.replicates.len() {
            for t in 0..cell.rounds() {
                let [before, after] = [t, t + 1].map(|t| cell.value(replicate, &CORRECT_PROBABILITY, t));
                let rise = after? - before?;
                rounds += 1;
                falls += usize::from(rise < -1e-6);
                least = least.min(rise);
            }
        }
    }
    let least = format!("{least:.1e}").replace('-', "−");
    let text = format!("{part}: J falls in {falls} of {rounds} population rounds; the least change is {least}");
    Ok(Finding::new(rounds > 0 && falls == 0, text))
}

/// At the same number of proposals, rounds of the language model against one: at the largest n they are better.
fn feedback(results: &Results) -> Result<Finding> {
    let cells = results.cells("model")?;
    let (mut texts, mut last) = (Vec::new(), None);
    for many in &cells {
        let (n, rounds) = (many.number("process.samples")?, many.rounds());
        let as_many = |cell: &&CellRows| cell.number("process.samples").is_ok_and(|other| other == n * rounds as f64);
        let Some(one) = cells.iter().find(as_many) else { continue };
        let one = one.values(&CORRECT_PROBABILITY, 1)?;
        let difference = welch(&one, &many.values(&CORRECT_PROBABILITY, rounds)?)?;
        let written = format!("{:.4} ± {:.4}", difference.value, difference.error).replace('-', "−");
        texts.push(format!("{written} ({} proposals)", n * rounds as f64));
        last = Some(difference);
    }
    let text =
        format!("language model: J after four rounds less J after one of as many proposals: {}", texts.join(", "));
    Ok(Finding::new(last.is_some_and(|last| last.value > FAR * last.error), text))
}
