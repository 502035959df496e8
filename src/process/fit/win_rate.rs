//! The square loss on labels (identity preference optimisation): β⟨θ − θ_ref, Δφ⟩ against label − ½.

use std::sync::Arc;

use super::super::batch::Batch;
use super::super::pairs::SeenPair;
use super::entry::{self, Entry};
use super::labels::{self, LabelledPair};
use super::quadratic::Choice;
use super::spectral::Spectral;
use super::{Cost, Data, Fit, Fitted, Labels, Minimum, Shape, population};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::linalg::Span;
use crate::logits::{Atom, LogitTable, joint_levels};
use crate::process::{Loop, Step};
use crate::{Error, Result};

/// Least squares of β⟨θ − θ_ref, Δφ⟩ on wins/count − ½.
///
/// In the population each pair is to meet P(y ≻ y') − ½, and the normal equations are those of the reward g(y) = E_{y'~ν} P(y ≻ y'), the
/// win rate: one-hot features give log π_{t+1} = log π_ref + g/β + const.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Labels, WinRate};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let fit = Box::new(WinRate { labels: Labels::Hard, population: true, ..WinRate::default() });
/// let process = Loop { fit, beta: 0.25, rounds: 3, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// // The mode beats the other response always and itself half the time: its win rate is ½ higher, whatever p is.
/// assert!((last.policy.head(0).margin - (1.0 + 3.0 * 0.5 / 0.25)).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct WinRate {
    /// The law of labels.
    pub labels: Labels,
    /// Which of the minimisers.
    pub choice: Choice,
    /// λ ≥ 0: λ‖θ − θ_ref‖² is added to the loss.
    pub ridge: f64,
    /// Whether the expected loss is minimised.
    pub population: bool,
}

/// The fit's entry.
pub(super) const ENTRY: Entry = Entry {
    name: "win-rate",
    about: "square loss on labels of pairs",
    keys: &[entry::POPULATION, entry::LABELS, entry::CHOICE, entry::RIDGE],
    defaults: &[("choice", "\"nearest\""), ("ridge", "0.0"), ("labels", "{ temperature = 1.0, flip = 0.0 }")],
    make: |process| {
        let (choice, ridge) = (entry::choice(process)?, process.not_negative("ridge")?);
        let (labels, population) = (Labels::read(process), process.switch("population"));
        Ok(Box::new(WinRate { labels, choice, ridge, population }))
    },
};

impl Fit for WinRate {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        let batches = step.batches();
        if self.population {
            return Ok(Minimum::new(self.minimise(step, batches)?, None).into());
        }
        let aim = population::at_table(step, Arc::new(zeros(step.instance)));
        // The walk over pairs and that over labels meet the same pairs in the same order.
        let mut means = Vec::new();
        labels::walk(batches, &mut |_, pairs: &[LabelledPair]| means.extend(pairs.iter().map(mean)));
        let mut next = means.into_iter();
        let mut target = |_: usize, _: &SeenPair| next.next().unwrap_or(0.0);
        let spectral = Spectral::of_sample(step, batches, &aim, &mut target, true);
        let solution = spectral.quadratic().minimise(step.beta, self.ridge, step.radius, self.choice);
        Ok(Minimum::new(spectral.parameter(step, &solution), Some(spectral.summary())).into())
    }

    fn data(&self) -> Data {
        Data::Labels(self.labels)
    }

    fn is_population(&self) -> bool {
        self.population
    }

    fn check(&self, _process: &Loop, _instance: &Instance) -> Result<()> {
        if !(self.ridge.is_finite() && self.ridge >= 0.0) {
            return Err(Error::argument("process.ridge", self.ridge, "a finite number ≥ 0"));
        }
        Ok(())
    }

    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        let mut costs = vec![Cost::of_spectrum(shape)];
        if self.population {
            costs.push(Cost::of_win_rates(shape));
        }
        costs
    }
}

/// wins/count − ½.
fn mean(pair: &LabelledPair) -> f64 {
    (pair.wins - pair.losses) / (2.0 * (pair.wins + pair.losses))
}

fn zeros(instance: &Instance) -> LogitTable {
    let mut table = LogitTable::default();
    (0..instance.prompts()).for_each(|x| table.push([], 0.0, instance.features().responses(x) as u32));
    table
}

impl WinRate {
    fn minimise(&self, step: &Step<'_>, batches: &[Batch]) -> Result<Parameter> {
        let rates: Vec<Arc<LogitTable>> = batches.iter().map(|batch| Arc::new(win_rates(batch))).collect();
        if let [rate] = &rates[..] {
            let aim = population::at_table(step, Arc::clone(rate));
            return population::minimise(step, batches, &aim, self.ridge, self.choice);
        }
        // Each batch has a win rate of its own: their least squares is the target.
        let target = match step.instance.features() {
            FeatureMap::Dense(features) => {
                let span: Span = population::span(step, batches, features);
                let psi = population::least_squares(batches, features, &span, |batch| &rates[batch]);
                Parameter::Dense(span.embed(&psi))
            }
            FeatureMap::OneHot(responses) => {
                let mut table = LogitTable::default();
                for (x, &count) in responses.iter().enumerate() {
                    let support = population::support(batches, x);
                    let rate = |batch: usize| Arc::clone(&rates[batch]);
                    let psi = population::prompt_least_squares(batches, x, &support, rate);
                    let atoms = support.iter().zip(&psi).map(|(&response, &logit)| Atom { response, logit });
                    table.push(atoms, 0.0, count - support.len() as u32);
                }
                Parameter::tabular(table)
            }
        };
        let aim = super::aim::Aim::new(step.reference(), std::borrow::Cow::Owned(target), None, step.instance);
        population::minimise(step, batches, &aim, self.ridge, self.choice)
    }
}

/// g(y) = E_{y'~ν} P(y ≻ y') for every response; responses of one reward and one probability share it.
fn win_rates(batch: &Batch) -> LogitTable {
    let mut table = LogitTable::default();
    for x in 0..batch.weights.len() {
        let (law, head) = (batch.law.row(x), batch.law.head(x));
        let Some(labelling) = &batch.labels else {
            table.push([], 0.0, law.responses() as u32);
            continue;
        };
        let values = labelling.reward.row(x);
        let rate = |y: u32| -> f64 {
            let own = values.logit(y);
            let others = joint_levels(values, law).map(|(value, logit, count)| (value, count * head.prob(logit)));
            others.filter(|(_, mass)| *mass > 0.0).map(|(value, mass)| mass * labelling.win(own, value)).sum()
        };
        // A response of the rest of both rows stands for all of them.
        let mut ids: Vec<u32> = law.atoms.iter().chain(values.atoms).map(|atom| atom.response).collect();
        ids.sort_unstable();
        ids.dedup();
        let rest = law.responses() - ids.len();
        let spare = (0..law.responses() as u32).find(|y| ids.binary_search(y).is_err());
        let rest_value = spare.map_or(0.0, rate);
        table.push(ids.iter().map(|&response| Atom { response, logit: rate(response) }), rest_value, rest as u32);
    }
    table
}
