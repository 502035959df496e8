//! The figure of a query, drawn from its table alone.

use super::table::{self, Head};
use super::{Log, Style};
use crate::experiment::Table;
use crate::experiment::lacking::Lacking;
use crate::experiment::round_ticks::round_ticks;
use crate::metrics::{Quantity, Reader};
use crate::plot::{self, Axis, Figure, Panel, Point, Scale, Series};
use crate::simulate::output::significant;
use crate::words::counted;
use crate::{Error, Result};

/// How the lines of bounds are drawn, one after the other; the colours are those of the curves.
const LINES: [plot::Style; 3] = [plot::Style::Dashed, plot::Style::Dotted, plot::Style::DashDotted];
/// The colour of a bound's entry in the legend, which stands for all curves: black.
const ANY: usize = 6;
/// How far beyond what was measured a bound may stretch an axis: decades, and multiples of the measured range.
const REACH: (f64, f64) = (3.0, 2.0);
/// The share of a category's room that curves take side by side.
const BESIDE: f64 = 0.6;

/// The label of an axis of rounds.
const ROUND: &str = "round t";
/// More rounds than these have the ticks of a logarithmic axis on one.
const MOST_ON_LOG: usize = 5;

/// Whether a table was made by a query.
pub fn fits(table: &Table) -> bool {
    table::fits(table)
}

/// The figure; `style` goes before what the table says.
///
/// # Errors
/// [`Error::Argument`] if the table is not of a query's form.
pub fn figure(table: &Table, style: &Style) -> Result<Figure> {
    let head = Head::read(table)?;
    let style = style.clone().or(head.style.clone());
    if head.bounds.len() > LINES.len() {
        return Err(Error::argument("bounds", head.bounds.len(), format!("at most {}", LINES.len())));
    }
    let (facets, quantities) = (table.distinct("facet")?, table.distinct("quantity")?);
    let axis = Horizontal::new(table, style.log.is_some_and(Log::x))?;
    let series = table.distinct("series")?;
    let is_single = table.distinct("replicates")? == ["1"];
    let mut figure =
        Figure::new(style.title.as_deref().unwrap_or(&head.title)).columns(columns(facets.len(), quantities.len()));
    // Who wants no title has a caption.
    if style.title.as_deref() != Some("") && !head.subtitle.is_empty() {
        figure = figure.subtitle(&head.subtitle);
    }
    figure.size = style.size;
    for facet in &facets {
        for quantity in &quantities {
            let rows = table.filter(&[("facet", facet), ("quantity", quantity)])?;
            let drawing = Drawing { rows: &rows, quantity, axis: &axis, series: &series, head: &head, is_single };
            if !rows.is_empty() {
                figure = figure.panel(drawing.panel(facet, style.log.is_some_and(Log::y))?);
            }
        }
    }
    if figure.panels.len() > 1 {
        figure = figure.shared_legend();
    }
    Ok(figure)
}

/// Panels in a row: the quantities of one facet, or as many facets as fit.
fn columns(facets: usize, quantities: usize) -> usize {
    match (facets, quantities) {
        (1, 4) | (4, 1) => 2,
        (1, all) | (all, 1) => all.min(3),
        (_, quantities) => quantities.min(4),
    }
}

/// The horizontal axis, shared by all panels.
struct Horizontal {
    label: String,
    log: bool,
    /// The words along it; empty if there are numbers.
    categories: Vec<String>,
    /// Ticks at rounds: there is none between two.
    rounds: Vec<(f64, String)>,
}

impl Horizontal {
    fn new(table: &Table, log: bool) -> Result<Self> {
        let label = match table.distinct("x_key")?.join(", ") {
            round if round == "t" => ROUND.to_owned(),
            key => key,
        };
        let values = table.distinct("x")?;
        let numbers = values.iter().all(|value| value.parse::<f64>().is_ok_and(|number| !number.is_nan()));
        if !numbers && log {
            return Err(Error::argument("--log", "x", format!("y alone: {label} holds words ({})", values.join(", "))));
        }
        let mut rounds = if label == ROUND { round_ticks(&values) } else { Vec::new() };
        if log {
            rounds.retain(|(t, _)| *t > 0.0);
            rounds.truncate(if rounds.len() > MOST_ON_LOG { 0 } else { MOST_ON_LOG });
        }
        Ok(Self { label, log, categories: if numbers { Vec::new() } else { values }, rounds })
    }

    fn axis(&self) -> Axis {
        if self.categories.is_empty() {
            let mut axis = if self.log { Axis::log(&self.label) } else { Axis::linear(&self.label) };
            axis.ticks.clone_from(&self.rounds);
            return axis;
        }
        let count = self.categories.len() as f64;
        Axis::linear(&self.label).range(-0.5, count - 0.5).categories(&self.categories)
    }

    /// The place of a text, of curve `index` out of `count`.
    fn place(&self, text: &str, index: usize, count: usize) -> Result<f64> {
        if self.categories.is_empty() {
            return text.parse().map_err(|_| Error::argument("x", text, "a number"));
        }
        let category = self.categories.iter().position(|known| known == text).unwrap_or(0) as f64;
        let aside = if count > 1 { (index as f64 / (count - 1) as f64 - 0.5) * BESIDE } else { 0.0 };
        Ok(category + aside)
    }
}

/// One panel in the making.
struct Drawing<'a> {
    rows: &'a Table,
    quantity: &'a str,
    axis: &'a Horizontal,
    series: &'a [String],
    head: &'a Head,
    /// Whether there is one replicate everywhere, as the sentence below the title says.
    is_single: bool,
}

impl Drawing<'_> {
    fn panel(&self, title: &str, log: bool) -> Result<Panel> {
        let label = named(self.quantity);
        let mut y = if log { Axis::log(label) } else { Axis::linear(label) };
        let (mut measured, mut curves, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        for (index, name) in self.series.iter().enumerate() {
            let rows = self.rows.filter(&[("series", name)])?;
            let points = self.points(&rows, "mean", index)?;
            measured.extend(points.iter().flat_map(|p| [Some(p.y), p.lo, p.hi]).flatten());
            let style = if self.axis.categories.is_empty() { plot::Style::LineMarkers } else { plot::Style::Markers };
            let mut curve = Series::unlabelled(style, index, points);
            curve.label = (!name.is_empty()).then(|| name.clone());
            if !self.axis.categories.is_empty() {
                curve = curve.bars();
            }
            curves.push(curve);
            for (line, bound) in LINES.iter().zip(&self.head.bounds) {
                let mut points = self.points(&rows, bound, index)?;
                if !self.axis.categories.is_empty() {
                    // Nothing lies between two words.
                    let apart = Point::from((f64::NAN, f64::NAN));
                    points = points.into_iter().flat_map(|point| [point, apart]).collect();
                }
                lines.push((bound, Series::unlabelled(*line, index, points).plain()));
            }
        }
        let mut panel = Panel::new(title, self.axis.axis(), Axis::default());
        let mut notes = Vec::new();
        let mut shown = measured.clone();
        for (line, bound) in LINES.iter().zip(&self.head.bounds) {
            let values: Vec<f64> = lines
                .iter()
                .filter(|(name, _)| *name == bound)
                .flat_map(|(_, s)| &s.points)
                .map(|p| p.y)
                .filter(|y| !y.is_nan())
                .collect();
            if values.is_empty() {
                continue;
            }
            let reach = reach(&measured, self.quantity, log);
            shown.extend(values.iter().filter(|&&value| value <= reach));
            notes.extend(self.note(bound, &values, reach)?);
            let entry: [(f64, f64); 0] = [];
            curves.push(Series::new(self.head.legend(bound), *line, ANY, entry).plain());
        }
        // Without bounds, what is measured decides, as everywhere.
        if shown.len() > measured.len() || !notes.is_empty() {
            y.range = range(&shown, log);
        }
        panel.y = y;
        curves.extend(lines.into_iter().map(|(_, line)| line).filter(|line| !line.points.is_empty()));
        panel.series = curves;
        if !self.is_single {
            let mut lacking = Lacking::default();
            let point = |(mean, lo, _)| (mean, lo);
            lacking.add(self.rows, |rows| Ok(rows.interval("mean", "lo", "hi")?.into_iter().map(point).collect()))?;
            notes.extend(lacking.note());
        }
        panel.notes = notes;
        Ok(panel)
    }

    /// The points of a column, from left to right; rows without a value have none.
    fn points(&self, rows: &Table, column: &str, index: usize) -> Result<Vec<Point>> {
        let mut points = Vec::new();
        for text in rows.distinct("x")? {
            let here = rows.filter(&[("x", &text)])?;
            let x = self.axis.place(&text, index, self.series.len())?;
            let found = match column {
                "mean" => here.interval("mean", "lo", "hi")?,
                bound => here.numbers(bound)?.into_iter().map(|value| (value, None, None)).collect(),
            };
            points.extend(found.into_iter().map(|(y, lo, hi)| Point { x, y, lo, hi }));
        }
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        Ok(points)
    }

    /// What a reader is told of a bound that says nothing, or leaves the panel.
    fn note(&self, bound: &str, values: &[f64], reach: f64) -> Result<Option<String>> {
        let vacuous = self.rows.filter(&[(&format!("{bound}_vacuous"), "yes")])?;
        let vacuous = vacuous.numbers(bound)?.len();
        let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let beyond = values.iter().filter(|&&value| value > reach).count();
        let of = counted(values.len(), "point");
        Ok(match (vacuous, beyond) {
            (0, 0) => None,
            (0, _) => Some(format!("{bound}: above this panel at {beyond} of {of}, up to {}", significant(largest, 2))),
            _ => Some(format!("{bound}: vacuous at {vacuous} of {of}, up to {}", significant(largest, 2))),
        })
    }
}

/// The largest value of a bound that still stretches an axis.
fn reach(measured: &[f64], column: &str, log: bool) -> f64 {
    let high = Quantity::of_column(column).map_or(f64::INFINITY, |quantity| quantity.range.high);
    let finite = || measured.iter().copied().filter(|value| value.is_finite());
    let top = finite().fold(f64::NEG_INFINITY, f64::max);
    let low = finite().fold(f64::INFINITY, f64::min);
    let far = match log {
        true if top > 0.0 => top * 10f64.powf(REACH.0),
        true => f64::INFINITY,
        false => top + REACH.1 * (top - low).max(0.25 * top.abs()),
    };
    // A probability reaches 1 on any axis.
    if high.is_finite() { high } else { far }
}

/// The range of an axis that holds these values, with a margin; `None` if none has a place on it.
fn range(values: &[f64], log: bool) -> Option<(f64, f64)> {
    let scale = if log { Scale::Log10 } else { Scale::Linear };
    let coordinate = |value: f64| if scale == Scale::Log10 { value.log10() } else { value };
    let coordinates = || values.iter().map(|&value| coordinate(value)).filter(|u| u.is_finite());
    let (low, high) = coordinates().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), u| (l.min(u), h.max(u)));
    if low > high {
        return None;
    }
    let pad = if high > low {
        0.04 * (high - low)
    } else if log {
        0.5
    } else {
        (0.1 * high.abs()).max(1e-6)
    };
    let (low, high) = (low - pad, high + pad);
    Some(if log { (10f64.powf(low), 10f64.powf(high)) } else { (low, high) })
}

/// A column as an axis says it.
fn named(column: &str) -> String {
    let quantity = Quantity::of_column(column);
    let index = quantity.and_then(|quantity| column.strip_prefix(quantity.name)?.strip_prefix('_'));
    match (quantity.map(|quantity| quantity.name), index) {
        (Some("failure"), Some(delta)) => format!("failure rate F({delta})"),
        (Some("base_failure"), Some(delta)) => format!("base failure at δ = {delta}"),
        (Some("comparator_failure"), Some(delta)) => format!("comparator failure at δ = {delta}"),
        (Some("kappa_minus_one"), _) => "κ(πₜ) − 1".to_owned(),
        (Some("kappa"), _) => "κ(πₜ)".to_owned(),
        (Some("drift"), _) => "drift P[y*ₜ ≠ y*₀]".to_owned(),
        (Some(name), index) => {
            let name = name.replace('_', " ");
            let level = |index: &str| match quantity.map(|quantity| quantity.read) {
                Some(Reader::PerDelta(_)) => format!(" at δ = {index}"),
                _ => format!(", level {index}"),
            };
            let unit = quantity.and_then(Quantity::unit).map_or_else(String::new, |unit| format!(" [{unit}]"));
            format!("{name}{}{unit}", index.map_or_else(String::new, level)).replace("level level", "level")
        }
        (None, _) => column.to_owned(),
    }
}
