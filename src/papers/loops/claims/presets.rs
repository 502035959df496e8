//! The population round of every named loop, evaluated by the theory's own functions (U3).

use super::super::theory::labels::flipped_odds;
use super::super::theory::laws::{log_odds, log_sum, of_log_odds};
use super::super::theory::recursions::{
    accumulated, filtered, regression, replayed, selective, standardised, win_rate,
};
use super::super::theory::selections::{adaptive, best_of, curated, gated, plurality};
use super::rows::{base_logs, is_table, marks, mean, preset, rewards, smooth_labels};
use crate::Result;
use crate::claims::{Comparison, Trial};
use crate::instance::Instance;
use crate::metrics::named::{BASE_PROBABILITY, CORRECT_PROBABILITY, ENTROPY, LOG_ODDS, MIN_CONFIDENCE};

/// Numbers of the named loops, as their presets set them.
const DRAWS: f64 = 4.0;
const STOPPING: f64 = 2.0;
const VOTES: f64 = 5.0;
const VERIFIER: (f64, f64) = (0.9, 0.1);
const GATE: (f64, f64) = (0.5, 3.0);
const SURE: f64 = 0.9;
const REPLAY: f64 = 0.5;

/// One prompt of a loop, by logarithms of probabilities.
struct Prompt<'a> {
    beta: f64,
    base: &'a [f64],
    now: &'a [f64],
    reward: &'a [f64],
    marks: &'a [bool],
    labels: Option<(f64, f64)>,
}

/// log π_{t+1}; `None` for a name without a recursion here.
fn next(name: &str, prompt: &Prompt<'_>, t: usize) -> Result<Option<Vec<f64>>> {
    let &Prompt { beta, base, now, reward, marks, labels } = prompt;
    let grown = 1.0 + 1.0 / beta;
    Ok(Some(match name {
        "self-rewarding" => regression(now, now, beta),
        "sharpening-rlhf" => regression(base, base, beta),
        "live-reward-frozen-reference" => regression(base, now, beta),
        "frozen-reward" => regression(now, base, beta),
        "spin" => {
            let self_play: Vec<f64> = reward.iter().zip(now).map(|(data, log)| data - log).collect();
            regression(now, &self_play, beta)
        }
        "preference-dpo" => match labels {
            Some((temperature, 0.0)) => regression(now, now, beta * temperature),
            Some((temperature, flip)) if now.len() == 2 => {
                of_log_odds(flipped_odds(now[0] - now[1], beta, temperature, flip)?).to_vec()
            }
            _ => return Ok(None),
        },
        "win-rate-ipo" => win_rate(now, beta),
        "sharpening-sft" => best_of(now, DRAWS)?,
        "sharpening-sft-adaptive" => adaptive(now, STOPPING)?,
        "majority-sft" => plurality(now, VOTES)?,
        "majority-reward" => {
            let winner: Vec<f64> = plurality(now, VOTES)?.into_iter().map(f64::exp).collect();
            regression(now, &winner, beta)
        }
        "verifier-filter" => filtered(now, marks, VERIFIER.0, VERIFIER.1),
        "task-centric" => filtered(now, marks, 1.0, 0.0),
        "confidence-gate" => gated(now, GATE.0, GATE.1),
        "selective-rewriting" => selective(now, SURE, beta),
        "unfiltered" => now.to_vec(),
        "replay" => replayed(now, grown, REPLAY),
        "accumulate" => accumulated(now, grown, t as u32),
        "curation" => curated(now, reward, DRAWS)?,
        "grpo-mirror" => standardised(now, now, marks, beta),
        "grpo-frozen-reference" => standardised(base, now, marks, beta),
        _ => return Ok(None),
    }))
}

/// The policies that a named loop's recursion leads to, round by round.
pub(super) struct Path {
    name: String,
    instance: std::sync::Arc<Instance>,
    beta: f64,
    labels: Option<(f64, f64)>,
    base: Vec<Vec<f64>>,
    now: Vec<Vec<f64>>,
    reward: Vec<Vec<f64>>,
    marks: Vec<Vec<bool>>,
    t: usize,
}

impl Path {
    /// Of a run; `None` where its loop has no name, or its features are not one-hot.
    pub fn of(trial: &Trial<'_>) -> Result<Option<Self>> {
        let Some(name) = preset(trial) else { return Ok(None) };
        let instance = trial.instance()?;
        if !is_table(&instance) {
            return Ok(None);
        }
        let (base, reward, marks) = (base_logs(&instance), rewards(&instance), marks(&instance));
        let (name, beta, labels) = (name.to_owned(), trial.beta(), smooth_labels(trial));
        Ok(Some(Self { name, instance, beta, labels, now: base.clone(), base, reward, marks, t: 0 }))
    }

    /// Whether one number says all of the policy: two responses to one prompt.
    pub fn is_scalar(&self) -> bool {
        matches!(&self.now[..], [row] if row.len() == 2)
    }

    /// Goes on from measured log-odds, where these say all of the policy.
    pub fn go_on_from(&mut self, odds: f64) {
        let first_is_correct = self.marks[0][0];
        let of = of_log_odds(if first_is_correct { odds } else { -odds });
        self.now = vec![of.to_vec()];
    }

    /// One round.
    pub fn advance(&mut self) -> Result<bool> {
        let mut after = Vec::new();
        for x in 0..self.now.len() {
            let prompt = Prompt {
                beta: self.beta,
                base: &self.base[x],
                now: &self.now[x],
                reward: &self.reward[x],
                marks: &self.marks[x],
                labels: self.labels,
            };
            let Some(law) = next(&self.name, &prompt, self.t)? else { return Ok(false) };
            after.push(law);
        }
        (self.now, self.t) = (after, self.t + 1);
        Ok(true)
    }

    /// Log-odds of the correct responses, their mean over prompts.
    pub fn log_odds(&self) -> f64 {
        mean(&self.instance, |x| log_odds(&self.now[x], &self.marks[x]))
    }

    /// What was measured after the rounds so far against what the recursion says.
    pub fn compare(&self, trial: &Trial<'_>, tolerance: f64) -> Result<Vec<Comparison>> {
        let expected = self.log_odds();
        let mut comparisons = Vec::new();
        // Of prompts that are sure to be right beside ones that are sure to be wrong there is no mean.
        if !expected.is_nan() {
            let measured = trial.get(&LOG_ODDS, self.t)?;
            comparisons.push(match expected.is_finite() && measured.is_finite() {
                true => Comparison::identity(measured, expected, tolerance * (1.0 + expected.abs())),
                // Certainty is met exactly or missed.
                false => Comparison::identity(f64::from(u8::from(measured == expected)), 1.0, 0.0),
            });
        }
        let mode = |x: usize| {
            (1..self.base[x].len()).fold(0, |best, y| if self.base[x][y] > self.base[x][best] { y } else { best })
        };
        let right = |x: usize| {
            let right = self.now[x].iter().zip(&self.marks[x]).filter(|(_, mark)| **mark).map(|(log, _)| *log);
            log_sum(right).exp()
        };
        let sureness = |x: usize| self.now[x].iter().map(|log| log.exp()).fold(0.0, f64::max);
        let least = (0..self.now.len()).filter(|&x| self.instance.weights()[x] > 0.0).map(sureness).fold(1.0, f64::min);
        for (of, expected) in [
            (&CORRECT_PROBABILITY, mean(&self.instance, right)),
            (&BASE_PROBABILITY, mean(&self.instance, |x| self.now[x][mode(x)].exp())),
            (&ENTROPY, mean(&self.instance, |x| entropy(&self.now[x]))),
            (&MIN_CONFIDENCE, least),
        ] {
            comparisons.push(Comparison::identity(trial.get(of, self.t)?, expected, tolerance * (1.0 + expected)));
        }
        Ok(comparisons)
    }
}

/// −Σ π log π, nats.
pub(super) fn entropy(logs: &[f64]) -> f64 {
    -logs.iter().filter(|log| log.is_finite()).map(|log| log.exp() * log).sum::<f64>()
}
