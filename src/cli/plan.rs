//! `selfreward plan`: how many samples and rounds are needed.

use std::path::PathBuf;

use super::counts::{number, whole};
use super::from::{From, Taken, shown};
use super::{Failure, Json, Verbosity, as_flag};
use crate::theory::iterative::Setting;
use crate::theory::one_step::{Class, Regularisation};
use crate::theory::plan::{Plan, Plans, plan};
use crate::{Error, Result};

/// Find the least number of samples, for every number of rounds, by the explicit bound of Theorem 5.3 or 6.2.
///
/// The class is either linear softmax (--dim and --radius) or finite (--class-size or --log-class-size, and --range). With --from FILE
/// what is not given of κ₀, γ, μ, and of --dim beside --radius, is that of the file's base policy. A run's γ and μ are those of its worst
/// round: what is promised with the file's is promised if no round has less. The range of a class is no file's: --range is asked for.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub struct PlanArgs {
    /// Condition number κ₀ of the base policy
    #[arg(long, value_parser = number)]
    kappa0: Option<f64>,
    /// Failure rate to reach
    #[arg(long, value_parser = number)]
    target_failure: Option<f64>,
    /// Margin γ, nats
    #[arg(long, value_parser = number)]
    gamma: Option<f64>,
    /// Least confidence μ
    #[arg(long, value_parser = number)]
    mu: Option<f64>,
    /// Dimension d of the linear class
    #[arg(long, value_parser = number)]
    dim: Option<f64>,
    /// Radius B of the linear class
    #[arg(long, value_parser = number)]
    radius: Option<f64>,
    /// Size #Π of a finite class
    #[arg(long, value_parser = number)]
    class_size: Option<f64>,
    /// log #Π of a finite class, nats
    #[arg(long, value_parser = number)]
    log_class_size: Option<f64>,
    /// Range R of a finite class, nats
    #[arg(long, value_parser = number)]
    range: Option<f64>,
    /// Failure threshold δ
    #[arg(long, value_parser = number, default_value = "0.5")]
    delta: f64,
    /// Probability ρ with which the guarantee may fail
    #[arg(long, value_parser = number, default_value = "0.05")]
    rho: f64,
    /// c in β = c/√n
    #[arg(long, value_parser = number, default_value = "1.0")]
    beta_over_sqrt_n: f64,
    /// Largest number of rounds to consider
    #[arg(long, value_parser = whole::<1, 100_000, u32>, default_value = "20")]
    max_rounds: u32,
    /// Take what is not given from the base policy of a file (.npz) or a configuration (TOML), as `selfreward describe` measures it
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    verbosity: Verbosity,
}

impl PlanArgs {
    /// The bound whose flags these are: what a file gives for them is what it gives for its.
    fn bound(&self) -> &'static str {
        if self.class_size.or(self.log_class_size).is_some() { "iterative" } else { "linear-softmax" }
    }

    /// The same flags, with what is missing taken from the file; and what was taken.
    fn completed(&self, from: Option<&From>) -> Result<(Needed, Taken)> {
        let (mut taken, mut missing, mut reasons) = (Taken::new(), Vec::new(), Vec::new());
        let mut need = |flag: &'static str, given: Option<f64>| {
            let found = given.map(Ok).or_else(|| Some(from?.number(self.bound(), flag, &mut taken)));
            match found {
                Some(Ok(value)) => return Some(value),
                Some(Err(reason)) => reasons.push(format!("{flag}: {reason}")),
                None => {}
            }
            missing.push(format!("--{flag}"));
            None
        };
        let numbers = (need("kappa0", self.kappa0), need("gamma", self.gamma), need("mu", self.mu));
        // Of the class, what goes with the part that is given.
        let sized = self.class_size.or(self.log_class_size).is_some();
        let range = if sized && from.is_some() { need("range", self.range) } else { self.range };
        let dim = if self.radius.is_some() && from.is_some() { need("dim", self.dim) } else { self.dim };
        missing.extend(from.and_then(|from| self.missing_class(from)));
        if self.target_failure.is_none() {
            missing.push("--target-failure".to_owned());
        }
        match (numbers, self.target_failure) {
            ((Some(kappa0), Some(gamma), Some(mu)), Some(target)) if missing.is_empty() => {
                Ok((Needed { kappa0, gamma, mu, target, range, dim }, taken))
            }
            _ => {
                let expected = match from {
                    Some(_) => {
                        let why = match reasons.is_empty() {
                            true => "as no file gives them".to_owned(),
                            false => format!("as the file has none ({})", reasons.join("; ")),
                        };
                        let gave: Vec<_> = taken.iter().map(|(flag, quantity)| shown(flag, quantity)).collect();
                        let gave = if gave.is_empty() { "nothing".to_owned() } else { gave.join(", ") };
                        format!("these flags, {why}; it gave {gave}")
                    }
                    None => "these flags; --from FILE takes kappa0, gamma and mu from a file".to_owned(),
                };
                Err(Error::argument("FLAGS", format!("{} missing", missing.join(", ")), expected))
            }
        }
    }

    /// What of a class is missing where a file gives its dim, and neither a radius nor a size is there.
    fn missing_class(&self, from: &From) -> Option<String> {
        if self.class_size.or(self.log_class_size).or(self.radius).is_some() {
            return None;
        }
        let size = "--class-size or --log-class-size";
        Some(match (self.dim, self.range) {
            (Some(_), _) => "--radius".to_owned(),
            (None, Some(_)) => size.to_owned(),
            (None, None) => {
                let dim = from.number("linear-softmax", "dim", &mut Taken::new());
                let dim = dim.map_or_else(|_| String::new(), |dim| format!(" (with the file's dim = {dim})"));
                format!("--radius{dim} or else --range and {size}")
            }
        })
    }

    fn class(&self, needed: &Needed) -> Result<Class> {
        let log_size = match (self.class_size, self.log_class_size) {
            (Some(size), None) if size.is_finite() && size >= 1.0 && size.fract() == 0.0 => Some(size.ln()),
            (Some(size), None) => return Err(Error::argument("class_size", size, "a whole number, at least 1")),
            (None, log_size) => log_size,
            (Some(size), Some(_)) => {
                return Err(Error::argument("class_size", size, "either the class size or its logarithm"));
            }
        };
        match (log_size, needed.range, needed.dim, self.radius) {
            (Some(log_size), Some(range), None, None) => Ok(Class::Finite { log_size, range }),
            (None, None, Some(dim), Some(radius)) => Ok(Class::Linear { dim, radius, theta_norm: None, range: None }),
            _ => {
                let expected = "either dim and radius, or class-size (or log-class-size) and range, and nothing else";
                Err(Error::argument("CLASS", "the flags given", expected))
            }
        }
    }

    /// Why the ball cannot hold even the target of the first round, (1 + 1/β)θ_0, where a file says how long its θ_0 is.
    fn outside(&self, plans: &Plans, from: &From) -> Option<String> {
        let (radius, best) = (self.radius?, plans.best.as_ref().filter(|_| plans.promised)?);
        let norm = from.norm()?;
        let beta = self.beta_over_sqrt_n / best.samples?.sqrt();
        let needed = (1.0 + 1.0 / beta) * norm;
        (needed > radius).then(|| {
            format!(
                "realizability stands in the way: θ_0 of the file has norm {norm:.3}, and at β = {beta:.4e} the target of the \
                 first round, (1 + 1/β)θ_0, leaves the ball of radius {radius}; it needs {needed:.4e}, and a larger \
                 --beta-over-sqrt-n needs less"
            )
        })
    }

    fn plans(&self, needed: &Needed) -> Result<Plans> {
        let setting = Setting {
            class: self.class(needed)?,
            beta: Regularisation::OverSqrtN(self.beta_over_sqrt_n),
            kappa0: needed.kappa0,
            gamma: needed.gamma,
            mu: needed.mu,
            rho: self.rho,
            excess: 1.0,
        };
        plan(&setting, needed.target, self.delta, self.max_rounds).map_err(|error| match error {
            Error::Argument { name, value, expected } if name == "rounds" => {
                Error::Argument { name: "max_rounds".to_owned(), value, expected }
            }
            other => other,
        })
    }
}

/// What a plan needs, from the command line or a file.
struct Needed {
    kappa0: f64,
    gamma: f64,
    mu: f64,
    target: f64,
    range: Option<f64>,
    dim: Option<f64>,
}

/// Runs `selfreward plan`.
pub(super) fn run(args: &PlanArgs) -> std::result::Result<(), Failure> {
    if args.target_failure.is_none() && args.from.is_some() {
        let error = Error::argument("FLAGS", "--target-failure missing", "this flag: no file gives it");
        return Err(Failure::refused(error));
    }
    let shown = args.json.claim(&args.from).map_err(Failure::refused)?;
    let from = args.from.as_deref().map(From::read).transpose().map_err(Failure::Refused)?;
    from.as_ref().map_or(Ok(()), |from| from.refuse_void(args.bound())).map_err(Failure::refused)?;
    let (needed, taken) = args.completed(from.as_ref()).map_err(Failure::refused)?;
    let plans = args.plans(&needed).map_err(|error| match &from {
        Some(from) => from.blamed(error, &taken),
        None => error,
    });
    let mut plans = plans.map_err(as_flag).map_err(Failure::refused)?;
    if let Some(from) = &from {
        from.say(args.bound(), &taken, args.verbosity);
        if let Some(reason) = args.outside(&plans, from) {
            (plans.promised, plans.reason) = (false, reason);
        }
    }
    let mut form = serde_json::to_value(&plans).map_err(Failure::failed)?;
    if let Some(from) = &from {
        form["from"] = from.json(&taken);
        form["promised_if"] = promised_if(&taken).filter(|_| plans.promised).into();
    }
    shown.show(|| human(&plans, promised_if(&taken)), &form.to_string())
}

/// On what a promise rests beside the numbers: a run's γ and μ are the least over its rounds, and a file has those of round 0 alone.
fn promised_if(taken: &Taken) -> Option<&'static str> {
    let took = |name: &str| taken.iter().any(|(flag, _)| *flag == name);
    match (took("gamma"), took("mu")) {
        (true, true) => Some("γ and μ of all rounds are no worse than those of π_0"),
        (true, false) => Some("γ of all rounds is no worse than that of π_0"),
        (false, true) => Some("μ of all rounds is no worse than that of π_0"),
        (false, false) => None,
    }
}

fn human(plans: &Plans, promised_if: Option<&str>) -> String {
    let mut lines = vec![format!("{:>6}  {:>12}  {:>12}  {:>10}  assumptions", "rounds", "samples", "total", "bound")];
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), |value| format!("{value}"));
    let best = plans.best.as_ref().map(|best| best.rounds);
    let row = |plan: &Plan| {
        let bound = plan.bound.map_or_else(|| "-".to_string(), |bound| format!("{bound:.4e}"));
        let kept = if plan.refuted.is_empty() { "not refuted" } else { "VIOLATED" };
        let mark = match (best == Some(plan.rounds), plans.promised) {
            (true, true) => "  <- least total kept",
            (true, false) => "  <- least total",
            _ => "",
        };
        let (samples, total) = (number(plan.samples), number(plan.total));
        format!("{:>6}  {samples:>12}  {total:>12}  {bound:>10}  {kept}{mark}", plan.rounds)
    };
    lines.extend(plans.plans.iter().map(row));
    let promised = match (plans.promised, promised_if) {
        (true, Some(condition)) => format!("promised if {condition}"),
        (true, None) => "promised".to_owned(),
        (false, _) => "not promised".to_owned(),
    };
    lines.push(format!("{promised}: {}", plans.reason));
    lines.join("\n")
}
