//! A figure's numbers for the page's script: where each lies in the drawing, and what it is.

use serde_json::{Value, json};

use super::chapter::Picture;
use super::naming;
use crate::plot::{Axis, Datum, Drawn, Figure, Located, Panel};
use crate::simulate::output::number;

/// `{"panels": […], "points": [[panel, series, left, top, x, y, lo, hi], …], "narrow": [[left, top], …]}`. A heat map's cells have the
/// series −1 and their value in place of an interval. Left and top are in the units of the drawing's `viewBox`; numbers that JSON has
/// not are words. `narrow` has the places in the drawing for narrow screens, point by point, null where one is not seen there; it is
/// null if there is no such drawing.
pub fn points(picture: &Picture) -> Value {
    let figure = &picture.plate.figure;
    let panels = &figure.panels;
    let points: Vec<Value> = picture
        .drawn
        .located
        .iter()
        .map(|located| {
            let mut point = vec![json!(located.panel)];
            let values = values(&panels[located.panel], located.datum);
            let series = if let Datum::Point { series, .. } = located.datum { json!(series) } else { json!(-1) };
            point.push(series);
            point.extend(place(located));
            point.extend(values.into_iter().map(number));
            Value::Array(point)
        })
        .collect();
    json!({
        "panels": (0..panels.len()).map(|index| panel(figure, index)).collect::<Vec<_>>(),
        "points": points,
        "narrow": picture.narrow.as_ref().map(|narrow| places(&picture.drawn, narrow)),
    })
}

fn place(located: &Located) -> [Value; 2] {
    [located.at.0, located.at.1].map(|place| json!(place.round() as i64))
}

/// Where the points of one drawing lie in another one of the same figure. Both list them in the same order, so one pass suffices.
fn places(of: &Drawn, within: &Drawn) -> Vec<Option<[Value; 2]>> {
    let mut others = within.located.iter().peekable();
    let mut places = Vec::with_capacity(of.located.len());
    for located in &of.located {
        let same = |other: &&Located| (other.panel, other.datum) == (located.panel, located.datum);
        let found = match others.next_if(same) {
            Some(other) => Some(other),
            None => within.located.iter().find(same),
        };
        places.push(found.map(place));
    }
    places
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

fn panel(figure: &Figure, index: usize) -> Value {
    let panel = &figure.panels[index];
    let series = 0..panel.series.len();
    json!({
        "title": panel.title,
        "x": axis(&panel.x),
        "y": axis(&panel.y),
        "value": panel.heatmap.as_ref().map(|heatmap| heatmap.label.clone()),
        "series": series.map(|series| naming::name(figure, index, series)).collect::<Vec<_>>(),
        "measured": panel.series.iter().map(naming::is_measured).collect::<Vec<_>>(),
    })
}

fn axis(axis: &Axis) -> Value {
    json!({ "label": axis.label, "ticks": axis.ticks })
}
