//! Writes a list of shapes as PDF: vectors, and text as text, in the one font, of which the glyphs in use are embedded.
//!
//! The document holds one page, no date and no number drawn at random: the same drawing has the same bytes.

mod document;
mod glyphs;

use std::fmt::Write;

use document::Document;
use glyphs::Glyphs;

use super::clip::Pt;
use super::palette::Rgb;
use super::shape::{Anchor, Drawing, Shape};
use super::{font, script};
use crate::error::Result;

/// Points (1/72 inch) to a pixel (1/96 inch).
const POINTS: f64 = 0.75;

/// The drawing as a PDF document of one page, `width` by `height` pixels of 1/96 inch, with this title among its properties.
///
/// # Errors
/// If the font cannot be reduced to what is used of it, or what is written not compressed.
pub(super) fn pdf(drawing: &Drawing, width: f64, height: f64, title: &str) -> Result<Vec<u8>> {
    let mut glyphs = Glyphs::default();
    let mut alphas: Vec<f64> = Vec::new();
    // Pixels run downwards from the top, points upwards from the foot. Corners are rounded, as in the SVG.
    let mut page = format!("{POINTS} 0 0 -{POINTS} 0 {} cm\n1 j\n", number(height * POINTS));
    for shape in &drawing.shapes {
        draw(&mut page, shape, &mut glyphs, &mut alphas);
    }
    let mut document = Document::default();
    let font = glyphs.embed(&mut document)?;
    let contents = document.stream("", page.as_bytes())?;
    let states = alphas.iter().enumerate().map(|(index, alpha)| format!("/A{index} << /ca {} >>", number(*alpha)));
    let states = states.collect::<Vec<_>>().join(" ");
    let size = format!("0 0 {} {}", number(width * POINTS), number(height * POINTS));
    let page = document.add(format!(
        "<< /Type /Page /Parent {} 0 R /MediaBox [{size}] /Contents {contents} 0 R \
         /Resources << /Font << /F0 {font} 0 R >> /ExtGState << {states} >> >> >>",
        document.next() + 1
    ));
    let pages = document.add(format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
    let catalog = document.add(format!("<< /Type /Catalog /Pages {pages} 0 R >>"));
    let information = document.add(format!("<< /Title {} /Creator (selfreward) >>", utf16(title)));
    Ok(document.finish(catalog, information))
}

/// Appends one shape to the page's operators.
fn draw(page: &mut String, shape: &Shape, glyphs: &mut Glyphs, alphas: &mut Vec<f64>) {
    match shape {
        Shape::Line { points, width, color } => {
            let _ = writeln!(page, "{} RG {} w {}S", colour(*color), number(*width), path(points));
        }
        Shape::Fill { points, color, alpha } if *alpha >= 1.0 => {
            let _ = writeln!(page, "{} rg {}f", colour(*color), path(points));
        }
        Shape::Fill { points, color, alpha } => {
            let known = alphas.iter().position(|other| other == alpha);
            let state = known.unwrap_or_else(|| {
                alphas.push(*alpha);
                alphas.len() - 1
            });
            let _ = writeln!(page, "q /A{state} gs {} rg {}f Q", colour(*color), path(points));
        }
        Shape::Text { text, at, size, color, anchor, vertical } => {
            let back = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => font::width(text, *size) / 2.0,
                Anchor::End => font::width(text, *size),
            };
            // A glyph's own axes: to the right and upwards, or, of vertical text, upwards and to the left.
            let (axes, (x, y)) = match vertical {
                false => ("1 0 0 -1", (at.0 - back, at.1)),
                true => ("0 -1 -1 0", (at.0, at.1 + back)),
            };
            let _ = write!(page, "BT {} rg {axes} {} Tm", colour(*color), pair((x, y)));
            for part in script::parts(text) {
                let (size, rise) = (number(part.size * size), number(part.rise * size));
                let _ = write!(page, " /F0 {size} Tf {rise} Ts <{}> Tj", glyphs.hex(&part.text));
            }
            let _ = writeln!(page, " ET");
        }
    }
}

/// The path through some points.
fn path(points: &[Pt]) -> String {
    let operator = |index: usize| if index == 0 { 'm' } else { 'l' };
    points.iter().enumerate().map(|(index, &point)| format!("{} {} ", pair(point), operator(index))).collect()
}

fn pair((x, y): Pt) -> String {
    format!("{} {}", number(x), number(y))
}

/// To a thousandth, without zeros at the end; PDF knows no exponents.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn colour((r, g, b): Rgb) -> String {
    [r, g, b].map(|part| number(f64::from(part) / 255.0)).join(" ")
}

/// A text as PDF's properties have it.
fn utf16(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{units}>")
}
