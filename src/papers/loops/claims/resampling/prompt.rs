//! The same at each prompt (L13.prompt): two answers, and a level for each prompt.

use super::super::super::theory::resampling::Resampled;
use super::super::rows::is_of_two_answers;
use super::{judged, mean, standard_error, unfiltered};
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::{Case, Claim, Control, Level, Source, Statement};
use crate::experiment::CellRows;
use crate::metrics::named::CORRECT_PROBABILITY_LEVEL;

const ROWS: &[Source] = &[Source { experiment: "replay_and_memory", part: "unfiltered-prompts" }];

pub(super) const CLAIM: Claim = Claim {
    level: Level::Explicit,
    note: "two answers, so that the probability of one is the whole law. The standard errors are those of the law, which are exact at a prompt; that of the disagreement is at least what the replicates scatter by",
    ..Claim::exact(
        "L13.prompt",
        "unfiltered answers, two to a prompt: at each prompt E π_t = π_0, and E[1−Σ_yπ_t²] = f^t(1−Σ_yπ_0²) with the prompt's own f = 1 − E[1{n_x>0}/n_x], n_x ~ Bin(n,p(x)), to 6 standard errors",
        "Wright–Fisher (recalled), checked",
        ROWS,
        Statement::Cells(at_each),
        &[
            Control::cells("L13.alike", "f is the same at all prompts, that of the mean over p(x)", ROWS, alike),
            Control::cells(
                "L13.sharpened",
                "what the disagreement loses goes to the likelier answer: 2p(1−p) = f^t·2π_0(1−π_0) at p = E π_t",
                ROWS,
                sharpened,
            ),
        ],
    )
};

/// A prompt of a cell: its level and its numbers.
struct Prompt {
    level: i64,
    sampled: Resampled,
    /// π_0 of the correct answer.
    start: f64,
}

impl Prompt {
    /// E[1 − Σ_yπ_t²] if a round leaves this share of it.
    fn disagreement(&self, left: f64, t: usize) -> f64 {
        left.powi(t as i32) * 2.0 * self.start * (1.0 - self.start)
    }
}

/// The prompts whose levels a cell measures, of those that have one of their own; none where some prompt has not two answers, or where
/// replicates have instances of their own.
fn prompts(cell: &CellRows) -> Result<Vec<Prompt>> {
    let simulation = cell.simulation()?;
    let Some(instance) = simulation.fixed() else { return Ok(Vec::new()) };
    let (Some(levels), Some(correct)) = (instance.levels(), instance.correct()) else { return Ok(Vec::new()) };
    if !is_of_two_answers(instance) {
        return Ok(Vec::new());
    }
    let (policy, n) = (instance.policy(instance.base()), cell.number("process.samples")?);
    let asked = &cell.cell.config.measure.levels;
    let mut prompts = Vec::new();
    for (x, (&level, &weight)) in levels.iter().zip(instance.weights()).enumerate() {
        let alone = levels.iter().filter(|other| **other == level).count() == 1;
        if let Some((start, _)) = correct.masses(&policy, x).filter(|_| alone && weight > 0.0 && asked.contains(&level))
        {
            prompts.push(Prompt { level, sampled: Resampled::new(n, weight)?, start });
        }
    }
    Ok(prompts)
}

fn at_each(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |prompt, _, t| (prompt.start, prompt.disagreement(prompt.sampled.kept(), t)))
}

fn alike(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |prompt, all, t| {
        let sum: f64 = all.iter().map(|prompt| prompt.sampled.weight * prompt.sampled.kept()).sum();
        let mean = sum / all.iter().map(|prompt| prompt.sampled.weight).sum::<f64>();
        (prompt.start, prompt.disagreement(mean, t))
    })
}

fn sharpened(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |prompt, _, t| {
        let disagreement = prompt.disagreement(prompt.sampled.kept(), t);
        let lead = 0.5 * (1.0 - 2.0 * disagreement).max(0.0).sqrt();
        (0.5 + lead * (prompt.start - 0.5).signum(), disagreement)
    })
}

/// Round by round at each prompt, of what is stated there: E π_t(correct) and E[1 − Σ_yπ_t²].
fn laws(cells: &[CellRows], stated: impl Fn(&Prompt, &[Prompt], usize) -> (f64, f64)) -> Result<Vec<Case>> {
    cell_by_cell(&unfiltered(cells, |cell| Ok(!prompts(cell)?.is_empty()))?, |cell| {
        let (all, mut case) = (prompts(cell)?, of_cell(cell));
        let count = cell.numbers.len() as f64;
        for prompt in &all {
            let law = [prompt.start, 1.0 - prompt.start];
            for t in 1..=cell.rounds() {
                let (of_right, of_difference) = stated(prompt, &all, t);
                let right = cell.values(CORRECT_PROBABILITY_LEVEL.at_level(prompt.level), t)?;
                let error = (prompt.sampled.variance(prompt.start, t) / count).sqrt();
                case.comparisons.push(judged(mean(&right), of_right, law[0].min(law[1]), error));
                let differ: Vec<f64> = right.iter().map(|p| 2.0 * p * (1.0 - p)).collect();
                let (expected, variance) = prompt.sampled.disagreement(&law, t);
                let error = standard_error(&differ).max((variance / count).sqrt());
                case.comparisons.push(judged(mean(&differ), of_difference, expected, error));
            }
        }
        Ok(case)
    })
}
