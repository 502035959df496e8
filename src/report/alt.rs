//! What a figure shows, in words, for those who do not see it: axes, series, and from where to where each goes.

use crate::plot::{Axis, Figure, Heatmap, Panel, Scale, Series};
use crate::words::counted;

use super::naming;
use super::record::short;

/// So many panels and series of a panel are described; of the others it is said how many there are.
const MOST: (usize, usize) = (6, 5);

/// The figure in words. Every number is one of its points, so that the text is true of whatever rows were drawn.
///
/// ```
/// use selfreward::plot::{Axis, Figure, Panel, Series, Style};
///
/// let series = Series::new("measured", Style::Markers, 0, [(1.0, 0.5), (10.0, 0.25)]);
/// let panel = Panel::new("", Axis::log("samples"), Axis::linear("failure rate")).series(series);
/// let text = selfreward::report::alt::text(&Figure::new("Halved").panel(panel));
/// assert!(text.contains("failure rate against samples (logarithmic)"));
/// assert!(text.contains("measured falls from 0.5 at 1 to 0.25 at 10"));
/// ```
pub fn text(figure: &Figure) -> String {
    let mut text = sentence(&figure.title);
    text.push_str(&figure.subtitle.as_deref().map(sentence).unwrap_or_default());
    let panels = &figure.panels;
    if panels.len() > 1 {
        text.push_str(&format!("{}. ", counted(panels.len(), "panel")));
    }
    for index in 0..panels.len().min(MOST.0) {
        text.push_str(&panel(figure, index));
    }
    if panels.len() > MOST.0 {
        text.push_str(&format!("{} more, with like axes.", counted(panels.len() - MOST.0, "panel")));
    }
    text.trim_end().to_owned()
}

/// A text as a sentence with a space behind it; nothing of nothing.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    match text.chars().last() {
        None => String::new(),
        Some('.' | '?' | '!') => format!("{text} "),
        Some(_) => format!("{text}. "),
    }
}

fn panel(figure: &Figure, index: usize) -> String {
    let panel = &figure.panels[index];
    let axes = format!("{} against {}", axis(&panel.y), axis(&panel.x));
    let repeated = index > 0 && {
        let before = &figure.panels[index - 1];
        axes == format!("{} against {}", axis(&before.y), axis(&before.x))
    };
    let mut parts = Vec::new();
    if !repeated || panel.title.is_empty() {
        parts.push(axes);
    }
    parts.extend(panel.heatmap.as_ref().and_then(heatmap));
    let drawn = panel.series.iter().enumerate().filter_map(|(at, one)| course(figure, index, at, one, panel));
    let drawn: Vec<String> = drawn.collect();
    parts.extend(drawn.iter().take(MOST.1).cloned());
    if drawn.len() > MOST.1 {
        parts.push(format!("{} more series", drawn.len() - MOST.1));
    }
    let title = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    sentence(&format!("{title}{}", parts.join("; ")))
}

fn axis(axis: &Axis) -> String {
    let label = if axis.label.is_empty() { "value" } else { &axis.label };
    match axis.scale {
        Scale::Linear => label.to_owned(),
        Scale::Log10 => format!("{label} (logarithmic)"),
    }
}

/// The extent of a heat map; `None` if no cell has a value.
fn heatmap(heatmap: &Heatmap) -> Option<String> {
    let values = heatmap.values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = values.fold(None, |range: Option<(f64, f64)>, value| {
        Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    })?;
    let label = if heatmap.label.is_empty() { "values" } else { &heatmap.label };
    Some(format!("in colours {label}, from {} to {}", short(low), short(high)))
}

/// From where to where a series goes along its abscissa; `None` of a series without a finite point.
fn course(figure: &Figure, panel_index: usize, index: usize, series: &Series, panel: &Panel) -> Option<String> {
    let finite = || series.points.iter().filter(|point| point.x.is_finite() && point.y.is_finite());
    let first = finite().min_by(|a, b| a.x.total_cmp(&b.x))?;
    let last = finite().max_by(|a, b| a.x.total_cmp(&b.x))?;
    let name = naming::name(figure, panel_index, index);
    let at = |x: f64| tick(&panel.x, x);
    if first.x == last.x {
        return Some(format!("{name} is {} at {}", short(first.y), at(first.x)));
    }
    let goes = match last.y.total_cmp(&first.y) {
        std::cmp::Ordering::Less => "falls",
        std::cmp::Ordering::Greater => "rises",
        std::cmp::Ordering::Equal => "goes",
    };
    Some(format!("{name} {goes} from {} at {} to {} at {}", short(first.y), at(first.x), short(last.y), at(last.x)))
}

/// A value as the axis says it.
fn tick(axis: &Axis, value: f64) -> String {
    axis.ticks.iter().find(|(at, _)| *at == value).map_or_else(|| short(value), |(_, label)| label.clone())
}
