//! Writes a list of shapes as SVG, through plotters.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle};

use super::clip::Pt;
use super::palette::{Rgb, WHITE};
use super::shape::{Anchor, Drawing, Shape};
use super::{font, script};
use crate::error::{Error, Result};

/// plotters rounds to whole units, in SVG too. Drawn ten times as large and shown at its size, a figure has its
/// corners to a tenth of a pixel.
pub(super) const UNITS: f64 = 10.0;

/// plotters writes a font size divided by this.
const FONT_FACTOR: f64 = 1.24;

/// plotters sets a text anchored at its top this many font sizes above its baseline.
const BASELINE: f64 = 0.76;

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn point((x, y): Pt) -> (i32, i32) {
    (units(x), units(y))
}

fn rgba((r, g, b): Rgb, alpha: f64) -> RGBAColor {
    RGBAColor(r, g, b, alpha)
}

/// Points in units, without repetitions that rounding made.
pub(super) fn rounded(points: &[Pt]) -> Vec<(i32, i32)> {
    let mut points: Vec<_> = points.iter().copied().map(point).collect();
    points.dedup();
    points
}

/// The drawing as an SVG document of `width` by `height` pixels, on white, with a description in words.
pub(super) fn svg(drawing: &Drawing, width: u32, height: u32, described: &str) -> Result<String> {
    let mut document = String::new();
    let size = (units(f64::from(width)) as u32, units(f64::from(height)) as u32);
    let failed = |e: String| Error::argument("figure", e, "a figure that plotters can write as SVG");
    {
        let mut backend = SVGBackend::with_string(&mut document, size);
        let white = ShapeStyle { color: rgba(WHITE, 1.0), filled: true, stroke_width: 0 };
        backend.draw_rect((0, 0), (size.0 as i32, size.1 as i32), &white, true).map_err(|e| failed(e.to_string()))?;
        for shape in &drawing.shapes {
            draw(&mut backend, shape).map_err(failed)?;
        }
        backend.present().map_err(|e| failed(e.to_string()))?;
    }
    // Only the size at which it is shown changes, not the viewBox; joins are rounded, for the sharp corners of curves
    // would otherwise grow spikes beyond their data.
    let header = |width, height| format!("<svg width=\"{width}\" height=\"{height}\" viewBox");
    let shown = header(width, height).replace(" viewBox", " stroke-linejoin=\"round\" viewBox");
    let document = script::in_svg(&document.replacen(&header(size.0, size.1), &shown, 1));
    let described = described.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Ok(document.replacen(">\n", &format!(">\n<desc>{described}</desc>\n"), 1))
}

/// Writes one shape; the error is plotters'.
fn draw(backend: &mut SVGBackend, shape: &Shape) -> std::result::Result<(), String> {
    let drawn = match shape {
        Shape::Line { points, width, color } => {
            let style = ShapeStyle { color: rgba(*color, 1.0), filled: false, stroke_width: units(*width) as u32 };
            backend.draw_path(rounded(points), &style)
        }
        Shape::Fill { points, color, alpha } => backend.fill_polygon(rounded(points), &rgba(*color, *alpha)),
        Shape::Text { text, at, size, color, anchor, vertical } => {
            let shift = BASELINE * size;
            let (x, y) = if *vertical { (at.0 - shift, at.1) } else { (at.0, at.1 - shift) };
            backend.draw_text(text, &text_style(*size, *color, *anchor, *vertical), point((x, y)))
        }
    };
    drawn.map_err(|e| e.to_string())
}

fn text_style(size: f64, color: Rgb, anchor: Anchor, vertical: bool) -> TextStyle<'static> {
    let transform = if vertical { FontTransform::Rotate270 } else { FontTransform::None };
    let h_pos = match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let font = FontDesc::new(FontFamily::Name(font::FAMILY), size * UNITS * FONT_FACTOR, FontStyle::Normal);
    TextStyle {
        font: font.transform(transform),
        color: rgba(color, 1.0).to_backend_color(),
        pos: Pos::new(h_pos, VPos::Top),
    }
}
