//! Reads figures back from their SVG.
#![allow(dead_code, reason = "each test file uses its part")]

use selfreward::plot::{Figure, Panel};

pub type Pt = (f64, f64);

/// A line or an area of the document, in pixels.
#[derive(Debug, Clone)]
pub struct Shape {
    pub color: String,
    /// Stroke width in tenths of a pixel; 0 for an area.
    pub width: u32,
    pub points: Vec<Pt>,
}

pub fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = tag.find(&format!(" {name}=\"")).expect("the attribute is there") + name.len() + 3;
    &tag[start..start + tag[start..].find('"').expect("it ends")]
}

/// All polylines (with `stroke`) or polygons (with `fill`), in document order.
pub fn shapes(svg: &str, element: &str, color: &str) -> Vec<Shape> {
    let number = |text: &str| text.parse::<f64>().expect("a coordinate") / 10.0;
    let tags = svg.lines().filter(|line| line.starts_with(&format!("<{element} ")));
    tags.map(|tag| Shape {
        color: attribute(tag, color).to_string(),
        width: if element == "polyline" { attribute(tag, "stroke-width").parse().expect("a width") } else { 0 },
        points: attribute(tag, "points")
            .split_whitespace()
            .map(|pair| pair.split_once(',').map(|(x, y)| (number(x), number(y))).expect("a pair"))
            .collect(),
    })
    .collect()
}

pub fn lines(svg: &str) -> Vec<Shape> {
    shapes(svg, "polyline", "stroke")
}

pub fn areas(svg: &str) -> Vec<Shape> {
    shapes(svg, "polygon", "fill")
}

/// (left, top, right, bottom) of every closed outline of one colour and width.
pub fn boxes(svg: &str, color: &str, width: u32) -> Vec<[f64; 4]> {
    let outlines = lines(svg).into_iter().filter(|l| l.color == color && l.width == width && l.points.len() == 6);
    outlines.map(|l| [l.points[0].0, l.points[0].1, l.points[2].0, l.points[2].1]).collect()
}

/// The plot areas' frames.
pub fn frames(svg: &str) -> Vec<[f64; 4]> {
    boxes(svg, "#222222", 10)
}

/// The lines of a series in a colour, without marks and dots.
pub fn curves(svg: &str, color: &str) -> Vec<Vec<Pt>> {
    lines(svg).into_iter().filter(|l| l.color == color && l.width == 16).map(|l| l.points).collect()
}

/// Where a value in a range belongs between two pixels.
pub fn map(v: f64, (lo, hi): (f64, f64), (p, q): (f64, f64)) -> f64 {
    p + (v - lo) / (hi - lo) * (q - p)
}

pub fn sampled(line: &[Pt], steps: usize) -> Vec<Pt> {
    let at = |a: Pt, b: Pt, k: usize| {
        let t = k as f64 / steps as f64;
        (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))
    };
    line.windows(2).flat_map(|w| (0..=steps).map(move |k| at(w[0], w[1], k))).collect()
}

pub fn distance_to_line(p: Pt, line: &[Pt]) -> f64 {
    let to_segment = |a: Pt, b: Pt| {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let t = ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / (dx * dx + dy * dy).max(1e-30);
        let t = t.clamp(0.0, 1.0);
        (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
    };
    line.windows(2).map(|w| to_segment(w[0], w[1])).fold(f64::INFINITY, f64::min)
}

pub fn middle(points: &[Pt]) -> Pt {
    let range = |of: &dyn Fn(&Pt) -> f64| {
        let values = || points.iter().map(of);
        (values().fold(f64::INFINITY, f64::min) + values().fold(f64::NEG_INFINITY, f64::max)) / 2.0
    };
    (range(&|p| p.0), range(&|p| p.1))
}

pub fn length(points: &[Pt]) -> f64 {
    points.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum()
}

pub fn covers(corners: &[Pt], p: Pt) -> bool {
    let crossings = (0..corners.len()).filter(|&i| {
        let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
        (a.1 <= p.1) != (b.1 <= p.1) && a.0 + (p.1 - a.1) / (b.1 - a.1) * (b.0 - a.0) > p.0
    });
    crossings.count() % 2 == 1
}

pub fn figure(panel: Panel) -> Figure {
    Figure::new("A figure").panel(panel)
}
