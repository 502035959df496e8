//! `selfreward bound`: any bound of the theory, with its intermediates and assumptions.

mod catalogue;
mod numbers;

use std::process::ExitCode;

use selfreward::theory::Bound;
use selfreward::{Error, Result};

use catalogue::CATALOGUE;
use numbers::{Numbers, Quantity};

/// Print a bound of the theory: its value, every intermediate, its assumptions, and whether it is vacuous.
///
/// One flag may be a range, FIRST..LAST:POINTS (`--n 1e3..1e12:20`), evenly spaced in the logarithm, both ends included:
/// the answer is then a table, or with --json an array. `selfreward bound --list` names the bounds and their flags.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, allow_negative_numbers = true)]
pub struct BoundArgs {
    /// The bound; see --list
    #[arg(required_unless_present = "list")]
    pub name: Option<String>,
    /// List every bound with what it needs, and exit
    #[arg(long)]
    pub list: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Triples per round n
    #[arg(long)]
    n: Option<String>,
    /// Rounds T [default: 1]
    #[arg(long)]
    rounds: Option<String>,
    /// Condition number κ₀ of the base policy
    #[arg(long)]
    kappa0: Option<String>,
    /// Condition number κ_t
    #[arg(long)]
    kappa: Option<String>,
    /// Margin γ, nats
    #[arg(long)]
    gamma: Option<String>,
    /// Least confidence μ
    #[arg(long)]
    mu: Option<String>,
    /// Root ε of the population loss
    #[arg(long)]
    epsilon: Option<String>,
    /// Regularisation β [default: 1/√n where there is n]
    #[arg(long)]
    beta: Option<String>,
    /// Failure threshold δ [default: 0.5]
    #[arg(long)]
    delta: Option<String>,
    /// Probability ρ with which the guarantee may fail [default: 0.05]
    #[arg(long)]
    rho: Option<String>,
    /// Excess concentrability r̄ [default: 1, the paper's simplification]
    #[arg(long)]
    excess: Option<String>,
    /// Concentrability C_{π_{t+1}/π_t} [default: κ_t, the paper's simplification]
    #[arg(long)]
    concentrability: Option<String>,
    /// Size #Π of a finite class
    #[arg(long)]
    class_size: Option<String>,
    /// log #Π of a finite class, nats
    #[arg(long)]
    log_class_size: Option<String>,
    /// Range R of a finite class, nats
    #[arg(long)]
    range: Option<String>,
    /// Dimension d of the linear class
    #[arg(long)]
    dim: Option<String>,
    /// Radius B of the linear class
    #[arg(long)]
    radius: Option<String>,
    /// Norm of θ_t [default: βB/(1+β), the largest that is realizable]
    #[arg(long)]
    theta_norm: Option<String>,
    /// Hidden constant c of a shape [default: 1]
    #[arg(long)]
    constant: Option<String>,
    /// Informative prompts M
    #[arg(long)]
    prompts: Option<String>,
    /// Informative mass Δ: a number, or `worst` [default: worst]
    #[arg(long)]
    mass: Option<String>,
    /// Rank r of the feature differences, or s of a spiked spectrum
    #[arg(long)]
    rank: Option<String>,
    /// Largest leverage L of a pair
    #[arg(long)]
    leverage: Option<String>,
    /// Responses K per prompt
    #[arg(long)]
    responses: Option<String>,
    /// Regularisation λ of the effective dimension
    #[arg(long)]
    lambda: Option<String>,
    /// Resolution η, nats
    #[arg(long)]
    eta: Option<String>,
    /// File with one eigenvalue a line, largest first
    #[arg(long)]
    spectrum: Option<String>,
    /// Regime of decay: exponential, polynomial or spiked
    #[arg(long)]
    regime: Option<String>,
    /// Rate c of an exponential spectrum
    #[arg(long)]
    rate: Option<String>,
    /// Scale C of a decaying spectrum
    #[arg(long)]
    scale: Option<String>,
    /// Exponent α of a polynomial spectrum
    #[arg(long)]
    exponent: Option<String>,
    /// Tail mass τ of a spiked spectrum
    #[arg(long)]
    tail: Option<String>,
}

impl BoundArgs {
    /// The flags given, with their names.
    fn given(&self) -> Vec<(&'static str, &str)> {
        [
            ("n", &self.n),
            ("rounds", &self.rounds),
            ("kappa0", &self.kappa0),
            ("kappa", &self.kappa),
            ("gamma", &self.gamma),
            ("mu", &self.mu),
            ("epsilon", &self.epsilon),
            ("beta", &self.beta),
            ("delta", &self.delta),
            ("rho", &self.rho),
            ("excess", &self.excess),
            ("concentrability", &self.concentrability),
            ("class_size", &self.class_size),
            ("log_class_size", &self.log_class_size),
            ("range", &self.range),
            ("dim", &self.dim),
            ("radius", &self.radius),
            ("theta_norm", &self.theta_norm),
            ("constant", &self.constant),
            ("prompts", &self.prompts),
            ("mass", &self.mass),
            ("rank", &self.rank),
            ("leverage", &self.leverage),
            ("responses", &self.responses),
            ("lambda", &self.lambda),
            ("eta", &self.eta),
            ("spectrum", &self.spectrum),
            ("regime", &self.regime),
            ("rate", &self.rate),
            ("scale", &self.scale),
            ("exponent", &self.exponent),
            ("tail", &self.tail),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)))
        .collect()
    }
}

/// Runs `selfreward bound`.
pub fn run(args: BoundArgs) -> anyhow::Result<ExitCode> {
    if args.list {
        if args.name.is_some() || !args.given().is_empty() {
            return Err(Error::argument("--list", "with other arguments", "--list alone").into());
        }
        super::print(&catalogue::list())?;
        return Ok(ExitCode::from(super::DONE));
    }
    let text = answer(&args).map_err(super::as_flag)?;
    super::print(&text)?;
    Ok(ExitCode::from(super::DONE))
}

/// The whole answer: one bound, or one for every point of a range.
fn answer(args: &BoundArgs) -> Result<String> {
    let name = args.name.as_deref().unwrap_or_default();
    let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == name) else {
        let names: Vec<_> = CATALOGUE.iter().map(|entry| entry.name).collect();
        return Err(Error::argument("NAME", name, format!("one of {}", names.join(", "))));
    };
    let given: Vec<(&'static str, Quantity)> =
        args.given().into_iter().map(|(flag, text)| Ok((flag, Quantity::parse(flag, text)?))).collect::<Result<_>>()?;
    let ranges: Vec<_> = given.iter().filter(|(_, quantity)| matches!(quantity, Quantity::Range(_))).collect();
    let at = |point: usize| {
        let numbers = Numbers::new(name, &given, point);
        let bound = (entry.evaluate)(&numbers)?;
        numbers.refuse_unused()?;
        Ok((numbers.used(), bound))
    };
    match ranges.as_slice() {
        [] => {
            let (used, bound) = at(0)?;
            Ok(if args.json { json(&used, &bound).to_string() } else { human(&used, &bound) })
        }
        [(swept, Quantity::Range(points))] => {
            let rows = (0..points.len()).map(at).collect::<Result<Vec<_>>>()?;
            Ok(if args.json {
                serde_json::Value::from(rows.iter().map(|(used, bound)| json(used, bound)).collect::<Vec<_>>())
                    .to_string()
            } else {
                table(swept, &rows)
            })
        }
        _ => {
            let flags: Vec<_> = ranges.iter().map(|(flag, _)| format!("--{flag}")).collect();
            Err(Error::argument("RANGE", flags.join(", "), "a range on one flag only"))
        }
    }
}

/// The numbers used and the intermediates, each name once: an intermediate over a number given under the same name.
fn intermediates(used: &[(&'static str, f64)], bound: &Bound) -> Vec<(&'static str, f64)> {
    let mut all: Vec<_> = used.iter().copied().filter(|(name, _)| bound.intermediate(name).is_none()).collect();
    for (name, value) in bound.intermediates() {
        if all.iter().all(|(known, _)| known != name) {
            all.push((name, *value));
        }
    }
    all
}

fn json(used: &[(&'static str, f64)], bound: &Bound) -> serde_json::Value {
    let intermediates: serde_json::Map<_, _> =
        intermediates(used, bound).into_iter().map(|(name, value)| (name.to_string(), value.into())).collect();
    serde_json::json!({
        "name": bound.name(),
        "value": bound.value(),
        "intermediates": intermediates,
        "assumptions": bound.assumptions(),
        "vacuous": bound.vacuous(),
    })
}

fn human(used: &[(&'static str, f64)], bound: &Bound) -> String {
    let mut lines = vec![format!(
        "{} = {}{}",
        bound.name(),
        number(bound.value()),
        if bound.vacuous() { "   (vacuous: it excludes nothing)" } else { "" }
    )];
    lines.extend(intermediates(used, bound).into_iter().map(|(name, value)| format!("  {name} = {}", number(value))));
    lines.push("assumes".to_string());
    lines.extend(bound.assumptions().iter().map(|assumption| {
        let mark = match assumption.met {
            Some(true) => "met     ",
            Some(false) => "VIOLATED",
            None => "unknown ",
        };
        format!("  {mark}  {}", assumption.name)
    }));
    lines.join("\n")
}

/// One row a point: the swept flag, the value, whether it is vacuous, whether an assumption is violated, intermediates.
fn table(swept: &str, rows: &[(Vec<(&'static str, f64)>, Bound)]) -> String {
    let Some((used, bound)) = rows.first() else { return String::new() };
    let columns: Vec<_> =
        intermediates(used, bound).into_iter().map(|(name, _)| name).filter(|name| *name != swept).collect();
    let mut cells = vec![
        [swept, "value", "vacuous", "violated"]
            .into_iter()
            .chain(columns.iter().copied())
            .map(String::from)
            .collect::<Vec<_>>(),
    ];
    for (used, bound) in rows {
        let known = intermediates(used, bound);
        let cell = |column: &str| {
            let given = used.iter().chain(&known).find(|(name, _)| *name == column);
            given.map_or_else(|| "-".to_string(), |(_, value)| number(*value))
        };
        let answer = |yes: bool| if yes { "yes" } else { "no" }.to_string();
        let head = [cell(swept), number(bound.value()), answer(bound.vacuous()), answer(bound.refuted())];
        cells.push(head.into_iter().chain(columns.iter().map(|column| cell(column))).collect());
    }
    let widths: Vec<usize> =
        (0..cells[0].len()).map(|column| cells.iter().map(|row| row[column].len()).max().unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect::<Vec<_>>().join("  ")
    };
    cells.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Six significant digits, in the shorter of the two notations.
fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let exponent = value.abs().log10().floor();
    if (-4.0..12.0).contains(&exponent) {
        let decimals = (5.0 - exponent).max(0.0) as usize;
        let fixed = format!("{value:.decimals$}");
        if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.').to_string() } else { fixed }
    } else {
        format!("{value:.5e}")
    }
}
