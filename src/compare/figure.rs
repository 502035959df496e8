//! The figure of a comparison: A and B, and B − A with its intervals.

use super::comparison::{Comparison, JOINT, Row};
use crate::plot::{Axis, Figure, Guide, Panel, Point, Series, Style};

/// A single pair: a row of panels for each quantity, A and B against t, and B − A against t. Several pairs: B − A at the last round that
/// is compared, against the key that tells them apart, or one after the other.
pub fn figure(comparison: &Comparison) -> Figure {
    let [a, b] = &comparison.gathered.names;
    let percent = 100.0 * (1.0 - JOINT);
    let count = comparison.intervals;
    let kind = match count {
        0 if comparison.rows.iter().all(|row| row.means.is_none() || row.is_exact()) => "exact values".to_owned(),
        0 => "no intervals".to_owned(),
        _ => format!("bands: 95% intervals; bars: those that hold together ({percent}% over {count})"),
    };
    let figure = Figure::new(format!("{b} against {a}"));
    match comparison.gathered.labels.len() {
        1 => curves(comparison, figure.subtitle(kind).columns(2)),
        pairs => {
            let columns = comparison.gathered.quantities.len().min(2);
            let kind = format!("B − A at the last round compared, A = {a}, B = {b}; {pairs} pairs; {kind}");
            cells(comparison, figure.subtitle(kind).columns(columns))
        }
    }
}

/// The quantities that have a difference somewhere.
fn drawn(comparison: &Comparison) -> impl Iterator<Item = &String> {
    let there = |quantity: &&String| comparison.of(quantity).any(|row| row.difference.is_some());
    comparison.gathered.quantities.iter().filter(there)
}

fn curves(comparison: &Comparison, figure: Figure) -> Figure {
    let [a, b] = &comparison.gathered.names;
    drawn(comparison).fold(figure, |figure, quantity| {
        let rows = || comparison.of(quantity);
        let means = |side: usize| -> Vec<Point> {
            rows().filter_map(|row| Some((row.t as f64, row.means?[side]).into())).collect()
        };
        let time = || Axis { ticks: rounds(rows()), ..Axis::linear("round t") };
        let both = Panel::new(quantity, time(), Axis::linear(quantity))
            .series(Series::new(format!("A: {a}"), Style::LineMarkers, 0, means(0)))
            .series(Series::new(format!("B: {b}"), Style::DashedMarkers, 1, means(1)));
        let axis = Axis::linear(format!("B − A of {quantity}"));
        let differences = panel(format!("{quantity}: B − A"), time(), axis, rows(), |row| row.t as f64);
        figure.panel(both).panel(differences)
    })
}

/// Ticks at whole numbers where an axis of few rounds would have others between them.
fn rounds<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Vec<(f64, String)> {
    let (first, last) = rows.fold((usize::MAX, 0), |(first, last), row| (first.min(row.t), last.max(row.t)));
    match last.checked_sub(first) {
        Some(length) if length <= MOST_TICKS => (first..=last).map(|t| (t as f64, t.to_string())).collect(),
        _ => Vec::new(),
    }
}

/// Rounds beyond the first of which each has a tick.
const MOST_TICKS: usize = 8;

fn cells(comparison: &Comparison, figure: Figure) -> Figure {
    let gathered = &comparison.gathered;
    let numbers: Option<Vec<f64>> = match &gathered.keys[..] {
        [_] => gathered.labels.iter().map(|labels| labels[0].parse().ok()).collect(),
        _ => None,
    };
    let axis = match &numbers {
        Some(numbers) => {
            let (low, high) = numbers.iter().fold((f64::MAX, f64::MIN), |(low, high), &x| (low.min(x), high.max(x)));
            let key = &gathered.keys[0];
            if low > 0.0 && high >= 8.0 * low { Axis::log(key) } else { Axis::linear(key) }
        }
        None if gathered.labels.len() <= NAMED => {
            Axis::linear(gathered.keys.join(", ")).categories(gathered.labels.iter().map(|labels| labels.join(", ")))
        }
        None => Axis::linear("pair, in the order of the table"),
    };
    let x = |row: &Row| numbers.as_ref().map_or(row.pair as f64, |numbers| numbers[row.pair]);
    drawn(comparison).fold(figure, |figure, quantity| {
        let last = |row: &&Row| comparison.of(quantity).filter(|other| other.pair == row.pair).all(|o| o.t <= row.t);
        let mut rows: Vec<&Row> = comparison.of(quantity).filter(last).collect();
        rows.sort_by(|one, other| x(one).total_cmp(&x(other)));
        let y = Axis::linear(format!("B − A of {quantity}"));
        figure.panel(panel(quantity.clone(), axis.clone(), y, rows.into_iter(), x))
    })
}

/// Pairs that an axis names.
const NAMED: usize = 6;

/// B − A with a band for the interval of each difference, bars for those that hold together, and a line at 0.
fn panel<'a>(
    title: String,
    x: Axis,
    y: Axis,
    rows: impl Iterator<Item = &'a Row> + Clone,
    place: impl Fn(&Row) -> f64,
) -> Panel {
    let points = |ends: fn(&Row) -> Option<(f64, f64)>| -> Vec<Point> {
        let point = |row: &Row| {
            let (lo, hi) = ends(row).unzip();
            Some(Point { x: place(row), y: row.difference?, lo, hi })
        };
        rows.clone().filter_map(point).collect()
    };
    // Whether a difference is large is seen from how far 0 is.
    let ends = |row: &Row| {
        [row.difference, row.interval.unzip().0, row.interval.unzip().1, row.joint.unzip().0, row.joint.unzip().1]
    };
    let values = rows.clone().flat_map(ends).flatten().filter(|value| value.is_finite());
    let (low, high) = values.fold((0.0, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)));
    let margin = 0.06 * (high - low);
    let y = if margin > 0.0 { y.range(low - margin, high + margin) } else { y };
    let panel = Panel::new(title, x, y)
        .guide(Guide::horizontal(0.0, ""))
        .series(Series::unlabelled(Style::Line, 2, points(|row| row.interval)))
        .series(Series::unlabelled(Style::Markers, 2, points(|row| row.joint)).bars());
    // A point without a bar looks settled.
    let bare = rows.clone().filter(|row| row.difference.is_some() && row.joint.is_none());
    match (bare.clone().count(), bare.clone().next(), rows.filter(|row| row.difference.is_some()).count()) {
        (_, None, _) => panel,
        (count, Some(row), all) => {
            let of = if count == all { String::new() } else { format!(" at {count} of {all} points") };
            panel.note(match row.method {
                "single replicate" => format!("no interval{of}: a single replicate"),
                few => format!("no interval{of}: {few}"),
            })
        }
    }
}
