//! The falsifier: looks for the instance on which a statement fails most.
//!
//! Random restarts and local search over everything that an instance and a process have: features, prompt weights, θ_0, β, n and
//! T, with few prompts and responses. A statement on constructed laws is searched over the seeds that construct them.

mod candidate;

pub use candidate::Candidate;

use std::sync::atomic::AtomicBool;

use super::claim::judged;
use super::evidence::Case;
use super::{Claim, Comparison, Statement, Trials};
use crate::experiment::CellRows;
use crate::seed::{Purpose, Seed};
use crate::simulate::run::replicate;
use crate::study::Profile;
use crate::{Error, Result};

/// Steps of local search after each restart that found nothing better.
const PATIENCE: usize = 60;

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The largest measured/(bound + rounding) and the comparison that gave it.
    pub ratio: f64,
    /// That comparison; `None` if the statement never applied.
    pub comparison: Option<Comparison>,
    /// The instance and process; `None` for a constructed law.
    pub candidate: Option<Candidate>,
    /// The evaluation at which it was found, from 1.
    pub at: u64,
    /// How many evaluations were made in all.
    pub evaluations: u64,
    /// The largest ratio after a quarter, a half and all of them.
    pub growth: [f64; 3],
}

impl Found {
    /// Whether the statement fails.
    pub fn violated(&self) -> bool {
        self.comparison.as_ref().is_some_and(Comparison::exceeds)
    }

    /// Whether the ratio left the doubles, or was still growing at the end, beyond any constant that could be called "of the order
    /// of one". Over a bound of 0 a ratio is one to rounding and grows for no reason.
    pub fn unbounded(&self) -> bool {
        let [quarter, half, all] = self.growth;
        let over_a_bound = self.comparison.is_some_and(|comparison| comparison.bound > 0.0);
        over_a_bound && (all == f64::INFINITY || (all > 1e6 && half > quarter && all > 2.0 * half))
    }
}

/// Searches until `enough(evaluations)` says so; the same count gives the same result.
///
/// # Errors
/// [`Error::Argument`] for a statement that says nothing of a single replicate; whatever evaluating it returns.
pub fn search(claim: &Claim, seed: &Seed, mut enough: impl FnMut(u64) -> bool) -> Result<Found> {
    let mut log = Log { evaluations: 0, history: Vec::new(), best: None };
    match claim.statement {
        Statement::Replicates(_) => {
            for restart in 0.. {
                if !climb(claim, &seed.child("restart", restart), &mut log, &mut enough)? {
                    break;
                }
            }
        }
        Statement::Constructed(make) => {
            while !enough(log.evaluations) {
                let cases = make(&seed.child("restart", log.evaluations), Profile::Quick)?;
                log.note(worst(&cases), None);
            }
        }
        Statement::Cells(_) | Statement::Curves(_) | Statement::Ratios(_) => {
            let expected = "a claim that says something of every single replicate, or of constructed laws; a rate is weighed by verify";
            return Err(Error::argument("CLAIM", claim.id, expected));
        }
    }
    Ok(log.found())
}

/// One restart with its local search; false once it is enough.
fn climb(claim: &Claim, seed: &Seed, log: &mut Log, enough: &mut impl FnMut(u64) -> bool) -> Result<bool> {
    let mut rng = seed.rng(Purpose::Search, 0, 0);
    let mut here = Candidate::random(&mut rng, seed.child("process", 0));
    let mut height = f64::NEG_INFINITY;
    let (mut idle, mut step) = (0, 1.0);
    let mut next = here.clone();
    while idle < PATIENCE {
        if enough(log.evaluations) {
            return Ok(false);
        }
        let comparison = evaluate(claim, &next)?;
        let ratio = comparison.as_ref().map_or(f64::NEG_INFINITY, Comparison::ratio);
        log.note(comparison, Some(&next));
        if ratio > height {
            (here, height, idle, step) = (next, ratio, 0, f64::min(1.5 * step, 2.0));
        } else {
            idle += 1;
            step = f64::max(0.9 * step, 0.01);
        }
        next = here.perturbed(&mut rng, step);
    }
    Ok(true)
}

/// What was seen so far.
struct Log {
    evaluations: u64,
    /// The evaluations at which the best ratio rose.
    history: Vec<(u64, f64)>,
    best: Option<(f64, Comparison, Option<Candidate>)>,
}

impl Log {
    fn note(&mut self, comparison: Option<Comparison>, candidate: Option<&Candidate>) {
        self.evaluations += 1;
        let Some(comparison) = comparison else { return };
        let ratio = comparison.ratio();
        if self.best.as_ref().is_none_or(|(best, ..)| ratio > *best) {
            self.history.push((self.evaluations, ratio));
            self.best = Some((ratio, comparison, candidate.cloned()));
        }
    }

    fn found(self) -> Found {
        let until = |share: f64| {
            let last = (share * self.evaluations as f64) as u64;
            self.history.iter().rev().find(|(at, _)| *at <= last).map_or(0.0, |(_, ratio)| *ratio)
        };
        let growth = [until(0.25), until(0.5), until(1.0)];
        let at = self.history.last().map_or(0, |(at, _)| *at);
        let (ratio, comparison, candidate) = match self.best {
            Some((ratio, comparison, candidate)) => (ratio, Some(comparison), candidate),
            None => (0.0, None, None),
        };
        Found { ratio, comparison, candidate, at, evaluations: self.evaluations, growth }
    }
}

/// The comparison with the largest ratio in cases that apply, among those whose bound excludes anything.
fn worst(cases: &[Case]) -> Option<Comparison> {
    let applying = cases.iter().filter(|case| case.applies()).flat_map(|case| &case.comparisons);
    let tried = applying.filter(|comparison| comparison.informative() || comparison.exceeds());
    tried.copied().max_by(|a, b| a.ratio().total_cmp(&b.ratio()))
}

/// The worst comparison of a candidate; `None` where the statement does not apply or the run left the doubles.
fn evaluate(claim: &Claim, candidate: &Candidate) -> Result<Option<Comparison>> {
    let Statement::Replicates(judge) = claim.statement else { return Ok(None) };
    let simulation = candidate.simulation()?;
    let run = match replicate(&simulation, 0, false, &AtomicBool::new(false)) {
        Ok(run) => run,
        // A parameter that leaves the range of a double is no evidence either way.
        Err(Error::Overflow { .. }) => return Ok(None),
        Err(other) => return Err(other),
    };
    let rows = CellRows::of_run(&simulation, &[run]);
    let trials = Trials { rows: &rows, simulation };
    let trial = trials.each().next().expect("one replicate");
    Ok(judged(judge, &trial)?.and_then(|case| worst(std::slice::from_ref(&case))))
}
