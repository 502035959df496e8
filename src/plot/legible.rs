//! A figure's texts as the font can draw them: whatever a label is made of (a file's name, a key's value), it never costs the figure.

use super::figure::{Axis, Figure, Guide, Panel};
use super::{font, power, script};

/// The most characters of titles, subtitles and notes.
const TEXT: usize = 1000;

/// The most characters of what labels an axis, a tick, a series or a line.
const LABEL: usize = 200;

/// The figure with texts that the font has, none of them too long to be drawn, and large powers written as such.
pub(super) fn legible(figure: &Figure) -> Figure {
    let mut figure = figure.clone();
    change(&mut figure, &|text, most| *text = font::legible(text, most));
    power::powers(&mut figure);
    figure
}

/// The legible figure with marks for what is set as sub- and superscripts.
pub(super) fn marked(legible: &Figure) -> Figure {
    let mut figure = legible.clone();
    change(&mut figure, &|text, _| *text = script::marked(text));
    figure
}

/// What is done with each text; it is given the most characters that the text may have.
type Change<'a> = &'a dyn Fn(&mut String, usize);

fn change(figure: &mut Figure, change: Change) {
    change(&mut figure.title, TEXT);
    figure.subtitle.iter_mut().for_each(|text| change(text, TEXT));
    figure.symbols.iter_mut().for_each(|(symbol, meaning)| {
        change(symbol, LABEL);
        change(meaning, LABEL);
    });
    figure.panels.iter_mut().for_each(|of| panel(of, change));
}

fn panel(panel: &mut Panel, change: Change) {
    change(&mut panel.title, TEXT);
    panel.notes.iter_mut().for_each(|text| change(text, TEXT));
    axis(&mut panel.x, change);
    axis(&mut panel.y, change);
    panel.heatmap.iter_mut().for_each(|heatmap| change(&mut heatmap.label, LABEL));
    panel.series.iter_mut().filter_map(|series| series.label.as_mut()).for_each(|label| change(label, LABEL));
    for guide in &mut panel.guides {
        let (Guide::Horizontal { label, .. } | Guide::Vertical { label, .. } | Guide::Slope { label, .. }) = guide;
        change(label, LABEL);
    }
}

fn axis(axis: &mut Axis, change: Change) {
    change(&mut axis.label, LABEL);
    axis.ticks.iter_mut().for_each(|(_, label)| change(label, LABEL));
}
