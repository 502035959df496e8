//! The likeliest of N draws: its law and its semigroup (S1), its distance from one draw (S2).

use super::super::theory::best_of_n::{
    best_of_law, concentrability, divergence, most_concentrability, most_divergence,
};
use crate::Result;
use crate::claims::premises::{Slot, departs_at_most, is_population_of};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::instance::FeatureMap;
use crate::metrics::named::{BASE_PROBABILITY, CHAIN_CONCENTRABILITY, ENTROPY, KL_POLICY, MIN_CONFIDENCE};
use crate::papers::laws::{at, base_laws, case, count, entropy, mode, probabilities, random_law, same, table};
use crate::process::Selection;
use crate::process::law::best_of;
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use rand::RngExt;

/// Population rounds of sharpening-sft on tables.
const TABLES: &[Source] =
    &[Source { experiment: "best_of_n", part: "law" }, Source { experiment: "best_of_n", part: "rounds" }];

const RESULT: &str = "best-of-N (Section 3)";

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "S1",
        "T population rounds of sharpening-sft at N, ranked by π_t or π_0, are one at N^T, whose levels have the masses Q_j^N − Q_{j−1}^N",
        "best-of-N (Section 3; the semigroup is ours)",
        TABLES,
        Statement::Replicates(rounds),
        &[Control::replicates("S1.product", "T rounds at N are one at N·T", TABLES, rounds_of_product)],
    ),
    Claim::exact(
        "S1.law",
        "the likeliest of N draws lies in level j with probability Q_j^N − Q_{j−1}^N, shared in proportion to π",
        RESULT,
        &[],
        Statement::Constructed(law),
        &[Control::constructed("S1.least-index", "the same with ties that go to the least index", law_of_least_index)],
    ),
    Claim {
        controls: &[
            Control::replicates("S2.half", "C_{π_N/π} ≤ N/2, N = 2, 3, 4", TABLES, half),
            Control::replicates("S2.log", "KL(π_N‖π) ≤ log N − 1, N = 3, 4", TABLES, without_inverse),
        ],
        ..Claim::exact(
            "S2",
            "C_{π_{t+1}/π_t} ≤ N²/(2N−1) and KL(π_{t+1}‖π_t) ≤ log N − 1 + 1/N in rounds of sharpening-sft on tables",
            "best-of-N (ours)",
            TABLES,
            Statement::Replicates(distance),
            &[],
        )
    },
    Claim::exact(
        "S2.law",
        "C_{π_N/π} ≤ N²/(2N−1) and KL(π_N‖π) ≤ log N − 1 + 1/N, whatever ranks the draws",
        "best-of-N (ours)",
        &[],
        Statement::Constructed(distance_of_laws),
        &[Control::constructed("S2.three-quarters", "three quarters of both", three_quarters)],
    ),
];

/// N of a population round of sharpening-sft on a table; `None` of anything else.
fn draws(trial: &Trial<'_>) -> Result<Option<f64>> {
    let simulation = trial.simulation();
    let speaks = is_population_of(simulation, "likelihood")
        && departs_at_most(simulation, &[Slot::Selection, Slot::Ranking])
        && matches!(trial.instance()?.features(), FeatureMap::OneHot(_));
    Ok(match simulation.process.candidates.selection {
        Selection::BestOf(n) if speaks => Some(n as f64),
        Selection::None if speaks => Some(1.0),
        _ => None,
    })
}

fn rounds(trial: &Trial<'_>) -> Result<Option<Case>> {
    semigroup(trial, f64::powi)
}

fn rounds_of_product(trial: &Trial<'_>) -> Result<Option<Case>> {
    semigroup(trial, |n, t| n * f64::from(t))
}

/// What is measured after t rounds against the best of so many draws; rounds in which both say the same are left out of the false one.
fn semigroup(trial: &Trial<'_>, effective: impl Fn(f64, i32) -> f64) -> Result<Option<Case>> {
    let Some(n) = draws(trial)? else { return Ok(None) };
    let instance = trial.instance()?;
    let laws = base_laws(&instance);
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        let kept = laws.iter().map(|law| best_of_law(law, law, effective(n, t as i32))).collect::<Result<Vec<_>>>()?;
        let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
            instance.weights().iter().enumerate().map(|(x, weight)| weight * of(x)).sum()
        };
        let drawn = kept.iter().zip(instance.weights()).filter(|(_, weight)| **weight > 0.0);
        let least = drawn.map(|(law, _)| law.iter().copied().fold(0.0, f64::max)).fold(1.0, f64::min);
        for (of, expected) in [
            (&BASE_PROBABILITY, mean(&|x| kept[x][mode(&laws[x])])),
            (&ENTROPY, mean(&|x| entropy(&kept[x]))),
            (&MIN_CONFIDENCE, least),
        ] {
            case.comparisons.push(Comparison::identity(trial.get(of, t)?, expected, 1e-9 * (1.0 + expected)));
        }
    }
    Ok(Some(case))
}

fn distance(trial: &Trial<'_>) -> Result<Option<Case>> {
    distances(trial, |n| Ok(Some((Some(most_concentrability(n)?), Some(most_divergence(n)?)))))
}

fn half(trial: &Trial<'_>) -> Result<Option<Case>> {
    distances(trial, |n| Ok((2.0..=4.0).contains(&n).then_some((Some(n / 2.0), None))))
}

fn without_inverse(trial: &Trial<'_>) -> Result<Option<Case>> {
    distances(trial, |n| Ok((3.0..=4.0).contains(&n).then_some((None, Some(n.ln() - 1.0)))))
}

/// What C and KL are at most.
type Most = (Option<f64>, Option<f64>);

fn distances(trial: &Trial<'_>, most: impl Fn(f64) -> Result<Option<Most>>) -> Result<Option<Case>> {
    let Some(n) = draws(trial)? else { return Ok(None) };
    let Some((concentrability, divergence)) = most(n)? else { return Ok(None) };
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        for (of, bound) in [(&CHAIN_CONCENTRABILITY, concentrability), (&KL_POLICY, divergence)] {
            if let Some(bound) = bound {
                let found = trial.get(of, t)?;
                case.comparisons.push(Comparison::unlimited(found, bound, 1e-9 * (1.0 + bound)));
            }
        }
    }
    Ok(Some(case))
}

/// The probabilities of all sequences of n draws, summed by the likeliest one, the first drawn on a tie.
fn enumerated(law: &[f64], ranking: &[f64], n: usize) -> Vec<f64> {
    let mut kept = vec![0.0; law.len()];
    for number in 0..law.len().pow(n as u32) {
        let (mut left, mut weight, mut best) = (number, 1.0, usize::MAX);
        for _ in 0..n {
            let y = left % law.len();
            left /= law.len();
            weight *= law[y];
            if best == usize::MAX || ranking[y] > ranking[best] {
                best = y;
            }
        }
        kept[best] += weight;
    }
    kept
}

/// Sequences that are enumerated at most.
const MOST_SEQUENCES: f64 = 2000.0;

fn law(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let law = random_law(&mut rng, 12);
        let (n, rounds) = (rng.random_range(1..=9), rng.random_range(1..=3));
        let (row, mut comparisons) = (table(&law), Vec::new());
        let stated = best_of_law(&law, &law, n as f64)?;
        comparisons.extend(same(&probabilities(&best_of(at(&row), at(&row), n)?), &stated));
        if (law.len() as f64).powi(n as i32) <= MOST_SEQUENCES {
            comparisons.extend(same(&enumerated(&law, &law, n as usize), &stated));
        }
        // The semigroup, ranked by the current and by the base law.
        let once = best_of_law(&law, &law, (n as f64).powi(rounds))?;
        for by_base in [false, true] {
            let mut now = best_of(at(&row), at(&row), 1)?;
            for _ in 0..rounds {
                let ranking = if by_base { at(&row) } else { now.distribution() };
                now = best_of(now.distribution(), ranking, n)?;
            }
            comparisons.extend(same(&probabilities(&now), &once));
        }
        Ok(case(law.len(), comparisons))
    };
    (0..count(profile, 100)).map(|_| one()).collect()
}

/// The law with ties that go to the least index: each response is a level of its own.
fn of_least_index(law: &[f64], n: u64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..law.len()).collect();
    order.sort_by(|&a, &b| law[a].total_cmp(&law[b]).then(b.cmp(&a)));
    let (mut kept, mut below) = (vec![0.0; law.len()], 0.0f64);
    for y in order {
        let upto = below + law[y];
        kept[y] = upto.powi(n as i32) - below.powi(n as i32);
        below = upto;
    }
    kept
}

fn law_of_least_index(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut laws = vec![(vec![0.2, 0.2, 0.3, 0.3], 3)];
    laws.extend((0..count(profile, 30)).map(|_| (random_law(&mut rng, 12), rng.random_range(2..=9))));
    let one = |(law, n): (Vec<f64>, u64)| {
        let row = table(&law);
        let found = probabilities(&best_of(at(&row), at(&row), n)?);
        Ok(case(law.len(), same(&found, &of_least_index(&law, n)).collect()))
    };
    laws.into_iter().map(one).collect()
}

fn distance_of_laws(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    distances_of_laws(seed, profile, 1.0)
}

fn three_quarters(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    distances_of_laws(seed, profile, 0.75)
}

fn distances_of_laws(seed: &Seed, profile: Profile, share: f64) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        // Many responses of like probability come closest to both.
        let law = match rng.random_range(0..2) {
            0 => random_law(&mut rng, 11),
            _ => {
                let responses = rng.random_range(2..=11);
                vec![1.0 / responses as f64; responses]
            }
        };
        let n = rng.random_range(2..=9);
        let odds: Vec<f64> = law.iter().map(|_| rng.random_range(0.1..1.0)).collect();
        let total: f64 = odds.iter().sum();
        let ranking: Vec<f64> = odds.into_iter().map(|odds| odds / total).collect();
        let (row, order) = (table(&law), table(&ranking));
        let kept = probabilities(&best_of(at(&row), at(&order), n)?);
        let (most, least) = (share * most_concentrability(n as f64)?, share * most_divergence(n as f64)?);
        let comparisons = vec![
            Comparison::unlimited(concentrability(&law, &kept), most, 1e-9 * most),
            Comparison::unlimited(divergence(&law, &kept), least, 1e-9 * least),
        ];
        Ok(case(law.len(), comparisons))
    };
    (0..count(profile, 200)).map(|_| one()).collect()
}
