//! J by round: of two kinds of prompts beside its formula, and of a language model beside what its gaps foretell.

use super::super::{CellRows, Line, Results, Table};
use super::gaps::Gaps;
use crate::metrics::named::{ACCURACY, CORRECT_PROBABILITY};
use crate::papers::loops::theory::mixture::{Growth, Mixture, grown};
use crate::settings::number;
use crate::simulate::Config;
use crate::{Error, Result};

/// w, a and b of two groups of prompts with two responses each, one of right favourites and one of wrong ones; `None` of other
/// instances.
///
/// # Errors
/// As [`Mixture::new`].
///
/// ```
/// use selfreward::experiment::rise_then_fall::of_groups;
/// use selfreward::simulate::Config;
///
/// let groups = "[{ share = 0.8, gap = 2.0, right = true }, { share = 0.2, gap = 1.0, right = false }]";
/// let config: Config = format!("instance = {{ kind = 'answers', responses = 2, groups = {groups} }}").parse()?;
/// let mixture = of_groups(&config)?.expect("two groups");
/// assert_eq!((mixture.right, mixture.right_gap, mixture.wrong_gap), (0.8, 2.0, 1.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn of_groups(config: &Config) -> Result<Option<Mixture>> {
    let groups: Vec<toml::Table> = config.instance.get("groups").unwrap_or_default();
    let of = |right: bool| -> Option<(f64, f64)> {
        let is = |group: &&toml::Table| group.get("right").and_then(toml::Value::as_bool) == Some(right);
        let group = groups.iter().find(is)?;
        Some((number(group.get("share")?)?, number(group.get("gap")?)?))
    };
    match (of(true), of(false)) {
        (Some((share, right_gap)), Some((_, wrong_gap)))
            if groups.len() == 2
                && config.instance.get::<u64>("responses") == Some(2)
                && right_gap.min(wrong_gap) > 0.0 =>
        {
            Mixture::new(share, right_gap, wrong_gap).map(Some)
        }
        _ => Ok(None),
    }
}

/// w, a and b of a cell.
pub(super) fn mixture(cell: &CellRows) -> Result<Mixture> {
    let none = || Error::argument("instance.groups", cell.label("instance.groups"), "a right and a wrong group");
    of_groups(&cell.cell.config)?.ok_or_else(none)
}

/// How gaps grow in the cells of a part, and the β by which they do.
pub(super) fn growth(cell: &CellRows) -> Result<(Growth, f64)> {
    let beta = cell.number("process.beta")?;
    // Hard labels of win rates are many voters at twice their β.
    Ok(if cell.cell.part == "many-voters" { (Growth::Added, 2.0 * beta) } else { (Growth::Multiplied, beta) })
}

/// J after t rounds.
pub(super) fn right(cell: &CellRows, t: usize) -> Result<f64> {
    cell.value(0, &CORRECT_PROBABILITY, t)
}

/// J by (loop, voters, w, a, b, β, t), with its formula where there is one.
pub(super) fn mixtures(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["self-rewarding", "votes", "many-voters"] {
        for cell in results.cells(part)? {
            let mixture = mixture(&cell)?;
            let (growth, beta) = growth(&cell)?;
            let voters =
                if part == "votes" { cell.number("process.reward.vote_of")?.to_string() } else { String::new() };
            for t in 0..=cell.rounds() {
                let stated = mixture.accuracy(growth, grown(growth, beta, t as f64));
                lines.push(
                    Line::default()
                        .label("loop", part)
                        .label("voters", voters.clone())
                        .label("right", mixture.right.to_string())
                        .label("right_gap", mixture.right_gap.to_string())
                        .label("wrong_gap", mixture.wrong_gap.to_string())
                        .label("beta", beta.to_string())
                        .label("t", t.to_string())
                        .number("correct_probability", right(&cell, t)?)
                        .number("stated", if part == "votes" { f64::NAN } else { stated }),
                );
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// The class of a cell of the language model.
pub(super) fn class(cell: &CellRows) -> &'static str {
    if cell.label("instance.offset_as_feature") == "true" { "realizable" } else { "linearised" }
}

/// Three kinds of rows: `rounds`, J by class, β and t beside what gaps foretell; `right` and `wrong`, the share of favourites of a kind
/// whose gap is at most x; `scale`, J at s.
pub(super) fn model(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    let mut line = |kind: &str, class: &str, beta: String, x: f64, numbers: [f64; 3]| {
        lines.push(
            Line::default()
                .label("kind", kind)
                .label("class", class)
                .label("beta", beta)
                .number("x", x)
                .number("value", numbers[0])
                .number("foretold", numbers[1])
                .number("favourites", numbers[2]),
        );
    };
    let cells = results.cells("model")?;
    for cell in &cells {
        let gaps = Gaps::of(&*cell.simulation()?.instance(0)?);
        let beta = cell.number("process.beta")?;
        for t in 0..=cell.rounds() {
            let foretold = gaps.accuracy(grown(Growth::Multiplied, beta, t as f64));
            let numbers = [right(cell, t)?, foretold, cell.value(0, &ACCURACY, t)?];
            line("rounds", class(cell), cell.label("process.beta"), t as f64, numbers);
        }
    }
    if let Some(cell) = cells.first() {
        let gaps = Gaps::of(&*cell.simulation()?.instance(0)?);
        for (kind, list) in [("right", &gaps.right), ("wrong", &gaps.wrong)] {
            let mut sorted = list.clone();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut sum = 0.0;
            for (gap, weight) in sorted {
                sum += weight;
                line(kind, "", String::new(), gap, [sum, f64::NAN, f64::NAN]);
            }
        }
        for step in 0..=120 {
            let scale = 10f64.powf(f64::from(step) / 24.0);
            line("scale", "", String::new(), scale, [gaps.accuracy(scale), f64::NAN, f64::NAN]);
        }
    }
    Ok(Table::of_lines(lines))
}
