//! From sources and a query to points, one cell and round each.

use std::collections::BTreeMap;

use super::axes::{Axes, Place, label};
use super::bounds::{self, AskedBound, Drawn};
use super::keys::{Keys, ROUND};
use super::quantities;
use super::source::{Facts, Mean, Source};
use super::titles::{asked, name, subtitle, title};
use super::{Query, Style};
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
    /// What the legend calls each of them.
    pub(super) legends: Vec<String>,
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
        let of = (cell.facts.source, cell.facts.ordinal);
        let inputs = if query.bounds.is_empty() { None } else { Some(bounds::Inputs::of(&rows, of)?) };
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
    let legends = query.bounds.iter().map(AskedBound::legend).collect();
    let (asked, style) = (asked(query, &axes, &columns, sources), query.style.clone());
    Ok(Found { name, asked, title, subtitle, style, x: axes.x, bounds, legends, labels, points, remarks })
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
