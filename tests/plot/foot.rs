//! What stands under a figure, and numbers written as powers.

use selfreward::plot::symbols::{explained, unexplained};
use selfreward::plot::{Axis, Figure, Panel, Series, Size, Style};

use crate::committed::figures;

fn with_labels<S: AsRef<str>>(labels: &[S]) -> String {
    let series =
        |(color, label): (usize, &S)| Series::new(label.as_ref(), Style::LineMarkers, color, [(1.0, 1.0), (2.0, 2.0)]);
    let panel = Panel::new("", Axis::linear("x"), Axis::linear("y"));
    let panel = labels.iter().enumerate().map(series).fold(panel, Panel::series);
    Figure::new("").panel(panel).to_svg().unwrap()
}

/// Labels of one kind are written alike; by hand.
#[test]
fn powers_of_two_and_ten_are_written_as_such() {
    let is = |labels: &[&str], expected: &[&str]| {
        let svg = with_labels(labels);
        for label in expected {
            assert!(svg.contains(&format!(">\n{label}\n<")), "{labels:?} has no {label:?}");
        }
    };
    is(&["n = 256", "n = 1048576"], &["n = 2⁸", "n = 2²⁰"]);
    is(&["n = 256", "n = 1024", "n = 1000"], &["n = 256", "n = 1024", "n = 1000"]);
    is(&["n = 16, d = 3", "n = 4096, d = 7"], &["n = 2⁴, d = 3", "n = 2¹², d = 7"]);
    is(&["n = 64", "n = 512"], &["n = 64", "n = 512"]);
    is(&["λ = 0.00001", "λ = 0.001"], &["λ = 10⁻⁵", "λ = 10⁻³"]);
    is(&["n = 1000", "n = 1000000"], &["n = 10³", "n = 10⁶"]);
    is(
        &["at 1024.5", "probe-1024", "1024px", "v1024", "1,024"],
        &["at 1024.5", "probe-1024", "1024px", "v1024", "1,024"],
    );
    let titled = |title: &str| Figure::new(title).panel(Panel::default()).to_svg().unwrap();
    assert!(titled("Runs at n = 1048576, 1024 prompts").contains(">\nRuns at n = 2²⁰, 1024 prompts\n<"));
    let ticks = Axis { ticks: vec![(0.0, "256".into()), (1.0, "4096".into())], ..Axis::linear("n").range(-1.0, 2.0) };
    let svg = Figure::new("").panel(Panel::new("", ticks, Axis::linear("y"))).to_svg().unwrap();
    assert!(svg.contains(">\n2⁸\n<") && svg.contains(">\n2¹²\n<"));
}

/// By hand; a meaning of the figure's own stands in place of the dictionary's.
#[test]
fn a_figure_explains_the_symbols_that_it_uses_and_no_others() {
    let panel = Panel::new("against n", Axis::log("samples n"), Axis::log("failure F_T(δ), a share"))
        .series(Series::new("Σ p(x) of κ₀, M = 4", Style::Line, 0, [(1.0, 1.0), (2.0, 0.5)]));
    let figure = Figure::new("SmolLM2-135M's T1 and base_failure").subtitle("‖θ_t‖ ≤ 4").panel(panel);
    let symbols = |figure: &Figure| explained(figure).into_iter().map(|(symbol, _)| symbol).collect::<Vec<_>>();
    assert_eq!(symbols(&figure), ["n", "M", "F(δ)", "κ_0", "θ"]);
    let svg = figure.to_svg().unwrap();
    assert!(svg.contains("n: samples of a round; M: number of prompts; F(δ): share"), "{svg:.3000}");
    let own = figure.clone().symbol("n", "proposals of a round").symbol("κ₀", "");
    assert_eq!(symbols(&own), ["n", "M", "F(δ)", "θ"]);
    assert!(own.to_svg().unwrap().contains("n: proposals of a round; M: number of prompts"));
    let bare = Figure { bare: true, ..figure.clone() };
    assert!(!bare.to_svg().unwrap().contains("number of prompts"));
    assert_eq!(unexplained(&Figure::new("ψ_t of χ, β and Δr")), ["ψ_t", "χ"]);
}

/// No committed figure uses a Greek letter that nobody explains.
#[test]
fn every_figure_explains_its_greek_letters() {
    for committed in figures() {
        assert_eq!(unexplained(&committed.figure), [""; 0], "{}", committed.name);
    }
}

/// The shape of a series' marks, as the palette gives it.
fn shape(color: usize) -> usize {
    (color + color / 8) % 8
}

/// Without colours, two curves of a panel differ by their marks or by their dashes. (Unmarked lines of one pattern carry a few marks.)
#[test]
fn no_two_curves_of_a_panel_look_alike_in_grey() {
    for committed in figures() {
        for panel in &committed.figure.panels {
            let labelled: Vec<&Series> = panel.series.iter().filter(|series| series.label.is_some()).collect();
            for (index, a) in labelled.iter().enumerate() {
                for b in labelled[..index].iter().filter(|b| b.label != a.label) {
                    let alike = a.style == b.style && shape(a.color) == shape(b.color);
                    assert!(!alike, "{}, {:?}: {:?} and {:?}", committed.name, panel.title, a.label, b.label);
                }
            }
        }
    }
}

/// A column of a journal is 3.25 inches wide.
#[test]
fn every_figure_can_be_drawn_for_a_column() {
    for mut figure in figures() {
        figure.figure.size = Some(Size { width: 312.0, height: None });
        let svg = figure.figure.to_svg().unwrap_or_else(|error| panic!("{}: {error}", figure.name));
        assert!(svg.starts_with("<svg width=\"312\""), "{}: {svg:.60}", figure.name);
    }
}
