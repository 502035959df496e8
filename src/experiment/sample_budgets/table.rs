//! What was measured beside closed forms, one line for each point that is drawn.

use super::super::{CellRows, Line, Results, Table};
use super::{LEAST, LOOPS, draws, expected_failure, failure, hidden};
use crate::metrics::named::BASE_FAILURE;
use crate::papers::huang2024::theory::budget::{self, Budget};
use crate::papers::huang2024::theory::floor::bayes_floor;
use crate::papers::huang2024::theory::hidden::Hidden;
use crate::papers::huang2024::theory::resampling::prompt_failure;
use crate::papers::huang2024::theory::sft::{Tuning, first_term, sft};
use crate::stats::mean_with_error;
use crate::{Error, Result};

/// ρ of the bounds that are drawn, and N of theirs.
const RHO: f64 = 0.1;
const BEST_OF: f64 = 20.0;
/// n at which closed forms are drawn, between 10 and 10^4.
const POINTS: i32 = 40;

/// Where a point belongs: the panel, the series, its setting, and `measured`, `law`, `bound` or `floor`.
struct Place<'a>(&'a str, &'a str, String, &'a str);

fn line(place: &Place<'_>, x: f64, y: f64, ends: Option<(f64, f64)>, replicates: usize) -> Line {
    let Place(panel, series, setting, what) = place;
    Line::default()
        .label("panel", *panel)
        .label("series", *series)
        .label("setting", setting.clone())
        .label("what", *what)
        .number("x", x)
        .measured("y", y, ends)
        .label("replicates", if replicates == 0 { String::new() } else { replicates.to_string() })
}

fn closed(place: &Place<'_>, x: f64, y: f64) -> Line {
    line(place, x, y, None, 0)
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    least(results, &mut lines)?;
    one_instance(results, &mut lines)?;
    floors(results, &mut lines)?;
    laws(results, &mut lines)?;
    Ok(Table::of_lines(lines))
}

/// Whole numbers evenly spaced in the logarithm.
fn grid(first: f64, last: f64) -> impl Iterator<Item = f64> {
    let at = move |i: i32| (first.ln() + (last / first).ln() * f64::from(i) / f64::from(POINTS - 1)).exp().round();
    (0..POINTS).map(at)
}

/// The least draws for ε on the instance with Δ = 4ε, κ_0 = 4 and M = 64; and the draws of runs beside the failure that they came to.
fn least(results: &Results, lines: &mut Vec<Line>) -> Result<()> {
    let of = |name: &str| -> fn(&Hidden, f64) -> Result<Budget> {
        match name {
            "fixed" => budget::fixed,
            "adaptive" => budget::adaptive,
            "self-rewarding" => budget::self_rewarding,
            _ => budget::bayes,
        }
    };
    for (name, what) in LOOPS.map(|(name, _)| (name, "law")).into_iter().chain([("floor", "floor")]) {
        let place = Place("least", name, String::new(), what);
        for i in 0..=10 {
            let epsilon = 0.2 * 0.5f64.powf(0.5 * f64::from(i));
            let mass = 4.0 * epsilon;
            let instance = Hidden::near_kappa0(64.0, 4.0, mass)?;
            lines.push(closed(&place, epsilon, of(name)(&instance, epsilon)?.draws));
        }
    }
    for (name, _) in LOOPS {
        let place = Place("least", name, String::new(), "measured");
        for inverse in LEAST {
            for cell in results.cells(&format!("least-{name}-{inverse}"))? {
                lines.push(line(&place, failure(&cell, 1)?.mean, draws(&cell, 1)?, None, cell.replicates.len()));
            }
        }
    }
    Ok(())
}

/// Failure against draws on one hard instance.
fn one_instance(results: &Results, lines: &mut Vec<Line>) -> Result<()> {
    let mut instance = None;
    for (name, _) in LOOPS {
        for cell in results.cells(name)? {
            let key = match name {
                "fixed" => "process.best_of",
                "adaptive" => "process.adaptive",
                _ => "",
            };
            let setting = if key.is_empty() { String::new() } else { cell.label(key) };
            let mean = failure(&cell, 1)?;
            let place = Place("one", name, setting, "measured");
            lines.push(line(&place, draws(&cell, 1)?, mean.mean, mean.ends, cell.replicates.len()));
            instance = Some(hidden(&cell)?);
        }
    }
    let Some(instance) = instance else { return Ok(()) };
    let failing = |n: f64, hit: f64| -> Result<f64> {
        Ok(instance.mass() * prompt_failure(n, instance.weight(), hit, true, 0.5)?)
    };
    let log_class = instance.prompts() * instance.responses().ln();
    let eta = 0.1f64;
    let stopped = instance.stopped(-eta.ln())?;
    let cost = (1.0 - instance.mass()) * stopped.sentinel + instance.mass() * stopped.draws;
    for n in grid(10.0, 2e4) {
        for each in [5.0, BEST_OF] {
            let place = Place("one", "fixed", each.to_string(), "law");
            lines.push(closed(&place, n * each, failing(n, instance.best_of(each)?)?));
        }
        let round = Tuning {
            log_class,
            n,
            best_of: BEST_OF,
            rho: RHO,
            delta: 0.5,
            modes: vec![instance.probability(), 1.0],
            weights: vec![instance.mass(), 1.0 - instance.mass()],
        };
        let place = Place("one", "fixed", BEST_OF.to_string(), "bound");
        lines.push(closed(&place, n * BEST_OF, sft(&round, None)?.value()));
        let setting = (-eta.ln()).to_string();
        let place = Place("one", "adaptive", setting.clone(), "law");
        lines.push(closed(&place, n * cost, failing(n, stopped.hit)?));
        let place = Place("one", "adaptive", setting, "bound");
        lines.push(closed(&place, n * cost, first_term(log_class, n, RHO, 0.5, eta)?));
        let place = Place("one", "self-rewarding", String::new(), "law");
        lines.push(closed(&place, 2.0 * n, pairs(&instance, n)));
        // With N = 1 the floor is least at a given number of draws.
        let place = Place("one", "floor", "1".into(), "floor");
        lines.push(closed(&place, n, bayes_floor(&instance, n, 1.0)?.value()));
    }
    Ok(())
}

/// The law of the loop of pairs (C13).
fn pairs(instance: &Hidden, n: f64) -> f64 {
    let q = instance.probability();
    instance.mass() * (n * (-2.0 * q * (1.0 - q) * instance.weight()).ln_1p()).exp()
}

/// A floor below which failures are too few for a ratio to say anything.
const LEAST_FLOOR: f64 = 1e-3;

/// The base failure of the loop of pairs after one round over the floor, on four instances.
fn floors(results: &Results, lines: &mut Vec<Line>) -> Result<()> {
    let mut drawn: Vec<String> = Vec::new();
    for cell in results.cells("floor")? {
        let (instance, mean) = (hidden(&cell)?, failure(&cell, 1)?);
        let setting = format!("M = {}, K = {}", instance.prompts(), instance.responses());
        let floor = |n: f64| bayes_floor(&instance, n, 2.0).map(|floor| floor.value());
        let n = cell.number("process.samples")?;
        let below = floor(n)?;
        if below >= LEAST_FLOOR {
            let place = Place("floor", "self-rewarding", setting.clone(), "measured");
            let ends = mean.ends.map(|(low, high)| (low / below, high / below));
            lines.push(line(&place, n, mean.mean / below, ends, cell.replicates.len()));
        }
        if !drawn.contains(&setting) {
            drawn.push(setting.clone());
            for n in grid(10.0, 6e3) {
                let below = floor(n)?;
                if below >= LEAST_FLOOR {
                    let place = Place("floor", "self-rewarding", setting.clone(), "law");
                    lines.push(closed(&place, n, pairs(&instance, n) / below));
                }
            }
        }
    }
    Ok(())
}

/// The law S3 of a cell, mean over its replicates' base policies.
pub(super) fn resampled(cell: &CellRows, delta: f64) -> Result<f64> {
    let simulation = cell.simulation()?;
    let (n, best_of) = (cell.number("process.samples")?, cell.number("process.best_of")?);
    let of = |&replicate: &usize| expected_failure(&*simulation.instance(replicate)?, (n, best_of), delta, false);
    let laws: Vec<f64> = cell.numbers.iter().map(of).collect::<Result<_>>()?;
    if laws.is_empty() { Err(Error::argument("replicates", 0, "at least one")) } else { Ok(mean_with_error(&laws).0) }
}

/// Measured base failure beside its expectation.
fn laws(results: &Results, lines: &mut Vec<Line>) -> Result<()> {
    for cell in results.cells("resampling")? {
        for delta in cell.simulation()?.deltas {
            let mean = cell.mean(BASE_FAILURE.at(delta), 1)?;
            let place = Place("law", "fixed", format!("δ = {delta}"), "measured");
            lines.push(line(&place, resampled(&cell, delta)?, mean.mean, mean.ends, cell.replicates.len()));
        }
    }
    Ok(())
}
