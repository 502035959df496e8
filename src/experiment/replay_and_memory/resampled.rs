//! What Wright–Fisher sampling leaves of the disagreement at each prompt of a cell's replicates (L13).

use super::super::CellRows;
use crate::Result;
use crate::papers::loops::theory::resampling::Resampled;

/// One prompt of one replicate.
#[derive(Debug)]
struct Prompt {
    sampled: Resampled,
    /// π_0.
    law: Vec<f64>,
}

impl Prompt {
    fn weight(&self) -> f64 {
        self.sampled.weight
    }

    fn mode(&self) -> f64 {
        self.law.iter().copied().fold(0.0, f64::max)
    }
}

/// The prompts of each of a cell's replicates.
#[derive(Debug)]
pub struct Laws {
    replicates: Vec<Vec<Prompt>>,
}

impl Laws {
    /// Of a cell, whose replicates have instances of their own.
    ///
    /// # Errors
    /// As [`Resampled::new`].
    pub fn of(cell: &CellRows) -> Result<Self> {
        let simulation = cell.simulation()?;
        let n = cell.number("process.samples")?;
        let mut known: Vec<Resampled> = Vec::new();
        let mut replicates = Vec::new();
        for &number in &cell.numbers {
            let instance = simulation.instance(number)?;
            let policy = instance.policy(instance.base());
            let mut prompts = Vec::new();
            for (x, &weight) in instance.weights().iter().enumerate() {
                // Replicates have the same weights as a rule, in the same order.
                let sampled = match known.get(x) {
                    Some(sampled) if sampled.weight == weight => *sampled,
                    _ => Resampled::new(n, weight)?,
                };
                if known.len() == x {
                    known.push(sampled);
                }
                let law = (0..instance.features().responses(x) as u32).map(|y| policy.prob(x, y)).collect();
                prompts.push(Prompt { sampled, law });
            }
            replicates.push(prompts);
        }
        Ok(Self { replicates })
    }

    /// E_x[1 − Σ_y π_t(y|x)²] as expected of each replicate after t rounds, `left` being the share that is left at a prompt.
    pub fn disagreement(&self, t: usize, left: impl Fn(&Resampled, usize) -> f64) -> Vec<f64> {
        self.each(|prompt| prompt.weight() * left(&prompt.sampled, t) * prompt.sampled.disagreement(&prompt.law, 0).0)
    }

    /// The mean of [`Laws::disagreement`] over replicates, as the law has it.
    pub fn mean_disagreement(&self, t: usize) -> f64 {
        let means = self.disagreement(t, |sampled, t| sampled.kept().powi(t as i32));
        means.iter().sum::<f64>() / means.len() as f64
    }

    /// The standard error of the mean over replicates of E_x[1 − Σ_y π_t²], were the prompts' counts independent.
    pub fn disagreement_error(&self, t: usize) -> f64 {
        self.error(|prompt| prompt.sampled.disagreement(&prompt.law, t).1)
    }

    /// E_x π_0 of the mode of each replicate: expected of π_t, too.
    pub fn mode(&self) -> Vec<f64> {
        self.each(|prompt| prompt.weight() * prompt.mode())
    }

    /// The standard error of the mean over replicates of E_x π_t of the base mode. Whatever the counts of its rounds, a prompt's mean is π_0:
    /// prompts have no covariance.
    pub fn mode_error(&self, t: usize) -> f64 {
        self.error(|prompt| prompt.sampled.variance(prompt.mode(), t))
    }

    fn each(&self, of: impl Fn(&Prompt) -> f64) -> Vec<f64> {
        self.replicates.iter().map(|prompts| prompts.iter().map(&of).sum()).collect()
    }

    fn error(&self, variance: impl Fn(&Prompt) -> f64) -> f64 {
        let sum: f64 = self.each(|prompt| prompt.weight().powi(2) * variance(prompt)).iter().sum();
        sum.sqrt() / self.replicates.len() as f64
    }
}
