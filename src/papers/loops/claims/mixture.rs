//! Prompts whose favourite is right, and others whose is wrong (L7).

use super::super::theory::mixture::{Growth, Mixture, grown};
use super::OURS;
use crate::claims::{Case, Claim, Comparison, Control, Rule, Source, Statement, Trial};
use crate::metrics::named::CORRECT_PROBABILITY;
use crate::{Error, Result};

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    note: "two responses; many voters are hard labels of win rates at half of their β. The end is judged in the last round in which J differs from its limit w by 10⁻⁹ or more",
    ..Claim::exact(
        "L7",
        "a share w of right favourites with gap a, the others wrong with gap b: self-rewarding has J = wσ(sa) + (1−w)σ(−sb), s = (1+1/β)^t, and falls in the end iff b < a, or b = a and w < ½; a vote of many has wσ(a+t/β) + (1−w)σ(−b−t/β), and falls iff we^−a < (1−w)e^−b",
        OURS,
        ROWS,
        Statement::Replicates(by_round),
        &[Control {
            id: "L7.monotone",
            says: "J never falls once it rose",
            sources: ROWS,
            statement: Statement::Replicates(monotone),
            rule: Rule::Always,
        }],
    )
}];

const ROWS: &[Source] = &[
    Source { experiment: "rise_then_fall", part: "self-rewarding" },
    Source { experiment: "rise_then_fall", part: "many-voters" },
];

/// Sums of two sigmoids.
const ROUNDING: f64 = 1e-9;

/// w, a and b of the configuration.
fn mixture(trial: &Trial<'_>) -> Result<Mixture> {
    let groups: Vec<toml::Table> = trial.config().instance.get("groups").unwrap_or_default();
    let of = |right: bool| -> Result<(f64, f64)> {
        let is = |group: &&toml::Table| group.get("right").and_then(toml::Value::as_bool) == Some(right);
        let number = |name: &str| groups.iter().find(is).and_then(|group| group.get(name)?.as_float());
        let none = || Error::argument("instance.groups", groups.len(), "a right and a wrong group");
        number("share").zip(number("gap")).ok_or_else(none)
    };
    Mixture::new(of(true)?.0, of(true)?.1, of(false)?.1)
}

/// How gaps grow in this loop, and the β by which they do.
fn growth(trial: &Trial<'_>) -> (Growth, f64) {
    match trial.config().process.is_population() && trial.config().process.update.name() == "win-rate" {
        true => (Growth::Added, 2.0 * trial.beta()),
        false => (Growth::Multiplied, trial.beta()),
    }
}

fn by_round(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (mixture, (growth, beta)) = (mixture(trial)?, growth(trial));
    let mut case = Case::default();
    case.place.size = trial.size();
    let mut end = None;
    for t in 0..=trial.rounds() {
        let measured = trial.get(&CORRECT_PROBABILITY, t)?;
        let stated = mixture.accuracy(growth, grown(growth, beta, t as f64));
        case.comparisons.push(Comparison::identity(measured, stated, ROUNDING));
        if t > 0 && (measured - mixture.right).abs() > ROUNDING {
            end = Some(measured);
        }
    }
    // From above it falls to its limit, from below it rises: measured beside the limit, stated by gaps alone.
    if let Some(measured) = end {
        let falls = f64::from(u8::from(measured > mixture.right));
        let stated = f64::from(u8::from(mixture.falls_in_the_end(growth)));
        case.comparisons.push(Comparison::identity(falls, stated, 0.0));
    }
    Ok(Some(case))
}

fn monotone(trial: &Trial<'_>) -> Result<Option<Case>> {
    let mut case = Case::default();
    case.place.size = trial.size();
    let mut rose = false;
    for t in 0..trial.rounds() {
        let (before, after) = (trial.get(&CORRECT_PROBABILITY, t)?, trial.get(&CORRECT_PROBABILITY, t + 1)?);
        if rose {
            case.comparisons.push(Comparison::at_least(after, before, ROUNDING));
        }
        rose |= after > before + ROUNDING;
    }
    Ok(Some(case))
}
