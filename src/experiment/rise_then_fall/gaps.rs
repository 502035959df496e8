//! Gaps of favourites of an instance, and what a loop that multiplies all log-odds makes of them.

use crate::instance::Instance;
use crate::papers::loops::theory::mixture::gaps_let_it_fall;

/// The favourites of an instance's base policy.
pub(super) struct Gaps {
    /// (lead over the best wrong response, weight) of right favourites.
    pub(super) right: Vec<(f64, f64)>,
    /// (lead over the best right response, weight) of wrong ones; prompts without a right response are left out.
    pub(super) wrong: Vec<(f64, f64)>,
    /// Logits, correct responses and weight of each prompt whose correct responses are known.
    prompts: Vec<(Vec<f64>, Vec<bool>, f64)>,
}

impl Gaps {
    pub(super) fn of(instance: &Instance) -> Self {
        let policy = instance.policy(instance.base());
        let mut gaps = Self { right: Vec::new(), wrong: Vec::new(), prompts: Vec::new() };
        let known = |x: usize| instance.correct().and_then(|correct| correct.at(x));
        for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let Some(list) = known(x) else { continue };
            let row = policy.row(x);
            let logits: Vec<f64> = (0..row.responses() as u32).map(|y| row.logit(y)).collect();
            let correct: Vec<bool> = (0..logits.len()).map(|y| list.contains(&(y as u32))).collect();
            let best = |right: bool| {
                let of_kind = logits.iter().zip(&correct).filter(|(_, is)| **is == right).map(|(logit, _)| *logit);
                of_kind.fold(f64::NEG_INFINITY, f64::max)
            };
            let lead = best(true) - best(false);
            if lead > 0.0 {
                gaps.right.push((lead, weight));
            } else if lead > f64::NEG_INFINITY {
                gaps.wrong.push((-lead, weight));
            }
            gaps.prompts.push((logits, correct, weight));
        }
        gaps
    }

    /// J where all log-odds are s times their first values.
    pub(super) fn accuracy(&self, scale: f64) -> f64 {
        let of_prompt = |(logits, correct, weight): &(Vec<f64>, Vec<bool>, f64)| {
            let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let masses: Vec<f64> = logits.iter().map(|logit| (scale * (logit - top)).exp()).collect();
            let right: f64 = masses.iter().zip(correct).filter(|(_, is)| **is).map(|(mass, _)| mass).sum();
            weight * right / masses.iter().sum::<f64>()
        };
        let known: f64 = self.prompts.iter().map(|(_, _, weight)| weight).sum();
        self.prompts.iter().map(of_prompt).sum::<f64>() / known
    }

    /// Whether J falls to its limit in the end.
    pub(super) fn falls_in_the_end(&self) -> Option<bool> {
        gaps_let_it_fall(&self.right, &self.wrong)
    }

    /// s from 1 on at which J is largest, on a grid of steps of 1%.
    pub(super) fn top(&self) -> f64 {
        let scales = (0..2000).map(|step| 1.01f64.powi(step));
        scales
            .fold((1.0, f64::NEG_INFINITY), |best, s| {
                let j = self.accuracy(s);
                if j > best.1 { (s, j) } else { best }
            })
            .0
    }
}
