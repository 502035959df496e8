//! Draws a panel's two axes: ticks that fit, grid, gutters, frame, labels.

use super::axis::{AxisMap, coordinate};
use super::clip::Rect;
use super::figure::{Axis, Panel};
use super::font;
use super::palette::{GREY, GRID, GROUND, INK};
use super::panel::Margins;
use super::series::Frame;
use super::shape::{Anchor, Drawing};
use super::ticks::{Tick, ticks};

const LABEL: f64 = 12.0;
const TICK: f64 = 11.0;
/// Height of a line of a name.
const LINE: f64 = 1.15 * TICK;
/// Length of a labelled tick and of a minor one.
const TICK_LENGTH: (f64, f64) = (4.5, 2.5);

/// The axes of a panel with their ticks chosen.
pub(super) struct Axes<'a> {
    panel: &'a Panel,
    frame: &'a Frame,
    x: Vec<Tick>,
    y: Vec<Tick>,
    size: (f64, f64),
}

impl<'a> Axes<'a> {
    pub(super) fn new(panel: &'a Panel, frame: &'a Frame, size: (f64, f64)) -> Self {
        let x = fitting(&panel.x, &frame.x, 48.0, |label| font::width(label, TICK) + 10.0);
        let y = fitting(&panel.y, &frame.y, 30.0, |_| TICK + 1.0);
        Self { panel, frame, x, y, size }
    }

    /// The gutters' rectangles, those of the x axis first.
    fn gutters(&self) -> Vec<Rect> {
        let (width, height) = self.size;
        let strips = |axis: &'a AxisMap| {
            let gutters = [(&axis.low, axis.ends.0), (&axis.high, axis.ends.1)].into_iter();
            gutters.filter_map(|(g, end)| g.as_ref().map(|g| (end.min(g.edge), end.max(g.edge))))
        };
        let x = strips(&self.frame.x).map(|(x0, x1)| Rect { x0, y0: 0.0, x1, y1: height });
        let y = strips(&self.frame.y).map(|(y0, y1)| Rect { x0: 0.0, y0, x1: width, y1 });
        x.chain(y).collect()
    }

    /// The gutters' ground, and lines across the plot area at labelled ticks.
    pub(super) fn draw_grid(&self, drawing: &mut Drawing) {
        let (width, height) = self.size;
        for gutter in self.gutters() {
            drawing.rect(gutter, GROUND);
        }
        let labelled = |tick: &&Tick| tick.label.is_some();
        for x in self.x.iter().filter(labelled).map(|tick| self.frame.x.pixel(tick.at)) {
            drawing.line(vec![(x, 0.0), (x, height)], 0.7, GRID);
        }
        for y in self.y.iter().filter(labelled).map(|tick| self.frame.y.pixel(tick.at)) {
            drawing.line(vec![(0.0, y), (width, y)], 0.7, GRID);
        }
    }

    /// The borders of the gutters and of the plot area, and the ticks outside it.
    pub(super) fn draw_frame(&self, drawing: &mut Drawing) {
        let (width, height) = self.size;
        for gutter in self.gutters() {
            drawing.outline(&gutter.corners(), 0.7, GREY);
        }
        let length = |tick: &Tick| if tick.label.is_some() { TICK_LENGTH.0 } else { TICK_LENGTH.1 };
        for tick in &self.x {
            let x = self.frame.x.pixel(tick.at);
            drawing.line(vec![(x, height), (x, height + length(tick))], 0.8, INK);
        }
        for tick in &self.y {
            let y = self.frame.y.pixel(tick.at);
            drawing.line(vec![(-length(tick), y), (0.0, y)], 0.8, INK);
        }
        drawing.outline(&Rect { x0: 0.0, y0: 0.0, x1: width, y1: height }.corners(), 1.0, INK);
    }

    /// Labels below the plot area; widens the margins to hold them.
    pub(super) fn draw_x_labels(&self, drawing: &mut Drawing, margins: &mut Margins) {
        let (width, height) = self.size;
        let labels = labels(&self.x, &self.frame.x);
        let slot = if self.panel.x.ticks.is_empty() { width } else { width / labels.len().max(1) as f64 - 4.0 };
        let mut deepest = 0;
        for (x, label) in labels {
            let lines = font::wrap(&label, TICK, slot);
            for (k, line) in lines.iter().enumerate() {
                let baseline = height + 7.0 + 0.8 * TICK + k as f64 * 1.2 * TICK;
                drawing.text(line, (x, baseline), TICK, INK, Anchor::Middle);
                let half = font::width(line, TICK) / 2.0;
                margins.left = margins.left.max(half - x);
                margins.right = margins.right.max(x + half - width);
            }
            deepest = deepest.max(lines.len());
        }
        let mut bottom = 7.0 + 1.2 * TICK * deepest as f64;
        for line in font::wrap(&self.panel.x.label, LABEL, width) {
            bottom += 1.25 * LABEL;
            drawing.text(line, (width / 2.0, height + bottom), LABEL, INK, Anchor::Middle);
        }
        margins.bottom = bottom + 6.0;
    }

    /// Labels to the left of the plot area; widens the margin to hold them.
    pub(super) fn draw_y_labels(&self, drawing: &mut Drawing, margins: &mut Margins) {
        let mut left: f64 = 0.0;
        for (y, label) in labels(&self.y, &self.frame.y) {
            let lines = name_lines(&label, self.size.0);
            let first = y + 0.36 * TICK - 0.5 * LINE * lines.len().saturating_sub(1) as f64;
            for (k, line) in lines.iter().enumerate() {
                left = left.max(font::width(line, TICK));
                drawing.text(line, (-7.0, first + LINE * k as f64), TICK, INK, Anchor::End);
            }
        }
        left += 7.0 + 11.0;
        for line in font::wrap(&self.panel.y.label, LABEL, self.size.1).iter().rev() {
            drawing.vertical_text(line, (-left, self.size.1 / 2.0), LABEL, INK);
            left += 1.25 * LABEL;
        }
        margins.left = margins.left.max(left);
    }
}

/// A name beside the vertical axis of a plot area of this width, in lines: names leave room for the plot area.
fn name_lines(name: &str, width: f64) -> Vec<String> {
    font::wrap(name, TICK, (0.75 * width).max(120.0))
}

/// The height in which the names beside a panel's vertical axis stand clear of each other.
pub(super) fn height_of_names(panel: &Panel, width: f64) -> f64 {
    let lines = panel.y.ticks.iter().map(|(_, name)| name_lines(name, width).len()).max().unwrap_or(0);
    LINE * (lines * panel.y.ticks.len()) as f64
}

/// The labels of an axis with their pixels: its ticks' and its gutters'.
fn labels(ticks: &[Tick], map: &AxisMap) -> Vec<(f64, String)> {
    let gutters = [&map.low, &map.high].into_iter().flatten().map(|g| (g.middle, g.label.to_string()));
    ticks.iter().filter_map(|tick| Some((map.pixel(tick.at), tick.label.clone()?))).chain(gutters).collect()
}

/// The ticks of an axis: those asked for, or as many as fit so that labels of these sizes do not touch, `pitch`
/// pixels apart on average at least.
fn fitting(axis: &Axis, map: &AxisMap, pitch: f64, size: impl Fn(&str) -> f64) -> Vec<Tick> {
    if !axis.ticks.is_empty() {
        let chosen = axis.ticks.iter().map(|(v, l)| Tick { at: coordinate(axis.scale, *v), label: Some(l.clone()) });
        return chosen.filter(|tick| (map.range.0..=map.range.1).contains(&tick.at)).collect();
    }
    let (low, high) = map.span();
    let most = (((high - low) / pitch) as usize).clamp(2, 9);
    let fits = |candidate: &Vec<Tick>| {
        let mut places: Vec<_> = labels(candidate, map).into_iter().map(|(p, label)| (p, size(&label))).collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        places.windows(2).all(|pair| pair[1].0 - pair[0].0 >= (pair[0].1 + pair[1].1) / 2.0)
    };
    let mut candidates = (1..=most).rev().map(|most| ticks(axis.scale, map.range, most));
    candidates.find(fits).unwrap_or_else(|| ticks(axis.scale, map.range, 1))
}
