//! `selfreward plan`: how many samples and rounds are needed.

use super::counts::{number, whole};
use super::{Failure, Verbosity, as_flag, print};
use crate::theory::iterative::Setting;
use crate::theory::one_step::{Class, Regularisation};
use crate::theory::plan::{Plan, Plans, plan};
use crate::{Error, Result};

/// Find the least number of samples, for every number of rounds, by the explicit bound of Theorem 5.3 or 6.2.
///
/// The class is either linear softmax (--dim and --radius) or finite (--class-size or --log-class-size, and --range).
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub struct PlanArgs {
    /// Condition number κ₀ of the base policy
    #[arg(long, value_parser = number)]
    kappa0: f64,
    /// Failure rate to reach
    #[arg(long, value_parser = number)]
    target_failure: f64,
    /// Margin γ, nats
    #[arg(long, value_parser = number)]
    gamma: f64,
    /// Least confidence μ
    #[arg(long, value_parser = number)]
    mu: f64,
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
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    _verbosity: Verbosity,
}

impl PlanArgs {
    fn class(&self) -> Result<Class> {
        let log_size = match (self.class_size, self.log_class_size) {
            (Some(size), None) if size.is_finite() && size >= 1.0 && size.fract() == 0.0 => Some(size.ln()),
            (Some(size), None) => return Err(Error::argument("class_size", size, "a whole number, at least 1")),
            (None, log_size) => log_size,
            (Some(size), Some(_)) => {
                return Err(Error::argument("class_size", size, "either the class size or its logarithm"));
            }
        };
        match (log_size, self.range, self.dim, self.radius) {
            (Some(log_size), Some(range), None, None) => Ok(Class::Finite { log_size, range }),
            (None, None, Some(dim), Some(radius)) => Ok(Class::Linear { dim, radius, theta_norm: None, range: None }),
            _ => {
                let expected = "either dim and radius, or class-size (or log-class-size) and range, and nothing else";
                Err(Error::argument("CLASS", "the flags given", expected))
            }
        }
    }

    fn plans(&self) -> Result<Plans> {
        let setting = Setting {
            class: self.class()?,
            beta: Regularisation::OverSqrtN(self.beta_over_sqrt_n),
            kappa0: self.kappa0,
            gamma: self.gamma,
            mu: self.mu,
            rho: self.rho,
            excess: 1.0,
        };
        plan(&setting, self.target_failure, self.delta, self.max_rounds).map_err(|error| match error {
            Error::Argument { name, value, expected } if name == "rounds" => {
                Error::Argument { name: "max_rounds".to_owned(), value, expected }
            }
            other => other,
        })
    }
}

/// Runs `selfreward plan`.
pub(super) fn run(args: &PlanArgs) -> std::result::Result<(), Failure> {
    let plans = args.plans().map_err(as_flag).map_err(Failure::refused)?;
    print(&if args.json { serde_json::to_string(&plans).map_err(Failure::failed)? } else { human(&plans) })
}

fn human(plans: &Plans) -> String {
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
    lines.push(format!("{}: {}", if plans.promised { "promised" } else { "not promised" }, plans.reason));
    lines.join("\n")
}
