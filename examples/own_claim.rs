//! A claim of one's own with a false control, weighed on measured rows.
//!
//! The claim: F_t(δ) ≤ (κ_t − 1)(1 − δ)/δ in every round of every run. With s(x) = 1/π_t(y*_t|x) − 1, failure means s ≥ δ/(1 − δ),
//! and κ_t − 1 = E s: Markov's inequality. The control leaves out (1 − δ)/δ, which is plausible and false for δ < 1/2. A check
//! that cannot tell the two apart would be worth nothing: the control has to come out violated.
//!
//!     cargo run --release --example own_claim               simulates rows of its own
//!     cargo run --release --example own_claim -- STORE      takes those of a store made by `selfreward run`

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use selfreward::claims::{Case, Comparison, Rule, Statement, Trial, weigh};
use selfreward::experiment::{CellRows, Results};
use selfreward::metrics::named::{FAILURE, KAPPA_MINUS_ONE};
use selfreward::seed::Seed;
use selfreward::simulate::{Simulation, run};
use selfreward::study::definition::Verdict;

const CONFIG: &str = "
[instance]
kind = 'gaussian'
prompts = 100
responses = 8
dim = 16
[process]
samples = 256
beta = 1.0
rounds = 5
[measure]
delta = [0.5, 0.1]
[run]
replicates = 20
";

fn claim(trial: &Trial<'_>) -> selfreward::Result<Option<Case>> {
    markov(trial, |delta| (1.0 - delta) / delta)
}

fn control(trial: &Trial<'_>) -> selfreward::Result<Option<Case>> {
    markov(trial, |_| 1.0)
}

/// F_t(δ) ≤ factor(δ)·(κ_t − 1) for every t and δ of one replicate; a probability is below 1 anyway, so that it says
/// something where the bound is.
fn markov(trial: &Trial<'_>, factor: impl Fn(f64) -> f64) -> selfreward::Result<Option<Case>> {
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..=trial.rounds() {
        for &delta in trial.deltas() {
            let bound = factor(delta) * trial.get(&KAPPA_MINUS_ONE, t)?;
            let failure = trial.at(&FAILURE, delta, t)?;
            case.comparisons.push(Comparison::probability(failure, bound, trial.rounding(t, bound)?));
        }
    }
    Ok(Some(case))
}

fn simulated() -> selfreward::Result<Vec<CellRows>> {
    let simulation = Simulation::new(CONFIG.parse()?)?;
    let replicates = run(&simulation, false, &AtomicBool::new(false))?;
    Ok(vec![CellRows::of_run(&simulation, &replicates)])
}

fn main() -> selfreward::Result<ExitCode> {
    let store = std::env::args().nth(1);
    let cells = store.map_or_else(simulated, |store| Results::open(Path::new(&store))?.cells(""))?;
    let mut as_expected = true;
    for (name, statement, expected) in [
        ("F(δ) ≤ (κ − 1)(1 − δ)/δ", Statement::Replicates(claim), Verdict::Holds),
        ("control: F(δ) ≤ κ − 1", Statement::Replicates(control), Verdict::Violated),
    ] {
        let evidence = statement.collect("own", &cells)?;
        // The rule sees numbers alone. The last two arguments matter to statistical rules only.
        let weighed = weigh(Rule::Always, &evidence, 1, &Seed::from_number(1))?;
        as_expected &= weighed.verdict == expected;
        let (verdict, runs) = (weighed.verdict, weighed.extent.replicates);
        println!("{name}: {verdict} in {runs} replicates ({}), expected: {expected}", weighed.note);
    }
    Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
