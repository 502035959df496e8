//! `selfreward bound`: any bound of the theory, with its intermediates and assumptions.

mod answer;
pub(super) mod flags;

pub use answer::Answer;
pub(super) use answer::number;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use flags::Flags;
use serde_json::Value;

use super::from::{From, Taken};
use super::{Failure, Verbosity, as_flag, print, terminal_width};
use crate::nearest::one_of;
use crate::papers::{BoundEntry, Numbers, PAPERS, Quantity};
use crate::{Error, Result};

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
    /// Take what is not given from the base policy of a file (.npz) or a configuration (TOML), as `selfreward describe` measures it
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,

    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Runs `selfreward bound`.
pub(super) fn run(args: &BoundArgs) -> std::result::Result<(), Failure> {
    if args.list {
        if args.name.is_some() || args.from.is_some() || !args.flags.is_empty() {
            let error = Error::argument("--list", "with other arguments", "--list alone");
            return Err(Failure::refused(error));
        }
        return print(&list());
    }
    // A file is read once all else is sound.
    let refused = |error| Failure::refused(as_flag(error));
    let entry = entry(args.name.as_deref().unwrap_or_default()).map_err(refused)?;
    let given = args.flags.quantities().map_err(refused)?;
    let from = args.from.as_deref().map(From::read).transpose().map_err(Failure::Refused)?;
    from.as_ref().map_or(Ok(()), |from| from.refuse_void(entry.name)).map_err(Failure::refused)?;
    let (answers, taken) = answers(entry, &given, from.as_ref()).map_err(refused)?;
    if let Some(from) = &from {
        from.say(entry.name, &taken, args.verbosity);
    }
    let of_file = |mut form: Value| {
        if let Some(from) = &from {
            form["from"] = from.json(&taken);
        }
        form
    };
    let text = match (&answers, args.json) {
        (Answers::One(answer), true) => of_file(answer.json().map_err(Failure::failed)?).to_string(),
        (Answers::One(answer), false) => answer.text(),
        (Answers::Swept(_, answers), true) => {
            let forms = answers.iter().map(Answer::json).collect::<serde_json::Result<Vec<_>>>();
            let forms = forms.map_err(Failure::failed)?;
            Value::from(forms.into_iter().map(of_file).collect::<Vec<_>>()).to_string()
        }
        (Answers::Swept(name, answers), false) => answer::table(name, answers, terminal_width()),
    };
    print(&text)
}

/// A chapter for each paper, a line for each of its bounds.
fn list() -> String {
    let line = |entry: &BoundEntry| format!("{:<20} {}; needs {}", entry.name, entry.about, entry.usage);
    let mut lines = Vec::new();
    for paper in PAPERS.iter().filter(|paper| !paper.bounds.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(paper.heading());
        lines.extend(paper.bounds.iter().map(line));
    }
    lines.join("\n")
}

/// A bound of a name, to be evaluated at one point after another.
pub struct Calculator {
    entry: &'static BoundEntry,
    from: Option<From>,
}

impl Calculator {
    /// The bound of a name; with a file, what is not given is taken from there, as `selfreward bound --from` does.
    ///
    /// # Errors
    /// For a name that no bound has, and a file that cannot be read or has nothing for the bound.
    ///
    /// ```
    /// use selfreward::cli::bound::Calculator;
    ///
    /// let given = [("n", "1e6"), ("dim", "16"), ("beta", "1e-4"), ("radius", "6")].map(|(name, text)| (name.into(), text.into()));
    /// let answer = Calculator::new("epsilon", None).expect("the name of a bound").evaluate(&given)?;
    /// assert!(answer.bound.value() > 0.0);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn new(name: &str, file: Option<&Path>) -> anyhow::Result<Self> {
        let entry = entry(name)?;
        let from = file.map(From::read).transpose()?;
        from.as_ref().map_or(Ok(()), |from| from.refuse_void(entry.name))?;
        Ok(Self { entry, from })
    }

    /// The bound, where flags (without `--`) have these values, as they are written on the command line; no ranges.
    ///
    /// # Errors
    /// [`Error::Argument`] with the flag, its value, and what was expected.
    pub fn evaluate(&self, given: &[(String, String)]) -> Result<Answer> {
        let given: Vec<_> = given.iter().map(|(name, text)| flags::number(name, text)).collect::<Result<_>>()?;
        match answers(self.entry, &given, self.from.as_ref())?.0 {
            Answers::One(answer) => Ok(answer),
            Answers::Swept(name, _) => Err(Error::argument(name, "a range", "one number")),
        }
    }
}

/// Every bound: its name, what it is, and the flags that it needs.
pub fn bounds() -> impl Iterator<Item = &'static BoundEntry> {
    PAPERS.iter().flat_map(|paper| paper.bounds)
}

/// What was asked for.
enum Answers {
    /// One bound.
    One(Answer),
    /// One for every point of a range, with the name of the swept number.
    Swept(String, Vec<Answer>),
}

/// The bound of a name.
fn entry(name: &str) -> Result<&'static BoundEntry> {
    let all = || PAPERS.iter().flat_map(|paper| paper.bounds);
    all().find(|entry| entry.name == name).ok_or_else(|| {
        let names: Vec<_> = all().map(|entry| entry.name).collect();
        Error::argument("NAME", name, one_of(name, &names))
    })
}

/// Evaluates the bound, at every point of the range if there is one; also what was taken from a file.
fn answers(entry: &BoundEntry, given: &[(&'static str, Quantity)], from: Option<&From>) -> Result<(Answers, Taken)> {
    let ranges: Vec<_> = given.iter().filter(|(_, quantity)| matches!(quantity, Quantity::Range(_))).collect();
    let taken = RefCell::new(Taken::new());
    let at = |point: usize| {
        let numbers = Numbers::new(entry.name, entry.usage, given, point);
        let numbers = match from {
            Some(from) => numbers.with_fallback(from.fallback()),
            None => numbers,
        };
        let bound = (entry.evaluate)(&numbers);
        taken.replace(numbers.taken());
        let bound = match from {
            Some(from) => bound.map_err(|error| from.blamed(error, &numbers.taken()))?,
            None => bound?,
        };
        numbers.refuse_unused()?;
        Ok(Answer { used: numbers.used(), used_lists: numbers.used_lists(), bound })
    };
    let answers = match ranges.as_slice() {
        [] => Answers::One(at(0)?),
        [(swept, Quantity::Range(points))] => {
            Answers::Swept(swept.replace('-', "_"), (0..points.len()).map(at).collect::<Result<_>>()?)
        }
        _ => {
            let flags: Vec<_> = ranges.iter().map(|(flag, _)| format!("--{flag}")).collect();
            return Err(Error::argument("RANGE", flags.join(", "), "a range on one flag only"));
        }
    };
    Ok((answers, taken.into_inner()))
}
