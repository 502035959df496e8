//! What a single step cannot do: Theorem 4.1, Remark 4.2, Proposition 4.3 (C13–C15).

use super::curves::{one_value, replicate_curve};
use crate::Result;
use crate::claims::cases::{cell_by_cell, derived, grouped, of_cell};
use crate::claims::premises::{departs_at_most, is_sampled};
use crate::claims::{Case, Claim, Comparison, Control, Curve, Level, Rule, Source, Statement, Trial, weigh::Exponent};
use crate::experiment::CellRows;
use crate::metrics::named::{BASE_PROBABILITY, FAILURE, GREEDY_BASE, KAPPA};
use crate::stats::interval::{mean_with_error, student_quantile};
use crate::study::definition::Verdict;
use crate::theory::single_step::{HardInstance, LARGEST_MASS, autoregressive_kappa0, risk_root};

const HARD: &[Source] = &[Source { experiment: "hard_instance", part: "worst-mass" }];
const SEQUENCES: &[Source] = &[Source { experiment: "initial_dependence", part: "autoregressive" }];
const TRAP: &[Source] = &[Source { experiment: "greedy_trap", part: "" }];

/// The constant of the risk.
const STATED: f64 = 0.05;
/// Replicates, and prompts in all of them, from which on a mean has an error of its own.
const FEW: usize = 30;
const MANY: f64 = 200.0;
/// The variance of a number of prompts from which on it is a normal variate, as far as it is judged.
const HANDFUL: f64 = 10.0;
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
        controls: &[Control::cells("C13.squared-rounds", "the same with T² for T", HARD, law_of_squared_rounds)],
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
        controls: &[Control::cells("C13.large-risk", "the same with c = 0.12", HARD, large_risk)],
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
        controls: &[Control::replicates("C14.one-more", "κ_0 ≥ α^{−(L+1)}", SEQUENCES, longer_sequences)],
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
        controls: &[Control::replicates(
            "C15.one-quarter",
            "once π(y*) > 1/4 greedy decoding finds it",
            TRAP,
            trap_at_one_quarter,
        )],
    },
];

/// What the exact law needs of a cell: the law and M.
fn hard(cell: &CellRows) -> Result<(HardInstance, f64, f64)> {
    let (simulation, prompts) = (cell.simulation()?, cell.number("instance.prompts")?);
    let mass = derived(&simulation, "mass")?;
    Ok((HardInstance::new(prompts, mass, derived(&simulation, "responses")? as u64)?, mass, prompts))
}

/// The cells of the hard instance on which rounds are the paper's least squares, the minimiser nearest to θ_t, and one pair of the hidden
/// label and another one resolves a prompt: from then on it has more than half of the mass.
pub(super) fn hard_cells(cells: &[CellRows]) -> Result<Vec<CellRows>> {
    let mut hard = Vec::new();
    for cell in cells.iter().filter(|cell| cell.cell.config.instance.kind.name() == "hard") {
        let simulation = cell.simulation()?;
        let (labels, half) =
            (derived(&simulation, "responses")?, 0.5 * std::f64::consts::LN_2 / simulation.process.beta);
        // The pair's two logits move apart by log 2/β, each by half of that.
        let resolves = std::f64::consts::LN_2 + half > (labels - 2.0 + (-half).exp()).ln();
        if is_sampled(&simulation, "erm") && departs_at_most(&simulation, &[]) && labels >= 3.0 && resolves {
            hard.push(cell.clone());
        }
    }
    Ok(hard)
}

/// Whether the mass is the worst for the n of each cell, and β = c/√n.
pub(super) fn is_worst(cell: &CellRows) -> bool {
    cell.label("instance.mass") == "worst" && cell.cell.config.process.beta.is_none()
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
        together.resize(together.len().max(cell.rounds()), (0.0, 0.0));
        for t in 1..=cell.rounds() {
            let expected = law.expected_failure(cell.number("process.samples")?, effective(t) as u32)?.value();
            let share = expected / mass;
            // Prompts are negatively correlated: the binomial variance bounds that of their number.
            let count = prompts * cell.replicates.len() as f64;
            let error = mass * (share * (1.0 - share) / count).sqrt();
            let mean = cell.mean(FAILURE.at(0.5), t)?.mean;
            // A handful of prompts is no normal variate: it is shown, and not judged.
            if count * share * (1.0 - share) < HANDFUL {
                case.comparisons.push(Comparison::identity(mean, expected, f64::INFINITY));
                continue;
            }
            case.comparisons.push(Comparison::identity(mean, expected, FAR * error));
            together[t - 1].0 += (mean - expected) / error;
            together[t - 1].1 += 1.0;
        }
        Ok(case)
    };
    let mut cases = cell_by_cell(&hard_cells(cells)?, case)?;
    // Cells are independent: the sum of their standardised distances has variance 1 for each. It tells an error of one or two
    // per cent that no cell can tell alone.
    if let Some(last) = cases.last_mut() {
        let pooled = together
            .iter()
            .filter(|(_, count)| *count > 0.0)
            .map(|(sum, count)| Comparison::identity(*sum, 0.0, FAR * count.sqrt()));
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
    let hard = hard_cells(cells)?;
    let large = hard.iter().filter(|cell| is_worst(cell) && cell.number("process.samples").is_ok_and(|n| n >= 65536.0));
    let mut curves: Vec<Curve> = Vec::new();
    let (mut kinds, mut alone) = (Vec::new(), None);
    for cells in grouped(large, &["process.samples"]) {
        let kappa0 = cells[0].label("instance.kappa0");
        // Groups that differ in something else have names of their own.
        let others = kinds.iter().filter(|known| **known == kappa0).count();
        let more = if others > 0 { format!(" ({})", others + 1) } else { String::new() };
        kinds.push(kappa0.clone());
        if cells.len() < 2 {
            alone.get_or_insert(cells[0].cell.ordinal);
            continue;
        }
        for t in 1..=cells[0].rounds() {
            let small = |cell: &&&CellRows| is_small(cell, t).unwrap_or(false);
            let cells: Vec<&CellRows> = cells.iter().filter(small).copied().collect();
            let label = format!("κ₀ = {kappa0}, T = {t}{more}");
            let curve = replicate_curve(label, &cells, "process.samples", FAILURE.at(0.5), t)?;
            curves.extend(Some(curve).filter(|_| cells.len() > 1));
        }
    }
    one_value(curves, "process.samples", alone)
}

/// Whether Δ is so small beside κ_0 − 1 that the exponent after t rounds is that of the limit.
fn is_small(cell: &CellRows, t: usize) -> Result<bool> {
    let simulation = cell.simulation()?;
    Ok(t as f64 * derived(&simulation, "mass")? <= 0.05 * (cell.number("instance.kappa0")? - 1.0))
}

fn risk(cells: &[CellRows]) -> Result<Vec<Case>> {
    risks(cells, STATED)
}

fn large_risk(cells: &[CellRows]) -> Result<Vec<Case>> {
    risks(cells, 0.12)
}

fn risks(cells: &[CellRows], constant: f64) -> Result<Vec<Case>> {
    let speaks = |cell: &&CellRows| -> Result<bool> {
        let simulation = cell.simulation()?;
        let (kappa0, mass) = (derived(&simulation, "kappa0")?, derived(&simulation, "mass")?);
        // The constant of which the note speaks, and a mass that is not cut off.
        let constant = STATED <= (kappa0 - 1.0) / (4.0 * std::f64::consts::E * kappa0);
        Ok(is_worst(cell) && mass < LARGEST_MASS && constant && cell.rounds() > 0)
    };
    let hard = hard_cells(cells)?;
    let mut judged = Vec::new();
    for cell in &hard {
        if speaks(&cell)? {
            judged.push(cell.clone());
        }
    }
    let case = |cell: &CellRows| {
        let (simulation, prompts) = (cell.simulation()?, cell.number("instance.prompts")?);
        let kappa0 = derived(&simulation, "kappa0")?;
        let log_class = prompts * derived(&simulation, "responses")?.ln();
        let n = cell.number("process.samples")?;
        // Where there is no root, or one beyond 1, it reads "constant failure".
        let root = risk_root(constant * kappa0 * log_class / n, kappa0)?.unwrap_or(1.0);
        let (mean, reach) = known_mean(&cell.values(FAILURE.at(0.5), 1)?);
        let enough = cell.replicates.len() >= FEW && prompts * cell.replicates.len() as f64 >= MANY;
        let reach = if enough { reach } else { f64::INFINITY };
        let mut case = of_cell(cell);
        // A lower bound: the root is the side that must not be the larger.
        if root < 1.0 {
            case.comparisons.push(Comparison::at_least(mean, root, reach));
        }
        Ok(case)
    };
    cell_by_cell(&judged, case)
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
