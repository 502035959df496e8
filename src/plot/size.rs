//! The size of a figure on paper: panels grow and shrink to it, texts do not.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::axes::height_of_names;
use super::figure::Panel;
use super::layout::{BORDER, Grid, plot_size};
use super::panel::{self, Prepared};
use crate::error::{Error, Result};

/// A plot area narrower than this beside another one is set below it.
const BESIDE: f64 = 150.0;
/// The least width and height of a plot area that can be read.
const LEAST: (f64, f64) = (90.0, 60.0);
/// The least height of a heat map, where nothing else is asked: labels run along its side and along that of its colour bar.
const MAPPED: f64 = 150.0;
/// Height of a plot area to its width, and the most that it is.
const SHAPE: (f64, f64) = (0.68, 300.0);
/// Labels that are broken otherwise change what is left for a plot area: so often is it measured anew.
const TRIES: usize = 12;

/// Width and, if it is to be kept to, height, in pixels of 1/96 inch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// The width.
    pub width: f64,
    /// The height; as high as the panels are drawn best if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<f64>,
}

impl Size {
    /// Pixels of a length such as `3.25in`, `8.5cm`, `85mm`, `234pt` or `400px`.
    ///
    /// ```
    /// use selfreward::plot::Size;
    ///
    /// assert_eq!(Size::pixels("--width", "3.25in")?, 3.25 * 96.0);
    /// assert_eq!(Size::pixels("--width", "72pt")?, 96.0);
    /// assert!((Size::pixels("--width", "2.54cm")? - 96.0).abs() < 1e-12);
    /// assert!(Size::pixels("--width", "3.25").is_err());
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Argument`] under this name unless it is a number with one of these units, from 1 to 100 inches.
    pub fn pixels(name: &str, text: &str) -> Result<f64> {
        const UNITS: [(&str, f64); 5] =
            [("in", 96.0), ("cm", 96.0 / 2.54), ("mm", 96.0 / 25.4), ("pt", 96.0 / 72.0), ("px", 1.0)];
        let found = UNITS.iter().find_map(|(unit, size)| Some((text.trim().strip_suffix(unit)?, size)));
        let length = found.and_then(|(number, size)| Some(f64::from_str(number.trim()).ok()? * size));
        let fits = |length: &f64| (96.0..=9600.0).contains(length);
        let expected = "a length from 1in to 100in with its unit (in, cm, mm, pt or px), such as 3.25in";
        length.filter(fits).ok_or_else(|| Error::argument(name, text, expected))
    }
}

/// Panels drawn to fit.
pub(super) struct Fitted {
    pub(super) panels: Vec<Prepared>,
    pub(super) grid: Grid,
}

/// Draws panels in `columns` as large as they are drawn best.
pub(super) fn natural(panels: &[Panel], columns: usize, own_legend: bool) -> Result<Fitted> {
    arranged(panels, columns, plot_size(columns), own_legend)
}

/// Draws panels in `columns`, or in fewer, so that the whole has a size. `around` gives, for the width that panels may take, the
/// height of what stands above and below them.
///
/// # Errors
/// [`Error::Argument`] if a plot area would be too small to be read.
pub(super) fn fitted(
    panels: &[Panel],
    columns: usize,
    own_legend: bool,
    size: Size,
    around: impl Fn(&[Prepared], f64) -> f64,
) -> Result<Fitted> {
    let available = size.width - 2.0 * BORDER;
    let mapped = panels.iter().any(|panel| panel.heatmap.is_some());
    let least = if mapped { MAPPED } else { LEAST.1 };
    for columns in (1..=columns).rev() {
        let mut plot = (available / columns as f64 - 70.0).max(LEAST.0);
        let mut found = None;
        for _ in 0..TRIES {
            let names = panels.iter().map(|panel| height_of_names(panel, plot)).fold(0.0, f64::max);
            let shape = (plot, (SHAPE.0 * plot).clamp(least, SHAPE.1).max(names));
            let fitted = arranged(panels, columns, shape, own_legend)?;
            let spare = available - fitted.grid.width;
            if (0.0..1.0).contains(&spare) {
                found = Some((shape, fitted));
                break;
            }
            // What fits with room to spare is kept, unless something better comes.
            if spare >= 0.0 {
                found = Some((shape, fitted));
            }
            let next = plot + (spare / columns as f64).floor();
            if next == plot || next < LEAST.0 {
                break;
            }
            plot = next;
        }
        match found {
            Some((shape, fitted)) if columns == 1 || shape.0 >= BESIDE => {
                return match size.height {
                    Some(height) => of_height(panels, columns, shape.0, own_legend, (height, size.width), around),
                    None => Ok(fitted),
                };
            }
            _ => {}
        }
    }
    Err(Error::argument("width", format!("{:.0}px", size.width), "a width in which labels leave room for a plot area"))
}

/// The panels with plot areas of this width, as high as the whole may be.
fn of_height(
    panels: &[Panel],
    columns: usize,
    width: f64,
    own_legend: bool,
    (height, of_width): (f64, f64),
    around: impl Fn(&[Prepared], f64) -> f64,
) -> Result<Fitted> {
    let rows = panels.len().div_ceil(columns) as f64;
    let mut plot = (height / rows - 60.0).max(LEAST.1);
    let mut best = None;
    for _ in 0..TRIES {
        let fitted = arranged(panels, columns, (width, plot), own_legend)?;
        let spare = height - BORDER - fitted.grid.height - around(&fitted.panels, of_width - 2.0 * BORDER);
        let fits = (0.0..rows).contains(&spare);
        if spare >= 0.0 {
            best = Some(fitted);
        }
        let next = plot + (spare / rows).floor();
        if fits || next == plot || next < LEAST.1 {
            break;
        }
        plot = next;
    }
    best.ok_or_else(|| {
        let expected =
            "a height in which titles, labels and legends leave room for plot areas; or none, for the best one";
        Error::argument("height", format!("{height:.0}px"), expected)
    })
}

fn arranged(panels: &[Panel], columns: usize, plot: (f64, f64), own_legend: bool) -> Result<Fitted> {
    let panels = panels.iter().map(|panel| panel::prepare(panel, plot, own_legend)).collect::<Result<Vec<_>>>()?;
    let grid = Grid::new(&panels.iter().map(|p| p.margins).collect::<Vec<_>>(), columns, plot);
    Ok(Fitted { panels, grid })
}
