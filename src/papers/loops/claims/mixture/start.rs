//! The sign of dJ at the start, where rounds are short (L7.start).

use super::super::super::theory::mixture::{Growth, Mixture};
use super::super::OURS;
use super::{growth, of_groups};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::metrics::named::CORRECT_PROBABILITY;

pub(super) const CLAIM: Claim = Claim {
    note: "one population round with β from 5·10³ on; the slope is β(J_1 − J_0), which is known to half of the largest second derivative over β, and to rounding times β. The sign is judged where the slope is farther from 0 than that",
    ..Claim::exact(
        "L7.start",
        "at the start self-rewarding has dJ/ds = waσ'(a) − (1−w)bσ'(b), so that J rises iff waσ'(a) > (1−w)bσ'(b); a vote of infinitely many has wσ'(a) − (1−w)σ'(b) a nat, and J rises iff wσ'(a) > (1−w)σ'(b)",
        OURS,
        ROWS,
        Statement::Replicates(rises),
        &[Control::replicates(
            "L7.gapless",
            "self-rewarding, too, rises at the start iff wσ'(a) > (1−w)σ'(b)",
            SELF,
            without_gaps,
        )],
    )
};

const SELF: &[Source] = &[Source { experiment: "rise_then_fall", part: "first-step" }];
const ROWS: &[Source] = &[
    Source { experiment: "rise_then_fall", part: "first-step" },
    Source { experiment: "rise_then_fall", part: "first-step-votes" },
];

/// max |σ''|, at σ = ½ ± 1/√12.
const BEND: f64 = 0.096_225_044_864_937_63;
/// What rounding may do to J_1 − J_0: each is a sum of two products, of sigmoids to a few units in the last place.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// dJ at the start of a cell's first round: as it was measured, with what that is known to, and the mixture with how its gaps grow.
struct Start {
    slope: f64,
    error: f64,
    mixture: Mixture,
    growth: Growth,
}

impl Start {
    fn of(trial: &Trial<'_>) -> Result<Option<Self>> {
        let (Some(mixture), Some((growth, beta))) = (of_groups(trial.config())?, growth(trial)) else {
            return Ok(None);
        };
        let slope = beta * (trial.get(&CORRECT_PROBABILITY, 1)? - trial.get(&CORRECT_PROBABILITY, 0)?);
        // s goes from 1 to 1 + 1/β, or u from 0 to 1/β; J'' is a sum of gap²σ'', or of σ''.
        let squares = match growth {
            Growth::Multiplied => {
                mixture.right * mixture.right_gap.powi(2) + (1.0 - mixture.right) * mixture.wrong_gap.powi(2)
            }
            Growth::Added => 1.0,
        };
        let error = 0.5 * BEND * squares / beta + ROUNDING * beta;
        Ok(Some(Self { slope, error, mixture, growth }))
    }

    /// Whether J rises beside whether it is stated to; none where that is not known.
    fn sign(&self, stated: bool) -> Option<Comparison> {
        let number = |is: bool| f64::from(u8::from(is));
        (self.slope.abs() > self.error).then(|| Comparison::identity(number(self.slope > 0.0), number(stated), 0.0))
    }
}

fn rises(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(start) = Start::of(trial)? else { return Ok(None) };
    let stated = start.mixture.slope(start.growth);
    // A round that is too long says nothing of its start.
    if start.error >= stated.abs() {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.push(Comparison::identity(start.slope, stated, start.error));
    case.comparisons.extend(start.sign(start.mixture.rises_at_first(start.growth)));
    Ok(Some(case))
}

fn without_gaps(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(start) = Start::of(trial)?.filter(|start| start.growth == Growth::Multiplied) else { return Ok(None) };
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.extend(start.sign(start.mixture.rises_at_first(Growth::Added)));
    Ok((!case.comparisons.is_empty()).then_some(case))
}
