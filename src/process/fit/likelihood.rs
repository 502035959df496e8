//! Maximum likelihood of accepted responses: supervised fine-tuning on selected samples.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ndarray::{Array1, Array2, CowArray, Ix2};

use super::super::batch::Batch;
use super::convex_fit::{Place, check_ball, coordinates, fitted, in_ball, of_round, placed};
use super::entry::{self, Entry};
use super::logistic::starts;
use super::{Cost, Data, Fit, Fitted, Minimum, Shape, population};
use crate::convex::{Ball, Block, Choices, Fit as Convex, Ridge};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::logits::{Atom, LogitTable, Row};
use crate::policy::Head;
use crate::process::{Loop, Reference, Step};
use crate::{Error, Result};

/// The maximiser of Σ c(x,y) log π_θ(y|x), c the counts of the accepted responses over n, or their expectation p(x)ν(y|x)a(x,y).
///
/// One-hot features without ridge and ball have it in closed form: the accepted shares of each prompt. There a response that was not
/// accepted at a prompt that has others gets probability 0 and stays dead; a prompt without an accepted response keeps π_t. Dense
/// features are fitted by damped Newton from θ_t in the span of the seen prompts' differences; where the maximum is at infinity
/// (a linear programme says so), the fit is that in the ball, or an error without one.
///
/// ```
/// use selfreward::instance::{FeatureMap, Instance, Parameter};
/// use selfreward::logits::LogitTable;
/// use selfreward::process::{Accept, Likelihood};
/// use selfreward::{Loop, Seed};
///
/// // Response 1 is correct, and the less likely one.
/// let mut logits = LogitTable::default();
/// logits.push_dense(&[1.0, 0.0]);
/// let features = FeatureMap::one_hot(vec![2]);
/// let instance = Instance::new(vec![1.0], features, Parameter::tabular(logits), Some(vec![Some(1)]))?;
/// let process = Loop { accept: Accept::Correct, fit: Box::new(Likelihood::default()), rounds: 1, ..Loop::default() };
/// let last = process.on(&instance)?.start(Seed::from_number(1)).last().expect("round 0 at least")?;
/// // Only correct answers are learned, whose share is then 1 exactly; the other response is dead.
/// assert_eq!((last.policy.prob(0, 1), last.policy.prob(0, 0)), (1.0, 0.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Likelihood {
    /// λ ≥ 0: λ‖θ − θ_ref‖² is subtracted.
    pub ridge: f64,
    /// Whether the expected likelihood is maximised.
    pub population: bool,
}

/// c(x,·) of the prompts that have any; a response may be named repeatedly.
type Masses = BTreeMap<usize, Vec<(u32, f64)>>;

/// The fit's entry.
pub(super) const ENTRY: Entry = Entry {
    name: "likelihood",
    about: "maximum likelihood of single responses",
    keys: &[entry::POPULATION, entry::RIDGE],
    defaults: &[("ridge", "0.0")],
    make: |process| {
        let ridge = process.not_negative("ridge")?;
        // A reward is looked at where it selects.
        if process.word("choose") != Some("reward") {
            if let Some(reward) = process.value("reward").filter(|reward| reward.as_str() != Some("self")) {
                let expected =
                    "none with the update \"likelihood\", which looks at a reward with choose = \"reward\" alone";
                return Err(process.wrong("reward", reward, expected));
            }
            if process.switch("standardise") {
                let expected = "false with the update \"likelihood\" but with choose = \"reward\"";
                return Err(process.wrong("standardise", true, expected));
            }
        }
        Ok(Box::new(Likelihood { ridge, population: process.switch("population") }))
    },
};

impl Fit for Likelihood {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        let batches = step.batches();
        if let (Parameter::Tabular(table), false) = (step.theta(), self.ridge > 0.0 || step.radius.is_some()) {
            return Ok(shares(step, table, batches, self.population).into());
        }
        let masses = if self.population { expected(batches) } else { counted(batches) };
        self.solve(step, &masses)
    }

    fn data(&self) -> Data {
        Data::Responses
    }

    fn is_population(&self) -> bool {
        self.population
    }

    fn check(&self, process: &Loop, instance: &Instance) -> Result<()> {
        if !(self.ridge.is_finite() && self.ridge >= 0.0) {
            return Err(Error::argument("process.ridge", self.ridge, "a finite number ≥ 0"));
        }
        if self.ridge == 0.0 && process.reference != Reference::Current {
            let expected = "\"current\" without a ridge: a likelihood counts from no reference";
            return Err(Error::argument("process.reference", process.reference, expected));
        }
        check_ball(process.radius, instance)
    }

    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        let closed = matches!(shape.instance.features(), FeatureMap::OneHot(_))
            && self.ridge == 0.0
            && shape.process.radius.is_none();
        vec![if closed { Cost::of_span(shape) } else { Cost::of_newton(shape, false) }]
    }
}

impl Likelihood {
    fn solve(&self, step: &Step<'_>, masses: &Masses) -> Result<Fitted> {
        let theta = step.theta();
        // What no accepted response tells anything of: a ridge pulls it to its centre, without one it stays.
        let untold = if self.ridge > 0.0 { step.reference() } else { Cow::Borrowed(theta) };
        let data = Written::of(step, masses);
        if data.prompts.is_empty() {
            return Ok(Minimum::new(in_ball(untold.into_owned(), step.radius), None).into());
        }
        let blocks = data.blocks();
        let centre = |parameter: &Parameter| data.places.iter().map(|place| coordinates(parameter, place)).collect();
        let problem = Convex {
            blocks,
            start: centre(theta),
            ridge: (self.ridge > 0.0).then(|| Ridge { strength: self.ridge, centre: centre(&step.reference()) }),
            ball: step.radius.map(|radius| Ball { centre: centre(&theta.zeros()), radius }),
        };
        let outcome = problem.solve().map_err(|error| of_round(error, step.round + 1))?;
        let place = |found: &Vec<Array1<f64>>| placed(&untold, &data.places, found, |new, _| new);
        let direction = |found: &Vec<Array1<f64>>| placed(&theta.zeros(), &data.places, found, |new, _| new);
        Ok(fitted(outcome, None, place, direction))
    }
}

/// The data with the arrays that a convex fit borrows.
struct Written<'a> {
    places: Vec<Place>,
    prompts: Vec<OfPrompt<'a>>,
}

/// The data of one prompt.
struct OfPrompt<'a> {
    /// K(x)×d: written out where they are one-hot or in single precision.
    features: CowArray<'a, f64, Ix2>,
    /// b(x,·).
    offset: Vec<f64>,
    /// c(x,·).
    weights: Vec<f64>,
}

impl<'a> Written<'a> {
    fn of(step: &'a Step<'_>, masses: &Masses) -> Self {
        let features = step.instance.features();
        let together = step.radius.is_some() || matches!(features, FeatureMap::Dense(_));
        let mut places = if together { vec![Place::Whole] } else { Vec::new() };
        let mut prompts = Vec::new();
        for (&x, masses) in masses {
            let count = features.responses(x);
            if count < 2 {
                continue;
            }
            let mut weights = vec![0.0; count];
            masses.iter().for_each(|&(y, mass)| weights[y as usize] += mass);
            let offset = match step.instance.offset() {
                Some(table) => (0..count as u32).map(|y| table.row(x).logit(y)).collect(),
                None => vec![0.0; count],
            };
            let own = match features {
                FeatureMap::Dense(dense) => dense.prompt(x),
                FeatureMap::OneHot(responses) if together => {
                    let mut rows = Array2::zeros((count, features.dim()));
                    let start = starts(responses)[x];
                    (0..count).for_each(|y| rows[(y, start + y)] = 1.0);
                    rows.into()
                }
                FeatureMap::OneHot(_) => Array2::eye(count).into(),
            };
            if !together {
                places.push(Place::Prompt(x, (0..count as u32).collect()));
            }
            prompts.push(OfPrompt { features: own, offset, weights });
        }
        Self { places, prompts }
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let choices: Vec<Choices<'_>> = self
            .prompts
            .iter()
            .map(|of| Choices { features: of.features.view(), offset: &of.offset, weights: &of.weights })
            .collect();
        if matches!(self.places.first(), Some(Place::Whole)) {
            vec![Block::Softmax(choices)]
        } else {
            choices.into_iter().map(|choice| Block::Softmax(vec![choice])).collect()
        }
    }
}

/// c from counts over n.
fn counted(batches: &[Batch]) -> Masses {
    let n = super::projection::triples(batches) as f64;
    let mut masses = Masses::new();
    for batch in batches {
        batch.responses().for_each(|seen| {
            if !seen.kept.is_empty() {
                let kept = seen.kept.iter().map(|&(response, count)| (response, count as f64 / n));
                masses.entry(seen.prompt).or_default().extend(kept);
            }
        });
    }
    masses
}

/// c in expectation.
fn expected(batches: &[Batch]) -> Masses {
    let total = population::total_share(batches);
    let mut masses = Masses::new();
    let prompts = batches.first().map_or(0, |batch| batch.weights.len());
    for x in 0..prompts {
        for y in population::support(batches, x) {
            let of_batch =
                |batch: &Batch| batch.share / total * batch.weights[x] * batch.law.prob(x, y) * batch.acceptance(x, y);
            let mass: f64 = batches.iter().map(of_batch).sum();
            if mass > 0.0 {
                masses.entry(x).or_default().push((y, mass));
            }
        }
    }
    masses
}

/// The accepted shares of each prompt of one-hot features; a prompt without any keeps its row.
fn shares(step: &Step<'_>, table: &LogitTable, batches: &[Batch], population: bool) -> Minimum {
    let offset = step.instance.offset();
    let masses = if population { Masses::new() } else { counted(batches) };
    let mut result = LogitTable::default();
    let mut dead = false;
    for (x, row) in table.rows().enumerate() {
        let found =
            if population { expected_shares(batches, x) } else { masses.get(&x).map(|masses| sampled_shares(masses)) };
        let Some((atoms, rest_logit)) = found else {
            result.push(row.atoms.iter().copied(), row.rest_logit, row.rest);
            continue;
        };
        let rest = (row.responses() - atoms.len()) as u32;
        dead |=
            atoms.iter().any(|atom| atom.logit == f64::NEG_INFINITY) || (rest > 0 && rest_logit == f64::NEG_INFINITY);
        let found = Row { atoms: &atoms, rest_logit, rest };
        let free: Vec<Atom>;
        let new = if let Some(offset) = offset {
            let fixed = offset.row(x);
            let logit = |response: u32| found.logit(response) - fixed.logit(response);
            free = (0..row.responses() as u32).map(|response| Atom { response, logit: logit(response) }).collect();
            Row { atoms: &free, rest_logit: 0.0, rest: 0 }
        } else {
            found
        };
        // Of all θ with this policy the one in which the likeliest response keeps its coordinate: a fit that changes no probability
        // changes no θ, and no digit is lost beside a response of tiny probability.
        let mode = Head::of(new);
        let before = row.logit(mode.modal);
        // A response that was dead and comes back has no coordinate to keep.
        let shift = if before > f64::NEG_INFINITY { before - mode.logit } else { 0.0 };
        let atoms = new.atoms.iter().map(|atom| Atom { logit: atom.logit + shift, ..*atom });
        result.push(atoms, new.rest_logit + shift, new.rest);
    }
    Minimum { at_infinity: dead, ..Minimum::new(Parameter::tabular(result), None) }
}

/// log of the counted shares; what was not counted is dead.
fn sampled_shares(masses: &[(u32, f64)]) -> (Vec<Atom>, f64) {
    let mut once: BTreeMap<u32, f64> = BTreeMap::new();
    masses.iter().for_each(|&(response, mass)| *once.entry(response).or_default() += mass);
    let total: f64 = once.values().sum();
    let atoms = once.into_iter().map(|(response, mass)| Atom { response, logit: (mass / total).ln() }).collect();
    (atoms, f64::NEG_INFINITY)
}

/// log of the expected shares, up to a constant; responses that share a law and an acceptance go on sharing one logit.
fn expected_shares(batches: &[Batch], x: usize) -> Option<(Vec<Atom>, f64)> {
    let mut sum: Option<LogitTable> = None;
    for batch in batches.iter().filter(|batch| batch.share > 0.0 && batch.weights[x] > 0.0) {
        let (law, head) = (batch.law.row(x), batch.law.head(x));
        let log_weight = (batch.share * batch.weights[x]).ln();
        let mut logs = LogitTable::default();
        let log = |logit: f64| log_weight + head.log_prob(logit);
        let atoms = law.atoms.iter().map(|atom| Atom { logit: log(atom.logit), ..*atom });
        logs.push(atoms, log(law.rest_logit), law.rest);
        if let Some(accept) = &batch.accept {
            let mut left = LogitTable::default();
            left.push_joint(logs.row(0), accept.row(x), |log, accepted| {
                if accepted > 0.0 { log + accepted.ln() } else { f64::NEG_INFINITY }
            });
            logs = left;
        }
        sum = Some(match sum {
            None => logs,
            Some(before) => before.zip_with(&logs, log_sum),
        });
    }
    let table = sum?;
    let row = table.row(0);
    let alive = row.levels().any(|(logit, _)| logit > f64::NEG_INFINITY);
    alive.then(|| table.into_only_row())
}

/// log(eᵃ + eᵇ).
fn log_sum(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}
