//! What a figure is: plain data, with nothing of pixels in it. Everything here serialises with serde and comes back
//! equal, so that a figure drawn again from its description has the same bytes.

use serde::{Deserialize, Serialize};

use super::number;
use super::size::Size;

/// A figure: panels in a grid, filled row by row, under one title.
///
/// ```
/// use selfreward::plot::{Axis, Figure, Panel, Series, Style};
///
/// let points = [(1.0, 0.5), (10.0, 0.25)];
/// let panel = Panel::new("", Axis::log("samples"), Axis::linear("failure rate"));
/// let figure = Figure::new("Halved").panel(panel.series(Series::new("measured", Style::LineMarkers, 0, points)));
/// let svg = figure.to_svg()?;
/// assert!(svg.contains("failure rate"));
/// // The same description has the same bytes.
/// assert_eq!(svg, figure.clone().to_svg()?);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Figure {
    /// The title; wrapped to the figure's width.
    pub title: String,
    /// A sentence that says what is seen; wrapped to the figure's width.
    pub subtitle: Option<String>,
    /// The panels, row by row; at least one.
    pub panels: Vec<Panel>,
    /// Panels per row, at least 1.
    pub columns: usize,
    /// One legend at the foot of the figure, for the labels of all panels, in place of one legend per panel.
    pub shared_legend: bool,
    /// Symbols that the figure explains by itself, with their meanings (an empty one: the text itself explains it), before and in place
    /// of those that [`symbols`](super::symbols) knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<(String, String)>,
    /// Whether no line under the figure explains symbols: a caption does.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bare: bool,
    /// The size of the whole; as large as its panels are drawn best if not given. Texts keep their size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

impl Figure {
    /// An empty figure of one column.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), columns: 1, ..Self::default() }
    }

    /// Sets the sentence below the title.
    pub fn subtitle(mut self, text: impl Into<String>) -> Self {
        self.subtitle = Some(text.into());
        self
    }

    /// Says what a symbol means in this figure; with an empty meaning, that the figure's texts say so.
    pub fn symbol(mut self, symbol: impl Into<String>, meaning: impl Into<String>) -> Self {
        self.symbols.push((symbol.into(), meaning.into()));
        self
    }

    /// Sets the number of panels per row.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    /// Sets the size of the whole.
    pub fn size(mut self, size: Size) -> Self {
        self.size = Some(size);
        self
    }

    /// Appends a panel.
    pub fn panel(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }

    /// Replaces the panels' legends by one at the figure's foot.
    pub fn shared_legend(mut self) -> Self {
        self.shared_legend = true;
        self
    }
}

/// One pair of axes and what is drawn on it, from back to front: heat map, guides, series, notes and legend.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Panel {
    /// The panel's title; empty for none.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// A heat map behind everything else.
    pub heatmap: Option<Heatmap>,
    /// Reference lines.
    pub guides: Vec<Guide>,
    /// The data.
    pub series: Vec<Series>,
    /// Lines of text, set where they hide no data, or else below the panel.
    pub notes: Vec<String>,
    /// Where the legend goes.
    pub legend: Legend,
}

impl Panel {
    /// An empty panel.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self { title: title.into(), x, y, ..Self::default() }
    }

    /// Appends a series.
    pub fn series(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// Appends a reference line.
    pub fn guide(mut self, guide: Guide) -> Self {
        self.guides.push(guide);
        self
    }

    /// Appends a line of text.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Sets the legend's place.
    pub fn legend(mut self, legend: Legend) -> Self {
        self.legend = legend;
        self
    }

    /// Sets the heat map.
    pub fn heatmap(mut self, heatmap: Heatmap) -> Self {
        self.heatmap = Some(heatmap);
        self
    }
}

/// How numbers are laid along an axis or a colour bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Equal differences take equal lengths.
    #[default]
    Linear,
    /// Equal ratios take equal lengths. Zero and negative values have no place on it: they are marked in a gutter of
    /// their own beyond the axis's lower end, labelled "0" (or "≤0"). A positive value below the range of a vertical axis is marked
    /// by an open arrow that points down, at the range's end.
    Log10,
}

/// An axis. `+∞` (and `−∞` on a linear axis) is marked in a gutter beyond the axis's end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Axis {
    /// The axis's label, with its unit.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// The two ends, low < high, both positive on a logarithmic axis; from the data, with a margin, if not given.
    /// What lies outside is clipped where it truly leaves the range.
    pub range: Option<(f64, f64)>,
    /// Ticks at chosen values with chosen labels (for categories); round numbers if empty.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// A linear axis whose range follows the data.
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A logarithmic axis whose range follows the data.
    pub fn log(label: impl Into<String>) -> Self {
        Self { label: label.into(), scale: Scale::Log10, ..Self::default() }
    }

    /// Fixes the range.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Labels the values 0, 1, 2, … with these names.
    pub fn categories<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.ticks = names.into_iter().enumerate().map(|(i, name)| (i as f64, name.into())).collect();
        self
    }
}

/// A point of a series, with the ends of its interval if it has one. A NaN in `x` or `y` breaks the line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Abscissa.
    #[serde(with = "number")]
    pub x: f64,
    /// Ordinate.
    #[serde(with = "number")]
    pub y: f64,
    /// The interval's lower end, in the units of `y`.
    #[serde(default, with = "number::option")]
    pub lo: Option<f64>,
    /// The interval's upper end, in the units of `y`.
    #[serde(default, with = "number::option")]
    pub hi: Option<f64>,
}

impl From<(f64, f64)> for Point {
    fn from((x, y): (f64, f64)) -> Self {
        Self { x, y, lo: None, hi: None }
    }
}

impl From<(f64, f64, f64, f64)> for Point {
    /// (x, y, lo, hi)
    fn from((x, y, lo, hi): (f64, f64, f64, f64)) -> Self {
        Self { x, y, lo: Some(lo), hi: Some(hi) }
    }
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// A solid line and a mark on every point.
    #[default]
    LineMarkers,
    /// A dashed line and a mark on every point.
    DashedMarkers,
    /// Marks only. A small arrowhead at the edge stands for a point outside the range.
    Markers,
    /// A solid line. Where a panel holds several unmarked lines of one dash pattern, a few of their points are
    /// marked, so that they differ in grey too.
    Line,
    /// A dashed line.
    Dashed,
    /// A dotted line.
    Dotted,
    /// A line of dashes and dots.
    DashDotted,
}

/// How the intervals of a series are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// A translucent band from `lo` to `hi`; a bar where a point has no neighbours.
    #[default]
    Band,
    /// A bar from `lo` to `hi` at each point.
    Bars,
}

/// Points drawn in one colour.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Series {
    /// The entry in the legend; none if not given.
    pub label: Option<String>,
    /// The points, in the order in which the line joins them.
    pub points: Vec<Point>,
    /// Line and marks.
    pub style: Style,
    /// Index into the Okabe–Ito palette (blue, vermillion, green, purple, orange, sky blue, black, yellow, and again
    /// from the start); it also chooses the shape of the marks.
    pub color: usize,
    /// Band or bars.
    pub interval: Interval,
    /// Whether a line goes without the marks that tell unmarked lines apart: it belongs to another series of its colour.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
}

impl Series {
    /// A series with an entry in the legend.
    pub fn new<P: Into<Point>>(
        label: impl Into<String>,
        style: Style,
        color: usize,
        points: impl IntoIterator<Item = P>,
    ) -> Self {
        Self { label: Some(label.into()), ..Self::unlabelled(style, color, points) }
    }

    /// A series without an entry in the legend.
    pub fn unlabelled<P: Into<Point>>(style: Style, color: usize, points: impl IntoIterator<Item = P>) -> Self {
        let points = points.into_iter().map(Into::into).collect();
        Self { label: None, points, style, color, interval: Interval::Band, plain: false }
    }

    /// Leaves out the marks that tell unmarked lines apart.
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Draws intervals as bars in place of a band.
    pub fn bars(mut self) -> Self {
        self.interval = Interval::Bars;
        self
    }
}

/// A thin grey reference line, labelled beside it. It does not widen the axes: where it lies outside the ranges (or has
/// no place on an axis, as 0 on a logarithmic one), it is not drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Guide {
    /// y = const.
    Horizontal {
        /// Where.
        y: f64,
        /// Its label; empty for none.
        label: String,
    },
    /// x = const.
    Vertical {
        /// Where.
        x: f64,
        /// Its label; empty for none.
        label: String,
    },
    /// A straight line on the axes as drawn: y = y₀ + s·(x − x₀) with every logarithmic coordinate replaced by its
    /// log₁₀. On two logarithmic axes this is the power law y = y₀·(x/x₀)^s.
    Slope {
        /// A point (x₀, y₀) of the line.
        through: (f64, f64),
        /// The slope s.
        slope: f64,
        /// The values of x from and to which it is drawn; the whole panel if not given.
        span: Option<(f64, f64)>,
        /// Its label; empty for none.
        label: String,
    },
}

impl Guide {
    /// A horizontal line.
    pub fn horizontal(y: f64, label: impl Into<String>) -> Self {
        Self::Horizontal { y, label: label.into() }
    }

    /// A vertical line.
    pub fn vertical(x: f64, label: impl Into<String>) -> Self {
        Self::Vertical { x, label: label.into() }
    }

    /// A line of given slope through a point (see [`Guide::Slope`]).
    pub fn slope(through: (f64, f64), slope: f64, label: impl Into<String>) -> Self {
        Self::Slope { through, slope, span: None, label: label.into() }
    }
}

/// Where a panel's legend goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Legend {
    /// A place inside the panel that hides no data, or else below the panel.
    #[default]
    Auto,
    /// Inside, top right.
    TopRight,
    /// Inside, top left.
    TopLeft,
    /// Inside, bottom right.
    BottomRight,
    /// Inside, bottom left.
    BottomLeft,
    /// Below the panel.
    Below,
    /// No legend.
    Hidden,
}

/// A heat map on a grid. Cell borders lie half-way between neighbouring centres, as seen on the axes.
///
/// Exact zeros (blank grey), missing cells (hatched) and infinite ones (crossed) look like no colour of the scale. Lines on a
/// heat map have a white casing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Heatmap {
    /// The columns' centres, strictly increasing.
    pub x: Vec<f64>,
    /// The rows' centres, strictly increasing.
    pub y: Vec<f64>,
    /// `values[j][i]` belongs to `(x[i], y[j])`; NaN where there is none.
    #[serde(with = "number::matrix")]
    pub values: Vec<Vec<f64>>,
    /// The colour bar's label.
    pub label: String,
    /// The colour scale.
    pub scale: Scale,
    /// The colour scale's ends; from the data if not given. Values beyond take the end's colour, and the colour bar
    /// then ends in an arrow.
    pub range: Option<(f64, f64)>,
}
