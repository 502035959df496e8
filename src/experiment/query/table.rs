//! The tidy table beside a figure: one row for each point.
//!
//! | column | what it holds |
//! | --- | --- |
//! | `quantity` | the measured column, such as `failure_0.5` |
//! | `facet`, `series` | the panel and the curve, as the figure names them; empty where there is one |
//! | `x_key`, `x` | what lies along the horizontal axis, and its value: a number or a word |
//! | `t`, `replicates` | the round, and the replicates whose mean it is |
//! | `mean`, `lo`, `hi` | the mean and its 95% interval; empty where they do not exist |
//! | `NAME`, `NAME_vacuous`, `NAME_flags` | for each bound: its value, whether it excludes nothing, and the flags of `selfreward bound NAME` |
//! | `source`, `part`, `cell`, and keys | what tells cells apart |
//! | `figure` | in the first row, as JSON: title, sentence, logarithmic axes, size, bounds, and what was asked |

use serde::{Deserialize, Serialize};

use super::Style;
use super::points::{Found, Point};
use crate::experiment::Table;
use crate::simulate::output::plain;
use crate::{Error, Result};

/// What is said of the whole figure.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) style: Style,
    pub(super) bounds: Vec<String>,
    /// What the legend calls each bound; `bound NAME` if nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) legends: Vec<String>,
    pub(super) asked: String,
}

/// Before the names of keys.
const COLUMNS: [&str; 10] = ["quantity", "facet", "series", "x_key", "x", "t", "replicates", "mean", "lo", "hi"];
const FIGURE: &str = "figure";

/// Whether a table is one of these.
pub(super) fn fits(table: &Table) -> bool {
    COLUMNS.iter().chain([&FIGURE]).all(|name| table.has(name))
}

/// The table of what was found.
pub(super) fn of(found: &Found) -> Table {
    let head = Head {
        title: found.title.clone(),
        subtitle: found.subtitle.clone(),
        style: found.style.clone(),
        bounds: found.bounds.iter().map(|name| (*name).to_owned()).collect(),
        legends: found.legends.clone(),
        asked: found.asked.clone(),
    };
    let mut header: Vec<String> = COLUMNS.map(str::to_owned).into();
    for name in &found.bounds {
        header.extend(["", "_vacuous", "_flags"].map(|ending| format!("{name}{ending}")));
    }
    // A key that has the name of a column stands there already.
    let labels: Vec<usize> = (0..found.labels.len()).filter(|&i| !header.contains(&found.labels[i])).collect();
    header.extend(labels.iter().map(|&i| found.labels[i].clone()));
    header.push(FIGURE.to_owned());
    let row = |(index, point): (usize, &Point)| {
        let number = |value: Option<f64>| value.map_or_else(String::new, plain);
        let ends = point.mean.and_then(|mean| mean.ends);
        let mut row = vec![point.column.clone(), point.place.facet.clone(), point.place.series.clone()];
        row.extend([found.x.clone(), point.place.x.clone(), point.t.to_string(), point.replicates.clone()]);
        row.extend([number(point.mean.map(|mean| mean.mean)), number(ends.map(|e| e.0)), number(ends.map(|e| e.1))]);
        for bound in &point.bounds {
            row.extend(match bound {
                None => [String::new(), String::new(), String::new()],
                Some(drawn) => {
                    let vacuous = if drawn.vacuous { "yes" } else { "no" };
                    [plain(drawn.value), vacuous.to_owned(), drawn.flags.clone()]
                }
            });
        }
        row.extend(labels.iter().map(|&i| point.labels[i].clone()));
        // Once is enough, and a table stays readable.
        let head = if index == 0 { serde_json::to_string(&head).unwrap_or_default() } else { String::new() };
        row.push(head);
        row
    };
    Table::new(header, found.points.iter().enumerate().map(row).collect())
}

impl Head {
    /// What the legend calls a bound.
    pub(super) fn legend(&self, bound: &str) -> String {
        let place = self.bounds.iter().position(|known| known == bound);
        place.and_then(|place| self.legends.get(place).cloned()).unwrap_or_else(|| format!("bound {bound}"))
    }

    /// Reads it back, from whatever row it stands in.
    pub(super) fn read(table: &Table) -> Result<Self> {
        let texts = table.distinct(FIGURE)?;
        let text = texts.iter().find(|text| !text.is_empty());
        let expected = "what `selfreward plot` wrote there";
        text.map_or_else(
            || Ok(Self::default()),
            |text| serde_json::from_str(text).map_err(|e| Error::argument(FIGURE, format!("{text} ({e})"), expected)),
        )
    }
}
