//! The definition of an experiment: a TOML file with its claims, its analysis, and one grid for each of its parts.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::fields::Fields;
use super::grid::{Axis, Grid};
use crate::nearest::one_of;
use crate::settings::Form;
use crate::simulate::config::parse_toml;
use crate::simulate::keys::{MOST, keys, refuse_unknown};
use crate::{Error, Result};

/// Sections of `simulate`'s configuration that a cell sets; the harness itself sets `[run]`.
const SECTIONS: [&str; 3] = ["instance", "process", "measure"];

/// Which grid and how many replicates: everything else is the same in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Fewer replicates and fewer grid values of the same experiment; without `[part.quick]` the same ones.
    Quick,
    /// The experiment.
    #[default]
    Full,
}

impl Profile {
    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a claim is expected to come out as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It was never informative on the grid.
    HoldsVacuously,
    /// It is false.
    Violated,
    /// The measured interval straddles the bound.
    Inconclusive,
    /// An assumption is not met.
    NotApplicable,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 5] =
        [Self::Holds, Self::HoldsVacuously, Self::Violated, Self::Inconclusive, Self::NotApplicable];

    /// Its name in definitions, ledgers and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::HoldsVacuously => "holds-vacuously",
            Self::Violated => "violated",
            Self::Inconclusive => "inconclusive",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An experiment as it is written down.
///
/// ```
/// use selfreward::study::{Definition, Profile};
///
/// let definition = Definition::parse(
///     "
///     name = 'demo'
///     [[part]]
///     name = 'gaussian'
///     base = { instance = { kind = 'gaussian' } }
///     [part.grid]
///     'instance.dim' = [8, 32, 128]
///     'process.samples' = [16, 64]
///     [part.full]
///     replicates = 50
///     [part.quick]
///     replicates = 5
///     'instance.dim' = [8]",
/// )?;
/// let part = &definition.parts[0];
/// assert_eq!(definition.grid_keys(), ["instance.dim", "process.samples"]);
/// assert_eq!((part.grid(Profile::Full).len(), part.replicates(Profile::Full)), (3 * 2, 50));
/// assert_eq!((part.grid(Profile::Quick).len(), part.replicates(Profile::Quick)), (2, 5));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name: lower-case letters, digits and underscores; names its files.
    pub name: String,
    /// The claims it bears on with their expected verdicts, written from the theory before measuring.
    pub claims: BTreeMap<String, Verdict>,
    /// What its figure shows and what follows from it.
    pub analysis: String,
    /// What is said of its figures, in their order.
    pub figures: Vec<FigureText>,
    /// Its parts; at least one.
    pub parts: Vec<Part>,
    /// The file's text.
    pub text: String,
}

/// What is said of a figure: for those who do not see it, and below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureText {
    /// The name of the figure's files.
    pub name: String,
    /// Its axes and what is seen on them.
    pub alt: String,
    /// What follows from it, in a sentence or a few.
    pub caption: String,
}

/// One kind of instance with a grid of its own.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name, unique in the definition.
    pub name: String,
    /// What all its cells share: a configuration of `simulate` without `[run]`.
    pub base: Table,
    /// Keys of the grid whose lists advance in step.
    pub together: Vec<Vec<String>>,
    full: Settings,
    quick: Settings,
}

#[derive(Clone, Debug)]
struct Settings {
    replicates: usize,
    grid: Grid,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// [`Error::Syntax`] if it is no TOML, [`Error::Argument`] with the offending key, its value and what was expected.
    pub fn parse(text: &str) -> Result<Self> {
        let table = parse_toml(text)?;
        if SECTIONS.iter().any(|section| table.contains_key(*section)) && !table.contains_key("part") {
            let expected = "an experiment's definition; `selfreward simulate --config` runs configurations";
            return Err(Error::argument("definition", "a configuration", expected));
        }
        let fields = Fields::new("", &table);
        fields.refuse_others(&["name", "claims", "analysis", "part", "figure"])?;
        let (name, analysis) = (fields.text("name")?, fields.optional_text("analysis")?.unwrap_or_default());
        let claims = fields.optional_table("claims")?.map_or_else(|| Ok(BTreeMap::new()), read_claims)?;
        check_name("name", name, "_")?;
        let parts = fields.tables("part")?.map(Part::read).collect::<Result<Vec<Part>>>()?;
        if parts.is_empty() {
            return Err(Error::argument("part", 0, "at least one part"));
        }
        for (index, part) in parts.iter().enumerate() {
            if parts[..index].iter().any(|other| other.name == part.name) {
                return Err(Error::argument("part.name", &part.name, "no name twice"));
            }
        }
        let figures = match fields.optional("figure") {
            Some(_) => fields.tables("figure")?.map(FigureText::read).collect::<Result<Vec<FigureText>>>()?,
            None => Vec::new(),
        };
        for (index, figure) in figures.iter().enumerate() {
            if figures[..index].iter().any(|other| other.name == figure.name) {
                return Err(Error::argument("figure.name", &figure.name, "no name twice"));
            }
        }
        Ok(Self { name: name.to_owned(), claims, analysis: analysis.to_owned(), figures, parts, text: text.to_owned() })
    }

    /// What is said of the figure of a name, if anything is.
    pub fn figure(&self, name: &str) -> Option<&FigureText> {
        self.figures.iter().find(|figure| figure.name == name)
    }

    /// The dotted keys that vary anywhere in the experiment, sorted.
    pub fn grid_keys(&self) -> Vec<String> {
        let axes = self.parts.iter().flat_map(|part| part.full.grid.axes());
        let keys: std::collections::BTreeSet<String> = axes.map(|axis| axis.key.clone()).collect();
        keys.into_iter().collect()
    }
}

impl FigureText {
    fn read(fields: Fields<'_>) -> Result<Self> {
        fields.refuse_others(&["name", "alt", "caption"])?;
        let name = fields.text("name")?;
        check_name("figure.name", name, "_")?;
        let text = |key: &str| {
            let words = fields.text(key)?.split_whitespace().collect::<Vec<_>>().join(" ");
            let empty = || Error::argument(format!("figure.{key} of {name}"), "\"\"", "at least one word");
            if words.is_empty() { Err(empty()) } else { Ok(words) }
        };
        Ok(Self { name: name.to_owned(), alt: text("alt")?, caption: text("caption")? })
    }
}

impl Part {
    /// Whether its grid varies a dotted key.
    pub(super) fn varies(&self, key: &str) -> bool {
        self.full.grid.axes().any(|axis| axis.key == key)
    }

    fn read(fields: Fields<'_>) -> Result<Self> {
        fields.refuse_others(&["name", "base", "grid", "together", "full", "quick"])?;
        let name = fields.text("name")?;
        check_name("part.name", name, "_-")?;
        let at = |key: &str| format!("{name}: {key}");
        let base = fields.table("base")?;
        base.keys().try_for_each(|section| check_section(&at("base"), section))?;
        refuse_unknown(base).map_err(|error| located(name, error))?;
        let axes = axes(name, "grid", fields.optional_table("grid")?.map_or_else(BTreeMap::new, flatten))?;
        let together = together(fields.optional("together")).map_err(|error| located(name, error))?;
        let full = settings(name, "full", fields.table("full")?, &axes, &together)?;
        let quick = match fields.optional_table("quick")? {
            Some(table) => settings(name, "quick", table, &axes, &together)?,
            None => full.clone(),
        };
        if full.grid.axes().zip(&axes).any(|(axis, written)| axis.values != written.values) {
            let expected = "replicates alone: the lists of [part.grid] are those of the full profile";
            return Err(Error::argument(at("full"), "lists", expected));
        }
        Ok(Self { name: name.to_owned(), base: base.clone(), together, full, quick })
    }

    /// R, the replicates of each cell.
    pub fn replicates(&self, profile: Profile) -> usize {
        self.settings(profile).replicates
    }

    /// The grid.
    pub fn grid(&self, profile: Profile) -> &Grid {
        &self.settings(profile).grid
    }

    fn settings(&self, profile: Profile) -> &Settings {
        match profile {
            Profile::Quick => &self.quick,
            Profile::Full => &self.full,
        }
    }
}

/// `[part.full]` or `[part.quick]`: the replicates, and lists that replace those of the grid.
fn settings(part: &str, profile: &str, table: &Table, grid: &[Axis], together: &[Vec<String>]) -> Result<Settings> {
    let name = format!("{part}: {profile}.replicates");
    let form = Form::Whole(1, MOST);
    let count = table.get("replicates").ok_or_else(|| Error::argument(&name, "absent", form.expected()))?;
    let replicates = form.read(&name, count)?.as_integer().and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
    let lists: Table =
        table.iter().filter(|(key, _)| *key != "replicates").map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut axes_of_profile = grid.to_vec();
    for list in axes(part, profile, flatten(&lists))? {
        let Some(place) = axes_of_profile.iter_mut().find(|axis| axis.key == list.key) else {
            let expected = "replicates, or a key of [part.grid] whose list it replaces";
            return Err(Error::argument(format!("{part}: key of {profile}"), &list.key, expected));
        };
        *place = list;
    }
    let grid =
        Grid::together(axes_of_profile, together).map_err(|error| located(&format!("{part}: {profile}"), error))?;
    Ok(Settings { replicates, grid })
}

/// Lists of keys that go together.
fn together(value: Option<&Value>) -> Result<Vec<Vec<String>>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let wrong =
        || Error::argument("together", value, "lists of keys, such as [[\"process.preset\", \"process.samples\"]]");
    let keys = |group: &Value| {
        let keys = group.as_array()?.iter().map(|key| key.as_str().map(str::to_owned));
        keys.collect::<Option<Vec<String>>>().filter(|keys| keys.len() > 1)
    };
    value.as_array().and_then(|groups| groups.iter().map(keys).collect()).ok_or_else(wrong)
}

/// Dotted keys, whether they were written as `"process.samples"` or as a table `process` with a key `samples`.
pub(crate) fn flatten(table: &Table) -> BTreeMap<String, Value> {
    let mut flat = BTreeMap::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                flat.extend(flatten(inner).into_iter().map(|(rest, value)| (format!("{key}.{rest}"), value)));
            }
            _ => drop(flat.insert(key.clone(), value.clone())),
        }
    }
    flat
}

fn read_claims(table: &Table) -> Result<BTreeMap<String, Verdict>> {
    let claim = |(id, value): (&String, &Value)| {
        let name = format!("claims.{id}");
        if let Some((part, inner)) = value.as_table().and_then(|table| flatten(table).into_iter().next()) {
            let expected = format!("a name with a dot in quotes, {:?} = {inner}", format!("{id}.{part}"));
            return Err(Error::argument(format!("{name}.{part}"), inner, expected));
        }
        let word = value.as_str().ok_or_else(|| Error::argument(&name, value, "a verdict in quotes"))?;
        let found = Verdict::ALL.into_iter().find(|verdict| verdict.name() == word);
        let names = Verdict::ALL.map(Verdict::name);
        Ok((id.clone(), found.ok_or_else(|| Error::argument(name, format!("{word:?}"), one_of(word, &names)))?))
    };
    table.iter().map(claim).collect()
}

fn axes(part: &str, table: &str, lists: BTreeMap<String, Value>) -> Result<Vec<Axis>> {
    let axis = |(key, value): (String, Value)| {
        let name = format!("{part}: {table}.{key}");
        let section = key.split_once('.').map(|(section, _)| section);
        check_section(
            &name,
            section.ok_or_else(|| Error::argument(&name, &value, "a dotted key with a list of values"))?,
        )?;
        match value {
            Value::Array(values) if !values.is_empty() => {
                // Keys of a table within a section (`instance.spectrum.rate`) are read with their cells.
                if let Some(known) = keys().iter().find(|known| key == format!("{}.{}", known.section, known.name)) {
                    values.iter().try_for_each(|value| known.form.read(&name, value).map(drop))?;
                }
                Ok(Axis { key, values })
            }
            other => Err(Error::argument(name, other, "a list with at least one value")),
        }
    };
    lists.into_iter().map(axis).collect()
}

fn check_section(name: &str, section: &str) -> Result<()> {
    if SECTIONS.contains(&section) {
        return Ok(());
    }
    Err(Error::argument(name, section, format!("one of the sections {}; the harness sets [run]", SECTIONS.join(", "))))
}

/// Names become parts of file names, with what tells profile, shard and figure.
const LONGEST_NAME: usize = 100;

fn check_name(what: &str, name: &str, others: &str) -> Result<()> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || others.contains(c);
    if !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(good) {
        return Ok(());
    }
    let expected =
        format!("1 to {LONGEST_NAME} lower-case letters, digits and any of {others:?}, since files are named after it");
    Err(Error::argument(what, format!("{name:?}"), expected))
}

/// Says in which part a value is wrong.
pub(super) fn located(part: &str, error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } => {
            Error::Argument { name: format!("{part}: {name}"), value, expected }
        }
        other => other,
    }
}
