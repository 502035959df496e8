//! Clipping to a rectangle, exact at its edges: what leaves a range leaves it where it truly crosses the edge.

/// A point in pixels (x to the right, y downwards).
pub type Pt = (f64, f64);

/// A rectangle with sides along the axes; the edges belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x0: f64,
    /// Top edge.
    pub y0: f64,
    /// Right edge, ≥ `x0`.
    pub x1: f64,
    /// Bottom edge, ≥ `y0`.
    pub y1: f64,
}

impl Rect {
    /// Whether the point lies inside or on the edge.
    pub fn contains(&self, (x, y): Pt) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }

    /// The four corners, clockwise from the top left.
    pub fn corners(&self) -> [Pt; 4] {
        [(self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)]
    }

    /// The rectangle with every edge moved outwards by `by`.
    pub fn grown(&self, by: f64) -> Self {
        Self { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    /// The rectangle's half-planes: axis (0 for x, 1 for y), edge, and the sign that points outwards.
    fn edges(&self) -> [(usize, f64, f64); 4] {
        [(0, self.x0, -1.0), (0, self.x1, 1.0), (1, self.y0, -1.0), (1, self.y1, 1.0)]
    }
}

/// The point where a segment meets the line at `edge` on one axis; its two ends lie on different sides of it. The
/// coordinate on that axis is the edge itself, without rounding; the other is reckoned from the inner end, so that an
/// outer end however far away costs no digits.
fn crossing(inner: Pt, outer: Pt, axis: usize, edge: f64) -> Pt {
    let along = |a: f64, b: f64, t: f64| a + t * (b - a);
    match axis {
        0 => (edge, along(inner.1, outer.1, (edge - inner.0) / (outer.0 - inner.0))),
        _ => (along(inner.0, outer.0, (edge - inner.1) / (outer.1 - inner.1)), edge),
    }
}

/// Signed distance outwards beyond an edge.
fn beyond(p: Pt, (axis, edge, sign): (usize, f64, f64)) -> f64 {
    sign * (if axis == 0 { p.0 } else { p.1 } - edge)
}

/// The part of the segment inside the rectangle; `None` if it misses it. Ends that are inside come back unchanged.
///
/// ```
/// use selfreward::plot::clip::{Rect, segment};
///
/// let unit = Rect { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0 };
/// // What comes from far outside enters at the edge, halfway up.
/// assert_eq!(segment((-1.0, 0.5), (0.5, 0.5), &unit), Some(((0.0, 0.5), (0.5, 0.5))));
/// assert_eq!(segment((-1.0, 2.0), (2.0, 2.0), &unit), None);
/// ```
pub fn segment(mut a: Pt, mut b: Pt, rect: &Rect) -> Option<(Pt, Pt)> {
    for edge in rect.edges() {
        match (beyond(a, edge) > 0.0, beyond(b, edge) > 0.0) {
            (false, false) => {}
            (true, true) => return None,
            (true, false) => a = crossing(b, a, edge.0, edge.1),
            (false, true) => b = crossing(a, b, edge.0, edge.1),
        }
    }
    Some((a, b))
}

/// The part of the polygon inside the rectangle (Sutherland and Hodgman): a polygon that covers exactly the same
/// points of the rectangle. Where the part falls into pieces they are joined by edges of no width along the border.
pub fn polygon(points: &[Pt], rect: &Rect) -> Vec<Pt> {
    let mut points = points.to_vec();
    for edge in rect.edges() {
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (i, &b) in points.iter().enumerate() {
            let a = points[if i == 0 { points.len() - 1 } else { i - 1 }];
            let (a_out, b_out) = (beyond(a, edge) > 0.0, beyond(b, edge) > 0.0);
            if a_out != b_out {
                let (inner, outer) = if a_out { (b, a) } else { (a, b) };
                kept.push(crossing(inner, outer, edge.0, edge.1));
            }
            if !b_out {
                kept.push(b);
            }
        }
        points = kept;
    }
    points
}
