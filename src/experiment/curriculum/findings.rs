//! What the language model's questions show at equal numbers of proposals.

use super::{TOP, right, schedule};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results};
use crate::papers::task_centric::theory::curriculum::Schedule;
use crate::stats::{mean_with_error, welch};

/// Standard errors that tell two means apart.
const FAR: f64 = 6.0;
/// λ and n of the cells that are compared.
const SHOWN: (f64, f64) = (1e-4, 256.0);

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![hardest(results)?, whole(results)?, transfer(results)?])
}

/// The cell of a schedule.
fn cell(results: &Results, part: &str, wanted: Schedule) -> Result<Option<CellRows>> {
    let is = |cell: &CellRows| {
        let numbers = (cell.number("process.ridge"), cell.number("process.samples"));
        schedule(cell) == wanted && matches!(numbers, (Ok(ridge), Ok(samples)) if (ridge, samples) == SHOWN)
    };
    Ok(results.cells(part)?.into_iter().find(is))
}

/// J at the end under one schedule less that under another, with its standard error.
fn less(results: &Results, part: &str, level: Option<i64>, of: (Schedule, Schedule)) -> Result<Option<(f64, f64)>> {
    let (Some(one), Some(other)) = (cell(results, part, of.0)?, cell(results, part, of.1)?) else { return Ok(None) };
    let difference = welch(&right(&other, level, other.rounds())?, &right(&one, level, one.rounds())?)?;
    Ok(Some((difference.value, difference.error)))
}

fn written((value, error): (f64, f64)) -> String {
    format!("{value:.4} ± {error:.4}").replace('-', "−")
}

/// The hardest level is learned best from its own questions.
fn hardest(results: &Results) -> Result<Finding> {
    let (mut texts, mut far) = (Vec::new(), true);
    for part in ["model", "long"] {
        for other in [Schedule::Curriculum, Schedule::Mixture] {
            if let Some(found) = less(results, part, Some(TOP), (Schedule::HardOnly, other))? {
                far &= found.0 > FAR * found.1;
                texts.push(format!("{} over {} ({part})", written(found), super::name(other)));
            }
        }
    }
    let text = format!("level {TOP} at the end, hardest level alone: J higher by {}", texts.join(", "));
    Ok(Finding::new(texts.len() == 4 && far, text))
}

/// Of all questions no schedule answers more rightly than the mixture does, as far as these runs can tell.
fn whole(results: &Results) -> Result<Finding> {
    let (mut texts, mut never_below) = (Vec::new(), true);
    for part in ["model", "long"] {
        for other in [Schedule::Curriculum, Schedule::HardOnly] {
            if let Some(difference) = less(results, part, None, (Schedule::Mixture, other))? {
                never_below &= difference.0 > -FAR * difference.1;
                texts.push(format!("{} over {} ({part})", written(difference), super::name(other)));
            }
        }
    }
    let text = format!(
        "all questions at the end, mixture at λ = {} and n = {}: J higher by {}",
        SHOWN.0,
        SHOWN.1,
        texts.join(", ")
    );
    Ok(Finding::new(texts.len() == 4 && never_below, text))
}

/// What five rounds on levels 0 to 4 do to level 5.
fn transfer(results: &Results) -> Result<Finding> {
    let Some(cell) = cell(results, "model", Schedule::Curriculum)? else {
        return Ok(Finding::new(false, "no curriculum"));
    };
    let before = right(&cell, Some(TOP), 0)?;
    let after = right(&cell, Some(TOP), cell.rounds() - 1)?;
    let gains: Vec<f64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let (mean, error) = mean_with_error(&gains);
    let log_odds = |right: f64| (right / (1.0 - right)).ln();
    let lift = log_odds(mean_with_error(&after).0) - log_odds(mean_with_error(&before).0);
    // From a transfer of log L on a curriculum of sure levels beats the hardest level alone.
    let least = (TOP as f64 + 1.0).ln();
    let text = format!(
        "transfer: five rounds on levels 0 to 4 change J of level {TOP} by {}, {} in log-odds, below log 6 = {least:.2}",
        written((mean, error.unwrap_or(f64::INFINITY))),
        format!("{lift:.2}").replace('-', "−"),
    );
    Ok(Finding::new(lift < least, text))
}
