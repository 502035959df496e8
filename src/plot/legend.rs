//! Legends and notes: their entries, their layout in a box or in rows, and a place for them that hides no data.

use super::clip::{Pt, Rect};
use super::figure::{Interval, Legend, Series};
use super::font;
use super::heatmap::{self, Special};
use super::palette::{self, GREY, GRID, INK, WHITE};
use super::series;
use super::shape::{Anchor, Drawing, Occupied};

const SIZE: f64 = 11.0;
const LINE_HEIGHT: f64 = 15.0;
/// Width of the sample of a line, and the gap after it.
const KEY: f64 = 30.0;
const KEY_GAP: f64 = 6.0;
const PADDING: f64 = 6.0;
/// Distance of a box from the edges of its panel.
const INSET: f64 = 7.0;

/// What an entry explains.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    /// A series (without its points); whether it has intervals, and a few marks on its line.
    Series { series: Series, intervals: bool, sparse: bool },
    /// A kind of cell that no colour stands for.
    Cell(Special),
    /// The mark of positive values below an axis.
    Below,
    /// The mark of zeros on a logarithmic axis.
    Zero,
    /// Nothing: a line of text.
    Text,
}

/// A line of a legend.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    label: String,
    key: Key,
}

impl Entry {
    /// The entry of a series, if it has a label.
    pub(super) fn series(series: &Series, sparse: bool) -> Option<Self> {
        let label = series.label.clone()?;
        let intervals = series.points.iter().any(|point| point.lo.is_some() || point.hi.is_some());
        let series = Series { points: Vec::new(), label: None, ..*series };
        Some(Self { label, key: Key::Series { series, intervals, sparse } })
    }

    /// Whether two entries explain the same, but for intervals that one of them may have.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let mut with = self.clone();
        with.add_intervals_of(other);
        let mut without = other.clone();
        without.add_intervals_of(self);
        with == without
    }

    /// Explains intervals, too, where the other entry does.
    pub(super) fn add_intervals_of(&mut self, other: &Self) {
        if let (Key::Series { intervals, .. }, Key::Series { intervals: true, .. }) = (&mut self.key, &other.key) {
            *intervals = true;
        }
    }

    /// The entry of cells without a colour.
    pub(super) fn cell(special: Special) -> Self {
        Self { label: special.label().into(), key: Key::Cell(special) }
    }

    /// The entry of positive values below a logarithmic axis.
    pub(super) fn below() -> Self {
        Self { label: "positive, below the axis".into(), key: Key::Below }
    }

    /// The entry of zeros beside them.
    pub(super) fn zero() -> Self {
        Self { label: "exactly 0 (hollow mark, of any shape)".into(), key: Key::Zero }
    }

    /// A line of text.
    pub(super) fn text(text: &str) -> Self {
        Self { label: text.into(), key: Key::Text }
    }

    /// How far the label stands from the left.
    fn indent(&self) -> f64 {
        if self.key == Key::Text { 0.0 } else { KEY + KEY_GAP }
    }

    /// Draws the entry below `y`, broken at `width`; returns it with its own width and height.
    fn draw(&self, width: f64) -> Block {
        let mut drawing = Drawing::default();
        let lines = font::wrap(&self.label, SIZE, width - self.indent());
        let middle = LINE_HEIGHT / 2.0;
        match &self.key {
            Key::Text => {}
            Key::Below => series::arrow_below(&mut drawing, (KEY / 2.0, middle + 6.0), GREY),
            Key::Zero => series::hollow(&mut drawing, &palette::mark(0, series::MARK), (KEY / 2.0, middle), GREY),
            Key::Cell(special) => {
                let sample = Rect { x0: KEY / 2.0 - 7.0, y0: middle - 6.0, x1: KEY / 2.0 + 7.0, y1: middle + 6.0 };
                heatmap::draw_special(&mut drawing, &sample, *special);
                drawing.outline(&sample.corners(), 0.6, INK);
            }
            Key::Series { series, intervals, sparse } => {
                draw_sample(&mut drawing, middle, series, *intervals, *sparse);
            }
        }
        for (k, line) in lines.iter().enumerate() {
            let baseline = k as f64 * LINE_HEIGHT + middle + 0.36 * SIZE;
            drawing.text(line, (self.indent(), baseline), SIZE, INK, Anchor::Start);
        }
        let text = lines.iter().map(|line| font::width(line, SIZE)).fold(0.0, f64::max);
        Block { drawing, width: self.indent() + text, height: lines.len() as f64 * LINE_HEIGHT }
    }
}

/// The sample of a series: its interval, line and mark.
fn draw_sample(drawing: &mut Drawing, y: f64, series: &Series, intervals: bool, sparse: bool) {
    let (color, middle) = (palette::color(series.color), KEY / 2.0);
    match series.interval {
        Interval::Band if intervals => {
            let band = Rect { x0: 0.0, y0: y - 5.0, x1: KEY, y1: y + 5.0 };
            drawing.fill(band.corners().to_vec(), color, series::BAND);
        }
        Interval::Bars if intervals => drawing.line(vec![(middle, y - 6.0), (middle, y + 6.0)], 1.0, color),
        _ => {}
    }
    series::stroke(drawing, &[(0.0, y), (KEY, y)], series);
    if sparse || series::is_marked(series.style) {
        series::mark(drawing, (middle, y), series, false);
    }
}

/// A drawing with its extent to the right of and below its origin.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) drawing: Drawing,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The entries one below the other on a white ground with a thin border, at most `width` wide.
pub(super) fn boxed(entries: &[Entry], width: f64) -> Block {
    let blocks: Vec<Block> = entries.iter().map(|entry| entry.draw(width - 2.0 * PADDING)).collect();
    let inner = blocks.iter().map(|block| block.width).fold(0.0, f64::max);
    let height = blocks.iter().map(|block| block.height).sum::<f64>();
    let (width, height) = (inner + 2.0 * PADDING, height + PADDING);
    let mut drawing = Drawing::default();
    let border = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
    drawing.fill(border.corners().to_vec(), WHITE, 0.85);
    drawing.outline(&border.corners(), 0.8, GRID);
    let mut y = PADDING / 2.0;
    for block in blocks {
        drawing.place(block.drawing, (PADDING, y));
        y += block.height;
    }
    Block { drawing, width, height }
}

/// The entries row by row, in as many columns as fit into `width`.
pub(super) fn rows(entries: &[Entry], width: f64) -> Block {
    const GAP: f64 = 18.0;
    let blocks: Vec<Block> = entries.iter().map(|entry| entry.draw(width)).collect();
    let widest = |columns: usize| -> Vec<f64> {
        let column = |k| blocks.iter().skip(k).step_by(columns).map(|block| block.width + GAP).fold(0.0, f64::max);
        (0..columns).map(column).collect()
    };
    let fits = |columns: &Vec<f64>| columns.iter().sum::<f64>() - GAP <= width;
    let columns = (1..=blocks.len()).rev().map(widest).find(fits).unwrap_or_else(|| widest(1));
    let (mut drawing, mut y) = (Drawing::default(), 0.0);
    for row in blocks.chunks(columns.len()) {
        let mut x = 0.0;
        for (block, column) in row.iter().zip(&columns) {
            drawing.place(block.drawing.clone(), (x, y));
            x += column;
        }
        y += row.iter().map(|block| block.height).fold(0.0, f64::max);
    }
    Block { drawing, width: columns.iter().sum::<f64>() - GAP, height: y }
}

/// Where a box of this size goes in the panel's range: at the place asked for, or at the first of eight that hides
/// nothing; `None` if there is none, or if it goes below.
pub(super) fn position(block: &Block, range: &Rect, occupied: &Occupied, legend: Legend) -> Option<Pt> {
    let (left, right) = (range.x0 + INSET, range.x1 - INSET - block.width);
    let (top, bottom) = (range.y0 + INSET, range.y1 - INSET - block.height);
    let (middle, centre) = ((left + right) / 2.0, (top + bottom) / 2.0);
    match legend {
        Legend::TopRight => return Some((right, top)),
        Legend::TopLeft => return Some((left, top)),
        Legend::BottomRight => return Some((right, bottom)),
        Legend::BottomLeft => return Some((left, bottom)),
        Legend::Below | Legend::Hidden => return None,
        Legend::Auto if right < left || bottom < top => return None,
        Legend::Auto => {}
    }
    let corners = [(right, top), (left, top), (right, bottom), (left, bottom)];
    let sides = [(right, centre), (left, centre), (middle, top), (middle, bottom)];
    corners.into_iter().chain(sides).find(|&(x, y)| {
        let place = Rect { x0: x, y0: y, x1: x + block.width, y1: y + block.height };
        occupied.hidden_by(&place.grown(4.0)) == 0
    })
}
