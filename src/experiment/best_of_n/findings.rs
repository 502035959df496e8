//! What training on the likeliest of N draws does.

use super::super::{CellRows, Finding, Results};
use super::{draws, stated};
use crate::Result;
use crate::metrics::named::{BASE_PROBABILITY, CHAIN_CONCENTRABILITY, DRIFT, FIT_DIVERGENCE, KL_POLICY};

pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let (law, rounds) = (results.cells("law")?, results.cells("rounds")?);
    let (linear, full) = (results.cells("linear")?, results.cells("full-class")?);
    Ok(vec![
        masses(&law)?,
        distances(&law)?,
        semigroup(&rounds)?,
        fits(&linear)?,
        ends(&results.cells("linear-large")?)?,
        equal(&full)?,
        moved(&results.cells("drift")?)?,
        kept(&results.cells("drift-rlhf")?)?,
    ])
}

/// The value that a bound or a law of this name has for a cell.
fn said(cell: &CellRows, name: &str, t: usize) -> Result<f64> {
    let all = stated(&cell.simulation()?, t)?;
    Ok(all.into_iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| value))
}

/// The largest distance of π_t(y*_0) from its law.
fn away(cells: &[CellRows]) -> Result<f64> {
    let mut most = 0.0f64;
    for cell in cells {
        for t in 1..=cell.rounds() {
            let found = cell.value(0, &BASE_PROBABILITY, t)?;
            most = most.max((found - said(cell, "base_probability_law", t)?).abs());
        }
    }
    Ok(most)
}

fn masses(law: &[CellRows]) -> Result<Finding> {
    let most = away(law)?;
    let says = format!("the mode of one round has the mass that S1 states, to {most:.0e} in {} cells", law.len());
    Ok(Finding::new(!law.is_empty() && most < 1e-12, says))
}

fn distances(law: &[CellRows]) -> Result<Finding> {
    let (mut spread, mut distance) = (0.0f64, 0.0f64);
    for cell in law {
        spread = spread.max(cell.value(0, &CHAIN_CONCENTRABILITY, 1)? / said(cell, "concentrability_bound", 1)?);
        distance = distance.max(cell.value(0, &KL_POLICY, 1)? / said(cell, "kl_bound", 1)?);
    }
    let says = format!("C and KL come up to {spread:.3} and {distance:.3} of S2's bounds, and not above them");
    Ok(Finding::new([spread, distance].iter().all(|share| (0.8..=1.0 + 1e-9).contains(share)), says))
}

fn semigroup(rounds: &[CellRows]) -> Result<Finding> {
    let most = away(rounds)?;
    let says =
        format!("T rounds at N are one at N^T, ranked by π_t or by π_0, to {most:.0e} in {} cells", rounds.len());
    Ok(Finding::new(!rounds.is_empty() && most < 1e-12, says))
}

/// The divergences of the fit by d, for one N.
fn by_dimension(cells: &[CellRows], n: f64) -> Result<Vec<(f64, f64)>> {
    let mut found = Vec::new();
    for cell in cells {
        if draws(&cell.simulation()?) == n {
            found.push((cell.number("instance.dim")?, cell.mean(&FIT_DIVERGENCE, 1)?.mean));
        }
    }
    Ok(found)
}

/// Instances differ from d to d, and a few directions more change little; two thirds of them do, and all of them hold the law.
fn fits(linear: &[CellRows]) -> Result<Finding> {
    let (mut all, mut texts) = (!linear.is_empty(), Vec::new());
    for n in [2.0, 4.0, 8.0] {
        let found = by_dimension(linear, n)?;
        let at = |dim: f64| found.iter().find(|(of, _)| *of == dim).map_or(f64::NAN, |(_, kl)| *kl);
        let (few, most, whole) = (at(2.0), at(32.0), at(48.0));
        all &= few > 0.01 && most < 0.7 * few && most > 1e-5 && whole < 1e-9;
        texts.push(format!("N = {n}: {few:.3} nats at d = 2, {most:.4} at d = 32, {whole:.0e} at d = 48"));
    }
    let says = format!(
        "the fit of a linear class comes closer with directions, and is the law itself at 48: {}",
        texts.join("; ")
    );
    Ok(Finding::new(all, says))
}

/// Law and fit both end at the modes.
fn ends(large: &[CellRows]) -> Result<Finding> {
    let mut found = Vec::new();
    for cell in large {
        found.push((draws(&cell.simulation()?), cell.mean(&FIT_DIVERGENCE, 1)?.mean));
    }
    let texts: Vec<String> = found.iter().map(|(n, kl)| format!("{kl:.1e} at N = {n}")).collect();
    let says = format!("with more draws law and fit end in the same place, d = 4: KL(π_N‖fit) {}", texts.join(", "));
    let [first, .., last] = found[..] else { return Ok(Finding::new(false, says)) };
    Ok(Finding::new(last.1 < 0.1 * first.1, says))
}

fn equal(full: &[CellRows]) -> Result<Finding> {
    let mut most = 0.0f64;
    for cell in full {
        most = cell.values(&FIT_DIVERGENCE, 1)?.into_iter().fold(most, f64::max);
    }
    let says =
        format!("three prompts of three responses need six directions: KL(π_N‖fit) is at most {most:.0e} nats there");
    Ok(Finding::new(!full.is_empty() && most < 1e-9, says))
}

fn moved(drift: &[CellRows]) -> Result<Finding> {
    let (mut all, mut texts) = (!drift.is_empty(), Vec::new());
    for cell in drift {
        let share = cell.mean(&DRIFT, 1)?.mean;
        let n = draws(&cell.simulation()?);
        all &= share > 0.0;
        texts.push(format!("{:.2}% at N = {n}", 100.0 * share));
    }
    let says = format!(
        "sharpening-sft moves modes in a class of six directions though nothing is sampled: {} after one round",
        texts.join(", ")
    );
    Ok(Finding::new(all, says))
}

fn kept(rlhf: &[CellRows]) -> Result<Finding> {
    let mut most = 0.0f64;
    for cell in rlhf {
        most = cell.values(&DRIFT, 1)?.into_iter().fold(most, f64::max);
    }
    let says = format!("sharpening-rlhf moves none there: its largest drift is {most}");
    Ok(Finding::new(!rlhf.is_empty() && most == 0.0, says))
}
