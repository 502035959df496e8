//! Where a figure's numbers lie in its drawing, for whoever wants to point at them.

use super::clip::Pt;
use super::figure::{Panel, Point};
use super::series::{self, Frame};

/// A figure as drawn: the document, and where its numbers lie in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawn {
    /// The SVG document.
    pub svg: String,
    /// Every number that is visible, panel by panel, series by series, point by point.
    pub located: Vec<Located>,
}

/// A number of a figure and its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Located {
    /// The panel's index.
    pub panel: usize,
    /// Which of the panel's numbers.
    pub datum: Datum,
    /// From the left and from the top, in the units of the document's `viewBox`.
    pub at: (f64, f64),
}

/// One of a panel's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datum {
    /// A point of a series.
    Point {
        /// The series' index in its panel.
        series: usize,
        /// The point's index in its series.
        point: usize,
    },
    /// A cell of the heat map.
    Cell {
        /// Its column: an index into [`Heatmap::x`](super::Heatmap::x).
        column: usize,
        /// Its row: an index into [`Heatmap::y`](super::Heatmap::y).
        row: usize,
    },
}

/// The visible numbers of a panel, in pixels about the panel's origin.
pub(super) fn of_panel(panel: &Panel, frame: &Frame) -> Vec<(Datum, Pt)> {
    let visible = |datum: Datum, point: &Point| {
        let spot = frame.spot(point)?;
        spot.visible.then_some((datum, spot.at))
    };
    let mut located = Vec::new();
    for (series, points) in panel.series.iter().enumerate().map(|(index, series)| (index, &series.points)) {
        // An arrow stands for a positive value below the axis.
        let marked = series::is_marked(panel.series[series].style);
        let place = |(point, at): (usize, &Point)| {
            let datum = Datum::Point { series, point };
            let arrow = || frame.spot(at)?.below.filter(|_| marked).map(|tip| (datum, tip));
            visible(datum, at).or_else(arrow)
        };
        located.extend(points.iter().enumerate().filter_map(place));
    }
    if let Some(heatmap) = &panel.heatmap {
        for (row, &y) in heatmap.y.iter().enumerate() {
            let place = |(column, &x): (usize, &f64)| visible(Datum::Cell { column, row }, &Point::from((x, y)));
            located.extend(heatmap.x.iter().enumerate().filter_map(place));
        }
    }
    located
}
