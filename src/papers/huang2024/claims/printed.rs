//! What is false as printed, each with its smallest counterexample on a grid, and two repairs.
//!
//! The size of a case is its place in the grid, smallest first, so that the ledger's witness is the smallest counterexample.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::super::theory::adaptive::stopping;
use super::super::theory::autoregressive::law as sequences;
use super::super::theory::best_of_n::{concentrability, divergence};
use super::super::theory::printed::{
    coverage_draws, draws_as_printed, miss_as_printed, near_mode_coverage, near_mode_coverage_as_printed, potential,
    potential_as_printed,
};
use super::super::theory::sharpened::sharpened;
use super::autoregressive::members;
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Replay, Statement};
use crate::experiment::CellRows;
use crate::metrics::named::{BASE_PROBABILITY, DRAWS};
use crate::papers::laws::{ROUNDING, base_laws, case};
use crate::seed::Seed;

use crate::simulate::config::{Config, SeedConfig, parse_toml};
use crate::simulate::{Simulation, run};
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    printed(
        "S5.printed-proof",
        "k draws miss y* with probability at most (1−g/P*)^k",
        "Lemma I.1, its proof",
        proof_of_draws,
        "smallest: π = (½, ½), k = 1: 0 > −3. It is (1−gP*)^k, and the lemma itself is true (S5)",
    ),
    printed(
        "S5b.printed-draws",
        "n samples of the adaptive rule, μ = log(2/δ), draw nC_cov log(1/δ) responses at most",
        "Theorem D.1",
        draws_of_theorem,
        "smallest: one response, δ = ½: 2 draws each > log 2. It is n(1+log(2/δ))E_x[1/max π_0], as the theorem's own proof has it",
    ),
    printed(
        "S6.printed-constant",
        "two factors that are at least ¼ make at least ⅛",
        "Lemma H.3, last step of its proof",
        constant,
        "smallest: ¼·¼ = 1/16. The lemma asks for some constant, and a smaller one does; the floor without a constant left open is S6",
    ),
    printed(
        "S8.printed",
        "sharpening-sft is sure of y* (π_t(y*) ≥ .9) only after log(10)/π_0(y*) draws or more",
        "Example J.1, read of rounds",
        separation,
        "the example is about one shot, of which it is true; rounds ranked by π_t need fewer draws, on points drawn uniformly (no packing). One run, the smallest sphere of a grid, can be replayed; shares are in `sphere`",
    ),
    printed(
        "S9.printed-sign",
        "the member that minimises minus the sum of squares has no regret J_β(π*_β) − J_β(π), if π*_β is a member",
        "Algorithm 1 (XPO), at α = 0",
        sign,
        "smallest: two responses, Π = {π_0, π*_β}, one pair: the minus rewards residuals. The analysis uses plus (S9)",
    ),
    printed(
        "S10b.printed",
        "C_{π*_β/π_0} ≤ (1−γ)^{−1}E_x[1/π_0(Y_γ)], Y_γ the responses with π_0 ≥ (1−γ)max π_0",
        "Lemma 4.1′ (γ > 0)",
        near_modes_as_printed,
        "smallest: K = 2, π_0 ∝ (1,.9), γ .1, β .1: 1.22 > 1.11; with three, ∝ (1,.9,.9), β .01, it is 2.80 > 1.11",
    ),
    Claim::exact(
        "S10b.repaired",
        "C_{π*_β/π_0} ≤ (1−γ)^{−1/β}E_x[1/π_0(Y_γ)]",
        "Lemma 4.1′, repaired (ours)",
        &[],
        Statement::Constructed(near_modes),
        &[Control::constructed("S10b.root", "the same with (1−γ)^{−1/(4β)}", near_modes_of_root)],
    ),
    printed(
        "S10c.printed",
        "Σ_t tr(Γ_{t−1}⁻¹A_t) ≤ dK log((T+1)K/λ)/(λ log(1+K/λ)), A_t ⪰ 0 of trace ≤ K, Γ_t = λI + Σ_{i≤t}A_i",
        "Lemma F.2",
        elliptic_as_printed,
        "smallest: d = T = K = 1, A = 1, λ = 2: ½ > 0; it needs λ ≤ K",
    ),
    Claim::exact(
        "S10c.repaired",
        "Σ_t tr(Γ_{t−1}⁻¹A_t) ≤ (K/λ)/log(1+K/λ)·d log(1+TK/(dλ))",
        "Lemma F.2, repaired (ours)",
        &[],
        Statement::Constructed(elliptic),
        &[Control::constructed("S10c.no-factor", "the same without (K/λ)/log(1+K/λ)", elliptic_without_factor)],
    ),
    printed(
        "S11.printed",
        "two tokens, φ_1(1) = φ_1(2), B = log 2: F(δ) = 1 of every member at any δ > ½",
        "Proposition E.2, last sentence of its proof; the class is ours",
        any_delta,
        "δ ≤ ½ is meant (S11), and the proposition itself, π(y*) ≤ ½, is true. Smallest δ on a grid of hundredths: .64, θ along (1,−1); F(δ) = 1 up to 1 − ½σ(√2 log 2) = .6364",
    ),
];

const fn printed(
    id: &'static str,
    says: &'static str,
    result: &'static str,
    make: fn(&Seed, Profile) -> Result<Vec<Case>>,
    note: &'static str,
) -> Claim {
    Claim {
        expected: Verdict::Violated,
        note,
        ..Claim::exact(id, says, result, &[], Statement::Constructed(make), &[])
    }
}

/// Laws of quarters over 1 to 4 responses, the smallest first.
fn quarters() -> [Vec<f64>; 5] {
    [vec![1.0], vec![0.5, 0.5], vec![0.75, 0.25], vec![0.5, 0.25, 0.25], vec![0.25; 4]]
}

fn proof_of_draws(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (place, law) in quarters().iter().enumerate() {
        let rule = stopping(law, 1.0)?;
        for k in 1..=4 {
            let miss = (1.0 - rule.mode_mass).powi(k);
            let stated = miss_as_printed(rule.modes, rule.mode_mass / rule.modes, k);
            cases.push(case(10 * place + k as usize, vec![Comparison::probability(miss, stated, ROUNDING)]));
        }
    }
    Ok(cases)
}

/// A run of the process, round by round, and what replays it.
fn replayed(text: &str, seed: &Seed) -> Result<(CellRows, Vec<Vec<f64>>, Arc<Replay>)> {
    let mut config = Config::from_table(&parse_toml(text)?)?;
    config.run.replicates = 1;
    config.run.seed = SeedConfig::Text(seed.to_string());
    let simulation = Simulation::new(config)?;
    let instance = simulation.instance(0)?;
    let run = run::replicate(&simulation, 0, false, &AtomicBool::new(false))?;
    let rows = CellRows::of_run(&simulation, &[run]);
    let replay = Replay { config: simulation.config, instance: (*instance).clone() };
    Ok((rows, base_laws(&instance), Arc::new(replay)))
}

fn draws_of_theorem(seed: &Seed, _: Profile) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (place, law) in quarters().iter().enumerate() {
        for (at, delta) in [0.5, 0.1, 0.01].into_iter().enumerate() {
            let logits: Vec<String> = law.iter().map(|mass| format!("{:?}", mass.ln())).collect();
            let text = format!(
                "[instance]\nkind = \"tabular\"\nprompts = 1\nresponses = {}\ntheta0 = [{}]\n[process]\nupdate = \"likelihood\"\n\
                 adaptive = {:?}\nsamples = 100\nrounds = 1\n[measure]\nalso = [\"draws\"]\n",
                law.len(),
                logits.join(", "),
                f64::ln(2.0 / delta),
            );
            let (rows, _, replay) = replayed(&text, seed)?;
            let stated = 100.0 * draws_as_printed(1.0 / stopping(law, 1.0)?.mode_mass, delta)?;
            let drawn = Comparison::unlimited(rows.value(0, &DRAWS, 1)?, stated, ROUNDING * stated);
            cases.push(Case { replay: Some(replay), ..case(10 * place + at, vec![drawn]) });
        }
    }
    Ok(cases)
}

fn constant(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    let quarters = || (1..=4u32).map(|q| f64::from(q) / 4.0);
    let pairs = quarters().flat_map(|p| quarters().map(move |q| (p, q)));
    let one = |(p, q): (f64, f64)| case((16.0 * p + 4.0 * q) as usize, vec![Comparison::at_least(p * q, 0.125, 0.0)]);
    Ok(pairs.map(one).collect())
}

/// Spheres in eight dimensions, the smallest first; rounds until the loop is sure.
fn separation(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let sizes: &[usize] = if profile == Profile::Quick { &[500, 5000] } else { &[100, 500, 1000, 2000, 3000, 5000] };
    let mut cases = Vec::new();
    for &responses in sizes {
        let text = format!(
            "[instance]\nkind = \"sphere\"\nresponses = {responses}\ndim = 8\nscale = 1.0\n[process]\nupdate = \"likelihood\"\n\
             best_of = 4\nsamples = 100\nrounds = 7\nridge = 1e-6\n[measure]\nalso = [\"draws\"]\n"
        );
        let (rows, laws, replay) = replayed(&text, seed)?;
        for t in 1..=rows.rounds() {
            if rows.value(0, &BASE_PROBABILITY, t)? >= 0.9 {
                let stated = coverage_draws(laws[0][0], 0.1)?;
                let drawn = Comparison::at_least(rows.value(0, &DRAWS, t)?, stated, ROUNDING * stated);
                cases.push(Case { replay: Some(Arc::clone(&replay)), ..case(responses, vec![drawn]) });
                break;
            }
        }
    }
    Ok(cases)
}

fn sign(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (place, p) in [0.5, 0.6, 0.75, 0.9].into_iter().enumerate() {
        let (base, beta) = ([p, 1.0 - p], 1.0);
        let best = sharpened(&base, beta)?;
        let members = [base.to_vec(), best.clone()];
        // One pair: β log(π/π_0) against log π_0.
        let residual = |law: &[f64]| {
            let implicit = beta * ((law[0] / base[0]).ln() - (law[1] / base[1]).ln());
            implicit - (base[0] / base[1]).ln()
        };
        let chosen =
            if residual(&members[0]).powi(2) > residual(&members[1]).powi(2) { &members[0] } else { &members[1] };
        let regret = beta * divergence(&best, chosen);
        cases.push(case(place, vec![Comparison::unlimited(regret, 0.0, ROUNDING)]));
    }
    Ok(cases)
}

/// π_0 ∝ (1, 1−γ, …, 1−γ), all of it in Y_γ: K, then β from large to small, then γ.
fn near(bound: impl Fn(f64, f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for responses in 2..=4usize {
        for (at, beta) in [1.0, 0.5, 0.2, 0.1, 0.05, 0.01].into_iter().enumerate() {
            for tenth in 1..=5u32 {
                let gamma = f64::from(tenth) / 10.0;
                let odds: Vec<f64> = (0..responses).map(|y| if y == 0 { 1.0 } else { 1.0 - gamma }).collect();
                let total: f64 = odds.iter().sum();
                let base: Vec<f64> = odds.into_iter().map(|odds| odds / total).collect();
                let found = concentrability(&base, &sharpened(&base, beta)?);
                let stated = bound(1.0, gamma, beta)?;
                let size = 100 * responses + 10 * at + tenth as usize;
                cases.push(case(size, vec![Comparison::unlimited(found, stated, ROUNDING * stated.min(1e9))]));
            }
        }
    }
    Ok(cases)
}

fn near_modes_as_printed(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    near(|coverage, gamma, _| near_mode_coverage_as_printed(coverage, gamma))
}

fn near_modes(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    near(near_mode_coverage)
}

fn near_modes_of_root(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    near(|coverage, gamma, beta| near_mode_coverage(coverage, gamma, 4.0 * beta))
}

/// Diagonal A_t of trace K: all on one axis, spread over all, or axis after axis; d, then T, then K, then λ.
fn potentials(bound: impl Fn(f64, f64, f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (dim, rounds, trace, lambda) in
        (1..=3).flat_map(|d| (1..=4).flat_map(move |t| (1..=3).flat_map(move |k| (1..=4).map(move |l| (d, t, k, l)))))
    {
        let (trace_as, lambda_as) = (f64::from(trace), f64::from(lambda));
        let stated = bound(f64::from(dim), f64::from(rounds), trace_as, lambda_as)?;
        for way in 0..3 {
            let share = |t: u32, axis: u32| match way {
                0 => f64::from(u8::from(axis == 0)),
                1 => 1.0 / f64::from(dim),
                _ => f64::from(u8::from(axis == t % dim)),
            };
            let (mut seen, mut sum) = (vec![lambda_as; dim as usize], 0.0);
            for t in 0..rounds {
                sum += (0..dim).map(|axis| trace_as * share(t, axis) / seen[axis as usize]).sum::<f64>();
                (0..dim).for_each(|axis| seen[axis as usize] += trace_as * share(t, axis));
            }
            let size = 1000 * dim + 100 * rounds + 10 * trace + lambda;
            cases.push(case(size as usize, vec![Comparison::unlimited(sum, stated, ROUNDING * (1.0 + sum))]));
        }
    }
    Ok(cases)
}

fn elliptic_as_printed(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    potentials(potential_as_printed)
}

fn elliptic(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    potentials(potential)
}

fn elliptic_without_factor(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    potentials(|dim, rounds, trace, lambda| Ok(dim * (rounds * trace / (dim * lambda)).ln_1p()))
}

fn any_delta(_: &Seed, _: Profile) -> Result<Vec<Case>> {
    let most = |theta: [f64; 2]| sequences(theta).into_iter().fold(0.0, f64::max);
    let surest = members(12).into_iter().map(most).fold(0.0, f64::max);
    let one = |hundredths: u32| {
        let delta = f64::from(hundredths) / 100.0;
        let failure = f64::from(u8::from(surest <= 1.0 - delta + 1e-12));
        case(hundredths as usize, vec![Comparison::at_least(failure, 1.0, 0.0)])
    };
    Ok((51..=99).map(one).collect())
}
