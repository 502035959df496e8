//! What follows from the theorems on whole runs: Corollary 5.7, equal budgets, consistency (C21–C23).

use rand::RngExt;

use super::single_step::{hard_cells, known_mean};
use crate::claims::cases::{apart_from, cell_by_cell, of_cell};
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Source, Statement};
use crate::experiment::CellRows;
use crate::metrics::named::{ACCURACY, DRIFT, FAILURE, Metric};
use crate::seed::{Purpose, Seed};
use crate::simulate::Config;
use crate::simulate::config::parse_toml;
use crate::study::definition::Verdict;
use crate::study::{Cell, Profile};
use crate::theory::recurrence::Contraction;
use crate::{Error, Result};

const BUDGET: &[Source] = &[
    Source { experiment: "equal_budget", part: "hard-iterated" },
    Source { experiment: "equal_budget", part: "hard-once" },
];
const REAL: &[Source] = &[Source { experiment: "real_features", part: "samples" }];

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C21",
        says: "√κ_0 λ^{(T−1)/2} ≤ 1 from T = 1 + log κ_0/log(1/λ) on, never later than 1 + log₂ κ_0",
        level: Level::Exact,
        result: "Corollary 5.7 (explicit form ours)",
        expected: Verdict::Holds,
        sources: &[],
        statement: Statement::Constructed(rounds_to_forget),
        rule: Rule::Always,
        note: "on the algebra of C17",
        controls: &[Control::constructed("C21.half", "from half of that T on", half_the_rounds)],
    },
    Claim {
        id: "C22",
        says: "on the hard instance T rounds of n triples are worth one round of nT, in expectation",
        level: Level::Exact,
        result: "equal budget (ours)",
        expected: Verdict::Holds,
        sources: BUDGET,
        statement: Statement::Cells(equal_budget),
        rule: Rule::Always,
        note: "",
        controls: &[Control::cells("C22.one-round", "they are worth one round of n", BUDGET, budget_of_one_round)],
    },
    Claim {
        id: "C23",
        says: "n = 32: E F(0.5) ≤ F_0/2 while the drift exceeds 0.1; n = 4096: E F(0.5) ≤ F_0/10 and the drift is below 0.1; accuracy rises nowhere",
        level: Level::Exact,
        result: "consistency is not correctness (ours)",
        expected: Verdict::Holds,
        sources: REAL,
        statement: Statement::Cells(surer_elsewhere),
        rule: Rule::Always,
        note: "means over replicates after eight rounds on the real features, by Student's law at 10^−6; the theorem behind the fall of the drift with n is D1",
        controls: &[Control::cells(
            "C23.correct",
            "the surer model is the more accurate one: accuracy rises by 0.02",
            REAL,
            surer_and_wiser,
        )],
    },
];

fn rounds_to_forget(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    forgetting(seed, profile, 1.0)
}

fn half_the_rounds(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    forgetting(seed, profile, 0.5)
}

fn forgetting(seed: &Seed, profile: Profile, share: f64) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 200 } else { 2000 };
    (0..count)
        .map(|_| {
            let kappa0 = rng.random_range(1.0f64..20.0).exp();
            let map = Contraction::new(1.0, 1.0, 0.0, rng.random_range(-5.0f64..5.0).exp(), 1.0)?;
            let needed = 1.0 + share * kappa0.ln() / -map.factor().ln();
            let initial = kappa0.sqrt() * map.factor().powf(0.5 * (needed.ceil() - 1.0));
            let latest = 1.0 + kappa0.log2();
            let comparisons =
                vec![Comparison::unlimited(initial, 1.0, 1e-12), Comparison::unlimited(needed, latest, 1e-12 * latest)];
            Ok(Case { comparisons, ..Case::default() })
        })
        .collect()
}

fn equal_budget(cells: &[CellRows]) -> Result<Vec<Case>> {
    budgets(cells, 1.0)
}

fn budget_of_one_round(cells: &[CellRows]) -> Result<Vec<Case>> {
    budgets(cells, 0.25)
}

/// The hard instance: T = 4 rounds of n against one round of `share`·nT. At the whole budget each cell has its partner on the grid.
fn budgets(cells: &[CellRows], share: f64) -> Result<Vec<Case>> {
    let hard: Vec<CellRows> = hard_cells(cells)?;
    let fixed = |cell: &&CellRows| cell.label("instance.mass") != "worst";
    let some = |of: &dyn Fn(&CellRows) -> bool| -> Vec<CellRows> {
        hard.iter().filter(fixed).filter(|cell| of(cell)).cloned().collect()
    };
    let (mut iterated, once) = (some(&|cell| cell.rounds() > 1), some(&|cell| cell.rounds() == 1));
    let kind = |cell: &CellRows| apart_from(cell, &["process.samples", "process.rounds"]);
    let partner = |cell: &CellRows| -> Result<Option<&CellRows>> {
        let total = share * cell.number("process.samples")? * cell.rounds() as f64;
        let of_total = |other: &&CellRows| other.number("process.samples").is_ok_and(|n| n == total);
        let found = once.iter().filter(of_total).find(|other| kind(other) == kind(cell));
        match found {
            // The experiment's own grid has a partner for each.
            None if share == 1.0 && !once.is_empty() && cell.cell.part == "hard-iterated" => {
                Err(Error::argument("process.samples", "no cell of part hard-once", format!("one with n = {total}")))
            }
            found => Ok(found),
        }
    };
    iterated.retain(|cell| !matches!(partner(cell), Ok(None)));
    cell_by_cell(&iterated, |cell| {
        let mut case = of_cell(cell);
        if let Some(other) = partner(cell)? {
            let (mean, reach) = known_mean(&cell.values(FAILURE.at(0.5), cell.rounds())?);
            let (other_mean, other_reach) = known_mean(&other.values(FAILURE.at(0.5), 1)?);
            let enough = cell.replicates.len().min(other.replicates.len()) >= ENOUGH;
            let reach = if enough { reach.hypot(other_reach) } else { f64::INFINITY };
            case.comparisons.push(Comparison::identity(mean, other_mean, reach));
        }
        Ok(case)
    })
}

/// Replicates from which on a mean has an error of its own.
const ENOUGH: usize = 30;

/// The two n that the statement speaks of.
const SURER: [f64; 2] = [32.0, 4096.0];

fn surer_elsewhere(cells: &[CellRows]) -> Result<Vec<Case>> {
    let cells = &real(cells)[..];
    let there = cells.iter().map(|cell| cell.number("process.samples")).collect::<Result<Vec<f64>>>()?;
    let own = cells.iter().any(|cell| cell.cell.part == REAL[0].part);
    if let Some(missing) = SURER.iter().find(|n| own && !there.contains(n)) {
        return Err(Error::argument("process.samples", format!("{there:?}"), format!("{missing} among them")));
    }
    cell_by_cell(cells, |cell| {
        let last = cell.rounds();
        let mean = |of: Metric| cell.values(of, last).map(|values| known_mean(&values));
        let (failure, drift, accuracy) = (mean(FAILURE.at(0.5))?, mean((&DRIFT).into())?, mean((&ACCURACY).into())?);
        let (doubt, right) = (cell.mean(FAILURE.at(0.5), 0)?.mean, cell.mean(&ACCURACY, 0)?.mean);
        let below = |(value, reach): (f64, f64), bound: f64| Comparison::unlimited(value, bound, reach);
        let mut case = of_cell(cell);
        case.comparisons.push(below(accuracy, right));
        match cell.number("process.samples")? {
            32.0 => case.comparisons.extend([below(failure, 0.5 * doubt), Comparison::at_least(drift.0, 0.1, drift.1)]),
            4096.0 => case.comparisons.extend([below(failure, 0.1 * doubt), below(drift, 0.1)]),
            _ => {}
        }
        Ok(case)
    })
}

/// The cells of the real features that the statement is about, run as the experiment runs them, but for n.
fn real(cells: &[CellRows]) -> Vec<CellRows> {
    let is_own = |cell: &&CellRows| {
        let path = cell.label("instance.path");
        let text = format!("[instance]\nkind = \"npz\"\npath = {path:?}\n[process]\nbeta = 1.0\nrounds = 8\n");
        let own = parse_toml(&text).and_then(|table| Config::from_table(&table));
        let own = own.map(|config| CellRows { cell: Cell { config, ..cell.cell.clone() }, ..(*cell).clone() });
        let of_file = std::path::Path::new(&path).file_name().is_some_and(|name| name == FILE);
        of_file && own.is_ok_and(|own| apart_from(&own, &["process.samples"]) == apart_from(cell, &["process.samples"]))
    };
    cells.iter().filter(is_own).cloned().collect()
}

/// The file of the real features.
const FILE: &str = "docqa_minilm.npz";

fn surer_and_wiser(cells: &[CellRows]) -> Result<Vec<Case>> {
    cell_by_cell(&real(cells), |cell| {
        let (value, reach) = known_mean(&cell.values(&ACCURACY, cell.rounds())?);
        let mut case = of_cell(cell);
        case.comparisons.push(Comparison::at_least(value, cell.mean(&ACCURACY, 0)?.mean + 0.02, reach));
        Ok(case)
    })
}
