//! A sampled step of the misspecified class: the bound on its distance from the population's, and its law (M5, M6).

use std::collections::BTreeMap;

use super::is_sampled;
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Source, Statement, Trial};
use crate::experiment::{CellRows, misspecified};
use crate::metrics::Quantity;
use crate::metrics::misspecification::OwnStep;
use crate::metrics::named::{
    APPROXIMATION_ERROR, DIFFERENCE_RANK, ESTIMATION_ERROR, GAP, GAP_DEVIATION, KAPPA, KAPPA_DEVIATION, KL,
    KL_DEVIATION, NOISE_SQUARE, NOISE_TRACE, POPULATION_FLIPS, POPULATION_GAP, POPULATION_KAPPA, POPULATION_KL,
    PREDICTED_FLIPS, STEP_LENGTH,
};
use crate::metrics::noise::Noise;
use crate::simulate::Simulation;
use crate::stats::mean_with_error;
use crate::study::definition::Verdict;

/// ρ of the explicit claims: the share of replicates that a true statement may miss.
pub(super) const RHO: f64 = 0.1;
/// Standard errors that a mean may lie from what is said of its expectation: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
/// n from which on the laws, which are limits, are judged.
const LEAST: f64 = 4096.0;
/// Replicates from which on a cell is judged.
const ENOUGH: usize = 300;
/// n from which on leverages are small beside it, in their own size: a limit is then a few parts of a hundred away.
const SMALL: f64 = 50.0;
/// D/(nβ²) of a short step, as a part of the standard error of a variance: what is left out of the limit is of this order.
const SHORT: f64 = 0.5;
/// Instances whose leverage is looked at: those of a cell are alike.
const LOOKED_AT: usize = 4;
/// A residual that is more than rounding, nats.
const MISSED: f64 = 1e-6;
/// The laws of modes are of leading order: what is left may come to this share.
const ORDER: f64 = 0.05;

const STEPS: &[Source] = &[
    Source { experiment: "where_noise_enters", part: "offset" },
    Source { experiment: "where_noise_enters", part: "root-n" },
    Source { experiment: "where_noise_enters", part: "rounds" },
];
const LAW: &[Source] = &[Source { experiment: "where_noise_enters", part: "law" }];
const MODES: &[Source] = &[Source { experiment: "mode_flips", part: "offset" }];

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "M5",
        says: "e_n ≤ (1−s)⁻¹[√(D/n) + √(2x(λ + 2V√(D/n))/n) + Vx/(3n)] in every round, x = log(2T/ρ) and the least s with a chance of ρ/(2T)",
        level: Level::Explicit,
        result: "matrix Chernoff bound and Bousquet's inequality (ours)",
        expected: Verdict::Holds,
        sources: STEPS,
        statement: Statement::Replicates(bounded),
        rule: Rule::WithProbability { rho: RHO },
        note: "e_n is the distance of the step from the population's in the metric of the loss; a round with too few pairs for its leverage is void",
        controls: &[Control {
            id: "M5.no-deviation",
            says: "e_n ≤ √(D/n)",
            sources: STEPS,
            statement: Statement::Replicates(bounded_by_the_mean),
            rule: Rule::WithProbability { rho: RHO },
        }],
    },
    Claim {
        note: "n ≥ 4096; what is averaged is n e²/D of each replicate, whose variance tends to 2Σλ_j²/D²",
        ..law(
            "M6a",
            "n E e_n² → D with variance 2Σλ_j², λ_j the eigenvalues of E ξ²ZZᵀ, to 6 standard errors of each mean and of all cells together",
            LAW,
            excess_loss,
            &[Control::cells("M6a.homoscedastic", "r ε_app² in place of D", LAW, homoscedastic)],
        )
    },
    Claim {
        note: "n ≥ 4096; the variance over replicates of √n(f − f*)β/√(∇fᵀV∇f), f* at the population update of each, is 1 in the limit",
        ..law(
            "M6b",
            "√n times the standard deviation of J_t, κ and KL at π_{t+1} tends to √(∇fᵀV_t∇f)/β, to 6 standard errors",
            LAW,
            delta_method,
            &[Control::cells("M6b.one", "they fall as 1/n from n = 4096 on", LAW, delta_method_in_n)],
        )
    },
    Claim {
        note: "n ≥ 4096; to leading order: 5% are allowed beside the errors",
        ..law(
            "M6c",
            "the expected share of modes that differ from the population update's is Σ_x p(x)Φ(−√n g/τ), to 6 standard errors",
            MODES,
            flips,
            &[Control::cells("M6c.one", "it falls as 1/n from n = 4096 on", MODES, flips_in_n)],
        )
    },
];

/// A law of expectations, expected to hold.
const fn law(
    id: &'static str,
    says: &'static str,
    sources: &'static [Source],
    judge: fn(&[CellRows]) -> Result<Vec<Case>>,
    controls: &'static [Control],
) -> Claim {
    Claim {
        level: Level::Explicit,
        ..Claim::exact(id, says, "delta method (ours)", sources, Statement::Cells(judge), controls)
    }
}

/// The bound of M5 on e of the step to round t, at ρ/T; +∞ where it says nothing.
fn excess(trial: &Trial<'_>, t: usize) -> Result<f64> {
    let rows = |quantity: &'static Quantity, t: usize| trial.get(quantity, t);
    misspecified::excess(&rows, t, trial.samples(), RHO / trial.rounds() as f64)
}

fn bounded(trial: &Trial<'_>) -> Result<Option<Case>> {
    errors(trial, excess)
}

fn bounded_by_the_mean(trial: &Trial<'_>) -> Result<Option<Case>> {
    errors(trial, |trial, t| Ok((trial.get(&NOISE_TRACE, t)? / trial.samples()).sqrt()))
}

/// e of every round against a bound.
fn errors(trial: &Trial<'_>, bound: fn(&Trial<'_>, usize) -> Result<f64>) -> Result<Option<Case>> {
    if !is_sampled(trial.simulation()) {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        let tolerance = 1e-9 * trial.get(&STEP_LENGTH, t)?.max(1.0);
        case.comparisons.push(Comparison::unlimited(trial.get(&ESTIMATION_ERROR, t)?, bound(trial, t)?, tolerance));
    }
    Ok(Some(case))
}

/// The cells that a law speaks of: n large enough, beside the largest leverage of a pair too, and something that is missed. What depends on
/// θ_{t+1} itself follows a law of `short` steps, whose scatter moves θ by √(D/n)/β: it is small beside 1, β = c/√n among what is not.
fn large(cells: &[CellRows], short: bool) -> Result<Vec<CellRows>> {
    let (mut large, mut known) = (Vec::new(), BTreeMap::new());
    for cell in cells {
        let simulation = cell.simulation()?;
        let (samples, beta) = (simulation.process.samples as f64, simulation.process.beta);
        if !is_sampled(&simulation) || samples < LEAST || cell.rounds() == 0 {
            continue;
        }
        let missed = cell.values(&APPROXIMATION_ERROR, 1);
        let misses = missed.is_err() || missed?.iter().all(|missed| *missed > MISSED);
        if !misses {
            continue;
        }
        // Of few replicates nothing is judged, whatever the leverage.
        let fits = cell.replicates.len() < ENOUGH || {
            let Sizes { leverage, trace } = sizes(&simulation, cell, &mut known)?;
            let moved = trace / (samples * beta * beta);
            leverage * SMALL <= samples && (!short || moved <= SHORT * spread(cell))
        };
        if fits {
            large.push(cell.clone());
        }
    }
    Ok(large)
}

/// The standard error of a sample variance of a cell's replicates, relative to the variance.
fn spread(cell: &CellRows) -> f64 {
    (2.0 / (cell.replicates.len() as f64 - 1.0)).sqrt()
}

/// What a law asks of an instance.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// The largest leverage ‖Z‖² of a pair under π_0; ∞ where there is no direction.
    leverage: f64,
    /// D of the first step, nats².
    trace: f64,
}

/// The largest of the instances of a cell's first replicates. `known` are those that cells of the same instances asked for.
fn sizes(simulation: &Simulation, cell: &CellRows, known: &mut BTreeMap<String, Sizes>) -> Result<Sizes> {
    let config = &cell.cell.config;
    let one = config.run.same_instance || simulation.fixed().is_some();
    let mut most = Sizes { leverage: 0.0, trace: 0.0 };
    for &number in cell.numbers.iter().take(if one { 1 } else { LOOKED_AT }) {
        let key = format!("{:?} {:?} {}", config.instance, config.run.seed, if one { 0 } else { number });
        if !known.contains_key(&key) {
            let instance = simulation.instance(number)?;
            let policy = instance.policy(instance.base());
            let own = OwnStep::new(&instance, instance.base(), &policy);
            let noise = Noise::new(&own);
            let leverage = if noise.rank > 0 { noise.leverage } else { f64::INFINITY };
            known.insert(key.clone(), Sizes { leverage, trace: noise.eigenvalues.iter().sum() });
        }
        let Sizes { leverage, trace } = known[&key];
        most = Sizes { leverage: most.leverage.max(leverage), trace: most.trace.max(trace) };
    }
    Ok(most)
}

/// How far a mean may lie from what is said of it. One of few replicates is shown, and not judged.
fn allowed(cell: &CellRows, error: f64) -> f64 {
    if cell.replicates.len() >= ENOUGH { FAR * error } else { f64::INFINITY }
}

/// A mean that should be 1, with the standard error that the law gives it.
struct Standardised {
    mean: f64,
    error: f64,
}

/// Each mean against 1, and all cells together for each of the quantities.
fn ones(cells: &[CellRows], short: bool, of: impl Fn(&CellRows) -> Result<Vec<Standardised>>) -> Result<Vec<Case>> {
    let mut together: Vec<(f64, f64)> = Vec::new();
    let case = |cell: &CellRows| {
        let (means, mut case) = (of(cell)?, of_cell(cell));
        together.resize(together.len().max(means.len()), (0.0, 0.0));
        for (Standardised { mean, error }, sum) in means.iter().zip(&mut together) {
            let tolerance = allowed(cell, *error);
            case.comparisons.push(Comparison::identity(*mean, 1.0, tolerance));
            if tolerance.is_finite() {
                *sum = (sum.0 + (mean - 1.0) / error, sum.1 + 1.0);
            }
        }
        Ok(case)
    };
    let mut cases = cell_by_cell(&large(cells, short)?, case)?;
    // Cells are independent: the sum of their standardised distances has variance 1 for each.
    if let Some(last) = cases.last_mut() {
        let judged = together.iter().filter(|(_, count)| *count > 0.0);
        last.comparisons.extend(judged.map(|(sum, count)| Comparison::identity(*sum, 0.0, FAR * count.sqrt())));
    }
    Ok(cases)
}

fn excess_loss(cells: &[CellRows]) -> Result<Vec<Case>> {
    ones(cells, false, |cell| {
        let (trace, square) = (cell.values(&NOISE_TRACE, 1)?, cell.values(&NOISE_SQUARE, 1)?);
        let (mean, error) = scaled_loss(cell, &trace, &square)?;
        // (ne² − D)²/(2Σλ²) has the variance 2 + 12 Σλ⁴/(Σλ²)² in the limit, 14 at most.
        let n = cell.number("process.samples")?;
        let squared = cell.values(&ESTIMATION_ERROR, 1)?;
        let spread: f64 = squared
            .iter()
            .zip(trace.iter().zip(&square))
            .map(|(e, (trace, square))| (n * e * e - trace).powi(2) / (2.0 * square))
            .sum();
        let count = squared.len() as f64;
        let variance = Standardised { mean: spread / count, error: (14.0 / count).sqrt() };
        Ok(vec![Standardised { mean, error }, variance])
    })
}

fn homoscedastic(cells: &[CellRows]) -> Result<Vec<Case>> {
    ones(cells, false, |cell| {
        let (missed, ranks) = (cell.values(&APPROXIMATION_ERROR, 1)?, cell.values(&DIFFERENCE_RANK, 1)?);
        let trace: Vec<f64> = missed.iter().zip(&ranks).map(|(missed, rank)| rank * missed * missed).collect();
        let (mean, error) = scaled_loss(cell, &trace, &cell.values(&NOISE_SQUARE, 1)?)?;
        Ok(vec![Standardised { mean, error }])
    })
}

/// The mean of n e²/`scale`, and its standard error with the variance 2Σλ² of each n e².
fn scaled_loss(cell: &CellRows, scale: &[f64], square: &[f64]) -> Result<(f64, f64)> {
    let n = cell.number("process.samples")?;
    let errors = cell.values(&ESTIMATION_ERROR, 1)?;
    let count = errors.len() as f64;
    let mean = errors.iter().zip(scale).map(|(e, scale)| n * e * e / scale).sum::<f64>() / count;
    let variance = scale.iter().zip(square).map(|(scale, square)| 2.0 * square / scale.powi(2)).sum::<f64>();
    Ok((mean, variance.sqrt() / count))
}

/// What the delta method speaks of: a quantity, its value at the population update, and its predicted deviation.
const FUNCTIONS: [(&Quantity, &Quantity, &Quantity); 3] = [
    (&GAP, &POPULATION_GAP, &GAP_DEVIATION),
    (&KAPPA, &POPULATION_KAPPA, &KAPPA_DEVIATION),
    (&KL, &POPULATION_KL, &KL_DEVIATION),
];

fn delta_method(cells: &[CellRows]) -> Result<Vec<Case>> {
    ones(cells, true, |cell| deviations(cell, |_| 1.0))
}

fn delta_method_in_n(cells: &[CellRows]) -> Result<Vec<Case>> {
    // A deviation that falls as 1/n is √(4096/n) of the predicted one.
    ones(cells, true, |cell| deviations(cell, |n| (LEAST / n).sqrt()))
}

/// The sample variance of each standardised deviation: of a normal variate, 1 with the variance 2/(R−1).
fn deviations(cell: &CellRows, share: fn(f64) -> f64) -> Result<Vec<Standardised>> {
    let n = cell.number("process.samples")?;
    let of = |(quantity, population, predicted): (&'static Quantity, &'static Quantity, &'static Quantity)| {
        let (values, centres) = (cell.values(quantity, 1)?, cell.values(population, 1)?);
        let predicted = cell.values(predicted, 1)?;
        let standard =
            |((value, centre), predicted): ((&f64, &f64), &f64)| n.sqrt() * (value - centre) / (predicted * share(n));
        let all: Vec<f64> = values.iter().zip(&centres).zip(&predicted).map(standard).collect();
        let (count, centre) = (all.len() as f64, mean_with_error(&all).0);
        let mean = all.iter().map(|z| (z - centre).powi(2)).sum::<f64>() / (count - 1.0);
        Ok(Standardised { mean, error: (2.0 / (count - 1.0)).sqrt() })
    };
    FUNCTIONS.into_iter().map(of).collect()
}

fn flips(cells: &[CellRows]) -> Result<Vec<Case>> {
    shares(cells, |_| 1.0)
}

fn flips_in_n(cells: &[CellRows]) -> Result<Vec<Case>> {
    // What falls as n^(−1/2) is √(n/4096) times too large for 1/n.
    shares(cells, |n| (LEAST / n).sqrt())
}

/// The share of modes that differ from the population update's against the prediction times a factor of n.
fn shares(cells: &[CellRows], factor: fn(f64) -> f64) -> Result<Vec<Case>> {
    cell_by_cell(&large(cells, true)?, |cell| {
        let simulation = cell.simulation()?;
        let (n, prompts) = (cell.number("process.samples")?, simulation.instance(cell.numbers[0])?.prompts() as f64);
        let predicted: Vec<f64> = cell.values(&PREDICTED_FLIPS, 1)?.iter().map(|share| share * factor(n)).collect();
        let measured = cell.values(&POPULATION_FLIPS, 1)?;
        let distances: Vec<f64> = measured.iter().zip(&predicted).map(|(one, other)| one - other).collect();
        let (_, error) = mean_with_error(&distances);
        let (measured, predicted) = (mean_with_error(&measured).0, mean_with_error(&predicted).0);
        // Where few flips or none are seen their own scatter says too little: they are no rarer than a Poisson law has it.
        let poisson = (predicted / (prompts * distances.len() as f64)).sqrt();
        let error = error.unwrap_or(f64::INFINITY).max(poisson);
        let mut case = of_cell(cell);
        case.comparisons.push(Comparison::identity(measured, predicted, allowed(cell, error) + ORDER * predicted));
        Ok(case)
    })
}
