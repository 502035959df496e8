//! Levels that are solved one after another: the chain against simulation (T6).

use rand::Rng;

use super::super::theory::curriculum::{Levels, Schedule};
use super::{FAR, NOTE, OURS, count};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Level, Statement};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    level: Level::Explicit,
    note: NOTE,
    ..Claim::exact(
        "T6",
        "the chain over solved levels gives P[level L solved] of curriculum, mixture and hardest level alone, to 6 standard errors; a mixture needs between once and L times the curriculum's n",
        OURS,
        &[],
        Statement::Constructed(chain),
        &[Control::constructed("T6.always", "the curriculum wins in every cell", always)],
    )
}];

/// Difficulties, transfer and n: steep levels with much transfer, and even ones with little.
const CELLS: [([f64; 4], f64, u32); 3] =
    [([1.0, 6.0, 9.0, 12.0], 6.0, 200), ([1.0, 6.0, 9.0, 12.0], 6.0, 800), ([3.0, 4.0, 5.0, 6.0], 1.0, 100)];

/// The share of runs that solve the last level, proposal by proposal.
fn simulated(levels: &Levels, schedule: Schedule, n: u32, runs: usize, rng: &mut impl Rng) -> f64 {
    (0..runs).filter(|_| levels.run(schedule, n, rng)).count() as f64 / runs as f64
}

/// What a share of so many runs may lie from its probability: 6 standard errors, and what Bernstein's inequality adds where few succeed.
fn allowed(probability: f64, runs: usize) -> f64 {
    let runs = runs as f64;
    FAR * (probability * (1.0 - probability) / runs).sqrt() + FAR / runs
}

fn chain(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    each_cell(|cell, levels, n| {
        let (mut rng, runs) = (seed.rng(Purpose::Laws, 0, cell), count(profile, 1000, 20_000));
        let mut case = Case { replicates: runs, ..Case::default() };
        for schedule in Schedule::ALL {
            let stated = levels.top(schedule, f64::from(n))?;
            let share = simulated(levels, schedule, n, runs, &mut rng);
            case.comparisons.push(Comparison::identity(share, stated, allowed(stated, runs)));
        }
        let rounds = levels.difficulties.len() as f64;
        let (enough, curriculum) =
            (levels.top(Schedule::Mixture, rounds * f64::from(n))?, levels.top(Schedule::Curriculum, f64::from(n))?);
        case.comparisons.push(Comparison::at_least(enough, curriculum, 1e-12));
        let mixture = levels.top(Schedule::Mixture, f64::from(n))?;
        case.comparisons.push(Comparison::at_least(curriculum, mixture, 1e-12));
        Ok(case)
    })
}

fn always(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    each_cell(|cell, levels, n| {
        let (mut rng, runs) = (seed.rng(Purpose::Laws, 0, cell), count(profile, 2000, 20_000));
        let shares = Schedule::ALL.map(|schedule| simulated(levels, schedule, n, runs, &mut rng));
        // Both sides have an error of at most ½/√R.
        let tolerance = FAR * (0.5 / runs as f64).sqrt();
        let wins = |other: f64| Comparison::at_least(shares[0], other, tolerance);
        Ok(Case { comparisons: vec![wins(shares[1]), wins(shares[2])], replicates: runs, ..Case::default() })
    })
}

fn each_cell(mut case: impl FnMut(usize, &Levels, u32) -> Result<Case>) -> Result<Vec<Case>> {
    let of = |(cell, (difficulties, transfer, n)): (usize, ([f64; 4], f64, u32))| {
        case(cell, &Levels { difficulties: difficulties.to_vec(), transfer }, n)
    };
    CELLS.into_iter().enumerate().map(of).collect()
}
