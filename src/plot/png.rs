//! Writes a list of shapes as PNG, through tiny-skia: lines and areas with the SVG's own corners, texts as the outlines of their glyphs.

use ab_glyph::OutlineCurve;
use tiny_skia::{Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use super::canvas::rounded;
use super::clip::Pt;
use super::palette::Rgb;
use super::shape::{Anchor, Drawing, Shape};
use super::{canvas, font, script};
use crate::error::{Error, Result};

/// Pixels of the PNG per pixel of the SVG.
const ZOOM: f64 = 2.0;

/// The drawing as a PNG image, two pixels to one of its `width` by `height` pixels, on white.
///
/// # Errors
///
/// If it is too large to render.
pub(super) fn png(drawing: &Drawing, width: u32, height: u32) -> Result<Vec<u8>> {
    let failed = |e: String| Error::argument("figure", e, "a figure that can be rendered");
    let size = |pixels: u32| pixels.saturating_mul(ZOOM as u32);
    let image = Pixmap::new(size(width), size(height));
    let mut image = image.ok_or_else(|| failed(format!("{width} by {height} pixels")))?;
    image.fill(Color::WHITE);
    drawing.shapes.iter().for_each(|shape| draw(&mut image, shape));
    image.encode_png().map_err(|e| failed(e.to_string()))
}

fn draw(image: &mut Pixmap, shape: &Shape) {
    match shape {
        Shape::Line { points, width, color } => {
            let stroke = Stroke { width: tenths(*width), line_join: LineJoin::Round, ..Stroke::default() };
            if let Some(path) = corners(points, false) {
                image.stroke_path(&path, &paint(*color, 1.0), &stroke, from_units(), None);
            }
        }
        Shape::Fill { points, color, alpha } => {
            if let Some(path) = corners(points, true) {
                image.fill_path(&path, &paint(*color, *alpha), FillRule::Winding, from_units(), None);
            }
        }
        Shape::Text { text, at, size, color, anchor, vertical } => {
            let back = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => font::width(text, *size) / 2.0,
                Anchor::End => font::width(text, *size),
            };
            if let Some(path) = outlines(text, *size) {
                let (x, y) = if *vertical { (at.0, at.1 + back) } else { (at.0 - back, at.1) };
                let moved = Transform::from_translate(x as f32, y as f32);
                let turned = if *vertical { moved.pre_rotate(-90.0) } else { moved };
                let zoom = Transform::from_scale(ZOOM as f32, ZOOM as f32);
                image.fill_path(&path, &paint(*color, 1.0), FillRule::Winding, turned.post_concat(zoom), None);
            }
        }
    }
}

/// From the SVG's units to pixels of the image.
fn from_units() -> Transform {
    let scale = (ZOOM / canvas::UNITS) as f32;
    Transform::from_scale(scale, scale)
}

/// A width in the SVG's units.
fn tenths(pixels: f64) -> f32 {
    (pixels * canvas::UNITS).round() as f32
}

fn paint((r, g, b): Rgb, alpha: f64) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(r, g, b, (alpha * 255.0).round() as u8);
    paint
}

/// The path through some points, in the SVG's units; none if they are fewer than two.
fn corners(points: &[Pt], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (index, (x, y)) in rounded(points).into_iter().enumerate() {
        let (x, y) = (x as f32, y as f32);
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// The outlines of a line of text that begins at the origin, in pixels; none if it has no ink.
fn outlines(text: &str, size: f64) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut x = 0.0;
    for part in script::parts(text) {
        let (rise, size) = (part.rise * size, part.size * size);
        for c in part.text.chars() {
            let place = |p: ab_glyph::Point| {
                let scale = size / font::units_per_em();
                ((x + f64::from(p.x) * scale) as f32, (-rise - f64::from(p.y) * scale) as f32)
            };
            let mut pen = None;
            for curve in font::outline(c) {
                let (from, to) = ends(&curve);
                if pen != Some(from) {
                    let (x, y) = place(from);
                    path.move_to(x, y);
                }
                pen = Some(to);
                let (x, y) = place(to);
                match curve {
                    OutlineCurve::Line(..) => path.line_to(x, y),
                    OutlineCurve::Quad(_, over, _) => {
                        let (a, b) = place(over);
                        path.quad_to(a, b, x, y);
                    }
                    OutlineCurve::Cubic(_, first, second, _) => {
                        let ((a, b), (c, d)) = (place(first), place(second));
                        path.cubic_to(a, b, c, d, x, y);
                    }
                }
            }
            x += font::width(c.encode_utf8(&mut [0; 4]), size);
        }
    }
    path.finish()
}

fn ends(curve: &OutlineCurve) -> (ab_glyph::Point, ab_glyph::Point) {
    match *curve {
        OutlineCurve::Line(from, to) | OutlineCurve::Quad(from, _, to) | OutlineCurve::Cubic(from, _, _, to) => {
            (from, to)
        }
    }
}
