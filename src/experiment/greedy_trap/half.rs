//! Proposition 4.3 itself: greedy decoding must find a sequence whose probability exceeds 1/2.

use crate::Result;
use crate::experiment::{CellRows, Finding, Line, Results, Table};
use crate::metrics::Quantity;
use crate::metrics::named::{BASE_PROBABILITY, GREEDY_BASE, GREEDY_MODAL, MIN_CONFIDENCE};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::stats::clopper_pearson;
use crate::theory::greedy::greedy_must_succeed;

/// The sequences of which it speaks: name, probability, whether greedy decoding finds it.
const SEQUENCES: [(&str, &Quantity, &Quantity); 2] =
    [("base", &BASE_PROBABILITY, &GREEDY_BASE), ("own", &MIN_CONFIDENCE, &GREEDY_MODAL)];

/// The axis of the grid that runs slowest: cells of one p are neighbours.
const P: &str = "instance.trap.p";

/// Bins of the probability.
const BINS: usize = 20;

/// The probability of a sequence and whether greedy decoding found it, replicate by replicate after each round.
fn rounds(cell: &CellRows, probability: &Quantity, greedy: &Quantity) -> Result<Vec<Vec<(f64, bool)>>> {
    let (probability, greedy) = (cell.column(probability.name)?, cell.column(greedy.name)?);
    let round = |row: &Vec<Option<f64>>| Some((row[probability]?, row[greedy]? == 1.0));
    Ok(cell.replicates.iter().map(|rounds| rounds.iter().filter_map(round).collect()).collect())
}

/// For each bin, how many runs came through it, and in how many of them greedy decoding found the sequence in the first round
/// that did: one round a run, so that the runs of a bin are independent.
fn bins(cells: &[CellRows], probability: &Quantity, greedy: &Quantity) -> Result<[(u64, u64); BINS]> {
    let mut bins = [(0, 0); BINS];
    for cell in cells {
        for run in rounds(cell, probability, greedy)? {
            let mut seen = [false; BINS];
            for (probability, found) in run {
                // Closed above, so that 1/2 itself is not counted among the larger ones.
                let bin = ((probability * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
                if !std::mem::replace(&mut seen[bin], true) {
                    bins[bin].0 += 1;
                    bins[bin].1 += u64::from(found);
                }
            }
        }
    }
    Ok(bins)
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    let cells = results.cells("samples")?;
    for (sequence, probability, greedy) in SEQUENCES {
        for cells in cells.chunk_by(|a, b| a.label(P) == b.label(P)) {
            for (bin, (runs, found)) in bins(cells, probability, greedy)?.into_iter().enumerate() {
                if runs > 0 {
                    let line = Line::default()
                        .label("sequence", sequence)
                        .label("p", cells[0].label(P))
                        .number("from", bin as f64 / BINS as f64)
                        .number("to", (bin as f64 + 1.0) / BINS as f64)
                        .number("middle", (bin as f64 + 0.5) / BINS as f64)
                        .label("runs", runs.to_string())
                        .measured("found", found as f64 / runs as f64, Some(clopper_pearson(found, runs, 0.95)?));
                    lines.push(line);
                }
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// An implication, exact in every run and round. Sequences at exactly 1/2 are not spoken of.
pub(super) fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells("")?;
    let mut findings = Vec::new();
    for ((_, probability, greedy), what) in SEQUENCES.into_iter().zip(["base model's optimum", "policy's own optimum"])
    {
        let (mut above, mut missed, mut below, mut found_below) = (0, 0, 0, 0);
        for run in cells.iter().map(|cell| rounds(cell, probability, greedy)).collect::<Result<Vec<_>>>()?.concat() {
            for (probability, found) in run {
                // A sequence that was left for good may have probability 0 in doubles.
                if probability > 0.0 && greedy_must_succeed(probability)? {
                    above += 1;
                    missed += usize::from(!found);
                } else {
                    below += 1;
                    found_below += usize::from(found);
                }
            }
        }
        let statement = format!(
            "half, {what}: of {above} rounds in which it has probability above 1/2 greedy decoding misses it in {missed}; of {below} \
             others it finds it in {found_below}"
        );
        findings.push(Finding::new(above > 0 && missed == 0, statement));
    }
    Ok(findings)
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let panel = |sequence: &str, title: &str, axis: &str| -> Result<Panel> {
        let axes = (Axis::linear(axis).range(0.0, 1.0), Axis::linear("greedy decoding finds it").range(-0.03, 1.03));
        let mut panel = Panel::new(title, axes.0, axes.1).guide(Guide::vertical(0.5, "1/2"));
        for (color, p) in table.distinct("p")?.iter().enumerate() {
            let rows = table.filter(&[("sequence", sequence), ("p", p)])?;
            let label = format!("p = {p}");
            panel =
                panel.series(Series::new(label, Style::LineMarkers, color, rows.measured("middle", "found")?).bars());
        }
        Ok(panel)
    };
    Ok(Figure::new("Greedy decoding against the probability of the sequence that it should find")
        .subtitle(format!(
            "Sampled rounds, all n and β. Each run counts once in a bin of width {}, in the first round in which the sequence's \
             probability lies there: the share of these runs in which greedy decoding finds the sequence, with 95% Clopper–Pearson \
             intervals",
            1.0 / BINS as f64
        ))
        .columns(2)
        .panel(panel("base", "the base model's optimum y*₀", "πₜ(y*₀)")?)
        .panel(panel("own", "the policy's own optimum y*ₜ", "πₜ(y*ₜ)")?))
}
