//! Heat maps and their colour bars.

use super::axis::{checked_range, coordinate, data_range};
use super::clip::{self, Rect};
use super::figure::{Axis, Heatmap, Scale};
use super::font;
use super::palette::{self, GREY, GROUND, INK, WHITE};
use super::series::Frame;
use super::shape::{Anchor, Drawing, Shape};
use super::ticks::ticks;
use crate::error::{Error, Result};

/// Cells that carry a mark, mostly because no colour stands for them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Special {
    /// Exactly zero: blank grey on both scales, so that it is told from whatever is small.
    Zero,
    /// Negative, on a logarithmic colour scale.
    Negative,
    /// NaN.
    Missing,
    /// ±∞.
    Infinite,
}

impl Special {
    const ALL: [Self; 4] = [Self::Zero, Self::Negative, Self::Missing, Self::Infinite];

    fn of(value: f64, scale: Scale) -> Option<Self> {
        match scale {
            _ if value.is_nan() => Some(Self::Missing),
            _ if value.is_infinite() => Some(Self::Infinite),
            _ if value == 0.0 => Some(Self::Zero),
            Scale::Log10 if value < 0.0 => Some(Self::Negative),
            _ => None,
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Zero => "exactly 0",
            Self::Negative => "negative",
            Self::Missing => "no value",
            Self::Infinite => "infinite",
        }
    }
}

/// A heat map whose shape is checked, with its colour range decided.
pub(super) struct Cells<'a> {
    heatmap: &'a Heatmap,
    /// The cells' borders, in coordinates.
    x: Vec<f64>,
    y: Vec<f64>,
    /// The coordinates of the colour scale's ends.
    colors: (f64, f64),
}

impl<'a> Cells<'a> {
    /// Checks the grid and decides the range of colours.
    pub(super) fn new(heatmap: &'a Heatmap, x: &Axis, y: &Axis) -> Result<Self> {
        let wrong_rows = heatmap.values.len() != heatmap.y.len();
        if wrong_rows || heatmap.values.iter().any(|row| row.len() != heatmap.x.len()) {
            let shape = heatmap.values.iter().map(Vec::len).collect::<Vec<_>>();
            let expected = format!("{} rows of {} values", heatmap.y.len(), heatmap.x.len());
            return Err(Error::argument("heat map's row lengths", format!("{shape:?}"), expected));
        }
        let colors = match heatmap.range {
            Some(range) => checked_range(heatmap.scale, &heatmap.label, range)?,
            None => data_range(heatmap.scale, &heatmap.values.concat(), 0.0),
        };
        let (x, y) = (borders(&heatmap.x, x)?, borders(&heatmap.y, y)?);
        Ok(Self { heatmap, x, y, colors })
    }

    /// The coordinates that the cells cover on the two axes.
    pub(super) fn extent(&self) -> [(f64, f64); 2] {
        [&self.x, &self.y].map(|borders| (borders[0], borders[borders.len() - 1]))
    }

    /// The kinds of marked cells that occur.
    pub(super) fn specials(&self) -> Vec<Special> {
        let values = || self.heatmap.values.iter().flatten();
        let occurs = |special: &Special| values().any(|&v| Special::of(v, self.heatmap.scale) == Some(*special));
        Special::ALL.into_iter().filter(occurs).collect()
    }

    fn shade(&self, value: f64) -> f64 {
        (coordinate(self.heatmap.scale, value) - self.colors.0) / (self.colors.1 - self.colors.0)
    }

    /// Draws the cells; their borders lie on half pixels, so that neighbours leave no seam.
    pub(super) fn draw(&self, frame: &Frame) -> Drawing {
        let half = |p: f64| (2.0 * p).round() / 2.0;
        let range = frame.range();
        let mut drawing = Drawing::default();
        for (j, row) in self.heatmap.values.iter().enumerate() {
            for (i, &value) in row.iter().enumerate() {
                let x = [self.x[i], self.x[i + 1]].map(|u| half(frame.x.pixel(u).clamp(range.x0, range.x1)));
                let y = [self.y[j + 1], self.y[j]].map(|u| half(frame.y.pixel(u).clamp(range.y0, range.y1)));
                if x[0] < x[1] && y[0] < y[1] {
                    self.draw_cell(&mut drawing, &Rect { x0: x[0], y0: y[0], x1: x[1], y1: y[1] }, value);
                }
            }
        }
        drawing
    }

    fn draw_cell(&self, drawing: &mut Drawing, cell: &Rect, value: f64) {
        match Special::of(value, self.heatmap.scale) {
            Some(special) => draw_special(drawing, cell, special),
            None => drawing.rect(*cell, palette::viridis(self.shade(value))),
        }
    }

    /// Draws the colour bar to the right of a panel of this width and height; returns it with the room it takes.
    pub(super) fn color_bar(&self, width: f64, height: f64) -> (Drawing, f64) {
        const SIZE: f64 = 11.0;
        const SLICES: u32 = 128;
        let bar = Rect { x0: width + 12.0, y0: 0.0, x1: width + 25.0, y1: height };
        let mut drawing = Drawing::default();
        self.arrows(&mut drawing, &bar);
        // Each slice reaches to the top and is painted over by the next, so that no seam shows.
        for k in 0..SLICES {
            let t = f64::from(k) / f64::from(SLICES);
            drawing.rect(Rect { y1: height * (1.0 - t), ..bar }, palette::viridis(t + 0.5 / f64::from(SLICES)));
        }
        drawing.outline(&bar.corners(), 0.8, INK);
        let mut widest: f64 = 0.0;
        for tick in ticks(self.heatmap.scale, self.colors, (height / 32.0) as usize) {
            let y = height * (1.0 - (tick.at - self.colors.0) / (self.colors.1 - self.colors.0));
            let length = if tick.label.is_some() { 4.0 } else { 2.0 };
            drawing.line(vec![(bar.x1, y), (bar.x1 + length, y)], 0.8, INK);
            if let Some(label) = tick.label {
                widest = widest.max(font::width(&label, SIZE));
                drawing.text(label, (bar.x1 + 7.0, y + 0.36 * SIZE), SIZE, INK, Anchor::Start);
            }
        }
        let mut right = bar.x1 + 7.0 + widest + 6.0;
        for line in font::wrap(&self.heatmap.label, 12.0, height) {
            drawing.vertical_text(line, (right + 11.0, height / 2.0), 12.0, INK);
            right += 15.0;
        }
        (drawing, right - width + 8.0)
    }

    /// An arrow beyond each end of the bar that some value exceeds.
    fn arrows(&self, drawing: &mut Drawing, bar: &Rect) {
        // Zeros of a logarithmic scale have the shade −∞, negative values NaN.
        let shades = || self.heatmap.values.iter().flatten().map(|&v| self.shade(v)).filter(|s| s.is_finite());
        let middle = (bar.x0 + bar.x1) / 2.0;
        for (exceeded, edge, tip, color) in [
            (shades().any(|s| s < 0.0), bar.y1, bar.y1 + 10.0, palette::viridis(0.0)),
            (shades().any(|s| s > 1.0), bar.y0, bar.y0 - 10.0, palette::viridis(1.0)),
        ] {
            if exceeded {
                let corners = [(bar.x0, edge), (middle, tip), (bar.x1, edge)];
                drawing.fill(corners.to_vec(), color, 1.0);
                drawing.outline(&corners, 0.8, INK);
            }
        }
    }
}

/// The borders, in coordinates, half-way between neighbouring centres; the outer cells are symmetric about theirs.
fn borders(centres: &[f64], axis: &Axis) -> Result<Vec<f64>> {
    let u: Vec<f64> = centres.iter().map(|&c| coordinate(axis.scale, c)).collect();
    if u.is_empty() || u.iter().any(|u| !u.is_finite()) || u.windows(2).any(|w| w[0] >= w[1]) {
        let expected = "one or more increasing numbers (positive ones on a logarithmic axis)";
        return Err(Error::argument(format!("centres along {:?}", axis.label), format!("{centres:?}"), expected));
    }
    let last = u.len() - 1;
    let (first_half, last_half) =
        if last == 0 { (0.5, 0.5) } else { ((u[1] - u[0]) / 2.0, (u[last] - u[last - 1]) / 2.0) };
    let between = u.windows(2).map(|w| w[0] + (w[1] - w[0]) / 2.0);
    Ok(std::iter::once(u[0] - first_half).chain(between).chain([u[last] + last_half]).collect())
}

/// Draws a marked cell, as it looks where no colour stands for it.
pub(super) fn draw_special(drawing: &mut Drawing, cell: &Rect, special: Special) {
    drawing.rect(*cell, if special == Special::Missing { WHITE } else { GROUND });
    match special {
        Special::Zero => {}
        Special::Negative => {
            let y = (cell.y0 + cell.y1) / 2.0;
            let quarter = (cell.x1 - cell.x0) / 4.0;
            drawing.line(vec![(cell.x0 + quarter, y), (cell.x1 - quarter, y)], 1.0, INK);
        }
        Special::Missing => hatch(drawing, cell),
        Special::Infinite => {
            drawing.line(vec![(cell.x0, cell.y0), (cell.x1, cell.y1)], 0.8, INK);
            drawing.line(vec![(cell.x0, cell.y1), (cell.x1, cell.y0)], 0.8, INK);
        }
    }
}

/// What is drawn on a heat map, each of its lines on a wider white one: seen on every colour.
pub(super) fn cased(lines: Drawing) -> Drawing {
    /// What the white shows on either side.
    const CASING: f64 = 1.4;
    let casing = lines.shapes.iter().filter_map(|shape| match shape {
        Shape::Line { points, width, .. } => {
            Some(Shape::Line { points: points.clone(), width: width + 2.0 * CASING, color: WHITE })
        }
        _ => None,
    });
    let shapes = casing.chain(lines.shapes.iter().cloned()).collect();
    Drawing { shapes }
}

/// Thin diagonal lines, which run on from cell to cell.
fn hatch(drawing: &mut Drawing, cell: &Rect) {
    const SPACING: f64 = 5.0;
    let (first, last) = ((cell.x0 + cell.y0) / SPACING, (cell.x1 + cell.y1) / SPACING);
    for k in first.ceil() as i64..=last.floor() as i64 {
        let sum = k as f64 * SPACING;
        if let Some((a, b)) = clip::segment((sum - cell.y1, cell.y1), (sum - cell.y0, cell.y0), cell) {
            drawing.line(vec![a, b], 0.7, GREY);
        }
    }
}
