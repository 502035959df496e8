//! What is looked for.

use super::instance_and_budget;
use crate::Result;
use crate::experiment::{Finding, Results};
use crate::metrics::named::{DRAWS, EMPTY_FILTERS};

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    Ok(vec![equal(results)?])
}

/// By how much the draws of a loop may miss the budget, as a share: where what a round draws depends on the policy, n was chosen
/// beforehand.
const MISS: f64 = 0.05;

/// What is said to be equal is: the responses drawn.
fn equal(results: &Results) -> Result<Finding> {
    let (mut loops, mut farthest, mut idle, mut wrong) = (0, 0.0f64, Vec::new(), Vec::new());
    for cell in results.cells("")? {
        let (_, budget) = instance_and_budget(&cell);
        let t = cell.rounds();
        let ratio = cell.mean(&DRAWS, t)?.mean / budget;
        let name = format!("{} on {}", cell.label("process.preset"), cell.cell.part);
        loops += 1;
        // A round without a prompt that passes the filter draws nothing.
        if ratio < 1.0 && cell.mean(&EMPTY_FILTERS, t).is_ok_and(|rounds| rounds.mean > 0.0) {
            idle.push(format!("{name} ({ratio:.2})"));
        } else {
            farthest = farthest.max((ratio - 1.0).abs());
            if (ratio - 1.0).abs() > MISS || !ratio.is_finite() {
                wrong.push(format!("{name} ({ratio:.2})"));
            }
        }
    }
    let idle = if idle.is_empty() { "none".to_owned() } else { idle.join(", ") };
    let text = format!(
        "responses drawn: of {loops} runs all but {} miss the budget by at most {farthest:.3} of it; left without a prompt to ask: {idle}",
        wrong.len()
    );
    Ok(Finding::new(loops > 0 && wrong.is_empty(), text))
}
