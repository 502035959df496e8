//! What Wright–Fisher sampling leaves of the disagreement at each prompt of a cell's replicates (L13).

use super::super::CellRows;
use crate::Result;
use crate::papers::loops::theory::resampling::kept_disagreement;

/// A law of the mean over a cell's replicates.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Its mean.
    pub mean: f64,
    /// Its variance, from above.
    pub variance: f64,
    /// The most that one prompt of one replicate adds to it.
    pub most: f64,
}

/// One prompt of one replicate.
#[derive(Debug)]
struct Prompt {
    /// p(x), by the number of replicates.
    share: f64,
    /// f.
    kept: f64,
    /// 1 − Σ_y π_0².
    disagreement: f64,
    /// π_0 of the mode.
    mode: f64,
}

/// All prompts of a cell's replicates.
#[derive(Debug)]
pub struct Laws {
    prompts: Vec<Prompt>,
    /// The largest value of 1 − Σ_y π².
    largest: f64,
}

impl Laws {
    /// Of a cell, whose replicates have instances of their own.
    ///
    /// # Errors
    /// As [`kept_disagreement`].
    pub fn of(cell: &CellRows) -> Result<Self> {
        let simulation = cell.simulation()?;
        let n = cell.number("process.samples")?;
        let (mut prompts, mut largest) = (Vec::new(), 0.0f64);
        for &number in &cell.numbers {
            let instance = simulation.instance(number)?;
            let policy = instance.policy(instance.base());
            for (x, &weight) in instance.weights().iter().enumerate() {
                let masses = (0..instance.features().responses(x) as u32).map(|y| policy.prob(x, y));
                let disagreement = 1.0 - masses.clone().map(|p| p * p).sum::<f64>();
                largest = largest.max(1.0 - 1.0 / instance.features().responses(x) as f64);
                let (share, mode) = (weight / cell.numbers.len() as f64, masses.fold(0.0, f64::max));
                prompts.push(Prompt { share, kept: kept_disagreement(n, weight)?, disagreement, mode });
            }
        }
        Ok(Self { prompts, largest })
    }

    /// The mean over prompts and replicates of 1 − Σ_y π_t(y|x)², with f replaced.
    ///
    /// A prompt's variance is at most its mean times the largest value. Counts of different prompts are those of one multinomial law, nearly
    /// independent where there are many prompts; replicates are independent.
    pub fn disagreement(&self, t: usize, kept: impl Fn(f64) -> f64) -> Law {
        self.sum(self.largest, |prompt| kept(prompt.kept).powi(t as i32) * prompt.disagreement)
    }

    /// The mean of π_t of the base mode, which stays what it is.
    pub fn base_probability(&self) -> Law {
        self.sum(1.0, |prompt| prompt.mode)
    }

    fn sum(&self, largest: f64, mean: impl Fn(&Prompt) -> f64) -> Law {
        let sum = |of: &dyn Fn(&Prompt) -> f64| self.prompts.iter().map(of).sum::<f64>();
        Law {
            mean: sum(&|prompt| prompt.share * mean(prompt)),
            variance: sum(&|prompt| prompt.share * prompt.share * largest * mean(prompt)),
            most: largest * self.prompts.iter().map(|prompt| prompt.share).fold(0.0, f64::max),
        }
    }
}
