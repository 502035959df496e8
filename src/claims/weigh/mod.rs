//! Rules: from evidence to a verdict. Nothing here knows a claim's name or what it is expected to come out as.
//!
//! | rule | evidence | violated when |
//! | --- | --- | --- |
//! | [`Rule::Always`] | cases | one comparison exceeds its bound by more than rounding |
//! | [`Rule::WithProbability`] | cases | replicates exceed more often than a share ρ, by an exact binomial test |
//! | [`Rule::Shape`] | ratios | beyond the constant calibrated on part of the grid, or drifting upward along an axis |
//! | [`Rule::Exponent`] | curves | the interval of a power law's exponent excludes what is stated |
//! | [`Rule::Decay`] | curves | another law of decay describes a curve decisively better than the stated one |
//!
//! What is not known exceeds nothing and supports nothing: where a part of the evidence is [`Unknown`], a statement that nothing known
//! refutes is inconclusive, and not applicable where nothing is known.

mod always;
mod curves;
mod decay;
mod exponent;
mod shape;
mod unknown;
mod with_probability;

use super::evidence::{Evidence, Extent, Place};
use crate::Result;
use crate::seed::Seed;
use crate::stats::decay::Law;
use crate::study::definition::Verdict;
pub use unknown::Unknown;

/// How evidence is weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Every case, to rounding.
    Always,
    /// At most a share ρ of the replicates.
    WithProbability {
        /// ρ.
        rho: f64,
    },
    /// Up to one constant, without drift.
    Shape,
    /// The exponent of a power law along the curves' axis.
    Exponent(Exponent),
    /// Decay along the curves' axis by this law rather than by another: exponential, a power, or onto a floor.
    Decay(Law),
}

/// What is stated of an exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Exponent {
    /// It is this number: the interval holds it and is shorter than 0.1.
    Equals(f64),
    /// It is this number or lower: the interval reaches it or lies below.
    AtMost(f64),
}

/// A number with its interval; the ends are those of the number where it is exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The number.
    pub value: f64,
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Figure {
    /// A number without error.
    pub fn exact(value: f64) -> Self {
        Self { value, lo: value, hi: value }
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The verdict.
    pub verdict: Verdict,
    /// What was compared and how it came out, in words and numbers.
    pub comparison: String,
    /// What was measured; see each rule for what it is.
    pub measured: Option<Figure>,
    /// What it is held against.
    pub bound: Option<f64>,
    /// How far below the bound it lies, in the rule's own terms.
    pub slack: Option<f64>,
    /// The share of comparisons in which the bound excluded anything.
    pub nonvacuous: f64,
    /// The hypotheses, and the share of cases in which each holds.
    pub assumptions: Vec<(&'static str, f64)>,
    /// How much was looked at.
    pub extent: Extent,
    /// The decision in a sentence.
    pub note: String,
    /// The smallest instance that shows a violation.
    pub witness: Option<Place>,
    /// What could not be compared; `None` where all was.
    pub unknown: Option<Unknown>,
    /// Why it could not be collected or weighed, if that broke off.
    pub error: Option<String>,
}

impl Weighed {
    /// Where nothing could be weighed.
    fn nothing(verdict: Verdict, note: impl Into<String>) -> Self {
        Self {
            verdict,
            comparison: "nothing was compared".to_owned(),
            measured: None,
            bound: None,
            slack: None,
            nonvacuous: 0.0,
            assumptions: Vec::new(),
            extent: Extent::default(),
            note: note.into(),
            witness: None,
            unknown: None,
            error: None,
        }
    }

    /// Where collecting or weighing broke off: nothing is settled.
    pub fn broken(error: String) -> Self {
        let note = format!("could not be weighed: {error}");
        Self { error: Some(error), ..Self::nothing(Verdict::Inconclusive, note) }
    }

    /// The same with what could not be compared: it cannot hold, and what is violated is so by what is known.
    pub fn withholding(self, unknown: Option<Unknown>) -> Self {
        let Some(unknown) = unknown else { return self };
        let (verdict, note) = match self.verdict {
            Verdict::Holds | Verdict::HoldsVacuously => {
                (Verdict::Inconclusive, format!("{}, but {unknown}", self.note))
            }
            // Where nothing was compared the reason comes first: it may be why nothing else was seen.
            Verdict::NotApplicable if self.note == UNMEASURED => (Verdict::NotApplicable, unknown.to_string()),
            verdict => (verdict, format!("{}; {unknown}", self.note)),
        };
        Self { verdict, note, unknown: Some(unknown), ..self }
    }
}

/// The joint level of all statistical decisions of one paper: the chance that any of its true statements is called violated.
pub const JOINT_LEVEL: f64 = 0.01;

/// Weighs evidence by a rule.
///
/// `decisions` is the number of statistical decisions among all claims of the paper: each gets the level
/// [`JOINT_LEVEL`]/`decisions` (Bonferroni), whichever claims are asked for, and whatever other papers there are. `seed` feeds the bootstrap.
///
/// # Errors
/// As the statistics say; evidence of a kind that the rule cannot weigh is a mistake of the catalogue.
///
/// ```
/// use selfreward::claims::{Case, Comparison, Evidence, Rule, weigh};
/// use selfreward::seed::Seed;
/// use selfreward::study::definition::Verdict;
///
/// let verdict = |measured: f64, bound: f64| {
///     let case = Case { comparisons: vec![Comparison::probability(measured, bound, 0.0)], ..Case::default() };
///     weigh(Rule::Always, &Evidence::Cases(vec![case]), 1, &Seed::from_number(1)).map(|weighed| weighed.verdict)
/// };
/// assert_eq!(verdict(0.2, 0.5)?, Verdict::Holds);
/// assert_eq!(verdict(0.2, 1.5)?, Verdict::HoldsVacuously);
/// assert_eq!(verdict(0.6, 0.5)?, Verdict::Violated);
/// assert_eq!(verdict(f64::NAN, 0.5)?, Verdict::NotApplicable);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn weigh(rule: Rule, evidence: &Evidence, decisions: usize, seed: &Seed) -> Result<Weighed> {
    let level = JOINT_LEVEL / decisions.max(1) as f64;
    let unknown = Unknown::of(evidence);
    let weighed = match (rule, evidence) {
        (_, Evidence::Cases(cases)) if cases.is_empty() => unmeasured(),
        (_, Evidence::Curves(curves)) if curves.is_empty() => unmeasured(),
        (_, Evidence::Ratios(ratios)) if ratios.is_empty() => unmeasured(),
        // A fit has no place for what is no number, and would be another one without it.
        (_, Evidence::Curves(_) | Evidence::Ratios(_)) if unknown.is_some() => unmeasured(),
        (Rule::Always, Evidence::Cases(cases)) => always::weigh(cases),
        (Rule::WithProbability { rho }, Evidence::Cases(cases)) => with_probability::weigh(cases, rho, level)?,
        (Rule::Shape, Evidence::Ratios(ratios)) => shape::weigh(ratios, level)?,
        (Rule::Exponent(exponent), Evidence::Curves(curves)) => exponent::weigh(curves, exponent, level, seed)?,
        (Rule::Decay(law), Evidence::Curves(curves)) => decay::weigh(curves, law, level, seed)?,
        _ => unreachable!("the catalogue pairs every rule with its kind of evidence; a test walks through it"),
    };
    Ok(weighed.withholding(unknown))
}

const UNMEASURED: &str = "no rows that bear on it";

fn unmeasured() -> Weighed {
    Weighed::nothing(Verdict::NotApplicable, UNMEASURED)
}
