//! The calculator's flags: one table, from which the command line is built and read.

use crate::{Error, Result};
use clap::{Arg, ArgMatches, Command, FromArgMatches};

/// What a flag holds.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A number, or a range of numbers.
    Real,
    /// A whole number, or a range whose points are rounded.
    Whole,
    /// A number, a range, or the word `worst`.
    RealOrWorst,
    /// A word.
    Word,
}

/// Every flag: its name, what it holds, its help.
const FLAGS: [(&str, Kind, &str); 32] = [
    ("n", Kind::Whole, "Triples per round n"),
    ("rounds", Kind::Whole, "Rounds T [default: 1]"),
    ("kappa0", Kind::Real, "Condition number κ₀ of the base policy"),
    ("kappa", Kind::Real, "Condition number κ_t"),
    ("gamma", Kind::Real, "Margin γ, nats"),
    ("mu", Kind::Real, "Least confidence μ"),
    ("epsilon", Kind::Real, "Root ε of the population loss, nats"),
    ("beta", Kind::Real, "Regularisation β [default: 1/√n where there is n]"),
    ("delta", Kind::Real, "Failure threshold δ [default: 0.5]"),
    ("rho", Kind::Real, "Probability ρ with which the guarantee may fail [default: 0.05]"),
    ("excess", Kind::Real, "Excess concentrability r̄ [default: 1, the paper's simplification]"),
    ("concentrability", Kind::Real, "Concentrability of π_{t+1} [default: κ_t, the paper's simplification]"),
    ("class-size", Kind::Whole, "Size #Π of a finite class"),
    ("log-class-size", Kind::Real, "log #Π of a finite class, nats"),
    ("range", Kind::Real, "Range R of a finite class, nats"),
    ("dim", Kind::Whole, "Dimension d of the linear class"),
    ("radius", Kind::Real, "Radius B of the linear class"),
    ("theta-norm", Kind::Real, "Bound on ‖θ_t‖ in all T rounds [default: βB/(1+β), the largest that is realizable]"),
    ("constant", Kind::Real, "Hidden constant c of a shape [default: 1]"),
    ("prompts", Kind::Whole, "Informative prompts M"),
    ("mass", Kind::RealOrWorst, "Informative mass Δ, or `worst` [default: worst]"),
    ("rank", Kind::Whole, "Rank r of the feature differences, or s of a spiked spectrum"),
    ("leverage", Kind::Real, "Largest leverage L of a pair"),
    ("responses", Kind::Whole, "Responses K per prompt"),
    ("lambda", Kind::Real, "Regularisation λ of the effective dimension"),
    ("eta", Kind::Real, "Resolution η, nats"),
    ("spectrum", Kind::Word, "File with one eigenvalue a line, largest first"),
    ("regime", Kind::Word, "Regime of decay: exponential, polynomial or spiked"),
    ("rate", Kind::Real, "Rate c of an exponential spectrum"),
    ("scale", Kind::Real, "Scale C of a decaying spectrum"),
    ("exponent", Kind::Real, "Exponent α of a polynomial spectrum"),
    ("tail", Kind::Real, "Tail mass τ of a spiked spectrum"),
];

/// The most points a range may have.
const MOST_POINTS: usize = 100_000;

/// The form of a range.
const RANGE: &str = "a range FIRST..LAST:POINTS such as 1e3..1e6:7";

/// The flags given, as text.
#[derive(Debug, Clone, Default)]
pub struct Flags(Vec<(&'static str, String)>);

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        command.args(FLAGS.map(|(name, kind, help)| {
            Arg::new(name).long(name).help(help).value_name(if kind == Kind::Word { "WORD" } else { "NUMBER" })
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let given = |(name, ..): &(&'static str, Kind, &str)| Some((*name, matches.get_one::<String>(name)?.clone()));
        Ok(Self(FLAGS.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Flags {
    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values given, read.
    pub fn quantities(&self) -> Result<Vec<(&'static str, Quantity)>> {
        self.0.iter().map(|(name, text)| Ok((*name, Quantity::parse(name, text)?))).collect()
    }
}

/// The value of a flag.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// One number.
    Number(f64),
    /// The points of FIRST..LAST:POINTS.
    Range(Vec<f64>),
    /// A word: a file, a regime, `worst`.
    Word(String),
}

impl Quantity {
    /// Reads what the flag holds.
    fn parse(flag: &'static str, text: &str) -> Result<Self> {
        let kind = FLAGS.iter().find(|(name, ..)| *name == flag).map_or(Kind::Word, |(_, kind, _)| *kind);
        if kind == Kind::Word || (kind == Kind::RealOrWorst && text == "worst") {
            return Ok(Self::Word(text.to_string()));
        }
        if let Some((ends, points)) = text.rsplit_once(':') {
            let points = range(ends, points).ok_or_else(|| {
                let form = format!("{RANGE} with finite ends above 0 and between 2 and {MOST_POINTS} points");
                Error::argument(flag, text, form)
            })?;
            let round = |point: f64| if kind == Kind::Whole { point.round() } else { point };
            let mut points: Vec<f64> = points.into_iter().map(round).collect();
            // Few whole numbers between the ends: each once.
            points.dedup();
            return Ok(Self::Range(points));
        }
        let worst = if kind == Kind::RealOrWorst { ", or worst" } else { "" };
        let expected = format!("a number, or {RANGE}{worst}");
        let value: f64 = text.parse().map_err(|_| Error::argument(flag, text, expected))?;
        // A count that no double holds would be another count.
        if kind == Kind::Whole && text.parse::<u128>().is_ok_and(|count| value as u128 != count) {
            return Err(Error::argument(flag, text, format!("a whole number that a double holds, such as {value}")));
        }
        Ok(Self::Number(value))
    }
}

/// Points evenly spaced in the logarithm, both ends exact.
fn range(ends: &str, points: &str) -> Option<Vec<f64>> {
    let (first, last) = ends.split_once("..")?;
    // Three points would leave one for a number.
    if first.ends_with('.') || last.starts_with('.') {
        return None;
    }
    let (first, last): (f64, f64) = (first.parse().ok()?, last.parse().ok()?);
    let points: usize = points.parse().ok()?;
    if !(first > 0.0 && last > 0.0 && first.is_finite() && last.is_finite() && (2..=MOST_POINTS).contains(&points)) {
        return None;
    }
    let steps = (points - 1) as f64;
    let point = |index: usize| {
        let share = index as f64 / steps;
        match index {
            0 => first,
            _ if index == points - 1 => last,
            _ => (first.ln() * (1.0 - share) + last.ln() * share).exp(),
        }
    };
    Some((0..points).map(point).collect())
}
