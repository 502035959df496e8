//! What comes out: layout, heat maps, bytes, files, refusals.

use std::fs;

use crate::plot_support::*;
use selfreward::plot::*;
use tiny_skia::{Pixmap, PremultipliedColorU8};

#[test]
fn plot_areas_are_equal_and_aligned_and_all_text_is_inside() {
    let wide = "A title that is far too long for the panel above which it stands, so that it has to be broken twice";
    let data = |scale: f64| [(1.0, scale), (2.0, 2.0 * scale), (3.0, 1.5 * scale)];
    // The last label of the x axis is wide and lies at the axis's very end.
    let x = Axis::linear("x").range(1.0, 1.000000001);
    let panel = |title: &str, scale| {
        Panel::new(title, x.clone(), Axis::linear("y")).series(Series::new("s", Style::Line, 0, data(scale)))
    };
    let figure = Figure::new(format!("{wide}. {wide}."))
        .columns(2)
        .panel(panel("short", 1.0))
        .panel(panel(wide, 1e-9))
        .panel(panel("", 1e12))
        .panel(panel("c", 12345.0).note(wide));
    let svg = figure.to_svg().unwrap();
    let frames = frames(&svg);
    assert_eq!(frames.len(), 4);
    let size = |f: &[f64; 4]| ((10.0 * (f[2] - f[0])).round(), (10.0 * (f[3] - f[1])).round());
    assert!(frames.iter().all(|f| size(f) == size(&frames[0])));
    assert_eq!((frames[0][1], frames[2][1]), (frames[1][1], frames[3][1]), "rows");
    assert_eq!((frames[0][0], frames[1][0]), (frames[2][0], frames[3][0]), "columns");
    // The ink of the rendered glyphs is the oracle for the extent of texts: none reaches the page's edge.
    let image = Pixmap::decode_png(&figure.to_png().unwrap()).unwrap();
    let (right, foot) = (image.width() - 1, image.height() - 1);
    let edge = (0..=right).flat_map(|x| [(x, 0), (x, foot)]).chain((0..=foot).flat_map(|y| [(0, y), (right, y)]));
    for (x, y) in edge {
        assert_eq!(
            image.pixel(x, y).unwrap(),
            PremultipliedColorU8::from_rgba(255, 255, 255, 255).unwrap(),
            "({x}, {y})"
        );
    }
}

fn heat_map(scale: Scale) -> Figure {
    let values = vec![vec![1e-4, 1e-2, 0.0], vec![f64::NAN, 1.0, 1e-3]];
    let heatmap = Heatmap { x: vec![1.0, 2.0, 3.0], y: vec![1.0, 2.0], values, label: "F".into(), scale, range: None };
    figure(Panel::new("", Axis::linear("x"), Axis::linear("y")).heatmap(heatmap))
}

/// The ends of viridis as matplotlib prints them; zero and missing cells have neither these nor another of its colours.
#[test]
fn heat_maps_tell_zero_and_missing_from_values() {
    let svg = heat_map(Scale::Log10).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let at = |i: usize, j: usize| {
        let p = (
            map(i as f64 + 0.3, (0.0, 3.0), (frame[0], frame[2])),
            map(j as f64 + 0.3, (0.0, 2.0), (frame[3], frame[1])),
        );
        areas(&svg).into_iter().rfind(|a| covers(&a.points, p)).map(|a| a.color).expect("a cell")
    };
    assert_eq!(at(0, 0), "#440154", "the least value");
    assert_eq!(at(1, 1), "#FDE725", "the greatest value");
    assert_eq!(at(2, 0), "#EFEFEF", "zero");
    assert_eq!(at(0, 1), "#FFFFFF", "missing");
    assert!(svg.contains("exactly 0") && svg.contains("no value"));
    // 10⁻² is half-way between 10⁻⁴ and 1: the middle of the ten anchors, between #26828E and #1F9E89.
    assert_eq!(at(1, 0), "#23908C");
}

fn rich_figure() -> Figure {
    let data =
        [(1.0, 0.5, 0.4, 0.6), (10.0, f64::NAN, 0.0, f64::INFINITY), (100.0, 0.0, 0.0, 0.01), (1e3, 0.1, 0.05, 0.2)];
    let panel = Panel::new("β = 0.1", Axis::log("n"), Axis::log("F(δ)"))
        .series(Series::new("measured", Style::LineMarkers, 0, data))
        .series(Series::new("bars", Style::Markers, 1, data).bars())
        .guide(Guide::slope((10.0, 0.1), -0.5, "slope −1/2"))
        .guide(Guide::vertical(30.0, "n₀"))
        .note("fitted slope −0.52");
    let mut figure = heat_map(Scale::Log10).columns(2).panel(panel).subtitle("What is seen.");
    figure.panels.push(Panel::new("", Axis::linear("rule").categories(["ERM", "gradient"]), Axis::linear("y")));
    figure
}

#[test]
fn the_same_figure_has_the_same_bytes() {
    assert_eq!(rich_figure().to_svg().unwrap(), rich_figure().to_svg().unwrap());
    assert_eq!(rich_figure().to_png().unwrap(), rich_figure().to_png().unwrap());
}

#[test]
fn a_description_survives_json_and_toml() {
    let svg = rich_figure().to_svg().unwrap();
    let json: Figure = serde_json::from_str(&serde_json::to_string(&rich_figure()).unwrap()).unwrap();
    assert_eq!(json.to_svg().unwrap(), svg);
    let toml: Figure = toml::from_str(&toml::to_string(&rich_figure()).unwrap()).unwrap();
    assert_eq!(toml.to_svg().unwrap(), svg);
}

#[test]
fn the_png_shows_the_svg() {
    let svg = rich_figure().to_svg().unwrap();
    let image = Pixmap::decode_png(&rich_figure().to_png().unwrap()).unwrap();
    let tag = svg.lines().next().unwrap();
    let size = |name| attribute(tag, name).parse::<u32>().unwrap();
    assert_eq!((image.width(), image.height()), (2 * size("width"), 2 * size("height")));
    let ten_times = format!("0 0 {} {}", 10 * size("width"), 10 * size("height"));
    assert_eq!(attribute(tag, "viewBox"), ten_times, "coordinates are tenths of a pixel");
    let dark = |x: f64, y: f64| image.pixel((2.0 * x) as u32, (2.0 * y) as u32).unwrap().red() < 0x60;
    for [x0, y0, x1, y1] in frames(&svg) {
        assert!(dark(x0, (y0 + y1) / 2.0) && dark((x0 + x1) / 2.0, y1));
    }
    // The title is drawn: the glyphs of "A figure" have ink.
    let inked = (12..60).flat_map(|x| (12..30).map(move |y| (x, y))).filter(|&(x, y)| dark(f64::from(x), f64::from(y)));
    assert!(inked.count() > 40);
}

/// What the project writes in figures exists in the font: none of it is replaced by an empty box.
#[test]
fn all_characters_exist_in_the_font() {
    let used = "0123456789⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂−×·.,≤≥≠≈∞°*αβγδεκλμνπρσθφΔΣΘ√∈→–—…“”′<>&\"'|‖‑ÕŌ";
    assert!(!Figure::new(used).panel(Panel::default()).to_svg().unwrap().contains('□'));
}

/// Every place of a figure that holds a text, with this text in it.
fn labelled_with(text: &str) -> Figure {
    let axis = |axis: Axis| axis.categories([text, "b"]);
    let panel = Panel::new(text, axis(Axis::linear(text)), Axis::linear(text))
        .series(Series::new(text, Style::LineMarkers, 0, [(0.0, 1.0), (1.0, 2.0)]))
        .guide(Guide::horizontal(1.5, text))
        .guide(Guide::vertical(0.5, text))
        .guide(Guide::slope((0.0, 1.0), 1.0, text))
        .note(text);
    let map = Heatmap { x: vec![0.0], y: vec![0.0], values: vec![vec![1.0]], label: text.into(), ..Heatmap::default() };
    let mapped = Panel::new(text, Axis::linear(text), Axis::linear(text)).heatmap(map);
    Figure::new(text).subtitle(text).panel(panel).panel(mapped).shared_legend()
}

/// A label never costs a figure: SVG that is XML 1.0, and a PNG, whatever the text.
#[test]
fn every_text_can_be_drawn() {
    let long = "long ".repeat(20_000);
    let longest_word = "w".repeat(100_000);
    let control: String = (0..0xa0).filter_map(char::from_u32).collect();
    let texts = [
        "数据.npz",
        "デ\u{3099}",
        "🙂👩\u{200d}👩\u{200d}👧",
        "e\u{301}\u{302}\u{303}",
        "שלום",
        "مرحبا",
        "\u{202e}back\u{202c}",
        "a\nb\tc\r\n",
        "<a & \"b\" 'c'>]]>",
        "&#0; <!--",
        "\u{0}",
        "\u{fffe}\u{ffff}\u{fdd0}",
        "\u{10ffff}\u{e000}",
        "",
        "   ",
        "\u{feff}x\u{200b}",
        &control,
        &long,
        &longest_word,
    ];
    for text in texts {
        let svg = labelled_with(text).to_svg().unwrap_or_else(|error| panic!("{text:.40?}: {error}"));
        let allowed = |c: char| (c >= ' ' || "\t\n\r".contains(c)) && c != '\u{fffe}' && c != '\u{ffff}';
        assert!(svg.chars().all(allowed), "{text:.40?}: a character that XML 1.0 does not allow");
        assert!(labelled_with(text).to_png().unwrap().len() > 1000, "{text:.40?}");
    }
}

/// What the font lacks is replaced, one box for each character; what is only white or directs the text is not.
#[test]
fn a_character_that_the_font_lacks_is_an_empty_box() {
    let svg = |text: &str| Figure::new(text).panel(Panel::default()).to_svg().unwrap();
    assert_eq!(svg("数据.npz"), svg("□□.npz"));
    assert_eq!(svg("a\u{0}b"), svg("a□b"));
    assert_eq!(svg("a\n\tb"), svg("a b"));
    assert_eq!(svg("\u{202e}ab"), svg("ab"));
}

/// Names of files need not be UTF-8.
#[cfg(unix)]
#[test]
fn a_figure_keeps_a_name_that_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"t\xff");
    for path in save(dir.path(), name, &rich_figure()).unwrap() {
        assert!(path.is_file() && path.file_stem() == Some(name));
    }
}

#[test]
fn saving_replaces_whole_files() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.svg"), "old").unwrap();
    save(dir.path(), "a", &rich_figure()).unwrap();
    let svg = fs::read_to_string(dir.path().join("a.svg")).unwrap();
    assert_eq!(svg, rich_figure().to_svg().unwrap());
    assert_eq!(fs::read(dir.path().join("a.png")).unwrap(), rich_figure().to_png().unwrap());
    assert_eq!(fs::read(dir.path().join("a.pdf")).unwrap(), rich_figure().to_pdf().unwrap());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "nothing else is left");
    let missing = save(&dir.path().join("missing"), "a", &rich_figure()).unwrap_err();
    assert!(matches!(&missing, selfreward::Error::File { path, .. } if path.ends_with("missing/a.svg")), "{missing}");
}

#[test]
fn wrong_figures_are_refused_with_the_value() {
    let refused = |figure: Figure, value: &str| {
        let message = figure.to_svg().unwrap_err().to_string();
        assert!(message.contains(value), "{message:?} names {value:?}");
    };
    refused(Figure::new("none"), "0 panels");
    refused(figure(Panel::default()).columns(0), "0 columns");
    for (low, high) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (1.0, 1.0 + 1e-15)] {
        refused(
            figure(Panel::new("", Axis::linear("x").range(low, high), Axis::linear("y"))),
            &format!("[{low}, {high}]"),
        );
    }
    for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (1.0, f64::INFINITY)] {
        refused(
            figure(Panel::new("", Axis::linear("x"), Axis::log("y").range(low, high))),
            &format!("[{low}, {high}]"),
        );
    }
    let mut wrong = heat_map(Scale::Linear);
    wrong.panels[0].heatmap.as_mut().unwrap().values[1].pop();
    refused(wrong, "[3, 2]");
    let mut wrong = heat_map(Scale::Linear);
    wrong.panels[0].heatmap.as_mut().unwrap().x[1] = 1.0;
    refused(wrong, "[1.0, 1.0, 3.0]");
}
