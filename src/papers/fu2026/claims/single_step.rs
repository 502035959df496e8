//! What a single step cannot do: Theorem 4.1, Remark 4.2, Proposition 4.3 (C13–C15).

use super::curves::{replicate_curve, sorted_by};
use crate::Result;
use crate::claims::cases::{cell_by_cell, derived, of_cell};
use crate::claims::{Case, Claim, Comparison, Control, Curve, Level, Rule, Source, Statement, Trial, weigh::Exponent};
use crate::experiment::CellRows;
use crate::metrics::named::{BASE_PROBABILITY, FAILURE, GREEDY_BASE, KAPPA};
use crate::stats::interval::{mean_with_error, student_quantile};
use crate::study::definition::Verdict;
use crate::theory::single_step::{HardInstance, autoregressive_kappa0, risk_root};

const HARD: &[Source] = &[Source { experiment: "hard_instance", part: "worst-mass" }];
const SEQUENCES: &[Source] = &[Source { experiment: "initial_dependence", part: "autoregressive" }];
const TRAP: &[Source] = &[Source { experiment: "greedy_trap", part: "" }];

/// Standard errors that a mean may lie from what is said of its expectation: two-sided, a false alarm in 5·10^8 means.
const FAR: f64 = 6.0;
/// The level, two-sided, of a comparison of a mean whose error is estimated: a hundred of them give a false alarm in 10^4 ledgers.
const MEAN_LEVEL: f64 = 1e-6;

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C13.law",
        says: "on the hard instance E F_T = Δ(1 − 2q(1−q)Δ/M)^{nT}, to 6 standard errors of each mean and of all cells together",
        level: Level::Exact,
        result: "Theorem 4.1's instance, exact law (ours)",
        expected: Verdict::Holds,
        sources: HARD,
        statement: Statement::Cells(law),
        rule: Rule::Always,
        note: "",
        controls: &[cells("C13.squared-rounds", "the same with T² for T", HARD, law_of_squared_rounds)],
    },
    Claim {
        id: "C13.rate",
        says: "with Δ worst for each n, F_T falls as n^{−1/2} at every T",
        level: Level::Shape,
        result: "Theorem 4.1",
        expected: Verdict::Holds,
        sources: HARD,
        statement: Statement::Curves(against_samples),
        rule: Rule::Exponent(Exponent::Equals(-0.5)),
        note: "n ≥ 65536, where Δ is small",
        controls: &[Control {
            id: "C13.three-quarters",
            says: "n^{−3/4} in place of n^{−1/2}",
            sources: HARD,
            statement: Statement::Curves(against_samples),
            rule: Rule::Exponent(Exponent::Equals(-0.75)),
        }],
    },
    Claim {
        id: "C13.risk",
        says: "after one step F_1 is at least the root ε of ε²(1 + log(κ_0/ε)) = cκ_0 log#Π/n, c = 1/20",
        level: Level::Explicit,
        result: "Theorem 4.1, Eqs. 92–102",
        expected: Verdict::Holds,
        sources: HARD,
        statement: Statement::Cells(risk),
        rule: Rule::Always,
        note: "the theorem leaves c open; any c ≤ (κ_0−1)/(4eκ_0) will do on this instance as n grows",
        controls: &[cells("C13.large-risk", "the same with c = 0.12", HARD, large_risk)],
    },
    Claim {
        id: "C14",
        says: "top-token probability α at every step: κ_0 ≥ α^{−L}",
        level: Level::Exact,
        result: "Remark 4.2",
        expected: Verdict::Holds,
        sources: SEQUENCES,
        statement: Statement::Replicates(sequences),
        rule: Rule::Always,
        note: "attained where every step has the same α",
        controls: &[Control {
            id: "C14.one-more",
            says: "κ_0 ≥ α^{−(L+1)}",
            sources: SEQUENCES,
            statement: Statement::Replicates(longer_sequences),
            rule: Rule::Always,
        }],
    },
    Claim {
        id: "C15",
        says: "π_0(y*) = p < 1/2 and greedy decoding misses y*; once π(y*) > 1/2 greedy decoding finds it",
        level: Level::Exact,
        result: "Proposition 4.3",
        expected: Verdict::Holds,
        sources: TRAP,
        statement: Statement::Replicates(trap),
        rule: Rule::Always,
        note: "the second half on instances of a single prompt, where E π(y*) is π(y*)",
        controls: &[Control {
            id: "C15.one-quarter",
            says: "once π(y*) > 1/4 greedy decoding finds it",
            sources: TRAP,
            statement: Statement::Replicates(trap_at_one_quarter),
            rule: Rule::Always,
        }],
    },
];

const fn cells(
    id: &'static str,
    says: &'static str,
    sources: &'static [Source],
    judge: fn(&[CellRows]) -> Result<Vec<Case>>,
) -> Control {
    Control { id, says, sources, statement: Statement::Cells(judge), rule: Rule::Always }
}

/// What the exact law needs of a cell: the law and M.
fn hard(cell: &CellRows) -> Result<(HardInstance, f64, f64)> {
    let (simulation, prompts) = (cell.simulation()?, cell.number("instance.prompts")?);
    let mass = derived(&simulation, "mass")?;
    Ok((HardInstance::new(prompts, mass, derived(&simulation, "responses")? as u64)?, mass, prompts))
}

fn law(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |t| t)
}

fn law_of_squared_rounds(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |t| t * t)
}

fn laws(cells: &[CellRows], effective: impl Fn(usize) -> usize) -> Result<Vec<Case>> {
    let mut together: Vec<(f64, f64)> = Vec::new();
    let case = |cell: &CellRows| {
        let (law, mass, prompts) = hard(cell)?;
        let mut case = of_cell(cell);
        together.resize(cell.rounds(), (0.0, 0.0));
        for t in 1..=cell.rounds() {
            let expected = law.expected_failure(cell.number("process.samples")?, effective(t) as u32)?.value();
            let share = expected / mass;
            // Prompts are negatively correlated: the binomial variance bounds that of their number.
            let error = mass * (share * (1.0 - share) / (prompts * cell.replicates.len() as f64)).sqrt();
            let mean = cell.mean(FAILURE.at(0.5), t)?.mean;
            case.comparisons.push(Comparison::identity(mean, expected, FAR * error));
            together[t - 1].0 += (mean - expected) / error;
            together[t - 1].1 += 1.0;
        }
        Ok(case)
    };
    let mut cases = cell_by_cell(cells, case)?;
    // Cells are independent: the sum of their standardised distances has variance 1 for each. It tells an error of one or two
    // per cent that no cell can tell alone.
    if let Some(last) = cases.last_mut() {
        let pooled = together.iter().map(|(sum, count)| Comparison::identity(*sum, 0.0, FAR * count.sqrt()));
        last.comparisons.extend(pooled);
    }
    Ok(cases)
}

/// A mean over replicates and how far from its expectation it may lie: Student's interval at [`MEAN_LEVEL`]; ∞ with a single
/// replicate, which is no test of an expectation.
pub(super) fn known_mean(values: &[f64]) -> (f64, f64) {
    let (mean, error) = mean_with_error(values);
    (mean, error.map_or(f64::INFINITY, |error| student_quantile(MEAN_LEVEL, values.len() as f64 - 1.0) * error))
}

/// Curves of F_T against n, one for each κ_0 and T, from the n where Δ is small.
fn against_samples(cells: &[CellRows]) -> Result<Vec<Curve>> {
    let large: Vec<&CellRows> =
        cells.iter().filter(|cell| cell.number("process.samples").is_ok_and(|n| n >= 65536.0)).collect();
    let mut curves = Vec::new();
    for (kappa0, cells) in sorted_by(&large, "instance.kappa0") {
        for t in 1..=cells[0].rounds() {
            curves.push(replicate_curve(
                format!("κ₀ = {kappa0}, T = {t}"),
                &cells,
                "process.samples",
                FAILURE.at(0.5),
                t,
            )?);
        }
    }
    Ok(curves)
}

fn risk(cells: &[CellRows]) -> Result<Vec<Case>> {
    risks(cells, 0.05)
}

fn large_risk(cells: &[CellRows]) -> Result<Vec<Case>> {
    risks(cells, 0.12)
}

fn risks(cells: &[CellRows], constant: f64) -> Result<Vec<Case>> {
    let case = |cell: &CellRows| {
        let (simulation, prompts) = (cell.simulation()?, cell.number("instance.prompts")?);
        let kappa0 = derived(&simulation, "kappa0")?;
        let log_class = prompts * derived(&simulation, "responses")?.ln();
        let n = cell.number("process.samples")?;
        // Where there is no root, or one beyond 1, it reads "constant failure".
        let root = risk_root(constant * kappa0 * log_class / n, kappa0)?.unwrap_or(1.0);
        let (mean, reach) = known_mean(&cell.values(FAILURE.at(0.5), 1)?);
        let mut case = of_cell(cell);
        // A lower bound: the root is the side that must not be the larger.
        if root < 1.0 {
            case.comparisons.push(Comparison::at_least(mean, root, reach));
        }
        Ok(case)
    };
    cell_by_cell(cells, case)
}

fn sequences(trial: &Trial<'_>) -> Result<Option<Case>> {
    length(trial, 0.0)
}

fn longer_sequences(trial: &Trial<'_>) -> Result<Option<Case>> {
    length(trial, 1.0)
}

fn length(trial: &Trial<'_>, more: f64) -> Result<Option<Case>> {
    let instance = &trial.config().instance;
    let (Some(alpha), Some(length)) = (instance.get("top"), instance.get::<f64>("length")) else { return Ok(None) };
    let bound = autoregressive_kappa0(alpha, length + more)?;
    let kappa0 = trial.get(&KAPPA, 0)?;
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.push(Comparison::at_least(kappa0, bound, trial.rounding(0, kappa0)?));
    Ok(Some(case))
}

fn trap(trial: &Trial<'_>) -> Result<Option<Case>> {
    traps(trial, 0.5)
}

fn trap_at_one_quarter(trial: &Trial<'_>) -> Result<Option<Case>> {
    traps(trial, 0.25)
}

fn traps(trial: &Trial<'_>, enough: f64) -> Result<Option<Case>> {
    let instance = &trial.config().instance;
    let Some(trap) = instance.section().inner("trap", "p") else { return Ok(None) };
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.push(Comparison::identity(trial.get(&BASE_PROBABILITY, 0)?, trap, trial.rounding(0, 1.0)?));
    case.comparisons.push(Comparison::probability(trial.get(&GREEDY_BASE, 0)?, 0.0, 0.0));
    if instance.get("prompts") == Some(1) {
        for t in 0..=trial.rounds() {
            // "Found" is 1: a miss is what must not happen.
            if trial.get(&BASE_PROBABILITY, t)? > enough {
                case.comparisons.push(Comparison::probability(1.0 - trial.get(&GREEDY_BASE, t)?, 0.0, 0.0));
            }
        }
    }
    Ok(Some(case))
}
