//! What is drawn, as a list in pixels: parts of a figure are made about their own origin, measured, and moved to their
//! place before anything is written.

use super::clip::{Pt, Rect};
use super::font;
use super::palette::Rgb;

/// Where a text lies from its reference point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One thing to draw. Lengths are pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Line {
        points: Vec<Pt>,
        width: f64,
        color: Rgb,
    },
    Fill {
        points: Vec<Pt>,
        color: Rgb,
        alpha: f64,
    },
    /// `at` lies on the baseline; vertical text reads upwards.
    Text {
        text: String,
        at: Pt,
        size: f64,
        color: Rgb,
        anchor: Anchor,
        vertical: bool,
    },
}

/// Shapes from back to front.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Drawing {
    pub(super) shapes: Vec<Shape>,
}

impl Drawing {
    pub(super) fn line(&mut self, points: Vec<Pt>, width: f64, color: Rgb) {
        self.shapes.push(Shape::Line { points, width, color });
    }

    pub(super) fn fill(&mut self, points: Vec<Pt>, color: Rgb, alpha: f64) {
        self.shapes.push(Shape::Fill { points, color, alpha });
    }

    pub(super) fn rect(&mut self, rect: Rect, color: Rgb) {
        self.fill(rect.corners().to_vec(), color, 1.0);
    }

    /// The outline of a polygon; it runs over its first side twice, so that the first corner is joined too.
    pub(super) fn outline(&mut self, corners: &[Pt], width: f64, color: Rgb) {
        self.line(corners.iter().chain(&corners[..2]).copied().collect(), width, color);
    }

    pub(super) fn text(&mut self, text: impl Into<String>, at: Pt, size: f64, color: Rgb, anchor: Anchor) {
        self.shapes.push(Shape::Text { text: text.into(), at, size, color, anchor, vertical: false });
    }

    pub(super) fn vertical_text(&mut self, text: impl Into<String>, at: Pt, size: f64, color: Rgb) {
        self.shapes.push(Shape::Text { text: text.into(), at, size, color, anchor: Anchor::Middle, vertical: true });
    }

    /// Draws the other drawing on top, moved.
    pub(super) fn place(&mut self, other: Self, (dx, dy): Pt) {
        let moved = |points: Vec<Pt>| points.into_iter().map(|(x, y)| (x + dx, y + dy)).collect();
        self.shapes.extend(other.shapes.into_iter().map(|shape| match shape {
            Shape::Line { points, width, color } => Shape::Line { points: moved(points), width, color },
            Shape::Fill { points, color, alpha } => Shape::Fill { points: moved(points), color, alpha },
            Shape::Text { text, at, size, color, anchor, vertical } => {
                Shape::Text { text, at: (at.0 + dx, at.1 + dy), size, color, anchor, vertical }
            }
        }));
    }
}

/// Splits a line into dashes: `pattern` holds the lengths of dash, gap, dash, gap, …
pub(super) fn dashes(line: &[Pt], pattern: &[f64]) -> Vec<Vec<Pt>> {
    let mut dashes = Vec::new();
    let mut dash: Vec<Pt> = line.first().copied().into_iter().collect();
    let (mut index, mut left) = (0, pattern[0]);
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let t = done / length;
            let turn = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            if index % 2 == 0 {
                dash.push(turn);
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![turn];
            }
            index += 1;
            left = pattern[index % pattern.len()];
        }
        left -= length - done;
        if index % 2 == 0 {
            dash.push(b);
        }
    }
    dashes.extend((dash.len() > 1).then_some(dash));
    dashes
}

/// Where data is drawn already: what a legend or a note must not hide.
#[derive(Debug, Default)]
pub(super) struct Occupied {
    samples: Vec<Pt>,
    areas: Vec<Vec<Pt>>,
}

impl Occupied {
    /// How finely lines are sampled, in pixels; less than the smallest side of any box that is placed.
    const STEP: f64 = 3.0;

    /// Adds a drawing: points along its lines and about its areas, and the areas themselves.
    pub(super) fn add(&mut self, drawing: &Drawing) {
        for shape in &drawing.shapes {
            match shape {
                Shape::Line { points, .. } => self.add_line(points),
                Shape::Fill { points, .. } => {
                    self.add_line(points);
                    self.areas.push(points.clone());
                }
                Shape::Text { text, at, size, anchor, .. } => {
                    let width = font::width(text, *size);
                    let x0 = match anchor {
                        Anchor::Start => at.0,
                        Anchor::Middle => at.0 - width / 2.0,
                        Anchor::End => at.0 - width,
                    };
                    self.add_rect(Rect { x0, y0: at.1 - size, x1: x0 + width, y1: at.1 + 0.3 * size });
                }
            }
        }
    }

    /// Adds a whole rectangle.
    pub(super) fn add_rect(&mut self, rect: Rect) {
        self.add_line(&rect.corners());
        self.areas.push(rect.corners().to_vec());
    }

    fn add_line(&mut self, points: &[Pt]) {
        self.samples.extend(points.first());
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let steps = ((b.0 - a.0).hypot(b.1 - a.1) / Self::STEP).ceil().max(1.0);
            let at = |k: i32| f64::from(k) / steps;
            self.samples.extend((1..=steps as i32).map(|k| (a.0 + at(k) * (b.0 - a.0), a.1 + at(k) * (b.1 - a.1))));
        }
    }

    /// How much of what is drawn the rectangle would hide; 0 if nothing.
    pub(super) fn hidden_by(&self, rect: &Rect) -> usize {
        let probes: Vec<Pt> = (0..9)
            .map(|k| (f64::from(k % 3) / 2.0, f64::from(k / 3) / 2.0))
            .map(|(s, t)| (rect.x0 + s * (rect.x1 - rect.x0), rect.y0 + t * (rect.y1 - rect.y0)))
            .collect();
        let inside = |area: &&Vec<Pt>| probes.iter().any(|&p| covers(area, p));
        self.samples.iter().filter(|&&p| rect.contains(p)).count() + 10 * self.areas.iter().filter(inside).count()
    }
}

/// Whether a polygon covers a point (even–odd rule).
fn covers(polygon: &[Pt], (x, y): Pt) -> bool {
    let mut inside = false;
    for (i, a) in polygon.iter().enumerate() {
        let b = polygon[(i + 1) % polygon.len()];
        if (a.1 > y) != (b.1 > y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0) {
            inside = !inside;
        }
    }
    inside
}
