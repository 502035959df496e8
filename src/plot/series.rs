//! Draws a series: its intervals, its line, its marks.

use super::axis::{AxisMap, Place};
use super::clip::{self, Pt, Rect};
use super::figure::{Interval, Point, Scale, Series, Style};
use super::palette::{self, Rgb, WHITE};
use super::shape::{Drawing, dashes};

/// Width of a series' line.
const LINE: f64 = 1.6;
/// Half the width of a mark.
pub(super) const MARK: f64 = 3.2;
/// Half the length of a plain line that has one point.
const STUMP: f64 = 8.0;
/// Opacity of a band.
pub(super) const BAND: f64 = 0.2;
/// Dots that lead to a value without a coordinate: fine, unlike every style of a series.
const LEADER: [f64; 2] = [1.0, 2.5];
/// The least distance between marks that only tell unmarked lines apart.
const SPARSE: f64 = 70.0;

/// The two axes of a panel.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) x: AxisMap,
    pub(super) y: AxisMap,
}

impl Frame {
    /// The rectangle of the two ranges, without gutters.
    pub(super) fn range(&self) -> Rect {
        let ((x0, x1), (y0, y1)) = (self.x.span(), self.y.span());
        Rect { x0, y0, x1, y1 }
    }

    /// Where a point is drawn; `None` if a coordinate is NaN.
    pub(super) fn spot(&self, point: &Point) -> Option<Spot> {
        let (x, y) = (self.x.place(point.x)?, self.y.place(point.y)?);
        let pixel = |place| match place {
            Place::Axis(p) | Place::Gutter(p) => p,
        };
        let gutter = matches!(x, Place::Gutter(_)) || matches!(y, Place::Gutter(_));
        let at = (pixel(x), pixel(y));
        // In a gutter of one axis, the other coordinate must still be in range (or in a gutter too).
        let within = |place, (lo, hi): (f64, f64)| match place {
            Place::Axis(p) => (lo..=hi).contains(&p),
            Place::Gutter(_) => true,
        };
        let beside = within(x, self.x.span());
        let end = self.y.span().1;
        let below = beside && self.y.scale == Scale::Log10 && matches!(y, Place::Axis(p) if p > end);
        Some(Spot { at, gutter, visible: beside && within(y, self.y.span()), below: below.then_some((at.0, end)) })
    }
}

/// A point's place: whether it lies in a gutter, whether it lies in the panel at all, and, where it is positive and below a
/// logarithmic axis, the axis's end above it.
pub(super) struct Spot {
    pub(super) at: Pt,
    gutter: bool,
    pub(super) visible: bool,
    pub(super) below: Option<Pt>,
}

/// The dash pattern of a style's line: `None` for no line, empty for a solid one.
pub(super) fn pattern(style: Style) -> Option<&'static [f64]> {
    match style {
        Style::LineMarkers | Style::Line => Some(&[]),
        Style::DashedMarkers | Style::Dashed => Some(&[6.0, 4.0]),
        Style::Dotted => Some(&[2.0, 3.0]),
        Style::DashDotted => Some(&[8.0, 3.0, 2.0, 3.0]),
        Style::Markers => None,
    }
}

/// Whether a style marks every point.
pub(super) fn is_marked(style: Style) -> bool {
    matches!(style, Style::LineMarkers | Style::DashedMarkers | Style::Markers)
}

/// Draws a line in a style's pattern.
pub(super) fn stroke(drawing: &mut Drawing, line: &[Pt], series: &Series) {
    let color = palette::color(series.color);
    match pattern(series.style) {
        None => {}
        Some([]) => drawing.line(line.to_vec(), LINE, color),
        Some(pattern) => dashes(line, pattern).into_iter().for_each(|dash| drawing.line(dash, LINE, color)),
    }
}

/// Draws a series' mark; a hollow one stands in a gutter.
pub(super) fn mark(drawing: &mut Drawing, at: Pt, series: &Series, hollow: bool) {
    let (corners, color) = (palette::mark(series.color, MARK), palette::color(series.color));
    if hollow {
        self::hollow(drawing, &corners, at, color);
    } else {
        drawing.fill(moved(&corners, at), color, 1.0);
    }
}

/// The outline of a mark about a point, white within.
pub(super) fn hollow(drawing: &mut Drawing, corners: &[Pt], at: Pt, color: Rgb) {
    let corners = moved(corners, at);
    drawing.fill(corners.clone(), WHITE, 1.0);
    drawing.outline(&corners, 1.2, color);
}

/// An open arrow that points down with its tip at a point: a positive value below a logarithmic axis.
pub(super) fn arrow_below(drawing: &mut Drawing, tip: Pt, color: Rgb) {
    let (x, y) = tip;
    drawing.line(vec![(x, y - 12.0), (x, y - 6.5)], 1.2, color);
    hollow(drawing, &[(-3.6, -6.5), (3.6, -6.5), (0.0, -0.6)], tip, color);
}

fn moved(corners: &[Pt], at: Pt) -> Vec<Pt> {
    corners.iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect()
}

/// Draws a series' intervals; they lie behind all lines.
pub(super) fn intervals(series: &Series, frame: &Frame) -> Drawing {
    let mut drawing = Drawing::default();
    match series.interval {
        Interval::Bars => series.points.iter().for_each(|point| bar(&mut drawing, point, series, frame)),
        Interval::Band => band(&mut drawing, series, frame),
    }
    drawing
}

/// Draws a series' line and marks. `sparse` marks a few points of an unmarked line.
pub(super) fn curve(series: &Series, frame: &Frame, sparse: bool) -> Drawing {
    let mut drawing = Drawing::default();
    let spots: Vec<Option<Spot>> = series.points.iter().map(|point| frame.spot(point)).collect();
    if pattern(series.style).is_some() {
        for run in runs(&spots, &frame.range()) {
            stroke(&mut drawing, &run, series);
        }
        leaders(&mut drawing, series, &spots);
    }
    // The first sparse mark of each colour lies elsewhere along the line, so that coinciding lines show both.
    let mut since = SPARSE * (0.5 + 0.3 * (series.color % 4) as f64);
    let mut previous: Option<Pt> = None;
    for (i, spot) in spots.iter().enumerate() {
        let Some(spot) = spot.as_ref().filter(|spot| spot.visible) else { continue };
        since += previous.map_or(0.0, |p| (spot.at.0 - p.0).hypot(spot.at.1 - p.1));
        previous = Some(spot.at);
        let due = sparse && since >= SPARSE;
        // No line shows a point without neighbours on the axes.
        let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter_map(|k| spots.get(k));
        let alone = beside.flatten().all(|neighbour| neighbour.gutter);
        if series.plain && (spot.gutter || alone) {
            // A mark would pass for one of the curve that the line belongs to.
            stroke(&mut drawing, &[(spot.at.0 - STUMP, spot.at.1), (spot.at.0 + STUMP, spot.at.1)], series);
        } else if spot.gutter || is_marked(series.style) || due || alone {
            mark(&mut drawing, spot.at, series, spot.gutter);
        }
        if due {
            since = 0.0;
        }
    }
    if is_marked(series.style) {
        let below = spots.iter().flatten().filter_map(|spot| spot.below);
        below.for_each(|tip| arrow_below(&mut drawing, tip, palette::color(series.color)));
    }
    // A line is seen to leave the range; a mark would be missed without a word.
    if series.style == Style::Markers {
        for spot in spots.iter().flatten().filter(|spot| !spot.visible && spot.below.is_none()) {
            chevron(&mut drawing, spot.at, series, &frame.range());
        }
    }
    drawing
}

/// A small arrowhead inside the edge beyond which a point lies.
fn chevron(drawing: &mut Drawing, at: Pt, series: &Series, range: &Rect) {
    const SIZE: f64 = 4.0;
    let edge = (at.0.clamp(range.x0, range.x1), at.1.clamp(range.y0, range.y1));
    let sign = |outside: f64| if outside == 0.0 { 0.0 } else { outside.signum() };
    let (x, y) = (sign(at.0 - edge.0), sign(at.1 - edge.1));
    let length = f64::hypot(x, y);
    let (x, y) = (SIZE * x / length, SIZE * y / length);
    let tip = (edge.0 - x / 2.0, edge.1 - y / 2.0);
    let wings = [(tip.0 - x - y, tip.1 - y + x), tip, (tip.0 - x + y, tip.1 - y - x)];
    drawing.line(wings.to_vec(), 1.2, palette::color(series.color));
}

/// The parts of the line through the points that lie in the range, each as long as it runs unbroken.
fn runs(spots: &[Option<Spot>], range: &Rect) -> Vec<Vec<Pt>> {
    let mut runs: Vec<Vec<Pt>> = Vec::new();
    for pair in spots.windows(2) {
        let (Some(a), Some(b)) = (&pair[0], &pair[1]) else { continue };
        if a.gutter || b.gutter {
            continue;
        }
        let Some((start, end)) = clip::segment(a.at, b.at, range) else { continue };
        match runs.last_mut() {
            Some(run) if run.last() == Some(&start) => run.push(end),
            _ => runs.push(vec![start, end]),
        }
    }
    runs
}

/// Dots between neighbours of which one lies in a gutter: they say which points follow each other, and no more.
fn leaders(drawing: &mut Drawing, series: &Series, spots: &[Option<Spot>]) {
    for pair in spots.windows(2) {
        let (Some(a), Some(b)) = (&pair[0], &pair[1]) else { continue };
        if (a.gutter || b.gutter) && a.visible && b.visible {
            for dot in dashes(&[a.at, b.at], &LEADER) {
                drawing.line(dot, 1.0, palette::color(series.color));
            }
        }
    }
}

/// A point's interval as pixels (of `lo`, of `hi`); an end that is missing is the point itself.
fn interval(point: &Point, frame: &Frame) -> Option<(f64, f64)> {
    let (lo, hi) = match (point.lo, point.hi) {
        (None, None) => return None,
        (lo, hi) => (lo.unwrap_or(point.y), hi.unwrap_or(point.y)),
    };
    Some((frame.y.bound(lo)?, frame.y.bound(hi)?))
}

/// The band between `lo` and `hi`, one polygon for each unbroken run of intervals. Towards a bound in a gutter it runs
/// straight to the gutter's outer edge. An interval without neighbours, as every one in a gutter of the x axis, is drawn
/// as a bar.
fn band(drawing: &mut Drawing, series: &Series, frame: &Frame) {
    let ends = series.points.iter().map(|point| match frame.x.place(point.x) {
        Some(Place::Axis(x)) => (point, interval(point, frame).map(|(lo, hi)| (x, lo, hi))),
        _ => (point, None),
    });
    let ends: Vec<_> = ends.collect();
    for run in ends.chunk_by(|a, b| a.1.is_some() && b.1.is_some()) {
        if let [(point, _)] = run {
            bar(drawing, point, series, frame);
            continue;
        }
        let run: Vec<(f64, f64, f64)> = run.iter().filter_map(|end| end.1).collect();
        let outline = run.iter().map(|&(x, lo, _)| (x, lo)).chain(run.iter().rev().map(|&(x, _, hi)| (x, hi)));
        let polygon = clip::polygon(&outline.collect::<Vec<_>>(), &frame.range());
        if polygon.len() > 2 {
            drawing.fill(polygon, palette::color(series.color), BAND);
        }
        gutter_bands(drawing, series, frame, &run);
    }
}

/// Fills the gutters of the y axis between neighbours whose intervals both reach into them.
fn gutter_bands(drawing: &mut Drawing, series: &Series, frame: &Frame, run: &[(f64, f64, f64)]) {
    let (left, right) = frame.x.span();
    for (gutter, end) in [(&frame.y.low, frame.y.ends.0), (&frame.y.high, frame.y.ends.1)] {
        let Some(gutter) = gutter else { continue };
        let reaches = |&(_, lo, hi): &(f64, f64, f64)| lo == gutter.edge || hi == gutter.edge;
        for part in run.split(|interval| !reaches(interval)).filter(|part| part.len() > 1) {
            let x0 = part.iter().map(|p| p.0).fold(right, f64::min).max(left);
            let x1 = part.iter().map(|p| p.0).fold(left, f64::max).min(right);
            let strip = Rect { x0, y0: end.min(gutter.edge), x1, y1: end.max(gutter.edge) };
            drawing.fill(strip.corners().to_vec(), palette::color(series.color), BAND);
        }
    }
}

/// An error bar: solid over the range, dotted where it runs on into a gutter, with a cap at each end that is in range.
fn bar(drawing: &mut Drawing, point: &Point, series: &Series, frame: &Frame) {
    let Some((lo, hi)) = interval(point, frame) else { return };
    let (x, (left, right)) = match frame.x.place(point.x) {
        Some(Place::Axis(x)) => (x, frame.x.span()),
        Some(Place::Gutter(x)) => (x, (x, x)),
        None => return,
    };
    let color = palette::color(series.color);
    let (top, bottom) = frame.y.span();
    if let Some((a, b)) = clip::segment((x, lo), (x, hi), &Rect { x0: left, y0: top, x1: right, y1: bottom }) {
        drawing.line(vec![a, b], 1.0, color);
    }
    if !(left..=right).contains(&x) {
        return;
    }
    for (gutter, end) in [(&frame.y.low, frame.y.ends.0), (&frame.y.high, frame.y.ends.1)] {
        let Some(gutter) = gutter else { continue };
        if (lo == gutter.edge) != (hi == gutter.edge) {
            dashes(&[(x, end), (x, gutter.middle)], &LEADER).into_iter().for_each(|dot| drawing.line(dot, 1.0, color));
        }
    }
    for y in [lo, hi] {
        if (top..=bottom).contains(&y) {
            drawing.line(vec![(x - 2.5, y), (x + 2.5, y)], 1.0, color);
        }
    }
}
