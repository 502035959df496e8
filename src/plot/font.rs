//! The one font, DejaVu Sans, carried inside the program: widths, outlines, line breaking, and what stands for characters that it lacks.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, OutlineCurve};

use super::script;

/// The font file; its licence lies beside it.
pub(super) static DEJAVU_SANS: &[u8] = include_bytes!("../../assets/DejaVuSans.ttf");

/// The `font-family` of every text: viewers without DejaVu fall back to their own sans-serif.
pub(super) const FAMILY: &str = "DejaVu Sans, sans-serif";

static FONT: LazyLock<FontRef> =
    LazyLock::new(|| FontRef::try_from_slice(DEJAVU_SANS).expect("the font inside the program is a valid font"));

/// The width of a line of text, scripts and all, at a font size, both in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    if script::is_plain(text) {
        return advance(text, size);
    }
    script::parts(text).iter().map(|part| advance(&part.text, part.size * size)).sum()
}

/// The width of a line without scripts.
fn advance(text: &str, size: f64) -> f64 {
    let units: f32 = text.chars().map(|c| FONT.h_advance_unscaled(FONT.glyph_id(c))).sum();
    f64::from(units) / units_per_em() * size
}

/// The font's own units in its size.
pub(super) fn units_per_em() -> f64 {
    f64::from(FONT.units_per_em().unwrap_or(2048.0))
}

/// The outline of a character's glyph in the font's own units, upwards from the baseline; nothing for a space.
pub(super) fn outline(c: char) -> Vec<OutlineCurve> {
    FONT.outline(FONT.glyph_id(c)).map_or_else(Vec::new, |outline| outline.curves)
}

/// The number of a character's glyph in the font; 0 for one that it lacks.
pub(super) fn glyph(c: char) -> u16 {
    FONT.glyph_id(c).0
}

/// What stands for a character that the font does not have, as in every other program.
const MISSING: char = '□';

/// Text as it is drawn, at most `most` characters and an ellipsis: a character that cannot be drawn is replaced, never a reason to
/// draw nothing. White space of any kind is a space; marks that direct the text and are not seen are left out; other control
/// characters, which XML does not allow, are replaced.
pub(super) fn legible(text: &str, most: usize) -> String {
    let shown = |c: char| match c {
        c if c.is_whitespace() => Some(' '),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
        '\u{fe00}'..='\u{fe0f}' => None,
        c if c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c) || FONT.glyph_id(c).0 == 0 => Some(MISSING),
        c => Some(c),
    };
    let mut characters = text.chars().filter_map(shown);
    let mut line: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
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
        for unit in script::unbroken(word) {
            if !line.is_empty() && width(&format!("{line}{unit}"), size) > limit {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(&unit);
        }
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines
}
