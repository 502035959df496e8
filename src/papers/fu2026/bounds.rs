//! The bounds by name: what each needs, and how it is evaluated.

use super::theory::effective_dimension::{Regime, Spectrum, effective_dimension, regime_bound};
use super::theory::iterative::{Setting, explicit};
use super::theory::one_step::{self, Class, Regularisation};
use super::theory::single_step::{self, Mass};
use super::theory::{Bound, iterations, recurrence};
use crate::nearest::one_of;
use crate::papers::{BoundEntry, Numbers};
use crate::{Error, Result, files};

/// Every bound, in the order of the theory.
pub(super) const BOUNDS: &[BoundEntry] = &[
    BoundEntry {
        name: "single-step",
        about: "least failure rate one round can promise, risk form (Theorem 4.1; shape)",
        usage: "n, kappa0, class-size or log-class-size (constant)",
        evaluate: single_step_bound,
    },
    BoundEntry {
        name: "hard-instance",
        about: "exact law of the failure rate on the hard instance of Theorem 4.1",
        usage: "n, prompts, kappa0 (rounds, mass, beta, delta)",
        evaluate: hard_instance,
    },
    BoundEntry {
        name: "epsilon",
        about: "explicit statistical error of one round (Eqs. 32-38, Appendix F)",
        usage: "n, and class-size or log-class-size with range, or dim with radius (beta, theta-norm, rho)",
        evaluate: epsilon,
    },
    BoundEntry {
        name: "one-step",
        about: "oracle bound on the failure rate after one round (Eqs. 39-42)",
        usage: "kappa, gamma, epsilon, beta (delta, concentrability)",
        evaluate: one_step_bound,
    },
    BoundEntry {
        name: "recurrence",
        about: "condition number after one round, linear and integral form (Lemma C.3)",
        usage: "kappa, gamma, mu, epsilon, beta (concentrability)",
        evaluate: recurrence_bound,
    },
    BoundEntry {
        name: "fixed-point",
        about: "limit of the condition number over rounds (Lemma C.4)",
        usage: "gamma, mu, epsilon, beta (excess, kappa0)",
        evaluate: fixed_point,
    },
    BoundEntry {
        name: "iterative",
        about: "failure rate after T rounds, finite class (Theorem 5.3, explicit)",
        usage: "n, rounds, kappa0, gamma, mu, class-size or log-class-size, range (beta, delta, rho, excess)",
        evaluate: |numbers| whole_run(numbers, finite),
    },
    BoundEntry {
        name: "linear-softmax",
        about: "failure rate after T rounds, linear softmax class (Theorem 6.2, explicit)",
        usage: "n, rounds, kappa0, gamma, mu, dim, radius (beta, delta, rho, excess, theta-norm)",
        evaluate: |numbers| whole_run(numbers, linear),
    },
    BoundEntry {
        name: "iterations",
        about: "least T for this n, or least n for this T, that sheds the initial model (Corollary 5.7)",
        usage: "kappa0, gamma, mu, n or rounds, and class-size or log-class-size with range, or dim with radius \
                (beta, rho, excess, theta-norm)",
        evaluate: iterations_bound,
    },
    BoundEntry {
        name: "exact-recovery",
        about: "probability that the span of feature differences stays incomplete (ours)",
        usage: "n, rank, leverage (rho)",
        evaluate: exact_recovery,
    },
    BoundEntry {
        name: "zero-failure",
        about: "confidence guaranteed after a round that equals the population update (ours)",
        usage: "responses, gamma, beta (delta)",
        evaluate: zero_failure,
    },
    BoundEntry {
        name: "effective-dimension",
        about: "effective dimension of a spectrum (Definition G.1), or its bound in a regime (Lemma G.4)",
        usage: "lambda, and spectrum FILE, or regime exponential with rate and scale, regime polynomial with exponent \
                and scale, regime spiked with rank and tail",
        evaluate: effective_dimension_bound,
    },
    BoundEntry {
        name: "covering-number",
        about: "log covering number of the linear softmax class, nats (Lemma F.4)",
        usage: "dim, radius, eta",
        evaluate: |numbers| {
            one_step::covering_number(numbers.need("dim")?, numbers.need("radius")?, numbers.need("eta")?)
        },
    },
];

fn finite(numbers: &Numbers) -> Result<Class> {
    Ok(Class::Finite { log_size: numbers.log_class_size(1.0)?, range: numbers.need("range")? })
}

fn linear(numbers: &Numbers) -> Result<Class> {
    Ok(Class::Linear {
        dim: numbers.need("dim")?,
        radius: numbers.need("radius")?,
        theta_norm: numbers.optional("theta-norm")?,
        range: None,
    })
}

/// The finite class if its size is given, otherwise the linear one.
fn class(numbers: &Numbers) -> Result<Class> {
    if ["class-size", "log-class-size", "range"].iter().any(|flag| numbers.has(flag)) {
        finite(numbers)
    } else if ["dim", "radius"].iter().any(|flag| numbers.has(flag)) {
        linear(numbers)
    } else {
        Err(numbers.missing("class-size"))
    }
}

fn regularisation(numbers: &Numbers) -> Result<Regularisation> {
    Ok(numbers.optional("beta")?.map_or(Regularisation::OverSqrtN(1.0), Regularisation::Fixed))
}

/// β of a bound that has n: given, or 1/√n.
fn beta_at(numbers: &Numbers, n: f64) -> Result<f64> {
    numbers.or("beta", Regularisation::OverSqrtN(1.0).at(n))
}

fn single_step_bound(numbers: &Numbers) -> Result<Bound> {
    let (n, kappa0) = (numbers.need("n")?, numbers.need("kappa0")?);
    single_step::single_step(n, kappa0, numbers.log_class_size(2.0)?, numbers.or("constant", 1.0)?)
}

fn hard_instance(numbers: &Numbers) -> Result<Bound> {
    let (n, prompts, kappa0) = (numbers.need("n")?, numbers.need("prompts")?, numbers.need("kappa0")?);
    let rounds = numbers.rounds_or(1)?;
    let mass = match numbers.word("mass") {
        Some(_) => Mass::Worst,
        None => numbers.optional("mass")?.map_or(Mass::Worst, Mass::Given),
    };
    single_step::hard_instance(n, rounds, prompts, kappa0, mass, beta_at(numbers, n)?, numbers.or("delta", 0.5)?)
}

fn epsilon(numbers: &Numbers) -> Result<Bound> {
    let n = numbers.need("n")?;
    one_step::epsilon(&class(numbers)?, n, beta_at(numbers, n)?, numbers.or("rho", 0.05)?)
}

fn one_step_bound(numbers: &Numbers) -> Result<Bound> {
    one_step::one_step(
        numbers.need("kappa")?,
        numbers.need("gamma")?,
        numbers.need("epsilon")?,
        numbers.need("beta")?,
        numbers.or("delta", 0.5)?,
        numbers.optional("concentrability")?,
    )
}

fn recurrence_bound(numbers: &Numbers) -> Result<Bound> {
    recurrence::recurrence(
        numbers.need("kappa")?,
        numbers.need("gamma")?,
        numbers.need("mu")?,
        numbers.need("epsilon")?,
        numbers.need("beta")?,
        numbers.optional("concentrability")?,
    )
}

fn fixed_point(numbers: &Numbers) -> Result<Bound> {
    recurrence::fixed_point(
        numbers.need("gamma")?,
        numbers.need("mu")?,
        numbers.need("epsilon")?,
        numbers.need("beta")?,
        numbers.or("excess", 1.0)?,
        numbers.optional("kappa0")?,
    )
}

fn setting(numbers: &Numbers, class: Class) -> Result<Setting> {
    Ok(Setting {
        class,
        beta: regularisation(numbers)?,
        kappa0: numbers.need("kappa0")?,
        gamma: numbers.need("gamma")?,
        mu: numbers.need("mu")?,
        rho: numbers.or("rho", 0.05)?,
        excess: numbers.or("excess", 1.0)?,
    })
}

fn whole_run(numbers: &Numbers, class: fn(&Numbers) -> Result<Class>) -> Result<Bound> {
    let n = numbers.need("n")?;
    numbers.need("rounds")?;
    let rounds = numbers.rounds_or(1)?;
    explicit(&setting(numbers, class(numbers)?)?, n, rounds, numbers.or("delta", 0.5)?)
}

fn iterations_bound(numbers: &Numbers) -> Result<Bound> {
    let setting = setting(numbers, class(numbers)?)?;
    match (numbers.optional("n")?, numbers.has("rounds")) {
        (Some(n), false) => iterations::least_rounds(&setting, n),
        (None, true) => iterations::least_samples(&setting, numbers.rounds_or(1)?),
        (Some(n), true) => Err(Error::argument("n", n, "either n, for the least T, or rounds, for the least n")),
        (None, false) => Err(numbers.missing("n")),
    }
}

fn exact_recovery(numbers: &Numbers) -> Result<Bound> {
    one_step::exact_recovery(
        numbers.need("n")?,
        numbers.need("rank")?,
        numbers.need("leverage")?,
        numbers.or("rho", 0.05)?,
    )
}

fn zero_failure(numbers: &Numbers) -> Result<Bound> {
    one_step::zero_failure(
        numbers.need("responses")?,
        numbers.need("gamma")?,
        numbers.need("beta")?,
        numbers.or("delta", 0.5)?,
    )
}

fn effective_dimension_bound(numbers: &Numbers) -> Result<Bound> {
    let lambda = numbers.need("lambda")?;
    if let Some(path) = numbers.word("spectrum") {
        return effective_dimension(&read_spectrum(path)?, lambda);
    }
    let regime = match numbers.word("regime").ok_or_else(|| numbers.missing("regime"))? {
        "exponential" => Regime::Exponential { rate: numbers.need("rate")?, scale: numbers.need("scale")? },
        "polynomial" => Regime::Polynomial { exponent: numbers.need("exponent")?, scale: numbers.need("scale")? },
        "spiked" => Regime::Spiked { rank: numbers.need("rank")?, tail: numbers.need("tail")? },
        other => {
            let expected = one_of(other, &["exponential", "polynomial", "spiked"]);
            return Err(Error::argument("regime", other, expected));
        }
    };
    regime_bound(&regime, lambda)
}

/// One eigenvalue a line; blank lines are skipped.
fn read_spectrum(path: &str) -> Result<Spectrum> {
    let text = files::text(path.as_ref(), "a file for --spectrum with one eigenvalue a line")?;
    let eigenvalue = |(index, line): (usize, &str)| {
        line.trim().parse().map_err(|_| {
            Error::argument(
                "spectrum",
                format!("{:?} ({path}, line {})", line.trim(), index + 1),
                "one eigenvalue a line",
            )
        })
    };
    Spectrum::new(
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(eigenvalue).collect::<Result<_>>()?,
    )
}
