//! A figure's texts as the font can draw them: whatever a label is made of (a file's name, a key's value), it never costs the figure.

use super::figure::{Axis, Figure, Guide, Panel};
use super::font;

/// The most characters of titles, subtitles and notes.
const TEXT: usize = 1000;

/// The most characters of what labels an axis, a tick, a series or a line.
const LABEL: usize = 200;

/// The figure with texts that the font has, none of them too long to be drawn.
pub(super) fn legible(figure: &Figure) -> Figure {
    let mut figure = figure.clone();
    text(&mut figure.title);
    figure.subtitle.iter_mut().for_each(text);
    figure.panels.iter_mut().for_each(panel);
    figure
}

fn panel(panel: &mut Panel) {
    text(&mut panel.title);
    panel.notes.iter_mut().for_each(text);
    axis(&mut panel.x);
    axis(&mut panel.y);
    panel.heatmap.iter_mut().for_each(|heatmap| label(&mut heatmap.label));
    panel.series.iter_mut().filter_map(|series| series.label.as_mut()).for_each(label);
    for guide in &mut panel.guides {
        let (Guide::Horizontal { label: name, .. }
        | Guide::Vertical { label: name, .. }
        | Guide::Slope { label: name, .. }) = guide;
        label(name);
    }
}

fn axis(axis: &mut Axis) {
    label(&mut axis.label);
    axis.ticks.iter_mut().for_each(|(_, name)| label(name));
}

fn text(text: &mut String) {
    *text = font::legible(text, TEXT);
}

fn label(text: &mut String) {
    *text = font::legible(text, LABEL);
}
