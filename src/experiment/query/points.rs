//! From sources and a query to points, one cell and round each.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bounds::{self, AskedBound, Drawn};
use super::condition::{Comparison, Operator, wrong};
use super::keys::{self, BESIDE, Keys, ROUND};
use super::quantities::{self, Column};
use super::source::{Facts, Mean, Source};
use super::{Query, Style};
use crate::nearest::one_of;
use crate::words::{agreeing, counted};
use crate::{Error, Result};

/// Curves of one panel beyond these would no longer be told apart.
const MOST_CURVES: usize = 32;
/// Panels of one figure beyond these would no longer be seen.
const MOST_PANELS: usize = 48;

/// All that is drawn.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) asked: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) style: Style,
    /// The key along the horizontal axis.
    pub(super) x: String,
    /// The names of the bounds.
    pub(super) bounds: Vec<&'static str>,
    /// The keys that tell cells apart, each a column of the table.
    pub(super) labels: Vec<String>,
    pub(super) points: Vec<Point>,
    pub(super) remarks: Vec<String>,
}

/// One point.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) column: String,
    pub(super) place: Place,
    pub(super) t: usize,
    pub(super) replicates: String,
    pub(super) mean: Option<Mean>,
    /// For each bound, where it has a value there.
    pub(super) bounds: Vec<Option<Drawn>>,
    /// The values of [`Found::labels`].
    pub(super) labels: Vec<String>,
}

/// Panel, curve, and where on the horizontal axis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) facet: String,
    pub(super) series: String,
    pub(super) x: String,
}

/// A cell that is shown, with its rounds.
struct Shown {
    facts: Facts,
    rounds: Vec<usize>,
}

/// The keys of a query, resolved.
struct Axes {
    x: String,
    by: Vec<String>,
    facet: Vec<String>,
    comparisons: Vec<Comparison>,
}

/// Finds the points.
pub(super) fn find(sources: &[Source], query: &Query) -> Result<Found> {
    let mut remarks = Vec::new();
    let (mut cells, mut empty) = (Vec::new(), 0);
    for (index, source) in sources.iter().enumerate() {
        let (of_source, without) = source.cells(index)?;
        if of_source.is_empty() {
            return Err(Error::file(source.path(), "holds no rows; compute it with `selfreward run`"));
        }
        cells.extend(of_source);
        empty += without;
    }
    if empty > 0 {
        remarks.push(format!("warning: {} {} no rows yet", counted(empty, "cell"), agreeing(empty, "has", "have")));
    }
    let keys = Keys::of(&cells);
    let axes = Axes::resolve(query, &keys, sources.len())?;
    let mut there: Vec<String> = Vec::new();
    for column in sources.iter().flat_map(Source::columns) {
        if !there.contains(&column) {
            there.push(column);
        }
    }
    let columns = quantities::columns(query, &there, &mut remarks)?;
    query.bounds.iter().try_for_each(|bound| bound.check(&columns))?;
    let with_rounds = axes.names(ROUND) || axes.comparisons.iter().any(|comparison| comparison.key == ROUND);
    let shown = axes.select(cells, with_rounds, sources, &mut remarks)?;

    let selected: Vec<Facts> = shown.iter().map(|cell| cell.facts.clone()).collect();
    let own = Keys::of(&selected);
    let places = axes.places(&shown, sources, &own)?;
    let labels = axes.labels(&own, sources.len());
    check_size(&places, columns.len())?;

    let mut points = Vec::new();
    let mut missing: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut lacking = bounds::Lacking::default();
    let mut place = places.into_iter();
    for cell in &shown {
        let rows = sources[cell.facts.source].rows(cell.facts.ordinal)?;
        let replicates = rows.replicates();
        let inputs = if query.bounds.is_empty() { None } else { Some(bounds::Inputs::of(&rows)?) };
        let texts: Vec<String> = labels.iter().map(|key| label(&cell.facts, sources, key, 0)).collect();
        for &t in &cell.rounds {
            let place = place.next().expect("one place for each cell and round");
            for (index, column) in columns.iter().enumerate() {
                let mean = rows.mean(&column.name, t)?;
                let (absent, all) = missing.entry(index).or_default();
                *absent += usize::from(mean.is_none());
                *all += 1;
                let drawn = query.bounds.iter().zip(inputs.iter().cycle());
                let drawn = drawn.map(|(bound, inputs)| bound.at(inputs, column, t, &mut lacking)).collect();
                points.push(Point {
                    column: column.name.clone(),
                    place: place.clone(),
                    t,
                    replicates: replicates.clone(),
                    mean,
                    bounds: drawn,
                    labels: texts.clone(),
                });
            }
        }
    }
    for (index, (absent, all)) in missing {
        let name = &columns[index].name;
        if absent == all {
            let expected =
                "a quantity that has a value somewhere in these cells and rounds; this one is defined in none of them";
            return Err(Error::argument("--y", name, expected));
        }
        if absent > 0 {
            remarks
                .push(format!("{name} has no value at {absent} of {}; nothing is drawn there", counted(all, "point")));
        }
    }
    for (index, bound) in query.bounds.iter().enumerate() {
        let any = points.iter().any(|point| point.bounds[index].is_some());
        remarks.extend(bound.remark(any, &lacking)?);
    }
    let subtitle = subtitle(query, &axes, &points, &shown, with_rounds);
    let title = title(&axes, &columns, sources);
    let name = name(&axes, query, &columns, sources);
    let bounds = query.bounds.iter().map(AskedBound::name).collect();
    let asked = asked(query, &axes, &columns, sources);
    Ok(Found { name, asked, title, subtitle, style: query.style.clone(), x: axes.x, bounds, labels, points, remarks })
}

impl Axes {
    fn resolve(query: &Query, keys: &Keys, sources: usize) -> Result<Self> {
        let resolve = |flag: &str, names: &[String]| -> Result<Vec<String>> {
            names.iter().map(|name| keys.resolve(flag, name)).collect()
        };
        let x = query.x.as_deref().map_or(Ok(ROUND.to_owned()), |name| keys.resolve("--x", name))?;
        let (mut by, facet) = (resolve("--by", &query.by)?, resolve("--facet", &query.facet)?);
        let comparisons =
            query.condition.comparisons.iter().map(|comparison| {
                Ok(Comparison { key: keys.resolve("--where", &comparison.key)?, ..comparison.clone() })
            });
        let comparisons: Vec<Comparison> = comparisons.collect::<Result<_>>()?;
        for (flag, key) in by.iter().map(|key| ("--by", key)).chain(facet.iter().map(|key| ("--facet", key))) {
            let uses = by.iter().chain(&facet).chain([&x]).filter(|other| *other == key).count();
            if uses > 1 {
                return Err(Error::argument(flag, key, "a key that --x, --by and --facet do not name otherwise"));
            }
        }
        let told = |key: &str| x == key || by.iter().chain(&facet).any(|other| other == key);
        if sources > 1 && by.is_empty() && !told(BESIDE[0]) {
            by.push(BESIDE[0].to_owned());
        }
        Ok(Self { x, by, facet, comparisons })
    }

    /// Whether x, by or facet is this key.
    fn names(&self, key: &str) -> bool {
        self.x == key || self.by.iter().chain(&self.facet).any(|other| other == key)
    }

    /// The cells and rounds that fit; the last round of each cell where nothing speaks of rounds.
    fn select(
        &self,
        cells: Vec<Facts>,
        with_rounds: bool,
        sources: &[Source],
        remarks: &mut Vec<String>,
    ) -> Result<Vec<Shown>> {
        let (of_rounds, of_cells): (Vec<&Comparison>, Vec<&Comparison>) =
            self.comparisons.iter().partition(|comparison| comparison.key == ROUND);
        for comparison in &of_cells {
            let value = |cell: &Facts| value(cell, sources, &comparison.key);
            if !cells.iter().any(|cell| comparison.holds(value(cell).as_ref())) {
                let mut values: Vec<String> = Vec::new();
                for text in cells.iter().map(|cell| value(cell).as_ref().map_or_else(|| ABSENT.to_owned(), keys::text))
                {
                    if !values.contains(&text) {
                        values.push(text);
                    }
                }
                let expected =
                    format!("what some cell has; {} is {}", comparison.key, one_of(&comparison.value, &values));
                return Err(wrong(&comparison.to_string(), &expected));
            }
        }
        let (mut shown, mut short) = (Vec::new(), 0);
        for facts in cells {
            if !of_cells.iter().all(|comparison| comparison.holds(value(&facts, sources, &comparison.key).as_ref())) {
                continue;
            }
            let mut rounds = if with_rounds { (0..=facts.last).collect() } else { vec![facts.last] };
            for comparison in &of_rounds {
                let fits = |t: &usize| comparison.holds_of_round(*t, facts.last);
                rounds = rounds
                    .into_iter()
                    .map(|t| Ok((fits(&t)?, t)))
                    .collect::<Result<Vec<_>>>()?
                    .into_iter()
                    .filter_map(|(fits, t)| fits.then_some(t))
                    .collect();
            }
            if rounds.is_empty() {
                short += 1;
            } else {
                shown.push(Shown { facts, rounds });
            }
        }
        if shown.is_empty() {
            let text = self.comparisons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            return Err(wrong(&text, "a condition that some cell and round meet"));
        }
        if short > 0 {
            remarks.push(format!(
                "{} {} no round that --where asks for, and {} not shown",
                counted(short, "cell"),
                agreeing(short, "has", "have"),
                agreeing(short, "is", "are")
            ));
        }
        Ok(shown)
    }

    /// The place of each cell and round, in their order.
    ///
    /// # Errors
    /// If several would fall on one point.
    fn places(&self, shown: &[Shown], sources: &[Source], keys: &Keys) -> Result<Vec<Place>> {
        let joined = |facts: &Facts, of: &[String], t: usize| {
            let text = |key: &String| match key.as_str() {
                "part" | "source" | "cell" => label(facts, sources, key, t),
                key => format!("{} = {}", Keys::short(key), label(facts, sources, key, t)),
            };
            of.iter().map(text).collect::<Vec<_>>().join(", ")
        };
        let mut places = Vec::new();
        let mut taken: BTreeMap<Place, (usize, usize)> = BTreeMap::new();
        for (index, cell) in shown.iter().enumerate() {
            for &t in &cell.rounds {
                let x = match value_at(&cell.facts, sources, &self.x, t) {
                    Some(value) => keys::text(&value),
                    None => {
                        let expected = format!(
                            "a key that every cell has; that of part {:?} has none (--where leaves cells out)",
                            cell.facts.part
                        );
                        return Err(Error::argument("--x", &self.x, expected));
                    }
                };
                let place =
                    Place { facet: joined(&cell.facts, &self.facet, t), series: joined(&cell.facts, &self.by, t), x };
                if let Some(other) = taken.insert(place.clone(), (index, t)) {
                    return Err(self.collision(shown, other, (index, t), sources, keys));
                }
                places.push(place);
            }
        }
        Ok(places)
    }

    /// Says in which keys cells that fall on one point differ.
    fn collision(
        &self,
        shown: &[Shown],
        one: (usize, usize),
        other: (usize, usize),
        sources: &[Source],
        keys: &Keys,
    ) -> Error {
        let (a, b) = (&shown[one.0].facts, &shown[other.0].facts);
        let differs = |key: &&str| value_at(a, sources, key, one.1) != value_at(b, sources, key, other.1);
        let beside = [ROUND, BESIDE[0], BESIDE[1]];
        let mut differing: Vec<&str> = keys.varying().into_iter().chain(beside).filter(differs).collect();
        if differing.is_empty() {
            differing.push(BESIDE[2]);
        }
        let values = |key: &str| {
            let mut values: Vec<String> = Vec::new();
            for cell in shown {
                let rounds = if key == ROUND { cell.rounds.as_slice() } else { &cell.rounds[..1] };
                for text in rounds.iter().map(|&t| label(&cell.facts, sources, key, t)) {
                    if !values.contains(&text) {
                        values.push(text);
                    }
                }
            }
            let more = if values.len() > 8 { format!(", … ({} values)", values.len()) } else { String::new() };
            format!("{key} ({}{more})", values.iter().take(8).cloned().collect::<Vec<_>>().join(", "))
        };
        let first = differing[0];
        let named = differing.iter().take(4).map(|key| values(key)).collect::<Vec<_>>().join(" and ");
        let example = label(a, sources, first, one.1);
        let expected = format!(
            "one cell for each point: several that differ in {named} fall on the same; tell them apart with --by {first} or --facet {first}, or choose with --where '{first} == {example}'"
        );
        let along = format!(
            "{} against {}",
            if self.by.is_empty() { "one curve".to_owned() } else { format!("curves by {}", self.by.join(", ")) },
            self.x
        );
        Error::argument("plot", along, expected)
    }

    /// The keys whose values stand in the table.
    fn labels(&self, keys: &Keys, sources: usize) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        let beside = BESIDE.iter().copied().filter(|key| *key != "source" || sources > 1);
        let named = self.by.iter().chain(&self.facet).chain([&self.x]).map(String::as_str);
        for key in beside.chain(keys.varying()).chain(named).filter(|key| *key != ROUND) {
            if labels.iter().all(|known| known != key) {
                labels.push(key.to_owned());
            }
        }
        labels
    }
}

/// Where a cell has nothing under a key.
const ABSENT: &str = "absent";

/// What a cell has under a key.
fn value(cell: &Facts, sources: &[Source], key: &str) -> Option<Value> {
    match key {
        "source" => Some(sources[cell.source].label.clone().into()),
        "part" => Some(cell.part.clone().into()),
        "cell" => Some(cell.id.clone().into()),
        key => {
            let found = key.split('.').try_fold(&cell.config, |place, name| place.get(name));
            found.filter(|value| !value.is_null()).cloned()
        }
    }
}

/// The same, or the round.
fn value_at(cell: &Facts, sources: &[Source], key: &str, t: usize) -> Option<Value> {
    if key == ROUND { Some(t.into()) } else { value(cell, sources, key) }
}

fn label(cell: &Facts, sources: &[Source], key: &str, t: usize) -> String {
    value_at(cell, sources, key, t).map_or_else(|| ABSENT.to_owned(), |value| keys::text(&value))
}

/// Refuses more curves or panels than can be told apart.
fn check_size(places: &[Place], quantities: usize) -> Result<()> {
    let mut curves: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in places {
        let known = curves.entry(&place.facet).or_default();
        if !known.contains(&place.series.as_str()) {
            known.push(&place.series);
        }
    }
    let most = curves.values().map(Vec::len).max().unwrap_or(0);
    if most > MOST_CURVES {
        let expected =
            format!("at most {MOST_CURVES} to tell apart: --facet spreads them over panels, --where chooses");
        return Err(Error::argument("--by", counted(most, "curve") + " in one panel", expected));
    }
    let panels = curves.len() * quantities;
    if panels > MOST_PANELS {
        let expected = format!("at most {MOST_PANELS}: --where chooses cells, --y and --delta fewer quantities");
        return Err(Error::argument("--facet", counted(panels, "panel"), expected));
    }
    Ok(())
}

fn title(axes: &Axes, columns: &[Column], sources: &[Source]) -> String {
    let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let along = if axes.x == ROUND { "round t" } else { &axes.x };
    match sources {
        [one] => format!("{}: {names} against {along}", one.label),
        _ => format!("{names} against {along}"),
    }
}

/// Rounds, conditions, replicates.
fn subtitle(query: &Query, axes: &Axes, points: &[Point], shown: &[Shown], with_rounds: bool) -> String {
    let mut parts = Vec::new();
    if !with_rounds {
        let mut rounds: Vec<usize> = shown.iter().flat_map(|cell| cell.rounds.clone()).collect();
        rounds.sort_unstable();
        rounds.dedup();
        parts.push(match rounds.as_slice() {
            [one] => format!("after the last round of each cell, t = {one}"),
            several => {
                format!("after the last round of each cell, t = {} to {}", several[0], several[several.len() - 1])
            }
        });
    }
    parts.extend(axes.comparisons.iter().map(|comparison| {
        let key = Keys::short(&comparison.key);
        let operator =
            comparison.operator.name().replace("==", "=").replace("!=", "≠").replace("<=", "≤").replace(">=", "≥");
        format!("{key} {operator} {}", comparison.value)
    }));
    let mut counts: Vec<usize> = points.iter().filter_map(|point| point.replicates.parse().ok()).collect();
    counts.sort_unstable();
    counts.dedup();
    let intervals = points.iter().any(|point| point.mean.is_some_and(|mean| mean.ends.is_some()));
    let intervals = if intervals { ", with 95% intervals" } else { "" };
    parts.push(match counts.as_slice() {
        [1] => "a single replicate".to_owned(),
        [one] => format!("means over {one} replicates{intervals}"),
        [first, .., last] => format!("means over {first} to {last} replicates{intervals}"),
        [] => format!("means{intervals}"),
    });
    let bounds: Vec<String> = query.bounds.iter().map(AskedBound::written).collect();
    if !bounds.is_empty() {
        let noun = if bounds.len() == 1 { "bound" } else { "bounds" };
        parts.push(format!("{noun} {}: worst constants of the replicates", bounds.join(", ")));
    }
    sentence(&parts.join("; "))
}

/// The text with a capital letter, if it begins with a word: a key's t is another than T.
fn sentence(text: &str) -> String {
    match ["after", "means", "a single"].iter().any(|word| text.starts_with(word)) {
        true => text[..1].to_uppercase() + &text[1..],
        false => text.to_owned(),
    }
}

/// The name of the files: source, quantities, axes, conditions, bounds.
fn name(axes: &Axes, query: &Query, columns: &[Column], sources: &[Source]) -> String {
    const LONGEST: usize = 120;
    let mut parts: Vec<&str> = sources.iter().map(|source| source.label.as_str()).collect();
    let asked: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    parts.extend(if query.y.is_empty() { vec!["rounds"] } else { asked });
    parts.extend(["by", Keys::short(&axes.x)]);
    parts.extend(axes.by.iter().filter(|key| *key != BESIDE[0]).map(|key| Keys::short(key)));
    parts.extend(axes.facet.iter().map(|key| Keys::short(key)));
    let conditions: Vec<String> = axes.comparisons.iter().map(in_a_name).collect();
    parts.extend(conditions.iter().map(String::as_str));
    parts.extend(query.bounds.iter().map(|bound| bound.name()));
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' };
    parts.join("-").chars().map(plain).take(LONGEST).collect()
}

/// A comparison as the name of a file has it: `t4`, `samples-from-64`.
fn in_a_name(comparison: &Comparison) -> String {
    let (key, value) = (Keys::short(&comparison.key), &comparison.value);
    match comparison.operator {
        Operator::Equal if key == ROUND => format!("{key}{value}"),
        Operator::Equal => format!("{key}-{value}"),
        Operator::NotEqual => format!("{key}-not-{value}"),
        Operator::Below => format!("{key}-below-{value}"),
        Operator::AtMost => format!("{key}-to-{value}"),
        Operator::Above => format!("{key}-above-{value}"),
        Operator::AtLeast => format!("{key}-from-{value}"),
    }
}

/// The query in a line, without what only changes how it looks.
fn asked(query: &Query, axes: &Axes, columns: &[Column], sources: &[Source]) -> String {
    let mut parts = vec![format!("--x {}", axes.x)];
    let mut add = |flag: &str, values: Vec<String>| {
        if !values.is_empty() {
            parts.push(format!("{flag} {}", values.join(",")));
        }
    };
    add("--y", columns.iter().map(|column| column.name.clone()).collect());
    add("--by", axes.by.clone());
    add("--facet", axes.facet.clone());
    add(
        "--where",
        vec![axes.comparisons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect(),
    );
    add("--bound", query.bounds.iter().map(AskedBound::written).collect());
    add("of", sources.iter().map(|source| source.label.clone()).collect());
    parts.join(" ")
}
