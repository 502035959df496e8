//! What stands under a figure: what its marks mean that no legend names, and what its symbols mean.

use super::figure::Figure;
use super::font;
use super::legend::{self, Block, Entry};
use super::palette::GREY;
use super::panel::Prepared;
use super::script;
use super::shape::{Anchor, Drawing};
use super::symbols;

const SIZE: f64 = 10.5;
const LINE_HEIGHT: f64 = 14.0;
/// Between marks and symbols.
const GAP: f64 = 4.0;

/// The foot of a figure whose texts are legible and not marked yet, at most `width` wide; `None` if there is nothing to say.
pub(super) fn foot(figure: &Figure, panels: &[Prepared], width: f64) -> Option<Block> {
    let mut block = marks(panels, width).unwrap_or_default();
    if !figure.bare {
        let meanings = symbols::explained(figure).into_iter().map(|(symbol, meaning)| format!("{symbol}: {meaning}"));
        let text = meanings.collect::<Vec<_>>().join("; ");
        add_text(&mut block, &text, width);
    }
    (block.height > 0.0).then_some(block)
}

/// Samples of the marks for values that a logarithmic axis does not reach, where some are below it: the two kinds differ.
fn marks(panels: &[Prepared], width: f64) -> Option<Block> {
    panels.iter().any(|panel| panel.below).then_some(())?;
    let zero = panels.iter().any(|panel| panel.zero).then(Entry::zero);
    let entries: Vec<Entry> = std::iter::once(Entry::below()).chain(zero).collect();
    Some(legend::rows(&entries, width))
}

fn add_text(block: &mut Block, text: &str, width: f64) {
    if text.is_empty() {
        return;
    }
    let above = if block.height > 0.0 { block.height + GAP } else { 0.0 };
    let mut drawing = Drawing::default();
    let lines = font::wrap(&script::marked(text), SIZE, width);
    for (k, line) in lines.iter().enumerate() {
        let baseline = above + k as f64 * LINE_HEIGHT + 0.9 * SIZE;
        drawing.text(line, (0.0, baseline), SIZE, GREY, Anchor::Start);
    }
    block.drawing.place(drawing, (0.0, 0.0));
    block.width = width;
    block.height = above + lines.len() as f64 * LINE_HEIGHT;
}
