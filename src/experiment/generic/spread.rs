//! How the cells of a table are spread over colours and panels, so that each curve is told from the others.

use std::collections::BTreeMap;

use crate::experiment::Table;
use crate::experiment::round_ticks::round_ticks;
use crate::plot::Axis;
use crate::words::counted;
use crate::{Error, Result};

/// Curves beyond these would no longer be told apart by their colours.
const MOST_CURVES: usize = 8;
/// Rows of panels beyond these would no longer be one figure.
const MOST_ROWS: usize = 8;
/// A key with fewer values than these makes no curve of its own.
const LEAST_POINTS: usize = 3;

/// How the reason begins that there are too many cells.
pub(super) const TOO_LARGE: &str = "cells = ";

/// A curve: its rows, and how it looks.
pub(super) struct Curve {
    pub(super) label: String,
    pub(super) color: usize,
    pub(super) rows: Table,
}

/// All curves.
pub(super) struct Spread {
    /// The column along the horizontal axis.
    pub(super) x: String,
    /// What each row of panels shows, and its curves.
    pub(super) panels: Vec<(String, Vec<Curve>)>,
    cells: usize,
    by: Option<String>,
}

/// One cell's labels, in the order of the keys.
struct Cell {
    rows: Table,
    labels: Vec<String>,
}

/// A choice of keys, by their places.
#[derive(Clone)]
struct Choice {
    x: Option<usize>,
    color: Option<usize>,
    facets: Vec<usize>,
}

impl Spread {
    /// Of a table.
    ///
    /// # Errors
    /// [`Error::Argument`] if there are more cells than one figure shows, with the flags that choose.
    pub(super) fn of(table: &Table) -> Result<Self> {
        let mut keys: Vec<&str> = vec!["part"];
        keys.extend(table.header().iter().skip(2).take_while(|column| *column != "replicates").map(String::as_str));
        let cells = table.distinct("cell")?;
        if cells.len() > MOST_CURVES * MOST_ROWS * 64 {
            return Err(too_many(cells.len(), &keys));
        }
        let cell = |id: &String| -> Result<Cell> {
            let rows = table.filter(&[("cell", id)])?;
            let labels = keys.iter().map(|key| Ok(rows.distinct(key)?.join(", "))).collect::<Result<_>>()?;
            Ok(Cell { rows, labels })
        };
        let cells = cells.iter().map(cell).collect::<Result<Vec<_>>>()?;
        if cells.len() <= MOST_CURVES {
            return Ok(Self::one_panel(&keys, cells));
        }
        let choice = choose(&cells, keys.len()).ok_or_else(|| too_many(cells.len(), &keys))?;
        Self::over_panels(&keys, cells, &choice)
    }

    /// A colour for each cell.
    fn one_panel(keys: &[&str], cells: Vec<Cell>) -> Self {
        let count = cells.len();
        // One part tells no cell from another.
        let one_part = cells.iter().all(|cell| cell.labels[0] == cells[0].labels[0]) && keys.len() > 1;
        let curve = |(color, cell): (usize, Cell)| {
            let part = cell.labels[0].clone();
            let values = keys.iter().zip(&cell.labels).skip(1).map(|(key, value)| format!("{} = {value}", short(key)));
            let label = std::iter::once(part).chain(values).skip(usize::from(one_part)).collect::<Vec<_>>().join(", ");
            Curve { label, color, rows: cell.rows }
        };
        let curves = cells.into_iter().enumerate().map(curve).collect();
        Self { x: "t".to_owned(), panels: vec![(String::new(), curves)], cells: count, by: None }
    }

    fn over_panels(keys: &[&str], cells: Vec<Cell>, choice: &Choice) -> Result<Self> {
        let count = cells.len();
        let named = |cell: &Cell, place: usize| match keys[place] {
            "part" => cell.labels[place].clone(),
            key => format!("{} = {}", short(key), cell.labels[place]),
        };
        let mut colors: Vec<String> = Vec::new();
        let mut panels: Vec<(String, Vec<Curve>)> = Vec::new();
        for cell in cells {
            let facet = choice.facets.iter().map(|&place| named(&cell, place)).collect::<Vec<_>>().join(", ");
            let label = choice.color.map_or_else(|| "all cells".to_owned(), |place| named(&cell, place));
            let color = colors.iter().position(|known| *known == label).unwrap_or_else(|| {
                colors.push(label.clone());
                colors.len() - 1
            });
            // Against a key, a cell is the point of its last round.
            let rows = match choice.x {
                None => cell.rows,
                Some(_) => {
                    let last = cell.rows.distinct("t")?.pop().unwrap_or_default();
                    cell.rows.filter(&[("t", &last)])?
                }
            };
            let panel = panels.iter().position(|(known, _)| *known == facet).unwrap_or_else(|| {
                panels.push((facet, Vec::new()));
                panels.len() - 1
            });
            let curves = &mut panels[panel].1;
            match curves.iter().position(|curve| curve.label == label) {
                Some(known) => {
                    let joined = curves[known].rows.clone().followed_by(rows)?;
                    curves[known].rows = joined;
                }
                None => curves.push(Curve { label, color, rows }),
            }
        }
        let x = choice.x.map_or_else(|| "t".to_owned(), |place| keys[place].to_owned());
        Ok(Self { x, panels, cells: count, by: choice.color.map(|place| keys[place].to_owned()) })
    }

    /// What the sentence below the title begins with.
    pub(super) fn said(&self) -> String {
        let by = self.by.as_ref().map_or_else(String::new, |key| format!(", colours: {key}"));
        match (self.panels.len(), self.x.as_str()) {
            (1, "t") if self.by.is_none() => String::new(),
            (_, "t") => format!("{}{by}; ", counted(self.cells, "cell")),
            _ => format!("{} after their last round{by}; ", counted(self.cells, "cell")),
        }
    }

    /// The horizontal axis.
    pub(super) fn axis(&self) -> Axis {
        match self.x.as_str() {
            "t" => {
                let curves = self.panels.iter().flat_map(|(_, curves)| curves);
                let rounds: Vec<String> = curves.flat_map(|c| c.rows.distinct("t").unwrap_or_default()).collect();
                Axis { ticks: round_ticks(&rounds), ..Axis::linear("round t") }
            }
            key => {
                let values = self.panels.iter().flat_map(|(_, curves)| curves).flat_map(|curve| {
                    curve.rows.distinct(key).unwrap_or_default().into_iter().filter_map(|text| text.parse::<f64>().ok())
                });
                let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
                if low > 0.0 && high >= 20.0 * low { Axis::log(key) } else { Axis::linear(key) }
            }
        }
    }
}

/// The keys that tell every cell from the others: against t if rows of panels are few, else against the key of numbers with the most
/// values.
fn choose(cells: &[Cell], keys: usize) -> Option<Choice> {
    let values = |place: usize| {
        let mut values: Vec<&str> = Vec::new();
        for cell in cells {
            if !values.contains(&cell.labels[place].as_str()) {
                values.push(&cell.labels[place]);
            }
        }
        values
    };
    let all: Vec<Vec<&str>> = (0..keys).map(values).collect();
    let varying: Vec<usize> = (0..keys).filter(|&place| all[place].len() > 1).collect();
    let is_number = |place: usize| all[place].iter().all(|text| text.parse::<f64>().is_ok());
    let mut along: Vec<usize> =
        varying.iter().copied().filter(|&place| is_number(place) && all[place].len() >= LEAST_POINTS).collect();
    along.sort_by_key(|&place| std::cmp::Reverse(all[place].len()));
    for x in std::iter::once(None).chain(along.into_iter().map(Some)) {
        let rest: Vec<usize> = varying.iter().copied().filter(|&place| Some(place) != x).collect();
        let mut found: Vec<(usize, Choice)> = Vec::new();
        let colors = rest.iter().copied().filter(|&place| all[place].len() <= MOST_CURVES).map(Some);
        for color in colors.chain([None]) {
            // Keys that follow from others (they advance together) need no panels of their own.
            let mut facets: Vec<usize> = Vec::new();
            for place in rest.iter().copied().filter(|&place| Some(place) != color) {
                let told = |facets: &[usize]| groups(cells, facets, color, x);
                let mut with = facets.clone();
                with.push(place);
                if told(&with) > told(&facets) {
                    facets = with;
                }
            }
            let rows = groups(cells, &facets, None, None);
            if rows <= MOST_ROWS && groups(cells, &facets, color, x) == cells.len() {
                found.push((rows, Choice { x, color, facets }));
            }
        }
        // The first of equals: keys in their order.
        if let Some((_, choice)) = found.into_iter().min_by_key(|(rows, _)| *rows) {
            return Some(choice);
        }
    }
    None
}

/// How many groups of cells these keys tell apart.
fn groups(cells: &[Cell], facets: &[usize], color: Option<usize>, x: Option<usize>) -> usize {
    let mut seen: BTreeMap<Vec<&str>, ()> = BTreeMap::new();
    for cell in cells {
        let places = facets.iter().copied().chain(color).chain(x);
        seen.insert(places.map(|place| cell.labels[place].as_str()).collect(), ());
    }
    seen.len()
}

fn too_many(cells: usize, keys: &[&str]) -> Error {
    let key = keys.get(1).copied().unwrap_or("part");
    let expected = format!(
        "fewer than one figure can tell apart; choose what is shown with --x, --y, --by, --facet and --where, such as \
         --x {key} --y failure --where 't == last' (keys: {})",
        keys.join(", ")
    );
    Error::argument("cells", counted(cells, "cell"), expected)
}

fn short(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
