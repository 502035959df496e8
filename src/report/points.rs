//! A figure's numbers for the page's script: where each lies in the drawing, and what it is.

use serde_json::{Value, json};

use super::chapter::Picture;
use crate::plot::{Axis, Datum, Panel};
use crate::simulate::output::number;

/// `{"panels": […], "points": [[panel, series, left, top, x, y, lo, hi], …]}`. A heat map's cells have the series −1 and their
/// value in place of an interval. Left and top are in the units of the drawing's `viewBox`; numbers that JSON has not are words.
pub fn points(picture: &Picture) -> Value {
    let panels = &picture.plate.figure.panels;
    let points: Vec<Value> = picture
        .drawn
        .located
        .iter()
        .map(|located| {
            let mut point = vec![json!(located.panel)];
            let [left, top] = [located.at.0, located.at.1].map(|place| json!(place.round() as i64));
            let values = values(&panels[located.panel], located.datum);
            let series = if let Datum::Point { series, .. } = located.datum { json!(series) } else { json!(-1) };
            point.extend([series, left, top]);
            point.extend(values.into_iter().map(number));
            Value::Array(point)
        })
        .collect();
    json!({ "panels": panels.iter().map(panel).collect::<Vec<_>>(), "points": points })
}

/// x, y, and the interval's ends or the cell's value.
fn values(panel: &Panel, datum: Datum) -> Vec<f64> {
    match (datum, &panel.heatmap) {
        (Datum::Point { series, point }, _) => {
            let point = panel.series[series].points[point];
            [Some(point.x), Some(point.y), point.lo, point.hi].into_iter().flatten().collect()
        }
        (Datum::Cell { column, row }, Some(heatmap)) => {
            vec![heatmap.x[column], heatmap.y[row], heatmap.values[row][column]]
        }
        (Datum::Cell { .. }, None) => Vec::new(),
    }
}

fn panel(panel: &Panel) -> Value {
    json!({
        "title": panel.title,
        "x": axis(&panel.x),
        "y": axis(&panel.y),
        "value": panel.heatmap.as_ref().map(|heatmap| heatmap.label.clone()),
        "series": panel.series.iter().map(|series| series.label.clone()).collect::<Vec<_>>(),
    })
}

fn axis(axis: &Axis) -> Value {
    json!({ "label": axis.label, "ticks": axis.ticks })
}
