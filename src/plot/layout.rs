//! Arranges panels in a grid, all plot areas of one size and aligned, under the figure's title.

use super::canvas::{self, UNITS};
use super::clip::Pt;
use super::figure::{Figure, Panel};
use super::font;
use super::foot;
use super::legend::{self, Block, Entry};
use super::legible::{legible, marked};
use super::located::{Drawn, Located};
use super::palette::{GREY, INK};
use super::panel::{Margins, Prepared};
use super::pdf;
use super::png;
use super::shape::{Anchor, Drawing};
use super::size::{self, Fitted};
use crate::error::{Error, Result};

const TITLE: f64 = 15.0;
const SUBTITLE: f64 = 12.0;
/// White border of the figure, and space between panels.
pub(super) const BORDER: f64 = 12.0;
const GAP: f64 = 14.0;

/// A figure arranged: what is drawn, width and height in pixels, and where its numbers lie.
struct Arranged {
    drawing: Drawing,
    width: f64,
    height: f64,
    located: Vec<Located>,
}

impl Figure {
    /// Draws the figure as an SVG document; equal figures give equal bytes.
    ///
    /// # Errors
    ///
    /// If there is no panel or no column, a range is empty, a heat map's parts do not fit together, or the size is too small.
    pub fn to_svg(&self) -> Result<String> {
        self.draw().map(|drawn| drawn.svg)
    }

    /// The same with the places of the figure's numbers.
    ///
    /// # Errors
    ///
    /// As [`Figure::to_svg`].
    pub fn draw(&self) -> Result<Drawn> {
        let figure = legible(self);
        let Arranged { drawing, width, height, located } = figure.arranged()?;
        let svg = canvas::svg(&drawing, width.ceil() as u32, height.ceil() as u32, &figure.described())?;
        Ok(Drawn { svg, located })
    }

    /// Draws the figure as a PNG image, two pixels to one of the SVG's; equal figures give equal bytes.
    ///
    /// # Errors
    ///
    /// As [`Figure::to_svg`].
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let Arranged { drawing, width, height, .. } = legible(self).arranged()?;
        png::png(&drawing, width.ceil() as u32, height.ceil() as u32)
    }

    /// Draws the figure as a PDF document of one page: lines and areas as such, texts as text in a font that is part of the document.
    /// A pixel is 1/96 inch; equal figures give equal bytes.
    ///
    /// # Errors
    ///
    /// As [`Figure::to_svg`].
    pub fn to_pdf(&self) -> Result<Vec<u8>> {
        let figure = legible(self);
        let Arranged { drawing, width, height, .. } = figure.arranged()?;
        // The title as one types it: properties have no scripts.
        pdf::pdf(&drawing, width, height, &figure.title)
    }

    /// What the figure shows, in words without scripts, for those who do not see it.
    fn described(&self) -> String {
        let panel = |panel: &Panel| {
            let series = panel.series.iter().filter_map(|series| series.label.as_deref());
            let map = panel.heatmap.as_ref().map(|heatmap| heatmap.label.as_str());
            let shown = series.chain(map).filter(|label| !label.is_empty()).collect::<Vec<_>>().join("; ");
            let axes = match (panel.x.label.as_str(), panel.y.label.as_str()) {
                ("", alone) | (alone, "") => alone.to_owned(),
                (x, y) => format!("{y} against {x}"),
            };
            let parts = [panel.title.clone(), axes, shown].into_iter().filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(": ")
        };
        let heading = std::iter::once(self.title.clone()).chain(self.subtitle.clone());
        let parts = heading.chain(self.panels.iter().map(panel)).filter(|part| !part.is_empty());
        let text = parts.collect::<Vec<_>>().join(". ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Arranges legible texts.
    fn arranged(&self) -> Result<Arranged> {
        let legible = self;
        let marked = marked(legible);
        marked.with_foot(|panels, width| foot::foot(legible, panels, width))
    }

    /// Arranges texts that are marked, with what `foot` gives for a width below them.
    fn with_foot(&self, foot: impl Fn(&[Prepared], f64) -> Option<Block>) -> Result<Arranged> {
        if self.panels.is_empty() || self.columns == 0 {
            let value = format!("{} panels in {} columns", self.panels.len(), self.columns);
            return Err(Error::argument("figure", value, "at least one panel and one column"));
        }
        let columns = self.columns.min(self.panels.len());
        let legend = |panels: &[Prepared], width: f64| {
            let entries = if self.shared_legend { distinct_entries(panels) } else { Vec::new() };
            (!entries.is_empty()).then(|| legend::rows(&entries, width))
        };
        let Fitted { panels, grid } = match self.size {
            None => size::natural(&self.panels, columns, !self.shared_legend)?,
            Some(size) => size::fitted(&self.panels, columns, !self.shared_legend, size, |panels, width| {
                let below = [legend(panels, width), foot(panels, width)];
                let below: f64 = below.into_iter().flatten().map(|block| GAP + block.height).sum();
                self.draw_heading(&mut Drawing::default(), width) + below
            })?,
        };
        // A size that is given is kept to, whatever the panels leave of it.
        let inner = self.size.map_or(grid.width, |size| size.width - 2.0 * BORDER);
        let (block, foot) = (legend(&panels, inner), foot(&panels, inner));

        let mut drawing = Drawing::default();
        let top = self.draw_heading(&mut drawing, inner);
        let mut located = Vec::new();
        for (index, (panel, (x, y))) in panels.into_iter().zip(grid.origins).enumerate() {
            let (x, y) = (x + BORDER, y + top);
            let units = |(u, v)| (UNITS * (x + u), UNITS * (y + v));
            located.extend(panel.located.into_iter().map(|(datum, at)| Located { panel: index, datum, at: units(at) }));
            drawing.place(panel.drawing, (x, y));
        }
        let mut height = top + grid.height;
        if let Some(block) = block {
            drawing.place(block.drawing, (BORDER + (inner - block.width).max(0.0) / 2.0, height + GAP));
            height += GAP + block.height;
        }
        if let Some(block) = foot {
            drawing.place(block.drawing, (BORDER, height + GAP));
            height += GAP + block.height;
        }
        let height = self.size.and_then(|size| size.height).unwrap_or(height + BORDER);
        Ok(Arranged { drawing, width: inner + 2.0 * BORDER, height, located })
    }

    /// Draws title and subtitle; returns where the panels begin.
    fn draw_heading(&self, drawing: &mut Drawing, width: f64) -> f64 {
        let mut y = BORDER;
        for line in font::wrap(&self.title, TITLE, width) {
            drawing.text(line, (BORDER, y + 0.9 * TITLE), TITLE, INK, Anchor::Start);
            y += 1.3 * TITLE;
        }
        for line in font::wrap(self.subtitle.as_deref().unwrap_or_default(), SUBTITLE, width) {
            drawing.text(line, (BORDER, y + 0.9 * SUBTITLE), SUBTITLE, GREY, Anchor::Start);
            y += 1.35 * SUBTITLE;
        }
        // Whole pixels, for crisp lines.
        if y > BORDER { (y + 6.0).ceil() } else { y }
    }
}

/// Width and height of every plot area of a figure that may be as large as it likes.
pub(super) fn plot_size(columns: usize) -> (f64, f64) {
    match columns {
        1 => (480.0, 300.0),
        2 => (360.0, 250.0),
        _ => (290.0, 210.0),
    }
}

/// The entries of all panels, each once.
fn distinct_entries(panels: &[Prepared]) -> Vec<Entry> {
    let mut distinct: Vec<Entry> = Vec::new();
    for entry in panels.iter().flat_map(|panel| &panel.entries) {
        match distinct.iter_mut().find(|known| known.is_alike(entry)) {
            // One panel may have intervals and another none.
            Some(known) => known.add_intervals_of(entry),
            None => distinct.push(entry.clone()),
        }
    }
    distinct
}

/// Where the plot areas' top left corners lie, and the extent of the whole.
pub(super) struct Grid {
    pub(super) origins: Vec<Pt>,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Grid {
    /// Gives every column the widest margins of its panels, every row the highest.
    pub(super) fn new(margins: &[Margins], columns: usize, plot: (f64, f64)) -> Self {
        let most = |of: &dyn Fn(&Margins) -> f64, keep: &dyn Fn(usize) -> bool| {
            let kept = margins.iter().enumerate().filter(|(i, _)| keep(*i));
            kept.map(|(_, m)| of(m)).fold(0.0, f64::max).ceil()
        };
        let (mut xs, mut ys, mut x, mut y) = (Vec::new(), Vec::new(), 0.0, 0.0);
        for column in 0..columns {
            x += most(&|m| m.left, &|i| i % columns == column);
            xs.push(x);
            x += plot.0 + most(&|m| m.right, &|i| i % columns == column) + GAP;
        }
        for row in 0..margins.len().div_ceil(columns) {
            y += most(&|m| m.top, &|i| i / columns == row);
            ys.push(y);
            y += plot.1 + most(&|m| m.bottom, &|i| i / columns == row) + GAP;
        }
        let origins = (0..margins.len()).map(|i| (xs[i % columns], ys[i / columns])).collect();
        Self { origins, width: x - GAP, height: y - GAP }
    }
}
