//! The one font, DejaVu Sans, carried inside the program: widths, line breaking, and a check that it has a character.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef};

use crate::error::{Error, Result};

/// The font file; its licence lies beside it.
pub(super) static DEJAVU_SANS: &[u8] = include_bytes!("../../assets/DejaVuSans.ttf");

/// The `font-family` of every text: viewers without DejaVu fall back to their own sans-serif.
pub(super) const FAMILY: &str = "DejaVu Sans, sans-serif";

static FONT: LazyLock<FontRef> =
    LazyLock::new(|| FontRef::try_from_slice(DEJAVU_SANS).expect("the font inside the program is a valid font"));

/// The width of a line of text at a font size, both in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let units: f32 = text.chars().map(|c| FONT.h_advance_unscaled(FONT.glyph_id(c))).sum();
    f64::from(units) / f64::from(FONT.units_per_em().unwrap_or(2048.0)) * size
}

/// Refuses text with a character that the font cannot draw: it would come out as an empty box.
pub(super) fn check(text: &str) -> Result<()> {
    match text.chars().find(|&c| FONT.glyph_id(c).0 == 0) {
        None => Ok(()),
        Some(c) => {
            Err(Error::argument("figure text", format!("{text:?} with {c:?}"), "characters that DejaVu Sans has"))
        }
    }
}

/// Breaks text at spaces into lines no wider than `limit`; a word wider than a line is broken inside.
pub(super) fn wrap(text: &str, size: f64, limit: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
        if width(&joined, size) <= limit {
            line = joined;
            continue;
        }
        lines.extend((!line.is_empty()).then(|| std::mem::take(&mut line)));
        for c in word.chars() {
            line.push(c);
            if width(&line, size) > limit && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines
}
