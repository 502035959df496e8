//! Fine-tuning over a finite class: the best of N (S4) and the adaptive rule (S5b), on the class of all labellings of the hard instance.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::super::theory::sft::{Tuning, first_term, hellinger, sft};
use super::{FAR, RHO};
use crate::Result;
use crate::claims::cases::single;
use crate::claims::{Case, Claim, Comparison, Control, Level, Rule, Statement};
use crate::instance::Instance;
use crate::instance::lower_bound::Hard;
use crate::policy::Policy;
use crate::process::law::{Adaptive, Distribution, adaptive, best_of};
use crate::process::multinomial::binomial;
use crate::seed::{Purpose, Seed};
use crate::stats::mean_with_error;
use crate::study::Profile;
use crate::study::definition::Verdict;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        id: "S4",
        says: "P_x[π̂(y*|x) ≤ 1−δ] ≤ 2 log(#Π/ρ)/(n h(δ,η)) + P_x[(1−π_0(y*|x))^N > η] with probability ≥ 1−ρ, for every η in (0, δ) at once",
        level: Level::Explicit,
        result: "Theorem 4.1, constants ours",
        expected: Verdict::Holds,
        sources: &[],
        statement: Statement::Constructed(best_of_n),
        rule: Rule::WithProbability { rho: RHO },
        note: "the best of N of every labelling of two hard instances, log #Π = M log K; per prompt the most frequent pick, ties and unseen prompts against us; best η and four fixed ones",
        controls: &[Control::constructed("S4.linear", "δ in place of h(δ, η)", linear)],
    },
    Claim {
        id: "S5b",
        says: "with N_μ in place of N, μ = log(1/η): P_x[π̂(y*|x) ≤ 1−δ] ≤ 2 log(#Π/ρ)/(n h(δ,η)) with probability ≥ 1−ρ",
        level: Level::Explicit,
        result: "Theorem D.1, constants ours",
        expected: Verdict::Holds,
        sources: &[],
        statement: Statement::Constructed(adaptive_picks),
        rule: Rule::WithProbability { rho: RHO },
        note: "the class of S4 with the output law of the stopping rule; η is fixed first",
        controls: &[Control::constructed("S5b.linear", "δ in place of h(δ, η)", linear_in_eta)],
    },
    Claim {
        note: "means over runs, each pick with its own time, to 6 standard errors",
        level: Level::Explicit,
        ..Claim::exact(
            "S5b.draws",
            "E m ≤ n(1+μ)κ_0, m the responses drawn by the stopping rule for n picks",
            "Theorem D.1 of 2412.01951, repaired",
            &[],
            Statement::Constructed(draws),
            &[Control::constructed("S5b.no-one", "E m ≤ nμκ_0", draws_without_one)],
        )
    },
];

/// A hard instance and δ.
#[derive(Clone, Copy)]
struct Setting {
    prompts: usize,
    responses: u32,
    mass: f64,
    delta: f64,
}

/// The grid's own instance, at which no prompt fails any more where the bound says something, and one at which some do: a smaller class on
/// rarer prompts, and a larger δ.
const SETTINGS: [Setting; 2] = [
    Setting { prompts: 16, responses: 9, mass: 0.6, delta: 0.5 },
    Setting { prompts: 16, responses: 3, mass: 0.1, delta: 0.9 },
];
const PICKS: [u64; 7] = [50, 100, 200, 400, 800, 1600, 3200];

/// The hard instance with its base policy.
struct Base {
    setting: Setting,
    instance: Instance,
    policy: Policy,
}

impl Base {
    fn draw(setting: Setting, seed: &Seed) -> Result<Self> {
        let Setting { prompts, responses, mass, .. } = setting;
        let instance = Hard { prompts, responses, mass, verifier: false }.draw(seed)?;
        let policy = instance.policy(instance.base());
        Ok(Self { setting, instance, policy })
    }

    /// log #Π of all labellings.
    fn log_class(&self) -> f64 {
        self.setting.prompts as f64 * f64::from(self.setting.responses).ln()
    }

    /// π_0(y*|x) of each prompt.
    fn modes(&self) -> Vec<f64> {
        (0..self.policy.prompts()).map(|x| self.policy.prob(x, self.policy.head(x).modal)).collect()
    }

    /// The number of picks at each prompt, of n.
    fn spread(&self, n: u64, rng: &mut impl Rng) -> Vec<u64> {
        let weights = self.instance.weights();
        cells(n, weights, rng)
    }
}

/// Multinomial counts, cell by cell.
fn cells(mut left: u64, masses: &[f64], rng: &mut impl Rng) -> Vec<u64> {
    let mut rest: f64 = masses.iter().sum();
    let last = masses.len() - 1;
    let mut count = |(cell, mass): (usize, &f64)| {
        rest -= mass;
        let here = if cell == last { left } else { binomial(left, *mass, rest.max(0.0), rng) };
        left -= here;
        here
    };
    masses.iter().enumerate().map(&mut count).collect()
}

/// The share of prompts at which the likeliest member of the class, the most frequent pick of each prompt with ties and unseen prompts
/// against us, has at most 1−δ on the mode. `hit` is the chance that a pick is the mode, and what the class gives a pick.
fn failing(base: &Base, n: u64, hit: &[f64], rng: &mut impl Rng) -> f64 {
    let mut share = 0.0;
    for (x, picks) in base.spread(n, rng).into_iter().enumerate() {
        let others = base.policy.row(x).atoms.len() + base.policy.row(x).rest as usize - 1;
        // A prompt with one response has one policy.
        if others == 0 {
            continue;
        }
        let hits = binomial(picks, hit[x], 1.0 - hit[x], rng);
        let most = cells(picks - hits, &vec![1.0; others], rng).into_iter().max().unwrap_or(0);
        let learned = if hits > most { hit[x] } else { (1.0 - hit[x]) / others as f64 };
        if learned <= 1.0 - base.setting.delta + 1e-12 {
            share += base.instance.weights()[x];
        }
    }
    share
}

/// Runs of each setting, N or η, and n.
fn runs(profile: Profile) -> u64 {
    if profile == Profile::Quick { 10 } else { 100 }
}

fn best_of_n(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng: ChaCha8Rng = seed.rng(Purpose::Laws, 0, 0);
    let mut cases = Vec::new();
    for (run, setting) in (0..runs(profile)).flat_map(|run| SETTINGS.map(|setting| (run, setting))) {
        let base = Base::draw(setting, &seed.child("labels", run))?;
        for each in [5u64, 10, 20, 40, 60] {
            let of = |x: usize| -> Result<f64> {
                let draws = Distribution::of(&base.policy, x);
                Ok(best_of(draws, draws, each)?.log_prob(base.policy.head(x).modal).exp())
            };
            let hit: Vec<f64> = (0..base.policy.prompts()).map(of).collect::<Result<_>>()?;
            for n in PICKS {
                let round = Tuning {
                    log_class: base.log_class(),
                    n: n as f64,
                    best_of: each as f64,
                    rho: RHO,
                    delta: setting.delta,
                    modes: base.modes(),
                    weights: base.instance.weights().to_vec(),
                };
                let measured = failing(&base, n, &hit, &mut rng);
                let mut case = Case::default();
                for eta in [None, Some(0.001), Some(0.01), Some(0.1), Some(0.4)] {
                    case.comparisons.push(Comparison::probability(measured, sft(&round, eta)?.value(), 1e-12));
                }
                cases.push(case);
            }
        }
    }
    Ok(cases)
}

/// η of the adaptive rule.
const ETAS: [f64; 4] = [0.01, 0.03, 0.1, 0.25];

/// The law of the stopping rule at each prompt.
fn stopped(base: &Base, mu: f64) -> Result<Vec<Adaptive>> {
    let of = |x: usize| {
        let draws = Distribution::of(&base.policy, x);
        adaptive(draws, draws, mu)
    };
    (0..base.policy.prompts()).map(of).collect()
}

fn adaptive_picks(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng: ChaCha8Rng = seed.rng(Purpose::Laws, 0, 0);
    let mut cases = Vec::new();
    for (run, setting) in (0..runs(profile)).flat_map(|run| SETTINGS.map(|setting| (run, setting))) {
        let base = Base::draw(setting, &seed.child("labels", run))?;
        for eta in ETAS {
            let laws = stopped(&base, -eta.ln())?;
            let mode = |(x, law): (usize, &Adaptive)| law.law.log_prob(base.policy.head(x).modal).exp();
            let hit: Vec<f64> = laws.iter().enumerate().map(mode).collect();
            for n in PICKS {
                let measured = failing(&base, n, &hit, &mut rng);
                let bound = first_term(base.log_class(), n as f64, RHO, setting.delta, eta)?;
                cases.push(single(Comparison::probability(measured, bound, 1e-12)));
            }
        }
    }
    Ok(cases)
}

fn draws(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    mean_draws(seed, profile, |mu| 1.0 + mu)
}

fn draws_without_one(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    mean_draws(seed, profile, |mu| mu)
}

/// The mean of m over runs against n·factor(μ)·κ_0.
fn mean_draws(seed: &Seed, profile: Profile, factor: fn(f64) -> f64) -> Result<Vec<Case>> {
    let mut rng: ChaCha8Rng = seed.rng(Purpose::Laws, 0, 0);
    let base = Base::draw(SETTINGS[0], &seed.child("labels", 0))?;
    let kappa0: f64 = base.modes().iter().zip(base.instance.weights()).map(|(mode, weight)| weight / mode).sum();
    let mut cases = Vec::new();
    for eta in [0.001, 0.01, 0.1, 0.25, 0.6] {
        let mu = -f64::ln(eta);
        let laws = stopped(&base, mu)?;
        for n in [50u64, 3200] {
            let mut totals = Vec::new();
            for _ in 0..4 * runs(profile) {
                let mut total = 0;
                for (x, picks) in base.spread(n, &mut rng).into_iter().enumerate() {
                    let (modal, others) = (base.policy.head(x).modal, base.policy.row(x).rest);
                    let hit = laws[x].law.log_prob(modal).exp();
                    let hits = if others == 0 { picks } else { binomial(picks, hit, 1.0 - hit, &mut rng) };
                    total += laws[x].draws(modal, hits, &mut rng);
                    // All other labels stop at the same times.
                    total += laws[x].draws((modal + 1) % (others + 1), picks - hits, &mut rng);
                }
                totals.push(total as f64);
            }
            let (mean, error) = mean_with_error(&totals);
            let bound = n as f64 * factor(mu) * kappa0;
            cases.push(single(Comparison::unlimited(mean, bound, FAR * error.unwrap_or(f64::INFINITY))));
        }
    }
    Ok(cases)
}

fn linear(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    (1..20).map(|i| f64::from(i) / 20.0).map(|delta| two_points(delta, 0.5 * delta)).collect()
}

fn linear_in_eta(_seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    ETAS.into_iter().map(|eta| two_points(SETTINGS[0].delta, eta)).collect()
}

/// One prompt, a target of 1−η and a fit of 1−δ on the mode. The fit fails there, and the statement says that the squared Hellinger
/// distance over δ is at least that share of prompts.
fn two_points(delta: f64, eta: f64) -> Result<Case> {
    let target: [f64; 2] = [1.0 - eta, eta];
    let learned: [f64; 2] = [1.0 - delta, delta];
    let distance: f64 = target.iter().zip(&learned).map(|(p, q)| (p.sqrt() - q.sqrt()).powi(2)).sum();
    debug_assert!((distance - hellinger(delta, eta)).abs() < 1e-12);
    Ok(single(Comparison::unlimited(1.0, distance / delta, 1e-12)))
}
