//! Whole runs: Theorem 5.3 with explicit constants, uniform over the rounds and round by round, and its shape.

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::linear_softmax;
use crate::theory::one_step::{Class, Regularisation};
use crate::theory::recurrence::{Contraction, assume_run, linear_surplus};

/// What the bounds on whole runs read off a run besides n and T.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// The policy class Π.
    pub class: Class,
    /// β as a function of n.
    pub beta: Regularisation,
    /// κ₀ ≥ 1, the condition number of the base policy.
    pub kappa0: f64,
    /// γ > 0, the least margin over rounds 0..T−1 (nats).
    pub gamma: f64,
    /// μ in (0, 1], the least confidence over rounds 1..T.
    pub mu: f64,
    /// ρ in (0, 1); every round has ρ/T.
    pub rho: f64,
    /// r̄ ≥ 0, the excess concentrability; the paper takes 1.
    pub excess: f64,
}

/// The numbers of a run at one n and T.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// β.
    pub beta: f64,
    /// ε_n at confidence 1 − ρ/T.
    pub epsilon: f64,
    /// The map κ ↦ 1 + C√κ.
    pub contraction: Contraction,
}

impl Setting {
    /// Refuses numbers outside their ranges.
    pub(crate) fn check(&self) -> Result<()> {
        self.class.check()?;
        self.beta.check()?;
        check::at_least_one("kappa0", self.kappa0)?;
        check::positive("gamma", self.gamma)?;
        check::positive_unit("mu", self.mu)?;
        check::open_unit("rho", self.rho)?;
        check::nonnegative("excess", self.excess)?;
        Ok(())
    }

    /// β, ε_n at ρ/T and the contraction at `n` ≥ 1 triples in each of T = `rounds` ≥ 1 rounds.
    pub fn rates(&self, n: f64, rounds: u32) -> Result<Rates> {
        self.check()?;
        let n = check::count("n", n)?;
        let beta = self.beta.at(n);
        self.class.usable_range(beta)?;
        let epsilon = self.class.epsilon(n, beta, self.rho / f64::from(check::rounds(rounds)?));
        let contraction = Contraction::new(self.gamma, self.mu, epsilon, beta, self.excess)?;
        Ok(Rates { beta, epsilon, contraction })
    }

    /// The statistical and the regularisation term of [`explicit`], given the rates at n and T.
    fn terms(&self, rates: &Rates, rounds: u32, delta: f64) -> (f64, f64) {
        let kappa = rates.contraction.after(self.kappa0, rounds - 1);
        let scaled = |term: f64| term / self.gamma / delta;
        (scaled((1.0 + self.excess) * rates.epsilon * kappa.sqrt()), scaled(rates.beta * kappa.ln()))
    }

    /// The value of [`explicit`] alone, for searches over n.
    pub(crate) fn failure(&self, n: f64, rounds: u32, delta: f64) -> Result<f64> {
        let (statistical, regularisation) = self.terms(&self.rates(n, rounds)?, rounds, delta);
        Ok(statistical + regularisation)
    }
}

/// Theorem 5.3 (`iterative`, finite class) and Theorem 6.2 (`linear-softmax`) with explicit constants: with probability
/// at least 1 − ρ,
///
/// F_T(δ) ≤ (1/(γδ)) [(1 + r̄) ε_n √κ̄_{T−1} + β log κ̄_{T−1}],
///
/// ε_n of C10 at ρ/T, κ̄_{T−1} = κ_∞ + λ^{T−1}(κ₀ − κ_∞) of Lemma C.4. γ, μ, r̄ are those of the run. The paper's form
/// has r̄ = 1, and is false without it.
///
/// Among the intermediates: `informative` is 1 where κ_∞ < κ₀ and 0 where iteration is not shown to lower κ;
/// `iterated` is the bound of [`round_by_round`] with these same constants in every round; for the linear class also
/// `complete_spans`, that of [`complete_spans`], and `round_by_round` with constants that grow with ‖θ_t‖.
/// `n` ≥ 1, `rounds` = T ≥ 1, `delta` = δ in (0, 1).
///
/// ```
/// use selfreward::theory::iterative::{Setting, explicit};
/// use selfreward::theory::one_step::{Class, Regularisation};
///
/// let (class, beta) = (Class::Finite { log_size: 8.0, range: 1.0 }, Regularisation::OverSqrtN(1.0));
/// let setting = Setting { class, beta, kappa0: 1.0, gamma: 2.0, mu: 1.0, rho: 0.1, excess: 1.0 };
/// // One round from a sure model: (1 + r̄)ε_n/(γδ) with ε_n² = 8R² log(#Π/ρ)/n, and log κ₀ = 0.
/// let epsilon = (8.0 * (8.0 - 0.1f64.ln()) / 1e6f64).sqrt();
/// assert!((explicit(&setting, 1e6, 1, 0.5)?.value() - 2.0 * epsilon / (2.0 * 0.5)).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn explicit(setting: &Setting, n: f64, rounds: u32, delta: f64) -> Result<Bound> {
    let rates = setting.rates(n, rounds)?;
    let delta = check::open_unit("delta", delta)?;
    let (statistical, regularisation) = setting.terms(&rates, rounds, delta);
    let value = statistical + regularisation;
    let Rates { beta, epsilon, contraction } = rates;
    let name = match setting.class {
        Class::Finite { .. } => "iterative",
        Class::Linear { .. } => "linear-softmax",
    };
    let same = RoundConstants { gamma: setting.gamma, epsilon, excess: setting.excess };
    let iterated = round_by_round(setting.kappa0, setting.mu, beta, delta, &vec![same; rounds as usize])?;
    let bound = Bound::new(name, value, value >= 1.0)
        .with("beta", beta)
        .with("range", setting.class.range(beta))
        .with("epsilon", epsilon)
        .with("contraction", contraction.coefficient())
        .with("factor", contraction.factor())
        .with("kappa_inf", contraction.fixed_point())
        .with("kappa_last", contraction.after(setting.kappa0, rounds - 1))
        .with("informative", if contraction.fixed_point() < setting.kappa0 { 1.0 } else { 0.0 })
        .with("statistical_term", statistical)
        .with("regularisation_term", regularisation)
        .with("iterated", iterated.value());
    let bound = setting.class.assume(assume_run(bound, setting.excess), Some(beta));
    match setting.class {
        Class::Finite { .. } => Ok(bound),
        Class::Linear { .. } => linear_softmax::report(bound, setting, n, rounds, delta),
    }
}

/// The constants of one round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundConstants {
    /// γ_t > 0 (nats).
    pub gamma: f64,
    /// ε_{n,t} ≥ 0 at confidence 1 − ρ/T.
    pub epsilon: f64,
    /// r̄_t = √(C_{π_{t+1}/π_t}/κ_t) ≥ 0.
    pub excess: f64,
}

/// Theorem 5.3 round by round (`round-by-round`, ours): K_t = [(1 + r̄_t) ε_{n,t} √κ̄_t + β log κ̄_t]/γ_t,
/// κ̄_{t+1} = min(1/μ, 1 + K_t/μ), F_T(δ) ≤ K_{T−1}/δ.
///
/// Each step needs the constants of its own round only, so that a γ_t and an ε_{n,t} that grow together cost nothing.
/// `kappa0` ≥ 1, `mu` in (0, 1], `beta` > 0, `delta` in (0, 1), `rounds` the constants of rounds 0..T−1, at least one.
pub fn round_by_round(kappa0: f64, mu: f64, beta: f64, delta: f64, rounds: &[RoundConstants]) -> Result<Bound> {
    let mu = check::positive_unit("mu", mu)?;
    let beta = check::positive("beta", beta)?;
    let delta = check::open_unit("delta", delta)?;
    // κ̄_t − 1, not κ̄_t: it may fall below the spacing of the doubles near 1.
    let mut surplus = check::at_least_one("kappa0", kappa0)? - 1.0;
    let mut steps = None;
    for round in rounds {
        let gamma = check::positive("gamma", round.gamma)?;
        let deviation =
            (1.0 + check::nonnegative("excess", round.excess)?) * check::nonnegative("epsilon", round.epsilon)?;
        let gap = (deviation * (1.0 + surplus).sqrt() + beta * surplus.ln_1p()) / gamma;
        steps = Some((1.0 + surplus, gap));
        surplus = linear_surplus(gap, mu);
    }
    let Some((kappa_last, gap)) = steps else {
        return Err(Error::argument("rounds", 0, "the constants of at least one round"));
    };
    Ok(Bound::new("round-by-round", gap / delta, gap / delta >= 1.0)
        .with("kappa_last", kappa_last)
        .with("comparator_gap", gap)
        .with("kappa_next", 1.0 + surplus)
        .assuming("realizable in every round, and epsilon holds in all rounds at once (rho/T each)")
        .assuming("the constants of each round are those of the run, with unique modal responses"))
}

/// The run whose spans are complete (ours): with probability at least 1 − Σ_t r e^{−n/L_t} ε = 0 in every round, r̄ ≤ 1,
/// and F_T(δ) ≤ β log κ_{T−1}/(γδ), κ_{t+1} ≤ 1 + β log κ_t/(γμ).
///
/// `kappa0` ≥ 1, `gamma` > 0, `mu` in (0, 1], `beta` > 0, `delta` in (0, 1), `rounds` ≥ 1.
///
/// ```
/// use selfreward::theory::iterative::complete_spans;
///
/// // One round: β log κ₀/(γδ).
/// let bound = complete_spans(3.0, 2.0, 0.5, 0.1, 0.25, 1)?;
/// assert!((bound.value() - 0.1 * 3f64.ln() / (2.0 * 0.25)).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn complete_spans(kappa0: f64, gamma: f64, mu: f64, beta: f64, delta: f64, rounds: u32) -> Result<Bound> {
    let noise_free = RoundConstants { gamma, epsilon: 0.0, excess: 1.0 };
    let run = round_by_round(kappa0, mu, beta, delta, &vec![noise_free; check::rounds(rounds)? as usize])?;
    Ok(Bound::new("complete-spans", run.value(), run.vacuous())
        .building_on(&run)
        .assuming("the span of feature differences is complete in every round, and the ball inactive"))
}

/// The shape of Theorems 5.3 and 6.2: everything but the complexity of the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// n ≥ 1.
    pub n: f64,
    /// T ≥ 1.
    pub rounds: u32,
    /// κ₀ ≥ 1.
    pub kappa0: f64,
    /// γ > 0.
    pub gamma: f64,
    /// δ in (0, 1).
    pub delta: f64,
    /// The contraction, for κ_∞ and λ.
    pub contraction: Contraction,
    /// c > 0, which the theorem hides.
    pub constant: f64,
}

impl Shape {
    /// (c/(γδ)) √(complexity · log n / n) (√κ_∞ + √κ₀ λ^{(T−1)/2}), for β ≲ 1/√n and r̄ ≲ 1.
    ///
    /// `complexity` ≥ 0 is log(#Π/ρ) for a finite class (Theorem 5.3), d for the linear one (Theorem 6.2), an effective
    /// dimension in Corollaries 6.4, G.5 and G.6.
    pub fn failure(&self, complexity: f64) -> Result<Bound> {
        let n = check::count("n", self.n)?;
        let statistical = (check::nonnegative("complexity", complexity)? * n.ln() / n).sqrt();
        let scale = check::positive("constant", self.constant)?
            / (check::positive("gamma", self.gamma)? * check::open_unit("delta", self.delta)?);
        let stable = self.contraction.fixed_point().sqrt();
        let initial = check::at_least_one("kappa0", self.kappa0)?.sqrt()
            * self.contraction.factor().powf(0.5 * f64::from(check::rounds(self.rounds)? - 1));
        let value = scale * statistical * (stable + initial);
        Ok(Bound::new("shape", value, value >= 1.0)
            .with("stable_term", scale * statistical * stable)
            .with("initial_term", scale * statistical * initial)
            .assuming(format!("hidden constant taken as {}", self.constant))
            .assuming("beta of the order of 1/sqrt(n) at most, excess concentrability of the order of 1")
            .assuming("n large: lower-order terms are dropped"))
    }
}
