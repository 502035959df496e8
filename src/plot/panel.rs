//! Draws a panel about its own origin, the top left corner of its plot area: axes, data, labels, legend.

use super::axes::Axes;
use super::axis::AxisMap;
use super::clip::{Pt, Rect};
use super::figure::{Legend, Panel, Series};
use super::font;
use super::guide;
use super::heatmap::{Cells, cased};
use super::legend::{self, Entry};
use super::located::{self, Datum};
use super::palette::INK;
use super::series::{self, Frame};
use super::shape::{Anchor, Drawing, Occupied};
use crate::error::Result;

const TITLE: f64 = 13.0;
/// Gutters are wide enough for their labels to stand clear of the next tick's.
const GUTTER: (f64, f64) = (38.0, 24.0);

/// The room a panel takes beyond its plot area.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Margins {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// A panel ready to be placed.
pub(super) struct Prepared {
    pub(super) drawing: Drawing,
    pub(super) margins: Margins,
    /// Its legend's entries, wherever they are drawn.
    pub(super) entries: Vec<Entry>,
    /// Its visible numbers and where they are drawn.
    pub(super) located: Vec<(Datum, Pt)>,
    /// Whether marks stand for positive values below a logarithmic axis.
    pub(super) below: bool,
    /// Whether marks stand for zeros on a logarithmic axis.
    pub(super) zero: bool,
}

/// Draws a panel whose plot area has this width and height; `own_legend` is false where the figure has one legend.
pub(super) fn prepare(panel: &Panel, size: (f64, f64), own_legend: bool) -> Result<Prepared> {
    let cells = panel.heatmap.as_ref().map(|heatmap| Cells::new(heatmap, &panel.x, &panel.y)).transpose()?;
    let frame = lay_axes(panel, cells.as_ref(), size)?;
    let axes = Axes::new(panel, &frame, size);
    let entries = entries(panel, cells.as_ref());

    let mut drawing = Drawing::default();
    axes.draw_grid(&mut drawing);
    if let Some(cells) = &cells {
        drawing.place(cells.draw(&frame), (0.0, 0.0));
    }
    let data = draw_data(panel, &frame);
    let guides = guide::Guides::new(&panel.guides, &frame);
    let mut occupied = Occupied::default();
    occupied.add(&data);
    occupied.add(&guides.lines());
    let on_ground = |lines: Drawing| if cells.is_some() { cased(lines) } else { lines };
    drawing.place(on_ground(guides.lines()), (0.0, 0.0));
    drawing.place(on_ground(data), (0.0, 0.0));
    axes.draw_frame(&mut drawing);
    let mut margins = Margins { right: 16.0, ..Margins::default() };
    axes.draw_x_labels(&mut drawing, &mut margins);
    axes.draw_y_labels(&mut drawing, &mut margins);
    margins.top = draw_title(&mut drawing, &panel.title, size.0);
    if let Some(cells) = &cells {
        let (bar, right) = cells.color_bar(size.0, size.1);
        drawing.place(bar, (0.0, 0.0));
        margins.right = margins.right.max(right);
    }
    let mut boxes = Boxes { drawing, occupied, range: frame.range(), size, margins };
    // On a heat map every place is taken.
    let inside = |legend| if cells.is_some() { Legend::Below } else { legend };
    if own_legend && panel.legend != Legend::Hidden {
        boxes.add(&entries, inside(panel.legend));
    }
    boxes.add(&panel.notes.iter().map(|note| Entry::text(note)).collect::<Vec<_>>(), inside(Legend::Auto));
    let Boxes { mut drawing, occupied, margins, .. } = boxes;
    drawing.place(guides.labels(&frame.range(), occupied), (0.0, 0.0));
    let marked = || panel.series.iter().filter(|series| series::is_marked(series.style));
    let spots = || marked().flat_map(|series| &series.points).filter_map(|point| frame.spot(point));
    let below = spots().any(|spot| spot.below.is_some());
    let zero = frame.y.low.as_ref().is_some_and(|gutter| gutter.label == "0");
    Ok(Prepared { drawing, margins, entries, located: located::of_panel(panel, &frame), below, zero })
}

/// A panel to which boxes are added, each where it hides nothing, or else below what is below already.
struct Boxes {
    drawing: Drawing,
    occupied: Occupied,
    range: Rect,
    size: (f64, f64),
    margins: Margins,
}

impl Boxes {
    fn add(&mut self, entries: &[Entry], legend: Legend) {
        if entries.is_empty() {
            return;
        }
        let block = legend::boxed(entries, 0.7 * self.size.0);
        if let Some((x, y)) = legend::position(&block, &self.range, &self.occupied, legend) {
            self.occupied.add_rect(Rect { x0: x, y0: y, x1: x + block.width, y1: y + block.height });
            self.drawing.place(block.drawing, (x, y));
        } else {
            let block = legend::rows(entries, self.size.0);
            self.drawing.place(block.drawing, (0.0, self.size.1 + self.margins.bottom + 6.0));
            self.margins.bottom += block.height + 8.0;
        }
    }
}

/// Draws the title above the plot area, its last line nearest; returns the room it takes.
fn draw_title(drawing: &mut Drawing, title: &str, width: f64) -> f64 {
    let lines = font::wrap(title, TITLE, width);
    for (k, line) in lines.iter().rev().enumerate() {
        drawing.text(line, (0.0, -8.0 - k as f64 * 1.25 * TITLE), TITLE, INK, Anchor::Start);
    }
    8.0 + lines.len() as f64 * 1.25 * TITLE
}

/// Decides both axes from everything that is drawn on them.
fn lay_axes(panel: &Panel, cells: Option<&Cells>, (width, height): (f64, f64)) -> Result<Frame> {
    let points = || panel.series.iter().flat_map(|series| &series.points);
    let x: Vec<f64> = points().map(|point| point.x).collect();
    let y: Vec<f64> = points().flat_map(|point| [Some(point.y), point.lo, point.hi]).flatten().collect();
    let extent = cells.map(Cells::extent);
    Ok(Frame {
        x: AxisMap::new(&panel.x, &x, extent.map(|e| e[0]), (0.0, width), GUTTER.0)?,
        y: AxisMap::new(&panel.y, &y, extent.map(|e| e[1]), (height, 0.0), GUTTER.1)?,
    })
}

/// Bands behind, lines and marks before them.
fn draw_data(panel: &Panel, frame: &Frame) -> Drawing {
    let mut drawing = Drawing::default();
    for series in &panel.series {
        drawing.place(series::intervals(series, frame), (0.0, 0.0));
    }
    for series in &panel.series {
        drawing.place(series::curve(series, frame, is_sparse(series, panel)), (0.0, 0.0));
    }
    drawing
}

/// Whether a series is an unmarked line whose dash pattern another unmarked line of the panel, in another colour, has.
fn is_sparse(series: &Series, panel: &Panel) -> bool {
    let alike = |other: &Series| other.style == series.style && other.color != series.color;
    !series.plain && !series::is_marked(series.style) && panel.series.iter().any(alike)
}

/// The entries of a panel's legend, each once.
fn entries(panel: &Panel, cells: Option<&Cells>) -> Vec<Entry> {
    let series = panel.series.iter().filter_map(|series| Entry::series(series, is_sparse(series, panel)));
    let cells = cells.into_iter().flat_map(|cells| cells.specials().into_iter().map(Entry::cell));
    let mut entries: Vec<Entry> = Vec::new();
    for entry in series.chain(cells) {
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries
}
