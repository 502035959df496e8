//! The committed figures, drawn from the tables beside them.

use selfreward::experiment::{ALL, Table};
use selfreward::plot::{Figure, Guide};

/// A figure and its name.
pub struct Committed {
    pub name: &'static str,
    pub figure: Figure,
}

impl Committed {
    /// The table beside it.
    pub fn csv(&self) -> String {
        csv(self.name)
    }
}

fn csv(name: &str) -> String {
    format!("{}/figures/{name}.csv", env!("CARGO_MANIFEST_DIR"))
}

/// All of them.
pub fn figures() -> Vec<Committed> {
    let drawings = ALL.iter().flat_map(|experiment| experiment.drawings);
    let figure = |drawing: &'static selfreward::experiment::Drawing| {
        let path = csv(drawing.name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let figure = (drawing.figure)(&Table::parse(&text).unwrap()).unwrap();
        Committed { name: drawing.name, figure }
    };
    drawings.map(figure).collect()
}

/// Every text that a figure is described by.
pub fn texts(figure: &Figure) -> Vec<String> {
    let mut texts = vec![figure.title.clone()];
    texts.extend(figure.subtitle.clone());
    for panel in &figure.panels {
        texts.extend([panel.title.clone(), panel.x.label.clone(), panel.y.label.clone()]);
        texts.extend(panel.x.ticks.iter().chain(&panel.y.ticks).map(|(_, label)| label.clone()));
        texts.extend(panel.heatmap.iter().map(|heatmap| heatmap.label.clone()));
        texts.extend(panel.series.iter().filter_map(|series| series.label.clone()));
        texts.extend(panel.notes.clone());
        texts.extend(panel.guides.iter().map(|guide| match guide {
            Guide::Horizontal { label, .. } | Guide::Vertical { label, .. } | Guide::Slope { label, .. } => {
                label.clone()
            }
        }));
    }
    texts
}
