//! ε by source and n beside limits, and log-odds by round.

use super::super::{CellRows, Line, Results, Table};
use crate::Result;
use crate::metrics::named::{
    APPROXIMATION_ERROR, AT_INFINITY, DIFFERENCE_RANK, LABEL_TRACE, LOG_ODDS, POPULATION_LOSS,
};
use crate::stats::{MeanInterval, Range, mean_interval};

/// What a round learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Differences of log-probabilities.
    Clean,
    /// The same with a judge's noise.
    Judge,
    /// Bradley–Terry labels.
    Labels,
    /// The same at temperature 2.
    Warm,
    /// The same with flips.
    Flipped,
    /// Differences that features do not follow.
    Offset,
}

impl Source {
    pub(super) const ALL: [Self; 6] = [Self::Clean, Self::Judge, Self::Labels, Self::Warm, Self::Flipped, Self::Offset];

    /// Its name in tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Judge => "judge",
            Self::Labels => "labels",
            Self::Warm => "warm",
            Self::Flipped => "flipped",
            Self::Offset => "offset",
        }
    }

    /// Its cells by ascending n.
    pub(super) fn cells(self, results: &Results) -> Result<Vec<CellRows>> {
        let part = match self {
            Self::Labels => "law",
            Self::Warm | Self::Flipped => "biased",
            other => other.name(),
        };
        let flips = |cell: &CellRows| cell.number("process.labels.flip").is_ok_and(|flip| flip > 0.0);
        let mut cells = results.cells(part)?;
        match self {
            Self::Warm => cells.retain(|cell| !flips(cell)),
            Self::Flipped => cells.retain(flips),
            _ => {}
        }
        Ok(cells)
    }

    fn has_labels(self) -> bool {
        matches!(self, Self::Labels | Self::Warm | Self::Flipped)
    }
}

/// The replicates of a cell whose loss has a finite minimiser, and the share of the others.
pub(super) struct Finite {
    pub(super) replicates: Vec<usize>,
    pub(super) infinite: f64,
}

impl Finite {
    pub(super) fn of(source: Source, cell: &CellRows) -> Result<Self> {
        let all = 0..cell.replicates.len();
        if !source.has_labels() {
            return Ok(Self { replicates: all.collect(), infinite: 0.0 });
        }
        let at_infinity = cell.values(&AT_INFINITY, 1)?;
        let infinite = at_infinity.iter().sum::<f64>() / at_infinity.len() as f64;
        Ok(Self { replicates: all.filter(|&replicate| at_infinity[replicate] == 0.0).collect(), infinite })
    }

    /// A quantity after the round in these replicates.
    pub(super) fn values(&self, cell: &CellRows, of: &'static crate::metrics::Quantity) -> Result<Vec<f64>> {
        self.replicates.iter().map(|&replicate| cell.value(replicate, of, 1)).collect()
    }
}

/// The limit of n ε² in each of these replicates, and half its limiting variance: tr(GI⁺) of labels, 2s²r of a judge; `None` where ε has
/// a floor, or is 0.
pub(super) fn limits(source: Source, cell: &CellRows, finite: &Finite) -> Result<Option<Vec<(f64, f64)>>> {
    use crate::metrics::named::LABEL_SQUARE;
    Ok(match source {
        Source::Labels => {
            let (trace, square) = (finite.values(cell, &LABEL_TRACE)?, finite.values(cell, &LABEL_SQUARE)?);
            Some(trace.into_iter().zip(square).collect())
        }
        Source::Judge => {
            let variance = cell.number("process.judge_noise")?.powi(2);
            let of = |rank: f64| (variance * rank, variance * variance * rank);
            Some(finite.values(cell, &DIFFERENCE_RANK)?.into_iter().map(of).collect())
        }
        _ => None,
    })
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { f64::NAN } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn interval(values: &[f64]) -> Option<MeanInterval> {
    (!values.is_empty()).then(|| mean_interval(values, Range::NON_NEGATIVE))
}

fn measured(line: Line, name: &str, values: &[f64]) -> Line {
    let interval = interval(values);
    line.measured(
        name,
        interval.as_ref().map_or(f64::NAN, |interval| interval.mean),
        interval.and_then(|interval| interval.ends),
    )
}

/// ε by (source, n), n ε² over its limit, √(limit/n), the floor of fixed logits, the share without a finite minimiser, and what a direction
/// costs in labels.
pub(super) fn samples(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for source in Source::ALL {
        for cell in source.cells(results)? {
            let n = cell.number("process.samples")?;
            let finite = Finite::of(source, &cell)?;
            let losses = finite.values(&cell, &POPULATION_LOSS)?;
            let limits = limits(source, &cell, &finite)?;
            let ratios: Vec<f64> = match &limits {
                Some(limits) => losses.iter().zip(limits).map(|(loss, (trace, _))| n * loss / trace).collect(),
                None => Vec::new(),
            };
            let limit =
                limits.map_or(f64::NAN, |limits| mean(&limits.iter().map(|(trace, _)| *trace).collect::<Vec<_>>()));
            let floor =
                if source == Source::Offset { mean(&finite.values(&cell, &APPROXIMATION_ERROR)?) } else { f64::NAN };
            let each = match source {
                Source::Labels => {
                    let of_rank =
                        finite.values(&cell, &LABEL_TRACE)?.into_iter().zip(finite.values(&cell, &DIFFERENCE_RANK)?);
                    mean(&of_rank.map(|(trace, rank)| trace / rank).collect::<Vec<_>>())
                }
                _ => f64::NAN,
            };
            let line = Line::default()
                .label("source", source.name())
                .label("samples", cell.label("process.samples"))
                .label("replicates", cell.replicates.len().to_string());
            let line = measured(line, "epsilon", &losses.iter().map(|loss| loss.sqrt()).collect::<Vec<_>>());
            lines.push(
                measured(line, "ratio", &ratios)
                    .number("limit", (limit / n).sqrt())
                    .number("floor", floor)
                    .number("infinite", if source.has_labels() { finite.infinite } else { f64::NAN })
                    .number("each", each),
            );
        }
    }
    Ok(Table::of_lines(lines))
}

/// |log-odds| of two responses by round: labels with flips, and win rates with hard labels.
pub(super) fn rounds(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["flips", "win-rate"] {
        for cell in results.cells(part)? {
            let number = |key: &str, default: f64| cell.number(key).unwrap_or(default);
            for t in 0..=cell.rounds() {
                let odds = mean(&cell.values(&LOG_ODDS, t)?).abs();
                let start = mean(&cell.values(&LOG_ODDS, 0)?).abs();
                let step = if t > 0 { odds - mean(&cell.values(&LOG_ODDS, t - 1)?).abs() } else { f64::NAN };
                lines.push(
                    Line::default()
                        .label("part", part)
                        .label("gap", start.to_string())
                        .label("beta", cell.label("process.beta"))
                        .label("temperature", number("process.labels.temperature", 1.0).to_string())
                        .label("flip", number("process.labels.flip", 0.0).to_string())
                        .label("t", t.to_string())
                        .number("log_odds", odds)
                        .number("step", step),
                );
            }
        }
    }
    Ok(Table::of_lines(lines))
}
