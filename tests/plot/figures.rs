//! Whole figures, read back from their SVG. The oracle is the data itself: every position is computed here from the
//! frame that was drawn and the range that was asked for, by sampling, without the library's axes or clipping.

use crate::plot_support::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::plot::*;

const BLUE: &str = "#0072B2";
const VERMILLION: &str = "#D55E00";

/// Half a diagonal of a unit of a tenth of a pixel, to which the ends of a drawn line are rounded, and 1e-9 for the
/// arithmetic here.
const ROUNDING: f64 = 0.0708;

/// The drawn lines are the true line (in pixels) within the frame: every drawn point is on the true line, and every
/// true point inside the frame is drawn.
fn assert_same_line(drawn: &[Vec<Pt>], truth: &[Pt], frame: [f64; 4]) {
    for p in drawn.iter().flat_map(|line| sampled(line, 40)) {
        let off = distance_to_line(p, truth);
        assert!(off <= ROUNDING, "drawn at {p:?}, {off} px from the data");
    }
    for p in sampled(truth, 400) {
        let inside = p.0 >= frame[0] && p.0 <= frame[2] && p.1 >= frame[1] && p.1 <= frame[3];
        let off = drawn.iter().map(|line| distance_to_line(p, line)).fold(f64::INFINITY, f64::min);
        assert!(!inside || off <= ROUNDING, "the data pass {p:?}, the nearest line is {off} px away");
    }
}

#[test]
fn a_curve_that_leaves_a_linear_range_is_drawn_truthfully() {
    let data: Vec<Pt> = (0..45).map(|i| 0.25 * f64::from(i) - 0.5).map(|x| (x, 3.0 * (1.3 * x).sin())).collect();
    let panel = Panel::new("", Axis::linear("x").range(0.0, 10.0), Axis::linear("y").range(-1.0, 2.0))
        .series(Series::unlabelled(Style::Line, 0, data.clone()));
    let svg = figure(panel).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let place = |&(x, y): &Pt| (map(x, (0.0, 10.0), (frame[0], frame[2])), map(y, (-1.0, 2.0), (frame[3], frame[1])));
    let truth: Vec<Pt> = data.iter().map(place).collect();
    let drawn = curves(&svg, BLUE);
    // As many pieces as the sampled truth has stretches inside the frame.
    let inside = |p: &Pt| p.0 >= frame[0] && p.0 <= frame[2] && p.1 >= frame[1] && p.1 <= frame[3];
    let samples: Vec<bool> = sampled(&truth, 400).iter().map(inside).collect();
    let stretches = samples.windows(2).filter(|w| !w[0] && w[1]).count();
    assert_eq!(drawn.len(), stretches);
    assert_same_line(&drawn, &truth, frame);
}

#[test]
fn a_curve_that_leaves_a_logarithmic_range_is_drawn_truthfully() {
    let data: Vec<Pt> = (0..12).map(|k| 2f64.powi(k)).map(|n| (n, 5.0 * (-n / 40.0).exp())).collect();
    let panel = Panel::new("", Axis::log("n").range(1.0, 1000.0), Axis::log("F").range(1e-4, 1.0))
        .series(Series::unlabelled(Style::Line, 0, data.clone()));
    let svg = figure(panel).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let place = |&(x, y): &Pt| {
        let (u, v) = (x.ln() / 10f64.ln(), y.ln() / 10f64.ln());
        (map(u, (0.0, 3.0), (frame[0], frame[2])), map(v, (-4.0, 0.0), (frame[3], frame[1])))
    };
    assert_same_line(&curves(&svg, BLUE), &data.iter().map(place).collect::<Vec<_>>(), frame);
}

#[test]
fn zeros_on_a_logarithmic_axis_stand_in_their_gutter_and_nowhere_else() {
    let data = [(1.0, 0.5), (10.0, 0.02), (100.0, 0.0), (1000.0, 0.0), (1e4, 0.003)];
    let panel = Panel::new("", Axis::log("n").range(0.5, 2e4), Axis::log("F").range(1e-3, 1.0))
        .series(Series::unlabelled(Style::Line, 0, data));
    let svg = figure(panel).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let gutter = boxes(&svg, "#666666", 7)[0];
    assert_eq!((gutter[0], gutter[2], gutter[3]), (frame[0], frame[2], frame[3]));
    let x = |n: f64| map(n.log10(), (0.5f64.log10(), 2e4f64.log10()), (frame[0], frame[2]));
    let y = |f: f64| map(f.log10(), (-3.0, 0.0), (gutter[1], frame[1]));

    // The line joins the two positive neighbours and no others.
    let truth = [(x(1.0), y(0.5)), (x(10.0), y(0.02))];
    assert_same_line(&curves(&svg, BLUE), &truth, frame);
    // Each zero has one hollow mark, at its abscissa, in the middle of the gutter.
    let marks: Vec<Pt> =
        lines(&svg).iter().filter(|l| l.color == BLUE && l.width == 12).map(|l| middle(&l.points)).collect();
    let expected = [x(100.0), x(1000.0)].map(|x| (x, (gutter[1] + gutter[3]) / 2.0));
    assert_eq!(marks.len(), expected.len());
    for (mark, truth) in marks.iter().zip(expected) {
        assert!((mark.0 - truth.0).hypot(mark.1 - truth.1) < 0.2, "{mark:?} {truth:?}");
    }
    // What leads to them is made of dots alone.
    let leaders: Vec<Shape> = lines(&svg).into_iter().filter(|l| l.color == BLUE && l.width == 10).collect();
    assert!(leaders.len() > 30);
    assert!(leaders.iter().all(|l| l.points.len() == 2 && length(&l.points) < 1.3), "dots of a pixel");
    assert!(svg.contains(">\n0\n</text>"), "the gutter is labelled");
}

/// Zero and what is positive below the axis: the one hollow in the gutter, the other an open arrow at the axis's end.
#[test]
fn positive_values_below_the_axis_are_arrows_and_no_zeros() {
    let data = [(1.0, 0.5), (10.0, 1e-7), (100.0, 0.0), (1000.0, 1e-9)];
    let panel = |style| {
        Panel::new("", Axis::log("n").range(0.5, 2e4), Axis::log("F").range(1e-3, 1.0))
            .series(Series::unlabelled(style, 0, data))
    };
    for style in [Style::LineMarkers, Style::DashedMarkers, Style::Markers] {
        let svg = figure(panel(style)).to_svg().unwrap();
        let (frame, gutter) = (frames(&svg)[0], boxes(&svg, "#666666", 7)[0]);
        let x = |n: f64| map(n.log10(), (0.5f64.log10(), 2e4f64.log10()), (frame[0], frame[2]));
        // Triangles are outlined along four sides (the first one twice), the ring of the zero along more.
        let outlines = || lines(&svg).into_iter().filter(|l| l.color == BLUE && l.width == 12);
        let arrows: Vec<Shape> = outlines().filter(|l| l.points.len() == 5).collect();
        assert_eq!(arrows.len(), 2, "{style:?}");
        for (arrow, n) in arrows.iter().zip([10.0, 1000.0]) {
            let tip = arrow.points.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
            assert!((tip.0 - x(n)).abs() < 0.1 && tip.1 <= gutter[1] && tip.1 > gutter[1] - 1.0, "{tip:?}");
            assert!(arrow.points.iter().all(|p| p.1 > gutter[1] - 8.0), "the arrow lies in the panel");
        }
        let zeros: Vec<Shape> = outlines().filter(|l| l.points.len() > 20).collect();
        assert_eq!(zeros.len(), 1);
        assert!((middle(&zeros[0].points).1 - (gutter[1] + gutter[3]) / 2.0).abs() < 0.2);
        assert!(svg.contains("positive, below the axis") && svg.contains("exactly 0 (hollow mark"));
        // They can be pointed at, where they are drawn.
        let located = figure(panel(style)).draw().unwrap().located;
        assert_eq!(located.len(), 4);
        assert_eq!(located[1].at.1, 10.0 * gutter[1]);
    }
    // A line without marks is seen to leave; and on a linear axis nothing is positive or not.
    let svg = figure(panel(Style::Line)).to_svg().unwrap();
    assert!(!svg.contains("positive, below the axis"));
    let linear = Panel::new("", Axis::linear("x"), Axis::linear("y").range(1.0, 2.0));
    let linear = linear.series(Series::unlabelled(Style::LineMarkers, 0, [(0.0, 1.5), (1.0, 0.5)]));
    assert!(!figure(linear).to_svg().unwrap().contains("positive, below the axis"));
}

#[test]
fn nan_breaks_a_line_and_infinity_stands_in_the_upper_gutter() {
    let data = [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 1.0), (4.0, f64::INFINITY), (5.0, 1.0), (6.0, 2.0)];
    let panel = Panel::new("", Axis::linear("t").range(0.0, 6.0), Axis::linear("κ").range(0.0, 4.0))
        .series(Series::unlabelled(Style::Line, 0, data));
    let svg = figure(panel).to_svg().unwrap();
    let (frame, gutter) = (frames(&svg)[0], boxes(&svg, "#666666", 7)[0]);
    assert_eq!(gutter[1], frame[1], "the gutter is at the top");
    let place = |x: f64, y: f64| (map(x, (0.0, 6.0), (frame[0], frame[2])), map(y, (0.0, 4.0), (frame[3], gutter[3])));
    let drawn = curves(&svg, BLUE);
    assert_eq!(drawn.len(), 2);
    assert_same_line(&drawn[..1], &[place(0.0, 1.0), place(1.0, 2.0)], frame);
    assert_same_line(&drawn[1..], &[place(5.0, 1.0), place(6.0, 2.0)], frame);
    let marks: Vec<Shape> = lines(&svg).into_iter().filter(|l| l.color == BLUE && l.width == 12).collect();
    assert_eq!(marks.len(), 1);
    let at = middle(&marks[0].points);
    assert!((at.0 - place(4.0, 0.0).0).abs() < 0.2 && at.1 > gutter[1] && at.1 < gutter[3]);
}

/// Bands cover exactly the points between their bounds, found point by point; bounds of 0 reach down to the axis's end.
#[test]
fn bands_cover_what_lies_between_their_bounds() {
    let data = [(1.0, 0.3, 0.1, 2.0), (10.0, 0.1, 0.02, 0.4), (100.0, 0.01, 0.0, 0.05), (1000.0, 0.0, 0.0, 0.004)];
    let panel = Panel::new("", Axis::log("n").range(1.0, 1000.0), Axis::log("F").range(1e-3, 1.0))
        .series(Series::unlabelled(Style::Line, 1, data));
    let svg = figure(panel).to_svg().unwrap();
    let (frame, gutter) = (frames(&svg)[0], boxes(&svg, "#666666", 7)[0]);
    let bands: Vec<Shape> = areas(&svg).into_iter().filter(|a| a.color == VERMILLION).collect();
    assert!(
        bands
            .iter()
            .flat_map(|b| &b.points)
            .all(|p| { p.0 >= frame[0] && p.0 <= frame[2] && p.1 >= frame[1] && p.1 <= frame[3] })
    );
    let covered = |p: Pt| bands.iter().any(|band| covers(&band.points, p));
    let v = |f: f64| f.log10();
    for column in [0usize, 1] {
        for s in [0.1, 0.5, 0.9] {
            let blend = |a: f64, b: f64| v(a) + s * (v(b) - v(a));
            let (a, b) = (data[column], data[column + 1]);
            let x = map(column as f64 + s, (0.0, 3.0), (frame[0], frame[2]));
            for k in 1..60 {
                let height = -3.0 + 3.0 * f64::from(k) / 60.0;
                let p = (x, map(height, (-3.0, 0.0), (gutter[1], frame[1])));
                let below_hi = height - blend(a.3, b.3);
                // Towards a bound of 0 the band's lower edge has no true shape on the axis; its upper edge has.
                let above_lo = if b.2 == 0.0 { None } else { Some(height - blend(a.2, b.2)) };
                if below_hi.abs() > 0.01 && above_lo.is_none_or(|d| d.abs() > 0.01) {
                    let truth = below_hi < 0.0 && above_lo.is_none_or(|d| d > 0.0);
                    assert!(above_lo.is_none() && truth || covered(p) == truth, "column {column}, s {s}, 10^{height}");
                }
            }
        }
    }
    // Between the two intervals that contain 0 the band runs through the range and the gutter.
    let x = map(2.5, (0.0, 3.0), (frame[0], frame[2]));
    let top = map((v(0.05) + v(0.004)) / 2.0, (-3.0, 0.0), (gutter[1], frame[1]));
    for p in [top + 1.0, gutter[1] - 1.0, gutter[1] + 1.0, gutter[3] - 1.0] {
        assert!(covered((x, p)), "{p}");
    }
    assert!(!covered((x, top - 1.0)));
}

/// A line of slope s on two logarithmic axes, against y₀·(x/x₀)^s.
#[test]
fn a_slope_guide_is_a_power_law() {
    let panel = Panel::new("", Axis::log("n").range(1.0, 1000.0), Axis::log("gap").range(1e-3, 1.0))
        .guide(Guide::slope((10.0, 0.2), -0.5, "slope −1/2"));
    let svg = figure(panel).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let dashes: Vec<Vec<Pt>> = lines(&svg).into_iter().filter(|l| l.width == 9).map(|l| l.points).collect();
    let place = |n: f64| {
        let y = 0.2 * (n / 10.0).powf(-0.5);
        (map(n.log10(), (0.0, 3.0), (frame[0], frame[2])), map(y.log10(), (-3.0, 0.0), (frame[3], frame[1])))
    };
    let truth = [place(1.0), place(1000.0)];
    assert!(dashes.iter().flatten().all(|&p| distance_to_line(p, &truth) <= ROUNDING));
    // Dashes of 4 and gaps of 3 cover 4/7 of the line, up to one dash.
    let drawn: f64 = dashes.iter().map(|d| length(d)).sum();
    assert!((drawn - length(&truth) * 4.0 / 7.0).abs() < 4.0);
}

/// Marks stand on points of the data and nowhere else; a mark outside the range gives way to an arrowhead at the edge.
#[test]
fn marks_stand_on_points_of_the_data() {
    let scatter = [(1.0, 1.0), (2.0, 5.0), (3.0, -4.0), (4.0, 2.0), (12.0, 1.0)];
    let dense: Vec<Pt> = (0..200).map(|i| 0.05 * f64::from(i)).map(|x| (x, x.cos())).collect();
    let panel = Panel::new("", Axis::linear("x").range(0.0, 10.0), Axis::linear("y").range(-1.0, 3.0))
        .series(Series::unlabelled(Style::Line, 0, dense.clone()))
        .series(Series::unlabelled(Style::Line, 2, [(0.0, 0.0), (10.0, 1.0)]))
        .series(Series::unlabelled(Style::Markers, 1, scatter));
    let svg = figure(panel).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let place = |(x, y): Pt| (map(x, (0.0, 10.0), (frame[0], frame[2])), map(y, (-1.0, 3.0), (frame[3], frame[1])));
    let marks = |color| {
        areas(&svg).into_iter().filter(move |a| a.color == color).map(|a| middle(&a.points)).collect::<Vec<_>>()
    };
    let near = |a: Pt, b: Pt| (a.0 - b.0).hypot(a.1 - b.1) < 0.15;
    // Two plain lines: the dense one carries a few marks, each on one of its points.
    assert!((3..30).contains(&marks(BLUE).len()));
    assert!(marks(BLUE).iter().all(|&mark| dense.iter().any(|&p| near(mark, place(p)))));
    // Of five points two lie in the range; the arrowheads' tips are at the edges beyond which the others lie.
    let expected = [place(scatter[0]), place(scatter[3])];
    assert_eq!(marks(VERMILLION).len(), 2);
    assert!(marks(VERMILLION).iter().zip(expected).all(|(&mark, p)| near(mark, p)));
    let tips: Vec<Pt> =
        lines(&svg).iter().filter(|l| l.color == VERMILLION && l.width == 12).map(|l| l.points[1]).collect();
    let edges =
        [(place((2.0, 0.0)).0, frame[1] + 2.0), (place((3.0, 0.0)).0, frame[3] - 2.0), (frame[2] - 2.0, expected[0].1)];
    assert_eq!(tips.len(), edges.len());
    assert!(tips.iter().zip(edges).all(|(&tip, edge)| near(tip, edge)), "{tips:?} {edges:?}");
}

/// A point between gaps, or between zeros, has no line and no band to show it: it gets a mark, and a bar.
#[test]
fn a_point_without_neighbours_is_seen() {
    let gap = |x: f64| (x, f64::NAN, f64::NAN, f64::NAN);
    let panel = Panel::new("", Axis::linear("x").range(0.0, 4.0), Axis::linear("y").range(0.0, 4.0))
        .series(Series::unlabelled(Style::Line, 0, [gap(1.0), (2.0, 2.0, 1.0, 3.5), gap(3.0)]));
    let svg = figure(panel).to_svg().unwrap();
    let frame = frames(&svg)[0];
    let place = |x: f64, y: f64| (map(x, (0.0, 4.0), (frame[0], frame[2])), map(y, (0.0, 4.0), (frame[3], frame[1])));
    let marks: Vec<Pt> = areas(&svg).iter().filter(|a| a.color == BLUE).map(|a| middle(&a.points)).collect();
    assert_eq!(marks.len(), 1);
    assert!((marks[0].0 - place(2.0, 2.0).0).hypot(marks[0].1 - place(2.0, 2.0).1) < 0.15);
    let bars: Vec<Vec<Pt>> = lines(&svg).into_iter().filter(|l| l.color == BLUE).map(|l| l.points).collect();
    assert_same_line(&bars[..1], &[place(2.0, 1.0), place(2.0, 3.5)], frame);

    let panel = Panel::new("", Axis::linear("x"), Axis::log("y")).series(Series::unlabelled(
        Style::Line,
        0,
        [(1.0, 0.0), (2.0, 0.1), (3.0, 0.0)],
    ));
    let svg = figure(panel).to_svg().unwrap();
    assert_eq!(areas(&svg).iter().filter(|a| a.color == BLUE).count(), 1);
}

/// A legend inside a panel hides no point of a line: its border is found in the drawing, and the drawn lines are
/// sampled. Of 200 random panels many have room for it.
#[test]
fn the_legend_hides_no_data() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut inside = 0;
    for _ in 0..200 {
        let mut panel = Panel::new("", Axis::linear("x").range(0.0, 1.0), Axis::linear("y").range(0.0, 1.0));
        for k in 0..rng.random_range(1..4) {
            let points = (0..rng.random_range(2..5)).map(|_| (rng.random::<f64>(), rng.random::<f64>()));
            panel = panel.series(Series::new(format!("series {k}"), Style::LineMarkers, k, points.collect::<Vec<_>>()));
        }
        let svg = figure(panel).to_svg().unwrap();
        let frame = frames(&svg)[0];
        for legend in boxes(&svg, "#E4E4E4", 8) {
            inside += 1;
            let within = |p: &Pt| p.0 >= legend[0] && p.0 <= legend[2] && p.1 >= legend[1] && p.1 <= legend[3];
            // The legend's own samples lie within it from end to end.
            let data = lines(&svg).into_iter().filter(|l| l.width == 16 && !l.points.iter().all(within));
            assert!(data.flat_map(|l| sampled(&l.points, 400)).all(|p| !within(&p)));
            assert!(legend[0] > frame[0] && legend[2] < frame[2] && legend[1] > frame[1] && legend[3] < frame[3]);
        }
    }
    assert!(inside > 50, "{inside} legends inside");
}
