//! Figures: the one place that draws.
//!
//! A [`Figure`] is plain data: panels with linear or logarithmic axes, series with intervals, reference lines, heat
//! maps. [`Figure::to_svg`] draws it, [`Figure::to_png`] as pixels, [`Figure::to_pdf`] for print, [`save`]
//! writes all three. Nothing but the description enters: the same figure has the same bytes on every call.
//!
//! What is drawn is true to the numbers:
//!
//! - what leaves an axis's range leaves it where it crosses the edge, and is never set down on the edge;
//! - exact zeros on a logarithmic axis, and infinities, have no place on the axis: they stand as hollow marks in a
//!   gutter of their own, and only fine dots lead to them;
//! - a character that the font lacks is drawn as an empty box, a very long label is cut: text never costs a figure;
//! - a positive value below a logarithmic axis is an open arrow that points down, at the axis's end: no mark of a zero;
//! - NaN breaks a line; an interval that reaches 0 runs down through the whole logarithmic axis.
//!
//! Texts are written as one types them: `F_T`, `κ_{t+1}` and `2^25` are set with sub- and superscripts ([`script`]), 1048576 as 2²⁰,
//! and a line under the figure says what its symbols mean ([`symbols`]).
//!
//! ```
//! use selfreward::plot::{Axis, Figure, Guide, Panel, Series, Style};
//!
//! let measured = [(10.0, 0.3, 0.2, 0.4), (100.0, 0.1, 0.05, 0.15), (1000.0, 0.0, 0.0, 0.003)]; // x, y, lo, hi
//! let bound = [10.0, 100.0, 1000.0].map(|n: f64| (n, n.powf(-0.5)));
//! let panel = Panel::new("β = 0.1", Axis::log("samples n"), Axis::log("failure rate").range(1e-3, 1.0))
//!     .series(Series::new("measured", Style::LineMarkers, 0, measured))
//!     .series(Series::new("bound", Style::Dashed, 1, bound))
//!     .guide(Guide::slope((10.0, 0.05), -0.5, "slope −1/2"));
//! let figure = Figure::new("Failure falls with n").subtitle("Bands: 95% intervals.").panel(panel);
//! assert!(figure.to_svg()?.starts_with("<svg"));
//! # Ok::<(), selfreward::Error>(())
//! ```

mod axes;
mod axis;
mod canvas;
pub mod clip;
mod figure;
mod font;
mod foot;
mod guide;
mod heatmap;
mod layout;
mod legend;
mod legible;
mod located;
mod number;
mod palette;
mod panel;
mod pdf;
mod png;
mod power;
mod save;
pub mod script;
mod series;
mod shape;
mod size;
pub mod symbols;
pub mod ticks;

pub use figure::{Axis, Figure, Guide, Heatmap, Interval, Legend, Panel, Point, Scale, Series, Style};
pub use located::{Datum, Drawn, Located};
pub use save::{contents, files, named, save};
pub use size::Size;
