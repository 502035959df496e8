//! What is looked for: that draws are equal, what the adaptive rule saves, and who ends up right more often.

use super::{DELTA, instance_and_budget};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results};
use crate::metrics::named::{ACCURACY, BASE_FAILURE, DRAWS};
use crate::process::{Accept, PromptLaw};

/// By how much the draws of a loop may miss the budget, as a share: where what a round draws depends on the policy, n was chosen
/// beforehand.
const MISS: f64 = 0.05;
/// A gain of right choices below this is none: five prompts of 256.
const GAIN: f64 = 0.02;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells("")?;
    let real: Vec<&CellRows> = cells.iter().filter(|cell| instance_and_budget(cell).0 != "hard").collect();
    Ok(vec![equal(&cells)?, saved(&cells)?, own_judgement(&real)?, told(&real)?])
}

fn name(cell: &CellRows) -> String {
    cell.label("process.preset")
}

/// What is said to be equal is: the responses drawn. Only a loop that leaves sure prompts out may draw fewer.
fn equal(cells: &[CellRows]) -> Result<Finding> {
    let (mut loops, mut farthest, mut fewer, mut wrong) = (0, 0.0f64, Vec::new(), 0);
    for cell in cells {
        let ratio = cell.mean(&DRAWS, cell.rounds())?.mean / instance_and_budget(cell).1;
        loops += 1;
        if ratio < 1.0 - MISS && cell.simulation()?.process.prompts != PromptLaw::All {
            fewer.push(format!("{} on {} ({ratio:.2})", name(cell), cell.cell.part));
        } else {
            farthest = farthest.max((ratio - 1.0).abs());
            wrong += usize::from(ratio.is_nan() || (ratio - 1.0).abs() > MISS);
        }
    }
    let fewer = if fewer.is_empty() { "none".to_owned() } else { fewer.join(", ") };
    let text = format!(
        "responses drawn: {loops} runs miss the budget by at most {farthest:.3} of it; without a prompt left to ask: {fewer}"
    );
    Ok(Finding::new(loops > 0 && wrong == 0, text))
}

/// On the hard instance, with few draws, the adaptive rule fails less than best-of-4 and than self-rewarding.
fn saved(cells: &[CellRows]) -> Result<Finding> {
    let budget = cells.iter().map(instance_and_budget).filter(|(instance, _)| *instance == "hard");
    let least = budget.map(|(_, budget)| budget).fold(f64::INFINITY, f64::min);
    let failure = |wanted: &str| -> Result<f64> {
        let mut of = cells.iter().filter(|cell| instance_and_budget(cell) == ("hard", least) && name(cell) == wanted);
        of.next().map_or(Ok(f64::NAN), |cell| Ok(cell.mean(BASE_FAILURE.at(DELTA), cell.rounds())?.mean))
    };
    let [adaptive, fixed, pairs] =
        [failure("sharpening-sft-adaptive")?, failure("sharpening-sft")?, failure("self-rewarding")?];
    let text = format!(
        "hard instance, {least} responses: base failure(½) {adaptive:.3} with the adaptive rule, {fixed:.3} with the best of 4, {pairs:.3} \
         with self-rewarding"
    );
    Ok(Finding::new(adaptive < 0.5 * fixed && adaptive < 0.5 * pairs, text))
}

/// Whether a loop is told which answers are correct.
fn is_told(cell: &CellRows) -> Result<bool> {
    let process = cell.simulation()?.process;
    let verified = matches!(process.accept, Accept::Correct | Accept::Verifier { .. });
    Ok(verified || cell.label("process.reward").contains("external"))
}

/// The change of the share of right choices.
fn gain(cell: &CellRows) -> Result<f64> {
    Ok(cell.mean(&ACCURACY, cell.rounds())?.mean - cell.mean(&ACCURACY, 0)?.mean)
}

/// Of the loops that judge themselves none gains right choices.
fn own_judgement(cells: &[&CellRows]) -> Result<Finding> {
    let (mut loops, mut best, mut best_name) = (0, f64::NEG_INFINITY, String::new());
    for cell in cells {
        if !is_told(cell)? {
            loops += 1;
            let gain = gain(cell)?;
            if gain > best || gain.is_nan() {
                (best, best_name) = (gain, format!("{} on {}", name(cell), cell.cell.part));
            }
        }
    }
    let text = format!(
        "loops that judge themselves: of {loops} runs on real features {best_name} gains most right choices, {best:+.3} (no more than {GAIN} wanted)"
    );
    Ok(Finding::new(loops > 0 && best <= GAIN, text))
}

/// Verified answers make a model right more often than any loop that judges itself.
fn told(cells: &[&CellRows]) -> Result<Finding> {
    let mut parts: Vec<&str> = cells.iter().map(|cell| cell.cell.part.as_str()).collect();
    parts.dedup();
    let (mut least_lead, mut at) = (f64::INFINITY, "");
    for &part in &parts {
        let (mut own, mut verified) = (f64::NEG_INFINITY, f64::INFINITY);
        for cell in cells.iter().filter(|cell| cell.cell.part == part) {
            match cell.simulation()?.process.accept {
                Accept::Correct | Accept::Verifier { .. } => verified = verified.min(gain(cell)?),
                _ if !is_told(cell)? => own = own.max(gain(cell)?),
                _ => {}
            }
        }
        let lead = verified - own;
        if lead < least_lead || lead.is_nan() {
            (least_lead, at) = (lead, part);
        }
    }
    let text = format!(
        "loops that are told: verifier-filter and task-centric lead the best loop that judges itself in right choices by {least_lead:.3} or more (least on {at})"
    );
    Ok(Finding::new(!parts.is_empty() && least_lead > 0.0, text))
}
