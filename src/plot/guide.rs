//! Reference lines and their labels.

use super::axis::{AxisMap, Place, coordinate};
use super::clip::{self, Pt, Rect};
use super::figure::Guide;
use super::font;
use super::palette::{GREY, WHITE};
use super::series::Frame;
use super::shape::{Anchor, Drawing, Occupied, dashes};

const SIZE: f64 = 10.5;

/// The guides of a panel that are visible.
pub(super) struct Guides<'a>(Vec<(&'a Guide, (Pt, Pt))>);

impl<'a> Guides<'a> {
    pub(super) fn new(guides: &'a [Guide], frame: &Frame) -> Self {
        Self(guides.iter().filter_map(|guide| Some((guide, ends(guide, frame)?))).collect())
    }

    /// The guides' lines.
    pub(super) fn lines(&self) -> Drawing {
        let mut drawing = Drawing::default();
        for (_, (a, b)) in &self.0 {
            for dash in dashes(&[*a, *b], &[4.0, 3.0]) {
                drawing.line(dash, 0.9, GREY);
            }
        }
        drawing
    }

    /// The guides' labels, each beside its line where it hides least of what is drawn already.
    pub(super) fn labels(&self, range: &Rect, mut occupied: Occupied) -> Drawing {
        let mut drawing = Drawing::default();
        for (guide, ends) in &self.0 {
            let label = label(guide, *ends, range, &occupied);
            occupied.add(&label);
            drawing.place(label, (0.0, 0.0));
        }
        drawing
    }
}

/// The visible part of a guide, from left to right or from bottom to top; `None` if it lies outside the range.
fn ends(guide: &Guide, frame: &Frame) -> Option<(Pt, Pt)> {
    let range = frame.range();
    let on_axis = |map: &AxisMap, value| match map.place(value) {
        Some(Place::Axis(pixel)) => Some(pixel),
        _ => None,
    };
    let (a, b) = match guide {
        Guide::Horizontal { y, .. } => {
            let y = on_axis(&frame.y, *y)?;
            ((range.x0, y), (range.x1, y))
        }
        Guide::Vertical { x, .. } => {
            let x = on_axis(&frame.x, *x)?;
            ((x, range.y1), (x, range.y0))
        }
        Guide::Slope { through, slope, span, .. } => {
            let (u, v) = (coordinate(frame.x.scale, through.0), coordinate(frame.y.scale, through.1));
            let (mut from, mut to) = frame.x.range;
            if let Some(span) = span {
                from = from.max(coordinate(frame.x.scale, span.0));
                to = to.min(coordinate(frame.x.scale, span.1));
            }
            if !(u.is_finite() && v.is_finite() && slope.is_finite() && from < to) {
                return None;
            }
            let at = |x: f64| (frame.x.pixel(x), frame.y.pixel(v + slope * (x - u)));
            (at(from), at(to))
        }
    };
    clip::segment(a, b, &range)
}

/// One guide's label.
fn label(guide: &Guide, (a, b): (Pt, Pt), range: &Rect, occupied: &Occupied) -> Drawing {
    let (Guide::Horizontal { label, .. } | Guide::Vertical { label, .. } | Guide::Slope { label, .. }) = guide;
    let mut drawing = Drawing::default();
    let (width, height) = (font::width(label, SIZE), SIZE);
    let boxes = [0.97, 0.85, 0.7, 0.5, 0.3, 0.15, 0.03].into_iter().flat_map(|t| {
        let (x, y) = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        let (left, right, above, below) = (x - 4.0 - width, x + 4.0, y - 4.0 - height, y + 4.0);
        [(left, above), (right, above), (left, below), (right, below)]
    });
    let boxes = boxes.map(|(x, y)| Rect { x0: x, y0: y, x1: x + width, y1: y + height });
    // Clear of the frame.
    let inner = range.grown(-2.0);
    let within = boxes.filter(|b| inner.contains((b.x0, b.y0)) && inner.contains((b.x1, b.y1)));
    if let Some(place) = within.min_by_key(|place| occupied.hidden_by(&place.grown(2.0))).filter(|_| !label.is_empty())
    {
        drawing.fill(place.grown(1.0).corners().to_vec(), WHITE, 0.7);
        drawing.text(label, (place.x0, place.y1 - 0.18 * SIZE), SIZE, GREY, Anchor::Start);
    }
    drawing
}
