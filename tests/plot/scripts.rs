//! Sub- and superscripts: which texts have them, and that all three forms of a figure set them.

use selfreward::plot::script::pieces;
use selfreward::plot::{Axis, Figure, Panel, Series, Style};

use crate::committed::{figures, texts};

/// A text with ⟨_…⟩ and ⟨^…⟩ around what is set lower and higher.
fn shown(text: &str) -> String {
    let piece = |piece: selfreward::plot::script::Piece| match piece.rise {
        0.0 => piece.text,
        rise => format!("⟨{}{}⟩", if rise < 0.0 { '_' } else { '^' }, piece.text),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// Written down by hand.
#[test]
fn symbols_and_powers_have_scripts() {
    for (text, expected) in [
        ("failure rate F_T(0.5)", "failure rate F⟨_T⟩(0.5)"),
        ("κ_{t+1} and κ_∞", "κ⟨_t+1⟩ and κ⟨_∞⟩"),
        ("E κ(π_(T−1)) − 1", "E κ(π⟨_T−1⟩) − 1"),
        ("n^(−1/2)", "n⟨^−1/2⟩"),
        ("2^25, 10^−3, 10^-3", "2²⁵, 10⁻³, 10⁻³"),
        ("κ_0, s_10", "κ₀, s₁₀"),
        ("P[y*_T ≠ y*₀]", "P[y*⟨_T⟩ ≠ y*₀]"),
        ("π*_β, π̂_t, ŷ_t, θ′_t", "π*⟨_β⟩, π̂⟨_t⟩, ŷ⟨_t⟩, θ′⟨_t⟩"),
        ("√(ε_app² + D/n)", "√(ε⟨_app⟩² + D/n)"),
        ("2d_λ log(5B)", "2d⟨_λ⟩ log(5B)"),
        ("Δ(1 − 2q(1−q)Δ/M)^(nT)", "Δ(1 − 2q(1−q)Δ/M)⟨^nT⟩"),
        ("∝ πₜ^.3 π₀^(1−α)", "∝ πₜ⟨^.3⟩ π₀⟨^1−α⟩"),
        ("N^T, log V^L fixed", "N⟨^T⟩, log V⟨^L⟩ fixed"),
        ("‖v‖_Λ", "‖v‖⟨_Λ⟩"),
        ("C_{π′/π} of π′", "C⟨_π′/π⟩ of π′"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
    let nested = pieces("e^{−κ_t n}");
    let sizes: Vec<(&str, bool)> = nested.iter().map(|piece| (piece.text.as_str(), piece.size < 0.7)).collect();
    assert_eq!(sizes, [("e", false), ("−κ", false), ("t", true), (" n", false)]);
}

#[test]
fn names_keep_their_underscores() {
    for name in [
        "process.samples",
        "base_failure",
        "best_of_n",
        "rate_vs_n_erm",
        "n_over_d_lambda",
        "t_hit",
        "y_mean",
        "a_b.npz",
        "runs/x_1_y",
        "v2a_b",
        "café_x",
        "_x",
        "x_",
        "x__y",
        "x_{",
        "x_{}",
        "a ^ b",
        "^2",
        "SmolLM2-135M",
    ] {
        assert_eq!(shown(name), name);
    }
    for figure in figures() {
        let header = std::fs::read_to_string(figure.csv()).unwrap().lines().next().unwrap().to_owned();
        for column in header.split(',') {
            assert_eq!(shown(column), column, "a column of {}", figure.name);
        }
    }
}

/// What is set in the committed figures is short, and what is not set is a name of several letters.
#[test]
fn every_text_of_every_figure_is_set_by_the_rule() {
    let mut scripts = 0;
    for committed in figures() {
        for text in texts(&committed.figure) {
            for piece in pieces(&text) {
                if piece.size < 1.0 {
                    scripts += 1;
                    assert!(piece.text.chars().count() <= 8, "{}: {text:?} sets {:?}", committed.name, piece.text);
                    continue;
                }
                assert!(!piece.text.contains('^'), "{}: {text:?} keeps a ^", committed.name);
                let parts: Vec<&str> = piece.text.split('_').collect();
                let ends_in_word =
                    |part: &str| part.chars().rev().take(2).filter(char::is_ascii_alphabetic).count() == 2;
                let named = parts[..parts.len() - 1].iter().all(|part| ends_in_word(part));
                assert!(named, "{}: {text:?} keeps an underscore", committed.name);
            }
        }
    }
    assert!(scripts > 60, "{scripts}");
}

fn titled(title: &str) -> Figure {
    let line = Series::new("F_T", Style::Line, 0, [(1.0, 0.5), (2.0, 0.25)]);
    Figure::new(title).panel(Panel::new("", Axis::linear("x"), Axis::linear("κ_{t+1} − 1")).series(line))
}

/// The SVG has elements of a smaller size off the line; its description has the text as it was typed; no mark of ours is left.
#[test]
fn the_svg_sets_scripts_and_describes_them_in_words() {
    let svg = titled("Rate of F_T(δ) & more").to_svg().unwrap();
    assert!(svg.contains(">\nRate of F<tspan dy=\"0.270em\" font-size=\"74%\">T</tspan>"), "{svg:.2000}");
    assert!(svg.contains("<tspan dy=\"0.270em\" font-size=\"74%\">t+1</tspan><tspan dy=\"-0.200em\"> − 1</tspan>"));
    assert!(svg.contains("<desc>Rate of F_T(δ) &amp; more. κ_{t+1} − 1 against x: F_T</desc>"), "{svg:.600}");
    assert!(!svg.contains(['\u{e000}', '\u{e001}', '\u{e002}']));
    // A text that has our marks already has boxes there.
    assert!(titled("a\u{e000}b\u{e002}").to_svg().unwrap().contains(">\na□b□\n<"));
}

/// A line is broken beside a script, never inside it.
#[test]
fn lines_are_not_broken_inside_scripts() {
    let svg = titled(&"κ_{t+1}".repeat(100)).to_svg().unwrap();
    assert_eq!(svg.matches(">t+1</tspan>").count(), 101, "the title's and the axis's");
    assert!(svg.matches("\nκ<tspan").count() > 3, "several lines");
}
