//! Consistency is not correctness (C23): where a model on real features is sure of itself and has left its starting point, what
//! that does to its accuracy, and what ridge, a noisy self-judge and the ball change.

mod figure;
mod findings;

use super::{CellRows, Drawing, Experiment, Results, Table};
use crate::Result;
use crate::metrics::named::{self, ACCURACY, BASE_FAILURE, DRIFT, Metric};
use crate::simulate::output::plain;
use crate::stats::{Range, mean_interval};

/// n from 16 to 2^40, T up to 32, β = 1 on `data/docqa_minilm.npz`; λ, σ and B at n = 64 and 1024.
pub const EXPERIMENT: Experiment = Experiment {
    name: "consistency_vs_correctness",
    about: "Consistency is not correctness: sure of itself and elsewhere than it started, on real features",
    definition: include_str!("../../../experiments/definitions/consistency_vs_correctness.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "consistency_vs_correctness", table: picture_table, figure: figure::picture },
        Drawing { name: "consistency_vs_correctness_knobs", table: knobs_table, figure: figure::knobs },
    ],
};

const FAILURE: Metric = named::FAILURE.at(0.5);

fn measured() -> [Metric; 4] {
    [FAILURE, BASE_FAILURE.at(0.5), (&DRIFT).into(), (&ACCURACY).into()]
}

/// A model is sure of itself where at most this share of prompts has its own mode below 1/2, …
const SURE: f64 = 0.05;

/// … and elsewhere where at least this share of prompts has another mode than at the start.
const ELSEWHERE: f64 = 0.1;

/// The knobs: the part, the configuration's key, and the value of the plain process of the part `picture`.
const KNOBS: [(&str, &str, f64); 3] = [
    ("ridge", "process.ridge", 0.0),
    ("judge-noise", "process.judge_noise", 0.0),
    ("ball", "process.radius", f64::INFINITY),
];

/// For each replicate 1 where it is sure of itself and elsewhere than it started, otherwise 0.
fn astray(cell: &CellRows, t: usize) -> Result<Vec<f64>> {
    let (failure, drift) = (cell.values(FAILURE, t)?, cell.values(&DRIFT, t)?);
    Ok(failure.iter().zip(&drift).map(|(&f, &d)| f64::from(u8::from(f < SURE && d > ELSEWHERE))).collect())
}

fn header(labels: &[&str]) -> Vec<String> {
    let mut header: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
    let mut names = measured().map(|metric| metric.name()).to_vec();
    names.push("astray".to_owned());
    header.extend(names.iter().flat_map(|name| ["mean", "lo", "hi"].map(|end| format!("{name}_{end}"))));
    header
}

/// Means with their intervals, and the share of replicates that are astray.
fn numbers(cell: &CellRows, t: usize) -> Result<Vec<String>> {
    let mut intervals = measured().iter().map(|&metric| cell.mean(metric, t)).collect::<Result<Vec<_>>>()?;
    intervals.push(mean_interval(&astray(cell, t)?, Range::SHARE));
    let ends = |interval: &crate::stats::MeanInterval| {
        let ends = interval.ends;
        [Some(interval.mean), ends.map(|ends| ends.0), ends.map(|ends| ends.1)]
    };
    Ok(intervals.iter().flat_map(ends).map(|number| number.map_or_else(String::new, plain)).collect())
}

/// One row for each n and t.
fn picture_table(results: &Results) -> Result<Table> {
    let mut rows = Vec::new();
    for cell in results.cells("picture")? {
        for t in 0..=cell.rounds() {
            let mut row = vec![cell.label("process.samples"), cell.replicates.len().to_string(), t.to_string()];
            row.extend(numbers(&cell, t)?);
            rows.push(row);
        }
    }
    Ok(Table::new(header(&["samples", "replicates", "t"]), rows))
}

/// One row for each knob, n and value, after the last round, values increasing; the plain process after as many rounds stands
/// for its value.
fn knobs_table(results: &Results) -> Result<Table> {
    let plain_cells = results.cells("picture")?;
    let mut rows = Vec::new();
    for (part, key, without) in KNOBS {
        let mut groups: Vec<(String, Vec<(f64, CellRows)>)> = Vec::new();
        for cell in results.cells(part)? {
            let (samples, value) = (cell.label("process.samples"), cell.number(key)?);
            match groups.iter_mut().find(|group| group.0 == samples) {
                Some(group) => group.1.push((value, cell)),
                None => groups.push((samples, vec![(value, cell)])),
            }
        }
        for (samples, mut cells) in groups {
            let rounds = cells[0].1.rounds();
            let plain_cell = plain_cells.iter().find(|cell| cell.label("process.samples") == samples);
            cells.extend(plain_cell.map(|cell| (without, cell.clone())));
            cells.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (value, cell) in cells {
                let mut row = vec![part.to_owned(), samples.clone(), plain(value)];
                row.extend([cell.replicates.len().to_string(), rounds.to_string()]);
                row.extend(numbers(&cell, rounds)?);
                rows.push(row);
            }
        }
    }
    Ok(Table::new(header(&["knob", "samples", "value", "replicates", "t"]), rows))
}
