//! The instance with a margin: failure suddenly zero (C12), and the explicit bound (C18) in three forms, with the constants of
//! every run read off that run.

use super::ROUNDS;
use super::row::{Row, power, tabulate};
use crate::Result;
use crate::experiment::{CellRows, Finding, Results, Table};
use crate::plot::{Axis, Figure, Guide, Panel, Point, Series, Style};
use crate::stats::upper_tail;
use crate::theory::iterative::{RoundConstants, Setting, Shape, complete_spans, explicit, round_by_round};
use crate::theory::linear_softmax::{own_round_epsilon, realizable_radius};
use crate::theory::one_step::{Class, Regularisation, zero_failure};

const PART: &str = "margin";

/// ρ: each of the bounds may fail in this share of the runs.
const RHO: f64 = 0.05;

/// The δ of the figure.
const SHOWN: (f64, &str) = (0.1, "failure_0.1");

/// What rounding may add to an r̄ of 1: a point mass has C_{π/π_0} = κ_0 exactly.
const ROUNDING: f64 = 1e-12;

/// What C18 says of one run, +∞ where it says nothing.
struct Bounds {
    /// One γ, one B, one r̄ for all rounds.
    uniform: f64,
    /// Every round with its own constants.
    round_by_round: f64,
    /// The shape with constant 1, of a run with r̄ ≤ 1.
    shape: Option<f64>,
    /// ε = 0, of a run whose spans were complete in every round.
    complete_spans: Option<f64>,
}

/// What the bounds read off a run.
struct Run {
    kappa0: f64,
    /// ‖θ_t‖ and γ_t for t = 0, …, T−1.
    theta_norms: Vec<f64>,
    margins: Vec<f64>,
    /// √(C_{π_{t+1}/π_t}/κ_t) for t = 0, …, T−1.
    excesses: Vec<f64>,
    /// μ.
    confidence: f64,
    /// Whether all feature differences were in the span of those seen, in every round.
    complete: bool,
}

/// All runs of a cell up to round T.
fn runs(cell: &CellRows, rounds: usize) -> Result<Vec<Run>> {
    let columns = |name: &str, times: std::ops::Range<usize>| {
        times.map(|t| cell.values(name, t)).collect::<Result<Vec<Vec<f64>>>>()
    };
    let (before, after) = (0..rounds, 1..rounds + 1);
    let (kappa, theta_norms) = (cell.values("kappa", 0)?, columns("theta_norm", before.clone())?);
    let (margins, excesses) = (columns("margin", before)?, columns("excess", after.clone())?);
    let (confidences, ranks) = (columns("min_confidence", after.clone())?, columns("rank_fraction", after)?);
    let run = |r: usize| {
        let of = |columns: &[Vec<f64>]| columns.iter().map(|values| values[r]).collect::<Vec<f64>>();
        Run {
            kappa0: kappa[r],
            theta_norms: of(&theta_norms),
            margins: of(&margins),
            excesses: of(&excesses),
            confidence: of(&confidences).into_iter().fold(1.0, f64::min),
            complete: of(&ranks).iter().all(|&rank| rank == 1.0),
        }
    };
    Ok((0..kappa.len()).map(run).collect())
}

impl Run {
    fn bounds(&self, dim: f64, n: f64, beta: f64, delta: f64) -> Result<Bounds> {
        let rounds = self.margins.len() as u32;
        let gamma = self.margins.iter().copied().fold(f64::INFINITY, f64::min);
        let excess = self.excesses.iter().copied().fold(0.0, f64::max);
        if gamma <= 0.0 || !excess.is_finite() {
            return Ok(Bounds {
                uniform: f64::INFINITY,
                round_by_round: f64::INFINITY,
                shape: None,
                complete_spans: None,
            });
        }
        let setting = Setting {
            class: Class::Linear {
                dim,
                radius: realizable_radius(self.theta_norms[0], beta, rounds)?,
                theta_norm: None,
                range: None,
            },
            beta: Regularisation::Fixed(beta),
            kappa0: self.kappa0,
            gamma,
            mu: self.confidence,
            rho: RHO,
            excess,
        };
        let constants = |t: usize| -> Result<RoundConstants> {
            let epsilon = own_round_epsilon(dim, self.theta_norms[t], n, beta, RHO / f64::from(rounds))?.value();
            Ok(RoundConstants { gamma: self.margins[t], epsilon, excess: self.excesses[t] })
        };
        let own = (0..self.margins.len()).map(constants).collect::<Result<Vec<_>>>()?;
        let shape = || {
            let contraction = setting.rates(n, rounds)?.contraction;
            Shape { n, rounds, kappa0: self.kappa0, gamma, delta, contraction, constant: 1.0 }.failure(dim)
        };
        let complete = || complete_spans(self.kappa0, gamma, self.confidence, beta, delta, rounds);
        Ok(Bounds {
            uniform: explicit(&setting, n, rounds, delta)?.value(),
            round_by_round: round_by_round(self.kappa0, self.confidence, beta, delta, &own)?.value(),
            shape: (excess <= 1.0 + ROUNDING).then(shape).transpose()?.map(|bound| bound.value()),
            complete_spans: self.complete.then(complete).transpose()?.map(|bound| bound.value()),
        })
    }
}

/// The bounds of all runs of a cell.
fn bounds(cell: &CellRows, rounds: usize, delta: f64) -> Result<Vec<Bounds>> {
    let (dim, n, beta) =
        (cell.number("instance.dim")?, cell.number("process.samples")?, cell.simulation()?.process.beta);
    runs(cell, rounds)?.iter().map(|run| run.bounds(dim, n, beta, delta)).collect()
}

/// Of which runs C12 says that the failure rate is 0 after round T: the last update was the population's, from a policy whose
/// margin was large enough.
fn promised_zero(cell: &CellRows, rounds: usize, delta: f64) -> Result<Vec<bool>> {
    let (beta, responses) = (cell.simulation()?.process.beta, cell.number("instance.responses")?);
    let (margins, ranks) = (cell.values("margin", rounds - 1)?, cell.values("rank_fraction", rounds)?);
    let promise = |(&margin, &rank): (&f64, &f64)| {
        Ok(rank == 1.0 && margin > 0.0 && !zero_failure(responses, margin, beta, delta)?.vacuous())
    };
    margins.iter().zip(&ranks).map(promise).collect()
}

pub fn findings(results: &Results) -> Result<Vec<Finding>> {
    let cells = results.cells(PART)?;
    let mut found = vec![sudden_zero(&cells)?];
    found.extend(bounds_hold(&cells)?);
    Ok(found)
}

/// The cells of one margin, by margin, in the order of the grid.
fn by_margin(cells: &[CellRows]) -> Vec<Vec<&CellRows>> {
    let same = |a: &CellRows, b: &CellRows| a.label("instance.margin") == b.label("instance.margin");
    cells.chunk_by(same).map(|cells| cells.iter().collect()).collect()
}

/// C12, exact: wherever it promises zero, zero it is; and before that it is not.
fn sudden_zero(cells: &[CellRows]) -> Result<Finding> {
    let (mut promised, mut broken) = (0, 0);
    for cell in cells {
        for rounds in ROUNDS {
            for delta in [0.5, 0.1, 0.01] {
                let failures = cell.values(&format!("failure_{delta}"), rounds)?;
                for (promise, failure) in promised_zero(cell, rounds, delta)?.into_iter().zip(failures) {
                    promised += usize::from(promise);
                    broken += usize::from(promise && failure != 0.0);
                }
            }
        }
    }
    let (mut drops, mut sudden) = (Vec::new(), true);
    for cells in by_margin(cells) {
        let failing = |cell: &&&CellRows| cell.values(SHOWN.1, 1).is_ok_and(|values| values.iter().any(|&f| f > 0.0));
        let last = cells.iter().rev().find(failing);
        let first_zero = cells.iter().find(|cell| !failing(cell));
        sudden &= last.is_some() && first_zero.is_some();
        if let (Some(last), Some(zero)) = (last, first_zero) {
            drops.push(format!(
                "at margin {} from {:.3} at n = {} to 0 in every run from n = {} on",
                zero.label("instance.margin"),
                last.mean(SHOWN.1, 1)?.mean,
                power(last.number("process.samples")?),
                power(zero.number("process.samples")?)
            ));
        }
    }
    let text = format!(
        "margin: F_1(0.1) drops {}; of {promised} values that must be exactly 0 {broken} are not",
        drops.join(", ")
    );
    Ok(Finding::new(broken == 0 && promised > 0 && sudden, text))
}

/// C18 in its three explicit forms: never violated beyond ρ, informative in the end for T = 1, and how late.
fn bounds_hold(cells: &[CellRows]) -> Result<Vec<Finding>> {
    let mut tally = [("uniform", 0u64, 0u64), ("round by round", 0, 0), ("complete spans", 0, 0)];
    let mut reach = Vec::new();
    let mut informative = true;
    for cells in by_margin(cells) {
        let mut least = [None, None, None];
        for cell in cells {
            for rounds in ROUNDS {
                let failures = cell.values(SHOWN.1, rounds)?;
                let all = bounds(cell, rounds, SHOWN.0)?;
                for (bounds, failure) in all.iter().zip(&failures) {
                    let forms = [Some(bounds.uniform), Some(bounds.round_by_round), bounds.complete_spans];
                    for ((_, said, broken), bound) in tally.iter_mut().zip(forms) {
                        let bound = bound.filter(|&bound| bound < 1.0);
                        *said += u64::from(bound.is_some());
                        *broken += u64::from(bound.is_some_and(|bound| *failure > bound));
                    }
                }
            }
            let all = bounds(cell, 1, SHOWN.0)?;
            let below = [
                all.iter().all(|bounds| bounds.uniform < 1.0),
                all.iter().all(|bounds| bounds.round_by_round < 1.0),
                all.iter().all(|bounds| bounds.complete_spans.is_some_and(|bound| bound < 1.0)),
            ];
            for (least, below) in least.iter_mut().zip(below) {
                *least = least.or(below.then_some(cell.number("process.samples")?));
            }
        }
        informative &= least.iter().all(Option::is_some);
        let [uniform, own, complete] = least.map(|n| n.map_or_else(|| "none".to_owned(), power));
        reach.push(format!("n = {uniform} (uniform), {own} (round by round), {complete} (complete spans)"));
    }
    // ρ is allowed for the forms that hold with probability 1 − ρ; the third is exact given complete spans, which were observed.
    let allowed = |said: u64, broken: u64, rho: f64| -> Result<bool> {
        Ok(broken == 0 || upper_tail(broken, said, rho)? > FALSE_ALARM)
    };
    let [uniform, own, complete] = tally;
    let holds = allowed(uniform.1, uniform.2, RHO)? && allowed(own.1, own.2, RHO)? && complete.2 == 0;
    let counts = tally.map(|(form, said, broken)| format!("{broken} of {said} ({form})"));
    Ok(vec![
        Finding::new(
            holds,
            format!("margin: runs above the explicit bound where it is below 1: {}", counts.join(", ")),
        ),
        Finding::new(
            informative,
            format!("margin: the explicit bound on F_1(0.1) is below 1 in every run first at {}", reach.join("; ")),
        ),
    ])
}

/// Of the two counts of violations, each.
const FALSE_ALARM: f64 = 1e-8;

/// Failure by (margin, T, n), the bounds (the largest over runs, +∞ where they say nothing), the share of runs with complete
/// spans, and of those that C12 promises zero.
pub fn table(results: &Results) -> Result<Table> {
    const KEYS: [&str; 2] = ["instance.margin", "process.samples"];
    let mut rows = Vec::new();
    for cell in results.cells(PART)? {
        for rounds in ROUNDS {
            let all = bounds(&cell, rounds, SHOWN.0)?;
            let largest = |of: &dyn Fn(&Bounds) -> f64| all.iter().map(of).fold(0.0, f64::max);
            let (uniform, own) = (largest(&|bounds| bounds.uniform), largest(&|bounds| bounds.round_by_round));
            let complete = all.iter().filter(|bounds| bounds.complete_spans.is_some()).count();
            let promised = promised_zero(&cell, rounds, SHOWN.0)?.iter().filter(|&&promise| promise).count();
            let runs = all.len() as f64;
            let excess = runs_excess(&cell, rounds)?;
            let measured = cell.mean(SHOWN.1, rounds)?.mean;
            rows.push(
                Row::of(&cell, &KEYS, rounds)
                    .measured(&cell, SHOWN.1, rounds)?
                    .number("kappa0", cell.mean("kappa", 0)?.mean)
                    .number("excess", excess)
                    .number("uniform", uniform)
                    .number("round_by_round", own)
                    .maybe("shape", largest_of_all(&all, |bounds| bounds.shape))
                    .maybe("complete_spans", largest_of_all(&all, |bounds| bounds.complete_spans))
                    .maybe("round_by_round_over_measured", (measured > 0.0).then(|| own / measured))
                    .number("complete_share", complete as f64 / runs)
                    .number("promised_zero_share", promised as f64 / runs),
            );
        }
    }
    Ok(tabulate(rows))
}

/// The largest over runs, if the bound applies to all of them.
fn largest_of_all(all: &[Bounds], of: fn(&Bounds) -> Option<f64>) -> Option<f64> {
    all.iter().map(of).try_fold(0.0, |largest: f64, bound| bound.map(|bound| largest.max(bound)))
}

/// r̄, the largest over runs.
fn runs_excess(cell: &CellRows, rounds: usize) -> Result<f64> {
    Ok(runs(cell, rounds)?.iter().flat_map(|run| &run.excesses).copied().fold(0.0, f64::max))
}

pub fn figure(table: &Table) -> Result<Figure> {
    let mut figure = Figure::new("With a margin failure is exactly 0 from a small n on; the explicit bound says so a million times later")
        .subtitle(format!(
            "Gaussian features, M = 500, K = 8, d = 16, ‖θ₀‖ = 4, β = 1/√n, ERM, δ = 0.1; {} replicates, bars: 95% Student-t intervals. \
             Bounds at ρ = {RHO} with each run's own γ, μ, κ₀, r̄, ‖θ_t‖; the largest over runs",
            table.distinct("replicates")?.join(", ")
        ))
        .columns(3)
        .shared_legend();
    for margin in table.distinct("margin")? {
        for rounds in ROUNDS {
            let rows = table.filter(&[("margin", &margin), ("rounds", &rounds.to_string())])?;
            figure = figure.panel(panel(&rows, &margin, rounds)?);
        }
    }
    Ok(figure)
}

fn panel(rows: &Table, margin: &str, rounds: usize) -> Result<Panel> {
    let bound = |column: &str| rows.points("samples", column);
    let mut panel = Panel::new(
        format!("margin {margin}, T = {rounds}"),
        Axis::log("samples per round n").range(10.0, 2e12),
        Axis::log("failure rate F_T(0.1)").range(1e-7, 1e4),
    )
    .series(Series::new("C18, uniform over rounds", Style::Dashed, 1, bound("uniform")?))
    .series(Series::new("C18, round by round", Style::DashDotted, 2, bound("round_by_round")?))
    .series(Series::new("C18, complete spans", Style::Dotted, 3, bound("complete_spans")?))
    .series(Series::new("shape of Theorem 6.2 with c = 1, where r̄ ≤ 1", Style::Line, 6, bound("shape")?))
    .series(Series::new("measured", Style::LineMarkers, 0, rows.measured("samples", SHOWN.1)?).bars())
    .guide(Guide::horizontal(1.0, ""));
    let first = |points: Vec<Point>, holds: fn(f64) -> bool| points.iter().find(|p| holds(p.y)).map(|p| p.x);
    if let Some(n) = first(bound("promised_zero_share")?, |share| share == 1.0) {
        panel = panel.guide(Guide::vertical(n, "C12: zero"));
    }
    for (name, column) in [("uniform", "uniform"), ("by round", "round_by_round"), ("complete", "complete_spans")] {
        let from = first(bound(column)?, |bound| bound < 1.0);
        panel = panel.note(from.map_or(format!("{name} < 1: never"), |n| format!("{name} < 1: n ≥ {}", power(n))));
    }
    Ok(panel)
}
