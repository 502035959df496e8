//! Levels that are solved one after another: the chain against simulation (T6).

use rand::{Rng, RngExt};

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
        "the chain over solved levels gives P[level L solved] of curriculum, mixture and hardest level alone, to 6 standard errors; a mixture never needs more than L times the curriculum's n",
        OURS,
        &[],
        Statement::Constructed(chain),
        &[Control::constructed("T6.always", "the curriculum wins in every cell", always)],
    )
}];

const SCHEDULES: [Schedule; 3] = [Schedule::Curriculum, Schedule::Mixture, Schedule::HardOnly];

/// Difficulties, transfer and n: steep levels with much transfer, and even ones with little.
const CELLS: [([f64; 4], f64, u32); 3] = [
    ([1.0, 6.0, 9.0, 12.0], 6.0, 200),
    ([1.0, 6.0, 9.0, 12.0], 6.0, 800),
    ([3.0, 4.0, 5.0, 6.0], 1.0, 100),
];

/// Runs of the levels: how many of them solve the last one, proposal by proposal.
fn simulated(levels: &Levels, schedule: Schedule, n: u32, runs: usize, rng: &mut impl Rng) -> f64 {
    let count = levels.difficulties.len();
    let mut solved_last = 0;
    for _ in 0..runs {
        let mut solved = vec![false; count];
        for round in 0..count {
            let start = solved.clone();
            let proposals = |level: usize| match schedule {
                Schedule::Curriculum => if level == round { n } else { 0 },
                Schedule::Mixture => n / count as u32,
                Schedule::HardOnly => if level + 1 == count { n } else { 0 },
            };
            for level in (0..count).filter(|&level| !start[level]) {
                let chance = levels.accepted(level, level > 0 && start[level - 1]);
                solved[level] |= (0..proposals(level)).any(|_| rng.random::<f64>() < chance);
            }
        }
        solved_last += u32::from(solved[count - 1]);
    }
    f64::from(solved_last) / runs as f64
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
        for schedule in SCHEDULES {
            let stated = levels.top(schedule, f64::from(n))?;
            let share = simulated(levels, schedule, n, runs, &mut rng);
            case.comparisons.push(Comparison::identity(share, stated, allowed(stated, runs)));
        }
        let rounds = levels.difficulties.len() as f64;
        let (enough, curriculum) =
            (levels.top(Schedule::Mixture, rounds * f64::from(n))?, levels.top(Schedule::Curriculum, f64::from(n))?);
        case.comparisons.push(Comparison::at_least(enough, curriculum, 1e-12));
        Ok(case)
    })
}

fn always(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    each_cell(|cell, levels, n| {
        let (mut rng, runs) = (seed.rng(Purpose::Laws, 0, cell), count(profile, 1000, 20_000));
        let shares = SCHEDULES.map(|schedule| simulated(levels, schedule, n, runs, &mut rng));
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
