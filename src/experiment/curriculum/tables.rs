//! The chain's probabilities with simulation beside them, and the language model's J by level.

use super::{TOP, name, right, schedule};
use crate::Result;
use crate::experiment::{Line, Results, Table};
use crate::metrics::named::DRAWS;
use crate::papers::task_centric::theory::curriculum::{Levels, Schedule};
use crate::seed::{Purpose, Seed};
use crate::stats::{Range, mean_interval, mean_with_error};

/// Difficulties of the levels, and the n at which the probabilities are drawn against ν.
const LADDERS: [([f64; 4], u32); 2] = [([3.0, 4.0, 5.0, 6.0], 100), ([1.0, 6.0, 9.0, 12.0], 200)];
/// Runs of a simulated mark.
pub(super) const RUNS: usize = 500;

/// The three probabilities by (difficulties, ν, n); at the drawn n and whole ν with the shares of simulated runs.
pub(super) fn chain(_results: &Results) -> Result<Table> {
    let seed = Seed::from_number(1).named("experiment", "curriculum");
    let mut lines = Vec::new();
    for (ladder, (difficulties, shown)) in LADDERS.into_iter().enumerate() {
        let mut all: Vec<u32> = (0..9).map(|step| 20 << step).collect();
        all.push(shown);
        all.sort_unstable();
        all.dedup();
        for n in all {
            for step in 0..=32 {
                let transfer = step as f64 / 4.0;
                let levels = Levels { difficulties: difficulties.to_vec(), transfer };
                let mut line = Line::default()
                    .label("difficulties", difficulties.map(|h| h.to_string()).join(" "))
                    .label("samples", n.to_string())
                    .label("drawn", if n == shown { "yes" } else { "no" })
                    .number("transfer", transfer);
                for (place, schedule) in Schedule::ALL.into_iter().enumerate() {
                    let simulated = if n == shown && step % 4 == 0 {
                        let mut rng = seed.rng(Purpose::Laws, 10 * ladder + place, step);
                        let solved = (0..RUNS).filter(|_| levels.run(schedule, n, &mut rng)).count();
                        solved as f64 / RUNS as f64
                    } else {
                        f64::NAN
                    };
                    line = line
                        .number(name(schedule), levels.top(schedule, f64::from(n))?)
                        .number(&format!("{}_simulated", name(schedule)), simulated);
                }
                lines.push(line);
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// J of all prompts and of each level by (part, schedule, λ, n, t).
pub(super) fn model(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["model", "long"] {
        for cell in results.cells(part)? {
            for t in 0..=cell.rounds() {
                let draws = if t == 0 { 0.0 } else { mean_with_error(&cell.values(&DRAWS, t)?).0 };
                let mut line = Line::default()
                    .label("part", part)
                    .label("schedule", name(schedule(&cell)))
                    .label("ridge", cell.label("process.ridge"))
                    .label("samples", cell.label("process.samples"))
                    .label("replicates", cell.replicates.len().to_string())
                    .label("t", t.to_string())
                    .number("draws", draws);
                for level in [None].into_iter().chain((0..=TOP).map(Some)) {
                    let interval = mean_interval(&right(&cell, level, t)?, Range::SHARE);
                    let name = level.map_or_else(|| "right".to_owned(), |level| format!("right_level_{level}"));
                    let error = mean_with_error(&right(&cell, level, t)?).1.unwrap_or(f64::NAN);
                    line = line.measured(&name, interval.mean, interval.ends).number(&format!("{name}_error"), error);
                }
                lines.push(line);
            }
        }
    }
    Ok(Table::of_lines(lines))
}
