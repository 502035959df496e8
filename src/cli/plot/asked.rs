//! What a plot is to show: the flags, read into a query.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::look::Look;
use crate::cli::bound::flags;
use crate::experiment::query::{AskedBound, Condition, Log, Query};
use crate::{Error, Result};

/// The flags.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What is shown")]
pub struct QueryArgs {
    /// What lies along the horizontal axis: t, part, source, or a key that varies, such as process.samples (its end is enough where
    /// no other key has it). Unless it is t, the last round of each cell is shown [default: t]
    #[arg(long, value_name = "KEY")]
    x: Option<String>,
    /// The quantities, a panel each: names of columns as in `selfreward export`, without their delta or level
    /// [default: kappa_minus_one,failure,drift, and correct_probability where it is measured]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    y: Vec<String>,
    /// The deltas of failure rates, a panel each [default: the first that was measured]
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    delta: Vec<f64>,
    /// The levels of quantities by level, a panel each [default: all that were measured]
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', allow_negative_numbers = true)]
    level: Vec<i64>,
    /// Which cells and rounds: comparisons KEY OP VALUE (==, !=, <, <=, >, >=) joined by `and`, such as
    /// 't == last and process.samples >= 64'; may be given several times
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Vec<String>,
    /// The keys whose values are curves [default: the source, where there are several]
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    by: Vec<String>,
    /// The keys whose values are panels
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    facet: Vec<String>,
    /// The axes that are logarithmic
    #[arg(long, value_name = "AXES", value_enum)]
    log: Option<LogArg>,
    /// Bounds of `selfreward bound --list` to draw beside what they bound, with the numbers of each cell: what its configuration says,
    /// and the worst that its replicates measured
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    bound: Vec<String>,
    /// A number that a bound is to have in place of the cell's, such as rho=0.01 (flags of `selfreward bound`)
    #[arg(long, value_name = "FLAG=VALUE", requires = "bound")]
    bound_set: Vec<String>,
}

/// See [`Log`].
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogArg {
    X,
    Y,
    Xy,
}

impl QueryArgs {
    /// Whether anything is asked.
    pub(super) fn asks(&self) -> bool {
        self.other_than_log().is_some() || self.log.is_some()
    }

    /// The first flag that is given, other than --log.
    pub(super) fn other_than_log(&self) -> Option<&'static str> {
        let given = [
            ("--x", self.x.is_some()),
            ("--y", !self.y.is_empty()),
            ("--delta", !self.delta.is_empty()),
            ("--level", !self.level.is_empty()),
            ("--where", !self.condition.is_empty()),
            ("--by", !self.by.is_empty()),
            ("--facet", !self.facet.is_empty()),
            ("--bound", !self.bound.is_empty()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }

    /// The axes that are logarithmic.
    pub(super) fn log(&self) -> Option<Log> {
        self.log.map(|log| match log {
            LogArg::X => Log::X,
            LogArg::Y => Log::Y,
            LogArg::Xy => Log::Xy,
        })
    }

    /// The query.
    ///
    /// # Errors
    /// [`Error::Argument`] with the flag.
    pub(super) fn query(&self, look: &Look) -> Result<Query> {
        let conditions = self.condition.iter().map(|text| Condition::parse(text)).collect::<Result<Vec<_>>>()?;
        let mut style = look.style.clone();
        style.log = self.log();
        Ok(Query {
            x: self.x.clone(),
            y: self.y.iter().map(|name| name.trim().to_owned()).collect(),
            deltas: self.delta.clone(),
            levels: self.level.clone(),
            condition: conditions.into_iter().fold(Condition::default(), Condition::and),
            by: self.by.iter().map(|key| key.trim().to_owned()).collect(),
            facet: self.facet.iter().map(|key| key.trim().to_owned()).collect(),
            bounds: self.bounds()?,
            style,
        })
    }

    fn bounds(&self) -> Result<Vec<AskedBound>> {
        const MOST: usize = 3;
        let mut set = Vec::new();
        for text in &self.bound_set {
            let form = "FLAG=VALUE with a flag of `selfreward bound`, such as rho=0.01";
            let (flag, value) = text.split_once('=').ok_or_else(|| Error::argument("--bound-set", text, form))?;
            set.push(
                flags::number(flag.trim().trim_start_matches("--"), value.trim())
                    .map_err(|error| error.at("--bound-set"))?,
            );
        }
        if self.bound.len() > MOST {
            return Err(Error::argument("--bound", self.bound.join(","), format!("at most {MOST} bounds")));
        }
        for (index, name) in self.bound.iter().enumerate() {
            if self.bound[..index].contains(name) {
                return Err(Error::argument("--bound", name, "no bound twice"));
            }
        }
        let bounds = self.bound.iter().map(|name| AskedBound::new(name.trim(), &set)).collect::<Result<Vec<_>>>()?;
        for (flag, _) in &set {
            if !bounds.iter().any(|bound| bound.takes(flag)) {
                let needs = bounds.iter().map(|bound| format!("{} takes {}", bound.name(), bound.usage()));
                let expected = format!("a number that is asked for: {}", needs.collect::<Vec<_>>().join("; "));
                return Err(Error::argument("--bound-set", flag, expected));
            }
        }
        Ok(bounds)
    }
}

/// What all sources are, in the words of an error.
pub(super) fn listed(sources: &[PathBuf]) -> String {
    sources.iter().map(|source| source.display().to_string()).collect::<Vec<_>>().join(", ")
}
