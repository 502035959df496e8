//! The calculator's flags: those that papers declare, from which the command line is built and read.

use crate::nearest::one_of;
use crate::papers::{Flag, Kind, PAPERS, Quantity};
use crate::{Error, Result};
use clap::{Arg, ArgMatches, Command, FromArgMatches};

/// The most points a range may have.
const MOST_POINTS: usize = 100_000;

/// The form of a range.
const RANGE: &str = "a range FIRST..LAST:POINTS such as 1e3..1e6:7";

/// The flags given, as text.
#[derive(Debug, Clone, Default)]
pub struct Flags(Vec<(Flag, String)>);

/// Every flag of every paper, each name once.
fn declared() -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for flag in PAPERS.iter().flat_map(|paper| paper.flags) {
        if flags.iter().all(|known| known.name != flag.name) {
            flags.push(*flag);
        }
    }
    flags
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        command.args(declared().into_iter().map(|Flag { name, kind, help }| {
            let holds = match kind {
                Kind::Word => "WORD",
                Kind::List => "NUMBERS",
                _ => "NUMBER",
            };
            // A list may begin with a minus, which is no flag.
            Arg::new(name).long(name).help(help).value_name(holds).allow_hyphen_values(kind == Kind::List)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let given = |flag: Flag| Some((flag, matches.get_one::<String>(flag.name)?.clone()));
        Ok(Self(declared().into_iter().filter_map(given).collect()))
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
        self.0.iter().map(|(flag, text)| Ok((flag.name, parse(flag, text)?))).collect()
    }
}

/// The flag of a name with its value, which is no range.
///
/// # Errors
/// [`Error::Argument`] for a name that no flag has, a value of another kind, and a range.
pub fn number(name: &str, text: &str) -> Result<(&'static str, Quantity)> {
    let all = declared();
    let Some(flag) = all.iter().find(|flag| flag.name == name) else {
        let names: Vec<&str> = all.iter().map(|flag| flag.name).collect();
        return Err(Error::argument("flag", name, one_of(name, &names)));
    };
    match parse(flag, text)? {
        Quantity::Range(_) => Err(Error::argument(name, text, "one number: a range has no place beside a curve")),
        quantity => Ok((flag.name, quantity)),
    }
}

/// Reads what the flag holds.
fn parse(flag: &Flag, text: &str) -> Result<Quantity> {
    let Flag { name, kind, .. } = *flag;
    if kind == Kind::Word || (kind == Kind::RealOrWorst && text == "worst") {
        return Ok(Quantity::Word(text.to_string()));
    }
    if kind == Kind::List {
        let numbers: std::result::Result<_, _> = text.split(',').map(|part| part.trim().parse()).collect();
        let expected = "numbers with commas between them, such as 0.5,0.3,0.2";
        return numbers.map(Quantity::List).map_err(|_| Error::argument(name, text, expected));
    }
    if let Some((ends, points)) = text.rsplit_once(':') {
        let points = range(ends, points).ok_or_else(|| {
            let form = format!("{RANGE} with finite ends above 0 and between 2 and {MOST_POINTS} points");
            Error::argument(name, text, form)
        })?;
        let round = |point: f64| if kind == Kind::Whole { point.round() } else { point };
        let mut points: Vec<f64> = points.into_iter().map(round).collect();
        // Few whole numbers between the ends: each once.
        points.dedup();
        return Ok(Quantity::Range(points));
    }
    let worst = if kind == Kind::RealOrWorst { ", or worst" } else { "" };
    let expected = format!("a number, or {RANGE}{worst}");
    let value: f64 = text.parse().map_err(|_| Error::argument(name, text, expected))?;
    // A count that no double holds would be another count.
    if kind == Kind::Whole && text.parse::<u128>().is_ok_and(|count| value as u128 != count) {
        return Err(Error::argument(name, text, format!("a whole number that a double holds, such as {value}")));
    }
    Ok(Quantity::Number(value))
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
