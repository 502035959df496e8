//! The glyphs that a document uses, and the part of the font that draws them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use subsetter::{GlyphRemapper, subset};

use super::document::Document;
use crate::error::{Error, Result};
use crate::plot::font;

/// Glyphs in the order in which they were first used, each with the character that it stands for.
#[derive(Debug, Default)]
pub(super) struct Glyphs {
    kept: GlyphRemapper,
    /// By their numbers in the part that is embedded: the number in the font, and the character.
    characters: BTreeMap<u16, (u16, char)>,
}

impl Glyphs {
    /// A text as the numbers of its glyphs, four hexadecimal digits each.
    pub(super) fn hex(&mut self, text: &str) -> String {
        let numbers = text.chars().map(|c| {
            let glyph = font::glyph(c);
            let number = self.kept.remap(glyph);
            self.characters.entry(number).or_insert((glyph, c));
            number
        });
        numbers.map(|number| format!("{number:04X}")).collect()
    }

    /// Adds the font to a document; gives the number of its object.
    ///
    /// # Errors
    /// If the font cannot be reduced.
    pub(super) fn embed(&self, document: &mut Document) -> Result<usize> {
        let wrong = |error: subsetter::Error| {
            Error::argument("font", format!("{error:?}"), "a font that can be reduced to some glyphs")
        };
        let data = subset(font::DEJAVU_SANS, 0, &self.kept).map_err(wrong)?;
        let (name, widths) = (self.name(), self.widths());
        let file = document.stream(&format!(" /Length1 {}", data.len()), &data)?;
        // The font's own numbers, in thousandths of its size.
        let descriptor = document.add(format!(
            "<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-1021 -463 1793 1232] /ItalicAngle 0 \
             /Ascent 928 /Descent -236 /CapHeight 729 /StemV 80 /FontFile2 {file} 0 R >>"
        ));
        let outlines = document.add(format!(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity \
             /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> \
             /FontDescriptor {descriptor} 0 R /W [0 [600] {widths}] >>"
        ));
        let characters = document.stream("", self.characters().as_bytes())?;
        Ok(document.add(format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H \
             /DescendantFonts [{outlines} 0 R] /ToUnicode {characters} 0 R >>"
        )))
    }

    /// The font's name with six letters before it that follow from what is kept, as PDF asks of a part of a font.
    fn name(&self) -> String {
        let mut hash = Sha256::new();
        self.characters.values().for_each(|(glyph, _)| hash.update(glyph.to_be_bytes()));
        let letters: String = hash.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
        format!("{letters}+DejaVuSans")
    }

    /// The glyphs' widths, in thousandths of the font's size.
    fn widths(&self) -> String {
        let width = |c: char| font::width(c.encode_utf8(&mut [0; 4]), 1000.0);
        let entry = |(number, (_, c)): (&u16, &(u16, char))| format!("{number} [{:.3}]", width(*c));
        self.characters.iter().map(entry).collect::<Vec<_>>().join(" ")
    }

    /// Which character each glyph stands for, so that the text of a figure can be searched and copied.
    fn characters(&self) -> String {
        let entry = |(number, (_, c)): (&u16, &(u16, char))| {
            let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
            format!("<{number:04X}> <{units}>\n")
        };
        let entries: Vec<String> = self.characters.iter().map(entry).collect();
        // A block holds a hundred entries at most.
        let block = |entries: &[String]| format!("{} beginbfchar\n{}endbfchar\n", entries.len(), entries.concat());
        let blocks: String = entries.chunks(100).map(block).collect();
        format!(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{blocks}\
             endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        )
    }
}
