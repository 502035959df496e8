//! `selfreward bound`: any bound of the theory, with its intermediates and assumptions.

mod answer;
pub(super) mod flags;

use answer::Answer;
use flags::Flags;

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

    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    _verbosity: Verbosity,
}

/// Runs `selfreward bound`.
pub(super) fn run(args: &BoundArgs) -> std::result::Result<(), Failure> {
    if args.list {
        if args.name.is_some() || !args.flags.is_empty() {
            let error = Error::argument("--list", "with other arguments", "--list alone");
            return Err(Failure::refused(error));
        }
        return print(&list());
    }
    let answers = answers(args).map_err(as_flag).map_err(Failure::refused)?;
    let text = match (&answers, args.json) {
        (Answers::One(answer), true) => answer.json().map_err(Failure::failed)?.to_string(),
        (Answers::One(answer), false) => answer.text(),
        (Answers::Swept(_, answers), true) => {
            let forms = answers.iter().map(Answer::json).collect::<serde_json::Result<Vec<_>>>();
            let forms = forms.map_err(Failure::failed)?;
            serde_json::Value::from(forms).to_string()
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

/// What was asked for.
enum Answers {
    /// One bound.
    One(Answer),
    /// One for every point of a range, with the name of the swept number.
    Swept(String, Vec<Answer>),
}

/// Evaluates the bound, at every point of the range if there is one.
fn answers(args: &BoundArgs) -> Result<Answers> {
    let name = args.name.as_deref().unwrap_or_default();
    let all = || PAPERS.iter().flat_map(|paper| paper.bounds);
    let Some(entry) = all().find(|entry| entry.name == name) else {
        let names: Vec<_> = all().map(|entry| entry.name).collect();
        return Err(Error::argument("NAME", name, one_of(name, &names)));
    };
    let given = args.flags.quantities()?;
    let ranges: Vec<_> = given.iter().filter(|(_, quantity)| matches!(quantity, Quantity::Range(_))).collect();
    let at = |point: usize| {
        let numbers = Numbers::new(entry.name, entry.usage, &given, point);
        let bound = (entry.evaluate)(&numbers)?;
        numbers.refuse_unused()?;
        Ok(Answer { used: numbers.used(), used_lists: numbers.used_lists(), bound })
    };
    match ranges.as_slice() {
        [] => Ok(Answers::One(at(0)?)),
        [(swept, Quantity::Range(points))] => {
            Ok(Answers::Swept(swept.replace('-', "_"), (0..points.len()).map(at).collect::<Result<_>>()?))
        }
        _ => {
            let flags: Vec<_> = ranges.iter().map(|(flag, _)| format!("--{flag}")).collect();
            Err(Error::argument("RANGE", flags.join(", "), "a range on one flag only"))
        }
    }
}
