//! What is looked for: the formula, its ends and tops; what gaps foretell of a language model, and what fixed logits make of it.

use super::super::{CellRows, Finding, Results};
use super::gaps::Gaps;
use super::tables::{class, growth, mixture, right};
use crate::Result;
use crate::papers::loops::theory::mixture::{Growth, grown};

/// A change of J that is no rounding.
const SEEN: f64 = 1e-9;

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let model = results.cells("model")?;
    Ok(vec![formula(results)?, tops(results)?, voters(results)?, foretold(&model)?, end(&model)?, fixed(&model)?])
}

/// J of every round beside its formula.
fn formula(results: &Results) -> Result<Finding> {
    let (mut rounds, mut farthest) = (0, 0.0f64);
    for part in ["self-rewarding", "many-voters"] {
        for cell in results.cells(part)? {
            let (mixture, (growth, beta)) = (mixture(&cell)?, growth(&cell)?);
            for t in 0..=cell.rounds() {
                rounds += 1;
                let stated = mixture.accuracy(growth, grown(growth, beta, t as f64));
                farthest = farthest.max((right(&cell, t)? - stated).abs());
            }
        }
    }
    let text = format!("two kinds of prompts: J of {rounds} rounds lies within {farthest:.0e} of its formula");
    Ok(Finding::new(rounds > 0 && farthest < SEEN, text))
}

/// Whether J rises first and falls then is what gaps and shares say, before any round.
fn tops(results: &Results) -> Result<Finding> {
    let (mut loops, mut turned, mut wrong) = (0, 0, 0);
    for part in ["self-rewarding", "many-voters"] {
        for cell in results.cells(part)? {
            let (mixture, (growth, _)) = (mixture(&cell)?, growth(&cell)?);
            let j: Vec<f64> = (0..=cell.rounds()).map(|t| right(&cell, t)).collect::<Result<_>>()?;
            let top = j.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let end = j[j.len() - 1];
            let seen = top > j[0] + SEEN && end < top - SEEN;
            loops += 1;
            turned += usize::from(seen);
            // A top before the first round's end is none that rounds show.
            wrong += usize::from(seen && mixture.peak(growth).is_none());
            wrong += usize::from(!seen && mixture.peak(growth).is_some() && j[1] > j[0] + SEEN);
        }
    }
    let text = format!(
        "J rises first and falls later in {turned} of {loops} loops; {wrong} loops do otherwise than gaps and shares say"
    );
    Ok(Finding::new(turned > 0 && turned < loops && wrong == 0, text))
}

/// Few voters end on the same side of the limit as many.
fn voters(results: &Results) -> Result<Finding> {
    let many = results.cells("many-voters")?;
    let (mut alike, mut loops) = (true, 0);
    for cell in results.cells("votes")? {
        let of_many = many.iter().find(|other| {
            growth(other).is_ok_and(|(_, beta)| beta == 1.0)
                && mixture(other).ok().zip(mixture(&cell).ok()).is_some_and(|(a, b)| a == b)
        });
        let Some(of_many) = of_many else { continue };
        loops += 1;
        let limit = mixture(&cell)?.right;
        let last = cell.rounds();
        alike &= (right(of_many, last)? > limit) == (right(&cell, last)? > limit);
    }
    let text = format!(
        "votes of finitely many voters: after the last round J of {loops} loops {} on the same side of the limit as with infinitely many",
        if alike { "is" } else { "is not always" }
    );
    Ok(Finding::new(loops > 0 && alike, text))
}

fn of<'a>(cells: &'a [CellRows], name: &str) -> impl Iterator<Item = &'a CellRows> {
    cells.iter().filter(move |cell| class(cell) == name)
}

/// Where no logit is fixed the language model follows its gaps.
fn foretold(cells: &[CellRows]) -> Result<Finding> {
    let (mut rounds, mut farthest) = (0, 0.0f64);
    for cell in of(cells, "realizable") {
        let (gaps, beta) = (Gaps::of(&*cell.simulation()?.instance(0)?), cell.number("process.beta")?);
        for t in 0..=cell.rounds() {
            rounds += 1;
            farthest = farthest.max((right(cell, t)? - gaps.accuracy(grown(Growth::Multiplied, beta, t as f64))).abs());
        }
    }
    let text = format!(
        "language model, nothing fixed: J of {rounds} rounds lies within {farthest:.0e} of what its gaps foretell"
    );
    Ok(Finding::new(rounds > 0 && farthest < 1e-6, text))
}

/// Its end, and its top, from gaps alone.
fn end(cells: &[CellRows]) -> Result<Finding> {
    let Some(cell) = of(cells, "realizable").next() else { return Ok(Finding::new(false, "no language model")) };
    let gaps = Gaps::of(&*cell.simulation()?.instance(0)?);
    let least = |list: &[(f64, f64)]| list.iter().map(|(gap, _)| *gap).fold(f64::INFINITY, f64::min);
    let (top, falls) = (gaps.top(), gaps.falls_in_the_end());
    let (j, limit) = (gaps.accuracy(top), gaps.accuracy(1e9));
    let text = format!(
        "language model, nothing fixed: least gaps are {:.3} of right and {:.3} of wrong favourites, so J {} in the end; its top is {j:.4} at s = {top:.1}, its \
         limit {limit:.4}",
        least(&gaps.right),
        least(&gaps.wrong),
        match falls {
            Some(true) => "falls",
            _ => "rises",
        }
    );
    // A limit that is reached from below has no top beyond it, and one from above has.
    Ok(Finding::new(falls.is_some_and(|falls| falls == (j > limit + SEEN)) && right(cell, 0)? < j, text))
}

/// Where the model's own logits are fixed the loop leaves its favourites, and gaps foretell nothing.
fn fixed(cells: &[CellRows]) -> Result<Finding> {
    let mut words = Vec::new();
    let mut below = true;
    for cell in of(cells, "linearised") {
        let (gaps, beta) = (Gaps::of(&*cell.simulation()?.instance(0)?), cell.number("process.beta")?);
        let j: Vec<f64> = (0..=cell.rounds()).map(|t| right(cell, t)).collect::<Result<_>>()?;
        let top = j.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let end = j[j.len() - 1];
        let foretold = gaps.accuracy(grown(Growth::Multiplied, beta, cell.rounds() as f64));
        below &= end < top - 1e-3 && end < foretold - 0.03;
        words
            .push(format!("{:.3}, {top:.3} at most, {end:.3} in the end at β = {beta} ({foretold:.3} foretold)", j[0]));
    }
    let text = format!("language model, its own logits fixed: J is {}", words.join("; "));
    Ok(Finding::new(!words.is_empty() && below, text))
}
